"""What dates of a programme year must be, in words for the field."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sammachip.thai.dates import short
from steps.models import Programme
from steps.recording.enrolments import moved


def date_words(value: str) -> str:
    """A flat ISO date as people write it; what is no date stays as it was typed."""
    try:
        return short(date.fromisoformat(value))
    except ValueError:
        return value or "–"


def refuse_future(day: date | None, *, today: date) -> date | None:
    """The day, once it has come; nothing stays nothing."""
    if day and day > today:
        raise ValidationError(_("The date has not come yet. Check the date."), code="in_the_future")
    return day


def refuse_far(day: date | None, programme: Programme) -> date | None:
    """The day, where it lies within a year of the programme: further off it is a slip."""
    first, last = moved(programme.opens_on, -1), moved(programme.closes_on, 1)
    if day and not first <= day <= last:
        raise ValidationError(
            _("The date must be between %(first)s and %(last)s."),
            code="far_from_programme",
            params={"first": short(first), "last": short(last)},
        )
    return day
