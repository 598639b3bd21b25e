"""What is said of an area on its cards and in a comparison: each number with its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steps.lists import Filters
from steps.models import Programme
from steps.rollups import Figures

UNKNOWN = "–"
TABLE, PEOPLE = "#steps", "#people"  # where on the page a number is broken down


@dataclass(frozen=True)
class Measure:
    """One number of an area: a count, or a share in per cent, which may be unknown (None).

    ``filters`` list exactly the villages a count is of; None where it counts something else.
    """

    name: str
    label: str
    value: Callable[[Figures], int | None]
    is_share: bool = False
    filters: Filters | None = None
    place: str = PEOPLE

    def text(self, value: int | None) -> str:
        """1,516 or 46%"""
        if value is None:
            return UNKNOWN
        return f"{value}%" if self.is_share else f"{value:,}"


def measures(programme: Programme) -> list[Measure]:
    """In the order of the cards."""
    days = {"n": programme.quiet_days}
    quiet = ngettext("Quiet (%(n)s day)", "Quiet (%(n)s days)", programme.quiet_days) % days
    return [
        Measure("villages", _("Target villages"), lambda f: f.villages, filters=Filters()),
        Measure("share", _("Verified"), lambda f: f.share_verified, is_share=True, place=TABLE),
        Measure("waiting", _("Submitted"), lambda f: f.waiting, filters=Filters(waiting="1")),
        Measure("late", _("Late"), lambda f: f.late, filters=Filters(late="1")),
        Measure("quiet", quiet, lambda f: f.quiet, filters=Filters(quiet="1")),
        Measure(
            "committees",
            _("Committee formed"),
            lambda f: f.committees,
            filters=Filters(committee="1"),
        ),
        Measure("people", _("People reached"), lambda f: f.people),
        Measure("households", _("Households reached"), lambda f: f.households),
        Measure("led", _("Led by the community"), lambda f: f.community_led_share, is_share=True),
        Measure("money", _("Community contribution"), lambda f: f.contributed_share, is_share=True),
    ]
