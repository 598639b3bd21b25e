"""The thread of a step: every time it was handed in, and what reviewers said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from steps.models import Activity, Enrolment, Review, ReviewItem, StepProgress, Submission
from steps.models.choices import HOLDS_NAMES
from steps.progress import levels_of
from steps.showing import mending_address


@dataclass(frozen=True)
class Named:
    """A requirement or photo that a return names, what is asked of it, and where it is mended."""

    label: str
    note: str
    href: str


@dataclass(frozen=True)
class Decided:
    """One decision of a reviewer, in words."""

    decision: str
    words: str
    by: str
    at: datetime
    reason: str
    points: list[Named]


@dataclass(frozen=True)
class Round:
    """One time a step was handed in."""

    number: int
    by: str
    at: datetime
    withdrawn_at: datetime | None
    decided: list[Decided]


@dataclass(frozen=True)
class Reader:
    """Who reads a thread, and of which village: what they may see and where things are mended."""

    enrolment: Enrolment
    last: Activity | None = None
    names: bool = False
    mends: bool = False


def rounds_of(progress: StepProgress, reader: Reader) -> list[Round]:
    """The thread of a step, the first round first; loaded with submissions and the step."""
    submissions = sorted(progress.submissions.all(), key=lambda row: row.number)
    return [_round(row, progress, reader) for row in submissions]


def _round(submission: Submission, progress: StepProgress, reader: Reader) -> Round:
    return Round(
        number=submission.number,
        by=submission.by.title,
        at=submission.at,
        withdrawn_at=submission.withdrawn_at,
        decided=[decided(row, progress, reader) for row in submission.reviews.all()],
    )


def decided(review: Review, progress: StepProgress, reader: Reader) -> Decided:
    """One decision; a reason easily names a person, so it is read with the right to names."""
    return Decided(
        decision=review.decision,
        words=_words(review, progress),
        by=review.by.title,
        at=review.at,
        reason=review.reason if reader.names else "",
        points=[_named(item, progress, reader) for item in review.items.all()],
    )


def _words(review: Review, progress: StepProgress) -> str:
    """Returned; Verified, and as which of two levels."""
    words = str(review.get_decision_display())
    if review.decision != Review.Decision.VERIFIED or len(levels_of(progress.step)) == 1:
        return words
    return _("%(decision)s (%(level)s)") % {
        "decision": words,
        "level": review.get_level_display(),
    }


def _named(item: ReviewItem, progress: StepProgress, reader: Reader) -> Named:
    note = item.note if reader.names else ""
    if item.requirement is None:
        return Named(_caption(item, names=reader.names), note, _file_address(item, reader))
    standing = {row.pk: row for row in progress.step.requirements.all()}
    requirement = standing.get(item.requirement.pk)
    href = ""
    if requirement and reader.mends:
        requirement.step = progress.step
        href = mending_address(requirement, reader.enrolment, reader.last)
    return Named(str(item.requirement.label), note, href)


def _caption(item: ReviewItem, *, names: bool) -> str:
    """The caption of a photo; of a paper that holds names, what it is, to who may not see them."""
    if item.evidence is None:
        return ""
    hidden = item.evidence.type in HOLDS_NAMES and not names
    return str(item.evidence.get_type_display() if hidden else item.evidence)


def _file_address(item: ReviewItem, reader: Reader) -> str:
    if item.evidence is None:
        return ""
    where = [reader.enrolment.village.code, reader.enrolment.programme.year]
    address = reverse("steps:activity", args=[*where, item.evidence.activity_id])
    return f"{address}#file-{item.evidence_id}"
