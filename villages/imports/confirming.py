"""Writing what a checked file says, on a person's word: all of it in one transaction, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import Scope
from accounts.history import Note, note, note_all
from accounts.models import History, Import, ImportRow, User
from accounts.receipts import Outcome, once
from steps.recording.core import Refusal, Sender, refresh_villages
from villages.imports.kinds import KINDS, Kind
from villages.imports.kinds.base import chunks
from villages.imports.places import EVERYWHERE
from villages.models import Village

VILLAGES_AT_ONCE = 200
Progress = Callable[[int, int], None]


def confirm(*, brought: Import, allowed: Scope, sender: Sender) -> Outcome:
    """Write a checked file under the receipt of the form that confirmed it.

    ``allowed`` is where the person may bring rows in now: a posting may have ended since the file
    was checked. Refusals: ``no_permission``, ``import_confirmed_already``,
    ``import_not_checked``, ``import_stale`` where somebody changed the same rows since then.
    """
    return once(
        client_id=sender.client_id,
        verb="confirm_import",
        content={"import": str(brought.pk)},
        by=sender.by,
        at=sender.at,
        work=lambda: write(brought, by=sender.by, at=sender.at, allowed=allowed),
    )


@transaction.atomic
def write(
    brought: Import,
    *,
    by: User | None,
    at: datetime,
    allowed: Scope = EVERYWHERE,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Write a checked file; the answer says how many rows were new and changed."""
    brought = Import.objects.select_for_update().get(pk=brought.pk)
    _refuse_unless_checked(brought)
    kind = KINDS[brought.kind]
    rows = brought.rows.filter(outcome__in=("new", "changed")).in_file_order()
    codes = set(rows.exclude(village_code="").order_by().values_list("village_code", flat=True))
    if not all(allowed.covers(code) for code in codes):
        raise Refusal("no_permission")
    villages = locked_by_code(codes)
    _refuse_stale(kind, brought, rows.filter(outcome="changed"), villages)
    entries = Entries(kind, brought, by, at)
    total, done = rows.count(), 0
    try:
        for some in chunks(rows.iterator(chunk_size=2_000)):
            _write(kind, some, villages, entries)
            done += len(some)
            progress(done, total)
    except IntegrityError as error:  # somebody stored the same meanwhile
        raise Refusal("import_stale") from error
    for some_villages in chunks(villages.values(), VILLAGES_AT_ONCE):
        refresh_villages(some_villages, today=timezone.localdate(at))
    brought.state, brought.confirmed_at = Import.State.CONFIRMED, at
    brought.save(update_fields=["state", "confirmed_at"])
    note(by=by, at=at, verb="import", subject=brought, remark=brought.name, part_of=brought)
    return {
        "import": str(brought.pk),
        "new": brought.counts["new"],
        "changed": brought.counts["changed"],
    }


def _refuse_unless_checked(brought: Import) -> None:
    if brought.state == Import.State.CONFIRMED:
        raise Refusal("import_confirmed_already")
    if brought.state != Import.State.CHECKED:
        raise Refusal("import_not_checked")


def locked_by_code(codes: Iterable[str]) -> dict[str, Village]:
    """The villages with these codes, locked in code order until the transaction ends."""
    return {
        row.code: row
        for some in chunks(sorted(codes))
        for row in Village.objects.locked().filter(code__in=some)
    }


def _refuse_stale(kind: Kind, brought: Import, rows: Any, villages: Mapping[str, Village]) -> None:
    """Refuse where a row is no longer what it was when the file was checked."""
    for some in chunks(rows.iterator(chunk_size=2_000)):
        stored = kind.stored({row.subject for row in some})
        for row in some:
            now = stored.get(row.subject)
            if now is None or any(now.get(name, "") != old for name, old in row.before.items()):
                raise Refusal("import_stale")
    if _written_since(kind, brought, villages):
        raise Refusal("import_stale")


def _written_since(kind: Kind, brought: Import, villages: Mapping[str, Village]) -> bool:
    """Whether anybody wrote rows of this kind in the same villages since the file was checked."""
    entries = History.objects.filter(
        subject_type=kind.model._meta.label_lower, at__gt=brought.checked_at
    )
    about = entries.values_list("village", flat=True).distinct().order_by()
    touched = set(about) & {village.pk for village in villages.values()}
    return bool(touched) or (kind.national and entries.exclude(_own(kind)).exists())


def _own(kind: Kind) -> Q:
    """What people do with their own account changes nothing a file says."""
    return Q(verb__in=("change_password", "view_as", "view_as_stop", "print_slip"))


def _write(
    kind: Kind, rows: Sequence[ImportRow], villages: Mapping[str, Village], entries: Entries
) -> None:
    new = [row for row in rows if row.outcome == ImportRow.Outcome.NEW]
    made = kind.create(new, villages)
    changes: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.outcome == ImportRow.Outcome.CHANGED:
            changes.setdefault(row.subject, {}).update(row.after)
    changed = {kind.subject_of(row): row for row in kind.change(changes)}
    entries.add("import_new", zip(new, made, strict=True))
    entries.add("import_change", ((row, changed[row.subject]) for row in rows if row not in new))


class Entries:
    """Writes the history of an import: an entry a row, with old and new values."""

    def __init__(self, kind: Kind, brought: Import, by: User | None, at: datetime) -> None:
        self.kind, self.brought, self.by, self.at = kind, brought, by, at

    def add(self, verb: str, pairs: Iterable[tuple[ImportRow, Any]]) -> None:
        """Note what rows of the file did to stored rows."""
        notes = [
            Note(
                verb=verb,
                subject=stored,
                village=self.kind.village_of(stored),
                changes={name: (row.before.get(name, ""), new) for name, new in row.after.items()},
            )
            for row, stored in pairs
        ]
        note_all(notes, by=self.by, at=self.at, part_of=self.brought)
