"""The dot map: villages with coordinates, shaded by progress, without a tile from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from steps.models import Programme, Step, YearProgress
from steps.pictures import svg
from steps.pictures.sheet import WIDTH, Point, Sheet, apart
from villages.models import Area, Village

# An image has no stylesheet of the page: the colours stand in it. One hue, five shades that can
# be told apart in a dot; app.css draws the legend in the same ones.
SHADES = ("#ffffff", "#cfe7df", "#8cc4b3", "#3d9279", "#0a6650")
HEIGHTS = (600, 1250)  # of the page's map: as the area is shaped; it is sheet.WIDTH wide
IMAGE = (800, 800)  # always the same, so that a page can leave room for it
OUTLINE, LATE = "#46514c", "#b3261e"


@dataclass(frozen=True)
class Spot:
    """A village of the year, where it lies if that is known, and how far it has come."""

    village: Village
    steps: int
    verified: int
    late_days: int

    @property
    def is_placed(self) -> bool:
        return self.village.latitude is not None

    @property
    def shade(self) -> int:
        """0 where nothing is verified, then 1 to 4 by quarters; as the progress table is shaded."""
        return min(1 + 4 * self.verified // self.steps, 4) if self.verified else 0


def spots_of(programme: Programme, area: str, steps: Sequence[Step], on: date) -> list[Spot]:
    """The enrolled villages of an area in official order (one query)."""
    rows = YearProgress.objects.filter(programme=programme).within(area)
    due = {step.pk: step.due_on for step in steps}
    columns = ("code", "name_th", "name_en", "moo", "latitude", "longitude")
    of_village = [f"enrolment__village__{column}" for column in columns]
    found = rows.order_by("enrolment__village__code").values_list(
        "steps", "verified", "first_open_id", *of_village
    )
    judged = programme.judged_on(on)
    return [
        Spot(
            Village(**dict(zip(columns, village, strict=True))),
            steps=all_steps,
            verified=verified,
            late_days=max((judged - due.get(first_open, judged)).days, 0),
        )
        for all_steps, verified, first_open, *village in found
    ]


# ---------------------------------------------------------------- picture


@dataclass(frozen=True)
class Class:
    """A line of the legend: its shade, the share of steps it stands for, how many villages."""

    shade: int
    words: str
    villages: int


@dataclass(frozen=True)
class DotMap:
    """The picture and what its legend says of the villages on it."""

    svg: SafeString
    classes: list[Class]
    placed: int
    late: int
    unplaced: int

    @property
    def villages(self) -> int:
        return self.placed + self.unplaced

    @property
    def words(self) -> str:
        """The picture in a sentence."""
        numbers = {"placed": self.placed, "late": self.late}
        return _("Map of %(placed)s villages by share of steps verified, %(late)s late") % numbers


CLASS_WORDS = ("0%", "1–24%", "25–49%", "50–74%", "75–100%")


def dot_map(
    programme: Programme, spots: Sequence[Spot], places: Iterable[Area] = (), *, links: bool
) -> DotMap:
    """Draw villages, each a link to its year or not; ``places`` are named behind their villages."""
    placed = [spot for spot in spots if spot.is_placed]
    shown = DotMap(
        svg=SafeString(),
        classes=[
            Class(number, words, sum(spot.shade == number for spot in placed))
            for number, words in enumerate(CLASS_WORDS)
        ],
        placed=len(placed),
        late=sum(spot.late_days > 0 for spot in placed),
        unplaced=len(spots) - len(placed),
    )
    sheet = Sheet.around([spot.village for spot in placed], *(HEIGHTS if links else IMAGE))
    content = _content(sheet, placed, places, _address(programme) if links else "")
    attributes = {
        "xmlns": svg.NAMESPACE,
        "viewBox": f"0 0 {WIDTH} {sheet.height}",
        "class": "dot-map",
        "role": "group" if links else "img",  # what is in an image cannot be reached
        "aria-label": shown.words,
    }
    return replace(shown, svg=svg.element("svg", attributes, svg.joined(content)))


def _content(
    sheet: Sheet, spots: Sequence[Spot], places: Iterable[Area], address: str
) -> list[SafeString]:
    if not spots:
        nothing = _("No village here has coordinates yet.")
        return [svg.text(WIDTH // 2, sheet.height // 2, nothing, **NAME)]
    radius = 16 if len(spots) <= 60 else 13 if len(spots) <= 300 else 9
    dots = _dots(sheet, spots, radius)
    return [*_names(places, dots), *_groups(dots, _writer(radius, address)), _bar(sheet)]


def _address(programme: Programme) -> str:
    """Where a village's year is, its code left open; asking a thousand times takes long."""
    address = reverse("steps:year", args=["10000000", programme.year])
    return address.replace("10000000", "%s")


@dataclass(frozen=True)
class _Dot:
    """A village on the sheet."""

    spot: Spot
    point: Point

    @property
    def group(self) -> tuple[bool, int]:
        """Whether it is late, and its shade."""
        return self.spot.late_days > 0, self.spot.shade


def _dots(sheet: Sheet, spots: Sequence[Spot], radius: int) -> list[_Dot]:
    points = apart([sheet.point(spot.village) for spot in spots], radius)
    dots = [_Dot(spot, point) for spot, point in zip(spots, points, strict=True)]
    return sorted(dots, key=lambda dot: dot.group)  # late ones last: nothing hides their ring


def _groups(dots: Sequence[_Dot], write: Callable[[_Dot], str]) -> Iterator[SafeString]:
    """The villages of each shade, on time and late."""
    for (is_late, number), here in groupby(dots, lambda dot: dot.group):
        attributes = {
            "class": f"s{number} late" if is_late else f"s{number}",
            "fill": SHADES[number],
            "stroke": LATE if is_late else OUTLINE,
            "stroke-width": 6 if is_late else 2,
        }
        circles = mark_safe("".join(map(write, here)))  # noqa: S308 - escaped by _writer
        yield svg.element("g", attributes, circles)


def _writer(radius: int, address: str) -> Callable[[_Dot], str]:
    """Writes a dot, as a link unless ``address`` is empty; a thousand of them, so by hand."""
    on_time = _("%(village)s: %(done)s of %(steps)s steps verified")
    late = _("%(village)s: %(done)s of %(steps)s steps verified, %(days)s days late")

    def write(dot: _Dot) -> str:
        spot, (x, y) = dot.spot, dot.point
        circle = f'<circle cx="{x}" cy="{y}" r="{radius}"/>'
        if not address:
            return circle
        words = (late if spot.late_days else on_time) % {
            "village": spot.village.title,
            "done": spot.verified,
            "steps": spot.steps,
            "days": spot.late_days,
        }
        where = address % spot.village.code
        return f'<a href="{where}"><title>{escape(words)}</title>{circle}</a>'

    return write


def _names(places: Iterable[Area], dots: Sequence[_Dot]) -> Iterator[SafeString]:
    """Each place above its villages, behind them."""
    for place in places:
        here = [dot.point for dot in dots if dot.spot.village.code.startswith(place.code)]
        if here:
            x = sum(x for x, _y in here) / len(here)
            y = min(y for _x, y in here) - ABOVE
            yield svg.text(round(x), y, place.name, class_="place", **NAME)


ABOVE = 24  # from the middle of the highest dot to the foot of the name
NAME = {"text-anchor": "middle", "font-size": 26, "font-family": "sans-serif", "fill": "#5a645f"}
AT_THE_LEFT = {**NAME, "text-anchor": "start"}


def _bar(sheet: Sheet) -> SafeString:
    """How long some kilometres are."""
    km, length = sheet.bar
    line = format_html(
        '<path d="M20 {}v8h{}v-8" fill="none" stroke="#5a645f" stroke-width="2"/>',
        sheet.height - 24,
        length,
    )
    words = svg.text(20, sheet.height - 32, _("%(km)s km") % {"km": km}, **AT_THE_LEFT)
    return svg.joined([line, words])
