"""Workbooks that leave: the template, what is stored now, and the rows that had problems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from rustpy_xlsxwriter import Format, write_worksheets

from accounts.access import Scope
from accounts.models import Import, ImportRow
from villages.imports.kinds import KINDS, Kind
from villages.imports.kinds.households import occupation_words
from villages.imports.kinds.members import leader_words
from villages.imports.kinds.officers import role_words
from villages.imports.showing import reason_of
from villages.imports.tables import ALLOWED, EXAMPLES, Column

Record = dict[str, Any]
WIDTH = 22.0


def template(kind: Kind) -> IO[bytes]:
    """An empty table with the headings, a sheet of examples, and one of the values allowed."""
    headings = headings_of(kind.form.columns)
    example = {headings[column.name]: column.example for column in kind.form.columns}
    with override("th"):
        sheets: list[tuple[str, list[Record]]] = [
            (_("To fill in"), [dict.fromkeys(headings.values())]),
            (str(EXAMPLES), [example]),
        ]
        allowed = list(_allowed(kind, headings))
        if allowed:
            sheets.append((str(ALLOWED), allowed))
    return _workbook(sheets)


def _allowed(kind: Kind, headings: Mapping[str, str]) -> Iterator[Record]:
    """A column a list of values, under the heading of the column that takes them."""
    lists = {"occupations": occupation_words, "leader_kinds": leader_words, "roles": role_words}
    columns = [column for column in kind.form.columns if column.allowed]
    values = {f"{headings[column.name]} *": lists[column.allowed]()[1] for column in columns}
    for at in range(max(map(len, values.values()), default=0)):
        yield {name: (words[at] if at < len(words) else None) for name, words in values.items()}


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
    headings = {
        table["sheet"][:100]: [column["heading"] for column in table["columns"]]
        for table in brought.reading["tables"]
    }
    by_sheet: defaultdict[str, list[Record]] = defaultdict(list)
    labels = KINDS[brought.kind].form.labels()
    with override("th"):
        reason = _("Reason")
        rows = brought.rows.filter(outcome=ImportRow.Outcome.PROBLEM).in_file_order()
        for row in rows.iterator(chunk_size=2_000):
            names = unlike(headings[row.sheet], len(row.cells), taken=reason)
            cells = [*row.cells, *[None] * (len(names) - len(row.cells))]
            record = {name: cell or None for name, cell in zip(names, cells, strict=True)}
            by_sheet[row.sheet].append({**record, reason: reason_of(row, labels)})
        sheets = [(name or _("To fill in"), records) for name, records in by_sheet.items()]
    return _workbook(sheets)


def unlike(headings: list[str], width: int, *, taken: str) -> list[str]:
    """The headings of a sheet, so wide, each of them once: a record cannot hold two alike."""
    names: list[str] = []
    for at in range(max(len(headings), width)):
        name = (headings[at] if at < len(headings) else "") or f"({at + 1})"
        names.append(f"{name} ({at + 1})" if name in names or name == taken else name)
    return names


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
