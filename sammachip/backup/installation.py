"""What is backed up, and what a backup is restored into: a database and a folder of files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connections

from sammachip.backup.engine import Engine
from sammachip.backup.postgresql import PostgreSQL
from sammachip.backup.sqlite import SQLite

ENGINES: dict[str, type[Engine]] = {"sqlite": SQLite, "postgresql": PostgreSQL}


@dataclass(frozen=True)
class Installation:
    """A database, and where its stored files lie."""

    engine: Engine
    media: Path


def this_installation() -> Installation:
    """The one the environment names."""
    connection = connections["default"]
    return Installation(ENGINES[connection.vendor](connection), Path(settings.MEDIA_ROOT))
