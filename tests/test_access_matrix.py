"""Ten people at every address, with GET and POST, in their own village, the next district's,
another province's, and where there is nothing. What each may do stands in ``tests.access.table``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.access import places
from tests.access.addresses import Address, admin_addresses, site_addresses
from tests.access.counting import row_counts
from tests.access.naive import Person, Target, expected
from tests.access.places import Map, address, everywhere
from tests.access.table import ADMIN_MODELS, ADMIN_PAGES, ANYBODY, ROWS, Row
from tests.cast import TODAY, World

PEOPLE = [
    "signed out",
    "nida",
    "somsak",
    "kanya",
    "wichai",
    "malee",
    "prasit",
    "suda",
    "wipa",
    "anan",
]
METHODS = ("GET", "POST")
SignedIn = Callable[[User], Client]


@dataclass
class Visitor:
    """Somebody at the site's door, with what they are posted to."""

    person: Person
    signed_in: SignedIn
    client: Client | None = None

    def asks(self, method: str, url: str, **headers: str) -> HttpResponse:
        """One request; after signing out, the next one is signed in again."""
        if self.client is None:
            self.client = self.signed_in(self.person.user) if self.person.user else Client()
            self.client.raise_request_exception = False
        response = self.client.generic(method, url, **_empty_form(method), **headers)
        if "logout" in url:
            self.client = None
        return response


def _empty_form(method: str) -> dict[str, str]:
    form = {"content_type": "application/x-www-form-urlencoded", "data": ""}
    return form if method == "POST" else {}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals: writing a log line with its traceback for each takes half the time."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def here(world: World) -> Map:
    return everywhere(world)


Visit = Callable[[str], Visitor]


@pytest.fixture
def visit(world: World, signed_in: SignedIn) -> Visit:
    """Somebody of the cast by name, with their postings."""

    def of(name: str) -> Visitor:
        user = getattr(world, name, None)
        return Visitor(Person(name, user, list(user.postings.all()) if user else []), signed_in)

    return of


# ---------------------------------------------------------------- the table names every address


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert {row.name for row in ROWS} == set(site_addresses())


def test_a_row_takes_an_object_exactly_where_its_address_has_an_id() -> None:
    found = site_addresses()
    assert [
        row
        for row in ROWS
        if bool(row.takes)
        != bool({"object", "submission", "record"} & set(found[row.name].asks.values()))
    ] == []


def test_no_row_stands_twice() -> None:
    assert len({(row.name, row.takes) for row in ROWS}) == len(ROWS)


def test_every_address_of_the_admin_is_in_the_table() -> None:
    assert {*model_addresses(), *ADMIN_PAGES} == set(admin_addresses())


def model_addresses() -> Iterator[str]:
    for model in ADMIN_MODELS:
        for page in ("changelist", "add", "history", "delete", "change"):
            yield f"admin:{model}_{page}"
        yield f"admin:admin/{model.replace('_', '/')}/<path:object_id>/"


# ---------------------------------------------------------------- the matrix


def targets_of(row: Row, found: Address, here: Map) -> Iterator[tuple[Target, str]]:
    """Own, sibling district, other province, and every way in which something is not there."""
    if not found.asks:
        yield Target("here", ""), reverse(row.name)
        return
    for words, at in (("own", here.own), ("sibling", here.sibling), ("other", here.other)):
        yield Target(words, at.code, sender=at.sender), address(row.name, at, row.takes)
    nothing = places.absent()
    for kind in {"village", "area", "district", "year", "step"} & set(found.asks.values()):
        area = "" if decides_place(kind, row) else here.own.code
        url = address(row.name, here.own, row.takes, **{kind: nothing[kind]})
        yield Target(f"absent {kind}", area, there=False), url
    if row.takes == "submission":
        url = address(row.name, here.own, submission=places.NO_SUBMISSION)
        yield Target("absent submission", "", there=False), url
    elif row.takes == "record":
        for kind in {"record", "record_photo"} & set(found.asks.values()):
            url = address(row.name, here.own, **{kind: places.NO_SUBMISSION})
            yield Target(f"absent {kind}", "", there=False), url
    elif row.takes:
        yield from _foreign_objects(row, found, here)


def _foreign_objects(row: Row, found: Address, here: Map) -> Iterator[tuple[Target, str]]:
    by_object = row.name == "steps:shelf_end" or "village" not in found.asks.values()
    area = "" if by_object else here.own.code
    yield Target("absent object", area, there=False), address(row.name, here.own, object=uuid4())
    if "village" in found.asks.values() or "district" in found.asks.values():
        foreign = here.sibling.keys[row.takes]
        area = here.sibling.code if by_object else here.own.code
        url = address(row.name, here.own, object=foreign)
        yield Target("the sibling's object at the own address", area, there=False), url


def decides_place(kind: str, row: Row) -> bool:
    """Whether this part of the address says where: of a shelf's entry, the entry itself does."""
    return kind in ("village", "area", "district") and row.name != "steps:shelf_end"


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_gets_what_the_table_says_and_refusals_store_nothing(
    name: str, here: Map, visit: Visit
) -> None:
    visitor = visit(name)
    found = site_addresses()
    before, wrong = row_counts(), []
    for row in ROWS:
        for target, url in targets_of(row, found[row.name], here):
            for method in METHODS:
                want = expected(visitor.person, row, method, target, TODAY)
                got = visitor.asks(method, url)
                if got.status_code != want:
                    wrong.append(f"{method} {url} ({target.words}): {got.status_code}, not {want}")
                wrong += [
                    f"{method} {url} shows {name}" for name in shown_names(visitor, got, here)
                ]
                now = row_counts()
                if now != before and not (row.writes and want == row.empty):
                    wrong.append(f"{method} {url} ({target.words}) stored {differing(before, now)}")
                before = now
    assert not wrong, "\n".join(wrong)


def differing(before: dict[str, int], now: dict[str, int]) -> list[str]:
    return [name for name in before if before[name] != now[name]]


def shown_names(visitor: Visitor, response: HttpResponse, here: Map) -> list[str]:
    """Names and phones on a page for somebody who may not see those of their village."""
    if response.streaming:
        return []
    page = response.content.decode(errors="replace")  # a Word file is no text
    return [
        name
        for at in here.all
        if "names" not in visitor.person.rights_at(at.code, TODAY)
        for name in at.names
        if name in page
    ]


@pytest.mark.parametrize("name", ["signed out", "malee"])
def test_the_signed_out_are_led_to_sign_in_and_nothing_they_sent_is_lost(
    name: str, here: Map, visit: Visit
) -> None:
    visitor = visit(name)
    for row in ROWS:
        if ANYBODY in (row.get, row.post):
            continue
        url = address(row.name, here.own, row.takes)
        page = visitor.asks("GET", url)
        assert page["Location"].startswith(reverse("accounts:login")), url
        lapsed = visitor.asks("POST", url)
        assert (lapsed.context["lapsed"], lapsed.context["resume"]) == (True, url)
        for method in METHODS:
            answer = visitor.asks(method, url, HTTP_ACCEPT="application/json")
            assert (answer.status_code, answer.json()) == (401, {"code": "signed_out"}), url


def test_programs_get_the_same_refusals_as_people(here: Map, visit: Visit) -> None:
    json = {"HTTP_ACCEPT": "application/json"}
    url = reverse("villages:household_add", args=[here.own.code])
    cases = [("kanya", 404, "not_found"), ("suda", 403, "forbidden")]
    for name, status, code in cases:
        answer = visit(name).asks("POST", url, **json)
        assert (answer.status_code, answer.json()) == (status, {"code": code})


def test_head_is_refused_where_get_is(here: Map, visit: Visit) -> None:
    kanya = visit("kanya")
    for row in ROWS:
        target = Target("own", here.own.code, sender=here.own.sender)
        want = expected(kanya.person, row, "GET", target, TODAY)
        assert kanya.asks("HEAD", address(row.name, here.own, row.takes)).status_code == want


def test_outside_and_absent_read_the_same(here: Map, visit: Visit) -> None:
    nida = visit("nida")
    absent = nida.asks("GET", reverse("villages:detail", args=[places.absent()["village"]]))
    outside = nida.asks("GET", reverse("villages:detail", args=[here.sibling.code]))
    assert without_address(outside) == without_address(absent)


def without_address(response: HttpResponse) -> str:
    """The page without its token and without the address that was asked for."""
    page = re.sub('value="[A-Za-z0-9]{64}"', "", response.content.decode())
    return page.replace(response.request["PATH_INFO"], "")


def test_nida_sees_the_names_that_are_looked_for_on_other_peoples_pages(
    world: World, here: Map, signed_in: SignedIn
) -> None:
    client = signed_in(world.nida)
    pages = [
        client.get(address(name, here.own)).content.decode()
        for name in ("villages:households", "villages:committee", "steps:leaders", "steps:plan")
    ]
    home, phone, member, leader, person = here.own.names
    assert home in pages[0]
    assert phone in pages[0]
    assert [name in page for name, page in zip((member, leader, person), pages[1:], strict=True)]


# ---------------------------------------------------------------- the admin


def admin_urls() -> Iterator[tuple[str, str, bool]]:
    """Name, address, and whether the object at it is there."""
    fixed = {"admin:view_on_site": {"content_type_id": "1", "object_id": "1"}}
    fixed["admin:app_list"] = {"app_label": "steps"}
    fixed["admin:auth_user_password_change"] = {"id": str(User.objects.first().pk)}
    for name in ADMIN_PAGES:
        if "(?P<url>" in name:
            yield name, "/admin/nothing/here/", True
        else:
            yield name, reverse(name, kwargs=fixed.get(name, {})), True
    for model in ADMIN_MODELS:
        yield from _model_urls(model)


def _model_urls(model: str) -> Iterator[tuple[str, str, bool]]:
    from django.apps import apps

    there = apps.get_model(*model.split("_"))._default_manager.order_by("pk").first()
    assert there is not None, f"no {model} to ask for"
    nothing = (
        str(uuid4()) if model == "accounts_receipt" or model == "steps_activity" else "99999999"
    )
    for page in ("changelist", "add"):
        yield f"admin:{model}_{page}", reverse(f"admin:{model}_{page}"), True
    for page in ("change", "delete", "history"):
        for key, exists in ((str(there.pk), True), (nothing, False)):
            yield f"admin:{model}_{page}", reverse(f"admin:{model}_{page}", args=[key]), exists
    yield f"admin:admin/{model}", reverse(f"admin:{model}_changelist") + f"{there.pk}/", True


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "anan"])
def test_the_admin_is_closed_to_all_but_national_administrators(
    name: str, here: Map, visit: Visit
) -> None:
    visitor = visit(name)
    before, wrong = row_counts(), []
    for page, url, _exists in admin_urls():
        for method in METHODS:
            want = closed_admin(visitor.person, page, method)
            got = visitor.asks(method, url)
            if got.status_code != want:
                wrong.append(f"{method} {url}: {got.status_code}, not {want}")
        if (now := row_counts()) != before:
            wrong.append(f"{url} stored {differing(before, now)}")
    assert not wrong, "\n".join(wrong)


def closed_admin(person: Person, name: str, method: str) -> int:
    """Django leads to ``admin:login``, ours: signed out on to signing in, signed in to 403."""
    if not person.is_signed_in:
        return 302 if method == "GET" or name == "admin:login" else 401
    return 403 if name == "admin:login" else 302


def test_an_administrator_may_look_at_everything_and_write_what_the_table_says(
    here: Map, visit: Visit
) -> None:
    anan, wrong = visit("anan"), []
    for name, url, exists in admin_urls():
        for method in METHODS:
            want = open_admin(name, method, exists=exists)
            before = row_counts()
            got = anan.asks(method, url)
            if got.status_code not in want:
                wrong.append(f"{method} {url}: {got.status_code}, not {sorted(want)}")
            if got.status_code == 403 and row_counts() != before:
                wrong.append(f"{method} {url} was refused and stored something")
            wrong += [f"{method} {url} shows {text}" for text in shown_names(anan, got, here)]
    assert not wrong, "\n".join(wrong)


def open_admin(name: str, method: str, *, exists: bool) -> set[int]:
    """What an administrator gets. An empty POST may be shown again (200, 422) or taken (302)."""
    if name in ADMIN_PAGES:
        return {ADMIN_PAGES[name][method == "POST"]}
    model, _dash, page = name.removeprefix("admin:").rpartition("_")
    may = ADMIN_MODELS.get(model, "").split()
    if page == "delete":
        return {403} if exists else {302, 403}
    if page in ("history", "changelist") or name.startswith("admin:admin/"):
        return {302} if page != "changelist" else {200, 302} if method == "POST" else {200}
    if page == "add" and "add" not in may:
        return {403}
    if page == "change" and not exists:
        return {302, 403} if method == "POST" else {302}
    if method == "GET":
        return {200}
    return {200, 302, 422} if page == "add" or "change" in may else {403}
