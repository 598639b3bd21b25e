"""A list taken home as a file: with one press, and again, with names and without."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Download, Page

from accounts.models import History
from tests.browser.conftest import sign_in
from tests.cast import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def downloaded(page: Page, selector: str) -> Download:
    with page.expect_download() as waiting:
        page.locator(selector).click()
    return waiting.value


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_filtered_list_is_downloaded_and_with_names_as_often_as_wanted(
    world: World, open_phone: Callable[..., Page], javascript: bool
) -> None:
    page = open_phone(javascript=javascript)
    sign_in(page, "nida")
    page.goto("/villages/")
    page.locator("form[role=search] summary").click()
    page.locator("[name=late]").check()
    page.locator("form[role=search] .actions button").click()

    plain = downloaded(page, "a[href*='export.xlsx']")
    page.locator("details:has([data-download]) > summary").click()
    first = downloaded(page, "[data-download] button >> nth=0")
    again = downloaded(page, "[data-download] button >> nth=1")

    assert plain.suggested_filename.endswith("23 มี.ค. 2560.xlsx")
    assert [row[6].value for row in load_workbook(BytesIO(plain.path().read_bytes())).active][
        4:
    ] == [
        "33140108",
        "33140203",
    ]
    assert (first.suggested_filename[-5:], again.suggested_filename[-4:]) == (".xlsx", ".csv")
    assert world.nida.name in again.path().read_text("utf-8-sig")
    assert History.objects.filter(verb="export_names", by=world.nida).count() == 2
    assert page.locator("[name=late]").is_checked()
