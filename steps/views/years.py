"""October: one guided page for a new year, and the pages its parts lead to."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.models import User
from accounts.receipts import Outcome
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from sammachip.forms import WriteForm
from steps import october
from steps.forms.years import CopyForm, OfficerForm, VillagesForm
from steps.models import Programme
from steps.recording import carrying, enrolments
from villages.models import Area

PAGE = "steps/years/guide.html"


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """Where the new year stands: the programme, its villages, households, officers."""
    user = signed_in(request)
    access.require_somewhere(user, [Right.ASSIGN], today())
    offered = october.years_to_prepare(today())
    asked = request.GET.get("year", "")
    year = _one_of(offered, asked) if asked else october.year_to_prepare(offered, today())
    form = CopyForm(years=offered, initial={"year": year})
    return render(request, PAGE, {**_guided(request, user, year, offered), "form": form})


def _one_of(offered: list[int], asked: str) -> int:
    if asked not in map(str, offered):
        raise Http404
    return int(asked)


def _guided(request: HttpRequest, user: User, year: int, offered: list[int]) -> dict[str, Any]:
    code = request.GET.get("area", "")
    area = access.area_for(user, code, Right.ASSIGN, today()) if code else None
    return {
        "guide": october.guide(user, year, offered, code, today()),
        "area": area,
        "may_copy": access.scope(user, Right.ADMINISTER, today()).national,
    }


@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Make the programme of a year from the one before; administrators of the whole country."""
    user, on = signed_in(request), today()
    if not access.scope(user, Right.ADMINISTER, on).national:
        raise PermissionDenied
    offered = october.years_to_prepare(on)
    form = CopyForm(posted(request), years=offered)
    asked = request.POST.get("year", "")
    year = int(asked) if re.fullmatch("[0-9]{4}", asked) and int(asked) in offered else offered[0]
    return handle(
        request,
        form,
        lambda sender: enrolments.copy_year(year=form.cleaned_data["year"], sender=sender),
        page=PAGE,
        context=_guided(request, user, year, offered),
        then=f"{reverse('steps:years')}?year={year}",
        said=_("The programme for %(year)s is made. Check its dates.") % {"year": year},
    )


# ---------------------------------------------------------------- the parts, by district


def villages(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """List the villages of a year: those of the year before, and others of the district."""
    user, programme, district = _asked(request, year, code)
    rows = list(october.district_villages(user, code, programme, today()))
    again = [row for row in rows if row.before and not row.listed]
    all_ticked = request.GET.get("tick") == "all"
    form = VillagesForm(
        posted(request),
        villages=[row.village for row in rows],
        ticked=[row.village.code for row in again] if all_ticked else [],
    )
    return handle(
        request,
        form,
        lambda sender: enrolments.enrol_again(
            villages=form.chosen(), programme=programme, sender=sender
        ),
        page="steps/years/villages.html",
        context={
            **_context(programme, district),
            "again": again,
            "others": [row for row in rows if not row.before and not row.listed],
            "listed": [row for row in rows if row.listed],
            "all_ticked": all_ticked,
        },
        then=_address("villages", year, code),
        said=_enrolled,
    )


def carry(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Carry the target and model households over into the villages that take part again."""
    user, programme, district = _asked(request, year, code)
    listed = october.listed_villages(user, code, programme, today())
    rows = october.to_be_carried(listed, programme, today())
    waiting = [row for row in rows if row.waiting]
    form = WriteForm(posted(request))
    return handle(
        request,
        form,
        lambda sender: carrying.carry_over(villages=listed, programme=programme, sender=sender),
        page="steps/years/carry.html",
        context={
            **_context(programme, district),
            "waiting": waiting,
            "households": sum(row.waiting for row in waiting),
            "there": [row for row in rows if not row.waiting],
            "without_committee": [row for row in rows if not row.members],
            "committees": sum(bool(row.members) for row in rows),
        },
        then=_address("carry", year, code),
        said=_carried,
    )


def officers(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Name the officer of villages that have none who may record there."""
    user, programme, district = _asked(request, year, code)
    enrolled = {row.village.code: row for row in october.enrolled(user, code, programme, today())}
    form = OfficerForm(
        posted(request),
        villages=[row.village for row in enrolled.values()],
        officers=access.recorders([code], today()),
    )
    return handle(
        request,
        form,
        lambda sender: enrolments.name_officer(
            enrolments=[enrolled[village.code] for village in form.chosen()],
            officer=form.cleaned_data["officer"],
            sender=sender,
        ),
        page="steps/years/officers.html",
        context={
            **_context(programme, district),
            "rows": october.without_officer(enrolled.values(), today()),
            "listed": bool(enrolled),
        },
        then=_address("officers", year, code),
        said=_named,
    )


def _asked(request: HttpRequest, year: int, code: str) -> tuple[User, Programme, Area]:
    user = signed_in(request)
    district = access.area_for(user, code, Right.ASSIGN, today())
    return user, access.programme_of(year), district


def _context(programme: Programme, district: Area) -> dict[str, Any]:
    return {"programme": programme, "district": district}


def _address(part: str, year: int, code: str) -> str:
    return reverse(f"steps:year_{part}", args=[year, code])


def _enrolled(outcome: Outcome) -> str:
    n = outcome.result["enrolled"]
    words = ngettext(
        "%(n)s village is enrolled now, %(m)s of them with an officer.",
        "%(n)s villages are enrolled now, %(m)s of them with an officer.",
        n,
    )
    return words % {"n": n, "m": outcome.result["with_officer"]}


def _carried(outcome: Outcome) -> str:
    n = outcome.result["households"]
    words = ngettext(
        "%(n)s household is carried over, in %(m)s villages.",
        "%(n)s households are carried over, in %(m)s villages.",
        n,
    )
    return words % {"n": n, "m": outcome.result["villages"]}


def _named(outcome: Outcome) -> str:
    n = outcome.result["named"]
    words = ngettext(
        "%(n)s village has its officer now.", "%(n)s villages have their officer now.", n
    )
    return words % {"n": n}
