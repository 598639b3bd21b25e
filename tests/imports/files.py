"""Files as others type them, and what an import says of their rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from accounts.access import Scope
from accounts.models import Import, ImportRow, User
from tests.cast import NOW
from villages.imports import difference
from villages.imports.places import EVERYWHERE

HEADINGS = ["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน"]
SHEET = "xl/worksheets/sheet1.xml"
Rows = Iterable[Sequence[Any]]
GOOD: dict[str, Rows] = {"หมู่บ้าน": [HEADINGS, ["33140108", "ตระกาจ"]]}


def as_csv(rows: Rows, *, encoding: str = "utf-8-sig", separator: str = ",") -> bytes:
    """Rows as a table in a text file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def as_workbook(sheets: dict[str, Rows]) -> bytes:
    """Sheets of rows as a workbook."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_part(
    name: str, content: bytes | Callable[[bytes], bytes], sheets: dict[str, Rows] = GOOD
) -> bytes:
    """A good workbook with one of its parts replaced, or one more."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(as_workbook(sheets))) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part))
        is_change = callable(content)
        new.writestr(name, content(old.read(name)) if is_change else content)  # type: ignore[operator]
    return made.getvalue()


def sheet_with(rows: bytes, *, instead: bool = False) -> bytes:
    """A good workbook with more rows in its sheet, or with these instead of its own."""

    def change(old: bytes) -> bytes:
        if instead:
            old = re.sub(rb'<row r="2".*?</row>', b"", old)
        return old.replace(b"</sheetData>", rows + b"</sheetData>")

    return with_part(SHEET, change)


def taken_in(content: bytes, kind: str = "villages", **more: Any) -> Import:
    """A file kept and understood. Raises Refused."""
    name = more.pop("name", "from others.csv")
    by = more.pop("by", None)
    return difference.take_in(file=io.BytesIO(content), name=name, kind=kind, by=by, at=NOW, **more)


def checked(
    content: bytes,
    kind: str = "villages",
    *,
    allowed: Scope = EVERYWHERE,
    declined: Collection[str] = (),
    by: User | None = None,
    **more: Any,
) -> Import:
    """A file taken in and compared with what is stored."""
    brought = taken_in(content, kind, by=by, **more)
    brought.declined = sorted(declined)
    difference.check(brought, allowed=allowed, by=by, at=NOW)
    return brought


class Said(NamedTuple):
    """What an import says of a row, by the codes of its words."""

    outcome: str
    problems: set[str]
    repairs: set[str]
    after: dict[str, str]


def said(row: ImportRow) -> Said:
    return Said(
        row.outcome,
        {problem["code"] for problem in row.problems},
        {kind for _field, kind, _old, _new in row.repairs},
        row.after,
    )


def rows_of(brought: Import) -> list[ImportRow]:
    return list(brought.rows.in_file_order())


def only_row(brought: Import) -> Said:
    """What is said of a file's only row."""
    (row,) = rows_of(brought)
    return said(row)
