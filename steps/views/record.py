"""Recording an activity: one page, one POST; what was typed survives every mistake."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import User
from accounts.receipts import Outcome
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from sammachip.thai.dates import DateError, parse_date
from steps.facts import steps_of
from steps.forms.asked import AskedOf
from steps.forms.files import Intake, take_in
from steps.forms.record import HouseholdHereForm, RecordForm
from steps.models import ActivityForm, Enrolment, LedBy, Step
from steps.models.programme import Kind
from steps.recording import activities, people

PAGE = "steps/record.html"
NOTHING_SENT = Intake([], [])


def record(request: HttpRequest, code: str, year: int, number: str) -> HttpResponse:
    """Record an activity of a step, perhaps for several villages or two steps."""
    enrolment, posting_ended = _enrolment_to_record(request, code, year)
    steps = {row.number: row for row in steps_of(enrolment.programme_id)}
    if number not in steps:
        raise Http404
    step = steps.pop(number)
    others = [row for row in steps.values() if row.scope == step.scope]
    also = [row for row in others if row.number in request.POST.getlist("also")]
    asked = AskedOf(enrolment, [step, *also], today(), lists_names=not posting_ended)
    return _recorded(request, asked, others)


def follow_up(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Record an activity outside the steps: before, between or after them."""
    enrolment, posting_ended = _enrolment_to_record(request, code, year)
    return _recorded(request, AskedOf(enrolment, [], today(), lists_names=not posting_ended), [])


def _recorded(request: HttpRequest, asked: AskedOf, others: list[Step]) -> HttpResponse:
    options = _options(request, asked, others)
    context = {
        "asked": asked,
        "enrolment": asked.enrolment,
        "step": asked.steps[0] if asked.steps else None,
        "new_household": HouseholdHereForm(prefix="new"),
    }
    pressed = request.POST.get("do", "save")
    if pressed != "save" and not asked.lists_names:
        raise Http404  # they may send in what happened, not read or change the village they left
    if pressed == "add_household":
        return _household_added(request, options, context)
    if pressed == "show":
        return render(request, PAGE, {**context, "form": _kept(request.POST, options)})
    posting_ended = not asked.lists_names
    form = RecordForm(posted(request), initial=_initial(signed_in(request), asked), **options)
    return handle(
        request,
        form,
        lambda sender: activities.record(
            occasion=form.occasion(posting_ended=posting_ended), sender=sender
        ),
        page=PAGE,
        context=context,
        then=reverse("home") if posting_ended else _back(asked),
        said=_told,
    )


def _told(outcome: Outcome) -> str:
    """What was stored, and what of it waits to be accepted."""
    stored, late = len(outcome.result["activities"]), len(outcome.result["late"])
    if late:
        return _("Saved: %(stored)s, of which %(late)s arrived late and wait to be accepted") % {
            "stored": stored,
            "late": late,
        }
    return _("Saved") if stored == 1 else _("Saved: %(stored)s activities") % {"stored": stored}


def _options(request: HttpRequest, asked: AskedOf, others: list[Step]) -> dict[str, Any]:
    """What the form is made of, with the files of this request taken in."""
    user = signed_in(request)
    intake = NOTHING_SENT
    if request.method == "POST":
        intake = take_in(request.FILES, request.POST, by=user, at=timezone.now())
    return {
        "asked": asked,
        "choices_of_villages": _other_villages(request, asked),
        "choices_of_steps": others,
        "intake": intake,
        "by": user,
    }


def _back(asked: AskedOf) -> str:
    village, year = asked.enrolment.village.code, asked.enrolment.programme.year
    if not asked.steps:
        return reverse("steps:year", args=[village, year])
    return reverse("steps:step", args=[village, year, asked.steps[0].number])


# ---------------------------------------------------------------- who may, and for what


def _enrolment_to_record(request: HttpRequest, code: str, year: int) -> tuple[Enrolment, bool]:
    """The enrolment, and whether the person records it after their posting ended (rule 6)."""
    user = signed_in(request)
    try:
        return access.enrolment_for(user, code, year, Right.RECORD, today()), False
    except (Http404, PermissionDenied):
        day = _day_posted(request)
        enrolment = access.enrolment_once_held(user, code, year, day, today()) if day else None
        if enrolment is None:
            raise
        return enrolment, True


def _day_posted(request: HttpRequest) -> date | None:
    if request.method != "POST":
        return None
    try:
        return parse_date(request.POST.get("held_on", ""))
    except DateError:
        return None


def _other_villages(request: HttpRequest, asked: AskedOf) -> list[Enrolment]:
    """Villages district work may be recorded for in one go: of the district, within the posting."""
    if not asked.is_district_work:
        return []
    own, user = asked.enrolment, signed_in(request)
    if asked.lists_names:
        enrolments = access.enrolments_for(user, Right.RECORD, today())
    else:
        enrolments = access.enrolments_once_held(user, _day_posted(request), today())
    in_district = enrolments.of_district(own.village.district_code, own.programme)
    return list(in_district.for_pages().exclude(pk=own.pk))


# ---------------------------------------------------------------- what the form starts with


def _initial(user: User, asked: AskedOf) -> dict[str, Any]:
    """The form the step asks for, the officer leading, and the place used last here."""
    forms_asked = [item.form for item in asked.of_kind(Kind.ACTIVITY) if item.form]
    last = asked.enrolment.activities.last_by(user)
    return {
        "form": forms_asked[0] if forms_asked else ActivityForm.FOLLOW_UP,
        "led_by": LedBy.DISTRICT_TEAM if asked.is_district_work else LedBy.OFFICER,
        "place": last.place if last else "",
    }


def _kept(data: Any, options: dict[str, Any]) -> RecordForm:
    """The form as typed so far, shown again without judging it."""
    bound = RecordForm(data, **options)
    initial = {
        name: field.widget.value_from_datadict(data, {}, name)
        for name, field in bound.fields.items()
    }
    options = {**options, "intake": Intake(bound.received, options["intake"].refused)}
    return RecordForm(initial=initial, **options)


def _household_added(
    request: HttpRequest, options: dict[str, Any], context: dict[str, Any]
) -> HttpResponse:
    """Add a household without leaving the form; it comes back ticked."""
    asked = options["asked"]
    here = HouseholdHereForm(request.POST, prefix="new")
    outcome = here.send(
        lambda sender: people.add_household(
            village=asked.enrolment.village, household=here.household(), sender=sender
        ),
        by=signed_in(request),
        at=timezone.now(),
    )
    data = request.POST.copy()
    if outcome:
        data.appendlist("present", outcome.result["household"])
        options = {**options, "asked": AskedOf(asked.enrolment, asked.steps, asked.today)}
        here = HouseholdHereForm(prefix="new")
    if outcome:
        messages.success(request, _("The household was added and ticked."))
    context = {**context, "form": _kept(data, options), "new_household": here, "forms": [here]}
    return render(request, PAGE, context, status=200 if outcome else 422)
