"""What moved in a place this week, and since when the oldest step waits for its reviewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Min, Value
from django.urls import reverse
from django.utils import timezone

from sammachip.thai.dates import moment
from steps.board.numbers import Board
from steps.models import Status, StepProgress
from steps.models.progress import StepProgressQuerySet

DAYS = 7
SHOWN = 10
MOVED = [Status.SUBMITTED, Status.RETURNED, Status.VERIFIED]


@dataclass(frozen=True)
class MovedRow:
    """A step of a village that was handed in or decided on, as finished strings."""

    href: str
    name: str
    place: str
    step: str
    status: str
    at: str


@dataclass(frozen=True)
class Moves:
    """How many steps moved by where they stand now, and the latest of them.

    ``waiting_since`` is when the oldest of all waiting steps was handed in or passed on.
    """

    counts: list[tuple[Status, int]]
    waiting_since: datetime | None
    rows: list[MovedRow]


def moves_of(board: Board, on: date) -> Moves:
    """What moved in the seven days up to a day, in two queries."""
    here = StepProgress.objects.filter(board.place.condition(), step__in=board.year.steps)
    since = timezone.make_aware(datetime.combine(on - timedelta(days=DAYS), time.min))
    this_week = here.filter(moved_at__gte=since, status__in=MOVED)
    counts, waiting_since = _counted(this_week, here.filter(status=Status.SUBMITTED))
    return Moves(
        counts=[(status, counts[status]) for status in MOVED if counts.get(status)],
        waiting_since=waiting_since,
        rows=_rows(this_week, board) if counts else [],
    )


def _counted(
    this_week: StepProgressQuerySet, waiting: StepProgressQuerySet
) -> tuple[dict[str, int], datetime | None]:
    by_status = this_week.order_by().values(what=F("status"))
    oldest = waiting.order_by().values(what=Value("waiting"))
    parts = [rows.annotate(n=Count("*"), at=Min("moved_at")) for rows in (by_status, oldest)]
    found = {row["what"]: row for row in parts[0].union(parts[1], all=True)}
    since = found.pop("waiting", None)
    return {what: row["n"] for what, row in found.items()}, since["at"] if since else None


def _rows(this_week: StepProgressQuerySet, board: Board) -> list[MovedRow]:
    latest = this_week.select_related("enrolment__village__subdistrict__parent__parent")
    return [_row(row, board) for row in latest.order_by("-moved_at", "-pk")[:SHOWN]]


def _row(row: StepProgress, board: Board) -> MovedRow:
    village = row.enrolment.village
    step = next(step for step in board.year.steps if step.pk == row.step_id)
    return MovedRow(
        href=reverse("steps:step", args=[village.code, board.year.number, step.number]),
        name=village.title,
        place=board.place.where(village),
        step=step.short_title,
        status=row.status,
        at=moment(row.moved_at) if row.moved_at else "",
    )
