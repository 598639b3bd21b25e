"""What every test can ask for: the world with its cast, a client for a person, a media folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.cast import NOW, World, load_basics

# A busy machine is no fault of an example.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Areas, the programme and Ban Trakat stand in the database before the first test."""
    if os.environ.get("REQUIRE_POSTGRES") and connection.vendor != "postgresql":
        pytest.exit("This run must be on PostgreSQL: set DATABASE_URL.", returncode=1)
    with django_db_blocker.unblock():
        load_basics()


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def the_day_of_the_write_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests happen on 23 March 2560, within the programme."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def signed_in(the_day_of_the_write_up: None) -> Callable[[User], Client]:
    """A client in which somebody is signed in, on the day of the write-up."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="accounts.backends.StaffIdOrEmail")
        return client

    return sign_in


@pytest.fixture
def english(settings: Any) -> Iterator[None]:
    """Pages and models speak English, so that tests can read their words."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Files of a test lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT
