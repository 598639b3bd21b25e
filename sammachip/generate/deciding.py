"""Handing in the steps of model villages, and what the province decides on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sammachip.demo.words import RETURN_REASON
from sammachip.demo.work import named_point
from sammachip.generate.asked import Rows
from sammachip.generate.cast import Cast, afternoon
from steps.facts import Facts, facts_of, progress_of
from steps.models import Review, ReviewItem, Step, Submission
from steps.recording import decisions
from steps.requirements import measured


def hand_in(casts: Sequence[Cast], step: Step) -> None:
    """Submit in each village, with the snapshot that ``submit`` would take."""
    enrolments = [cast.enrolment for cast in casts]
    rows = progress_of(enrolments)
    facts = facts_of(enrolments, today=step.programme.closes_on)
    for cast, known in zip(casts, facts, strict=True):
        before = cast.submissions.setdefault(step.number, [])
        before.append(
            Submission(
                progress=rows[cast.enrolment.pk][step.pk],
                number=len(before) + 1,
                by=cast.officer,
                at=afternoon(cast.held_on(step) + timedelta(days=2 + 9 * len(before))),
                snapshot=_snapshot(step, known),
            )
        )
    Submission.objects.bulk_create(cast.submissions[step.number][-1] for cast in casts)


def _snapshot(step: Step, facts: Facts) -> dict[str, Any]:
    explained = decisions.explanations(facts.enrolment, step)
    if missing := decisions.blocking(measured(step, facts), explained):
        codes = ", ".join(item.requirement.code for item in missing)
        raise LookupError(f"The model villages have nothing for {codes} of the programme.")
    return decisions.snapshot(step, facts, explained)


def decided(cast: Cast, step: Step, decision: Review.Decision) -> Rows:
    """The province's review of the last submission; where it returns it, naming a requirement."""
    submission = cast.submissions[step.number][-1]
    returned = decision == Review.Decision.RETURNED
    review = Review(
        submission=submission,
        level=Review.Level.PROVINCE,
        decision=decision,
        by=cast.reviewer,
        at=submission.at + timedelta(days=4, minutes=cast.course.nth),
        reason=RETURN_REASON if returned else "",
    )
    yield review
    if returned:
        point = named_point(step)
        yield ReviewItem(review=review, requirement_id=point.requirement_id, note=point.note)
