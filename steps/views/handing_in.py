"""Handing a step in, and taking it back while nobody has decided."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import access
from accounts.rights import Right
from sammachip.answers import refused, signed_in, stored, today
from steps import showing
from steps.forms.handing_in import SubmitForm, WithdrawForm
from steps.models import Enrolment
from steps.recording import decisions
from steps.views.pages import step_context

PAGE = "steps/step.html"


@require_POST
def submit(request: HttpRequest, code: str, year: int, number: str) -> HttpResponse:
    """Hand a step in; what is missing is named (422) and every reason typed is kept."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.RECORD, today())
    step = access.step_of(enrolment, number)
    progress = enrolment.progress.get(step=step)
    rows = showing.requirement_rows(
        step, progress, enrolment, reasons=decisions.explanations(enrolment, step)
    )
    form = SubmitForm(request.POST, rows=rows)
    outcome = form.send(
        lambda sender: decisions.submit(
            enrolment=enrolment, step=step, reasons=form.reasons(), sender=sender
        ),
        by=user,
        at=timezone.now(),
    )
    if outcome:
        return stored(request, outcome, _address(enrolment, number), _("Handed in for review"))
    context = step_context(request, enrolment, number, form=form)
    return refused(request, PAGE, context, form, missing=form.missing)


@require_POST
def withdraw(request: HttpRequest, code: str, year: int, number: str) -> HttpResponse:
    """Take a submission back to mend it."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.RECORD, today())
    step = access.step_of(enrolment, number)
    form = WithdrawForm(request.POST)
    outcome = form.send(
        lambda sender: decisions.withdraw(enrolment=enrolment, step=step, sender=sender),
        by=user,
        at=timezone.now(),
    )
    if outcome:
        return stored(request, outcome, _address(enrolment, number), _("Taken back for mending"))
    context = step_context(request, enrolment, number)
    return refused(request, PAGE, {**context, "form": form}, form)


def _address(enrolment: Enrolment, number: str) -> str:
    return reverse("steps:step", args=[enrolment.village.code, enrolment.programme.year, number])
