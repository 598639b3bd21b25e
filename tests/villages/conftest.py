"""What tests of village pages share."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation


@pytest.fixture
def english(settings: Any) -> Iterator[None]:
    """Pages and models speak English, so that tests can read their words."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield
