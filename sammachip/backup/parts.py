"""What a backup is made of, whichever database it comes from."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.db import DatabaseError

from steps.files import path_of

# Whoever holds a row of it is signed in, on the live site too; and sessions that were ended since
# would come back to life. So they stay out of a backup, and people sign in anew after a restore.
LEFT_OUT = "django_session"

APPLIED = "SELECT app, name FROM django_migrations"
STORED = "SELECT sha256, extension, kind, size FROM steps_blob ORDER BY sha256"

_FULL = {errno.ENOSPC, errno.EDQUOT}


class Impossible(Exception):
    """Why something cannot be backed up or restored, as a sentence."""


@dataclass(frozen=True)
class Stored:
    """A file by its content."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Table:
    """The rows of a table: how many, and their hashes summed, which is the same in any order."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class StoredFile:
    """A row of stored files, as the snapshot has it."""

    sha256: str
    extension: str
    kind: str
    size: int

    @property
    def main(self) -> str:
        """Where it lies, relative to MEDIA_ROOT."""
        return path_of(Path(), self.sha256, self.extension).as_posix()

    @property
    def names(self) -> list[str]:
        """The file itself, then its thumbnail if it is a photo."""
        thumbnail = path_of(Path(), self.sha256, self.extension, thumb=True).as_posix()
        return [self.main, thumbnail] if self.kind == "image" else [self.main]


@dataclass(frozen=True)
class Snapshot:
    """A database at one moment."""

    migrations: list[str]
    tables: dict[str, Table]
    stored: list[StoredFile]


def summed(rows: Iterable[bytes]) -> Table:
    """The checksum of rows that come in no particular order."""
    count = total = 0
    for row in rows:
        count += 1
        total += int.from_bytes(sha256(row).digest())
    return Table(count, f"{total % 2**256:064x}")


@contextmanager
def faults_told() -> Iterator[None]:
    """What the operating system or the database refuses, as a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Impossible("The disk is full. Make room and try again.") from error
        raise Impossible(f"{error.filename or 'The disk'}: {error.strerror}.") from error
    except (DatabaseError, sqlite3.Error) as error:
        raise Impossible(f"The database says: {str(error).strip()}") from error
