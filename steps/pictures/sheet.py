"""Where villages lie on a sheet of paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sin

from villages.models import Village

Point = tuple[int, int]

WIDTH = 1000
EDGE = 70  # room for whole dots, their names, and those moved off a shared place
KM_A_DEGREE = 111.32
SMALLEST_SPAN = 0.02  # degrees: a single village is not blown up without end
ROUND_KM = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class Sheet:
    """Where places lie: plain degrees, those of longitude as short as they are in the middle."""

    latitude: float
    longitude: float
    scale: float  # units a degree of latitude
    height: int

    @classmethod
    def around(cls, villages: Sequence[Village], lowest: int, highest: int) -> Sheet:
        """A sheet that all of these villages fit on, as high as they ask for within limits."""
        south, north = _ends([float(village.latitude or 0) for village in villages])
        west, east = _ends([float(village.longitude or 0) for village in villages])
        middle = (south + north) / 2
        high = max(north - south, SMALLEST_SPAN)
        wide = max((east - west) * cos(radians(middle)), SMALLEST_SPAN)
        inside = WIDTH - 2 * EDGE
        height = min(max(inside * high / wide + 2 * EDGE, lowest), highest)
        scale = min(inside / wide, (height - 2 * EDGE) / high)
        return cls(middle, (west + east) / 2, scale, round(height))

    def point(self, village: Village) -> Point:
        """Where a village lies, in whole units."""
        east = float(village.longitude or 0) - self.longitude
        north = float(village.latitude or 0) - self.latitude
        x = WIDTH / 2 + east * cos(radians(self.latitude)) * self.scale
        return round(x), round(self.height / 2 - north * self.scale)

    @property
    def bar(self) -> tuple[float, int]:
        """A round number of kilometres, and how many units long they are."""
        a_km = self.scale / KM_A_DEGREE
        km = max(km for km in ROUND_KM if km == ROUND_KM[0] or km * a_km <= WIDTH / 5)
        return km, round(km * a_km)


def _ends(numbers: Sequence[float]) -> tuple[float, float]:
    return min(numbers, default=0), max(numbers, default=0)


def apart(points: Sequence[Point], radius: int) -> list[Point]:
    """The same points, but those on one place in a ring round it, so that each can be seen."""
    shared: defaultdict[Point, list[int]] = defaultdict(list)
    for index, point in enumerate(points):
        shared[point].append(index)
    moved = list(points)
    for (x, y), indexes in shared.items():
        away = min(radius * max(1, len(indexes) / 4), EDGE - radius) if len(indexes) > 1 else 0
        for nth, index in enumerate(indexes):
            angle = 2 * pi * nth / len(indexes)
            moved[index] = (round(x + away * cos(angle)), round(y + away * sin(angle)))
    return moved
