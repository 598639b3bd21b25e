"""Times of several ways to do the same, taken in turns, and the ratios between them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Way = Callable[[], object]
WARM_UP, LEAST = 3, 5
SECONDS = 20.0  # after so many, what takes long has been gone often enough


@dataclass(frozen=True)
class Times:
    """Milliseconds of one way, a figure a round."""

    ms: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        return sorted(self.ms)[int(0.95 * (len(self.ms) - 1))]

    def over(self, other: Times) -> float:
        """How many times as long as another way: the median of the rounds' ratios."""
        return statistics.median(a / b for a, b in zip(self.ms, other.ms, strict=True))

    def __str__(self) -> str:
        return f"{self.median:.2f} / {self.p95:.2f}"


def in_turns(ways: Mapping[str, Way], rounds: int) -> dict[str, Times]:
    """Each way once a round, forwards and backwards in turn, so that none has the better place."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    names = list(ways)
    warm = time.perf_counter() + SECONDS / 4
    for _nth in range(WARM_UP):
        for way in ways.values():
            way()
        if time.perf_counter() > warm:
            break
    end = time.perf_counter() + SECONDS
    gc.disable()
    try:
        for nth in range(rounds):
            gc.collect(0)
            for name in names if nth % 2 else reversed(names):
                taken[name].append(milliseconds(ways[name]))
            if nth + 1 >= LEAST and time.perf_counter() > end:
                break
    finally:
        gc.enable()
    return {name: Times(ms) for name, ms in taken.items()}


def milliseconds(way: Way) -> float:
    """How long it takes once."""
    started = time.perf_counter()
    way()
    return (time.perf_counter() - started) * 1000
