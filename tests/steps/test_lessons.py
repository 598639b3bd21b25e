"""Lessons: written where they happen, corrected, struck through; the photo that goes along."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import History, User
from sammachip.forms import NO_NAMES
from steps.lessons import SHOWN
from steps.models import Blob, Lesson, LessonKind, Prompt, ReceivedFile, Step
from steps.personal.texts import address_of
from steps.recording.core import Conflict, Refusal
from steps.recording.enrolments import copy_programme
from steps.recording.erasing import erase
from steps.recording.lessons import (
    MOST,
    NewLesson,
    NewLessons,
    add_lessons,
    edit_lesson,
    lesson_values,
    withdraw_lesson,
)
from tests.cast import NOW, World, household, sender
from tests.pages import form_of, photo
from tests.steps.learned import learned, shared
from tests.trust import work

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
CODE, YEAR = "33140108", 2560


def address(name: str, *args: object) -> str:
    return reverse(f"steps:{name}", args=[CODE, YEAR, *args])


LESSONS, ADD = address("lessons"), address("lesson_add")
STEP_PAGE = address("step", "1.4")


def sent(client: Client, query: str = "", **fields: Any) -> HttpResponse:
    """The form as its page shows it, with some fields typed."""
    return client.post(ADD + query, {**form_of(client, ADD + query), **fields})


def changed(lesson: Lesson, **fields: object) -> dict[str, object]:
    """The edit form of a lesson as it stands, with some fields typed anew."""
    started = lesson_values(lesson)
    shown = {name: text for name, text in started.items() if name != "photo"}
    return {"client_id": str(uuid4()), "started": json.dumps(started), **shown, **fields}


def edit_page(lesson: Lesson) -> str:
    return address("lesson_edit", lesson.pk)


def codes(response: HttpResponse) -> dict[str, list[str]]:
    """The codes of what was wrong, by field."""
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in wrong] for name, wrong in found.items()}


# ---------------------------------------------------------------- writing


def test_each_filled_box_is_a_lesson_of_its_own_kind(world: World, signed_in: SignIn) -> None:
    response = sent(
        signed_in(world.nida),
        "?step=1.4",
        worked="ประชุมตอนเย็นมากันครบ",
        next="เชิญกลุ่มสตรีมาด้วย",
    )
    assert (response.status_code, response["Location"]) == (303, LESSONS)
    rows = list(Lesson.objects.all())
    assert [(row.prompt, row.kind, row.text) for row in rows] == [
        ("worked", "success", "ประชุมตอนเย็นมากันครบ"),
        ("next", "proposal", "เชิญกลุ่มสตรีมาด้วย"),
    ]
    assert {row.step.number for row in rows if row.step} == {"1.4"}
    assert {row.sharing for row in rows} == {"waiting"}
    entries = History.objects.filter(verb="add_lessons")
    assert {entry.subject_id for entry in entries} == {str(row.pk) for row in rows}


def test_the_form_says_above_the_boxes_who_will_read_it(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.nida).get(ADD).content.decode()
    said = page.index("once a reviewer shares it")
    of_records = page.index("Unless it is kept in the area it also goes into the knowledge record")
    assert max(said, of_records) < page.index('name="worked"')
    assert "No names, no illness." in page
    assert str(NO_NAMES) in page
    assert "2,000 characters" in page
    assert "maxlength" not in page.split("<main")[1]  # nothing pasted is cut off in silence


def test_what_a_box_is_about_may_be_chosen(world: World, signed_in: SignIn) -> None:
    sent(signed_in(world.nida), worked="ใช้โรงเรือนเดิม", worked_kind="equipment")
    assert Lesson.objects.get().kind == LessonKind.EQUIPMENT


def test_anything_else_has_to_say_what_it_is_about(world: World, signed_in: SignIn) -> None:
    nida = signed_in(world.nida)
    response = sent(nida, other="น้ำไม่พอในเดือนเมษายน")
    assert (response.status_code, codes(response)) == (422, {"other_kind": ["required"]})
    page = response.content.decode()
    assert "น้ำไม่พอในเดือนเมษายน" in page
    assert '<details class="more" open>' in page
    assert sent(nida, other="น้ำไม่พอ", other_kind="problem").status_code == 303


def test_no_box_filled_is_said_at_the_first(world: World, signed_in: SignIn) -> None:
    response = sent(signed_in(world.nida), worked="   ")
    assert (response.status_code, codes(response)) == (422, {"worked": ["nothing_learned"]})
    assert not Lesson.objects.exists()
    with pytest.raises(Refusal) as refused:
        add_lessons(enrolment=world.enrolment, new=NewLessons([]), sender=sender(world.nida))
    assert (refused.value.code, refused.value.field) == ("nothing_learned", "worked")


def test_what_is_too_long_stays_typed_and_the_others_too(world: World, signed_in: SignIn) -> None:
    nida, long = signed_in(world.nida), "ก" * (MOST + 1)
    response = sent(nida, worked=long, did_not="ฝนตก")
    assert codes(response) == {"worked": ["max_length"]}
    page = response.content.decode()
    assert long in page
    assert "ฝนตก" in page
    assert "At most 2000 characters; this has 2001." in page
    assert sent(nida, worked=long[1:]).status_code == 303


def test_a_step_of_no_such_number_is_refused(world: World, signed_in: SignIn) -> None:
    response = sent(signed_in(world.nida), worked="ดี", step="9.9")
    assert codes(response) == {"step": ["invalid_choice"]}
    response = signed_in(world.nida).get(ADD + "?step=9.9&activity=nonsense")
    assert response.status_code == 200


def test_a_step_of_another_programme_is_refused(world: World) -> None:
    other = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    strange = Step.objects.get(programme=other, number="1.4")
    new = NewLessons([NewLesson("worked", "success", "ดี")], step=strange)
    with pytest.raises(Refusal) as refused:
        add_lessons(enrolment=world.enrolment, new=new, sender=sender(world.nida))
    assert (refused.value.code, refused.value.field) == ("not_in_your_area", "step")


def test_an_activity_brings_its_step_along(world: World, signed_in: SignIn) -> None:
    activity = work.recorded(world.enrolment, world.step("1.4"), by=world.nida)
    nida = signed_in(world.nida)
    link = f"{ADD}?activity={activity.pk}"
    assert link in nida.get(address("activity", activity.pk)).content.decode()
    assert "ศาลากลางบ้าน" in nida.get(link).content.decode()
    sent(nida, f"?activity={activity.pk}", worked="มากันครบ")
    lesson = Lesson.objects.get()
    assert (lesson.activity, lesson.step) == (activity, world.step("1.4"))


def test_an_activity_of_another_village_is_refused(world: World, signed_in: SignIn) -> None:
    far = work.recorded(world.enrolment_of(world.malu), None, by=world.kanya)
    response = sent(signed_in(world.nida), worked="ดี", activity=str(far.pk))
    assert codes(response) == {"activity": ["invalid_choice"]}
    assert "Not found in your area." in response.content.decode()
    new = NewLessons([NewLesson("worked", "success", "ดี")], activity=far)
    with pytest.raises(Refusal) as refused:
        add_lessons(enrolment=world.enrolment, new=new, sender=sender(world.nida))
    assert refused.value.code == "not_in_your_area"


def test_sent_twice_it_is_stored_once(world: World, signed_in: SignIn) -> None:
    nida = signed_in(world.nida)
    data = {**form_of(nida, ADD), "worked": "ดี"}
    assert [nida.post(ADD, data).status_code for _again in range(2)] == [303, 303]
    assert Lesson.objects.count() == 1


@settings(max_examples=12)
@given(text=st.text(max_size=60))
def test_whatever_is_typed_is_stored_clean_or_refused(text: str) -> None:
    from steps.forms.lessons import text_field

    field = text_field("", required=False)
    cleaned = field.clean(text)
    assert cleaned == Lesson(text=cleaned).text == field.clean(cleaned)


# ---------------------------------------------------------------- the photo


def test_a_photo_survives_a_mistake_and_goes_with_the_first_filled_box(
    world: World, signed_in: SignIn
) -> None:
    nida = signed_in(world.nida)
    response = sent(nida, photos=photo("red"))
    assert response.status_code == 422
    received = response.context["form"].photo
    assert str(received.pk) in response.content.decode()
    again = sent(nida, received=str(received.pk), did_not="ฝนตก", next="มีเต็นท์")
    assert again.status_code == 303
    photos = dict(Lesson.objects.values_list("prompt", "photo"))
    assert photos == {"did_not": received.blob_id, "next": None}
    received.refresh_from_db()
    assert received.claimed_at is not None


def test_a_photo_can_be_taken_off_before_it_is_saved(world: World, signed_in: SignIn) -> None:
    nida = signed_in(world.nida)
    received = sent(nida, photos=photo("red")).context["form"].photo
    sent(nida, received=str(received.pk), drop=str(received.pk), worked="ดี")
    assert Lesson.objects.get().photo is None


def test_what_is_no_photo_is_refused_beside_it_and_the_text_kept(
    world: World, signed_in: SignIn
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = sent(
        signed_in(world.nida), worked="มากันครบ", photos=SimpleUploadedFile("a.jpg", b"no photo")
    )
    assert response.status_code == 422
    assert list(codes(response)) == ["photos"]
    assert "มากันครบ" in response.content.decode()


def test_somebody_elses_photo_did_not_arrive(world: World, signed_in: SignIn) -> None:
    other = work.picture(world.somsak).received
    response = sent(signed_in(world.nida), worked="ดี", received=str(other.pk))
    assert codes(response) == {"photos": ["file_unknown"]}
    new = NewLessons([NewLesson("worked", "success", "ดี")], photo=other)
    with pytest.raises(Refusal) as refused:
        add_lessons(enrolment=world.enrolment, new=new, sender=sender(world.nida))
    assert refused.value.code == "file_unknown"


def test_the_photo_is_shown_to_the_area_only(world: World, signed_in: SignIn) -> None:
    lesson = learned(world, photo=work.picture(world.nida).received)
    for name in ("lesson_photo", "lesson_photo_small"):
        url = reverse(f"steps:{name}", args=[lesson.pk])
        answers = {
            person: signed_in(getattr(world, person)).get(url).status_code
            for person in ("nida", "wipa", "kanya")
        }
        assert answers == {"nida": 200, "wipa": 200, "kanya": 404}
    bare = learned(world)
    assert (
        signed_in(world.nida).get(reverse("steps:lesson_photo", args=[bare.pk])).status_code == 404
    )


def test_clearing_received_files_leaves_the_photo_of_a_lesson(world: World) -> None:
    lesson = learned(world, photo=work.picture(world.nida).received)
    ReceivedFile.objects.update(received_at=NOW - timedelta(days=400), claimed_at=None)
    call_command("clear_received")
    assert not ReceivedFile.objects.exists()
    assert Blob.objects.get() == lesson.photo
    assert lesson.photo
    assert lesson.photo.path().exists()


# ---------------------------------------------------------------- correcting and striking through


def test_only_what_was_changed_is_written(world: World, signed_in: SignIn) -> None:
    lesson = learned(world)
    response = signed_in(world.nida).post(edit_page(lesson), changed(lesson, step="2.1"))
    assert response.status_code == 303
    lesson.refresh_from_db()
    assert (lesson.step, lesson.kind) == (world.step("2.1"), "success")
    assert History.objects.filter(verb="edit_lesson").latest("pk").fields == ["step"]


def test_a_decided_lesson_waits_again_once_it_changes(world: World, signed_in: SignIn) -> None:
    lesson = learned(world, photo=work.picture(world.nida).received)
    shared(lesson, world.prasit, photo_cleared=True)
    nida = signed_in(world.nida)
    assert "Once it is changed it waits" in nida.get(edit_page(lesson)).content.decode()
    nida.post(edit_page(lesson), changed(lesson))
    lesson.refresh_from_db()
    assert lesson.sharing == "shared"  # nothing was changed
    answer = nida.post(edit_page(lesson), changed(lesson, text="มากันเกือบครบ"), follow=True)
    assert "It waits for the reviewer again" in answer.content.decode()
    lesson.refresh_from_db()
    assert (lesson.sharing, lesson.photo_cleared, lesson.decided_at) == ("waiting", False, None)
    assert "sharing" in History.objects.filter(verb="edit_lesson").latest("pk").fields


def test_two_who_change_the_same_text_choose_which_to_keep(world: World, signed_in: SignIn) -> None:
    lesson = learned(world)
    nida = signed_in(world.nida)
    mine = changed(lesson, text="ของนิดา")
    signed_in(world.somsak).post(edit_page(lesson), changed(lesson, text="ของสมศักดิ์"))
    response = nida.post(edit_page(lesson), mine)
    assert response.status_code == 422
    page = response.content.decode()
    assert "ของนิดา" in page
    assert "ของสมศักดิ์" in page
    with pytest.raises(Conflict):
        edit_lesson(
            lesson=lesson,
            started={"text": "อย่างอื่น"},
            wanted={"text": "ของนิดา"},
            sender=sender(world.nida),
        )


def test_a_photo_is_replaced_and_taken_off(world: World, signed_in: SignIn) -> None:
    lesson = learned(world)
    nida = signed_in(world.nida)
    nida.post(edit_page(lesson), {**changed(lesson), "photos": photo("blue")})
    lesson.refresh_from_db()
    first = lesson.photo
    assert first is not None
    nida.post(edit_page(lesson), {**changed(lesson), "photos": photo("red")})
    lesson.refresh_from_db()
    assert lesson.photo not in (None, first)
    nida.post(edit_page(lesson), changed(lesson, without_photo="on"))
    lesson.refresh_from_db()
    assert lesson.photo is None


def test_two_who_change_the_photo_choose_which_to_keep(world: World, signed_in: SignIn) -> None:
    lesson = learned(world, photo=work.picture(world.nida, "green").received)
    nida = signed_in(world.nida)
    mine = changed(lesson, without_photo="on")
    signed_in(world.somsak).post(
        edit_page(lesson), {**changed(lesson), "photos": photo("red", "other.jpg")}
    )
    response = nida.post(edit_page(lesson), mine)
    assert [clash.name for clash in response.context["form"].clashes] == ["photo"]
    started = response.context["form"].data["started"]
    kept = {**mine, "started": started, "clash": "photo", "choose-photo": "stored"}
    assert nida.post(edit_page(lesson), {**kept, "client_id": str(uuid4())}).status_code == 303
    lesson.refresh_from_db()
    assert lesson.photo is not None


def test_an_emptied_text_is_refused(world: World, signed_in: SignIn) -> None:
    lesson = learned(world)
    response = signed_in(world.nida).post(edit_page(lesson), changed(lesson, text=" "))
    assert codes(response) == {"text": ["required"]}
    with pytest.raises(Refusal) as refused:
        edit_lesson(
            lesson=lesson, started=lesson_values(lesson), wanted={}, sender=sender(world.nida)
        )
    assert refused.value.code == "nothing_learned"


def test_withdrawn_it_is_struck_through_and_counted_nowhere(
    world: World, signed_in: SignIn
) -> None:
    lesson = learned(world)
    shared(lesson, world.prasit)
    nida = signed_in(world.nida)
    nida.post(
        address("lesson_withdraw", lesson.pk), {"client_id": str(uuid4()), "reason": "ผิดหมู่บ้าน"}
    )
    page = nida.get(LESSONS).content.decode()
    assert "1 item struck through" in page
    assert "ผิดหมู่บ้าน" in page
    assert nida.get(address("year")).context["lessons"] == 0
    assert not Lesson.objects.shared().exists()
    assert list(signed_in(world.prasit).get("/villages/33140108/").context["lessons"]) == [
        (2560, 0)
    ]
    for again in (withdraw_lesson, edit_lesson):
        values = {"reason": "อีก"} if again is withdraw_lesson else {"started": {}, "wanted": {}}
        with pytest.raises(Refusal) as refused:
            again(lesson=lesson, sender=sender(world.nida), **values)  # type: ignore[operator]
        assert refused.value.code == "withdrawn_already"


# ---------------------------------------------------------------- read where they are of use


def test_the_page_says_who_reads_each(world: World, signed_in: SignIn) -> None:
    shared(learned(world, "เปิดให้อ่าน"), world.prasit)
    learned(world, "ยังรอ")
    page = signed_in(world.nida).get(LESSONS).content.decode()
    assert "Shared with everybody" in page
    assert "Waits for the reviewer" in page
    assert ADD in page
    wipa = signed_in(world.wipa).get(LESSONS).content.decode()
    assert "ยังรอ" in wipa
    assert ADD not in wipa
    assert signed_in(world.kanya).get(LESSONS).status_code == 404


def test_links_lead_to_it_from_step_year_and_village(world: World, signed_in: SignIn) -> None:
    learned(world)
    nida = signed_in(world.nida)
    assert f"{ADD}?step=1.4" in nida.get(STEP_PAGE).content.decode()
    for page in (address("year"), "/villages/33140108/"):
        words = nida.get(page).content.decode()
        assert f'href="{LESSONS}"' in words
        assert "1 lesson<" in words


def test_a_step_shows_what_others_learned_there_the_nearest_first(
    world: World, signed_in: SignIn
) -> None:
    far, near, nearer = (world.mueang, world.malu, world.phing)
    for village, by in ((far, "anan"), (near, "kanya"), (nearer, "nida")):
        lesson = learned(world, f"จาก{village.name_th}", village=village, by=getattr(world, by))
        Lesson.objects.filter(pk=lesson.pk).update(sharing="shared", decided_at=NOW)
    learned(world, "ยังไม่เปิด", village=near, by=world.kanya)
    withdrawn = learned(world, "ขีดฆ่าแล้ว", village=near, by=world.kanya)
    Lesson.objects.filter(pk=withdrawn.pk).update(
        sharing="shared", decided_at=NOW, withdrawn_at=NOW, withdrawn_reason="ผิด"
    )
    learned(world, "ของหมู่บ้านเอง")
    page = signed_in(world.nida).get(STEP_PAGE)
    shown = page.context["lessons"]
    assert [row.enrolment.village for row in shown.others] == [nearer, near, far]
    assert [row.text for row in shown.own] == ["ของหมู่บ้านเอง"]
    words = page.content.decode()
    assert "Lessons of other villages at this step" in words
    assert f"จาก{far.name_th}" in words
    assert "ยังไม่เปิด" not in words
    assert "ขีดฆ่าแล้ว" not in words
    other_step = signed_in(world.nida).get(address("step", "2.1"))
    assert list(other_step.context["lessons"].others) == []


def test_many_lessons_cost_the_step_and_the_list_no_more_queries(
    world: World, signed_in: SignIn
) -> None:
    nida = signed_in(world.nida)

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert nida.get(url).status_code == 200
        return len(asked)

    def more(n: int) -> None:
        for number in range(n):
            learned(world, f"เรื่องที่ {number}", photo=work.picture(world.nida).received)
            lesson = learned(world, f"อื่น {number}", village=world.malu, by=world.kanya)
            Lesson.objects.filter(pk=lesson.pk).update(sharing="shared", decided_at=NOW)

    more(1)
    nida.get(STEP_PAGE)
    few = queries(STEP_PAGE), queries(LESSONS)
    more(SHOWN + 2)
    assert (queries(STEP_PAGE), queries(LESSONS)) == few
    assert few[1] <= 15
    assert len(nida.get(STEP_PAGE).context["lessons"].others) == SHOWN


# ---------------------------------------------------------------- names


def test_an_erased_name_leaves_text_and_search_text(world: World, signed_in: SignIn) -> None:
    row = household(world.trakat, "88/1", "นายทองดี แสงใส")
    lesson = learned(world, "ไปดูงานที่บ้านนายทองดี แสงใส แล้วทำตาม")
    assert "ทองดีแสงใส" in lesson.search_text
    person = signed_in(world.prasit).get(reverse("people:person", args=[row.pk]))
    assert LESSONS in person.content.decode()
    assert address_of(lesson) == LESSONS
    erase(rows=[row], reason="ขอเป็นหนังสือ", sender=sender(world.prasit))
    lesson.refresh_from_db()
    assert "ทองดี" not in lesson.text + lesson.search_text
    assert "แล้วทำตาม" in lesson.text


def test_every_prompt_but_one_has_its_kind() -> None:
    from steps.forms.lessons import PRESET

    assert set(Prompt) - set(PRESET) == {Prompt.OTHER}
