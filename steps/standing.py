"""Where a village stands in its year, derived from the facts and from its steps."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from steps.facts import Facts
from steps.models import Activity, Step, StepProgress
from steps.models.choices import OPEN, LedBy, Status
from steps.models.programme import Kind
from steps.requirements import households_present, measure, people_reached

DERIVED_OF_YEAR = [
    "district_code",
    "subdistrict_code",
    "steps",
    "submitted",
    "returned",
    "verified",
    "complete",
    "first_open",
    "committee",
    "last_activity_on",
    "activities",
    "village_work",
    "community_led",
    "people",
    "households",
    "budget",
    "contributed",
]

COMMUNITY = frozenset({LedBy.COMMITTEE, LedBy.VILLAGERS})


def derive_year(
    facts: Facts, steps: Sequence[tuple[Step, StepProgress]], contributed: Decimal
) -> dict[str, Any]:
    """Every derived column of a village's row for its year."""
    statuses = [row.status for _step, row in steps]
    closes_on = facts.enrolment.programme.closes_on
    work = village_work(facts, [step for step, _row in steps])
    return {
        "district_code": facts.enrolment.village.district_code,
        "subdistrict_code": facts.enrolment.village.subdistrict_id,
        "steps": len(statuses),
        "submitted": statuses.count(Status.SUBMITTED),
        "returned": statuses.count(Status.RETURNED),
        "verified": statuses.count(Status.VERIFIED),
        "complete": set(statuses) == {Status.VERIFIED},
        "first_open": first_open(steps),
        "committee": committee_formed(facts, [step for step, _row in steps]),
        "last_activity_on": max(
            (row.held_on for row in facts.activities if row.held_on <= closes_on), default=None
        ),
        "activities": len(facts.activities),
        "village_work": len(work),
        "community_led": sum(row.led_by in COMMUNITY for row in work),
        "people": people_reached(row for row in facts.activities if not row.shared),
        "households": len(households_present(facts.activities)),
        "budget": facts.enrolment.budget,
        "contributed": contributed,
    }


def first_open(steps: Sequence[tuple[Step, StepProgress]]) -> Step | None:
    """The step not handed in that is due first: past that day the village is late."""
    still_open = [step for step, row in steps if row.status in OPEN]
    return min(still_open, key=lambda step: (step.due_on, step.order), default=None)


def village_work(facts: Facts, steps: Sequence[Step]) -> list[Activity]:
    """Activities of village steps and follow-up; what the district does is not the village's."""
    district = {step.pk for step in steps if step.is_district_work}
    return [row for row in facts.activities if row.step_id not in district]


def committee_formed(facts: Facts, steps: Sequence[Step]) -> bool:
    """Whether the committee is as large as the programme asks; where it asks none, any will do."""
    asked = [
        item
        for step in steps
        for item in step.requirements.all()
        if item.kind == Kind.COMMITTEE and item.is_required
    ]
    if not asked:
        return bool(facts.members)
    return all(measure(item, facts).met for item in asked)
