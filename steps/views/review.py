"""The review queue, one case a page, and what a reviewer decides there."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.models import User
from accounts.rights import REVIEWING
from sammachip.answers import refused, signed_in, stored, today
from sammachip.forms import Send, WriteForm
from steps.forms.review import DecisionForm, ReopenForm, ReturnForm
from steps.forms.review_queue import QueueFilterForm
from steps.models import Submission
from steps.recording import decisions
from steps.review.case import CaseShown, case_of, may_see_names
from steps.review.listing import choices_of, lines_of, own_lines
from steps.review.queue import Asked, Queue, days_since, is_own, queue_of
from steps.review.turn import Turn, oldest_words, turn_of, waited_words

QUEUE, CASE = "steps/review_queue.html", "steps/review_case.html"
ENTRIES_A_PAGE = 50
OWN_SHOWN = 20
RECORDS_SHOWN = 50


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for this person, the oldest first; an unknown filter is answered 422."""
    user, on = signed_in(request), today()
    access.require_somewhere(user, REVIEWING, on)
    form = QueueFilterForm(
        request.GET, choices=choices_of(user, request.GET.get("district", ""), on)
    )
    if not form.is_valid():
        return render(request, QUEUE, {"form": form}, status=422)
    asked = form.asked()
    waiting = queue_of(user, asked, on)
    page = Paginator(waiting.entries, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "asked": asked,
        "page": page,
        "count": len(waiting.cases),
        "oldest": oldest_words(waiting.oldest_days(on)) if waiting.entries else "",
        "lines": lines_of(list(page.object_list), asked, on),
        "own": own_lines(waiting.own[:OWN_SHOWN], asked, on),
        "own_count": len(waiting.own),
        "records": list(access.records_waiting_for(user, on).for_lines()[:RECORDS_SHOWN]),
        "lessons": access.lessons_to_decide(user, on).count(),
    }
    return render(request, QUEUE, context)


@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: requirements and answers beside photos and documents, and what to press."""
    submission = access.submission_for(signed_in(request), pk, today())
    return render(request, CASE, case_context(request, submission))


@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Verify a case."""
    submission = access.submission_for(signed_in(request), pk, today())
    form = DecisionForm(request.POST)
    return _decide(
        request,
        submission,
        form,
        lambda sender: decisions.verify(submission=submission, level=form.as_level, sender=sender),
        _("Verified: %(case)s"),
    )


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a case with a reason, and the requirements and photos it is about."""
    user = signed_in(request)
    submission = access.submission_for(user, pk, today())
    shown = case_of(submission, names=may_see_names(user, submission, today()))
    form = ReturnForm(request.POST, nameable=shown.nameable)
    return _decide(
        request,
        submission,
        form,
        lambda sender: decisions.send_back(
            submission=submission,
            level=form.as_level,
            reason=form.full_reason(),
            points=form.points(),
            sender=sender,
        ),
        _("Returned for correction: %(case)s"),
    )


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a verified step again; it goes back to its officer with the reason."""
    submission = access.submission_for(signed_in(request), pk, today())
    form = ReopenForm(request.POST)
    return _decide(
        request,
        submission,
        form,
        lambda sender: decisions.reopen(
            submission=submission,
            level=form.as_level,
            reason=form.cleaned_data["reason"],
            sender=sender,
        ),
        _("Opened again: %(case)s"),
        then=step_address(submission),
    )


def _decide(
    request: HttpRequest,
    submission: Submission,
    form: WriteForm,
    verb: Send,
    said: str,
    then: str = "",
) -> HttpResponse:
    """On to the next case of the queue; what is refused is said on the case's page (422)."""
    user, asked = signed_in(request), Asked.of(request.GET)
    moved_at = submission.progress.moved_at
    outcome = form.send(verb, by=user, at=timezone.now())
    if outcome is None:
        fresh = access.submission_for(user, submission.pk, today())
        return refused(request, CASE, case_context(request, fresh, form), form)
    if not then:
        then = queue_of(user, asked, today()).after(moved_at, submission.pk)
    return stored(request, outcome, then, said % {"case": _title(submission)})


def _title(submission: Submission) -> str:
    progress = submission.progress
    return f"{progress.step.short_title} {progress.enrolment.village.title}"


def step_address(submission: Submission) -> str:
    """The page of the step that was handed in."""
    progress = submission.progress
    where = [progress.enrolment.village.code, progress.enrolment.programme.year]
    return reverse("steps:step", args=[*where, progress.step.number])


# ---------------------------------------------------------------- what the page of a case shows


def case_context(
    request: HttpRequest, submission: Submission, form: WriteForm | None = None
) -> dict[str, Any]:
    """Everything on the page of a case; ``form`` is a decision that was refused."""
    user, on, asked = signed_in(request), today(), Asked.of(request.GET)
    waiting = queue_of(user, asked, on)
    shown = case_of(submission, names=may_see_names(user, submission, on))
    turn = turn_of(user, submission, on, own=_is_own(user, submission, waiting))
    enrolment = submission.progress.enrolment
    return {
        "submission": submission,
        "progress": submission.progress,
        "step": submission.progress.step,
        "enrolment": enrolment,
        "may_see_names": may_see_names(user, submission, on),
        "waited": waited_words(days_since(submission.at, on)),
        "case": shown,
        "turn": turn,
        "place": waiting.place_of(submission.pk),
        "together": waiting.companions_of(submission.pk),
        "asked": asked,
        "step_url": step_address(submission),
        **_forms(turn, shown, form),
    }


def _is_own(user: User, submission: Submission, waiting: Queue) -> bool:
    """As the queue has it; what it does not hold (narrowed, or decided) is asked for."""
    if waiting.holds(submission.pk):
        return False
    return any(row.submission == submission.pk for row in waiting.own) or is_own(user, submission)


def _forms(turn: Turn, shown: CaseShown, form: WriteForm | None) -> dict[str, Any]:
    """The forms of a case: each fresh, but for the one that was refused."""
    returning = (
        form
        if isinstance(form, ReturnForm)
        else ReturnForm(level=turn.level, nameable=shown.nameable)
    )
    named = returning.named()
    is_verify = type(form) is DecisionForm
    return {
        "form": form,
        "verify_form": form if is_verify else DecisionForm(level=turn.level),
        "return_form": returning,
        "reopen_form": form if isinstance(form, ReopenForm) else ReopenForm(level=turn.reopens_as),
        "needs": [(need, named.get(need.point)) for need in shown.needs],
        "photos": [(file, named.get(file.point)) for file in shown.photos],
        "documents": [(file, named.get(file.point)) for file in shown.documents],
    }
