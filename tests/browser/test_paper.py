"""What is printed: A4, whole, without buttons; lists go on under their headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.utils import translation
from playwright.sync_api import Page

from steps.models import PlanItem
from tests.browser.conftest import sign_in
from tests.browser.test_accessibility import printing_the_sign_in_sheet, to
from tests.cast import World
from tests.full_year import CODE, YEAR, FullYear

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Between the margins of app.css's @page, in CSS pixels (96 to the inch of 25.4 mm).
UPRIGHT, ACROSS = round((210 - 32) / 25.4 * 96), round((297 - 28) / 25.4 * 96)
SCREEN_ONLY = (
    ".skip, .nav, .menu, .back, .actions, .action-bar, .tools, .button, button, .breadcrumb, "
    ".pagination, .no-print, input:not([type=hidden]), textarea, .site-foot a, .site-foot form"
)
SHOWN = "(selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility())"


@pytest.fixture(autouse=True)
def in_thai() -> Iterator[None]:
    with translation.override("th"):
        yield


@pytest.fixture
def page(world: World, open_phone: Callable[..., Page]) -> Page:
    """Nida's browser, before a printer."""
    page = open_phone(width=1024)
    sign_in(page, "nida")
    return page


def on_paper(page: Page, width: int) -> list[str]:
    """What would not be right on the paper: content cut off, or things only a screen has."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 1000})
    wide = page.evaluate("document.documentElement.scrollWidth")
    shown = page.evaluate(
        f"(selector) => ({SHOWN})(selector).map((e) => e.outerHTML.slice(0, 80))", SCREEN_ONLY
    )
    page.emulate_media(media="null")
    return [f"{wide} px wide on {width} px"] * (wide > width) + shown


def sheets(page: Page) -> list[tuple[float, float]]:
    """Width and height in points of every sheet of the PDF that Chromium prints."""
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    assert len(boxes) == len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
    return [(float(width), float(height)) for width, height in boxes]


def is_upright_a4(size: tuple[float, float]) -> bool:
    return (round(size[0]), round(size[1])) == (595, 842)


def test_pages_print_upright_on_as_many_sheets_as_they_need(world: World, page: Page) -> None:
    year = FullYear(world)
    pages = year.officer_pages()
    most = {
        "year": 2,
        "returned step": 3,
        "step with something missing": 4,
        "households": 3,
        "committee": 1,
        "activity": 2,
        "leaders": 1,
        "shelf": 1,
    }
    for name, number in most.items():
        page.goto(pages[name])
        assert on_paper(page, UPRIGHT) == [], name
        printed = sheets(page)
        assert all(is_upright_a4(size) for size in printed), name
        assert 1 <= len(printed) <= number, (name, len(printed))


def test_the_plan_prints_across_with_its_heading_on_every_sheet(world: World, page: Page) -> None:
    year = FullYear(world)
    item = PlanItem.objects.filter(step__number="2.4").first()
    assert item
    for number in range(30):  # enough for a second sheet
        item.pk, item.activity = None, f"กิจกรรมที่ {number + 3}"
        item.save(force_insert=True)
    page.goto(year.officer_pages()["plan"])
    assert on_paper(page, ACROSS) == []
    page.emulate_media(media="print")
    heads = page.locator("thead")
    assert {head.evaluate("e => getComputedStyle(e).display") for head in heads.all()} == {
        "table-header-group"
    }
    assert (
        page.locator("td[data-label]").first.evaluate("e => getComputedStyle(e).display")
        == "table-cell"
    )  # cards are for phones
    printed = sheets(page)
    assert len(printed) >= 3
    assert {(round(width), round(height)) for width, height in printed} == {(842, 595)}


def test_the_sign_in_sheet_is_numbered_as_the_ticks_of_the_record_form(
    world: World, page: Page
) -> None:
    FullYear(world)
    to(f"/villages/{CODE}/{YEAR}/1.4/record/")(page)
    ticks = [
        (row.locator(".no").text_content(), row.locator(".who > span").text_content())
        for row in page.locator("#id_present_0 li").all()
    ]
    printing_the_sign_in_sheet(page)
    rows = page.locator("table.sheet tbody").first.locator("tr").all()
    printed = [tuple(row.locator("td").all_inner_texts()[:2]) for row in rows]
    assert printed == ticks
    assert len(printed) == 31
    assert on_paper(page, UPRIGHT) == []
    assert page.locator("table.sheet thead").evaluate("e => getComputedStyle(e).display") == (
        "table-header-group"
    )
    sizes = sheets(page)
    assert all(is_upright_a4(size) for size in sizes)
    assert 2 <= len(sizes) <= 3
