"""What a village lacks and with whom it builds a network: written, answered, struck through."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from steps.models import Need, NetworkLink
from steps.recording.conditions import (
    LINK_FIELDS,
    NEED_FIELDS,
    NewLink,
    NewNeed,
    add_need,
    add_network_link,
    edit_need,
    withdraw_need,
)
from steps.recording.core import Conflict, Refusal, values_of
from tests.cast import World, sender

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
CODE, YEAR = "33140108", 2560


def address(name: str, *args: object) -> str:
    return reverse(f"steps:{name}", args=[CODE, YEAR, *args])


def need(world: World, **fields: Any) -> Need:
    """What Nida wrote down on 1 March."""
    typed = {"what": "พันธุ์ปลา", "asked_on": date(2017, 3, 1), **fields}
    outcome = add_need(enrolment=world.enrolment, need=NewNeed(**typed), sender=sender(world.nida))
    return Need.objects.select_related("enrolment__village", "enrolment__programme").get(
        pk=outcome.result["id"]
    )


def link(world: World, **fields: Any) -> NetworkLink:
    typed = {"name": "บ้านเพื่อน", "stage": "known", **fields}
    outcome = add_network_link(
        enrolment=world.enrolment, link=NewLink(**typed), sender=sender(world.nida)
    )
    return NetworkLink.objects.get(pk=outcome.result["id"])


def errors(response: HttpResponse) -> dict[str, list[str]]:
    """The codes of what was wrong, by field."""
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in wrong] for name, wrong in found.items()}


def typed(**fields: object) -> dict[str, object]:
    return {"client_id": str(uuid4()), **fields}


def edited(row: Need | NetworkLink, names: tuple[str, ...], **fields: object) -> dict[str, object]:
    started = values_of(row, names)
    return {**started, **typed(started=json.dumps(started), **fields)}


# ---------------------------------------------------------------- needs


def test_a_need_is_written_down_and_waits_in_words(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.nida)
    body = typed(what="พันธุ์ปลา", asked_of="ประมงอำเภอ", asked_on="๑ มี.ค. ๒๕๖๐")
    assert client.post(address("need_add"), body).status_code == 303
    page = client.get(address("needs")).content.decode()
    assert "Unanswered for 22 days" in page
    assert "ประมงอำเภอ" in page
    assert "0 of 1 answered" in client.get(address("year")).content.decode()
    assert History.objects.latest("pk").verb == "add_need"


def test_an_answer_is_written_into_the_need(world: World, signed_in: SignIn) -> None:
    row, client = need(world), signed_in(world.nida)
    body = edited(row, NEED_FIELDS, answered_on="10/3/2560", answer="ได้ 500 ตัว")
    assert client.post(address("need_edit", row.pk), body).status_code == 303
    page = client.get(address("needs")).content.decode()
    assert "ได้ 500 ตัว" in page
    assert "Unanswered" not in page


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"what": ""}, {"what": ["required"]}),
        ({"asked_on": "1/4/2560"}, {"asked_on": ["in_the_future"]}),
        ({"answered_on": "1/2/2560"}, {"answered_on": ["answered_too_early"]}),
        ({"answer": "ได้แล้ว"}, {"answered_on": ["required"]}),
    ],
)
def test_a_wrong_need_is_told_at_its_field_and_keeps_what_was_typed(
    world: World, signed_in: SignIn, fields: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    body = {"what": "พันธุ์ปลา", "asked_on": "1/3/2560", "asked_of": "ประมงอำเภอ", **fields}
    response = signed_in(world.nida).post(address("need_add"), typed(**body))
    assert (response.status_code, errors(response)) == (422, wrong)
    assert "ประมงอำเภอ" in response.content.decode()
    assert not Need.objects.exists()


def test_two_answers_to_one_need_meet_a_person(world: World) -> None:
    row = need(world)
    started = values_of(row, NEED_FIELDS)
    edit_need(
        need=row,
        started=started,
        wanted={**started, "answered_on": "2017-03-10"},
        sender=sender(world.nida),
    )
    with pytest.raises(Conflict):
        edit_need(
            need=row,
            started=started,
            wanted={**started, "answered_on": "2017-03-11"},
            sender=sender(world.somsak),
        )


def test_a_need_struck_through_counts_nowhere_and_cannot_be_edited(
    world: World, signed_in: SignIn
) -> None:
    row = need(world)
    withdraw_need(need=row, reason="ซ้ำ", sender=sender(world.nida))
    with pytest.raises(Refusal, match="withdrawn_already"):
        edit_need(need=row, started={}, wanted={"what": "อื่น"}, sender=sender(world.nida))
    page = signed_in(world.nida).get(address("needs")).content.decode()
    assert "1 item struck through" in page
    assert "No needs written down yet." in page


# ---------------------------------------------------------------- the network


def test_a_village_is_found_by_its_code_typed_in_thai_digits(
    world: World, signed_in: SignIn
) -> None:
    body = typed(village_code="๓๓๑๔๐๒๐๓", stage="met", contact="ผู้ใหญ่บ้าน")
    client = signed_in(world.nida)
    assert client.post(address("network_add"), body).status_code == 303
    row = NetworkLink.objects.get()
    assert (row.village, row.name) == (world.phing, world.phing.full_title)
    page = client.get(address("network")).content.decode()
    assert "Met and chose an activity" in page
    assert world.phing.title in page
    assert "1 village" in client.get(address("year")).content.decode()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"village_code": "33140299"}, {"village_code": ["code_unknown"]}),
        ({"village_code": "ตระกาจ"}, {"village_code": ["code_unknown"]}),
        ({"village_code": CODE}, {"village_code": ["own_village"]}),
        ({}, {"name": ["required"]}),
        ({"name": "บ้านเพื่อน", "since": "1/4/2560"}, {"since": ["in_the_future"]}),
        ({"name": "บ้านเพื่อน", "stage": ""}, {"stage": ["required"]}),
    ],
)
def test_a_wrong_village_is_told_at_its_field(
    world: World, signed_in: SignIn, fields: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    response = signed_in(world.nida).post(
        address("network_add"), typed(**{"stage": "met", "together": "ขายผัก", **fields})
    )
    assert (response.status_code, errors(response)) == (422, wrong)
    assert "ขายผัก" in response.content.decode()
    assert not NetworkLink.objects.exists()


def test_the_verb_refuses_the_village_itself(world: World) -> None:
    with pytest.raises(Refusal, match="own_village"):
        link(world, village_id=world.trakat.pk)


def test_a_network_village_goes_further_and_can_be_struck_through(
    world: World, signed_in: SignIn
) -> None:
    row, client = link(world, village_id=world.phing.pk), signed_in(world.nida)
    body = edited(row, LINK_FIELDS, village_code=world.phing.code, stage="agreed")
    assert client.post(address("network_edit", row.pk), body).status_code == 303
    row.refresh_from_db()
    assert (row.stage, row.village) == ("agreed", world.phing)
    assert client.get(address("network_withdraw", row.pk)).status_code == 200
    client.post(address("network_withdraw", row.pk), typed(reason="ผิดหมู่บ้าน"))
    assert "No villages in the network yet." in client.get(address("network")).content.decode()


def test_two_people_choosing_different_villages_are_shown_codes(
    world: World, signed_in: SignIn
) -> None:
    row, client = link(world), signed_in(world.somsak)
    body = edited(row, LINK_FIELDS, village_code=world.malu.code)
    NetworkLink.objects.filter(pk=row.pk).update(village=world.phing, name="พิงพวยใต้")
    response = client.post(address("network_edit", row.pk), body)
    assert response.status_code == 422
    clash = next(one for one in response.context["form"].clashes if one.name == "village")
    assert (clash.theirs, clash.mine) == (world.phing.code, world.malu.code)
    chosen = {"clash": ["village", "name"], "choose-village": "stored", "choose-name": "stored"}
    again = {
        **body,
        "client_id": str(uuid4()),
        "started": response.context["form"].data["started"],
        **chosen,
    }
    assert client.post(address("network_edit", row.pk), again).status_code == 303
    row.refresh_from_db()
    assert row.village == world.phing


@pytest.mark.parametrize("name", ["needs", "network"])
def test_a_list_asks_the_same_number_of_queries_however_long_it_is(
    world: World, signed_in: SignIn, name: str
) -> None:
    client = signed_in(world.nida)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(address(name))
        return len(asked)

    need(world)
    link(world, village_id=world.phing.pk)
    queries()
    few = queries()
    for _n in range(4):
        need(world)
        link(world, village_id=world.malu.pk)
    assert queries() == few <= 15
