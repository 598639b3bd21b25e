"""Files that cannot be taken in: each is refused by name, with the way out, and leaves nothing."""

from __future__ import annotations

import io
import random
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from openpyxl import Workbook

from accounts.models import Import
from tests.imports.files import (
    GOOD,
    HEADINGS,
    SHEET,
    as_csv,
    as_workbook,
    saved,
    sheet_with,
    taken_in,
    with_part,
)
from villages.imports import files, parts
from villages.imports.words import FILES, Refused

pytestmark = pytest.mark.django_db

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def wide(*, sheets: int) -> bytes:
    """Sheets that each have a cell far out, within what one sheet may have."""
    book = Workbook()
    for _nth in range(sheets):
        book.create_sheet()["GR20000"] = "ก"
    return saved(book)


def shown_again(times: int) -> bytes:
    """A wide sheet under many names."""

    def change(old: bytes) -> bytes:
        shown = re.search(b"<sheet .*?/>", old)
        assert shown
        name = re.search(b'name="[^"]*"', shown[0])
        assert name
        more = b"".join(shown[0].replace(name[0], b'name="%d"' % n) for n in range(times))
        return old.replace(shown[0], shown[0] + more)

    return with_part("xl/workbook.xml", change, {"ก": [[*["ก"] * 200] for _row in range(200)]})


def one_text(length: int, times: int) -> bytes:
    """A long text that stands in the workbook once and is shown in many cells."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shown = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, times))
    sheet = f'<worksheet xmlns="{main}"><sheetData>{shown}</sheetData></worksheet>'
    made = io.BytesIO()
    with (
        ZipFile(io.BytesIO(with_part(SHEET, sheet.encode()))) as old,
        ZipFile(made, "w", ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, old.read(part))
        text = f'<sst xmlns="{main}"><si><t>{"a" * length}</t></si></sst>'
        new.writestr("xl/sharedStrings.xml", text)
    return made.getvalue()


def refused(content: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        taken_in(content)
    return caught.value


def cell(place: str) -> bytes:
    row = re.sub("[A-Z]", "", place)
    return f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'.encode()


def lying(size: int) -> bytes:
    """A workbook whose sheet claims to unpack to so few bytes, and whose check sum fits them."""
    content = io.BytesIO()
    secret = b"<worksheet>" + b" " * 3_000_000 + b"</worksheet>"
    with ZipFile(content, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr(SHEET, secret)
    return (
        content.getvalue()
        .replace(
            struct.pack("<L", zlib.crc32(secret)), struct.pack("<L", zlib.crc32(secret[:size]))
        )
        .replace(struct.pack("<L", len(secret)), struct.pack("<L", size))
    )


def docx() -> bytes:
    content = io.BytesIO()
    with ZipFile(content, "w") as packed:
        packed.writestr("word/document.xml", "<document/>")
    return content.getvalue()


BOMB = b"<worksheet>" + b" " * 2_000_000 + b"</worksheet>"

REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    # what is in the file                 code             content
    "nothing": ("empty", lambda: b""),
    "a mark and no text": ("empty", lambda: b"\xef\xbb\xbf"),
    "blank lines": ("empty", lambda: "\ufeff\r\n ,\u00a0,\u200b\r\n".encode()),
    "a workbook without cells": ("empty", lambda: saved(Workbook())),
    "other headings": ("no_heading", lambda: as_csv([["สี", "ขนาด"], ["แดง", "ใหญ่"]])),
    "one heading only": ("no_heading", lambda: as_csv([["ชื่อหมู่บ้าน"], ["ตระกาจ"]])),
    "headings only": ("no_rows", lambda: as_csv([HEADINGS])),
    "headings and a total": ("no_rows", lambda: as_csv([HEADINGS, ["รวม", "0"]])),
    "Excel of old (.xls)": ("legacy_xls", lambda: OLE + b"\0" * 500 + b"W\0o\0r\0k\0"),
    "a password": ("locked", lambda: OLE + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le")),
    "a PDF": ("not_a_table", lambda: b"%PDF-1.7\n\xe0\xb8\x81"),
    "a JPEG": ("not_a_table", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
    "a page of the web": (
        "not_a_table",
        lambda: b"<html><table><tr><td>33140108</td></tr></table>",
    ),
    "a letter (.docx)": ("not_a_table", docx),
    "an empty archive": ("not_a_table", lambda: b"PK\5\6" + b"\0" * 18),
    "half a workbook": ("damaged", lambda: as_workbook(GOOD)[:2_000]),
    "a sheet that is cut": ("damaged", lambda: with_part(SHEET, lambda old: old[:300])),
    "cells without a place": ("damaged", lambda: sheet_with(b"<row><c><v>1</v></c></row>")),
    "sizes that lie": ("damaged", lambda: lying(40)),
    "a document type": (
        "unsafe",
        lambda: with_part(SHEET, b'<!DOCTYPE w [<!ENTITY a "b">]><worksheet>&a;</worksheet>'),
    ),
    "a document type in UTF-16": (
        "unsafe",
        lambda: with_part(SHEET, "<!DOCTYPE w []><worksheet/>".encode("utf-16")),
    ),
    "an outside entity in a part nobody needs": (
        "unsafe",
        lambda: with_part("custom.bin", b'<!DOCTYPE w SYSTEM "file:///etc/passwd"><w/>'),
    ),
    "a cell at the end of the world": ("too_many_columns", lambda: sheet_with(cell("XFD1048576"))),
    "a cell too far right": ("too_many_columns", lambda: sheet_with(cell("GS9"))),
    "a cell too far down": ("too_many_rows", lambda: sheet_with(cell("A201001"))),
    "too far in both together": (
        "too_many_columns",
        lambda: sheet_with(cell("GR9") + cell("A200000")),
    ),
    "too far in all sheets together": ("too_many_columns", lambda: wide(sheets=3)),
    "one sheet shown a thousand times": ("too_many_columns", lambda: shown_again(1_000)),
    "one text in very many cells": (
        "unpacks_too_large",
        lambda: one_text(length=200_000, times=600),
    ),
    "200,001 rows": ("too_many_rows", lambda: b"code,name\n" + b"33140108,a\n" * 200_000),
    "201 columns": ("too_many_columns", lambda: b"code,name" + b",x" * 199 + b"\n1,2\n"),
    "letters nobody can read": ("encoding", lambda: "รหัสหมู่บ้าน,ชื่อ\n1,ก".encode()[:-1]),
    "an open quotation mark": ("quotes", lambda: 'รหัสหมู่บ้าน,ชื่อ\n"33140108,ก\n'.encode()),
}


@pytest.mark.parametrize(("code", "content"), REFUSED.values(), ids=REFUSED)
def test_a_file_is_refused_by_name_and_leaves_nothing(
    code: str, content: Callable[[], bytes], media: Path
) -> None:
    assert refused(content()).code == code
    assert not Import.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("limit", "value", "code", "content"),
    [
        ("MOST_BYTES", 100, "too_large", lambda: as_csv([HEADINGS, ["33140108", "ก" * 100]])),
        ("MOST_UNPACKED", 1_000_000, "unpacks_too_large", lambda: with_part(SHEET, BOMB)),
        ("MOST_PARTS", 3, "unpacks_too_large", lambda: as_workbook(GOOD)),
    ],
)
def test_limits_hold(
    limit: str, value: int, code: str, content: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files if limit == "MOST_BYTES" else parts, limit, value)
    assert refused(content()).code == code


def test_a_part_that_hides_its_size_is_read_to_its_real_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "MOST_UNPACKED", 1_000_000)
    assert refused(lying(40)).code == "unpacks_too_large"


def test_every_refusal_of_a_file_was_tested() -> None:
    tested = {code for code, _content in REFUSED.values()} | {"too_large", "unpacks_too_large"}
    # which no file is refused by
    assert FILES.keys() - tested == {"confirmed_already", "erased", "gone"}


# ---------------------------------------------------------------- what is no reason to refuse


@pytest.mark.parametrize(
    "content",
    [
        sheet_with(b'<row r="1048576" ht="12.8"/>'),  # as LibreOffice ends a sheet
        sheet_with(b'<row r="9"><c r="XFD9" s="1"/></row>'),  # formatted, and empty
        with_part("xl/media/logo.svg", b"<!DOCTYPE svg><svg/>"),
        with_part("xl/drawings/vmlDrawing1.vml", b"<xml><br></xml>"),
        as_workbook({**GOOD, "ว่าง": []}),
        as_csv(GOOD["หมู่บ้าน"]) + ", ,\u200b\r\n".encode() * 200_001,
        as_csv([[*row, *[""] * 300] for row in GOOD["หมู่บ้าน"]]),
    ],
    ids=["last row", "far format", "picture", "drawing", "empty sheet", "blank rows", "columns"],
)
def test_what_does_no_harm_is_read(content: bytes) -> None:
    (table,) = taken_in(content).reading["tables"]
    assert (table["rows"], table["sample"]) == (1, [["33140108", "ตระกาจ"]])


@pytest.mark.parametrize("name", ["หมู่บ้าน.csv", "หมู่บ้าน.xlsx", "หมู่บ้าน"])
@pytest.mark.parametrize("content", [as_csv(GOOD["หมู่บ้าน"]), as_workbook(GOOD)])
def test_a_file_is_what_it_contains_whatever_its_name_says(name: str, content: bytes) -> None:
    brought = taken_in(content, name=name)
    assert brought.reading["format"] == ("Excel" if content.startswith(b"PK") else "UTF-8")
    assert brought.reading["tables"][0]["rows"] == 1


def test_workbooks_damaged_anywhere_are_read_or_refused_and_nothing_else() -> None:
    good, chance = as_workbook(GOOD), random.Random(2560)
    outcomes = set()
    for _round in range(150):
        broken = bytearray(good)
        for _byte in range(chance.randint(1, 6)):
            broken[chance.randrange(4, len(broken))] = chance.randrange(256)
        try:
            taken_in(bytes(broken))
        except Refused as caught:
            outcomes.add(caught.code)
    assert "damaged" in outcomes


def test_a_stored_part_is_read_as_well_as_a_deflated_one() -> None:
    made = io.BytesIO()
    with ZipFile(io.BytesIO(as_workbook(GOOD))) as old, ZipFile(made, "w", ZIP_STORED) as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part))
    assert taken_in(made.getvalue()).reading["tables"][0]["rows"] == 1
