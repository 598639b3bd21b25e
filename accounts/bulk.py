"""Storing many rows whose keys nobody asks for, as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

ROWS_AT_ONCE = 500


def insert(rows: Sequence[models.Model]) -> None:
    """Store new rows of one model: by COPY on PostgreSQL, which reads no statement a row.

    The rows are stored as they are, as ``bulk_create`` does; their keys are not told.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        return
    fields = [field for field in model._meta.concrete_fields if not field.db_returning]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    into = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row([_stored(field, row) for field in fields])


def _stored(field: models.Field[Any, Any], row: models.Model) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)
