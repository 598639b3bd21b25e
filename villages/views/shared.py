"""What several pages of villages say in the same words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steps import showing
from steps.lists import Standing


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
