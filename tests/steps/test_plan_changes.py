"""What stands in a plan, changed: done, edited by two at once, struck through; and its goal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import History, User
from accounts.receipts import ReusedId
from sammachip.forms import NO_NAMES
from steps.models import Plan, PlanItem, Step
from steps.recording.core import values_of
from steps.recording.enrolments import copy_programme, enrol
from steps.recording.plans import PLAN_FIELDS, edit_plan_item, set_goal, withdraw_plan_item
from tests.cast import World, sender
from tests.steps.test_plan_screens import address, changed, goal_form, planned

SignIn = Callable[[User], Client]


# ---------------------------------------------------------------- changing


def test_an_officer_says_when_it_was_done(world: World, signed_in: SignIn) -> None:
    item = planned(world, budget=Decimal("1200.50"), starts_on=date(2017, 3, 1))
    data = changed(item, done_on="20 มี.ค. 2560")
    response = signed_in(world.somsak).post(address("plan_item_edit", item.pk), data)
    assert response.status_code == 303
    item.refresh_from_db()
    assert (item.done_on, item.budget) == (date(2017, 3, 20), Decimal("1200.50"))
    entry = History.objects.get(verb="edit_plan_item")
    assert entry.fields == ["done_on"]


def test_the_form_sent_back_as_it_was_shown_changes_nothing(
    world: World, signed_in: SignIn
) -> None:
    item = planned(world, budget=Decimal("12500"), starts_on=date(2017, 3, 1), method="ฝึก\nแบ่งกลุ่ม")
    client = signed_in(world.nida)
    form = client.get(address("plan_item_edit", item.pk)).context["form"]
    data = {bound.html_name: bound.value() for bound in form if bound.name != "started"}
    data |= {"started": json.dumps(form.initial["started"]), "method": "ฝึก\r\nแบ่งกลุ่ม"}
    data = {name: value for name, value in data.items() if value is not None}
    assert (data["budget"], data["starts_on"]) == ("12,500", "1 มี.ค. 2560")
    assert client.post(address("plan_item_edit", item.pk), data).status_code == 303
    assert History.objects.get(verb="edit_plan_item").fields == []


@pytest.mark.parametrize("done_on", ["24 มี.ค. 2560", "1/1/2500"])
def test_nothing_is_done_in_the_future_or_long_before(
    world: World, signed_in: SignIn, done_on: str
) -> None:
    item = planned(world)
    data = changed(item, done_on=done_on, place="วัดบ้านตระกาจ")
    response = signed_in(world.nida).post(address("plan_item_edit", item.pk), data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["done_on"]
    assert "วัดบ้านตระกาจ" in response.content.decode()
    item.refresh_from_db()
    assert (item.done_on, item.place) == (None, "")


def test_two_officers_who_change_different_columns_both_keep_theirs(
    world: World, signed_in: SignIn
) -> None:
    item = planned(world)
    mine, theirs = changed(item, place="วัด"), changed(item, aim="ลดรายจ่าย")
    url = address("plan_item_edit", item.pk)
    assert signed_in(world.nida).post(url, mine).status_code == 303
    assert signed_in(world.somsak).post(url, theirs).status_code == 303
    item.refresh_from_db()
    assert (item.place, item.aim) == ("วัด", "ลดรายจ่าย")


def test_the_same_column_changed_twice_is_a_choice_between_two_shown_values(
    world: World, signed_in: SignIn
) -> None:
    item = planned(world, ends_on=date(2017, 6, 30))
    data = changed(item, ends_on="30/7/2560", place="วัด")
    started = values_of(item, PLAN_FIELDS)
    edit_plan_item(
        item=item,
        started=started,
        wanted={**started, "ends_on": "2017-08-31"},
        sender=sender(world.somsak),
    )
    response = signed_in(world.nida).post(address("plan_item_edit", item.pk), data)
    assert response.status_code == 422
    [clash] = response.context["form"].clashes
    assert (clash.name, clash.theirs, clash.mine) == ("ends_on", "31 ส.ค. 2560", "30 ก.ค. 2560")
    page = response.content.decode()
    assert 'name="choose-ends_on"' in page
    assert 'name="clash" value="ends_on"' in page
    item.refresh_from_db()
    assert (item.ends_on, item.place) == (date(2017, 8, 31), "")


@pytest.mark.parametrize(
    ("choice", "kept"), [("stored", date(2017, 8, 31)), ("typed", date(2017, 7, 30))]
)
def test_what_a_person_chooses_is_kept(
    world: World, signed_in: SignIn, choice: str, kept: date
) -> None:
    item = planned(world, ends_on=date(2017, 6, 30))
    data = changed(item, ends_on="30/7/2560", place="วัด")
    PlanItem.objects.filter(pk=item.pk).update(ends_on=date(2017, 8, 31))
    client, url = signed_in(world.nida), address("plan_item_edit", item.pk)
    form = client.post(url, data).context["form"]
    data |= {"started": form["started"].value(), "clash": "ends_on"}
    assert client.post(url, data).status_code == 422  # nobody chose yet: asked again
    assert client.post(url, data | {"choose-ends_on": choice}).status_code == 303
    item.refresh_from_db()
    assert (item.ends_on, item.place) == (kept, "วัด")


def test_the_choice_shows_amounts_and_owners_in_words(world: World, signed_in: SignIn) -> None:
    item = planned(world)
    data = changed(item, owner="village_team", budget="2,000")
    PlanItem.objects.filter(pk=item.pk).update(owner="district_team", budget=Decimal("1500"))
    client = signed_in(world.nida)
    client.cookies["django_language"] = "en"
    response = client.post(address("plan_item_edit", item.pk), data)
    clashes = {clash.name: (clash.theirs, clash.mine) for clash in response.context["form"].clashes}
    assert clashes == {
        "owner": ("District team", "Village implementing team"),
        "budget": ("1500", "2000"),
    }


# ---------------------------------------------------------------- striking through


def test_an_item_is_struck_through_with_a_reason(world: World, signed_in: SignIn) -> None:
    item = planned(world)
    url = address("plan_item_withdraw", item.pk)
    data = {"client_id": str(uuid4()), "reason": "พิมพ์ซ้ำ"}
    assert signed_in(world.nida).post(url, data).status_code == 303
    item.refresh_from_db()
    assert item.withdrawn_reason == "พิมพ์ซ้ำ"
    assert item.withdrawn_at is not None


def test_without_a_reason_nothing_is_struck_through(world: World, signed_in: SignIn) -> None:
    item = planned(world)
    url = address("plan_item_withdraw", item.pk)
    response = signed_in(world.nida).post(url, {"client_id": str(uuid4()), "reason": "  "})
    assert response.status_code == 422
    item.refresh_from_db()
    assert item.withdrawn_at is None


def test_a_struck_item_can_be_neither_changed_nor_struck_again(
    world: World, signed_in: SignIn
) -> None:
    item = planned(world)
    data = changed(item, place="วัด")
    withdraw_plan_item(item=item, reason="พิมพ์ซ้ำ", sender=sender(world.nida))
    client = signed_in(world.nida)
    assert client.post(address("plan_item_edit", item.pk), data).status_code == 422
    again = {"client_id": str(uuid4()), "reason": "อีกครั้ง"}
    assert client.post(address("plan_item_withdraw", item.pk), again).status_code == 422
    item.refresh_from_db()
    assert (item.place, item.withdrawn_reason) == ("", "พิมพ์ซ้ำ")


# ---------------------------------------------------------------- the goal


def test_an_officer_writes_the_goal(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.nida).post(
        address("plan_goal", "1.4"), goal_form("ลดรายจ่าย\r\n500 บาท")
    )
    assert response.status_code == 303
    plan = Plan.objects.get()
    assert (plan.goal, plan.step.number) == ("ลดรายจ่าย\n500 บาท", "1.4")
    page = signed_in(world.nida).get(address("plan_goal", "1.4")).content.decode()
    assert "ลดรายจ่าย\n500 บาท" in page


def test_an_empty_goal_is_refused(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.nida).post(address("plan_goal", "1.4"), goal_form(" "))
    assert response.status_code == 422
    assert not Plan.objects.exists()


def test_two_goals_at_once_are_a_choice(world: World, signed_in: SignIn) -> None:
    set_goal(
        enrolment=world.enrolment,
        step=world.step("1.4"),
        started="",
        goal="ของสมศักดิ์",
        sender=sender(world.somsak),
    )
    response = signed_in(world.nida).post(address("plan_goal", "1.4"), goal_form("ของนิดา"))
    assert response.status_code == 422
    [clash] = response.context["form"].clashes
    assert (clash.theirs, clash.mine) == ("ของสมศักดิ์", "ของนิดา")
    assert Plan.objects.get().goal == "ของสมศักดิ์"


@pytest.mark.parametrize(
    ("choice", "status", "first_day"), [("typed", 303, 1), ("stored", 422, 20)]
)
def test_first_and_last_day_of_two_officers_never_meet_unseen(
    world: World, signed_in: SignIn, choice: str, status: int, first_day: int
) -> None:
    """Somsak starts it on the 20th while Nida, who saw the 1st, ends it on the 10th."""
    item = planned(world, starts_on=date(2017, 3, 1), ends_on=date(2017, 3, 31))
    data = changed(item, ends_on="10/3/2560")
    PlanItem.objects.filter(pk=item.pk).update(starts_on=date(2017, 3, 20))
    nida, url = signed_in(world.nida), address("plan_item_edit", item.pk)

    asked = nida.post(url, data)

    assert asked.status_code == 422
    [clash] = asked.context["form"].clashes
    assert (clash.name, clash.theirs, clash.mine) == ("starts_on", "20 มี.ค. 2560", "1 มี.ค. 2560")
    again = {**asked.context["form"].data.dict(), "clash": "starts_on", "choose-starts_on": choice}
    answer = nida.post(url, {**again, "client_id": str(uuid4())})
    assert answer.status_code == status
    if choice == "stored":  # the 10th is before the 20th, and the form says so at its field
        assert list(answer.context["form"].errors) == ["ends_on"]
    item.refresh_from_db()
    assert item.starts_on == date(2017, 3, first_day)


def test_the_goal_of_one_year_is_not_that_of_another(world: World) -> None:
    """The same words under the same id, for a village's other year, are another write."""
    next_year = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    [other] = enrol(
        villages=[world.trakat], programme=next_year, officer=None, sender=sender(world.anan)
    )
    sent = sender(world.nida)
    for enrolment in (world.enrolment, other):
        step = Step.objects.get(programme=enrolment.programme, number="1.4")
        write = partial(
            set_goal, enrolment=enrolment, step=step, started="", goal="มีรายได้", sender=sent
        )
        if enrolment == other:
            with pytest.raises(ReusedId):
                write()
        else:
            write()


def test_the_reason_of_a_withdrawal_is_stored_clean_and_told_who_reads_it(
    world: World, signed_in: SignIn
) -> None:
    item, nida = planned(world), signed_in(world.nida)
    url = address("plan_item_withdraw", item.pk)
    assert str(NO_NAMES) in nida.get(url).content.decode()
    nida.post(url, {"client_id": str(uuid4()), "reason": "  ซ้ำกับ\t รายการอื่น "})
    item.refresh_from_db()
    assert item.withdrawn_reason == "ซ้ำกับ รายการอื่น"
