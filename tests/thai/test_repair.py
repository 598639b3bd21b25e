"""Pasted texts put right: what is damaged is mended, what is well stays as it is."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sammachip.thai.repair import repaired

# ---------------------------------------------------------------- what is mended

PAGES = (  # the two page numbers of the write-up, each in the middle of a sentence (O4)
    (
        "และกำหนดแผนปฏิบัติการ ในการขับเคลื่อนหมู่บ้านเศรษฐกิจพอเพียง\n \n-2-\n\nในระดับหมู่บ้านให้มีความชัดเจน",
        "และกำหนดแผนปฏิบัติการ ในการขับเคลื่อนหมู่บ้านเศรษฐกิจพอเพียงในระดับหมู่บ้านให้มีความชัดเจน",
    ),
    (
        "ถ่ายทอดประสบการณ์ที่ได้รับ ให้\n\n-3-\n\n-คณะทำงานในหมู่บ้าน",
        "ถ่ายทอดประสบการณ์ที่ได้รับ ให้คณะทำงานในหมู่บ้าน",
    ),
    ("- ปลูกผัก\n- ๒ -\n- เลี้ยงไก่", "- ปลูกผัก\n- เลี้ยงไก่"),
    ("จบตอนแรก\nหน้า 2 จาก 10\nตอนใหม่", "จบตอนแรก\nตอนใหม่"),
)
LINES = (
    (
        "1 การเรียนรู้ขยายผลจากครัวเรือนตัวอย่าง ผ่านความเอื้ออารี  ความ\n\nสามัคคีของชุมชน",
        "1 การเรียนรู้ขยายผลจากครัวเรือนตัวอย่าง ผ่านความเอื้ออารี ความสามัคคีของชุมชน",
    ),
    (
        "๑. การตระหนักถึงความจำเป็นในการสร้างความสัมพันธ์เพื่อที่จะทำให้งานบรรลุ\n\nเป้าหมาย\n\n๒. การติดต่อ",
        "๑. การตระหนักถึงความจำเป็นในการสร้างความสัมพันธ์เพื่อที่จะทำให้งานบรรลุเป้าหมาย\n\n๒. การติดต่อ",
    ),
    ("ชาวบ้านช่วยกันปลูกผ\nักสวนครัว", "ชาวบ้านช่วยกันปลูกผักสวนครัว"),
    ("ก" * 70 + "\n" + "ข" * 72 + "\n" + "ค" * 68 + "\nจบ", "ก" * 70 + "ข" * 72 + "ค" * 68 + "จบ"),
)
LETTERS = (
    ("อ าเภอ ก าลัง ท างาน ส านักงาน", "อำเภอ กำลัง ทำงาน สำนักงาน"),
    ("น ้าใจ ท ี่ดี", "น้าใจ ที่ดี"),
    ("ที่่", "ที่"),
    ("ก\u00a0ข\u200bค", "ก ขค"),
)
MARKUP = (
    ("<p class=MsoNormal><span style='mso-bidi-font-size:16pt'>ผลดี</span></p>", "ผลดี"),
    ("<ul><li>หนึ่ง</li><li>สอง</li></ul>", "- หนึ่ง\n- สอง"),
    ("<style>p.MsoNormal {mso-style-name: x}</style>ผลดี&nbsp;มาก", "ผลดี มาก"),
    ("mso-list:l0 level1 lfo1; ผลดี", "ผลดี"),
    ("บรรทัดแรก<br>บรรทัดสอง", "บรรทัดแรก\nบรรทัดสอง"),
)
BULLETS = (("• หนึ่ง\n· สอง\n\uf0b7 สาม\no สี่\n-ห้า", "- หนึ่ง\n- สอง\n- สาม\n- สี่\n- ห้า"),)
SLIPS = (
    ("ปรัชญาเศรษฐกิจพอพียง", "ปรัชญาเศรษฐกิจพอเพียง"),
    ("ก่อนที่จำลงมือปฏิบัติ", "ก่อนที่จะลงมือปฏิบัติ"),
    ("แนวทางการการดำเนินการ", "แนวทางการดำเนินการ"),
    ("การห่วงแหน", "การหวงแหน"),
    ("บ้านตระกาจ (บ้านโนน-กุง)", "บ้านตระกาจ (บ้านโนนกุง)"),
)


@pytest.mark.parametrize(
    ("pasted", "mended"), [*PAGES, *LINES, *LETTERS, *MARKUP, *BULLETS, *SLIPS]
)
def test_what_pasting_broke_is_mended(pasted: str, mended: str) -> None:
    assert repaired(pasted, ["ตระกาจ", "โนนกุง"]) == mended


# ---------------------------------------------------------------- what stays


@pytest.mark.parametrize(
    "text",
    [
        "",
        "รายได้ < 5,000 บาท และรายจ่าย > 3,000 บาท",
        "จันทร์-ศุกร์ ไทย-ลาว",
        "- ปลูกผัก\n- เลี้ยงไก่\n\nจบแล้ว",
        "1. หัวข้อแรก\nคำอธิบายใต้หัวข้อ\n2. หัวข้อที่สอง",
        "ใช้สถานที่ของโครงการ\nจัดที่พื้นที่ราชการ\nเท่าที่จำเป็น",
        "o-net 2560\nA & B",
        f"18 มกราคม พ.ศ. 2560 {'ก' * 60}\nมา 20 ครัวเรือน\n- ปลูกผัก",
    ],
)
def test_what_is_well_stays(text: str) -> None:
    assert repaired(text, ["ตระกาจ"]) == text


WORDS = st.sampled_from(
    ["ชาวบ้าน", "ปลูกผัก", "เลี้ยงไก่", "น้ำหมัก", "ร่วมกัน", "ประชุม", "25", "คน", "ทำงาน", "ที่ศาลา"]
)
LINE = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
WELL = st.lists(st.builds(lambda mark, line: mark + line, st.sampled_from(["", "- "]), LINE))


@given(WELL.map("\n".join))
@settings(max_examples=60)
def test_short_lines_and_items_are_never_touched(text: str) -> None:
    assert repaired(text) == text


LETTERS_APART = [
    "ก",
    "\u0e32",
    "\u0e33",
    "\u0e48",
    "\u0e35",
    "\u0e40",
    "ความ",
    "ให้",
    "โดย",
    "พอพียง",
]
MARKS = ["-", "-2-", "•", "o", "1.", "๒.", "หน้า 3", "\n", "\n\n", "\t", "\u00a0", "\ufeff"]
TAGS = ["<p>", "</p>", "<li>", "<br/>", "<!--", "-->", "&nbsp;", "&amp;lt;", "mso-a:b;", "{", "}"]
PIECES = st.sampled_from([*LETTERS_APART, *MARKS, *TAGS])


@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map(" ".join))
@example("ก \u0e4d า")
@settings(max_examples=150)
def test_repairing_twice_is_repairing_once(text: str) -> None:
    once = repaired(text, ["โนนกุง"])
    assert repaired(once, ["โนนกุง"]) == once


@pytest.mark.parametrize("piece", ["\n", " ", "<!--", "mso-a:", "-2-\n", "่", "ก" * 70 + "\n"])
def test_the_longest_text_is_repaired_at_once(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    began = time.perf_counter()
    repaired(text)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "text", ["&" + "amp;" * 4999, "<!--" * 5000, "<style>" * 3000, "a-" * 10_000, "&lt;" * 5000]
)
def test_what_was_made_to_take_long_does_not(text):
    """Steps are bounded: some seconds here would be minutes with a repair in a loop."""
    started = time.process_time()
    repaired(text)
    assert time.process_time() - started < 20


def test_a_name_is_taken_as_it_is():
    assert repaired("บ้าน-ก\\1 ดี", ["บ้านก\\1"]) == "บ้านก\\1 ดี"
