"""Found words are marked in the text as people wrote it, whatever the search passed over."""

import html
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sammachip.thai.marking import excerpt, marked, spans_of, units_of
from sammachip.thai.text import clean_lines, search_key

# Letters, vowels, marks and the invisible things between them, so that they meet often.
SCRAPS = st.text("กขนศเแไะัาำิุํ็่้์ๆ๒2Aa&<é\u0301 .-\n\t\u00a0\u200b", max_size=30)
ANY_TEXT = SCRAPS | st.text(max_size=30)
WORDS = st.lists(SCRAPS.map(search_key), max_size=3)
MARKED = re.compile("<mark>(.*?)</mark>", re.DOTALL)


@pytest.mark.parametrize(
    ("text", "word", "shown"),
    [
        ("เลี้ยงจิ้งหรีดไว้กิน", "จิ้งหรีด", "เลี้ยง<mark>จิ้งหรีด</mark>ไว้กิน"),
        ("เลี้ยงจิ้งหรีดไว้กิน", "จิงหรีด", "เลี้ยง<mark>จิ้งหรีด</mark>ไว้กิน"),
        ("ทำปุ๋ย หมัก ใช้เอง", "ปุยหมัก", "ทำ<mark>ปุ๋ย หมัก</mark> ใช้เอง"),
        ("น้ำเกลี้ยง", "น", "<mark>น้ำ</mark>เกลี้ยง"),
        ("ปี ๒๕๖๐", "2560", "ปี <mark>๒๕๖๐</mark>"),
        ("Ban Trakat", "bantra", "<mark>Ban Tra</mark>kat"),
        ("ข้าว < ผัก & ปลา", "ผัก", "ข้าว &lt; <mark>ผัก</mark> &amp; ปลา"),
        ("ไก่ไก่", "ไก่", "<mark>ไก่ไก่</mark>"),
        ("ไม่มี", "ปลา", "ไม่มี"),
    ],
)
def test_a_found_word_is_marked_as_it_was_written(text, word, shown):
    assert marked(text, [search_key(word)]) == shown


@given(ANY_TEXT, WORDS)
def test_without_the_marks_the_text_is_what_it_was(text, words):
    assert re.sub("</?mark>", "", marked(text, words)) == html.escape(text)


@given(SCRAPS.map(clean_lines), WORDS)
def test_every_mark_holds_a_word_and_every_word_found_is_marked(text, words):
    words = [word for word in words if word]
    marks = [search_key(html.unescape(part)) for part in MARKED.findall(marked(text, words))]
    assert all(any(word in mark for word in words) for mark in marks)
    for word in words:
        # Where a space parted two เ, the search reads one แ and the reader two letters.
        if word in "".join(search_key(text[start:end]) for start, end in units_of(text)):
            assert any(word in mark for mark in marks)


@given(SCRAPS.map(clean_lines))
def test_characters_as_read_make_up_the_text_and_what_is_searched(text):
    units = list(units_of(text))
    assert "".join(text[start:end] for start, end in units) == text
    assert "".join(search_key(text[start:end]) for start, end in units) == search_key(text)


@given(ANY_TEXT, WORDS)
def test_spans_stand_in_order_and_apart(text, words):
    spans = spans_of(text, words)
    assert all(start < end for start, end in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


LONG = "ทั้งหมู่บ้านช่วยกันทำงานเพื่อส่วนรวม" * 8


@settings(max_examples=50)
@given(st.integers(0, len(LONG)), st.integers(30, 200))
def test_an_excerpt_of_a_text_without_spaces_shows_the_word(at, length):
    at = next((start for start, end in units_of(LONG) if end > at), len(LONG))
    line = excerpt(f"{LONG[:at]}จิ้งหรีด{LONG[at:]}", ["จิงหรีด"], max(length, 60))
    assert "จิ้งหรีด" in line
    assert len(line) <= max(length, 60) + 2


def test_an_excerpt_of_a_very_long_text_shows_the_word_however_it_was_written():
    for written in ("จิ้ง หรีด", "จิ้ง\u200bหรีด", "จิงหรีด"):
        line = excerpt(f"{LONG * 40}{written}{LONG * 40}", ["จิงหรีด"])
        assert marked(line, ["จิงหรีด"]).count("<mark>") == 1
        assert line[0] == line[-1] == "…"


def test_an_excerpt_begins_at_a_space_and_has_no_signs_of_lists():
    text = f"- ปลูกผัก\n- {LONG}\n- เลี้ยงจิ้งหรีด\n- ทำปุ๋ย"
    line = excerpt(text, ["จิงหรีด"])
    assert line.startswith("…")
    assert line.endswith("เลี้ยงจิ้งหรีด ทำปุ๋ย")
    assert "-" not in line


def test_a_short_text_is_shown_whole():
    assert excerpt("- ปลูกผัก\n- เลี้ยงไก่", []) == "ปลูกผัก เลี้ยงไก่"
