"""Handing in and deciding: explain, submit, withdraw; verify, send back, reopen, accept late.

The status is never written: it is derived from submissions and reviews when the village's rows
are refreshed, at the end of every verb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.access import may
from accounts.models import User
from accounts.receipts import Outcome
from accounts.rights import REVIEWING, RIGHT_OF_LEVEL, Right
from steps.changes import stood_on
from steps.facts import Facts, facts_of
from steps.models import (
    Activity,
    Enrolment,
    Evidence,
    Review,
    ReviewItem,
    Shortfall,
    Step,
    StepProgress,
    Submission,
)
from steps.models.choices import MOVES
from steps.progress import levels_of
from steps.recording.authors import authors_of
from steps.recording.core import Refusal, Sender, changed, log, write
from steps.requirements import Measure, measured
from villages.models import Village

# ---------------------------------------------------------------- handing in


def submit(
    *, enrolment: Enrolment, step: Step, reasons: Mapping[str, str], sender: Sender
) -> Outcome:
    """Hand a step in. ``reasons`` explain shortfalls: code of a requirement -> why.

    Refusal ``missing`` (details ``codes``) where a required requirement is neither met nor an
    explained shortfall; ``not_open`` where it was handed in already.
    """
    village = enrolment.village

    def work() -> dict[str, Any]:
        progress = _movable(enrolment, step, "submit", sender)
        facts = facts_of([enrolment], today=sender.today)[0]
        before = explanations(enrolment, step)
        _explain(enrolment, step, reasons, sender)
        explained = explanations(enrolment, step)
        missing = blocking(measured(step, facts), explained)
        if missing:
            raise Refusal("missing", codes=[item.requirement.code for item in missing])
        row = Submission.objects.create(
            progress=progress,
            number=progress.submissions.count() + 1,
            by=sender.by,
            at=sender.at,
            snapshot=snapshot(step, facts, explained),
        )
        reworded = changed(_as_fields(before), _as_fields(explained))
        log(sender, "submit", progress, village, {"submission": ("", row.number), **reworded})
        return {"submission": row.number, "step": step.number}

    content = {**_address(enrolment, step), "reasons": dict(reasons)}
    return write(verb="submit", sender=sender, content=content, villages=[village], work=work)


def blocking(measures: Sequence[Measure], explained: Mapping[str, str]) -> list[Measure]:
    """The required measures that keep a step from being handed in (rule 2)."""
    return [
        item
        for item in measures
        if item.requirement.is_required
        and not item.met
        and not (item.requirement.shortfall_allowed and explained.get(item.requirement.code))
    ]


def explanations(enrolment: Enrolment, step: Step) -> dict[str, str]:
    """Why less than asked was reached, by the requirement's code."""
    rows = Shortfall.objects.filter(enrolment=enrolment, requirement__step=step)
    return dict(rows.values_list("requirement__code", "reason"))


def _as_fields(explained: Mapping[str, str]) -> dict[str, str]:
    """Explanations as the history names them."""
    return {f"reason-{code}": reason for code, reason in explained.items()}


def _explain(enrolment: Enrolment, step: Step, reasons: Mapping[str, str], sender: Sender) -> None:
    allowed = {item.code: item for item in step.requirements.all() if item.shortfall_allowed}
    for code, reason in reasons.items():
        if code not in allowed:
            raise Refusal("shortfall_not_allowed", field=f"reason-{code}")
        rows = Shortfall.objects.filter(enrolment=enrolment, requirement=allowed[code])
        if not reason:
            rows.delete()
        else:
            Shortfall.objects.update_or_create(
                enrolment=enrolment,
                requirement=allowed[code],
                defaults={"reason": reason, "by": sender.by, "at": sender.at},
            )


def snapshot(step: Step, facts: Facts, explained: Mapping[str, str]) -> dict[str, Any]:
    """What a submission stood on: measures, what was required of them, explanations, and rows."""
    measures = measured(step, facts)
    return {
        "measures": {item.requirement.code: item.as_stored() for item in measures},
        "required": [item.requirement.code for item in measures if item.requirement.is_required],
        "explained": dict(explained),
        "stood_on": stood_on(step, facts),
    }


def withdraw(*, enrolment: Enrolment, step: Step, sender: Sender) -> Outcome:
    """Take back a submission nobody has decided on (rule 3)."""
    village = enrolment.village

    def work() -> dict[str, Any]:
        progress = _movable(enrolment, step, "withdraw", sender)
        submission = last_submission(progress)
        if submission.reviews.exists():
            raise Refusal("decided_already")
        submission.withdrawn_at = sender.at
        submission.save(update_fields=["withdrawn_at"])
        log(sender, "withdraw", progress, village, {"submission": (submission.number, "")})
        return {"withdrawn": submission.number}

    return write(
        verb="withdraw",
        sender=sender,
        content=_address(enrolment, step),
        villages=[village],
        work=work,
    )


# ---------------------------------------------------------------- deciding


@dataclass(frozen=True)
class Point:
    """One requirement or photo a return names, and what is asked of it."""

    requirement_id: int | None = None
    evidence_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a reviewing level says of a submission, and why."""

    level: Review.Level
    decision: Review.Decision
    reason: str = ""
    points: Sequence[Point] = ()


def verify(*, submission: Submission, level: Review.Level, sender: Sender) -> Outcome:
    """Verify a submission as one reviewing level."""
    return _decide(submission, Verdict(level, Review.Decision.VERIFIED), sender)


def send_back(
    *,
    submission: Submission,
    level: Review.Level,
    reason: str,
    points: Sequence[Point] = (),
    sender: Sender,
) -> Outcome:
    """Return a submission with a reason, and the requirements or photos it is about."""
    if not reason:
        raise Refusal("reason_missing", field="reason")
    verdict = Verdict(level, Review.Decision.RETURNED, reason, points)
    return _decide(submission, verdict, sender)


def reopen(*, submission: Submission, level: Review.Level, reason: str, sender: Sender) -> Outcome:
    """Open a verified step again, with a reason."""
    if not reason:
        raise Refusal("reason_missing", field="reason")
    return _decide(submission, Verdict(level, Review.Decision.REOPENED, reason), sender)


VERB_OF = {
    Review.Decision.VERIFIED: "verify",
    Review.Decision.RETURNED: "send_back",
    Review.Decision.REOPENED: "reopen",
}


def _decide(submission: Submission, verdict: Verdict, sender: Sender) -> Outcome:
    def work() -> dict[str, Any]:
        review = decide(submission=submission, verdict=verdict, sender=sender)
        return {"review": review.pk, "decision": str(verdict.decision)}

    return write(
        verb=VERB_OF[verdict.decision],
        sender=sender,
        content={"submission": submission.pk, **asdict(verdict)},
        villages=[submission.progress.enrolment.village],
        work=work,
    )


def decide(*, submission: Submission, verdict: Verdict, sender: Sender) -> Review:
    """Decide on one submission, inside a write that has locked its village."""
    progress = submission.progress
    enrolment, verb = progress.enrolment, VERB_OF[verdict.decision]
    current = _movable(enrolment, progress.step, verb, sender)
    if last_submission(current).pk != submission.pk:
        raise Refusal("stale_decision")
    _refuse_unless_it_is_their_turn(submission, verdict.level, verdict.decision, sender)
    try:
        with transaction.atomic():
            review = Review.objects.create(
                submission=submission,
                level=verdict.level,
                decision=verdict.decision,
                by=sender.by,
                at=sender.at,
                reason=verdict.reason,
            )
    except IntegrityError as error:
        raise Refusal("decided_already") from error
    _name_points(review, verdict.points)
    log(sender, verb, current, enrolment.village, {"decision": ("", verdict.decision)})
    return review


def _refuse_unless_it_is_their_turn(
    submission: Submission, level: Review.Level, decision: Review.Decision, sender: Sender
) -> None:
    """Nobody decides on their own work, without the right, or before the level below (rule 3)."""
    step, village = submission.progress.step, submission.progress.enrolment.village
    if level not in levels_of(step) or not may(
        sender.by, RIGHT_OF_LEVEL[level], village, sender.today
    ):
        raise Refusal("no_permission")
    if sender.by.pk in authors_of(submission):
        raise Refusal("own_work")
    if decision == Review.Decision.REOPENED:
        return
    verified = submission.reviews.filter(decision=Review.Decision.VERIFIED)
    below = levels_of(step)[: levels_of(step).index(level)]
    if any(not verified.filter(level=earlier).exists() for earlier in below):
        raise Refusal("chief_first")


def _name_points(review: Review, points: Sequence[Point]) -> None:
    progress = review.submission.progress
    for point in points:
        if not _is_of(progress, point):
            raise Refusal("not_in_your_area", field="points")
        ReviewItem.objects.create(review=review, **asdict(point))


def _is_of(progress: StepProgress, point: Point) -> bool:
    """Whether the requirement or photo belongs to the step and village under review."""
    if point.requirement_id is not None:
        return progress.step.requirements.filter(pk=point.requirement_id).exists()
    if point.evidence_id is None:
        return False
    evidence = Evidence.objects.filter(pk=point.evidence_id, activity__step=progress.step_id)
    return evidence.filter(activity__enrolment=progress.enrolment_id).exists()


# ---------------------------------------------------------------- late arrivals


def accept_late(*, arrival: Activity | Evidence, sender: Sender) -> Outcome:
    """Count what arrived late (rule 6). Reviewers may; on an open step its recorders too.

    What was set aside before may be accepted later still.
    """

    def settle() -> dict[str, tuple[object, object]]:
        if not arrival.may_be_accepted:
            raise Refusal("decided_already")
        changes = {"accepted_at": ("", sender.at), "set_aside_at": (arrival.set_aside_at, "")}
        arrival.accepted_at, arrival.accepted_by = sender.at, sender.by
        arrival.set_aside_at = arrival.set_aside_by = None
        return {name: pair for name, pair in changes.items() if any(pair)}

    return _settle(arrival, "accept_late", "accepted", settle, sender)


def set_aside(*, arrival: Activity | Evidence, sender: Sender) -> Outcome:
    """Keep what arrived late without counting it; whoever may accept it may say so."""

    def settle() -> dict[str, tuple[object, object]]:
        if not arrival.waits:
            raise Refusal("decided_already")
        arrival.set_aside_at, arrival.set_aside_by = sender.at, sender.by
        return {"set_aside_at": ("", sender.at)}

    return _settle(arrival, "set_aside", "set_aside", settle, sender)


SETTLED_BY = ["accepted_at", "accepted_by", "set_aside_at", "set_aside_by"]


def _settle(
    arrival: Activity | Evidence,
    verb: str,
    said: str,
    settle: Callable[[], dict[str, tuple[object, object]]],
    sender: Sender,
) -> Outcome:
    activity = arrival if isinstance(arrival, Activity) else arrival.activity
    village = activity.enrolment.village

    def work() -> dict[str, Any]:
        arrival.refresh_from_db()
        if sender.by.pk == sender_of(arrival):
            raise Refusal("own_work")
        if not _may_accept(activity, village, sender.by, sender):
            raise Refusal("no_permission")
        changes = settle()
        arrival.save(update_fields=SETTLED_BY)
        log(sender, verb, arrival, village, changes)
        return {said: str(arrival.pk)}

    content = {"id": str(arrival.pk)}
    return write(verb=verb, sender=sender, content=content, villages=[village], work=work)


def sender_of(arrival: Activity | Evidence) -> int:
    """Who recorded or added it."""
    return arrival.recorded_by_id if isinstance(arrival, Activity) else arrival.added_by_id


def rights_over_late(*, step_is_open: bool) -> frozenset[Right]:
    """One of these lets a person settle what came late: on an open step its recorders may too."""
    return REVIEWING | {Right.RECORD} if step_is_open else REVIEWING


def _may_accept(activity: Activity, village: Village, by: User, sender: Sender) -> bool:
    is_open = activity.step is None or _progress(activity.enrolment, activity.step).is_open
    rights = rights_over_late(step_is_open=is_open)
    return any(may(by, right, village, sender.today) for right in rights)


# ---------------------------------------------------------------- shared


def _address(enrolment: Enrolment, step: Step) -> dict[str, Any]:
    return {
        "village": enrolment.village.code,
        "year": enrolment.programme.year,
        "step": step.number,
    }


def _progress(enrolment: Enrolment, step: Step) -> StepProgress:
    return StepProgress.objects.get(enrolment=enrolment, step=step)


def _movable(enrolment: Enrolment, step: Step, verb: str, sender: Sender) -> StepProgress:
    """The row of progress, if the sender may move it so from where it stands (rule 1)."""
    move, village = MOVES[verb], enrolment.village
    if not any(may(sender.by, right, village, sender.today) for right in move.rights):
        raise Refusal("no_permission")
    progress = _progress(enrolment, step)
    if progress.status not in move.states or step.ended_on:
        raise Refusal("not_open" if verb == "submit" else "moved_already")
    return progress


def last_submission(progress: StepProgress) -> Submission:
    """The submission a decision can be about: the last one that was not taken back."""
    submission = progress.submissions.standing().order_by("number").last()
    if submission is None:
        raise Refusal("moved_already")
    return submission
