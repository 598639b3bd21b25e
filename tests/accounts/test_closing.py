"""Closing an account, opening it again, ending its sessions: at once, and for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import closing
from accounts.models import History, User
from tests.accounts.test_admin_accounts import filled, url
from tests.accounts.test_signing_in import is_signed_in, sign_in
from tests.cast import NOW, World

SignedIn = Callable[[User], Client]
OWN = "/accounts/password/"


def closes(anan: Client, person: User) -> None:
    """Take the tick "may sign in" away on the page of an account."""
    address = url("accounts_user", "change", person.pk)
    data = filled(anan, address)
    del data["is_active"]
    assert anan.post(address, data).status_code == 302


def opens(anan: Client, person: User) -> None:
    address = url("accounts_user", "change", person.pk)
    data = {**filled(anan, address), "is_active": "on"}
    assert anan.post(address, data).status_code == 302


def verbs_of(person: User) -> list[str]:
    return list(History.objects.of(person).order_by("pk").values_list("verb", flat=True))


def test_a_session_dies_with_the_next_request_and_stays_dead_after_opening_again(
    world: World, signed_in: SignedIn
) -> None:
    anan, nida = signed_in(world.anan), signed_in(world.nida)
    assert nida.get(OWN).status_code == 200
    closes(anan, world.nida)
    assert nida.get(OWN).status_code == 302
    opens(anan, world.nida)
    assert nida.get(OWN).status_code == 302
    assert verbs_of(world.nida) == ["close_account", "open_account"]
    assert sign_in(nida, "nida").status_code == 303  # with the password, anew
    assert nida.get(OWN).status_code == 200


def test_a_session_nobody_used_while_the_account_was_closed_is_dead_too(
    world: World, signed_in: SignedIn
) -> None:
    nida = signed_in(world.nida)
    closing.close_account(person=world.nida, by=world.anan, at=NOW)
    closing.open_account(person=world.nida, by=world.anan, at=NOW + timedelta(hours=1))
    assert nida.get(OWN).status_code == 302


def test_closing_twice_is_closing_once(world: World) -> None:
    for _administrator in range(2):
        closing.close_account(person=world.nida, by=world.anan, at=NOW)
    assert verbs_of(world.nida) == ["close_account"]


def test_a_page_opened_before_somebody_closed_the_account_does_not_open_it_again(
    world: World, signed_in: SignedIn
) -> None:
    """Anan only mends a phone number; what he did not touch is not written back."""
    anan = signed_in(world.anan)
    address = url("accounts_user", "change", world.nida.pk)
    page = filled(anan, address)
    closing.close_account(person=world.nida, by=world.anan, at=NOW)
    anan.post(address, {**page, "phone": "0812345678"})
    world.nida.refresh_from_db()
    assert (world.nida.is_active, world.nida.phone) == (False, "0812345678")
    assert verbs_of(world.nida) == ["close_account", "change"]


def test_the_page_writes_what_was_touched_and_no_password_of_when_it_was_opened(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    anan = signed_in(world.anan)
    address = url("accounts_user", "change", world.nida.pk)
    page = filled(anan, address)
    written: list[object] = []
    save = User.save

    def watched(self: User, **words: object) -> None:
        written.append(words.get("update_fields"))
        save(self, **words)

    monkeypatch.setattr(User, "save", watched)
    anan.post(address, {**page, "phone": "0812345678"})
    assert written == [["phone"]]


def test_all_sessions_end_with_one_button_and_the_account_stays_open(
    world: World, signed_in: SignedIn
) -> None:
    anan, phone, desk = (signed_in(one) for one in (world.anan, world.nida, world.nida))
    page = anan.get(url("accounts_user", "change", world.nida.pk)).content.decode()
    assert 'value="end_all_sessions"' in page
    chosen = {"action": "end_all_sessions", "_selected_action": [world.nida.pk, world.somsak.pk]}
    told = anan.post(url("accounts_user", "changelist"), chosen, follow=True)
    assert len(told.context["messages"]) == 1
    assert [phone.get(OWN).status_code, desk.get(OWN).status_code] == [302, 302]
    assert verbs_of(world.nida) == verbs_of(world.somsak) == ["end_sessions"]
    assert sign_in(phone, "nida").status_code == 303


@pytest.mark.parametrize("name", ["nida", "prasit", "suda", "wipa"])
def test_only_administrators_of_the_country_end_sessions(
    world: World, signed_in: SignedIn, name: str
) -> None:
    other, anan = signed_in(getattr(world, name)), signed_in(world.anan)
    chosen = {"action": "end_all_sessions", "_selected_action": [world.anan.pk]}
    other.post(url("accounts_user", "changelist"), chosen)
    assert anan.get(OWN).status_code == 200
    assert verbs_of(world.anan) == []


@pytest.mark.parametrize("ending", [closing.close_account, closing.end_sessions])
def test_viewing_as_ends_with_the_administrators_session(
    world: World, signed_in: SignedIn, ending: Callable[..., None]
) -> None:
    anan = signed_in(world.anan)
    anan.post(reverse("accounts:view_as"), {"person": world.nida.pk})
    assert anan.get(OWN).status_code == 200
    ending(person=world.anan, by=world.anan, at=NOW)
    assert anan.get(OWN).status_code == 302
    closing.open_account(person=world.anan, by=world.anan, at=NOW)
    assert anan.get(OWN).status_code == 302


def test_viewing_as_ends_when_the_account_looked_at_is_closed(
    world: World, signed_in: SignedIn
) -> None:
    anan = signed_in(world.anan)
    anan.post(reverse("accounts:view_as"), {"person": world.nida.pk})
    closing.close_account(person=world.nida, by=world.anan, at=NOW)
    page = anan.get("/")
    assert (page.status_code, page.context["user"]) == (200, world.anan)
    closing.open_account(person=world.nida, by=world.anan, at=NOW)
    assert anan.get("/").context["user"] == world.anan


def test_a_closed_account_does_not_sign_in(world: World, client: Client) -> None:
    closing.close_account(person=world.nida, by=world.anan, at=NOW)
    assert sign_in(client, "nida").status_code == 422
    assert not is_signed_in(client)
