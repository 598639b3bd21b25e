"""Lessons where they are of use: those of a village's year, and at a step those of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from steps.models import Enrolment, Lesson, Step
from villages.models import Village

SHOWN = 5  # lessons of other villages on the page of a step
LONGEST = 60  # lessons read for it


@dataclass(frozen=True)
class AtStep:
    """What was learned at a step: here, whatever its sharing, and in other villages."""

    own: Sequence[Lesson]
    others: Sequence[Lesson]


def lessons_at(enrolment: Enrolment, step: Step) -> AtStep:
    """The lessons of the step in this village's year, and those shared from the nearest villages.

    The same step of any year, by its number. One query, the village's own ones first.
    """
    elsewhere = Lesson.objects.shared().exclude(enrolment__village=enrolment.village_id)
    found = Lesson.objects.standing().filter(
        Q(enrolment=enrolment, step=step)
        | Q(pk__in=elsewhere.filter(step__number=step.number).values("pk"))
    )
    nearest = found.nearest_first(enrolment.village, own=enrolment).for_lists()[:LONGEST]
    own = sorted(
        (lesson for lesson in nearest if lesson.enrolment_id == enrolment.pk),
        key=lambda lesson: (lesson.recorded_at, lesson.pk),
    )
    others = [lesson for lesson in nearest if lesson.enrolment_id != enrolment.pk]
    return AtStep(own, others[:SHOWN])


def lessons_by_year(village: Village) -> list[tuple[int, int]]:
    """How many lessons stand in each year of a village, the newest first; one query."""
    standing = Count("lessons", filter=Q(lessons__withdrawn_at__isnull=True))
    years = village.enrolments.values_list("programme__year").annotate(n=standing)
    return list(years.order_by("-programme__year"))
