"""The same 1,000 villages in every writing people save give one identical result."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Callable

import pytest

from tests.imports.files import as_csv, as_workbook, checked
from villages.models import Area

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_country")]

NAMES = ["โนน", "น้ำเกลี้ยง", "ตระกาจ", "โคกตาล", "หนองแก้ว", "ศรีสำราญ", "กุดเสลา"]
HEADINGS = ["รหัสหมู่บ้าน", "หมู่ที่", "ชื่อหมู่บ้าน", "ชื่ออื่น", "ละติจูด", "ลองจิจูด"]


def villages() -> list[list[str]]:
    """A thousand new villages of Si Sa Ket, moo 20 to 24 of each subdistrict."""
    codes = Area.objects.filter(abolished_on=None, code__startswith="33").of_level(6)
    codes = codes.values_list("code", flat=True).order_by("code")[:200]
    places = [(code, moo) for code in codes for moo in range(20, 25)]
    return [
        [f"{code}{moo}", str(moo), f"{NAMES[at % 7]} {at}", 'เรียก "นี้", ด้วย', "14.85", "104.9"]
        for at, (code, moo) in enumerate(places)
    ]


def in_numbers(rows: list[list[str]]) -> list[list[object]]:
    return [[int(row[0]), float(row[1]), *row[2:4], float(row[4]), float(row[5])] for row in rows]


WRITINGS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "UTF-8": lambda rows: as_csv([HEADINGS, *rows], encoding="utf-8"),
    "UTF-8 with a mark": lambda rows: as_csv([HEADINGS, *rows]),
    "UTF-16": lambda rows: as_csv([HEADINGS, *rows], encoding="utf-16"),
    "UTF-16 LE, no mark": lambda rows: as_csv([HEADINGS, *rows], encoding="utf-16-le"),
    "UTF-16 BE": lambda rows: codecs.BOM_UTF16_BE + as_csv([HEADINGS, *rows], encoding="utf-16-be"),
    "Windows-874": lambda rows: as_csv([HEADINGS, *rows], encoding="cp874"),
    "TIS-620": lambda rows: as_csv([HEADINGS, *rows], encoding="tis-620"),
    "semicolons": lambda rows: as_csv([HEADINGS, *rows], separator=";"),
    "tabs": lambda rows: as_csv([HEADINGS, *rows], separator="\t", encoding="utf-16"),
    "old Macintosh": lambda rows: as_csv([HEADINGS, *rows]).replace(b"\r\n", b"\r"),
    "XLSX": lambda rows: as_workbook({"หมู่บ้าน": [HEADINGS, *rows]}),
    "XLSX in numbers": lambda rows: as_workbook({"หมู่บ้าน": [HEADINGS, *in_numbers(rows)]}),
}


def result(content: bytes, name: str) -> tuple[dict[str, int], dict[str, object], str]:
    brought = checked(content, name=name)
    rows = brought.rows.order_by("label").values_list("label", "outcome", "after", "problems")
    text = json.dumps(list(rows), ensure_ascii=False, sort_keys=True)
    return brought.counts, brought.repairs, hashlib.sha256(text.encode()).hexdigest()


def test_a_thousand_villages_in_every_writing_are_the_same() -> None:
    rows = villages()
    results = {
        f"{writing}, {name}": result(write(rows), name)
        for writing, write in WRITINGS.items()
        for name in (["x.csv", "x.xlsx"] if writing in ("XLSX", "UTF-8") else ["x"])
    }
    first = results["UTF-8, x.csv"]
    assert first[:2] == ({"new": 1000, "changed": 0, "same": 0, "problem": 0}, {})
    assert {name for name, found in results.items() if found != first} == set()
