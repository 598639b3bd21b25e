"""Workbooks (.xlsx): looked at before they are opened, then read as cells."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

import python_calamine as calamine

from villages.imports.cells import MOST_COLUMNS, MOST_ROWS, Cell, Merged, Sheet
from villages.imports.words import Refused

MOST_UNPACKED = 400 * 1024 * 1024  # bytes; 100,000 rows of ten columns unpack to some 60 MB
MOST_PARTS = 2_000
_CHUNK = 1024 * 1024
_OVERLAP = 64  # so that what is looked for is found across two chunks
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_PLACE = re.compile(rb"""\sr=["']([A-Z]{0,3})([0-9]{1,7})["']""")


def read(path: Path) -> list[Sheet]:
    """The sheets of a workbook with their cells. Raises Refused."""
    look_at(path)
    try:
        workbook = calamine.load_workbook(str(path))
        return [_sheet(workbook, about) for about in workbook.sheets_metadata if _is_table(about)]
    except calamine.PasswordError as error:
        raise Refused("locked") from error
    except calamine.CalamineError as error:
        raise Refused("damaged") from error


def _is_table(about: calamine.SheetMetadata) -> bool:
    return about.typ == calamine.SheetTypeEnum.WorkSheet


def _sheet(workbook: calamine.CalamineWorkbook, about: calamine.SheetMetadata) -> Sheet:
    sheet = workbook.get_sheet_by_name(about.name)
    rows: list[list[Cell]] = [[*row] for row in sheet.to_python(skip_empty_area=False)]
    hidden = about.visible != calamine.SheetVisibleEnum.Visible
    merged = [Merged(*first, *last) for first, last in sheet.merged_cell_ranges or []]
    return Sheet(about.name, rows, merged, hidden=hidden)


# ---------------------------------------------------------------- before it is opened


def look_at(path: Path) -> None:
    """Refuse what would hurt: parts that unpack to too much, document types, cells far outside.

    Every part is really unpacked, for what a zip says of its sizes may be a lie; nothing is kept.
    """
    try:
        with ZipFile(path) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused("unpacks_too_large")
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise Refused("not_a_table")
            left = MOST_UNPACKED
            for part in parts:
                with packed.open(part) as stream:
                    left = _look_at_part(stream, part.filename, left)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise Refused("damaged") from error


def _look_at_part(stream: IO[bytes], name: str, left: int) -> int:
    """Read one part to its end; answers how many bytes may still be unpacked."""
    is_xml = name.endswith((".xml", ".rels", ".vml"))
    is_sheet = name.startswith("xl/worksheets/") and is_xml
    before = b""
    while chunk := stream.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise Refused("unpacks_too_large")
        seen = before + chunk
        if is_xml and _DOCTYPE.search(seen):
            raise Refused("unsafe")
        if is_sheet:
            _refuse_far_cells(seen)
        before = seen[-_OVERLAP:]
    return left


def _refuse_far_cells(content: bytes) -> None:
    """One cell at XFD1048576 makes a reader lay out seventeen thousand million cells."""
    columns, rows = set(), 0
    for letters, digits in _PLACE.findall(content):
        columns.add(letters)
        rows = max(rows, int(digits))
    if rows > MOST_ROWS + 1_000:
        raise Refused("too_many_rows", limit=f"{MOST_ROWS:,}")
    if any(_number_of(letters) > MOST_COLUMNS for letters in columns):
        raise Refused("too_many_columns")


def _number_of(letters: bytes) -> int:
    """The number of a column by its letters: A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
