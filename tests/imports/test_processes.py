"""All of a file or nothing: a process that is killed half way, and two people at one moment."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.imports.processes import ROWS
from tests.trust.scratch import Scratch, scratch

PROGRAMS = "tests.imports.processes"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A database with every area of the country, and a file of new villages beside it."""
    with scratch(tmp_path_factory.mktemp("scratch")) as made:
        made.run("django", "load_areas")
        yield made


def of_ours(counts: dict[str, int]) -> dict[str, int]:
    """The rows of every table but those that hold files brought in."""
    return {name: n for name, n in counts.items() if not name.startswith("accounts.Import")}


def test_a_killed_process_leaves_nothing_and_a_second_run_writes_all(
    base: Scratch, tmp_path: Path
) -> None:
    file = str(tmp_path / "villages.csv")
    base.run(PROGRAMS, "file", file)
    before = base.counts()
    for after in ("1", "3", "all"):
        process = base.start(PROGRAMS, "killed", file, after)
        _out, errors = process.communicate(timeout=300)
        assert process.returncode == -signal.SIGKILL, errors[-3000:]
    killed = base.counts()
    assert of_ours(killed) == of_ours(before)
    assert killed["accounts.Import"] == before["accounts.Import"] + 3  # checked, waiting

    said = json.loads(base.run("django", "import_villages", file, "--json"))
    assert (said["written"], said["counts"]["new"]) == (True, ROWS)
    written = base.counts()
    assert written["villages.Village"] == before["villages.Village"] + ROWS
    assert written["accounts.History"] == before["accounts.History"] + ROWS + 1
    base.sql(
        "DELETE FROM accounts_historyvalue; DELETE FROM accounts_history;"
        "DELETE FROM villages_village WHERE code >= '40'"
    )


def test_of_two_who_confirm_the_same_at_one_moment_one_wins(base: Scratch, tmp_path: Path) -> None:
    imports = json.loads(base.run(PROGRAMS, "prepare"))
    ours, theirs = zip(*imports.values(), strict=True)
    before = base.counts()
    both = [
        base.start(PROGRAMS, "confirm", name, str(tmp_path), *pks)
        for name, pks in {"we": ours, "they": theirs}.items()
    ]
    answers = []
    for process in both:
        out, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors[-3000:]
        answers.append(json.loads(out))
    assert [sorted(pair) for pair in zip(*answers, strict=True)] == [
        ["import_stale", "written"],
        ["import_stale", "written"],
    ]
    after = base.counts()
    new = {name: n - before[name] for name, n in after.items() if n != before[name]}
    assert (new["villages.Village"], new["accounts.User"]) == (ROWS, 300)
    assert new["accounts.Receipt"] == 2
