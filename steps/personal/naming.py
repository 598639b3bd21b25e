"""Words that seem to name somebody: a title before a Thai name, whoever it is.

A warning for a person to look at. It knows no names, so it may be wrong both ways.
"""

from __future__ import annotations

import re

from steps.personal.names import TITLES

LETTERS = "\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e"  # Thai, without digits and ฯ ๆ
CALLED = "คุณ|ลุง|ป้า"  # before a name too, but in many other words: only where a word begins
# What comes after a title in words that name nobody: นายอำเภอ, นางรอง, คุณภาพ, ป้าย.
NO_NAMES = {
    "นาย": (
        "อำเภอ|ความ|จ้าง|ทุน|ช่าง|หน้า|ทะเบียน|ทหาร|ตำรวจ|ประกัน|ตรวจ|ด่าน|แบบ|สถานี|ไปรษณีย์|สัตวแพทย์|"
        f"แพทย์(?:สาธารณสุข|ใหญ่|ประจำ)|ก(?:(?![{LETTERS}])|องค์|เทศ|รัฐ|อบ|สมาคม|เหล่า|สภา|ชมรม|พุทธ)"
    ),
    "นาง": f"สาว(?:ไทย|(?![{LETTERS}]))|รอง|ฟ้า|แบบ|พยาบาล|พญา|ไม้|รำ|กวัก|เงือก",
    "เด็กชาย": "หญิง",
    "เด็กหญิง": "ชาย",
    "คุณ": (f"ภาพ|ธรรม|ค่า|สมบัติ|ประโยชน์|วุฒิ|ลักษณะ|ความดี|ครู|หมอ|(?:แม่|พ่อ|ตา|ยาย|ลุง|ป้า)(?![{LETTERS}])"),
    "ป้า": r"ย(?![\u0e30-\u0e39])",
    "พ่อ": "พันธุ์|ค้า|บ้าน|ครัว|เลี้ยง|หลวง|ครู",
    "แม่": "พันธุ์|พิมพ์|เหล็ก|ค้า|บ้าน|ครัว|น้ำ|ไก่|วัว|โค|ควาย|หมู|สุกร|เป็ด|ปลา|แบบ|สี|แรง|เลี้ยง|ครู",
    "ตา": "ข่าย|ราง|ชั่ง|น้ำ|กล้อง",
}
JOINING = "และ|หรือ|กับ|ที่|ได้|เป็น|ไม่|ใน|จำนวน|ทุก|ซึ่ง|จาก|ของ|ให้"
NOBODY = "|".join((*(f"(?<={title})(?:{rest})" for title, rest in NO_NAMES.items()), JOINING))
# เจ้านาย ends in นาย; ทำนา and ชาวนา come before many a word with ง.
_NOT_WITHIN = r"(?<!เจ้า)(?<!ทำ)(?<!ชาว)(?<![ก-ฮ]\.)"
_NAME = rf"(?!{NOBODY})[ก-ฮเ-ไ][{LETTERS}]{{1,23}}"
_NAMING = re.compile(
    rf"(?:{_NOT_WITHIN}(?:{TITLES})|(?<![{LETTERS}])(?:{CALLED}))[^\S\n]*{_NAME}"
    rf"(?:[^\S\n]+[ก-ฮเ-ไ][{LETTERS}]{{1,23}})?"
)


def names_somebody(text: str) -> bool:
    """Whether a title stands before what could be a name."""
    return bool(_NAMING.search(text))


def words_naming(text: str) -> list[str]:
    """The words that seem to name somebody, each once: the title and up to two words after it."""
    return list(dict.fromkeys(match.group() for match in _NAMING.finditer(text)))
