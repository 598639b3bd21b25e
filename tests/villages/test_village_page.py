"""The page of a village: its people and its years."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import User
from steps.recording.enrolments import copy_programme, enrol
from steps.recording.people import NewMember, add_member
from tests.cast import World, sender
from villages.models import FormerCode, Village

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
PAGE = reverse("villages:detail", args=["33140108"])


@pytest.fixture
def committee(world: World) -> None:
    member = NewMember(name="นายทองใบ ใจดี", kind="formal", joined_on=date(2017, 1, 10))
    add_member(village=world.trakat, member=member, sender=sender(world.nida))


def test_the_page_says_where_the_village_is_and_what_it_is_called(
    world: World, signed_in: SignIn
) -> None:
    Village.objects.filter(pk=world.trakat.pk).update(latitude="14.77310", longitude="104.50070")

    page = signed_in(world.nida).get(PAGE)

    text = strip_tags(page.content.decode())
    district = world.trakat.subdistrict.parent
    assert world.trakat.full_title in text
    assert "33140108" in text
    assert "14.77310" in text
    assert page.context["areas"] == [
        district.parent.title,
        district.title,
        world.trakat.subdistrict.title,
    ]


def test_the_years_are_listed_newest_first_with_their_standing(
    world: World, signed_in: SignIn
) -> None:
    programme = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    enrol(villages=[world.trakat], programme=programme, officer=None, sender=sender(world.anan))

    years = signed_in(world.nida).get(PAGE).context["years"]

    assert [year.href for year in years] == [
        "/villages/33140108/2561/",
        "/villages/33140108/2560/",
    ]
    assert [bool(year.late) for year in years] == [False, True]
    assert "113" in years[1].late  # 1.1 was due on 30 November 2016
    assert years[1].officer == world.nida.name


def test_members_are_named_only_to_those_who_may_see_names(
    world: World, signed_in: SignIn, committee: None
) -> None:
    for person, named in [
        (world.nida, True),
        (world.suda, True),
        (world.wipa, False),
        (world.anan, False),
    ]:
        page = signed_in(person).get(PAGE)
        assert ("นายทองใบ ใจดี" in page.content.decode()) is named, person
        assert len(page.context["members"]) == 1


def test_the_history_is_offered_to_chiefs_and_administrators(
    world: World, signed_in: SignIn
) -> None:
    address = reverse("villages:history", args=["33140108"])

    for person, offered in [(world.prasit, True), (world.anan, True), (world.nida, False)]:
        assert (address in signed_in(person).get(PAGE).content.decode()) is offered, person


def test_a_village_outside_the_area_does_not_exist(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.kanya).get(PAGE).status_code == 404
    assert signed_in(world.nida).get("/villages/34010101/").status_code == 404


def test_a_former_code_leads_to_the_village(world: World, signed_in: SignIn) -> None:
    FormerCode.objects.create(code="33010199", village=world.trakat, until=date(2010, 1, 1))

    response = signed_in(world.nida).get("/villages/33010199/")

    assert response.status_code == 301
    assert response["Location"] == PAGE
