"""Households: listed, added, edited by two people at once, ended and never erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from tests.cast import World, household
from tests.pages import JSON, form_of, send
from villages.models import Household

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")


def at(name: str, *args: Any, code: str = "33140108") -> str:
    return reverse(f"villages:{name}", args=[code, *args])


LIST, ADD = at("households"), at("household_add")
NEW = {
    "house_no": "๙๙/๑",
    "head_name": "นางแก้ว  มณี",
    "people": "๔",
    "cluster": "คุ้มใต้",
    "main_occupation": "rice",
    "phone": "081-000-0000",
}


@pytest.fixture
def bunmi(world: World) -> Household:
    """The household of นายบุญมี, house 1 of Ban Trakat."""
    return Household.objects.get(village=world.trakat, house_no="1")


# ---------------------------------------------------------------- the list


def test_households_stand_in_house_order(world: World, signed_in: SignIn) -> None:
    for house_no in ("10", "9", "12/1", "12"):
        household(world.phing, house_no, "นายแดง ดีงาม")

    page = signed_in(world.nida).get(at("households", code="33140203")).context["page"]

    assert [row.house_no for row in page] == ["9", "10", "12", "12/1"]


def test_without_the_right_to_names_only_numbers_are_shown(
    world: World, signed_in: SignIn, bunmi: Household
) -> None:
    Household.objects.filter(pk=bunmi.pk).update(phone="0810000000")
    for person in (world.wipa, world.anan):
        page = signed_in(person).get(LIST)
        text = page.content.decode()
        assert page.context["numbers"].standing == 32
        assert "32 households" in text
        assert bunmi.head_name not in text
        assert "0810000000" not in text


def test_provincial_staff_read_the_names_and_find_nothing_to_press(
    world: World, signed_in: SignIn, bunmi: Household
) -> None:
    text = signed_in(world.suda).get(LIST).content.decode()

    assert bunmi.head_name in text
    assert ADD not in text
    assert at("household_edit", bunmi.pk) not in text


def test_the_list_asks_as_much_of_the_database_for_80_rows_as_for_10(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    address = at("households", code="33140203")

    def grow(*, upto: int) -> None:
        known = world.phing.households.count()
        for number in range(known, upto):
            household(world.phing, str(number), "นายแดง ดีงาม", main_occupation_id="rice")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    grow(upto=10)
    few = queries()
    grow(upto=80)

    assert queries() == few <= 15


# ---------------------------------------------------------------- adding


def test_an_officer_adds_a_household(world: World, signed_in: SignIn) -> None:
    response = send(signed_in(world.nida), ADD, **NEW)

    assert (response.status_code, response["Location"]) == (303, LIST)
    added = Household.objects.get(house_no="99/1")
    assert (added.head_name, added.people, added.cluster) == ("นางแก้ว มณี", 4, "คุ้มใต้")
    assert added.main_occupation_id == "rice"
    assert added.village == world.trakat


def test_an_officer_adds_one_household_after_the_other(world: World, signed_in: SignIn) -> None:
    response = send(signed_in(world.nida), ADD, **NEW, another="1")

    assert response["Location"] == ADD


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("house_no", ""),
        ("house_no", "1" * 21),
        ("head_name", "  "),
        ("people", "0"),
        ("people", "-2"),
        ("people", "100"),
        ("people", "many"),
        ("main_occupation", "piracy"),
        ("side_occupation", "piracy"),
        ("phone", "0" * 31),
    ],
)
def test_a_wrong_answer_is_named_and_everything_typed_is_kept(
    world: World, signed_in: SignIn, name: str, value: str
) -> None:
    before = Household.objects.count(), History.objects.count()

    response = send(signed_in(world.nida), ADD, **{**NEW, name: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]
    text = response.content.decode()
    for other, typed in NEW.items():
        if other not in (name, "main_occupation"):
            assert f'value="{typed}"' in text, other
    assert (Household.objects.count(), History.objects.count()) == before


def test_a_household_that_is_listed_already_is_refused_at_its_number(
    world: World, signed_in: SignIn, bunmi: Household
) -> None:
    response = send(signed_in(world.nida), ADD, house_no="๑", head_name=bunmi.head_name)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["house_no"]
    assert Household.objects.count() == 32


def test_an_empty_post_names_what_is_missing(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.nida).post(ADD, {})

    assert response.status_code == 422
    assert {"house_no", "head_name"} <= set(response.context["form"].errors)


def test_the_same_household_sent_twice_is_stored_once(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.nida)
    data = {**NEW, "client_id": str(uuid4())}

    answers = [client.post(ADD, data, **JSON).status_code for _ in range(2)]

    assert answers == [201, 200]
    assert Household.objects.filter(house_no="99/1").count() == 1


# ---------------------------------------------------------------- only in the own area


def test_only_in_the_own_area_is_a_household_written(
    world: World, signed_in: SignIn, bunmi: Household
) -> None:
    addresses = [ADD, at("household_edit", bunmi.pk), at("household_end", bunmi.pk)]
    for person, answer in [
        (world.kanya, 404),
        (world.wichai, 404),
        (world.suda, 403),
        (world.wipa, 403),
        (world.anan, 403),
    ]:
        client = signed_in(person)
        for address in addresses:
            assert client.get(address).status_code == answer, (person, address)
            assert client.post(address, {**NEW, "on": "1/3/2560"}).status_code == answer
    assert Household.objects.filter(ended_on__isnull=True).count() == 32
    assert not Household.objects.filter(house_no="99/1").exists()


def test_a_household_of_another_village_is_not_found_under_this_one(
    world: World, signed_in: SignIn
) -> None:
    other = household(world.phing, "5", "นายแดง ดีงาม")

    client = signed_in(world.nida)

    assert client.get(at("household_edit", other.pk)).status_code == 404
    assert client.post(at("household_end", other.pk), {"on": "1/3/2560"}).status_code == 404
    assert client.get(at("household_edit", uuid4())).status_code == 404


# ---------------------------------------------------------------- editing


def test_an_officer_corrects_a_household(world: World, signed_in: SignIn, bunmi: Household) -> None:
    response = send(signed_in(world.nida), at("household_edit", bunmi.pk), people="7", cluster=None)

    assert response.status_code == 303
    bunmi.refresh_from_db()
    assert (bunmi.people, bunmi.cluster, bunmi.house_no) == (7, "", "1")
    entry = History.objects.get(verb="edit_household")
    assert entry.fields == ["cluster", "people"]


def test_a_new_house_number_moves_the_household_in_the_order(
    world: World, signed_in: SignIn, bunmi: Household
) -> None:
    send(signed_in(world.nida), at("household_edit", bunmi.pk), house_no="99")

    page = signed_in(world.nida).get(LIST).context["page"]
    assert list(page)[-1] == bunmi


def test_a_household_cannot_take_the_place_of_another(
    world: World, signed_in: SignIn, bunmi: Household
) -> None:
    other = household(world.trakat, "90", bunmi.head_name)

    response = send(signed_in(world.nida), at("household_edit", other.pk), house_no="1")

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["house_no"]
    other.refresh_from_db()
    assert other.house_no == "90"


def test_two_officers_change_different_fields_and_both_stand(
    world: World, signed_in: SignIn, bunmi: Household
) -> None:
    address = at("household_edit", bunmi.pk)
    nida, somsak = signed_in(world.nida), signed_in(world.somsak)
    opened = form_of(nida, address)
    send(somsak, address, people="9")

    response = nida.post(address, {**opened, "cluster": "คุ้มใหม่"})

    assert response.status_code == 303
    bunmi.refresh_from_db()
    assert (bunmi.people, bunmi.cluster) == (9, "คุ้มใหม่")


@pytest.fixture
def contested(world: World, signed_in: SignIn, bunmi: Household) -> tuple[Client, str, dict]:
    """Somsak made it nine people while Nida had the form open and typed six."""
    address = at("household_edit", bunmi.pk)
    nida = signed_in(world.nida)
    opened = form_of(nida, address)
    send(signed_in(world.somsak), address, people="9")
    return nida, address, {**opened, "people": "6", "phone": "081"}


def test_the_same_field_becomes_a_choice_between_both_values(
    world: World, bunmi: Household, contested: tuple[Client, str, dict]
) -> None:
    nida, address, typed = contested

    response = nida.post(address, typed)

    assert response.status_code == 422
    clash = response.context["form"].clashes[0]
    assert (clash.name, clash.theirs, clash.mine) == ("people", "9", "6")
    text = response.content.decode()
    assert 'name="choose-people"' in text
    assert 'value="081"' in text
    bunmi.refresh_from_db()
    assert (bunmi.people, bunmi.phone) == (9, "")


@pytest.mark.parametrize(("choice", "people"), [("stored", 9), ("typed", 6)])
def test_a_person_chooses_which_value_stands(
    bunmi: Household, contested: tuple[Client, str, dict], choice: str, people: int
) -> None:
    nida, address, typed = contested
    shown = nida.post(address, typed).context["form"].data
    data = {**shown.dict(), "clash": "people", "choose-people": choice}

    response = nida.post(address, {**data, "client_id": str(uuid4())})

    assert response.status_code == 303
    bunmi.refresh_from_db()
    assert (bunmi.people, bunmi.phone) == (people, "081")


def test_without_a_choice_the_question_is_asked_again(
    bunmi: Household, contested: tuple[Client, str, dict]
) -> None:
    nida, address, typed = contested
    shown = nida.post(address, typed).context["form"].data

    response = nida.post(address, {**shown.dict(), "clash": "people"})

    assert response.status_code == 422
    assert [clash.name for clash in response.context["form"].clashes] == ["people"]
    bunmi.refresh_from_db()
    assert bunmi.people == 9


# ---------------------------------------------------------------- ending


def test_an_ended_household_is_kept_and_listed_apart(
    world: World, signed_in: SignIn, bunmi: Household
) -> None:
    client = signed_in(world.nida)

    response = send(client, at("household_end", bunmi.pk), on="20/3/2560")

    assert response.status_code == 303
    assert Household.objects.count() == 32
    page = client.get(LIST)
    assert bunmi not in list(page.context["page"])
    assert list(page.context["ended"]) == [bunmi]
    assert page.context["numbers"].standing == 31


@pytest.mark.parametrize("on", ["24/3/2560", "", "tomorrow", "23/3/60"])
def test_a_household_does_not_end_on_such_a_day(
    world: World, signed_in: SignIn, bunmi: Household, on: str
) -> None:
    response = send(signed_in(world.nida), at("household_end", bunmi.pk), on=on)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["on"]
    if on:
        assert f'value="{on}"' in response.content.decode()
    bunmi.refresh_from_db()
    assert bunmi.ended_on is None


def test_a_household_ends_once(world: World, signed_in: SignIn, bunmi: Household) -> None:
    client = signed_in(world.nida)
    send(client, at("household_end", bunmi.pk), on="20/3/2560")

    response = send(client, at("household_end", bunmi.pk), on="21/3/2560")

    assert response.status_code == 422
    assert "This was ended already." in response.content.decode()
    bunmi.refresh_from_db()
    assert bunmi.ended_on.isoformat() == "2017-03-20"
