"""What is measured of a village's year: continuity, self-reliance, ownership."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from steps.conditions import (
    Measured,
    Part,
    continuity_level,
    longest_silence,
    measured,
    ownership_level,
    self_reliance_level,
)
from steps.models import Contribution, Need, Owner, PlanItem
from steps.money import Money
from steps.progress import refresh
from tests.cast import NOW, TODAY, World
from tests.trust import work

pytestmark = pytest.mark.usefixtures("english")
LIMIT = 45
parts = st.integers(0, 60).flatmap(
    lambda of: st.integers(0, of).map(lambda n: Part(of=of, n=n)),
)


def share(part: Part) -> float:
    return part.n / part.of if part.of else -1.0


# ---------------------------------------------------------------- rules against a naive twin


@given(st.lists(st.integers(0, 300), max_size=12))
def test_the_longest_silence_is_found_by_walking_through_the_days(offsets: list[int]) -> None:
    first, until = date(2016, 10, 1), date(2016, 10, 1) + timedelta(days=300)
    days = [first + timedelta(days=offset) for offset in offsets]
    longest, since = 0, None  # the day nobody has come since
    for offset in range(301):
        longest = max(longest, offset - (offset if since is None else since))
        since = offset if offset in offsets else since
    assert longest_silence(days, until=until) == (longest if days else None)


@given(st.none() | st.integers(0, 120), parts)
@example(LIMIT, Part(5, 4))
@example(LIMIT, Part(5, 3))
@example(LIMIT + 1, Part(5, 5))
@example(2 * LIMIT, Part(0))
@example(2 * LIMIT + 1, Part(0))
def test_continuity_is_level_3_only_within_the_limit_and_with_needs_answered(
    silence: int | None, needs: Part
) -> None:
    if silence is None or silence > 90:
        expected = 0
    elif silence > 45:
        expected = 1
    elif share(needs) >= 0.8:
        expected = 3
    else:
        expected = 2
    assert continuity_level(silence, LIMIT, needs) == expected


@given(parts, parts)
@example(Part(4, 1), Part(2, 1))
@example(Part(50, 12), Part(2, 1))
@example(Part(2, 1), Part(2, 1))
@example(Part(2, 1), Part(3, 1))
@example(Part(50, 24), Part(1, 1))
def test_self_reliance_grows_with_what_villagers_lead_and_finish(led: Part, plan: Part) -> None:
    if led.n == 0:
        expected = 0
    elif share(led) < 0.25:
        expected = 1
    elif share(led) >= 0.5 and share(plan) >= 0.5:
        expected = 3
    else:
        expected = 2
    assert self_reliance_level(led, plan) == expected


@given(st.none() | st.integers(0, 500), st.integers(0, 60), st.integers(0, 3))
@example(100, 5, 1)
@example(100, 4, 1)
@example(100, 10, 1)
@example(100, 10, 0)
@example(100, 9, 1)
def test_ownership_is_measured_against_a_budget_only(
    budget: int | None, given_: int, plan: int
) -> None:
    if not budget:
        expected = None
    elif given_ == 0:
        expected = 0
    elif given_ / budget < 0.05:
        expected = 1
    elif given_ / budget >= 0.1 and plan:
        expected = 3
    else:
        expected = 2
    money = Money(None if budget is None else Decimal(budget), Decimal(given_), Decimal(), goal=10)
    assert ownership_level(money, Part(plan)) == expected


# ---------------------------------------------------------------- from the records


def of_trakat(world: World, on: date = TODAY) -> dict[str, Measured]:
    return {found.code: found for found in measured(world.enrolment, on=on)}


def need(world: World, *, answered_on: date | None = None, **fields: Any) -> Need:
    return Need.objects.create(
        enrolment=world.enrolment,
        what="พันธุ์ปลา",
        asked_on=TODAY - timedelta(days=20),
        answered_on=answered_on,
        recorded_by=world.nida,
        **fields,
    )


def plan_item(world: World, owner: Owner, done_on: date | None = None) -> None:
    PlanItem.objects.create(
        enrolment=world.enrolment,
        step=world.step("2.4"),
        owner=owner,
        activity="ปลูกผักปลอดสารพิษ",
        done_on=done_on,
    )


def test_a_village_without_records_is_at_nought_and_its_ownership_is_not_stated(
    world: World,
) -> None:
    found = of_trakat(world)
    assert list(found) == ["care-1", "care-2", "ownership"]
    assert found["care-1"] == Measured("care-1", 0, "No activity is counted yet.")
    assert found["care-2"].level == 0
    assert found["ownership"] == Measured("ownership", None, "The budget is not stated.")


def test_the_silence_runs_from_the_first_activity_to_the_day_of_judging(world: World) -> None:
    for days_ago in (60, 38):
        held_on = str(TODAY - timedelta(days=days_ago))
        work.recorded(world.enrolment, world.step("1.4"), by=world.nida, held_on=held_on)
    found = of_trakat(world)["care-1"]
    assert (found.level, found.words) == (
        2,
        "The longest silence was 38 days; the programme's limit is 45 days."
        " The village named no need.",
    )
    assert of_trakat(world, on=TODAY + timedelta(days=8))["care-1"].level == 1
    past_year = world.programme.closes_on + timedelta(days=400)
    assert of_trakat(world, on=past_year)["care-1"].words.startswith("The longest silence was 229")


def test_needs_answered_lift_continuity_and_withdrawn_ones_are_not_asked(world: World) -> None:
    work.recorded(world.enrolment, world.step("1.4"), by=world.nida, held_on=str(TODAY))
    need(world, answered_on=TODAY)
    unanswered = need(world)
    assert of_trakat(world)["care-1"].level == 2
    assert "1 of 2 needs the village named were answered" in of_trakat(world)["care-1"].words
    unanswered.withdrawn_at, unanswered.withdrawn_reason = NOW, "ซ้ำ"
    unanswered.save()
    assert of_trakat(world)["care-1"].level == 3


def test_what_the_district_leads_or_does_in_its_own_steps_is_not_the_villages(world: World) -> None:
    work.recorded(world.enrolment, world.step("1.1"), by=world.nida, led_by="officer")
    work.recorded(world.enrolment, world.step("1.4"), by=world.nida, led_by="committee")
    plan_item(world, Owner.DISTRICT_TEAM)
    found = of_trakat(world)["care-2"]
    assert (found.level, found.words) == (
        2,
        "The committee or villagers led 1 of 1 activity from the briefing on."
        " No work of the plan is in villagers' hands.",
    )
    plan_item(world, Owner.COMMITTEE, done_on=TODAY)
    assert of_trakat(world)["care-2"].level == 3


def test_ownership_needs_a_budget_the_share_and_a_plan_of_the_village(world: World) -> None:
    Contribution.objects.create(
        enrolment=world.enrolment,
        form="cash",
        given_on=TODAY,
        description="เงินกองทุนหมู่บ้าน",
        value=Decimal(10000),
        recorded_by=world.nida,
    )
    assert of_trakat(world)["ownership"].level is None
    world.enrolment.budget = Decimal(100000)
    found = of_trakat(world)["ownership"]
    assert (found.level, found.words) == (
        2,
        "The community put in 10 % of the budget; the goal is 10 %."
        " No work of the plan is in villagers' hands.",
    )
    plan_item(world, Owner.COMMUNITY)
    assert of_trakat(world)["ownership"].level == 3


def test_measuring_asks_the_same_number_of_queries_however_much_there_is(world: World) -> None:
    measured(world.enrolment, on=TODAY)
    with CaptureQueriesContext(connection) as of_nothing:
        measured(world.enrolment, on=TODAY)
    for _n in range(4):
        need(world)
        plan_item(world, Owner.COMMUNITY)
        work.recorded(world.enrolment, world.step("1.4"), by=world.nida)
    refresh([world.enrolment], today=TODAY)
    with CaptureQueriesContext(connection) as of_much:
        measured(world.enrolment, on=TODAY)
    assert len(of_much) == len(of_nothing) <= 5
