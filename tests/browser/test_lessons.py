"""A lesson on its way: written at a step on a phone, shared by the chief, read by the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from steps.models import Lesson
from tests.browser.conftest import press
from tests.cast import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEARNED = "ประชุมตอนเย็นหลังเลิกงาน มากันครบทุกครัวเรือน"
STEP, ELSEWHERE = "/villages/33140108/2560/1.4/", "/villages/33040101/2560/1.4/"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The words looked for are the source's own, so that no catalogue can hide a slip."""
    with translation.override("en"):
        yield


def fits(page: Page) -> bool:
    """Nothing stands out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_lesson_goes_from_one_village_to_the_next(
    world: World, sits_down: Callable[[str], Page], photos: list[str]
) -> None:
    writes_it_at_the_step(sits_down("nida"), photos[0])
    shares_it(sits_down("prasit"))
    kanya = sits_down("kanya")
    kanya.goto(ELSEWHERE)
    expect(
        kanya.get_by_role("heading", name="Lessons of other villages at this step")
    ).to_be_visible()
    found = kanya.locator(".lesson", has_text=LEARNED)
    expect(found).to_contain_text("Ban Trakat")
    expect(found).to_contain_text("Si Rattana")
    assert fits(kanya)


def writes_it_at_the_step(page: Page, photo: str) -> None:
    page.goto(STEP)
    page.get_by_role("link", name="Write a lesson").click()
    assert page.locator("[name=step]").input_value() == "1.4"
    page.locator("[name=photos]").set_input_files(photo)
    press(page, "Save")  # without a word: the photo is kept, and it is said what is missing
    expect(page.locator(".error-summary")).to_contain_text("Write in at least one of the boxes.")
    expect(page.locator(".notice.saved")).to_contain_text("Photo received")
    page.locator("[name=worked]").fill(LEARNED)
    assert fits(page)
    press(page, "Save")
    expect(page.locator(".lesson")).to_contain_text("Waits for the reviewer")
    assert page.locator(".lesson img").count() == 1
    assert fits(page)


def shares_it(page: Page) -> None:
    page.goto("/review/")
    page.get_by_role("link", name="Lessons to decide on 1").click()
    expect(page.locator("article")).to_contain_text(LEARNED)
    assert fits(page)
    press(page, "Share with everybody")  # not yet said that it names nobody
    expect(page.locator(".error-summary")).to_contain_text("tick that it names nobody")
    page.get_by_label("it names nobody").check()
    press(page, "Share with everybody")
    expect(page.locator(".notice.saved")).to_contain_text("everybody reads it now")
    lesson = Lesson.objects.get()
    assert (lesson.sharing, lesson.photo_cleared) == ("shared", False)
