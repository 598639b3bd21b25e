"""Villages that need attention: those late the longest, then the quiet ones, and whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Case, DateField, F, OuterRef, Q, Subquery, Value, When
from django.urls import reverse

from accounts import access
from accounts.models import User
from accounts.rights import Right
from steps import showing
from steps.board.numbers import Board
from steps.board.places import LONG_TEXTS
from steps.models import QuietReason, Step, YearProgress
from steps.models.tallies import YearProgressQuerySet
from steps.quiet import Contact, contact_of, reason_words
from steps.rollups import silent

SHOWN = 10


@dataclass(frozen=True)
class AttentionRow:
    """A village as finished strings; ``contact`` only for those who may see people's names.

    ``explain`` leads to where a reason for its silence is said, where the reader may say one.
    """

    href: str
    name: str
    place: str
    step: str
    late_days: int
    quiet: str
    reason: str
    explain: str
    contact: Contact | None


def attention_of(board: Board, user: User, on: date) -> list[AttentionRow]:
    """At most ten villages, in one query. Nobody is ranked: officers are named to be called."""
    programme = board.year.programme
    late = _enough_late_steps(board, on)
    here = YearProgress.objects.filter(board.place.condition(), programme=programme)
    is_late, is_quiet = Q(first_open__in=late), silent(programme, on)
    wanted = here.filter(is_late if _are_enough(late, board) else is_late | is_quiet)
    rows = _explained(_in_order(wanted, is_late, is_quiet))
    return [_row(row, board, user, on) for row in rows[:SHOWN]]


def _enough_late_steps(board: Board, on: date) -> list[Step]:
    """The steps due first, up to one in which ten villages are late.

    These ten have nothing open that was due earlier than the last of the steps, so that nobody
    further down can be among the ten that are late the longest; an index then reads few rows.
    """
    steps: list[Step] = []
    for step in board.year.due_before(on):
        steps.append(step)
        if _are_enough([step], board):
            break
    return steps


def _are_enough(steps: list[Step], board: Board) -> bool:
    figures = board.figures.by_step
    return any(figures[step.number].late >= SHOWN for step in steps if step.number in figures)


def _in_order(rows: YearProgressQuerySet, is_late: Q, is_quiet: Q) -> YearProgressQuerySet:
    """Late the longest first; the others by how long nothing was held."""
    due = Case(When(is_late, then=F("first_open__due_on")), output_field=DateField())
    yes = When(is_quiet, then=Value(value=True))
    rows = rows.annotate(
        due=due, quiet=Case(yes, default=Value(value=False), output_field=BooleanField())
    )
    return rows.order_by(
        F("due").asc(nulls_last=True),
        F("last_activity_on").asc(nulls_first=True),
        "enrolment__village__code",
    )


def _explained(rows: YearProgressQuerySet) -> YearProgressQuerySet:
    """With the village, its officer, and the reason that stands."""
    reasons = QuietReason.objects.standing().filter(enrolment=OuterRef("enrolment"))
    latest = reasons.order_by("-at", "-id")
    rows = rows.annotate(
        reason=Subquery(latest.values("reason")[:1]), said_at=Subquery(latest.values("at")[:1])
    )
    rows = rows.select_related(
        "first_open", "enrolment__officer", "enrolment__village__subdistrict__parent__parent"
    )
    return rows.defer(*(f"first_open__{name}" for name in LONG_TEXTS))


def _row(row: YearProgress, board: Board, user: User, on: date) -> AttentionRow:
    """Reads what the query annotated: ``due``, ``quiet``, ``reason`` and ``said_at``."""
    village, year = row.enrolment.village, board.year.number
    found = vars(row)
    days = board.year.programme.quiet_days if found["quiet"] else 0
    reason = QuietReason(reason=found["reason"], at=found["said_at"]) if found["reason"] else None
    names = access.may(user, Right.NAMES, village, on)
    explains = access.may(user, Right.RECORD, village, on) or access.may_review(user, village, on)
    return AttentionRow(
        href=reverse("steps:year", args=[village.code, year]),
        name=village.title,
        place=board.place.where(village),
        step=row.first_open.number if row.first_open and found["due"] else "",
        late_days=(board.year.programme.judged_on(on) - found["due"]).days if found["due"] else 0,
        quiet=showing.quiet_words(days),
        reason=reason_words(reason) if days else "",
        explain=reverse("steps:quiet", args=[village.code, year]) if days and explains else "",
        contact=contact_of(row.enrolment.officer) if names else None,
    )
