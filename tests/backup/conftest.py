"""An installation with work in it, a backup of it, and empty ones to restore into."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.trust.scratch import Scratch, blank, filled

PHOTOS = 3


@dataclass(frozen=True)
class Made:
    """A backup, and the installation it is of; and two that were made before anybody worked."""

    home: Scratch
    folder: Path
    unused: Path  # migrated, no more
    older: Path  # of a program that knew fewer migrations

    @property
    def manifest(self) -> dict[str, Any]:
        return read(self.folder)


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a backup, as it stands there."""
    return dict(json.loads((folder / "manifest.json").read_text()))


def rewrite(folder: Path, **changes: Any) -> None:
    """Let a manifest say something else."""
    (folder / "manifest.json").write_text(json.dumps({**read(folder), **changes}))


def command(base: Scratch, *words: object) -> subprocess.CompletedProcess[str]:
    """What came of a command in an installation."""
    process = base.start("django", *map(str, words))
    out, errors = process.communicate(timeout=120)
    return subprocess.CompletedProcess(words, process.returncode, out, errors)


def refused(base: Scratch, *words: object) -> str:
    """The words in which a command refuses; it does so without a traceback."""
    done = command(base, *words)
    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith("CommandError: "), done.stderr
    return done.stderr


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Made once, for migrating takes long. Nobody changes it: take ``copy_of_it`` to do so."""
    folder = tmp_path_factory.mktemp("home")
    made, unused, older = folder / "backup", folder / "unused", folder / "older"
    with blank(folder) as base:
        base.run("django", "migrate", "-v0", "sessions")
        base.run("django", "migrate", "-v0", "steps", "0002")
        base.run("django", "backup", str(older))
        base.run("django", "migrate", "-v0")
        base.run("django", "backup", str(unused))
        home = filled(base, villages=4)
        home.run("tests.trust.writer", "0", str(PHOTOS))
        home.run("django", "backup", str(made))
        yield Made(home, made, unused, older)


@pytest.fixture
def copy_of_it(made: Made, tmp_path: Path) -> Path:
    """The backup, to be changed."""
    return Path(shutil.copytree(made.folder, tmp_path / "copy"))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Scratch]:
    """An installation without tables and files."""
    with an_empty_one(tmp_path / "empty") as base:
        yield base


@pytest.fixture
def second(made: Made, tmp_path: Path) -> Iterator[Scratch]:
    """An installation like the one at home, to work in."""
    with an_empty_one(tmp_path / "second") as base:
        base.run("django", "restore", str(made.folder))
        yield base


def an_empty_one(folder: Path) -> AbstractContextManager[Scratch]:
    folder.mkdir()
    return blank(folder)
