"""The process that brings one file in: it imports no model before Django is set up in it.

``python -m tests.load.bench.bringing ADDRESS WAY FILE`` prints seconds and peak memory as JSON.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.load.bench.start import django_on

Row = tuple[str, str, str, str, str]  # code, moo, name, latitude, longitude


def preview(path: Path) -> Any:
    """Take a file in and compare it with what is stored."""
    from django.utils import timezone

    from villages.imports import difference
    from villages.imports.places import EVERYWHERE

    with path.open("rb") as file:
        brought = difference.take_in(
            file=file, name=path.name, kind="villages", by=None, at=timezone.now()
        )
    difference.check(brought, allowed=EVERYWHERE, by=None, at=timezone.now())
    found = "problem" if path.stem == "bad" else "new"
    if brought.counts[found] != sum(brought.counts.values()):
        raise RuntimeError(f"{path}: {brought.counts}")
    return brought


def confirm(path: Path) -> None:
    """Write what was compared last."""
    from django.utils import timezone

    from accounts.models import Import
    from villages.imports import confirming

    confirming.write(Import.objects.latest("at"), by=None, at=timezone.now())


def take_back(path: Path) -> None:
    """And undo it."""
    from django.utils import timezone

    from accounts.models import Import
    from villages.imports import undoing

    undoing.take_back(Import.objects.latest("at"), by=None, at=timezone.now())


# ---------------------------------------------------------------- by hand

VILLAGE = """
INSERT INTO villages_village
(code, subdistrict_id, moo, name_th, name_en, alt_name, latitude, longitude, search_text)
VALUES (%s, %s, %s, %s, '', '', %s, %s, %s)
"""
ENTRY = """
INSERT INTO accounts_history (id, at, verb, subject_type, subject_id, village_id, fields, note)
VALUES (%s, %s, 'import_new', 'villages.village', %s, %s, %s, '')
"""
VALUE = """
INSERT INTO accounts_historyvalue (id, entry_id, field, old, new) VALUES (%s, %s, %s, '', %s)
"""
FIELDS = ("code", "moo", "name_th", "latitude", "longitude")


def by_hand(path: Path, *, history: bool = False) -> None:
    """A script somebody writes for once: csv and executemany, nothing looked at."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        rows = [_plain(row) for row in _lines(path)]
        cursor.executemany(
            VILLAGE, [(row[0], row[0][:6], *row[1:3], *row[3:], row[2]) for row in rows]
        )
        if history:
            _note(cursor, rows)


def by_hand_with_history(path: Path) -> None:
    """The same script, and it writes every row and entry that confirming writes."""
    by_hand(path, history=True)


def _lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def _plain(row: list[str]) -> Row:
    code, moo, name, latitude, longitude = row
    return code, moo.removeprefix("ม."), name.removeprefix("บ้าน"), latitude, longitude


def _note(cursor: Any, rows: list[Row]) -> None:
    from django.utils import timezone

    cursor.execute("SELECT code, id FROM villages_village")
    keys = dict(cursor.fetchall())
    cursor.execute("SELECT coalesce(max(id), 0) FROM accounts_history")
    first, now = cursor.fetchone()[0] + 1, timezone.now()
    entries = list(enumerate(rows, start=first))
    fields = json.dumps(sorted(FIELDS))
    cursor.executemany(
        ENTRY, [(nth, now, str(keys[row[0]]), keys[row[0]], fields) for nth, row in entries]
    )
    cursor.executemany(
        VALUE,
        [
            (uuid4().hex, nth, name, text)
            for nth, row in entries
            for name, text in zip(FIELDS, row, strict=True)
        ],
    )


# ---------------------------------------------------------------- measuring

WAYS: dict[str, Callable[[Path], Any]] = {
    "preview": preview,
    "confirm": confirm,
    "take back": take_back,
    "by hand": by_hand,
    "by hand with history": by_hand_with_history,
}


def peak() -> float:
    """The most memory this process ever held, in MB.

    ``getrusage`` would count what the process that started this one held before.
    """
    found = re.search(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def main(address: str, way: str, path: Path) -> dict[str, float]:
    """Go one way once."""
    django_on({"imports": address})
    started = time.perf_counter()
    WAYS[way](path)
    return {"seconds": time.perf_counter() - started, "mb": peak()}


if __name__ == "__main__":
    json.dump(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])), sys.stdout)
