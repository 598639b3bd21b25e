"""A model village: its people, and an activity of theirs before anything is put on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from accounts.models import User
from sammachip.demo.words import DOCUMENTS
from sammachip.generate import words
from sammachip.generate.courses import Course
from sammachip.generate.keys import key
from sammachip.thai.dates import BANGKOK
from steps.models import Activity, Blob, Enrolment, LedBy, Step, Submission
from steps.models.choices import ActivityForm
from villages.models import CommitteeMember, Household

FIRST_WORK = timedelta(days=100)  # of village steps, after the district's own


def afternoon(day: date) -> datetime:
    """When things of a day are written down."""
    return datetime.combine(day, time(16), BANGKOK)


@dataclass
class Cast:
    """A model village: its people, who works there, and what is at hand."""

    course: Course
    enrolment: Enrolment
    steps: list[Step]
    officer: User
    reviewer: User
    photos: list[Blob]
    occupations: list[str]
    households: list[Household] = field(default_factory=list)
    members: list[CommitteeMember] = field(default_factory=list)
    submissions: dict[str, list[Submission]] = field(default_factory=dict)  # by number of step

    @property
    def code(self) -> str:
        return self.enrolment.village.code

    def key(self, *what: object) -> UUID:
        """The key of something of this village; models have different keys."""
        return key(self.code, self.course.nth, *what)

    def rng(self, *what: object) -> Random:
        return Random("/".join(str(word) for word in (self.course.nth, *what)))

    @property
    def targets(self) -> list[Household]:
        return self.households[: self.course.target]

    @property
    def documents(self) -> list[UUID]:
        return [key(self.code[:4], "document", source) for source in DOCUMENTS]

    def held_on(self, step: Step) -> date:
        """District work is held on the days villages share, village work evenly after it."""
        nth, before = self.steps.index(step), sum(other.is_district_work for other in self.steps)
        if step.is_district_work:
            return step.due_on - timedelta(days=14 - 6 * self.course.variant)
        first = step.programme.opens_on + FIRST_WORK
        share = (nth + 1 - before) / (self.course.reached - before)
        return first + max(self.course.works_until - first, timedelta()) * share


def activity_of(cast: Cast, step: Step | None, name: str, held_on: date) -> Activity:
    """An activity of a step or, for None, of follow-up; villages share what a district holds."""
    shared = step is not None and step.is_district_work
    occasion = key(cast.code[:4], "occasion", name, held_on) if shared else None
    return Activity(
        id=cast.key("activity", name),
        enrolment=cast.enrolment,
        step=step,
        occasion=occasion or cast.key("occasion", name),
        shared=shared,
        form=ActivityForm.MEETING,
        held_on=held_on,
        place=words.DISTRICT_HALL if shared else words.VILLAGE_HALL,
        led_by=LedBy.DISTRICT_TEAM if shared else LedBy.OFFICER,
        recorded_by=cast.officer,
        recorded_at=afternoon(held_on + timedelta(days=1)),
    )
