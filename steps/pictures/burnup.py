"""The burn-up: steps verified against what was due, by month end of the programme's year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sammachip.thai.dates import month, short
from sammachip.thai.tags import grouped
from steps.models import Programme, Step
from steps.months import month_ends
from steps.pictures import svg
from steps.rollups import Figures

Months = Mapping[str, Mapping[str, int]]  # "2017-03" -> number of step -> steps verified in it

WIDTH, HEIGHT = 360, 220
TOP, BOTTOM, RIGHT = 26, HEIGHT - 28, WIDTH - 12
QUARTERS = (1, 4, 7, 10)  # the months a quarter begins with
BESIDE = 7  # from a point to the words beside it


@dataclass(frozen=True)
class Row:
    """What was due and verified by a month's end, or by the day itself; None lies ahead."""

    when: str
    due: int
    verified: int | None


@dataclass(frozen=True)
class BurnUp:
    """The picture, empty where no village is enrolled, and the table behind it.

    ``verified`` of ``due`` are so far, ``total`` is the year's; ``later`` were verified after the
    programme closed and are not drawn.
    """

    svg: SafeString
    rows: list[Row]
    verified: int
    due: int
    total: int
    later: int
    as_of: str

    @property
    def words(self) -> str:
        """The picture in a sentence."""
        numbers = {
            "day": self.as_of,
            "verified": grouped(self.verified),
            "due": grouped(self.due),
            "total": grouped(self.total),
        }
        said = _(
            "By %(day)s %(verified)s steps are verified, %(due)s were due, of %(total)s in all."
        )
        return said % numbers


def burn_up(
    programme: Programme, steps: Sequence[Step], figures: Figures, months: Months, on: date
) -> BurnUp:
    """Draw an area's year up to a day, or to its close once that is past.

    ``months`` is rollups.verified_by_month of the same areas as ``figures``.
    """
    course = _Course(programme, steps, figures, months, on)
    until = course.until
    shown = BurnUp(
        svg=SafeString(),
        rows=list(course.rows()),
        verified=course.verified(until),
        due=course.due(until),
        total=course.due(programme.closes_on),
        later=course.verified(on) - course.verified(until),
        as_of=short(until),
    )
    if not figures.villages:
        return shown
    return replace(shown, svg=_drawn(course, shown.words))


# ---------------------------------------------------------------- numbers


@dataclass(frozen=True)
class _Course:
    """What was due and verified by any day of the year."""

    programme: Programme
    steps: Sequence[Step]
    figures: Figures
    months: Months
    on: date

    @property
    def until(self) -> date:
        return max(self.programme.judged_on(self.on), self.programme.opens_on)

    def villages(self, step: Step) -> int:
        row = self.figures.by_step.get(step.number)
        return row.villages if row else 0

    def due(self, day: date) -> int:
        """Steps due on a day or before."""
        return sum(self.villages(step) for step in self.steps if step.due_on <= day)

    def verified(self, day: date) -> int:
        """Steps verified by the end of a day's month."""
        numbers = {step.number for step in self.steps}
        return sum(
            n
            for written, by_step in self.months.items()
            if written <= f"{day:%Y-%m}"
            for number, n in by_step.items()
            if number in numbers
        )

    def month_ends(self) -> Iterator[date]:
        """The last days of the year's months."""
        for end in month_ends(self.programme.opens_on, self.programme.closes_on):
            yield min(end, self.programme.closes_on)

    def rows(self) -> Iterator[Row]:
        """Month by month; the day itself has its own row in the month it cuts."""
        for end in self.month_ends():
            if end.replace(day=1) <= self.until < end:
                yield Row(short(self.until), self.due(self.until), self.verified(self.until))
            past = end <= self.until
            yield Row(month(end), self.due(end), self.verified(end) if past else None)


# ---------------------------------------------------------------- picture


def _drawn(course: _Course, words: str) -> SafeString:
    scale = _Scale.of(course)
    title = svg.element("title", {}, _("Steps verified against due dates"))
    content = svg.joined(
        [
            title,
            svg.element("desc", {}, words),
            *_grid(scale),
            *_month_names(course, scale),
            *_today(course, scale),
            svg.path(_due_line(course, scale), "due"),
            svg.path(_verified_line(course, scale), "verified"),
            *_end_of_line(course, scale),
        ]
    )
    view = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "class": "burn-up", "role": "img"}
    return svg.element("svg", {"xmlns": svg.NAMESPACE, **view}, content)


@dataclass(frozen=True)
class _Scale:
    """Where days and numbers lie."""

    opens_on: date
    days: int
    step: int
    top: int

    @classmethod
    def of(cls, course: _Course) -> _Scale:
        programme = course.programme
        most = max(course.due(programme.closes_on), course.verified(course.until), 1)
        step = _round_step(most)
        days = (programme.closes_on - programme.opens_on).days + 1
        return cls(programme.opens_on, days, step, ceil(most / step) * step)

    @property
    def left(self) -> float:
        return 10 + 8.5 * len(grouped(self.top))

    def x(self, day: date) -> float:
        """The end of a day."""
        passed = (day - self.opens_on).days + 1
        return self.left + (RIGHT - self.left) * passed / self.days

    def y(self, n: int) -> float:
        return BOTTOM - (BOTTOM - TOP) * n / self.top

    def at(self, day: date, n: int) -> str:
        return f"{svg.short(self.x(day))} {svg.short(self.y(n))}"


def _round_step(most: int) -> int:
    """A round number that divides the height in two to five parts."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most / step <= 5:
                return step
        size *= 10


def _grid(scale: _Scale) -> Iterator[SafeString]:
    for n in range(0, scale.top + 1, scale.step):
        y = scale.y(n)
        d = f"M{svg.short(scale.left)} {svg.short(y)}H{RIGHT}"
        yield svg.path(d, "axis" if n == 0 else "grid")
        yield svg.text(scale.left - 6, y, grouped(n), class_="end", dy=".35em")


def _month_names(course: _Course, scale: _Scale) -> Iterator[SafeString]:
    """Each month stands under its middle; small pictures name the first of each quarter."""
    for end in course.month_ends():
        middle = (scale.x(end.replace(day=1)) + scale.x(end)) / 2
        name = month(end).split()[0]
        named = "middle" if end.month in QUARTERS else "middle minor"
        yield svg.text(middle, HEIGHT - 10, name, class_=named)
        yield svg.path(f"M{svg.short(scale.x(end))} {BOTTOM}v4", "axis")


def _today(course: _Course, scale: _Scale) -> Iterator[SafeString]:
    if not course.programme.opens_on <= course.on < course.programme.closes_on:
        return
    x = scale.x(course.on)
    yield svg.path(f"M{svg.short(x)} {TOP - 6}V{BOTTOM}", "today")
    side = "start" if x < WIDTH / 3 else "end" if x > WIDTH * 2 / 3 else "middle"
    yield svg.text(x, TOP - 12, short(course.on), class_=side)


def _due_line(course: _Course, scale: _Scale) -> str:
    """Stepped: what is due rises on the due dates."""
    d = f"M{scale.at(scale.opens_on - timedelta(days=1), 0)}"
    for day in sorted({step.due_on for step in course.steps}):
        inside = min(max(day, scale.opens_on), course.programme.closes_on)
        d += f"H{svg.short(scale.x(inside))}V{svg.short(scale.y(course.due(inside)))}"
    return f"{d}H{RIGHT}"


def _verified_line(course: _Course, scale: _Scale) -> str:
    start = scale.opens_on - timedelta(days=1)
    past = [end for end in course.month_ends() if end < course.until]
    points = [(day, course.verified(day)) for day in (start, *past, course.until)]
    return "M" + "L".join(scale.at(day, n) for day, n in points)


def _end_of_line(course: _Course, scale: _Scale) -> Iterator[SafeString]:
    n = course.verified(course.until)
    x, y = scale.x(course.until), scale.y(n)
    yield format_html('<circle class="verified" cx="{}" cy="{}" r="3.5"/>', *map(svg.short, (x, y)))
    fits = x < WIDTH * 3 / 4
    side = BESIDE if fits else -BESIDE
    named = "number" if fits else "number end"
    yield svg.text(x + side, y - BESIDE, grouped(n), class_=named)
