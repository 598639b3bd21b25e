"""A level from 0 to 3 as a small picture: this year, the year before, the district's median."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.safestring import SafeString

from steps.pictures import svg

WIDTH, HEIGHT = 120, 24
LEFT, STEP = 12, 32  # level 0, and from one level to the next
MIDDLE = HEIGHT / 2
LEVELS = range(4)


def scale(now: int | None, before: int | None, district: float | None) -> SafeString:
    """The scale with a dot for now, a ring for the year before, a bar for the median.

    It says nothing to a screen reader: the numbers stand beside it.
    """
    attributes = {"class": "scale", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "aria-hidden": "true"}
    return svg.element("svg", attributes, svg.joined(_parts(now, before, district)))


def _parts(now: int | None, before: int | None, district: float | None) -> Iterator[SafeString]:
    yield _line("base", _x(LEVELS[0]), _x(LEVELS[-1]), MIDDLE, MIDDLE)
    for level in LEVELS:
        yield _line("base", _x(level), _x(level), MIDDLE - 3, MIDDLE + 3)
    if district is not None:
        yield _line("median", _x(district), _x(district), 2, HEIGHT - 2)
    if before is not None:
        yield _dot("before", before, 8)
    if now is not None:
        yield _dot("now", now, 5)


def _x(level: float) -> float:
    return LEFT + STEP * level


def _line(name: str, x1: float, x2: float, y1: float, y2: float) -> SafeString:
    ends = {"x1": x1, "x2": x2, "y1": y1, "y2": y2}
    return svg.element("line", {"class": name, **{k: svg.short(v) for k, v in ends.items()}})


def _dot(name: str, level: int, radius: int) -> SafeString:
    return svg.element(
        "circle",
        {"class": name, "cx": svg.short(_x(level)), "cy": svg.short(MIDDLE), "r": radius},
    )
