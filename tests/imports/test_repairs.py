"""Repairs as a table, text to text; doing one again changes nothing more."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammachip.thai.dates import BANGKOK
from sammachip.thai.digits import to_arabic
from sammachip.thai.text import clean
from villages.imports import repairs
from villages.imports.kinds import KINDS
from villages.imports.kinds.enrolments import bare_year
from villages.imports.repairs import Mend, Repair, mended
from villages.imports.words import ALWAYS, REPAIRS

AM, NIKHAHIT = "\u0e33", "\u0e4d"

TABLE: dict[Mend, dict[str, str]] = {
    # what is done          what was typed -> what is meant
    clean: {
        "  ศรี   แก้ว ": "ศรี แก้ว",
        "ศรี\u00a0แก้ว": "ศรี แก้ว",
        "ตระ\u200bกาจ\ufeff": "ตระกาจ",
        f"น้{NIKHAHIT}า": f"น้{AM}",  # decomposed, the tone mark before
        f"น{NIKHAHIT}้า": f"น้{AM}",  # and between
        f"ก{NIKHAHIT}าลัง": f"ก{AM}ลัง",
        "เเก้ว": "แก้ว",
        "ก\tข\x00": "ก ข",
    },
    repairs.join_sara_am: {
        "อ าเภอ": "อำเภอ",
        "น ้า": "น้ำ",
        "น้ า": "น้ำ",
        "น  ้ า": "น้ำ",
        "ก\u00a0าลัง": "กำลัง",
        f"ก{NIKHAHIT} าลัง": "กำลัง",
        "ท างานท าไร่": "ทำงานทำไร่",
        "น้ำใส": "น้ำใส",
        "นา ดี": "นา ดี",
        "ตา กล้า": "ตา กล้า",
    },
    repairs.take_marks_once: {
        "บ้้าน": "บ้าน",
        "ศรีีแก้ว": "ศรีแก้ว",
        "ท่ี่": "ท่ี่",  # not doubled: two marks in two places
        "หมู่ที่": "หมู่ที่",
        "11": "11",
    },
    to_arabic: {"๓๓๑๔๐๑๐๘": "33140108", "ม.๘": "ม.8"},
    repairs.bare_code: {
        "33-14-01-08": "33140108",
        "33 14 01 08": "33140108",
        "33140108.0": "33140108",
        "3314018.0": "3314018",  # a digit short, and not 33140180
        "3.31E+07": "3.31E+07",
        "ไม่มี": "ไม่มี",
    },
    repairs.bare_number: {
        "1,200": "1200",
        "25,000.00 บาท": "25000",
        "฿25,000.-": "25000",
        "5 คน": "5",
        "1,200.50": "1200.50",
        "1200,50": "1200,50",  # no thousands: nobody knows
        "14,85": "14,85",
        "-5": "-5",
        "-": "-",
        "คน": "คน",
    },
    repairs.moo_number: {
        "ม.8": "8",
        "ม 8": "8",
        "หมู่ที่ 08": "8",
        "หมู่8": "8",
        "Moo 8": "8",
        "หมู่แปด": "8",
        "สิบเอ็ด": "11",
        "ยี่สิบเอ็ด": "21",
        "หมู่ที่สามสิบ": "30",
        "หลายหมู่": "หลายหมู่",
        "มาก": "มาก",
    },
    repairs.without_ban: {
        "บ้านตระกาจ": "ตระกาจ",
        "บ. ตระกาจ": "ตระกาจ",
        "Ban Trakat": "Trakat",
        "บ้าน บ้านด่าน": "ด่าน",
        "บ้าน": "บ้าน",
        "ตระกาจ": "ตระกาจ",
    },
    repairs.without_moo: {
        "ตระกาจ หมู่ที่ 8": "ตระกาจ",
        "ตระกาจ, ม.๘": "ตระกาจ",
        "ตระกาจ (หมู่ 8)": "ตระกาจ",
        "โคกหมู 2": "โคกหมู 2",
        "หมู่ 8": "หมู่ 8",
    },
    repairs.without_area_word: {
        "ต.ศรีแก้ว": "ศรีแก้ว",
        "ตำบลศรีแก้ว": "ศรีแก้ว",
        "อ. ศรีรัตนะ": "ศรีรัตนะ",
        "กิ่งอำเภอศรีรัตนะ": "ศรีรัตนะ",
        "จังหวัด": "จังหวัด",
    },
    repairs.house_number: {
        "บ้านเลขที่ 12/1": "12/1",
        "เลขที่12/1": "12/1",
        "12 / 1": "12/1",
        "12/1 ม.8": "12/1",
        "No. 5": "5",
        "12 ม.8 0": "12",
        "เลขที่": "เลขที่",
    },
    repairs.house_of_date: {
        "12-ม.ค.": "12/1",
        "12-Jan": "12/1",
        "5 ธ.ค.": "5/12",
        "ม.ค.-40": "1/40",
        "Dec-40": "12/40",
        "12/1": "12/1",
        "12-x": "12-x",
    },
    repairs.phone_number: {
        "812345678": "0812345678",
        "81-234-5678": "081-234-5678",
        "45611234": "045611234",
        "0812345678": "0812345678",
        "1669": "1669",
        "+66812345678": "+66812345678",
    },
    repairs.titled_name: {
        "นาย บุญมี แสงทอง": "นายบุญมี แสงทอง",
        "นายบุญมี แสงทอง": "นายบุญมี แสงทอง",
        "น.ส.สมใจ ใจดี": "นางสาวสมใจ ใจดี",
        "น.ส. สมใจ": "นางสาวสมใจ",
        "นส.สมใจ": "นางสาวสมใจ",
        "น.ส สมใจ": "นางสาวสมใจ",
        "ด.ช. ก้อง": "เด็กชายก้อง",
        "นายก": "นายก",
    },
    bare_year: {"พ.ศ. 2570": "2570", "ปีงบประมาณ 2570": "2570", "ปี พ.ศ.2570": "2570", "ปี": "ปี"},
}


@pytest.mark.parametrize(
    ("mend", "typed", "meant"),
    [(mend, typed, meant) for mend, texts in TABLE.items() for typed, meant in texts.items()],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_text_is_mended(mend: Mend, typed: str, meant: str) -> None:
    assert mend(typed) == meant


def test_every_mending_a_column_names_stands_in_the_table() -> None:
    used = {
        mending.mend
        for kind in KINDS.values()
        for column in kind.form.columns
        for mending in column.mendings
    }
    assert used == TABLE.keys()


PIECES = st.lists(
    st.one_of(
        st.sampled_from([typed for texts in TABLE.values() for typed in texts]),
        st.sampled_from(
            ["บ้าน", "ม.8", "หมู่", "นาย", "น.ส.", "เลขที่", "No", "อ.", " ", "-", "(", ")"]
        ),
        st.text("กนาำ่้ีํเ 08.,/-ecม()\u00a0\u200b", max_size=6),
    ),
    max_size=4,
)


@pytest.mark.parametrize("mend", TABLE, ids=lambda mend: mend.__name__)
@given(pieces=PIECES)
def test_mending_twice_is_mending_once(mend: Mend, pieces: list[str]) -> None:
    once = mend(clean("".join(pieces)))
    assert mend(once) == once


@given(pieces=PIECES)
def test_nothing_is_mended_silently(pieces: list[str]) -> None:
    typed = "".join(pieces)
    for kind in KINDS.values():
        for column in kind.form.columns:
            text, done = mended(column.name, typed, column.mendings, ())
            path = [typed, *(repair.new for repair in done)]
            assert [repair.old for repair in done] == path[:-1]
            assert text == path[-1]
            assert {repair.kind for repair in done} <= REPAIRS.keys()


def test_a_declined_repair_leaves_the_text() -> None:
    every = repairs.PERSON
    assert mended("name", "น.ส. สมใจ", every, {"title"}) == ("น.ส. สมใจ", [])
    assert mended("name", "น.ส.  สมใจ", every, {"title"}) == (
        "น.ส. สมใจ",
        [Repair("name", "tidied", "น.ส.  สมใจ", "น.ส. สมใจ")],
    )


def test_what_is_stored_tidy_in_any_case_is_among_the_repairs() -> None:
    assert REPAIRS.keys() > ALWAYS


# ---------------------------------------------------------------- cells that are no text


@pytest.mark.parametrize(
    ("cell", "text", "was_buddhist"),
    [
        (date(2017, 3, 23), "2017-03-23", False),
        (datetime(2560, 3, 23, tzinfo=BANGKOK), "23/3/2017", True),
        (date(2560, 2, 29), "29/2/2017", True),  # a day only Excel's 2560 has: no date later
        ("29/02/2567", "29/02/2567", False),
        (243_000.0, "243000", False),
    ],
)
def test_a_date_of_a_spreadsheet_is_read_in_its_own_years(
    cell: repairs.Cell, text: str, was_buddhist: bool
) -> None:
    assert repairs.date_cell(cell) == (text, was_buddhist)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (datetime(2026, 1, 12, tzinfo=BANGKOK), "12-ม.ค."),
        (date(2026, 1, 1), "2026-01-01"),  # 1/1 or 1/26: nobody can tell
        (12.0, "12"),
        ("12/1", "12/1"),
    ],
)
def test_a_house_number_that_became_a_date_is_read_where_it_is_certain(
    cell: repairs.Cell, text: str
) -> None:
    assert repairs.house_cell(cell) == text


@pytest.mark.parametrize(
    "text",
    ["??????", "ตระกา\ufffd", "บ\uf70aาน", "เธกเธฐเธก", "à¸•à¸£à¸°", "เธ•เธฃเธฐเธเธฒเธ"],
)
def test_thai_that_was_broken_before_is_seen(text: str) -> None:
    assert repairs.is_broken(text)


@given(st.lists(st.sampled_from(["เนิน", "เธอ", "เนื้อ", "เนรมิต", "น้ำ", "ใช่ไหม?", " ", "เขา"])))
def test_whole_thai_is_not_taken_for_broken(words: list[str]) -> None:
    assert not repairs.is_broken("ก".join(words))
