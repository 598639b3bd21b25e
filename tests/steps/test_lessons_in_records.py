"""A lesson that is taken back may stand in a record still: who takes it back is told where."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from steps.knowledge.carried import standings_of
from steps.knowledge.check import check_of
from steps.models import KnowledgeRecord, Lesson
from steps.recording import knowledge as verbs
from steps.recording.lessons import withdraw_lesson
from tests.cast import World, sender
from tests.pages import send
from tests.steps.learned import kept, learned, shared

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
TEXT = "ประชุมตอนเย็นมากันครบ\n- เตรียมน้ำหมักไว้ก่อน"
RECORD = "/villages/33140108/2560/knowledge/"
RESULTS = "Results, development and success factors"
UNPUBLISHED = "Its text still stands in the knowledge record, which is not published."
PUBLISHED = "Its text still stands in the published knowledge record, where everybody reads it."


def drafted(world: World) -> KnowledgeRecord:
    verbs.draft_record(enrolment=world.enrolment, sender=sender(world.nida))
    return KnowledgeRecord.objects.get(enrolment=world.enrolment)


def published(world: World) -> KnowledgeRecord:
    verbs.send_record(record=drafted(world), sender=sender(world.nida))
    record = KnowledgeRecord.objects.get(enrolment=world.enrolment)
    verbs.publish_record(
        record=record, version=verbs.version_of(record), cleared=[], sender=sender(world.suda)
    )
    return record


def keep(client: Client, lesson: Lesson) -> str:
    """Keep a lesson; the page that comes next."""
    case = client.get(reverse("steps:review_lesson", args=[lesson.pk])).context["case"]
    url = reverse("steps:review_lesson_keep", args=[lesson.pk])
    data = {"client_id": case.keep["client_id"].value(), "seen": case.keep["seen"].value()}
    answer = client.post(url, {**data, "reason": "ยังไม่ชัดเจน"}, follow=True)
    return answer.content.decode()


def strike(client: Client, lesson: Lesson) -> str:
    """Strike a lesson through; the page that comes next."""
    url = reverse("steps:lesson_withdraw", args=["33140108", 2560, lesson.pk])
    answer = send(client, url, reason="ผิด")
    return client.get(answer["Location"]).content.decode()


# ---------------------------------------------------------------- told at once


def test_who_keeps_a_lesson_is_led_to_the_record_it_stands_in(
    world: World, signed_in: SignIn
) -> None:
    lesson = learned(world, TEXT)
    record = drafted(world)
    page = keep(signed_in(world.prasit), lesson)
    assert f'{UNPUBLISHED} Take it out of: <a href="{RECORD}#results">{RESULTS}</a>' in page
    lesson.refresh_from_db()
    assert lesson.sharing == "kept"  # the decision stands, and the record as it is
    assert TEXT.splitlines()[0] in record.sections.get(key="results").text


def test_also_where_everybody_reads_it_already(world: World, signed_in: SignIn) -> None:
    lesson = learned(world, TEXT)
    shared(lesson, world.prasit)
    record = published(world)
    library = reverse("library:record", args=[record.pk])
    assert TEXT.splitlines()[0] in Client().get(library).content.decode()
    page = keep(signed_in(world.prasit), lesson)
    assert f"{PUBLISHED} Ask the province to return the record, then take it out of" in page
    assert f'<a href="{RECORD}#results">{RESULTS}</a>' in page
    assert signed_in(world.prasit).get(RECORD).status_code == 200


@pytest.mark.parametrize(("write", "said"), [(drafted, UNPUBLISHED), (published, PUBLISHED)])
def test_who_strikes_a_lesson_through_is_led_there_too(
    world: World, signed_in: SignIn, write: Callable[[World], KnowledgeRecord], said: str
) -> None:
    lesson = learned(world, TEXT)
    write(world)
    page = strike(signed_in(world.nida), lesson)
    assert said in page
    assert f'<a href="{RECORD}#results">{RESULTS}</a>' in page


def test_nothing_is_said_where_it_stands_in_no_record(world: World, signed_in: SignIn) -> None:
    drafted(world)
    one, other = learned(world, TEXT), learned(world, "อีกเรื่องหนึ่งที่ยาวพอ")
    pages = [keep(signed_in(world.prasit), one), strike(signed_in(world.nida), other)]
    assert [UNPUBLISHED in page or PUBLISHED in page for page in pages] == [False, False]


def test_the_reviewer_reads_it_before_deciding(world: World, signed_in: SignIn) -> None:
    lesson = learned(world, TEXT)
    drafted(world)
    for address in (
        reverse("steps:review_lessons"),
        reverse("steps:review_lesson", args=[lesson.pk]),
    ):
        page = signed_in(world.prasit).get(address).content.decode()
        assert "Its text stands in the knowledge record of the year" in page
        assert f'<a href="{RECORD}#results">{RESULTS}</a>' in page
        assert "published: everybody reads it there" not in page
    published(world)
    assert (
        "published: everybody reads it there"
        in signed_in(world.prasit).get(address).content.decode()
    )


def test_it_is_found_however_the_section_was_edited_around_it(world: World) -> None:
    lesson = learned(world, TEXT)
    record = drafted(world)

    def found(text: str) -> list[str]:
        section = record.sections.get(key="cautions")
        section.text = text
        section.save()
        return [one.key for one in standings_of([lesson])[lesson.pk]]

    assert found("ก่อนหน้า ประชุม ตอนเย็นมากันครบ และ เตรียมนำหมักไว้ก่อน") == ["results", "cautions"]
    Lesson.objects.filter(pk=lesson.pk).update(text=TEXT.replace("\n", "\n\n"))
    lesson.refresh_from_db()
    assert found(TEXT) == ["results", "cautions"]
    assert found("ประชุมตอนเย็นมากันครบ") == ["results"]  # half of it is not it
    short = learned(world, "ดี")
    assert standings_of([short])[short.pk] == []  # a word within others is not it either
    assert found("- ดี") == ["results"]
    assert [one.key for one in standings_of([short])[short.pk]] == ["cautions"]


def test_a_step_is_named_by_its_number(world: World) -> None:
    lesson = learned(world, TEXT)
    drafted(world).sections.filter(key="process-1.4").update(text=TEXT)
    (_results, step) = sorted(standings_of([lesson])[lesson.pk], key=lambda one: one.key)[::-1]
    assert (step.key, step.title) == ("process-1.4", "Process and steps 1.4")


def test_what_waits_is_read_in_a_published_record_as_the_form_says(world: World) -> None:
    lesson = learned(world, TEXT)
    library = reverse("library:record", args=[published(world).pk])
    assert lesson.sharing == "waiting"
    assert TEXT.splitlines()[0] in Client().get(library).content.decode()


# ---------------------------------------------------------------- before it is published


def test_the_check_list_names_the_sections_with_lessons_not_for_everybody(
    world: World, signed_in: SignIn
) -> None:
    one, other = learned(world, TEXT), learned(world, "ให้หมู่บ้านใกล้เคียงมาดู")
    learned(world, "ยังรอผู้ตรวจอยู่เหมือนเดิม")
    record = drafted(world)
    assert check_of(record).unshared == []
    kept(one, world.prasit)
    withdraw_lesson(lesson=other, reason="ผิด", sender=sender(world.nida))
    found = check_of(KnowledgeRecord.objects.get(pk=record.pk)).unshared
    assert [place.label for place in found] == [RESULTS, RESULTS]
    assert {place.text for place in found} == {one.text, other.text}
    sending = f"{RECORD}send/"
    page = signed_in(world.nida).get(sending).content.decode()
    assert "Lessons that are not for everybody stand in it" in page
    assert f'<a href="{RECORD}results/">{RESULTS}</a>' in page
    assert send(signed_in(world.nida), sending).status_code == 303  # a warning, never a block
    page = signed_in(world.suda).get(f"{RECORD}publish/").content.decode()
    assert "Lessons that are not for everybody stand in it" in page


def test_drafted_again_a_record_lets_them_go(world: World) -> None:
    lesson = learned(world, TEXT)
    drafted(world)
    kept(lesson, world.prasit)
    assert check_of(drafted(world)).unshared == []


def test_what_was_written_twice_may_stand(world: World) -> None:
    lesson = learned(world, TEXT)
    learned(world, TEXT)
    drafted(world)
    withdraw_lesson(lesson=lesson, reason="ซ้ำ", sender=sender(world.nida))
    assert check_of(KnowledgeRecord.objects.get(enrolment=world.enrolment)).unshared == []


def test_the_check_lists_keep_to_their_queries(world: World, signed_in: SignIn) -> None:
    """However many lessons were taken back."""
    lessons = [learned(world, f"{TEXT} ครั้งที่ {n}") for n in range(5)]
    record = drafted(world)
    verbs.send_record(record=record, sender=sender(world.nida))
    province = signed_in(world.suda)
    province.get(f"{RECORD}publish/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert province.get(f"{RECORD}publish/").status_code == 200
        return len(asked)

    kept(lessons[0], world.prasit)
    few = queries()
    for lesson in lessons[1:]:
        kept(lesson, world.prasit)
    assert queries() == few <= 23
