"""The sign-in sheet to print before a meeting, numbered as the tick list of the record form."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import access
from accounts.history import note
from accounts.rights import Right
from sammachip.answers import signed_in, today
from sammachip.thai.dates import DateError, parse_date
from sammachip.thai.text import clean
from steps.forms.asked import AskedOf

EMPTY_ROWS = range(10)


@require_POST
def sheet(request: HttpRequest, code: str, year: int, number: str) -> HttpResponse:
    """The sheet as a page of its own. It holds names, so printing it is history."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.NAMES, today())
    step = access.step_of(enrolment, number)
    note(
        by=user,
        at=timezone.now(),
        verb="print_sign_in_sheet",
        subject=enrolment,
        village=enrolment.village,
        remark=step.number,
    )
    context = {
        "enrolment": enrolment,
        "step": step,
        "asked": AskedOf(enrolment, [step], today()),
        "held_on": _day(request.POST.get("held_on", "")),
        "place": clean(request.POST.get("place", "")),
        "empty_rows": EMPTY_ROWS,
    }
    return render(request, "steps/sign_in_sheet.html", context)


def _day(text: str) -> date | None:
    """The day of the meeting; what cannot be read is left to be written by hand."""
    try:
        return parse_date(text)
    except DateError:
        return None
