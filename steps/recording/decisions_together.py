"""Several like cases decided in one go, after looking at them: all of them or none.

Like cases are of one step, with nothing explained short and nothing that came back or changed:
whatever asks for a judgement of its own is decided alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.receipts import Outcome
from steps.models import Review, Submission
from steps.recording.core import Refusal, Sender, write
from steps.recording.decisions import Verdict, decide


def verify_together(
    *, submissions: Sequence[Submission], level: Review.Level, sender: Sender
) -> Outcome:
    """Verify several like submissions as one reviewing level."""
    verdict = Verdict(level, Review.Decision.VERIFIED)
    return _decide_together(submissions, verdict, "verify_together", sender)


def send_back_together(
    *, submissions: Sequence[Submission], level: Review.Level, reason: str, sender: Sender
) -> Outcome:
    """Return several like submissions with one reason."""
    if not reason:
        raise Refusal("reason_missing", field="reason")
    verdict = Verdict(level, Review.Decision.RETURNED, reason)
    return _decide_together(submissions, verdict, "send_back_together", sender)


def _decide_together(
    submissions: Sequence[Submission], verdict: Verdict, verb: str, sender: Sender
) -> Outcome:
    """One transaction. A refusal names the first village it is about (detail ``village``)."""
    in_order = sorted(submissions, key=_code)

    def work() -> dict[str, Any]:
        if len({submission.progress.step_id for submission in in_order}) != 1:
            raise Refusal("unlike", field="case")
        reviews = [_decided(submission, verdict, sender) for submission in in_order]
        return {"reviews": reviews, "decision": str(verdict.decision)}

    content = {
        "submissions": [submission.pk for submission in in_order],
        "level": verdict.level,
        "decision": verdict.decision,
        "reason": verdict.reason,
    }
    villages = [submission.progress.enrolment.village for submission in in_order]
    return write(verb=verb, sender=sender, content=content, villages=villages, work=work)


def _decided(submission: Submission, verdict: Verdict, sender: Sender) -> int:
    try:
        review = decide(submission=submission, verdict=verdict, sender=sender)
        if why_alone(Submission.objects.for_cases().get(pk=submission.pk)):
            raise Refusal("decide_alone")
    except Refusal as refusal:
        title = submission.progress.enrolment.village.title
        raise Refusal(refusal.code, field="case", village=title) from refusal
    return int(review.pk)


def why_alone(submission: Submission) -> str:
    """What keeps a submission, loaded for_cases, from being decided with others; "" for nothing.

    "explained" (short, with a reason), "came_back" (after a return), "changed" (since handed in).
    """
    if any(submission.snapshot["explained"].values()):
        return "explained"
    if submission.came_back:  # type: ignore[attr-defined]
        return "came_back"
    return "changed" if submission.progress.changes else ""


def _code(submission: Submission) -> str:
    return submission.progress.enrolment.village.code
