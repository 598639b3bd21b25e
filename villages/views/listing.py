"""The list of villages a person may see, with search and filters in its address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.answers import signed_in, today
from sammachip.thai.tags import unbroken
from steps import lists
from steps.lists import Filters, Standing
from steps.quiet import Contact, contact_of, reason_words
from villages import queries
from villages.filters import FilterForm
from villages.models import Village
from villages.views import shared

PAGE = "villages/list.html"
ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Row:
    """A village in the list, as finished strings."""

    href: str
    name: SafeString
    place: list[str]
    note: str
    late: str
    quiet: str
    why: str  # it is quiet
    contact: Contact | None  # of a quiet village, for those who may see names


def village_list(request: HttpRequest) -> HttpResponse:
    """The villages that answer the filters; an unknown filter is answered 422 with its message."""
    user, on = signed_in(request), today()
    form = asked_by(request, on)
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=422)
    filters = form.filters()
    villages = lists.listed(user, filters, on).with_area()
    page = Paginator(villages, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": rows_of(page.object_list, filters, user, on),
        "asked": form.asked(),
        "as_of": timezone.now(),
        "query": filters.query,
        "names": access.holds_throughout(user, Right.NAMES, filters.area, on),
    }
    return render(request, PAGE, context)


def asked_by(request: HttpRequest, on: date, *, area: str = "") -> FilterForm:
    """What the address asks for, within what its person can choose; ``area`` replaces its own."""
    asked = request.GET.copy()
    if area:
        asked["area"] = area
    choices = queries.choices(signed_in(request), asked.get("area", ""), on)
    return FilterForm(asked, choices=choices)


def rows_of(villages: Iterable[Village], filters: Filters, user: User, on: date) -> list[Row]:
    """The rows of one page of the list, as a person may read them."""
    villages = list(villages)
    standings = lists.standings(villages, on)
    names = access.scope(user, Right.NAMES, on)
    return [
        row_of(village, standings.get(village.pk), filters, names=names.covers(village.code))
        for village in villages
    ]


def row_of(village: Village, standing: Standing | None, filters: Filters, *, names: bool) -> Row:
    """One village with its standing in the year of the list."""
    officer = standing.enrolment.officer if standing and standing.quiet_days and names else None
    return Row(
        href=address(village, standing, filters.step),
        name=unbroken(village.full_title),
        place=place(village),
        note=note(standing),
        late=shared.late(standing) if standing else "",
        quiet=shared.quiet(standing) if standing else "",
        why=reason_words(standing.quiet_reason) if standing else "",
        contact=contact_of(officer),
    )


def address(village: Village, standing: Standing | None, step: str) -> str:
    """The village's page, or the step that was asked for."""
    if step and standing:
        year = standing.enrolment.programme.year
        return reverse("steps:step", args=[village.code, year, step])
    return reverse("villages:detail", args=[village.code])


def place(village: Village) -> list[str]:
    """ต.ศรีแก้ว and อ.ศรีรัตนะ"""
    subdistrict = village.subdistrict
    areas = [subdistrict, subdistrict.parent]
    return [area.short_title for area in areas if area]


def note(standing: Standing | None) -> str:
    """Fiscal year 2560: 5 of 8 steps handed in"""
    if standing is None:
        return _("Not enrolled yet")
    words = {"year": standing.enrolment.programme, "standing": shared.handed_in(standing)}
    return _("%(year)s: %(standing)s") % words
