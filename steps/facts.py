"""What measures look at: everything recorded for villages in a year, loaded in a fixed number
of queries however many villages there are.

What ends is judged as lateness is: on the day, or on the programme's last day once that is past,
so that nothing which ends later changes a past year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Prefetch

from steps.models import (
    Activity,
    ChangeLeader,
    Enrolment,
    EnrolmentHousehold,
    Evidence,
    Plan,
    PlanItem,
    ShelfDocument,
    Step,
    Submission,
)
from steps.models.progress import StepProgress
from villages.models import CommitteeMember

T = TypeVar("T")


@dataclass(frozen=True)
class Facts:
    """What is known of one enrolment on one day. Activities are the counted ones, by date."""

    enrolment: Enrolment
    activities: list[Activity]
    waiting: list[Activity]
    target_households: frozenset[UUID]
    members: list[CommitteeMember]
    change_leaders: list[ChangeLeader]
    goals: dict[int, str]
    plan_items: list[PlanItem]
    shelf: list[ShelfDocument]
    submissions: dict[int, list[Submission]]

    def activities_of(self, step: Step) -> list[Activity]:
        return [activity for activity in self.activities if activity.step_id == step.pk]

    def waiting_of(self, step: Step) -> list[Activity]:
        return [activity for activity in self.waiting if activity.step_id == step.pk]

    def evidence_of(self, step: Step) -> list[Evidence]:
        return [
            evidence
            for activity in self.activities_of(step)
            for evidence in activity.evidence.all()
            if evidence.counts
        ]

    def plan_items_of(self, step: Step) -> list[PlanItem]:
        return [item for item in self.plan_items if item.step_id == step.pk]

    def submissions_of(self, step: Step) -> list[Submission]:
        """Standing submissions of a step, the first one first, with their reviews."""
        progress_submissions = self.submissions.get(step.pk, [])
        return sorted(progress_submissions, key=lambda submission: submission.number)


def steps_of(programme_id: int, *, using: str = "default") -> list[Step]:
    """The steps of a programme in order, with requirements and topics (three queries)."""
    steps = Step.objects.using(using).current().filter(programme_id=programme_id)
    return list(steps.with_requirements().order_by("order"))


def facts_of(
    enrolments: Iterable[Enrolment], *, today: date, using: str = "default"
) -> list[Facts]:
    """The facts of each enrolment (all of one programme), in the order given."""
    enrolments = list(enrolments)
    if not enrolments:
        return []
    as_of = enrolments[0].programme.judged_on(today)
    ids = [enrolment.pk for enrolment in enrolments]
    activities = _activities(ids, using)
    targets = _by(_targets(enrolments, as_of, using), lambda row: row[0])
    members = _by(_members(enrolments, as_of, using), lambda member: member.committee.village_id)
    leaders = ChangeLeader.objects.using(using).standing(as_of).filter(enrolment__in=ids)
    leaders_of = _by(leaders, _enrolment_id)
    goals = _by(Plan.objects.using(using).filter(enrolment__in=ids), _enrolment_id)
    items = _by(PlanItem.objects.using(using).standing().filter(enrolment__in=ids), _enrolment_id)
    shelves = _by(_shelf(enrolments, as_of, using), lambda document: document.district_id)
    submissions = _by(_submissions(ids, using), lambda submission: submission.progress.enrolment_id)
    return [
        Facts(
            enrolment=enrolment,
            activities=[row for row in activities[enrolment.pk] if row.counts],
            waiting=[row for row in activities[enrolment.pk] if row.waits],
            target_households=frozenset(row[1] for row in targets[enrolment.pk]),
            members=members[enrolment.village_id],
            change_leaders=leaders_of[enrolment.pk],
            goals={plan.step_id: plan.goal for plan in goals[enrolment.pk]},
            plan_items=items[enrolment.pk],
            shelf=shelves[enrolment.village.district_code],
            submissions=_by(
                submissions[enrolment.pk], lambda submission: submission.progress.step_id
            ),
        )
        for enrolment in enrolments
    ]


def _by(rows: Iterable[T], key: Callable[[T], Any]) -> defaultdict[Any, list[T]]:
    groups: defaultdict[Any, list[T]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _enrolment_id(row: Any) -> int:
    return row.enrolment_id


def _activities(ids: list[int], using: str) -> defaultdict[Any, list[Activity]]:
    rows = (
        Activity.objects.using(using)
        .filter(enrolment__in=ids, withdrawn_at__isnull=True)
        .prefetch_related(
            "attendances",
            "member_attendances",
            "group_counts",
            "topics",
            "documents",
            "texts",
            "agencies",
            Prefetch("evidence", Evidence.objects.filter(withdrawn_at__isnull=True)),
        )
        .order_by("held_on", "recorded_at", "id")
    )
    return _by(rows, _enrolment_id)


def _targets(enrolments: list[Enrolment], as_of: date, using: str) -> Iterable[tuple[int, UUID]]:
    rows = EnrolmentHousehold.objects.using(using).standing(as_of)
    targets = rows.filter(enrolment__in=enrolments, target=True)
    return targets.values_list("enrolment_id", "household_id")


def _members(enrolments: list[Enrolment], as_of: date, using: str) -> Iterable[CommitteeMember]:
    villages = [enrolment.village_id for enrolment in enrolments]
    return (
        CommitteeMember.objects.using(using)
        .serving(as_of)
        .filter(committee__village__in=villages)
        .select_related("committee")
    )


def _shelf(enrolments: list[Enrolment], as_of: date, using: str) -> Iterable[ShelfDocument]:
    districts = {enrolment.village.district_code for enrolment in enrolments}
    return (
        ShelfDocument.objects.using(using)
        .standing(as_of)
        .filter(programme=enrolments[0].programme_id, district__in=districts)
    )


def _submissions(ids: list[int], using: str) -> Iterable[Submission]:
    return (
        Submission.objects.using(using)
        .standing()
        .filter(progress__enrolment__in=ids)
        .select_related("progress")
        .prefetch_related("reviews")
    )


def progress_of(
    enrolments: Iterable[Enrolment], *, using: str = "default"
) -> defaultdict[Any, dict[int, StepProgress]]:
    """Rows of progress by enrolment and step."""
    rows: defaultdict[Any, dict[int, StepProgress]] = defaultdict(dict)
    ids = [enrolment.pk for enrolment in enrolments]
    for row in StepProgress.objects.using(using).filter(enrolment__in=ids):
        rows[row.enrolment_id][row.step_id] = row
    return rows
