"""The two files an export comes as: CSV in pieces as they are made, XLSX whole from a file on disk.

Nothing in them is a formula. A workbook's cells are typed as text, so all of it can stand there;
in CSV a spreadsheet guesses, so text that could begin one gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from io import StringIO
from tempfile import NamedTemporaryFile
from typing import IO, Any
from urllib.parse import quote

from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from rustpy_xlsxwriter import Format, write_worksheet

from steps.exports.columns import TEXT, Value
from steps.exports.rows import CHUNK, Export

BOM = "\ufeff"  # without it Excel reads Thai as another code page
# What spreadsheets take for the beginning of a formula, also behind spaces or in full width.
FORMULA = re.compile(r"[\s\u00a0]*[=+\-@|\t\r\x00＝＋－＠]")


def csv_parts(export: Export, size: int = CHUNK) -> Iterator[bytes]:
    """The file piece by piece; the first one holds what stands above the rows."""
    yield (BOM + _as_csv([*([line] for line in export.head), export.headings])).encode()
    for rows in export.chunks(size):
        yield _as_csv(rows).encode()


def _as_csv(rows: Iterable[Iterable[Value]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([harmless(value) for value in row] for row in rows)
    return text.getvalue()


def harmless(value: Value) -> Value:
    """The value, text with an apostrophe before it where it would be taken for a formula."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


# ---------------------------------------------------------------- a workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"  # what it is sent as
HEAD_ACROSS = 8  # columns over which a line above the table may run
A4 = 9


def xlsx_file(export: Export, size: int = CHUNK) -> IO[bytes]:
    """The workbook, in a temporary file that is gone once it is closed."""
    return temporary(lambda path: _write_workbook(export, path, size))


def temporary(write: Callable[[str], None]) -> IO[bytes]:
    """A workbook that ``write`` puts at a path; whoever sends the file closes it."""
    with ExitStack() as stack:
        file = stack.enter_context(NamedTemporaryFile(suffix=".xlsx"))
        write(file.name)
        stack.pop_all()
    return file


def _write_workbook(export: Export, path: str, size: int) -> None:
    top = len(export.head)
    write_worksheet(
        _records(export, size),
        path,
        sheet_name=_sheet_name(export.language),
        header_row=top,
        header_format=Format().set_bold().set_text_wrap().set_align("top"),
        merge_ranges=head_ranges(export.head, HEAD_ACROSS),
        freeze_row=top + 1,
        autofilter=True,
        column_widths={column.heading: column.width for column in export.columns},
        column_formats={
            column.heading: Format().set_num_format(column.form) for column in export.columns
        },
        # Codes are digits on purpose: no green corners.
        ignore_errors=[column.heading for column in export.columns if column.form == TEXT],
        page_setup={"landscape": True, "paper_size": A4, "repeat_rows": (top, top)},
    )


def _records(export: Export, size: int) -> Iterator[dict[str, Value]]:
    """Rows by heading, as the writer takes them; one empty row brings headings to an empty list."""
    headings, some = export.headings, False
    for rows in export.chunks(size):
        some = True
        for row in rows:
            yield dict(zip(headings, row, strict=True))
    if not some:
        yield dict.fromkeys(headings)


def head_ranges(head: Sequence[str], across: int) -> list[Any]:
    """The lines above a table, the first one bold, each running over some columns."""
    return [(row, 0, row, across - 1, words, _head_format(row)) for row, words in enumerate(head)]


def _head_format(row: int) -> Format:
    return Format() if row else Format().set_bold()


def _sheet_name(language: str) -> str:
    with translation.override(language):
        return _("Villages")


# ---------------------------------------------------------------- its name


def disposition(plain: str, full: str, suffix: str) -> str:
    """The header that names a file to save: in ASCII for old programs, in full by RFC 5987."""
    ascii_name = f"{slugify(plain)}.{suffix}"
    readable = re.sub(r'[\\/:*?"<>|\s]+', " ", full).strip()
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(readable)}.{suffix}"
