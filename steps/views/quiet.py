"""A quiet village: why nothing happens there, said by those who work with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from steps import lists, showing
from steps.forms.quiet import QuietForm
from steps.models import Enrolment
from steps.quiet import Contact, contact_of, reason_words
from steps.recording import quiet
from villages.models import Village


@dataclass(frozen=True)
class Silence:
    """What is said of a quiet village, in finished words; ``contact`` for Right.NAMES only."""

    days: str
    why: str
    contact: Contact | None
    may_explain: bool


def silence_of(user: User, enrolment: Enrolment) -> Silence | None:
    """How a village is quiet, in three queries at most; None where it is not."""
    on, village = today(), enrolment.village
    days = lists.quiet_days(enrolment, on)
    if not days:
        return None
    names = access.may(user, Right.NAMES, village, on)
    return Silence(
        days=showing.quiet_words(days),
        why=reason_words(lists.quiet_reasons([enrolment]).get(enrolment.pk)),
        contact=contact_of(enrolment.officer) if names else None,
        may_explain=may_explain(user, village),
    )


def may_explain(user: User, village: Village) -> bool:
    """Whoever records for the village or reviews it."""
    return access.may(user, Right.RECORD, village, today()) or access.may_review(
        user, village, today()
    )


def explain(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Say why a village is quiet."""
    user = signed_in(request)
    if not may_explain(user, access.village_for(user, code, Right.VIEW, today())):
        raise PermissionDenied
    enrolment = access.enrolment_for(user, code, year, Right.VIEW, today())
    form = QuietForm(posted(request))
    return handle(
        request,
        form,
        lambda sender: quiet.explain_quiet(enrolment=enrolment, reason=form.reason, sender=sender),
        page="steps/quiet.html",
        context={"enrolment": enrolment, "silence": silence_of(user, enrolment)},
        then=reverse("steps:year", args=[code, year]),
        said=_("Saved"),
    )
