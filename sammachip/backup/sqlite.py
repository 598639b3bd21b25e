"""SQLite, through its own backup API: in and out in one transaction, beside whoever works."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sammachip.backup.engine import Engine
from sammachip.backup.parts import (
    APPLIED,
    LEFT_OUT,
    STORED,
    Snapshot,
    StoredFile,
    Table,
    summed,
)
from sammachip.thai.text import collate

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"


class SQLite(Engine):
    """The file DATABASE_URL names."""

    name = "sqlite"
    file = "database.sqlite3"
    url = "sqlite:////path/to/the/file"

    def server(self) -> str:
        """The version of the library."""
        return sqlite3.sqlite_version

    def save(self, file: Path) -> Snapshot:
        """Copy the database as it is at one moment; everything else is read from the copy."""
        file.unlink(missing_ok=True)
        self.connection.ensure_connection()
        with closing(_opened(file)) as copy:
            self.connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # a single file
            copy.execute("PRAGMA secure_delete = ON")  # what is left out leaves no trace
            copy.execute(f"DELETE FROM {LEFT_OUT}")  # noqa: S608
            return Snapshot(
                migrations=[f"{app}.{name}" for app, name in copy.execute(APPLIED)],
                tables=_tables(copy),
                stored=[StoredFile(*row) for row in copy.execute(STORED)],
            )

    def tables(self) -> dict[str, Table]:
        """Read on a connection of its own: Django's turns values into other types."""
        name = self.connection.settings_dict["NAME"]
        with closing(_opened(Path(name))) as database:
            return _tables(database)

    def load(self, file: Path, server: str) -> None:
        """Copy a backup over the empty database.

        The backup API does it inside a transaction, so that killed at any moment it leaves the
        database as it was, and nobody has to think of write-ahead logs that lie about.
        """
        self.refuse_unless_empty()
        address = f"{file.as_uri()}?immutable=1"  # a backup is never written to
        with closing(sqlite3.connect(address, uri=True)) as backup:
            backup.backup(self.connection.connection)


def _opened(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, isolation_level=None)
    database.create_collation("thai", collate)
    return database


def _tables(database: sqlite3.Connection) -> dict[str, Table]:
    names = [name for (name,) in database.execute(_TABLES).fetchall()]
    return {name: summed(_rows(database, name)) for name in names}


def _rows(database: sqlite3.Connection, table: str) -> Iterator[bytes]:
    """Rows as bytes that are the same for the same values, whatever Python reads them."""
    for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608
        yield json.dumps(row, default=bytes.hex).encode()
