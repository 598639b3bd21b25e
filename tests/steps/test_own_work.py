"""Nobody decides on their own work: who wrote anything a submission stood on does not verify it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.models import History, User
from steps.models import Activity, PlanItem, Review, Step, Submission
from steps.recording import activities, decisions, enrolments, people, plans
from steps.recording.authors import authors_of
from steps.recording.core import Refusal, values_of
from tests.cast import NOW, World, sender
from tests.trust import work

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def briefed(world: World) -> Activity:
    """Step 1.4 of Ban Trakat with nothing missing; Nida did all of it, the chief reviews it."""
    Step.objects.filter(pk=world.step("1.4").pk).update(reviewer="chief")
    return work.briefing(world)


def decides(world: World, submission: Submission) -> bool:
    """Whether Prasit, the chief, may verify it."""
    level = Review.Level.CHIEF
    try:
        decisions.verify(submission=submission, level=level, sender=sender(world.prasit, LATER))
    except Refusal as refusal:
        if refusal.code == "own_work":
            return False
        raise
    return True


def test_who_only_reviews_decides(world: World, briefed: Activity) -> None:
    submitted = work.hand_in(world)
    assert authors_of(submitted) == {world.nida.pk}
    assert decides(world, submitted)


def test_who_mended_the_head_count_does_not_decide(world: World, briefed: Activity) -> None:
    work.edited(briefed, by=world.prasit, total="99")
    assert not decides(world, work.hand_in(world))


def test_who_wrote_the_plan_does_not_decide(world: World, briefed: Activity) -> None:
    item = PlanItem.objects.select_related("enrolment__village").get()
    stored = values_of(item, plans.PLAN_FIELDS)
    wanted = {**stored, "person": "นางสมใจ คำภา"}
    plans.edit_plan_item(item=item, started=stored, wanted=wanted, sender=sender(world.prasit))
    assert not decides(world, work.hand_in(world))


def test_who_ticked_the_target_households_does_not_decide(world: World, briefed: Activity) -> None:
    house = world.trakat.households.in_house_order().last()
    marks = people.household_marks(world.enrolment)
    people.mark_households(
        enrolment=world.enrolment,
        started=marks,
        wanted={**marks, f"target-{house.pk}": "on"},
        sender=sender(world.prasit),
    )
    submitted = work.hand_in(world, **{"1.4-c": "ครัวเรือนที่ 26 ไปทำงานต่างจังหวัด"})
    assert not decides(world, submitted)


def test_who_worded_the_shortfall_does_not_decide(world: World) -> None:
    Step.objects.filter(pk=world.step("1.4").pk).update(reviewer="chief")
    work.briefing(world, came=24)
    work.hand_in(world, by=world.prasit, **{"1.4-c": "ครัวเรือนหนึ่งไปทำงานต่างจังหวัด"})
    decisions.withdraw(
        enrolment=world.enrolment, step=world.step("1.4"), sender=sender(world.prasit)
    )
    decisions.submit(
        enrolment=world.enrolment, step=world.step("1.4"), reasons={}, sender=sender(world.nida)
    )
    assert not decides(world, work.submission(world, "1.4", 2))


def test_a_photo_withdrawn_before_handing_in_makes_nobody_an_author(
    world: World, briefed: Activity
) -> None:
    files = [work.picture(world.prasit, "blue")]
    activities.add_evidence(activity=briefed, files=files, sender=sender(world.prasit))
    wrong = briefed.evidence.get(added_by=world.prasit)
    activities.withdraw_evidence(evidence=wrong, reason="ผิดภาพ", sender=sender(world.prasit))
    assert decides(world, work.hand_in(world))


def test_what_happens_after_handing_in_makes_nobody_an_author(
    world: World, briefed: Activity
) -> None:
    submitted = work.hand_in(world)
    item = PlanItem.objects.select_related("enrolment__village").get()
    stored = values_of(item, plans.PLAN_FIELDS)
    plans.edit_plan_item(
        item=item,
        started=stored,
        wanted={**stored, "done_on": "2017-03-23"},
        sender=sender(world.prasit, LATER),
    )
    assert decides(world, submitted)


def test_what_a_chief_does_as_chief_is_no_work_of_theirs(world: World, briefed: Activity) -> None:
    enrolments.assign(
        enrolments=[world.enrolment], officer=world.somsak, sender=sender(world.prasit)
    )
    enrolments.set_own_target(
        enrolment=world.enrolment,
        started={},
        wanted={"own_target": "20", "own_target_reason": "หมู่บ้านเล็ก"},
        sender=sender(world.prasit),
    )
    assert decides(world, work.hand_in(world))


def test_a_committee_is_work_of_the_steps_that_ask_for_one_only(
    world: World, briefed: Activity
) -> None:
    joined = date(2017, 1, 25)
    member = people.NewMember(name="นายทองใบ ใจดี", kind="formal", joined_on=joined)
    people.add_member(village=world.trakat, member=member, sender=sender(world.prasit))
    submitted = work.hand_in(world)
    assert submitted.snapshot["stood_on"]["members"]
    assert decides(world, submitted)


def test_only_those_the_table_names_move_a_step(world: World, briefed: Activity) -> None:
    """An address refuses earlier; the verb itself refuses as well (rule 1)."""
    for nobody in (world.kanya, world.suda, world.wipa, world.anan):
        with pytest.raises(Refusal, match="no_permission"):
            work.hand_in(world, by=nobody)
    work.hand_in(world)
    with pytest.raises(Refusal, match="no_permission"):
        decisions.withdraw(
            enrolment=world.enrolment, step=world.step("1.4"), sender=sender(world.suda)
        )


def test_a_reason_that_is_reworded_stays_in_the_history(world: World) -> None:
    work.briefing(world, came=24)
    work.hand_in(world, **{"1.4-c": "ไปทำงานต่างจังหวัด"})
    step = world.step("1.4")
    decisions.withdraw(enrolment=world.enrolment, step=step, sender=sender(world.nida))
    work.hand_in(world, by=world.somsak, **{"1.4-c": "ไปงานบวช"})
    entry = History.objects.filter(verb="submit", by=world.somsak).get()
    kept = entry.values_kept.get(field="reason-1.4-c")
    assert (kept.old, kept.new) == ("ไปทำงานต่างจังหวัด", "ไปงานบวช")


@pytest.mark.parametrize(
    ("who", "reads"), [("nida", True), ("suda", True), ("wipa", False), ("anan", False)]
)
def test_why_less_was_reached_is_read_by_those_who_may_read_names(
    world: World, signed_in: Callable[[User], Client], who: str, reads: bool
) -> None:
    """A reason easily names a person; that there is one, everybody sees."""
    reason = "ครัวเรือนนายทองใบไปทำงานต่างจังหวัด"
    work.briefing(world, came=24)
    work.hand_in(world, **{"1.4-c": reason})
    page = signed_in(getattr(world, who)).get("/villages/33140108/2560/1.4/").content.decode()
    assert (reason in page) == reads
    assert "24 / 25" in page
