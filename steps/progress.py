"""The rows of progress: derived from what was recorded, handed in and decided, and rebuilt so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from steps.changes import changes_of
from steps.facts import Facts, facts_of, progress_of, steps_of
from steps.models import Enrolment, Review, Status, Step, StepProgress, Submission
from steps.models.choices import CLOSED
from steps.models.programme import Kind
from steps.requirements import Measure, households_present, measured, people_reached

DERIVED = [
    "status",
    "met",
    "asked",
    "measures",
    "activities",
    "people",
    "households",
    "late_arrivals",
    "last_activity_on",
    "changes",
    "district_code",
    "subdistrict_code",
]


def refresh(enrolments: Iterable[Enrolment], *, today: date) -> int:
    """Bring the rows of progress up to date; answers how many rows were not. Part of every verb."""
    enrolments = list(enrolments)
    if not enrolments:
        return 0
    stale = _differences(enrolments, today=today)
    new = [row for row in stale if row.pk is None]
    StepProgress.objects.bulk_create(new)
    StepProgress.objects.bulk_update([row for row in stale if row not in new], DERIVED)
    return len(stale)


def differences(enrolments: Iterable[Enrolment], *, today: date) -> list[StepProgress]:
    """The rows of progress that are not what the records say, as they should be (``recount``)."""
    enrolments = list(enrolments)
    return _differences(enrolments, today=today) if enrolments else []


def _differences(enrolments: list[Enrolment], *, today: date) -> list[StepProgress]:
    steps = steps_of(enrolments[0].programme_id)
    stored = progress_of(enrolments)
    stale = []
    for facts in facts_of(enrolments, today=today):
        for step in steps:
            row = stored[facts.enrolment.pk].get(step.pk) or _new_row(facts.enrolment, step)
            derived = derive(step, facts)
            if row.pk is None or any(getattr(row, name) != derived[name] for name in DERIVED):
                _assign(row, derived)
                stale.append(row)
    return stale


def _new_row(enrolment: Enrolment, step: Step) -> StepProgress:
    return StepProgress(enrolment=enrolment, step=step)


def _assign(row: StepProgress, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def derive(step: Step, facts: Facts) -> dict[str, Any]:
    """Every derived column of a village's row for a step."""
    activities = facts.activities_of(step)
    measures = measured(step, facts)
    status = status_of(step, facts, measures)
    stored, required = asked_of(step, facts, measures, status)
    waiting_files = [row for activity in activities for row in activity.evidence.all() if row.waits]
    return {
        "status": status,
        "measures": stored,
        "met": sum(
            have >= need for code, (have, need, _parts) in stored.items() if code in required
        ),
        "asked": sum(code in required for code in stored),
        "activities": len(activities),
        "people": people_reached(activities),
        "households": len(households_present(activities)),
        "late_arrivals": len(facts.waiting_of(step)) + len(waiting_files),
        "last_activity_on": max((row.held_on for row in activities), default=None),
        "changes": changes_of(step, facts),
        "district_code": facts.enrolment.village.district_code,
        "subdistrict_code": facts.enrolment.village.subdistrict_id,
    }


def asked_of(
    step: Step, facts: Facts, measures: list[Measure], status: Status
) -> tuple[dict[str, list[Any]], set[str]]:
    """What is measured and which codes of it are required: for a closed step as handed in (rule 3).

    So a programme that changes later asks nothing of it any more.
    """
    if status in CLOSED:
        snapshot = facts.submissions_of(step)[-1].snapshot
        return snapshot["measures"], set(snapshot["required"])
    required = {item.requirement.code for item in measures if item.requirement.is_required}
    return {item.requirement.code: item.as_stored() for item in measures}, required


def status_of(step: Step, facts: Facts, measures: list[Measure]) -> Status:
    """Rule 1: what was decided on the last standing submission, or whether work has begun."""
    submissions = facts.submissions_of(step)
    if submissions:
        return status_after(step, submissions[-1])
    begun = facts.activities_of(step) or any(
        item.have for item in measures if item.requirement.kind != Kind.AFTER
    )
    return Status.IN_PROGRESS if begun else Status.NOT_STARTED


def status_after(step: Step, submission: Submission) -> Status:
    """What the reviews of a submission make of its step."""
    decisions = list(submission.reviews.all())
    if any(row.decision in ("returned", "reopened") for row in decisions):
        return Status.RETURNED
    verified_by = {row.level for row in decisions if row.decision == Review.Decision.VERIFIED}
    return Status.VERIFIED if final_level(step) in verified_by else Status.SUBMITTED


def final_level(step: Step) -> Review.Level:
    """The reviewing level whose word is the last one."""
    if step.reviewer == Step.Reviewer.CHIEF:
        return Review.Level.CHIEF
    return Review.Level.PROVINCE
