"""The knowledge record: drafted and edited without losing a word, checked, published, reopened."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import History, Office, User
from accounts.rights import Role
from sammachip.thai.repair import repaired
from sammachip.thai.text import search_key
from steps.exports.neutral import Neutral
from steps.facts import steps_of
from steps.forms.knowledge import SECTION_LENGTH
from steps.knowledge.check import check_of
from steps.knowledge.draft import draft_of
from steps.knowledge.sections import ILLUSTRATIONS
from steps.knowledge.showing import sources_of
from steps.models import (
    Activity,
    Evidence,
    KnowledgeRecord,
    Lesson,
    RecordPhoto,
    RecordSection,
)
from steps.models.knowledge import OPEN_RECORD, RECORD_MOVES, RecordStatus
from steps.personal.names import ON_REQUEST
from steps.recording import knowledge as verbs
from steps.recording.core import Conflict, Refusal
from steps.recording.erasing import erase
from tests.access.places import place
from tests.cast import NOW, TODAY, World, household, post, sender
from tests.full_year import FullYear
from tests.pages import answers, send
from tests.steps.published import photo_of as photo_in
from villages.models import Area

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
CODE, YEAR = "33140108", 2560


def address(name: str = "knowledge", *args: object) -> str:
    return reverse(f"steps:{name}", args=[CODE, YEAR, *args])


@pytest.fixture
def here(world: World) -> World:
    """Ban Trakat with an activity and a photo of it, in which nobody is named."""
    place(world, world.trakat, world.nida)
    KnowledgeRecord.objects.all().delete()
    Activity.objects.update(summary="ชาวบ้านเห็นพ้องกัน")
    return world


def drafted(world: World, days: int = 0) -> KnowledgeRecord:
    verbs.draft_record(
        enrolment=world.enrolment, sender=sender(world.nida, NOW + timedelta(days=days))
    )
    return record_of(world)


def record_of(world: World) -> KnowledgeRecord:
    record = KnowledgeRecord.objects.get(enrolment=world.enrolment)
    record.enrolment = world.enrolment
    return record


def section_of(world: World, key: str) -> RecordSection:
    return RecordSection.objects.get(record__enrolment=world.enrolment, key=key)


def write_section(
    world: World,
    key: str,
    text: str,
    by: User | None = None,
    *,
    takes_draft: bool = False,
    **of: Any,
) -> None:
    started = {"text": section_of(world, key).text}
    verbs.edit_section(
        record=record_of(world),
        key=key,
        started={name: value for name, value in started.items() if value},
        wanted={"text": text} if text else {},
        takes_draft=takes_draft,
        sender=sender(by or world.nida, **of),
    )


def stands(world: World, status: RecordStatus) -> None:
    """A record at a place of its way, whoever took it there."""
    KnowledgeRecord.objects.filter(pk=drafted(world).pk).update(
        status=status, sent_at=NOW, sent_by=world.nida, decided_at=NOW, decided_by=world.suda,
        reason="สั้นไป",
    )  # fmt: skip


def sent(world: World) -> KnowledgeRecord:
    verbs.send_record(record=drafted(world), sender=sender(world.nida))
    return record_of(world)


def published(world: World, *cleared: int) -> KnowledgeRecord:
    record = sent(world)
    verbs.publish_record(
        record=record,
        version=verbs.version_of(record),
        cleared=cleared,
        sender=sender(world.suda),
    )
    return record_of(world)


def learn(world: World, text: str, kind: str = "objective") -> Lesson:
    return Lesson.objects.create(
        enrolment=world.enrolment, prompt="other", kind=kind, text=text, recorded_by=world.nida
    )


def photo_of(world: World) -> Evidence:
    return Evidence.objects.get(activity__enrolment=world.enrolment, type="photo")


def illustrated(world: World, caption: str = "") -> RecordPhoto:
    key = photo_of(world).pk
    wanted = {f"photo-{key}": "on", f"place-{key}": "1"}
    verbs.choose_record_photos(
        record=drafted(world),
        started={},
        wanted={**wanted, **({f"caption-{key}": caption} if caption else {})},
        sender=sender(world.nida),
    )
    return RecordPhoto.objects.get(evidence=key)


# ---------------------------------------------------------------- the draft


def test_what_was_recorded_is_told_and_what_was_not_stays_empty(here: World) -> None:
    learn(here, "ลดรายจ่ายในครัวเรือน")
    draft = draft_of(here.enrolment, on=TODAY)
    assert draft["objectives"] == "ลดรายจ่ายในครัวเรือน"
    assert "ชาวบ้านเห็นพ้องกัน" in draft["process-1.4"]
    assert "เลี้ยงจิ้งหรีด" in draft["process-1.4"]
    assert [draft[key] for key in ("equipment", "proposals", "process", "process-2.2")] == [""] * 4


def test_a_draft_names_nobody(here: World) -> None:
    told = "\n".join(draft_of(here.enrolment, on=TODAY).values())
    assert [name for name in place_names(here) if name in told] == []


def place_names(world: World) -> list[str]:
    home = world.trakat.households.get(house_no="99/1")
    item = world.enrolment.plan_items.get()
    member = world.trakat.committees.get().members.get()
    return [home.head_name, home.phone, member.name, item.person]


HEAD, MEMBER, PLANNER = "นายสมปอง แก้วตา", "นางคำแพง ใจงาม", "นายบุญมา ดีพร้อม"


def people_named(world: World) -> None:
    """The people of the village, with given and family names."""
    world.trakat.households.filter(house_no="99/1").update(head_name=HEAD, phone="081-234-5678")
    world.trakat.committees.get().members.update(name=MEMBER, left_on=TODAY)
    world.enrolment.plan_items.update(person=f"{PLANNER} และคณะทำงาน")


def test_a_full_year_is_told_with_its_figures(world: World) -> None:
    FullYear(world)
    draft = draft_of(world.enrolment, on=TODAY)
    assert "3,000 บาท" in draft["inputs"] or "3,000" in draft["inputs"]
    assert "4" in draft["process-2.1"]
    assert all(repaired(text) == text for text in draft.values())  # nothing to offer a repair of


def test_drafting_takes_as_many_queries_for_more_rows(here: World) -> None:
    draft_of(here.enrolment, on=TODAY)
    with CaptureQueriesContext(connection) as few:
        draft_of(here.enrolment, on=TODAY)
    for number in range(5):
        learn(here, f"บทเรียนที่ {number}")
        Activity.objects.create(
            enrolment=here.enrolment,
            form="meeting",
            held_on=TODAY,
            place="ศาลา",
            led_by="officer",
            recorded_by=here.nida,
        )
        household(here.trakat, f"10{number}", f"นายคน ที่{number}")
    with CaptureQueriesContext(connection) as many:
        draft_of(here.enrolment, on=TODAY)
    assert len(many) == len(few)


def test_the_first_page_names_the_officer_and_the_office_of_the_district(here: World) -> None:
    Office.objects.create(
        area=Area.objects.get(code="3314"),
        name="สำนักงานพัฒนาชุมชนอำเภอศรีรัตนะ",
        address="ที่ว่าการอำเภอ",
        phone="0-4567-0000",
    )
    record = drafted(here)
    assert (record.author, record.position) == (here.nida.name, here.nida.position)
    assert (record.office, record.written_on) == ("สำนักงานพัฒนาชุมชนอำเภอศรีรัตนะ", TODAY)
    assert "0-4567-0000" in record.contact
    assert "ตระกาจ" in record.title


# ---------------------------------------------------------------- drafting again


def test_a_new_draft_renews_what_nobody_wrote_in(here: World) -> None:
    drafted(here)
    learn(here, "ลดรายจ่าย")
    drafted(here, days=1)
    assert section_of(here, "objectives").text == "ลดรายจ่าย"


def test_what_somebody_wrote_stays_and_the_new_draft_is_shown_beside_it(
    here: World, signed_in: SignIn
) -> None:
    drafted(here)
    write_section(here, "objectives", "ข้อความของพัฒนากร")
    learn(here, "ลดรายจ่าย")
    drafted(here, days=1)
    section = section_of(here, "objectives")
    assert (section.text, section.drafted) == ("ข้อความของพัฒนากร", "ลดรายจ่าย")
    assert section.has_news
    page = signed_in(here.nida).get(address("knowledge_section", "objectives"))
    assert "Take the new draft" in page.content.decode()
    assert "ลดรายจ่าย" in page.content.decode()


def test_the_new_draft_is_taken_or_the_edited_text_kept_by_one_press(
    here: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = signed_in(here.nida), address("knowledge_section", "objectives")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=2))
    for press, expected in (({}, "ข้อความของพัฒนากร"), ({"take": "draft"}, "ลดรายจ่าย")):
        news_for(here)
        assert send(client, url, **press).status_code == 303
        section = section_of(here, "objectives")
        assert (section.text, section.has_news) == (expected, False)


def news_for(world: World) -> None:
    """The officer wrote in a section, and the new draft says otherwise."""
    RecordSection.objects.all().delete()
    Lesson.objects.all().delete()
    drafted(world)
    write_section(world, "objectives", "ข้อความของพัฒนากร")
    learn(world, "ลดรายจ่าย")
    drafted(world, days=1)


def test_keeping_the_edited_text_keeps_what_was_typed_into_it_meanwhile(
    here: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both texts merged by hand, then "Keep the edited text": every button sends the text area."""
    news_for(here)
    client, url = signed_in(here.nida), address("knowledge_section", "objectives")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=2))
    buttons, areas = sent_by_forms(client.get(url).content.decode())
    assert len(set(areas)) == 1
    assert set(areas) == set(buttons)
    send(client, url, text="ข้อความของพัฒนากร\nลดรายจ่าย")
    section = section_of(here, "objectives")
    assert (section.text, section.has_news) == ("ข้อความของพัฒนากร\nลดรายจ่าย", False)


def sent_by_forms(page: str) -> tuple[list[int], list[int]]:
    """In which form of the main content each button and each text area stands."""
    main = page[page.index("<main") : page.index("</main")]
    buttons, areas, form = [], [], 0
    for tag in re.findall(r"<(form|button|textarea)\b", main):
        form += tag == "form"
        {"button": buttons, "textarea": areas, "form": []}[tag].append(form)
    return buttons, areas


@pytest.mark.parametrize("offer", ["draft", "repair"])
def test_no_offer_replaces_a_text_that_was_changed_before_both_were_shown(
    here: World, signed_in: SignIn, offer: str
) -> None:
    news_for(here)
    client, url = signed_in(here.nida), address("knowledge_section", "objectives")
    typed, taken = "ก าลังใจของพัฒนากร", {"draft": "ลดรายจ่าย", "repair": "กำลังใจของพัฒนากร"}[offer]
    answer = send(client, url, text=typed, take=offer)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "You changed the text after the page was opened" in page
    assert page.count(typed) >= 3  # in the text area, beside the offer, and to know it again
    assert taken in re.sub("</?mark>", "", page)
    assert section_of(here, "objectives").text == "ข้อความของพัฒนากร"
    again = {**answers(answer.context["form"]), "take": offer}
    assert client.post(url, {**again, "text": f"{typed} อีก"}).status_code == 422
    assert client.post(url, again).status_code == 303
    assert section_of(here, "objectives").text == taken


def test_a_text_changed_before_an_offer_was_pressed_can_be_saved_instead(
    here: World, signed_in: SignIn
) -> None:
    news_for(here)
    client, url = signed_in(here.nida), address("knowledge_section", "objectives")
    answer = send(client, url, text="ข้อความที่แก้แล้ว", take="draft")
    assert client.post(url, answers(answer.context["form"])).status_code == 303
    assert section_of(here, "objectives").text == "ข้อความที่แก้แล้ว"


def test_a_draft_nobody_saw_is_not_decided_against(here: World) -> None:
    """The form was opened, somebody drafted again, the form was saved."""
    drafted(here)
    write_section(here, "objectives", "ข้อความของพัฒนากร")
    seen = section_of(here, "objectives")
    learn(here, "ลดรายจ่าย")
    drafted(here, days=1)
    verbs.edit_section(
        record=record_of(here),
        key="objectives",
        started={"text": seen.text, "drafted": seen.drafted},
        wanted={"text": "ข้อความใหม่ของพัฒนากร"},
        sender=sender(here.nida, NOW + timedelta(days=2)),
    )
    section = section_of(here, "objectives")
    assert section.text == "ข้อความใหม่ของพัฒนากร"
    assert section.has_news


def test_what_a_reviewer_keeps_in_the_area_is_not_drafted(here: World) -> None:
    learn(here, "เรื่องภายใน")
    Lesson.objects.update(
        sharing="kept", decided_at=NOW, decided_by=here.prasit, decision_reason="มีเรื่องเจ็บป่วย"
    )
    drafted(here)
    assert section_of(here, "objectives").text == ""


def test_words_a_person_typed_stay_theirs_where_a_draft_says_the_same(here: World) -> None:
    drafted(here)
    write_section(here, "objectives", "ลดรายจ่าย")
    lesson = learn(here, "ลดรายจ่าย")
    drafted(here, days=1)
    assert not section_of(here, "objectives").has_news
    lesson.delete()
    drafted(here, days=2)
    section = section_of(here, "objectives")
    assert (section.text, section.has_news) == ("ลดรายจ่าย", True)


def test_a_draft_saved_as_it_stands_is_kept_against_the_next(
    here: World, signed_in: SignIn
) -> None:
    lesson = learn(here, "ลดรายจ่าย")
    drafted(here)
    send(signed_in(here.nida), address("knowledge_section", "objectives"))
    lesson.delete()
    drafted(here, days=1)
    assert section_of(here, "objectives").text == "ลดรายจ่าย"


def test_a_draft_that_was_taken_is_renewed_by_the_next(here: World, signed_in: SignIn) -> None:
    news_for(here)
    send(signed_in(here.nida), address("knowledge_section", "objectives"), take="draft")
    learn(here, "เพิ่มรายได้")
    drafted(here, days=2)
    section = section_of(here, "objectives")
    assert (section.text, section.edited_by) == ("ลดรายจ่าย\nเพิ่มรายได้", None)


DEEDS = ["learn", "forget", "draft", "write", "save", "take"]
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), st.sampled_from("กข")), max_size=8)


@given(STEPS)
@example([("write", "ก"), ("learn", "ก"), ("draft", ""), ("forget", ""), ("draft", "")])
@example([("learn", "ก"), ("draft", ""), ("save", ""), ("learn", "ข"), ("draft", "")])
@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_draft_ever_changes_what_a_person_wrote(world: World, steps: list[Any]) -> None:
    """Their words and the drafts' are the same ones, so that either may come first."""
    RecordSection.objects.all().delete()
    Lesson.objects.all().delete()
    drafted(world)
    theirs: str | None = None
    is_news = False
    for number, (deed, letter) in enumerate(steps, start=1):
        before, at = section_of(world, "objectives"), NOW + timedelta(days=number)
        if deed == "learn":
            learn(world, letter)
        elif deed == "forget":
            Lesson.objects.all().delete()
        elif deed == "draft":
            drafted(world, days=number)
            is_news |= section_of(world, "objectives").drafted != before.drafted
        else:
            theirs = {"write": letter, "save": before.text, "take": None}[deed]
            text = before.drafted if theirs is None else theirs
            write_section(world, "objectives", text, takes_draft=deed == "take", at=at)
            is_news = False
        section = section_of(world, "objectives")
        assert section.text == (section.drafted if theirs is None else theirs)
        assert section.has_news == (is_news and section.text != section.drafted)


# ---------------------------------------------------------------- editing


def test_two_who_write_the_same_section_are_shown_both_texts(
    here: World, signed_in: SignIn
) -> None:
    drafted(here)
    client = signed_in(here.somsak)
    url = address("knowledge_section", "objectives")
    page = client.get(url)
    started = json.dumps(page.context["form"].initial["started"])
    write_section(here, "objectives", "ของนิดา")
    answer = client.post(url, {"client_id": str(uuid4()), "started": started, "text": "ของสมศักดิ์"})
    assert answer.status_code == 422
    assert "ของนิดา" in answer.content.decode()
    assert "ของสมศักดิ์" in answer.content.decode()
    with pytest.raises(Conflict):
        verbs.edit_section(
            record=record_of(here),
            key="objectives",
            started={},
            wanted={"text": "ของสมศักดิ์"},
            sender=sender(here.somsak),
        )


def test_a_text_that_is_too_long_is_refused_and_kept_as_typed(
    here: World, signed_in: SignIn
) -> None:
    drafted(here)
    text = "ก" * 100_000
    answer = send(signed_in(here.nida), address("knowledge_section", "objectives"), text=text)
    assert answer.status_code == 422
    assert "The text has 100,000 characters; a section holds 20,000." in answer.content.decode()
    assert text in answer.content.decode()
    longest = "ก" * SECTION_LENGTH
    answer = send(signed_in(here.nida), address("knowledge_section", "objectives"), text=longest)
    assert answer.status_code == 303


def test_a_draft_longer_than_a_section_can_be_taken_and_mended(
    here: World, signed_in: SignIn
) -> None:
    news_for(here)
    for number in range(11):
        learn(here, f"{number:02}" + "ก" * 1_998)
    drafted(here, days=2)
    client, url = signed_in(here.nida), address("knowledge_section", "objectives")
    assert send(client, url, take="draft").status_code == 303
    long = section_of(here, "objectives").text
    assert len(long) > SECTION_LENGTH
    assert send(client, url, text=f"{long} จบ").status_code == 303
    assert section_of(here, "objectives").text == f"{long} จบ"
    assert send(client, url, text=long * 2).status_code == 422


def test_a_pasted_text_is_stored_as_it_is_and_its_repair_offered(
    here: World, signed_in: SignIn
) -> None:
    drafted(here)
    client, url = signed_in(here.nida), address("knowledge_section", "objectives")
    pasted = "• ก าลังใจ\n-2-\n<b>ร่วมกัน</b>"
    answer = send(client, url, text=pasted)
    assert answer["Location"].endswith("/objectives/#repair")
    assert section_of(here, "objectives").text == pasted
    assert "repair" in client.get(url).context
    assert send(client, url, take="repair").status_code == 303
    assert section_of(here, "objectives").text == "- กำลังใจ\nร่วมกัน"
    assert "repair" not in client.get(url).context


def test_a_section_the_programme_has_not_is_not_found(here: World, signed_in: SignIn) -> None:
    drafted(here)
    client = signed_in(here.nida)
    assert client.get(address("knowledge_section", "process-9.9")).status_code == 404


def test_the_first_page_is_edited_and_needs_a_title(here: World, signed_in: SignIn) -> None:
    drafted(here)
    client = signed_in(here.nida)
    answer = send(client, address("knowledge_about"), title="", author="นางสาวใหม่ ใจดี")
    assert answer.status_code == 422
    assert "Enter the title" in answer.content.decode()
    assert "นางสาวใหม่ ใจดี" in answer.content.decode()
    answer = send(client, address("knowledge_about"), title="เรื่องใหม่", written_on="๑ เม.ย. ๒๕๖๐")
    assert answer.status_code == 303
    record = record_of(here)
    assert (record.title, record.written_on.isoformat()) == ("เรื่องใหม่", "2017-04-01")
    assert record.search_text == search_key("เรื่องใหม่")


def test_the_first_page_shows_what_the_data_of_the_office_say_now(
    here: World, signed_in: SignIn
) -> None:
    drafted(here)
    client = signed_in(here.nida)
    assert "In the office" not in client.get(address("knowledge_about")).content.decode()
    Office.objects.create(
        area=Area.objects.get(code="3314"), name="สำนักงาน <ใหม่>", phone="0-4567-0000"
    )
    here.enrolment.officer = here.somsak
    here.enrolment.save(update_fields=["officer"])
    page = client.get(address("knowledge_about")).content.decode()
    said = re.findall('data now: <span lang="th">([^<]*)<', page)
    assert said == [here.somsak.name, "สำนักงาน &lt;ใหม่&gt;", "โทรศัพท์ 0-4567-0000"]
    record = record_of(here)
    assert (record.author, record.office) == (here.nida.name, "")  # shown, never taken


def test_photos_are_chosen_captioned_and_put_in_order(here: World, signed_in: SignIn) -> None:
    drafted(here)
    client, key = signed_in(here.nida), photo_of(here).pk
    answer = send(
        client,
        address("knowledge_photos"),
        **{f"photo-{key}": "on", f"place-{key}": "๓", f"caption-{key}": "ประชุม"},
    )
    assert answer.status_code == 303
    photo = RecordPhoto.objects.get()
    assert (photo.evidence_id, photo.order, photo.caption) == (key, 1, "ประชุม")
    page = client.get(address())
    assert [row.pk for row, _words in page.context["photos"]] == [photo.pk]
    send(client, address("knowledge_photos"), **{f"photo-{key}": None})
    assert not RecordPhoto.objects.exists()


def test_a_caption_taken_out_does_not_come_back(here: World, signed_in: SignIn) -> None:
    photo = photo_of(here)
    photo.caption = "คำบรรยายเดิม"
    photo.save(update_fields=["caption"])
    illustrated(here)  # chosen without a caption
    form = signed_in(here.nida).get(address("knowledge_photos")).context["form"]
    assert form[f"caption-{photo.pk}"].value() == ""


def test_no_paper_and_no_photo_of_another_village_is_chosen(here: World) -> None:
    other = place(here, here.malu, here.kanya)
    paper = Evidence.objects.get(activity__enrolment=here.enrolment, type="sign_in")
    record = drafted(here)
    for key in (paper.pk, other.keys["photo"], uuid4()):
        with pytest.raises(Refusal, match="not_in_your_area"):
            verbs.choose_record_photos(
                record=record,
                started={},
                wanted={f"photo-{key}": "on"},
                sender=sender(here.nida),
            )


# ---------------------------------------------------------------- who may move it


@pytest.mark.parametrize("status", RecordStatus)
@pytest.mark.parametrize("verb", RECORD_MOVES)
def test_a_record_moves_as_the_table_says_and_not_otherwise(
    here: World, verb: str, status: RecordStatus
) -> None:
    record = drafted(here)
    KnowledgeRecord.objects.filter(pk=record.pk).update(
        status=status,
        sent_at=NOW,
        sent_by=here.nida,
        decided_at=NOW,
        decided_by=here.suda,
        reason="สั้นไป",
    )
    move = RECORD_MOVES[verb]
    by = here.suda if verb in ("publish_record", "return_record", "reopen_record") else here.nida
    wrong = here.nida if by == here.suda else here.suda
    with pytest.raises(Refusal, match="no_permission"):
        call(verb, record_of(here), wrong)
    if status in move.states:
        call(verb, record_of(here), by)
        assert record_of(here).status == (move.leads_to or status)
        assert History.objects.filter(verb=verb, subject_id=str(record.pk)).exists()
    else:
        with pytest.raises(Refusal, match="record_"):
            call(verb, record_of(here), by)
        assert record_of(here).status == status


def call(verb: str, record: KnowledgeRecord, by: User) -> None:
    more: dict[str, Any] = {
        "draft_record": {},
        "edit_record_head": {"started": {}, "wanted": {"category": "อื่น"}},
        "edit_section": {"key": "objectives", "started": {}, "wanted": {"text": "ใหม่"}},
        "choose_record_photos": {"started": {}, "wanted": {}},
        "publish_record": {"version": verbs.version_of(record), "cleared": []},
        "return_record": {"version": verbs.version_of(record), "reason": "สั้นไป"},
        "reopen_record": {"reason": "มีชื่อคน"},
    }.get(verb, {})
    if verb == "edit_record_head":
        more["started"] = {"category": record.category}
    about = {"enrolment": record.enrolment} if verb == "draft_record" else {"record": record}
    getattr(verbs, verb)(**about, **more, sender=sender(by))


def test_nobody_decides_on_a_record_they_edited_or_sent(here: World) -> None:
    post(here.nida, Role.PROVINCE, "33")
    post(here.somsak, Role.PROVINCE, "33")
    drafted(here)
    write_section(here, "objectives", "ของสมศักดิ์", by=here.somsak)
    record = sent(here)
    for by in (here.nida, here.somsak):
        for verb in ("publish_record", "return_record"):
            with pytest.raises(Refusal, match="own_work"):
                call(verb, record, by)
    call("publish_record", record, here.suda)
    with pytest.raises(Refusal, match="own_work"):
        call("reopen_record", record_of(here), here.somsak)


def test_a_decision_is_about_the_sending_that_was_read(here: World) -> None:
    read = verbs.version_of(sent(here))
    verbs.withdraw_record(record=record_of(here), sender=sender(here.nida))
    later = sender(here.nida, NOW + timedelta(hours=1))
    verbs.send_record(record=record_of(here), sender=later)
    with pytest.raises(Refusal, match="stale_decision"):
        verbs.publish_record(
            record=record_of(here), version=read, cleared=[], sender=sender(here.suda)
        )


# ---------------------------------------------------------------- before it is published


SAID = {
    "section": "ตามที่สมปอง แก้วตา บอก",
    "phone": "โทร 0812345678",
    "thai phone": "โทร ๐๘๑ ๒๓๔ ๕๖๗๘",
    "past member": f"{MEMBER} เล่าว่า",
    "plan": f"ให้{PLANNER}ทำ",
}


@pytest.mark.parametrize("where", ["title", "contact", "caption", *SAID])
def test_a_record_that_names_somebody_of_the_village_is_not_sent(here: World, where: str) -> None:
    people_named(here)
    if where == "caption":
        illustrated(here, caption=f"{HEAD} สาธิต")
    drafted(here)
    if where == "title":
        KnowledgeRecord.objects.update(title=f"เรื่องของ {HEAD}")
    elif where == "contact":
        KnowledgeRecord.objects.update(contact=f"ติดต่อ {HEAD}")
    elif where in SAID:
        write_section(here, "objectives", SAID[where])
    record = record_of(here)
    with pytest.raises(Refusal, match="record_names_people"):
        verbs.send_record(record=record, sender=sender(here.nida))
    assert len(check_of(record).naming) == 1


def test_the_sender_and_the_province_are_led_to_what_names_somebody(
    here: World, signed_in: SignIn
) -> None:
    people_named(here)
    drafted(here)
    write_section(here, "objectives", HEAD)
    page = signed_in(here.nida).get(address("knowledge_send")).content.decode()
    assert address("knowledge_section", "objectives") in page
    assert HEAD not in page
    answer = send(signed_in(here.nida), address("knowledge_send"))
    assert answer.status_code == 422
    assert "Objectives" in answer.content.decode()


def test_what_looks_like_a_phone_is_pointed_at(here: World) -> None:
    drafted(here)
    write_section(here, "objectives", "ติดต่อ ๐๘๑-๒๓๔-๕๖๗๘ ปี 2560-2564")
    check = check_of(record_of(here))
    assert [(place.label, place.text) for place in check.phones] == [("Objectives", "081-234-5678")]
    assert check.is_clean


def test_words_that_seem_to_name_somebody_nobody_listed_are_pointed_at(
    here: World, signed_in: SignIn
) -> None:
    people_named(here)
    drafted(here)
    write_section(here, "objectives", f"นายไกล ใจดี กับ {HEAD} และนายอำเภอ")
    seeming = check_of(record_of(here)).seeming
    assert [(place.label, place.text) for place in seeming] == [("Objectives", "นายไกล ใจดี")]
    write_section(here, "objectives", "นายไกล ใจดี")
    page = signed_in(here.nida).get(address("knowledge_send")).content.decode()
    assert "These words seem to name somebody" in page
    assert ": นายไกล ใจดี</li>" in page
    assert send(signed_in(here.nida), address("knowledge_send")).status_code == 303


def test_only_ticked_photos_leave_the_area(here: World, signed_in: SignIn) -> None:
    photo = illustrated(here)
    other = photo_in(record_of(here), photo.evidence.activity, by=here.nida, colour="pink")
    RecordPhoto.objects.update(cleared=False)
    verbs.send_record(record=record_of(here), sender=sender(here.nida))
    client = signed_in(here.suda)
    answer = send(client, address("knowledge_publish"), cleared=[str(photo.pk)])
    assert answer.status_code == 422
    assert "Read the texts, then tick that they name nobody" in answer.content.decode()
    answer = send(client, address("knowledge_publish"), names_nobody="on", cleared=[str(photo.pk)])
    assert answer.status_code == 303
    said = client.get(address()).content.decode()
    assert "1 photo is shown. 1 photo stayed out: it was not ticked." in said
    photo.refresh_from_db()
    other.refresh_from_db()
    assert (photo.cleared, other.cleared) == (True, False)
    assert record_of(here).status == "published"
    found = Client().get(reverse("library:record", args=[photo.record_id])).content.decode()
    shown = [
        reverse("library:photo", args=[photo.record_id, one.pk]) in found for one in (photo, other)
    ]
    assert shown == [True, False]
    send(client, address("knowledge_reopen"), reason="มีชื่อคน")
    photo.refresh_from_db()
    assert (photo.cleared, record_of(here).status) == (False, "returned")


@pytest.mark.parametrize(
    ("ticked", "said"),
    [
        (0, "2 photos stayed out: they were not ticked.</p>"),
        (2, "library. 2 photos are shown.</p>"),
    ],
)
def test_published_it_is_said_how_many_photos_stayed_out(
    here: World, signed_in: SignIn, ticked: int, said: str
) -> None:
    photo = illustrated(here)
    other = photo_in(record_of(here), photo.evidence.activity, by=here.nida, colour="pink")
    verbs.send_record(record=record_of(here), sender=sender(here.nida))
    client = signed_in(here.suda)
    keys = [str(photo.pk), str(other.pk)][:ticked]
    send(client, address("knowledge_publish"), names_nobody="on", cleared=keys)
    page = client.get(address()).content.decode()
    assert said in page
    assert ("shown" in said) == ("photos are shown" in page)


def test_the_check_list_calls_empty_what_the_record_calls_missing(
    here: World, signed_in: SignIn
) -> None:
    record = drafted(here)
    keys = [section.key for section in check_of(record).empty]
    missing = signed_in(here.nida).get(address()).context["missing"]
    assert keys == [part.key for part in missing if part.key in set(keys)]
    assert {part.key for part in missing} - set(keys) <= {*verbs.HEAD_FIELDS, ILLUSTRATIONS}
    assert "objectives" in keys


def test_a_record_without_photos_can_be_published_and_the_page_says_so(
    here: World, signed_in: SignIn
) -> None:
    sent(here)
    client = signed_in(here.suda)
    assert (
        "It can be published without." in client.get(address("knowledge_publish")).content.decode()
    )
    assert send(client, address("knowledge_publish"), names_nobody="on").status_code == 303
    said = client.get(address()).content.decode()
    assert "Published. Anyone can read it in the library.</p>" in said


def test_a_return_needs_a_reason_and_goes_to_the_officers_home(
    here: World, signed_in: SignIn
) -> None:
    record = sent(here)
    client, url = signed_in(here.suda), address("knowledge_return")
    data = {"client_id": str(uuid4()), "version": verbs.version_of(record)}
    assert client.post(url, {**data, "reason": " "}).status_code == 422
    assert client.post(url, {**data, "reason": "เพิ่มข้อพึงระวัง"}).status_code == 303
    home = signed_in(here.nida).get("/").content.decode()
    assert "เพิ่มข้อพึงระวัง" in home
    assert address() in home


def test_sent_records_stand_in_the_queue_of_the_province(here: World, signed_in: SignIn) -> None:
    sent(here)
    assert address("knowledge_publish") in signed_in(here.suda).get("/review/").content.decode()
    assert address("knowledge_publish") not in queue(signed_in(here.prasit)).content.decode()


def queue(client: Client) -> HttpResponse:
    return client.get("/review/")


# ---------------------------------------------------------------- pages


def test_what_is_missing_is_listed_with_the_place_where_it_is_filled_in(
    here: World, signed_in: SignIn
) -> None:
    drafted(here)
    head = ("category", "author", "position", "office", "address")
    KnowledgeRecord.objects.update(**dict.fromkeys(head, ""), written_on=None)
    client = signed_in(here.nida)
    listed = {part.key: part.href for part in client.get(address()).context["missing"]}
    for name in (*head, "written_on"):
        assert listed[name] == f"{address('knowledge_about')}#id_{name}"
        assert f'id="id_{name}"' in client.get(address("knowledge_about")).content.decode()
    assert listed["equipment"] == address("knowledge_section", "equipment")
    assert listed["illustrations"] == address("knowledge_photos")
    page = client.get(address()).content.decode()
    assert all(f'href="{href}"' in page for href in listed.values())


def test_a_text_no_draft_gave_is_said_to_be_written_by_its_author(
    here: World, signed_in: SignIn
) -> None:
    learn(here, "ลดรายจ่าย")
    learn(here, "ทำเอง ใช้เอง", kind="proposal")
    drafted(here)
    write_section(here, "equipment", "เครื่องผสมปุ๋ย\n\nจอบ")
    write_section(here, "objectives", "ลดรายจ่าย\nเพิ่มรายได้")
    client = signed_in(here.nida)
    page = client.get(address()).content.decode()
    assert from_section(page, "equipment") == (True, False, False)
    assert from_section(page, "objectives") == (False, True, True)
    assert from_section(page, "proposals") == (False, False, True)
    own = client.get(address("knowledge_section", "equipment")).content.decode()
    assert "Drafted from:" not in own


def from_section(page: str, key: str) -> tuple[bool, bool, bool]:
    """Whether a section says that it was written, edited, drafted from something."""
    told = page[page.index(f'data-section="{key}"') :].partition("</section>")[0]
    written, edited = "Written by นางสาวนิดา", "Edited by นางสาวนิดา"
    return written in told, edited in told, "Drafted from:" in told


def test_a_step_names_every_page_its_draft_is_told_from(world: World) -> None:
    labels = {
        "1.3": {"Document shelf"},
        "1.4": {"Target households", "Explained shortfalls"},
        "2.1": {"Village committee", "Change leaders"},
        "2.4": {"Action plan"},
    }
    sources = sources_of(world.enrolment, steps_of(world.programme.pk))
    for number, expected in labels.items():
        said = {source.label for source in sources[f"process-{number}"]}
        assert expected | {"Lessons learned"} <= said, number


def test_what_is_there_is_not_listed_as_missing(here: World, signed_in: SignIn) -> None:
    illustrated(here)
    KnowledgeRecord.objects.update(office="สำนักงาน", address="ที่ว่าการอำเภอ")
    listed = {part.key for part in signed_in(here.nida).get(address()).context["missing"]}
    assert not listed & {
        *("category", "author", "position", "written_on", "office", "address"),
        *("background", "illustrations"),
    }


def test_the_page_of_a_record_takes_few_queries_however_much_it_tells(
    here: World, signed_in: SignIn
) -> None:
    illustrated(here)
    client = signed_in(here.nida)
    client.get(address())
    with CaptureQueriesContext(connection) as few:
        client.get(address())
    for number in range(6):
        learn(here, f"บทเรียนที่ {number}")
        Activity.objects.create(
            enrolment=here.enrolment,
            step=here.step("2.1"),
            form="meeting",
            held_on=TODAY,
            place="ศาลา",
            led_by="officer",
            recorded_by=here.nida,
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address())
    assert len(many) == len(few) <= 15


@pytest.mark.parametrize("status", RecordStatus)
def test_a_record_is_read_in_every_state(
    here: World, signed_in: SignIn, status: RecordStatus
) -> None:
    stands(here, status)
    for user in (here.nida, here.suda, here.wipa):
        page = signed_in(user).get(address())
        assert page.status_code == 200
        assert str(status.label) in page.content.decode()
    assert signed_in(here.nida).get(address("knowledge_send")).status_code == 200
    assert signed_in(here.suda).get(address("knowledge_publish")).status_code == 200


@pytest.mark.parametrize("status", RecordStatus)
def test_only_an_open_record_offers_what_edits_it(
    here: World, signed_in: SignIn, status: RecordStatus
) -> None:
    stands(here, status)
    nida = signed_in(here.nida)
    for page in ("about", "photos", "objectives"):
        response = nida.get(f"{address()}{page}/")
        if status in OPEN_RECORD:
            assert response.status_code == 200
        else:
            assert response["Location"].partition("#")[0] == address()


def test_what_was_typed_before_the_record_was_sent_is_kept(here: World, signed_in: SignIn) -> None:
    drafted(here)
    client, url = signed_in(here.nida), f"{address()}objectives/"
    opened = answers(client.get(url).context["form"])
    sent(here)
    response = client.post(url, {**opened, "text": "เขียนก่อนส่ง"})
    assert response.status_code == 422
    assert "เขียนก่อนส่ง" in response.content.decode()
    assert section_of(here, "objectives").text == ""


def test_the_longest_title_is_printed_as_word(here: World, signed_in: SignIn) -> None:
    drafted(here)
    KnowledgeRecord.objects.update(title="ก" * 300)
    for name in ("knowledge_docx", "knowledge_memo_docx"):
        assert signed_in(here.nida).get(address(name)).status_code == 200


def test_the_paper_is_thai_whatever_the_screen_speaks(here: World, signed_in: SignIn) -> None:
    drafted(here)
    page = signed_in(here.nida).get(address("knowledge_print"), {"digits": "thai"})
    assert "๒๕๖๐" in page.content.decode()
    word = signed_in(here.nida).get(address("knowledge_docx"))
    assert word["Content-Disposition"].endswith('knowledge-33140108-2560.docx"')


# ---------------------------------------------------------------- erasing and carrying


def test_erasing_somebody_takes_the_name_out_of_sections_and_of_what_is_searched(
    world: World,
) -> None:
    home = household(world.trakat, "7", "นายสมปอง แก้วตา")
    drafted(world)
    write_section(world, "objectives", "ตามที่นายสมปอง แก้วตา เสนอ")
    assert search_key("สมปอง แก้วตา") in section_of(world, "objectives").search_text
    erase(rows=[home], reason="ขอเป็นหนังสือ", sender=sender(world.prasit))
    section = section_of(world, "objectives")
    assert ON_REQUEST in section.text
    assert "สมปอง" not in section.text
    assert search_key("สมปอง แก้วตา") not in section.search_text


def test_neutral_names_reach_a_record_and_what_is_searched(world: World) -> None:
    household(world.trakat, "7", "นายสมปอง แก้วตา")
    record = drafted(world)
    write_section(world, "objectives", "ตามที่นายสมปอง แก้วตา เสนอ")
    section, neutral = section_of(world, "objectives"), Neutral(world.trakat)
    neutral.rename(section)
    neutral.rename(record)
    assert "สมปอง" not in section.text + section.search_text
    assert record.author == ""


def test_a_photo_in_a_record_is_not_removed_under_it(here: World) -> None:
    illustrated(here)
    with pytest.raises(ProtectedError):
        photo_of(here).delete()
