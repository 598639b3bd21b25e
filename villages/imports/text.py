"""Tables as text (.csv): which encoding, decided on the whole file, and which separator."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from typing import NamedTuple, NoReturn

from villages.imports.words import Refused

_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
]
_ENCODINGS = (("utf-8", "UTF-8"), ("cp874", "Windows-874"))
_OTHER_FILES = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"{\\rtf", b"<")
# What stands in Thai offices' files beside Thai and ASCII: quotes, dashes, ellipsis, bullets, NBSP.
_NEUTRAL = frozenset("\u00a0\u200b\u200c\u200d\ufeff‘’“”–—…•×÷±°€®©²³½\u2028")
_THAI = re.compile("[\u0e01-\u0e3a\u0e3f-\u0e5b]")
_THAI_OR_ACCENTED = re.compile("[\u0e01-\u0e3a\u0e3f-\u0e5b\u00c0-\u024f]")  # é, ö
# A vowel or tone mark on a Latin letter: é of another encoding, read as Thai.
_MARK_ON_LATIN = re.compile("[A-Za-z][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
SEPARATORS = ",;\t|"


class Text(NamedTuple):
    """A decoded file and the name of its encoding as people know it."""

    content: str
    encoding: str


def decoded(content: bytes) -> Text:
    """The text of a file. Raises Refused.

    One encoding for the whole file, never cell by cell: "โนน" in Windows-874 is E2 B9 B9, which is
    valid UTF-8 for another character (U+2E79). Every encoding that can read all of it is tried;
    where several can, the one in which everything beyond ASCII is Thai wins; and where that is
    none, or not the only one that makes sense, the file is refused rather than guessed.
    """
    if content.startswith(_OTHER_FILES):
        raise Refused("not_a_table")
    for mark, codec, name in _BOMS:
        if content.startswith(mark):
            text = _strict(content, codec)
            return _refuse() if text is None else Text(text, name)
    if b"\0" in content:
        return _utf16(content)
    readings = {
        name: text for codec, name in _ENCODINGS if (text := _strict(content, codec)) is not None
    }
    return _surest(readings)


def _surest(readings: dict[str, str]) -> Text:
    """Of UTF-8 and Windows-874, the one in which the file is certainly written."""
    utf8, windows = (readings.get(name) for _codec, name in _ENCODINGS)
    if utf8 is not None and (utf8 == windows or (windows is None and _THAI.search(utf8))):
        return Text(utf8, "UTF-8")
    if utf8 is not None and _all_thai(utf8) and not (windows and _all_thai(windows)):
        return Text(utf8, "UTF-8")
    if windows is not None and _all_thai(windows) and not (utf8 and _may_be(utf8)):
        return Text(windows, "Windows-874")
    return _refuse()


def _utf16(content: bytes) -> Text:
    """Without a mark: the byte order in which all of it is ASCII or Thai."""
    readings = [_strict(content, codec) for codec in ("utf-16-le", "utf-16-be")]
    thai = [text for text in readings if text and _all_thai(text)]
    return Text(thai[0], "UTF-16") if len(thai) == 1 else _refuse()


def _strict(content: bytes, codec: str) -> str | None:
    """The text in that encoding; None where it cannot be, or holds what no text holds."""
    try:
        text = content.decode(codec)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _all_thai(text: str) -> bool:
    return _beyond_ascii(text, _THAI) and not _MARK_ON_LATIN.search(text)


def _may_be(text: str) -> bool:
    """Whether a person may have written it: Thai, or Latin letters with their accents."""
    return _beyond_ascii(text, _THAI_OR_ACCENTED)


def _beyond_ascii(text: str, letters: re.Pattern[str]) -> bool:
    beyond = {char for char in text if ord(char) > 127}
    return all(letters.match(char) or char in _NEUTRAL for char in beyond)


def _refuse() -> NoReturn:
    raise Refused("encoding")


def rows(text: str) -> list[list[str]]:
    """The rows of the table, by the separator most lines agree on. Raises Refused.

    A quotation mark that is never closed would swallow the rows below it: it is refused.
    """
    csv.field_size_limit(1_000_000)
    lines = re.sub("\r\n?", "\n", text)
    found: list[list[str]] = []
    try:
        found.extend(csv.reader(io.StringIO(lines), delimiter=separator_of(lines), strict=True))
    except csv.Error as error:
        raise Refused("quotes", row=len(found) + 1) from error
    return found


def separator_of(text: str) -> str:
    """The separator that gives the same number of columns, more than one, most often."""
    sample = "\n".join(text.split("\n", 60)[:60])
    return max(SEPARATORS, key=lambda mark: _agreement(sample, mark))


def _agreement(sample: str, mark: str) -> tuple[int, int]:
    try:
        read = [row for row in csv.reader(io.StringIO(sample), delimiter=mark) if row]
    except csv.Error:
        return (0, 0)
    widths = Counter(map(len, read))
    width, lines = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
    return (lines, width) if width > 1 else (0, 0)
