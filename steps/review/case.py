"""One case: what a step was handed in with, beside its photos, and what changed since a return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.thai.dates import short
from steps import showing
from steps.changes import Marks, changed_since, marks_of, that_matter, words_of
from steps.models import (
    Activity,
    Enrolment,
    Evidence,
    Requirement,
    Review,
    Submission,
)
from steps.models.choices import HOLDS_NAMES
from steps.models.programme import Kind
from steps.models.progress import submissions_with_reviews
from steps.review.answers import Answer, answers_of
from steps.review.thread import Reader, Round, rounds_of
from steps.showing import ActivityRow, RequirementRow


@dataclass(frozen=True)
class Need:
    """One requirement of a case. ``point`` is its name in a return."""

    row: RequirementRow
    href: str
    was: str

    @property
    def point(self) -> str:
        return f"requirement-{self.row.requirement.pk}"


@dataclass(frozen=True)
class File:
    """A photo or document of a case. ``point`` is its name in a return."""

    evidence: Evidence
    mark: str
    activity: str

    @property
    def point(self) -> str:
        return f"evidence-{self.evidence.pk}"


@dataclass(frozen=True)
class Told:
    """An activity of a case with its answers."""

    row: ActivityRow
    mark: str
    answers: list[Answer]


@dataclass(frozen=True)
class CaseShown:
    """Everything a reviewer looks at. ``hidden`` papers hold names this person may not see."""

    needs: list[Need]
    told: list[Told]
    photos: list[File]
    documents: list[File]
    hidden: int
    since_return: list[str]
    since_handing_in: list[str]
    rounds: list[Round]

    @property
    def nameable(self) -> list[tuple[str, str]]:
        """What a return can name: the name in the form, and its words."""
        things: list[Any] = [*self.needs, *self.photos, *self.documents]
        return [(thing.point, _label(thing)) for thing in things]


def _label(thing: Need | File) -> str:
    label = thing.row.requirement.label if isinstance(thing, Need) else thing.evidence
    return str(label)


def case_of(submission: Submission, *, names: bool) -> CaseShown:
    """One case, in seven queries; ``submission`` was loaded for_cases."""
    progress = submission.progress
    enrolment, step = progress.enrolment, progress.step
    _load(submission)
    activities = list(enrolment.activities.of_step(step).for_lists().select_related("recorded_by"))
    before = returned_before(submission)
    files = list(_files(activities, _marks(before, submission, "evidence"), names=names))
    return CaseShown(
        needs=_needs(submission, before),
        told=_told(activities, enrolment, _marks(before, submission, "activities"), names=names),
        photos=[file for file in files if file.evidence.blob.is_image],
        documents=[file for file in files if not file.evidence.blob.is_image],
        hidden=_hidden(activities, names=names),
        since_return=_since(before, submission),
        since_handing_in=words_of(progress.changes) if progress.is_closed else [],
        rounds=rounds_of(progress, Reader(enrolment, names=names)),
    )


def _load(submission: Submission) -> None:
    """The thread of the step, and its requirements, ended ones too."""
    requirements = Requirement.objects.select_related("after_step").order_by("order")
    prefetch_related_objects([submission.progress], *submissions_with_reviews())
    prefetch_related_objects([submission.progress.step], Prefetch("requirements", requirements))


def returned_before(submission: Submission) -> Submission | None:
    """The last submission before this one that was returned or reopened."""
    earlier = [
        row
        for row in submission.progress.standing_submissions()
        if row.number < submission.number
        and any(review.decision != Review.Decision.VERIFIED for review in row.reviews.all())
    ]
    return earlier[-1] if earlier else None


def _marks(before: Submission | None, now: Submission, part: str) -> Marks:
    if before is None:
        return Marks()
    return marks_of(before.snapshot["stood_on"], now.snapshot["stood_on"], part)


def _mark(key: object, marks: Marks) -> str:
    if str(key) in marks.added:
        return _("New since it was returned")
    return _("Changed since returned") if str(key) in marks.changed else ""


def _since(before: Submission | None, now: Submission) -> list[str]:
    """What changed between a return and this submission, in words."""
    if before is None:
        return []
    changes = changed_since(before.snapshot["stood_on"], now.snapshot["stood_on"])
    return words_of(that_matter(now.progress.step, changes))


# ---------------------------------------------------------------- requirements


def _needs(submission: Submission, before: Submission | None) -> list[Need]:
    progress = submission.progress
    measures = before.snapshot["measures"] if before else {}
    return [
        Need(row, _seen_at(row.requirement, progress.enrolment), _was(row, measures))
        for row in showing.rows_handed_in(progress.step, submission)
    ]


def _was(row: RequirementRow, measures: Mapping[str, Any]) -> str:
    """What it was when it was returned, where that is another figure."""
    then = measures.get(row.requirement.code)
    if then is None or then[0] == row.have:
        return ""
    return _("was %(amount)s") % {"amount": then[0]}


PEOPLE = {
    Kind.COMMITTEE: "villages:committee",
    Kind.LEADER_KINDS: "villages:committee",
}
OF_THE_YEAR = {
    Kind.HOUSEHOLDS_LISTED: "steps:targets",
    Kind.CHANGE_LEADERS: "steps:leaders",
    Kind.PLAN_GOAL: "steps:plan",
    Kind.PLAN_ITEMS: "steps:plan",
    Kind.PLAN_OWNERS: "steps:plan",
}


def _seen_at(requirement: Requirement, enrolment: Enrolment) -> str:
    """The page where what it counts is to be seen; "" for what the case itself shows."""
    code, year = enrolment.village.code, enrolment.programme.year
    kind = Kind(requirement.kind)
    if kind in PEOPLE:
        return reverse(PEOPLE[kind], args=[code])
    if kind in OF_THE_YEAR:
        return reverse(OF_THE_YEAR[kind], args=[code, year])
    if kind == Kind.DOCUMENTS_SHELVED:
        return reverse("steps:shelf", args=[enrolment.village.district_code, year])
    if kind == Kind.AFTER and requirement.after_step:
        return reverse("steps:step", args=[code, year, requirement.after_step.number])
    return ""


# ---------------------------------------------------------------- activities and files


def _told(
    activities: list[Activity], enrolment: Enrolment, marks: Marks, *, names: bool
) -> list[Told]:
    answers = answers_of(activities)
    rows = showing.activity_rows(activities, enrolment, names=names)
    return [Told(row, _mark(row.activity.pk, marks), answers[row.activity.pk]) for row in rows]


def _files(activities: Iterable[Activity], marks: Marks, *, names: bool) -> Iterable[File]:
    """The files of activities that stand; of the papers that hold names only what may be seen."""
    for activity in activities:
        for evidence in activity.evidence.all():
            stands = activity.withdrawn_at is None and evidence.withdrawn_at is None
            if stands and (names or evidence.type not in HOLDS_NAMES):
                words = f"{short(activity.held_on)} {activity.place}"
                yield File(evidence, _mark(evidence.pk, marks), words)


def _hidden(activities: Iterable[Activity], *, names: bool) -> int:
    if names:
        return 0
    evidence = [row for activity in activities for row in activity.evidence.all()]
    return sum(row.type in HOLDS_NAMES for row in evidence if row.withdrawn_at is None)


def may_see_names(user: User, submission: Submission, on: date) -> bool:
    """Whether the person sees the names of people in the village of a case."""
    return access.may(user, Right.NAMES, submission.progress.enrolment.village, on)
