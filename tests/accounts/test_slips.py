"""Slips with one-time passwords: printed by an administrator, good for two weeks, used once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts import closing, slips
from accounts.models import History, HistoryValue, Receipt, User
from steps.recording.core import Refusal
from tests.access.counting import tables
from tests.accounts.test_signing_in import hidden_inputs, is_signed_in, sign_in
from tests.cast import NOW, PASSWORD, TODAY, World, person, sender
from tests.pages import JSON, answers

SignedIn = Callable[[User], Client]
SLIPS = "/accounts/slips/"
OWN = "/accounts/password/"
NEW = "ข้าวหอมมะลิ-2560"
CHOSEN = {"new_password1": NEW, "new_password2": NEW}
pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def anan(world: World, signed_in: SignedIn) -> Client:
    return signed_in(world.anan)


def printed(client: Client, *people: User, **fields: Any) -> HttpResponse:
    data = {"person": [one.pk for one in people], "client_id": str(uuid4()), **fields}
    return client.post(SLIPS, data)


def passwords_on(page: HttpResponse) -> list[str]:
    return re.findall(r'class="typed secret">([^<]+)<', page.content.decode())


@pytest.fixture
def slip(world: World, anan: Client) -> str:
    """The password on Nida's slip."""
    return passwords_on(printed(anan, world.nida))[0]


def later(monkeypatch: pytest.MonkeyPatch, **time: int) -> datetime:
    now = NOW + timedelta(**time)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return now


# ---------------------------------------------------------------- the password


def test_a_password_is_typed_easily_and_hard_to_guess() -> None:
    bits = slips.GROUPS * slips.IN_A_GROUP * math.log2(len(set(slips.LETTERS)))
    assert bits >= 60
    word = slips.one_time_password()
    assert re.fullmatch("[a-z]{5}(-[a-z]{5}){2}", word)
    assert not set(word) & set("aeiouylq0123456789")
    assert word != slips.one_time_password()


# ---------------------------------------------------------------- printing


def test_the_page_lists_accounts_and_finds_those_who_never_signed_in(
    world: World, anan: Client
) -> None:
    person("boonmee", "นางบุญมี ใจดี", "พัฒนากร")
    User.objects.exclude(staff_id="boonmee").update(last_login=NOW)

    def listed(**asked: str) -> set[str]:
        return {one.staff_id for one, _ticked in anan.get(SLIPS, asked).context["rows"]}

    assert listed() >= {"boonmee", "nida", "prasit"}
    assert not listed() & {"anan", "malee"}  # oneself, and the closed account
    assert listed(new="on") == {"boonmee"}
    assert listed(q="นิดา") == {"nida"}


def test_slips_show_what_to_type_once_in_both_languages(world: World, anan: Client) -> None:
    page = printed(anan, world.somsak, world.nida)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    words = page.content.decode()
    first, second = passwords_on(page)
    assert first != second
    assert words.index("นางสาวนิดา") < words.index("นายสมศักดิ์")
    for said in ("nida", "somsak", "http://", "6 Apr", 'lang="th"', 'lang="en"'):
        assert said in words, said
    world.nida.refresh_from_db()
    assert world.nida.check_password(first)
    assert world.nida.slip_until == TODAY + slips.GOOD_FOR


def test_the_password_stands_nowhere_but_on_the_slip(world: World, slip: str) -> None:
    """Every column of every table is read."""
    for model in tables():
        for row in model._default_manager.values():
            assert slip not in str(row), model
    entry = History.objects.of(world.nida).get()
    assert (entry.verb, entry.by, entry.fields) == ("print_slip", world.anan, [])
    assert not HistoryValue.objects.filter(entry=entry).exists()


def test_printing_ends_the_sessions_and_the_old_password(
    world: World, anan: Client, signed_in: SignedIn
) -> None:
    nida = signed_in(world.nida)
    printed(anan, world.nida)
    assert nida.get(OWN).status_code == 302
    assert sign_in(nida, "nida", PASSWORD).status_code == 422


def test_loading_the_answer_again_changes_nothing_and_offers_new_slips(
    world: World, anan: Client
) -> None:
    sent = {"client_id": str(uuid4())}
    first = printed(anan, world.nida, **sent)
    again = printed(anan, world.nida, **sent)
    assert "Printed already" in again.content.decode()
    assert passwords_on(again) == []
    world.nida.refresh_from_db()
    assert world.nida.check_password(passwords_on(first)[0])
    assert History.objects.of(world.nida).count() == 1

    page = {**dict(hidden_inputs(again)), **answers(again.context["form"])}
    assert page["client_id"] != sent["client_id"]
    anew = anan.post(SLIPS, page)
    world.nida.refresh_from_db()
    assert world.nida.check_password(passwords_on(anew)[0])


def test_the_same_id_for_other_people_is_not_taken(world: World, anan: Client) -> None:
    sent = {"client_id": str(uuid4())}
    printed(anan, world.nida, **sent)
    assert printed(anan, world.somsak, **sent).status_code == 409
    world.somsak.refresh_from_db()
    assert world.somsak.check_password(PASSWORD)


@pytest.mark.parametrize("name", ["anan", "malee", "nobody"])
def test_not_for_oneself_nor_for_the_closed_or_unknown(
    world: World, anan: Client, name: str
) -> None:
    key = getattr(world, name).pk if name != "nobody" else 999_999
    page = anan.post(SLIPS, {"client_id": str(uuid4()), "person": [world.nida.pk, key]})
    assert page.status_code == 422
    assert "not your own" in page.content.decode()
    world.nida.refresh_from_db()
    assert world.nida.check_password(PASSWORD)
    assert not Receipt.objects.filter(verb="print_slip").exists()


def test_an_account_closed_meanwhile_gets_no_slip(world: World) -> None:
    made = slips.slips_for([world.nida, world.somsak], TODAY)
    closing.close_account(person=world.somsak, by=world.anan, at=NOW)
    with pytest.raises(Refusal, match="account_closed"):
        slips.print_slips(slips=made, sender=sender(world.anan))
    world.nida.refresh_from_db()
    assert world.nida.slip_until is None


def test_as_many_as_five_sheets_at_once(
    world: World, anan: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slips, "MOST", 1)
    assert printed(anan, world.nida, world.somsak).status_code == 422
    assert anan.get(SLIPS).context["more"]


@pytest.mark.parametrize("name", ["nida", "prasit", "suda", "wipa"])
def test_only_administrators_of_the_country_print(
    world: World, signed_in: SignedIn, name: str
) -> None:
    client = signed_in(getattr(world, name))
    assert client.get(SLIPS).status_code == 403
    assert printed(client, world.kanya).status_code == 403
    world.kanya.refresh_from_db()
    assert world.kanya.check_password(PASSWORD)


# ---------------------------------------------------------------- signing in with it


def test_until_a_password_is_chosen_nothing_else_opens(
    world: World, client: Client, slip: str
) -> None:
    assert sign_in(client, "nida", slip).status_code == 303
    for address in ("/", "/villages/", "/villages/33140108/", SLIPS, "/admin/"):
        assert client.get(address)["Location"] == OWN, address
    refused = client.get("/villages/", **JSON)
    assert (refused.status_code, refused.json()) == (403, {"code": "own_password_first"})
    for address in ("/privacy/", OWN):
        assert client.get(address).status_code == 200
    assert client.post("/language/", {"language": "th"}).status_code == 302

    answer = client.post(OWN, CHOSEN)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert client.get("/").status_code == 200
    world.nida.refresh_from_db()
    assert world.nida.slip_until is None
    assert sign_in(Client(), "nida", slip).status_code == 422
    assert sign_in(Client(), "nida", NEW).status_code == 303


def test_one_can_sign_out_instead(client: Client, slip: str) -> None:
    sign_in(client, "nida", slip)
    client.post(reverse("accounts:logout"))
    assert not is_signed_in(client)


def test_the_password_of_the_slip_is_not_ones_own(world: World, client: Client, slip: str) -> None:
    sign_in(client, "nida", slip)
    page = client.post(OWN, {"new_password1": slip, "new_password2": slip})
    assert page.status_code == 422
    assert "than the one on the slip" in page.content.decode()
    assert client.get("/")["Location"] == OWN


@pytest.mark.parametrize(("days", "is_good"), [(14, True), (15, False)])
def test_a_slip_is_good_for_fourteen_days(
    client: Client, slip: str, monkeypatch: pytest.MonkeyPatch, days: int, is_good: bool
) -> None:
    later(monkeypatch, days=days)
    assert (sign_in(client, "nida", slip).status_code == 303) == is_good
    assert is_signed_in(client) == is_good


def test_only_who_knows_the_password_reads_that_the_slip_is_out_of_date(
    client: Client, slip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, days=15)
    assert "out of date" in sign_in(client, "nida", slip).content.decode()
    assert "out of date" not in sign_in(client, "nida", "wrong").content.decode()
    assert "out of date" not in sign_in(client, "nobody", slip).content.decode()


def test_what_was_typed_before_waits_until_a_password_is_chosen(
    world: World, client: Client, slip: str
) -> None:
    """The session ended with the printing, with a household typed on a page."""
    address = "/villages/33140108/households/add/"
    typed = {"client_id": str(uuid4()), "house_no": "77", "head_name": "นายใหม่ ใจดี"}
    lapsed = client.post(address, typed)
    page = sign_in(client, "nida", slip, **dict(hidden_inputs(lapsed)))
    assert "choose a password of your own" in page.content.decode()
    too_soon = client.post(address, dict(hidden_inputs(page)))
    assert too_soon.status_code == 403
    assert dict(hidden_inputs(too_soon))["head_name"] == "นายใหม่ ใจดี"
    client.post(OWN, CHOSEN)
    assert client.post(address, dict(hidden_inputs(too_soon))).status_code == 303
    assert world.trakat.households.filter(house_no="77").exists()


def test_a_password_set_by_other_means_is_no_slips(
    world: World, anan: Client, slip: str, client: Client
) -> None:
    address = reverse("admin:auth_user_password_change", args=[world.nida.pk])
    anan.post(address, {"password1": NEW, "password2": NEW, "usable_password": "true"})
    assert sign_in(client, "nida", NEW).status_code == 303
    assert client.get("/").status_code == 200


def test_a_newer_hash_of_the_same_password_leaves_the_slip_one(
    world: World, client: Client, slip: str, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    sign_in(client, "nida", slip)
    world.nida.refresh_from_db()
    assert world.nida.password.startswith("pbkdf2")
    assert world.nida.slip_until == TODAY + slips.GOOD_FOR
    assert client.get("/")["Location"] == OWN


def test_an_administrator_who_views_as_the_person_sees_their_pages(
    world: World, anan: Client, slip: str
) -> None:
    anan.post(reverse("accounts:view_as"), {"person": world.nida.pk})
    assert anan.get("/villages/33140108/").status_code == 200
