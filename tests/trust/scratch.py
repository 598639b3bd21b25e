"""A database and a media folder of its own, for tests that need several processes.

As a program (``python -m tests.trust.scratch prepare N``) it fills the database it is pointed to
with the cast and N villages, and prints the sessions in which Nida and Somsak are signed in.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Scratch:
    """The environment that points programs at it, and who is signed in there (session keys)."""

    env: dict[str, str]
    sessions: dict[str, str]

    def run(self, *words: str, **env: str) -> str:
        """What ``python -m words`` prints; anything but success is an error with its output."""
        process = self.start(*words, **env)
        out, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors[-3000:]
        return out

    def start(self, *words: str, **env: str) -> subprocess.Popen[str]:
        """``python -m words``, running."""
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env={**self.env, **env},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def sql(self, statements: str) -> None:
        """Run SQL in it."""
        self.run("tests.trust.scratch", "sql", statements)

    def counts(self) -> dict[str, int]:
        """How many rows every table has."""
        return dict(json.loads(self.run("tests.trust.scratch", "counts")))


@contextmanager
def scratch(folder: Path, *, villages: int = 0) -> Iterator[Scratch]:
    """A fresh database of the kind this run uses, migrated and filled; gone after."""
    with blank(folder) as empty:
        empty.run("django", "migrate", "-v0")
        yield filled(empty, villages=villages)


def filled(empty: Scratch, *, villages: int) -> Scratch:
    """With the cast, and so many villages, in its tables."""
    said = empty.run("tests.trust.scratch", "prepare", str(villages))
    return Scratch(empty.env, json.loads(said))


@contextmanager
def blank(folder: Path) -> Iterator[Scratch]:
    """A fresh database of the kind this run uses, without tables; gone after."""
    given = os.environ.get("DATABASE_URL", "")
    on_server = given and not given.startswith("sqlite")
    with _on_server(given) if on_server else _in_file(folder) as url:
        env = {name: value for name, value in os.environ.items() if "PYTEST" not in name} | {
            "DATABASE_URL": url,
            "MEDIA_ROOT": str(folder / "media"),
            "DEBUG": "1",
            "SECRET_KEY": "of a scratch database",
            "DJANGO_SETTINGS_MODULE": "sammachip.settings",
        }
        yield Scratch(env, {})


@contextmanager
def _in_file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'scratch.sqlite3'}"


@contextmanager
def _on_server(given: str) -> Iterator[str]:
    """A database beside the one of this run."""
    import psycopg

    name = f"scratch_{uuid4().hex[:12]}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(given)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


# ---------------------------------------------------------------- inside the database


def prepare(villages: int) -> dict[str, str]:
    """The cast and some villages of Nida's, numbered; sessions by name."""
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest

    from steps.recording.enrolments import enrol
    from tests.cast import World, sender, village

    world = World()
    more = [village(f"331401{moo:02d}", f"บ้าน {moo}") for moo in _free_numbers(villages)]
    enrol(villages=more, programme=world.programme, officer=None, sender=sender(world.anan))
    sessions = {}
    for user in (world.nida, world.somsak):
        request = HttpRequest()
        request.session = SessionStore()
        login(request, user, backend="accounts.backends.StaffIdOrEmail")
        request.session.save()
        sessions[user.staff_id] = str(request.session.session_key)
    return sessions


def _free_numbers(how_many: int) -> list[int]:
    """Moo numbers that are free: Ban Trakat is moo 8."""
    return [moo for moo in range(1, how_many + 2) if moo != 8][:how_many]


def main(what: str, words: list[str]) -> Any:
    """One of the little programs."""
    import django

    django.setup()
    from django.db import connection

    if what == "prepare":
        return prepare(int(words[0]))
    if what == "sql":
        with connection.cursor() as cursor:
            for statement in words[0].split(";"):
                cursor.execute(statement)
        return None
    from tests.trust.work import row_counts

    return row_counts()


if __name__ == "__main__":
    json.dump(main(sys.argv[1], sys.argv[2:]), sys.stdout)
