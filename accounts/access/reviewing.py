"""What waits for a reviewer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q

from accounts.access.scopes import Scope, found, may, require_any, scope
from accounts.models import User
from accounts.rights import REVIEWING, RIGHT_OF_LEVEL, Right
from steps.models import (
    KnowledgeRecord,
    Lesson,
    Status,
    StepProgress,
    Submission,
)
from steps.models.knowledge import RecordQuerySet
from steps.models.lessons import LessonQuerySet
from steps.models.progress import StepProgressQuerySet
from villages.models import (
    Village,
)


def waiting_for(user: User, on: date) -> StepProgressQuerySet:
    """The steps handed in whose turn to decide is a level the person reviews as, there."""
    turn = Q(pk__in=[])
    for level, right in RIGHT_OF_LEVEL.items():
        turn |= Q(waits_for=level) & scope(user, right, on).of_rows()
    return StepProgress.objects.filter(turn, status=Status.SUBMITTED, step__ended_on__isnull=True)


def records_waiting_for(user: User, on: date) -> RecordQuerySet:
    """The knowledge records that wait for the province where the person works for it."""
    held = scope(user, Right.REVIEW_AS_PROVINCE, on)
    return KnowledgeRecord.objects.sent().filter(held.condition("enrolment__village__code"))


def submission_for(user: User, pk: int, on: date) -> Submission:
    """What was handed in, for whoever reviews the village at any level; withdrawn ones too."""
    submission = found(Submission.objects.for_cases().filter(pk=pk))
    require_any(user, submission.progress.enrolment.village.code, REVIEWING, on)
    return submission


def submissions_for(user: User, pks: Collection[int], on: date) -> list[Submission]:
    """Of these submissions the ones in villages the person reviews, in official order."""
    rows = Submission.objects.for_cases().filter(pk__in=pks)
    in_order = rows.order_by("progress__enrolment__village__code", "pk")
    return [row for row in in_order if may_review(user, row.progress.enrolment.village, on)]


def lessons_to_decide(user: User, on: date) -> LessonQuerySet:
    """The lessons that wait where the person reviews at any level, but for those of their own."""
    held = [scope(user, right, on) for right in sorted(REVIEWING)]
    reviewed = Scope(
        national=any(one.national for one in held),
        codes=frozenset().union(*(one.codes for one in held)),
    )
    here = reviewed.condition("enrolment__village__code")
    return Lesson.objects.waiting().filter(here).exclude(recorded_by=user)


def lesson_to_decide(user: User, pk: UUID, on: date) -> Lesson:
    """A lesson, for whoever reviews its village at any level; decided and withdrawn ones too."""
    lesson = found(Lesson.objects.for_lists().filter(pk=pk))
    require_any(user, lesson.enrolment.village.code, REVIEWING, on)
    return lesson


def may_review(user: User, village: Village, on: date) -> bool:
    """Whether the person reviews this village's steps, at any level."""
    return any(may(user, right, village, on) for right in REVIEWING)
