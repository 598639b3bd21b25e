"""Repairs of cells that others typed: small functions from text to text, each with its kind.

A repair is never silent: where one changes a text, the row says which, from what, to what; and all
but those of ``words.ALWAYS`` can be declined by a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sammachip.thai.dates import BUDDHIST_OFFSET, BUDDHIST_YEARS, MONTHS
from sammachip.thai.digits import to_arabic
from sammachip.thai.text import clean
from villages.imports.cells import Cell, text_of


class Repair(NamedTuple):
    """What was done to a field: its kind (see words.REPAIRS), the text before and after."""

    field: str
    kind: str
    old: str
    new: str


Mend = Callable[[str], str]


@dataclass(frozen=True)
class Mending:
    """A kind of repair and the function that does it; a text it leaves alone needed none."""

    kind: str
    mend: Mend


def mended(
    field: str, text: str, mendings: Iterable[Mending], declined: Container[str]
) -> tuple[str, list[Repair]]:
    """A text after its repairs, and which of them changed it."""
    done = []
    for mending in mendings:
        if mending.kind in declined:
            continue
        new = mending.mend(text)
        if new != text:
            done.append(Repair(field, mending.kind, text, new))
            text = new
    return text, done


# ---------------------------------------------------------------- any text

# Broken before the file was sent: replaced by "?" or U+FFFD, letters of a PDF's own font (private
# use), UTF-8 once read as Windows-874 (เธกเธฐเธก) or as Latin-1 (à¸š).
_BROKEN = re.compile(r"\?\?|[\ufffd\ue000-\uf8ff]|à[¸¹]|(เ[ธน].?){3}")


def is_broken(text: str) -> bool:
    """Whether the Thai of a text is beyond repair."""
    return bool(_BROKEN.search(text))


# น ้ า and ก าลัง: copying from a PDF takes the circle of ำ away and leaves a space.
_SPLIT_BY_PDF = re.compile(
    "([ก-ฮ])\u0e4d?([\u0e48-\u0e4b]?)[ \u00a0]+\u0e4d?([\u0e48-\u0e4b]?)[ \u00a0]*\u0e32"
)
_DOUBLED = re.compile("([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])\\1+")


def join_sara_am(text: str) -> str:
    """ก าลัง as กำลัง, น ้า as น้ำ."""
    return _SPLIT_BY_PDF.sub(lambda found: f"{''.join(found.groups())}\u0e33", text)


def take_marks_once(text: str) -> str:
    """บ้้าน as บ้าน."""
    return _DOUBLED.sub(lambda found: found[1], text)


TIDY = Mending("tidied", clean)
TEXT = (Mending("sara_am", join_sara_am), TIDY, Mending("double_marks", take_marks_once))
DIGITS = Mending("thai_digits", to_arabic)


# ---------------------------------------------------------------- codes and numbers

_SEPARATORS = re.compile(r"[\s.\-/]")


def bare_code(text: str) -> str:
    """33-14-01-08 as 33140108; only where nothing but digits is left."""
    bare = _SEPARATORS.sub("", re.sub(r"^([0-9]{7,})\.0+$", r"\1", text))
    return bare if bare.isdecimal() else text


CODE = (TIDY, DIGITS, Mending("separators", bare_code))

_UNITS = re.compile(
    r"^฿+|(\s*((คน|บาท|ครัวเรือน|หลัง|persons?|people|baht|thb)\.?|\.?-))+$", re.IGNORECASE
)
_WHOLE = re.compile(r"[0-9]+\.0*")
_IN_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")


def bare_number(text: str) -> str:
    """1,200.00 บาท as 1200, 5 คน as 5; a comma that parts no thousands stays."""
    bare = _UNITS.sub("", text).strip()
    bare = bare.replace(",", "") if _IN_THOUSANDS.fullmatch(bare) else bare
    bare = bare.partition(".")[0] if _WHOLE.fullmatch(bare) else bare
    return bare if bare[:1].isdecimal() else text


NUMBER = (TIDY, DIGITS, Mending("number_words", bare_number))

_UNIT_WORDS = ["", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"]
_MOO_PREFIX = re.compile(r"^(หมู่บ้านที่|หมู่ที่|หมู่|ม\.?|moo\.?)\s*", re.IGNORECASE)


def _number_words() -> dict[str, str]:
    words = {word: str(number) for number, word in enumerate(_UNIT_WORDS) if word}
    words["สิบ"] = "10"
    for ten, start in ((1, "สิบ"), (2, "ยี่สิบ"), (3, "สามสิบ")):
        words[start] = str(ten * 10)
        words |= {f"{start}{word}": str(ten * 10 + n) for n, word in enumerate(_UNIT_WORDS) if word}
        words[f"{start}เอ็ด"] = str(ten * 10 + 1)
    return words


_NUMBERS = _number_words()


def moo_number(text: str) -> str:
    """ม.8, หมู่ที่ 08 and หมู่แปด as 8."""
    bare = _MOO_PREFIX.sub("", text).strip()
    bare = _NUMBERS.get(bare, bare)
    return str(int(bare)) if bare.isdecimal() else text


MOO = (TIDY, DIGITS, Mending("moo_words", moo_number))


# ---------------------------------------------------------------- names of places

_BAN = re.compile(r"^((บ้าน|บ\.|Ban )\s*)+")
_MOO_BEHIND = re.compile(r"(?:[\s,]*\(?(?:หมู่ที่|หมู่|ม\.)\s*([0-9๐-๙]{1,2})\s*\)?)+$")
_IN_BRACKETS = re.compile(r"^(.+?)\s*[(（]\s*(.+?)\s*[)）]$")
_AREA_PREFIX = re.compile(r"^((จังหวัด|จ\.|อำเภอ|กิ่งอำเภอ|อ\.|เขต|ตำบล|ต\.|แขวง)\s*)+")


def without_ban(text: str) -> str:
    """บ้านตระกาจ as ตระกาจ; a name is stored bare."""
    return _BAN.sub("", text) or text


def without_moo(text: str) -> str:
    """ตระกาจ หมู่ที่ 8 as ตระกาจ."""
    return _MOO_BEHIND.sub("", text) or text


def moo_behind(text: str) -> str:
    """The moo written behind a name, as digits; "" where there is none."""
    found = _MOO_BEHIND.search(text)
    return str(int(to_arabic(found[1]))) if found else ""


def name_and_second(text: str) -> tuple[str, str]:
    """ตระกาจ (บ้านโนนกุง) as ตระกาจ and โนนกุง; the second "" where there is none."""
    found = _IN_BRACKETS.match(text)
    return (found[1], without_ban(found[2])) if found else (text, "")


def without_area_word(text: str) -> str:
    """ต.ศรีแก้ว as ศรีแก้ว."""
    return _AREA_PREFIX.sub("", text) or text


VILLAGE_NAME = (*TEXT, Mending("moo_in_name", without_moo), Mending("ban_prefix", without_ban))
AREA_NAME = (*TEXT, Mending("area_prefix", without_area_word))


# ---------------------------------------------------------------- people

_HOUSE_WORDS = re.compile(r"^((บ้านเลขที่|เลขที่|no\.?)\s*)+", re.IGNORECASE)
_MONTH_BY_NAME = {
    name.lower(): number for number, names in enumerate(MONTHS, start=1) for name in names
}
_DAY_AND_MONTH = re.compile(r"([0-9]{1,2})[- ]([^\W\d_][^0-9]*)")
_MONTH_AND_REST = re.compile(r"([^\W\d_][^0-9]*?)[- ]([0-9]{2})")
_TITLES = ("นางสาว", "นาย", "นาง", "เด็กชาย", "เด็กหญิง", "ว่าที่ร้อยตรี", "พระ", "ดร.")
_SHORT_TITLES = {
    "น.ส.": "นางสาว",
    "น.ส": "นางสาว",
    "นส.": "นางสาว",
    "ด.ช.": "เด็กชาย",
    "ด.ญ.": "เด็กหญิง",
}


def house_number(text: str) -> str:
    """บ้านเลขที่ 12/1 หมู่ 8 as 12/1, without spaces inside; what a space hid is seen after it."""
    bare = without_moo(_HOUSE_WORDS.sub("", text)).replace(" ", "")
    if bare in ("", text):
        return text
    return house_number(bare)


def house_of_date(text: str) -> str:
    """12-ม.ค. and 12-Jan as 12/1, ม.ค.-40 as 1/40: Excel took a house number for a date."""
    if found := _DAY_AND_MONTH.fullmatch(text):
        month = _MONTH_BY_NAME.get(found[2].strip().lower())
        return f"{found[1]}/{month}" if month else text
    if found := _MONTH_AND_REST.fullmatch(text):
        month = _MONTH_BY_NAME.get(found[1].strip().lower())
        return f"{month}/{found[2]}" if month else text
    return text


def phone_number(text: str) -> str:
    """812345678 as 0812345678: a spreadsheet took the zero."""
    bare = re.sub(r"[\s-]", "", text)
    return f"0{text}" if bare.isdecimal() and len(bare) in (8, 9) and bare[0] != "0" else text


def titled_name(text: str) -> str:
    """นาย บุญมี แสงทอง as นายบุญมี แสงทอง, น.ส.สมใจ as นางสาวสมใจ."""
    for short, long in _SHORT_TITLES.items():
        if text.startswith(short):
            text = long + text.removeprefix(short).lstrip()
    for title in _TITLES:
        if text.startswith(f"{title} "):
            return title + text.removeprefix(title).lstrip()
    return text


HOUSE = (
    TIDY,
    DIGITS,
    Mending("house_date", house_of_date),
    Mending("house_words", house_number),
)
PHONE = (TIDY, DIGITS, Mending("phone_zero", phone_number))
PERSON = (*TEXT, Mending("title", titled_name))


# ---------------------------------------------------------------- cells that are no text


def house_cell(cell: Cell) -> str:
    """A cell of house numbers as text: a date becomes day-month as Thai Excel shows it.

    The first of a month may have been day and month (1/12) or month and year (12/40): nobody can
    tell, and it stays the date it is.
    """
    if isinstance(cell, date) and cell.day > 1:
        return f"{cell.day}-{MONTHS[cell.month - 1][1]}"
    return text_of(cell)


def date_cell(cell: Cell) -> tuple[str, bool]:
    """A cell of dates as text, and whether Excel held a พ.ศ. year as if it were ค.ศ."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date) and cell.year in BUDDHIST_YEARS:
        year = cell.year - BUDDHIST_OFFSET
        return f"{cell.day}/{cell.month}/{year}", True
    return text_of(cell), False
