"""Taking an import back as a whole, as long as nobody edited or used what it wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.access import Scope, import_scope
from accounts.history import Note, note, note_all
from accounts.models import History, Import, User
from accounts.receipts import Outcome, once
from steps.recording.core import Refusal, Sender, text_of
from villages.imports.confirming import count_again, listed, refuse_outside
from villages.imports.kinds import KINDS, Kind
from villages.imports.kinds.base import chunks
from villages.imports.places import EVERYWHERE
from villages.models import Village


def undo(*, brought: Import, sender: Sender) -> Outcome:
    """Take a confirmed import back under the receipt of the form that asked for it.

    Refusals: ``no_permission`` where the person may not bring rows in any more everywhere the
    rows are; ``import_not_confirmed``; ``import_edited`` naming rows that are no longer as the
    import left them or that something stands on now; ``import_erased``.
    """
    kind = KINDS[brought.kind]
    allowed = import_scope(sender.by, kind.opened_to, sender.today, everywhere=kind.national)
    return once(
        client_id=sender.client_id,
        verb="undo_import",
        content={"import": str(brought.pk)},
        by=sender.by,
        at=sender.at,
        work=lambda: take_back(brought, by=sender.by, at=sender.at, allowed=allowed),
    )


@dataclass
class Written:
    """What an import wrote to one stored row: whether it made it, and old and new of each field."""

    is_new: bool
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def old(self) -> dict[str, str]:
        return {name: old for name, (old, _new) in self.fields.items()}

    @property
    def new(self) -> dict[str, str]:
        return {name: new for name, (_old, new) in self.fields.items()}


@transaction.atomic
def take_back(
    brought: Import, *, by: User | None, at: datetime, allowed: Scope = EVERYWHERE
) -> dict[str, Any]:
    """Take a confirmed import back: rows it made go, fields it changed are as before.

    What it did is read from the history, so it works as long as the history holds it.
    """
    brought = Import.objects.select_for_update().get(pk=brought.pk)
    if brought.state != Import.State.CONFIRMED:
        raise Refusal("import_not_confirmed")
    kind = KINDS[brought.kind]
    entries = brought.entries_written.filter(subject_type=kind.model._meta.label_lower)
    keys = list(dict.fromkeys(entries.order_by("id").values_list("subject_id", flat=True)))
    touched = Village.objects.filter(pk__in=entries.values("village"))
    codes = set(touched.order_by().values_list("code", flat=True))
    refuse_outside(kind, codes, allowed)
    villages = kind.lock(codes, _subjects(kind, keys))
    taken: Counter[str] = Counter()
    for some in chunks(keys):
        taken += _take_back(kind, entries.filter(subject_id__in=some), Undoing(brought, by, at))
    kind.settle(brought.entries_written)
    count_again(kind, villages.values(), today=timezone.localdate(at))
    brought.state, brought.undone_at = Import.State.UNDONE, at
    brought.save(update_fields=["state", "undone_at"])
    note(by=by, at=at, verb="undo_import", subject=brought, remark=brought.name, part_of=brought)
    return {"import": str(brought.pk), "taken_away": taken["new"], "put_back": taken["changed"]}


class Undoing(NamedTuple):
    """What is taken back, by whom, when."""

    brought: Import
    by: User | None
    at: datetime


def _take_back(kind: Kind, entries: models.QuerySet[History], undoing: Undoing) -> Counter[str]:
    """Take some rows back; how many of them were new and how many changed."""
    written = _written(entries)
    rows = {str(row.pk): row for row in kind.rows_of(_subjects(kind, written))}
    _refuse_edited(kind, written, rows)
    made = [row for key, row in rows.items() if written[key].is_new]
    changed = [row for key, row in rows.items() if not written[key].is_new]
    notes = _notes(kind, written, rows)
    note_all(notes, by=undoing.by, at=undoing.at, part_of=undoing.brought)
    _put_back(kind, {kind.subject_of(row): written[str(row.pk)].old for row in changed})
    kind.delete(made)
    return Counter(new=len(made), changed=len(changed))


def _written(entries: models.QuerySet[History]) -> dict[str, Written]:
    """What the import wrote, by the key of the stored row."""
    written: dict[str, Written] = {}
    for entry in entries.order_by("id").prefetch_related("values_kept"):
        values = list(entry.values_kept.all())
        if any(value.erased_on for value in values):
            raise Refusal("import_erased")
        row = written.setdefault(entry.subject_id, Written(entry.verb == "import_new"))
        row.fields |= {value.field: (value.old, value.new) for value in values}
    return written


def _subjects(kind: Kind, keys: Iterable[str]) -> set[str]:
    """The subjects of the stored rows with these keys."""
    pk = kind.model._meta.pk
    assert pk is not None  # noqa: S101 - every model has one
    rows = kind.model._default_manager.order_by()
    return {
        str(subject)
        for some in chunks(sorted(keys))
        for subject in rows.filter(pk__in=[pk.to_python(key) for key in some]).values_list(
            kind.subject, flat=True
        )
    }


def _notes(kind: Kind, written: Mapping[str, Written], rows: Mapping[str, Any]) -> Iterator[Note]:
    """An entry for every row; of those put back with what they held and hold again."""
    for key, one in written.items():
        fields = {} if one.is_new else one.fields
        changes = {name: (new, old) for name, (old, new) in fields.items()}
        yield Note("undo_import", rows[key], kind.village_of(rows[key]), changes)


def _put_back(kind: Kind, old: Mapping[str, dict[str, str]]) -> None:
    try:
        with transaction.atomic():
            kind.change(old)
    except IntegrityError as error:  # somebody took a name that it had
        rows = kind.rows_of(old.keys())
        raise Refusal("import_edited", rows=listed(map(kind.named, rows))) from error


# ---------------------------------------------------------------- what stands in the way


def _refuse_edited(kind: Kind, written: Mapping[str, Written], rows: Mapping[str, Any]) -> None:
    """Refuse where a row is not as the import left it, or something else stands on it now."""
    made = [row for key, row in rows.items() if written[key].is_new]
    names = [key for key in written if key not in rows]
    names += [
        kind.named(row) for key, row in rows.items() if not _is_as_left(kind, written[key], row)
    ]
    names += [kind.named(row) for row in _stood_on(kind, made)]
    if names:
        raise Refusal("import_edited", rows=listed(names))


def _is_as_left(kind: Kind, written: Written, row: Any) -> bool:
    """Whether a changed row's fields, or all of a new row, are what the import wrote."""
    now = kind.values(row)
    if not written.is_new:
        return all(now.get(name, "") == text for name, text in written.new.items())
    now |= {name: text_of(row, name) for name in kind.named_by}
    return now == written.new and not kind.in_use(row)


def _stood_on(kind: Kind, rows: Iterable[Any]) -> Iterator[Any]:
    """The rows that something else refers to, beside what comes and goes with them by itself."""
    by_key = {row.pk: row for row in rows}
    used: set[Any] = set()
    for model, lookup in _references(kind.model, kind.derived):
        referring = model._default_manager.filter(**{f"{lookup}__in": by_key.keys()}).order_by()
        used |= set(referring.values_list(lookup, flat=True))
    yield from (row for key, row in by_key.items() if key in used)


def _references(
    model: type[models.Model], derived: Iterable[type[models.Model]], behind: str = ""
) -> Iterator[tuple[type[models.Model], str]]:
    """The models that refer to a model, each with the lookup of its key; through derived ones.

    Hidden relations too: those without a name on the other side hold on to a row all the same.
    """
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.on_delete is models.SET_NULL:
            continue
        other, lookup = relation.related_model, f"{relation.field.name}{behind}"
        if other in derived:
            yield from _references(other, derived, f"__{lookup}")
        else:
            yield other, lookup
