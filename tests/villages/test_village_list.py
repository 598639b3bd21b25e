"""The list of villages: who sees which, search, filters, and numbers that agree with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import User
from accounts.rights import Role
from steps import lists, worklist
from steps.lists import Filters
from steps.models import Enrolment, Programme, Status, Step, StepProgress, YearProgress
from steps.recording.enrolments import copy_programme, enrol, programme_changed
from steps.standing import first_open
from tests.cast import TODAY, World, post, sender, village
from villages.models import Area, Village

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
LIST = reverse("villages:list")


def names(response: HttpResponse) -> list[str]:
    return [strip_tags(row.name) for row in response.context["rows"]]


def codes(user: User, filters: Filters, on: date = TODAY) -> list[str]:
    return [row.code for row in lists.listed(user, filters, on)]


def set_status(of: Village, number: str, status: Status, *, year: int = 2560) -> None:
    rows = StepProgress.objects.filter(
        enrolment__village=of, enrolment__programme__year=year, step__number=number
    )
    assert rows.update(status=status) == 1
    of_year = StepProgress.objects.filter(enrolment__in=rows.values("enrolment"))
    steps = [(row.step, row) for row in of_year.select_related("step")]
    statuses = [row.status for _step, row in steps]
    set_year(
        of,
        year=year,
        submitted=statuses.count(Status.SUBMITTED),
        verified=statuses.count(Status.VERIFIED),
        first_open=first_open(steps),
    )


def set_year(of: Village, *, year: int = 2560, **columns: Step | int | bool | None) -> None:
    rows = YearProgress.objects.filter(enrolment__village=of, enrolment__programme__year=year)
    assert rows.update(**columns) == 1


@pytest.fixture
def next_year(world: World) -> Programme:
    """The programme of 2561, in which Ban Trakat takes part again."""
    programme = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    enrol(
        villages=[world.trakat],
        programme=programme,
        officer=world.somsak,
        sender=sender(world.anan),
    )
    return programme


# ---------------------------------------------------------------- who sees which


def test_an_officer_sees_the_villages_of_the_district(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.nida).get(LIST)

    assert [row.href for row in response.context["rows"]] == [
        "/villages/33140108/",
        "/villages/33140203/",
    ]


def test_provincial_staff_see_the_province_and_the_department_all(
    world: World, signed_in: SignIn
) -> None:
    assert len(names(signed_in(world.suda).get(LIST))) == 3
    assert len(names(signed_in(world.wipa).get(LIST))) == 4


def test_without_a_posting_no_village_is_listed(world: World, signed_in: SignIn) -> None:
    world.somsak.postings.all().delete()

    response = signed_in(world.somsak).get(LIST)

    assert names(response) == []
    assert "No villages yet" in response.content.decode()


def test_a_row_names_the_village_its_place_and_how_far_it_has_come(
    world: World, signed_in: SignIn
) -> None:
    set_status(world.trakat, "1.1", Status.SUBMITTED)
    set_status(world.trakat, "1.2", Status.VERIFIED)

    response = signed_in(world.nida).get(LIST)

    row = response.context["rows"][0]
    assert names(response)[0] == world.trakat.full_title
    assert row.place == ["subdist. Si Kaeo", "dist. Si Rattana"]
    assert row.note == "Fiscal year 2560: 2 of 8 steps handed in"
    assert row.late == "83 days late"  # 1.3 was due on 30 December 2016


def test_a_village_that_is_not_enrolled_is_listed_as_such(world: World, signed_in: SignIn) -> None:
    village("33140204", "โนนสว่าง")

    row = signed_in(world.nida).get(LIST).context["rows"][2]

    assert row.note == "Not enrolled yet"
    assert row.late == ""


# ---------------------------------------------------------------- search


@pytest.mark.parametrize("words", ["ตระกาจ", "ตระกา จ", "โนน กุง", "Trakat", "33140108", "๓๓๑๔๐๑"])
def test_a_village_is_found_however_its_name_is_typed(
    world: World, signed_in: SignIn, words: str
) -> None:
    assert names(signed_in(world.nida).get(LIST, {"q": words})) == [world.trakat.full_title]


def test_a_village_is_found_without_its_tone_marks(world: World, signed_in: SignIn) -> None:
    phing = signed_in(world.nida).get(LIST, {"q": "พิงพวยใต"})  # written พิงพวยใต้

    assert names(phing) == [world.phing.full_title]


def test_a_search_finds_nothing_outside_the_area(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.nida).get(LIST, {"q": "บึงมะลู"})

    assert names(response) == []
    assert "No village matches." in response.content.decode()


# ---------------------------------------------------------------- filters


def test_an_area_narrows_the_list(world: World) -> None:
    assert codes(world.suda, Filters(area="3304")) == ["33040101"]
    assert codes(world.suda, Filters(area="331402")) == ["33140203"]


def test_an_officer_may_filter_by_the_province_and_sees_the_own_district(
    world: World, signed_in: SignIn
) -> None:
    assert len(names(signed_in(world.nida).get(LIST, {"area": "33"}))) == 2


def test_the_year_narrows_the_list_to_its_villages(world: World, next_year: Programme) -> None:
    assert codes(world.nida, Filters(year="2561")) == ["33140108"]
    assert len(codes(world.nida, Filters(year="2560"))) == 2


def test_without_a_year_the_latest_of_each_village_is_judged(
    world: World, next_year: Programme
) -> None:
    set_status(world.trakat, "1.1", Status.VERIFIED)
    set_status(world.phing, "1.1", Status.VERIFIED)

    assert codes(world.nida, Filters(step="1.1", status="verified")) == ["33140203"]
    assert codes(world.nida, Filters(step="1.1", status="verified", year="2560")) == [
        "33140108",
        "33140203",
    ]


def test_step_status_and_lateness_are_asked_of_the_same_step(world: World) -> None:
    set_status(world.trakat, "1.1", Status.RETURNED)
    set_status(world.trakat, "1.2", Status.SUBMITTED)

    assert codes(world.nida, Filters(status="returned")) == ["33140108"]
    assert codes(world.nida, Filters(status="returned", late="1")) == ["33140108"]
    assert codes(world.nida, Filters(status="submitted", late="1")) == []
    assert codes(world.nida, Filters(step="1.2", status="returned")) == []


def test_lateness_of_a_past_year_is_judged_on_its_last_day(world: World) -> None:
    Step.objects.filter(number="2.4").update(due_on=world.programme.closes_on)

    long_after = date(2020, 1, 1)

    assert codes(world.nida, Filters(step="2.4", late="1"), long_after) == []
    assert len(codes(world.nida, Filters(step="2.3", late="1"), long_after)) == 2


def test_due_this_week_ends_on_sunday_and_leaves_out_what_was_handed_in(world: World) -> None:
    thursday = TODAY
    Step.objects.filter(number="2.3").update(due_on=date(2017, 3, 26))  # Sunday
    Step.objects.filter(number="2.4").update(due_on=date(2017, 3, 27))  # Monday
    set_status(world.phing, "2.3", Status.SUBMITTED)

    assert codes(world.nida, Filters(due="1"), thursday) == ["33140108"]
    assert codes(world.nida, Filters(due="1", step="2.4"), thursday) == []
    assert codes(world.nida, Filters(due="1"), date(2017, 3, 28)) == []


@pytest.mark.parametrize(
    ("asked", "columns"),
    [
        (Filters(waiting="1"), {"submitted": 2}),
        (Filters(returned="1"), {"returned": 1}),
        (Filters(complete="1"), {"complete": True}),
        (Filters(committee="1"), {"committee": True}),
    ],
)
def test_a_card_of_the_year_leads_to_its_villages(
    world: World, asked: Filters, columns: dict[str, int]
) -> None:
    assert codes(world.suda, asked) == []

    set_year(world.phing, **columns)

    assert codes(world.suda, asked) == ["33140203"]
    assert codes(world.suda, replace(asked, area="3314", year="2560")) == ["33140203"]
    assert codes(world.suda, replace(asked, area="3304", year="2560")) == []


def test_villages_without_a_committee_are_those_enrolled(world: World) -> None:
    village("33140204", "โนนสว่าง")  # not enrolled: no committee is asked of it
    set_year(world.trakat, committee=True)

    assert codes(world.nida, Filters(committee="0")) == ["33140203"]
    assert codes(world.nida, Filters(committee="0", year="2560")) == ["33140203"]


def test_what_is_asked_of_the_year_is_asked_of_the_year_chosen_or_the_latest(
    world: World, next_year: Programme
) -> None:
    set_year(world.trakat, submitted=1)

    assert codes(world.nida, Filters(waiting="1")) == []
    assert codes(world.nida, Filters(waiting="1", year="2561")) == []
    assert codes(world.nida, Filters(waiting="1", year="2560")) == ["33140108"]


def test_conditions_of_the_year_and_of_a_step_hold_together(world: World) -> None:
    set_year(world.trakat, submitted=1, committee=True)
    set_year(world.phing, submitted=1)
    set_status(world.trakat, "1.1", Status.SUBMITTED)

    assert codes(world.nida, Filters(waiting="1", committee="0")) == ["33140203"]
    assert codes(world.nida, Filters(waiting="1", status="submitted")) == ["33140108"]
    assert codes(world.nida, Filters(complete="1", waiting="1")) == []


def test_late_and_quiet_are_asked_of_what_was_recorded_whatever_the_counters_say(
    world: World,
) -> None:
    late, quiet = codes(world.nida, Filters(late="1")), codes(world.nida, Filters(quiet="1"))

    YearProgress.objects.update(first_open=None, complete=True, last_activity_on=TODAY)

    assert codes(world.nida, Filters(late="1")) == late != []
    assert codes(world.nida, Filters(quiet="1")) == quiet != []


def test_provincial_staff_choose_a_district_and_then_its_subdistricts(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.suda)

    def offered(area: str) -> list[str]:
        field = client.get(LIST, {"area": area}).context["form"].fields["area"]
        return [value for value, _words in field.choices]

    assert offered("") == ["", "33", "3304", "3314"]
    assert offered("3314") == ["", "33", "3304", "3314", "331401", "331402"]


def test_officers_are_named_only_to_those_who_may_see_names(
    world: World, signed_in: SignIn
) -> None:
    post(world.somsak, Role.DEPARTMENT, "33")
    world.somsak.postings.exclude(role=Role.DEPARTMENT).delete()
    client = signed_in(world.somsak)

    assert world.nida.name in signed_in(world.suda).get(LIST).content.decode()
    assert world.nida.name not in client.get(LIST).content.decode()
    assert client.get(LIST, {"officer": world.nida.pk}).status_code == 422


def test_the_responsible_officer_narrows_the_list(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.nida)

    assert names(client.get(LIST, {"officer": "me"})) == [world.trakat.full_title]
    assert names(client.get(LIST, {"officer": world.nida.pk})) == [world.trakat.full_title]
    assert names(signed_in(world.somsak).get(LIST, {"officer": "me"})) == []


def test_the_list_says_what_it_is_narrowed_by(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.nida).get(LIST, {"late": "1", "officer": "me", "step": "1.4"})

    assert response.context["asked"][1:] == ["Late", "Me"]
    assert response.context["asked"][0].startswith("1.4 ")
    assert [row.href for row in response.context["rows"]] == ["/villages/33140108/2560/1.4/"]


def test_a_step_that_ended_counts_nowhere(world: World) -> None:
    Step.objects.filter(number="1.1").update(ended_on=TODAY)

    assert codes(world.nida, Filters(step="1.1", late="1")) == []
    programme_changed(programme=world.programme, sender=sender(world.anan))
    standing = lists.standings_of([world.enrolment.pk], TODAY)[0]
    assert standing.steps == 7


def test_villages_stand_in_official_or_in_thai_order(world: World) -> None:
    village("33140101", "เกาะ")
    village("33140102", "ก้าว")

    assert codes(world.nida, Filters(area="331401")) == ["33140101", "33140102", "33140108"]
    by_name = Filters(area="331401", sort="name")
    assert codes(world.nida, by_name) == ["33140102", "33140101", "33140108"]


# ---------------------------------------------------------------- forged values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("area", "34"),  # another province
        ("area", "3304"),  # another district
        ("area", "99"),
        ("area", "1' or 1=1"),
        ("year", "2599"),
        ("step", "9.9"),
        ("status", "stolen"),
        ("late", "perhaps"),
        ("due", "week"),
        ("quiet", "0"),
        ("waiting", "all"),
        ("returned", "0"),
        ("complete", "true"),
        ("committee", "2"),
        ("officer", "0"),
        ("officer", "you"),
        ("sort", "secret"),
    ],
)
def test_an_unknown_filter_is_said_and_nothing_is_listed(
    world: World, signed_in: SignIn, name: str, value: str
) -> None:
    response = signed_in(world.nida).get(LIST, {name: value})

    assert response.status_code == 422
    assert response.context["form"].errors[name]
    assert "rows" not in response.context
    assert "There is a problem" in response.content.decode()


def test_an_area_outside_the_posting_is_answered_as_an_unknown_one(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)

    outside = client.get(LIST, {"area": "34"}).context["form"].errors["area"]
    unknown = client.get(LIST, {"area": "98"}).context["form"].errors["area"]

    assert outside == unknown == ["Not found in your area."]


def test_an_officer_of_another_province_is_answered_as_an_unknown_one(
    world: World, signed_in: SignIn
) -> None:
    Enrolment.objects.filter(village=world.malu).update(officer=world.kanya)

    errors = signed_in(world.nida).get(LIST, {"officer": world.kanya.pk}).context["form"].errors

    assert errors == {"officer": ["Not found in your area."]}


# ---------------------------------------------------------------- numbers that agree


def test_a_count_is_the_number_of_rows_behind_its_address(
    world: World, signed_in: SignIn, next_year: Programme
) -> None:
    set_status(world.trakat, "1.1", Status.RETURNED)
    set_status(world.trakat, "1.2", Status.SUBMITTED, year=2561)
    set_status(world.phing, "1.1", Status.SUBMITTED)
    Step.objects.filter(number="2.4").update(due_on=TODAY)
    asked = product(
        ["", "2560", "2561"], ["", "1.1"], ["", *Status.values], ["", "1"], ["", "1"], ["", "me"]
    )
    client = signed_in(world.nida)
    seen = set()
    for year, step, status, late, due, officer in asked:
        filters = Filters(year=year, step=step, status=status, late=late, due=due, officer=officer)
        response = client.get(filters.address)
        count = lists.listed(world.nida, filters, TODAY).count()
        assert response.context["page"].paginator.count == count == len(response.context["rows"])
        seen.add(count)
    assert seen == {0, 1, 2}


@pytest.mark.parametrize("officer", ["", "me"])
def test_every_number_on_home_leads_to_as_many_villages(
    world: World, signed_in: SignIn, officer: str
) -> None:
    set_status(world.trakat, "1.1", Status.RETURNED)
    Step.objects.filter(number="2.4").update(due_on=TODAY)
    client = signed_in(world.nida)

    cards = worklist.counts(world.nida, world.programme, officer, TODAY)

    rows = [len(client.get(card.href).context["rows"]) for card in cards]
    assert [card.n for card in cards] == rows
    assert rows == ([2, 1, 2] if not officer else [1, 1, 1])


def test_counts_and_pages_agree_beyond_one_page(world: World, signed_in: SignIn) -> None:
    for moo in range(1, 61):
        village(f"331403{moo:02}", f"ใหม่{moo}") if moo > 1 else _subdistrict()
    client = signed_in(world.nida)

    first, second = client.get(LIST), client.get(LIST, {"page": "2"})

    total = lists.listed(world.nida, Filters(), TODAY).count()
    assert len(first.context["rows"]) == 50
    assert len(first.context["rows"]) + len(second.context["rows"]) == total == 61


def _subdistrict() -> None:
    Area.objects.create(code="331403", name_th="ทดลอง", parent_id="3314")


def test_the_list_asks_as_much_of_the_database_for_80_rows_as_for_10(
    world: World, signed_in: SignIn
) -> None:
    _subdistrict()
    client = signed_in(world.nida)

    def grow(*, upto: int) -> None:
        known = Village.objects.filter(code__startswith="331403").count()
        new = [village(f"331403{moo:02}", f"ใหม่{moo}") for moo in range(known + 1, upto + 1)]
        enrol(villages=new, programme=world.programme, officer=None, sender=sender(world.anan))

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(LIST, {"late": "1", "officer": ""}).status_code == 200
        return len(asked)

    grow(upto=8)
    few = queries()
    grow(upto=78)

    assert queries() == few <= 15
