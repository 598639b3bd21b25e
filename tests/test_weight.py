"""How much a phone on a weak signal fetches: pages of eighty rows, the style, the script.

The application sends HTML as it is: a proxy may compress it. Django's GZipMiddleware is not used,
because compressing pages that hold a token next to what a stranger sends is what BREACH attacks.
So both are measured: a page as sent, and as a proxy at level 6 would send it. WhiteNoise
compresses style and script beforehand.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.models import User
from steps.recording.enrolments import enrol
from tests.cast import World, sender
from tests.full_year import FullYear
from villages.models import Area, Household, Village

KB = 1000
PAGE, PAGE_AS_SENT = 20 * KB, 150 * KB
STYLE, SCRIPT, FIRST_VISIT = 20 * KB, 35 * KB, 100 * KB
ROWS = 80


def gzipped(content: bytes) -> int:
    """The bytes left of content, compressed as servers do."""
    squeeze = zlib.compressobj(level=6, wbits=31)
    return len(squeeze.compress(content) + squeeze.flush())


def static_file(path: str) -> bytes:
    found = finders.find(path)
    assert found, path
    return Path(found).read_bytes()


@pytest.fixture
def pages(world: World) -> dict[str, str]:
    """Every page an officer opens, where the village has 80 households and the district as many
    villages."""
    year = FullYear(world)
    Household.objects.bulk_create(
        Household(
            village=world.trakat,
            house_no=f"3{number}/{number % 7}",
            head_name=f"นายสมบูรณ์ที่{number} พงษ์พิทักษ์ไทย",
            cluster="คุ้มหนองใหญ่",
        )
        for number in range(ROWS - world.trakat.households.count())
    )
    subdistrict = Area.objects.get(code="331402")
    villages = Village.objects.bulk_create(
        Village(
            code=f"331402{number:02d}",
            subdistrict=subdistrict,
            moo=number,
            name_th=f"หนองแวงใหญ่{number}",
        )
        for number in range(10, 10 + ROWS)
    )
    enrol(
        villages=villages,
        programme=world.programme,
        officer=world.nida,
        sender=sender(world.anan),
    )
    return year.officer_pages()


def test_every_page_is_light_with_eighty_rows(
    world: World, pages: dict[str, str], signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.nida)
    heavy = {}
    for name, address in pages.items():
        content = client.get(address).content
        if gzipped(content) > PAGE or len(content) > PAGE_AS_SENT:
            heavy[name] = (gzipped(content), len(content))
    assert heavy == {}


def test_style_and_script_are_light() -> None:
    style = gzipped(static_file("css/app.css"))
    scripts = sum(
        gzipped(path.read_bytes()) for path in (settings.BASE_DIR / "static/js").iterdir()
    )
    assert (style <= STYLE, scripts <= SCRIPT) == (True, True), (style, scripts)


def test_the_first_visit_to_the_heaviest_page_is_light(
    world: World, pages: dict[str, str], signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.nida)
    content = client.get(pages["record in the village"]).content
    linked = re.findall(rb'(?:href|src)="/static/([^"]+)"', content)
    assert {b"css/app.css", b"js/dates.js", b"js/ticks.js", b"js/photos.js"} <= set(linked)
    fetched = gzipped(content) + sum(gzipped(static_file(path.decode())) for path in linked)
    assert fetched <= FIRST_VISIT
    assert len(linked) + 1 <= 8  # requests
