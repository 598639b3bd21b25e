"""Whatever happens, in whatever order: card = list = tally = recount (rules 9 and 10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.rights import Role
from steps import lists, rollups, tally
from steps.facts import steps_of
from steps.lists import Filters
from steps.models import (
    Activity,
    Enrolment,
    Requirement,
    Status,
    Step,
    StepProgress,
    Tally,
    YearProgress,
)
from steps.models.choices import LedBy
from steps.progress import levels_of
from steps.recording import activities, decisions
from steps.recording.activities import Occasion, Part
from steps.recording.core import Refusal, Sender, as_text
from steps.recording.enrolments import assign, programme_changed
from steps.recording.money import NewContribution, add_contribution, set_budget
from tests.cast import TODAY, World, person, post, sender

AREAS = ["33", "3304", "3314", "330401", "331401", "331402", "34", "3401", "340101"]
NUMBERS = ["1.1", "1.2", "1.4", "2.1"]


@pytest.fixture
def world(world: World) -> World:
    """Steps that ask for nothing, two of them reviewed by the chief, so that any move may come."""
    Requirement.objects.update(level="advised")
    Step.objects.filter(number="1.2").update(reviewer="chief")
    Step.objects.filter(number="2.1").update(reviewer="both")
    programme_changed(programme=world.programme, sender=sender(world.anan))
    chief = person("chief33", "นายกล้า ใจดี", "พัฒนาการอำเภอ")
    post(chief, Role.CHIEF, "33")
    world.prasit = chief
    return world


# ---------------------------------------------------------------- what may happen


@dataclass(frozen=True)
class Deed:
    """Somebody tries something: the rules may refuse it, the figures have to hold either way."""

    verb: str
    villages: tuple[str, ...]
    step: str = "1.1"
    values: dict[str, Any] = field(default_factory=dict)


villages = st.sampled_from(["trakat", "phing", "malu", "mueang"])
some = st.lists(villages, min_size=1, max_size=3, unique=True).map(tuple)
steps = st.sampled_from(NUMBERS)
recorded = st.builds(
    Deed,
    verb=st.just("record"),
    villages=some,
    step=steps,
    values=st.fixed_dictionaries(
        {
            "total": st.integers(0, 300).map(str),
            "led_by": st.sampled_from(LedBy.values),
            "held_on": st.integers(0, 170).map(lambda n: (TODAY - timedelta(n)).isoformat()),
        }
    ),
)
moved = st.builds(
    Deed,
    verb=st.sampled_from(
        ["submit", "withdraw", "verify", "send_back", "reopen", "cross_out", "accept"]
    ),
    villages=st.tuples(villages),
    step=steps,
)
other = st.one_of(
    st.builds(Deed, verb=st.just("hand_over"), villages=some),
    st.builds(
        Deed,
        verb=st.just("contribute"),
        villages=st.tuples(villages),
        values=st.fixed_dictionaries({"value": st.decimals("0.01", 9000, places=2)}),
    ),
    st.builds(
        Deed,
        verb=st.just("budget"),
        villages=st.tuples(villages),
        values=st.fixed_dictionaries(
            {"budget": st.one_of(st.none(), st.decimals(0, 90000, places=2))}
        ),
    ),
)
stories = st.lists(st.one_of(recorded, moved, moved, other), max_size=25)


@dataclass
class Story:
    """A world in which deeds happen one after the other."""

    world: World
    officers: Iterator[User]

    def happen(self, deed: Deed) -> None:
        with suppress(Refusal):
            getattr(self, deed.verb)(deed)

    def enrolments(self, deed: Deed) -> list[Any]:
        return [self.world.enrolment_of(getattr(self.world, name)) for name in deed.villages]

    def progress(self, deed: Deed) -> StepProgress:
        rows = StepProgress.objects.select_related("step", "enrolment__village")
        return rows.get(enrolment=self.enrolments(deed)[0], step__number=deed.step)

    def record(self, deed: Deed) -> None:
        step = self.world.step(deed.step)
        values = {"form": "meeting", "place": "ศาลากลางบ้าน", **deed.values}
        occasion = Occasion([Part(row, step) for row in self.enrolments(deed)], values)
        activities.record(occasion=occasion, sender=sender(self.world.nida))

    def submit(self, deed: Deed) -> None:
        step = self.world.step(deed.step)
        by = sender(self.world.somsak)
        decisions.submit(enrolment=self.enrolments(deed)[0], step=step, reasons={}, sender=by)

    def withdraw(self, deed: Deed) -> None:
        step = self.world.step(deed.step)
        by = sender(self.world.somsak)
        decisions.withdraw(enrolment=self.enrolments(deed)[0], step=step, sender=by)

    def verify(self, deed: Deed) -> None:
        decisions.verify(**self._as_reviewer(deed))

    def send_back(self, deed: Deed) -> None:
        decisions.send_back(reason="ภาพไม่ชัด", **self._as_reviewer(deed))

    def reopen(self, deed: Deed) -> None:
        decisions.reopen(reason="นับผิด", **self._as_reviewer(deed))

    def _as_reviewer(self, deed: Deed) -> dict[str, Any]:
        progress = self.progress(deed)
        level = progress.waits_for or levels_of(progress.step)[-1]
        by = self.world.prasit if level == "chief" else self.world.suda
        submission = decisions.last_submission(progress)
        return {"submission": submission, "level": level, "sender": sender(by)}

    def cross_out(self, deed: Deed) -> None:
        rows = Activity.objects.filter(enrolment=self.enrolments(deed)[0], step__number=deed.step)
        for row in rows[:1]:
            activities.withdraw_activity(
                activity=row, reason="บันทึกซ้ำ", sender=sender(self.world.nida)
            )

    def accept(self, deed: Deed) -> None:
        rows = Activity.objects.waiting().filter(enrolment=self.enrolments(deed)[0])
        for row in rows[:1]:
            decisions.accept_late(arrival=row, sender=sender(self.world.suda))

    def hand_over(self, deed: Deed) -> None:
        by = sender(self.world.anan)
        assign(enrolments=self.enrolments(deed), officer=next(self.officers), sender=by)

    def budget(self, deed: Deed) -> None:
        enrolment = self.enrolments(deed)[0]
        budget(enrolment, deed.values["budget"], sender(self.world.nida))

    def contribute(self, deed: Deed) -> None:
        given = NewContribution("cash", TODAY, "เงินสมทบ", deed.values["value"])
        by = sender(self.world.nida)
        add_contribution(enrolment=self.enrolments(deed)[0], contribution=given, sender=by)


def budget(enrolment: Enrolment, baht: Decimal | None, by: Sender) -> None:
    """Somebody enters the budget, or takes it back."""
    started = {"budget": as_text(enrolment.budget)}
    set_budget(enrolment=enrolment, started=started, wanted={"budget": as_text(baht)}, sender=by)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# ---------------------------------------------------------------- what has to hold


def cards(world: World, code: str) -> dict[Filters, int]:
    """Every number of an area that counts villages, by the list behind it."""
    current = steps_of(world.programme.pk)
    figures = rollups.of_areas(world.programme, [code], current, TODAY)[code]
    asked = {"area": code, "year": "2560"}
    numbers = {
        Filters(**asked): figures.villages,
        Filters(late="1", **asked): figures.late,
        Filters(quiet="1", **asked): figures.quiet,
        Filters(waiting="1", **asked): figures.waiting,
        Filters(returned="1", **asked): figures.returned,
        Filters(complete="1", **asked): figures.complete,
        Filters(committee="1", **asked): figures.committees,
    }
    for number, row in figures.by_step.items():
        numbers[Filters(step=number, late="1", **asked)] = row.late
        for status in Status.values:
            filters = Filters(step=number, status=status, **asked)
            numbers[filters] = getattr(row, status)
    return numbers


def listed(world: World, filters: Filters) -> int:
    return lists.listed(world.wipa, filters, TODAY).count()


def assert_everything_agrees(world: World) -> None:
    call_command("recount", "--dry-run", stdout=StringIO())
    for code in AREAS:
        numbers = cards(world, code)
        counts = lists.counted(world.wipa, list(numbers), TODAY)
        assert dict(zip(numbers, counts, strict=True)) == numbers, code
    for code in ("330401", "331401", "331402"):
        assert_villages_add_up(world, code)


def assert_villages_add_up(world: World, code: str) -> None:
    """Villages say by their own rows what their subdistrict says by its sums, people apart."""
    current = steps_of(world.programme.pk)
    villages = rollups.of_villages(world.programme, code, current, TODAY)
    together = rollups.added(figures for _enrolment, figures in villages)
    area = rollups.of_areas(world.programme, [code], current, TODAY)[code]
    alone = sum(row.people for row in YearProgress.objects.filter(subdistrict_code=code))
    assert {**together.as_stored(), "people": 0} == {**area.as_stored(), "people": 0}
    assert together.people == alone


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deeds=stories)
def test_any_sequence_of_deeds_keeps_card_list_tally_and_recount_together(
    world: World, the_day_of_the_write_up: None, deeds: list[Deed]
) -> None:
    with undone():
        officers = iter([world.nida, world.somsak] * len(deeds))
        story = Story(world, officers)
        for deed in deeds:
            story.happen(deed)
        assert_everything_agrees(world)


# ---------------------------------------------------------------- in particular


def story_of(world: World) -> Story:
    return Story(world, iter([world.nida, world.somsak]))


def test_people_of_a_district_meeting_count_once_in_every_area(
    world: World, the_day_of_the_write_up: None
) -> None:
    story = story_of(world)
    values = {"total": "40", "led_by": "officer", "held_on": TODAY.isoformat()}
    story.record(Deed("record", ("trakat", "phing", "malu"), values=values))
    story.record(Deed("record", ("trakat",), values={**values, "total": "7"}))
    people = {
        code: rollups.of_areas(world.programme, [code], [], TODAY)[code].people
        for code in ("33", "3314", "331401", "331402", "3304", "34")
    }
    assert people == {
        "33": 47,
        "3314": 47,
        "331401": 47,
        "331402": 40,
        "3304": 40,
        "34": 0,
    }


def test_a_withdrawn_part_of_a_shared_meeting_leaves_the_others(
    world: World, the_day_of_the_write_up: None
) -> None:
    story = story_of(world)
    values = {"total": "40", "led_by": "officer", "held_on": TODAY.isoformat()}
    story.record(Deed("record", ("trakat", "malu"), values=values))
    story.cross_out(Deed("cross_out", ("trakat",)))
    figures = rollups.of_areas(world.programme, ["33", "3314", "3304"], [], TODAY)
    assert [figures[code].people for code in ("33", "3314", "3304")] == [40, 0, 40]


def test_no_budget_is_unknown_and_not_nothing(world: World) -> None:
    figures = rollups.of_areas(world.programme, ["33"], [], TODAY)["33"]
    assert figures.contributed_share is None
    budget(world.enrolment, Decimal("1000.50"), sender(world.nida))
    figures = rollups.of_areas(world.programme, ["33"], [], TODAY)["33"]
    assert (figures.budget, figures.contributed_share) == (Decimal("1000.50"), 0)


def test_village_work_is_what_is_not_done_by_the_district(
    world: World, the_day_of_the_write_up: None
) -> None:
    story = story_of(world)
    day = {"total": "5", "held_on": TODAY.isoformat()}
    story.record(Deed("record", ("trakat",), "1.1", {**day, "led_by": "officer"}))
    story.record(Deed("record", ("trakat",), "1.4", {**day, "led_by": "committee"}))
    story.record(Deed("record", ("trakat",), "2.1", {**day, "led_by": "officer"}))
    figures = rollups.of_areas(world.programme, ["3314"], [], TODAY)["3314"]
    assert (figures.activities, figures.village_work, figures.community_led) == (3, 2, 1)
    assert figures.community_led_share == 50


def test_steps_verified_are_counted_in_the_month_of_the_last_decision(
    world: World, the_day_of_the_write_up: None
) -> None:
    story = story_of(world)
    for verb in ("submit", "verify"):
        getattr(story, verb)(Deed(verb, ("trakat",)))
    assert rollups.verified_by_month(world.programme, ["3314"]) == {"2017-03": {"1.1": 1}}
    story.reopen(Deed("reopen", ("trakat",)))
    assert rollups.verified_by_month(world.programme, ["3314"]) == {}


def test_recount_names_a_sum_that_is_wrong_and_mends_it(
    world: World, the_day_of_the_write_up: None
) -> None:
    Tally.objects.filter(area_code="3314", figure="villages").update(n=99)
    said = StringIO()
    with pytest.raises(CommandError, match="1 counters"):
        call_command("recount", "--sums-only", stdout=said)
    assert "3314 villages : off by 97" in said.getvalue()
    call_command("recount", "--dry-run", stdout=said)


def test_a_new_order_of_due_dates_counts_late_villages_by_the_new_one(
    world: World, the_day_of_the_write_up: None
) -> None:
    Step.objects.filter(number="2.4").update(due_on=world.programme.opens_on)
    programme_changed(programme=world.programme, sender=sender(world.anan))
    year = YearProgress.objects.get(enrolment=world.enrolment)
    assert year.first_open.number == "2.4"  # type: ignore[union-attr]
    assert_everything_agrees(world)


def test_sums_move_in_sorted_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    locked: list[list[str]] = []
    statements = tally.connections["default"]

    def spy(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.strip().startswith("INSERT INTO steps_tally"):
            locked.append([str(value) for value in params])
        return execute(sql, params, many, context)

    keys = Counter(
        {tally.Key(world.programme.pk, code, "", "villages"): 1 for code in ("34", "3314", "33")}
    )
    with statements.execute_wrapper(spy):
        tally.add(keys)
    assert [row[1::5] for row in locked] == [["33", "3314", "34"]]


@pytest.mark.parametrize(("days", "quiet"), [(44, 2), (45, 2), (46, 3)])
def test_quiet_is_counted_to_the_day_as_it_is_listed(
    world: World, the_day_of_the_write_up: None, days: int, quiet: int
) -> None:
    held_on = (TODAY - timedelta(days)).isoformat()
    values = {"total": "5", "led_by": "officer", "held_on": held_on}
    story_of(world).record(Deed("record", ("trakat",), values=values))
    figures = rollups.of_areas(world.programme, ["33"], [], TODAY)["33"]
    listed_too = listed(world, Filters(area="33", year="2560", quiet="1"))
    assert (figures.quiet, listed_too) == (quiet, quiet)
