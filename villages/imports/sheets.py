"""Workbooks that leave: the template, what is stored now, and the rows that had problems."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import chain, count, zip_longest
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from rustpy_xlsxwriter import Format, write_worksheets

from accounts.access import Scope
from accounts.models import Import, ImportRow
from villages.imports.kinds import KINDS, Kind
from villages.imports.places import LEVELS
from villages.imports.showing import reason_of
from villages.imports.tables import ALLOWED, EXAMPLES, Column

Record = dict[str, Any]
WIDTH = 22.0
# What Excel allows: characters of a cell, of the name of a sheet, and those no name holds.
MOST_OF_A_CELL, LONGEST_NAME = 32_767, 31
MOST_OF_A_HEADING = 255
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


def template(kind: Kind, where: Scope, on: date) -> IO[bytes]:
    """An empty table with the headings, a sheet of examples, and one of the values allowed.

    The values are those of the areas and the day it is filled in for.
    """
    headings = headings_of(kind.form.columns)
    example = {headings[column.name]: column.example for column in kind.form.columns}
    with override("th"):
        sheets: list[tuple[str, list[Record]]] = [
            (_("To fill in"), [dict.fromkeys(headings.values())]),
            (str(EXAMPLES), [example]),
        ]
        allowed = {
            f"{headings[name]} *" if name in headings else name: values
            for name, values in kind.allowed(where, on).items()
        }
        rows = [dict(zip(allowed, row, strict=True)) for row in zip_longest(*allowed.values())]
        if rows:
            sheets.append((str(ALLOWED), rows))
    return _workbook(sheets)


def stored(kind: Kind, where: Scope) -> IO[bytes]:
    """What is stored somewhere, as a file that would change nothing."""
    headings = headings_of(kind.form.columns)
    empty: Record = dict.fromkeys(headings.values())
    records: list[Record] = []
    for row in kind.within(where):
        cells = kind.cells(row)
        records.append({heading: cells.get(name) or None for name, heading in headings.items()})
    with override("th"):
        return _workbook([(_("To fill in"), records or [empty])])


def problems(brought: Import) -> IO[bytes]:
    """The rows that had problems, as they were read, with the reason in Thai behind each."""
    by_sheet: defaultdict[str, list[Record]] = defaultdict(list)
    rows = brought.rows.filter(outcome=ImportRow.Outcome.PROBLEM).in_file_order()
    with override("th"):
        labels, reason = KINDS[brought.kind].form.labels(), _("Reason")
        read = {table["sheet"][:100]: AsRead.of(brought, table) for table in _tables(brought)}
        for row in rows.iterator(chunk_size=2_000):
            record = read[row.sheet].record(row)
            record.pop(reason, None)  # of a file that came back
            by_sheet[row.sheet].append({**record, reason: _held(reason_of(row, labels))})
        names = sheet_names(name or _("To fill in") for name in by_sheet)
    return _workbook(list(zip(names, by_sheet.values(), strict=True)))


def _tables(brought: Import) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = brought.reading["tables"]
    return found


@dataclass(frozen=True)
class AsRead:
    """The headings of a table that was read, and the areas its title spoke of by their heading."""

    headings: list[str]
    areas: dict[str, str]

    @classmethod
    def of(cls, brought: Import, table: Mapping[str, Any]) -> AsRead:
        """What a row needs to say the same in a file without that title."""
        headings = unlike(column["heading"] for column in table["columns"])
        own = {
            column["column"]: name for column, name in zip(table["columns"], headings, strict=True)
        }
        known = headings_of(KINDS[brought.kind].form.columns) | own
        named = {} if "from_sheet" in brought.declined else table["context"]
        areas = {known[level]: named[level] for level in LEVELS if level in named}
        return cls(headings, areas)

    def record(self, row: ImportRow) -> Record:
        """The cells of a row by their headings."""
        cells = zip_longest(self.headings, row.cells[: len(self.headings)])
        record = dict.fromkeys(self.areas) | {name: _held(cell) for name, cell in cells}
        return record | {name: text for name, text in self.areas.items() if not record[name]}


def _held(cell: str | float | None) -> str | float | None:
    """A cell as a workbook holds it: nothing for an empty one, and of an endless one its start."""
    return (cell[:MOST_OF_A_CELL] or None) if isinstance(cell, str) else cell


def unlike(headings: Iterable[str]) -> list[str]:
    """The headings of a sheet, each of them once: a record cannot hold two alike."""
    names: list[str] = []
    for number, heading in enumerate(headings, start=1):
        name = heading[:MOST_OF_A_HEADING] or f"({number})"
        while name in names:
            name = f"{name} ({number})"
        names.append(name)
    return names


def sheet_names(names: Iterable[str]) -> list[str]:
    """The names of sheets, each of them once, as Excel allows them; other programs allow more."""
    found: dict[str, str] = {}
    for name in names:
        allowed = _NOT_IN_A_NAME.sub("-", name).strip("'") or "-"
        ends = chain([""], (f" ({number})" for number in count(2)))
        tried = (allowed[: LONGEST_NAME - len(end)].rstrip("'") + end for end in ends)
        free = next(text for text in tried if text.lower() not in found)
        found[free.lower()] = free
    return list(found.values())


def headings_of(columns: Iterable[Column]) -> dict[str, str]:
    """The heading of each column in a file that leaves: the Thai one."""
    return {column.name: column.headings[0] for column in columns}


def _workbook(sheets: list[tuple[str, list[Record]]]) -> IO[bytes]:
    """The workbook in a temporary file; every cell is text, so that no zero is lost."""
    headings = {name: list(records[0]) for name, records in sheets}
    bold, text = Format().set_bold().set_text_wrap().set_align("top"), Format().set_num_format("@")
    with ExitStack() as stack:
        file = stack.enter_context(NamedTemporaryFile(suffix=".xlsx"))
        write_worksheets(
            [(name, records) for name, records in sheets],
            file.name,
            header_format=dict.fromkeys(headings, bold),
            column_widths={name: dict.fromkeys(names, WIDTH) for name, names in headings.items()},
            column_formats={name: dict.fromkeys(names, text) for name, names in headings.items()},
        )
        stack.pop_all()  # whoever sends it closes it
    return file
