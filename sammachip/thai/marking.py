"""Showing where words were found: a hit in the search key led back to the text people wrote.

``search_key`` drops spaces and tone marks, so a hit has other positions than the text. Marks
begin and end between whole characters as read: a vowel or tone mark is never cut from its letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sammachip.thai.digits import to_thai
from sammachip.thai.text import search_key

Span = tuple[int, int]  # where a part begins in a text, and the position behind it

LEAD = 40  # characters shown before the first hit of an excerpt
_SARA_AM = "\u0e33"
# Hang on nothing; all but เ and า, which may be half of a แ or ำ.
_ALONE = re.compile("[!-~\u0e01-\u0e2f\u0e41-\u0e46\u0e50-\u0e59]")
_SIGNS = "-–•*·"  # stand before the items of a list


def units_of(text: str) -> Iterator[Span]:
    """The characters of a text as people read them: a letter with all that hangs on it.

    Two เ stay together, since they are searched as one แ, and what is not searched (spaces, what
    cannot be seen) stays with what stands before it.
    """
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _hangs_on(text, start, at):
            yield start, at
            start = at


def _hangs_on(text: str, start: int, at: int) -> bool:
    char = text[at]
    if _ALONE.match(char):
        return False
    if char == _SARA_AM or unicodedata.category(char) == "Mn" or not _key(char):
        return True
    before = _key(text[start:at])
    return _key(before + char) != before + _key(char)


@lru_cache(maxsize=20_000)  # a page marks the same few hundred characters over and over
def _key(unit: str) -> str:
    return search_key(unit)


def spans_of(text: str, keys: Iterable[str]) -> list[Span]:
    """Where these search keys stand in a text, in order; what overlaps or touches is one span.

    Keys are what ``search_key`` returns; empty ones are passed over.
    """
    return _spans(text, list(units_of(text)), keys)


def _spans(text: str, units: Sequence[Span], keys: Iterable[str]) -> list[Span]:
    pieces = [_key(text[start:end]) for start, end in units]
    owners = [unit for unit, piece in zip(units, pieces, strict=True) for _char in piece]
    searched = "".join(pieces)
    hits = sorted(
        (owners[at][0], owners[at + len(key) - 1][1])
        for key in set(keys)
        if key
        for at in _positions(searched, key)
    )
    return [(start, _without_spaces(text, end)) for start, end in _joined(hits)]


def _positions(searched: str, key: str) -> Iterator[int]:
    at = searched.find(key)
    while at >= 0:
        yield at
        at = searched.find(key, at + len(key))


def _joined(spans: Sequence[Span]) -> Iterator[Span]:
    start, end = -1, -1
    for next_start, next_end in spans:
        if next_start > end:
            if end >= 0:
                yield start, end
            start, end = next_start, next_end
        end = max(end, next_end)
    if end >= 0:
        yield start, end


def _without_spaces(text: str, end: int) -> int:
    while text[end - 1].isspace():
        end -= 1
    return end


def marked(text: str, keys: Iterable[str]) -> SafeString:
    """The text, escaped, with every place where a key stands in ``<mark>``."""
    return format_html_join("", "{}", ((part,) for part in _parts(text, keys)))


def _parts(text: str, keys: Iterable[str]) -> Iterator[str]:
    shown = 0
    for start, end in spans_of(text, keys):
        yield text[shown:start]
        yield format_html("<mark>{}</mark>", text[start:end])
        shown = end
    yield text[shown:]


def excerpt(text: str, keys: Iterable[str], length: int = 160) -> str:
    """A line of about ``length`` characters around the first hit; without one the beginning.

    Cut at a space where there is one near, else between characters as read; "…" says what is cut.
    """
    whole = " ".join(part.lstrip(_SIGNS) for part in text.split() if part.strip(_SIGNS))
    if len(whole) <= length:
        return whole
    keys = list(keys)
    begin, behind = _around_first(whole, keys, length)
    line = whole[begin:behind]
    units = list(units_of(line))
    first = next(iter(_spans(line, units, keys)), (0, 0))[0]
    edges = [start for start, _end in units] + [len(line)]
    start = max((edge for edge in edges if edge <= max(first - LEAD, 0)), default=0)
    if start and (space := line.find(" ", start, first)) >= 0:
        start = space + 1
    end = max(edge for edge in edges if edge <= start + length)
    if end < len(line) and (space := line.rfind(" ", end - LEAD, end)) > first:
        end = space
    is_cut = begin + end < len(whole)
    return f"{'…' if begin + start else ''}{line[start:end].strip()}{'…' if is_cut else ''}"


def _around_first(text: str, keys: Iterable[str], length: int) -> Span:
    """A part that holds the first hit and what an excerpt may show around it, quickly found.

    Mapping every character of a long text takes its time; a pattern finds the place at once.
    """
    found = [match.start() for key in keys if key and (match := _loosely(key).search(text))]
    at = min(found, default=0)
    begin, behind = max(at - 2 * LEAD, 0), min(at + length + LEAD, len(text))
    while begin and not _ALONE.match(text[begin]):
        begin -= 1
    while behind < len(text) and not _ALONE.match(text[behind]):
        behind += 1
    return begin, behind


@lru_cache(maxsize=256)
def _loosely(key: str) -> re.Pattern[str]:
    """A search key with what is not searched between its letters."""
    return re.compile(_BETWEEN.join(_ways_to_write(char) for char in key), re.IGNORECASE)


_BETWEEN = "[\\s\u0e47-\u0e4c\u0e4e\u200b-\u200d\ufeff]*"
_OTHER_WAYS = {"แ": "(?:แ|เ\u200b*เ)", _SARA_AM: f"(?:{_SARA_AM}|\u0e4d[\u0e48-\u0e4b]*\u0e32)"}


def _ways_to_write(char: str) -> str:
    if char.isdecimal():
        return f"[{char}{to_thai(char)}]"
    return _OTHER_WAYS.get(char, re.escape(char))
