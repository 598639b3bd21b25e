"""A stored knowledge record as a paper: for the people of its area, or for anyone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from sammachip.thai import dates
from steps.knowledge.paper import Paper, Part, Picture
from steps.knowledge.sections import (
    ILLUSTRATIONS,
    OUTSIDE,
    PROCESS,
    Section,
    sections_in,
    step_key,
)
from steps.models import KnowledgeRecord, RecordPhoto


def paper_of(record: KnowledgeRecord, *, public: bool) -> Paper:
    """The record on paper, an empty section shown empty, each step with its pictures named.

    ``public``: photos not cleared for publishing are left out, but keep their number, which a
    text may name; addresses are those of the library. Four queries at most.
    """
    photos = list(enumerate(record.photos.standing(), start=1))
    if public:
        cleared = set(record.photos.public().values_list("pk", flat=True))
        photos = [(number, photo) for number, photo in photos if photo.pk in cleared]
    numbers = numbers_by_section(photos)
    parts = [
        Part(
            section.key,
            str(section.title),
            section.level,
            text,
            frame=section.key == PROCESS,
            pictured=pictured(numbers.get(section.key, [])),
        )
        for section, text in told_in(record)
    ]
    pictures = tuple(_picture(photo, number, public=public) for number, photo in photos)
    illustrations = Part(ILLUSTRATIONS, _("Illustrations"), pictures=pictures)
    return Paper(
        title=record.title,
        kicker=record.category,
        facts=tuple(facts_of(record)),
        parts=(*parts, illustrations),
        foot=record.contact,
        note="" if record.status == record.Status.PUBLISHED else _("Draft"),
    )


def told_in(record: KnowledgeRecord) -> list[tuple[Section, str]]:
    """The sections of a record in order, each with its text; two queries."""
    texts = dict(record.sections.values_list("key", "text"))
    sections = sections_in(record.enrolment.programme_id)
    return [(section, texts.get(section.key, "")) for section in sections]


def facts_of(record: KnowledgeRecord) -> list[tuple[str, str]]:
    """The head of the department's form: who wrote it, when, and where they are (S4–S6)."""
    written_on = dates.long(record.written_on) if record.written_on else ""
    return [
        (_("By"), record.author),
        (_("Position"), record.position),
        (_("Date"), written_on),
        (_("Office"), record.office),
        (_("Address"), record.address),
    ]


# ---------------------------------------------------------------- pictures


def numbers_by_section(photos: Iterable[tuple[int, RecordPhoto]]) -> dict[str, list[int]]:
    """The numbers of pictures in their order, by the section of the step they were taken at."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, photo in photos:
        step = photo.evidence.activity.step
        numbers[step_key(step) if step else OUTSIDE].append(number)
    return numbers


def pictured(numbers: Sequence[int]) -> str:
    """Which pictures belong to a part: Pictures 1–3 and 5; nothing without any."""
    if not numbers:
        return ""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    *first, last = [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    both = _("%(numbers)s and %(last)s") % {"numbers": " ".join(first), "last": last}
    words = _("Pictures %(numbers)s") if len(numbers) > 1 else _("Picture %(numbers)s")
    return words % {"numbers": both if first else last}


def words_below(photo: RecordPhoto, number: int) -> str:
    """What stands below a picture: its number and caption, step and day of its activity."""
    activity = photo.evidence.activity
    when = {"date": dates.short(activity.held_on)}
    if activity.step:
        taken = _("Step %(number)s on %(date)s") % {"number": activity.step.number, **when}
    else:
        taken = _("Outside the steps on %(date)s") % when
    words = [pictured([number]), photo.caption, f"({taken})"]
    return " ".join(word for word in words if word)


def _picture(photo: RecordPhoto, number: int, *, public: bool) -> Picture:
    blob = photo.evidence.blob
    address = (
        reverse("library:photo", args=[photo.record_id, photo.pk])
        if public
        else reverse("steps:file", args=[photo.evidence_id])
    )
    words = words_below(photo, number)
    return Picture(address, blob.path(), words, blob.width, blob.height)
