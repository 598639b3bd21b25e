"""Dates as Thai offices write and read them: "23 มี.ค. 2560", the year in พ.ศ. (Buddhist era).

Dates are stored as they are, in ค.ศ. (common era): 543 is only ever added to the number of a year.
Added to a whole date it would lose 29 February 2567 (2024). Before 1941 the Thai year began on
1 April; like every calendar library this module leaves that out.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sammachip.thai.bilingual import in_thai
from sammachip.thai.digits import to_arabic
from sammachip.thai.text import clean

BANGKOK = ZoneInfo("Asia/Bangkok")
BUDDHIST_OFFSET = 543
COMMON_YEARS = range(1900, 2200)
BUDDHIST_YEARS = range(2400, 2200 + BUDDHIST_OFFSET)


MONTHS = (
    ("มกราคม", "ม.ค.", "January", "Jan"),
    ("กุมภาพันธ์", "ก.พ.", "February", "Feb"),
    ("มีนาคม", "มี.ค.", "March", "Mar"),
    ("เมษายน", "เม.ย.", "April", "Apr"),
    ("พฤษภาคม", "พ.ค.", "May", "May"),
    ("มิถุนายน", "มิ.ย.", "June", "Jun"),
    ("กรกฎาคม", "ก.ค.", "July", "Jul"),
    ("สิงหาคม", "ส.ค.", "August", "Aug"),
    ("กันยายน", "ก.ย.", "September", "Sep"),
    ("ตุลาคม", "ต.ค.", "October", "Oct"),
    ("พฤศจิกายน", "พ.ย.", "November", "Nov"),
    ("ธันวาคม", "ธ.ค.", "December", "Dec"),
)


class Words(NamedTuple):
    """How one language writes dates. Months stand at their number less one."""

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    short: str
    long: str
    clock: str


THAI = Words(
    months=tuple(row[0] for row in MONTHS),
    short_months=tuple(row[1] for row in MONTHS),
    short="{day} {month} {year}",
    long="{day} {month} พ.ศ. {year}",
    clock="{time} น.",
)
ENGLISH = Words(
    months=tuple(row[2] for row in MONTHS),
    short_months=tuple(row[3] for row in MONTHS),
    short="{day} {month} {year} BE",
    long="{day} {month} {year} BE",
    clock="{time}",
)


# ---------------------------------------------------------------- writing


def to_buddhist_year(year: int) -> int:
    """2017 (ค.ศ.) as 2560 (พ.ศ.)."""
    return year + BUDDHIST_OFFSET


def fiscal_year(day: date) -> int:
    """The government's year in พ.ศ., October to September: 1 ต.ค. 2559 is in 2560."""
    day = local_day(day)
    return to_buddhist_year(day.year + (day.month >= 10))


def short(day: date, language: str | None = None) -> str:
    """For lists: "23 มี.ค. 2560", "23 Mar 2560 BE"."""
    day = local_day(day)
    return _short(day.day, day.month, day.year, language)


def long(day: date, language: str | None = None) -> str:
    """For forms and papers: "23 มีนาคม พ.ศ. 2560", "23 March 2560 BE"."""
    day, words = local_day(day), _words(language)
    month = words.months[day.month - 1]
    return words.long.format(day=day.day, month=month, year=to_buddhist_year(day.year))


def of_letter(day: date) -> str:
    """For the head of Thai letters, the era not named: "23 มีนาคม 2560"."""
    day = local_day(day)
    return f"{day.day} {THAI.months[day.month - 1]} {to_buddhist_year(day.year)}"


def month(day: date, language: str | None = None) -> str:
    """The month of a day: "มี.ค. 2560", "Mar 2560"."""
    day = local_day(day)
    return f"{_words(language).short_months[day.month - 1]} {to_buddhist_year(day.year)}"


def clock(when: datetime, language: str | None = None) -> str:
    """The time in Thailand: "14.10 น.", "14.10"."""
    return _words(language).clock.format(time=f"{_in_bangkok(when):%H.%M}")


def moment(when: datetime, language: str | None = None) -> str:
    """Day and time in Thailand: "23 มี.ค. 2560 14.10 น."."""
    return f"{short(when, language)} {clock(when, language)}"


def local_day(day: date) -> date:
    """The date itself; of a datetime, the date in Thailand. Without a zone it is Thai time."""
    return _in_bangkok(day).date() if isinstance(day, datetime) else day


def _in_bangkok(when: datetime) -> datetime:
    return when.astimezone(BANGKOK) if when.tzinfo else when


def _words(language: str | None) -> Words:
    return THAI if in_thai(language) else ENGLISH


def _short(day: int, month: int, year: int, language: str | None = None) -> str:
    words = _words(language)
    name = words.short_months[month - 1]
    return words.short.format(day=day, month=name, year=to_buddhist_year(year))


# ---------------------------------------------------------------- reading


class DateError(ValueError):
    """A text that is no date. The code says why, the params fill the message for people.

    ``empty`` · ``unreadable`` (text) · ``two_digit_year`` (year, and both its readings: buddhist,
    common) · ``year_out_of_range`` (year) · ``no_such_day`` (text).
    """

    def __init__(self, code: str, params: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code, params)
        self.code, self.params = code, dict(params or {})


# A year: พ.ศ. 2560, 2560, 2560 BE
_YEAR = r"""
    (?: (?P<era> พ\.?\ ?ศ | ค\.?\ ?ศ )\.?\ ? )?
    (?P<year> [0-9]{1,6} )
    (?: \ ?(?P<english_era> b\.?e | c\.?e | a\.?d )\.? )?
"""
_BY_NUMBERS = r"""
    (?P<day> [0-9]{1,2} )\ ?(?P<mark> [/.-] )\ ?(?P<month> [0-9]{1,2} )\ ?(?P=mark)\ ?
"""
_BY_NAME = r"(?P<day> [0-9]{1,2} )(?P<month> [^0-9]+? )"
# A time may follow. It must be Thailand's, for elsewhere it may be another day.
_ISO = r"""
    (?P<year> [0-9]{4} )-(?P<month> [0-9]{1,2} )-(?P<day> [0-9]{1,2} )
    (?: [t\ -][0-9]{1,2}:[0-9]{2} (?: :[0-9]{2} (?: \.[0-9]+ )? )? (?: \+07:?00 )? )?
"""
_FORMS = [re.compile(form, re.VERBOSE) for form in (_BY_NUMBERS + _YEAR, _BY_NAME + _YEAR, _ISO)]
_BUDDHIST, _COMMON = "buddhist", "common"
_ERAS = {"พ": _BUDDHIST, "b": _BUDDHIST, "ค": _COMMON, "c": _COMMON, "a": _COMMON}


def _bare(name: str) -> str:
    return re.sub(r"[\s.,/-]", "", name).lower()


_MONTH_NUMBERS = {
    _bare(name): number for number, names in enumerate(MONTHS, start=1) for name in names
} | {"sept": 9}


def parse_date(text: str) -> date:
    """The date a person typed, in any form in use; DateError where it is none.

    23/3/2560, 23-03-2560, 23.3.2560, 23 มี.ค. 2560, วันที่ 23 มีนาคม พ.ศ. 2560, 23 March 2017,
    2017-03-23 and 2017-03-23-08:59:57; Thai digits in each. From 2400 on a year is พ.ศ., 1900 to
    2199 is ค.ศ.; whether the day exists is asked only after that is settled.
    """
    written = clean(text)
    if not written:
        raise DateError("empty")
    day, month, digits, era = _split(written)
    year = _common_year(digits, era)
    try:
        return date(year, month, day)
    except ValueError:
        read = _short(day, month, year) if 1 <= month <= 12 else written
        raise DateError("no_such_day", {"text": read}) from None


def _split(written: str) -> tuple[int, int, str, str]:
    """Day, month, the digits of the year, and its era or "" where none is written."""
    plain = to_arabic(written).lower().removeprefix("วันที่").strip()
    found = next(filter(None, (form.fullmatch(plain) for form in _FORMS)), None)
    parts = found.groupdict(default="") if found else {"month": ""}
    month = _month(parts["month"])
    if month is None:
        raise DateError("unreadable", {"text": written})
    era = parts.get("era") or parts.get("english_era") or ""
    return int(parts["day"]), month, parts["year"], _ERAS.get(era[:1], "")


def _month(name: str) -> int | None:
    return int(name) if name.isdecimal() else _MONTH_NUMBERS.get(_bare(name))


def _common_year(digits: str, era: str) -> int:
    """The year in ค.ศ. An era that is written must agree with the number."""
    if len(digits) == 2:
        raise DateError("two_digit_year", {"year": digits, **_both_readings(int(digits))})
    year = int(digits)
    if year in BUDDHIST_YEARS and era != _COMMON:
        return year - BUDDHIST_OFFSET
    if year in COMMON_YEARS and era != _BUDDHIST:
        return year
    raise DateError("year_out_of_range", {"year": digits})


def _both_readings(year: int) -> dict[str, int]:
    # 60 may be 2560 or 1960, but 17 is 2517 or 2017.
    return {_BUDDHIST: 2500 + year, _COMMON: year + (1900 if year >= 50 else 2000)}
