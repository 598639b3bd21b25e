"""Several cases looked at in one list, or one shared occasion once with its villages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from steps import showing
from steps.changes import words_of
from steps.models import Activity, Enrolment, Evidence, Submission
from steps.models.choices import HOLDS_NAMES
from steps.recording.decisions_together import why_alone
from steps.review.answers import answers_of
from steps.review.case import File, Told
from steps.review.queue import Queue, days_since

PHOTOS_SHOWN = 6  # of one case in the list


@dataclass(frozen=True)
class Line:
    """One case of the list. ``apart`` says why it is not decided here ("" where it is)."""

    submission: Submission
    waited: int
    amount: str
    people: int
    photos: list[Evidence]
    explained: list[tuple[str, str]]
    apart: str

    @property
    def enrolment(self) -> Enrolment:
        return self.submission.progress.enrolment


@dataclass(frozen=True)
class Together:
    """The cases, and where all stand on the same occasion alone, its activities and files once."""

    lines: list[Line]
    told: list[Told]
    photos: list[File]

    @property
    def decidable(self) -> list[Line]:
        return [line for line in self.lines if not line.apart]


def together_of(
    submissions: Sequence[Submission], queue: Queue, on: date, *, names: bool
) -> Together:
    """Cases loaded for_cases, in four queries; ``queue`` says which of them wait for the reader."""
    activities = _activities(submissions)
    lines = [_line(row, activities[_key(row)], queue, on, names=names) for row in submissions]
    first = activities[_key(submissions[0])] if submissions else []
    if len(submissions) < 2 or not _one_occasion(activities, submissions):
        return Together(lines, [], [])
    enrolment = submissions[0].progress.enrolment
    return Together(lines, _told(first, enrolment, names=names), _files(first, names=names))


Key = tuple[int, int]  # enrolment and step


def _key(submission: Submission) -> Key:
    return (submission.progress.enrolment_id, submission.progress.step_id)


def _activities(submissions: Collection[Submission]) -> defaultdict[Key, list[Activity]]:
    """The counted activities of each case, with their files."""
    enrolments = {row.progress.enrolment_id for row in submissions}
    steps = {row.progress.step_id for row in submissions}
    rows = Activity.objects.counted().filter(enrolment__in=enrolments, step__in=steps).for_lists()
    found: defaultdict[Key, list[Activity]] = defaultdict(list)
    for row in rows:
        found[row.enrolment_id, row.step_id or 0].append(row)
    return found


def _one_occasion(activities: dict[Key, list[Activity]], submissions: Sequence[Submission]) -> bool:
    """Whether all cases stand on the same occasions, and on nothing of their own."""
    rows = [activities[_key(submission)] for submission in submissions]
    if not all(rows) or not all(row.shared for case in rows for row in case):
        return False
    occasions: set[frozenset[UUID]] = {frozenset(row.occasion for row in case) for case in rows}
    return len(occasions) == 1


def _line(
    submission: Submission, activities: list[Activity], queue: Queue, on: date, *, names: bool
) -> Line:
    progress = submission.progress
    explained = submission.snapshot["explained"]
    return Line(
        submission=submission,
        waited=days_since(submission.at, on),
        amount=f"{progress.met} / {progress.asked}",
        people=progress.people,
        photos=[file.evidence for file in _files(activities, names=names)][:PHOTOS_SHOWN],
        explained=[(code, why if names else "") for code, why in explained.items() if why],
        apart=_apart(submission, queue),
    )


def _apart(submission: Submission, queue: Queue) -> str:
    """Why a case is not decided with the others."""
    if any(case.submission == submission.pk for case in queue.own):
        return _("You cannot review your own record.")
    if not queue.holds(submission.pk):
        return _("It does not wait for you any more.")
    return {
        "explained": _("Something is short and explained: decide it on its own page."),
        "came_back": _("It came back after a return: decide it on its own page."),
        "changed": _("Changed since it was handed in: %(what)s. Decide it on its own page.")
        % {"what": _(", ").join(words_of(submission.progress.changes))},
    }.get(why_alone(submission), "")


def _told(activities: list[Activity], enrolment: Enrolment, *, names: bool) -> list[Told]:
    answers = answers_of(activities)
    rows = showing.activity_rows(activities, enrolment, names=names)
    return [Told(row, "", answers[row.activity.pk]) for row in rows]


def _files(activities: Collection[Activity], *, names: bool) -> list[File]:
    """The photos of counted activities."""
    return [
        File(evidence, "", "")
        for activity in activities
        for evidence in activity.evidence.all()
        if evidence.counts and evidence.blob.is_image
        if names or evidence.type not in HOLDS_NAMES
    ]
