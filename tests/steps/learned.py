"""Lessons made by the verbs people use."""

from __future__ import annotations

from accounts.models import User
from steps.models import Lesson, ReceivedFile
from steps.recording.lessons import (
    NewLesson,
    NewLessons,
    add_lessons,
    keep_lesson,
    print_of,
    share_lesson,
)
from tests.cast import World, sender
from villages.models import Village


def learned(
    world: World,
    text: str = "ประชุมตอนเย็นมากันครบ",
    *,
    village: Village | None = None,
    by: User | None = None,
    step: str = "1.4",
    photo: ReceivedFile | None = None,
) -> Lesson:
    """What worked at a step; by Nida in Ban Trakat unless said otherwise."""
    new = NewLessons([NewLesson("worked", "success", text)], step=world.step(step), photo=photo)
    outcome = add_lessons(
        enrolment=world.enrolment_of(village or world.trakat),
        new=new,
        sender=sender(by or world.nida),
    )
    return Lesson.objects.for_lists().get(pk=outcome.result["lessons"][0])


def shared(lesson: Lesson, by: User, *, photo_cleared: bool = False) -> None:
    """Let everybody read it, as it stands."""
    share_lesson(
        lesson=lesson, seen=print_of(lesson), photo_cleared=photo_cleared, sender=sender(by)
    )


def kept(lesson: Lesson, by: User, reason: str = "ยังไม่ชัดเจน") -> None:
    """Keep it in the area, as it stands."""
    keep_lesson(lesson=lesson, seen=print_of(lesson), reason=reason, sender=sender(by))
