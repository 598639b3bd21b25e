"""The rules of the design, verb by verb: who may move what, what is late, what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import History, HistoryValue, Receipt, User
from accounts.receipts import ReusedId
from accounts.rights import Role
from steps.models import Activity, Evidence, Programme, Review, Shortfall, Status, Step
from steps.models.programme import Requirement
from steps.recording import activities, decisions, people, plans
from steps.recording.core import Refusal
from steps.recording.enrolments import programme_changed
from steps.recording.people import NewHousehold
from tests.cast import NOW, World, person, post, sender
from tests.pages import JSON
from tests.trust import work
from villages.models import Household

CHIEF, PROVINCE = Review.Level.CHIEF, Review.Level.PROVINCE


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The verb inside says no for this reason, and every table is as before."""
    before = work.row_counts()
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code
    assert work.row_counts() == before


def status(world: World, number: str = "1.4") -> str:
    return work.progress(world, number).status


def reviewed_by(world: World, number: str, reviewer: str) -> None:
    Step.objects.filter(pk=world.step(number).pk).update(reviewer=reviewer)


def verify(world: World, by: User, level: Review.Level = PROVINCE, which: int = 1) -> None:
    decisions.verify(
        submission=work.submission(world, "1.4", which), level=level, sender=sender(by)
    )


def send_back(
    world: World,
    by: User,
    level: Review.Level = PROVINCE,
    which: int = 1,
    points: Any = (),
    reason: str = "ภาพไม่ชัด",
) -> None:
    decisions.send_back(
        submission=work.submission(world, "1.4", which),
        level=level,
        reason=reason,
        points=points,
        sender=sender(by),
    )


def reopen(world: World, by: User, which: int = 1, reason: str = "นับผิด") -> None:
    decisions.reopen(
        submission=work.submission(world, "1.4", which),
        level=PROVINCE,
        reason=reason,
        sender=sender(by),
    )


def withdraw(world: World, by: User | None = None) -> None:
    decisions.withdraw(
        enrolment=world.enrolment, step=world.step("1.4"), sender=sender(by or world.nida)
    )


@pytest.fixture
def briefed(world: World) -> Activity:
    """Step 1.4 of Ban Trakat with nothing missing; Nida recorded it."""
    return work.briefing(world)


# ---------------------------------------------------------------- rules 1 and 2: handing in


def test_a_step_goes_from_not_started_to_verified(world: World) -> None:
    assert status(world) == Status.NOT_STARTED
    work.briefing(world)
    assert status(world) == Status.IN_PROGRESS
    work.hand_in(world)
    assert status(world) == Status.SUBMITTED
    verify(world, world.suda)
    assert status(world) == Status.VERIFIED


def test_what_is_missing_is_named_and_nothing_is_handed_in(world: World, briefed: Activity) -> None:
    first = Evidence.objects.order_by("added_at", "id").first()
    activities.withdraw_evidence(evidence=first, reason="เบลอ", sender=sender(world.nida))
    with refused("missing"):
        work.hand_in(world)
    with pytest.raises(Refusal) as caught:
        work.hand_in(world)
    assert caught.value.details["codes"] == ["1.4-h"]


def test_24_of_25_are_handed_in_with_the_shortfall_explained(world: World) -> None:
    work.briefing(world, came=24)
    with refused("missing"):
        work.hand_in(world)
    reason = "หัวหน้าครัวเรือนหนึ่งไปโรงพยาบาล"
    submitted = work.hand_in(world, **{"1.4-c": reason})
    assert submitted.snapshot["measures"]["1.4-c"] == [24, 25, []]
    assert submitted.snapshot["explained"] == {"1.4-c": reason}
    assert Shortfall.objects.get().by == world.nida


def test_an_explanation_is_not_taken_where_the_requirement_must_be_met(world: World) -> None:
    work.briefing(world)
    with refused("shortfall_not_allowed"):
        work.hand_in(world, **{"1.4-h": "ลืมถ่าย"})


def test_an_empty_explanation_takes_the_one_before_away(world: World) -> None:
    work.briefing(world, came=24)
    work.hand_in(world, **{"1.4-c": "ไปโรงพยาบาล"})
    withdraw(world)
    with refused("missing"):
        work.hand_in(world, **{"1.4-c": ""})
    work.hand_in(world)  # refused, so the explanation written before still stands
    assert status(world) == Status.SUBMITTED


def test_order_gates_handing_in_and_never_recording(world: World) -> None:
    step = world.step("2.1")
    work.recorded(world.enrolment, step, by=world.nida)
    assert work.progress(world, "2.1").activities == 1
    with pytest.raises(Refusal) as caught:
        work.hand_in(world, "2.1")
    assert "2.1-a" in caught.value.details["codes"]


def test_what_was_handed_in_is_not_handed_in_again(world: World, briefed: Activity) -> None:
    work.hand_in(world)
    with refused("not_open"):
        work.hand_in(world)
    verify(world, world.suda)
    with refused("not_open"):
        work.hand_in(world)


# ---------------------------------------------------------------- rule 3: closed, taken back


def test_a_submission_nobody_decided_is_taken_back(world: World, briefed: Activity) -> None:
    work.hand_in(world)
    withdraw(world, by=world.somsak)
    assert status(world) == Status.IN_PROGRESS
    assert work.submission(world, "1.4", 1).withdrawn_at == NOW
    assert work.hand_in(world).number == 2


def test_a_submission_somebody_decided_is_not_taken_back(world: World, briefed: Activity) -> None:
    reviewed_by(world, "1.4", "both")
    work.hand_in(world)
    verify(world, world.prasit, CHIEF)
    assert status(world) == Status.SUBMITTED
    with refused("decided_already"):
        withdraw(world)
    verify(world, world.suda)
    with refused("moved_already"):
        withdraw(world)


def test_a_step_that_is_open_is_not_taken_back(world: World) -> None:
    with refused("moved_already"):
        withdraw(world)


@pytest.mark.parametrize("closed_by", ["submitted", "verified"])
def test_a_closed_step_is_closed_to_edits(world: World, briefed: Activity, closed_by: str) -> None:
    work.hand_in(world)
    if closed_by == "verified":
        verify(world, world.suda)
    one = briefed.attendances.first().household_id
    topic = briefed.topics.first().pk
    changes = {"place": "วัด", f"household__{one}": "", f"topic__{topic}": "", "total": "30"}
    for name, value in {**changes, "group__support_team": "9"}.items():
        with refused("step_closed"):
            work.edited(briefed, by=world.nida, **{name: value})
    with refused("step_closed"):
        activities.withdraw_activity(activity=briefed, reason="ผิด", sender=sender(world.nida))
    photo_row = briefed.evidence.first()
    with refused("step_closed"):
        activities.withdraw_evidence(evidence=photo_row, reason="ผิด", sender=sender(world.nida))
    with refused("step_closed"):
        activities.edit_caption(
            evidence=photo_row, started="", caption="คนละงาน", sender=sender(world.nida)
        )


def test_a_tick_added_with_another_change_is_refused_whole(world: World, briefed: Activity) -> None:
    late_one = world.trakat.households.in_house_order()[25]
    work.hand_in(world)
    with refused("step_closed"):
        work.edited(briefed, by=world.nida, place="วัด", **work.present([late_one]))


def test_a_head_changed_to_a_representative_is_no_added_tick(
    world: World, briefed: Activity
) -> None:
    one = briefed.attendances.first().household_id
    work.hand_in(world)
    with refused("step_closed"):
        work.edited(briefed, by=world.nida, **{f"household__{one}": "representative"})


def test_a_returned_step_is_open_again_and_handed_in_a_second_time(
    world: World, briefed: Activity
) -> None:
    work.hand_in(world)
    send_back(world, world.suda)
    assert status(world) == Status.RETURNED
    work.edited(briefed, by=world.nida, place="วัดบ้านตระกาจ")
    assert work.hand_in(world).number == 2
    verify(world, world.suda, which=2)
    assert status(world) == Status.VERIFIED


def test_a_second_submission_taken_back_leaves_the_step_returned(
    world: World, briefed: Activity
) -> None:
    work.hand_in(world)
    send_back(world, world.suda)
    work.hand_in(world)
    withdraw(world)
    assert status(world) == Status.RETURNED


def test_a_verified_step_is_opened_again_with_a_reason(world: World, briefed: Activity) -> None:
    work.hand_in(world)
    with refused("moved_already"):
        reopen(world, world.suda)
    verify(world, world.suda)
    with refused("reason_missing"):
        reopen(world, world.suda, reason="")
    reopen(world, world.suda)
    assert status(world) == Status.RETURNED
    with refused("moved_already"):
        reopen(world, world.suda)
    work.edited(briefed, by=world.nida, place="วัด")
    work.hand_in(world)
    verify(world, world.suda, which=2)
    assert status(world) == Status.VERIFIED


def test_committee_households_and_plan_stay_open_and_the_snapshot_stays(
    world: World, briefed: Activity
) -> None:
    submitted = work.hand_in(world)
    before = work.progress(world, "1.4").measures
    for row in world.trakat.households.in_house_order()[:2]:
        people.end_household(household=row, on=NOW.date(), sender=sender(world.nida))
    item = world.enrolment.plan_items.get()
    plans.withdraw_plan_item(item=item, reason="เลิก", sender=sender(world.nida))
    work.add_member(world, "นายทองใบ ใจดี")
    now = work.progress(world, "1.4")
    assert now.measures == before == submitted.snapshot["measures"]
    assert (now.status, now.met, now.asked) == (Status.SUBMITTED, 7, 7)
    verify(world, world.suda)
    reopen(world, world.suda)
    measures = work.progress(world, "1.4").measures
    assert (measures["1.4-a"][0], measures["1.4-c"][0], measures["1.4-e"][0]) == (23, 23, 0)


def test_the_snapshot_says_what_the_submission_stood_on(world: World, briefed: Activity) -> None:
    stood_on = work.hand_in(world).snapshot["stood_on"]
    assert list(stood_on["activities"]) == [str(briefed.pk)]
    assert set(stood_on["evidence"]) == {str(row.pk) for row in briefed.evidence.all()}
    assert len(stood_on["target_households"]) == 25


# ---------------------------------------------------------------- rule 3: who decides


def test_a_return_needs_a_reason_and_names_what_it_is_about(
    world: World, briefed: Activity
) -> None:
    work.hand_in(world)
    photos = Requirement.objects.get(code="1.4-h")
    picture = briefed.evidence.first()
    points = [
        decisions.Point(requirement_id=photos.pk, note="ขอภาพที่เห็นผู้เข้าร่วม"),
        decisions.Point(evidence_id=str(picture.pk), note="ภาพนี้มืด"),
    ]
    with refused("reason_missing"):
        send_back(world, world.suda, reason="", points=points)
    send_back(world, world.suda, points=points)
    review = work.progress(world, "1.4").last_return()
    named = [(item.requirement, item.evidence, item.note) for item in review.items.order_by("pk")]
    assert named == [
        (photos, None, "ขอภาพที่เห็นผู้เข้าร่วม"),
        (None, picture, "ภาพนี้มืด"),
    ]


def test_a_return_cannot_name_what_is_not_of_this_step(world: World, briefed: Activity) -> None:
    elsewhere = work.recorded(
        world.enrolment_of(world.malu),
        world.step("1.4"),
        by=world.kanya,
        files=[work.picture(world.kanya)],
    )
    work.hand_in(world)
    foreign = [
        decisions.Point(requirement_id=Requirement.objects.get(code="2.1-j").pk),
        decisions.Point(evidence_id=str(elsewhere.evidence.get().pk)),
        decisions.Point(evidence_id=str(uuid4())),
    ]
    for point in foreign:
        with refused("not_in_your_area"):
            send_back(world, world.suda, points=[point])


def test_the_province_decides_only_after_the_chief_where_both_review(
    world: World, briefed: Activity
) -> None:
    reviewed_by(world, "1.4", "both")
    work.hand_in(world)
    with refused("chief_first"):
        verify(world, world.suda)
    with refused("chief_first"):
        send_back(world, world.suda)
    verify(world, world.prasit, CHIEF)
    assert status(world) == Status.SUBMITTED
    with refused("decided_already"):
        verify(world, world.prasit, CHIEF)
    send_back(world, world.suda)
    assert status(world) == Status.RETURNED


def test_what_the_chief_returned_the_province_does_not_verify(
    world: World, briefed: Activity
) -> None:
    reviewed_by(world, "1.4", "both")
    work.hand_in(world)
    send_back(world, world.prasit, CHIEF)
    with refused("moved_already"):
        verify(world, world.suda)


def test_a_new_submission_needs_the_chief_again(world: World, briefed: Activity) -> None:
    reviewed_by(world, "1.4", "both")
    work.hand_in(world)
    verify(world, world.prasit, CHIEF)
    send_back(world, world.suda)
    work.hand_in(world)
    with refused("chief_first"):
        verify(world, world.suda, which=2)


def test_the_chief_alone_decides_where_the_step_says_so(world: World, briefed: Activity) -> None:
    reviewed_by(world, "1.4", "chief")
    work.hand_in(world)
    with refused("no_permission"):
        verify(world, world.suda)
    verify(world, world.prasit, CHIEF)
    assert status(world) == Status.VERIFIED


@pytest.mark.parametrize("name", ["nida", "somsak", "kanya", "wichai", "prasit", "wipa", "anan"])
def test_nobody_without_the_right_decides(world: World, briefed: Activity, name: str) -> None:
    work.hand_in(world)
    with refused("no_permission"):
        verify(world, getattr(world, name))


def test_the_staff_of_another_province_do_not_decide(world: World, briefed: Activity) -> None:
    stranger = person("ubon", "นายอุบล คนไกล", "นักวิชาการพัฒนาชุมชน")
    post(stranger, Role.PROVINCE, "34")
    work.hand_in(world)
    with refused("no_permission"):
        verify(world, stranger)


def test_a_posting_that_ended_gives_no_decision(world: World, briefed: Activity) -> None:
    world.suda.postings.update(ends_on=NOW.date() - timedelta(days=1))
    work.hand_in(world)
    with refused("no_permission"):
        verify(world, User.objects.get(pk=world.suda.pk))


@pytest.mark.parametrize("did", ["recorded", "photographed", "handed_in"])
def test_nobody_decides_on_their_own_work(world: World, briefed: Activity, did: str) -> None:
    reviewed_by(world, "1.4", "chief")
    handing_in = world.nida
    if did == "recorded":
        work.recorded(world.enrolment, world.step("1.4"), by=world.prasit)
    if did == "photographed":
        files = [work.picture(world.prasit, "blue")]
        activities.add_evidence(activity=briefed, files=files, sender=sender(world.prasit))
    if did == "handed_in":
        handing_in = world.prasit
    work.hand_in(world, by=handing_in)
    for decide in (verify, send_back):
        with refused("own_work"):
            decide(world, world.prasit, CHIEF)


def test_a_decision_on_an_older_submission_is_stale(world: World, briefed: Activity) -> None:
    work.hand_in(world)
    withdraw(world)
    work.hand_in(world)
    with refused("stale_decision"):
        verify(world, world.suda, which=1)
    with refused("stale_decision"):
        send_back(world, world.suda, which=1)
    verify(world, world.suda, which=2)


def test_nothing_is_decided_on_a_step_that_was_taken_back(world: World, briefed: Activity) -> None:
    work.hand_in(world)
    withdraw(world)
    with refused("moved_already"):
        verify(world, world.suda)


def test_the_same_decision_sent_again_is_answered_again(world: World, briefed: Activity) -> None:
    submitted = work.hand_in(world)
    once = sender(world.suda)
    first = decisions.verify(submission=submitted, level=PROVINCE, sender=once)
    again = decisions.verify(submission=submitted, level=PROVINCE, sender=once)
    assert (again.result, again.replayed) == (first.result, True)
    with pytest.raises(ReusedId):
        decisions.send_back(submission=submitted, level=PROVINCE, reason="ไม่", sender=once)
    assert Review.objects.get().decision == "verified"


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_deciding_at_once_one_stands(world: World) -> None:
    """Both read the submission before either decides; the village's lock lets one through."""
    colleague = person("siri", "นางสิริ มั่นคง", "นักวิชาการพัฒนาชุมชน")
    post(colleague, Role.PROVINCE, "33")
    work.briefing(world)
    work.hand_in(world)
    barrier, said = Barrier(2), []

    def decides(by: User, decide: Callable[..., None]) -> None:
        submitted = work.submission(world, "1.4", 1)
        barrier.wait(timeout=20)
        try:
            decide(submission=submitted, level=PROVINCE, sender=sender(by))
            said.append("stored")
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connections.close_all()

    def returned(**given: Any) -> None:
        decisions.send_back(reason="ภาพไม่ชัด", **given)

    both = [(world.suda, decisions.verify), (colleague, returned)]
    threads = [Thread(target=decides, args=each) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["moved_already", "stored"]
    decided = Review.objects.get()
    assert status(world) == (Status.VERIFIED if decided.decision == "verified" else Status.RETURNED)


# ---------------------------------------------------------------- rule 4: once


def test_the_same_write_sent_again_is_answered_again(world: World) -> None:
    once = sender(world.nida)
    occasion = activities.Occasion(
        parts=[activities.Part(world.enrolment, world.step("1.4"))], values=work.BASE
    )
    first = activities.record(occasion=occasion, sender=once)
    after = work.row_counts()
    again = activities.record(occasion=occasion, sender=once)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.result == first.result
    assert work.row_counts() == after


def test_an_id_that_stands_for_something_else_is_refused(world: World) -> None:
    once = sender(world.nida)
    parts = [activities.Part(world.enrolment, world.step("1.4"))]
    occasion = activities.Occasion(parts=parts, values=work.BASE)
    other = activities.Occasion(parts=parts, values={**work.BASE, "place": "วัด"})
    house = NewHousehold(house_no="9/9", head_name="นายใหม่ มาแล้ว")
    activities.record(occasion=occasion, sender=once)
    before = work.row_counts()
    with pytest.raises(ReusedId):
        activities.record(occasion=other, sender=once)
    with pytest.raises(ReusedId):
        activities.record(occasion=occasion, sender=sender(world.somsak, client_id=once.client_id))
    with pytest.raises(ReusedId):
        people.add_household(village=world.trakat, household=house, sender=once)
    assert work.row_counts() == before


def test_a_refused_write_leaves_its_id_free(world: World) -> None:
    once = sender(world.nida)
    step = world.step("1.4")
    with refused("missing"):
        decisions.submit(enrolment=world.enrolment, step=step, reasons={}, sender=once)
    assert not Receipt.objects.filter(pk=once.client_id).exists()
    work.briefing(world)
    decisions.submit(enrolment=world.enrolment, step=step, reasons={}, sender=once)
    assert status(world) == Status.SUBMITTED


# ---------------------------------------------------------------- rule 6: late


def test_a_tick_added_to_a_closed_step_is_a_late_supplement_of_the_occasion(
    world: World, briefed: Activity
) -> None:
    late_one = world.trakat.households.in_house_order()[25]
    work.hand_in(world)
    answer = work.edited(briefed, by=world.somsak, **work.present([late_one]))
    supplement = Activity.objects.get(pk=answer["late"][0])
    assert (supplement.late, supplement.occasion) == (True, briefed.occasion)
    assert supplement.held_on == briefed.held_on
    assert [row.household for row in supplement.attendances.all()] == [late_one]
    now = work.progress(world, "1.4")
    assert (now.activities, now.households, now.late_arrivals) == (1, 25, 1)
    decisions.accept_late(arrival=supplement, sender=sender(world.suda))
    now = work.progress(world, "1.4")
    assert (now.activities, now.households, now.late_arrivals) == (2, 26, 0)


def test_an_accepted_supplement_counts_when_the_step_is_measured_again(world: World) -> None:
    briefed = work.briefing(world, came=24)
    last = world.trakat.households.in_house_order()[24]
    work.hand_in(world, **{"1.4-c": "ไปโรงพยาบาล"})
    answer = work.edited(briefed, by=world.nida, **work.present([last]))
    supplement = Activity.objects.get(pk=answer["late"][0])
    decisions.accept_late(arrival=supplement, sender=sender(world.suda))
    assert work.progress(world, "1.4").measures["1.4-c"] == [24, 25, []]  # the snapshot
    send_back(world, world.suda)
    assert work.progress(world, "1.4").measures["1.4-c"] == [25, 25, []]


@pytest.mark.parametrize("closed_by", ["submitted", "verified"])
def test_a_photo_for_a_closed_step_is_late_until_accepted(
    world: World, briefed: Activity, closed_by: str
) -> None:
    work.hand_in(world)
    if closed_by == "verified":
        verify(world, world.suda)
    files = [work.picture(world.nida, "blue")]
    added = activities.add_evidence(activity=briefed, files=files, sender=sender(world.nida))
    late = Evidence.objects.get(pk=added.result["late"][0])
    assert work.progress(world, "1.4").late_arrivals == 1
    assert not late.counts
    with refused("own_work"):
        decisions.accept_late(arrival=late, sender=sender(world.nida))
    with refused("no_permission"):
        decisions.accept_late(arrival=late, sender=sender(world.somsak))
    decisions.accept_late(arrival=late, sender=sender(world.prasit))
    assert Evidence.objects.get(pk=late.pk).counts
    assert work.progress(world, "1.4").late_arrivals == 0
    with refused("decided_already"):
        decisions.accept_late(arrival=late, sender=sender(world.suda))


def test_an_activity_recorded_for_a_closed_step_is_late(world: World, briefed: Activity) -> None:
    work.hand_in(world)
    late = work.recorded(
        world.enrolment, world.step("1.4"), by=world.nida, files=[work.picture(world.nida, "blue")]
    )
    assert late.late
    assert not late.evidence.get().late  # it comes, and counts, with its activity
    assert work.progress(world, "1.4").activities == 1
    activities.withdraw_activity(activity=late, reason="ซ้ำ", sender=sender(world.nida))
    assert work.progress(world, "1.4").late_arrivals == 0


def test_one_occasion_is_late_only_where_the_step_is_closed(
    world: World, briefed: Activity
) -> None:
    work.hand_in(world)
    parts = [activities.Part(world.enrolment, world.step(number)) for number in ("1.4", "2.1")]
    occasion = activities.Occasion(parts=parts, values=work.BASE)
    outcome = activities.record(occasion=occasion, sender=sender(world.nida))
    assert outcome.result["late"] == outcome.result["activities"][:1]


def test_the_successor_accepts_what_somebody_who_moved_away_recorded(world: World) -> None:
    late = work.recorded(world.enrolment, world.step("1.4"), by=world.wichai, posting_ended=True)
    for nobody in (world.wichai, world.kanya, world.wipa):
        with refused("own_work" if nobody == world.wichai else "no_permission"):
            decisions.accept_late(arrival=late, sender=sender(nobody))
    decisions.accept_late(arrival=late, sender=sender(world.nida))
    assert work.progress(world, "1.4").activities == 1


def test_what_counts_already_is_not_accepted(world: World, briefed: Activity) -> None:
    with refused("decided_already"):
        decisions.accept_late(arrival=briefed, sender=sender(world.suda))


def wichai_records(client: Client, **changes: str) -> Any:
    """The POST a phone kept from the days when Wichai was posted in Si Rattana."""
    address = reverse("steps:record", args=["33140108", 2560, "1.4"])
    data = {**work.BASE, "client_id": str(uuid4()), "held_on": "11/1/2560"}
    data |= {"do": "save", **changes}
    return client.post(address, data, **JSON)


def test_wichai_records_late_for_a_day_within_his_old_posting(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.wichai)
    answer = wichai_records(client)
    assert answer.status_code == 201
    assert answer.json()["late"] == answer.json()["activities"]
    late = Activity.objects.get()
    assert (late.late, late.recorded_by) == (True, world.wichai)
    assert work.progress(world, "1.4").activities == 0


def test_wichai_in_a_browser_is_led_home(world: World, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(world.wichai)
    address = reverse("steps:record", args=["33140108", 2560, "1.4"])
    data = {**work.BASE, "client_id": str(uuid4()), "held_on": "31/1/2560"}
    answer = client.post(address, data)
    assert (answer.status_code, answer["Location"]) == (303, reverse("home"))
    assert Activity.objects.get().late


@pytest.mark.parametrize("day", ["1/2/2560", "30/9/2559", "never", ""])
def test_outside_his_old_posting_the_village_does_not_exist_for_wichai(
    world: World, signed_in: Callable[[User], Client], day: str
) -> None:
    client = signed_in(world.wichai)
    before = work.row_counts()
    assert wichai_records(client, held_on=day).status_code == 404
    assert work.row_counts() == before


def test_wichai_sees_nothing_of_the_village_he_left(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.wichai)
    before = work.row_counts()
    address = reverse("steps:record", args=["33140108", 2560, "1.4"])
    wrong = {**work.BASE, "client_id": str(uuid4()), "held_on": "11/1/2560", "total": "-1"}
    assert client.get(address).status_code == 404
    again = client.post(address, wrong)
    assert again.status_code == 422  # his own words come back, and nobody's name with them
    names = [row.head_name for row in world.trakat.households.all()]
    assert not [name for name in names if name in again.content.decode()]
    for asked in ("show", "add_household"):
        data = {**wrong, "do": asked, "new-house_no": "1", "new-head_name": "นายก"}
        data["new-client_id"] = str(uuid4())
        answer = client.post(address, data)
        assert answer.status_code == 404, asked
    assert work.row_counts() == before


# ---------------------------------------------------------------- rules 7 and 8: history


def history(verb: str) -> list[History]:
    return list(History.objects.filter(verb=verb))


def test_every_verb_writes_its_entry(world: World) -> None:
    """One entry a verb, with who and when; the village stands on each that is about one."""
    start = History.objects.count()
    briefed = work.briefing(world)
    nida = world.nida
    work.edited(briefed, by=nida, place="วัด")
    extra = work.recorded(world.enrolment, None, by=nida, files=[work.picture(nida, "blue")])
    picture = extra.evidence.get()
    activities.edit_caption(evidence=picture, started="", caption="เยี่ยม", sender=sender(nida))
    activities.withdraw_evidence(evidence=picture, reason="เบลอ", sender=sender(nida))
    activities.add_evidence(activity=extra, files=[work.picture(nida, "pink")], sender=sender(nida))
    activities.withdraw_activity(activity=extra, reason="ซ้ำ", sender=sender(nida))
    work.hand_in(world)
    withdraw(world)
    work.hand_in(world)
    send_back(world, world.suda, which=2)
    work.hand_in(world)
    verify(world, world.suda, which=3)
    late = work.recorded(world.enrolment, world.step("1.4"), by=nida)
    decisions.accept_late(arrival=late, sender=sender(world.suda))
    reopen(world, world.suda, which=3)
    entries = History.objects.order_by("id")[start:]
    assert [entry.verb for entry in entries] == [
        *("mark_households", "add_plan_item", "record", "edit_activity", "record"),
        *("edit_caption", "withdraw_evidence", "add_evidence", "withdraw_activity"),
        *("submit", "withdraw", "submit", "send_back", "submit", "verify", "record"),
        *("accept_late", "reopen"),
    ]
    assert {entry.village for entry in entries} == {world.trakat}
    assert {entry.at for entry in entries} == {NOW}
    decided = {"send_back", "verify", "accept_late", "reopen"}
    assert all(entry.by == (world.suda if entry.verb in decided else nida) for entry in entries)


def test_an_entry_keeps_old_and_new_values_beside_it(world: World, briefed: Activity) -> None:
    work.edited(briefed, by=world.somsak, place="วัดบ้านตระกาจ", total="31")
    entry = history("edit_activity")[0]
    assert entry.fields == ["place", "total"]
    kept = {row.field: (row.old, row.new) for row in entry.values_kept.all()}
    assert kept == {"place": ("ศาลากลางบ้าน", "วัดบ้านตระกาจ"), "total": ("", "31")}


def test_values_can_be_erased_and_the_entry_stays(world: World, briefed: Activity) -> None:
    work.edited(briefed, by=world.nida, place="วัด")
    entry = history("edit_activity")[0]
    HistoryValue.objects.filter(entry=entry).update(old="", new="", erased_on=NOW.date())
    entry.refresh_from_db()
    assert (entry.fields, entry.by) == (["place"], world.nida)
    HistoryValue.objects.filter(entry=entry).delete()
    assert History.objects.filter(pk=entry.pk).exists()


def test_history_is_neither_changed_nor_deleted(world: World, briefed: Activity) -> None:
    entry = history("record")[0]
    entry.verb = "nothing"
    for changes in (entry.save, entry.delete):
        with pytest.raises(TypeError, match="append-only"):
            changes()
    assert history("record")[0].pk == entry.pk


def test_a_refused_verb_writes_no_history(world: World, briefed: Activity) -> None:
    work.hand_in(world)
    before = History.objects.count()
    with refused("no_permission"):
        verify(world, world.nida)
    with refused("step_closed"):
        activities.withdraw_activity(activity=briefed, reason="ผิด", sender=sender(world.nida))
    with refused("not_open"):
        work.hand_in(world)
    assert History.objects.count() == before


def test_what_was_withdrawn_stays_and_is_not_withdrawn_again(
    world: World, briefed: Activity
) -> None:
    activities.withdraw_activity(activity=briefed, reason="ผิดหมู่บ้าน", sender=sender(world.nida))
    kept = Activity.objects.get(pk=briefed.pk)
    assert (kept.withdrawn_by, kept.withdrawn_reason) == (world.nida, "ผิดหมู่บ้าน")
    assert kept.attendances.count() == 25
    with refused("withdrawn_already"):
        activities.withdraw_activity(activity=kept, reason="อีกครั้ง", sender=sender(world.nida))
    with refused("withdrawn_already"):
        work.edited(kept, by=world.nida, place="วัด")
    files = [work.picture(world.nida, "green")]
    with refused("withdrawn_already"):
        activities.add_evidence(activity=kept, files=files, sender=sender(world.nida))


def test_a_withdrawn_photo_may_come_again_and_its_caption_rests(
    world: World, briefed: Activity
) -> None:
    picture = next(row for row in briefed.evidence.all())
    again = work.picture(world.nida, "green"), work.picture(world.nida, "red")
    activities.withdraw_evidence(evidence=picture, reason="เบลอ", sender=sender(world.nida))
    with refused("withdrawn_already"):
        activities.withdraw_evidence(evidence=picture, reason="เบลอ", sender=sender(world.nida))
    with refused("withdrawn_already"):
        activities.edit_caption(
            evidence=picture, started="", caption="ใหม่", sender=sender(world.nida)
        )
    activities.add_evidence(activity=briefed, files=again, sender=sender(world.nida))
    assert briefed.evidence.count() == 3
    assert work.progress(world, "1.4").measures["1.4-h"] == [2, 2, []]


def test_a_file_somebody_else_sent_cannot_be_attached(world: World, briefed: Activity) -> None:
    theirs = [work.picture(world.kanya, "blue")]
    with refused("file_unknown"):
        activities.add_evidence(activity=briefed, files=theirs, sender=sender(world.nida))


# ---------------------------------------------------------------- rule 11: foreign ids in a body


@pytest.mark.parametrize("what", ["household", "member", "topic", "document", "text", "group"])
def test_an_id_of_another_village_is_refused_like_an_unknown_one(world: World, what: str) -> None:
    house = Household.objects.create(village=world.malu, house_no="1", head_name="นายไกล")
    topic = Requirement.objects.get(code="2.2-e").topics.first()
    text = Requirement.objects.get(code="1.2-e")
    foreign = {
        "household": (house.pk, uuid4(), "head"),
        "member": (uuid4(), uuid4(), "present"),
        "topic": (topic.pk, 999_999, "on"),
        "document": (uuid4(), uuid4(), "on"),
        "text": (text.pk, 999_999, "ข้อความ"),
        "group": ("nobody", "no-such-group", "3"),
    }
    theirs, unknown, value = foreign[what]
    for key in (theirs, unknown):
        with refused("not_in_your_area"):
            work.recorded(
                world.enrolment, world.step("1.4"), by=world.nida, **{f"{what}__{key}": value}
            )


# ---------------------------------------------------------------- changes of the programme


def test_a_changed_head_count_applies_to_open_steps_only(world: World) -> None:
    """Ban Trakat handed in 1.4 with 25 of 25 and 2 photos; then the programme asks for more."""
    work.briefing(world)
    submitted = work.hand_in(world)
    Requirement.objects.filter(code="1.4-h").update(need=3)
    Programme.objects.update(target_households=30)
    programme_changed(programme=world.programme, sender=sender(world.anan))
    mine = work.progress(world, "1.4")
    other = world.enrolment_of(world.phing).progress.get(step__number="1.4")
    assert (mine.measures["1.4-c"], mine.measures["1.4-h"]) == ([25, 25, []], [2, 2, []])
    assert (other.measures["1.4-c"], other.measures["1.4-h"]) == ([0, 30, []], [0, 3, []])
    submitted.refresh_from_db()
    assert submitted.snapshot["measures"] == mine.measures
    send_back(world, world.suda)
    mine = work.progress(world, "1.4")
    assert (mine.measures["1.4-c"], mine.measures["1.4-h"]) == ([25, 30, []], [2, 3, []])
    with refused("missing"):
        work.hand_in(world)


def test_a_requirement_that_ended_asks_nothing_of_open_steps(world: World) -> None:
    Requirement.objects.filter(code="1.4-g").update(ended_on=NOW.date())
    programme_changed(programme=world.programme, sender=sender(world.anan))
    now = work.progress(world, "1.4")
    assert "1.4-g" not in now.measures
    assert now.asked == 6


# ---------------------------------------------------------------- one transaction


def test_a_write_that_fails_half_way_leaves_nothing(
    world: World, briefed: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """History is the last thing a verb writes; without it nothing stands."""

    def breaks(**_given: Any) -> None:
        raise OSError("the disk is full")

    before = work.row_counts()
    place = Activity.objects.get().place
    monkeypatch.setattr("steps.recording.core.note", breaks)
    for write in (
        lambda: work.recorded(world.enrolment, world.step("2.1"), by=world.nida),
        lambda: work.edited(briefed, by=world.nida, place="วัด"),
        lambda: work.hand_in(world),
    ):
        with pytest.raises(OSError, match="full"), transaction.atomic():
            write()
    assert work.row_counts() == before
    assert (Activity.objects.get().place, status(world)) == (place, Status.IN_PROGRESS)


def test_villages_are_locked_in_the_order_of_their_codes(
    world: World, django_assert_max_num_queries: Any
) -> None:
    """Two officers who record for the same villages, whatever their order, never wait."""
    enrolments = [world.enrolment_of(row) for row in (world.phing, world.trakat)]
    parts = [activities.Part(row, world.step("1.2")) for row in enrolments]
    with django_assert_max_num_queries(120) as queries:
        activities.record(
            occasion=activities.Occasion(parts=parts, values=work.BASE), sender=sender(world.nida)
        )
    asked = [row["sql"] for row in queries.captured_queries]
    first_write = next(n for n, sql in enumerate(asked) if sql.startswith("INSERT"))
    assert "accounts_receipt" in asked[first_write]
    lock = next(sql for sql in asked[first_write:] if 'FROM "villages_village"' in sql)
    assert lock.split("ORDER BY")[1].strip().startswith('"villages_village"."code"')
    if connection.vendor == "postgresql":
        assert "FOR UPDATE" in lock
