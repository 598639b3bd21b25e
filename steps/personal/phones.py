"""Phone numbers as they stand in texts: typed with dashes, brackets, spaces, +66 or Thai digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sammachip.thai.digits import to_arabic, to_thai

BETWEEN = r"[\s./()_\u00b7\u2010-\u2015\u2212-]"  # dashes of every length among them
SHORTEST = 8  # digits after the 0; fewer could be any number
MOBILE = 9  # digits that are a phone even where a spreadsheet dropped the 0
_SOME = rf"(?:(?!\n){BETWEEN}){{0,3}}"
_A_DATE = r"[0-9]{1,2}(?P<mark>[/.-])[0-9]{1,2}(?P=mark)2[05][0-9]{2}"
_PHONE = re.compile(
    rf"(?<![0-9])(?<![0-9]/)(?<![0-9]{{2}}[.-])(?!{_A_DATE})"
    rf"(?:[(]?(?:[+]|00)[(]?66{_SOME}(?:0{_SOME})?|[(]?0(?![.]){_SOME})"
    rf"[1-9](?:{_SOME}[0-9]){{7,8}}(?![0-9])"
)
_ABROAD = re.compile("^(?:0*66(?=0?[0-9]{8,9}$))?0?")


def phones_in(text: str) -> list[str]:
    """What looks like a phone number, each once, in Arabic digits."""
    found = (match.group().strip() for match in _PHONE.finditer(to_arabic(text)))
    return list(dict.fromkeys(found))


def patterns_of(stored: str) -> Iterator[str]:
    """How the numbers in a phone field are found in a text, however they are typed there."""
    for phone in phones_in(stored) or [to_arabic(stored)]:
        digits = "".join(char for char in phone if char in "0123456789")
        national = _ABROAD.sub("", digits)
        if len(national) >= SHORTEST:
            yield _pattern(national)


def _pattern(national: str) -> str:
    abroad = rf"[+(]*(?:{_typed('00')})?{_typed('66')}{BETWEEN}*(?:{_typed('0')}{BETWEEN}*)?"
    at_home = rf"[(]?{_typed('0')}{BETWEEN}*"
    may_lack = "?" if len(national) >= MOBILE else ""
    return rf"(?:{abroad}|{at_home}){may_lack}{_typed(national)}"


def _typed(digits: str) -> str:
    """The digits, Arabic or Thai, with anything between them that people put there."""
    return rf"{BETWEEN}*".join(f"[{digit}{to_thai(digit)}]" for digit in digits)
