"""What a village puts on record for each kind of requirement, as much as is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.db.models import Model

from sammachip.demo.words import GOAL, PLAN, POSITIONS, TEXTS, VISITED
from sammachip.generate import words
from sammachip.generate.cast import Cast, afternoon
from steps.models import (
    Activity,
    ActivityText,
    Attendance,
    ChangeLeader,
    EnrolmentHousehold,
    Evidence,
    EvidenceType,
    GroupCount,
    MemberAttendance,
    Plan,
    PlanItem,
    Shortfall,
)
from steps.models.choices import Owner
from steps.models.programme import Kind, Requirement
from villages.models import CommitteeMember, LeaderKind, WorkingCommittee

Rows = Iterator[Model]

# ---------------------------------------------------------------- before an activity


def _targets(cast: Cast, requirement: Requirement, on: date) -> Rows:
    for nth, household in enumerate(cast.targets):
        yield EnrolmentHousehold(
            enrolment=cast.enrolment,
            household=household,
            target=True,
            model=nth < 2,
            livelihood=PLAN[nth % len(PLAN)],
        )
    if cast.course.one_absent:
        for other in requirement.step.requirements.all():
            if other.kind == Kind.HOUSEHOLDS_PRESENT:
                yield Shortfall(
                    enrolment=cast.enrolment,
                    requirement=other,
                    reason=words.ABSENT,
                    by=cast.officer,
                    at=afternoon(on),
                )


def _committee(cast: Cast, requirement: Requirement, on: date) -> Rows:
    committee = WorkingCommittee(village=cast.enrolment.village, formed_on=on)
    yield committee
    for nth in range(requirement.need + cast.course.nth % 3):
        member = CommitteeMember(
            id=cast.key("member", nth),
            committee=committee,
            name=cast.households[nth].head_name,
            position=POSITIONS[nth % len(POSITIONS)],
            kind=LeaderKind.values[nth % len(LeaderKind.values)],
            household=cast.households[nth],
            joined_on=on,
        )
        cast.members.append(member)
        yield member


def _leaders(cast: Cast, requirement: Requirement, on: date) -> Rows:
    for nth, household in enumerate(cast.households[: requirement.need]):
        yield ChangeLeader(
            id=cast.key("leader", nth),
            enrolment=cast.enrolment,
            name=household.head_name,
            household=household,
            named_on=on,
        )


def _goal(cast: Cast, requirement: Requirement, on: date) -> Rows:
    yield Plan(enrolment=cast.enrolment, step=requirement.step, goal=GOAL)


def _plan(cast: Cast, requirement: Requirement, on: date) -> Rows:
    step = requirement.step
    owners = [
        topic.owner
        for other in step.requirements.all()
        for topic in other.topics.all()
        if topic.owner
    ] or [Owner.COMMUNITY]
    for nth in range(max(requirement.need, len(owners))):
        yield PlanItem(
            id=cast.key("plan", step.number, nth),
            enrolment=cast.enrolment,
            step=step,
            owner=owners[nth % len(owners)],
            activity=PLAN[nth % len(PLAN)],
            person=POSITIONS[nth % len(POSITIONS)],
            starts_on=on + timedelta(days=14),
            ends_on=on + timedelta(days=60),
        )


PREPARE: dict[str, Callable[[Cast, Requirement, date], Rows]] = {
    Kind.HOUSEHOLDS_LISTED: _targets,
    Kind.COMMITTEE: _committee,
    Kind.CHANGE_LEADERS: _leaders,
    Kind.PLAN_GOAL: _goal,
    Kind.PLAN_ITEMS: _plan,
}

# ---------------------------------------------------------------- what an activity holds


def _form(cast: Cast, requirement: Requirement, activity: Activity) -> Rows:
    activity.form = requirement.form
    yield from ()


def _topics(cast: Cast, requirement: Requirement, activity: Activity) -> Rows:
    for topic in requirement.topics.all():
        yield Activity.topics.through(activity=activity, topic=topic)


def _people(cast: Cast, requirement: Requirement, activity: Activity) -> Rows:
    if requirement.group_id is None:
        activity.total = requirement.need + cast.course.nth % 9
    else:
        asked = max(requirement.need, cast.course.target)
        yield GroupCount(activity=activity, group=requirement.group, people=asked)


def _groups(cast: Cast, requirement: Requirement, activity: Activity) -> Rows:
    for topic in requirement.topics.all():
        yield GroupCount(activity=activity, group=topic.group, people=2)


def _present(cast: Cast, requirement: Requirement, activity: Activity) -> Rows:
    for nth, household in enumerate(cast.targets[: -1 if cast.course.one_absent else None]):
        yield Attendance(activity=activity, household=household, representative=nth % 7 == 0)


def _members_present(cast: Cast, requirement: Requirement, activity: Activity) -> Rows:
    for member in cast.members:
        yield MemberAttendance(activity=activity, member=member, ready=True)


def _documents(cast: Cast, requirement: Requirement, activity: Activity) -> Rows:
    for document in cast.documents:
        yield Activity.documents.through(activity=activity, shelfdocument_id=document)


def _text(cast: Cast, requirement: Requirement, activity: Activity) -> Rows:
    text = TEXTS[requirement.order % len(TEXTS)]
    yield ActivityText(activity=activity, requirement=requirement, text=text)


def _place(cast: Cast, requirement: Requirement, activity: Activity) -> Rows:
    for name, value in VISITED.items():
        setattr(activity, name, value)
    yield from ()


def _evidence(cast: Cast, requirement: Requirement, activity: Activity) -> Rows:
    if not requirement.is_required and requirement.step.is_district_work:
        return
    for nth in range(requirement.need):
        blob = cast.photos[nth if requirement.is_required else -1 - nth]
        yield Evidence(
            id=cast.key("evidence", activity.pk.hex[:20], requirement.code, nth),
            activity=activity,
            blob=blob,
            sha256_received=blob.sha256,
            type=requirement.evidence_type or EvidenceType.PHOTO,
            added_by=cast.officer,
            added_at=activity.recorded_at,
        )


FILL: dict[str, Callable[[Cast, Requirement, Activity], Rows]] = {
    Kind.ACTIVITY: _form,
    Kind.TOPICS: _topics,
    Kind.PEOPLE: _people,
    Kind.GROUPS: _groups,
    Kind.HOUSEHOLDS_PRESENT: _present,
    Kind.MEMBERS_PRESENT: _members_present,
    Kind.MEMBERS_READY: lambda cast, requirement, activity: iter(()),
    Kind.DOCUMENTS_STUDIED: _documents,
    Kind.TEXT: _text,
    Kind.PLACE: _place,
    Kind.EVIDENCE: _evidence,
}
