"""Cells as a file holds them, and as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

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
    return str(cell)


def is_empty(cell: Cell) -> bool:
    """Whether a person sees nothing in it."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
