"""Cases that wait for a reviewer, made by the verbs people use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.models import User
from steps.models import Enrolment, Step, StepProgress, Submission
from steps.recording import activities, decisions
from steps.recording.activities import Occasion, Part
from steps.recording.enrolments import enrol
from steps.recording.files import Attached
from tests.cast import NOW, World, sender, village
from tests.trust import work
from villages.models import Village

DAY = timedelta(days=1)


def asks_nothing(world: World, number: str = "1.3", reviewer: str = "province") -> Step:
    """A step that can be handed in as it is, reviewed by these levels."""
    step = world.step(number)
    step.requirements.update(level="advised")
    Step.objects.filter(pk=step.pk).update(reviewer=reviewer)
    return world.step(number)


def more_villages(world: World, how_many: int, subdistrict: str = "331402") -> list[Enrolment]:
    """Enrolled villages of Nida, from moo 11 on."""
    rows = [village(f"{subdistrict}{11 + n}", f"บ้าน {11 + n}") for n in range(how_many)]
    enrol(villages=rows, programme=world.programme, officer=world.nida, sender=sender(world.anan))
    return [world.enrolment_of(row) for row in rows]


def handed_in(
    world: World,
    of: Village | Enrolment,
    number: str = "1.3",
    *,
    by: User | None = None,
    at: datetime = NOW,
) -> Submission:
    """A step handed in; by Nida unless somebody else is named."""
    enrolment = world.enrolment_of(of) if isinstance(of, Village) else of
    step = world.step(number)
    decisions.submit(
        enrolment=enrolment, step=step, reasons={}, sender=sender(by or world.nida, at)
    )
    progress = StepProgress.objects.get(enrolment=enrolment, step=step)
    return Submission.objects.for_cases().filter(progress=progress).latest("number")


def meeting(
    world: World,
    enrolments: Iterable[Enrolment],
    number: str = "1.1",
    *,
    files: Iterable[Attached] = (),
) -> list[str]:
    """One occasion held for several villages; the keys of its activities."""
    parts = [Part(enrolment, world.step(number)) for enrolment in enrolments]
    occasion = Occasion(parts, dict(work.BASE), list(files))
    outcome = activities.record(occasion=occasion, sender=sender(world.nida, NOW - 9 * DAY))
    return list(outcome.result["activities"])


def returned(submission: Submission, by: User, reason: str = "ภาพไม่ชัด", **more: object) -> None:
    """Sent back by the province."""
    decisions.send_back(
        submission=submission, level="province", reason=reason, sender=sender(by), **more
    )


def verified(submission: Submission, by: User, level: str = "province") -> None:
    decisions.verify(submission=submission, level=level, sender=sender(by))
