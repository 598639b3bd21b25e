"""Natural keys: rows are known in a fixture by what they mean, never by a database's number.

``loaddata`` looks a row up by its natural key and leaves it as it is where it stands, so a fixture
may be loaded twice, and beside rows that got the same numbers here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class KeyedQuerySet(models.QuerySet[M]):
    """Rows of a model with a ``natural_key`` made by ``keyed``."""

    def get_by_natural_key(self, *key: object) -> M:
        """The row with this key; the oldest, should nothing but habit keep it from being two."""
        lookups = self.model.natural_key.lookups  # type: ignore[attr-defined]
        row = self.filter(**dict(zip(lookups, key, strict=True))).order_by("pk").first()
        if row is None:
            raise self.model.DoesNotExist  # type: ignore[attr-defined]
        return row


def keyed(*lookups: str, after: Sequence[str] = ()) -> Callable[[Any], tuple[Any, ...]]:
    """A ``natural_key`` of what stands behind these lookups ("enrolment__village__code").

    ``after`` names the models whose rows come first in a fixture.
    """
    values = [attrgetter(lookup.replace("__", ".")) for lookup in lookups]

    def natural_key(self: models.Model) -> tuple[Any, ...]:
        return tuple(value(self) for value in values)

    natural_key.lookups = lookups  # type: ignore[attr-defined]
    natural_key.dependencies = list(after)  # type: ignore[attr-defined]
    return natural_key
