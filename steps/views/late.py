"""What arrived late: listed to reviewers; accepted, or kept without counting (rule 6)."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.receipts import Outcome
from accounts.rights import REVIEWING, Right
from sammachip.answers import refused, signed_in, stored, today
from steps.forms.review import SettleForm
from steps.models import Activity, Evidence
from steps.recording import decisions
from steps.recording.core import Sender
from steps.review.late import late_line, late_where_one_reviews
from steps.views.activities import PAGE, activity_context

ROWS_A_PAGE = 50
SETTLING = REVIEWING | {Right.RECORD}


@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """All late arrivals that wait where this person reviews, the oldest day first."""
    user, on = signed_in(request), today()
    access.require_somewhere(user, REVIEWING, on)
    rows = Paginator(late_where_one_reviews(user, on), ROWS_A_PAGE)
    page = rows.get_page(request.GET.get("page"))
    lines = [late_line(row, user, on) for row in page.object_list]
    return render(request, "steps/review_late.html", {"page": page, "lines": lines})


@require_POST
def activity_accept(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Count an activity that arrived late."""
    return _settle(request, _activity(request, code, year, pk), accept=True)


@require_POST
def activity_set_aside(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Keep an activity that arrived late without counting it."""
    return _settle(request, _activity(request, code, year, pk), accept=False)


@require_POST
def file_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Count a photo or document that arrived late."""
    return _settle(request, _file(request, pk), accept=True)


@require_POST
def file_set_aside(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep a photo or document that arrived late without counting it."""
    return _settle(request, _file(request, pk), accept=False)


def _activity(request: HttpRequest, code: str, year: int, pk: UUID) -> Activity:
    user, on = signed_in(request), today()
    access.village_for(user, code, Right.VIEW, on)
    access.require_any(user, code, SETTLING, on)
    return access.activity_for(user, code, year, pk, Right.VIEW, on)


def _file(request: HttpRequest, pk: UUID) -> Evidence:
    user, on = signed_in(request), today()
    evidence = access.evidence_for(user, pk, Right.VIEW, on)
    access.require_any(user, evidence.activity.enrolment.village.code, SETTLING, on)
    return evidence


def _settle(request: HttpRequest, arrival: Activity | Evidence, *, accept: bool) -> HttpResponse:
    """Back to the list it was pressed in, else to the activity; a refusal is said there (422)."""
    form = SettleForm(request.POST)
    activity = arrival if isinstance(arrival, Activity) else arrival.activity

    def verb(sender: Sender) -> Outcome:
        settle = decisions.accept_late if accept else decisions.set_aside
        return settle(arrival=arrival, sender=sender)

    outcome = form.send(verb, by=signed_in(request), at=timezone.now())
    if outcome is None:
        return refused(request, PAGE, activity_context(request, activity, form), form)
    said = _("Accepted, it counts") if accept else _("Kept, not counted")
    return stored(request, outcome, _back(form, activity), said)


def _back(form: SettleForm, activity: Activity) -> str:
    lists = {"home": "home", "late": "steps:review_late"}
    if form.cleaned_data["back"]:
        return reverse(lists[form.cleaned_data["back"]])
    where = [activity.enrolment.village.code, activity.enrolment.programme.year, activity.pk]
    return reverse("steps:activity", args=where)
