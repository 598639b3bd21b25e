"""The file of an import is gone: a backup holds what is stored, not what somebody brought in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Import, User
from tests.cast import World
from tests.imports.bringing import confirmed, taken_back, written
from tests.imports.files import GOOD, as_workbook, checked, taken_in
from villages.models import Village

pytestmark = pytest.mark.usefixtures("english")
SignIn = Callable[[User], Client]
NEW = {"หมู่บ้าน": [["รหัสหมู่บ้าน", "ชื่อหมู่บ้าน"], ["33140209", "หนองบัว"]]}


def sent(client: Client, brought: Import) -> Any:
    """What the page sends to have the file compared, with its columns as they were understood."""
    columns = brought.reading["tables"][0]["columns"]
    data = {f"column-0-{at}": column["column"] for at, column in enumerate(columns)}
    return client.post(reverse("imports:check", args=[brought.pk]), data)


def test_a_file_that_is_gone_is_asked_for_again(world: World, signed_in: SignIn) -> None:
    brought = taken_in(as_workbook(GOOD), by=world.anan)
    brought.path.unlink()
    page = sent(signed_in(world.anan), brought)
    assert page.status_code == 422
    assert "not kept here any more" in page.content.decode()
    assert Import.objects.get().state == "read"


def test_what_was_undone_is_not_brought_in_anew_without_its_file(
    world: World, signed_in: SignIn
) -> None:
    brought = written("villages", as_workbook(NEW))
    Import.objects.update(by=world.anan)
    taken_back(brought)
    brought.path.unlink()
    assert sent(signed_in(world.anan), brought).status_code == 422
    assert Import.objects.get().state == "undone"


def test_what_was_checked_is_written_without_its_file(world: World) -> None:
    brought = checked(as_workbook(NEW), by=world.anan)
    brought.path.unlink()
    confirmed(brought, world.anan)
    assert Village.objects.filter(code="33140209").exists()
