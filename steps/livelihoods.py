"""What the households of a village live by, and who learned from whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from steps.models import Enrolment, EnrolmentHousehold
from villages.models import Occupation

LearnedFrom = Mapping[UUID, UUID]  # household -> the one it learned from


@dataclass(frozen=True)
class Line:
    """An occupation: how many households live by it, mainly and beside; shares of the most."""

    occupation: Occupation
    main: int
    side: int
    most: int

    @property
    def main_share(self) -> int:
        return 100 * self.main // self.most

    @property
    def side_share(self) -> int:
        return 100 * self.side // self.most


@dataclass(frozen=True)
class Passing:
    """How far a livelihood was passed on: households that stand on a day, each counted once.

    ``in_turn`` learned from one that had learned itself; ``chain`` is the longest line.
    """

    models: int
    learned: int
    in_turn: int
    chain: int


def occupations_of(enrolment: Enrolment, on: date) -> list[Line]:
    """The occupations of the households that stand on a day, the most frequent first."""
    households = enrolment.village.households.active(on)
    main, side = Counter[str](), Counter[str]()
    for lives_by, beside in households.values_list("main_occupation", "side_occupation"):
        main.update(filter(None, [lives_by]))
        side.update(filter(None, [beside]))
    most = max([*main.values(), *side.values()], default=0)
    known = Occupation.objects.in_bulk([*main, *side])
    lines = [Line(known[key], main[key], side[key], most) for key in known]
    return sorted(lines, key=lambda line: (-line.main, -line.side, line.occupation.pk))


def passing_of(rows: Iterable[EnrolmentHousehold]) -> Passing:
    """How far livelihoods were passed on among ``rows`` of a village's year."""
    rows = list(rows)
    learned = learned_from(rows)
    return Passing(
        models=sum(row.model for row in rows),
        learned=len(learned),
        in_turn=sum(teacher in learned for teacher in learned.values()),
        chain=longest_chain(learned),
    )


def learned_from(rows: Iterable[EnrolmentHousehold]) -> dict[UUID, UUID]:
    """Whom each household learned from, of those that learned from one."""
    return {row.household_id: row.learned_from_id for row in rows if row.learned_from_id}


def longest_chain(learned: LearnedFrom) -> int:
    """The households of the longest line in which one learned from the next; 0 without any."""
    return max((len(line_of(pupil, learned)) for pupil in learned), default=0)


def in_a_ring(learned: LearnedFrom) -> set[UUID]:
    """Households that, by way of others, would have learned from themselves."""
    return {pupil for pupil in learned if learned.get(line_of(pupil, learned)[-1]) == pupil}


def line_of(pupil: UUID, learned: LearnedFrom) -> list[UUID]:
    """A household, whom it learned from, and so on; a ring is walked round once."""
    line = [pupil]
    while (teacher := learned.get(line[-1])) is not None and teacher not in line:
        line.append(teacher)
    return line
