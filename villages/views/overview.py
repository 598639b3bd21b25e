"""The page of one village: its people, and the years it takes part in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts import access
from accounts.rights import Right
from sammachip.answers import signed_in, today
from sammachip.thai.tags import unbroken
from steps import lists
from steps.lessons import lessons_by_year
from villages import queries
from villages.models import Area, Village
from villages.views import shared


@dataclass(frozen=True)
class YearRow:
    """A year of the village, as finished strings."""

    href: str
    title: str
    note: str
    officer: str
    late: str


def detail(request: HttpRequest, code: str) -> HttpResponse:
    """People and years of a village."""
    user, on = signed_in(request), today()
    village = access.village_for(user, code, Right.VIEW, on)
    members = list(queries.members_of(village).serving(on))
    context = {
        "village": village,
        "title": unbroken(village.full_title),
        "areas": areas_above(village),
        "households": village.households.active(on).count(),
        "members": members,
        "names": access.may(user, Right.NAMES, village, on),
        "history": access.may(user, Right.READ_HISTORY, village, on),
        "years": years_of(village, on),
        "lessons": lessons_by_year(village),
    }
    return render(request, "villages/detail.html", context)


def areas_above(village: Village) -> list[str]:
    """Province, district and subdistrict, as on paper."""
    titles: list[str] = []
    area: Area | None = village.subdistrict
    while area is not None:
        titles.insert(0, area.title)
        area = area.parent
    return titles


def years_of(village: Village, on: date) -> list[YearRow]:
    """The years of a village, the newest first."""
    keys = village.enrolments.values_list("pk", flat=True)
    return [
        YearRow(
            href=reverse("steps:year", args=[village.code, row.enrolment.programme.year]),
            title=str(row.enrolment.programme),
            note=shared.handed_in(row),
            officer=row.enrolment.officer.name if row.enrolment.officer else "",
            late=shared.late(row),
        )
        for row in lists.standings_of(keys, on)
    ]
