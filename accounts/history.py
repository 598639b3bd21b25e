"""Writing the history: what every verb ends with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models

from accounts.bulk import ROWS_AT_ONCE, insert
from accounts.models import History, HistoryValue, Import, User
from villages.models import Village

Change = tuple[object, object]  # old value, new value


@dataclass(frozen=True)
class Note:
    """That ``verb`` was done to ``subject``; ``changes`` maps field -> (old, new)."""

    verb: str
    subject: models.Model
    village: Village | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)
    remark: str = ""


def note(
    *,
    by: User | None,
    at: datetime,
    verb: str,
    subject: models.Model,
    village: Village | None = None,
    changes: Mapping[str, Change] | None = None,
    remark: str = "",
    part_of: Import | None = None,
) -> History:
    """Record that ``by`` did ``verb`` to ``subject``; ``changes`` maps field -> (old, new)."""
    one = Note(verb, subject, village, changes or {}, remark)
    return note_all([one], by=by, at=at, part_of=part_of)[0]


def note_all(
    notes: Iterable[Note], *, by: User | None, at: datetime, part_of: Import | None = None
) -> list[History]:
    """Record many things that one person did at one moment, in a fixed number of queries."""
    notes = list(notes)
    entries = History.objects.bulk_create(
        [
            History(
                at=at,
                by_id=by.pk if by else None,
                verb=one.verb,
                subject_type=one.subject._meta.label_lower,
                subject_id=str(one.subject.pk),
                village_id=one.village.pk if one.village else None,
                fields=sorted(one.changes),
                note=one.remark,
                part_of_id=part_of.pk if part_of else None,
            )
            for one in notes
        ],
        batch_size=ROWS_AT_ONCE,
    )
    insert(
        [
            HistoryValue(entry_id=entry.pk, field=name, old=as_text(old), new=as_text(new))
            for entry, one in zip(entries, notes, strict=True)
            for name, (old, new) in one.changes.items()
        ]
    )
    return entries


def as_text(value: object) -> str:
    """A value as the history keeps it: empty for None, the key for a row."""
    if value is None:
        return ""
    return str(value.pk) if isinstance(value, models.Model) else str(value)
