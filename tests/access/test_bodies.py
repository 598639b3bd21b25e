"""Whatever is put into a form: ids of others are answered as unknown ones, and fields that no
form asks for change nothing. After a refusal every table says what it said before."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Receipt, User
from sammachip.answers import errors_of
from tests.access.bodies import BODIES, Body, extras, key, record
from tests.access.counting import contents
from tests.access.places import Map, address, everywhere, nowhere
from tests.access.table import NEVER, ROWS
from tests.cast import World
from tests.pages import answers

SignedIn = Callable[[User], Client]


@pytest.fixture
def here(world: World) -> Map:
    return everywhere(world)


@dataclass
class Sent:
    """A body on its way: the page's own fields, and what is typed."""

    body: Body
    here: Map
    client: Client

    @property
    def url(self) -> str:
        return address(self.body.name, self.here.own, self.body.takes, step=self.body.step)

    @cached_property
    def shown(self) -> dict[str, Any]:
        """The form as its page shows it; some forms have no page of their own."""
        page = self.client.get(self.url)
        return answers(page.context["form"]) if page.status_code == 200 else {}

    def data(self, changes: dict[str, Any]) -> dict[str, Any]:
        """The form as a browser would send it, under a new id, with the changes."""
        typed = self.body.typed(self.here)
        return {**self.shown, **typed, "client_id": str(uuid4()), **changes}

    def post(self, data: dict[str, Any]) -> HttpResponse:
        return self.client.post(self.url, data)

    def outcome(self, data: dict[str, Any]) -> tuple[int, dict[str, list[str]]]:
        """Status and what the tables say after it, before it is taken back."""
        with transaction.atomic():
            response = self.post(data)
            stored = contents()
            transaction.set_rollback(True)
        return response.status_code, stored


@pytest.fixture(params=BODIES, ids=str)
def sent(request: Any, world: World, here: Map, signed_in: SignedIn) -> Sent:
    return Sent(request.param, here, signed_in(getattr(world, request.param.by)))


def test_every_form_has_a_body() -> None:
    forms = {row.name for row in ROWS if row.post != NEVER and (row.empty == 422 or row.writes)}
    assert {body.name for body in BODIES} == {
        name for name in forms if not name.startswith("accounts:")
    }


def test_ids_of_others_are_refused_in_the_words_of_unknown_ones(sent: Sent, here: Map) -> None:
    before = contents()
    for swap in sent.body.swaps:
        refusals = []
        for far in (here.sibling, here.other, nowhere(here.sibling)):
            response = sent.post(sent.data(swap(far)))
            assert response.status_code == 422, (swap(far), response.status_code)
            refusals.append(json.dumps(errors_of(response.context["form"])))
        assert len(set(refusals)) == 1, refusals
    assert contents() == before
    assert sent.post(sent.data({})).status_code == sent.body.taken  # the honest body is fine


def test_fields_no_form_asks_for_change_nothing(sent: Sent, here: Map) -> None:
    honest = sent.data({})
    crammed = {**extras(here.sibling), **honest}
    if "started" in honest:
        started = {**json.loads(honest["started"]), **strange_start(here)}
        crammed["started"] = json.dumps(started)
    (status, stored), (honest_status, honestly) = sent.outcome(crammed), sent.outcome(honest)
    if sent.body.numbered:
        assert counted(stored) == counted(honestly)
    else:
        assert stored == honestly
    assert status == honest_status


def counted(stored: dict[str, list[str]]) -> dict[str, int]:
    return {table: len(rows) for table, rows in stored.items()}


def strange_start(here: Map) -> dict[str, Any]:
    """What an edit could claim to have started from: columns and rows that are not its own."""
    far = here.sibling
    return {
        "village": str(far.village.pk),
        "late": "True",
        "enrolment": "1",
        "status": "verified",
        f"household-{key(far, 'household')}": "head",
        f"member-{key(far, 'member')}": "present",
        f"document-{key(far, 'document')}": "on",
        f"target-{key(far, 'household')}": "on",
        "topic-0": "on",
        "no-such": ["thing"],
    }


def test_the_id_of_someone_elses_write_is_refused_and_reveals_nothing(
    world: World, here: Map, signed_in: SignedIn
) -> None:
    theirs = Receipt.objects.create(
        client_id=uuid4(), user=world.kanya, verb="record", content_sha256="0"
    )
    nida, before = signed_in(world.nida), contents()
    for body in BODIES:
        if (body.by, body.taken, body.receipted) != ("nida", 303, True):
            continue
        sent = Sent(body, here, nida)
        response = sent.post(sent.data({"client_id": str(theirs.pk)}))
        assert response.status_code == 409, body
        assert world.kanya.name not in response.content.decode()
    assert contents() == before


# ---------------------------------------------------------------- what only some pages have


def test_one_village_of_the_next_district_among_ones_own_spoils_the_whole_record(
    world: World, here: Map, signed_in: SignedIn
) -> None:
    nida = signed_in(world.nida)
    url = address("steps:record", here.own, step="1.1")
    form = answers(nida.get(url).context["form"])
    before = contents()
    villages = [world.phing.code, here.sibling.code]
    assert nida.post(url, {**form, **record(here, villages=villages)}).status_code == 422
    assert contents() == before


@pytest.mark.parametrize("do", ["", "show", "add_household"])
def test_wichai_sees_and_changes_nothing_of_the_village_he_left(
    do: str, world: World, here: Map, signed_in: SignedIn
) -> None:
    wichai = signed_in(world.wichai)
    inside = {"held_on": "15/1/2560", "do": do, "new-client_id": str(uuid4())}
    new = {"new-house_no": "98", "new-head_name": "นายแทรก ใจร้าย"}
    before = contents()
    for name in ("steps:record", "steps:follow_up"):
        response = wichai.post(address(name, here.own), {**inside, **new})
        assert response.status_code == 404
        assert here.own.names[0] not in response.content.decode()
    assert contents() == before


def test_what_wichai_may_still_send_in_is_kept_as_late_and_shows_him_nothing(
    world: World, here: Map, signed_in: SignedIn
) -> None:
    wichai = signed_in(world.wichai)
    body = record(here, held_on="15/1/2560", led_by="officer", client_id=str(uuid4()))
    response = wichai.post(address("steps:record", here.own), body)
    assert (response.status_code, response["Location"]) == (303, reverse("home"))
    kept = world.enrolment.activities.get(recorded_by=world.wichai)
    assert (kept.late, kept.accepted_at) == (True, None)


def test_the_list_is_narrowed_only_to_what_one_may_see(
    world: World, here: Map, signed_in: SignedIn
) -> None:
    nida = signed_in(world.nida)
    for query in filters(world):
        assert nida.get(reverse("villages:list"), query).status_code == 422, query


def filters(world: World) -> Iterator[dict[str, str]]:
    yield {"area": "3304"}
    yield {"area": "34"}
    yield {"officer": str(world.kanya.pk)}
    yield {"status": "no-such"}
