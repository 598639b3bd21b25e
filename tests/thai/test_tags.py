from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import override

DAY = date(2017, 3, 23)
AFTERNOON = datetime(2017, 3, 23, 7, 10, tzinfo=UTC)


def shown(filters, value, language="th"):
    with override(language):
        return Template(f"{{{{ value|{filters} }}}}").render(Context({"value": value}))


@pytest.mark.parametrize(
    ("filters", "value", "thai", "english"),
    [
        ("thai_date", DAY, "23 มี.ค. 2560", "23 Mar 2560 BE"),
        ("thai_date_long", DAY, "23 มีนาคม พ.ศ. 2560", "23 March 2560 BE"),
        ("thai_moment", AFTERNOON, "23 มี.ค. 2560 14.10 น.", "23 Mar 2560 BE 14.10"),
    ],
)
def test_dates_are_written_in_the_readers_language(filters, value, thai, english):
    assert shown(filters, value, "th") == thai
    assert shown(filters, value, "en") == english


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (999, "999"),
        (1234, "1,234"),
        (-75086, "-75,086"),
        (Decimal("1234.50"), "1,234.50"),
    ],
)
def test_large_numbers_are_grouped(number, written):
    assert shown("grouped", number) == written


@pytest.mark.parametrize(
    "filters",
    ["thai_date", "thai_date_long", "thai_moment", "nowrap", "grouped"],
)
@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_absent_is_written_as_nothing(filters, nothing):
    assert shown(filters, nothing) == ""


def test_nowrap_keeps_a_text_on_one_line_and_escapes_it_once():
    assert shown("nowrap", "ก & <b>") == '<span class="nowrap">ก &amp; &lt;b&gt;</span>'
    assert shown("nowrap", mark_safe("<b>ก</b>")) == '<span class="nowrap"><b>ก</b></span>'
    assert shown("thai_date|nowrap", DAY) == '<span class="nowrap">23 มี.ค. 2560</span>'
    assert shown("nowrap", 0) == '<span class="nowrap">0</span>'
