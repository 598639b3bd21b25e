"""The printed report: target, result and share, by quarter, a sheet a district."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import access
from accounts.models import Office, User
from steps import report, rollups
from steps.board.places import place_of, year_shown, years_of
from steps.models import Enrolment, Step, StepProgress, Tally
from steps.recording.enrolments import assign, enrol
from steps.report import Line, Page
from tests.cast import TODAY, World, sender, village
from tests.steps.cases import more_villages
from tests.steps.reached import at, verified_on
from villages.models import Area

SignIn = Callable[[User], Client]
PROVINCE, DISTRICT = "/areas/33/report/", "/areas/3314/report/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def pages(world: World, code: str, on: date = TODAY, *, names: bool = True) -> list[Page]:
    place = place_of(code, access.areas_around(world.suda, code, TODAY), national=False)
    year = year_shown(years_of(place), "", on)
    assert year
    return report.pages_of(place, year, on, names=names)


def numbers(line: Line) -> tuple[int, int, int | None, list[int]]:
    return line.target, line.result, line.share, line.quarters


def by_label(page: Page) -> dict[str, Line]:
    return {line.label.split()[0]: line for line in page.lines}


def text_of(html: str) -> str:
    """The words of a page, tags taken out."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def a_year(world: World) -> World:
    """A step or two in the first three quarters, in two districts."""
    verified_on(world, world.trakat, "1.1", date(2016, 12, 31))
    verified_on(world, world.trakat, "1.2", date(2017, 1, 1))
    verified_on(world, world.phing, "1.1", date(2017, 3, 10))
    verified_on(world, world.malu, "1.1", date(2016, 11, 20))
    return world


# ---------------------------------------------------------------- the table


def test_a_district_has_a_row_a_step_with_target_result_share_and_quarters(a_year: World) -> None:
    (page,) = pages(a_year, "3314")
    lines = by_label(page)

    assert list(lines) == ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4"]
    assert numbers(lines["1.1"]) == (2, 2, 100, [1, 1, 0, 0])
    assert numbers(lines["1.2"]) == (2, 1, 50, [0, 1, 0, 0])
    assert numbers(lines["1.3"]) == (2, 0, 0, [0, 0, 0, 0])
    assert numbers(page.total) == (16, 3, 18, [1, 2, 0, 0])


def test_a_province_has_a_first_page_with_a_row_a_district_and_then_each(a_year: World) -> None:
    first, *districts = pages(a_year, "33")

    assert [page.area.code for page in (first, *districts)] == ["33", "3304", "3314"]
    assert [(line.label, *numbers(line)) for line in first.lines] == [
        ("Kantharalak", 8, 1, 12, [1, 0, 0, 0]),
        ("Si Rattana", 16, 3, 18, [1, 2, 0, 0]),
    ]
    assert numbers(first.total) == (24, 4, 16, [2, 2, 0, 0])
    assert districts[1].lines == pages(a_year, "3314")[0].lines


def test_its_numbers_are_those_of_the_overview(a_year: World) -> None:
    steps = list(a_year.programme.steps.order_by("order"))
    for page in pages(a_year, "33"):
        figures = rollups.of_areas(a_year.programme, [page.area.code], steps, TODAY)
        assert page.figures == figures[page.area.code]
        assert page.total.target == page.figures.steps
        assert page.total.result == page.figures.verified == sum(page.total.quarters)
        assert page.total.share == page.figures.share_verified


def test_rows_and_quarters_add_up_to_the_total(a_year: World) -> None:
    for page in pages(a_year, "33"):
        assert page.total.target == sum(line.target for line in page.lines)
        assert page.total.result == sum(line.result for line in page.lines)
        for quarter in range(4):
            shown = [line.quarters[quarter] for line in page.lines]
            assert page.total.quarters[quarter] == sum(shown)


def test_what_was_verified_after_the_year_is_in_no_quarter_and_said(
    a_year: World, signed_in: SignIn
) -> None:
    verified_on(a_year, a_year.trakat, "1.3", date(2017, 10, 2))

    (page,) = pages(a_year, "3314", date(2017, 11, 1))

    assert (page.total.result, sum(page.total.quarters), page.total.outside) == (4, 3, 1)
    shown = text_of(signed_in(a_year.nida).get(DISTRICT).content.decode())
    assert "1 of them was verified outside the four quarters." in shown


def test_a_subdistrict_has_a_page_of_its_own(a_year: World) -> None:
    (page,) = pages(a_year, "331402")
    assert numbers(page.total) == (8, 1, 12, [0, 1, 0, 0])


def test_districts_without_villages_have_no_page_and_no_row(a_year: World) -> None:
    Area.objects.create(code="3399", name_th="ใหม่", name_en="New", parent_id="33")
    assert [page.area.code for page in pages(a_year, "33")] == ["33", "3304", "3314"]


def test_without_any_village_the_page_is_all_zeros(world: World) -> None:
    Area.objects.create(code="3399", name_th="ใหม่", name_en="New", parent_id="33")
    (page,) = pages(world, "3399")
    assert numbers(page.total) == (0, 0, None, [0, 0, 0, 0])
    assert page.behind == []


def test_a_step_that_ended_is_not_in_the_report(a_year: World) -> None:
    Step.objects.filter(number="2.4").update(ended_on=date(2017, 3, 1))
    (page,) = pages(a_year, "3314")
    assert "2.4" not in by_label(page)


# ---------------------------------------------------------------- villages to look at first


def test_late_and_quiet_villages_are_listed_the_longest_late_first(a_year: World) -> None:
    (page,) = pages(a_year, "3314")

    late_days = {number: (TODAY - a_year.step(number).due_on).days for number in ("1.2", "1.3")}
    since_opening = (TODAY - a_year.programme.opens_on).days
    assert [(row.name, row.late, row.quiet) for row in page.behind] == [
        (
            a_year.phing.title,
            f"1.2 ({late_days['1.2']} days late)",
            f"{since_opening} days, no activity yet",
        ),
        (
            a_year.trakat.title,
            f"1.3 ({late_days['1.3']} days late)",
            f"{since_opening} days, no activity yet",
        ),
    ]
    assert page.more == 0


def test_the_first_page_of_a_province_lists_no_villages(a_year: World) -> None:
    assert pages(a_year, "33")[0].behind == []


def test_those_listed_are_those_counted_as_late_and_quiet(a_year: World) -> None:
    for page in pages(a_year, "33")[1:]:
        assert sum(bool(row.late) for row in page.behind) == page.figures.late
        assert sum(bool(row.quiet) for row in page.behind) == page.figures.quiet


def test_a_long_list_is_cut_and_says_how_many_more(a_year: World, signed_in: SignIn) -> None:
    more_villages(a_year, 13)

    (page,) = pages(a_year, "3314")

    assert (len(page.behind), page.more) == (10, 5)
    shown = text_of(signed_in(a_year.nida).get(DISTRICT).content.decode())
    assert "and 5 more villages" in shown


def test_early_in_the_year_nobody_is_late_or_quiet(world: World) -> None:
    (page,) = pages(world, "3314", world.programme.opens_on + timedelta(days=10))
    assert page.behind == []


def test_officers_are_named_to_those_who_see_names_only(world: World, signed_in: SignIn) -> None:
    assign(
        enrolments=Enrolment.objects.filter(village=world.phing),
        officer=world.somsak,
        sender=sender(world.anan),
    )
    for name, sees in (("nida", True), ("suda", True), ("wipa", False), ("anan", False)):
        client = signed_in(getattr(world, name))
        page = client.get(DISTRICT).content.decode().split("<main", 1)[1]
        assert (world.somsak.name in page) == sees, name
        assert ("Responsible officer" in page) == sees, name
        assert world.phing.title in text_of(page), name


# ---------------------------------------------------------------- the page


def test_the_head_names_office_area_year_and_moment(a_year: World, signed_in: SignIn) -> None:
    Office.objects.create(area_id="3314", name="สำนักงานพัฒนาชุมชนอำเภอศรีรัตนะ")

    shown = text_of(signed_in(a_year.nida).get(DISTRICT).content.decode())

    assert "สำนักงานพัฒนาชุมชนอำเภอศรีรัตนะ Report on right-livelihood villages" in shown
    assert "Si Rattana District Si Sa Ket Province 2 target villages" in shown
    assert "Data as of 23 Mar 2560 BE 09.00" in shown
    assert "Target Result Share Result by quarter Oct–Dec Jan–Mar Apr–Jun Jul–Sep" in shown
    assert "Total 16 3 18 1 2 0 0" in shown


def test_names_from_the_data_are_escaped(a_year: World, signed_in: SignIn) -> None:
    Office.objects.create(area_id="3314", name="<script>alert(1)</script>")
    page = signed_in(a_year.nida).get(DISTRICT).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_year_without_programme_is_not_found(world: World, signed_in: SignIn) -> None:
    suda = signed_in(world.suda)
    assert suda.get(PROVINCE, {"year": "2559"}).status_code == 404
    assert suda.get(PROVINCE, {"year": "2560"}).status_code == 200


def test_only_who_sees_the_whole_area_gets_its_report(world: World, signed_in: SignIn) -> None:
    answers = {
        (name, code): signed_in(getattr(world, name)).get(f"/areas/{code}/report/").status_code
        for name in ("nida", "suda", "wipa")
        for code in ("33", "3314", "34", "99")
    }
    assert {who for who, status in answers.items() if status == 200} == {
        *(("nida", code) for code in ("3314",)),
        *(("suda", code) for code in ("33", "3314")),
        *(("wipa", code) for code in ("33", "3314", "34")),
    }
    assert set(answers.values()) == {200, 404}


def test_it_asks_the_database_no_more_for_more_districts_and_villages(
    world: World, signed_in: SignIn
) -> None:
    suda = signed_in(world.suda)
    suda.get(PROVINCE)
    with CaptureQueriesContext(connection) as few:
        suda.get(PROVINCE)
    more_districts(world, 6)
    more_villages(world, 30)
    with CaptureQueriesContext(connection) as many:
        page = suda.get(PROVINCE).content.decode()
    assert page.count('class="report-page"') == 1 + 2 + 6
    assert len(many) == len(few) <= 15


def more_districts(world: World, n: int) -> None:
    """Districts of the province, each with a village."""
    for number in range(n):
        district = Area.objects.create(code=f"33{80 + number}", name_th="ใหม่", parent_id="33")
        part = Area.objects.create(
            code=f"{district.code}01", name_th="ใหม่", parent_id=district.code
        )
        row = village(f"{part.code}01", "ใหม่")
        enrol(villages=[row], programme=world.programme, officer=None, sender=sender(world.anan))


def test_months_stand_in_the_sums_of_their_area(a_year: World) -> None:
    """What the quarters are read from is kept by the verbs, and moves when a step is reopened."""
    months = Tally.objects.filter(area_code="3314", n__gt=0).exclude(month="")
    assert set(months.values_list("month", "figure", "n")) == {
        ("2016-12", "1.1 verified", 1),
        ("2017-01", "1.2 verified", 1),
        ("2017-03", "1.1 verified", 1),
    }
    moved = StepProgress.objects.get(enrolment__village=a_year.phing, step__number="1.1").moved_at
    assert moved == at(date(2017, 3, 10))
