"""Anan, an administrator, looks at pages as somebody else sees them, and can change nothing."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, Posting, User
from accounts.rights import Role
from sammachip.middleware import ViewAs
from tests.access.addresses import site_addresses
from tests.access.counting import row_counts
from tests.access.places import Map, address, everywhere
from tests.access.table import ROWS, Row
from tests.cast import NOW, World, household, person, post
from tests.pages import JSON, photo

SignedIn = Callable[[User], Client]
VIEW_AS = "/accounts/view-as/"
STOP = "/accounts/view-as/stop/"
TRAKAT = "/villages/33140108/"


def looks_as(client: Client, somebody: User) -> HttpResponse:
    return client.post(VIEW_AS, {"person": somebody.pk})


@pytest.fixture
def anan(world: World, signed_in: SignedIn) -> Client:
    """Anan, as himself."""
    return signed_in(world.anan)


@pytest.fixture
def as_nida(world: World, anan: Client) -> Client:
    """Anan, looking at the site as Nida sees it."""
    looks_as(anan, world.nida)
    return anan


def entries(world: World) -> list[tuple[str, int, str]]:
    """What the history says of it: verb, who did it, whose pages."""
    found = History.objects.filter(verb__startswith="view_as").order_by("pk")
    return [(row.verb, row.by_id, f"{row.subject_type} {row.subject_id}") for row in found]


def bar(response: HttpResponse) -> str:
    """The bar that says whose pages are looked at; "" where there is none."""
    found = re.search('<div class="view-as".*?</form>', response.content.decode(), re.DOTALL)
    return found.group() if found else ""


# ---------------------------------------------------------------- looking


def test_anan_sees_nidas_home_under_a_bar_that_names_her(
    world: World, as_nida: Client, english: None
) -> None:
    page = as_nida.get("/")

    assert page.context["user"] == world.nida
    assert "View as นางสาวนิดา พวงแก้ว พัฒนากร" in bar(page)
    assert f'action="{STOP}"' in bar(page)


def test_the_bar_is_on_every_page_also_where_something_is_not_there(as_nida: Client) -> None:
    for path in ["/", "/villages/", TRAKAT, "/privacy/", "/accounts/password/", "/no/such/page/"]:
        assert bar(as_nida.get(path)), path


def test_nobody_else_sees_a_bar(world: World, as_nida: Client, signed_in: SignedIn) -> None:
    assert bar(signed_in(world.nida).get("/")) == ""
    assert bar(signed_in(world.anan).get("/")) == ""
    assert bar(Client().get("/privacy/")) == ""


def test_names_anan_may_not_see_are_shown_while_he_looks_as_nida(
    world: World, anan: Client
) -> None:
    household(world.trakat, "12", "นายบุญมี ศรีแก้ว")
    url = f"{TRAKAT}households/"
    assert "บุญมี" not in anan.get(url).content.decode()

    looks_as(anan, world.nida)
    assert "บุญมี" in anan.get(url).content.decode()
    assert anan.get("/villages/33040101/households/").status_code == 404  # not in Nida's district

    anan.post(STOP)
    assert "บุญมี" not in anan.get(url).content.decode()


def test_stopping_makes_anan_himself_again(world: World, as_nida: Client) -> None:
    answer = as_nida.post(STOP, {"next": "/admin/accounts/user/"})

    assert (answer.status_code, answer["Location"]) == (303, "/admin/accounts/user/")
    page = as_nida.get("/")
    assert (page.context["user"], bar(page)) == (world.anan, "")


def test_stopping_leads_to_this_site_only(as_nida: Client) -> None:
    assert as_nida.post(STOP, {"next": "https://evil.example/"})["Location"] == "/"


def test_stopping_twice_is_no_fault_and_kept_once(world: World, as_nida: Client) -> None:
    assert [as_nida.post(STOP).status_code for _ in range(2)] == [303, 303]
    assert [verb for verb, *_rest in entries(world)] == ["view_as", "view_as_stop"]


def test_beginning_and_stopping_are_history_by_anan_about_nida(
    world: World, as_nida: Client
) -> None:
    as_nida.get(TRAKAT)
    as_nida.post(STOP)

    about = f"accounts.user {world.nida.pk}"
    assert entries(world) == [
        ("view_as", world.anan.pk, about),
        ("view_as_stop", world.anan.pk, about),
    ]


def test_signing_out_ends_it_and_is_history(world: World, as_nida: Client) -> None:
    assert as_nida.post("/accounts/logout/").status_code == 303

    assert "_auth_user_id" not in as_nida.session
    assert [verb for verb, *_rest in entries(world)] == ["view_as", "view_as_stop"]


def test_signing_out_from_a_page_of_the_administration_ends_it_too(
    world: World, as_nida: Client
) -> None:
    assert as_nida.post("/admin/logout/").status_code == 302
    assert [verb for verb, *_rest in entries(world)] == ["view_as", "view_as_stop"]


def test_the_language_may_be_switched(as_nida: Client) -> None:
    assert as_nida.post("/language/", {"language": "en", "next": "/"}).status_code == 302
    assert '<html lang="en">' in as_nida.get("/").content.decode()
    assert bar(as_nida.get("/"))


def test_what_is_looked_at_is_kept_by_no_cache_photos_included(world: World, anan: Client) -> None:
    here = everywhere(world)
    file = address("steps:file_small", here.own, "photo")
    assert "max-age" in anan.get(file)["Cache-Control"]

    looks_as(anan, world.nida)
    for url in (file, address("steps:file", here.own, "sign-in sheet"), "/", TRAKAT):
        answer = anan.get(url)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


def test_the_log_names_both_by_number(
    world: World, as_nida: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sammachip.request"):
        as_nida.get(TRAKAT)
        as_nida.post(STOP)
        as_nida.get("/")
    lines = [record.http for record in caplog.records if record.name == "sammachip.request"]
    assert [line["account"] for line in lines] == [world.anan.pk] * 3
    assert (lines[0]["viewed"], lines[2]["viewed"]) == (world.nida.pk, None)


def test_looking_asks_the_database_twice_more(
    world: World, as_nida: Client, signed_in: SignedIn
) -> None:
    """Whether Anan still administers, and who Nida is."""
    counts = []
    for client in (signed_in(world.nida), as_nida):
        client.get("/villages/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/villages/")
        counts.append(len(queries))
    assert counts[1] == counts[0] + 2


# ---------------------------------------------------------------- nothing can be changed


@pytest.fixture
def here(world: World) -> Map:
    return everywhere(world)


def urls(here: Map) -> Iterator[tuple[Row, str]]:
    """Every row of the access table, in one's own village, the next district's, and elsewhere."""
    for row in ROWS:
        for at in here.all if site_addresses()[row.name].asks else [here.own]:
            yield row, address(row.name, at, row.takes)


def main_of(response: HttpResponse) -> str:
    """What the page says, without what differs from one answer to the next."""
    if response.streaming or not response["Content-Type"].startswith("text/html"):
        return ""
    found = re.search("<main.*?</main>", response.content.decode(), re.DOTALL)
    ids = 'value="[A-Za-z0-9]{64}"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    return re.sub(ids, "", found.group() if found else "")


@pytest.mark.parametrize("name", ["nida", "suda"])
def test_at_every_address_reading_answers_as_to_the_person_and_writing_is_refused(
    name: str, world: World, here: Map, anan: Client, signed_in: SignedIn
) -> None:
    somebody = getattr(world, name)
    own = signed_in(somebody)
    looks_as(anan, somebody)
    before, wrong = row_counts(), []
    for row, url in urls(here):
        theirs, his = own.get(url), anan.get(url)
        if (his.status_code, main_of(his)) != (theirs.status_code, main_of(theirs)):
            wrong.append(f"GET {url}: {his.status_code}, or another page")
        if row.name not in ViewAs.ALWAYS and not is_refused(anan, "POST", url):
            wrong.append(f"POST {url}")
    assert not wrong, "\n".join(wrong)
    assert row_counts() == before


def is_refused(client: Client, verb: str, url: str) -> bool:
    answer = client.generic(verb, url, content_type="application/x-www-form-urlencoded", **JSON)
    return (answer.status_code, answer.json()) == (403, {"code": "view_as_read_only"})


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE", "ANYTHING"])
def test_no_other_way_to_write_is_open(as_nida: Client, verb: str) -> None:
    assert is_refused(as_nida, verb, f"{TRAKAT}households/add/")


def test_the_refusal_says_in_words_what_to_do(as_nida: Client, english: None) -> None:
    page = as_nida.post(f"{TRAKAT}households/add/", {"house_no": "7", "head_name": "นายใหม่"})

    words = page.content.decode()
    assert page.status_code == 403
    assert "Nothing was changed. Stop viewing first" in words
    assert words.count(f'action="{STOP}"') == 2  # the bar's, and the page's own


def test_a_photo_is_refused_before_it_is_stored(as_nida: Client) -> None:
    before = row_counts()
    answer = as_nida.post(f"{TRAKAT}2560/1.4/record/", {"photos": photo()})
    assert answer.status_code == 403
    assert row_counts() == before


def test_nobody_begins_to_look_as_a_second_person_while_looking(
    world: World, as_nida: Client
) -> None:
    assert looks_as(as_nida, world.suda).status_code == 403
    assert as_nida.get("/").context["user"] == world.nida
    assert len(entries(world)) == 1


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/no/such/"])
@pytest.mark.parametrize("name", ["nida", "second"])
def test_the_administration_is_closed_meanwhile_and_offers_to_stop(
    world: World, anan: Client, name: str, path: str
) -> None:
    """Also while looking as another administrator, who could come in."""
    world.second = person("second", "นางสาวราตรี มั่นคง", "ผู้ดูแลระบบ")  # type: ignore[attr-defined]
    post(world.second, Role.ADMINISTRATOR, None)  # type: ignore[attr-defined]
    looks_as(anan, getattr(world, name))

    page = anan.get(path)

    assert page.status_code == 403
    assert f'<input type="hidden" name="next" value="{path}">' in page.content.decode()
    assert anan.post(path).status_code == 403
    anan.post(STOP)
    assert anan.get("/admin/").status_code == 200


# ---------------------------------------------------------------- who may, and as whom


@pytest.mark.parametrize("name", ["nida", "prasit", "suda", "wipa"])
def test_who_does_not_administer_the_country_may_not_look_as_others(
    world: World, signed_in: SignedIn, name: str
) -> None:
    client = signed_in(getattr(world, name))

    assert client.get(VIEW_AS).status_code == 403
    assert looks_as(client, world.anan).status_code == 403
    assert client.get("/").context["user"] == getattr(world, name)
    assert entries(world) == []


def test_an_administrator_of_one_province_may_not_either(world: World, signed_in: SignedIn) -> None:
    post(world.kanya, Role.ADMINISTRATOR, "33")
    assert looks_as(signed_in(world.kanya), world.nida).status_code == 403
    assert entries(world) == []


@pytest.mark.parametrize("who", ["malee", "anan", "", "99999999", "x"])
def test_a_closed_account_ones_own_and_one_that_is_not_there_are_refused_in_one_way(
    world: World, anan: Client, who: str
) -> None:
    key = getattr(world, who).pk if who in ("malee", "anan") else who
    page = anan.post(VIEW_AS, {"person": key})

    assert page.status_code == 422
    assert "error-summary" in page.content.decode()
    assert (anan.get("/").context["user"], entries(world)) == (world.anan, [])


@pytest.mark.parametrize("asked", ["นิดา", "nida", "NID", " นิดา  พวงแก้ว "])
def test_anan_finds_nida_by_name_and_staff_id(world: World, anan: Client, asked: str) -> None:
    page = anan.get(VIEW_AS, {"q": asked})

    assert list(page.context["people"]) == [world.nida]
    assert f'<button class="button secondary compact" name="person" value="{world.nida.pk}">' in (
        page.content.decode()
    )


def test_closed_accounts_and_his_own_are_not_offered(world: World, anan: Client) -> None:
    found = set(anan.get(VIEW_AS).context["people"])
    assert found == set(User.objects.exclude(pk__in=[world.malee.pk, world.anan.pk]))
    assert list(anan.get(VIEW_AS, {"q": "มาลี"}).context["people"]) == []


def test_fifty_are_shown_at_once_in_as_many_queries_as_ten(world: World, anan: Client) -> None:
    counts = []
    for number in range(60):
        if number in (10, 59):
            with CaptureQueriesContext(connection) as queries:
                page = anan.get(VIEW_AS)
            counts.append(len(queries))
        post(person(f"p{number}", f"นายที่ {number}", "พัฒนากร"), Role.OFFICER, "3314")
    assert len(page.context["people"]) == 50
    assert page.context["more"]
    assert counts[0] == counts[1] <= 15


def test_the_page_of_an_account_in_the_administration_has_the_button(
    world: World, anan: Client
) -> None:
    def offers(user: User) -> bool:
        page = anan.get(reverse("admin:accounts_user_change", args=[user.pk])).content.decode()
        return f'<button name="person" value="{user.pk}">' in page

    assert offers(world.nida)
    assert not offers(world.malee)  # closed
    assert not offers(world.anan)  # his own


def test_the_token_is_asked_for(world: World, the_day_of_the_write_up: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.anan, backend="accounts.backends.StaffIdOrEmail")
    assert looks_as(client, world.nida).status_code == 403
    assert entries(world) == []


# ---------------------------------------------------------------- it ends by itself


def goes_by(monkeypatch: pytest.MonkeyPatch, **time: int) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(**time))


def test_it_lasts_for_an_hour_and_no_longer(
    world: World, as_nida: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_by(monkeypatch, minutes=59)
    assert as_nida.get("/").context["user"] == world.nida

    goes_by(monkeypatch, minutes=90)
    page = as_nida.get("/")

    assert (page.context["user"], bar(page)) == (world.anan, "")
    assert "นางสาวนิดา พวงแก้ว" in page.content.decode()  # it says whose pages they were
    assert "นางสาวนิดา พวงแก้ว" not in as_nida.get("/").content.decode()
    stopped = History.objects.get(verb="view_as_stop")
    assert (stopped.by, stopped.subject_id) == (world.anan, str(world.nida.pk))
    assert stopped.at == NOW + timedelta(hours=1)


def test_what_is_sent_from_a_page_that_is_too_old_is_not_written_as_anan(
    world: World, as_nida: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_by(monkeypatch, minutes=61)
    before = row_counts()
    answer = as_nida.post("/accounts/password/", {"old_password": "x"})

    assert (answer.status_code, answer.context["still"]) == (403, False)
    after = row_counts()
    assert after.pop("accounts_history") == before.pop("accounts_history") + 1  # that it ended
    assert after == before
    assert as_nida.post("/accounts/password/", {"old_password": "x"}).status_code == 422


def no_longer_administers(world: World) -> None:
    Posting.objects.filter(user=world.anan).update(ends_on=date(2017, 3, 22))


def nida_is_closed(world: World) -> None:
    User.objects.filter(pk=world.nida.pk).update(is_active=False)


@pytest.mark.parametrize("happens", [no_longer_administers, nida_is_closed])
def test_it_ends_when_anan_may_not_administer_or_nidas_account_is_closed(
    world: World, as_nida: Client, happens: Callable[[World], Any]
) -> None:
    happens(world)
    assert as_nida.get("/").context["user"] == world.anan
    assert [verb for verb, *_rest in entries(world)] == ["view_as", "view_as_stop"]


def test_it_ends_when_anans_own_account_is_closed_and_stays_ended(
    world: World, as_nida: Client
) -> None:
    User.objects.filter(pk=world.anan.pk).update(is_active=False)
    answer = as_nida.get("/")
    assert answer["Location"].startswith("/accounts/login/")
    assert "นิดา" not in as_nida.get(answer["Location"]).content.decode()

    User.objects.filter(pk=world.anan.pk).update(is_active=True)
    assert as_nida.get("/").context["user"] == world.anan


def test_it_ends_with_the_session(world: World, as_nida: Client, signed_in: SignedIn) -> None:
    as_nida.session.flush()
    assert as_nida.get("/").status_code == 302
    assert signed_in(world.anan).get("/").context["user"] == world.anan


def test_another_device_of_anan_is_not_looking(
    world: World, as_nida: Client, signed_in: SignedIn
) -> None:
    assert signed_in(world.anan).get("/").context["user"] == world.anan
