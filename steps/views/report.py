"""The report of an area on paper: what was to be reached, what was, and by quarter."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.answers import signed_in, today
from steps import report
from steps.board.places import Place, Year, place_of, year_shown, years_of


def area_report(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet of A4 a district, in black and white."""
    user = signed_in(request)
    place, year = place_and_year(user, code, request.GET.get("year", ""))
    names = access.scope(user, Right.NAMES, today()).covers(code)
    context = {
        "place": place,
        "year": year,
        "as_of": timezone.now(),
        "names": names,
        "pages": report.pages_of(place, year, today(), names=names),
    }
    return render(request, "steps/areas/report.html", context)


def place_and_year(user: User, code: str, asked: str) -> tuple[Place, Year]:
    """The area of a page and the programme year asked for; 404 where either is not there."""
    around = access.areas_around(user, code, today())
    place = place_of(code, around, national=access.scope(user, Right.VIEW, today()).national)
    year = year_shown(years_of(place), asked, today())
    if year is None:
        raise Http404
    return place, year
