"""Handing over the villages of an officer who leaves: who, to whom, from when, and what moves."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.models import User
from accounts.receipts import Outcome
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from steps import handing_over
from steps.forms.handover import HandOverForm
from steps.recording.handovers import hand_over

AT_MOST = 50  # officers shown at once


def handover(request: HttpRequest) -> HttpResponse:
    """Choose who leaves; then see what would go over, and hand it over."""
    user, on = signed_in(request), today()
    access.require_somewhere(user, [Right.ASSIGN], on)
    officers = access.officers_for(user, on)
    giver = _giver(request, officers)
    asked = request.POST.getlist("area")[:AT_MOST]
    grounds = handing_over.grounds(giver, user, on, asked) if giver else []
    areas = [ground.area for ground in grounds]
    form = HandOverForm(
        posted(request),
        officers=officers,
        giver=giver,
        areas=areas,
        takers=access.recorders([area.code for area in areas], on),
        today=on,
    )
    context = {"giver": giver, "grounds": grounds}
    if giver is None:
        context |= _list(request, user)
    return handle(
        request,
        form,
        lambda sender: hand_over(terms=form.terms(), sender=sender),
        page="steps/handover.html",
        context=context,
        then=reverse("steps:handover"),
        said=_said,
    )


def _giver(request: HttpRequest, officers: Any) -> User | None:
    """Of the address it is there or not found; of a body the form says so."""
    asked = request.POST.get("officer", "") or request.GET.get("officer", "")
    person = officers.filter(pk=asked).first() if re.fullmatch("[1-9][0-9]{0,15}", asked) else None
    if request.method != "POST" and asked and person is None:
        raise Http404
    return person


def _list(request: HttpRequest, user: User) -> dict[str, Any]:
    text = request.GET.get("q", "")
    people = list(handing_over.choices(user, text, today())[: AT_MOST + 1])
    numbers = handing_over.numbers_of(people, user, today())
    return {
        "q": text,
        "rows": [(person, numbers.get(person.pk, 0)) for person in people[:AT_MOST]],
        "more": len(people) > AT_MOST,
    }


def _said(outcome: Outcome) -> str:
    n = outcome.result["villages"]
    if not n:
        return _("The posting is ended. No village went over.")
    words = ngettext("%(n)s village is handed over.", "%(n)s villages are handed over.", n)
    return words % {"n": n}
