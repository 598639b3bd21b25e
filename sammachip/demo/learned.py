"""What the villages of the home district learned, and the record one of them has published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import uuid5

from sammachip.demo import words
from sammachip.demo.diary import Event
from sammachip.demo.work import Crew
from steps.models import Enrolment, KnowledgeRecord, Lesson, Prompt, Step
from steps.recording import knowledge
from steps.recording.core import Sender
from steps.recording.lessons import NewLesson, NewLessons, add_lessons, print_of, share_lesson
from steps.recording.record_photos import photos_to_choose

RECORD_WRITTEN_AFTER = 5  # recorded steps; the village meets from the fourth on
PHOTOS = 3


@dataclass(frozen=True)
class Learned:
    """A village, what it recorded, and the senders of who writes and of who decides."""

    crew: Crew
    recorded: Sequence[Step]
    officer: Iterator[Sender]
    reviewer: Iterator[Sender]

    @property
    def enrolment(self) -> Enrolment:
        return self.crew.enrolment

    def events(self, *, publishes: bool) -> Iterator[Event]:
        """Lessons of the steps recorded, all but the last one shared; then the record."""
        told = list(self._lessons())
        one = int(self.crew.village.code) % len(told)  # others than the furthest tell of one step
        for step, lessons in told if publishes else told[one : one + 1]:
            sender = next(self.officer)
            yield Event(sender.at, partial(self._write, step, lessons, sender))
        sender = next(self.reviewer)
        yield Event(sender.at, partial(self._share, sender))
        if publishes and len(self.recorded) >= RECORD_WRITTEN_AFTER:
            wrote = [next(self.officer) for _n in range(3)]
            yield Event(wrote[0].at, partial(self._draft, wrote))
            decided = next(self.reviewer)
            yield Event(decided.at, partial(self._publish, decided))

    def _lessons(self) -> Iterator[tuple[Step, Sequence[NewLesson]]]:
        steps = {step.number: step for step in self.recorded}
        for number, lessons in words.LESSONS.items():
            if number in steps:
                yield steps[number], [NewLesson(*lesson) for lesson in lessons]

    def _write(self, step: Step, lessons: Sequence[NewLesson], sender: Sender) -> None:
        new = NewLessons(lessons, step=step)
        add_lessons(enrolment=self.enrolment, new=new, sender=sender)

    def _share(self, sender: Sender) -> None:
        """What worked and what did not; proposals wait for the people of the demo."""
        waiting = Lesson.objects.waiting().filter(enrolment=self.enrolment)
        rows = waiting.exclude(prompt=Prompt.NEXT).select_related("enrolment__village", "step")
        for number, lesson in enumerate(rows):
            own_id = replace(sender, client_id=uuid5(sender.client_id, str(number)))
            share_lesson(lesson=lesson, seen=print_of(lesson), photo_cleared=False, sender=own_id)

    def _draft(self, wrote: Sequence[Sender]) -> None:
        """Drafted from what was recorded, some photos chosen, and sent."""
        knowledge.draft_record(enrolment=self.enrolment, sender=wrote[0])
        differing = {photo.blob_id: photo for photo in photos_to_choose(self.enrolment)}
        chosen = list(differing.values())[:PHOTOS]
        wanted = {f"photo-{photo.pk}": "on" for photo in chosen}
        wanted |= {f"place-{photo.pk}": str(n) for n, photo in enumerate(chosen, start=1)}
        knowledge.choose_record_photos(
            record=self._record(), started={}, wanted=wanted, sender=wrote[1]
        )
        knowledge.send_record(record=self._record(), sender=wrote[2])

    def _publish(self, sender: Sender) -> None:
        record = self._record()
        cleared = list(record.photos.values_list("pk", flat=True))
        version = knowledge.version_of(record)
        knowledge.publish_record(record=record, version=version, cleared=cleared, sender=sender)

    def _record(self) -> KnowledgeRecord:
        """As the views get it."""
        return KnowledgeRecord.objects.select_related(
            "enrolment__programme", "enrolment__officer", "enrolment__village__subdistrict"
        ).get(enrolment=self.enrolment)
