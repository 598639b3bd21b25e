"""The households of a village: listed, added, edited, ended. Never erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from steps.recording import people
from villages import queries
from villages.forms import EndForm, HouseholdEditForm, HouseholdForm
from villages.models import Village

ROWS_A_PAGE = 100


def households(request: HttpRequest, code: str) -> HttpResponse:
    """The households in house order; to those who may not see names only their numbers."""
    user, on = signed_in(request), today()
    village = access.village_for(user, code, Right.VIEW, on)
    context: dict[str, Any] = {
        "village": village,
        "numbers": queries.household_numbers(village, on),
    }
    if access.may(user, Right.NAMES, village, on):
        standing = Paginator(queries.households_of(village).active(on), ROWS_A_PAGE)
        context |= {
            "names": True,
            "page": standing.get_page(request.GET.get("page")),
            "ended": queries.ended_households(village, on),
            "may_record": access.may(user, Right.RECORD, village, on),
            "may_erase": access.may(user, Right.ERASE, village, on),
        }
    return render(request, "villages/households.html", context)


def household_add(request: HttpRequest, code: str) -> HttpResponse:
    """Add a household, and perhaps another one after it."""
    village = access.village_for(signed_in(request), code, Right.RECORD, today())
    form = HouseholdForm(posted(request))
    page = "villages:household_add" if "another" in request.POST else "villages:households"
    return handle(
        request,
        form,
        lambda sender: people.add_household(
            village=village, household=form.household(), sender=sender
        ),
        page="villages/household_form.html",
        context=form_context(village),
        then=reverse(page, args=[code]),
        said=_("Saved"),
    )


def household_edit(request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
    """Edit a household; what someone else changed meanwhile is shown and chosen."""
    user, on = signed_in(request), today()
    household = access.household_for(user, code, pk, Right.RECORD, on)
    form = HouseholdEditForm(posted(request), household=household)
    return handle(
        request,
        form,
        lambda sender: people.edit_household(
            household=household,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="villages/household_form.html",
        context={
            **form_context(household.village),
            "household": household,
            "may_erase": access.may(user, Right.ERASE, household.village, on),
        },
        then=reverse("villages:households", args=[code]),
        said=_("Saved"),
    )


def household_end(request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
    """End a household that moved away or merged; it stays in every record of the past."""
    on = today()
    household = access.household_for(signed_in(request), code, pk, Right.RECORD, on)
    form = EndForm(posted(request), today=on, initial={"on": on})
    return handle(
        request,
        form,
        lambda sender: people.end_household(
            household=household, on=form.cleaned_data["on"], sender=sender
        ),
        page="villages/household_end.html",
        context={"village": household.village, "household": household},
        then=reverse("villages:households", args=[code]),
        said=_("Saved"),
    )


def form_context(village: Village) -> dict[str, Any]:
    """What the form of a household shows beside its fields."""
    return {"village": village, "clusters": queries.clusters_of(village)}
