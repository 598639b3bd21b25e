"""What home says of missing summaries and of what arrived late, to both sides (rule 6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from steps.leftovers import Leftover, sent_late
from steps.models import Activity, Evidence, PlanItem
from steps.recording import activities, decisions
from tests.cast import NOW, TODAY, World, sender
from tests.trust import work

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")


def late_on_home(client: Client) -> list[Leftover]:
    return client.get("/").context["work"].left.late_arrivals


@pytest.fixture
def briefed(world: World) -> Activity:
    return work.briefing(world)


@pytest.fixture
def late_photo(world: World, briefed: Activity) -> Evidence:
    """A photo Nida added after 1.4 was handed in."""
    work.hand_in(world)
    files = [work.picture(world.nida, "blue")]
    activities.add_evidence(activity=briefed, files=files, sender=sender(world.nida))
    return Evidence.objects.get(late=True)


@pytest.fixture
def from_wichai(world: World) -> Activity:
    """What Wichai sent of 11 January, after he had moved to another district."""
    return work.recorded(
        world.enrolment,
        world.step("1.4"),
        by=world.wichai,
        posting_ended=True,
        place="บ้านนายทองใบ ใจดี",
    )


# ---------------------------------------------------------------- overdue in the plans


def plan_item(world: World, activity: str, **fields: object) -> PlanItem:
    """An item of the plan of 2.4; it was to be done by the day before today."""
    wanted = {"owner": "community", "ends_on": TODAY - timedelta(days=1), **fields}
    return world.enrolment.plan_items.create(step=world.step("2.4"), activity=activity, **wanted)


def overdue_on_home(client: Client) -> list[Leftover]:
    return client.get("/").context["work"].left.late_items


def test_home_names_what_the_plan_wanted_done_by_now(world: World, signed_in: SignIn) -> None:
    plan_item(world, "ทำปุ๋ยหมัก")
    longest = plan_item(world, "ปลูกผัก", ends_on=TODAY - timedelta(days=12))
    first, second = overdue_on_home(signed_in(world.nida))
    assert (first.title, second.title) == ("ปลูกผัก", "ทำปุ๋ยหมัก")
    assert "12 days late" in first.note
    assert world.enrolment.village.title in first.note
    assert str(longest.pk) in first.href


def test_what_is_done_withdrawn_not_due_or_without_a_date_is_not_overdue(
    world: World, signed_in: SignIn
) -> None:
    plan_item(world, "เสร็จแล้ว", done_on=TODAY)
    plan_item(world, "ยกเลิก", withdrawn_at=NOW, withdrawn_reason="ซ้ำ")
    plan_item(world, "วันนี้วันสุดท้าย", ends_on=TODAY)
    plan_item(world, "ยังไม่กำหนดวัน", ends_on=None)
    assert overdue_on_home(signed_in(world.nida)) == []


def test_plans_of_a_village_of_another_district_are_no_work_of_mine(
    world: World, signed_in: SignIn
) -> None:
    plan_item(world, "ทำปุ๋ยหมัก")
    work = signed_in(world.kanya).get("/").context["work"]
    assert not work or work.left.late_items == []


# ---------------------------------------------------------------- missing summaries


def test_a_summary_missing_on_a_step_handed_in_is_still_named(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    work.hand_in(world)
    (row,) = signed_in(world.nida).get("/").context["work"].left.without_summary
    assert str(briefed.pk) in row.href
    page = signed_in(world.nida).get(row.href).content.decode()
    assert "Write the summary" in page


def test_a_summary_written_after_handing_in_ends_the_reminder(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    work.hand_in(world)
    work.edited(briefed, by=world.nida, summary="เห็นชอบ 25 ครัวเรือน")
    assert signed_in(world.nida).get("/").context["work"].left.without_summary == []
    assert work.progress(world, "1.4").status == "submitted"


def test_ticks_added_later_ask_for_no_summary_of_their_own(world: World, signed_in: SignIn) -> None:
    briefed = work.briefing(world)
    work.edited(briefed, by=world.nida, summary="เห็นชอบ")
    work.hand_in(world)
    more = world.trakat.households.in_house_order()[25]
    answer = work.edited(briefed, by=world.nida, **{f"household__{more.pk}": "head"})
    supplement = Activity.objects.get(pk=answer["late"][0])
    decisions.accept_late(arrival=supplement, sender=sender(world.suda))
    assert signed_in(world.nida).get("/").context["work"].left.without_summary == []


# ---------------------------------------------------------------- late arrivals


def test_a_late_photo_is_on_the_home_of_both_sides_until_it_is_accepted(
    world: World, late_photo: Evidence, signed_in: SignIn
) -> None:
    for person in (world.nida, world.prasit, world.suda):
        (row,) = late_on_home(signed_in(person))
        assert str(late_photo.activity_id) in row.href
        assert row.note.endswith("1 photo or document")
    decisions.accept_late(arrival=late_photo, sender=sender(world.suda))
    for person in (world.nida, world.prasit, world.suda):
        assert late_on_home(signed_in(person)) == []


def test_a_late_photo_is_marked_in_the_row_of_its_activity(
    world: World, late_photo: Evidence, signed_in: SignIn
) -> None:
    page = signed_in(world.nida).get(reverse("steps:step", args=["33140108", 2560, "1.4"]))
    (row,) = page.context["activities"]
    assert row.state == "1 file arrived late"
    assert page.content.decode().count("Arrived late, not counted yet") == 1


def test_a_late_activity_is_listed_to_the_successor_and_to_reviewers(
    world: World, from_wichai: Activity, signed_in: SignIn
) -> None:
    for person in (world.nida, world.prasit, world.suda):
        (row,) = late_on_home(signed_in(person))
        assert str(from_wichai.pk) in row.href
    assert late_on_home(signed_in(world.kanya)) == []
    assert late_on_home(signed_in(world.wipa)) == []


def test_who_moved_sees_what_they_sent_and_what_became_of_it(
    world: World, from_wichai: Activity, signed_in: SignIn
) -> None:
    client = signed_in(world.wichai)
    (row,) = client.get("/").context["sent_late"]
    assert row.title == "11 Jan 2560 BE Ban Trakat Moo 8"
    assert row.note.endswith("Arrived late, not counted yet")
    decisions.accept_late(arrival=from_wichai, sender=sender(world.nida))
    (row,) = client.get("/").context["sent_late"]
    assert row.note.endswith("Accepted, it counts")
    activities.withdraw_activity(activity=from_wichai, reason="ซ้ำ", sender=sender(world.nida))
    (row,) = client.get("/").context["sent_late"]
    assert row.note.endswith("Withdrawn, it counts nowhere")


def test_nothing_of_the_people_of_a_village_they_left_is_shown(
    world: World, from_wichai: Activity, signed_in: SignIn
) -> None:
    page = signed_in(world.wichai).get("/").content.decode()
    assert "Sent for villages of an earlier posting" in page
    assert "นายทองใบ" not in page
    assert str(from_wichai.pk) not in page


def test_a_photo_sent_after_moving_is_listed_to_its_sender(world: World, briefed: Activity) -> None:
    assert sent_late(world.wichai, TODAY) == []
    photo = work.picture(world.wichai, "blue")
    activities.add_evidence(activity=briefed, files=[photo], sender=sender(world.wichai))
    Evidence.objects.filter(added_by=world.wichai).update(late=True)
    (row,) = sent_late(world.wichai, TODAY)
    assert row.note.endswith("Arrived late, not counted yet")
    decisions.accept_late(
        arrival=Evidence.objects.get(added_by=world.wichai), sender=sender(world.suda)
    )
    (row,) = sent_late(world.wichai, TODAY)
    assert row.note.endswith("Accepted, it counts")


def test_what_was_sent_while_posted_there_is_not_said_to_be_of_an_earlier_posting(
    world: World, late_photo: Evidence
) -> None:
    assert sent_late(world.nida, TODAY) == []
    assert len(sent_late(world.nida, date(2016, 1, 1))) == 1  # before her posting began


def test_someone_without_any_village_left_still_sees_what_they_sent(
    world: World, from_wichai: Activity, signed_in: SignIn
) -> None:
    world.wichai.postings.filter(area="3304").delete()
    page = signed_in(world.wichai).get("/")
    assert page.context["work"] is None
    assert len(page.context["sent_late"]) == 1


def test_home_asks_no_more_for_many_late_arrivals(
    world: World, late_photo: Evidence, signed_in: SignIn
) -> None:
    client = signed_in(world.prasit)
    client.get("/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/").status_code == 200
        return len(captured)

    few = queries()
    for _more in range(12):
        work.recorded(world.enrolment, world.step("1.4"), by=world.nida)
    assert len(late_on_home(client)) == 13
    assert queries() == few <= 15
