"""Proof 6: eight processes writing to one SQLite file never meet "database is locked".

The control begins its transactions DEFERRED, as Django does by default, and meets it.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from tests.trust.scratch import Scratch, scratch

PROCESSES = 8
on_sqlite = pytest.mark.skipif(
    "sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="about SQLite alone"
)


def written(base: Scratch, how_many: int, **env: str) -> tuple[Counter[str], float]:
    """What eight writers said together, and the longest any of them waited for a write."""
    writers = [
        base.start("tests.trust.writer", str(n), str(how_many), **env) for n in range(PROCESSES)
    ]
    said: Counter[str] = Counter()
    longest = 0.0
    for writer in writers:
        out, errors = writer.communicate(timeout=600)
        assert writer.returncode == 0, errors[-3000:]
        answer = json.loads(out)
        said.update(answer["said"])
        longest = max(longest, answer["longest"])
    return said, longest


@pytest.mark.load
@on_sqlite
def test_eight_processes_write_1600_activities_with_photos(tmp_path: Path) -> None:
    with scratch(tmp_path, villages=80) as base:
        before = base.counts()
        said, _longest = written(base, 200)
        after = base.counts()
    assert said == {"stored": 1600}
    for table in ("steps.Activity", "steps.Evidence", "steps.Blob", "accounts.Receipt"):
        assert after[table] - before[table] == 1600, table


@on_sqlite
def test_control_deferred_transactions_meet_a_locked_database(tmp_path: Path) -> None:
    with scratch(tmp_path, villages=80) as base:
        said, _longest = written(base, 20, DJANGO_SETTINGS_MODULE="tests.trust.deferred")
    assert said["database is locked"] > 0
