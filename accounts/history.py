"""Writing the history: the one function every verb ends with."""

from __future__ import annotations

from collections.abc import Mapping
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


def as_text(value: object) -> str:
    """A value as the history keeps it: empty for None, the key for a row."""
    if value is None:
        return ""
    return str(value.pk) if isinstance(value, models.Model) else str(value)
