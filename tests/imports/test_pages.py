"""The pages of an import: what each person sees, and what they are told when it is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Import, User
from tests.cast import World, household
from tests.imports.bringing import Row, checked, problems
from villages.models import Household

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SignIn = Callable[[User], Client]
HOME = {"village_code": "33140108"}


def a_member(**more: object) -> Row:
    return {**HOME, "name": "นายใหม่ จริงใจ", "kind": "formal", "joined_on": "25/1/2560", **more}


def page_of(client: Client, brought: Import) -> str:
    return client.get(reverse("imports:detail", args=[brought.pk])).content.decode()


def rows_page(client: Client, brought: Import, outcome: str) -> str:
    """The list behind one of the four numbers."""
    return client.get(reverse("imports:rows", args=[brought.pk, outcome])).content.decode()


# ---------------------------------------------------------------- names that are not theirs


@pytest.fixture
def house(world: World) -> Household:
    return household(world.trakat, "900", "นายซ่อน ไว้ดี")


def test_the_head_of_a_members_household_is_named_to_those_who_may_see_names(
    world: World, house: Household, signed_in: SignIn
) -> None:
    brought = checked("members", [a_member(house_no="900")], by=world.nida)
    assert "900 นายซ่อน ไว้ดี" in rows_page(signed_in(world.nida), brought, "new")


def test_an_administrator_sees_of_it_the_house_number_their_file_gave(
    world: World, house: Household, signed_in: SignIn
) -> None:
    brought = checked("members", [a_member(house_no="900")], by=world.anan)
    page = rows_page(signed_in(world.anan), brought, "new")
    assert "<b>900</b>" in page
    assert "นายซ่อน" not in page


def test_nor_does_a_problem_name_the_head_that_is_stored(
    world: World, house: Household, signed_in: SignIn
) -> None:
    other = household(world.trakat, "901", house.head_name)
    row = {"id": str(other.pk), **HOME, "house_no": "900"}
    brought = checked("households", [row], by=world.anan)
    assert problems(brought) == ["taken"]
    page = rows_page(signed_in(world.anan), brought, "problem")
    assert "The village has another one of that name already: 900" in page
    assert "นายซ่อน" not in page
