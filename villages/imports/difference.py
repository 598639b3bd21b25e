"""Reading a file and comparing it with what is stored: row by row, and nothing is written there."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts.access import Scope
from accounts.bulk import insert
from accounts.models import Import, ImportRow, User
from steps.recording.core import Values
from villages.imports.cells import plain
from villages.imports.files import opened
from villages.imports.kinds import KINDS, Kind
from villages.imports.kinds.base import chunks
from villages.imports.places import Places
from villages.imports.rows import Judged, RowForm
from villages.imports.since import written_until
from villages.imports.tables import Row, Table, tables_of
from villages.imports.words import Refused
from villages.models import Area

ROWS_AT_ONCE = 1_000
Progress = Callable[[int, int], None]


def take_in(
    *, file: BinaryIO, name: str, kind: str, village: str = "", by: User | None, at: datetime
) -> Import:
    """Keep a file and say what is understood of it. Raises Refused where that is nothing.

    ``village`` is the code of the one village an officer's list is about.
    """
    brought = Import(kind=kind, name=name[-150:], by=by, at=at)
    brought.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with brought.path.open("wb") as kept:
            shutil.copyfileobj(file, kept)
        with brought.path.open("rb") as kept:
            brought.sha256 = hashlib.file_digest(kept, "sha256").hexdigest()
        read(brought, village=village)
        brought.save(force_insert=True)
    except BaseException:
        brought.path.unlink(missing_ok=True)
        raise
    return brought


def again(brought: Import, *, by: User | None, at: datetime) -> Import:
    """The same file as another import: what an undone one did stays a closed chapter.

    Raises Refused where the file is there no more.
    """
    try:
        with brought.path.open("rb") as file:
            return take_in(
                file=file,
                name=brought.name,
                kind=brought.kind,
                village=brought.reading["village"],
                by=by,
                at=at,
            )
    except FileNotFoundError as error:
        raise Refused("gone") from error


def read(brought: Import, *, village: str = "") -> list[Table]:
    """The tables of a kept file; what was understood is noted on it (not saved)."""
    file = opened(brought.path)
    columns = KINDS[brought.kind].form.columns
    chosen = brought.reading.get("chosen", {})
    tables = tables_of(file.sheets, columns, chosen)
    if not tables:
        headings = ", ".join(str(column.label) for column in columns if column.example)
        raise Refused("no_heading", headings=headings)
    if not any(table.rows for table in tables):
        raise Refused("no_rows")
    found = {table.sheet for table in tables}
    brought.reading = {
        "format": file.format,
        "tables": [table.as_reading() for table in tables],
        "skipped": [sheet.name for sheet in file.sheets if sheet.name not in found],
        "chosen": chosen,
        "village": village or brought.reading.get("village", ""),
    }
    return tables


# ---------------------------------------------------------------- the difference


@dataclass
class Checked:
    """What checking a file counts up."""

    outcomes: Counter[str]
    repairs: defaultdict[str, list[Any]]


def check(
    brought: Import,
    *,
    allowed: Scope,
    by: User | None,
    at: datetime,
    progress: Progress = lambda done, total: None,
) -> None:
    """Compare a kept file with what is stored, and keep the difference as its rows.

    ``allowed`` is where the person may bring rows in. Raises Refused where the file cannot be
    read any more.
    """
    kind = KINDS[brought.kind]
    entries = written_until(kind, at)
    tables = read(brought)
    form = _form(kind, brought, allowed=allowed, by=by, on=timezone.localdate(at))
    counted = Checked(Counter(), defaultdict(lambda: [0, "", ""]))
    with transaction.atomic():
        _refuse_closed(brought)
        brought.rows.all().delete()
        for pairs in chunks(_judged(tables, form, brought, progress), ROWS_AT_ONCE):
            _compare(kind, pairs)
            rows = [row for row, _written in pairs]
            _count(rows, counted)
            insert(rows)
        brought.state, brought.checked_at = Import.State.CHECKED, at
        brought.reading["entries"] = entries
        brought.counts = {outcome: counted.outcomes[outcome] for outcome in ImportRow.Outcome}
        brought.repairs = dict(counted.repairs)
        brought.save()


def _refuse_closed(brought: Import) -> None:
    """Lock it against whoever confirms it, or erases somebody it names, at this moment."""
    stored = Import.objects.select_for_update().get(pk=brought.pk)
    if stored.confirmed_at:
        raise Refused("confirmed_already")
    if not stored.file_kept:
        raise Refused("erased" if stored.is_erased else "gone")


def _form(kind: Kind, brought: Import, *, allowed: Scope, by: User | None, on: date) -> RowForm:
    return kind.form(Places(allowed), today=on, declined=brought.declined, by=by)


def _judged(
    tables: list[Table], form: RowForm, brought: Import, progress: Progress
) -> Iterator[tuple[ImportRow, Values]]:
    """Each row of the tables as what it means, and as written, in the order of the file."""
    total, done = sum(len(table.rows) for table in tables), 0
    form.prepare(row for table in tables for row in table.rows)
    village = brought.reading["village"]
    first: dict[tuple[str, ...], Row] = {}
    for table in tables:
        context = {**table.context, **({"village": village} if village else {})}
        for row in table.rows:
            judged = form.judge(row, context)
            if judged.key:
                _refuse_twice(judged, row, first)
            yield _row(brought, row, judged), judged.written
            done += 1
            if done % ROWS_AT_ONCE == 0 or done == total:
                progress(done, total)


def _refuse_twice(judged: Judged, row: Row, first: dict[tuple[str, ...], Row]) -> None:
    before = first.setdefault(judged.key, row)
    if before is not row:
        code = "twice" if before.sheet == row.sheet else "twice_apart"
        params = {"row": before.number, "sheet": before.sheet}
        judged.problems.append({"field": "", "code": code, "params": params})


def _row(brought: Import, row: Row, judged: Judged) -> ImportRow:
    is_problem = bool(judged.problems)
    return ImportRow(
        brought_id=brought.pk,
        sheet=row.sheet[:100],
        number=row.number,
        label=judged.label[:300],
        village_code=judged.village_code[: Area.SUBDISTRICT + 2],
        subject=judged.subject,
        outcome=ImportRow.Outcome.PROBLEM if is_problem else ImportRow.Outcome.NEW,
        cells=[plain(cell) for cell in row.raw] if is_problem else [],
        after={} if is_problem else judged.after,
        repairs=[list(repair) for repair in judged.repairs],
        problems=judged.problems,
    )


def _compare(kind: Kind, pairs: list[tuple[ImportRow, Values]]) -> None:
    """Which rows change something of what is stored, and from what; a new one from nothing."""
    for row, _written in pairs:
        row.after = {name: text for name, text in row.after.items() if text or row.subject}
    known = [(row, written) for row, written in pairs if row.subject and not row.problems]
    stored = kind.stored({row.subject for row, _written in known})
    for row, written in known:
        now = stored.get(row.subject, {})
        _leave_as_stored(row, now, written)
        row.after = {name: text for name, text in row.after.items() if text != now.get(name, "")}
        row.before = {name: now.get(name, "") for name in row.after}
        row.outcome = ImportRow.Outcome.CHANGED if row.after else ImportRow.Outcome.SAME


def _leave_as_stored(row: ImportRow, now: Values, written: Values) -> None:
    """A cell that says to the letter what is stored needs no repair: somebody wanted it so."""
    alike = {name for name, text in written.items() if text and text == now.get(name)}
    row.after = {name: text for name, text in row.after.items() if name not in alike}
    row.repairs = [repair for repair in row.repairs if repair[0] not in alike]


def _count(rows: list[ImportRow], counted: Checked) -> None:
    for row in rows:
        counted.outcomes[row.outcome] += 1
        for _field, kind, old, new in row.repairs:
            example = counted.repairs[kind]
            example[0] += 1
            if not example[1] and not example[2]:
                example[1:] = [old[:60], new[:60]]
