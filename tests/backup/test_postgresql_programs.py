"""Which pg_dump is run, and what it is told; no server is needed for this."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sammachip.backup import Impossible
from sammachip.backup import postgresql as module
from sammachip.backup.postgresql import PostgreSQL, program


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let programs of some versions be installed as on Debian, and perhaps one be on PATH."""
    monkeypatch.setattr(module, "PROGRAMS", tmp_path / "postgresql")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))

    def install(*versions: int, on_path: int | None = None) -> None:
        for version in versions:
            write(tmp_path / "postgresql" / str(version) / "bin", version)
        if on_path:
            write(tmp_path / "path", on_path)

    return install


def write(folder: Path, version: int) -> None:
    folder.mkdir(parents=True)
    file = folder / "pg_dump"
    file.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.4 (Debian {version}.4-1)'\n")
    file.chmod(0o755)


def test_the_one_of_the_servers_own_version_is_run(installed: Any) -> None:
    """Not a newer one: what it writes asks for a newer server when it is restored."""
    installed(13, 15, 17)
    assert "/15/" in str(program("pg_dump", at_least=15))


def test_else_the_next_newer_one(installed: Any) -> None:
    installed(13, 18, on_path=17)
    assert program("pg_dump", at_least=15).parent.name == "path"


@pytest.mark.parametrize(
    ("versions", "there"), [([], r"none"), ([13, 14], r"1[34], 1[34]")], ids=["none", "older"]
)
def test_without_one_it_says_what_to_install(
    installed: Any, versions: list[int], there: str
) -> None:
    installed(*versions)
    with pytest.raises(Impossible, match=rf"found: {there}.*apt install postgresql-client-15"):
        program("pg_dump", at_least=15)


def test_a_program_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "pg_dump: error: No space left on device\n")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: failed)
    with pytest.raises(Impossible, match="pg_dump failed: pg_dump: error: No space left on device"):
        engine()._run(Path("pg_dump"))


def test_the_password_is_on_no_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody on the machine can read those."""
    ran = {}

    def run(command: list[str], *, env: dict[str, str], **more: Any) -> Any:
        ran.update(command=command, env=env)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    engine()._run(Path("/bin/pg_dump"), "--format=custom")

    assert ran["command"] == [
        *["/bin/pg_dump", "-U", "sammachip", "-h", "db.example", "-p", "5433"],
        *["--dbname=villages", "--format=custom"],
    ]
    assert ran["env"]["PGPASSWORD"] == "secret"
    assert ran["env"]["PGSSLMODE"] == "verify-full"


def test_a_dump_of_a_newer_server_is_refused_before_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PostgreSQL, "server", lambda self: "15.4")
    with pytest.raises(Impossible, match=r"is of PostgreSQL 17\.1, and this server is 15\.4"):
        engine().load(Path("database.dump"), "17.1")


def engine() -> PostgreSQL:
    settings = {
        "NAME": "villages",
        "USER": "sammachip",
        "PASSWORD": "secret",
        "HOST": "db.example",
        "PORT": 5433,
        "OPTIONS": {"sslmode": "verify-full"},
    }
    connection: Any = SimpleNamespace(settings_dict=settings)
    return PostgreSQL(connection)
