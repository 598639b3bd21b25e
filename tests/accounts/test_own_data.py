"""My data: what is held about one's own account."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

from accounts.models import History, User
from sammachip.retention import retention
from steps.recording.people import NewHousehold, add_household
from tests.cast import World, sender

SignIn = Callable[[User], Client]
PAGE = "/accounts/me/"
pytestmark = pytest.mark.usefixtures("english")


def held(client: Client) -> dict[str, dict[str, str]]:
    sections = client.get(PAGE).context["sections"]
    return {
        section.title: {line.label: line.text for line in section.lines} for section in sections
    }


def test_everybody_sees_their_account_their_postings_and_how_much_they_did(
    world: World, signed_in: SignIn
) -> None:
    world.nida.phone, world.nida.email = "0811111111", "nida@example.go.th"
    world.nida.save()
    home = NewHousehold(house_no="1", head_name="นายหนึ่ง ใจดี")
    add_household(village=world.trakat, household=home, sender=sender(world.nida))

    mine = held(signed_in(world.nida))

    assert mine["Account"]["Name"] == world.nida.name
    assert mine["Account"]["Phone"] == "0811111111"
    assert mine["Account"]["E-mail"] == "nida@example.go.th"
    assert mine["Postings"]["District officer"].startswith("Si Rattana District · ")
    assert mine["Work recorded"]["History entries"] == "1"
    assert mine["Work recorded"]["Years of villages in their care"] == "1"


@pytest.mark.parametrize("name", ["nida", "prasit", "suda", "wipa", "anan"])
def test_nobody_sees_another_s(name: str, world: World, signed_in: SignIn) -> None:
    user = getattr(world, name)
    others = User.objects.exclude(pk=user.pk).values_list("name", flat=True)

    page = signed_in(user).get(PAGE).content.decode()

    assert user.name in page
    assert [other for other in others if other in page] == []


def test_the_page_says_how_long_and_that_work_is_kept(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.nida).get(PAGE).content.decode()

    assert retention().rule("accounts").how_long in page
    assert "An account is therefore closed, not erased" in page


def test_the_copy_is_one_s_own_and_history(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.nida).post(f"{PAGE}export.xlsx")

    with ZipFile(BytesIO(b"".join(response.streaming_content))) as book:  # type: ignore[attr-defined]
        texts = "".join(book.read(name).decode() for name in book.namelist() if ".xml" in name)
    assert world.nida.name in texts
    assert world.somsak.name not in texts
    entry = History.objects.get(verb="export_own_data")
    assert (entry.by, entry.subject_id) == (world.nida, str(world.nida.pk))


def test_a_copy_is_not_to_be_had_by_following_a_link(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.nida).get(f"{PAGE}export.xlsx").status_code == 405


def test_an_administrator_who_looks_as_somebody_takes_no_copy(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.anan)
    client.post("/accounts/view-as/", {"person": world.nida.pk})

    assert client.post(f"{PAGE}export.xlsx").status_code == 403
    assert not History.objects.filter(verb="export_own_data").exists()
