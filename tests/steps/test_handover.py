"""An officer leaves: all villages go to a successor in one act, and both are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import History, Posting, User
from accounts.rights import Role
from steps.models import (
    Activity,
    Enrolment,
    Evidence,
    Handover,
    KnowledgeRecord,
    ReceivedFile,
    YearProgress,
)
from steps.recording import decisions
from steps.recording.core import Refusal
from steps.recording.enrolments import assign, copy_programme, enrol
from steps.recording.files import receive
from steps.recording.handovers import Terms, hand_over
from steps.recording.knowledge import (
    draft_record,
    edit_section,
    return_record,
    send_record,
    version_of,
)
from tests.cast import NOW, TODAY, World, person, post, sender
from tests.pages import photo
from tests.steps import cases
from tests.steps.test_october import at_once
from tests.trust.work import recorded

SignIn = Callable[[User], Client]
ADDRESS = reverse("steps:handover")
LAST = date(2017, 3, 31)
pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def nidas(world: World) -> list[Enrolment]:
    """Nida answers for both villages of the district."""
    rows = [world.enrolment_of(world.trakat), world.enrolment_of(world.phing)]
    assign(enrolments=rows, officer=world.nida, sender=sender(world.anan))
    return rows


def terms(world: World, **other: Any) -> Terms:
    given: dict[str, Any] = {
        "giver": world.nida,
        "taker": world.somsak,
        "areas": frozenset({"3314"}),
        "last_day": LAST,
    }
    return Terms(**{**given, **other})


def handed(world: World, **other: Any) -> Handover:
    outcome = hand_over(terms=terms(world, **other), sender=sender(world.prasit))
    return Handover.objects.get(pk=outcome.result["handover"])


def typed(world: World, **other: Any) -> dict[str, Any]:
    """What the page sends for Nida's villages."""
    data = {
        "client_id": str(uuid4()),
        "officer": world.nida.pk,
        "area": ["3314"],
        "taker": world.somsak.pk,
        "last_day": "31/3/2560",
    }
    return {name: value for name, value in {**data, **other}.items() if value is not None}


def officers(*rows: Enrolment) -> list[User | None]:
    return [Enrolment.objects.get(pk=row.pk).officer for row in rows]


# ---------------------------------------------------------------- what it does


def test_everything_goes_over_in_one_act(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    prasit = signed_in(world.prasit)
    answer = prasit.post(ADDRESS, typed(world))
    assert (answer.status_code, answer["Location"]) == (303, ADDRESS)
    assert officers(*nidas) == [world.somsak] * 2
    posting = world.nida.postings.get()
    assert posting.ends_on == LAST
    row = Handover.objects.get()
    assert (row.giver, row.taker, row.on, row.villages, row.by) == (
        world.nida,
        world.somsak,
        LAST,
        2,
        world.prasit,
    )


def test_it_is_in_the_history_of_each_village_and_of_the_posting(
    world: World, nidas: list[Enrolment]
) -> None:
    handover = handed(world)
    for row in nidas:
        entry = History.objects.of(row).latest("pk")
        assert (entry.verb, entry.by, entry.village) == ("hand_over", world.prasit, row.village)
        value = entry.values_kept.get()
        assert (value.old, value.new) == (str(world.nida.pk), str(world.somsak.pk))
    assert History.objects.of(handover).get().verb == "hand_over"
    assert History.objects.of(world.nida.postings.get()).get().verb == "end_posting"


def test_what_came_back_is_on_the_home_of_the_successor(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    cases.asks_nothing(world)
    cases.returned(cases.handed_in(world, world.phing), world.suda)
    somsak, nida = signed_in(world.somsak), signed_in(world.nida)
    assert len(nida.get("/").context["work"].returned) == 1
    assert handed(world).returned == 1
    (row,) = somsak.get("/").context["work"].returned
    assert row.village == world.phing


def test_what_the_leaver_left_unfinished_is_on_the_pages_of_the_successor(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    """A returned step, a summary to follow, what waits as late, and a draft of the record.

    Kanya sees nothing of the district before: all of it comes with the villages.
    """
    cases.asks_nothing(world)
    phing = world.enrolment_of(world.phing)
    unwritten = recorded(phing, world.step("1.1"), by=world.nida)
    cases.returned(cases.handed_in(world, phing), world.suda)
    cases.handed_in(world, world.trakat)
    late = recorded(world.enrolment, world.step("1.3"), by=world.nida)
    assert late.waits
    draft_record(enrolment=phing, sender=sender(world.nida))
    record = KnowledgeRecord.objects.get(enrolment=phing)
    begun = {"wanted": {"text": "เริ่มเขียนไว้"}, "started": {}}
    edit_section(record=record, key="equipment", sender=sender(world.nida), **begun)
    knowledge = reverse("steps:knowledge", args=[world.phing.code, 2560])
    assert signed_in(world.kanya).get(knowledge).status_code == 404

    handed(world, taker=world.kanya, posts=True, last_day=TODAY - timedelta(days=1))
    kanya, nida = signed_in(world.kanya), signed_in(world.nida)

    work = kanya.get("/").context["work"]
    assert [row.village for row in work.returned] == [world.phing]
    (summary,), (arrival,) = work.left.without_summary, work.left.late_arrivals
    assert str(unwritten.pk) in summary.href
    assert str(late.pk) in arrival.href
    assert kanya.get(work.returned[0].href).status_code == 200
    page = kanya.get(knowledge)
    assert "เริ่มเขียนไว้" in page.content.decode()
    edit_section(
        record=record,
        key="equipment",
        started={"text": "เริ่มเขียนไว้"},
        wanted={"text": "เขียนต่อแล้ว"},
        sender=sender(world.kanya),
    )
    assert record.sections.get(key="equipment").text == "เขียนต่อแล้ว"
    assert nida.get("/").context["work"] is None
    assert nida.get(knowledge).status_code == 404


def test_a_record_that_came_back_is_on_the_home_of_the_successor(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    draft_record(enrolment=nidas[0], sender=sender(world.nida))
    record = KnowledgeRecord.objects.get(enrolment=nidas[0])
    send_record(record=record, sender=sender(world.nida))
    record.refresh_from_db()
    version = version_of(record)
    return_record(record=record, version=version, reason="เพิ่มภาพ", sender=sender(world.suda))

    handed(world, taker=world.kanya, posts=True, last_day=TODAY - timedelta(days=1))

    (row,) = signed_in(world.kanya).get("/").context["work"].returned_records
    assert (row.village, row.record) == (world.trakat, record)


def test_only_the_chosen_area_goes_over(world: World) -> None:
    post(world.nida, Role.OFFICER, "3304")
    malu = world.enrolment_of(world.malu)
    assign(enrolments=[malu], officer=world.nida, sender=sender(world.anan))
    handed(world)
    assert officers(world.enrolment, malu) == [world.somsak, world.nida]
    ends = dict(world.nida.postings.values_list("area", "ends_on"))
    assert ends == {"3314": LAST, "3304": None}


def test_a_verified_past_year_stays_with_who_did_the_work(world: World) -> None:
    """An unfinished past year goes over, and this year's villages do, finished or not."""
    following = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    villages = [world.trakat, world.phing]
    enrol(villages=villages, programme=following, officer=world.nida, sender=sender(world.anan))
    phing = world.enrolment_of(world.phing)
    assign(enrolments=[phing], officer=world.nida, sender=sender(world.anan))
    YearProgress.objects.filter(enrolment__village=world.trakat).update(complete=True)
    at = NOW + timedelta(days=300)  # in 2561
    hand_over(
        terms=terms(world, last_day=at.date()),
        sender=sender(world.prasit, at),
    )
    now = Enrolment.objects.filter(programme=following)
    assert officers(world.enrolment, phing, *now) == [
        world.nida,
        world.somsak,
        world.somsak,
        world.somsak,
    ]


def test_a_posting_that_has_ended_or_is_no_officers_is_left_alone(world: World) -> None:
    old = post(world.nida, Role.OFFICER, "3314", ends=date(2017, 1, 31))
    chief = post(world.nida, Role.CHIEF, "3314")
    wide = post(world.nida, Role.OFFICER, "33")  # reaches beyond the area
    handed(world)
    for row, ends in ((old, date(2017, 1, 31)), (chief, None), (wide, None)):
        row.refresh_from_db()
        assert row.ends_on == ends


# ---------------------------------------------------------------- who takes over


def test_a_successor_from_elsewhere_is_posted_in_the_same_act(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    prasit = signed_in(world.prasit)
    data = typed(world, taker=None, staff_id="KANYA")
    page = prasit.post(ADDRESS, data)
    assert page.status_code == 422
    assert "not posted to record" in page.content.decode()
    assert officers(*nidas) == [world.nida] * 2
    assert world.nida.postings.get().ends_on is None

    assert prasit.post(ADDRESS, {**data, "posts": "on"}).status_code == 303
    posting = world.kanya.postings.get(area="3314")
    assert (posting.role, posting.starts_on) == (Role.OFFICER, LAST + timedelta(days=1))
    assert History.objects.of(posting).get().verb == "add_posting"
    assert officers(*nidas) == [world.kanya] * 2


def test_who_is_posted_already_gets_no_second_posting(world: World) -> None:
    handed(world, posts=True)
    assert world.somsak.postings.count() == 1


def test_an_administrator_of_an_area_does_not_post_themselves_to_see_its_people(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    ann = person("ann", "นางแอน ดูแล", "ผู้ดูแลระบบจังหวัด")
    post(ann, Role.ADMINISTRATOR, "33")
    data = typed(world, taker=None, staff_id="ann", posts="on")
    page = signed_in(ann).post(ADDRESS, data)
    assert page.status_code == 422
    assert "Nobody posts themselves" in page.content.decode()
    assert officers(*nidas) == [world.nida] * 2
    assert [row.role for row in ann.postings.all()] == [Role.ADMINISTRATOR]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"taker": None}, "one"),
        ({"staff_id": "kanya"}, "one"),
        ({"taker": None, "staff_id": "malee"}, "nobody"),  # her account is closed
        ({"taker": None, "staff_id": "nida", "posts": "on"}, "same_person"),
        ({"last_day": "31/3/2561"}, "too_far"),
        ({"last_day": "1/1/2558"}, "too_far"),
        ({"last_day": ""}, "required"),
        ({"area": []}, "required"),
        ({"area": ["3304"]}, "invalid_choice"),
        ({"area": ["3314\0"]}, "invalid_choice"),  # which PostgreSQL does not even look for
        ({"officer": "1e9"}, "invalid_choice"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_moves(
    world: World, nidas: list[Enrolment], signed_in: SignIn, fields: dict[str, Any], code: str
) -> None:
    page = signed_in(world.prasit).post(ADDRESS, typed(world, **fields))
    assert page.status_code == 422
    errors = page.context["form"].errors.get_json_data()
    assert code in {error["code"] for rows in errors.values() for error in rows}
    assert officers(*nidas) == [world.nida] * 2
    assert not Handover.objects.exists()


def test_the_last_day_is_not_before_the_posting_began(world: World) -> None:
    world.nida.postings.update(starts_on=date(2017, 3, 1))
    with pytest.raises(Refusal, match="ends_before_it_starts"):
        handed(world, last_day=date(2017, 2, 28))
    assert officers(world.enrolment) == [world.nida]


# ---------------------------------------------------------------- who may, and the page


def test_the_page_shows_what_would_go_over(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    cases.asks_nothing(world)
    cases.returned(cases.handed_in(world, world.phing), world.suda)
    prasit = signed_in(world.prasit)
    page = prasit.get(ADDRESS, {"officer": world.nida.pk})
    (ground,) = page.context["grounds"]
    assert [village for village, _years in ground.villages] == [world.trakat, world.phing]
    assert (ground.open_steps, ground.returned) == (16, 1)
    words = page.content.decode()
    for said in (
        world.trakat.title,
        world.phing.title,
        "2 villages go over.",
        "ends on the last day",
    ):
        assert said in words, said


def test_the_list_counts_the_villages_of_each(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    rows = signed_in(world.prasit).get(ADDRESS).context["rows"]
    numbers = {row.staff_id: n for row, n in rows}
    assert numbers["nida"] == 2
    assert numbers["somsak"] == 0
    assert "kanya" not in numbers
    found = signed_in(world.anan).get(ADDRESS, {"q": "กัญญา"}).context["rows"]
    assert [row.staff_id for row, _n in found] == ["kanya"]


def test_only_who_names_officers_hands_over_and_only_there(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    for name in ("nida", "suda", "wipa", "kanya"):
        client = signed_in(getattr(world, name))
        assert client.get(ADDRESS).status_code == 403
        assert client.post(ADDRESS, typed(world)).status_code == 403
    prasit = signed_in(world.prasit)
    for key in (world.kanya.pk, 999_999, "x"):
        assert prasit.get(ADDRESS, {"officer": key}).status_code == 404
    other = person("other", "นายอื่น ใจดี", "พัฒนาการอำเภอ")
    post(other, Role.CHIEF, "3304")
    assert signed_in(other).post(ADDRESS, typed(world)).status_code == 422
    assert officers(*nidas) == [world.nida] * 2
    assert signed_in(world.anan).post(ADDRESS, typed(world)).status_code == 303


def test_a_second_press_gives_the_same_answer(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    prasit, data = signed_in(world.prasit), typed(world, last_day="20/3/2560")
    assert [prasit.post(ADDRESS, data).status_code for _press in range(2)] == [303, 303]
    assert Handover.objects.count() == 1


def test_a_second_person_reads_that_it_is_done(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    signed_in(world.prasit).post(ADDRESS, typed(world))
    page = signed_in(world.anan).post(ADDRESS, typed(world))
    assert page.status_code == 422
    assert "somebody did it meanwhile" in page.content.decode()
    assert Handover.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_over_at_once_one_does(world: World) -> None:
    enrol_to = [world.enrolment_of(world.trakat)]

    def to(taker: User) -> Callable[[], object]:
        post(taker, Role.OFFICER, "3314")
        return lambda: (
            hand_over(terms=terms(world, taker=taker), sender=sender(world.prasit)).replayed
        )

    answers = at_once(to(world.somsak), to(world.kanya))
    assert sorted(map(str, answers)) == ["False", "nothing_to_hand_over"]
    row = Handover.objects.get()
    assert officers(*enrol_to) == [row.taker]


def test_the_page_asks_no_more_for_more_villages(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    prasit = signed_in(world.prasit)

    def asked(**query: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert prasit.get(ADDRESS, query).status_code == 200
        return len(queries)

    asked()
    few = [asked(), asked(officer=world.nida.pk)]
    cases.more_villages(world, 30)
    for n in range(10):
        post(person(f"new{n}", f"นายใหม่ {n}", "พัฒนากร"), Role.OFFICER, "3314")
    assert [asked(), asked(officer=world.nida.pk)] == few
    assert max(few) <= 15


# ---------------------------------------------------------------- both are told


def told(client: Client) -> list[str]:
    return client.get("/").context["told"]


def test_both_sides_are_told_on_home_for_thirty_days(
    world: World,
    nidas: list[Enrolment],
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handed(world, last_day=TODAY)
    nida, somsak, prasit = (signed_in(one) for one in (world.nida, world.somsak, world.prasit))
    (taken,), (given,) = told(somsak), told(nida)
    assert "2 villages from นางสาวนิดา" in taken
    assert "since 24 Mar" in taken
    assert "2 villages to นายสมศักดิ์" in given
    assert "last day 23 Mar" in given
    assert told(prasit) == []
    for days, times in ((29, 1), (30, 0)):
        monkeypatch.setattr("django.utils.timezone.now", lambda now=NOW + timedelta(days=days): now)
        later = Client()
        later.force_login(world.somsak, backend="accounts.backends.StaffIdOrEmail")
        assert len(told(later)) == times, days


@pytest.mark.parametrize("last_day", [TODAY - timedelta(days=45), TODAY + timedelta(days=45)])
def test_both_sides_are_told_of_one_recorded_long_before_or_after_the_last_day(
    world: World, nidas: list[Enrolment], signed_in: SignIn, last_day: date
) -> None:
    handed(world, last_day=last_day)
    assert len(told(signed_in(world.somsak))) == 1
    assert len(told(signed_in(world.nida))) == 1


def test_home_stays_within_its_queries(
    world: World, nidas: list[Enrolment], signed_in: SignIn
) -> None:
    somsak = signed_in(world.somsak)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert somsak.get("/").status_code == 200
        return len(queries)

    asked()
    before = asked()
    handed(world)
    assert asked() <= max(before, 15)


# ---------------------------------------------------------------- rule 6: what arrives later


def test_what_the_leaver_recorded_before_and_sends_later_is_kept_and_accepted(
    world: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the photo that was on the server before the handover: it stays the sender's."""
    waiting = receive(upload=photo("red"), type="photo", by=world.nida, at=NOW)
    handed(world, last_day=TODAY)
    waiting.refresh_from_db()
    assert (waiting.by, waiting.claimed_at) == (world.nida, None)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=3))
    nida, somsak = Client(), Client()
    for client, user in ((nida, world.nida), (somsak, world.somsak)):
        client.force_login(user, backend="accounts.backends.StaffIdOrEmail")
    assert nida.get("/villages/33140108/").status_code == 404

    body = {
        "client_id": str(uuid4()),
        "form": "meeting",
        "held_on": "20/3/2560",
        "place": "ศาลา",
        "led_by": "officer",
        "received": [str(waiting.pk)],
    }
    answer = nida.post(reverse("steps:record", args=["33140108", 2560, "1.4"]), body)
    assert answer.status_code == 303
    activity = Activity.objects.get(recorded_by=world.nida)
    assert activity.late
    assert Evidence.objects.get(activity=activity).added_by == world.nida
    assert len(nida.get("/").context["sent_late"]) == 1

    (line,) = somsak.get("/").context["work"].left.late_arrivals
    assert str(activity.pk) in line.href
    decisions.accept_late(arrival=activity, sender=sender(world.somsak, NOW + timedelta(days=3)))
    activity.refresh_from_db()
    assert activity.counts


def test_files_of_others_stay_out_of_reach_of_the_successor(world: World) -> None:
    waiting = receive(upload=photo("red"), type="photo", by=world.nida, at=NOW)
    handed(world)
    assert not ReceivedFile.objects.unclaimed(world.somsak).filter(pk=waiting.pk).exists()


# ---------------------------------------------------------------- whatever is handed over


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mine=st.sets(st.sampled_from(["33140108", "33140203", "33040101", "34010101"])),
    areas=st.sets(st.sampled_from(["3314", "331401", "331402", "3304", "33"]), min_size=1),
)
def test_exactly_what_lies_in_the_areas_and_was_the_givers_moves(
    world: World, mine: set[str], areas: set[str]
) -> None:
    Handover.objects.all().delete()
    Posting.objects.filter(user__in=[world.nida, world.somsak]).delete()
    post(world.nida, Role.OFFICER, "33")
    post(world.somsak, Role.OFFICER, "33")
    enrolments = Enrolment.objects.filter(programme=world.programme)
    enrolments.update(officer=world.suda)
    enrolments.filter(village__code__in=mine).update(officer=world.nida)
    moved = {code for code in mine if any(code.startswith(area) for area in areas)}
    if moved or "33" in areas:
        handed(world, areas=frozenset(areas))
    else:
        with pytest.raises(Refusal, match="nothing_to_hand_over"):
            handed(world, areas=frozenset(areas))
    now = dict(enrolments.values_list("village__code", "officer"))
    assert {code for code, officer in now.items() if officer == world.somsak.pk} == moved
    assert {code for code, officer in now.items() if officer == world.nida.pk} == mine - moved
    ends = world.nida.postings.get().ends_on
    assert ends == (LAST if "33" in areas else None)
