"""What several pages of villages say in the same words."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steps import showing
from steps.lists import Standing
from villages.models import Village

LONGEST_ON_ONE_LINE = 24  # characters; what is longer must be free to break on a small phone


def title(village: Village) -> SafeString:
    """The name in full, neither the names in it nor the moo with its number broken over lines."""
    before, _space, number = village.full_title.rpartition(" ")
    *names, moo = before.split(" ")
    return format_html_join(" ", "{}", ((kept(text),) for text in [*names, f"{moo} {number}"]))


def kept(text: str) -> str:
    """A text on one line, where it is short enough to fit."""
    if len(text) > LONGEST_ON_ONE_LINE:
        return text
    return format_html('<span class="nowrap">{}</span>', text)


def handed_in(standing: Standing) -> str:
    """5 of 8 steps handed in"""
    return _("%(n)s of %(steps)s steps handed in") % {
        "n": standing.handed_in,
        "steps": standing.steps,
    }


def late(standing: Standing) -> str:
    """12 days late; empty when not late."""
    days = standing.late_days
    if not days:
        return ""
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def quiet(standing: Standing) -> str:
    """Quiet (45 days); empty where something was held in that time."""
    return showing.quiet_words(standing.quiet_days)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a POST brought, even where that is nothing at all; None on GET."""
    return request.POST if request.method == "POST" else None
