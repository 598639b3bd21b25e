"""Who wrote what a submission stood on: nobody decides on their own work (rule 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, Min, Model, OuterRef, Q, Subquery

from accounts.models import History, User
from steps.models import (
    Activity,
    ChangeLeader,
    Enrolment,
    Evidence,
    Plan,
    PlanItem,
    Requirement,
    ShelfDocument,
    StepProgress,
    Submission,
)
from steps.models.programme import Kind
from steps.models.progress import SubmissionQuerySet
from villages.models import CommitteeMember

# What a reviewer or administrator does with a row is not work on what it says.
NO_AUTHORSHIP = frozenset(
    {
        "accept_late",
        "set_aside",
        "verify",
        "send_back",
        "reopen",
        "enrol",
        "assign",
        "hand_over",
        "carry_over",  # the officer who goes through the list afterwards is its author
        "set_budget",
        "set_own_target",
    }
)

# The snapshot holds the people and the shelf of the whole village; a step stands on them where
# one of its requirements measures them.
OF_MEMBERS = {Kind.COMMITTEE, Kind.LEADER_KINDS, Kind.MEMBERS_PRESENT, Kind.MEMBERS_READY}
OF_TARGETS = {Kind.HOUSEHOLDS_LISTED, Kind.HOUSEHOLDS_PRESENT}

Rows = Mapping[type[Model], Iterable[object]]  # keys by model


def authors_of(submission: Submission) -> set[int]:
    """Who handed it in, or wrote or mended anything it stood on until then."""
    written = Q(pk__in=[])
    for model, keys in rows_of(_asked(Submission.objects.filter(pk=submission.pk)).get()).items():
        about = {"subject_type": model._meta.label_lower, "subject_id__in": [*map(str, keys)]}
        written |= Q(**about)
    entries = History.objects.filter(written, at__lte=submission.at)
    by = entries.exclude(verb__in=NO_AUTHORSHIP).values_list("by", flat=True)
    return {submission.by_id, *by} - {None}


def own_among(user: User, submissions: SubmissionQuerySet) -> set[int]:
    """The keys of those in which a person has a part, as ``authors_of`` judges; two queries."""
    mine = _written_by(user, submissions.values("progress__enrolment__village"))
    villages = {village for village, _at in mine.values()}
    here = Q() if None in villages else Q(progress__enrolment__village__in=villages)
    rows = _asked(submissions.filter(here | Q(by=user) if here else here))
    return {row.pk for row in rows if row.by_id == user.pk or _has_part(mine, row)}


Written = dict[tuple[str, str], tuple[int | None, datetime]]  # row -> its village, first time


def _written_by(user: User, villages: object) -> Written:
    """Each row a person wrote in these villages, or for all of a district (the shelf)."""
    entries = History.objects.filter(by=user).exclude(verb__in=NO_AUTHORSHIP)
    here = entries.filter(Q(village__in=villages) | Q(village=None)).order_by()
    about = here.filter(subject_type__in=[model._meta.label_lower for model in STOOD_ON])
    rows = about.values_list("subject_type", "subject_id", "village").annotate(first=Min("at"))
    return {(kind, key): (village, first) for kind, key, village, first in rows}


def _has_part(mine: Written, submission: Submission) -> bool:
    stood_on = (
        (model._meta.label_lower, str(key))
        for model, keys in rows_of(submission).items()
        for key in keys
    )
    return any(row in mine and mine[row][1] <= submission.at for row in stood_on)


STOOD_ON: tuple[type[Model], ...] = (
    StepProgress,  # shortfalls are explained where a step is handed in
    Activity,
    Evidence,
    PlanItem,
    Plan,
    CommitteeMember,
    Enrolment,
    ChangeLeader,
    ShelfDocument,
)


def _asked(submissions: SubmissionQuerySet) -> SubmissionQuerySet:
    """With what decides which rows of the village a step stands on, and the key of its plan."""
    requirements = Requirement.objects.filter(step=OuterRef("progress__step"))
    plans = Plan.objects.filter(
        enrolment=OuterRef("progress__enrolment"), step=OuterRef("progress__step")
    )
    return submissions.select_related("progress").annotate(
        of_members=Exists(requirements.filter(kind__in=OF_MEMBERS)),
        of_targets=Exists(requirements.filter(kind__in=OF_TARGETS)),
        of_leaders=Exists(requirements.filter(kind=Kind.CHANGE_LEADERS)),
        of_shelf=Exists(requirements.filter(kind=Kind.DOCUMENTS_SHELVED)),
        plan=Subquery(plans.values("pk")[:1]),
    )


def rows_of(submission: Any) -> Rows:
    """The rows a submission stood on, by its snapshot; loaded by ``_asked``."""
    progress, stood_on = submission.progress, submission.snapshot["stood_on"]
    return {
        StepProgress: [progress.pk],
        Activity: stood_on["activities"],
        Evidence: stood_on["evidence"],
        PlanItem: stood_on["plan_items"],
        Plan: [submission.plan],
        CommitteeMember: stood_on["members"] if submission.of_members else (),
        Enrolment: [progress.enrolment_id] if submission.of_targets else (),
        ChangeLeader: stood_on["change_leaders"] if submission.of_leaders else (),
        ShelfDocument: stood_on["documents"] if submission.of_shelf else (),
    }
