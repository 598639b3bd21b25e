"""Bringing in small tables in few words, and looking at everything they may touch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import models, transaction

from accounts.access import Scope
from accounts.models import Import, ImportRow, Posting, User
from accounts.receipts import Outcome
from steps.models import Enrolment, StepProgress, Tally, YearProgress
from steps.recording.core import refresh_villages
from tests.cast import NOW, TODAY, World, sender
from villages.imports import confirming, difference, undoing
from villages.imports.places import EVERYWHERE
from villages.models import CommitteeMember, FormerCode, Household, Village, WorkingCommittee

LATER = NOW + timedelta(minutes=10)
STORED = (
    Village,
    FormerCode,
    Household,
    WorkingCommittee,
    CommitteeMember,
    Enrolment,
    StepProgress,
    YearProgress,
    User,
    Posting,
)
Row = Mapping[str, object]  # heading -> cell


def as_csv(rows: Iterable[Row]) -> bytes:
    """A table as text, under the headings of its rows."""
    rows = list(rows)
    headings = list(dict.fromkeys(name for row in rows for name in row))
    file = io.StringIO()
    writer = csv.DictWriter(file, headings, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode("utf-8-sig")


def taken_in(kind: str, content: bytes | list[Row], by: User | None = None) -> Import:
    """A file somebody brought in."""
    content = content if isinstance(content, bytes) else as_csv(content)
    return difference.take_in(
        file=io.BytesIO(content), name=f"{kind}.csv", kind=kind, by=by, at=NOW
    )


def checked(
    kind: str,
    content: bytes | list[Row],
    *,
    by: User | None = None,
    at: datetime = NOW,
    allowed: Scope = EVERYWHERE,
) -> Import:
    """A file brought in and compared with what is stored."""
    brought = taken_in(kind, content, by)
    difference.check(brought, allowed=allowed, by=by, at=at)
    return brought


def written(kind: str, content: bytes | list[Row], *, at: datetime = NOW) -> Import:
    """A file brought in, compared and written."""
    brought = checked(kind, content, at=at)
    confirming.write(brought, by=None, at=at)
    brought.refresh_from_db()
    return brought


def confirmed(brought: Import, by: User, *, at: datetime = LATER, **more: Any) -> Outcome:
    """Confirm under a form's id."""
    allowed = more.pop("allowed", EVERYWHERE)
    return confirming.confirm(brought=brought, allowed=allowed, sender=sender(by, at, **more))


def taken_back(brought: Import, *, at: datetime = LATER) -> None:
    """Undo from the shell."""
    undoing.take_back(brought, by=None, at=at)
    brought.refresh_from_db()


def outcomes(brought: Import) -> dict[str, int]:
    """How many rows of each outcome, without those there are none of."""
    counted = dict(
        ImportRow.objects.filter(brought=brought)
        .order_by()
        .values_list("outcome")
        .annotate(n=models.Count("pk"))
    )
    assert counted == {name: n for name, n in brought.counts.items() if n}
    return counted


def problems(brought: Import) -> list[str]:
    """The codes of all problems."""
    return [one["code"] for row in brought.rows.order_by("id") for one in row.problems]


# ---------------------------------------------------------------- everything it may touch


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every column of every row a file may write, and the sums of areas."""
    rows = {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in STORED
    }
    sums = Tally.objects.exclude(n=0).order_by("programme", "area_code", "month", "figure")
    rows["sums"] = list(sums.values_list("programme", "area_code", "month", "figure", "n"))
    return rows


def counted_up(world: World) -> None:
    """Every village has its rows of the year: what a first write would bring along is there."""
    refresh_villages(Village.objects.all(), today=TODAY)


def assert_counted_right() -> None:
    """``recount`` finds nothing (it raises where it does)."""
    call_command("recount", dry_run=True, verbosity=0)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
