"""Several like cases, or one occasion with its villages: looked at once, decided in one go."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.models import User
from accounts.receipts import Outcome
from accounts.rights import REVIEWING
from sammachip.answers import refused, signed_in, stored, today
from steps.forms.review import TogetherForm
from steps.models import Submission
from steps.recording import decisions_together
from steps.recording.core import Sender
from steps.review.case import may_see_names
from steps.review.queue import MOST_TOGETHER, Asked, queue_of
from steps.review.together import Together, together_of

PAGE = "steps/review_together.html"


def together(request: HttpRequest) -> HttpResponse:
    """The cases named in the address: looked at in a list; the ticked ones decided (POST)."""
    user = signed_in(request)
    access.require_somewhere(user, REVIEWING, today())
    submissions = _asked_for(user, request.GET.getlist("case"))
    if request.method != "POST":
        unlike = len({row.progress.step_id for row in submissions}) > 1
        context = _context(request, submissions, TogetherForm(level=_level(submissions)))
        return render(request, PAGE, context, status=422 if unlike else 200)
    submissions = submissions or _posted(user, request.POST.getlist("case"))
    form = TogetherForm(request.POST, cases=[row.pk for row in submissions])
    outcome = form.send(
        lambda sender: _decide(form, submissions, sender), by=user, at=timezone.now()
    )
    if outcome is None:
        fresh = access.submissions_for(user, [row.pk for row in submissions], today())
        return refused(request, PAGE, _context(request, fresh, form), form)
    return stored(request, outcome, _following(request, submissions), _said(form, outcome))


def _decide(form: TogetherForm, submissions: Iterable[Submission], sender: Sender) -> Outcome:
    chosen = [row for row in submissions if row.pk in form.chosen()]
    if form.cleaned_data["do"] == TogetherForm.VERIFY:
        return decisions_together.verify_together(
            submissions=chosen, level=form.as_level, sender=sender
        )
    return decisions_together.send_back_together(
        submissions=chosen, level=form.as_level, reason=form.full_reason(), sender=sender
    )


def _asked_for(user: User, keys: list[str]) -> list[Submission]:
    """The cases in an address; one that is not there, or not in the area, is not found."""
    numbers = {int(key) for key in keys if re.fullmatch("[1-9][0-9]{0,15}", key)}
    found = access.submissions_for(user, numbers, today()) if numbers else []
    if len(found) < len(set(keys)) or len(found) > MOST_TOGETHER:
        raise Http404
    return found


def _posted(user: User, keys: list[str]) -> list[Submission]:
    """The cases in a body, as far as they are there; the form says what of the rest."""
    numbers = {int(key) for key in keys[:MOST_TOGETHER] if re.fullmatch("[1-9][0-9]{0,15}", key)}
    return access.submissions_for(user, numbers, today()) if numbers else []


def _level(submissions: list[Submission]) -> str:
    """The level whose turn the cases are."""
    return next((row.progress.waits_for for row in submissions if row.progress.waits_for), "")


def _following(request: HttpRequest, submissions: list[Submission]) -> str:
    """Where the queue goes on after these."""
    user, asked = signed_in(request), Asked.of(request.GET)
    moments = [(row.progress.moved_at, row.pk) for row in submissions if row.progress.moved_at]
    moved_at, pk = min(moments, default=(None, 0))
    return queue_of(user, asked, today()).after(moved_at, pk)


def _said(form: TogetherForm, outcome: Outcome) -> str:
    n = len(outcome.result["reviews"])
    if form.cleaned_data["do"] == TogetherForm.VERIFY:
        return ngettext("%(n)s case verified", "%(n)s cases verified", n) % {"n": n}
    return ngettext("%(n)s case returned", "%(n)s cases returned", n) % {"n": n}


def _context(
    request: HttpRequest, submissions: list[Submission], form: TogetherForm
) -> dict[str, Any]:
    user, on, asked = signed_in(request), today(), Asked.of(request.GET)
    names = all(may_see_names(user, row, on) for row in submissions)
    shown: Together = together_of(submissions, queue_of(user, Asked(), on), on, names=names)
    if not form.is_bound:
        form.offered = [str(line.submission.pk) for line in shown.decidable]
    ticked = form.ticked()
    return {
        "form": form,
        "asked": asked,
        "shown": shown,
        "lines": [(line, str(line.submission.pk) in ticked) for line in shown.lines],
        "step": submissions[0].progress.step if submissions else None,
        "unlike": len({row.progress.step_id for row in submissions}) > 1,
        "may_see_names": names,
        "title": _title(shown),
    }


def _title(shown: Together) -> str:
    n = len(shown.lines)
    if shown.told:
        words = ngettext("%(n)s village of one occasion", "%(n)s villages of one occasion", n)
    else:
        words = ngettext("%(n)s case together", "%(n)s cases together", n)
    return words % {"n": n} if n else _("No case is chosen")
