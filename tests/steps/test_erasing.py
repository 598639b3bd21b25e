"""Erasing who somebody was: nothing names them any more, and no figure moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import History, HistoryValue, Receipt, User
from accounts.receipts import ReusedId
from steps.changes import restated
from steps.models import Plan, StepProgress, Submission
from steps.personal.names import ON_REQUEST, Traces
from steps.personal.rows import name_of
from steps.recording import activities, decisions, people, plans
from steps.recording.core import Refusal
from steps.recording.erasing import erase
from steps.recording.people import NewChangeLeader, NewHousehold, NewMember
from tests.cast import World, household, sender
from tests.imports.bringing import Row, taken_in
from tests.steps.planted import Planted, figures
from villages.models import Household

REASON = "ขอเป็นหนังสือ วันที่ 20 มีนาคม 2560"
pytestmark = pytest.mark.usefixtures("the_day_of_the_write_up")


@pytest.fixture
def planted(world: World) -> Planted:
    return Planted(world)


def erased(planted: Planted, reason: str = REASON) -> None:
    erase(rows=planted.rows, reason=reason, sender=sender(planted.world.prasit))
    for row in (*planted.rows, planted.item):
        row.refresh_from_db()


# ---------------------------------------------------------------- nothing names them


def test_the_name_stands_in_every_kind_of_column_before_and_in_none_after(
    planted: Planted,
) -> None:
    before = planted.stands_in()
    assert before >= {
        "villages.Household.head_name",
        "villages.CommitteeMember.name",
        "steps.ChangeLeader.name",
        "steps.PlanItem.person",
        "steps.PlanItem.method",
        "steps.Plan.goal",
        "steps.Activity.summary",
        "steps.Activity.place",
        "steps.Evidence.caption",
        "steps.ReceivedFile.name",
        "steps.EnrolmentHousehold.livelihood",
        "steps.Submission.snapshot",
        "steps.RecordSection.text",
        "accounts.HistoryValue.new",
        "accounts.Import.reading",
        "accounts.Import.repairs",
        "accounts.ImportRow.after",
    }

    erased(planted)

    assert planted.stands_in() == set()


def test_a_reason_that_names_the_person_does_not_bring_the_name_back(planted: Planted) -> None:
    erased(planted, reason=f"{planted.name} มาขอด้วยตนเอง")

    assert planted.stands_in() == set()
    entry = History.objects.filter(verb="erase_person", village=planted.world.trakat).first()
    assert entry is not None
    assert entry.note == f"{ON_REQUEST} มาขอด้วยตนเอง"


def test_rows_say_since_when_and_keep_what_is_counted(planted: Planted) -> None:
    erased(planted)

    house, member, leader = planted.household, planted.member, planted.leader
    assert {row.erased_on for row in planted.rows} == {sender(planted.world.prasit).today}
    assert (house.people, house.main_occupation_id, house.ended_on) == (4, "rice", None)
    assert (house.house_no, house.cluster, house.phone) == ("–", "", "")
    assert (member.kind, member.position, member.phone) == ("formal", "", "")
    assert [house.head_name, member.name, leader.name] == [f"{ON_REQUEST} {n}" for n in (1, 2, 3)]


def test_texts_keep_all_but_the_name_and_the_phone(planted: Planted) -> None:
    erased(planted)

    assert planted.item.person == f"{ON_REQUEST} และคณะ"
    assert planted.item.method == f"โทร {ON_REQUEST} ก่อนเริ่ม"
    assert planted.item.activity == "เลี้ยงจิ้งหรีด"


def test_the_history_keeps_who_did_what_and_loses_the_values(planted: Planted) -> None:
    entries = list(History.objects.of(planted.household).values_list("verb", "fields"))

    erased(planted)

    kept = History.objects.of(planted.household).exclude(verb="erase_person")
    assert list(kept.values_list("verb", "fields")) == entries
    values = HistoryValue.objects.filter(entry__in=kept)
    assert values.exists()
    assert {(row.old, row.new, bool(row.erased_on)) for row in values} == {("", "", True)}


def test_each_erased_row_is_in_the_history_with_the_reason(planted: Planted) -> None:
    erased(planted)

    entries = History.objects.filter(verb="erase_person", village=planted.world.trakat)
    assert {entry.subject_id for entry in entries} == {str(row.pk) for row in planted.rows}
    assert {(entry.by, entry.note) for entry in entries} == {(planted.world.prasit, REASON)}


# ---------------------------------------------------------------- a meeting of two villages


def test_what_was_written_of_a_shared_meeting_loses_the_name_in_the_other_village_too(
    planted: Planted,
) -> None:
    activity = planted.beside.activities.get()
    told = HistoryValue.objects.filter(entry__subject_id=str(activity.pk), field="summary")
    assert [value.new for value in told] == [activity.summary]

    erased(planted)

    activity.refresh_from_db()
    assert activity.summary == f"{ON_REQUEST} เล่าประสบการณ์"
    assert {row.caption for row in activity.evidence.all()} == {f"{ON_REQUEST}กับจิ้งหรีด"}
    drafted = "".join(row.text for row in planted.beside.knowledge.sections.all())
    assert f"{ON_REQUEST} เล่าประสบการณ์" in drafted
    assert [(value.new, bool(value.erased_on)) for value in told.all()] == [("", True)]


def test_the_step_the_other_village_handed_in_on_it_is_unchanged(planted: Planted) -> None:
    progress = StepProgress.objects.get(enrolment=planted.beside, step__number="1.4")

    erased(planted)

    progress.refresh_from_db()
    assert progress.changes == {}
    decisions.verify(
        submission=Submission.objects.get(progress=progress),
        level="chief",
        sender=sender(planted.world.prasit),
    )  # type: ignore[arg-type]


def test_the_other_village_has_an_entry_that_names_nobody(planted: Planted) -> None:
    erased(planted)

    entry = History.objects.get(verb="erase_person", village=planted.world.phing)
    assert (entry.subject_id, entry.note) == (str(planted.world.phing.pk), "")


def test_a_namesake_in_the_other_village_keeps_what_is_their_own(
    world: World, planted: Planted
) -> None:
    """Of the other village only what tells of the shared meeting is searched."""
    home = NewHousehold(house_no="3", head_name=planted.name)
    added = people.add_household(village=world.phing, household=home, sender=sender(world.nida))
    namesake = Household.objects.get(pk=added.result["household"])
    step = world.step("1.2")
    goal = f"ให้{planted.name}สอน"
    plans.set_goal(
        enrolment=planted.beside, step=step, started="", goal=goal, sender=sender(world.nida)
    )

    erased(planted)

    namesake.refresh_from_db()
    assert namesake.head_name == planted.name
    assert Plan.objects.get(enrolment=planted.beside, step=step).goal == goal
    values = HistoryValue.objects.filter(entry__subject_id=str(namesake.pk), field="head_name")
    assert [value.new for value in values] == [planted.name]


def test_a_village_that_met_with_it_at_this_moment_is_not_left_out(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not locked: nothing is erased before it is."""
    monkeypatch.setattr("steps.recording.erasing.villages_beside", Mock(side_effect=[[], [1]]))

    with pytest.raises(Refusal, match="shared_meanwhile"):
        erased(planted)


# ---------------------------------------------------------------- whom it leaves alone


def test_others_keep_their_names_values_and_texts(world: World, planted: Planted) -> None:
    other = NewHousehold(house_no="90", head_name="นายบุญมี มณีวงศ์", phone="0899999999")
    outcome = people.add_household(village=world.trakat, household=other, sender=sender(world.nida))
    key = outcome.result["household"]

    erased(planted)

    row = Household.objects.get(pk=key)
    assert (row.head_name, row.phone, row.erased_on) == (other.head_name, other.phone, None)
    values = HistoryValue.objects.filter(entry__subject_id=key)
    assert set(values.values_list("new", flat=True)) >= {other.head_name, other.phone}


def test_only_the_rows_that_were_ticked_are_erased(world: World, planted: Planted) -> None:
    namesake = household(world.phing, "3", planted.name)

    erase(rows=[planted.member], reason=REASON, sender=sender(world.prasit))

    for row in (planted.household, planted.leader, namesake):
        row.refresh_from_db()
        assert row.erased_on is None
    assert planted.household.head_name == planted.name


def test_a_name_without_a_family_name_is_erased_where_it_is_all_that_is_said(
    world: World, planted: Planted
) -> None:
    """As a part it could be any word: คำ stands in คำแนะนำ."""
    short = household(world.trakat, "7", "นายคำ")
    planted.item.person = "นายคำ"
    planted.item.method = "ตามคำแนะนำ"
    planted.item.save()

    erase(rows=[short], reason=REASON, sender=sender(world.prasit))

    planted.item.refresh_from_db()
    assert (planted.item.person, planted.item.method) == (ON_REQUEST, "ตามคำแนะนำ")


# ---------------------------------------------------------------- no figure moves


def test_counts_measures_and_sums_are_what_they_were(planted: Planted) -> None:
    before = figures()
    assert before["Tally"]

    erased(planted)

    assert figures() == before
    call_command("recount", "--dry-run", verbosity=0)


def test_an_erased_name_is_no_change_since_the_step_was_handed_in(
    world: World, planted: Planted
) -> None:
    progress = StepProgress.objects.get(enrolment=world.enrolment, step__number="1.4")
    assert progress.changes == {}

    erased(planted)

    progress.refresh_from_db()
    assert progress.changes == {}
    submission = Submission.objects.get(progress=progress)
    decisions.verify(submission=submission, level="chief", sender=sender(world.prasit))  # type: ignore[arg-type]


def test_what_had_changed_before_still_counts_as_changed(world: World, planted: Planted) -> None:
    """The control: naming somebody else is a change, and erasing does not hide it."""
    plans.edit_plan_item(
        item=planted.item,
        started={"person": f"{planted.name} และคณะ"},
        wanted={"person": f"{planted.name} คนเดียว"},
        sender=sender(world.nida),
    )
    progress = StepProgress.objects.get(enrolment=world.enrolment, step__number="1.4")
    assert progress.changes == {"plan_items": [0, 1, 0]}

    erased(planted)

    progress.refresh_from_db()
    assert progress.changes == {"plan_items": [0, 1, 0]}


MARKS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"))


@given(then=MARKS, before=MARKS, now=st.sampled_from("xyz"))
def test_what_was_the_same_stays_the_same(
    then: dict[str, str], before: dict[str, str], now: str
) -> None:
    """Whatever erasing makes of the rows, what differed before it differs after it, and no more."""
    after = {key: f"erased {mark} {now}" for key, mark in before.items()}
    kept = restated({"rows": then}, {"rows": before}, {"rows": after})["rows"]

    assert kept.keys() == then.keys()
    for key in then.keys() & before.keys():
        assert (kept[key] == after[key]) == (then[key] == before[key])


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


ORDERS = st.lists(st.sampled_from(range(3)), min_size=1, max_size=3, unique=True)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=ORDERS)
def test_one_by_one_in_any_order_nothing_moves_and_names_differ(
    planted: Planted, order: list[int]
) -> None:
    with taken_back():
        before = figures()
        for nth in order:
            erase(rows=[planted.rows[nth]], reason=REASON, sender=sender(planted.world.prasit))
        assert figures() == before
        chosen = [planted.rows[nth] for nth in order]
        for row in chosen:
            row.refresh_from_db()
        assert len({name_of(row) for row in chosen}) == len(order)


# ---------------------------------------------------------------- sent twice, edited after


def test_sent_again_it_is_answered_again_and_done_once(planted: Planted) -> None:
    same = sender(planted.world.prasit, client_id=uuid4())
    first = erase(rows=planted.rows, reason=REASON, sender=same)
    again = erase(rows=planted.rows, reason=REASON, sender=same)

    assert (first.replayed, again.replayed) == (False, True)
    assert again.result == first.result
    entries = History.objects.filter(verb="erase_person", village=planted.world.trakat)
    assert entries.count() == len(planted.rows)
    with pytest.raises(ReusedId):
        erase(rows=planted.rows[:1], reason=REASON, sender=same)


def test_what_is_erased_cannot_be_erased_again_and_nothing_of_it_is_stored(
    planted: Planted,
) -> None:
    erased(planted)
    receipts = Receipt.objects.count()

    with pytest.raises(Refusal, match="erased_already"):
        erase(rows=[planted.household], reason=REASON, sender=sender(planted.world.prasit))

    assert Receipt.objects.count() == receipts


def test_a_reason_is_required(planted: Planted) -> None:
    with pytest.raises(Refusal, match="reason_missing"):
        erase(rows=planted.rows, reason="", sender=sender(planted.world.prasit))


def test_an_erased_row_can_be_ended_but_not_edited(world: World, planted: Planted) -> None:
    """Somebody who had the form open would put the name back."""
    erased(planted)

    with pytest.raises(Refusal, match="erased_already"):
        people.edit_household(
            household=planted.household,
            started={},
            wanted={"head_name": planted.name},
            sender=sender(world.nida),
        )
    with pytest.raises(Refusal, match="erased_already"):
        people.edit_member(
            member=planted.member,
            started={},
            wanted={"phone": "0812345678"},
            sender=sender(world.nida),
        )
    today = sender(world.nida).today
    people.end_household(household=planted.household, on=today, sender=sender(world.nida))
    assert planted.stands_in() == set()


def test_a_village_may_have_many_who_are_erased(world: World) -> None:
    """Names must differ in a committee and in a year; house and head in a village."""
    for n in range(3):
        home = household(world.trakat, f"{n}", f"นายที่ {n}")
        member = NewMember(f"นางที่ {n}", "formal", world.programme.opens_on)
        added = people.add_member(village=world.trakat, member=member, sender=sender(world.nida))
        leader = NewChangeLeader(f"นางสาวที่ {n}", world.programme.opens_on)
        named = people.name_change_leader(
            enrolment=world.enrolment, leader=leader, sender=sender(world.nida)
        )
        rows = [
            home,
            home.village.committees.get().members.get(pk=added.result["member"]),
            world.enrolment.change_leaders.get(pk=named.result["change_leader"]),
        ]
        erase(rows=rows, reason=REASON, sender=sender(world.prasit))

    names = Household.objects.exclude(erased_on=None).values_list("head_name", flat=True)
    assert len(set(names)) == 3


def test_the_file_that_brought_the_name_in_goes_with_it(
    planted: Planted, django_capture_on_commit_callbacks: Any
) -> None:
    assert planted.brought.path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        erased(planted)

    planted.brought.refresh_from_db()
    assert not planted.brought.path.exists()
    assert not planted.brought.rows.exists()
    assert (planted.brought.file_kept, planted.brought.is_erased) == (False, True)


def test_files_that_cannot_hold_the_name_stay(
    world: World, planted: Planted, django_capture_on_commit_callbacks: Any
) -> None:
    """Not compared yet: of villages, of another village, of somebody who records elsewhere."""
    villages: list[Row] = [{"รหัสหมู่บ้าน": "33140231", "ชื่อหมู่บ้าน": "ใหม่"}]
    households: list[Row] = [{"หัวหน้าครัวเรือน": "นายอื่น คนไกล", "บ้านเลขที่": "1"}]
    kept = [
        taken_in("villages", villages, by=world.anan),
        taken_in("households", households, by=world.kanya),
        taken_in("households", households, by=world.nida),
    ]
    kept[2].reading["village"] = world.phing.code
    kept[2].save()
    lost = taken_in("households", households, by=world.somsak)

    with django_capture_on_commit_callbacks(execute=True):
        erased(planted)

    for brought in (*kept, lost):
        brought.refresh_from_db()
    assert [brought.file_kept for brought in (*kept, lost)] == [True, True, True, False]


def test_activities_can_still_be_withdrawn_after(world: World, planted: Planted) -> None:
    erased(planted)
    decisions.withdraw(enrolment=world.enrolment, step=world.step("1.4"), sender=sender(world.nida))
    activity = world.enrolment.activities.get()

    activities.withdraw_activity(activity=activity, reason="ผิดวัน", sender=sender(world.nida))

    call_command("recount", "--dry-run", verbosity=0)


# ---------------------------------------------------------------- no page names them


def test_no_page_of_the_village_shows_the_name(
    world: World, planted: Planted, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.prasit)
    village, year = f"/villages/{world.trakat.code}/", f"/villages/{world.trakat.code}/2560/"
    addresses = [
        *(f"{village}{part}" for part in ("", "households/", "committee/", "history/")),
        *(f"{year}{part}" for part in ("targets/", "leaders/", "plan/", "1.4/", "1.4/record/")),
        f"{year}activities/{world.enrolment.activities.get().pk}/",
        f"/villages/{world.phing.code}/2560/activities/{planted.beside.activities.get().pk}/",
        f"/people/{planted.household.pk}/",
        f"/people/{planted.member.pk}/",
    ]
    shown = [url for url in addresses if planted.name in client.get(url).content.decode()]
    assert len(shown) >= 10

    erased(planted)

    for url in addresses:
        page = client.get(url)
        assert page.status_code == 200, url
        assert planted.name not in page.content.decode(), url
        assert "0812345678" not in page.content.decode(), url


def test_no_export_holds_the_name(
    world: World, planted: Planted, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.prasit)

    def exported() -> str:
        response = client.post("/villages/export.csv", {"names": "1"})
        return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]

    assert planted.name in exported()

    erased(planted)

    assert planted.name not in exported()
    assert f"{ON_REQUEST} 2" in exported()  # a member is still counted among the members


# ---------------------------------------------------------------- names in texts

LETTERS = st.text("กขคงจชดตนบปมรลวสหอ", min_size=2, max_size=8)
AROUND = st.text("กขคง 1(-", max_size=6)


@given(title=st.sampled_from(["", "นาย", "นาง", "นางสาว "]), given_=LETTERS, family=LETTERS)
def test_a_full_name_is_found_with_any_title_and_gone_after(
    title: str, given_: str, family: str
) -> None:
    traces = Traces.of([f"นาย{given_} {family}"], [])
    text = f"มอบหมาย {title}{given_} {family}"

    assert traces.stand_in(text)
    assert traces.erased(text, "*") == "มอบหมาย *"
    assert not traces.stand_in(traces.erased(text, "*"))


@given(given_=LETTERS, family=LETTERS, before=AROUND, after=AROUND)
def test_what_was_erased_is_not_found_again(
    given_: str, family: str, before: str, after: str
) -> None:
    traces = Traces.of([f"นาย{given_} {family}"], ["0812345678"])
    text = f"{before}นาย{given_} {family}{after}081 234 5678{before}"

    assert not traces.stand_in(traces.erased(text, "ลบ"))


def test_a_sibling_whose_name_ends_alike_is_somebody_else() -> None:
    traces = Traces.of(["นายดี ใจงาม"], [])

    assert not traces.stand_in("บุญดี ใจงาม")
    assert not traces.stand_in("นายบุญดี ใจงาม")
    assert traces.stand_in("(ดี ใจงาม)")


@pytest.mark.parametrize("typed", ["081-234-5678", "081 234 5678", "0812345678", "081.2345678"])
def test_a_phone_is_found_however_it_was_typed(typed: str) -> None:
    assert Traces.of([], ["081-2345678"]).stand_in(f"โทร {typed} เย็น ๆ")


def test_few_digits_are_no_phone() -> None:
    assert not Traces.of([], ["1234"]).stand_in("งบ 1234 บาท")


def test_nobody_leaves_no_trace() -> None:
    traces = Traces.of([], [""])
    assert not traces.stand_in("")
    assert traces.erased("นายดี ใจงาม", "*") == "นายดี ใจงาม"
