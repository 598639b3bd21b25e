"""What waits for the province beside the year of Ban Trakat, and the pages where it is reviewed."""

from __future__ import annotations

from django.urls import reverse

from steps.models import Activity, EvidenceType, KnowledgeRecord, Submission
from steps.recording import activities, decisions, knowledge
from steps.recording.activities import Occasion, Part
from steps.recording.files import Attached, receive
from tests.cast import NOW, World, sender
from tests.full_year import CODE, COMMON, YEAR
from tests.pages import photo


def hand_in_together(world: World) -> list[int]:
    """Step 1.1 of two villages, held in one meeting, handed in; the keys of the submissions.

    Later more came for it, and waits to be accepted.
    """
    step, phing = world.step("1.1"), world.enrolment_of(world.phing)
    step.requirements.update(level="advised")
    picture = receive(upload=photo("olive"), type=EvidenceType.PHOTO, by=world.nida, at=NOW)
    parts = [Part(world.enrolment, step), Part(phing, step)]
    values = {**COMMON, "held_on": "2016-11-21", "summary": "ศึกษาแนวทาง", "total": "12"}
    meeting = Occasion(parts, values, [Attached(picture, picture.type, "การประชุมทีมอำเภอ")])
    activities.record(occasion=meeting, sender=sender(world.nida))
    for enrolment in (world.enrolment, phing):
        decisions.submit(enrolment=enrolment, step=step, reasons={}, sender=sender(world.nida))
    more = Occasion([Part(world.enrolment, step)], {**COMMON, "held_on": "2016-11-25"})
    activities.record(occasion=more, sender=sender(world.nida))
    rows = Submission.objects.filter(progress__step=step).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def province_pages(world: World) -> dict[str, str]:
    """Every page on which the province reviews, by what it is (after FullYear)."""
    waiting = hand_in_together(world)
    decided = Submission.objects.get(progress__step__number="1.3")
    late = Activity.objects.get(late=True)
    record = KnowledgeRecord.objects.select_related("enrolment__village").get()
    knowledge.send_record(record=record, sender=sender(world.nida))
    cases = "&".join(f"case={key}" for key in waiting)
    return {
        "home of the province": "/",
        "queue": reverse("steps:review"),
        "case": reverse("steps:review_case", args=[waiting[0]]),
        "case decided": reverse("steps:review_case", args=[decided.pk]),
        "occasion together": f"{reverse('steps:review_together')}?{cases}",
        "one case in the list": f"{reverse('steps:review_together')}?case={waiting[0]}",
        "late arrivals": reverse("steps:review_late"),
        "late activity": reverse("steps:activity", args=[CODE, YEAR, late.pk]),
        "record to check": reverse("steps:knowledge_publish", args=[CODE, YEAR]),
        "step to review": reverse("steps:step", args=[CODE, YEAR, "1.1"]),
    }
