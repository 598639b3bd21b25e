"""Ten wrong passwords for one account from one address close it there, and only there."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.accounts.test_signing_in import LOGIN, is_signed_in, sign_in
from tests.cast import PASSWORD, World

AT_THE_OFFICE = "203.0.113.5"
AT_HOME = "198.51.100.7"


def tries(times: int, name: str = "nida", **where: str) -> HttpResponse:
    """Somebody guesses; the answer to the last guess."""
    for guess in range(times):
        response = at(AT_HOME, **where).post(LOGIN, {"username": name, "password": f"no{guess}"})
    return response


def at(address: str, **where: str) -> Client:
    return Client(**{"REMOTE_ADDR": address, **where})


def test_nine_wrong_tries_do_not_close_an_account(world: World) -> None:
    assert tries(9).status_code == 422
    assert sign_in(at(AT_HOME), "nida").status_code == 303


def test_the_tenth_closes_it_also_for_the_right_password(world: World) -> None:
    response = tries(10)
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "429.html" in [template.name for template in response.templates]

    client = at(AT_HOME)
    assert sign_in(client, "nida").status_code == 429
    assert not is_signed_in(client)


def test_a_program_is_told_in_json(world: World) -> None:
    tries(10)
    response = at(AT_HOME).post(
        LOGIN,
        {"username": "nida", "password": PASSWORD},
        headers={"accept": "application/json"},
    )
    assert (response.status_code, response.json()) == (429, {"code": "too_many"})


def test_nida_still_signs_in_from_another_address(world: World) -> None:
    tries(10)
    assert sign_in(at(AT_THE_OFFICE), "nida").status_code == 303


def test_her_colleague_still_signs_in_from_the_same_address(world: World) -> None:
    tries(10)
    assert sign_in(at(AT_HOME), "somsak").status_code == 303


def test_capital_letters_and_the_e_mail_give_no_further_tries(world: World) -> None:
    User.objects.filter(pk=world.nida.pk).update(email="nida@example.org")
    for name in ("nida", "NIDA", "Nida@example.org"):
        tries(3, name)

    assert tries(1, "nIdA").status_code == 429


def test_signing_in_forgets_the_wrong_tries(world: World) -> None:
    tries(9)
    sign_in(at(AT_HOME), "Nida")
    assert tries(9).status_code == 422


def test_an_unknown_name_closes_just_the_same(world: World) -> None:
    assert tries(10, "nobody").status_code == 429


def test_a_forged_address_does_not_help(world: World) -> None:
    for number in range(10):
        response = tries(1, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    assert response.status_code == 429


def test_behind_a_trusted_proxy_the_address_it_saw_counts_and_a_forged_one_before_it_does_not(
    world: World, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    settings.AXES_CLIENT_IP_CALLABLE = "sammachip.middleware.client_address"
    for number in range(10):
        response = tries(1, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}, {AT_HOME}")

    assert response.status_code == 429
    elsewhere = at(AT_HOME, HTTP_X_FORWARDED_FOR=AT_THE_OFFICE)
    assert sign_in(elsewhere, "nida").status_code == 303
