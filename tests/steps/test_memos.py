"""The report after an activity and the memo that sends a record on: page, Word file, chat text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Office, User
from sammachip.thai.digits import to_arabic
from steps.knowledge.activity_report import Report, report_of
from steps.knowledge.memo import Memo
from steps.knowledge.memo_word import memo_docx_of
from steps.models import Activity, AttendeeGroup, EvidenceType, KnowledgeRecord
from steps.recording.activities import withdraw_activity
from tests.access.places import _evidence
from tests.cast import NOW, TODAY, World, household, sender
from villages.models import Area

SignIn = Callable[[User], Client]
DAY = date(2017, 2, 1)
HELD = "1 กุมภาพันธ์ พ.ศ. 2560"
WROTE = "23 มีนาคม 2560"

pytestmark = pytest.mark.django_db


def held(world: World, number: str | None = "1.4", **fields: Any) -> Activity:
    """An activity of Ban Trakat of which little more than the day is known."""
    activity = Activity(
        enrolment=world.enrolment,
        step=world.step(number) if number else None,
        held_on=DAY,
        recorded_by=world.nida,
        **{"form": "meeting", "place": "ศาลากลางบ้าน", "led_by": "officer", **fields},
    )
    activity.save()
    return activity


def told(activity: Activity) -> Report:
    return report_of(activity, on=TODAY)


def address(activity: Activity, name: str = "activity_report") -> str:
    return reverse(f"steps:{name}", args=["33140108", 2560, activity.pk])


def thai(message: str, **values: object) -> str:
    with override("th"):
        return _(message) % values


def record_of(world: World, **fields: Any) -> KnowledgeRecord:
    return KnowledgeRecord.objects.create(
        enrolment=world.enrolment, title="กระบวนการขับเคลื่อนสัมมาชีพ", **fields
    )


def knowledge(name: str) -> str:
    return reverse(f"steps:{name}", args=["33140108", 2560])


def read(content: bytes) -> Any:
    return Document(BytesIO(content))


def text_of(file: Any) -> str:
    cells = [cell for table in file.tables for row in table.rows for cell in row.cells]
    lines = [*file.paragraphs, *(line for cell in cells for line in cell.paragraphs)]
    return plain("\n".join(line.text for line in lines))


def plain(text: str) -> str:
    """With spaces that break; those before a number do not."""
    return text.replace("\u00a0", " ")


# ---------------------------------------------------------------- the report's words


def test_the_report_tells_what_was_recorded(world: World) -> None:
    activity = held(world, total=30, summary="ครัวเรือนเลือกเลี้ยงจิ้งหรีด\nนัดพบเดือนหน้า")
    for number in ("1", "2"):
        home = household(world.trakat, f"70/{number}", "นายบุญมี ไม่ออกชื่อ")
        activity.attendances.create(household=home)
    activity.agencies.create(name="อบต.ศรีแก้ว", level="subdistrict")
    memo = told(activity).memo
    assert (memo.signer, memo.position, memo.date) == (
        world.nida.name,
        world.nida.position,
        WROTE,
    )
    assert world.trakat.name_th in memo.subject
    assert "1.4" in memo.subject
    for words in (HELD, "ศาลากลางบ้าน", "อบต.ศรีแก้ว", "ครัวเรือนเลือกเลี้ยงจิ้งหรีด", "นัดพบเดือนหน้า"):
        assert words in memo.purpose
    assert "30" in memo.purpose
    assert "บุญมี" not in str(memo)


def test_what_nobody_recorded_is_said_to_be_unknown(world: World) -> None:
    report = told(held(world))
    unknown = thai("the number was not recorded")
    assert unknown in report.memo.purpose
    assert unknown in report.message
    assert thai("The summary has not been recorded yet.") in report.memo.purpose


def test_a_group_whose_number_is_unknown_is_told_as_such(world: World) -> None:
    activity = held(world)
    group = AttendeeGroup.objects.first()
    assert group
    activity.group_counts.create(group=group, people=None)
    purpose = told(activity).memo.purpose
    assert group.name_th in purpose
    assert thai("Present, number unknown") in purpose


def test_follow_up_outside_the_steps_has_its_report(world: World) -> None:
    memo = told(held(world, None, form="follow_up")).memo
    assert "1.4" not in memo.subject + memo.cause
    assert world.trakat.name_th in memo.subject


def test_what_the_plan_wants_next_is_named_without_a_person(world: World) -> None:
    plan = world.enrolment.plan_items
    common = {"step": world.step("1.4"), "owner": "community", "person": "นายบุญมี ไม่ออกชื่อ"}
    plan.create(activity="ทำบัญชีครัวเรือน", starts_on=date(2017, 3, 1), **common)
    plan.create(activity="ผ่านไปแล้ว", starts_on=date(2017, 1, 1), **common)
    plan.create(activity="เสร็จแล้ว", starts_on=date(2017, 3, 1), done_on=TODAY, **common)
    plan.create(
        activity="ขีดฆ่า",
        starts_on=date(2017, 3, 1),
        withdrawn_at=NOW,
        withdrawn_reason="ซ้ำ",
        **common,
    )
    purpose = told(held(world)).memo.purpose
    assert "ทำบัญชีครัวเรือน" in purpose
    assert not [word for word in ("ผ่านไปแล้ว", "เสร็จแล้ว", "ขีดฆ่า", "บุญมี") if word in purpose]


def test_the_office_of_the_district_writes_with_its_phone(world: World) -> None:
    district = Area.objects.get(code="3314")
    unnamed = told(held(world)).memo
    assert district.name_th in unnamed.office
    assert unnamed.phone == ""
    Office.objects.create(area=district, name="สำนักงานทดลอง", phone="0 4500 0000")
    memo = told(held(world)).memo
    assert (memo.office, memo.phone) == ("สำนักงานทดลอง", "0 4500 0000")


def test_a_long_summary_is_whole_in_the_memo_and_short_in_the_message(world: World) -> None:
    words = "ยาวมาก " * 15_000
    report = told(held(world, summary=words))
    assert words.strip() in report.memo.purpose
    assert len(report.message) < 1000
    assert len(text_of(read(memo_docx_of(report.memo)))) > 100_000


# ---------------------------------------------------------------- photos


def test_only_photos_that_count_are_shown(world: World) -> None:
    activity = held(world)
    shown = _evidence(activity, EvidenceType.PHOTO, "green", world.nida)
    _evidence(activity, EvidenceType.SIGN_IN, "blue", world.nida)
    gone = _evidence(activity, EvidenceType.PHOTO, "red", world.nida)
    gone.withdrawn_at, gone.withdrawn_reason = NOW, "ภาพไม่ชัด"
    gone.save()
    late = _evidence(activity, EvidenceType.PHOTO, "yellow", world.nida)
    late.late = True
    late.save()
    (picture,) = told(activity).memo.pictures
    assert str(shown.pk) in picture.url


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_every_photo_and_its_caption_is_in_the_word_file(world: World, number: int) -> None:
    activity = held(world)
    for colour in ("green", "blue", "red", "yellow", "black")[:number]:
        row = _evidence(activity, EvidenceType.PHOTO, colour, world.nida)
        row.caption = f"ภาพสี {colour}"
        row.save()
    file = read(memo_docx_of(told(activity).memo))
    assert len(file.element.body.findall(f".//{qn('w:drawing')}")) == number
    assert text_of(file).count("ภาพสี") == number


def test_a_photo_missing_on_disk_is_named_missing(world: World) -> None:
    activity = held(world)
    _evidence(activity, EvidenceType.PHOTO, "green", world.nida).blob.path().unlink()
    file = read(memo_docx_of(told(activity).memo))
    assert thai("(The photo is missing.)") in text_of(file)


# ---------------------------------------------------------------- the Word file


def test_every_style_of_the_memo_speaks_thai(world: World) -> None:
    activity = held(world, total=30, summary="สรุป")
    activity.agencies.create(name="อบต.ศรีแก้ว", level="subdistrict")
    _evidence(activity, EvidenceType.PHOTO, "green", world.nida)
    file = read(memo_docx_of(told(activity).memo))
    lines = [line for line in file.paragraphs if line.text]
    used = {line.style.name: line.style for line in lines}
    used |= {run.style.name: run.style for line in lines for run in line.runs}
    del used["Default Paragraph Font"]  # says nothing: the paragraph's holds
    assert {"Memo Title", "Memo Label", "Memo Text", "List Bullet"} <= set(used)
    for name, style in used.items():
        look = style.element.rPr
        assert look.find(qn("w:rFonts")).get(qn("w:cs")) == "TH Sarabun New", name
        size = look.find(qn("w:sz")).get(qn("w:val"))
        assert look.find(qn("w:szCs")).get(qn("w:val")) == size
        assert look.find(qn("w:lang")).get(qn("w:bidi")) == "th-TH"
        assert look.find(qn("w:bCs")).get(qn("w:val")) == look.find(qn("w:b")).get(qn("w:val"))
    assert [run for line in file.paragraphs for run in line.runs if run.bold is not None] == []


def test_the_memo_names_its_office_as_author_and_leaves_its_number_open(world: World) -> None:
    memo = told(held(world)).memo
    file = read(memo_docx_of(memo))
    assert file.core_properties.author == memo.office
    assert plain(file.core_properties.title) == memo.subject
    number, written = plain(file.paragraphs[2].text).split("\t")[:2]
    assert number.strip() == thai("Letter no.")
    assert WROTE in written


def test_an_empty_memo_is_a_file_all_the_same() -> None:
    empty = Memo(*[""] * 8)
    assert "(......." in text_of(read(memo_docx_of(empty)))


def test_digits_are_thai_where_that_is_asked(world: World, signed_in: SignIn) -> None:
    activity = held(world, total=30)
    client = signed_in(world.nida)
    page = plain(client.get(address(activity), {"digits": "thai"}).content.decode())
    assert "๒๓ มีนาคม ๒๕๖๐" in page
    file = read(client.get(address(activity, "activity_report_docx"), {"digits": "thai"}).content)
    assert "๒๓ มีนาคม ๒๕๖๐" in text_of(file)
    assert WROTE not in text_of(file)
    assert file.sections[0]._sectPr.xpath("./w:pgNumType/@w:fmt") == ["thaiNumbers"]


@given(st.text(st.characters(exclude_characters="@.:")))  # of which addresses are made
@settings(max_examples=30)
def test_a_printed_memo_says_the_same(text: str) -> None:
    memo = Memo(*[text] * 8)
    assert plain(memo.printed(thai_digits=False).subject) == plain(text)
    thai_one = memo.printed(thai_digits=True)
    assert plain(to_arabic(thai_one.purpose)) == plain(to_arabic(text))
    assert not re.search("[0-9]", thai_one.purpose)
    assert thai_one.printed(thai_digits=True) == thai_one


# ---------------------------------------------------------------- the pages


def test_the_activity_leads_to_its_report(world: World, signed_in: SignIn) -> None:
    activity = held(world)
    client = signed_in(world.suda)  # who looks at the village without knowing its people
    shown = client.get(reverse("steps:activity", args=["33140108", 2560, activity.pk]))
    assert address(activity) in shown.content.decode()
    page = plain(client.get(address(activity)).content.decode())
    assert "<textarea" in page
    assert HELD in page
    word = client.get(address(activity, "activity_report_docx"))
    assert f"report-33140108-{DAY}.docx" in word["Content-Disposition"]
    assert HELD in text_of(read(word.content))


def test_a_withdrawn_activity_has_no_report(world: World, signed_in: SignIn) -> None:
    activity = held(world)
    withdraw_activity(activity=activity, reason="บันทึกซ้ำ", sender=sender(world.nida))
    client = signed_in(world.nida)
    for name in ("activity_report", "activity_report_docx"):
        assert client.get(address(activity, name)).status_code == 404
    shown = client.get(reverse("steps:activity", args=["33140108", 2560, activity.pk]))
    assert address(activity) not in shown.content.decode()


def test_the_paper_is_thai_on_an_english_screen(world: World, signed_in: SignIn) -> None:
    activity = held(world)
    client = signed_in(world.nida)
    in_thai = client.get(address(activity)).context["memo"]
    client.cookies["django_language"] = "en"
    assert client.get(address(activity)).context["memo"] == in_thai


def test_more_of_everything_costs_no_more_queries(world: World, signed_in: SignIn) -> None:
    activity = held(world)
    client = signed_in(world.nida)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(activity)).status_code == 200
        return len(captured)

    _fill(world, activity, 1)
    few = cost()
    assert few <= 20, few
    _fill(world, activity, 4)
    assert cost() == few


def _fill(world: World, activity: Activity, number: int) -> None:
    colours = iter(("green", "blue", "red", "yellow")[:number])
    for group in AttendeeGroup.objects.all()[:number]:
        activity.group_counts.get_or_create(group=group, defaults={"people": 2})
        activity.agencies.create(name=f"หน่วยงาน {number} {group.pk}", level="district")
    for colour in colours:
        if not activity.evidence.filter(caption=colour).exists():
            row = _evidence(activity, EvidenceType.PHOTO, colour, world.nida)
            row.caption = colour
            row.save()


# ---------------------------------------------------------------- the memo that sends a record on


def test_there_is_no_memo_without_a_record(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.nida)
    for name in ("knowledge_memo", "knowledge_memo_docx"):
        assert client.get(knowledge(name)).status_code == 404


def test_the_memo_sends_the_record_to_the_province(world: World, signed_in: SignIn) -> None:
    record = record_of(
        world,
        author="นางสาวสมมุติ ผู้เขียน",
        position="พัฒนากร",
        office="สำนักงานทดลอง",
        category="เทคนิคส่งเสริมสัมมาชีพ",
        written_on=DAY,
    )
    client = signed_in(world.nida)
    page = plain(client.get(knowledge("knowledge_memo")).content.decode())
    file = text_of(read(client.get(knowledge("knowledge_memo_docx")).content))
    for words in (record.title, record.author, record.office, record.category, HELD, "ศรีสะเกษ"):
        assert words in page
        assert words in file


def test_a_record_of_which_little_is_known_has_a_memo(world: World, signed_in: SignIn) -> None:
    record_of(world)
    file = text_of(read(signed_in(world.nida).get(knowledge("knowledge_memo_docx")).content))
    assert thai("written by %(author)s", author="") not in file
    assert "(......." in file  # who signs is not known
