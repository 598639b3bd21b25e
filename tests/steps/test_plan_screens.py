"""The plan of a village's year on screen: goals, items, who may write them, what is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from accounts.rights import Role
from steps.models import Plan, PlanItem
from steps.recording.core import values_of
from steps.recording.plans import (
    PLAN_FIELDS,
    NewPlanItem,
    add_plan_item,
    withdraw_plan_item,
)
from tests.cast import World, person, post, sender, village

SignIn = Callable[[User], Client]
CODE, YEAR = "33140108", 2560


def address(name: str, *args: object, code: str = CODE) -> str:
    return reverse(f"steps:{name}", args=[code, YEAR, *args])


def typed(**fields: object) -> dict[str, object]:
    """A plan item as an officer types it: everything that is required and a little more."""
    return {
        "client_id": str(uuid4()),
        "owner": "community",
        "activity": "อบรมทำปุ๋ยอินทรีย์",
        "person": "นายบุญมี แสงทอง",
        "starts_on": "1 เม.ย. 2560",
        "ends_on": "๓๐/๔/๒๕๖๐",
        **fields,
    }


def planned(world: World, number: str = "2.4", **fields: Any) -> PlanItem:
    """An item Nida wrote."""
    values: dict[str, Any] = {"owner": "committee", "activity": "ติดตามให้กำลังใจ", **fields}
    outcome = add_plan_item(
        enrolments=[world.enrolment],
        step=world.step(number),
        item=NewPlanItem(**values),
        sender=sender(world.nida),
    )
    return PlanItem.objects.get(pk=outcome.result["plan_items"][0])


def changed(item: PlanItem, **fields: object) -> dict[str, object]:
    """The edit form of an item as it stands, with some fields typed anew."""
    started = values_of(item, PLAN_FIELDS)
    return {
        "client_id": str(uuid4()),
        "started": json.dumps(started),
        **started,
        **fields,
    }


def goal_form(goal: str, started: str = "") -> dict[str, str]:
    values = {"goal": started} if started else {}
    return {"client_id": str(uuid4()), "goal": goal, "started": json.dumps(values)}


# ---------------------------------------------------------------- reading


def test_the_plan_lists_the_three_plans_with_the_place_on_its_head(
    world: World, signed_in: SignIn
) -> None:
    response = signed_in(world.nida).get(address("plan"))
    page = response.content.decode()
    assert [plan.step.number for plan in response.context["plans"]] == ["1.2", "1.4", "2.4"]
    for words in ("ตระกาจ", "โนนกุง", "8", "ศรีแก้ว", "ศรีรัตนะ", "ศรีสะเกษ", "2560"):
        assert words in page
    assert page.count("<h1") == 1


def test_an_item_shows_every_column_of_the_department(world: World, signed_in: SignIn) -> None:
    planned(
        world,
        aim="ลดรายจ่าย",
        method="ฝึกปฏิบัติ",
        target_group="แกนนำ",
        place="ศาลากลางบ้าน",
        starts_on=date(2017, 4, 1),
        ends_on=date(2017, 4, 30),
        budget=Decimal("12500"),
        budget_source="ทุนชุมชน",
        expected_result="ทำใช้เองได้",
        person="นางสมใจ คำภา",
        done_on=date(2017, 3, 1),
    )
    page = signed_in(world.nida).get(address("plan")).content.decode()
    for words in (
        *("ติดตามให้กำลังใจ", "ลดรายจ่าย", "ฝึกปฏิบัติ", "แกนนำ", "ศาลากลางบ้าน", "1 เม.ย. 2560"),
        *("30 เม.ย. 2560", "12,500", "ทุนชุมชน", "ทำใช้เองได้", "นางสมใจ คำภา", "1 มี.ค. 2560"),
    ):
        assert words in page


@pytest.mark.parametrize(
    ("ends_on", "done_on", "late_days"),
    [
        (date(2017, 3, 22), None, 1),
        (date(2017, 3, 23), None, 0),  # today is not past
        (date(2017, 3, 1), date(2017, 3, 20), 0),
        (None, None, 0),
    ],
)
def test_an_item_is_late_once_its_last_day_is_past_and_it_is_not_done(
    world: World,
    signed_in: SignIn,
    ends_on: date | None,
    done_on: date | None,
    late_days: int,
) -> None:
    planned(world, ends_on=ends_on, done_on=done_on)
    response = signed_in(world.nida).get(address("plan"))
    [line] = response.context["plans"][2].lines
    assert line.late_days == late_days
    assert ('class="late"' in response.content.decode()) == bool(late_days)


def test_a_struck_item_stands_apart_with_its_reason(world: World, signed_in: SignIn) -> None:
    item = planned(world)
    withdraw_plan_item(item=item, reason="พิมพ์ซ้ำ", sender=sender(world.nida))
    response = signed_in(world.nida).get(address("plan"))
    plan = response.context["plans"][2]
    assert (plan.lines, [row.pk for row in plan.withdrawn]) == ([], [item.pk])
    assert "พิมพ์ซ้ำ" in response.content.decode()


def test_the_department_sees_that_somebody_is_named_but_not_who(
    world: World, signed_in: SignIn
) -> None:
    planned(world, person="นางสมใจ คำภา")
    assert "นางสมใจ" in signed_in(world.suda).get(address("plan")).content.decode()
    page = signed_in(world.wipa).get(address("plan")).content.decode()
    assert "ติดตามให้กำลังใจ" in page
    assert "นางสมใจ" not in page


def test_who_only_reads_finds_no_button_to_write(world: World, signed_in: SignIn) -> None:
    planned(world)
    page = signed_in(world.suda).get(address("plan")).content.decode()
    assert address("plan_item_add", "2.4") not in page
    assert address("plan_goal", "2.4") not in page


def test_the_plan_asks_as_many_queries_for_eighty_items_as_for_ten(
    world: World, signed_in: SignIn
) -> None:
    def queries(items: int) -> int:
        step = world.step("2.4")
        have = PlanItem.objects.count()
        PlanItem.objects.bulk_create(
            PlanItem(enrolment=world.enrolment, step=step, owner="community", activity=f"งาน {n}")
            for n in range(have, items)
        )
        client = signed_in(world.nida)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = client.get(address("plan"))
        assert len(response.context["plans"][2].lines) == items
        return len(captured)

    assert queries(10) == queries(80) <= 15


# ---------------------------------------------------------------- adding


def test_an_officer_adds_an_item(world: World, signed_in: SignIn) -> None:
    data = typed(budget="๑,๒๐๐.50", method="ฝึก\r\nแบ่งกลุ่ม", place="  ศาลา   กลางบ้าน ")
    response = signed_in(world.nida).post(address("plan_item_add", "2.4"), data)
    assert (response.status_code, response["Location"]) == (303, address("plan") + "#plan-2-4")
    item = PlanItem.objects.get()
    assert (item.enrolment, item.step.number) == (world.enrolment, "2.4")
    assert (item.starts_on, item.ends_on) == (date(2017, 4, 1), date(2017, 4, 30))
    assert item.budget == Decimal("1200.50")
    assert (item.method, item.place) == ("ฝึก\nแบ่งกลุ่ม", "ศาลา กลางบ้าน")
    assert History.objects.filter(verb="add_plan_item", village=world.trakat).count() == 1


def test_sent_twice_it_is_one_item(world: World, signed_in: SignIn) -> None:
    client, data = signed_in(world.nida), typed()
    answers = [client.post(address("plan_item_add", "2.4"), data).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert PlanItem.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"owner": ""}, "owner"),
        ({"owner": "province"}, "owner"),
        ({"activity": " "}, "activity"),
        ({"starts_on": "30/2/2560"}, "starts_on"),
        ({"starts_on": "1/4/60"}, "starts_on"),
        ({"starts_on": "2 เม.ย. 2560", "ends_on": "1 เม.ย. 2560"}, "ends_on"),
        ({"starts_on": "1/4/2540"}, "starts_on"),
        ({"ends_on": "1/4/2580"}, "ends_on"),
        ({"budget": "-1"}, "budget"),
        ({"budget": "พันบาท"}, "budget"),
        ({"budget": "1,20"}, "budget"),
        ({"budget": "0.001"}, "budget"),
        ({"budget": "10000000000"}, "budget"),
        ({"budget": "NaN"}, "budget"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_everything_typed_is_kept(
    world: World, signed_in: SignIn, wrong: dict[str, str], field: str
) -> None:
    data = typed(aim="ลดรายจ่ายครัวเรือน", **wrong)
    response = signed_in(world.nida).post(address("plan_item_add", "1.4"), data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    page = response.content.decode()
    assert "ลดรายจ่ายครัวเรือน" in page
    assert str(data["client_id"]) in page
    assert not PlanItem.objects.exists()


def test_dates_may_lie_ahead_and_a_year_beside_the_programme(
    world: World, signed_in: SignIn
) -> None:
    data = typed(starts_on="1/10/2558", ends_on="30/9/2561")
    assert signed_in(world.nida).post(address("plan_item_add", "2.4"), data).status_code == 303


def test_a_client_that_asks_for_json_gets_errors_by_field(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.nida).post(
        address("plan_item_add", "2.4"), typed(activity=""), headers={"accept": "application/json"}
    )
    assert response.status_code == 422
    assert response.json()["errors"]["activity"][0]["code"] == "required"


def test_district_work_is_offered_for_the_other_villages_of_the_district(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    form = client.get(address("plan_item_add", "1.2")).context["form"]
    assert list(form.others) == [world.phing.code]
    assert not client.get(address("plan_item_add", "2.4")).context["form"].others


def test_an_officer_of_one_subdistrict_is_offered_only_its_villages(
    world: World, signed_in: SignIn
) -> None:
    somchai = person("somchai", "นายสมชาย ใจดี", "พัฒนากร")
    post(somchai, Role.OFFICER, "331401")
    client = signed_in(somchai)
    assert not client.get(address("plan_item_add", "1.2")).context["form"].others
    data = typed(also=[world.phing.code])
    assert client.post(address("plan_item_add", "1.2"), data).status_code == 422
    assert not PlanItem.objects.exists()


def test_district_work_is_written_into_several_plans_at_once(
    world: World, signed_in: SignIn
) -> None:
    data = typed(also=[world.phing.code])
    assert signed_in(world.nida).post(address("plan_item_add", "1.2"), data).status_code == 303
    codes = PlanItem.objects.values_list("enrolment__village__code", flat=True)
    assert set(codes) == {world.trakat.code, world.phing.code}


@pytest.mark.parametrize("number", ["1.2", "2.4"])
@pytest.mark.parametrize("foreign", ["33040101", "34010101", "99999999", "x"])
def test_a_foreign_village_is_answered_like_an_unknown_one(
    world: World, signed_in: SignIn, number: str, foreign: str
) -> None:
    data = typed(also=[foreign])
    response = signed_in(world.nida).post(address("plan_item_add", number), data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["also"]
    assert "บึงมะลู" not in response.content.decode()
    assert not PlanItem.objects.exists()


def test_the_answer_to_a_foreign_village_is_in_the_words_of_an_unknown_one(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    client.cookies["django_language"] = "en"
    for foreign in (world.malu.code, "99999999"):
        page = client.post(address("plan_item_add", "1.2"), typed(also=[foreign])).content.decode()
        assert "Not found in your area." in page


@pytest.mark.parametrize("number", ["1.1", "1.3", "9.9"])
def test_a_step_without_a_plan_has_no_form(world: World, signed_in: SignIn, number: str) -> None:
    client = signed_in(world.nida)
    for name in ("plan_item_add", "plan_goal"):
        assert client.get(address(name, number)).status_code == 404


# ---------------------------------------------------------------- whose area


def writes(world: World) -> dict[str, dict[str, Any]]:
    """Every address that writes a plan, with what would be stored there."""
    item = planned(world)
    return {
        address("plan_item_add", "1.4"): typed(),
        address("plan_goal", "1.4"): goal_form("ลดรายจ่าย"),
        address("plan_item_edit", item.pk): changed(item, place="วัด"),
        address("plan_item_withdraw", item.pk): {"client_id": str(uuid4()), "reason": "ซ้ำ"},
    }


def stored() -> list[object]:
    items = PlanItem.objects.values_list("pk", "place", "withdrawn_at")
    return [*items, *Plan.objects.values_list("goal")]


@pytest.mark.parametrize("who", ["kanya", "wichai"])
def test_outside_ones_own_area_there_is_no_plan(world: World, signed_in: SignIn, who: str) -> None:
    forms, client = writes(world), signed_in(getattr(world, who))
    before = stored()
    assert client.get(address("plan")).status_code == 404
    for url, data in forms.items():
        assert client.get(url).status_code == 404
        assert client.post(url, data).status_code == 404
    assert stored() == before


@pytest.mark.parametrize("who", ["suda", "wipa", "anan"])
def test_who_may_not_record_reads_the_plan_and_writes_nothing(
    world: World, signed_in: SignIn, who: str
) -> None:
    forms, client = writes(world), signed_in(getattr(world, who))
    before = stored()
    assert client.get(address("plan")).status_code == 200
    for url, data in forms.items():
        assert client.get(url).status_code == 403
        assert client.post(url, data).status_code == 403
    assert stored() == before


def test_an_item_is_not_found_under_another_village(world: World, signed_in: SignIn) -> None:
    item = planned(world)
    url = address("plan_item_edit", item.pk, code=world.phing.code)
    assert signed_in(world.nida).get(url).status_code == 404


def test_a_village_that_is_not_enrolled_has_no_plan(world: World, signed_in: SignIn) -> None:
    village("33140109", "ใหม่พัฒนา")
    assert signed_in(world.nida).get(address("plan", code="33140109")).status_code == 404
