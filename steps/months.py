"""Months and quarters: their ends, how addresses write them, where a fiscal year divides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from sammachip.thai.dates import (
    BUDDHIST_OFFSET,
    BUDDHIST_YEARS,
    COMMON_YEARS,
    to_buddhist_year,
)


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_before(day: date) -> date:
    """The end of the last month that is over on a day."""
    return day.replace(day=1) - timedelta(days=1)


def month_ends(first: date, last: date) -> Iterator[date]:
    """The ends of all months from one day's to another's."""
    end = month_end(first)
    while end <= month_end(last):
        yield end
        end = month_end(end + timedelta(days=1))


def read_month(text: str) -> date | None:
    """The end of a month written as "2569-10" (พ.ศ.) or "2026-10" (ค.ศ.); None of anything else."""
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
    year = int(found[1]) if found else 0
    year -= BUDDHIST_OFFSET if year in BUDDHIST_YEARS else 0
    return month_end(date(year, int(found[2]), 1)) if found and year in COMMON_YEARS else None


def written_month(day: date) -> str:
    """A day's month as it stands in an address: "2569-10"."""
    return f"{to_buddhist_year(day.year)}-{day:%m}"


def quarter_of(day: date) -> int:
    """Which quarter of the fiscal year: 1 for October to December, 4 for July to September."""
    return (day.month - 10) % 12 // 3 + 1
