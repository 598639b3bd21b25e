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
# What stands in Thai offices' files beside Thai and ASCII: quotes, dashes, ellipsis, bullets, NBSP.
_NEUTRAL = frozenset("\u00a0\u200b\u200c\u200d\ufeff‘’“”–—…•×÷±°€®©²³½\u2028")
_THAI = re.compile("[\u0e01-\u0e3a\u0e3f-\u0e5b]")
SEPARATORS = ",;\t|"


class Text(NamedTuple):
    """A decoded file and the name of its encoding as people know it."""

    content: str
    encoding: str


def decoded(content: bytes) -> Text:
    """The text of a file.

    One encoding for the whole file, never cell by cell: "โนน" in Windows-874 is E2 B9 B9, which is
    valid UTF-8 for another character (U+2E79). So every encoding that can read all of it is
    tried, and the one under which everything beyond ASCII is Thai wins; where two or none do, it
    is refused rather than guessed. Raises Refused.
    """
    for mark, codec, name in _BOMS:
        if content.startswith(mark):
            return Text(_strict(content, codec) or _refuse(), name)
    if b"\0" in content:
        return _utf16(content)
    readings = [
        Text(text, name)
        for codec, name in (("utf-8", "UTF-8"), ("cp874", "Windows-874"))
        if (text := _strict(content, codec)) is not None
    ]
    if len({reading.content for reading in readings}) == 1:  # ASCII alone reads the same in both
        return readings[0]
    thai = [reading for reading in readings if _all_thai(reading.content)]
    return thai[0] if len(thai) == 1 else _refuse()


def _utf16(content: bytes) -> Text:
    """Without a mark: the byte order in which most of it is ASCII or Thai."""
    readings = [_strict(content, codec) for codec in ("utf-16-le", "utf-16-be")]
    thai = [text for text in readings if text and _all_thai(text) and "\0" not in text]
    return Text(thai[0], "UTF-16") if len(thai) == 1 else _refuse()


def _strict(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None


def _all_thai(text: str) -> bool:
    beyond = {char for char in text if ord(char) > 127}
    return all(_THAI.match(char) or char in _NEUTRAL for char in beyond)


def _refuse() -> NoReturn:
    raise Refused("encoding")


def rows(text: str) -> list[list[str]]:
    """The rows of the table, by the separator most lines agree on."""
    csv.field_size_limit(1_000_000)
    lines = re.sub("\r\n?", "\n", text)
    try:
        return list(csv.reader(io.StringIO(lines), delimiter=separator_of(lines)))
    except csv.Error as error:
        raise Refused("not_a_table") from error


def separator_of(text: str) -> str:
    """The separator that gives the same number of columns, more than one, most often."""
    sample = "\n".join(text.split("\n", 60)[:60])
    return max(SEPARATORS, key=lambda mark: _agreement(sample, mark))


def _agreement(sample: str, mark: str) -> tuple[int, int]:
    widths = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=mark) if row)
    width, lines = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
    return (lines, width) if width > 1 else (0, 0)
