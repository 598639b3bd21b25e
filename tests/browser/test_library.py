"""The library as somebody without an account reads it on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from steps.models import Activity
from tests.browser.test_accessibility import LOOSE_ENDS, OPEN_ALL, on_a_desk_in_english, on_a_phone
from tests.cast import World
from tests.steps.published import lesson_of, photo_of, record_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPhone = Callable[..., Page]
SENTENCE = "ชาวบ้านรวมกลุ่มกันเลี้ยงจิ้งหรีดไว้กินและขายในตลาดนัดทุกวันเสาร์"


@pytest.fixture(autouse=True)
def in_thai() -> Iterator[None]:
    with translation.override("th"):
        yield


@pytest.fixture
def shelf(world: World) -> str:
    """A record with a photo, and a lesson; the address of the record."""
    activity = Activity.objects.create(
        enrolment=world.enrolment,
        step=world.step("1.4"),
        form="meeting",
        held_on=date(2017, 2, 1),
        place="ศาลากลางบ้าน",
        led_by="officer",
        recorded_by=world.nida,
    )
    record = record_of(
        world.enrolment,
        "กระบวนการสัมมาชีพชุมชนบ้านตระกาจ",
        by=world.suda,
        background=f"เดิมทำนาอย่างเดียว\n- {SENTENCE}\n- ทำปุ๋ยหมัก",
        process_1_4="ประชุมครัวเรือน",
    )
    photo_of(record, activity, by=world.nida)
    lesson_of(world.enrolment, "นัดประชุมตอนเย็นมากันครบ", by=world.nida, step=world.step("1.4"))
    return f"/library/{record.pk}/"


def test_a_stranger_finds_a_word_within_a_sentence_and_reads_the_record(
    world: World, shelf: str, open_phone: OpenPhone
) -> None:
    page = open_phone(javascript=False)
    page.goto("/accounts/login/")
    page.locator("main a[href='/library/']").click()
    page.locator("[name=q]").fill("จิงหรีด")  # without its tone mark
    page.locator("form[role=search] button").first.click()
    expect(page.locator("mark")).to_have_text(["จิ้งหรีด"])
    page.locator("ol.found a").click()
    page.wait_for_url(f"**{shelf}")
    expect(page.locator(".paper")).to_contain_text(SENTENCE)
    expect(page.locator(".paper img")).to_have_count(1)
    page.locator("footer a[lang=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(
    ("width", "language", "look"),
    [(360, "th", on_a_phone), (1280, "en", on_a_desk_in_english)],
    ids=["Thai on a phone", "English on a desk"],
)
def test_the_library_holds_the_standard(
    world: World,
    shelf: str,
    open_phone: OpenPhone,
    live_server: Any,
    width: int,
    language: str,
    look: Any,
) -> None:
    page = open_phone(width=width)
    cookie = {"name": "django_language", "value": language, "url": live_server.url}
    page.context.add_cookies([cookie])
    lesson = world.enrolment.lessons.get()
    faults = []
    for address in (
        "/library/",
        "/library/?q=จิ้งหรีด",
        "/library/?q=จิ้งหรีด&area=34&step=9.9",
        shelf,
        f"{shelf}?digits=thai",
        f"/library/lessons/{lesson.pk}/",
    ):
        page.goto(address)
        page.evaluate(OPEN_ALL)
        faults += [f"{address}: {fault}" for fault in look(page)]
        assert page.evaluate(LOOSE_ENDS) == []
    if faults:
        pytest.fail("\n".join(faults))
