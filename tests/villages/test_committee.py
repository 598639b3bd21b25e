"""The working committee: who serves, who is missing; added, edited, ended and never erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from steps.recording.core import Refusal
from steps.recording.people import NewMember, add_member, end_member
from tests.cast import World, household, sender
from tests.pages import form_of, send
from villages.models import CommitteeMember, Household, Village

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")


def at(name: str, *args: Any, code: str = "33140108") -> str:
    return reverse(f"villages:{name}", args=[code, *args])


LIST, ADD = at("committee"), at("member_add")
NEW = {
    "name": "นางคำ  แก้วใส",
    "kind": "natural",
    "position": "ผู้อาวุโส",
    "phone": "๐๘๑",
    "joined_on": "๒๓ มีนาคม ๒๕๖๐",
}


def serve(world: World, name: str, kind: str, of: Village | None = None) -> CommitteeMember:
    member = NewMember(name=name, kind=kind, joined_on=date(2017, 1, 10))
    village = of or world.trakat
    outcome = add_member(village=village, member=member, sender=sender(world.nida))
    return CommitteeMember.objects.get(pk=outcome.result["member"])


@pytest.fixture
def thongbai(world: World) -> CommitteeMember:
    """นายทองใบ, formal leader on the committee of Ban Trakat since 10 January."""
    return serve(world, "นายทองใบ ใจดี", "formal")


# ---------------------------------------------------------------- the page


def test_the_page_says_which_kinds_of_leader_are_missing(
    world: World, signed_in: SignIn, thongbai: CommitteeMember
) -> None:
    client = signed_in(world.nida)

    assert client.get(LIST).context["missing"] == [
        "Natural leader",
        "Group leader",
        "Cluster leader",
    ]
    for kind in ("natural", "group", "cluster"):
        serve(world, f"นาย{kind}", kind)
    page = client.get(LIST)
    assert page.context["missing"] == []
    assert "All four kinds of leader are on the committee." in page.content.decode()


def test_members_are_named_only_to_those_who_may_see_names(
    world: World, signed_in: SignIn, thongbai: CommitteeMember
) -> None:
    for person, named in [(world.suda, True), (world.wipa, False), (world.anan, False)]:
        text = signed_in(person).get(LIST).content.decode()
        assert (thongbai.name in text) is named, person
        assert "1 member" in text
        assert ADD not in text


def test_the_page_asks_as_much_of_the_database_for_80_members_as_for_10(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)

    def grow(*, start: int, upto: int) -> None:
        for number in range(start, upto):
            member = serve(world, f"นายสมาชิก {number}", "formal")
            member.household = household(world.trakat, f"5{number}", f"นายสมาชิก {number}")
            member.save()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    grow(start=0, upto=10)
    few = queries()
    grow(start=10, upto=80)

    assert queries() == few <= 15


# ---------------------------------------------------------------- adding


def test_the_first_member_forms_the_committee(world: World, signed_in: SignIn) -> None:
    house = world.trakat.households.get(house_no="1")

    response = send(signed_in(world.nida), ADD, **NEW, household=str(house.pk))

    assert (response.status_code, response["Location"]) == (303, LIST)
    member = CommitteeMember.objects.get()
    assert (member.name, member.kind, member.phone) == ("นางคำ แก้วใส", "natural", "081")
    assert member.joined_on == date(2017, 3, 23)
    assert member.household == house
    assert member.committee.village == world.trakat


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", "ก" * 151),
        ("kind", None),
        ("kind", "king"),
        ("joined_on", ""),
        ("joined_on", "24/3/2560"),
        ("joined_on", "29/2/2560"),
        ("household", "not-a-key"),
    ],
)
def test_a_wrong_answer_is_named_and_everything_typed_is_kept(
    world: World, signed_in: SignIn, name: str, value: str | None
) -> None:
    response = send(signed_in(world.nida), ADD, **{**NEW, name: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]
    text = response.content.decode()
    for other, typed in NEW.items():
        if other not in (name, "kind"):
            assert f'value="{typed}"' in text, other
    assert not CommitteeMember.objects.exists()


def test_a_household_of_another_village_is_answered_as_an_unknown_one(
    world: World, signed_in: SignIn
) -> None:
    foreign = household(world.phing, "5", "นายแดง ดีงาม")
    client = signed_in(world.nida)

    answers = [send(client, ADD, **NEW, household=str(key)) for key in (foreign.pk, uuid4())]

    assert [answer.status_code for answer in answers] == [422, 422]
    errors = [answer.context["form"].errors for answer in answers]
    assert errors[0] == errors[1] == {"household": ["Not found in your area."]}
    assert not CommitteeMember.objects.exists()


def test_somebody_who_serves_already_is_refused_by_name(
    world: World, signed_in: SignIn, thongbai: CommitteeMember
) -> None:
    response = send(signed_in(world.nida), ADD, **{**NEW, "name": thongbai.name})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["name"]
    assert CommitteeMember.objects.count() == 1


# ---------------------------------------------------------------- only in the own area


def test_only_in_the_own_area_is_a_member_written(
    world: World, signed_in: SignIn, thongbai: CommitteeMember
) -> None:
    addresses = [ADD, at("member_edit", thongbai.pk), at("member_end", thongbai.pk)]
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
    thongbai.refresh_from_db()
    assert thongbai.left_on is None
    assert CommitteeMember.objects.count() == 1


def test_a_member_of_another_village_is_not_found_under_this_one(
    world: World, signed_in: SignIn
) -> None:
    other = serve(world, "นายแดง ดีงาม", "formal", of=world.phing)
    client = signed_in(world.nida)

    assert client.get(at("member_edit", other.pk)).status_code == 404
    assert client.post(at("member_end", other.pk), {"on": "1/3/2560"}).status_code == 404
    assert client.get(at("member_end", uuid4())).status_code == 404


# ---------------------------------------------------------------- editing


def test_an_officer_corrects_a_member(
    world: World, signed_in: SignIn, thongbai: CommitteeMember
) -> None:
    response = send(
        signed_in(world.nida), at("member_edit", thongbai.pk), kind="group", joined_on="1/2/2560"
    )

    assert response.status_code == 303
    thongbai.refresh_from_db()
    assert (thongbai.kind, thongbai.joined_on) == ("group", date(2017, 2, 1))
    assert History.objects.get(verb="edit_member").fields == ["joined_on", "kind"]


def test_a_form_sent_unchanged_changes_nothing(
    world: World, signed_in: SignIn, thongbai: CommitteeMember
) -> None:
    send(signed_in(world.nida), at("member_edit", thongbai.pk))

    assert History.objects.get(verb="edit_member").fields == []


def test_a_household_that_ended_stays_the_household_of_its_member(
    world: World, signed_in: SignIn, thongbai: CommitteeMember
) -> None:
    house = world.trakat.households.get(house_no="1")
    CommitteeMember.objects.filter(pk=thongbai.pk).update(household=house)
    Household.objects.filter(pk=house.pk).update(ended_on=date(2017, 3, 1))

    response = send(signed_in(world.nida), at("member_edit", thongbai.pk), position="กำนัน")

    assert response.status_code == 303
    thongbai.refresh_from_db()
    assert (thongbai.position, thongbai.household) == ("กำนัน", house)


@pytest.mark.parametrize(("choice", "kind"), [("stored", "group"), ("typed", "natural")])
def test_the_same_field_changed_twice_becomes_a_choice_in_words(
    world: World, signed_in: SignIn, thongbai: CommitteeMember, choice: str, kind: str
) -> None:
    address = at("member_edit", thongbai.pk)
    nida = signed_in(world.nida)
    opened = form_of(nida, address)
    send(signed_in(world.somsak), address, kind="group", joined_on="1/2/2560")

    asked = nida.post(address, {**opened, "kind": "natural", "joined_on": "2/2/2560"})

    assert asked.status_code == 422
    clashes = {clash.name: (clash.theirs, clash.mine) for clash in asked.context["form"].clashes}
    assert clashes["kind"] == ("Group leader", "Natural leader")
    assert clashes["joined_on"] == ("1 Feb 2560 BE", "2 Feb 2560 BE")
    chosen = {"clash": ["kind", "joined_on"], "choose-kind": choice, "choose-joined_on": choice}
    data = {**asked.context["form"].data.dict(), **chosen, "client_id": str(uuid4())}
    assert nida.post(address, data).status_code == 303
    thongbai.refresh_from_db()
    assert thongbai.kind == kind
    assert thongbai.joined_on.day == (1 if choice == "stored" else 2)


def test_nobody_joins_after_having_left(
    world: World, signed_in: SignIn, thongbai: CommitteeMember
) -> None:
    CommitteeMember.objects.filter(pk=thongbai.pk).update(left_on=date(2017, 3, 1))

    answer = send(
        signed_in(world.nida), at("member_edit", thongbai.pk), joined_on="5/3/2560", phone="081"
    )

    assert answer.status_code == 422
    assert dict(answer.context["form"].errors) == {
        "joined_on": ["This is after the last day of serving."]
    }
    thongbai.refresh_from_db()
    assert (thongbai.joined_on, thongbai.phone) == (date(2017, 1, 10), "")


# ---------------------------------------------------------------- ending


def test_a_day_before_a_joining_that_was_mended_meanwhile_is_refused_at_its_field(
    world: World, thongbai: CommitteeMember
) -> None:
    CommitteeMember.objects.filter(pk=thongbai.pk).update(joined_on=date(2017, 2, 1))

    with pytest.raises(Refusal) as refused:
        end_member(member=thongbai, on=date(2017, 1, 20), sender=sender(world.nida))

    assert (refused.value.code, refused.value.field) == ("left_before_joining", "on")


def test_a_past_member_stays_listed(
    world: World, signed_in: SignIn, thongbai: CommitteeMember
) -> None:
    client = signed_in(world.nida)

    response = send(client, at("member_end", thongbai.pk), on="20/3/2560")

    assert response.status_code == 303
    page = client.get(LIST)
    assert page.context["serving"] == []
    assert list(page.context["past"]) == [thongbai]
    assert thongbai.name in page.content.decode()


@pytest.mark.parametrize("on", ["24/3/2560", "9/1/2560", ""])
def test_a_membership_ends_between_joining_and_today(
    world: World, signed_in: SignIn, thongbai: CommitteeMember, on: str
) -> None:
    response = send(signed_in(world.nida), at("member_end", thongbai.pk), on=on)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["on"]
    thongbai.refresh_from_db()
    assert thongbai.left_on is None
