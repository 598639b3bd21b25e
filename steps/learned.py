"""What a village's year has beside its steps, as numbers for its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from steps.models import Enrolment, Lesson, Need, NetworkLink


@dataclass(frozen=True)
class Learned:
    """How many of each stand; ``record`` is the status of the knowledge record, if there is one."""

    lessons: int
    needs: int
    answered: int
    network: int
    assessed_on: date | None
    record: str | None


def learned_of(enrolment: Enrolment) -> Learned:
    """The numbers of a year (one query)."""
    needs = Need.objects.standing()
    found = Enrolment.objects.annotate(
        n_lessons=_number(Lesson.objects.standing()),
        n_needs=_number(needs),
        n_answered=_number(needs.filter(answered_on__isnull=False)),
        n_network=_number(NetworkLink.objects.standing()),
    ).values_list(
        "n_lessons",
        "n_needs",
        "n_answered",
        "n_network",
        "assessment__assessed_on",
        "knowledge__status",
    )
    return Learned(*found.get(pk=enrolment.pk))


def _number(rows: QuerySet[Any]) -> Coalesce:
    own = rows.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    return Coalesce(Subquery(own.annotate(n=Count("pk")).values("n")), 0)
