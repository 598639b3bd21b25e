"""Whose turn a case is, and what a person may press; the words where they may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.models import User
from accounts.rights import RIGHT_OF_LEVEL
from sammachip.thai.dates import moment
from steps.models import Review, Status, Step, Submission
from steps.progress import levels_of
from steps.review.thread import Reader, decided
from villages.models import Village


@dataclass(frozen=True)
class Turn:
    """What this person may do with a case; ``words`` say why not, ``href`` leads to a newer one."""

    level: str = ""
    reopens_as: str = ""
    words: list[str] = field(default_factory=list)
    href: str = ""


def turn_of(user: User, submission: Submission, on: date, *, own: bool) -> Turn:
    """Whose turn a case is, its thread being loaded."""
    progress = submission.progress
    newest = [row for row in progress.standing_submissions() if row.pk != submission.pk][-1:]
    if newest and newest[0].number > submission.number:
        href = reverse("steps:review_case", args=[newest[0].pk])
        return Turn(words=[_("A newer submission has arrived.")], href=href)
    if submission.withdrawn_at:
        return Turn(words=[_("The district took it back.")])
    if own:
        return Turn(words=[*_standing(submission), _("You cannot review your own record.")])
    if progress.status == Status.SUBMITTED:
        return _waiting_turn(user, submission, on)
    reopens = progress.status == Status.VERIFIED
    levels = _levels(user, submission, on)
    return Turn(reopens_as=levels[-1] if reopens and levels else "", words=_standing(submission))


def _waiting_turn(user: User, submission: Submission, on: date) -> Turn:
    level = submission.progress.waits_for
    if level in _levels(user, submission, on):
        return Turn(level=level)
    chief = level == Review.Level.CHIEF
    words = _("The district chief decides first.") if chief else _("It waits for the province.")
    return Turn(words=[*_standing(submission), words])


def levels_held(user: User, step: Step, village: Village, on: date) -> list[str]:
    """As which of the levels that review a step the person may decide in a village."""
    return [
        str(level)
        for level in levels_of(step)
        if access.may(user, RIGHT_OF_LEVEL[level], village, on)
    ]


def _levels(user: User, submission: Submission, on: date) -> list[str]:
    progress = submission.progress
    return levels_held(user, progress.step, progress.enrolment.village, on)


def _standing(submission: Submission) -> list[str]:
    """Who decided what on it last."""
    loaded = (row for row in submission.progress.submissions.all() if row.pk == submission.pk)
    reviews = [review for row in loaded for review in row.reviews.all()]
    if not reviews:
        return []
    last = decided(reviews[-1], submission.progress, Reader(submission.progress.enrolment))
    return [
        _("%(decision)s %(when)s by %(who)s")
        % {"decision": last.words, "when": moment(last.at), "who": last.by}
    ]


def oldest_words(days: int) -> str:
    """The oldest waits 12 days"""
    words = ngettext("The oldest waits %(n)s day", "The oldest waits %(n)s days", days)
    return words % {"n": days}


def waited_words(days: int) -> str:
    """Waits 12 days"""
    if not days:
        return _("Handed in today")
    return ngettext("Waits %(n)s day", "Waits %(n)s days", days) % {"n": days}
