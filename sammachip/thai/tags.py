"""Template filters for Thai dates and numbers; in every template without ``{% load %}``.

What is absent (None, "") is written as nothing.
"""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sammachip.thai import dates, digits

register = template.Library()


@register.filter
def thai_date(day: date | None) -> str:
    """23 มี.ค. 2560"""
    return dates.short(day) if day else ""


@register.filter
def thai_date_long(day: date | None) -> str:
    """23 มีนาคม พ.ศ. 2560"""
    return dates.long(day) if day else ""


@register.filter
def thai_moment(when: datetime | None) -> str:
    """23 มี.ค. 2560 14.10 น."""
    return dates.moment(when) if when else ""


@register.filter
def nowrap(value: object) -> str:
    """The value, escaped, in a span that keeps it on one line: names, dates, numbers with units."""
    return format_html('<span class="nowrap">{}</span>', value) if value not in (None, "") else ""


LONGEST_ON_ONE_LINE = 24  # characters; what is longer must be free to break on a small phone


@register.filter
def unbroken(title: str) -> SafeString:
    """A title that ends in a number, broken only between its words: หมู่ที่ 8 stays together."""
    before, _space, number = title.rpartition(" ")
    *words, last = before.split(" ")
    return format_html_join(" ", "{}", ((_kept(word),) for word in [*words, f"{last} {number}"]))


def _kept(word: str) -> str:
    return word if len(word) > LONGEST_ON_ONE_LINE else nowrap(word)


@register.filter
def baht(amount: Decimal | None) -> str:
    """1,200 or 1,200.50"""
    return "" if amount is None else digits.baht(amount)


@register.filter
def grouped(number: int | Decimal | None) -> str:
    """1,234"""
    return f"{number:,}" if number not in (None, "") else ""
