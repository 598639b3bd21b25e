"""The burn-up: right numbers, a picture anybody can read, and a table behind it."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from steps.models import Programme, Step
from steps.pictures import BurnUp, burn_up
from steps.rollups import (
    Figures,
    StepFigures,
    of_areas,
    verified_by_month,
    verified_by_month_of_each,
)
from tests.cast import TODAY, World
from tests.steps.reached import verified_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = {"2016-11": {"1.1": 3}, "2017-01": {"1.1": 1, "1.2": 4}, "2017-03": {"1.3": 2}}


@pytest.fixture
def programme(world: World) -> Programme:
    return world.programme


def steps_of(programme: Programme) -> list[Step]:
    return list(programme.steps.order_by("order"))


def villages(n: int, programme: Programme) -> Figures:
    """An area of so many villages, all with all steps."""
    by_step = {step.number: StepFigures(not_started=n) for step in steps_of(programme)}
    return Figures(villages=n, steps=n * len(by_step), by_step=by_step)


def drawn(
    programme: Programme,
    n: int = 10,
    months: dict[str, dict[str, int]] = MONTHS,
    on: date = TODAY,
) -> BurnUp:
    return burn_up(programme, steps_of(programme), villages(n, programme), months, on)


def parsed(picture: BurnUp) -> ElementTree.Element:
    return ElementTree.fromstring(picture.svg)  # noqa: S314 - our own


def line(picture: BurnUp, name: str) -> list[tuple[float, float]]:
    """The points of a line that is drawn with M and L."""
    found = next(path for path in parsed(picture).iter(f"{SVG}path") if path.get("class") == name)
    pairs = [pair.split() for pair in re.split("[ML]", found.get("d", "")) if pair]
    return [(float(x), float(y)) for x, y in pairs]


# ---------------------------------------------------------------- the table behind it


def test_each_month_says_what_was_due_and_verified_by_its_end(programme: Programme) -> None:
    rows = [(row.when, row.due, row.verified) for row in drawn(programme).rows]

    assert rows == [
        ("Oct 2559", 0, 0),
        ("Nov 2559", 10, 3),
        ("Dec 2559", 30, 3),
        ("Jan 2560", 50, 8),
        ("Feb 2560", 70, 8),
        ("23 Mar 2560 BE", 80, 10),
        ("Mar 2560", 80, None),
        ("Apr 2560", 80, None),
        ("May 2560", 80, None),
        ("Jun 2560", 80, None),
        ("Jul 2560", 80, None),
        ("Aug 2560", 80, None),
        ("Sep 2560", 80, None),
    ]


def test_on_the_last_day_of_a_month_the_day_is_the_month(programme: Programme) -> None:
    rows = [(row.when, row.verified) for row in drawn(programme, on=date(2017, 1, 31)).rows]

    assert rows[3:5] == [("Jan 2560", 8), ("Feb 2560", None)]
    assert len(rows) == 12


def test_what_it_says_is_what_the_figures_and_lists_say(world: World) -> None:
    verified_on(world, world.trakat, "1.1", date(2016, 12, 5))
    verified_on(world, world.trakat, "1.2", date(2017, 2, 28))
    verified_on(world, world.malu, "1.1", date(2017, 3, 20))
    steps = steps_of(world.programme)
    figures = of_areas(world.programme, ["33"], steps, TODAY)["33"]

    picture = burn_up(
        world.programme, steps, figures, verified_by_month(world.programme, ["33"]), TODAY
    )

    assert (picture.verified, picture.due, picture.total) == (figures.verified, 24, figures.steps)
    assert picture.words == "By 23 Mar 2560 BE 3 steps are verified, 24 were due, of 24 in all."
    assert [row.verified for row in picture.rows[:6]] == [0, 0, 1, 1, 2, 3]


def test_months_of_several_areas_are_those_of_each_added(world: World) -> None:
    verified_on(world, world.trakat, "1.1", date(2016, 12, 5))
    verified_on(world, world.malu, "1.1", date(2016, 12, 6))
    verified_on(world, world.malu, "1.2", date(2017, 1, 6))

    each = verified_by_month_of_each(world.programme, ["3304", "3314", "3401"])

    assert each == {
        "3304": {"2016-12": {"1.1": 1}, "2017-01": {"1.2": 1}},
        "3314": {"2016-12": {"1.1": 1}},
        "3401": {},
    }
    together = verified_by_month(world.programme, ["3304", "3314"])
    assert together == {"2016-12": {"1.1": 2}, "2017-01": {"1.2": 1}}


def test_a_past_programme_is_drawn_to_its_close(programme: Programme) -> None:
    months = {**MONTHS, "2017-09": {"2.4": 5}, "2017-11": {"2.4": 2}}

    picture = drawn(programme, months=months, on=date(2018, 1, 15))

    assert picture.rows[-1].when == "Sep 2560"
    assert (picture.rows[-1].verified, picture.verified, picture.later) == (15, 15, 2)
    assert picture.words.startswith("By 30 Sep 2560 BE 15 steps")
    assert "15 Jan" not in picture.svg
    page = render_to_string("steps/areas/_burnup.html", {"burn_up": picture})
    assert "2 more were verified after the programme closed." in page


def test_steps_the_programme_no_longer_has_are_not_drawn(programme: Programme) -> None:
    assert drawn(programme, months={"2016-11": {"1.1": 3, "9.9": 50}}).verified == 3


def test_where_no_village_is_enrolled_it_says_so(programme: Programme) -> None:
    picture = drawn(programme, n=0, months={})

    assert (picture.svg, picture.due, picture.total) == ("", 0, 0)
    page = render_to_string("steps/areas/_burnup.html", {"burn_up": picture})
    assert "No village is enrolled" in page
    assert "<svg" not in page


def test_before_the_programme_opens_nothing_is_verified_or_due(programme: Programme) -> None:
    picture = drawn(programme, months={}, on=date(2016, 9, 1))

    assert (picture.verified, picture.due, picture.total) == (0, 0, 80)
    assert [row.verified for row in picture.rows[1:]] == [None] * 12


def test_the_table_is_on_the_page_row_by_row(programme: Programme) -> None:
    page = render_to_string("steps/areas/_burnup.html", {"burn_up": drawn(programme, n=1000)})

    assert page.count("<tr>") == 1 + 13
    assert '<td class="num">8,000</td><td class="num">10</td>' in page
    assert "<details" in page


# ---------------------------------------------------------------- the picture


def test_it_is_an_image_with_a_title_and_its_numbers_in_words(programme: Programme) -> None:
    picture = drawn(programme)
    root = parsed(picture)

    assert (root.get("role"), root.get("viewBox")) == ("img", "0 0 360 220")
    assert root.get("width") is root.get("height") is None  # it takes the width there is
    assert root.findtext(f"{SVG}title") == "Steps verified against due dates"
    assert root.findtext(f"{SVG}desc") == picture.words


def test_nothing_in_it_is_style_script_or_colour_of_its_own(programme: Programme) -> None:
    names = {name for part in parsed(drawn(programme)).iter() for name in part.attrib}
    tags = {part.tag.removeprefix(SVG) for part in parsed(drawn(programme)).iter()}

    assert not {"style", "fill", "stroke", "onload", "href"} & names
    assert tags == {"svg", "title", "desc", "path", "text", "circle"}


def test_the_verified_line_rises_month_by_month_and_ends_today(programme: Programme) -> None:
    points = line(drawn(programme), "verified")

    assert len(points) == 1 + 5 + 1  # the start, five ends of months, the day
    assert points == sorted(points)
    heights = [y for _x, y in points]
    assert heights == sorted(heights, reverse=True)
    ground, roof = 192, 26
    assert heights[0] == ground
    assert heights[-1] == pytest.approx(ground - (ground - roof) * 10 / 80, abs=0.1)


def test_the_due_line_is_stepped_and_reaches_all_steps(programme: Programme) -> None:
    paths = {
        path.get("class"): path.get("d", "") for path in parsed(drawn(programme)).iter(f"{SVG}path")
    }
    due = paths["due"]

    assert due.count("V") == len({step.due_on for step in steps_of(programme)})
    assert due.endswith("V26H348")  # the top of 80 is the roof, and the line goes on to the close


@pytest.mark.parametrize("n", [1, 3, 40, 1_000, 75_000])
def test_it_stays_inside_its_frame_whatever_the_size(programme: Programme, n: int) -> None:
    picture = drawn(programme, n=n)

    for text in parsed(picture).iter(f"{SVG}text"):
        assert 0 < float(text.get("x", -1)) < 360, text.text
        assert 0 < float(text.get("y", -1)) < 220, text.text
    scale = [text.text for text in parsed(picture).iter(f"{SVG}text") if text.get("dy")]
    assert scale[0] == "0"
    assert 3 <= len(scale) <= 6
    assert int((scale[-1] or "").replace(",", "")) >= 8 * n


def test_more_verified_than_due_is_drawn_too(programme: Programme) -> None:
    points = line(
        drawn(programme, months={"2016-10": {"1.1": 10, "2.4": 10}}, on=date(2016, 11, 1)),
        "verified",
    )
    assert min(y for _x, y in points) >= 26


def test_in_thai_the_months_and_years_are_thai(programme: Programme) -> None:
    with translation.override("th"):
        picture = drawn(programme)
    words = [text.text for text in parsed(picture).iter(f"{SVG}text")]
    assert "ต.ค." in words
    assert "23 มี.ค. 2560" in words
    assert picture.rows[0].when == "ต.ค. 2559"
