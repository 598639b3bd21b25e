"""Households, members, enrolments and officers with a fault a row; what is said of each."""

# ruff: noqa: E501 - a fault a line

from __future__ import annotations

from datetime import date

import pytest

from accounts.access import Scope
from accounts.rights import Role
from tests.cast import TODAY, World, household, person, post, village
from tests.imports.faults import Fault, FaultSheet, Sheets, book_of, misjudged
from tests.imports.files import as_csv, as_workbook, checked, only_row, rows_of, said
from villages.models import CommitteeMember, Household, LeaderKind, WorkingCommittee

pytestmark = pytest.mark.django_db

NEW, CHANGED, SAME, PROBLEM = "new", "changed", "same", "problem"
TRAKAT, PHING = "33140108", "33140203"


def assert_judged(sheets: Sheets, kind: str, **more: object) -> None:
    wrong = misjudged(sheets, checked(book_of(sheets), kind, **more))  # type: ignore[arg-type]
    assert not wrong, "\n".join(map(str, wrong))


# ---------------------------------------------------------------- households

HOUSEHOLDS = {
    "ครัวเรือน": FaultSheet(
        ["รหัสหมู่บ้าน", "บ้านเลขที่", "ชื่อหัวหน้าครัวเรือน", "จำนวนคน", "คุ้ม", "อาชีพหลัก", "โทรศัพท์"],
        [
            Fault("as it should be", NEW, "", [TRAKAT, "101", "นายก ข", 4, "คุ้มใต้", "ทำนา"]),
            Fault("as stored", SAME, "", [TRAKAT, "1", "นายบุญมี แสงทอง", 5, "คุ้มเหนือ", "ทำนา"]),
            Fault("another number of people", CHANGED, "", [TRAKAT, 2, "นายสมพงษ์ ศรีสุข", 9], {"people": "9"}),
            Fault("another head", CHANGED, "", [TRAKAT, "3", "นางใหม่ คำภา"], {"head_name": "นางใหม่ คำภา"}),
            Fault("title apart", SAME, "title", [TRAKAT, "5", "นาย ทองสุข พิมพ์ทอง"]),
            Fault("title in short", NEW, "title", [TRAKAT, "102", "น.ส.สมใจ ดี"], {"head_name": "นางสาวสมใจ ดี"}),
            Fault("words before the number", NEW, "house_words", [TRAKAT, "บ้านเลขที่ 103", "ก"], {"house_no": "103"}),
            Fault("moo behind it", NEW, "house_words", [TRAKAT, "104/1 ม.8", "ก"], {"house_no": "104/1"}),
            Fault("Thai digits", NEW, "thai_digits", [TRAKAT, "๑๐๕/๑", "ก"], {"house_no": "105/1"}),
            Fault("12/1 made a date", SAME, "house_date", [TRAKAT, date(2026, 1, 12), "นางสาวสุนิสา ทองดี"]),
            Fault("as a date in words", NEW, "house_date", [TRAKAT, "13-ก.พ.", "ก"], {"house_no": "13/2"}),
            Fault("a zero lost", SAME, "house_zero", [PHING, 7, "นายศูนย์ หาย"], {}),
            Fault("phone without its zero", NEW, "phone_zero", [TRAKAT, "106", "ก", "", "", "", 812345678], {"phone": "0812345678"}),
            Fault("people with their word", NEW, "number_words", [TRAKAT, "107", "ก", "5 คน"], {"people": "5"}),
            Fault("none", CHANGED, "", [TRAKAT, "7", "นายประเสริฐ บุญมา", "", "-"], {"cluster": ""}),
            Fault("either of two in one house", SAME, "", [PHING, "50", "นางสอง ใจ"]),
            Fault("1/1 made a date", PROBLEM, "house_date", [TRAKAT, date(2026, 1, 1), "ก"]),
            Fault("in the middle of a date", PROBLEM, "house_date", [TRAKAT, "12/1/2569", "ก"]),
            Fault("no number", PROBLEM, "required", [TRAKAT, "", "ก"]),
            Fault("no head", PROBLEM, "required", [TRAKAT, "108", ""]),
            Fault("which of two?", PROBLEM, "ambiguous_household", [PHING, "51", ""]),
            Fault("not an occupation", PROBLEM, "unknown_word", [TRAKAT, "109", "ก", "", "", "นักบินอวกาศ"]),
            Fault("not a phone", PROBLEM, "phone", [TRAKAT, "110", "ก", "", "", "", "8.12E+08"]),
            Fault("half a person", PROBLEM, "invalid_number", [TRAKAT, "111", "ก", 4.5]),
            Fault("twice", PROBLEM, "twice", [TRAKAT, "101", "นายก ข"]),
            Fault("no such village", PROBLEM, "not_in_your_area", ["33140199", "1", "ก"]),
            Fault("a code too short", PROBLEM, "short_code", ["3314018", "1", "ก"]),
            Fault("digits lost", PROBLEM, "shortened_code", ["3.31E+07", "1", "ก"]),
        ],
    ),
    "ชื่อ": FaultSheet(
        ["จังหวัด", "อำเภอ", "ตำบล", "หมู่ที่", "หมู่บ้าน", "รหัสหมู่บ้าน", "บ้านเลขที่", "คำนำหน้า", "ชื่อ", "นามสกุล"],
        [
            Fault("by moo", NEW, "moo_words village_found name_parts", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "ม.8", "", "", "120", "นาย", "ก", "ข"], {"head_name": "นายก ข"}),
            Fault("by name", NEW, "village_found ban_prefix name_parts", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "", "บ้านตระกาจ", "", "121", "น.ส.", "ก", "ข"], {"head_name": "นางสาวก ข"}),
            Fault("by its second name, filled down", NEW, "filled_down village_found", ["", "", "", "", "โนนกุง", "", "122", "", "นายก ข", ""]),
            Fault("title twice", NEW, "village_found name_parts", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", 8, "", "", "123", "นาย", "นายก", "ข"], {"head_name": "นายก ข"}),
            Fault("moo and name disagree", PROBLEM, "not_in_your_area", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", 9, "ตระกาจ", "", "124", "", "ก", ""]),
            Fault("code and subdistrict disagree", PROBLEM, "not_in_area", ["ศรีสะเกษ", "ศรีรัตนะ", "พิงพวย", "", "", TRAKAT, "124", "", "ก", ""]),
            Fault("code and moo disagree", PROBLEM, "other_village", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", 9, "", TRAKAT, "124", "", "ก", ""]),
            Fault("code and name disagree", PROBLEM, "other_village", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "", "พิงพวยใต้", TRAKAT, "124", "", "ก", ""]),
            Fault("two of that name", PROBLEM, "ambiguous_village", ["ศรีสะเกษ", "ศรีรัตนะ", "พิงพวย", "", "หนอง", "", "124", "", "ก", ""]),
            Fault("no village", PROBLEM, "place_missing", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้ว", "", "", "", "124", "", "ก", ""]),
            Fault("no such subdistrict", PROBLEM, "unknown_area", ["ศรีสะเกษ", "ศรีรัตนะ", "ศรีแก้", "", "ตระกาจใหญ่", "", "124", "", "ก", ""]),
        ],
    ),
}  # fmt: skip


@pytest.fixture
def houses(world: World) -> None:
    """Households and villages the sheets speak of beside the cast's."""
    household(world.phing, "07", "นายศูนย์ หาย")
    for number in ("50", "51"):
        household(world.phing, number, "นางหนึ่ง ใจ")
        household(world.phing, number, "นางสอง ใจ")
    for code in ("33140211", "33140212"):
        village(code, "หนอง")
    for moo in range(13, 17):
        village(f"331402{moo}", f"บึง{moo}")


def test_households_with_every_fault(houses: None) -> None:
    assert_judged(HOUSEHOLDS, "households")


def test_a_household_is_known_by_its_id(world: World) -> None:
    gone = household(world.trakat, "99", "นายก", ended_on=TODAY)
    stays = Household.objects.get(village=world.trakat, house_no="1")
    head = ["รหัสอ้างอิง", "รหัสหมู่บ้าน", "บ้านเลขที่", "หัวหน้าครัวเรือน"]
    rows = [
        [str(stays.pk).upper(), TRAKAT, "1/1", "นายบุญมี แสงทอง"],
        [str(gone.pk), TRAKAT, "99", "นายข"],
        ["00000000-0000-4000-8000-000000000000", TRAKAT, "5", "ก"],
        [str(stays.pk), PHING, "1", "ก"],
    ]
    found = [said(row) for row in rows_of(checked(as_csv([head, *rows]), "households"))]
    assert found[0].after == {"house_no": "1/1"}
    assert [row.problems for row in found[1:]] == [{"ended"}, {"unknown_id"}, {"unknown_id"}]


def test_two_households_in_one_house_are_told_apart_by_their_heads(world: World) -> None:
    """Also where a file writes title, name and surname in columns of their own."""
    household(world.phing, "60", "นายเดิม อยู่ดี")
    head = ["รหัสหมู่บ้าน", "บ้านเลขที่", "คำนำหน้า", "ชื่อ", "นามสกุล"]
    rows = [[PHING, "60", "นาย", "เดิม", "อยู่ดี"], [PHING, "60", "นาง", "ใหม่", "มาเพิ่ม"]]
    found = [said(row) for row in rows_of(checked(as_csv([head, *rows]), "households"))]
    assert [row.outcome for row in found] == ["same", "new"]


@pytest.mark.parametrize(
    ("cells", "kind", "problems", "after"),
    [
        (["12-ม.ค.", "นายก"], "house_date", {"house_date"}, {}),
        (["บ้านเลขที่ 9", "นายก"], "house_words", set(), {"house_no": "บ้านเลขที่ 9"}),
        (["130", "น.ส. ก"], "title", set(), {"head_name": "น.ส. ก"}),
        (["130", "นายก", 812345678], "phone_zero", set(), {"phone": "812345678"}),
        (["07", "นายก"], "house_zero", set(), {"house_no": "07"}),
        (["130", "ก", "", "ข"], "name_parts", set(), {"head_name": "ก"}),
    ],
)
def test_a_declined_repair_of_a_household_leaves_the_text_or_a_problem(
    cells: list[object], kind: str, problems: set[str], after: dict[str, str], world: World
) -> None:
    head = ["รหัสหมู่บ้าน", "บ้านเลขที่", "ชื่อหัวหน้าครัวเรือน", "โทรศัพท์", "นามสกุล"]
    content = as_workbook({"ก": [head, [TRAKAT, *cells]]})
    assert kind in only_row(checked(content, "households")).repairs
    row = only_row(checked(content, "households", declined=[kind]))
    assert (row.problems, {name: row.after[name] for name in after}) == (problems, after)
    assert kind not in row.repairs


# ---------------------------------------------------------------- the list of one village


@pytest.mark.parametrize(
    ("head", "cells", "problems"),
    [
        (["บ้านเลขที่", "ชื่อ"], ["140", "ก"], set()),
        (["หมู่ที่", "หมู่บ้าน", "บ้านเลขที่", "ชื่อ"], ["ม.8", "บ้านตระกาจ", "140", "ก"], set()),
        (["ตำบล", "บ้านเลขที่", "ชื่อ"], ["ศรีแก้ว", "140", "ก"], set()),
        (["หมู่ที่", "บ้านเลขที่", "ชื่อ"], ["9", "140", "ก"], {"other_village"}),
        (["หมู่บ้าน", "บ้านเลขที่", "ชื่อ"], ["พิงพวยใต้", "140", "ก"], {"other_village"}),
        (["ตำบล", "บ้านเลขที่", "ชื่อ"], ["พิงพวย", "140", "ก"], {"not_in_area"}),
        (["รหัสหมู่บ้าน", "บ้านเลขที่", "ชื่อ"], [PHING, "140", "ก"], {"not_this_village"}),
        (["รหัสหมู่บ้าน", "บ้านเลขที่", "ชื่อ"], [TRAKAT, "140", "ก"], set()),
    ],
)
def test_a_list_of_one_village_brings_nothing_into_another(
    head: list[str], cells: list[str], problems: set[str], world: World
) -> None:
    brought = checked(as_csv([head, cells]), "households", village=TRAKAT)
    assert only_row(brought).problems == problems
    assert rows_of(brought)[0].village_code in (TRAKAT, "")


def test_an_officer_brings_households_into_the_own_area_only(world: World) -> None:
    content = as_csv([["รหัสหมู่บ้าน", "บ้านเลขที่", "ชื่อ"], ["33040101", "1", "ก"]])
    district = Scope(national=False, codes=frozenset({"3314"}))
    assert only_row(checked(content, "households", allowed=district)).problems == {
        "not_in_your_area"
    }


# ---------------------------------------------------------------- committee members

MEMBERS = {
    "คณะทำงาน": FaultSheet(
        ["รหัสหมู่บ้าน", "ชื่อ-สกุล", "ตำแหน่ง", "มาในฐานะ", "บ้านเลขที่", "ตั้งแต่วันที่"],
        [
            Fault("as it should be", NEW, "buddhist_date", [TRAKAT, "นายหนึ่ง", "ประธาน", "ผู้นำที่เป็นทางการ", "1", "1/3/2560"], {"joined_on": "2017-03-01"}),
            Fault("in ค.ศ.", NEW, "", [TRAKAT, "นายสอง", "", "formal", "", "1/3/2017"], {"joined_on": "2017-03-01"}),
            Fault("month in words", NEW, "buddhist_date", [TRAKAT, "นายสาม", "", "natural", "", "1 มี.ค. พ.ศ. 2560"], {"joined_on": "2017-03-01"}),
            Fault("Thai digits", NEW, "thai_digits buddhist_date", [TRAKAT, "นายสี่", "", "group", "", "๑/๓/๒๕๖๐"], {"joined_on": "2017-03-01"}),
            Fault("a date of Excel", NEW, "", [TRAKAT, "นายห้า", "", "cluster", "", date(2017, 3, 1)], {"joined_on": "2017-03-01"}),
            Fault("a พ.ศ. date of Excel", NEW, "buddhist_date", [TRAKAT, "นายหก", "", "formal", "", date(2560, 3, 1)], {"joined_on": "2017-03-01"}),
            Fault("29/02/2559", NEW, "buddhist_date", [TRAKAT, "นายเจ็ด", "", "formal", "", "29/02/2559"], {"joined_on": "2016-02-29"}),
            Fault("serves already", SAME, "buddhist_date", [PHING, "นางเดิม", "เลขานุการ", "formal", "", "1/10/2559"]),
            Fault("with a space, now without", CHANGED, "", [PHING, "นายเว้น", "", "", "", ""], {"name": "นายเว้น"}),
            Fault("another position", CHANGED, "", [PHING, "นางย้าย", "เหรัญญิก"], {"position": "เหรัญญิก"}),
            Fault("two digits", PROBLEM, "two_digit_year", [TRAKAT, "นายแปดก", "", "formal", "", "1/3/60"]),
            Fault("29/02/2560", PROBLEM, "unreadable_date", [TRAKAT, "นายแปดข", "", "formal", "", "29/02/2560"]),
            Fault("29/02/2560 of Excel", PROBLEM, "unreadable_date", [TRAKAT, "นายแปดค", "", "formal", "", date(2560, 2, 29)]),
            Fault("no date", PROBLEM, "unreadable_date", [TRAKAT, "นายแปดง", "", "formal", "", "ต้นปี"]),
            Fault("a number for a date", PROBLEM, "unreadable_date", [TRAKAT, "นายแปดจ", "", "formal", "", 42795]),
            Fault("to come", PROBLEM, "future_date", [TRAKAT, "นายแปดฉ", "", "formal", "", "1/4/2560"]),
            Fault("no day", PROBLEM, "required", [TRAKAT, "นายแปดช", "", "formal"]),
            Fault("no kind of leader", PROBLEM, "unknown_word", [TRAKAT, "นายแปดซ", "", "ผู้นำโลก", "", "1/3/2560"]),
            Fault("no such house", PROBLEM, "unknown_household", [TRAKAT, "นายแปดญ", "", "formal", "999", "1/3/2560"]),
            Fault("a house of two", PROBLEM, "ambiguous_household", [PHING, "นายเก้า", "", "formal", "50", "1/3/2560"]),
            Fault("twice", PROBLEM, "twice", [TRAKAT, "นาย หนึ่ง", "", "formal", "", "1/3/2560"]),
        ],
    )
}  # fmt: skip


@pytest.fixture
def committee(houses: None, world: World) -> WorkingCommittee:
    serves = WorkingCommittee.objects.create(village=world.phing, formed_on=date(2016, 10, 1))
    for name, position in (("นางเดิม", "เลขานุการ"), ("นาย เว้น", ""), ("นางย้าย", "")):
        CommitteeMember.objects.create(
            committee=serves,
            name=name,
            position=position,
            kind=LeaderKind.FORMAL,
            joined_on=date(2016, 10, 1),
        )
    return serves


def test_members_with_every_fault(committee: WorkingCommittee) -> None:
    assert_judged(MEMBERS, "members")


def test_two_readings_are_shown_of_a_year_of_two_digits(world: World) -> None:
    head = ["รหัสหมู่บ้าน", "ชื่อ", "มาในฐานะ", "ตั้งแต่วันที่"]
    brought = checked(as_csv([head, [TRAKAT, "นายก", "formal", "1/3/60"]]), "members")
    (problem,) = rows_of(brought)[0].problems
    assert problem["params"] == {"buddhist": 2560, "common": 1960}


def test_who_left_does_not_join_later_under_the_same_id(committee: WorkingCommittee) -> None:
    left = committee.members.get(name="นางเดิม")
    left.left_on = date(2017, 1, 31)
    left.save()
    head = ["รหัสอ้างอิง", "รหัสหมู่บ้าน", "ชื่อ", "ตั้งแต่วันที่"]
    content = as_csv([head, [str(left.pk), PHING, "นางเดิม", "1/3/2560"]])
    assert only_row(checked(content, "members")).problems == {"joined_after_leaving"}


# ---------------------------------------------------------------- enrolments

ENROLMENTS = {
    "ปี": FaultSheet(
        ["ปีงบประมาณ", "รหัสหมู่บ้าน", "รหัสเจ้าหน้าที่", "งบประมาณ (บาท)"],
        [
            Fault("as stored", SAME, "", [2560, TRAKAT, "nida"]),
            Fault("with money", CHANGED, "number_words", ["2560", PHING, "NIDA", "25,000.- "], {"budget": "25000"}),
            Fault("the year with its word", NEW, "number_words", ["พ.ศ. 2560", "33140211"]),
            Fault("Thai digits", NEW, "thai_digits", ["๒๕๖๐", "33140212", "nida", "๒๕๐๐๐"], {"budget": "25000"}),
            Fault("no year", PROBLEM, "required", ["", "33140211"]),
            Fault("no such programme", PROBLEM, "unknown_year", [2599, TRAKAT]),
            Fault("in ค.ศ.", PROBLEM, "out_of_range", [2017, TRAKAT]),
            Fault("nobody", PROBLEM, "unknown_officer", [2560, "33140213", "นิดา"]),
            Fault("account closed", PROBLEM, "unknown_officer", [2560, "33140214", "malee"]),
            Fault("posted elsewhere", PROBLEM, "not_posted", [2560, "33140215", "kanya"]),
            Fault("comma for a point", PROBLEM, "invalid_number", [2560, "33140216", "", "1200,50"]),
            Fault("twice", PROBLEM, "twice", [2560, TRAKAT, "nida"]),
        ],
    )
}  # fmt: skip


def test_enrolments_with_every_fault(houses: None) -> None:
    assert_judged(ENROLMENTS, "enrolments")


# ---------------------------------------------------------------- officers

OFFICERS = {
    "เจ้าหน้าที่": FaultSheet(
        ["รหัสเจ้าหน้าที่", "ชื่อ-สกุล", "อีเมล", "โทรศัพท์", "หน้าที่", "รหัสพื้นที่", "ตั้งแต่วันที่", "ถึงวันที่"],
        [
            Fault("as it should be", NEW, "buddhist_date", ["new.1", "นายก", "a@x.th", "", "พัฒนากร", 3314, "1/10/2559"], {"posting-officer-3314": "2016-10-01.."}),
            Fault("a second posting", NEW, "buddhist_date", ["new.1", "นายก", "", "", "พัฒนากร", 3304, "1/10/2559", "30/9/2560"], {"posting-officer-3304": "2016-10-01..2017-09-30"}),
            Fault("stored", SAME, "buddhist_date", ["somsak", "นายสมศักดิ์ ทองดี", "", "", "officer", "3314", "1/10/2559"]),
            Fault("a new phone", CHANGED, "phone_zero", ["NIDA", "", "", "812345678"], {"phone": "0812345678"}),
            Fault("the country", NEW, "buddhist_date", ["new.2", "ข", "", "", "department", "", "1/10/2559"], {"posting-department-": "2016-10-01.."}),
            Fault("no staff id", PROBLEM, "required", ["", "ก", "", "", "officer", 3314, "1/10/2559"]),
            Fault("a staff id in Thai", PROBLEM, "staff_id", ["นิดา", "ก", "", "", "officer", 3314, "1/10/2559"]),
            Fault("no role", PROBLEM, "required", ["new.3", "ก", "", "", "", 3314, "1/10/2559"]),
            Fault("half a posting", PROBLEM, "required", ["kanya", "", "", "", "", 3314, "1/10/2559"]),
            Fault("not a role", PROBLEM, "unknown_word", ["new.8", "ก", "", "", "กำนัน", 3314, "1/10/2559"]),
            Fault("an administrator", PROBLEM, "role_not_here", ["new.3", "ก", "", "", "administrator", "", "1/10/2559"]),
            Fault("no area", PROBLEM, "required", ["new.3", "ก", "", "", "officer", "", "1/10/2559"]),
            Fault("three digits", PROBLEM, "bad_code", ["new.3", "ก", "", "", "officer", "331", "1/10/2559"]),
            Fault("starts with 0", PROBLEM, "short_code", ["new.3", "ก", "", "", "officer", "0314", "1/10/2559"]),
            Fault("no such area", PROBLEM, "unknown_area", ["new.3", "ก", "", "", "officer", "9914", "1/10/2559"]),
            Fault("an area for the country", PROBLEM, "national_area", ["new.3", "ก", "", "", "department", 33, "1/10/2559"]),
            Fault("ends before it begins", PROBLEM, "last_day_first", ["new.3", "ก", "", "", "officer", 3314, "1/10/2559", "1/9/2559"]),
            Fault("while another runs", PROBLEM, "posting_past", ["prasit", "", "", "", "chief", 3314, "1/3/2560"]),
            Fault("not an address", PROBLEM, "email", ["new.3", "ก", "a@", "", "officer", 3314, "1/10/2559"]),
            Fault("another's address", PROBLEM, "email_taken", ["new.4", "ก", "A@x.th", "", "officer", 3314, "1/10/2559"]),
            Fault("another name", PROBLEM, "differs_from_row", ["new.1", "นายข", "", "", "officer", 33, "1/10/2559"]),
            Fault("the own account, as it is", SAME, "", ["anan", "นายอนันต์ รักดี"]),
            Fault("the own account", PROBLEM, "own_posting", ["anan", "", "", "", "officer", 3314, "1/10/2559"]),
            Fault("two digits", PROBLEM, "two_digit_year", ["new.9", "ก", "", "", "officer", 3314, "1/10/59"]),
            Fault("twice", PROBLEM, "twice", ["new.1", "นายก", "a@x.th", "", "officer", 3314, "1/10/2559"]),
        ],
    ),
    "ชื่อพื้นที่": FaultSheet(
        ["รหัสเจ้าหน้าที่", "ชื่อ", "หน้าที่", "จังหวัด", "อำเภอ", "รหัสพื้นที่", "ตั้งแต่วันที่"],
        [
            Fault("by names", NEW, "area_prefix buddhist_date", ["new.5", "ก", "officer", "จ.ศรีสะเกษ", "อ.ศรีรัตนะ", "", "1/10/2559"], {"posting-officer-3314": "2016-10-01.."}),
            Fault("a province", NEW, "buddhist_date", ["new.6", "ก", "province", "อุบลราชธานี", "", "", "1/10/2559"], {"posting-province-34": "2016-10-01.."}),
            Fault("code and name disagree", PROBLEM, "not_in_area", ["new.7", "ก", "officer", "ศรีสะเกษ", "ศรีรัตนะ", "3304", "1/10/2559"]),
        ],
    ),
}  # fmt: skip


def test_officers_with_every_fault(world: World) -> None:
    assert_judged(OFFICERS, "officers", by=world.anan)


def test_a_posting_lies_where_the_person_may_post(world: World) -> None:
    head = ["รหัสเจ้าหน้าที่", "ชื่อ", "หน้าที่", "รหัสพื้นที่", "ตั้งแต่วันที่"]
    content = as_csv([head, ["new.1", "ก", "officer", "34", "1/10/2559"]])
    province = Scope(national=False, codes=frozenset({"33"}))
    assert only_row(checked(content, "officers", allowed=province)).problems == {"area_not_yours"}


def test_a_posting_that_ended_may_begin_again(world: World) -> None:
    ended = person("ended", "นายจบ", "พัฒนากร")
    post(ended, Role.OFFICER, "3314", ends=date(2016, 12, 31))
    head = ["รหัสเจ้าหน้าที่", "หน้าที่", "รหัสพื้นที่", "ตั้งแต่วันที่"]
    content = as_csv([head, ["ended", "officer", "3314", "1/3/2560"]])
    row = only_row(checked(content, "officers"))
    assert (row.outcome, row.after) == ("changed", {"posting-officer-3314": "2017-03-01.."})
