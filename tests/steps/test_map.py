"""The dot map: every village where it lies, shaded as far as it has come, each a link."""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import cos, hypot, radians
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import User
from sammachip.demo.words import BACKS, FRONTS
from steps.models import Enrolment
from steps.pictures import DotMap, Spot, dot_map, spots_of
from tests.cast import TODAY, World
from tests.steps.cases import more_villages
from tests.steps.reached import verified_on
from villages.models import Area, Village

SignIn = Callable[[User], Client]
SVG = "{http://www.w3.org/2000/svg}"
PROVINCE, DISTRICT = "/areas/33/map/", "/areas/3314/map/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def spot(
    code: str,
    at: tuple[float, float] | None = (15.0, 104.0),
    *,
    verified: int = 0,
    late_days: int = 0,
    name: str = "โนน",
) -> Spot:
    village = Village(code=code, moo=int(code[6:]), name_th=name)
    if at:
        village.latitude, village.longitude = (Decimal(f"{degrees:.5f}") for degrees in at)
    return Spot(village, steps=8, verified=verified, late_days=late_days)


def placed(village: Village, latitude: str, longitude: str) -> None:
    found = Village.objects.filter(pk=village.pk)
    assert found.update(latitude=latitude, longitude=longitude) == 1


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own


def links_of(svg: str) -> dict[str, str]:
    """The name of each link by its address."""
    return {
        link.get("href", ""): link.findtext(f"{SVG}title") or ""
        for link in parsed(svg).iter(f"{SVG}a")
    }


def circles(svg: str) -> list[tuple[int, int, int]]:
    """Middle and radius of every dot."""
    return [
        (int(dot.get("cx", "")), int(dot.get("cy", "")), int(dot.get("r", "")))
        for dot in parsed(svg).iter(f"{SVG}circle")
    ]


def picture_on(page: str) -> str:
    found = re.search(r"<svg.*?</svg>", page, re.DOTALL)
    assert found
    return found[0]


@pytest.fixture
def draw(world: World) -> Callable[..., DotMap]:
    def drawn(*spots: Spot, links: bool = True, places: tuple[Area, ...] = ()) -> DotMap:
        return dot_map(world.programme, spots, places, links=links)

    return drawn


Draw = Callable[..., DotMap]


# ---------------------------------------------------------------- which villages, and how far


def test_every_enrolled_village_of_the_area_is_there_with_its_numbers(world: World) -> None:
    for number, day in (("1.1", date(2016, 12, 5)), ("1.2", date(2017, 1, 9))):
        verified_on(world, world.trakat, number, day)

    spots = {row.village.code: row for row in spots_of(world.programme, "33", steps(world), TODAY)}

    assert list(spots) == ["33040101", "33140108", "33140203"]
    own = spots["33140108"]
    assert (own.verified, own.steps, own.shade) == (2, 8, 2)
    assert own.late_days == (TODAY - due(world, "1.3")).days
    assert (spots["33140203"].verified, spots["33140203"].shade) == (0, 0)
    assert spots["33140203"].late_days == (TODAY - due(world, "1.1")).days


def steps(world: World) -> list:
    return list(world.programme.steps.order_by("order"))


def due(world: World, number: str) -> date:
    return world.step(number).due_on


def test_before_anything_is_due_nothing_is_late(world: World) -> None:
    spots = spots_of(world.programme, "33", steps(world), date(2016, 11, 30))
    assert [row.late_days for row in spots] == [0, 0, 0]


def test_shades_are_those_of_the_progress_table() -> None:
    shades = [spot("33140101", verified=n).shade for n in range(9)]
    assert shades == [0, 1, 2, 2, 3, 3, 4, 4, 4]


def test_the_villages_of_any_area_take_one_query(
    world: World, django_assert_num_queries: Callable
) -> None:
    known = steps(world)
    more_villages(world, 12)
    with django_assert_num_queries(1):
        assert len(spots_of(world.programme, "33", known, TODAY)) == 15


# ---------------------------------------------------------------- the picture


def test_each_dot_is_a_link_named_by_village_and_numbers(draw: Draw) -> None:
    found = draw(
        spot("33140101", (15.0, 104.0), verified=3, name="โนนสูง"),
        spot("33140102", (15.1, 104.1), late_days=12, name="ดอนแก้ว"),
    )

    assert links_of(found.svg) == {
        "/villages/33140101/2560/": "Ban โนนสูง Moo 1: 3 of 8 steps verified",
        "/villages/33140102/2560/": "Ban ดอนแก้ว Moo 2: 0 of 8 steps verified, 12 days late",
    }


def test_as_an_image_it_has_no_links_but_a_name_and_its_own_colours(draw: Draw) -> None:
    found = draw(spot("33140101"), spot("33140102", (15.1, 104.1), late_days=3), links=False)
    root = parsed(found.svg)

    assert links_of(found.svg) == {}
    assert (root.get("role"), root.get("aria-label")) == ("img", found.words)
    assert found.words == "Map of 2 villages by share of steps verified, 1 late"
    groups = list(root.iter(f"{SVG}g"))
    assert [(group.get("fill"), group.get("stroke")) for group in groups] == [
        ("#ffffff", "#46514c"),
        ("#ffffff", "#b3261e"),
    ]
    assert root.get("viewBox") == "0 0 1000 800"  # the room that pages leave for it


def test_nothing_in_it_is_style_or_script_or_comes_from_elsewhere(draw: Draw) -> None:
    for links in (True, False):
        found = draw(spot("33140101"), spot("33140102", (15.1, 104.1)), links=links)
        names = {name for part in parsed(found.svg).iter() for name in part.attrib}
        assert not {"style", "onload", "onclick", "src"} & names
        assert re.findall(r"(?:https?:)?//[^\"']+", found.svg) == ["http://www.w3.org/2000/svg"]


def test_names_are_escaped(draw: Draw) -> None:
    name = "<script>alert(\"x\")</script> & 'โนน'"
    area = Area(code="3314", name_th="<b>&", name_en="<b>&")

    found = draw(spot("33140101", name=name), spot("33140102", (15.1, 104.0)), places=(area,))

    assert links_of(found.svg)["/villages/33140101/2560/"].startswith(f"Ban {name} Moo 1")
    assert "<script" not in found.svg
    assert "<b>" not in found.svg


def test_north_is_up_east_is_right_and_a_degree_is_as_long_in_both(draw: Draw) -> None:
    south, north, east = (14.5, 104.0), (15.5, 104.0), (15.0, 105.0)
    found = draw(spot("33140101", south), spot("33140102", north), spot("33140103", east))
    (x1, y1, _r), (x2, y2, _r2), (x3, y3, _r3) = circles(found.svg)

    assert y2 < y3 < y1
    assert x1 == x2 < x3
    assert (x3 - x1) / (y1 - y2) == pytest.approx(cos(radians(15)), abs=0.01)


def test_all_dots_stay_on_the_sheet_also_of_long_and_wide_areas(draw: Draw) -> None:
    for high, wide in ((3.0, 0.1), (0.1, 3.0), (1.0, 1.0), (0.0001, 0.0001)):
        corners = [(15 + a * high, 102 + b * wide) for a in (0, 1) for b in (0, 1)]
        for links in (True, False):
            rows = [spot(f"3314010{n}", at) for n, at in enumerate(corners, start=1)]
            found = draw(*rows, links=links)
            width, height = map(int, (parsed(found.svg).get("viewBox") or "").split()[2:])
            for x, y, radius in circles(found.svg):
                assert radius <= x <= width - radius
                assert radius <= y <= height - radius


def test_a_single_village_stands_in_the_middle(draw: Draw) -> None:
    found = draw(spot("33140101"), links=False)
    assert circles(found.svg) == [(500, 400, 16)]


def test_villages_on_one_place_are_moved_apart(draw: Draw) -> None:
    found = draw(*(spot(f"331401{n:02}") for n in range(1, 41)))
    dots = circles(found.svg)

    assert len({(x, y) for x, y, _r in dots}) == 40
    assert all(hypot(x - 500, y - 500) <= 70 for x, y, _r in dots)
    two = circles(draw(spot("33140101"), spot("33140102")).svg)
    assert hypot(two[0][0] - two[1][0], two[0][1] - two[1][1]) == 2 * two[0][2]


def test_late_villages_are_drawn_last_with_a_ring(draw: Draw) -> None:
    found = draw(
        spot("33140101", verified=2, late_days=5),
        spot("33140102", (15.1, 104.1), verified=8),
        spot("33140103", (15.2, 104.1)),
    )
    groups = [group.get("class") for group in parsed(found.svg).iter(f"{SVG}g")]
    assert groups == ["s0", "s4", "s2 late"]


def test_the_legend_counts_what_is_drawn_and_says_what_is_not(draw: Draw) -> None:
    found = draw(
        spot("33140101", verified=1, late_days=5),
        spot("33140102", (15.1, 104.1), verified=8),
        spot("33140103", None, late_days=9),
    )

    assert [row.villages for row in found.classes] == [0, 1, 0, 0, 1]
    assert (found.placed, found.late, found.unplaced, found.villages) == (2, 1, 1, 3)


def test_areas_are_named_where_they_have_villages(draw: Draw) -> None:
    areas = (Area(code="3314", name_en="Si Rattana"), Area(code="3304", name_en="Kantharalak"))
    found = draw(spot("33140101"), spot("33140102", (15.1, 104.1)), places=areas)
    named = [text.text for text in parsed(found.svg).iter(f"{SVG}text")]
    assert named == ["Si Rattana", "2 km"]


def test_the_bar_is_as_long_as_it_says(draw: Draw) -> None:
    found = draw(spot("33140101", (15.0, 104.0)), spot("33140102", (16.0, 104.0)))
    (_x, y1, _r), (_x2, y2, _r2) = circles(found.svg)
    km, length = re.search(r"v8h(\d+)v-8.*?>(\d+) km<", found.svg, re.DOTALL).groups()[::-1]
    assert int(length) / (y1 - y2) == pytest.approx(int(km) / 111.32, abs=0.01)


def test_without_coordinates_the_picture_says_so(draw: Draw) -> None:
    for spots in ([], [spot("33140101", None)]):
        found = draw(*spots)
        assert found.placed == 0
        assert "No village here has coordinates yet." in "".join(parsed(found.svg).itertext())


def test_a_thousand_dots_weigh_little(draw: Draw) -> None:
    names = [front + back for (front, _), (back, _) in itertools.product(FRONTS, BACKS)]
    rows = [
        spot(
            f"33{1 + n // 50:02}{1 + n // 5 % 10:02}{1 + n % 5:02}",
            (
                14.4 + n // 50 * 0.05 + n * 37 % 101 / 900,
                104 + n // 50 % 7 * 0.13 + n * 61 % 103 / 900,
            ),
            verified=n * 7 % 9,
            late_days=n * 7 % 3 and (113, 97, 83, 62, 51, 36, 23, 8, 0)[n * 7 % 9],
            name=names[n * 31 % len(names)],
        )
        for n in range(1000)
    ]
    with translation.override("th"):
        page, image = draw(*rows).svg, draw(*rows, links=False).svg

    assert len(links_of(page)) == 1000
    assert len(gzip.compress(page.encode())) <= 20_000
    assert len(gzip.compress(image.encode())) <= 8_000


# ---------------------------------------------------------------- the page and the image


def test_the_page_of_a_district_shows_its_villages(world: World, signed_in: SignIn) -> None:
    placed(world.trakat, "14.78000", "104.53000")
    placed(world.phing, "14.80000", "104.60000")
    placed(world.malu, "14.64000", "104.65000")

    page = signed_in(world.nida).get(DISTRICT).content.decode()

    assert set(links_of(picture_on(page))) == {
        "/villages/33140108/2560/",
        "/villages/33140203/2560/",
    }
    assert 'Late <span class="soft">2 villages</span>' in page
    assert "without coordinates" not in page


def test_villages_without_coordinates_are_counted_in_words(world: World, signed_in: SignIn) -> None:
    placed(world.trakat, "14.78000", "104.53000")

    page = signed_in(world.suda).get(PROVINCE).content.decode()

    assert "2 villages without coordinates are not on the map." in page
    assert 'href="/villages/?area=33&amp;year=2560"' in page


def test_the_list_behind_the_map_holds_the_villages_it_counts(
    world: World, signed_in: SignIn
) -> None:
    suda = signed_in(world.suda)
    assert "<span>3 villages</span>" in suda.get(PROVINCE).content.decode()
    listed = suda.get("/villages/?area=33&year=2560").content.decode()
    assert all(code in listed for code in ("33140108", "33140203", "33040101"))


@pytest.mark.parametrize("address", [PROVINCE, DISTRICT, "/areas/331402/map/"])
def test_without_any_coordinates_the_page_says_so(
    world: World, signed_in: SignIn, address: str
) -> None:
    page = signed_in(world.suda).get(address)
    assert page.status_code == 200
    assert "No village here has coordinates yet." in page.content.decode()


def test_an_area_without_villages_has_an_empty_map(world: World, signed_in: SignIn) -> None:
    Enrolment.objects.filter(village=world.phing).delete()
    page = signed_in(world.suda).get("/areas/331402/map/").content.decode()
    assert "No village here has coordinates yet." in page
    assert "0 villages" in page


def test_the_image_is_private_and_an_svg(world: World, signed_in: SignIn) -> None:
    placed(world.trakat, "14.78000", "104.53000")

    answer = signed_in(world.suda).get("/areas/33/map.svg")

    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Cache-Control"] == "private, no-cache"
    assert len(circles(answer.content.decode())) == 1


def test_the_image_without_coordinates_is_a_picture_still(world: World, signed_in: SignIn) -> None:
    answer = signed_in(world.suda).get("/areas/33/map.svg")
    assert parsed(answer.content.decode()).tag == f"{SVG}svg"


@pytest.mark.parametrize("suffix", ["map/", "map.svg"])
def test_only_who_sees_the_whole_area_sees_its_map(
    world: World, signed_in: SignIn, suffix: str
) -> None:
    answers = {
        (name, code): signed_in(getattr(world, name)).get(f"/areas/{code}/{suffix}").status_code
        for name in ("nida", "suda", "wipa")
        for code in ("33", "3314", "3304", "34", "99")
    }
    assert {who for who, status in answers.items() if status == 200} == {
        ("nida", "3314"),
        *(("suda", code) for code in ("33", "3314", "3304")),
        *(("wipa", code) for code in ("33", "3314", "3304", "34")),
    }
    assert set(answers.values()) == {200, 404}


@pytest.mark.parametrize("year", ["2559", "abc", "๒๕๖๐", "2560' OR 1=1"])
def test_a_year_without_programme_is_not_found(world: World, signed_in: SignIn, year: str) -> None:
    suda = signed_in(world.suda)
    assert suda.get(PROVINCE, {"year": year}).status_code == 404
    assert suda.get("/areas/33/map.svg", {"year": year}).status_code == 404
    assert suda.get(PROVINCE, {"year": "2560"}).status_code == 200


def test_the_whole_country_asks_to_choose_a_province(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.wipa).get("/areas/map/").content.decode()
    assert "Choose an area" in page
    assert re.findall(r'href="(/areas/\d+/map/)"', page) == ["/areas/33/map/", "/areas/34/map/"]


def test_others_choose_among_their_own_areas(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.nida).get("/areas/map/").content.decode()
    assert re.findall(r'href="(/areas/\d+/map/)"', page) == ["/areas/3314/map/"]
    nobody = signed_in(User.objects.create_user("nobody", name="นางสาวใหม่ ใจดี"))
    assert "You have no area." in nobody.get("/areas/map/").content.decode()


@pytest.mark.parametrize("address", [PROVINCE, "/areas/33/map.svg"])
def test_a_map_asks_no_more_of_the_database_for_more_villages(
    world: World, signed_in: SignIn, address: str
) -> None:
    suda = signed_in(world.suda)
    suda.get(address)
    with CaptureQueriesContext(connection) as few:
        suda.get(address)
    for enrolment in more_villages(world, 30):
        placed(enrolment.village, "14.78000", "104.53000")
    with CaptureQueriesContext(connection) as many:
        suda.get(address)
    assert len(many) == len(few) <= 10
