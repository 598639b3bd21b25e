"""Activities that still want something: a summary that is to follow, a word on what came late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.models import User
from accounts.rights import REVIEWING, Right
from sammachip.thai.dates import short
from steps.models import Activity, Enrolment, Programme
from steps.models.enrolments import EnrolmentQuerySet

LONGEST = 60  # lines of one list
LATE_FILE = Q(evidence__late=True)
WAITING_FILE = LATE_FILE & Q(
    evidence__accepted_at__isnull=True, evidence__withdrawn_at__isnull=True
)


@dataclass(frozen=True)
class Leftover:
    """One line; without an address where the person may look no more."""

    title: str
    note: str
    href: str = ""


@dataclass(frozen=True)
class Leftovers:
    """What is left over in the villages of one person."""

    without_summary: list[Leftover]
    late_arrivals: list[Leftover]


def leftovers(user: User, own: Iterable[Enrolment], programme: Programme, on: date) -> Leftovers:
    """Missing summaries of one's ``own`` villages; what came late there and where one reviews."""
    mine = {enrolment.pk for enrolment in own}
    reviewed = reviewed_by(user, on).filter(programme=programme)
    rows = Activity.objects.filter(Q(enrolment__in=mine) | Q(enrolment__in=reviewed))
    rows = rows.filter(withdrawn_at__isnull=True).for_lines()
    unwritten = Activity.objects.counted().without_summary().filter(pk=OuterRef("pk"))
    rows = rows.annotate(
        unwritten=Exists(unwritten), files_waiting=Count("evidence", filter=WAITING_FILE)
    )
    unsettled = [*rows.filter(Q(unwritten=True) | Q(files_waiting__gt=0) | Q(late=True))]
    to_write = [row for row in unsettled if row.unwritten and row.enrolment_id in mine]
    late = [row for row in unsettled if row.waits or row.files_waiting]
    return Leftovers(
        [_line(row, row.enrolment.village.title) for row in to_write[:LONGEST]],
        [_line(row, _late_note(row)) for row in late[:LONGEST]],
    )


def reviewed_by(user: User, on: date) -> EnrolmentQuerySet:
    """The enrolments whose steps a person reviews, at any level."""
    return reduce(or_, (access.enrolments_for(user, right, on) for right in sorted(REVIEWING)))


def _line(row: Activity, note: str) -> Leftover:
    enrolment = row.enrolment
    address = [enrolment.village.code, enrolment.programme.year, row.pk]
    return Leftover(
        f"{short(row.held_on)} {row.place}", note, reverse("steps:activity", args=address)
    )


def _late_note(row: Activity) -> str:
    """The village, and how many files arrived late where the activity itself is in time."""
    title, files = row.enrolment.village.title, row.files_waiting  # type: ignore[attr-defined]
    if row.waits:
        return title
    words = ngettext("%(n)s photo or document", "%(n)s photos or documents", files)
    return f"{title} · {words % {'n': files}}"


# ---------------------------------------------------------------- after a posting ended


def sent_late(user: User, on: date) -> list[Leftover]:
    """What a person sent for villages they left, and what became of it; the latest first.

    It names the day and the village, no person and no place there (rule 6).
    """
    scope = access.scope(user, Right.RECORD, on)
    files = Count("evidence", filter=LATE_FILE & Q(evidence__added_by=user))
    waiting = Count("evidence", filter=WAITING_FILE & Q(evidence__added_by=user))
    rows = Activity.objects.for_lines().annotate(files=files, files_waiting=waiting)
    rows = rows.filter(Q(late=True, recorded_by=user) | Q(files__gt=0)).order_by("-held_on", "pk")
    left = [row for row in rows if not scope.covers(row.enrolment.village.code)]
    return [_sent_line(row, user) for row in left[:LONGEST]]


def _sent_line(row: Activity, user: User) -> Leftover:
    own = row.late and row.recorded_by_id == user.pk
    waits = row.waits if own else bool(row.files_waiting)  # type: ignore[attr-defined]
    step = row.step.short_title if row.step else _("Follow-up outside the steps")
    return Leftover(
        title=f"{short(row.held_on)} {row.enrolment.village.title}",
        note=f"{step} · {_fate(row, waits=waits)}",
    )


def _fate(row: Activity, *, waits: bool) -> str:
    if row.withdrawn_at:
        return _("Withdrawn, it counts nowhere")
    return _("Arrived late, not counted yet") if waits else _("Accepted, it counts")
