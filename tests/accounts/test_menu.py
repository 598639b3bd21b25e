"""The account menu: the pages of one's own account, and the administration for who has it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.cast import World

SignedIn = Callable[[User], Client]


@pytest.mark.parametrize(
    ("who", "administers"),
    [("nida", False), ("prasit", False), ("suda", False), ("wipa", False), ("anan", True)],
)
def test_everybody_reaches_their_password_and_administrators_the_administration(
    world: World, signed_in: SignedIn, who: str, administers: bool
) -> None:
    page = signed_in(getattr(world, who)).get("/").content.decode()
    assert 'href="/accounts/password/"' in page
    assert ('href="/admin/"' in page) == administers


def test_the_menu_asks_the_database_nothing_of_its_own(world: World, signed_in: SignedIn) -> None:
    """A page asks once for the postings of the person, for everything it decides by them."""
    with CaptureQueriesContext(connection) as queries:
        signed_in(world.nida).get("/villages/33140108/")
    asked = [query["sql"] for query in queries if 'FROM "accounts_posting"' in query["sql"]]
    assert len(asked) == 1
