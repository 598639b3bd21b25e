"""The people of a village's year: target and model households, its own target, change leaders."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from steps.forms.people import LeaderEndForm, LeaderForm, MarksForm, OwnTargetForm
from steps.models import Enrolment
from steps.recording import enrolments, people


def targets(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Tick the target and model households of a year; those who only read see the list."""
    enrolment = _enrolment(request, code, year)
    on = enrolment.programme.judged_on(today())
    form = MarksForm(
        posted(request),
        households=enrolment.village.households.active(on).in_house_order(),
        stored=people.household_marks(enrolment),
    )
    return handle(
        request,
        form,
        lambda sender: people.mark_households(
            enrolment=enrolment,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="steps/targets.html",
        context=_context(enrolment, signed_in(request)),
        then=_address("targets", enrolment),
        said=_("Saved"),
    )


def own_target(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Give a smaller village its own number of target households, or take it back."""
    user = signed_in(request)
    village = access.village_for(user, code, Right.VIEW, today())
    if not access.may_review(user, village, today()):
        raise PermissionDenied
    enrolment = access.enrolment_for(user, code, year, Right.VIEW, today())
    form = OwnTargetForm(posted(request), enrolment=enrolment)
    return handle(
        request,
        form,
        lambda sender: enrolments.set_own_target(
            enrolment=enrolment,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="steps/own_target.html",
        context=_context(enrolment, user),
        then=_address("year", enrolment),
        said=_("Saved"),
    )


def leaders(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The change leaders of a year, and naming one more."""
    enrolment = _enrolment(request, code, year)
    form = LeaderForm(posted(request), enrolment=enrolment, today=today())
    named = list(enrolment.change_leaders.select_related("household"))
    context = {
        **_context(enrolment, signed_in(request)),
        "current": [leader for leader in named if leader.ended_on is None],
        "past": [leader for leader in named if leader.ended_on],
    }
    return handle(
        request,
        form,
        lambda sender: people.name_change_leader(
            enrolment=enrolment, leader=form.leader(), sender=sender
        ),
        page="steps/leaders.html",
        context=context,
        then=_address("leaders", enrolment),
        said=_("Saved"),
    )


def leader_end(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Say from when somebody is no longer a change leader; the name stays in the past."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.RECORD, today())
    leader = access.found(enrolment.change_leaders.filter(pk=pk))
    leader.enrolment = enrolment
    form = LeaderEndForm(posted(request), leader=leader, today=today())
    return handle(
        request,
        form,
        lambda sender: people.end_change_leader(
            leader=leader, on=form.cleaned_data["on"], sender=sender
        ),
        page="steps/leaders_end.html",
        context={**_context(enrolment, user), "leader": leader},
        then=_address("leaders", enrolment),
        said=_("Saved"),
    )


def _enrolment(request: HttpRequest, code: str, year: int) -> Enrolment:
    """To read where one may see the village, to write where one may record for it."""
    right = Right.RECORD if request.method == "POST" else Right.VIEW
    return access.enrolment_for(signed_in(request), code, year, right, today())


def _context(enrolment: Enrolment, user: User) -> dict[str, object]:
    return {
        "enrolment": enrolment,
        "may_record": access.may(user, Right.RECORD, enrolment.village, today()),
        "may_see_names": access.may(user, Right.NAMES, enrolment.village, today()),
    }


def _address(name: str, enrolment: Enrolment) -> str:
    return reverse(f"steps:{name}", args=[enrolment.village.code, enrolment.programme.year])
