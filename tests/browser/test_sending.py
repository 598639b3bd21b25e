"""Saving with a thumb and a weak signal: pressed twice, without signal, by the keyboard's Enter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from steps.models import Activity, Evidence
from tests.browser.conftest import sign_in
from tests.cast import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "/villages/33140108/2560/1.4/record/"
SAVE = ".action-bar button"


@pytest.fixture
def page(world: World, open_phone: Callable[..., Page]) -> Page:
    """Nida's record form, filled."""
    page = open_phone()
    sign_in(page, "nida")
    page.goto(PAGE)
    page.locator("[name=held_on]").fill("11/1/2560")
    page.locator("[name=place]").fill("ศาลากลางบ้าน")
    return page


def test_save_pressed_twice_stores_one_record_with_its_photos(
    page: Page, photos: list[str]
) -> None:
    page.locator("[name=photos]").set_input_files(photos[:2])
    page.locator(SAVE).dblclick()
    page.locator(".notice.saved").first.wait_for()
    assert page.locator(".error-summary").count() == 0
    assert (Activity.objects.count(), Evidence.objects.count()) == (1, 2)


def test_without_signal_the_page_stays_with_everything_typed(page: Page) -> None:
    page.route("**/healthz", lambda route: route.abort())
    page.locator("[name=summary]").fill("ตกลงเริ่มปลูกผัก")
    page.locator(SAVE).click()
    page.get_by_role("status").filter(has_text="ไม่มีสัญญาณ").wait_for()
    assert page.locator("[name=summary]").input_value() == "ตกลงเริ่มปลูกผัก"
    assert Activity.objects.count() == 0
    page.unroute("**/healthz")
    page.locator(SAVE).click()
    page.locator(".notice.saved").first.wait_for()
    assert Activity.objects.get().summary == "ตกลงเริ่มปลูกผัก"


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_enter_in_a_field_saves(
    world: World, open_phone: Callable[..., Page], javascript: bool
) -> None:
    page = open_phone(javascript=javascript)
    sign_in(page, "nida")
    page.goto(PAGE)
    page.locator("[name=held_on]").fill("11/1/2560")
    page.locator("[name=place]").fill("ศาลากลางบ้าน")
    page.locator("[name=place]").press("Enter")
    page.locator(".notice.saved").first.wait_for()
    assert Activity.objects.count() == 1
