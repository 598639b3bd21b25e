"""The villages with which a village builds a network, and how far they came."""

from __future__ import annotations

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
from steps.forms.network import LinkForm, NewLinkForm
from steps.models import Enrolment
from steps.recording import conditions as verbs


def network(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The network of a village's year."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.VIEW, today())
    rows = list(enrolment.network_links.select_related("village"))
    context = {
        "enrolment": enrolment,
        "links": [row for row in rows if not row.withdrawn_at],
        "withdrawn": [row for row in rows if row.withdrawn_at],
        "may_record": access.may(user, Right.RECORD, enrolment.village, today()),
    }
    return render(request, "steps/network.html", context)


def short_words(n: int) -> str:
    """How many villages, in a few words for the page of the year."""
    if not n:
        return ""
    return ngettext("%(n)s village", "%(n)s villages", n) % {"n": n}


def add(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Write down another village of the network."""
    enrolment = access.enrolment_for(signed_in(request), code, year, Right.RECORD, today())
    form = NewLinkForm(posted(request), enrolment=enrolment, today=today())
    return handle(
        request,
        form,
        lambda sender: verbs.add_network_link(enrolment=enrolment, link=form.link(), sender=sender),
        page="steps/network_form.html",
        context=_context(enrolment),
        then=_address(enrolment),
        said=_("Saved"),
    )


def edit(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Correct what is known of a village of the network, or how far they came."""
    link = access.network_link_for(signed_in(request), code, year, pk, Right.RECORD, today())
    form = LinkForm(posted(request), link=link, today=today())
    return handle(
        request,
        form,
        lambda sender: verbs.edit_network_link(
            link=link,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="steps/network_form.html",
        context={**_context(link.enrolment), "link": link},
        then=_address(link.enrolment),
        said=_("Saved"),
    )


def withdraw(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Strike a village of the network through, with a reason."""
    link = access.network_link_for(signed_in(request), code, year, pk, Right.RECORD, today())
    form = ReasonForm(posted(request))
    return handle(
        request,
        form,
        lambda sender: verbs.withdraw_network_link(
            link=link, reason=form.cleaned_data["reason"], sender=sender
        ),
        page="steps/network_withdraw.html",
        context={**_context(link.enrolment), "link": link},
        then=_address(link.enrolment),
        said=_("Withdrawn. It stays in the history and counts nowhere."),
    )


def _context(enrolment: Enrolment) -> dict[str, object]:
    return {"enrolment": enrolment, "network_url": _address(enrolment)}


def _address(enrolment: Enrolment) -> str:
    return reverse("steps:network", args=[enrolment.village.code, enrolment.programme.year])
