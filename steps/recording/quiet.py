"""Saying why nothing happens in a quiet village."""

from __future__ import annotations

from accounts.receipts import Outcome
from steps import lists
from steps.models import Enrolment, QuietReason
from steps.recording.core import Refusal, Sender, log, write


def explain_quiet(*, enrolment: Enrolment, reason: str, sender: Sender) -> Outcome:
    """Say why a village is quiet; it holds until a later activity is counted.

    Refusal ``not_quiet`` where the village is not, or no longer.
    """
    village = enrolment.village

    def work() -> dict[str, object]:
        if not lists.quiet_days(enrolment, sender.today):
            raise Refusal("not_quiet")
        row = QuietReason(enrolment=enrolment, reason=reason, by=sender.by, at=sender.at)
        row.save()
        log(sender, "explain_quiet", row, village, {"reason": ("", reason)})
        return {"reason": row.pk}

    content = {"village": village.code, "year": enrolment.programme.year, "reason": reason}
    return write(
        verb="explain_quiet", sender=sender, content=content, villages=[village], work=work
    )
