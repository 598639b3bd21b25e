"""Whether a database is one that nobody has worked in: a backup is restored into no other."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from sammachip.backup.parts import Impossible

# What `migrate` fills itself, and what a site nobody works in may gather: tables by how they begin.
NOBODYS_WORK = ("django_", "auth_permission", "axes_")


def refuse_unless_empty(connection: BaseDatabaseWrapper) -> None:
    """Raise Impossible where a table of ours has a row, or a table is not ours."""
    standing = connection.introspection.table_names()
    ours = {
        *connection.introspection.django_table_names(),
        MigrationRecorder.Migration._meta.db_table,
    }
    if foreign := sorted(set(standing) - ours):
        raise Impossible(
            f"The database holds tables this program does not know ({_some(foreign)}). Name an "
            "empty one in DATABASE_URL."
        )
    if filled := [name for name in standing if _is_filled(connection, name)]:
        raise Impossible(
            f"The database holds data ({_some(filled)}). A backup is restored into an empty "
            "installation only: name an empty database in DATABASE_URL."
        )


def _is_filled(connection: BaseDatabaseWrapper, table: str) -> bool:
    if table.startswith(NOBODYS_WORK):
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
        return cursor.fetchone() is not None


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown}, …" if len(names) > 5 else shown
