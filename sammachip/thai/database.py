"""The collation ``thai``, by which both databases sort Thai text: ``db_collation="thai"``.

A name without a hyphen, because Django writes it unquoted on SQLite.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

from sammachip.thai.text import collate


def register_collation(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Receiver of ``connection_created``: give a new SQLite connection the collation."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation("thai", collate)


class ThaiCollation(Operation):
    """Migration operation: make the collation in PostgreSQL, from ICU; nothing to do elsewhere.

    Django's own ``CreateCollation`` cannot be undone on SQLite and loads psycopg at every start.
    """

    category = OperationCategory.ADDITION
    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models do not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("CREATE COLLATION thai (provider = icu, locale = 'th-TH')")

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("DROP COLLATION thai")

    def describe(self) -> str:
        return "Create the collation thai"

    @property
    def migration_name_fragment(self) -> str:
        return "thai_collation"
