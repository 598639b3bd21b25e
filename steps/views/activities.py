"""An activity that stands: reading it, correcting it, adding files, withdrawing it."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from sammachip.forms import ReasonForm
from steps import showing
from steps.forms.activity import initial_of
from steps.forms.asked import AskedOf
from steps.forms.files import take_in
from steps.forms.record import ActivityEditForm, FilesForm
from steps.forms.review import SettleForm
from steps.models import Activity
from steps.recording import activities
from steps.recording.activity_values import activity_values
from steps.review.late import settleable
from steps.views.record import NOTHING_SENT

PAGE = "steps/activity.html"


def detail(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """One activity with who came and its files."""
    user = signed_in(request)
    activity = access.activity_for(user, code, year, pk, Right.VIEW, today())
    return render(request, PAGE, activity_context(request, activity))


def activity_context(
    request: HttpRequest, activity: Activity, form: SettleForm | None = None
) -> dict[str, object]:
    """What the page of an activity shows; ``form`` is a late arrival that could not be settled."""
    user, village = signed_in(request), activity.enrolment.village
    names = access.may(user, Right.NAMES, village, today())
    shown = showing.activity(activity, names=names)
    return {
        "activity": activity,
        "enrolment": activity.enrolment,
        "shown": shown,
        "may_record": access.may(user, Right.RECORD, village, today()),
        "may_see_names": names,
        "settleable": settleable(activity, shown.evidence, user, today()),
        "form": form or SettleForm(),
    }


def edit(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Correct an activity; what somebody else changed meanwhile is shown, never overwritten."""
    activity, posting_ended = _activity_to_change(request, code, year, pk)
    steps = [access.step_of(activity.enrolment, activity.step.number)] if activity.step else []
    values = activity_values(activity)
    form = ActivityEditForm(
        posted(request),
        asked=AskedOf(activity.enrolment, steps, today(), lists_names=not posting_ended),
        stored=values,
        initial=initial_of(activity, values),
    )
    return handle(
        request,
        form,
        lambda sender: activities.edit_activity(
            activity=activity,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
            posting_ended=posting_ended,
        ),
        page="steps/activity_edit.html",
        context=_context(activity) | {"asked": form.asked},
        then=reverse("home") if posting_ended else _address(activity),
        said=_("Saved"),
    )


def withdraw(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Strike a wrong activity through, with a reason."""
    activity = access.activity_for(signed_in(request), code, year, pk, Right.RECORD, today())
    form = ReasonForm(posted(request))
    return handle(
        request,
        form,
        lambda sender: activities.withdraw_activity(
            activity=activity, reason=form.cleaned_data["reason"], sender=sender
        ),
        page="steps/activity_withdraw.html",
        context=_context(activity),
        then=_address(activity),
        said=_("Withdrawn. It stays in the history and counts nowhere."),
    )


def add_files(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Add photos or documents to an activity."""
    user = signed_in(request)
    activity, posting_ended = _activity_to_change(request, code, year, pk)
    intake = NOTHING_SENT
    if request.method == "POST":
        intake = take_in(request.FILES, request.POST, by=user, at=timezone.now())
    form = FilesForm(posted(request), intake=intake, by=user)
    return handle(
        request,
        form,
        lambda sender: activities.add_evidence(
            activity=activity,
            files=form.attached(),
            sender=sender,
            posting_ended=posting_ended,
        ),
        page="steps/activity_files.html",
        context=_context(activity),
        then=reverse("home") if posting_ended else _address(activity),
        said=_("Saved"),
    )


def _activity_to_change(
    request: HttpRequest, code: str, year: int, pk: UUID
) -> tuple[Activity, bool]:
    """The activity, and whether the person sends this after their posting ended (rule 6)."""
    user = signed_in(request)
    try:
        return access.activity_for(user, code, year, pk, Right.RECORD, today()), False
    except (Http404, PermissionDenied):
        activity = access.activity_once_held(user, code, year, pk, today())
        if request.method != "POST" or activity is None:
            raise
        return activity, True


def _context(activity: Activity) -> dict[str, object]:
    return {
        "activity": activity,
        "enrolment": activity.enrolment,
        "activity_url": _address(activity),
    }


def _address(activity: Activity) -> str:
    enrolment = activity.enrolment
    return reverse(
        "steps:activity", args=[enrolment.village.code, enrolment.programme.year, activity.pk]
    )
