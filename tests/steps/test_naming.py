"""Who is named in a text, and what looks like a phone: known people, and words that seem to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from sammachip.thai.digits import to_thai
from steps.personal.names import Traces, bare
from steps.personal.naming import words_naming
from steps.personal.people import people_of, people_with
from steps.personal.phones import phones_in
from tests.cast import World, household
from tests.steps.learned import learned

SignIn = Callable[[User], Client]

# ---------------------------------------------------------------- known people


@pytest.mark.parametrize(
    ("head", "text", "found"),
    [
        ("ดร.สมชาย ใจดี", "นายสมชาย ใจดี เล่าว่า", "นายสมชาย ใจดี"),
        ("ว่าที่ร้อยตรี สมชาย ใจดี", "ตามที่นายสมชาย ใจดีเล่า", "นายสมชาย ใจดี"),
        ("ว่าที่ ร.ต.หญิง สมใจ แก้วตา", "คุณสมใจแก้วตาสอน", "สมใจ แก้วตา"),
        ("ร.ต.อ. สมชาย ใจดี", "สมชาย ใจดี สาธิต", "สมชาย ใจดี"),
        ("นายสมชาย ใจดี", "ว่าที่ร้อยตรีสมชาย ใจดี เล่าว่า", "ว่าที่ร้อยตรีสมชาย ใจดี"),
        ("นายทองดี", "นายทองดี เล่าว่า", "นายทองดี"),
        ("นายทองดี", "ให้นาย ทองดีเล่าให้ฟัง", "นาย ทองดี"),
        ("นายทองดี", "นายทองดี แสงใส", "นายทองดี"),
        ("นายทองดี แสงใส", "นายทองดี เล่าว่า", "นายทองดี"),
        ("นายทองดี แสงใส", "ขอบคุณลุงทองดี", "ลุงทองดี"),
        ("นายทองดี แสงใส", "ผู้นำคือ พ่อทองดี, แม่คำ", "พ่อทองดี"),
        ("นางดี แสงใส", "(นางดี)", "นางดี"),
    ],
)
def test_a_person_of_the_village_is_found_by_any_title(head: str, text: str, found: str) -> None:
    assert people_with([head], []).found_in(text) == [found]


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("นายทองดี", "ราคาทองดีขึ้น"),  # a given name alone could be any word
        ("นายทองดี", "นายทองดีใจ แสงใส"),
        ("นายทองดี แสงใส", "นายทองดี ใจงาม"),  # somebody else
        ("นางดี แสงใส", "แม่ดี ลูกดี"),
        ("นายสมบัติ มีทรัพย์", "คุณสมบัติ ของดิน"),
        ("นางธรรม แสงใส", "คุณธรรม และน้ำใจ"),
        ("นายพันธุ์ แสงใส", "เลี้ยงพ่อพันธุ์และแม่พันธุ์"),
        ("นายพิมพ์", "แม่พิมพ์ แม่เหล็ก"),
        ("นายอำเภอ", "นายอำเภอ กล่าวว่า"),
        ("", "นายทองดี"),
    ],
)
def test_other_words_and_other_people_are_not_taken_for_them(head: str, text: str) -> None:
    assert people_with([head], []).found_in(text) == []


def test_the_head_of_a_district_in_a_plan_is_nobody_of_the_village(world: World) -> None:
    world.enrolment.plan_items.create(
        step=world.step("1.2"),
        owner="community",
        activity="เปิดงาน",
        person="นายอำเภอ และนายทองดี แสงใส",
    )
    people = people_of(world.trakat)
    assert not people.stand_in("นายอำเภอ เปิดงาน")
    assert people.stand_in("ทองดี แสงใส เปิดงาน")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("นาย ดร.สมชาย ใจดี", "สมชาย ใจดี"),
        ("น.ส.สุดา ดี", "สุดา ดี"),
        ("นางสาวิตรี ดี", "สาวิตรี ดี"),
        ("นางาม ดี", "นางาม ดี"),
        ("จ.ส.อ.บุญมา ดี", "บุญมา ดี"),
        ("สมชาย ใจดี", "สมชาย ใจดี"),
        ("นาย John Smith", "John Smith"),
    ],
)
def test_a_name_without_its_title(name: str, plain: str) -> None:
    assert bare(name) == plain


def test_a_name_in_other_letters_is_found_and_erased_without_its_title() -> None:
    traces = Traces.of(["นาย John Smith"], [])
    assert traces.erased("ตามที่ John Smith เล่า", "*") == "ตามที่ * เล่า"
    assert people_with(["นาย John Smith"], []).stand_in("John Smith")


# ---------------------------------------------------------------- words that seem to name somebody


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("นายประหยัด มั่งมี เล่าว่า", ["นายประหยัด มั่งมี"]),
        ("เชิญนางสาวสุดา มาสอน", ["นางสาวสุดา มาสอน"]),
        ("น.ส. สุดา", ["น.ส. สุดา"]),
        ("ด.ช.กล้า กับ ด.ญ.แก้ว", ["ด.ช.กล้า กับ", "ด.ญ.แก้ว"]),
        ("ดร.สมชาย", ["ดร.สมชาย"]),
        ("ว่าที่ร้อยตรี สมชาย", ["ว่าที่ร้อยตรี สมชาย"]),
        ("วิทยากร คุณสมหมาย", ["คุณสมหมาย"]),
        ("ให้ ลุงพล ป้าแดง", ["ลุงพล ป้าแดง"]),
        ("นายกมล ใจดี", ["นายกมล ใจดี"]),
        ("นายกิตติ", ["นายกิตติ"]),
        ("ชาวนางามตา ทำนางานเสร็จ ป้าย คุณภาพ", []),
    ],
)
def test_a_title_before_a_thai_name_is_pointed_at(text: str, found: list[str]) -> None:
    assert words_naming(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "นายอำเภอศรีรัตนะ",
        "ที่ว่าการนายอำเภอ",
        "นายก อบต. และนายกเทศมนตรี",
        "นายกองค์การบริหารส่วนตำบล",
        "นายจ้าง นายทุน นายช่าง นายหน้า นายทะเบียน",
        "บ้านนางาม",
        "อำเภอนางรอง",
        "ทนายความ",
        "คุณภาพ คุณธรรม คุณสมบัติ",
        "ผู้ทรงคุณวุฒิ ขอบคุณทุกคน",
        "ติดป้ายหน้าบ้าน ป้ายประชาสัมพันธ์",
        "ลงชื่อ นาย/นาง/นางสาว",
        "พ.ศ. ๒๕๖๐ และ พ.ศ.นี้",
        "เด็กชายและเด็กหญิง",
        "ว่าที่ประชุมเห็นชอบ",
        "สำนักงาน พช. อบต. รพ.สต.",
        "ประชุมที่ร้อยเอ็ด",
    ],
)
def test_words_that_only_look_alike_are_not(text: str) -> None:
    assert words_naming(text) == []


# ---------------------------------------------------------------- phones

BETWEEN = st.text("-–—‑ ./()", max_size=2)


@st.composite
def typed_anyhow(draw: st.DrawFn, national: str) -> str:
    """A number as somebody may type it: prefix, what stands between digits, which digits."""
    start = draw(st.sampled_from(["0", "(0", "+66 ", "+66", "+66 (0)", "0066-"]))
    rest = national[0] + "".join(draw(BETWEEN) + digit for digit in national[1:])
    return draw(st.sampled_from([str, to_thai]))(start + rest)


@given(data=st.data(), national=st.from_regex("[2-9][0-9]{7,8}", fullmatch=True))
def test_a_phone_is_found_however_it_is_typed(data: st.DataObject, national: str) -> None:
    typed = data.draw(typed_anyhow(national))
    stored = data.draw(typed_anyhow(national))
    traces = Traces.of([], [stored])
    assert traces.stand_in(f"โทร {typed} เย็น ๆ")
    assert not traces.stand_in(traces.erased(f"โทร {typed} เย็น ๆ", "*"))
    assert people_with([], [stored]).stand_in(f"โทร {typed} เย็น ๆ")


@given(data=st.data(), national=st.from_regex("[2-9][0-9]{7,8}", fullmatch=True))
def test_a_phone_nobody_listed_is_pointed_at(data: st.DataObject, national: str) -> None:
    typed = data.draw(typed_anyhow(national))
    assert len(phones_in(f"โทร {typed} เย็น ๆ")) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "081–234–5678",
        "(081) 234-5678",
        "+66 81 234 5678",
        "081/234/5678",
        "๐๘๑-๒๓๔-๕๖๗๘",
        "812345678",
    ],
)
def test_the_phone_of_a_household_is_found_as(typed: str) -> None:
    assert people_with([], ["081-234-5678"]).stand_in(f"โทร {typed}")


@pytest.mark.parametrize(
    "stored", ["045-612345 ต่อ 9", "081-111-2222, 045-612345", "081-111-2222/045-612345"]
)
def test_each_number_of_a_phone_field_is_known(stored: str) -> None:
    assert people_with([], [stored]).stand_in("โทร 045 612345")


def test_a_number_of_another_country_is_known_as_it_is() -> None:
    assert people_with([], ["+856 20 5555 1234"]).found_in("โทร 856-20-5555-1234") == [
        "856-20-5555-1234"
    ]


def test_phones_beside_other_numbers_are_found_and_erased_whole() -> None:
    traces = Traces.of([], ["081-234-5678", "045-612345"])
    text = "ปี 2560 081-234-5678 045-612345 ห้อง 12"
    assert traces.found_in(text) == ["081-234-5678", "045-612345"]
    assert traces.erased(text, "*") == "ปี 2560 * * ห้อง 12"
    assert traces.erased("(+66 81 234 5678)", "*") == "*)"


@pytest.mark.parametrize(
    "text",
    [
        "ปี 2560-2564",
        "09/02/2560-10/03/2560",
        "งบ 45612345 บาท",
        "0.43 / 0.86 / 2.61",
        "เลขที่ 0123",
        "1234567890123",
        "30,000,000 บาท",
    ],
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert phones_in(text) == []
    assert not people_with([], ["045-612345", "1234"]).stand_in(text)


# ---------------------------------------------------------------- where it is said


def test_the_reviewer_is_shown_words_that_seem_to_name_somebody_of_elsewhere(
    world: World, signed_in: SignIn, english: None
) -> None:
    household(world.malu, "1", "นายไกล ใจดี", phone="0899999999")
    lesson = learned(world, "นายไกล ใจดี มาสอน โทร (089) 999-9999")
    page = signed_in(world.prasit).get(f"/review/lessons/{lesson.pk}/").content.decode()
    assert "These words seem to name somebody:</strong> นายไกล ใจดี" in page
    assert "This looks like a phone number:</strong> (089) 999-9999" in page
    assert "seem to name" in signed_in(world.prasit).get("/review/lessons/").content.decode()
    quiet = learned(world, "ประชุมตอนเย็น นายอำเภอมาด้วย")
    page = signed_in(world.prasit).get(f"/review/lessons/{quiet.pk}/").content.decode()
    assert "seem to name" not in page
    assert "looks like a phone" not in page
