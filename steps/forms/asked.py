"""What an activity's form asks: the households, members, groups and topics of its steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from steps.models import AttendeeGroup, Enrolment, ShelfDocument
from steps.models.programme import Kind, Requirement, Step
from villages.models import CommitteeMember, Household


@dataclass(frozen=True)
class AskedOf:
    """For what an activity is recorded: a village's year, its steps, on which day it is asked."""

    enrolment: Enrolment
    steps: list[Step]
    today: date
    lists_names: bool = True  # not for someone whose posting has ended

    @cached_property
    def requirements(self) -> list[Requirement]:
        return [item for step in self.steps for item in step.requirements.all()]

    def of_kind(self, *kinds: Kind) -> list[Requirement]:
        return [item for item in self.requirements if item.kind in kinds]

    @property
    def is_district_work(self) -> bool:
        return bool(self.steps) and self.steps[0].is_district_work

    @cached_property
    def groups(self) -> list[tuple[AttendeeGroup, bool]]:
        """The groups the steps name, each once, and whether it is asked village by village."""
        found: dict[str, tuple[AttendeeGroup, bool]] = {}
        for requirement in self.of_kind(Kind.PEOPLE):
            if requirement.group:
                found[requirement.group.pk] = (requirement.group, requirement.per_village)
        for requirement in self.of_kind(Kind.GROUPS):
            for topic in requirement.topics.all():
                if topic.group:
                    found.setdefault(topic.group.pk, (topic.group, False))
        return list(found.values())

    @cached_property
    def households(self) -> list[Household]:
        """Target households first, each by house number, as on the printed sign-in sheet."""
        on = self.enrolment.programme.judged_on(self.today)
        rows = self.enrolment.village.households.active(on).in_house_order()
        return sorted(rows, key=lambda row: row.pk not in self.targets)

    @property
    def asks_households(self) -> bool:
        """Whether any requirement counts which households came."""
        of_targets = (group for group, _per_village in self.groups if group.of_targets)
        return bool(self.of_kind(Kind.HOUSEHOLDS_PRESENT)) or any(of_targets)

    @cached_property
    def members(self) -> list[CommitteeMember]:
        on = self.enrolment.programme.judged_on(self.today)
        members = CommitteeMember.objects.serving(on)
        return list(members.filter(committee__village=self.enrolment.village_id))

    @cached_property
    def targets(self) -> set[object]:
        rows = self.enrolment.households.filter(target=True)
        return set(rows.values_list("household_id", flat=True))

    @cached_property
    def documents(self) -> list[ShelfDocument]:
        if not self.of_kind(Kind.DOCUMENTS_STUDIED):
            return []
        shelf = ShelfDocument.objects.current().filter(programme=self.enrolment.programme_id)
        return list(shelf.filter(district=self.enrolment.village.district_code))
