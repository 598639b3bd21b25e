"""The money of a village's year: the budget, what the community put in, and its share (S21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from steps.models import Contribution, Enrolment
from steps.rollups import per_cent


@dataclass(frozen=True)
class Money:
    """Sums in baht. ``budget`` is None while nobody has entered it; ``goal`` is in per cent."""

    budget: Decimal | None
    cash: Decimal
    kind: Decimal
    goal: int

    @property
    def contributed(self) -> Decimal:
        """In cash and in kind together."""
        return self.cash + self.kind

    @property
    def share(self) -> int | None:
        """Per cent of the budget, rounded down; None where there is no budget to measure by."""
        return per_cent(self.contributed, self.budget) if self.budget else None

    @property
    def goal_baht(self) -> Decimal:
        """What the programme asks of the community, in baht."""
        return (self.budget or Decimal()) * self.goal / 100

    @property
    def is_under(self) -> bool:
        """Whether the share is smaller than the programme asks: a warning, never a block."""
        return self.share is not None and self.share < self.goal


def money_of(enrolment: Enrolment, standing: Iterable[Contribution]) -> Money:
    """The sums of a village's year; ``standing`` are its contributions that were not withdrawn."""
    sums = dict.fromkeys(Contribution.Form.values, Decimal())
    for row in standing:
        sums[row.form] += row.value
    return Money(enrolment.budget, **sums, goal=enrolment.programme.community_share)
