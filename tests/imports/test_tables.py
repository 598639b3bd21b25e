"""Where the table stands in sheets that others made, and which of its rows count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.imports.files import as_workbook, saved, taken_in
from villages.imports.cells import Merged, Sheet
from villages.imports.kinds import KINDS
from villages.imports.tables import Table, headings_of, tables_of

COLUMNS = KINDS["villages"].form.columns
HEADINGS = ["รหัสหมู่บ้าน", "ตำบล", "หมู่ที่", "ชื่อหมู่บ้าน"]
TRAKAT = ["33140108", "ศรีแก้ว", "8", "ตระกาจ"]
NEXT = ["33140109", "ศรีแก้ว", "9", "โนนกุง"]


def table(*rows: Sequence[Any], name: str = "", kind: str = "villages", **more: Any) -> Table:
    sheet = Sheet(name, [list(row) for row in rows], **more)
    (found,) = tables_of([sheet], KINDS[kind].form.columns)
    return found


def names(found: Table) -> list[Any]:
    return [row.cells.get("name_th") for row in found.rows]


# ---------------------------------------------------------------- headings


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_column_is_known_by_each_of_its_headings(column: Any) -> None:
    known = headings_of([column])
    assert len(known) >= 3
    for heading in (*column.headings, column.headings[0].upper(), f" {column.headings[0]}* :"):
        (found,) = tables_of([Sheet("", [[heading, "x", *HEADINGS], ["1"]])], COLUMNS)
        assert found.columns[0] == column.name


def test_title_lines_stand_above_the_headings() -> None:
    found = table(["บัญชีหมู่บ้าน ปี 2560"], [], ["อำเภอศรีรัตนะ"], HEADINGS, TRAKAT)
    assert (found.heading_row, names(found), found.rows[0].number) == (4, ["ตระกาจ"], 5)


def test_headings_over_two_rows_as_text() -> None:
    upper = ["ที่", "รหัสหมู่บ้าน", "ที่ตั้ง", "", "", "ชื่อหมู่บ้าน"]
    lower = ["", "", "จังหวัด", "อำเภอ", "ตำบล", ""]
    found = table(upper, lower, ["1", "33140108", "ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "ตระกาจ"])
    assert found.columns == {
        1: "code",
        2: "province",
        3: "district",
        4: "subdistrict",
        5: "name_th",
    }
    assert [row.number for row in found.rows] == [3]


@pytest.mark.django_db
def test_headings_over_two_rows_of_merged_cells() -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["รหัสหมู่บ้าน", "ที่ตั้ง", None, "ชื่อหมู่บ้าน"])
    sheet.append([None, "อำเภอ", "ตำบล", None])
    sheet.append(["33140108", "ศรีรัตนะ", "ศรีแก้ว", "ตระกาจ"])
    for block in ("A1:A2", "B1:C1", "D1:D2"):
        sheet.merge_cells(block)
    (read,) = taken_in(saved(book)).reading["tables"]
    assert [column["column"] for column in read["columns"]] == [
        "code",
        "district",
        "subdistrict",
        "name_th",
    ]
    assert read["rows"] == 1


def test_a_person_may_say_what_a_column_is() -> None:
    sheet = Sheet("ก", [["อะไร", *HEADINGS[1:]], TRAKAT])
    (found,) = tables_of([sheet], COLUMNS, {"ก": {"0": "code", "3": ""}})
    assert found.columns == {0: "code", 1: "subdistrict", 2: "moo"}
    (found,) = tables_of([sheet], COLUMNS, {"ก": {"0": "name_th"}})
    assert found.columns == {0: "name_th", 1: "subdistrict", 2: "moo"}


def test_extra_and_unnamed_columns_are_shown_and_not_read() -> None:
    found = table([*HEADINGS, "สีประจำหมู่บ้าน"], [*TRAKAT, "แดง", "ไม่มีหัว"])
    shown = found.as_reading()["columns"]
    assert shown[4:] == [
        {"heading": "สีประจำหมู่บ้าน", "column": ""},
        {"heading": "", "column": ""},
    ]
    assert found.rows[0].cells.keys() == {"code", "subdistrict", "moo", "name_th"}


# ---------------------------------------------------------------- rows that are none


@pytest.mark.parametrize(
    "row",
    [
        ["รวม", "", "2", ""],
        ["", "รวมทั้งสิ้น", "2", "หมู่บ้าน"],
        ["รวมทั้งหมด 2 หมู่บ้าน"],
        ["รวม ๒ หมู่บ้าน ๑ ตำบล"],
        ["รวมตำบลศรีแก้ว", "", "2"],
        ["ยอดรวม", "-", "1,200.00", ""],
        ["TOTAL", "", "2", ""],
        ["หมายเหตุ: ข้อมูลปี 2560"],
        ["ที่มา : กรมการปกครอง"],
        ["ลงชื่อ ............ ผู้รายงาน"],
        ["ข้อมูล ณ วันที่ 1 ต.ค. 2559"],
        HEADINGS,
        ["ที่", "ตำบล", "หมู่ที่", "ชื่อ"],
    ],
    ids=lambda row: next(filter(None, row)),
)
def test_totals_remarks_and_headings_again_are_left_out_and_listed(row: list[str]) -> None:
    found = table(HEADINGS, TRAKAT, row, NEXT)
    assert names(found) == ["ตระกาจ", "โนนกุง"]
    assert found.left_out == [(3, next(filter(None, row)))]


def test_headings_over_two_rows_are_left_out_again_both() -> None:
    upper, lower = ["ที่", "หมู่บ้าน", "", "พิกัด"], ["", "รหัส", "ชื่อ", ""]
    found = table(upper, lower, ["1", "33140108", "ตระกาจ"], upper, lower, ["2", "33140109", "กุง"])
    assert names(found) == ["ตระกาจ", "กุง"]
    assert [number for number, _first in found.left_out] == [4, 5]


@pytest.mark.parametrize(
    "row",
    [
        ["", "ศรีแก้ว", "9", "รวมไทย"],
        ["", "", "", "บ้านรวมไทย"],
        ["", "", "", "รวมมิตร"],
        ["หมู่", "ศรีแก้ว", "9", "ที่มา"],
        ["33140109", "รวม", "9", "ก"],
    ],
)
def test_a_village_is_no_total_because_of_its_name(row: list[str]) -> None:
    assert len(table(HEADINGS, TRAKAT, row).rows) == 2


@pytest.mark.parametrize("staff_id", ["note", "note.s", "sum", "total", "source.k"])
def test_a_person_is_no_total_and_no_remark(staff_id: str) -> None:
    found = table(["รหัสเจ้าหน้าที่", "ชื่อ"], [staff_id, "นายรวม ใจดี"], kind="officers")
    assert len(found.rows) == 1


def test_a_first_name_is_no_total() -> None:
    found = table(["ชื่อ", "นามสกุล", "ตำแหน่ง"], ["รวม", "แสงทอง", "ประธาน"], kind="members")
    assert len(found.rows) == 1


def test_rows_of_nothing_to_see_are_no_rows() -> None:
    found = table(HEADINGS, TRAKAT, ["", "\u00a0", "\u200b", None], [], NEXT)
    assert [row.number for row in found.rows] == [2, 5]


# ---------------------------------------------------------------- filling down


def test_empty_cells_of_areas_take_what_stands_above() -> None:
    found = table(
        ["จังหวัด", "อำเภอ", "ตำบล", "หมู่ที่", "ชื่อหมู่บ้าน"],
        ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "8", "ตระกาจ"],
        ["", "", "", "9", ""],
        ["", "", "พิงพวย", "1", "พิงพวย"],
        ["", "กันทรลักษ์", "", "1", "ก"],
    )
    areas = [
        tuple(row.cells.get(name) for name in ("district", "subdistrict")) for row in found.rows
    ]
    assert areas == [
        ("ศรีรัตนะ", "ศรีแก้ว"),
        ("ศรีรัตนะ", "ศรีแก้ว"),
        ("ศรีรัตนะ", "พิงพวย"),
        ("กันทรลักษ์", ""),  # another district: its subdistrict is not the one above
    ]
    assert found.rows[1].filled == {"province", "district", "subdistrict"}
    assert found.rows[1].cells["name_th"] == ""


def test_what_was_filled_goes_along_with_the_row() -> None:
    found = table(["ตำบล", "หมู่ที่", "ชื่อหมู่บ้าน"], ["ศรีแก้ว", "8", "ก"], ["", "9", "ข"])
    assert found.rows[1].raw == ["ศรีแก้ว", "9", "ข"]


def test_merged_cells_count_for_all_their_rows() -> None:
    found = table(
        HEADINGS,
        TRAKAT,
        ["33140109", None, "9", "โนนกุง"],
        merged=[Merged(1, 1, 2, 1), Merged(90, 0, 91, 0), Merged(1, 90, 1, 91)],
    )
    assert [row.cells["subdistrict"] for row in found.rows] == ["ศรีแก้ว", "ศรีแก้ว"]
    assert [row.filled for row in found.rows] == [set(), {"subdistrict"}]


# ---------------------------------------------------------------- sheets


@pytest.mark.parametrize(
    ("above", "name", "context"),
    [
        (["บัญชีหมู่บ้าน อำเภอศรีรัตนะ จังหวัดศรีสะเกษ"], "", ("ศรีสะเกษ", "ศรีรัตนะ", None)),
        (["จังหวัด", "ศรีสะเกษ", "อำเภอ", "ศรีรัตนะ"], "", ("ศรีสะเกษ", "ศรีรัตนะ", None)),
        (["หมู่บ้าน ต.ศรีแก้ว อ.ศรีรัตนะ จ.ศรีสะเกษ"], "", ("ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว")),
        ([], "อ.ศรีรัตนะ", (None, "ศรีรัตนะ", None)),
        (["รายชื่อ"], "ศรีรัตนะ", (None, None, None)),
    ],
)
def test_titles_and_names_of_sheets_speak_of_areas(
    above: list[str], name: str, context: tuple[str | None, ...]
) -> None:
    found = table(above, ["รหัส", "ชื่ออำเภอเดิม", "ชื่อ"], ["33140108", "", "ตระกาจ"], name=name)
    levels = ("province", "district", "subdistrict")
    assert tuple(found.context.get(level) for level in levels) == context
    assert found.context.get("sheet", "") == name


@pytest.mark.django_db
def test_a_sheet_a_district_and_sheets_without_a_table() -> None:
    rows = [HEADINGS[:1] + HEADINGS[2:], ["33140108", "8", "ตระกาจ"]]
    content = as_workbook({"ศรีรัตนะ": rows, "กันทรลักษ์": rows, "สรุป": [["รวม", 2]]})
    reading = taken_in(content).reading
    assert [read["sheet"] for read in reading["tables"]] == ["ศรีรัตนะ", "กันทรลักษ์"]
    assert reading["skipped"] == ["สรุป"]


@pytest.mark.django_db
def test_hidden_sheets_say_so_and_hidden_rows_are_rows() -> None:
    book = Workbook()
    for sheet in (book.active, book.create_sheet("ซ่อน")):
        sheet.append(HEADINGS)
        sheet.append(TRAKAT)
        sheet.row_dimensions[2].hidden = True
    book["ซ่อน"].sheet_state = "hidden"
    tables = taken_in(saved(book)).reading["tables"]
    assert [(read["hidden"], read["rows"]) for read in tables] == [(False, 1), (True, 1)]


CELLS = st.one_of(
    st.none(),
    st.sampled_from([*HEADINGS, *TRAKAT, "รวม", "หมายเหตุ", "ที่", "", " ", "อำเภอศรีรัตนะ"]),
    st.integers(-9, 33_140_108),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.text(max_size=5),
)


@given(
    st.lists(st.lists(CELLS, max_size=5), max_size=8),
    st.lists(st.tuples(*[st.integers(0, 6)] * 4), max_size=3),
)
def test_no_row_is_lost_or_counted_twice(rows: list[list[Any]], blocks: list[Any]) -> None:
    whole = [HEADINGS, *([*row] for row in rows)]
    merged = [Merged(top, left, top + down, left + right) for top, left, down, right in blocks]
    for found in tables_of([Sheet("", whole, merged)], COLUMNS):
        numbers = [row.number for row in found.rows] + [number for number, _text in found.left_out]
        assert len(numbers) == len(set(numbers))
        assert all(found.heading_row < number <= len(whole) for number in numbers)
        assert all(len(row.raw) <= len(found.headings) for row in found.rows)
