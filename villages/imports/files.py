"""A file on disk as sheets of cells, whatever its name says it is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from villages.imports import text, workbooks
from villages.imports.cells import MOST_COLUMNS, MOST_ROWS, Sheet, is_empty
from villages.imports.words import Refused

MOST_BYTES = 50 * 1024 * 1024
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the latter is an empty one
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls of old, and .xlsx with a password around it
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Opened(NamedTuple):
    """What a file holds, and what it is: "Excel", or the encoding of its text."""

    sheets: list[Sheet]
    format: str


def opened(path: Path) -> Opened:
    """Read a file by what it contains, not by its name. Raises Refused with the way out."""
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:  # a backup leaves it out
        raise Refused("gone") from error
    if size > MOST_BYTES:
        raise Refused("too_large", limit=MOST_BYTES // 1024 // 1024)
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise Refused("empty")
    if start.startswith(_ZIP):
        sheets = workbooks.read(path)
        kind = "Excel"
    elif start == _OLE:
        raise Refused("locked" if _ENCRYPTED in path.read_bytes() else "legacy_xls")
    else:
        decoded = text.decoded(path.read_bytes())
        sheets = [Sheet("", [[*row] for row in text.rows(decoded.content)])]
        kind = decoded.encoding
    sheets = [_within_limits(_trimmed(sheet)) for sheet in sheets]
    if not any(sheet.rows for sheet in sheets):
        raise Refused("empty")
    return Opened(sheets, kind)


def _trimmed(sheet: Sheet) -> Sheet:
    """Without the empty rows and cells at the end that formatted but unused ones leave."""
    for row in sheet.rows:
        while row and is_empty(row[-1]):
            row.pop()
    while sheet.rows and not sheet.rows[-1]:
        sheet.rows.pop()
    return sheet


def _within_limits(sheet: Sheet) -> Sheet:
    if len(sheet.rows) > MOST_ROWS:
        raise Refused("too_many_rows", limit=f"{MOST_ROWS:,}")
    if max(map(len, sheet.rows), default=0) > MOST_COLUMNS:
        raise Refused("too_many_columns")
    return sheet
