"""The whole country, for tests that need more areas than the cast has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from villages.areas import load_areas


@pytest.fixture(scope="module")
def the_country(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Every area, loaded once for a module and gone behind it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_areas()
        yield
        transaction.set_rollback(True)
