"""How dates are written. How they are read: test_reading_dates."""

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from sammachip.thai.dates import (
    clock,
    fiscal_year,
    local_day,
    long,
    moment,
    month,
    parse_date,
    short,
    to_buddhist_year,
)

THE_DAY = date(2017, 3, 23)
JUST_AFTER_MIDNIGHT = datetime(2017, 3, 22, 17, 5, tzinfo=UTC)  # in Thailand it is the 23rd


def test_the_buddhist_year_is_543_ahead():
    assert to_buddhist_year(2017) == 2560


@pytest.mark.parametrize(
    ("language", "in_lists", "in_full"),
    [
        ("th", "23 มี.ค. 2560", "23 มีนาคม พ.ศ. 2560"),
        ("en", "23 Mar 2560 BE", "23 March 2560 BE"),
    ],
)
def test_a_date_is_written_short_and_long(language, in_lists, in_full):
    assert short(THE_DAY, language=language) == in_lists
    assert long(THE_DAY, language=language) == in_full


def test_without_a_language_the_active_one_is_used():
    with override("en"):
        assert short(THE_DAY) == "23 Mar 2560 BE"
    with override("th"):
        assert short(THE_DAY) == "23 มี.ค. 2560"


def test_a_month_is_written_with_its_year():
    assert month(THE_DAY, language="th") == "มี.ค. 2560"
    assert month(JUST_AFTER_MIDNIGHT.replace(day=31, month=12), language="en") == "Jan 2561"


def test_a_leap_day_can_be_written():
    assert short(date(2024, 2, 29), "th") == "29 ก.พ. 2567"


def test_time_and_day_are_those_of_thailand():
    assert clock(JUST_AFTER_MIDNIGHT, "th") == "00.05 น."
    assert clock(JUST_AFTER_MIDNIGHT, "en") == "00.05"
    assert moment(JUST_AFTER_MIDNIGHT, "th") == "23 มี.ค. 2560 00.05 น."
    assert long(JUST_AFTER_MIDNIGHT, "th") == "23 มีนาคม พ.ศ. 2560"
    assert local_day(JUST_AFTER_MIDNIGHT) == THE_DAY


def test_a_moment_without_a_zone_is_taken_as_thai_time():
    spreadsheet_cell = datetime(2017, 3, 23, 0, 5)  # noqa: DTZ001
    assert moment(spreadsheet_cell, "th") == "23 มี.ค. 2560 00.05 น."


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2016, 9, 30), 2559),
        (date(2016, 10, 1), 2560),
        (date(2017, 1, 1), 2560),
        (date(2017, 9, 30), 2560),
        (datetime(2016, 9, 30, 17, 0, tzinfo=UTC), 2560),
    ],
)
def test_the_fiscal_year_begins_in_october(day, year):
    assert fiscal_year(day) == year


@given(st.dates(date(1857, 1, 1), date(2199, 12, 31)), st.sampled_from(["th", "en"]))
@example(date(2024, 2, 29), "th")
def test_what_is_shown_can_be_typed(day, language):
    assert parse_date(short(day, language)) == day
    assert parse_date(long(day, language)) == day
