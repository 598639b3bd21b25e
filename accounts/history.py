"""Writing the history: the one function every verb ends with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models

from accounts.models import History, HistoryValue, User
from villages.models import Village

Change = tuple[object, object]  # old value, new value


def note(
    *,
    by: User | None,
    at: datetime,
    verb: str,
    subject: models.Model,
    village: Village | None = None,
    changes: Mapping[str, Change] | None = None,
    remark: str = "",
) -> History:
    """Record that ``by`` did ``verb`` to ``subject``; ``changes`` maps field -> (old, new)."""
    changes = changes or {}
    entry = History.objects.create(
        at=at,
        by=by,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        village=village,
        fields=sorted(changes),
        note=remark,
    )
    HistoryValue.objects.bulk_create(
        HistoryValue(entry=entry, field=field, old=as_text(old), new=as_text(new))
        for field, (old, new) in changes.items()
    )
    return entry


@dataclass(frozen=True)
class Entry:
    """One of many entries of a verb: about which row, of which village, with what changes."""

    subject: models.Model
    village: Village | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)


def note_all(*, by: User | None, at: datetime, verb: str, entries: Iterable[Entry]) -> None:
    """As ``note``, for a verb done to many rows in one go: two queries however many they are."""
    entries = list(entries)
    rows = History.objects.bulk_create(
        History(
            at=at,
            by=by,
            verb=verb,
            subject_type=one.subject._meta.label_lower,
            subject_id=str(one.subject.pk),
            village=one.village,
            fields=sorted(one.changes),
        )
        for one in entries
    )
    HistoryValue.objects.bulk_create(
        HistoryValue(entry=row, field=name, old=as_text(old), new=as_text(new))
        for row, one in zip(rows, entries, strict=True)
        for name, (old, new) in one.changes.items()
    )


def as_text(value: object) -> str:
    """A value as the history keeps it: empty for None, the key for a row."""
    if value is None:
        return ""
    return str(value.pk) if isinstance(value, models.Model) else str(value)
