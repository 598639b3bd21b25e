"""Whether anybody wrote the same kind of rows in the same places since a file was checked.

Rows that change are compared one by one; this is for what they cannot show: a village, a household
or a member added beside the rows of the file, which might have made them mean something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import History, Import
from villages.imports.kinds import Kind

LONGEST = timedelta(days=1)  # no write takes so long


def written_until(kind: Kind, at: datetime) -> int:
    """How many entries of the last day speak of rows of a kind. Ask before reading those rows.

    An entry bears the moment its writing began, so one being written while a file is checked seems
    older than the check, and what it wrote was not seen yet. Entries never go: where their number
    up to that moment has grown when the file is confirmed, there was such a one.
    """
    return _entries(kind).filter(at__gt=at - LONGEST, at__lte=at).count()


def written_since(kind: Kind, brought: Import, codes: Iterable[str]) -> bool:
    """Whether rows of a kind were written near the villages with these codes since the check."""
    at = brought.checked_at
    if at is None or written_until(kind, at) != brought.reading["entries"]:
        return True
    places = {code[: kind.near] for code in codes}
    about = _entries(kind).filter(at__gt=at).order_by().values_list("village__code", flat=True)
    return any(code[: kind.near] in places for code in about.distinct() if code)


def _entries(kind: Kind) -> QuerySet[History]:
    return History.objects.filter(subject_type=kind.model._meta.label_lower)
