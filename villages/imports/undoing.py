"""Taking an import back as a whole, as long as nobody edited or used what it wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.history import note
from accounts.models import History, Import, User
from accounts.receipts import Outcome, once
from steps.recording.core import Refusal, Sender, Values, refresh_villages, text_of
from villages.imports.confirming import VILLAGES_AT_ONCE, locked_by_code
from villages.imports.kinds import KINDS, Kind
from villages.imports.kinds.base import chunks
from villages.models import Village

NAMED = 5  # rows named in a refusal


def undo(*, brought: Import, sender: Sender) -> Outcome:
    """Take a confirmed import back under the receipt of the form that asked for it.

    Refusals: ``import_not_confirmed``; ``import_edited`` naming rows that are no longer as the
    import left them or that something stands on now; ``import_erased``.
    """
    return once(
        client_id=sender.client_id,
        verb="undo_import",
        content={"import": str(brought.pk)},
        by=sender.by,
        at=sender.at,
        work=lambda: take_back(brought, by=sender.by, at=sender.at),
    )


@transaction.atomic
def take_back(brought: Import, *, by: User | None, at: datetime) -> dict[str, Any]:
    """Take a confirmed import back: rows it made go, fields it changed are as before.

    What it did is read from the history, so it works as long as the history holds it.
    """
    brought = Import.objects.select_for_update().get(pk=brought.pk)
    if brought.state != Import.State.CONFIRMED:
        raise Refusal("import_not_confirmed")
    kind = KINDS[brought.kind]
    entries = brought.entries.filter(subject_type=kind.model._meta.label_lower)
    touched = Village.objects.filter(pk__in=entries.values("village"))
    villages = locked_by_code(touched.values_list("code", flat=True))
    written = _written(entries)
    rows = {str(row.pk): row for row in _rows(kind, written)}
    _refuse_edited(kind, written, rows)
    made = {key for key, (is_new, _values) in written.items() if is_new}
    _put_back(kind, {key: written[key][1] for key in written.keys() - made}, rows)
    for some in chunks(sorted(made)):
        kind.delete([rows[key] for key in some])
    standing = Village.objects.filter(pk__in=[row.pk for row in villages.values()])
    for some_villages in chunks(standing, VILLAGES_AT_ONCE):
        refresh_villages(some_villages, today=timezone.localdate(at))
    brought.state, brought.undone_at = Import.State.UNDONE, at
    brought.save(update_fields=["state", "undone_at"])
    note(by=by, at=at, verb="undo_import", subject=brought, remark=brought.name, part_of=brought)
    return {"import": str(brought.pk), "taken_away": len(made), "put_back": len(rows) - len(made)}


Written = dict[str, tuple[bool, dict[str, tuple[str, str]]]]  # key -> new?, field -> (old, new)


def _written(entries: models.QuerySet[History]) -> Written:
    """What the import wrote, by the key of the stored row."""
    written: Written = {}
    for entry in entries.order_by("id").prefetch_related("values_kept").iterator(chunk_size=2_000):
        values = list(entry.values_kept.all())
        if any(value.erased_on for value in values):
            raise Refusal("import_erased")
        _is_new, fields = written.setdefault(entry.subject_id, (entry.verb == "import_new", {}))
        fields |= {value.field: (value.old, value.new) for value in values}
    return written


def _rows(kind: Kind, written: Written) -> Iterator[Any]:
    field = kind.model._meta.pk
    assert field is not None  # noqa: S101 - every model has one
    for some in chunks(sorted(written)):
        subjects = kind.model._default_manager.filter(pk__in=[field.to_python(key) for key in some])
        yield from kind.rows_of({kind.subject_of(row) for row in subjects})


def _refuse_edited(kind: Kind, written: Written, rows: dict[str, Any]) -> None:
    """Refuse where a row is not as the import left it, or something else stands on it now."""
    edited = [
        key for key in written if key not in rows or not _is_as_left(kind, written[key], rows[key])
    ]
    made = [rows[key] for key, (is_new, _fields) in written.items() if is_new and key in rows]
    names = [str(rows.get(key, key)) for key in edited] + [str(row) for row in stood_on(kind, made)]
    if names:
        more = "…" if len(names) > NAMED else ""
        raise Refusal("import_edited", rows=", ".join(names[:NAMED]) + more)


def _is_as_left(kind: Kind, written: tuple[bool, dict[str, tuple[str, str]]], row: Any) -> bool:
    """Whether a changed row's fields, or all of a new row, are what the import wrote."""
    is_new, fields = written
    wrote = {name: new for name, (_old, new) in fields.items()}
    now = kind.values(row)
    now |= {name: text_of(row, name) for name in wrote if name in kind.named_by}
    if is_new:
        return now == {name: text for name, text in wrote.items() if text} and not kind.in_use(row)
    return all(now.get(name, "") == text for name, text in wrote.items())


def stood_on(kind: Kind, rows: Iterable[Any]) -> Iterator[Any]:
    """The rows that something else refers to, beside what comes and goes with them by itself."""
    rows = list(rows)
    for relation in kind.model._meta.related_objects:
        if relation.related_model in kind.derived or relation.on_delete is models.SET_NULL:
            continue
        used: set[Any] = set()
        for some in chunks(rows):
            referring = relation.related_model._default_manager.filter(
                **{f"{relation.field.name}__in": [row.pk for row in some]}
            )
            used |= set(referring.values_list(relation.field.name, flat=True))
        yield from (row for row in rows if row.pk in used)


def _put_back(
    kind: Kind, changes: dict[str, dict[str, tuple[str, str]]], rows: dict[str, Any]
) -> None:
    old: dict[str, Values] = {
        kind.subject_of(rows[key]): {name: values[0] for name, values in fields.items()}
        for key, fields in changes.items()
    }
    for some in chunks(sorted(old)):
        kind.change({subject: old[subject] for subject in some})
