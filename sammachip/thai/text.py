"""Thai text made plain to store, to search and to sort."""

import re
import unicodedata
from functools import lru_cache

from sammachip.thai.digits import to_arabic

# Combining characters are written as escapes: alone between quotes they cannot be read.
_MARKS = "\u0e47-\u0e4c\u0e4e"  # ็ ่ ้ ๊ ๋ ์ ๎: they change how a word sounds, not where it stands
_SPLIT_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]*)\u0e32")  # ํ, perhaps a tone mark, า
_UNSEARCHED = re.compile(rf"[\s{_MARKS}]")

# ASCII and Thai words, single spaces between them; ํ may be half of a split ำ.
_WORD = "[!-~\u0e01-\u0e3a\u0e3f-\u0e4c\u0e4e-\u0e5b]+"
_PLAIN = re.compile(f"(?:{_WORD}(?: {_WORD})*)?")

_LEADING_VOWEL = re.compile("([เ-ไ])([ก-ฮ])")
# Vowels above and below a consonant are no word characters to Python: they are named one by one.
_UNSORTED = re.compile(rf"[^\w\u0e31\u0e34-\u0e3a\u0e4d{_MARKS}]|[_ฯๆ]")
_MARK = re.compile(f"[{_MARKS}]")
_LETTER = re.compile(f"[^{_MARKS}]")
_MARK_ORDER = str.maketrans("\u0e4e\u0e4c\u0e47\u0e48\u0e49\u0e4a\u0e4b", "1234567")


def clean(text: str) -> str:
    """One line as it should be stored: NFC, one way to write ำ and แ, single plain spaces.

    Never NFKC, which splits ำ in two. What cannot be seen (ZWSP, BOM, control characters) goes.
    """
    return text if _is_clean(text) else " ".join(_mended(text).split())


def _is_clean(text: str) -> bool:
    """Whether there is nothing to do, as for most texts; imports ask this a million times."""
    plain = _PLAIN.fullmatch(text) and "เเ" not in text
    return bool(plain) and unicodedata.is_normalized("NFC", text)


def clean_lines(text: str) -> str:
    """Several lines as they should be stored: each one clean, no empty ones around them."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def _mended(text: str) -> str:
    seen = "".join(char for char in text if char.isspace() or not _invisible(char))
    whole = _SPLIT_SARA_AM.sub("\\1\u0e33", seen).replace("เเ", "แ")
    return unicodedata.normalize("NFC", whole)


def _invisible(char: str) -> bool:
    # Control, format, halves of a surrogate pair, which no database can store, and what never is a
    # character (U+FFFE), which no XML holds.
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"} or ord(char) & 0xFFFE == 0xFFFE


def search_key(text: str) -> str:
    """What a stored ``search_text`` holds and what a query is turned into before ``contains``.

    Lower case, no spaces, no tone marks or การันต์, Arabic digits: a phone in the field often
    gives none of them right.
    """
    return to_arabic(clean(_UNSEARCHED.sub("", text)).lower())


@lru_cache(maxsize=20_000)  # a province's names; SQLite asks for each some fifteen times per sort
def sort_key(text: str) -> tuple[str, str, str]:
    """Where a text stands in a Thai dictionary; equal only for identical texts.

    First the letters, a leading vowel after its consonant and without marks, spaces or
    punctuation; then the marks; then the text itself. The order of ICU's ``th-TH``, except that
    Latin letters stand before Thai ones, capitals first.
    """
    spoken = _UNSORTED.sub("", _LEADING_VOWEL.sub(r"\2\1", text))
    letters = to_arabic(_MARK.sub("", spoken).lower())
    marks = _LETTER.sub("0", spoken).translate(_MARK_ORDER)
    return letters, marks, text


def collate(one: str, other: str) -> int:
    """Negative, zero or positive as one text stands before, at or after another.

    Zero only for identical texts, or SQLite would take two names for one.
    """
    if one == other:
        return 0
    return -1 if sort_key(one) < sort_key(other) else 1
