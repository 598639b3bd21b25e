"""The report on an activity in a real browser: copying its text, and its sheets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from steps.knowledge.activity_report import report_of
from steps.models import EvidenceType
from tests.access.places import _evidence
from tests.browser.conftest import sign_in
from tests.browser.test_paper import UPRIGHT, on_paper, sheets
from tests.cast import TODAY, World
from tests.steps.test_memos import address, held

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

A4 = (round(210 / 25.4 * 72), round(297 / 25.4 * 72))


def test_a_press_copies_the_text_for_the_chat(
    world: World, open_phone: Callable[..., Page]
) -> None:
    activity = held(world, total=30)
    page = open_phone()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, "nida")
    page.goto(address(activity))
    page.locator("[data-copy]").click()
    said = page.locator("[role=status]")
    said.filter(has_text=page.locator("[data-copy]").get_attribute("data-copied") or "").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == report_of(activity, on=TODAY).message


def test_without_a_clipboard_the_text_is_selected(
    world: World, open_phone: Callable[..., Page]
) -> None:
    page = open_phone()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    sign_in(page, "nida")
    page.goto(address(held(world)))
    page.locator("[data-copy]").click()
    assert page.evaluate("document.activeElement.selectionEnd") > 0
    by_hand = page.locator("[data-copy]").get_attribute("data-by-hand")
    assert page.locator("[role=status]").text_content() == by_hand


def test_without_javascript_the_text_is_there_and_no_button(
    world: World, open_phone: Callable[..., Page]
) -> None:
    activity = held(world)
    page = open_phone(javascript=False)
    sign_in(page, "nida")
    page.goto(address(activity))
    assert page.locator("#message").input_value() == report_of(activity, on=TODAY).message
    assert not page.locator("[data-copy]").is_visible()


def test_the_report_is_a_sheet_and_one_of_photos(
    world: World, open_phone: Callable[..., Page]
) -> None:
    activity = held(world, total=30, summary="ตกลงวันนัดครั้งต่อไปแล้ว")
    for colour in ("green", "blue", "red", "yellow"):
        _evidence(activity, EvidenceType.PHOTO, colour, world.nida)
    page = open_phone(width=1024)
    sign_in(page, "nida")
    page.goto(address(activity))
    assert on_paper(page, UPRIGHT) == []
    assert [tuple(map(round, sheet)) for sheet in sheets(page)] == [A4, A4]


def test_sheets_are_numbered_in_the_digits_of_their_text(
    world: World, open_phone: Callable[..., Page]
) -> None:
    page, activity = open_phone(width=1024), held(world)
    sign_in(page, "nida")
    for query, name in (("", "paper"), ("?digits=thai", "paper-thai")):
        page.goto(address(activity) + query)
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).page") == name
