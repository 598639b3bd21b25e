"""PostgreSQL, through pg_dump and pg_restore; counted in the very snapshot that is dumped."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import OperationalError, transaction
from django.db.backends.postgresql.client import DatabaseClient

from sammachip.backup.engine import Engine
from sammachip.backup.parts import (
    APPLIED,
    LEFT_OUT,
    STORED,
    Impossible,
    Snapshot,
    StoredFile,
    Table,
    summed,
)

PROGRAMS = Path("/usr/lib/postgresql")  # Debian's, a folder for each version

# One moment, however long it takes; values in the same words on every server.
_READING = """
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL TimeZone = 'UTC';
    SET LOCAL DateStyle = 'ISO';
    SET LOCAL IntervalStyle = 'postgres';
    SET LOCAL bytea_output = 'hex';
    SET LOCAL extra_float_digits = 1
"""
_PATIENCE = "SET LOCAL lock_timeout = '10s'"


class PostgreSQL(Engine):
    """The database DATABASE_URL names."""

    name = "postgresql"
    file = "database.dump"
    url = "postgres://user:password@host/name"

    def server(self) -> str:
        """The version of the server."""
        self.connection.ensure_connection()
        return str(self.connection.connection.info.parameter_status("server_version")).split()[0]

    def save(self, file: Path) -> Snapshot:
        """Dump the database as it is at one moment, and count in the same moment."""
        pg_dump = program("pg_dump", at_least=major(self.server()))
        with self._reading() as cursor:
            cursor.execute("SELECT pg_export_snapshot(), current_schema()")
            snapshot, schema = cursor.fetchone()
            self._run(
                pg_dump,
                "--format=custom",
                f"--snapshot={snapshot}",
                f'--schema="{schema}"',
                f"--exclude-table-data={LEFT_OUT}",
                f"--file={file}",
            )
            return Snapshot(
                migrations=[f"{app}.{name}" for app, name in _select(cursor, APPLIED)],
                tables=self._tables(cursor),
                stored=[StoredFile(*row) for row in _select(cursor, STORED)],
            )

    def tables(self) -> dict[str, Table]:
        """What the tables hold now."""
        with self._reading() as cursor:
            return self._tables(cursor)

    def load(self, file: Path, server: str) -> None:
        """Restore a dump in one transaction, in place of the empty tables that may stand there."""
        here = major(self.server())
        if major(server) > here:
            raise Impossible(
                f"The backup is of PostgreSQL {server}, and this server is {self.server()}. "
                "Restore it on a server that is not older."
            )
        pg_restore = program("pg_restore", at_least=here)
        self._run(pg_restore, "--list", str(file), connect=False)  # before anything is dropped
        schema = self._drop_empty_tables()
        self._run(
            pg_restore,
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--no-tablespaces",
            f"--schema={schema}",
            str(file),
        )

    def _drop_empty_tables(self) -> str:
        """Drop what ``migrate`` made, under a lock beneath which nobody can fill it; the schema."""
        quoted = self.connection.ops.quote_name
        try:
            with transaction.atomic(self.connection.alias), self.connection.cursor() as cursor:
                cursor.execute(_PATIENCE)
                names = self.connection.introspection.table_names(cursor)
                if tables := ", ".join(map(quoted, names)):
                    cursor.execute(f"LOCK TABLE {tables}")
                    self.refuse_unless_empty()
                    cursor.execute(f"DROP TABLE {tables}")
                cursor.execute("DROP COLLATION IF EXISTS thai")
                cursor.execute("SELECT current_schema()")
                return str(cursor.fetchone()[0])
        except OperationalError as error:
            raise Impossible(
                "Somebody is at work in the database. Stop the service first."
            ) from error

    def _tables(self, cursor: Any) -> dict[str, Table]:
        names = self.connection.introspection.table_names(cursor)
        return {name: summed(self._rows(cursor, name)) for name in names}

    def _rows(self, cursor: Any, table: str) -> Iterator[bytes]:
        """Rows as PostgreSQL writes them out, one a message."""
        if table != LEFT_OUT:
            with cursor.copy(f"COPY {self.connection.ops.quote_name(table)} TO STDOUT") as rows:
                yield from map(bytes, rows)

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        with (
            self.connection.wrap_database_errors,
            transaction.atomic(self.connection.alias, durable=True),
            self.connection.cursor() as cursor,
        ):
            cursor.execute(_READING)
            yield cursor

    def _run(self, program: Path, *words: str, connect: bool = True) -> None:
        """Run a program of PostgreSQL; the password goes with its environment, which is its own."""
        (_psql, *where, name), secret = DatabaseClient.settings_to_cmd_args_env(
            self.connection.settings_dict, []
        )
        command = [str(program), *([*where, f"--dbname={name}"] if connect else []), *words]
        done = subprocess.run(  # noqa: S603 - no shell, and words of our own
            command,
            env={**os.environ, **(secret or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Impossible(f"{program.name} failed: {done.stderr.strip()[-2000:]}")


def _select(cursor: Any, query: str) -> list[tuple[Any, ...]]:
    cursor.execute(query)
    return list(cursor.fetchall())


# ---------------------------------------------------------------- the programs


def program(name: str, *, at_least: int) -> Path:
    """The oldest program of that name that is not older than the server. Raises Impossible.

    Not the newest: what pg_dump writes, an older pg_restore cannot read; and what a newer
    pg_restore says, an older server does not understand.
    """
    on_path = shutil.which(name)
    paths = [*PROGRAMS.glob(f"*/bin/{name}"), *([Path(on_path)] if on_path else [])]
    found = [(version_of(path), path) for path in paths]
    fit = [(version, path) for version, path in found if version >= at_least]
    if not fit:
        there = ", ".join(str(version) for version, _path in found) or "none"
        raise Impossible(
            f"{name} of PostgreSQL {at_least} or newer is needed (found: {there}). On Debian or "
            f"Ubuntu: apt install postgresql-client-{at_least}."
        )
    return min(fit, key=lambda one: one[0])[1]


def version_of(path: Path) -> int:
    """The major version a program says it is of; 0 where it does not say."""
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"\(PostgreSQL\) ([0-9]+)", said.stdout)
    return int(found[1]) if found else 0


def major(version: str) -> int:
    """15 of 15.18."""
    return int(version.split(".")[0])
