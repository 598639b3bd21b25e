"""What the villages of the home district were given, and what their communities put in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from sammachip.demo import words
from sammachip.demo.diary import Event
from sammachip.demo.work import Crew
from steps.recording.core import Sender
from steps.recording.money import NewContribution, add_contribution, set_budget

BUDGET = Decimal(20_000)
FIRST_VILLAGE_STEP = 4  # the community puts something in once it meets


def of_village(crew: Crew, recorded: int, senders: Iterator[Sender]) -> Iterator[Event]:
    """The budget once work has begun, and contributions of a village that has met."""
    if recorded:
        sender = next(senders)
        yield Event(sender.at, partial(_budget, crew, sender))
    if recorded >= FIRST_VILLAGE_STEP:
        for form, description, amount, unit, value in words.CONTRIBUTIONS:
            sender = next(senders)
            given = NewContribution(
                form=form,
                given_on=sender.today,
                description=description,
                value=Decimal(value),
                amount=Decimal(amount) if amount else None,
                unit=unit,
            )
            yield Event(sender.at, partial(_contribute, crew, given, sender))


def _budget(crew: Crew, sender: Sender) -> None:
    wanted = {"budget": f"{BUDGET:f}"}
    set_budget(enrolment=crew.enrolment, started={}, wanted=wanted, sender=sender)


def _contribute(crew: Crew, given: NewContribution, sender: Sender) -> None:
    add_contribution(enrolment=crew.enrolment, contribution=given, sender=sender)
