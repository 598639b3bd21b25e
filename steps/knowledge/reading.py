"""A stored knowledge record as a paper: for the people of its area, or for anyone."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from sammachip.thai import dates
from steps.facts import steps_of
from steps.knowledge.paper import Paper, Part, Picture
from steps.knowledge.sections import ILLUSTRATIONS, PROCESS, sections_of
from steps.models import KnowledgeRecord, RecordPhoto


def paper_of(record: KnowledgeRecord, *, public: bool) -> Paper:
    """The record on paper, an empty section shown empty.

    ``public``: photos not cleared for publishing are left out, and addresses are those of the
    library. Two queries beside the record's own.
    """
    texts = dict(record.sections.values_list("key", "text"))
    sections = sections_of(steps_of(record.enrolment.programme_id))
    parts = [
        Part(
            section.key,
            str(section.title),
            section.level,
            texts.get(section.key, ""),
            frame=section.key == PROCESS,
        )
        for section in sections
    ]
    illustrations = Part(
        ILLUSTRATIONS, _("Illustrations"), pictures=tuple(pictures_of(record, public=public))
    )
    return Paper(
        title=record.title,
        kicker=record.category,
        facts=tuple(facts_of(record)),
        parts=(*parts, illustrations),
        foot=record.contact,
        note="" if record.status == record.Status.PUBLISHED else _("Draft"),
    )


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


def pictures_of(record: KnowledgeRecord, *, public: bool) -> list[Picture]:
    """The photos of a record in their order; withdrawn ones are gone."""
    photos = record.photos.public() if public else record.photos.standing()
    return [_picture(photo, public=public) for photo in photos]


def _picture(photo: RecordPhoto, *, public: bool) -> Picture:
    blob = photo.evidence.blob
    address = (
        reverse("library:photo", args=[photo.record_id, photo.pk])
        if public
        else reverse("steps:file", args=[photo.evidence_id])
    )
    return Picture(address, blob.path(), photo.caption, blob.width, blob.height)
