"""The dot map of an area: a page whose dots are links, and the picture by itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import access
from sammachip.answers import signed_in, today
from steps.board.places import Place, Year, country
from steps.lists import Filters
from steps.pictures import DotMap, dot_map, spots_of
from steps.views.report import place_and_year


def area_map(request: HttpRequest, code: str) -> HttpResponse:
    """The villages of a province, district or subdistrict, each dot a link to its year."""
    place, year = place_and_year(signed_in(request), code, request.GET.get("year", ""))
    context = {
        "place": place,
        "year": year,
        "map": _drawn(place, year, links=True),
        "list_address": Filters(area=code, year=str(year.number)).address,
        "as_of": timezone.now(),
    }
    return render(request, "steps/areas/map.html", context)


def area_map_image(request: HttpRequest, code: str) -> HttpResponse:
    """The same as an image, without links: for the overview of the area."""
    place, year = place_and_year(signed_in(request), code, request.GET.get("year", ""))
    response = HttpResponse(_drawn(place, year, links=False).svg, content_type="image/svg+xml")
    response["Cache-Control"] = "private, no-cache"
    return response


def country_map(request: HttpRequest) -> HttpResponse:
    """Dots of the whole country would hide each other: choose a province."""
    own = access.root_areas(signed_in(request), today())
    areas = country().below if own is None else own
    return render(request, "steps/areas/map_choice.html", {"areas": areas})


def _drawn(place: Place, year: Year, *, links: bool) -> DotMap:
    spots = spots_of(year.programme, place.code, year.steps, today())
    named = place.below if links else []  # the image is small
    return dot_map(year.programme, spots, named, links=links)
