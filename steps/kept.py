"""Figures kept at the end of each month, so that a past month can be called up again.

What is kept is what the page of an area showed when it was taken, and ``taken_at`` says when that
was: usually the first minutes of the next month (``manage.py keep_month``). It never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from steps import rollups
from steps.models import KeptFigures, Programme, Step, Tally
from steps.months import month_end
from steps.rollups import Figures

COUNTRY = ""  # its area code
PROVINCE = 2  # digits
ROWS_A_STATEMENT = 500
KEPT_AFTER_CLOSING = timedelta(days=365)


class Kept(NamedTuple):
    """One area's figures of a month's end, and when they were true."""

    month_ends_on: date
    taken_at: datetime
    figures: Figures


class KeptAreas(NamedTuple):
    """Several areas' figures of a month's end by code; ``taken_at`` is None where none is kept."""

    figures: dict[str, Figures]
    taken_at: datetime | None


# ---------------------------------------------------------------- keeping


def programmes_to_keep(end: date) -> list[Programme]:
    """Open at a month's end, or closed within the year before it."""
    since = end - KEPT_AFTER_CLOSING
    return list(Programme.objects.filter(opens_on__lte=end, closes_on__gte=since))


@transaction.atomic
def keep(programme: Programme, month_ends_on: date, at: datetime) -> int:
    """Keep the figures of the country and of every area with enrolled villages, as of ``at``.

    Returns for how many areas; 0 where the month was kept before, and nothing is changed then.
    ValueError unless ``month_ends_on`` is the end of a month that is over and not before the
    programme opened.
    """
    today = timezone.localdate(at)
    if month_ends_on != month_end(month_ends_on) or today <= month_ends_on:
        raise ValueError(f"{month_ends_on} is not the end of a month that is over")
    if month_ends_on < programme.opens_on:
        raise ValueError(f"{programme.year} had not opened by {month_ends_on}")
    of_month = KeptFigures.objects.filter(programme=programme, month_ends_on=month_ends_on)
    if of_month.exists():
        return 0
    rows = [
        KeptFigures(
            programme=programme,
            area_code=code,
            month_ends_on=month_ends_on,
            taken_at=at,
            figures=figures.as_stored(),
        )
        for code, figures in _all_figures(programme, today).items()
    ]
    # Should two keep the same month at once, the second waits here and adds nothing.
    KeptFigures.objects.bulk_create(rows, ROWS_A_STATEMENT, ignore_conflicts=True)
    return of_month.filter(taken_at=at).count()


def _all_figures(programme: Programme, on: date) -> dict[str, Figures]:
    """A province is read with all its parts at once, so that they add up."""
    steps = list(Step.objects.current().filter(programme=programme).order_by("order"))
    figures: dict[str, Figures] = {}
    provinces = []
    for province, codes in groupby(_areas_with_villages(programme), lambda code: code[:PROVINCE]):
        figures |= rollups.of_areas(programme, list(codes), steps, on)
        provinces.append(figures[province])
    return {COUNTRY: rollups.added(provinces), **figures}


def _areas_with_villages(programme: Programme) -> Iterable[str]:
    """By code, so that each province is followed by its districts and subdistricts."""
    rows = Tally.objects.filter(programme=programme, month="", figure="villages", n__gt=0)
    return rows.order_by("area_code").values_list("area_code", flat=True)


# ---------------------------------------------------------------- calling up


def kept_months(programme: Programme, code: str) -> list[date]:
    """The ends of the months kept of an area, the latest first; ``code`` "" is the country."""
    kept = KeptFigures.objects.filter(programme=programme, area_code=code)
    return list(kept.order_by("-month_ends_on").values_list("month_ends_on", flat=True))


def latest(programme: Programme, code: str, before: date) -> Kept | None:
    """An area's last month's end before a day, to show the change since."""
    kept = KeptFigures.objects.filter(programme=programme, area_code=code)
    row = kept.filter(month_ends_on__lt=before).order_by("-month_ends_on").first()
    return _read(row) if row else None


def at(programme: Programme, codes: Sequence[str], month_ends_on: date) -> KeptAreas:
    """Several areas' figures of one month's end; areas without are left out."""
    of_month = KeptFigures.objects.filter(programme=programme, month_ends_on=month_ends_on)
    kept = {row.area_code: _read(row) for row in of_month.filter(area_code__in=codes)}
    figures = {code: kept[code].figures for code in codes if code in kept}
    return KeptAreas(figures, min((one.taken_at for one in kept.values()), default=None))


def _read(row: KeptFigures) -> Kept:
    return Kept(row.month_ends_on, row.taken_at, Figures.from_stored(row.figures))
