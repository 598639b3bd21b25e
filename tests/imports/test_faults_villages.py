"""A workbook of villages made by hand to hold every fault; row by row what is said of it."""

# ruff: noqa: E501 - a fault a line

from __future__ import annotations

import pytest
from openpyxl import Workbook

from accounts.access import Scope
from tests.cast import START, World, village
from tests.imports.faults import Fault, FaultSheet, book_of, misjudged
from tests.imports.files import as_csv, as_workbook, checked, only_row, rows_of, said, saved
from villages.imports.showing import reason_of
from villages.models import FormerCode, Village

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_country")]

NEW, CHANGED, SAME, PROBLEM = "new", "changed", "same", "problem"
AM = "\u0e33"

# fmt: off
BY_CODE = FaultSheet(
    ["ที่", "รหัสหมู่บ้าน", "หมู่ที่", "ชื่อหมู่บ้าน", "ชื่ออื่น", "ละติจูด", "ลองจิจูด", "หมายเหตุ"],
    [
        Fault("as it should be", NEW, "", [1, "33140301", 1, "ก", "", 14.85, 104.9, "x"], {"moo": "1"}),
        Fault("code as a number", NEW, "", [2, 33140302, 2, "ข"], {"code": "33140302"}),
        Fault("a number with .0", NEW, "separators", [3, "33140303.0", 3, "ค"], {"code": "33140303"}),
        Fault("Thai digits", NEW, "thai_digits", [4, "๓๓๑๔๐๓๐๔", "๔", "ง"], {"moo": "4"}),
        Fault("code with hyphens", NEW, "separators", [5, "33-14-03-05", 5, "จ"]),
        Fault("moo with its word", NEW, "moo_words", [6, "33140306", "ม.6", "ฉ"], {"moo": "6"}),
        Fault("moo in words", NEW, "moo_words", [7, "33140307", "หมู่เจ็ด", "ช"], {"moo": "7"}),
        Fault("moo ๘ with its word", NEW, "thai_digits moo_words", [8, "33140308", "หมู่ที่ ๘", "ซ"]),
        Fault("no moo", NEW, "moo_from_code", [9, "33140309", "", "ฌ"], {"moo": "9"}),
        Fault("with บ้าน", NEW, "ban_prefix", [10, "33140310", 10, "บ้านญาติ"], {"name_th": "ญาติ"}),
        Fault("moo in the name", NEW, "moo_in_name", [11, "33140311", "", "ฎ หมู่ 11"], {"moo": "11"}),
        Fault("moo in brackets", NEW, "moo_in_name", [12, "33140312", 12, "ฏ (ม.12)"], {"name_th": "ฏ"}),
        Fault("second name", NEW, "second_name", [13, "33140313", 13, "ฐ (บ้านฑ)"], {"alt_name": "ฑ"}),
        Fault("double spaces", NEW, "tidied", [14, "33140314", 14, "ก  ข"], {"name_th": "ก ข"}),
        Fault("NBSP", NEW, "tidied", [15, "33140315", 15, "ก\u00a0ข"], {"name_th": "ก ข"}),
        Fault("zero width", NEW, "tidied", [16, "33140316", 16, "ก\u200bข"], {"name_th": "กข"}),
        Fault("ำ in two", NEW, "tidied", [17, "33140317", 17, "น\u0e4d้\u0e32"], {"name_th": f"น้{AM}"}),
        Fault("ำ from a PDF", NEW, "sara_am", [18, "33140318", 18, "น ้าใส"], {"name_th": "น้ำใส"}),
        Fault("marks twice", NEW, "double_marks", [19, "33140319", 19, "แก้้ว"], {"name_th": "แก้ว"}),
        Fault("no total", NEW, "ban_prefix", ["", "33140320", 20, "บ้านรวมไทย"], {"name_th": "รวมไทย"}),
        Fault("a formula without its value", PROBLEM, "required", [21, "33140321", 21, "=A1"]),
        Fault("renamed", CHANGED, "", [22, "33140203", 3, "พิงพวยเหนือ"], {"name_th": "พิงพวยเหนือ"}),
        Fault("as stored", SAME, "", [23, "33140108", 8, "ตระกาจ", "โนนกุง"]),
        Fault("as stored, said differently", SAME, "ban_prefix", [24, "33040101", "", "บ้านบึงมะลู"]),
        Fault("an error for a name", PROBLEM, "formula_error", [25, "33140325", 25, "#N/A"]),
        Fault("an error for a code", PROBLEM, "formula_error place_missing", [26, "#REF!", 26, "ก"]),
        Fault("digits lost", PROBLEM, "shortened_code", [27, "3.31E+07", 27, "ก"]),
        Fault("too short", PROBLEM, "short_code", [28, "3314032", 28, "ก"]),
        Fault("starts with 0", PROBLEM, "short_code", [29, "03140329", 29, "ก"]),
        Fault("too long", PROBLEM, "bad_code", [30, "331403299", 30, "ก"]),
        Fault("letters", PROBLEM, "bad_code", [31, "TH331401", 31, "ก"]),
        Fault("unknown area", PROBLEM, "unknown_area", [32, "33990101", 1, "ก"]),
        Fault("abolished area", PROBLEM, "abolished_area", [33, "33010801", 1, "ก"]),
        Fault("former code", PROBLEM, "former_code", [34, "33049801", 1, "ก"]),
        Fault("twice", PROBLEM, "twice", [35, "33140301", 1, "ก"]),
        Fault("twice, as a number", PROBLEM, "twice", [36, 33140302.0, 2, "ข"]),
        Fault("no name", PROBLEM, "required", [37, "33140337", 37, ""]),
        Fault("no code", PROBLEM, "place_missing", [38, "", 38, "ก"]),
        Fault("moo is none", PROBLEM, "invalid_number", [39, "33140339", "หลายหมู่", "ก"]),
        Fault("moo too high", PROBLEM, "out_of_range", [40, "33140340", 100, "ก"]),
        Fault("moo of another, stored", PROBLEM, "moo_taken", [41, "33140141", 8, "ก"]),
        Fault("moo of another row", PROBLEM, "moo_taken", [42, "33140342", 1, "ก"]),
        Fault("moo of another, changed", PROBLEM, "moo_taken", [43, "33140201", 3, ""]),
        Fault("half a position", PROBLEM, "half_a_position", [44, "33140344", 44, "ก", "", 14.8]),
        Fault("not in Thailand", PROBLEM, "out_of_range", [45, "33140345", 45, "ก", "", 48.1, 104.9]),
        Fault("comma for a point", PROBLEM, "invalid_number", [46, "33140346", 46, "ก", "", "14,8", 104]),
        Fault("too long a name", PROBLEM, "max_length", [47, "33140347", 47, "ก" * 101]),
        Fault("already broken", PROBLEM, "broken_text", [48, "33140348", 48, "????"]),
        Fault("of a PDF's font", PROBLEM, "broken_text", [49, "33140349", 49, "บ\uf70aาน"]),
        Fault("a date for a name", NEW, "", [50, "33140350", 50, "2560"], {"name_th": "2560"}),
    ],
)

BY_NAME = FaultSheet(
    ["จังหวัด", "อำเภอ", "ตำบล", "รหัสตำบล", "รหัสหมู่บ้าน", "หมู่ที่", "ชื่อหมู่บ้าน"],
    [
        Fault("by names", NEW, "code_made", ["ศรีสะเกษ", "ศรีรัตนะ", "เสื่องข้าว", "", "", 1, "ก"], {"code": "33140501"}),
        Fault("with their words", NEW, "area_prefix code_made", ["จ.ศรีสะเกษ", "อ. ศรีรัตนะ", "ต.เสื่องข้าว", "", "", 2, "ข"]),
        Fault("ำ of a PDF in a name", NEW, "sara_am code_made", ["ศรีสะเกษ", "น ้าเกลี้ยง", "น ้าเกลี้ยง", "", "", 3, "ค"]),
        Fault("tone marks left out", NEW, "code_made", ["ศรีสะเกษ", "ศรีรัตนะ", "เสืองขาว", "", "", 4, "ง"]),
        Fault("filled down", NEW, "filled_down code_made", ["", "", "", "", "", 5, "จ"], {"code": "33140505"}),
        Fault("stored, found by moo", SAME, "village_found", ["ศรีสะเกษ", "ศรีรัตนะ", "พิงพวย", "", "", 4, "โนน"]),
        Fault("the capital's district", NEW, "code_made", ["ศรีสะเกษ", "เมือง", "เมืองเหนือ", "", "", 1, "ฉ"], {"code": "33010101"}),
        Fault("the zero of the moo lost", NEW, "moo_zero", ["ศรีสะเกษ", "ศรีรัตนะ", "สะพุง", "", "3314078", 8, "ช"], {"code": "33140708"}),
        Fault("subdistrict by code", NEW, "code_made", ["ศรีสะเกษ", "ศรีรัตนะ", "ตูม", "331404", "", 6, "ซ"], {"code": "33140406"}),
        Fault("swapped code", PROBLEM, "not_in_area", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "", "33140207", 7, "ฌ"]),
        Fault("swapped subdistrict", PROBLEM, "not_in_area", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "331402", "", 7, "ฌ"]),
        Fault("code and subdistrict's code", PROBLEM, "not_in_area", ["ศรีสะเกษ", "ศรีรัตนะ", "พิงพวย", "331402", "33140109", 9, "ฌ"]),
        Fault("a short area code", PROBLEM, "short_code", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "33141", "", 7, "ฌ"]),
        Fault("an unknown name", PROBLEM, "unknown_area", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้วใส", "", "", 7, "ฌ"]),
        Fault("of another district", PROBLEM, "unknown_area", ["ศรีสะเกษ", "ศรีรัตนะ", "ตระกาจ", "", "", 7, "ฌ"]),
        Fault("no moo", PROBLEM, "place_missing", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "", "", "", "ฌ"]),
        Fault("no subdistrict", PROBLEM, "place_missing", ["ศรีสะเกษ", "กันทรลักษ์", "", "", "", 7, "ฌ"]),
        Fault("two villages of that moo", PROBLEM, "ambiguous_village", ["ศรีสะเกษ", "กันทรลักษ์", "บึงมะลู", "", "", 5, "ฌ"]),
    ],
)

IN_THE_PROVINCE = FaultSheet(
    ["จังหวัด", "ตำบล", "รหัสหมู่บ้าน", "หมู่ที่", "ชื่อหมู่บ้าน"],
    [
        Fault("ตูม is twice there", PROBLEM, "ambiguous_area", ["ศรีสะเกษ", "ตูม", "", 1, "ก"]),
        Fault("either may be meant", NEW, "", ["ศรีสะเกษ", "ตูม", "33140401", 1, "ก"]),
        Fault("or the other", NEW, "", ["ศรีสะเกษ", "ตูม", "33070401", 1, "ก"]),
        Fault("and no third", PROBLEM, "not_in_area", ["ศรีสะเกษ", "ตูม", "33140601", 1, "ก"]),
        Fault("ตระกาจ is one", NEW, "code_made", ["ศรีสะเกษ", "ตระกาจ", "", 1, "ก"]),
    ],
)
# fmt: on

SHEETS = {"รหัส": BY_CODE, "ชื่อ": BY_NAME, "จังหวัด": IN_THE_PROVINCE}


@pytest.fixture
def neighbours(world: World) -> None:
    """Villages the workbook speaks of beside the cast's."""
    village("33140201", "พิงพวย")
    village("33140204", "โนน")
    for code in ("33040105", "33040185"):
        Village.objects.create(code=code, subdistrict_id="330401", moo=5, name_th="ห้า")
    FormerCode.objects.create(code="33049801", village=world.trakat, until=START)


def test_every_fault_is_said_row_by_row(neighbours: None) -> None:
    wrong = misjudged(SHEETS, checked(book_of(SHEETS)))
    assert not wrong, "\n".join(map(str, wrong))


def test_what_a_problem_says_names_what_is_meant(neighbours: None, english: None) -> None:
    labels = {"code": "Code", "subdistrict": "Subdistrict", "moo": "Moo"}
    reasons = {row.number: reason_of(row, labels) for row in rows_of(checked(book_of(SHEETS)))[:44]}
    assert reasons[34] == "Code: The area 330108 was abolished. Its successor: 332004."
    assert reasons[35] == "Code: The code 33049801 is a former one; the village is 33140108 now."
    assert reasons[28].startswith("Code: Excel shortened the code to 3.31E+07")
    assert reasons[43] == "Moo: Moo 1 of this subdistrict is 33140301 already."


# ---------------------------------------------------------------- the place a person may bring to


def test_of_two_areas_with_one_name_it_is_the_one_of_the_person(neighbours: None) -> None:
    content = as_csv([["ตำบล", "หมู่ที่", "ชื่อหมู่บ้าน"], ["ตูม", "1", "ก"]])
    of_the_chief = Scope(national=False, codes=frozenset({"3314"}))
    assert only_row(checked(content, allowed=of_the_chief)).after["code"] == "33140401"
    assert only_row(checked(content)).problems == {"ambiguous_area"}


def test_no_village_comes_into_a_foreign_area(neighbours: None) -> None:
    content = as_csv([["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน"], ["33040199", "ก"]])
    of_the_chief = Scope(national=False, codes=frozenset({"3314"}))
    assert only_row(checked(content, allowed=of_the_chief)).problems == {"area_not_yours"}


# ---------------------------------------------------------------- sheets that speak of areas

ROWS = [["ตำบล", "หมู่ที่", "ชื่อหมู่บ้าน"], ["ตูม", 1, "ก"]]


@pytest.mark.parametrize(
    "sheets",
    [
        {"ศรีรัตนะ": ROWS},
        {"อ.ศรีรัตนะ": ROWS},
        {"ก": [["บัญชีหมู่บ้าน อำเภอศรีรัตนะ จังหวัดศรีสะเกษ"], *ROWS]},
        {"ก": [["จังหวัด", "ศรีสะเกษ", "อำเภอ", "ศรีรัตนะ"], [], *ROWS]},
    ],
)
def test_areas_are_taken_from_the_sheet_where_the_row_has_none(sheets: dict[str, object]) -> None:
    content = as_workbook(sheets)  # type: ignore[arg-type]
    row = only_row(checked(content))
    assert (row.after["code"], row.repairs) == ("33140401", {"from_sheet", "code_made"})
    declined = only_row(checked(content, declined=["from_sheet"]))
    assert declined.problems == {"ambiguous_area"}


def test_titles_that_name_no_area_say_nothing() -> None:
    title = ["เรียน ผอ. สมชาย ตำบล ดังนี้"]
    content = as_csv([title, ["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน"], ["33140109", "ก"]])
    assert only_row(checked(content)).outcome == "new"


def test_a_code_outside_the_district_of_its_sheet_is_a_problem() -> None:
    content = as_csv([["อำเภอศรีรัตนะ"], ["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน"], ["33040199", "ก"]])
    assert only_row(checked(content)).problems == {"not_in_area"}


def test_one_row_in_two_sheets_is_one_too_many() -> None:
    rows = [["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน"], ["33140109", "ก"]]
    brought = checked(as_workbook({"หนึ่ง": rows, "สอง": rows}))
    assert [said(row).problems for row in rows_of(brought)] == [set(), {"twice_apart"}]


def test_merged_cells_are_filled_down_and_said(world: World) -> None:
    book = Workbook()
    for row in [
        ["อำเภอ", "ตำบล", "หมู่ที่", "ชื่อหมู่บ้าน"],
        ["ศรีรัตนะ", "ศรีแก้ว", 1, "ก"],
        [None, None, 2, "ข"],
    ]:
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("B2:B3")
    rows = [said(row) for row in rows_of(checked(saved(book)))]
    assert [row.after.get("code") for row in rows] == ["33140101", "33140102"]
    assert [row.repairs for row in rows] == [{"code_made"}, {"code_made", "filled_down"}]
    declined = [said(row) for row in rows_of(checked(saved(book), declined=["filled_down"]))]
    assert declined[1].problems == {"place_missing"}


# ---------------------------------------------------------------- declining a repair

DECLINED = {
    # repair           what is typed            what stays, or the problem
    "ban_prefix": (["33140390", 90, "บ้านใหม่"], {"name_th": "บ้านใหม่"}, ""),
    "moo_in_name": (["33140390", 90, "ใหม่ ม.90"], {"name_th": "ใหม่ ม.90"}, ""),
    "second_name": (["33140390", 90, "ใหม่ (เก่า)"], {"name_th": "ใหม่ (เก่า)", "alt_name": None}, ""),
    "sara_am": (["33140390", 90, "น ้าใส"], {"name_th": "น ้าใส"}, ""),
    "double_marks": (["33140390", 90, "แก้้ว"], {"name_th": "แก้้ว"}, ""),
    "separators": (["33-14-03-90", 90, "ก"], {}, "bad_code"),
    "moo_words": (["33140390", "ม.90", "ก"], {}, "invalid_number"),
    "moo_zero": (["3314038", 8, "ก", "331403"], {}, "short_code"),
    "code_made": (["", 90, "ก", "331403"], {}, "place_missing"),
    "village_found": (["", 8, "ตระกาจ", "331401"], {}, "place_missing"),
}


@pytest.mark.parametrize(("kind", "case"), DECLINED.items(), ids=DECLINED)
def test_a_declined_repair_leaves_the_text_or_a_problem(
    kind: str, case: tuple[list[object], dict[str, str | None], str], world: World
) -> None:
    cells, stays, problem = case
    content = as_csv([["รหัสหมู่บ้าน", "หมู่ที่", "ชื่อหมู่บ้าน", "รหัสตำบล"], cells])
    assert kind in only_row(checked(content)).repairs
    row = only_row(checked(content, declined=[kind]))
    assert kind not in row.repairs
    assert row.problems == set(problem.split())
    assert {name: row.after.get(name) for name in stays} == stays
