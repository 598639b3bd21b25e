"""The photos of a knowledge record as flat values, which edits of two people merge on.

``photo-<evidence>`` is "on" for a chosen one, ``place-<evidence>`` its number in the order and
``caption-<evidence>`` what stands below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from steps.models import Enrolment, Evidence, EvidenceType, KnowledgeRecord
from steps.models.files import EvidenceQuerySet
from steps.recording.core import Refusal, Values

PARTS = ("photo", "place", "caption")


def photos_to_choose(enrolment: Enrolment) -> EvidenceQuerySet:
    """Photos of what was held in a village's year, by date; papers with names are none."""
    photos = Evidence.objects.filter(
        activity__enrolment=enrolment,
        activity__withdrawn_at__isnull=True,
        type=EvidenceType.PHOTO,
        withdrawn_at__isnull=True,
    )
    return photos.select_related("blob", "activity__step").order_by(
        "activity__held_on", "added_at", "pk"
    )


def photo_values(record: KnowledgeRecord) -> Values:
    """What is chosen now, flat; a caption only where there is one."""
    values: Values = {}
    for photo in record.photos.all():
        key = photo.evidence_id
        values |= {f"photo-{key}": "on", f"place-{key}": str(photo.order)}
        if photo.caption:
            values[f"caption-{key}"] = photo.caption
    return values


def write_photos(record: KnowledgeRecord, changes: Mapping[str, tuple[str, str]]) -> None:
    """Write changed flat values. Refusal ``not_in_your_area`` for what may not be chosen."""
    values = photo_values(record) | {name: wanted for name, (_old, wanted) in changes.items()}
    keys = {UUID(name.partition("-")[2]) for name in changes}
    if keys - set(photos_to_choose(record.enrolment).values_list("pk", flat=True)):
        raise Refusal("not_in_your_area")
    for key in keys:
        if values.get(f"photo-{key}") != "on":
            record.photos.filter(evidence=key).delete()
            continue
        record.photos.update_or_create(
            evidence_id=key,
            defaults={
                "order": int(values.get(f"place-{key}") or 0),
                "caption": values.get(f"caption-{key}", ""),
            },
        )
