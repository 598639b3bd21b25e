"""Month-end figures: kept once, as they were, and called up again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steps import kept, rollups
from steps.models import KeptFigures, Programme
from steps.months import month_before, month_ends, quarter_of, read_month, written_month
from tests.cast import BANGKOK, World
from tests.steps.cases import more_villages
from tests.steps.reached import at, verified_on

FEBRUARY, JANUARY = date(2017, 2, 28), date(2017, 1, 31)
FIRST_OF_MARCH = datetime(2017, 3, 1, 0, 5, tzinfo=BANGKOK)
LATE_IN_MARCH = datetime(2017, 3, 9, 14, 0, tzinfo=BANGKOK)

pytestmark = pytest.mark.django_db


def now_of(world: World, code: str, on: date) -> rollups.Figures:
    steps = list(world.programme.steps.order_by("order"))
    return rollups.of_areas(world.programme, [code], steps, on)[code]


def every_row() -> list[tuple[object, ...]]:
    return sorted(KeptFigures.objects.values_list("pk", "area_code", "taken_at"))


def keep_month(now: datetime, **options: str) -> str:
    out = StringIO()
    with mock.patch("django.utils.timezone.now", return_value=now):
        call_command("keep_month", stdout=out, **options)
    return out.getvalue()


# ---------------------------------------------------------------- what is kept


def test_the_country_and_every_area_with_villages_is_kept_and_no_other(world: World) -> None:
    kept.keep(world.programme, FEBRUARY, FIRST_OF_MARCH)

    areas = set(KeptFigures.objects.values_list("area_code", flat=True))
    assert areas == {"", "33", "3304", "330401", "3314", "331401", "331402", "34", "3401", "340101"}
    assert set(KeptFigures.objects.values_list("month_ends_on", "taken_at")) == {
        (FEBRUARY, FIRST_OF_MARCH)
    }


def test_what_is_kept_is_what_the_area_showed_at_that_moment(world: World) -> None:
    verified_on(world, world.trakat, "1.1", date(2017, 2, 20))

    kept.keep(world.programme, FEBRUARY, FIRST_OF_MARCH)

    figures, taken_at = kept.at(world.programme, ["33", "3314", "331401"], FEBRUARY)
    assert taken_at == FIRST_OF_MARCH
    assert list(figures) == ["33", "3314", "331401"]
    for code, stored in figures.items():
        assert stored == now_of(world, code, FIRST_OF_MARCH.date()), code
    assert figures["33"].verified == 1
    assert figures["33"].late == 3  # judged on the day they were taken


def test_the_country_is_the_sum_of_its_provinces(world: World) -> None:
    verified_on(world, world.trakat, "1.1", date(2017, 2, 20))

    kept.keep(world.programme, FEBRUARY, FIRST_OF_MARCH)

    figures = kept.at(world.programme, ["", "33", "34"], FEBRUARY).figures
    assert figures[""] == rollups.added([figures["33"], figures["34"]])
    assert (figures[""].villages, figures[""].verified) == (4, 1)


def test_a_kept_month_stays_as_it_was(world: World) -> None:
    kept.keep(world.programme, FEBRUARY, FIRST_OF_MARCH)
    verified_on(world, world.trakat, "1.1", date(2017, 3, 8))

    assert now_of(world, "33", LATE_IN_MARCH.date()).verified == 1
    assert kept.at(world.programme, ["33"], FEBRUARY).figures["33"].verified == 0


def test_a_month_is_kept_once(world: World) -> None:
    assert kept.keep(world.programme, FEBRUARY, FIRST_OF_MARCH) == 10
    before = every_row()
    verified_on(world, world.trakat, "1.1", date(2017, 3, 8))

    assert kept.keep(world.programme, FEBRUARY, LATE_IN_MARCH) == 0

    assert every_row() == before
    assert kept.latest(world.programme, "33", LATE_IN_MARCH.date()).figures.verified == 0


def test_a_programme_without_villages_is_kept_as_nothing(world: World) -> None:
    empty = Programme.objects.create(
        year=2561,
        name_th="ว่าง",
        opens_on=date(2017, 1, 1),
        closes_on=date(2018, 9, 30),
        target_households=20,
        community_share=10,
        quiet_days=45,
        self_led_share=50,
    )

    assert kept.keep(empty, FEBRUARY, FIRST_OF_MARCH) == 1
    assert kept.keep(empty, FEBRUARY, FIRST_OF_MARCH) == 0
    assert kept.latest(empty, "", LATE_IN_MARCH.date()).figures.villages == 0


@pytest.mark.parametrize(
    "month_end",
    [
        date(2017, 2, 27),  # not the end of a month
        date(2017, 3, 31),  # not over
        date(2016, 9, 30),  # the programme had not opened
    ],
)
def test_another_day_is_refused(world: World, month_end: date) -> None:
    with pytest.raises(ValueError, match=r"2017|2016|2560"):
        kept.keep(world.programme, month_end, FIRST_OF_MARCH)
    assert not KeptFigures.objects.exists()


def test_the_last_evening_of_a_month_is_too_early(world: World) -> None:
    with pytest.raises(ValueError, match="is over"):
        kept.keep(world.programme, FEBRUARY, at(FEBRUARY, hour=23))


def test_keeping_reads_no_more_often_for_more_villages(world: World) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        kept.keep(world.programme, JANUARY, FIRST_OF_MARCH)
    more_villages(world, 30)
    with CaptureQueriesContext(connection) as many:
        kept.keep(world.programme, FEBRUARY, FIRST_OF_MARCH)
    assert len(many) == len(few)


# ---------------------------------------------------------------- called up


def test_months_are_called_up_the_latest_first(world: World) -> None:
    assert kept.kept_months(world.programme, "33") == []
    assert kept.latest(world.programme, "33", LATE_IN_MARCH.date()) is None
    for month_end in (JANUARY, FEBRUARY):
        kept.keep(world.programme, month_end, FIRST_OF_MARCH)

    assert kept.kept_months(world.programme, "33") == [FEBRUARY, JANUARY]
    assert kept.kept_months(world.programme, "") == [FEBRUARY, JANUARY]
    assert kept.latest(world.programme, "33", LATE_IN_MARCH.date()).month_ends_on == FEBRUARY
    assert kept.latest(world.programme, "33", FEBRUARY).month_ends_on == JANUARY


def test_an_area_or_month_that_was_not_kept_is_left_out(world: World) -> None:
    kept.keep(world.programme, FEBRUARY, FIRST_OF_MARCH)

    assert list(kept.at(world.programme, ["33", "99"], FEBRUARY).figures) == ["33"]
    assert kept.at(world.programme, ["33"], JANUARY) == ({}, None)


# ---------------------------------------------------------------- the command


def test_on_the_1st_the_month_that_just_ended_is_kept(world: World) -> None:
    said = keep_month(FIRST_OF_MARCH)

    assert said == "2560, Feb 2560: kept of 10 areas, as of 1 Mar 2560 BE 00.05.\n"
    assert kept.kept_months(world.programme, "") == [FEBRUARY]


def test_again_it_says_that_nothing_was_changed(world: World) -> None:
    keep_month(FIRST_OF_MARCH)
    before = every_row()

    assert "nothing was changed" in keep_month(LATE_IN_MARCH)
    assert every_row() == before


@pytest.mark.parametrize("month", ["2560-01", "2017-01"])
def test_a_month_named_later_is_kept_as_of_now_and_that_is_said(world: World, month: str) -> None:
    said = keep_month(LATE_IN_MARCH, month=month)

    assert "Jan 2560: kept of 10 areas, as of 9 Mar 2560 BE 14.00." in said
    assert "This is late" in said
    assert kept.at(world.programme, ["33"], JANUARY).taken_at == LATE_IN_MARCH


@pytest.mark.parametrize("month", ["2560-13", "60-01", "January", "2560-03", "2561-01"])
def test_what_is_no_month_or_not_over_is_refused(world: World, month: str) -> None:
    with pytest.raises(CommandError, match=month):
        keep_month(LATE_IN_MARCH, month=month)
    assert not KeptFigures.objects.exists()


def test_a_programme_is_kept_until_a_year_after_its_close(world: World) -> None:
    closed = world.programme.closes_on
    assert kept.programmes_to_keep(closed + timedelta(days=365)) == [world.programme]
    assert kept.programmes_to_keep(closed + timedelta(days=366)) == []
    assert kept.programmes_to_keep(world.programme.opens_on - timedelta(days=1)) == []
    assert "No programme" in keep_month(datetime(2020, 1, 1, 0, 5, tzinfo=BANGKOK))


# ---------------------------------------------------------------- months


def test_a_month_is_read_in_both_eras_and_written_in_the_thai_one() -> None:
    assert read_month("2560-02") == read_month("2017-02") == FEBRUARY
    assert read_month("2567-02") == date(2024, 2, 29)
    assert written_month(FEBRUARY) == "2560-02"


@pytest.mark.parametrize(
    "text", ["", "2560", "2560-2", "2560-00", "2560-02-01", "๒๕๖๐-๐๒", "0000-01"]
)
def test_what_is_no_month_is_read_as_none(text: str) -> None:
    assert read_month(text) is None


def test_ends_of_months_and_quarters_of_the_fiscal_year() -> None:
    ends = list(month_ends(date(2016, 11, 30), date(2017, 2, 1)))
    assert ends == [date(2016, 11, 30), date(2016, 12, 31), JANUARY, FEBRUARY]
    assert month_before(date(2017, 3, 1)) == FEBRUARY
    assert [quarter_of(date(2017, month, 1)) for month in (10, 12, 1, 3, 4, 6, 7, 9)] == [
        *(1, 1, 2, 2),
        *(3, 3, 4, 4),
    ]
