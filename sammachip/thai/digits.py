"""Thai digits ๐–๙ and Arabic digits 0–9. Both are typed; Arabic is stored, Thai is for paper."""

import re
from decimal import Decimal

_ARABIC, _THAI = "0123456789", "๐๑๒๓๔๕๖๗๘๙"
_TO_ARABIC = str.maketrans(_THAI, _ARABIC)
_TO_THAI = str.maketrans(_ARABIC, _THAI)
# Addresses on the net and of mail, which would be others in other digits. Each is looked for only
# where it can begin, or a long row of dots and letters would be read from every one of its letters.
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*://\S+"
    r"|(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]*@[A-Za-z0-9._-]+"
    r"|(?<![A-Za-z0-9])www\.[!-~]+"
    r"|(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]+\.)+(?:com|info|net|org|th)(?![A-Za-z0-9-])(?:/[!-~]*)?"
)
_DIALLED = re.compile(r"[+]?[0-9() .-]*")  # an extension or a second number comes after


def to_arabic(text: str) -> str:
    """The text with ๒๕๖๐ as 2560; everything else stays."""
    return text.translate(_TO_ARABIC)


def to_thai(text: str) -> str:
    """The text with 2560 as ๒๕๖๐; everything else stays, and addresses on the net do."""
    told, end = [], 0
    for address in _ADDRESS.finditer(text):
        told += [text[end : address.start()].translate(_TO_THAI), address.group()]
        end = address.end()
    return "".join([*told, text[end:].translate(_TO_THAI)])


def baht(amount: Decimal) -> str:
    """1,200 or 1,200.50: satang only where there are some."""
    return f"{amount:,.2f}".removesuffix(".00")


def dialled(phone: str) -> str:
    """What a phone dials for a number as people write it: 08-1234-5678 ต่อ 9 is 0812345678."""
    number = _DIALLED.match(to_arabic(phone).strip())
    return re.sub("[^+0-9]", "", number.group()) if number else ""
