"""What changed since a step was handed in, and what a closed step keeps of that day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from steps.changes import changed_since, words_of
from steps.models import Activity, Evidence, Requirement
from steps.recording import activities, decisions, people, plans
from steps.recording.enrolments import programme_changed
from tests.cast import NOW, World, sender
from tests.trust import work
from villages.models import CommitteeMember

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
PAGE = reverse("steps:step", args=["33140108", 2560, "1.4"])


@pytest.fixture
def briefed(world: World) -> Activity:
    return work.briefing(world)


def returned(world: World, *points: decisions.Point, reason: str = "ภาพไม่ชัด") -> None:
    """1.4 of Ban Trakat, handed in and sent back by the province."""
    submission = work.hand_in(world)
    decisions.send_back(
        submission=submission,
        level="province",
        reason=reason,
        points=points,
        sender=sender(world.suda),
    )


def changed(world: World) -> list[str]:
    """What the step page would say has changed in 1.4."""
    return words_of(work.progress(world, "1.4").changes)


# ---------------------------------------------------------------- counting


def test_what_is_the_same_is_left_out() -> None:
    now = {"members": {"a": "formal"}, "goal": "", "documents": ["x"]}
    assert changed_since(now, now) == {}


def test_rows_that_came_changed_and_went_are_counted_apart() -> None:
    then = {"members": {"a": "formal", "b": "group", "c": "group"}, "documents": ["x"]}
    now = {"members": {"a": "natural", "b": "group", "d": "group"}, "documents": ["x", "y"]}
    assert changed_since(then, now) == {"members": [1, 1, 1], "documents": [1, 0, 0]}


def test_one_and_many_are_said_differently_and_the_plan_is_one_thing() -> None:
    changes = {"activities": [0, 2, 0], "members": [0, 0, 1], "goal": [0, 1, 0]}
    assert words_of(changes | {"plan_items": [3, 0, 0]}) == [
        "2 activities changed",
        "committee: 1 member left",
        "plan changed",
    ]


# ---------------------------------------------------------------- in a village


def test_nothing_has_changed_on_the_day_a_step_is_handed_in(
    world: World, briefed: Activity
) -> None:
    assert changed(world) == []
    work.hand_in(world)
    assert changed(world) == []


def test_mending_a_returned_step_is_marked_on_its_page(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    returned(world)
    work.edited(briefed, by=world.nida, place="วัด")
    photo = work.picture(world.nida, "blue")
    activities.add_evidence(activity=briefed, files=[photo], sender=sender(world.nida))
    page = signed_in(world.suda).get(PAGE).content.decode()
    assert "Changed since returned" in page
    assert changed(world) == ["1 activity changed", "1 photo or document added"]
    assert all(words in page for words in changed(world))


def test_an_edit_taken_back_is_no_change(world: World, briefed: Activity) -> None:
    returned(world)
    work.edited(briefed, by=world.nida, place="วัด")
    work.edited(briefed, by=world.nida, place=briefed.place)
    assert changed(world) == []


def test_one_household_less_in_an_activity_is_a_change_of_the_activity(
    world: World, briefed: Activity
) -> None:
    returned(world)
    gone = briefed.attendances.first()
    assert gone is not None
    work.edited(briefed, by=world.nida, **{f"household__{gone.household_id}": ""})
    assert changed(world) == ["1 activity changed"]


def test_households_and_plan_that_change_while_it_waits_are_shown(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    work.hand_in(world)
    for row in world.trakat.households.in_house_order()[:2]:
        people.end_household(household=row, on=NOW.date(), sender=sender(world.nida))
    item = world.enrolment.plan_items.get()
    plans.withdraw_plan_item(item=item, reason="เลิก", sender=sender(world.nida))
    page = signed_in(world.suda).get(PAGE)
    assert page.context["changed"] == ["target households: 2 fewer", "plan changed"]


def test_a_committee_that_changes_matters_to_the_step_that_asks_for_it(
    world: World, briefed: Activity
) -> None:
    key = work.add_member(world, "นายทองใบ ใจดี")
    Requirement.objects.filter(step__number="2.1").update(level="advised")
    for number in ("1.4", "2.1"):
        work.hand_in(world, number)
    member = CommitteeMember.objects.get(pk=key)
    people.end_member(member=member, on=NOW.date(), sender=sender(world.nida))
    for name in ("นางคำ แก้วใส", "นายบุญส่ง มีทรัพย์"):
        work.add_member(world, name)
    assert changed(world) == []
    assert words_of(work.progress(world, "2.1").changes) == [
        "committee: 2 members joined",
        "committee: 1 member left",
    ]


def test_a_document_put_on_the_shelf_matters_to_the_step_that_asks_for_it(
    world: World, briefed: Activity
) -> None:
    Requirement.objects.filter(step__number="1.1").update(level="advised")
    for number in ("1.1", "1.4"):
        work.hand_in(world, number)
    work.put_on_shelf(world, "model", "บทเรียน")
    assert changed(world) == []
    assert words_of(work.progress(world, "1.1").changes) == ["1 document put on the shelf"]


def test_what_a_new_submission_stands_on_is_the_new_beginning(
    world: World, briefed: Activity
) -> None:
    returned(world)
    work.edited(briefed, by=world.nida, place="วัด")
    work.hand_in(world)
    assert changed(world) == []


def test_a_step_never_handed_in_says_nothing_of_changes(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    work.edited(briefed, by=world.nida, place="วัด")
    assert signed_in(world.nida).get(PAGE).context["changed"] == []


# ---------------------------------------------------------------- what came back


def test_home_and_year_name_the_points_of_a_return(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    photos = Requirement.objects.get(code="1.4-h")
    picture = Evidence.objects.filter(activity=briefed).first()
    assert picture is not None
    Evidence.objects.filter(pk=picture.pk).update(caption="หน้าศาลา")
    returned(
        world,
        decisions.Point(requirement_id=photos.pk),
        decisions.Point(evidence_id=str(picture.pk)),
    )
    client = signed_in(world.nida)
    (row,) = client.get("/").context["work"].to_do
    about = f"Returned: {photos.label_en} and หน้าศาลา"
    assert row.note.endswith(about)
    assert about in client.get(reverse("steps:year", args=["33140108", 2560])).content.decode()


def test_home_says_the_first_words_of_the_reason_where_no_point_is_named(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    returned(world, reason="ภาพไม่ชัด " * 20)
    (row,) = signed_in(world.nida).get("/").context["work"].to_do
    assert "Returned: ภาพไม่ชัด ภาพไม่ชัด" in row.note
    assert len(row.note) < 130


def test_the_reason_is_not_shown_to_the_department(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    returned(world, reason="นายทองใบ ไม่ได้มา")
    page = signed_in(world.wipa).get(reverse("steps:year", args=["33140108", 2560]))
    assert "นายทองใบ" not in page.content.decode()


# ---------------------------------------------------------------- a closed step keeps its day


def test_a_requirement_that_becomes_required_asks_nothing_of_a_closed_step(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    work.hand_in(world)
    Requirement.objects.filter(code="1.4-i").update(level="required")
    programme_changed(programme=world.programme, sender=sender(world.anan))
    now = work.progress(world, "1.4")
    assert (now.met, now.asked) == (7, 7)
    page = signed_in(world.nida).get(PAGE)
    assert page.context["missing"] == []
    assert 'id="missing"' not in page.content.decode()
    assert [row.requirement.code for row in page.context["advised"]] == ["1.4-f", "1.4-i", "1.4-j"]


def test_a_requirement_that_ended_stays_on_the_page_of_a_closed_step(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    work.hand_in(world)
    Requirement.objects.filter(code="1.4-g").update(ended_on=NOW.date())
    programme_changed(programme=world.programme, sender=sender(world.anan))
    now = work.progress(world, "1.4")
    assert (now.met, now.asked) == (7, 7)
    page = signed_in(world.nida).get(PAGE)
    assert "1.4-g" in [row.requirement.code for row in page.context["met"]]


def test_the_reason_of_a_closed_step_is_the_one_it_was_handed_in_with(
    world: World, signed_in: SignIn
) -> None:
    work.briefing(world, came=24)
    work.hand_in(world, **{"1.4-c": "ป่วยหนึ่งครัวเรือน"})
    world.enrolment.shortfalls.update(reason="เหตุผลอื่น")
    Requirement.objects.filter(code="1.4-c").update(shortfall_allowed=False)
    page = signed_in(world.suda).get(PAGE)
    (row,) = page.context["explained"]
    assert (row.reason, row.amount) == ("ป่วยหนึ่งครัวเรือน", "24 / 25 households")
    assert page.context["missing"] == []


def test_a_reopened_step_is_asked_what_the_programme_asks_now(
    world: World, briefed: Activity
) -> None:
    returned(world)
    Requirement.objects.filter(code="1.4-i").update(level="required")
    programme_changed(programme=world.programme, sender=sender(world.anan))
    now = work.progress(world, "1.4")
    assert (now.met, now.asked) == (7, 8)


def test_a_step_page_costs_at_most_fifteen_questions_whatever_its_state(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    asked = [_queries(client)]
    work.hand_in(world)
    asked.append(_queries(client))
    decisions.send_back(
        submission=work.submission(world, "1.4", 1),
        level="province",
        reason="ภาพไม่ชัด",
        points=[decisions.Point(requirement_id=_photos())],
        sender=sender(world.suda),
    )
    asked.append(_queries(client))
    work.hand_in(world)
    Requirement.objects.filter(code="1.4-g").update(ended_on=NOW.date() - timedelta(1))
    asked.append(_queries(client))
    assert max(asked) <= 15


def _photos() -> int:
    return Requirement.objects.get(code="1.4-h").pk


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(PAGE).status_code == 200
    return len(captured)
