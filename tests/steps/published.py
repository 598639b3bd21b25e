"""Records and lessons as they stand in the library, made without the verbs that lead there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from accounts.models import User
from steps.models import (
    Activity,
    Enrolment,
    Evidence,
    EvidenceType,
    KnowledgeRecord,
    Lesson,
    RecordPhoto,
)
from steps.recording.files import receive
from tests.cast import NOW
from tests.pages import photo


def record_of(
    enrolment: Enrolment,
    title: str = "บ้านตระกาจพึ่งตนเอง",
    *,
    by: User,
    status: str = "published",
    at: datetime = NOW,
    **sections: str,
) -> KnowledgeRecord:
    """A record of a village's year; ``process_1_4`` is the section process-1.4."""
    KnowledgeRecord.objects.filter(enrolment=enrolment).delete()
    record = KnowledgeRecord.objects.create(
        enrolment=enrolment,
        title=title,
        status=status,
        sent_at=at,
        sent_by=by,
        decided_at=at,
        decided_by=by,
        reason="สั้นไป" if status == "returned" else "",
    )
    for name, text in sections.items():
        key = name.replace("_", "-", 1).replace("_", ".")
        record.sections.create(key=key, text=text, drafted=text)
    return record


def lesson_of(
    enrolment: Enrolment,
    text: str = "ประชุมตอนเย็นมากันครบ",
    *,
    by: User,
    sharing: str = "shared",
    kind: str = "success",
    at: datetime = NOW,
    **fields: Any,
) -> Lesson:
    """A lesson of a village's year."""
    return Lesson.objects.create(
        enrolment=enrolment,
        prompt="worked",
        kind=kind,
        text=text,
        recorded_by=by,
        sharing=sharing,
        decided_at=None if sharing == "waiting" else at,
        decision_reason="ยังไม่ชัดเจน" if sharing == "kept" else "",
        **fields,
    )


def photo_of(
    record: KnowledgeRecord,
    activity: Activity,
    *,
    by: User,
    colour: str = "green",
    cleared: bool = True,
    shows: str = EvidenceType.PHOTO,
    **evidence: Any,
) -> RecordPhoto:
    """A photo of an activity in a record."""
    received = receive(upload=photo(colour), type=EvidenceType.PHOTO, by=by, at=NOW)
    received.claimed_at = NOW
    received.save(update_fields=["claimed_at"])
    kept = Evidence.objects.create(
        id=uuid4(),
        activity=activity,
        blob=received.blob,
        sha256_received=received.sha256_received,
        type=shows,
        added_by=by,
        **evidence,
    )
    return RecordPhoto.objects.create(record=record, evidence=kept, cleared=cleared)
