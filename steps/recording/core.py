"""The frame every write runs in (rules 4, 5 and 7).

One transaction: receipt, locks on the villages in code order, the write itself, the derived
counters, the history. Edits carry the values they started from, so nobody overwrites in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from accounts.history import note
from accounts.models import User
from accounts.receipts import Outcome, once
from steps.models import Enrolment
from steps.progress import refresh
from villages.models import Village, locked


class Refusal(Exception):
    """The rules say no. ``code`` names the rule, ``field`` the input it belongs to, if any."""

    def __init__(self, code: str, field: str | None = None, **details: Any) -> None:
        super().__init__(code)
        self.code, self.field, self.details = code, field, details


class Conflict(Exception):
    """Somebody changed the same fields meanwhile; ``stored`` maps each to what is stored now."""

    def __init__(self, stored: dict[str, str]) -> None:
        super().__init__(", ".join(stored))
        self.stored = stored


@dataclass(frozen=True)
class Sender:
    """Who writes, when, and the id the client made for this write."""

    by: User
    at: datetime
    client_id: UUID

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)


def write(
    *,
    verb: str,
    sender: Sender,
    content: object,
    villages: Iterable[Village],
    work: Callable[[], dict[str, Any]],
) -> Outcome:
    """Run ``work`` once, with the villages locked and their counters brought up to date after."""
    villages = list(villages)

    def locked_work() -> dict[str, Any]:
        locked(villages)
        result = work()
        refresh_villages(villages, today=sender.today)
        return result

    return once(
        client_id=sender.client_id,
        verb=verb,
        content=content,
        by=sender.by,
        at=sender.at,
        work=locked_work,
    )


def refresh_villages(villages: Iterable[Village], *, today: date) -> None:
    """Bring every year of these villages up to date, a programme at a time."""
    for enrolments in years_of(villages).values():
        refresh(enrolments, today=today)


def years_of(villages: Iterable[Village]) -> dict[int, list[Enrolment]]:
    """Every enrolment of these villages by its programme, in the order writers lock them."""
    enrolments = (
        Enrolment.objects.filter(village__in=list(villages))
        .select_related("programme", "village")
        .order_by("programme", "village__code")
    )
    by_programme: dict[int, list[Enrolment]] = {}
    for enrolment in enrolments:
        by_programme.setdefault(enrolment.programme_id, []).append(enrolment)
    return by_programme


def log(
    sender: Sender,
    verb: str,
    subject: models.Model,
    village: Village | None = None,
    changes: Mapping[str, tuple[object, object]] | None = None,
    remark: str = "",
) -> None:
    """The history entry of a verb."""
    note(
        by=sender.by,
        at=sender.at,
        verb=verb,
        subject=subject,
        village=village,
        changes=changes,
        remark=remark,
    )


# ---------------------------------------------------------------- edits that merge

Values = dict[str, str]  # what a row holds, flat: field -> text; what is empty is left out


def changed(started: Values, wanted: Values) -> dict[str, tuple[str, str]]:
    """The fields a person changed: field -> (what they started from, what they want)."""
    names = sorted(started.keys() | wanted.keys())
    pairs = {name: (started.get(name, ""), wanted.get(name, "")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def merged(stored: Values, changes: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """The changes to write onto what is stored: field -> (stored, wanted).

    A field someone else changed meanwhile, to something else, raises Conflict; a field that
    already holds what is wanted needs no write (rule 5).
    """
    clashes = {
        name: stored.get(name, "")
        for name, (started, wanted) in changes.items()
        if stored.get(name, "") not in (started, wanted)
    }
    if clashes:
        raise Conflict(clashes)
    return {
        name: (stored.get(name, ""), wanted)
        for name, (_started, wanted) in changes.items()
        if stored.get(name, "") != wanted
    }


def values_of(row: models.Model, fields: Iterable[str]) -> Values:
    """Plain columns of a row as flat values."""
    texts = {name: text_of(row, name) for name in fields}
    return {name: text for name, text in texts.items() if text}


def text_of(row: models.Model, name: str) -> str:
    """One column as text: the key of a related row, ISO dates, empty for nothing."""
    return as_text(column(row, name).value_from_object(row))


def column(row: models.Model | type[models.Model], name: str) -> models.Field[Any, Any]:
    """The field of a plain column of a row, or of a model."""
    field = row._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{name} is no column of {row._meta.label}")
    return field


def as_text(value: object) -> str:
    """A value as flat values hold it; 1000 baht is the same text however it was typed."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def set_columns(row: models.Model, changes: Mapping[str, tuple[str, str]]) -> None:
    """Write changed plain columns, and only those."""
    if not changes:
        return
    for name, (_stored, wanted) in changes.items():
        field = column(row, name)
        value = None if wanted == "" and field.null else field.to_python(wanted)
        setattr(row, field.attname, value)
    row.save(update_fields=list(changes) + derived_columns(row))


def derived_columns(row: models.Model) -> list[str]:
    """Columns that save() computes from others."""
    return [name for name in ("house_order", "search_text") if hasattr(row, name)]
