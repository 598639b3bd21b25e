"""What a kind of database does to be backed up and restored, and when it will not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from sammachip.backup.parts import Impossible, Snapshot, Table

MIGRATIONS = MigrationRecorder.Migration._meta.db_table

# What `migrate` fills itself, and what a site nobody works in may gather: tables by how they begin.
NOBODYS_WORK = ("django_", "auth_permission", "axes_")


class Engine(ABC):
    """A database, through the tools of its kind."""

    name: str  # as in manifests
    file: str  # what its file in a backup is called
    url: str  # an example of DATABASE_URL

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    @abstractmethod
    def server(self) -> str:
        """The version of the database itself."""

    @abstractmethod
    def save(self, file: Path) -> Snapshot:
        """Write one moment of the database to a file, whatever others write meanwhile."""

    @abstractmethod
    def tables(self) -> dict[str, Table]:
        """What the tables hold now."""

    @abstractmethod
    def load(self, file: Path, server: str) -> None:
        """Put a file, saved from that version, in place of a database that is empty."""

    def refuse_unless_migrated(self) -> None:
        """Raise Impossible where there is nothing to back up."""
        if MIGRATIONS not in self.connection.introspection.table_names():
            raise Impossible("The database of DATABASE_URL has no tables of this program.")

    def refuse_unless_empty(self) -> None:
        """Raise Impossible where a table of ours has a row, or a table is not ours."""
        introspection = self.connection.introspection
        standing = introspection.table_names()
        if foreign := set(standing) - {MIGRATIONS, *introspection.django_table_names()}:
            raise Impossible(
                f"The database holds tables this program does not know ({_some(foreign)}). Name "
                "an empty one in DATABASE_URL."
            )
        if filled := {table for table in standing if self._is_filled(table)}:
            raise Impossible(
                f"The database holds data ({_some(filled)}). A backup is restored into an empty "
                "installation only: name an empty database in DATABASE_URL."
            )

    def _is_filled(self, table: str) -> bool:
        if table.startswith(NOBODYS_WORK):
            return False
        quoted = self.connection.ops.quote_name(table)
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {quoted} LIMIT 1")  # noqa: S608
            return cursor.fetchone() is not None


def _some(names: set[str]) -> str:
    shown = sorted(names)[:5]
    return ", ".join([*shown, "…"] if len(names) > 5 else shown)
