"""Report and map of an area: on A4 nothing is cut off, on a phone nothing runs out of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Page

from accounts.models import Office
from tests.browser.conftest import sign_in
from tests.browser.test_accessibility import on_a_desk_in_english, on_a_phone, to, walk
from tests.browser.test_paper import UPRIGHT, is_upright_a4, on_paper, sheets
from tests.cast import World
from tests.steps.cases import more_villages
from tests.steps.reached import verified_on
from villages.models import Village

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def in_thai() -> Iterator[None]:
    with translation.override("th"):
        yield


@pytest.fixture
def page(world: World, open_phone: Callable[..., Page]) -> Page:
    """Suda's browser, before a printer; Si Rattana has more late villages than a page lists."""
    more_villages(world, 14)
    for number, day in (("1.1", date(2016, 12, 5)), ("1.2", date(2017, 1, 9))):
        verified_on(world, world.trakat, number, day)
    for code, name in (("33", "จังหวัดศรีสะเกษ"), ("3314", "อำเภอศรีรัตนะ")):
        Office.objects.create(area_id=code, name=f"สำนักงานพัฒนาชุมชน{name}")
    page = open_phone(width=1024)
    sign_in(page, "suda")
    return page


def test_a_province_prints_a_sheet_and_then_one_a_district(page: Page) -> None:
    page.goto("/areas/33/report/")

    assert on_paper(page, UPRIGHT) == []
    printed = sheets(page)
    assert len(printed) == 1 + 2
    assert all(is_upright_a4(size) for size in printed)


def test_a_district_prints_on_one_sheet_signed_at_the_foot(page: Page) -> None:
    page.goto("/areas/3314/report/")

    assert on_paper(page, UPRIGHT) == []
    assert len(sheets(page)) == 1
    page.emulate_media(media="print")
    assert page.locator(".signatures").is_visible()
    assert not page.locator("h1").is_visible()  # the office's own head stands in its place
    heads = page.locator("thead").evaluate_all("all => all.map(e => getComputedStyle(e).display)")
    assert set(heads) == {"table-header-group"}
    breaks = page.locator("tr").evaluate_all("all => all.map(e => getComputedStyle(e).breakInside)")
    assert set(breaks) == {"avoid"}


def test_on_paper_everything_is_black(page: Page) -> None:
    page.goto("/areas/33/report/")
    page.emulate_media(media="print")
    colours = page.locator(".report-page, .report-page *").evaluate_all(
        "all => [...new Set(all.map(e => getComputedStyle(e).color))]"
    )
    assert all(is_grey(colour) for colour in colours), colours


def is_grey(colour: str) -> bool:
    red, green, blue = colour.removeprefix("rgb(").removesuffix(")").split(", ")
    return red == green == blue


@pytest.fixture
def coordinates(world: World) -> None:
    """The villages of the province lie in a long strip."""
    for n, village in enumerate(Village.objects.filter(code__startswith="33")):
        Village.objects.filter(pk=village.pk).update(
            latitude=f"{14.5 + n % 5 / 10:.5f}", longitude=f"{104 + n % 3 / 20:.5f}"
        )


@pytest.mark.usefixtures("coordinates")
def test_the_map_prints_on_one_sheet(page: Page) -> None:
    page.goto("/areas/33/map/")

    assert on_paper(page, UPRIGHT) == []
    assert len(sheets(page)) == 1


@pytest.mark.usefixtures("coordinates")
@pytest.mark.parametrize(
    ("language", "width", "look"), [("th", 360, on_a_phone), ("en", 1280, on_a_desk_in_english)]
)
def test_the_pages_hold_the_standard(
    page: Page, live_server: Any, language: str, width: int, look: Callable[[Page], Iterable[str]]
) -> None:
    cookie = {"name": "django_language", "value": language, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.set_viewport_size({"width": width, "height": 740})
    ways = {
        "map": to("/areas/33/map/"),
        "choice of a map": to("/areas/map/"),
        "report of a province": to("/areas/33/report/"),
        "report of a district": to("/areas/3314/report/"),
    }

    assert walk(page, ways, look) == []
