"""What still wants something: summaries to follow, overdue plan items, what came late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.thai.dates import short
from steps.models import Activity, Enrolment, Evidence, PlanItem, Programme
from steps.review.late import (
    WAITING_FILE,
    LateLine,
    fate,
    late_line,
    reviewed_by,
    waiting,
    with_late,
)

LONGEST = 60  # lines of one list


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
    late_items: list[Leftover]
    late_arrivals: list[LateLine]


def leftovers(user: User, own: Iterable[Enrolment], programme: Programme, on: date) -> Leftovers:
    """What one's ``own`` villages lack; what came late there and where one reviews."""
    mine = {enrolment.pk for enrolment in own}
    reviewed = reviewed_by(user, on).filter(programme=programme)
    rows = Activity.objects.filter(Q(enrolment__in=mine) | Q(enrolment__in=reviewed))
    rows = rows.filter(withdrawn_at__isnull=True).for_lines()
    unwritten = Activity.objects.counted().without_summary().filter(pk=OuterRef("pk"))
    to_write = rows.filter(Exists(unwritten), enrolment__in=mine)[:LONGEST]
    late = with_late(rows.filter(waiting()))[:LONGEST]
    return Leftovers(
        [_line(row, row.enrolment.village.title) for row in to_write],
        late_items(mine, programme.judged_on(on)),
        [late_line(row, user, on) for row in late],
    )


def _line(row: Activity, note: str) -> Leftover:
    enrolment = row.enrolment
    address = [enrolment.village.code, enrolment.programme.year, row.pk]
    return Leftover(
        f"{short(row.held_on)} {row.place}", note, reverse("steps:activity", args=address)
    )


def late_items(enrolments: Iterable[int], on: date) -> list[Leftover]:
    """Plan items of these years that were to be done by now, the longest overdue first."""
    items = PlanItem.objects.standing().overdue(on).filter(enrolment__in=enrolments)
    rows = items.select_related("enrolment__village", "enrolment__programme", "step")
    return [_item_line(row, on) for row in rows.order_by("ends_on", "pk")[:LONGEST]]


def _item_line(item: PlanItem, on: date) -> Leftover:
    village, year = item.enrolment.village, item.enrolment.programme.year
    days = (on - item.ends_on).days if item.ends_on else 0
    late = ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    return Leftover(
        item.activity,
        f"{village.title} · {item.step.short_title} · {late}",
        reverse("steps:plan_item_edit", args=[village.code, year, item.pk]),
    )


# ---------------------------------------------------------------- after a posting ended


def sent_late(user: User, on: date) -> list[Leftover]:
    """What a person sent for villages they left, and what became of it; the latest first.

    It names the day and the village, no person and no place there (rule 6).
    """
    if not user.works_elsewhere_too(on):
        return []
    scope = access.scope(user, Right.RECORD, on)
    own = Q(evidence__added_by=user)
    # Found by who sent it: a country's activities are never grouped for this.
    activities = Activity.objects.filter(late=True, recorded_by=user).order_by().values("pk")
    files = Evidence.objects.filter(late=True, added_by=user).order_by().values("activity")
    rows = Activity.objects.for_lines().filter(pk__in=activities.union(files))
    rows = rows.annotate(
        files_waiting=Count("evidence", filter=WAITING_FILE & own),
        files_accepted=Count("evidence", filter=own & Q(evidence__accepted_at__isnull=False)),
    )
    rows = rows.order_by("-held_on", "pk")
    left = [row for row in rows if not scope.covers(row.enrolment.village.code)]
    return [_sent_line(row, user) for row in left[:LONGEST]]


def _sent_line(row: Activity, user: User) -> Leftover:
    step = row.step.short_title if row.step else _("Follow-up outside the steps")
    own = row.late and row.recorded_by_id == user.pk
    said = fate(
        withdrawn=row.withdrawn_at is not None,
        waits=row.waits if own else bool(row.files_waiting),  # type: ignore[attr-defined]
        accepted=row.counts if own else bool(row.files_accepted),  # type: ignore[attr-defined]
    )
    return Leftover(
        title=f"{short(row.held_on)} {row.enrolment.village.title}", note=f"{step} · {said}"
    )
