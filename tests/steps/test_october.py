"""October: a programme copied, villages listed, households carried over, officers named."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import History, User
from accounts.rights import Role
from steps import october
from steps.models import Enrolment, EnrolmentHousehold, Programme, StepProgress, YearProgress
from steps.progress import differences
from steps.recording import people
from steps.recording.authors import authors_of
from steps.recording.carrying import carry_over
from steps.recording.core import Refusal
from steps.recording.decisions import submit
from steps.recording.enrolments import (
    copy_programme,
    copy_year,
    enrol,
    enrol_again,
    name_officer,
)
from tests.cast import NOW, TODAY, World, household, person, post, sender, village
from tests.steps import cases
from villages.models import Village

SignIn = Callable[[User], Client]
YEARS = reverse("steps:years")
pytestmark = pytest.mark.usefixtures("english")


def page_of(part: str, year: int = 2561, code: str = "3314") -> str:
    return reverse(f"steps:year_{part}", args=[year, code])


def sends(client: Client, address: str, **data: Any) -> Any:
    return client.post(address, {"client_id": str(uuid4()), **data})


@pytest.fixture
def following(world: World) -> Programme:
    """The programme of 2561."""
    return copy_programme(source=world.programme, year=2561, sender=sender(world.anan))


def marked(world: World, of: Village, house_no: str, **marks: Any) -> EnrolmentHousehold:
    """A household of a village with its marks of 2560."""
    row = household(of, house_no, f"นายหัวหน้า {house_no}")
    return EnrolmentHousehold.objects.create(
        enrolment=world.enrolment_of(of), household=row, **marks
    )


def marks_of(of: Village, year: int = 2561) -> dict[str, tuple[bool, bool]]:
    rows = EnrolmentHousehold.objects.filter(enrolment__programme__year=year, enrolment__village=of)
    return {row.household.house_no: (row.target, row.model) for row in rows}


# ---------------------------------------------------------------- which year


@given(st.dates(date(2016, 1, 1), date(2100, 1, 1)))
def test_a_fiscal_year_runs_from_october_to_september(day: date) -> None:
    year = october.fiscal_year(day)
    assert date(year - 544, 10, 1) <= day <= date(year - 543, 9, 30)


def test_from_july_on_it_is_the_year_to_come(world: World) -> None:
    offered = october.years_to_prepare(TODAY)
    assert offered == [2561, 2560]
    for day, year in ((date(2017, 6, 30), 2560), (date(2017, 7, 1), 2561)):
        assert october.year_to_prepare(offered, day) == year, day


def test_a_year_nobody_offers_is_not_found(world: World, signed_in: SignIn) -> None:
    anan = signed_in(world.anan)
    for year in ("2565", "no", "2561x", "๒๕๖๑"):
        assert anan.get(YEARS, {"year": year}).status_code == 404
    assert anan.get(YEARS, {"year": "2561"}).status_code == 200


# ---------------------------------------------------------------- 1. the programme


def test_an_administrator_copies_the_year_and_reads_its_dates(
    world: World, signed_in: SignIn
) -> None:
    anan = signed_in(world.anan)
    page = anan.get(YEARS, {"year": "2561"}).content.decode()
    assert "Fiscal year 2561 is not made yet" in page
    answer = sends(anan, reverse("steps:years_copy"), year=2561)
    assert (answer.status_code, answer["Location"]) == (303, f"{YEARS}?year=2561")
    made = Programme.objects.get(year=2561)
    assert made.steps.count() == world.programme.steps.count()
    assert made.opens_on.year == world.programme.opens_on.year + 1
    assert History.objects.of(made).get().by == world.anan
    page = anan.get(answer["Location"]).content.decode()
    for words in ("Copied on", "1 Oct 2560", "30 Sep 2561", "Change the dates"):
        assert words in page, words


def test_a_second_press_is_the_same_answer_and_a_second_person_gets_words(
    world: World, signed_in: SignIn
) -> None:
    anan, copy = signed_in(world.anan), reverse("steps:years_copy")
    data = {"client_id": str(uuid4()), "year": 2561}
    assert [anan.post(copy, data).status_code for _press in range(2)] == [303, 303]
    late = sends(anan, copy, year=2561)
    assert late.status_code == 422
    assert "There is a programme for this year already." in late.content.decode()
    assert Programme.objects.filter(year=2561).count() == 1


def test_a_chief_reads_that_an_administrator_copies(world: World, signed_in: SignIn) -> None:
    prasit = signed_in(world.prasit)
    page = prasit.get(YEARS, {"year": "2561"})
    assert reverse("steps:years_copy") not in page.content.decode()
    assert sends(prasit, reverse("steps:years_copy"), year=2561).status_code == 403
    assert not Programme.objects.filter(year=2561).exists()


def test_an_administrator_of_one_province_does_not_copy(world: World, signed_in: SignIn) -> None:
    local = person("local", "นายจังหวัด ดูแล", "ผู้ดูแลระบบ")
    post(local, Role.ADMINISTRATOR, "33")
    client = signed_in(local)
    assert client.get(YEARS).status_code == 200
    assert sends(client, reverse("steps:years_copy"), year=2561).status_code == 403


def test_without_a_year_before_there_is_nothing_to_copy(world: World) -> None:
    with pytest.raises(Refusal, match="no_year_before"):
        copy_year(year=2559, sender=sender(world.anan))


# ---------------------------------------------------------------- 2. the villages


def test_nothing_is_ticked_until_all_of_the_year_before_are_asked_for(
    world: World, following: Programme, signed_in: SignIn
) -> None:
    village("33140205", "โนนสูง")  # takes part in no year
    prasit = signed_in(world.prasit)
    page = prasit.get(page_of("villages"))
    assert [row.village for row in page.context["again"]] == [world.trakat, world.phing]
    assert [row.village.code for row in page.context["others"]] == ["33140205"]
    assert " checked" not in page.content.decode()
    page = prasit.get(page_of("villages"), {"tick": "all"})
    assert page.content.decode().count(" checked") == 2


def test_the_ticked_villages_are_enrolled_with_their_officer_and_in_history(
    world: World, following: Programme, signed_in: SignIn
) -> None:
    prasit = signed_in(world.prasit)
    codes = [world.trakat.code, world.phing.code]
    answer = sends(prasit, page_of("villages"), village=codes)
    assert (answer.status_code, answer["Location"]) == (303, page_of("villages"))
    made = Enrolment.objects.filter(programme=following).order_by("village__code")
    assert [(row.village.code, row.officer) for row in made] == [
        (world.trakat.code, world.nida),
        (world.phing.code, None),
    ]
    for row in made:
        assert History.objects.of(row).get().verb == "enrol"
        assert row.progress.count() == following.steps.count()
    again = sends(prasit, page_of("villages"), village=codes)
    assert again.status_code == 303
    assert made.count() == 2
    assert History.objects.filter(verb="enrol", by=world.prasit).count() == 2


@pytest.mark.parametrize(
    ("ends", "keeps"), [(date(2017, 9, 30), False), (date(2017, 10, 1), True), (None, True)]
)
def test_an_officer_is_kept_who_may_record_on_the_first_day(
    world: World, following: Programme, ends: date | None, keeps: bool
) -> None:
    world.nida.postings.update(ends_on=ends)
    enrol_again(villages=[world.trakat], programme=following, sender=sender(world.prasit))
    made = Enrolment.objects.get(programme=following)
    assert made.officer == (world.nida if keeps else None)


def test_an_officer_whose_account_was_closed_is_not_kept(
    world: World, following: Programme
) -> None:
    User.objects.filter(pk=world.nida.pk).update(is_active=False)
    enrol_again(villages=[world.trakat], programme=following, sender=sender(world.prasit))
    assert Enrolment.objects.get(programme=following).officer is None


def test_a_village_whose_steps_are_all_verified_is_marked(
    world: World, following: Programme, signed_in: SignIn
) -> None:
    YearProgress.objects.filter(enrolment=world.enrolment).update(complete=True)
    rows = signed_in(world.prasit).get(page_of("villages")).context["again"]
    assert [row.complete for row in rows] == [True, False]


def test_villages_of_elsewhere_cannot_be_listed(
    world: World, following: Programme, signed_in: SignIn
) -> None:
    prasit = signed_in(world.prasit)
    codes = [world.trakat.code, world.malu.code]
    assert sends(prasit, page_of("villages"), village=codes).status_code == 422
    assert not Enrolment.objects.filter(programme=following).exists()
    for part in ("villages", "carry", "officers"):
        assert prasit.get(page_of(part, code="3304")).status_code == 404
        assert signed_in(world.nida).get(page_of(part)).status_code == 403
        assert signed_in(world.suda).get(page_of(part)).status_code == 403


def test_a_chief_of_one_subdistrict_lists_only_its_villages(
    world: World, following: Programme, signed_in: SignIn
) -> None:
    chief = person("tambon", "นายตำบล ดูแล", "พัฒนากร")
    post(chief, Role.CHIEF, "331401")
    client = signed_in(chief)
    assert [row.village for row in client.get(page_of("villages")).context["again"]] == [
        world.trakat
    ]
    foreign = sends(client, page_of("villages"), village=[world.phing.code])
    assert foreign.status_code == 422


def test_a_year_that_is_over_takes_no_village_and_no_household(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = sender(world.prasit, NOW + timedelta(days=400))
    for verb in (enrol_again, carry_over):
        with pytest.raises(Refusal, match="year_over"):
            verb(villages=[world.trakat], programme=world.programme, sender=late)


def test_hundreds_of_villages_are_enrolled_in_as_many_queries_as_ten(
    world: World, following: Programme
) -> None:
    rows = [row.village for row in cases.more_villages(world, 60)]

    def asked(villages: list[Village]) -> int:
        with CaptureQueriesContext(connection) as queries:
            enrol_again(villages=villages, programme=following, sender=sender(world.prasit))
        return len(queries)

    few = asked(rows[:10])
    assert asked(rows[10:]) <= few + 8  # rows are stored in batches
    assert Enrolment.objects.filter(programme=following).count() == 60


# ---------------------------------------------------------------- 3. households


@pytest.fixture
def again(world: World, following: Programme) -> list[Village]:
    """Ban Trakat and Phing take part again."""
    villages = [world.trakat, world.phing]
    enrol_again(villages=villages, programme=following, sender=sender(world.prasit))
    EnrolmentHousehold.objects.all().delete()
    return villages


def carries(villages: list[Village], programme: Programme, by: User) -> dict[str, Any]:
    outcome = carry_over(villages=villages, programme=programme, sender=sender(by))
    return outcome.result


def test_standing_target_and_model_households_are_carried_with_what_they_do(
    world: World, following: Programme, again: list[Village]
) -> None:
    teacher = marked(world, world.phing, "1", model=True, livelihood="เลี้ยงจิ้งหรีด")
    marked(
        world,
        world.phing,
        "2",
        target=True,
        livelihood="ปลูกผัก",
        learned_from=teacher.household,
    )
    marked(world, world.phing, "3")  # had been marked, and the mark was taken away
    gone = marked(world, world.phing, "4", target=True)
    gone.household.ended_on = TODAY
    gone.household.save()
    assert carries(again, following, world.prasit) == {"households": 2, "villages": 1}
    assert marks_of(world.phing) == {"1": (False, True), "2": (True, False)}
    row = EnrolmentHousehold.objects.get(enrolment__programme=following, household__house_no="2")
    assert (row.livelihood, row.learned_from) == ("ปลูกผัก", teacher.household)
    entry = History.objects.get(verb="carry_over")
    assert (entry.village, entry.by) == (world.phing, world.prasit)
    kept = dict(entry.values_kept.values_list("field", "new"))
    assert kept[f"target-{row.household_id}"] == "on"
    assert kept[f"livelihood-{row.household_id}"] == "ปลูกผัก"


def test_carrying_counts_and_claims_no_attendance(
    world: World, following: Programme, again: list[Village]
) -> None:
    for number in range(25):
        marked(world, world.phing, str(number + 1), target=True)
    carries(again, following, world.prasit)
    enrolment = Enrolment.objects.get(programme=following, village=world.phing)
    assert differences([enrolment], today=TODAY) == []
    listed = StepProgress.objects.filter(enrolment=enrolment)
    assert {row.households for row in listed} == {0}
    assert {row.activities for row in listed} == {0}
    measures = {code: have for row in listed for code, (have, *_rest) in row.measures.items()}
    assert 25 in measures.values()  # target households listed


def test_doing_it_twice_changes_nothing_and_nothing_is_overwritten(
    world: World, following: Programme, again: list[Village]
) -> None:
    row = marked(world, world.phing, "1", target=True)
    enrolment = Enrolment.objects.get(programme=following, village=world.phing)
    own = {f"model-{row.household_id}": "on"}
    people.mark_households(enrolment=enrolment, started={}, wanted=own, sender=sender(world.nida))
    assert carries(again, following, world.prasit)["households"] == 0
    assert marks_of(world.phing) == {"1": (False, True)}

    marked(world, world.phing, "2", target=True)
    assert carries(again, following, world.prasit)["households"] == 1
    started = people.household_marks(enrolment)
    people.mark_households(
        enrolment=enrolment, started=started, wanted={}, sender=sender(world.nida)
    )
    assert carries(again, following, world.prasit)["households"] == 0
    assert set(marks_of(world.phing).values()) == {(False, False)}


def test_only_villages_that_take_part_again_get_households(
    world: World, following: Programme
) -> None:
    marked(world, world.phing, "1", target=True)
    assert carries([world.phing], following, world.prasit)["households"] == 0
    assert marks_of(world.phing) == {}


def test_carrying_is_no_authorship(
    world: World, following: Programme, again: list[Village]
) -> None:
    """Or no chief could decide on the steps of the district any more."""
    marked(world, world.phing, "1", target=True)
    carries(again, following, world.prasit)
    made = Enrolment.objects.for_pages().get(programme=following, village=world.phing)
    step = following.steps.get(number="1.3")
    step.requirements.update(level="advised")
    submit(
        enrolment=made, step=step, reasons={}, sender=sender(world.nida, NOW + timedelta(days=1))
    )
    submission = StepProgress.objects.get(enrolment=made, step=step).submissions.get()
    assert authors_of(submission) == {world.nida.pk}


def test_the_page_shows_what_is_carried_and_who_has_no_committee(
    world: World, following: Programme, again: list[Village], signed_in: SignIn
) -> None:
    marked(world, world.phing, "1", target=True)
    committee = world.phing.committees.create(formed_on=TODAY)
    committee.members.create(name="นายกรรมการ ใจดี", kind="formal", joined_on=TODAY)
    prasit = signed_in(world.prasit)
    page = prasit.get(page_of("carry"))
    assert [(row.village, row.waiting) for row in page.context["waiting"]] == [(world.phing, 1)]
    assert [row.village for row in page.context["without_committee"]] == [world.trakat]
    assert page.context["committees"] == 1
    assert "นายหัวหน้า" not in page.content.decode()

    assert sends(prasit, page_of("carry")).status_code == 303
    page = prasit.get(page_of("carry"))
    assert page.context["waiting"] == []
    assert committee.members.serving(TODAY).exists()  # it simply goes on


# ---------------------------------------------------------------- 4. officers


def test_villages_without_an_officer_get_one_who_may_record_there(
    world: World, following: Programme, signed_in: SignIn
) -> None:
    enrol(
        villages=[world.trakat, world.phing],
        programme=following,
        officer=None,
        sender=sender(world.anan),
    )
    prasit, address = signed_in(world.prasit), page_of("officers")
    assert len(prasit.get(address).context["rows"]) == 2
    data = {"client_id": str(uuid4()), "village": [world.phing.code], "officer": world.somsak.pk}
    assert [prasit.post(address, data).status_code for _press in range(2)] == [303, 303]
    assert [row.village for row in prasit.get(address).context["rows"]] == [world.trakat]
    made = Enrolment.objects.get(programme=following, village=world.phing)
    assert made.officer == world.somsak
    foreign = sends(prasit, address, village=[world.trakat.code], officer=world.kanya.pk)
    assert foreign.status_code == 422


def test_an_officer_must_be_posted_to_each_of_the_villages(world: World) -> None:
    rows = [world.enrolment_of(world.trakat), world.enrolment_of(world.malu)]
    with pytest.raises(Refusal, match="not_posted"):
        name_officer(enrolments=rows, officer=world.nida, sender=sender(world.anan))


@pytest.mark.parametrize(("days", "told"), [(60, False), (59, True), (-1, True)])
def test_an_officer_whose_posting_ends_is_named_with_the_way_to_hand_over(
    world: World, signed_in: SignIn, days: int, told: bool
) -> None:
    last = TODAY + timedelta(days=days)
    world.nida.postings.update(ends_on=last)
    page = signed_in(world.prasit).get(YEARS)
    leaving = page.context["guide"].leaving
    assert [row.officer for row in leaving] == ([world.nida] if told else [])
    assert (f"{reverse('steps:handover')}?officer={world.nida.pk}" in page.content.decode()) == told
    if told:
        assert leaving[0].ends_on == (last if days > 0 else None)


# ---------------------------------------------------------------- the page as a whole


def test_the_guide_says_each_part_in_numbers(
    world: World, following: Programme, again: list[Village], signed_in: SignIn
) -> None:
    marked(world, world.phing, "1", target=True)
    page = signed_in(world.prasit).get(YEARS, {"year": "2561"})
    (place,) = page.context["guide"].places
    assert (place.area.code, place.before, place.listed) == ("3314", 2, 2)
    assert (place.again, place.waiting, place.without_officer) == (2, 1, 1)
    assert place.without_committee == 2
    words = page.content.decode()
    for said in ("2 villages are listed", "in 1 of them", "1 villages have no responsible officer"):
        assert said in words, said


def test_an_administrator_goes_from_the_country_to_a_district(
    world: World, following: Programme, again: list[Village], signed_in: SignIn
) -> None:
    anan = signed_in(world.anan)
    country = anan.get(YEARS, {"year": "2561"}).context["guide"]
    assert [(row.area.code, row.before, row.listed) for row in country.places] == [
        ("33", 3, 2),
        ("34", 1, 0),
    ]
    province = anan.get(YEARS, {"year": "2561", "area": "33"}).context["guide"]
    assert [(row.area.code, row.before, row.listed) for row in province.places] == [
        ("3304", 1, 0),
        ("3314", 2, 2),
    ]
    assert anan.get(page_of("villages", code="3304")).status_code == 200


def test_the_guide_is_for_who_names_officers(world: World, signed_in: SignIn) -> None:
    for name in ("nida", "suda", "wipa"):
        client = signed_in(getattr(world, name))
        assert client.get(YEARS).status_code == 403
        assert YEARS not in client.get("/").content.decode()
    for name in ("prasit", "anan"):
        assert YEARS in signed_in(getattr(world, name)).get("/").content.decode()
    assert signed_in(world.prasit).get(YEARS, {"area": "3304"}).status_code == 404


def test_no_page_asks_more_for_more_villages(
    world: World, following: Programme, again: list[Village], signed_in: SignIn
) -> None:
    prasit, anan = signed_in(world.prasit), signed_in(world.anan)
    pages = [
        (prasit, f"{YEARS}?year=2561"),
        (anan, f"{YEARS}?year=2561"),
        (anan, f"{YEARS}?year=2561&area=33"),
        *((prasit, page_of(part)) for part in ("villages", "carry", "officers")),
    ]

    def asked() -> list[int]:
        counts = []
        for client, address in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    asked()
    few = asked()
    more = [row.village for row in cases.more_villages(world, 30)]
    enrol_again(villages=more[:20], programme=following, sender=sender(world.prasit))
    for row in more[:10]:
        marked(world, row, "1", target=True)
    assert asked() == few
    assert max(few) <= 15


# ---------------------------------------------------------------- at once


def at_once(*works: Callable[[], object]) -> list[object]:
    """Each in a thread of its own, begun together; what they answer or raise."""
    start, answers = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        start.wait()
        try:
            answers.append(work())
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_two_who_copy_at_once_one_does_and_the_other_reads_why_not(world: World) -> None:
    answers = at_once(
        *[lambda: copy_year(year=2561, sender=sender(world.anan)).replayed for _person in range(2)]
    )
    assert sorted(map(str, answers)) == ["False", "year_exists"]
    assert Programme.objects.filter(year=2561).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_carry_over_at_once_carry_once(world: World) -> None:
    following = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    enrol_again(villages=[world.phing], programme=following, sender=sender(world.prasit))
    marked(world, world.phing, "1", target=True)

    def carried() -> int:
        return carries([world.phing], following, world.prasit)["households"]

    assert sorted(map(int, at_once(carried, carried))) == [0, 1]  # type: ignore[call-overload]


@pytest.mark.parametrize("area", ["3314\0", "33๑๔", "0" * 300])
def test_an_area_that_is_no_code_is_not_there(area: str, world: World, signed_in: SignIn) -> None:
    page = signed_in(world.prasit).get(reverse("steps:years"), {"area": area})
    assert page.status_code == 404
