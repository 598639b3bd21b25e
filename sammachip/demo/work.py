"""What a village puts on record for a step: enough for each requirement, or a little less."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sammachip.demo import words
from steps.models import ChangeLeader, Enrolment, EnrolmentHousehold, Plan, PlanItem, Step
from steps.models.choices import Owner
from steps.models.programme import Kind, Requirement
from steps.recording.core import Values
from steps.recording.decisions import Point
from steps.recording.files import Attached
from villages.models import (
    Area,
    CommitteeMember,
    Household,
    LeaderKind,
    Village,
    WorkingCommittee,
)

PHOTOS_A_DAY = 2
ABSENT_EVERY = 4  # in every fourth subdistrict one household could not come, and it is explained


@dataclass
class Crew:
    """The people of one village in the year, and what they have at hand."""

    enrolment: Enrolment
    district: Area
    documents: list[UUID]
    targets: list[UUID] = field(default_factory=list)
    members: list[UUID] = field(default_factory=list)

    @property
    def village(self) -> Village:
        return self.enrolment.village

    @property
    def one_is_absent(self) -> bool:
        return int(self.village.subdistrict_id[4:]) % ABSENT_EVERY == 1

    def place_of(self, step: Step) -> str:
        """Where a step's meeting is held."""
        if step.is_district_work:
            return words.DISTRICT_HALL % self.district.name_th
        return words.MEETING_HALL % self.village.name_th

    # ------------------------------------------------------------ what a step stands on

    def prepare(self, step: Step, on: date) -> None:
        """Choose the people and write the plan that a step's requirements ask for.

        They are written as an import would, in few queries; recording the step counts them.
        """
        for requirement in step.requirements.all():
            if prepare := PREPARE.get(requirement.kind):
                prepare(self, requirement, on)

    def choose_targets(self, requirement: Requirement, on: date) -> None:
        households = self._households()[: requirement.need]
        self.targets = [row.pk for row in households]
        EnrolmentHousehold.objects.bulk_create(
            EnrolmentHousehold(enrolment=self.enrolment, household=row, target=True)
            for row in households
        )

    def choose_committee(self, requirement: Requirement, on: date) -> None:
        """As many members as asked, of the four kinds in turn."""
        committee = WorkingCommittee.objects.create(village=self.village, formed_on=on)
        kinds = LeaderKind.values
        rows = [
            CommitteeMember(
                committee=committee,
                name=household.head_name,
                position=words.POSITIONS[number % len(words.POSITIONS)],
                kind=kinds[number % len(kinds)],
                household=household,
                joined_on=on,
            )
            for number, household in enumerate(self._people(requirement.need))
        ]
        self.members = [row.pk for row in CommitteeMember.objects.bulk_create(rows)]

    def choose_change_leaders(self, requirement: Requirement, on: date) -> None:
        ChangeLeader.objects.bulk_create(
            ChangeLeader(enrolment=self.enrolment, name=row.head_name, household=row, named_on=on)
            for row in self._people(requirement.need)
        )

    def agree_on_goal(self, requirement: Requirement, on: date) -> None:
        Plan.objects.create(enrolment=self.enrolment, step=requirement.step, goal=words.GOAL)

    def plan(self, requirement: Requirement, on: date) -> None:
        """As many items as asked, for each owner that the step wants to see."""
        owners = [
            topic.owner
            for other in requirement.step.requirements.all()
            for topic in other.topics.all()
            if topic.owner
        ] or [Owner.COMMUNITY]
        people = [row.head_name for row in self._households()] or [words.TEAM]
        PlanItem.objects.bulk_create(
            PlanItem(
                enrolment=self.enrolment,
                step=requirement.step,
                owner=owners[number % len(owners)],
                activity=words.PLAN[number % len(words.PLAN)],
                person=people[number % len(people)],
                starts_on=on + timedelta(days=14),
                ends_on=on + timedelta(days=60),
            )
            for number in range(max(requirement.need, len(owners)))
        )

    def _households(self) -> list[Household]:
        return list(Household.objects.filter(village=self.village).in_house_order())

    def _people(self, count: int) -> list[Household]:
        """Heads of households, no two of one name."""
        by_name = {row.head_name: row for row in reversed(self._households())}
        return list(by_name.values())[-count:]

    # ------------------------------------------------------------ what an activity holds

    def filled(self, step: Step, *, whole: bool) -> Values:
        """An activity's values that meet the step's requirements; or all but one topic each."""
        values: Values = {}
        for requirement in step.requirements.all():
            if requirement.kind == Kind.TOPICS:
                topics = list(requirement.topics.all())
                values |= {f"topic-{row.pk}": "on" for row in topics[: None if whole else -1]}
            elif fill := FILL.get(requirement.kind):
                values |= fill(self, requirement)
        return values

    def present(self, requirement: Requirement) -> Values:
        came = self.targets[: -1 if self.one_is_absent else None]
        return {
            f"household-{pk}": "representative" if number % 7 == 0 else "head"
            for number, pk in enumerate(came)
        }

    def reasons(self, step: Step) -> dict[str, str]:
        """Why one household did not come, where that is so."""
        if not self.one_is_absent:
            return {}
        present = step.requirements.all()
        return {row.code: words.SHORTFALL for row in present if row.kind == Kind.HOUSEHOLDS_PRESENT}


def people_of(requirement: Requirement) -> Values:
    """So many of a group, or in all, as asked."""
    name = f"group-{requirement.group_id}" if requirement.group_id else "total"
    return {name: str(requirement.need)}


PREPARE: dict[str, Callable[[Crew, Requirement, date], None]] = {
    Kind.HOUSEHOLDS_LISTED: Crew.choose_targets,
    Kind.COMMITTEE: Crew.choose_committee,
    Kind.CHANGE_LEADERS: Crew.choose_change_leaders,
    Kind.PLAN_GOAL: Crew.agree_on_goal,
    Kind.PLAN_ITEMS: Crew.plan,
}
FILL: dict[str, Callable[[Crew, Requirement], Values]] = {
    Kind.ACTIVITY: lambda crew, row: {"form": row.form},
    Kind.TEXT: lambda crew, row: {f"text-{row.pk}": words.TEXTS[row.order % len(words.TEXTS)]},
    Kind.PEOPLE: lambda crew, row: people_of(row),
    Kind.GROUPS: lambda crew, row: {f"group-{topic.group_id}": "2" for topic in row.topics.all()},
    Kind.HOUSEHOLDS_PRESENT: Crew.present,
    Kind.MEMBERS_PRESENT: lambda crew, row: {f"member-{pk}": "ready" for pk in crew.members},
    Kind.DOCUMENTS_STUDIED: lambda crew, row: {f"document-{pk}": "on" for pk in crew.documents},
    Kind.PLACE: lambda crew, row: words.VISITED,
}


def of_the_day(photos: Sequence[Attached], index: int) -> list[Attached]:
    """Two photos, others on another day."""
    if not photos:
        return []
    return [photos[(index + number) % len(photos)] for number in range(PHOTOS_A_DAY)]


def named_point(step: Step) -> Point:
    """The requirement a return names: a text to write better, or whatever comes first."""
    required = [row for row in step.requirements.all() if row.is_required]
    texts = [row for row in required if row.kind == Kind.TEXT]
    return Point(requirement_id=(texts or required)[0].pk, note=words.RETURN_NOTE)
