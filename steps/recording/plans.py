"""Writing plans and the district's document shelf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from accounts.receipts import Outcome
from steps.models import Enrolment, Plan, PlanItem, Step
from steps.recording.core import (
    Refusal,
    Sender,
    Values,
    changed,
    log,
    merged,
    set_columns,
    values_of,
    write,
)
from steps.recording.together import changed_together

PLAN_FIELDS = (
    "owner",
    "activity",
    "aim",
    "method",
    "target_group",
    "place",
    "starts_on",
    "ends_on",
    "budget",
    "budget_source",
    "expected_result",
    "person",
    "done_on",
)
PERIOD = ("starts_on", "ends_on")


@dataclass(frozen=True)
class NewPlanItem:
    """A plan item as typed, clean."""

    owner: str
    activity: str
    aim: str = ""
    method: str = ""
    target_group: str = ""
    place: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    budget: Decimal | None = None
    budget_source: str = ""
    expected_result: str = ""
    person: str = ""
    done_on: date | None = None


def add_plan_item(
    *, enrolments: Iterable[Enrolment], step: Step, item: NewPlanItem, sender: Sender
) -> Outcome:
    """Add an item to the plan of a step, in one village or in several at once."""
    enrolments = sorted(enrolments, key=lambda enrolment: enrolment.village.code)

    def work() -> dict[str, object]:
        rows = [
            PlanItem(id=uuid4(), enrolment=enrolment, step=step, **asdict(item))
            for enrolment in enrolments
        ]
        for row in rows:
            row.save(force_insert=True)
            new = {name: ("", text) for name, text in values_of(row, PLAN_FIELDS).items()}
            log(sender, "add_plan_item", row, row.enrolment.village, new)
        return {"plan_items": [str(row.pk) for row in rows]}

    content = {
        "villages": [enrolment.village.code for enrolment in enrolments],
        "year": step.programme.year,
        "step": step.number,
        **asdict(item),
    }
    villages = [enrolment.village for enrolment in enrolments]
    return write(verb="add_plan_item", sender=sender, content=content, villages=villages, work=work)


def edit_plan_item(*, item: PlanItem, started: Values, wanted: Values, sender: Sender) -> Outcome:
    """Change the fields that differ from what the form started with. May raise Conflict."""
    village = item.enrolment.village

    def work() -> dict[str, object]:
        item.refresh_from_db()
        if item.withdrawn_at:
            raise Refusal("withdrawn_already")
        wished = changed_together(started, wanted, PERIOD)
        changes = merged(values_of(item, PLAN_FIELDS), wished)
        set_columns(item, changes)
        log(sender, "edit_plan_item", item, village, changes)
        return {"changed": sorted(changes)}

    content = {"id": str(item.pk), "started": started, "wanted": wanted}
    return write(
        verb="edit_plan_item", sender=sender, content=content, villages=[village], work=work
    )


def withdraw_plan_item(*, item: PlanItem, reason: str, sender: Sender) -> Outcome:
    """Strike an item through, with a reason; it counts nowhere and stays in the history."""
    village = item.enrolment.village

    def work() -> dict[str, object]:
        item.refresh_from_db()
        if item.withdrawn_at:
            raise Refusal("withdrawn_already")
        item.withdrawn_at, item.withdrawn_reason = sender.at, reason
        item.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        log(sender, "withdraw_plan_item", item, village, {"withdrawn_reason": ("", reason)})
        return {"withdrawn": str(item.pk)}

    content = {"id": str(item.pk), "reason": reason}
    return write(
        verb="withdraw_plan_item", sender=sender, content=content, villages=[village], work=work
    )


def set_goal(
    *, enrolment: Enrolment, step: Step, started: str, goal: str, sender: Sender
) -> Outcome:
    """Write the goal of a plan. May raise Conflict where someone wrote another meanwhile."""
    village = enrolment.village

    def work() -> dict[str, object]:
        plan, _created = Plan.objects.get_or_create(enrolment=enrolment, step=step)
        wanted = changed({"goal": started}, {"goal": goal})
        changes = merged(values_of(plan, ["goal"]), wanted)
        set_columns(plan, changes)
        log(sender, "set_goal", plan, village, changes)
        return {"changed": sorted(changes)}

    content = {
        "village": village.code,
        "year": enrolment.programme.year,
        "step": step.number,
        "started": started,
        "goal": goal,
    }
    return write(verb="set_goal", sender=sender, content=content, villages=[village], work=work)
