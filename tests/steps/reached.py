"""Steps verified on given days, by the verbs people use."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from steps.models import StepProgress
from steps.recording import decisions
from tests.cast import BANGKOK, World, sender
from tests.steps.cases import asks_nothing
from villages.models import Village


def at(day: date, hour: int = 10) -> datetime:
    """An hour of a day in Thailand."""
    return datetime.combine(day, time(hour), BANGKOK)


def verified_on(world: World, of: Village, number: str, day: date) -> None:
    """A step handed in the day before and verified on a day."""
    step = asks_nothing(world, number)
    enrolment = world.enrolment_of(of)
    officer = world.nida if of.district_code == "3314" else world.kanya
    early = sender(officer, at(day - timedelta(days=1)))
    decisions.submit(enrolment=enrolment, step=step, reasons={}, sender=early)
    progress = StepProgress.objects.get(enrolment=enrolment, step=step)
    decisions.verify(
        submission=progress.submissions.select_related("progress__step").latest("number"),
        level="province",
        sender=sender(world.suda, at(day)),
    )
