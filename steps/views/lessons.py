"""The lessons of a village's year: read, written down, corrected, struck through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import access
from accounts.receipts import Outcome
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from sammachip.forms import ReasonForm
from steps.facts import steps_of
from steps.forms.files import Intake, take_in
from steps.forms.lessons import LessonForm, NewLessonsForm
from steps.knowledge.carried import Standing, standings_of
from steps.models import Enrolment, Lesson, Step
from steps.recording import lessons as verbs
from steps.views.record import NOTHING_SENT


@require_safe
def lessons(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """What was learned in the year, and who reads it."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.VIEW, today())
    rows = list(enrolment.lessons.for_lists())
    context = {
        "enrolment": enrolment,
        "lessons": [row for row in rows if not row.withdrawn_at],
        "withdrawn": [row for row in rows if row.withdrawn_at],
        "may_record": access.may(user, Right.RECORD, enrolment.village, today()),
        "may_review": access.may_review(user, enrolment.village, today()),
    }
    return render(request, "steps/lessons.html", context)


def add(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Write down what was learned; ?step=1.4 or ?activity=… say what it is about."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.RECORD, today())
    steps = steps_of(enrolment.programme_id)
    form = NewLessonsForm(
        posted(request),
        enrolment=enrolment,
        steps=steps,
        intake=_taken_in(request),
        by=user,
        initial=_asked(request, enrolment, steps),
    )
    return handle(
        request,
        form,
        lambda sender: verbs.add_lessons(enrolment=enrolment, new=form.new(), sender=sender),
        page="steps/lessons_add.html",
        context=_context(enrolment),
        then=_address(enrolment),
        said=_said_of_new,
    )


def _taken_in(request: HttpRequest) -> Intake:
    if request.method != "POST":
        return NOTHING_SENT
    return take_in(request.FILES, request.POST, by=signed_in(request), at=timezone.now())


def _asked(request: HttpRequest, enrolment: Enrolment, steps: list[Step]) -> dict[str, Any]:
    """What the address says it is about; an activity brings its step along."""
    key = request.GET.get("activity", "")
    activity = next((row for row in enrolment.activities.all() if str(row.pk) == key), None)
    numbers = {step.pk: step.number for step in steps}
    of_activity = numbers.get(activity.step_id, "") if activity and activity.step_id else ""
    number = of_activity or request.GET.get("step", "")
    return {"step": number, "activity": activity.pk if activity else None}


def _said_of_new(outcome: Outcome) -> str:
    n = len(outcome.result["lessons"])
    words = ngettext(
        "Saved %(n)s lesson. A reviewer decides whether everybody reads it.",
        "Saved %(n)s lessons. A reviewer decides whether everybody reads them.",
        n,
    )
    return words % {"n": n}


def edit(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Correct a lesson; one that was decided on waits for the reviewer again."""
    user = signed_in(request)
    lesson = access.lesson_for(user, code, year, pk, Right.RECORD, today())
    form = LessonForm(
        posted(request),
        lesson=lesson,
        steps=steps_of(lesson.enrolment.programme_id),
        intake=_taken_in(request),
        by=user,
    )
    return handle(
        request,
        form,
        lambda sender: verbs.edit_lesson(
            lesson=lesson,
            started=form.started_values,
            wanted=form.wanted_values(),
            photo=form.photo,
            sender=sender,
        ),
        page="steps/lesson_edit.html",
        context={**_context(lesson.enrolment), "lesson": lesson},
        then=_address(lesson.enrolment),
        said=_said_of_edit,
    )


def _said_of_edit(outcome: Outcome) -> str:
    if outcome.result["waits_again"]:
        return _("Saved. It waits for the reviewer again before others read it.")
    return _("Saved")


def warned_where_it_stands(
    request: HttpRequest, response: HttpResponse, lesson: Lesson
) -> HttpResponse:
    """A lesson was taken back: where its text still stands in a record, the next page says so."""
    standings = standings_of([lesson])[lesson.pk]
    if response.status_code == 303 and standings:
        links = format_html_join(" · ", '<a href="{}">{}</a>', _links(standings))
        messages.warning(request, format_html("{}: {}", where_it_stands(standings), links))
    return response


def _links(standings: Iterable[Standing]) -> Iterator[tuple[str, str]]:
    for standing in standings:
        yield standing.href, standing.title


def where_it_stands(standings: Iterable[Standing]) -> str:
    """That a lesson stands in a record, and what is to do about it."""
    if any(standing.is_published for standing in standings):
        return _(
            "Its text still stands in the published knowledge record, where everybody reads it. "
            "Ask the province to return the record, then take it out of"
        )
    return _(
        "Its text still stands in the knowledge record, which is not published. Take it out of"
    )


def withdraw(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Strike a lesson through, with a reason."""
    lesson = access.lesson_for(signed_in(request), code, year, pk, Right.RECORD, today())
    form = ReasonForm(posted(request))
    response = handle(
        request,
        form,
        lambda sender: verbs.withdraw_lesson(
            lesson=lesson, reason=form.cleaned_data["reason"], sender=sender
        ),
        page="steps/lesson_withdraw.html",
        context={**_context(lesson.enrolment), "lesson": lesson},
        then=_address(lesson.enrolment),
        said=_("Withdrawn. It stays in the history and counts nowhere."),
    )
    return warned_where_it_stands(request, response, lesson)


def _context(enrolment: Enrolment) -> dict[str, object]:
    return {"enrolment": enrolment, "lessons_url": _address(enrolment)}


def _address(enrolment: Enrolment) -> str:
    return reverse("steps:lessons", args=[enrolment.village.code, enrolment.programme.year])
