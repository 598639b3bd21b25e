"""What a village learned on its way: lessons, the record, the library, a reader signed out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from steps.models import KnowledgeRecord
from tests.browser.conftest import press
from tests.cast import World
from tests.trust import work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SitsDown = Callable[[str], Page]
YEAR = "/villages/33140108/2560/"
LEARNED = "ชาวบ้านช่วยกันเลี้ยงไส้เดือนกำจัดเศษผักแล้วได้ปุ๋ยใช้เอง"
IN_THE_MIDDLE = "ไส้เดือน"  # Thai has no spaces between words
WRITTEN = "หมู่บ้านเริ่มจากครัวเรือนห้าหลังที่สนใจ"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_from_lessons_to_a_record_that_a_stranger_finds(
    world: World, sits_down: SitsDown, open_phone: Callable[..., Page]
) -> None:
    work.briefing(world)
    officer, province = sits_down("nida"), sits_down("suda")
    writes_a_lesson(officer)
    shares_it(province)
    drafts_and_edits(officer)
    sends(officer)
    publishes(province)
    finds_it_by_a_word(open_phone())


def writes_a_lesson(page: Page) -> None:
    page.goto(f"{YEAR}lessons/add/?step=1.4")
    page.locator("[name=worked]").fill(LEARNED)
    press(page, "Save")


def shares_it(page: Page) -> None:
    page.goto("/review/lessons/")
    page.get_by_label("it names nobody").check()
    press(page, "Share with everybody")


def drafts_and_edits(page: Page) -> None:
    page.goto(f"{YEAR}knowledge/")
    press(page, "Draft the record")
    expect(page.locator("[data-section=results]")).to_contain_text(LEARNED)
    page.goto(f"{YEAR}knowledge/background/")
    page.locator("[name=text]").fill(WRITTEN)
    press(page, "Save")
    press(page, "Draft again")  # what a person wrote stays
    expect(page.locator("[data-section=background]")).to_contain_text(WRITTEN)
    page.goto(f"{YEAR}knowledge/photos/")
    for box in page.locator("input[type=checkbox][name^='photo-']").all():
        box.check()
    press(page, "Save")


def sends(page: Page) -> None:
    page.goto(f"{YEAR}knowledge/send/")
    press(page, "Send to the province")
    assert page.locator("a[href$='/knowledge/background/']").count() == 0  # closed to edits


def publishes(page: Page) -> None:
    page.goto(f"{YEAR}knowledge/publish/")
    press(page, "Publish")  # not yet said that it names nobody
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("[name=names_nobody]").check()
    page.locator("[name=cleared]").first.check()
    press(page, "Publish")
    expect(page.locator(".notice.saved").first).to_contain_text("1 photo stayed out")
    record = KnowledgeRecord.objects.get()
    assert record.status == "published"
    assert (record.photos.count(), record.photos.filter(cleared=True).count()) == (2, 1)


def finds_it_by_a_word(page: Page) -> None:
    page.goto("/library/")
    page.locator("[name=q]").fill(IN_THE_MIDDLE)
    page.locator("main form button").first.click()
    expect(page.locator("mark", has_text=IN_THE_MIDDLE).first).to_be_visible()
    page.locator("main a[href^='/library/']:has(mark)").first.click()
    expect(page.locator("[data-section=results]")).to_contain_text(LEARNED)
    expect(page.locator("[data-section=background]")).to_contain_text(WRITTEN)
    picture = page.locator("[data-section=illustrations] img")
    picture.scroll_into_view_if_needed()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=picture.element_handle()
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
