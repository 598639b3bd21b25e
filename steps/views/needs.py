"""What a village lacks: asked of whom, and answered or not."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from sammachip.forms import ReasonForm
from steps.forms.needs import NeedForm, NewNeedForm
from steps.models import Enrolment, Need
from steps.recording import conditions as verbs


@dataclass(frozen=True)
class Line:
    """A need, ready for the page; ``waits`` says since when nobody answered, or nothing."""

    row: Need
    waits: str


def needs(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The needs of a village's year: those nobody answered, answered ones, struck-through ones."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.VIEW, today())
    rows = list(enrolment.needs.all())
    standing = [row for row in rows if not row.withdrawn_at]
    context = {
        "enrolment": enrolment,
        "waiting": [_line(row) for row in standing if not row.answered_on],
        "answered": [row for row in standing if row.answered_on],
        "withdrawn": [row for row in rows if row.withdrawn_at],
        "may_record": access.may(user, Right.RECORD, enrolment.village, today()),
    }
    return render(request, "steps/needs.html", context)


def _line(row: Need) -> Line:
    days = (row.enrolment.programme.judged_on(today()) - row.asked_on).days
    if days < 1:
        return Line(row, _("Not answered yet"))
    waits = ngettext("Unanswered for %(n)s day", "Unanswered for %(n)s days", days) % {"n": days}
    return Line(row, waits)


def short_words(n: int, answered: int) -> str:
    """How many needs were answered, in a few words for the page of the year."""
    if not n:
        return ""
    words = ngettext("%(done)s of %(n)s answered", "%(done)s of %(n)s answered", n)
    return words % {"done": answered, "n": n}


def add(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Write down what the village lacks."""
    enrolment = access.enrolment_for(signed_in(request), code, year, Right.RECORD, today())
    form = NewNeedForm(posted(request), enrolment=enrolment, today=today())
    return handle(
        request,
        form,
        lambda sender: verbs.add_need(enrolment=enrolment, need=form.need(), sender=sender),
        page="steps/need_form.html",
        context=_context(enrolment),
        then=_address(enrolment),
        said=_("Saved"),
    )


def edit(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Correct a need, or write its answer."""
    need = access.need_for(signed_in(request), code, year, pk, Right.RECORD, today())
    form = NeedForm(posted(request), need=need, today=today())
    return handle(
        request,
        form,
        lambda sender: verbs.edit_need(
            need=need,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="steps/need_form.html",
        context={**_context(need.enrolment), "need": need},
        then=_address(need.enrolment),
        said=_("Saved"),
    )


def withdraw(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Strike a need through, with a reason."""
    need = access.need_for(signed_in(request), code, year, pk, Right.RECORD, today())
    form = ReasonForm(posted(request))
    return handle(
        request,
        form,
        lambda sender: verbs.withdraw_need(
            need=need, reason=form.cleaned_data["reason"], sender=sender
        ),
        page="steps/need_withdraw.html",
        context={**_context(need.enrolment), "need": need},
        then=_address(need.enrolment),
        said=_("Withdrawn. It stays in the history and counts nowhere."),
    )


def _context(enrolment: Enrolment) -> dict[str, object]:
    return {"enrolment": enrolment, "needs_url": _address(enrolment)}


def _address(enrolment: Enrolment) -> str:
    return reverse("steps:needs", args=[enrolment.village.code, enrolment.programme.year])
