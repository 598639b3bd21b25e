"""Cells as a file holds them, and as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import NamedTuple

from sammachip.thai.text import clean

Cell = str | float | int | bool | date | datetime | time | timedelta | None

MOST_ROWS = 200_000
MOST_COLUMNS = 200


class Merged(NamedTuple):
    """A block of merged cells, by its first and last row and column, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """A sheet of a workbook, or the whole of a text file (without a name)."""

    name: str
    rows: list[list[Cell]]
    merged: list[Merged] = field(default_factory=list)
    hidden: bool = False


def text_of(cell: Cell) -> str:
    """A cell as a person reads it; whole numbers without ``.0``, days as ISO dates."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).replace("\0", "")  # which a workbook may spell, and no database stores


def is_empty(cell: Cell) -> bool:
    """Whether nothing can be seen in a cell: no-break and zero-width spaces are nothing."""
    return cell is None or (isinstance(cell, str) and not (cell.strip() and clean(cell)))


def plain(cell: Cell) -> str | float | int:
    """A cell as JSON holds it: numbers stay numbers."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and isfinite(cell):
        return cell
    return text_of(cell)
