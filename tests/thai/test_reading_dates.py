"""Which texts are read as which date, and why others are refused."""

from datetime import date
from itertools import groupby

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from sammachip.thai.dates import DateError, parse_date
from sammachip.thai.digits import to_thai

THE_DAY = date(2017, 3, 23)
REASONS = {"empty", "unreadable", "two_digit_year", "year_out_of_range", "no_such_day"}


@pytest.mark.parametrize(
    "written",
    [
        "23/3/2560",
        "23/03/2560",
        "23-03-2560",
        "23.3.2560",
        " 23 / 3 / 2560 ",
        "๒๓/๐๓/๒๕๖๐",
        "๒๓/3/๒๕60",
        "23/3/2017",
        "23/3/พ.ศ. 2560",
        "23 มี.ค. 2560",
        "23 มี.ค.2560",
        "23 มีค 2560",
        "23มีนาคม2560",
        "23 มีนาคม 2560",
        "23\u00a0มีนาคม\u200b 2560",
        "๒๓ มีนาคม ๒๕๖๐",
        "23 มีนาคม พ.ศ. 2560",
        "23 มีนาคม พ.ศ.2560",
        "23 มีนาคม พศ 2560",
        "23 มีนาคม ค.ศ. 2017",
        "วันที่ 23 มีนาคม พ.ศ. 2560",
        "วันที่ ๒๓ มี.ค. ๒๕๖๐",
        "23 March 2017",
        "23 mar 2560",
        "23-Mar-2017",
        "23 MARCH, 2560 B.E.",
        "23 March 2017 AD",
        "2017-03-23",
        "๒๐๑๗-๐๓-๒๓",
        "2560-03-23",
        "2017-03-23T08:59:57",
        "2017-03-23T08:59:57.125+07:00",
        "2017-03-23 08:59",
        "2017-03-23-08:59:57",
    ],
)
def test_every_way_to_write_a_date_is_read(written):
    assert parse_date(written) == THE_DAY


@pytest.mark.parametrize(
    "written", ["4 ก.ย. 2560", "4 September 2017", "4 Sept 2017", "4 Sep 2560"]
)
def test_september_has_three_english_names(written):
    assert parse_date(written) == date(2017, 9, 4)


def outcome(written):
    """The date, or the code of the refusal."""
    try:
        return parse_date(written)
    except DateError as refused:
        return refused.code


def refusal(written):
    with pytest.raises(DateError) as refused:
        parse_date(written)
    return refused.value.code, refused.value.params


@pytest.mark.parametrize("written", ["", "   ", "\u200b\n"])
def test_nothing_typed_is_told_apart_from_nonsense(written):
    assert refusal(written) == ("empty", {})


@pytest.mark.parametrize(
    "written",
    [
        "เมื่อวาน",
        "วันที่",
        "23",
        "23/3",
        "3/2560",
        "23/3-2560",
        "23 มีนคาม 2560",
        "23 2560",
        "มีนาคม 2560",
        "23 มีนาคม",
        "123/3/2560",
        "23/3/2560 น.",
        "23/3/2560000",
        "20170323",
        "٢٣/٣/٢٥٦٠",
        "2017-03-23T08",
        "2017-03-22T17:05:00Z",  # elsewhere: in Thailand it is another day
    ],
)
def test_what_is_no_date_is_unreadable(written):
    assert refusal(written) == ("unreadable", {"text": written})


@pytest.mark.parametrize(
    ("written", "year", "buddhist", "common"),
    [
        ("23/3/60", "60", 2560, 1960),
        ("23 มี.ค. ๖๐", "60", 2560, 1960),
        ("23 มีนาคม พ.ศ. 60", "60", 2560, 1960),
        ("23/3/17", "17", 2517, 2017),
        ("31/2/00", "00", 2500, 2000),
    ],
)
def test_a_year_of_two_digits_is_refused_with_both_readings(written, year, buddhist, common):
    params = {"year": year, "buddhist": buddhist, "common": common}
    assert refusal(written) == ("two_digit_year", params)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("29/02/2567", date(2024, 2, 29)),
        ("29 ก.พ. 2543", date(2000, 2, 29)),
        ("29/2/2024", date(2024, 2, 29)),
    ],
)
def test_a_leap_day_is_right_in_the_years_that_have_one(written, day):
    assert parse_date(written) == day


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("29/02/2560", "29 ก.พ. 2560"),  # 2560 divides by four, 2017 does not
        ("29 February 2017", "29 ก.พ. 2560"),
        ("2017-02-29", "29 ก.พ. 2560"),
        ("๓๑/๔/๒๕๖๐", "31 เม.ย. 2560"),
        ("0/1/2560", "0 ม.ค. 2560"),
        ("32/12/2560", "32 ธ.ค. 2560"),
        ("3/23/2560", "3/23/2560"),  # no such month
        ("23/0/2560", "23/0/2560"),
    ],
)
def test_a_day_that_never_was_is_named(written, read_as):
    with override("th"):
        assert refusal(written) == ("no_such_day", {"text": read_as})


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("23/3/1899", "1899"),
        ("23/3/2200", "2200"),
        ("23/3/2399", "2399"),
        ("23/3/2743", "2743"),
        ("23/3/3103", "3103"),  # 543 added twice
        ("23/3/256", "256"),
        ("23/3/25600", "25600"),
        ("23/3/7", "7"),
        ("23 มี.ค. พ.ศ. 2017", "2017"),  # the era and the number disagree
        ("23 มี.ค. ค.ศ. 2560", "2560"),
        ("23 Mar 2017 BE", "2017"),
        ("23 Mar 2560 CE", "2560"),
    ],
)
def test_a_year_of_no_era_in_use_is_refused(written, year):
    assert refusal(written) == ("year_out_of_range", {"year": year})


@given(st.text() | st.text("0123๒๕๖๐/-. มี.ค.พศMarTbe:", max_size=20))
def test_any_text_gives_a_date_or_a_reason(text):
    result = outcome(text)
    assert isinstance(result, date) or result in REASONS


# ---------------------------------------------------------------- against a second reader

MONTHS = [
    *("มกราคม ม.ค. January", "กุมภาพันธ์ ก.พ. February", "มีนาคม มี.ค. March"),
    *("เมษายน เม.ย. April", "พฤษภาคม พ.ค. May", "มิถุนายน มิ.ย. June"),
    *("กรกฎาคม ก.ค. July", "สิงหาคม ส.ค. August", "กันยายน ก.ย. September"),
    *("ตุลาคม ต.ค. October", "พฤศจิกายน พ.ย. November", "ธันวาคม ธ.ค. December"),
]
FORMS = [
    *("{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}-{m}-{y}", "{d:02}-{m:02}-{y}", "{d}.{m}.{y}"),
    *("{y:04}-{m:02}-{d:02}", "{y:04}-{m:02}-{d:02}T08:59:57", "{y:04}-{m:02}-{d:02}-08:59:57"),
    *("{d} {thai} {y}", "{d} {initials} {y}", "{d} {initials}{y}", "วันที่ {d} {thai} {y}"),
    *("{d} {english} {y}", "{d} {english:.3} {y}", "วันที่ {d} {initials} {y}"),
]
BUDDHIST_FORMS = ["{d} {thai} พ.ศ. {y}", "{d} {initials} พ.ศ. {y}", "{d} {english:.3} {y} BE"]
forms, buddhist_forms = st.sampled_from(FORMS), st.sampled_from(FORMS + BUDDHIST_FORMS)
digits = st.sampled_from([str, to_thai])


def write(form, day, month, year):
    thai, initials, english = MONTHS[month - 1].split()
    names = {"thai": thai, "initials": initials, "english": english}
    return form.format(d=day, m=month, y=year, **names)


def naively_read(text):
    """The same rules told differently: pick the numbers, look for a name, count the days.

    Gives the date, or the code of the refusal.
    """
    numbers = ["".join(run) for decimal, run in groupby(text, str.isdecimal) if decimal]
    names = [name for row in MONTHS for name in row.split() if name[:3] in text]
    if names:
        number = next(number for number, row in enumerate(MONTHS, 1) if names[0] in row.split())
        numbers.insert(1, str(number))
    year_first = len(numbers[0]) == 4
    year, month, day = numbers[:3] if year_first else reversed(numbers)
    if len(year) == 2:
        return "two_digit_year"
    return naive_date(naive_year(int(year)), int(month), int(day))


def naive_year(number):
    if 2399 < number < 2743:
        return number - 543
    return number if 1899 < number < 2200 else None


def naive_date(year, month, day):
    if year is None:
        return "year_out_of_range"
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    days = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    exists = 1 <= month <= 12 and 1 <= day <= days[month - 1]
    return date(year, month, day) if exists else "no_such_day"


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), forms, buddhist_forms, digits)
def test_a_date_in_any_form_of_either_era_is_read_back(day, common_form, buddhist_form, digits):
    in_common_era = digits(write(common_form, day.day, day.month, day.year))
    in_buddhist_era = digits(write(buddhist_form, day.day, day.month, day.year + 543))
    assert outcome(in_common_era) == naively_read(in_common_era) == day
    assert outcome(in_buddhist_era) == naively_read(in_buddhist_era) == day


@given(
    st.integers(0, 32),
    st.integers(1, 12),
    st.integers(1895, 2205) | st.integers(2395, 2750) | st.integers(0, 9999),
    forms,
    digits,
)
@example(29, 2, 2560, "{d:02}/{m:02}/{y}", str)
@example(29, 2, 2567, "{d:02}/{m:02}/{y}", str)
@example(29, 2, 2443, "{d} {thai} {y}", to_thai)  # 1900 was no leap year
def test_both_readers_accept_and_refuse_alike(day, month, year, form, digits):
    text = digits(write(form, day, month, year))
    assert outcome(text) == naively_read(text)


@given(st.integers(0, 32), st.integers(0, 99), st.integers(1900, 2700), st.sampled_from(FORMS[:8]))
def test_both_readers_agree_on_months_that_do_not_exist(day, month, year, form):
    text = form.format(d=day, m=month, y=year)
    assert outcome(text) == naively_read(text)
