"""Writing what a checked file says, on a person's word: all of it in one transaction, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import Scope
from accounts.history import Note, note, note_all
from accounts.models import Import, ImportRow, User
from accounts.receipts import Outcome, once
from steps.recording.core import Refusal, Sender, refresh_villages
from villages.imports.kinds import KINDS, Kind
from villages.imports.kinds.base import chunks
from villages.imports.places import EVERYWHERE
from villages.imports.showing import place_of
from villages.imports.since import written_since
from villages.models import Village

VILLAGES_AT_ONCE = 200
NAMED = 5  # rows named in a refusal
Progress = Callable[[int, int], None]


def check_of(brought: Import) -> str:
    """Which check of a file it is whose difference stands: each has another."""
    return brought.checked_at.astimezone(UTC).isoformat() if brought.checked_at else ""


def confirm(
    *, brought: Import, allowed: Scope, sender: Sender, shown: str | None = None
) -> Outcome:
    """Write a checked file under the receipt of the form that confirmed it.

    ``allowed`` is where the person may bring rows in now: a posting may have ended since the file
    was checked. ``shown`` is the check (``check_of``) whose difference the person saw; None is
    whichever stands. Refusals: ``no_permission``, ``import_confirmed_already``,
    ``import_file_erased`` where it may have named somebody who was erased meanwhile,
    ``import_not_checked``, ``import_checked_again`` where another difference was shown,
    ``import_stale`` where somebody changed the same rows since then,
    ``import_lost`` naming rows that name something which is gone or has ended since then.
    """
    return once(
        client_id=sender.client_id,
        verb="import",
        content={"import": str(brought.pk), "check": shown},
        by=sender.by,
        at=sender.at,
        work=lambda: write(brought, by=sender.by, at=sender.at, allowed=allowed, shown=shown),
    )


@transaction.atomic
def write(
    brought: Import,
    *,
    by: User | None,
    at: datetime,
    allowed: Scope = EVERYWHERE,
    shown: str | None = None,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Write a checked file; the answer says how many rows were new and changed."""
    brought = Import.objects.select_for_update().get(pk=brought.pk)
    _refuse_unless_checked(brought)
    if shown not in (None, check_of(brought)):
        raise Refusal("import_checked_again")
    kind = KINDS[brought.kind]
    rows = brought.rows.to_write().in_file_order()
    codes = _texts(rows, "village_code")
    refuse_outside(kind, codes, allowed)
    villages = kind.lock(codes, _texts(rows.filter(outcome="changed"), "subject"))
    _refuse_stale(kind, brought, rows, codes)
    _refuse_lost(kind, rows, timezone.localdate(at))
    entries = Entries(kind, brought, by, at)
    total, done = rows.count(), 0
    try:
        for some in chunks(rows.iterator(chunk_size=2_000), kind.at_once):
            _write(kind, some, villages, entries)
            done += len(some)
            progress(done, total)
    except IntegrityError as error:  # somebody stored the same meanwhile
        raise Refusal("import_stale") from error
    count_again(kind, villages.values(), today=timezone.localdate(at))
    brought.state, brought.confirmed_at = Import.State.CONFIRMED, at
    brought.save(update_fields=["state", "confirmed_at"])
    note(by=by, at=at, verb="import", subject=brought, remark=brought.name, part_of=brought)
    return {
        "import": str(brought.pk),
        "new": brought.counts["new"],
        "changed": brought.counts["changed"],
    }


def _texts(rows: QuerySet[ImportRow], column: str) -> set[str]:
    """What the rows say in a column, but for those that say nothing."""
    return set(rows.order_by().values_list(column, flat=True).distinct()) - {""}


def _refuse_unless_checked(brought: Import) -> None:
    if brought.state == Import.State.CONFIRMED:
        raise Refusal("import_confirmed_already")
    if brought.is_erased:
        raise Refusal("import_file_erased")
    if brought.state != Import.State.CHECKED:
        raise Refusal("import_not_checked")


def refuse_outside(kind: Kind, codes: Iterable[str], allowed: Scope) -> None:
    """Refuse unless the person may bring rows in everywhere the rows are."""
    if kind.national and not allowed.national:
        raise Refusal("no_permission")
    if not all(allowed.covers(code) for code in codes):
        raise Refusal("no_permission")


def count_again(kind: Kind, villages: Iterable[Village], *, today: date) -> None:
    """Bring the counters of villages up to date, where rows of the kind are counted."""
    for some in chunks(villages if kind.counted else (), VILLAGES_AT_ONCE):
        refresh_villages(some, today=today)


def _refuse_stale(
    kind: Kind, brought: Import, rows: QuerySet[ImportRow], codes: Iterable[str]
) -> None:
    """Refuse where a row is no longer what it was when the file was checked."""
    if written_since(kind, brought, codes):
        raise Refusal("import_stale")
    changed = rows.filter(outcome=ImportRow.Outcome.CHANGED)
    for some in chunks(changed.iterator(chunk_size=2_000)):
        stored = kind.stored({row.subject for row in some})
        for row in some:
            now = stored.get(row.subject)
            if now is None or any(now.get(name, "") != old for name, old in row.before.items()):
                raise Refusal("import_stale")


def _refuse_lost(kind: Kind, rows: QuerySet[ImportRow], on: date) -> None:
    """Refuse where rows name something that they could not name any more, checked again."""
    found = chunks(rows.iterator(chunk_size=2_000))
    lost = [*islice((row for some in found for row in kind.lost(some, on)), NAMED + 1)]
    if lost:
        raise Refusal("import_lost", rows=listed(map(place_of, lost)))


def listed(names: Iterable[str]) -> str:
    """The first few of the names, each once."""
    names = list(dict.fromkeys(names))
    return ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")


def _write(
    kind: Kind, rows: Sequence[ImportRow], villages: Mapping[str, Village], entries: Entries
) -> None:
    new = [row for row in rows if row.outcome == ImportRow.Outcome.NEW]
    old = [row for row in rows if row.outcome == ImportRow.Outcome.CHANGED]
    entries.note(kind.prepare(new, villages))
    entries.add("import_new", zip(new, kind.create(new, villages), strict=True))
    changes: dict[str, dict[str, str]] = {}
    for row in old:
        changes.setdefault(row.subject, {}).update(row.after)
    changed = {kind.subject_of(row): row for row in kind.change(changes)}
    entries.add("import_change", ((row, changed[row.subject]) for row in old))


class Entries:
    """Writes the history of an import: an entry a row, with old and new values."""

    def __init__(self, kind: Kind, brought: Import, by: User | None, at: datetime) -> None:
        self.kind, self.brought, self.by, self.at = kind, brought, by, at

    def add(self, verb: str, pairs: Iterable[tuple[ImportRow, Any]]) -> None:
        """Note what rows of the file did to stored rows."""
        self.note(
            Note(
                verb=verb,
                subject=stored,
                village=self.kind.village_of(stored),
                changes={name: (row.before.get(name, ""), new) for name, new in row.after.items()},
            )
            for row, stored in pairs
        )

    def note(self, notes: Iterable[Note]) -> None:
        """Keep these among the entries of the import."""
        note_all(notes, by=self.by, at=self.at, part_of=self.brought)
