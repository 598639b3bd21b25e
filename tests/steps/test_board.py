"""The parts of an overview by themselves: cells, shades, orders, shares, where a village lies."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db.models import Q

from steps.board import tables
from steps.board.matrix import late_mark, number_cell, shade, share_cell, status_cell, step_cell
from steps.board.numbers import Line, in_order
from steps.board.places import Place, place_of
from steps.models import Step
from steps.rollups import Figures, StepFigures
from tests.cast import World
from villages.models import Area

pytestmark = pytest.mark.usefixtures("english")
LIST = "/villages/?area=33&amp;year=2560"


# ---------------------------------------------------------------- cells


def test_a_cell_says_verified_of_villages_and_leads_to_them() -> None:
    cell = step_cell("1.4", StepFigures(verified=12, not_started=8), 20, LIST)
    assert (
        cell == f'<td class="s3"><a href="{LIST}&amp;step=1.4&amp;status=verified">12/20</a></td>'
    )


def test_late_villages_are_a_link_of_their_own_and_said_in_words() -> None:
    cell = step_cell("1.4", StepFigures(verified=12, not_started=8, late=3), 20, LIST)
    mark = '!3<span class="hidden-words"> Late</span>'
    assert f'<a class="late-mark" href="{LIST}&amp;step=1.4&amp;late=1">{mark}</a></td>' in cell


def test_past_numbers_lead_nowhere() -> None:
    cell = step_cell("1.4", StepFigures(verified=12, not_started=8, late=3), 20, "")
    assert cell.startswith('<td class="s3">12/20<b class="late-mark">!3')
    assert "<a" not in cell + number_cell(4, "") + late_mark(2, "")


def test_a_step_nobody_has_a_row_for_stands_at_nothing() -> None:
    assert ">0/20<" in step_cell("1.4", None, 20, LIST)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 20, ""),
        (0, 0, ""),
        (1, 1000, "s1"),
        (4, 20, "s1"),
        (249, 1000, "s1"),
        (5, 20, "s2"),
        (9, 20, "s2"),
        (10, 20, "s3"),
        (14, 20, "s3"),
        (15, 20, "s4"),
        (20, 20, "s4"),
    ],
)
def test_the_shade_goes_by_quarters(part: int, whole: int, shown: str) -> None:
    assert shade(part, whole) == (f' class="{shown}"' if shown else "")


def test_numbers_are_grouped_and_nothing_leads_nowhere() -> None:
    assert number_cell(1234, LIST) == f'<td class="plain"><a href="{LIST}">1,234</a></td>'
    assert number_cell(0, LIST, "late") == '<td class="plain">0</td>'
    assert 'class="plain late"' in number_cell(1, LIST, "late")


def test_an_unknown_share_is_a_dash() -> None:
    assert ">–<" in share_cell(None)
    assert ">0%<" in share_cell(0)


def test_the_cell_of_a_village_is_its_status_in_words() -> None:
    step = Step(number="1.4")
    cell = status_cell(step, StepFigures(verified=1), "/villages/33140108/2560/")
    assert cell == '<td class="s4"><a href="/villages/33140108/2560/1.4/">Verified</a></td>'
    late = status_cell(step, StepFigures(returned=1, late=1), "/villages/33140108/2560/")
    assert 'Returned <b class="late-mark">!<span class="hidden-words"> Late</span></b>' in late
    assert status_cell(step, StepFigures(), "/x/") == '<td class="plain">–</td>'


def test_names_and_addresses_are_escaped_where_they_enter() -> None:
    line = Line("3314", "<b>&", '/areas/"3314"/', Figures(villages=1, steps=8, verified=4))
    row = tables.list_row(line)
    assert "&lt;b&gt;&amp;" in row
    assert "<b>&" not in row
    assert 'href="/areas/&quot;3314&quot;/"' in row


def test_baht_are_whole_and_grouped() -> None:
    assert tables.baht(Decimal("1250000.25")) == "1,250,000"
    cells = tables.people_cells(Figures(villages=3, people=1200))
    assert cells.count("–") == 3  # led by the community, budget, share: nothing to be a share of
    assert "1,200" in cells


# ---------------------------------------------------------------- order


def line(code: str, **figures: int) -> Line:
    return Line(code, code, f"/areas/{code}/", Figures(**figures))


def test_equals_keep_their_official_order_both_ways() -> None:
    lines = [line("3301", late=2), line("3302", late=5), line("3303", late=2)]
    assert [row.code for row in in_order(lines, "late")] == ["3301", "3303", "3302"]
    assert [row.code for row in in_order(lines, "-late")] == ["3302", "3301", "3303"]


def test_an_area_is_sorted_by_share_and_not_by_number() -> None:
    small = replace(line("3301", villages=1), figures=_verified(1, 1))
    large = replace(line("3302", villages=9), figures=_verified(8, 9))
    none = replace(line("3303"), figures=_verified(0, 0))
    order = [row.code for row in in_order([small, large, none], "-1.1")]
    assert order == ["3301", "3302", "3303"]


def _verified(part: int, whole: int) -> Figures:
    return Figures(
        villages=whole, by_step={"1.1": StepFigures(verified=part, not_started=whole - part)}
    )


# ---------------------------------------------------------------- places


def test_a_place_without_any_area_holds_nothing(world: World) -> None:
    assert Place().condition() == Q(pk__in=[])
    assert Place(national=True).condition() == Q()


def test_a_village_is_placed_by_the_two_areas_below_the_page(world: World) -> None:
    province, district, subdistrict = (
        Area.objects.get(code=code) for code in ("33", "3314", "331401")
    )
    where = {
        place.code: place.where(world.trakat)
        for place in (Place(national=True), Place(province), Place(district), Place(subdistrict))
    }
    assert where == {
        "": "dist. Si Rattana prov. Si Sa Ket",
        "33": "subdist. Si Kaeo dist. Si Rattana",
        "3314": "subdist. Si Kaeo",
        "331401": "",
    }


def test_parts_are_called_what_they_are(world: World) -> None:
    areas = {area.code: area for area in Area.objects.all()}
    around = [areas["33"], areas["3304"], areas["3314"]]
    assert place_of("33", around, national=False).part == "District"
    assert Place(below=[areas["33"], areas["34"]], national=True).part == "Province"
    assert Place(below=[areas["3304"], areas["331401"]]).part == "Area"
    assert Place(areas["331401"]).part == "Village"
