"""Up to four areas side by side: the numbers of the cards and of the steps, each with a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from steps import rollups
from steps.board.measures import Measure, measures
from steps.board.places import Year
from steps.board.tables import bar
from steps.lists import Filters
from steps.models import Step
from steps.rollups import Figures, per_cent
from villages.models import Area


@dataclass(frozen=True)
class Cell:
    """A number of one area; ``bar`` is drawn where there is something to be a share of."""

    area: str
    text: str
    href: str
    bar: SafeString | str


@dataclass(frozen=True)
class CompareRow:
    """One number of all areas."""

    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Comparison:
    """The areas with their numbers, in official order."""

    areas: list[Area]
    year: Year
    numbers: list[CompareRow]
    steps: list[CompareRow]


def comparison(areas: Sequence[Area], year: Year, on: date) -> Comparison:
    """The numbers of several areas in a year."""
    codes = [area.code for area in areas]
    figures = rollups.of_areas(year.programme, codes, year.steps, on)
    columns = [(area, figures[area.code]) for area in areas]
    return Comparison(
        list(areas),
        year,
        numbers=[_of_measure(one, columns, year) for one in measures(year.programme)],
        steps=[_of_step(step, columns, year) for step in year.steps],
    )


def _of_measure(measure: Measure, columns: list[tuple[Area, Figures]], year: Year) -> CompareRow:
    largest = max((measure.value(figures) or 0 for _area, figures in columns), default=0)
    cells = []
    for area, figures in columns:
        n = measure.value(figures)
        share = n if measure.is_share else per_cent(n or 0, _whole(measure, figures, largest))
        cells.append(
            Cell(area.short_title, measure.text(n), _address(measure, area, year), _bar(share))
        )
    return CompareRow(measure.label, cells)


def _whole(measure: Measure, figures: Figures, largest: int) -> int:
    """Villages count against those of the area, all else against the largest of the areas."""
    counts_villages = measure.filters is not None and measure.filters != Filters()
    return figures.villages if counts_villages else largest


def _address(measure: Measure, area: Area, year: Year) -> str:
    if measure.filters is None:
        return ""
    return replace(measure.filters, area=area.code, year=str(year.number)).address


def _of_step(step: Step, columns: list[tuple[Area, Figures]], year: Year) -> CompareRow:
    cells = []
    for area, figures in columns:
        verified = figures.by_step[step.number].verified
        asked = Filters(area=area.code, year=str(year.number), step=step.number, status="verified")
        words = _("%(n)s of %(all)s") % {"n": f"{verified:,}", "all": f"{figures.villages:,}"}
        share = per_cent(verified, figures.villages)
        cells.append(Cell(area.short_title, words, asked.address, _bar(share)))
    return CompareRow(step.title, cells)


def _bar(share: int | None) -> SafeString | str:
    return mark_safe(bar(min(share, 100))) if share is not None else ""  # noqa: S308
