"""Receiving files before a form is judged, and attaching them to what was recorded (section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction

from accounts.models import User
from steps.files import Prepared, Refused, prepare, store
from steps.models import Activity, Blob, Evidence, EvidenceType, ReceivedFile
from steps.recording.core import Refusal


@dataclass(frozen=True)
class Attached:
    """A received file to attach, with what it shows."""

    received: ReceivedFile
    type: str
    caption: str = ""

    @property
    def as_content(self) -> list[str]:
        """The file by what it contains: sent again, it is received under another id."""
        return [self.received.sha256_received, self.type, self.caption]


def receive(*, upload: File, type: str, by: User, at: datetime) -> ReceivedFile:
    """Take a file in: decoded, re-encoded and on disk before any form or transaction.

    Raises steps.files.Refused with a plain message, or NoSpace.
    """
    prepared = prepare(upload)
    if type == EvidenceType.PHOTO and prepared.kind != Blob.Kind.IMAGE:
        raise Refused("not_a_photo")
    store(prepared, Path(settings.MEDIA_ROOT))
    with transaction.atomic():
        return ReceivedFile.objects.create(
            blob=blob_of(prepared, at=at),
            sha256_received=prepared.sha256_received,
            name=(upload.name or "")[-150:],
            type=type,
            by=by,
            received_at=at,
        )


def blob_of(prepared: Prepared, *, at: datetime) -> Blob:
    """The row of a stored file; the same content is one row."""
    try:
        with transaction.atomic():
            return Blob.objects.create(
                sha256=prepared.sha256_stored,
                kind=prepared.kind,
                extension=prepared.extension,
                size=prepared.size,
                width=prepared.width,
                height=prepared.height,
                stored_at=at,
            )
    except IntegrityError:
        return Blob.objects.get(sha256=prepared.sha256_stored)


def attach(
    *, files: Iterable[Attached], activities: Iterable[Activity], late: bool, by: User, at: datetime
) -> list[Evidence]:
    """Attach received files to each of the activities; claims them. Part of a write.

    A file somebody else received is refused; a file an activity holds already is not doubled.
    """
    files, activities = list(files), list(activities)
    if any(file.received.by_id != by.pk for file in files):
        raise Refusal("file_unknown", field="files")
    evidence = [
        _attached(file, activity, late=late, by=by, at=at)
        for activity in activities
        for file in files
    ]
    claimed = [file.received.pk for file in files]
    ReceivedFile.objects.filter(pk__in=claimed).update(claimed_at=at)
    return evidence


def _attached(
    file: Attached, activity: Activity, *, late: bool, by: User, at: datetime
) -> Evidence:
    row, _created = Evidence.objects.get_or_create(
        activity=activity,
        blob=file.received.blob,
        withdrawn_at=None,
        defaults={
            "sha256_received": file.received.sha256_received,
            "type": file.type,
            "caption": file.caption,
            "late": late,
            "added_by": by,
            "added_at": at,
        },
    )
    return row
