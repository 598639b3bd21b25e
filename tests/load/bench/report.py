"""The tables of BENCHMARKS.md. Times are milliseconds, median / 95th percentile of the rounds."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass
class Table:
    """One table with what it holds against what."""

    title: str
    words: str
    head: Sequence[str]
    rows: list[Sequence[object]] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        table = "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
        return f"## {self.title}\n\n{self.words}\n\n{table}\n"


@dataclass
class Targets:
    """What was to be reached, and what was: the first table of the report."""

    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def at_most(self, what: str, target: float, measured: float) -> None:
        self._add(what, f"≤ {target:g}", measured, measured <= target)

    def at_least(self, what: str, target: float, measured: float) -> None:
        self._add(what, f"≥ {target:g}", measured, measured >= target)

    def true(self, what: str, measured: object, *, reached: bool) -> None:
        self.rows.append((what, "yes", str(measured), reached))

    def _add(self, what: str, target: str, measured: float, reached: bool) -> None:
        self.rows.append((what, target, f"{measured:.2f}", reached))

    def table(self) -> Table:
        rows = [
            (what, target, measured, "reached" if reached else "**missed**")
            for what, target, measured, reached in self.rows
        ]
        words = "The worst of each kind; the tables below have all of them."
        return Table("Targets", words, ("what", "target", "measured", ""), [*rows])


def times(number: float) -> str:
    """A ratio as it stands in a table: 1.38 ×"""
    return f"{number:.2f} ×"


def machine() -> str:
    """Where and when this was measured, and how busy it was there."""
    now = datetime.now(ZoneInfo("Asia/Bangkok"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{now:%d %B %Y %H:%M}, {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, "
        f"Python {platform.python_version()}; load average over 1, 5 and 15 minutes "
        f"at the end: {load}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def written(command: str, server: str, targets: Targets, tables: Iterable[Table]) -> str:
    """The whole report."""
    intro = f"""# Benchmarks

Measured by `{command}`: {machine()} {server}.

Ratios are medians of the rounds' own ratios, taken in turns in one process; times are
milliseconds, median / 95th percentile. The data is that of `manage.py generate`, and the clock
stands at the last day of its year.
"""
    return "\n".join([intro, str(targets.table()), *map(str, tables)])
