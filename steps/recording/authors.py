"""Who wrote what a submission stood on: nobody decides on their own work (rule 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Model, Q

from accounts.models import History
from steps.models import (
    Activity,
    ChangeLeader,
    Enrolment,
    Evidence,
    Plan,
    PlanItem,
    ShelfDocument,
    StepProgress,
    Submission,
)
from steps.models.programme import Kind
from villages.models import CommitteeMember

# What a reviewer or administrator does with a row is not work on what it says.
NO_AUTHORSHIP = frozenset(
    {
        "accept_late",
        "verify",
        "send_back",
        "reopen",
        "enrol",
        "assign",
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
    for model, keys in rows_of(submission).items():
        about = {"subject_type": model._meta.label_lower, "subject_id__in": [*map(str, keys)]}
        written |= Q(**about)
    entries = History.objects.filter(written, at__lte=submission.at)
    by = entries.exclude(verb__in=NO_AUTHORSHIP).values_list("by", flat=True)
    return {submission.by_id, *by} - {None}


def rows_of(submission: Submission) -> Rows:
    """The rows a submission stood on, by its snapshot."""
    progress, stood_on = submission.progress, submission.snapshot["stood_on"]
    kinds = set(progress.step.requirements.values_list("kind", flat=True))
    plan = Plan.objects.filter(enrolment=progress.enrolment_id, step=progress.step_id)
    return {
        StepProgress: [progress.pk],  # shortfalls are explained where a step is handed in
        Activity: stood_on["activities"],
        Evidence: stood_on["evidence"],
        PlanItem: stood_on["plan_items"],
        Plan: plan.values_list("pk", flat=True),
        CommitteeMember: stood_on["members"] if kinds & OF_MEMBERS else (),
        Enrolment: [progress.enrolment_id] if kinds & OF_TARGETS else (),
        ChangeLeader: stood_on["change_leaders"] if Kind.CHANGE_LEADERS in kinds else (),
        ShelfDocument: stood_on["documents"] if Kind.DOCUMENTS_SHELVED in kinds else (),
    }
