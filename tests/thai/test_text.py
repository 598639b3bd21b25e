import random
import unicodedata

import geothai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammachip.thai.text import clean, clean_lines, collate, search_key, sort_key

# Letters, vowels, marks and the invisible things that get between them, so that they meet often.
THAI_SCRAPS = st.text("กขนศเแไะัาำิุํ็่้์ๆ๒2Aa .-\n\t\u00a0\u200b\ufeff", max_size=12)
ANY_TEXT = THAI_SCRAPS | st.text(max_size=12)

# The order of ICU (locale th-TH), which PostgreSQL sorts by.
SISAKET_DISTRICTS = [
    *("กันทรลักษ์", "กันทรารมย์", "ขุขันธ์", "ขุนหาญ", "น้ำเกลี้ยง", "โนนคูณ", "บึงบูรพ์", "เบญจลักษ์"),
    *("ปรางค์กู่", "พยุห์", "โพธิ์ศรีสุวรรณ", "ไพรบึง", "ภูสิงห์", "เมืองจันทร์", "เมืองศรีสะเกษ"),
    *("ยางชุมน้อย", "ราษีไศล", "วังหิน", "ศรีรัตนะ", "ศิลาลาด", "ห้วยทับทัน", "อุทุมพรพิสัย"),
]
IN_ORDER = [
    ["กก", "กา", "เก", "แก", "โก", "ใก", "ไก", "ขา"],
    # Marks decide only between texts with the same letters, and before spaces do.
    ["กา", "ก์า", "ก็า", "ก่า", "ก้า", "ก๊า", "ก๋า", "กาก", "ก่าก"],
    ["โนนแก", "โนนแก่", "โนน แก้"],
    ["เก", "เก่ง", "เกา", "เก่า", "เก้า"],
    ["น้ำ", "น้ำเกลี้ยง", "เนิน", "โนน", "โนนกุง"],
    ["หมู่ที่ 1", "หมู่ที่ ๑", "หมู่ที่ 2", "หมู่ที่ ๓"],
    ["ศรีแก้ว", "ศรี แก้ว ๒", "ศรีโนนงาม"],  # spaces and punctuation do not count
    SISAKET_DISTRICTS,
]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        pytest.param("  บ้าน   ตระกาจ ", "บ้าน ตระกาจ", id="spaces"),
        pytest.param("บ้าน\u00a0ตระกาจ", "บ้าน ตระกาจ", id="no-break space"),
        pytest.param("บ้าน\tตระกาจ\r\nหมู่ 8", "บ้าน ตระกาจ หมู่ 8", id="tab and line end"),
        pytest.param("บ้าน\u200bตระกาจ\ufeff", "บ้านตระกาจ", id="zero width"),
        pytest.param("ตระ\u00adกาจ\u2060", "ตระกาจ", id="soft hyphen, word joiner"),
        pytest.param("ตระ\x00กาจ\ud800", "ตระกาจ", id="what no database stores"),
        pytest.param("ตํ\u0e32บล", "ตำบล", id="split sara am"),
        pytest.param("น\u0e4d\u0e49\u0e32", "น้ำ", id="split sara am around a tone mark"),
        pytest.param("น\u0e49\u0e4d\u0e32", "น้ำ", id="split sara am after a tone mark"),
        pytest.param("เเก้ว", "แก้ว", id="two sara e for one sara ae"),
        pytest.param("เ\u200bเก้ว", "แก้ว", id="the same with something invisible between"),
        pytest.param("กุ่", "กุ่", id="marks in canonical order"),
        pytest.param("cafe\u0301", "café", id="composed"),
        pytest.param("๒๕๖๐ ½", "๒๕๖๐ ½", id="digits and signs stay as typed"),
    ],
)
def test_one_line_is_stored_in_one_way(typed, stored):
    assert clean(typed) == stored


def test_sara_am_stays_whole_unlike_under_nfkc():
    assert clean("น้ำ") == "น้ำ" != unicodedata.normalize("NFKC", "น้ำ")


def test_lines_are_kept_and_each_is_clean():
    typed = "\r\n  ได้ข้อสรุป \r\n\r\nจัดหา\u200b ที่ดิน\u00a0\rแล้ว\u2028ประชุม\n\n"
    assert clean_lines(typed) == "ได้ข้อสรุป\n\nจัดหา ที่ดิน\nแล้ว\nประชุม"


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)
    assert clean_lines(clean_lines(text)) == clean_lines(text)


@given(ANY_TEXT)
def test_clean_text_can_be_stored_and_is_normal(text):
    stored = clean(text)
    stored.encode()
    assert unicodedata.is_normalized("NFC", stored)
    assert not {"\x00", "\n", "\u00a0", "\u200b"} & set(stored)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("บานตระกาจ", "บ้านตระกาจ"),
        ("สมชายใจดี", "นายสมชาย  ใจดี"),
        ("กันทรลักษ", "อำเภอกันทรลักษ์"),
        ("นํ้าเกลี้ยง", "น้ำเกลี้ยง"),
        ("น ำ เ ก ลี ย ง", "น้ำเกลี้ยง"),
        ("เเก้ว", "ศรีแก้ว"),
        ("หมู่ที่ 12", "หมู่ที่ ๑๒"),
        ("SI KAEO", "Si Kaeo"),
    ],
)
def test_a_name_is_found_however_it_is_typed(query, name):
    assert search_key(query) in search_key(name)


@pytest.mark.parametrize(("query", "name"), [("กาจ", "กาด"), ("โนนกุง", "โนนกลาง"), ("1", "๒")])
def test_another_name_is_not_found(query, name):
    assert search_key(query) not in search_key(name)


@given(THAI_SCRAPS)
def test_a_search_key_has_no_spaces_or_tone_marks_and_is_its_own_key(text):
    key = search_key(text)
    assert not set(key) & set(" \n่้๊๋์๒A")
    assert search_key(key) == key


@given(st.sampled_from([area.name_th for area in geothai.districts("33")]), st.randoms())
def test_dropping_any_marks_and_adding_any_spaces_still_finds_a_name(name, chance):
    letters = [char for char in name if char not in "่้๊๋์" or chance.random() < 0.5]
    typed = "".join(char + " " * chance.choice([0, 0, 1]) for char in letters)
    assert search_key(typed) == search_key(name)


@pytest.mark.parametrize("names", IN_ORDER, ids=lambda names: names[0])
def test_names_stand_in_dictionary_order(names):
    shuffled = random.Random(8).sample(names, len(names))
    assert sorted(shuffled, key=sort_key) == names


@given(ANY_TEXT, ANY_TEXT)
def test_only_identical_texts_are_equal_in_the_order(one, other):
    assert (collate(one, other) == 0) == (one == other)
    assert collate(one, other) == -collate(other, one)


@given(ANY_TEXT, ANY_TEXT)
def test_comparing_two_texts_agrees_with_their_keys(one, other):
    assert (collate(one, other) < 0) == (sort_key(one) < sort_key(other))
