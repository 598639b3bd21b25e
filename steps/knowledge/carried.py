"""Where the text of lessons stands in the knowledge record of their village's year.

A record takes lessons over before anybody decided on them, so one that is kept in its area or
struck through afterwards may stand there still.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from sammachip.thai.repair import ITEM
from sammachip.thai.text import search_key
from steps.knowledge.sections import title_of
from steps.models import Enrolment, Lesson, RecordSection

WORD_LIKE = 12  # letters: a line that is shorter counts only as a line of its own


@dataclass(frozen=True)
class Standing:
    """A section in which a lesson stands; ``is_published`` where anybody reads it there."""

    key: str
    title: str
    href: str
    is_published: bool


def standings_of(lessons: Iterable[Lesson]) -> dict[UUID, list[Standing]]:
    """The sections in which each lesson stands, by its key; one query, however many they are.

    Lessons come with enrolment, programme and village (``for_lists``).
    """
    lessons = list(lessons)
    sections = _sections({lesson.enrolment_id for lesson in lessons})
    return {
        lesson.pk: [
            _standing(section, lesson.enrolment)
            for section in sections[lesson.enrolment_id]
            if _holds(section, lesson.text)
        ]
        for lesson in lessons
    }


def _sections(enrolments: Iterable[int]) -> dict[int, list[RecordSection]]:
    """The sections with text, by the key of the enrolment."""
    rows = RecordSection.objects.filter(record__enrolment__in=enrolments).exclude(text="")
    found: dict[int, list[RecordSection]] = defaultdict(list)
    for row in rows.select_related("record").order_by("pk"):
        found[row.record.enrolment_id].append(row)
    return found


def _holds(section: RecordSection, text: str) -> bool:
    """Whether every line of a text stands in the section, whatever its spaces and tone marks."""
    own = {_key(line) for line in section.text.splitlines()}
    keys = filter(None, map(_key, text.splitlines()))
    return all(key in own or (len(key) >= WORD_LIKE and key in section.search_text) for key in keys)


def _key(line: str) -> str:
    return search_key(line.removeprefix(ITEM))


def _standing(section: RecordSection, enrolment: Enrolment) -> Standing:
    page = reverse("steps:knowledge", args=[enrolment.village.code, enrolment.programme.year])
    published = section.record.status == section.record.Status.PUBLISHED
    return Standing(section.key, title_of(section.key), f"{page}#{section.key}", published)
