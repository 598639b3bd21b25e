"""What waits for one person to decide, the oldest first; what belongs together is one entry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Exists, OuterRef, Subquery, When
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.models import User
from steps.models import Activity, Submission
from steps.models.activities import ActivityQuerySet
from steps.models.progress import StepProgressQuerySet
from steps.recording.authors import own_among

MEANT = {"year": "[0-9]{4}", "step": r"[0-9]{1,2}\.[0-9]{1,2}", "district": "[0-9]{4}"}
MOST_TOGETHER = 100  # cases opened together; their keys stand in one address


@dataclass(frozen=True)
class Asked:
    """What the queue is narrowed by, each a parameter of its address; empty where nothing is."""

    year: str = ""
    step: str = ""
    district: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """As it stands in an address; what cannot be meant is passed over, it only narrows."""
        given = {name: query.get(name, "") for name in MEANT}
        return cls(
            **{name: text for name, text in given.items() if re.fullmatch(MEANT[name], text)}
        )

    @property
    def query(self) -> str:
        """The same to put behind an address: "?year=2560", or nothing."""
        asked = {field.name: getattr(self, field.name) for field in fields(self)}
        given = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(given)}" if given else ""

    @property
    def address(self) -> str:
        return reverse("steps:review") + self.query


@dataclass(frozen=True)
class Waiting:
    """A step of a village that waits, by the submission a decision would name.

    ``alike`` is the same for cases that stand on the same shared occasions alone, else None.
    """

    submission: int
    moved_at: datetime
    alike: tuple[object, ...] | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the queue: a case, or the cases of one occasion."""

    cases: tuple[Waiting, ...]

    @property
    def first(self) -> Waiting:
        return self.cases[0]

    @property
    def key(self) -> tuple[datetime, int]:
        """Where it stands in the queue."""
        return (self.first.moved_at, self.first.submission)

    def address(self, asked: Asked) -> str:
        """Where it is looked at."""
        if len(self.cases) == 1:
            return reverse("steps:review_case", args=[self.first.submission]) + asked.query
        return together_address([case.submission for case in self.cases], asked)


def together_address(submissions: Iterable[int], asked: Asked) -> str:
    """Where several cases are looked at together."""
    cases = urlencode({"case": list(submissions)}, doseq=True)
    return reverse("steps:review_together") + (f"{asked.query}&" if asked.query else "?") + cases


@dataclass(frozen=True)
class Place:
    """Where an entry stands in the queue, and the ways to its neighbours ("" where none is)."""

    number: int
    total: int
    previous: str
    following: str


@dataclass(frozen=True)
class Queue:
    """What waits for one person, and what waits but is their own work (for somebody else)."""

    entries: list[Entry]
    own: list[Waiting]
    asked: Asked

    @property
    def cases(self) -> list[Waiting]:
        return [case for entry in self.entries for case in entry.cases]

    def oldest_days(self, on: date) -> int:
        """How many days the oldest case has waited."""
        return days_since(self.entries[0].first.moved_at, on) if self.entries else 0

    def holds(self, submission: int) -> bool:
        """Whether it waits for this very person."""
        return any(case.submission == submission for case in self.cases)

    def place_of(self, submission: int) -> Place | None:
        """Where a case stands; None where it is not in the queue."""
        for number, entry in enumerate(self.entries):
            if any(case.submission == submission for case in entry.cases):
                return self._place(number)
        return None

    def _place(self, number: int) -> Place:
        before, after = self.entries[:number][-1:], self.entries[number + 1 :][:1]
        return Place(
            number + 1,
            len(self.entries),
            previous=before[0].address(self.asked) if before else "",
            following=after[0].address(self.asked) if after else "",
        )

    def companions_of(self, submission: int) -> str:
        """Where the cases of the same occasion are looked at together; "" where there is none."""
        for entry in self.entries:
            if len(entry.cases) > 1 and any(row.submission == submission for row in entry.cases):
                return entry.address(self.asked)
        return ""

    def after(self, moved_at: datetime | None, submission: int) -> str:
        """What to look at after a decision: what follows, else the oldest, else the queue."""
        here = (moved_at, submission)
        following = [entry for entry in self.entries if moved_at and entry.key > here]
        rest = following or self.entries
        return rest[0].address(self.asked) if rest else self.asked.address


def days_since(when: datetime, on: date) -> int:
    """Whole days from a moment to a day."""
    return max((on - timezone.localdate(when)).days, 0)


def queue_of(user: User, asked: Asked, on: date) -> Queue:
    """The queue of one person, in three queries however long it is."""
    waiting = _waiting(user, asked, on)
    cases = [_case(*row) for row in waiting.values_list(*COLUMNS)]
    newest = Submission.objects.filter(pk__in=[case.submission for case in cases])
    own = own_among(user, newest) if cases else set()
    mine = [case for case in cases if case.submission in own]
    entries = list(_entries(case for case in cases if case.submission not in own))
    return Queue(entries, mine, asked)


COLUMNS = ("submission", "moved_at", "step", "waits_for", "first_occasion", "last_occasion")


def _case(submission: int, moved_at: datetime, *alike: Any) -> Waiting:
    """Alike are those of one step and level that stand on the same shared occasions."""
    return Waiting(submission, moved_at, alike if alike[-1] else None)


def _waiting(user: User, asked: Asked, on: date) -> StepProgressQuerySet:
    rows = access.waiting_for(user, on).filter(step__ended_on__isnull=True)
    if asked.year:
        rows = rows.filter(step__programme__year=asked.year)
    if asked.step:
        rows = rows.filter(step__number=asked.step)
    if asked.district:
        rows = rows.filter(district_code=asked.district)
    newest = Submission.objects.standing().filter(progress=OuterRef("pk")).order_by("-number")
    return rows.annotate(
        submission=Subquery(newest.values("pk")[:1]),
        first_occasion=_shared_occasion("occasion"),
        last_occasion=_shared_occasion("-occasion"),
    ).order_by("moved_at", "submission")


def _counted() -> ActivityQuerySet:
    same = {"enrolment": OuterRef("enrolment"), "step": OuterRef("step")}
    return Activity.objects.counted().filter(**same)


def _shared_occasion(order: str) -> Case:
    """The first occasion of the step's activities, where every one is shared; else nothing."""
    first = Subquery(_counted().order_by(order).values("occasion")[:1])
    return Case(When(Exists(_counted().filter(shared=False)), then=None), default=first)


def _entries(cases: Iterable[Waiting]) -> Iterator[Entry]:
    """Cases of one occasion in one entry, where its oldest case stands."""
    groups: dict[object, list[Waiting]] = {}
    for case in cases:
        groups.setdefault(case.alike or case.submission, []).append(case)
    for group in groups.values():
        for start in range(0, len(group), MOST_TOGETHER):
            yield Entry(tuple(group[start : start + MOST_TOGETHER]))


def is_own(user: User, submission: Submission) -> bool:
    """Whether a person has a part in one submission, in the queue or not."""
    return bool(own_among(user, Submission.objects.filter(pk=submission.pk)))
