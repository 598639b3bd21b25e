"""Phone numbers as they stand in texts: typed with dashes, brackets, spaces, +66 or Thai digits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product

from sammachip.thai.digits import to_arabic

BETWEEN = r"[\s./()_\u00b7\u2010-\u2015\u2212-]"  # dashes of every length among them
SHORTEST, MOBILE = 8, 9  # digits after the 0; those of a mobile are a phone without it too
_SOME = rf"(?:(?!\n){BETWEEN}){{0,3}}"
_A_DATE = r"[0-9]{1,2}(?P<mark>[/.-])[0-9]{1,2}(?P=mark)2[05][0-9]{2}"
_NUMBER = (
    rf"(?:[(]?(?:[+]|00)[(]?66{_SOME}(?:0{_SOME})?|[(]?0(?![.]){_SOME})"
    rf"[1-9](?:{_SOME}[0-9]){{7,8}}(?![0-9])"
)
_PHONE = re.compile(rf"(?<![0-9])(?<![0-9]/)(?<![0-9]{{2}}[.-])(?!{_A_DATE}){_NUMBER}")
_IN_A_FIELD = re.compile(rf"(?<![0-9]){_NUMBER}")
_RUN = re.compile(rf"[0-9๐-๙](?:{BETWEEN}*[0-9๐-๙]){{7,}}")
_BEFORE = re.compile(r"(?:(?:00)?660?|0)$")
_ABROAD = re.compile("^(?:0*66(?=0?[0-9]{8,9}$))?0?")


def phones_in(text: str) -> list[str]:
    """What looks like a phone number, each once, in Arabic digits."""
    found = (match.group().strip() for match in _PHONE.finditer(to_arabic(text)))
    return list(dict.fromkeys(found))


def numbers_of(fields: Iterable[str]) -> frozenset[str]:
    """The numbers in phone fields, by their digits after the 0 or +66."""
    return frozenset(number for stored in fields for number in _national(stored))


def _national(stored: str) -> Iterator[str]:
    field = to_arabic(stored)
    for phone in [match.group() for match in _IN_A_FIELD.finditer(field)] or [field]:
        digits = _ABROAD.sub("", "".join(char for char in phone if char in "0123456789"))
        if len(digits) >= SHORTEST:
            yield digits


def spans_of(numbers: frozenset[str], text: str) -> Iterator[tuple[int, int]]:
    """Where one of the numbers stands in a text, with its 0 or +66, however it is typed there."""
    for run in _RUN.finditer(text) if numbers else ():
        at = [place for place in range(*run.span()) if text[place].isdecimal()]
        digits = to_arabic("".join(text[place] for place in at))
        for start, end in _known(numbers, digits):
            yield len(text[: at[start]].rstrip("+(")), at[end - 1] + 1


def _known(numbers: frozenset[str], digits: str) -> Iterator[tuple[int, int]]:
    """From where to where numbers stand in digits, one after another."""
    lengths = sorted(set(map(len, numbers)), reverse=True)
    taken = 0
    for start, length in product(range(len(digits)), lengths):
        number = digits[start : start + length]
        if start < taken or number not in numbers:
            continue
        before = _BEFORE.search(digits, taken, start)
        if before or len(number) >= MOBILE:
            taken = start + len(number)
            yield before.start() if before else start, taken
