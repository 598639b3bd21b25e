"""Texts pasted from Word, the web or a PDF, put right: offered to a person, never forced.

Every repair is a function of its own from text to text. What is certain is mended (a vowel that
cannot begin a word, a tag, a page number on its own line); of line breaks only those that
certainly cut a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import unescape

from sammachip.thai.dates import MONTHS
from sammachip.thai.text import clean_lines

ITEM = "- "  # begins a line that is an item of a list

# Combining characters are written as escapes: alone between quotes they cannot be read.
_TONES = "\u0e48-\u0e4b"
_HANGING = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"  # vowels and marks above and below a consonant
_SARA_A, _SARA_AA, _SARA_AM = "\u0e30", "\u0e32", "\u0e33"


MOST_TIMES = 8  # one repair may show another; what needs more was made to


def repaired(text: str, names: Iterable[str] = ()) -> str:
    """The text with every repair made, and clean lines; the same text where none is needed.

    ``names`` are words that must not be hyphenated, such as those of the village.
    """
    names = [name for name in names if len(name) > 1]
    for _time in range(MOST_TIMES):
        if (better := _repaired_once(text, names)) == text:
            break
        text = better
    return text


def _repaired_once(text: str, names: list[str]) -> str:
    for repair in REPAIRS:
        text = repair(text)
    return clean_lines(without_hyphens(text, names))


# ---------------------------------------------------------------- markup

_TAGS = "a|b|body|br|div|em|font|h[1-6]|head|html|i|img|li|link|meta|ol|p|span|strong|sub|sup"
_TAG = re.compile(
    rf"</?(?:{_TAGS}|style|table|tbody|td|th|thead|title|tr|u|ul|[ovwm]:[a-z]+)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENDS_A_LINE = re.compile(
    r"</(?:p|div|li|tr|h[1-6])\s*>|<br\s*/?>|<li(?:\s[^<>]*)?>", re.IGNORECASE
)
_BEGINS_AN_ITEM = re.compile(r"<li(?:\s[^<>]*)?>", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<!--.{0,2000}?-->|<(style|script|xml)\b[^<>]*>.{0,2000}?</\1\s*>"
    r"|/\*[^*\n]*Definitions[^*\n]*\*/",
    re.IGNORECASE | re.DOTALL,
)
_STYLE_RULE = re.compile(r"^[@\w.,:# -]{1,200}\{[^{}]*(?:mso-|font-)[^{}]*\}", re.MULTILINE)
_MSO = re.compile(r"""[{;"' ]{0,4}\bmso-[a-z-]+:[^;"'\n]{1,80};?["'}]*""")
_ENTITY = re.compile(r"&(?:amp;)*(?:nbsp|amp|lt|gt|quot|apos|bull|middot|ndash|mdash|#[0-9]{2,5});")


def without_markup(text: str) -> str:
    """Without HTML tags and the styles Word pastes along; a list item begins with "- "."""
    text = _HIDDEN.sub("", text)
    if _TAG.search(text):
        text = _ENDS_A_LINE.sub(lambda end: f"\n{end.group()}", text)
        text = _BEGINS_AN_ITEM.sub(ITEM, text)
        text = re.sub(r"\n{2,}", "\n", _TAG.sub("", text))
    text = _MSO.sub("", _STYLE_RULE.sub("", text))
    return _ENTITY.sub(lambda entity: unescape(entity.group().replace("amp;", "")), text)


# ---------------------------------------------------------------- lists

_BULLET = re.compile(
    r"^[ \t]*(?:[•·●▪◦‣○■□➢✓\uf0a7\uf0b7\uf0d8]|o(?=[ \t]+[ก-๛]))[ \t]*", re.MULTILINE
)
_TIGHT_DASH = re.compile(r"^[ \t]*[-–—][ \t]*(?=[ก-๛])", re.MULTILINE)


def with_plain_bullets(text: str) -> str:
    """Every bullet, however it was drawn, as "- "."""
    return _TIGHT_DASH.sub(ITEM, _BULLET.sub(ITEM, text))


# ---------------------------------------------------------------- letters that fell apart

_APART_SARA_AM = re.compile(f"([ก-ฮ][{_TONES}]?)[ \t]+{_SARA_AA}")
_APART_MARK = re.compile(rf"(?<=[ก-ฮ{_HANGING}])\s+(?=[{_HANGING}{_SARA_A}{_SARA_AM}])")
_TWICE = re.compile(f"([{_HANGING}])\\1+")


def with_whole_letters(text: str) -> str:
    """ก าลัง as กำลัง, ท ี่ as ที่: no word begins with such a vowel or mark."""
    text = _APART_SARA_AM.sub(f"\\1{_SARA_AM}", text)
    return _TWICE.sub(r"\1", _APART_MARK.sub("", text))


# ---------------------------------------------------------------- pages and lines

_NUMBER = "[0-9๐-๙]{1,3}"
_PAGE_BREAK = re.compile(
    rf"\n*^(?:[-–—] ?{_NUMBER} ?[-–—]|หน้า ?(?:ที่)? ?{_NUMBER}(?: ?(?:/|จาก) ?{_NUMBER})?)$\n*",
    re.MULTILINE,
)
_DASH_LEFT = re.compile("^[-–—] ?(?=[ก-๛])")  # what a page number leaves of itself
_A_MONTH = "|".join(re.escape(name) for row in MONTHS for name in row[:2])
_MARKED = re.compile(
    rf"[-–—•·]|\(?[0-9๐-๙]{{1,2}}(?:[.)]| (?!{_A_MONTH}))|\(?[ก-ฮ][.)]"  # 18 มกราคม is a date
)
_CANNOT_BEGIN = re.compile(f"[{_SARA_A}-{_SARA_AM}{_HANGING}]")
_CANNOT_END = re.compile(
    r"(?:[เ-ไ]|และ|หรือ|โดย|เพื่อ|ซึ่ง|จาก|คือ|ว่า|แก่|กับ|ให้|(?<= )(?:การ|ความ|ที่|ใน|เป็น|ของ))$"
)
FULL_LINE = 60  # characters: what is shorter did not reach the edge of the paper
_WIDEST = 120  # what is longer was not broken by a printer
_RAGGED = 12  # by so many characters lines of one column differ


def without_empty_lines(text: str) -> str:
    """One empty line between paragraphs, not several."""
    return re.sub(r"\n{3,}", "\n\n", text)


def without_page_breaks(text: str) -> str:
    """Without "-2-" on a line of its own, which cuts a sentence unless an item begins after it."""
    whole, *pages = _PAGE_BREAK.split(text)
    for page in pages:
        whole += f"\n{page}" if _begins_anew(whole, page) else _DASH_LEFT.sub("", page)
    return whole


def _begins_anew(before: str, page: str) -> bool:
    last = before.rpartition("\n")[2]
    if _CANNOT_END.search(last):
        return False
    dashed = page.startswith(("-", "–", "—"))
    is_item = _MARKED.match(page) and (not dashed or last.startswith(("-", "–", "—")))
    return bool(is_item) or len(last) < FULL_LINE


def with_whole_sentences(text: str) -> str:
    """Lines a printer broke are one again: those that certainly do not end there."""
    lines = [line for line in text.split("\n") if line]
    broken = {number for number in range(1, len(lines)) if _goes_on(lines, number)}
    whole: list[str] = []
    number = -1
    for line in text.split("\n"):
        number += bool(line)
        if line and number in broken:
            whole = [*_without_last_gap(whole)]
            whole[-1] += line
        else:
            whole.append(line)
    return "\n".join(whole)


def _without_last_gap(lines: list[str]) -> list[str]:
    return lines[:-1] if lines[-1] == "" else lines


def _goes_on(lines: list[str], number: int) -> bool:
    """Whether a line (no empty ones between) is the rest of the one before it."""
    before, line = lines[number - 1], lines[number]
    if _MARKED.match(line):
        return False
    if _CANNOT_BEGIN.match(line) or _CANNOT_END.search(before):
        return True
    return _ends_in_an_item(lines, number) or _is_of_a_column(lines, number)


def _ends_in_an_item(lines: list[str], number: int) -> bool:
    """A full line of a numbered list, the rest of it, and then the next number."""
    before, after = lines[number - 1], lines[number + 1 : number + 2]
    numbered = all(_MARKED.match(line) for line in (before, *after))
    return bool(after) and numbered and len(before) >= FULL_LINE


def _is_of_a_column(lines: list[str], number: int) -> bool:
    """Whether the line before is one of three or more that reach the same edge."""
    width = len(lines[number - 1])
    around = lines[max(number - 3, 0) : number + 2]
    like = [len(line) >= FULL_LINE and abs(len(line) - width) <= _RAGGED for line in around]
    at = number - 1 - max(number - 3, 0)
    return width <= _WIDEST and any(
        all(like[first : first + 3]) for first in range(len(like) - 2) if first <= at <= first + 2
    )


# ---------------------------------------------------------------- slips of the pen

SLIPS = {
    "พอพียง": "พอเพียง",
    "จำลงมือ": "จะลงมือ",
    "การการดำเนิน": "การดำเนิน",
    "ความห่วงแหน": "ความหวงแหน",
    "การห่วงแหน": "การหวงแหน",
    "เอื้ออารีย์": "เอื้ออารี",
}


def without_slips(text: str) -> str:
    """Without the misspellings that officers' write-ups are known to hold."""
    for wrong, right in SLIPS.items():
        text = text.replace(wrong, right)
    return text


def without_hyphens(text: str, names: Iterable[str]) -> str:
    """โนน-กุง as โนนกุง: a name that was hyphenated at the end of a line."""
    for name in names:
        anywhere = "-?".join(map(re.escape, name))
        text = name.join(re.split(anywhere, text))
    return text


REPAIRS: tuple[Callable[[str], str], ...] = (
    without_markup,
    clean_lines,
    without_empty_lines,
    with_whole_letters,
    without_page_breaks,
    with_plain_bullets,
    with_whole_sentences,
    without_slips,
)
