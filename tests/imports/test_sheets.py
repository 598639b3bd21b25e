"""Workbooks that leave and come back: the template, what is stored, rows with problems."""

from __future__ import annotations

from collections.abc import Collection
from io import BytesIO
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from accounts.access import Scope
from accounts.models import User
from steps.models import Enrolment
from tests.cast import TODAY, World, household, sender, village
from tests.imports.files import as_csv, as_workbook, checked, rows_of, said, taken_in, with_part
from villages.imports import confirming, sheets
from villages.imports.kinds import KINDS
from villages.imports.places import EVERYWHERE
from villages.imports.tables import ALLOWED, EXAMPLES
from villages.imports.words import Refused
from villages.models import Area, CommitteeMember, Household, LeaderKind, Village, WorkingCommittee

pytestmark = pytest.mark.django_db


def cells(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The sheets of a workbook as rows of values."""
    return {sheet.title: [*sheet.values] for sheet in load_workbook(BytesIO(content))}


def template(kind: str, where: Scope = EVERYWHERE) -> bytes:
    with sheets.template(KINDS[kind], where, TODAY) as file:
        return file.read()


def stored(kind: str, where: Scope = EVERYWHERE) -> bytes:
    with sheets.stored(KINDS[kind], where) as file:
        return file.read()


def problems(brought: Any) -> bytes:
    with sheets.problems(brought) as file:
        return file.read()


# ---------------------------------------------------------------- the template


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["th", "en"])
def test_a_template_sent_back_as_it_is_holds_no_row(kind: str, language: str) -> None:
    with override(language), pytest.raises(Refused) as refused:
        taken_in(template(kind), kind)
    assert refused.value.code == "no_rows"


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_of_a_template_is_known_again(kind: str) -> None:
    first, *_more = cells(template(kind)).values()
    content = as_workbook({"ก": [first[0], ["x"] * len(first[0])]})
    (table,) = taken_in(content, kind).reading["tables"]
    assert [column["column"] for column in table["columns"]] == [
        column.name for column in KINDS[kind].form.columns
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_of_a_template_are_good_ones(kind: str, world: World) -> None:
    """But for what they name: years, villages and officers of their own."""
    with override("th"):
        examples = cells(template(kind))[str(EXAMPLES)]
    (row,) = rows_of(checked(as_workbook({"ก": examples}), kind))
    assert said(row).problems <= {"future_date", "unknown_year", "unknown_officer"}


def allowed(kind: str, where: Scope = EVERYWHERE) -> list[tuple[Any, ...]]:
    """The sheet of allowed values, its headings first."""
    with override("th"):
        return cells(template(kind, where))[str(ALLOWED)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_template_has_a_sheet_of_allowed_values(kind: str, world: World) -> None:
    headings, *values = allowed(kind)
    assert values
    assert [any(column) for column in zip(*values, strict=True)] == [True] * len(headings)


@pytest.mark.parametrize("kind", KINDS)
def test_the_values_of_a_template_are_taken(kind: str, world: World) -> None:
    """A file of them has problems with other columns at most."""
    headings, *values = allowed(kind)
    empty = [column.headings[0] for column in KINDS[kind].form.columns]
    empty = [heading for heading in empty if f"{heading} *" not in headings]
    table = [[*(heading.removesuffix(" *") for heading in headings), *empty], *values]
    own = {column.name for column in KINDS[kind].form.columns if column.headings[0] not in empty}
    found = rows_of(checked(as_workbook({"ก": table}), kind))
    assert len(found) == len(values)
    assert own.isdisjoint({one["field"] for row in found for one in row.problems})


def test_that_of_enrolments_names_years_and_who_may_record_there(world: World) -> None:
    district = Scope(national=False, codes=frozenset({"3314"}))
    assert allowed("enrolments", district) == [
        ("ปีงบประมาณ *", "รหัสเจ้าหน้าที่ *", "ชื่อ-สกุล"),
        ("2560", "nida", "นางสาวนิดา พวงแก้ว"),
        (None, "prasit", "นายประสิทธิ์ แสนดี"),
        (None, "somsak", "นายสมศักดิ์ ทองดี"),
    ]


def test_that_of_villages_names_the_subdistricts_that_stand(world: World) -> None:
    Area.objects.create(code="331403", name_th="เก่า", parent_id="3314", abolished_on=TODAY)
    district = Scope(national=False, codes=frozenset({"3314"}))
    assert allowed("villages", district) == [
        ("รหัสตำบล *", "ตำบล *", "อำเภอ *", "จังหวัด *"),
        ("331401", "ศรีแก้ว", "ศรีรัตนะ", "ศรีสะเกษ"),
        ("331402", "พิงพวย", "ศรีรัตนะ", "ศรีสะเกษ"),
    ]


@pytest.mark.usefixtures("the_country")
def test_with_every_subdistrict_of_the_country_it_is_light_still() -> None:
    content = template("villages")
    assert len(allowed("villages")) > 7_000
    assert len(content) < 400_000, len(content)


# ---------------------------------------------------------------- what is stored


@pytest.fixture
def awkward(world: World) -> None:
    """Stored texts that a file would have had repaired, had it brought them."""
    world.trakat.latitude, world.trakat.longitude = 14.85, 104.9
    world.trakat.save()
    village("33140201", "บ้านด่าน")
    Village.objects.filter(code="33040101").update(name_th="บึงมะลู (ม.1)", alt_name="บ้านบึง")
    house = household(
        world.phing,
        "เลขที่ 7",
        "นาย เว้น วรรค",
        phone="812345678",
        cluster="คุ้ม  แก้้ว",
        main_occupation_id="rice",
    )
    household(world.phing, "-", "น.ส.ขีด", cluster="-")
    household(world.phing, "=1+1", "@นาย", cluster="+66", phone="-")
    serves = WorkingCommittee.objects.create(village=world.phing, formed_on=TODAY)
    for name, its_house in (("นาย เว้น วรรค", house), ("=cmd|' /C calc'!A0", None)):
        CommitteeMember.objects.create(
            committee=serves,
            household=its_house,
            name=name,
            position="-",
            kind=LeaderKind.GROUP,
            joined_on=serves.formed_on,
        )
    Enrolment.objects.filter(village=world.trakat).update(budget="25000.50")
    User.objects.filter(staff_id="nida").update(phone="812345678", name="นางสาว นิดา  พวงแก้ว")


@pytest.mark.parametrize("kind", KINDS)
def test_what_leaves_and_comes_back_changes_nothing(kind: str, awkward: None, world: World) -> None:
    brought = checked(stored(kind), kind, by=world.suda)
    rows = [(row.label, *said(row)[:2], row.after) for row in rows_of(brought)]
    assert [row for row in rows if row[1] != "same"] == []
    assert brought.counts["same"] == len(rows) > 0


def test_only_what_lies_in_the_area_leaves(world: World) -> None:
    district = Scope(national=False, codes=frozenset({"3314"}))
    (rows,) = cells(stored("villages", district)).values()
    assert [row[0] for row in rows[1:]] == ["33140108", "33140203"]


def test_nothing_stored_leaves_headings_only(db: None) -> None:
    (rows,) = cells(stored("villages", Scope(national=False, codes=frozenset({"99"})))).values()
    assert rows[0][0] == "รหัสหมู่บ้าน"
    assert not any(any(row) for row in rows[1:])


def test_no_text_leaves_as_a_formula_or_a_number(awkward: None) -> None:
    for kind in ("households", "members"):
        book = load_workbook(BytesIO(stored(kind)))
        filled = [cell for row in book.active.iter_rows(min_row=2) for cell in row if cell.value]
        assert {cell.data_type for cell in filled} == {"s"}
        assert any(str(cell.value).startswith("=") for cell in filled)


# ---------------------------------------------------------------- rows with problems

HEAD = ["ที่", "รหัสหมู่บ้าน", "หมู่ที่", "ชื่อหมู่บ้าน", "ที่", "ว่าง"]


def again(content: bytes, reasons: Collection[str], **changed: Any) -> bytes:
    """A file of problems, mended: the cells under these headings changed in every row."""
    mended = {}
    for name, (headings, *rows) in cells(content).items():
        assert headings[-1] == "เหตุผล"
        assert {row[-1] for row in rows} == set(reasons)
        pairs = [zip(headings, row, strict=True) for row in rows]
        mended[name] = [
            headings,
            *([changed.get(heading, cell) for heading, cell in row] for row in pairs),
        ]
    return as_workbook(mended)


def test_rows_with_problems_leave_as_they_came_with_the_reason(world: World, english: None) -> None:
    rows = [[1, "33140301", 0, "ก", 5, 0], [2, "33140109", 9, "ดี"]]
    brought = checked(as_workbook({"หมู่บ้าน": [HEAD, *rows]}))
    (sheet,) = cells(problems(brought)).items()
    assert sheet[0] == "หมู่บ้าน"
    headings, *left = sheet[1]
    assert headings == (*HEAD[:4], "ที่ (5)", "ว่าง", "เหตุผล")
    assert [row[:6] for row in left] == [(1, "33140301", 0, "ก", 5, 0)]
    assert "ก" <= left[0][-1][0] <= "ฮ"  # in Thai, whatever the reader's language


def test_a_row_with_a_problem_comes_back_mended_and_only_once_with_a_reason(world: World) -> None:
    brought = checked(as_csv([HEAD, ["1", "33140109", "หลายหมู่", "ก"]]))
    with override("th"):
        first = problems(brought)
    reason = cells(first)[next(iter(cells(first)))][1][-1]
    second = problems(checked(again(first, [reason], ชื่อหมู่บ้าน="ข")))  # not mended: same again
    mended = again(second, [reason], หมู่ที่="9")
    (row,) = rows_of(checked(mended))
    assert (row.outcome, row.after["name_th"], row.after["moo"]) == ("new", "ข", "9")


def test_rows_take_along_the_areas_their_title_gave_them(world: World) -> None:
    rows = [
        ["ตำบล", "หมู่ที่", "ชื่อหมู่บ้าน"],
        ["ศรีแก้ว", "หลายหมู่", "ก"],
        ["พิงพวย", 5, "ข"],
        ["", "หลายหมู่", "ค"],
    ]
    title = ["อำเภอศรีรัตนะ จังหวัดศรีสะเกษ"]
    left = problems(checked(as_workbook({"ก": [title, *rows]})))
    (sheet,) = cells(left).values()
    assert sheet[0][:2] == ("จังหวัด", "อำเภอ")
    assert [row[:5] for row in sheet[1:]] == [
        ("ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "หลายหมู่", "ก"),
        ("ศรีสะเกษ", "ศรีรัตนะ", "พิงพวย", "หลายหมู่", "ค"),  # filled from the row that is good
    ]
    content = as_workbook({"ก": [sheet[0], *[[*row[:3], 7, *row[4:]] for row in sheet[1:]]]})
    assert [row.after["code"] for row in rows_of(checked(content))] == ["33140107", "33140207"]


def test_sheets_of_problems_keep_their_names_and_good_sheets_stay_away(world: World) -> None:
    head = ["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน"]
    bad, good = [head, ["1", "ก"]], [head, ["33140109", "ก"]]
    left = problems(checked(as_workbook({"หนึ่ง": bad, "สอง": good, "สาม": bad})))
    assert [*cells(left)] == ["หนึ่ง", "สาม"]


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (["บ้าน/หมู่ [1]: *?\\"], ["บ้าน-หมู่ -1-- ---"]),
        (["'อ้าง'", "'"], ["อ้าง", "-"]),
        (["ก" * 40, "ก" * 31, "ก" * 35], ["ก" * 31, "ก" * 27 + " (2)", "ก" * 27 + " (3)"]),
        (["A", "A (2)", "a"], ["A", "A (2)", "a (3)"]),
    ],
)
def test_sheets_have_names_that_excel_allows(names: list[str], left: list[str]) -> None:
    assert sheets.sheet_names(names) == left


def test_a_sheet_with_a_name_of_another_program_comes_back_with_its_problems(world: World) -> None:
    """Other programs than Excel save longer names, and with more characters."""
    name = "ตำบล/หมู่" * 5
    content = with_part(
        "xl/workbook.xml",
        lambda old: old.replace(b'"name"', f'"{name}"'.encode()),
        {"name": [["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน"], ["1", "ก"]]},
    )
    (sheet,) = cells(problems(checked(content))).items()
    assert (sheet[0], sheet[1][1][:2]) == (name.replace("/", "-")[:31], ("1", "ก"))


def test_no_column_of_a_problem_is_lost_where_headings_are_alike(world: World) -> None:
    head = ["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน", "ก", "ก (5)", "ก"]
    left = problems(checked(as_csv([head, ["1", "ข", "หนึ่ง", "สอง", "สาม"]])))
    (rows,) = cells(left).values()
    assert rows[1][:5] == ("1", "ข", "หนึ่ง", "สอง", "สาม")


def test_cells_too_long_for_a_workbook_leave_as_far_as_it_holds_them(world: World) -> None:
    head = ["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน", "ก" * 40_000]
    left = problems(checked(as_csv([head, ["1", "ข" * 40_000, "ค"]])))
    (rows,) = cells(left).values()
    assert rows[1][:3] == ("1", "ข" * 32_767, "ค")


def test_a_problem_cannot_become_a_formula(world: World) -> None:
    brought = checked(as_csv([HEAD, ["1", "=1+1", "+66", "@ก"]]))
    book = load_workbook(BytesIO(problems(brought)))
    assert {cell.data_type for cell in book.active[2] if cell.value is not None} == {"s"}


# ---------------------------------------------------------------- all the way


def test_a_formula_that_was_stored_stays_text_all_the_way(world: World) -> None:
    head = ["รหัสหมู่บ้าน", "บ้านเลขที่", "ชื่อ", "คุ้ม"]
    brought = checked(as_csv([head, ["33140108", "=2", "=1+1", "+66"]]), "households")
    confirming.write(brought, by=world.anan, at=sender(world.anan).at)
    assert Household.objects.filter(house_no="=2", head_name="=1+1", cluster="+66").exists()
    back = checked(stored("households"), "households")
    assert back.counts["same"] == Household.objects.filter(ended_on=None).count()
