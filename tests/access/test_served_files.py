"""Files are served to those who may see them now: what changes holds from the next request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Posting, User
from steps.models import Evidence, EvidenceType, ReceivedFile
from tests.access.places import Map, address, everywhere
from tests.cast import NOW, TODAY, World

SignedIn = Callable[[User], Client]
FILES = [
    ("steps:file", "photo"),
    ("steps:file_small", "photo"),
    ("steps:file", "sign-in sheet"),
    ("steps:file_small", "sign-in sheet"),
    ("steps:shelved", "document"),
]
RECEIVED = ("steps:received", "received")


@pytest.fixture
def here(world: World) -> Map:
    return everywhere(world)


@pytest.fixture
def nida(world: World, here: Map, signed_in: SignedIn) -> Client:
    """Nida, who has just looked at every file of her village and may."""
    client = signed_in(world.nida)
    assert set(statuses(client, here, [*FILES, RECEIVED])) == {200}
    return client


def statuses(client: Client, here: Map, files: list[tuple[str, str]]) -> list[int]:
    urls = [address(name, here.own, takes) for name, takes in files]
    return [client.get(url).status_code for url in urls]


def test_when_her_posting_has_ended_every_file_is_gone(
    nida: Client, world: World, here: Map
) -> None:
    world.nida.postings.update(ends_on=TODAY - timedelta(days=1))
    assert set(statuses(nida, here, FILES)) == {404}


def test_on_the_last_day_of_her_posting_every_file_is_there(
    nida: Client, world: World, here: Map
) -> None:
    world.nida.postings.update(ends_on=TODAY)
    assert set(statuses(nida, here, FILES)) == {200}


def test_when_she_is_moved_every_file_is_gone(nida: Client, world: World, here: Map) -> None:
    world.nida.postings.update(area_id="3304")
    assert set(statuses(nida, here, FILES)) == {404}


def test_when_her_account_is_closed_she_is_signed_out(
    nida: Client, world: World, here: Map
) -> None:
    User.objects.filter(pk=world.nida.pk).update(is_active=False)
    assert set(statuses(nida, here, [*FILES, RECEIVED])) == {302}


def test_when_her_new_work_gives_no_names_sign_in_sheets_are_refused(
    nida: Client, world: World, here: Map
) -> None:
    world.nida.postings.update(role="department", area_id=None, national=True)
    assert statuses(nida, here, FILES) == [200, 200, 403, 403, 200]


@pytest.mark.parametrize("kind", EvidenceType.values)
def test_papers_that_name_people_are_for_those_who_may_see_names_and_stay_in_no_browser(
    world: World, here: Map, signed_in: SignedIn, kind: str
) -> None:
    Evidence.objects.filter(pk=here.own.keys["photo"]).update(type=kind)
    names = kind in ("sign_in", "minutes", "letter", "other")
    url = address("steps:file", here.own, "photo")

    seen_by_nida = signed_in(world.nida).get(url)

    assert seen_by_nida.status_code == 200
    assert ("no-store" in seen_by_nida["Cache-Control"]) == names
    for user in (world.wipa, world.anan):
        assert signed_in(user).get(url).status_code == (403 if names else 200)
    page = signed_in(world.wipa).get(address("steps:activity", here.own, "activity"))
    assert (url in page.content.decode()) != names


def test_a_new_posting_opens_the_files_at_once(
    world: World, here: Map, signed_in: SignedIn
) -> None:
    kanya = signed_in(world.kanya)
    assert set(statuses(kanya, here, FILES)) == {404}
    Posting.objects.create(user=world.kanya, role="officer", area_id="3314", starts_on=TODAY)
    assert set(statuses(kanya, here, FILES)) == {200}


def test_what_nida_sent_is_shown_to_nobody_else_whatever_their_work(
    world: World, here: Map, signed_in: SignedIn
) -> None:
    for user in (world.somsak, world.prasit, world.suda, world.wipa, world.anan, world.kanya):
        assert statuses(signed_in(user), here, [RECEIVED]) == [404], user


def test_what_an_activity_holds_is_no_longer_served_as_received(nida: Client, here: Map) -> None:
    ReceivedFile.objects.filter(pk=here.own.keys["received"]).update(claimed_at=NOW)
    assert statuses(nida, here, [RECEIVED]) == [404]


def test_no_address_leads_to_the_files_on_disk(
    world: World, here: Map, media: Path, signed_in: SignedIn
) -> None:
    stored = [path.relative_to(media) for path in media.rglob("*") if path.is_file()]
    assert stored
    for client in (signed_in(world.anan), signed_in(world.nida), Client()):
        for path in stored:
            for under in ("/media/", "/static/", "/", "/files/"):
                assert client.get(f"{under}{path}").status_code == 404
