"""Signing in and out, in the words of the people who do it."""

from __future__ import annotations

import re
from html import unescape
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import History, User
from tests.cast import PASSWORD, World

LOGIN = "/accounts/login/"


def sign_in(client: Client, name: str, password: str = PASSWORD, **fields: str) -> HttpResponse:
    return client.post(LOGIN, {"username": name, "password": password, **fields})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def hidden_inputs(response: HttpResponse) -> list[tuple[str, str]]:
    """What pressing the page's button would send, besides what is typed."""
    page = response.content.decode()
    form = page[page.index("<main") : page.index("</main>")]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return [(unescape(name), unescape(value)) for name, value in found]


@pytest.mark.parametrize(
    "name", ["nida", "NIDA", "  nida ", "nida@example.org", "Nida@Example.ORG"]
)
def test_nida_signs_in_with_her_staff_id_or_her_e_mail_in_any_case(
    world: World, client: Client, name: str
) -> None:
    User.objects.filter(pk=world.nida.pk).update(email="nida@example.org")

    response = sign_in(client, name)

    assert (response.status_code, response["Location"]) == (303, "/")
    assert client.session["_auth_user_id"] == str(world.nida.pk)


def test_a_wrong_password_an_unknown_name_and_a_closed_account_get_the_same_answer(
    world: World, client: Client
) -> None:
    answers = []
    for name, password in [("nida", "wrong"), ("nobody", "wrong"), ("malee", PASSWORD)]:
        response = sign_in(client, name, password)
        assert response.status_code == 422
        assert not is_signed_in(client)
        answers.append(
            re.sub(rf'value="({name}|[A-Za-z0-9]{{64}})"', "", response.content.decode())
        )

    assert answers[0] == answers[1] == answers[2]


def test_an_unknown_name_costs_one_hash_like_a_known_one(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth import hashers

    hashed = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(
        hasher, "encode", lambda self, *words: hashed.append(1) or encode(self, *words)
    )
    counts = []
    for name in ("nida", "nobody", "malee"):
        hashed.clear()
        sign_in(client, name, "wrong")
        counts.append(len(hashed))

    assert counts == [1, 1, 1]


def test_what_was_typed_as_name_stays_and_the_password_does_not(
    world: World, client: Client
) -> None:
    page = sign_in(client, "nida", "not-this-one").content.decode()

    assert 'value="nida"' in page
    assert "not-this-one" not in page


def test_a_name_with_a_null_character_is_refused_not_a_fault(world: World, client: Client) -> None:
    assert sign_in(client, "ni\0da").status_code == 422


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/villages/?year=2560", "/villages/?year=2560"),
        ("https://evil.example/", "/"),
        ("//evil.example/villages/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_is_followed_only_within_this_site(
    world: World, client: Client, asked: str, reached: str
) -> None:
    page = client.get(LOGIN, {"next": asked})
    assert dict(hidden_inputs(page))["next"] == reached

    assert sign_in(client, "nida", next=asked)["Location"] == reached


def test_a_page_asked_for_signed_out_leads_to_signing_in_and_back(
    world: World, client: Client
) -> None:
    response = client.get("/villages/?year=2560")

    assert response["Location"] == f"{LOGIN}?next=/villages/%3Fyear%3D2560"


def test_somebody_signed_in_already_is_taken_along(world: World, client: Client) -> None:
    sign_in(client, "nida")

    assert client.get(LOGIN, {"next": "/villages/"})["Location"] == "/villages/"


def test_signing_in_gives_a_new_session_so_a_planted_one_is_worth_nothing(
    world: World, client: Client
) -> None:
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted

    sign_in(client, "nida")

    assert client.session.session_key != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/accounts/password/").status_code == 302


def test_signing_out_ends_the_session_for_whoever_kept_its_cookie(
    world: World, client: Client
) -> None:
    sign_in(client, "nida")
    kept = client.cookies["sessionid"].value

    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == LOGIN

    thief = Client()
    thief.cookies["sessionid"] = kept
    assert thief.get("/accounts/password/").status_code == 302


def test_closing_an_account_ends_its_sessions_with_the_next_request(
    world: World, client: Client
) -> None:
    sign_in(client, "nida")
    assert client.get("/accounts/password/").status_code == 200

    User.objects.filter(pk=world.nida.pk).update(is_active=False)

    assert client.get("/accounts/password/").status_code == 302


def test_a_form_without_a_token_is_refused_also_when_signing_in(world: World) -> None:
    client = Client(enforce_csrf_checks=True)

    for path in (LOGIN, "/accounts/logout/"):
        assert client.post(path, {"username": "nida", "password": PASSWORD}).status_code == 403
    assert not is_signed_in(client)


def test_a_signed_in_person_needs_the_token_too(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.nida, backend="accounts.backends.StaffIdOrEmail")

    assert client.post("/accounts/password/", {"old_password": PASSWORD}).status_code == 403


def test_a_program_gets_json_instead_of_pages(world: World, client: Client) -> None:
    asks = {"accept": "application/json"}

    lapsed = client.post("/villages/33140108/committee/add/", {"name": "x"}, headers=asks)
    assert (lapsed.status_code, lapsed.json()) == (401, {"code": "signed_out"})

    wrong = client.post(LOGIN, {"username": "nida", "password": "wrong"}, headers=asks)
    assert wrong.status_code == 422
    assert wrong.json()["errors"]["__all__"][0]["code"] == "not_right"


# ---------------------------------------------------------------- a session that lapsed


HOUSEHOLD = "/villages/33140108/households/add/"


def fill_in(name: str = "นายทองดี ใจงาม") -> dict[str, object]:
    return {
        "client_id": str(uuid4()),
        "house_no": '12/1 "ก" & <ข>',
        "head_name": name,
        "note": "บรรทัดหนึ่ง\r\nบรรทัดสอง",
        "tick": ["1", "2", "3"],
        "empty": "",
    }


def test_what_nida_typed_survives_a_lapsed_session_and_a_mistyped_password(
    world: World, client: Client
) -> None:
    typed = fill_in()

    lapsed = client.post(HOUSEHOLD, typed)
    assert lapsed.status_code == 401
    assert "no-store" in lapsed["Cache-Control"]  # nobody reads it back on an office computer
    carried = hidden_inputs(lapsed)

    wrong = client.post(LOGIN, form_data(carried, username="nida", password="wrong"))
    assert wrong.status_code == 422
    assert hidden_inputs(wrong)[1:] == carried[1:]  # all but the token

    page = client.post(LOGIN, form_data(carried, username="nida", password=PASSWORD))
    assert page.status_code == 200
    assert is_signed_in(client)
    assert f'<form method="post" action="{HOUSEHOLD}">' in page.content.decode()
    sent = [pair for pair in hidden_inputs(page) if pair[0] != "csrfmiddlewaretoken"]
    assert sent == [
        (name, value)
        for name, values in typed.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def test_the_page_that_sends_it_on_has_a_token_that_works(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    token = dict(hidden_inputs(client.get(LOGIN)))["csrfmiddlewaretoken"]

    lapsed = client.post(HOUSEHOLD, {"csrfmiddlewaretoken": token, "note": "kept"})
    assert lapsed.status_code == 401
    page = client.post(LOGIN, form_data(hidden_inputs(lapsed), username="nida", password=PASSWORD))
    onward = form_data(hidden_inputs(page))

    assert onward["note"] == ["kept"]
    assert onward["csrfmiddlewaretoken"] != [token]
    assert client.post("/accounts/password/", onward).status_code == 422  # judged, not refused


def test_files_cannot_be_carried_and_both_pages_say_so(world: World, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("a.jpg", b"not looked at", content_type="image/jpeg")
    lapsed = client.post(HOUSEHOLD, {"note": "kept", "photos": photo})
    page = client.post(LOGIN, form_data(hidden_inputs(lapsed), username="nida", password=PASSWORD))

    assert lapsed.context["had_files"]
    assert page.context["had_files"]
    assert "not looked at" not in lapsed.content.decode()


def test_passwords_are_never_carried(world: World, client: Client) -> None:
    lapsed = client.post("/accounts/password/", {"old_password": "abc", "new_password1": "def"})

    assert lapsed.status_code == 401
    assert {name for name, _value in hidden_inputs(lapsed)} == {
        "csrfmiddlewaretoken",
        "next",
        "lapsed",
    }


def test_what_is_carried_leads_nowhere_but_to_this_site(world: World, client: Client) -> None:
    page = sign_in(
        client, "nida", **{"lapsed": "1", "next": "https://evil.example/", "resumed-a": "b"}
    )

    assert 'action="/"' in page.content.decode()
    assert "evil.example" not in page.content.decode()


def test_what_is_carried_is_not_kept_with_the_wrong_tries(world: World, client: Client) -> None:
    from axes.models import AccessAttempt

    lapsed = client.post(HOUSEHOLD, fill_in("นายทองดี ใจงาม"))
    client.post(LOGIN, form_data(hidden_inputs(lapsed), username="nida", password="wrong"))

    kept = AccessAttempt.objects.get()
    assert "ทองดี" not in kept.post_data
    assert "wrong" not in kept.post_data


def form_data(carried: list[tuple[str, str]], **typed: str) -> dict[str, object]:
    """The fields of a page as a browser sends them."""
    data: dict[str, object] = {}
    for name, value in carried:
        data.setdefault(name, []).append(value)  # type: ignore[attr-defined]
    return {**data, **typed}


# ---------------------------------------------------------------- one's own password


NEW = "ข้าวหอมมะลิ-2560"


def change(client: Client, old: str = PASSWORD, new: str = NEW) -> HttpResponse:
    return client.post(
        reverse("accounts:password"),
        {"old_password": old, "new_password1": new, "new_password2": new},
    )


def test_nida_changes_her_password_stays_signed_in_and_her_other_phone_does_not(
    world: World, client: Client
) -> None:
    other = Client()
    for each in (client, other):
        sign_in(each, "nida")

    assert change(client).status_code == 303

    assert client.get("/accounts/password/").status_code == 200
    assert other.get("/accounts/password/").status_code == 302
    assert sign_in(Client(), "nida").status_code == 422
    assert sign_in(Client(), "nida", NEW).status_code == 303


def test_the_change_is_history_and_the_password_is_nowhere_in_it(
    world: World, client: Client
) -> None:
    sign_in(client, "nida")
    change(client)

    entry = History.objects.of(world.nida).get()
    assert (entry.by, entry.verb, entry.fields) == (world.nida, "change_password", [])
    assert not entry.values_kept.exists()


@pytest.mark.parametrize(
    ("old", "new"), [("wrong", NEW), (PASSWORD, "short"), (PASSWORD, "password123")]
)
def test_a_wrong_old_or_a_weak_new_password_changes_nothing(
    world: World, client: Client, old: str, new: str
) -> None:
    sign_in(client, "nida")

    assert change(client, old, new).status_code == 422
    assert sign_in(Client(), "nida").status_code == 303
