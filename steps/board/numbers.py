"""The numbers of an overview: of the place, of each part of it, and as a month's end kept them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Sum
from django.urls import reverse

from steps import kept, rollups
from steps.board.places import COUNTRY, Place, Year, address_of
from steps.models import Enrolment, OccasionReach, Status
from steps.rollups import Figures
from villages.models import Area

AREA, VILLAGES, SHARE, LATE, QUIET = "area", "villages", "share", "late", "quiet"
NO_SHARE = -1


@dataclass(frozen=True)
class Line:
    """A row of the tables: a part of the place, or a village of a subdistrict."""

    code: str
    name: str
    href: str
    figures: Figures

    @property
    def is_village(self) -> bool:
        return len(self.code) > Area.SUBDISTRICT


@dataclass(frozen=True)
class Board:
    """The numbers of a place in a year; ``taken_at`` is set where a past month is called up."""

    place: Place
    year: Year
    figures: Figures
    lines: list[Line]
    taken_at: datetime | None = None

    @property
    def counted_codes(self) -> list[str]:
        """Areas whose sums make up the place; the country is kept by provinces."""
        if self.place.codes == [COUNTRY]:
            return [line.code for line in self.lines]
        return self.place.codes


# ---------------------------------------------------------------- now


def board_of(place: Place, year: Year, on: date) -> Board:
    """The numbers as they stand; parts without enrolled villages are left out."""
    if place.is_subdistrict:
        return _of_villages(place, year, on)
    parts = [area.code for area in place.below]
    own = [place.code] if place.area else []
    found = rollups.of_areas(year.programme, [*own, *parts], year.steps, on)
    whole = found[place.code] if place.area else rollups.added(found.values())
    return Board(place, year, whole, _area_lines(place, found))


def _area_lines(place: Place, found: dict[str, Figures]) -> list[Line]:
    return [
        Line(area.code, area.name, address_of(area), found[area.code])
        for area in place.below
        if area.code in found and found[area.code].villages
    ]


def _of_villages(place: Place, year: Year, on: date) -> Board:
    """A subdistrict is the sum of its villages, but people of a shared occasion count once."""
    villages = rollups.of_villages(year.programme, place.code, year.steps, on)
    lines = [_village_line(enrolment, figures, year) for enrolment, figures in villages]
    whole = rollups.added(line.figures for line in lines)
    return Board(place, year, replace(whole, people=whole.people + _shared(place, year)), lines)


def _village_line(enrolment: Enrolment, figures: Figures, year: Year) -> Line:
    village = enrolment.village
    href = reverse("steps:year", args=[village.code, year.number])
    return Line(village.code, village.title, href, figures)


def _shared(place: Place, year: Year) -> int:
    occasions = OccasionReach.objects.filter(programme=year.programme, area_code=place.code)
    return occasions.aggregate(sum=Sum("people"))["sum"] or 0


# ---------------------------------------------------------------- at the end of a month


def board_at(place: Place, year: Year, month_end: date) -> Board | None:
    """The numbers as a month's end kept them; None where it kept none. Villages are not kept."""
    parts = [area.code for area in place.below]
    own = place.codes if place.area or place.national else []
    figures, taken_at = kept.at(year.programme, [*own, *parts], month_end)
    if taken_at is None:
        return None
    whole = figures.get(own[0], Figures()) if own else rollups.added(figures.values())
    return Board(place, year, whole, _area_lines(place, figures), taken_at)


def before(place: Place, year: Year, on: date) -> kept.Kept | None:
    """The last month's end, to show the change since; None of several areas together."""
    return kept.latest(year.programme, place.codes[0], on) if len(place.codes) == 1 else None


# ---------------------------------------------------------------- order


def sorts_of(year: Year) -> list[str]:
    """What the table can be sorted by; with a minus before it, the largest first."""
    columns = [AREA, *SORTED_BY, *(step.number for step in year.steps)]
    return [sign + column for column in columns for sign in ("", "-")]


def in_order(lines: Sequence[Line], sort: str) -> list[Line]:
    """Official order unless asked otherwise; it also decides between equals."""
    column = sort.removeprefix("-")
    if column in ("", AREA):
        return list(reversed(lines)) if sort.startswith("-") else list(lines)
    by = SORTED_BY.get(column) or (lambda line: _in_step(line, column))
    return sorted(lines, key=by, reverse=sort.startswith("-"))


def sorted_by(board: Board, sort: str) -> Board:
    """The board with its lines in the order asked for."""
    return replace(board, lines=in_order(board.lines, sort))


def _share(line: Line) -> float:
    figures = line.figures
    return figures.verified / figures.steps if figures.steps else NO_SHARE


def _in_step(line: Line, number: str) -> float:
    """The share verified; of a village, how far it has come in the step."""
    step = line.figures.by_step.get(number)
    if step is None:  # a step that came after the month was kept
        return NO_SHARE
    if line.is_village:
        return max((RANK[name] for name in RANK if getattr(step, name)), default=NO_SHARE)
    return step.verified / step.villages if step.villages else NO_SHARE


RANK = {str(status): rank for rank, status in enumerate(Status.values)}
SORTED_BY: dict[str, Callable[[Line], float]] = {
    VILLAGES: lambda line: line.figures.villages,
    SHARE: _share,
    LATE: lambda line: line.figures.late,
    QUIET: lambda line: line.figures.quiet,
}
