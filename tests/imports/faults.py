"""Files with a fault a row: what was typed, and what an import has to say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from openpyxl import Workbook

from accounts.models import Import, ImportRow
from tests.imports.files import rows_of, said, saved


class Fault(NamedTuple):
    """One row. ``codes`` are its problems where its outcome is one, else its repairs."""

    why: str
    outcome: str
    codes: str
    cells: Sequence[Any]
    after: Mapping[str, str] = {}


class FaultSheet(NamedTuple):
    """A sheet of such rows under its headings."""

    headings: Sequence[str]
    faults: Sequence[Fault]


Sheets = Mapping[str, FaultSheet]


def book_of(sheets: Sheets) -> bytes:
    """The workbook; what begins with "=" is a formula, what begins with "#" an error."""
    book = Workbook()
    book.remove(book.active)
    for name, (headings, faults) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(headings))
        for fault in faults:
            sheet.append(list(fault.cells))
    return saved(book)


def misjudged(sheets: Sheets, brought: Import) -> list[tuple[str, Any, Any]]:
    """The rows of which the import says something else than the table: why, found, expected."""
    faults = [fault for _headings, faults in sheets.values() for fault in faults]
    rows = zip(faults, rows_of(brought), strict=True)  # none is lost
    found = [(fault.why, *_judged(fault, row)) for fault, row in rows]
    return [row for row in found if row[1] != row[2]]


def _judged(fault: Fault, row: ImportRow) -> tuple[Any, Any]:
    found = said(row)
    codes = found.problems if found.outcome == "problem" else found.repairs
    after = {name: found.after.get(name) for name in fault.after}
    wanted = (fault.outcome, set(fault.codes.split()), dict(fault.after))
    return (found.outcome, codes, after), wanted


def codes_in(sheets: Iterable[Sheets], *, problems: bool) -> set[str]:
    """Every code of a problem, or of a repair, that stands in these tables."""
    return {
        code
        for named in sheets
        for _headings, faults in named.values()
        for fault in faults
        if (fault.outcome == "problem") == problems
        for code in fault.codes.split()
    }
