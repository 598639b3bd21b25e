"""A village's year and its steps: what is asked, what is there, what is still missing."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.answers import signed_in, today
from sammachip.thai.dates import short
from steps import showing
from steps.changes import words_of
from steps.facts import steps_of
from steps.forms.handing_in import SubmitForm, WithdrawForm
from steps.forms.review import ReopenForm
from steps.learned import learned_of
from steps.lessons import lessons_at
from steps.models import Enrolment, KnowledgeRecord, Status, Step, StepProgress
from steps.models.activities import Activity
from steps.models.choices import OPEN
from steps.money import money_of
from steps.review.thread import Reader, decided, rounds_of
from steps.review.turn import levels_held
from steps.views import needs, network
from steps.views.money import short_words
from steps.views.quiet import silence_of


def year(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The eight steps of a village in a year, each with its status and what is missing."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.VIEW, today())
    names = access.may(user, Right.NAMES, enrolment.village, today())
    rows = step_rows(enrolment, names=names)
    handed_in = sum(row.progress.is_closed for row in rows)
    follow_up = enrolment.activities.outside_steps().for_lists()
    learned = learned_of(enrolment)
    context = {
        "enrolment": enrolment,
        "phases": _by_phase(rows),
        "handed_in": _("%(n)s of %(all)s steps handed in") % {"n": handed_in, "all": len(rows)},
        "next": next((row for row in rows if row.progress.status in OPEN), None),
        "follow_up": showing.activity_rows(follow_up, enrolment, names=False),
        "silence": silence_of(user, enrolment),
        "money": short_words(money_of(enrolment, enrolment.contributions.standing())),
        "record": KnowledgeRecord.Status(learned.record).label if learned.record else "",
        "lessons": learned.lessons,
        "assessed": short(learned.assessed_on) if learned.assessed_on else "",
        "needs": needs.short_words(learned.needs, learned.answered),
        "network": network.short_words(learned.network),
        "may_record": access.may(user, Right.RECORD, enrolment.village, today()),
        "may_review": access.may_review(user, enrolment.village, today()),
    }
    return render(request, "steps/year.html", context)


def step_rows(enrolment: Enrolment, *, names: bool) -> list[showing.StepRow]:
    """The steps of an enrolment in order, in words; why one came back where names may be seen."""
    stored = {row.step_id: row for row in enrolment.progress.all()}
    reasons = dict(enrolment.shortfalls.values_list("requirement__code", "reason"))
    returns = enrolment.progress.returns() if names else {}
    return [
        showing.step_row(
            step,
            stored[step.pk],
            enrolment,
            today=today(),
            reasons=reasons,
            returned=returns.get(stored[step.pk].pk),
        )
        for step in steps_of(enrolment.programme_id)
        if step.pk in stored
    ]


def _by_phase(rows: list[showing.StepRow]) -> list[tuple[object, list[showing.StepRow]]]:
    phases: dict[object, list[showing.StepRow]] = {}
    for row in rows:
        phases.setdefault(row.step.phase, []).append(row)
    return list(phases.items())


def step(request: HttpRequest, code: str, year: int, number: str) -> HttpResponse:
    """One step: purpose, what is missing, what is there, what to press next."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.VIEW, today())
    return render(request, "steps/step.html", step_context(request, enrolment, number))


def step_context(
    request: HttpRequest, enrolment: Enrolment, number: str, form: SubmitForm | None = None
) -> dict[str, object]:
    """What the step page shows; ``form`` is a hand-in that was refused."""
    user, village = signed_in(request), enrolment.village
    step = access.step_of(enrolment, number)
    progress = enrolment.progress.with_submissions().get(step=step)
    progress.step = step
    names = access.may(user, Right.NAMES, village, today())
    activities = list(enrolment.activities.of_step(step).for_lists())
    may_record = access.may(user, Right.RECORD, village, today())
    rows = requirement_rows(enrolment, step, progress, activities)
    if not may_record:
        rows = [replace(row, href="", mend="") for row in rows]
    form = form or SubmitForm(rows=rows)
    return {
        "enrolment": enrolment,
        "step": step,
        "progress": progress,
        "late_days": progress.days_late(today()),
        "due": showing.due_words(step, progress, today()),
        "missing": [row for row in rows if row.blocks and progress.is_open],
        "changed": words_of(progress.changes),
        "explained": [row for row in rows if row.explained],
        "met": [row for row in rows if row.met],
        "advised": [row for row in rows if row.advised and not row.met],
        "rows": rows,
        "waits_for": showing.waiting_for(rows),
        "activities": showing.activity_rows(activities, enrolment, names=names),
        "lessons": lessons_at(enrolment, step),
        "form": form,
        "withdraw_form": WithdrawForm(),
        "may_record": may_record,
        "may_see_names": names,
        "submission": progress.handed_in_as(),
        "may_withdraw": progress.may_be_withdrawn(),
        **_reviewed(user, progress, enrolment, activities),
    }


def _reviewed(
    user: User, progress: StepProgress, enrolment: Enrolment, activities: list[Activity]
) -> dict[str, object]:
    """The thread of the step, and what a reviewer may press."""
    village, standing = enrolment.village, progress.standing_submissions()
    reader = Reader(
        enrolment,
        last=_last_counted(activities),
        names=access.may(user, Right.NAMES, village, today()),
        mends=access.may(user, Right.RECORD, village, today()) and progress.is_open,
    )
    returned = progress.last_return()
    reviewer = access.may_review(user, village, today())
    levels = levels_held(user, progress.step, village, today())
    reopens = progress.status == Status.VERIFIED and bool(levels)
    return {
        "rounds": rounds_of(progress, reader),
        "last_return": decided(returned, progress, reader) if returned else None,
        "case": standing[-1] if standing and reviewer else None,
        "reopen_form": ReopenForm(level=levels[-1]) if reopens else None,
        "added_later": _added_later(progress, activities),
    }


def _added_later(progress: StepProgress, activities: list[Activity]) -> bool:
    """Whether a verified step has anything that came late and counts since."""
    submission = progress.handed_in_as()
    if progress.status != Status.VERIFIED or submission is None:
        return False
    rows = [row for activity in activities for row in (activity, *activity.evidence.all())]
    accepted = [row.accepted_at for row in rows if row.counts and row.accepted_at]
    return any(at > submission.at for at in accepted)


def requirement_rows(
    enrolment: Enrolment, step: Step, progress: StepProgress, activities: list[Activity]
) -> list[showing.RequirementRow]:
    """What the step asks for now; of a closed step what it was handed in with (rule 3)."""
    submission = progress.handed_in_as()
    if submission:
        return showing.rows_handed_in(step, submission)
    reasons = enrolment.shortfalls.filter(requirement__step=step)
    return showing.requirement_rows(
        step,
        progress,
        enrolment,
        reasons=dict(reasons.values_list("requirement__code", "reason")),
        last=_last_counted(activities),
    )


def _last_counted(activities: list[Activity]) -> Activity | None:
    counted = [activity for activity in activities if activity.counts]
    return counted[-1] if counted else None
