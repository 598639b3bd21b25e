"""What a record is drafted from: everything recorded for one village's year, and no name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from steps.conditions import Measured, measured
from steps.facts import Facts, facts_of, steps_of
from steps.livelihoods import passing_of
from steps.models import (
    AssessedFactor,
    Assessment,
    AttendeeGroup,
    Contribution,
    Enrolment,
    FactorLevel,
    Lesson,
    LessonKind,
    Need,
    NetworkLink,
    Step,
)
from villages.models import Household


@dataclass(frozen=True)
class Households:
    """The households of a village as numbers: by occupation, and who learned from whom."""

    number: int
    occupations: list[tuple[str, int]]
    examples: int
    learned: int


@dataclass(frozen=True)
class Material:
    """One village's year on one day. Withdrawn rows are left out."""

    enrolment: Enrolment
    on: date
    steps: list[Step]
    facts: Facts
    groups: dict[str, str]
    shortfalls: dict[str, str]
    lessons: list[Lesson]
    assessment: Assessment | None
    levels: list[AssessedFactor]
    needs: list[Need]
    links: list[NetworkLink]
    contributions: list[Contribution]
    measures: list[Measured]
    households: Households

    def lessons_of(self, *kinds: LessonKind) -> list[Lesson]:
        """What was learned of these kinds, in the order of the kinds."""
        return [lesson for kind in kinds for lesson in self.lessons if lesson.kind == kind]


def material_of(enrolment: Enrolment, *, on: date) -> Material:
    """All of it, in a fixed number of queries however much was recorded."""
    assessment = Assessment.objects.filter(enrolment=enrolment).first()
    return Material(
        enrolment=enrolment,
        on=on,
        steps=steps_of(enrolment.programme_id),
        facts=facts_of([enrolment], today=on)[0],
        groups={group.pk: str(group) for group in AttendeeGroup.objects.all()},
        shortfalls=dict(enrolment.shortfalls.values_list("requirement__code", "reason")),
        lessons=list(enrolment.lessons.for_records()),
        assessment=assessment,
        levels=list(_levels(assessment)) if assessment else [],
        needs=list(enrolment.needs.standing()),
        links=list(enrolment.network_links.standing()),
        contributions=list(enrolment.contributions.standing()),
        measures=measured(enrolment, on=on),
        households=_households(enrolment, on=on),
    )


def _levels(assessment: Assessment) -> Iterable[AssessedFactor]:
    shown = Prefetch("factor__levels", FactorLevel.objects.all())
    levels = assessment.levels.select_related("factor").prefetch_related(shown)
    return levels.order_by("factor__order")


def _households(enrolment: Enrolment, *, on: date) -> Households:
    day = enrolment.programme.judged_on(on)
    rows = Household.objects.active(day).filter(village=enrolment.village_id)
    living = list(rows.select_related("main_occupation"))
    work = Counter(str(row.main_occupation) for row in living if row.main_occupation)
    passing = passing_of(enrolment.households.standing(day))
    return Households(
        number=len(living),
        occupations=sorted(work.items(), key=lambda pair: (-pair[1], pair[0])),
        examples=passing.models,
        learned=passing.learned,
    )
