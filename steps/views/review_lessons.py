"""Lessons that wait for a reviewer: shared with everybody, or kept in their area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.models import User
from accounts.rights import REVIEWING
from sammachip.answers import handle, signed_in, today
from steps.forms.lessons import KeepForm, ShareForm
from steps.knowledge.carried import Standing, standings_of
from steps.models import Lesson
from steps.personal.naming import words_naming
from steps.personal.phones import phones_in
from steps.recording import lessons as verbs
from steps.recording.lessons import own_lessons
from steps.views.lessons import warned_where_it_stands

LESSONS_A_PAGE = 20
PAGE = "steps/review_lesson.html"


@dataclass(frozen=True)
class Case:
    """A lesson and the two decisions on it; without them where it is the reviewer's own.

    ``standings``: where its text stands in the record of the year.
    """

    lesson: Lesson
    share: ShareForm | None
    keep: KeepForm | None
    standings: list[Standing]

    @property
    def seeming(self) -> list[str]:
        """Words that seem to name somebody, for the reviewer to look at."""
        return words_naming(self.lesson.text)

    @property
    def phones(self) -> list[str]:
        """What looks like a phone number."""
        return phones_in(self.lesson.text)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The lessons that wait where this person reviews, the oldest first."""
    user, on = signed_in(request), today()
    access.require_somewhere(user, REVIEWING, on)
    rows = Paginator(access.lessons_to_decide(user, on).for_lists(), LESSONS_A_PAGE)
    page = rows.get_page(request.GET.get("page"))
    own = own_lessons(user, page.object_list)
    standings = standings_of(page.object_list)
    cases = [
        _case(lesson, standings[lesson.pk], own=lesson.pk in own) for lesson in page.object_list
    ]
    return render(request, "steps/review_lessons.html", {"page": page, "cases": cases})


@require_safe
def lesson(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One lesson, to decide on it, also anew."""
    user = signed_in(request)
    row = access.lesson_to_decide(user, pk, today())
    return render(request, PAGE, _context(user, row))


@require_POST
def share(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let everybody read it."""
    user = signed_in(request)
    row = access.lesson_to_decide(user, pk, today())
    form = ShareForm(request.POST, lesson=row)
    return handle(
        request,
        form,
        lambda sender: verbs.share_lesson(
            lesson=row,
            seen=form.cleaned_data["seen"],
            photo_cleared=form.cleaned_data.get("photo_cleared", False),
            sender=sender,
        ),
        page=PAGE,
        context=_context(user, row, share=form),
        then=reverse("steps:review_lessons"),
        said=_("Shared: everybody reads it now"),
    )


@require_POST
def keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep it in its area."""
    user = signed_in(request)
    row = access.lesson_to_decide(user, pk, today())
    form = KeepForm(request.POST, lesson=row)
    response = handle(
        request,
        form,
        lambda sender: verbs.keep_lesson(
            lesson=row,
            seen=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason"],
            sender=sender,
        ),
        page=PAGE,
        context=_context(user, row, keep=form),
        then=reverse("steps:review_lessons"),
        said=_("Kept in the area"),
    )
    return warned_where_it_stands(request, response, row)


def _context(
    user: User, lesson: Lesson, share: ShareForm | None = None, keep: KeepForm | None = None
) -> dict[str, object]:
    closed = bool(lesson.withdrawn_at or own_lessons(user, [lesson]))
    case = _case(lesson, standings_of([lesson])[lesson.pk], own=closed)
    if not closed:
        case = replace(case, share=share or case.share, keep=keep or case.keep)
    return {"lesson": lesson, "case": case}


def _case(lesson: Lesson, standings: list[Standing], *, own: bool) -> Case:
    if own:
        return Case(lesson, None, None, standings)
    return Case(lesson, ShareForm(lesson=lesson), KeepForm(lesson=lesson), standings)
