"""The sign-in sheet to print before a meeting: numbered as the tick list, and in the history."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from steps.forms.asked import AskedOf
from steps.recording.people import NewMember, add_member, mark_households
from tests.cast import TODAY, World, sender
from villages.models import Household

SignIn = Callable[[User], Client]
CODE, YEAR = "33140108", 2560


def address(number: str = "1.4", code: str = CODE) -> str:
    return reverse("steps:sign_in_sheet", args=[code, YEAR, number])


def rows_of(page: str) -> list[list[str]]:
    """The cells of every body row, as plain text."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.split("<tbody>", 1)[1], re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells if row]


def test_the_sheet_is_numbered_as_the_tick_list(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.nida).post(address()).content.decode()
    asked = AskedOf(world.enrolment, [world.step("1.4")], TODAY)
    expected = [
        [str(number), row.head_name, row.house_no]
        for number, row in enumerate(asked.households, start=1)
    ]
    assert [row[:3] for row in rows_of(page)[: len(expected)]] == expected
    assert len(expected) == 32


def test_target_households_come_first_and_are_marked(world: World, signed_in: SignIn) -> None:
    second = world.trakat.households.in_house_order()[1]
    mark_households(
        enrolment=world.enrolment,
        started={},
        wanted={f"target-{second.pk}": "on"},
        sender=sender(world.nida),
    )
    rows = rows_of(signed_in(world.nida).post(address()).content.decode())
    assert rows[0][:2] == ["1", second.head_name]
    assert [bool(row[3]) for row in rows[:3]] == [True, False, False]


def test_committee_members_follow_and_then_ten_empty_rows(world: World, signed_in: SignIn) -> None:
    member = NewMember(name="นายคำพันธ์ ทองสุข", kind="group", joined_on=date(2017, 1, 20))
    add_member(village=world.trakat, member=member, sender=sender(world.nida))
    rows = rows_of(signed_in(world.nida).post(address()).content.decode())
    assert rows[32][:2] == ["1", "นายคำพันธ์ ทองสุข"]
    assert rows[33:] == [["", "", "", "", ""]] * 10


def test_a_household_that_ended_is_not_on_the_sheet(world: World, signed_in: SignIn) -> None:
    first = world.trakat.households.in_house_order()[0]
    Household.objects.filter(pk=first.pk).update(ended_on=date(2017, 1, 1))
    assert first.head_name not in signed_in(world.nida).post(address()).content.decode()


def test_the_head_names_the_step_and_the_whole_place(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.nida).post(address()).content.decode()
    for words in (str(world.step("1.4").title), "ตระกาจ", "ศรีแก้ว", "ศรีรัตนะ", "ศรีสะเกษ"):
        assert words in page
    assert page.count("<h1") == 1


def test_day_and_place_are_left_blank_or_given(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.nida)
    assert client.post(address()).content.decode().count("....................") == 2 * 2
    data = {"held_on": "๓๑/๓/๒๕๖๐", "place": "ศาลากลางบ้าน"}
    page = client.post(address(), data).content.decode()
    assert "31 มีนาคม พ.ศ. 2560" in page
    assert "ศาลากลางบ้าน" in page
    assert "......" not in page


def test_a_day_nobody_can_read_is_left_to_be_written_by_hand(
    world: World, signed_in: SignIn
) -> None:
    response = signed_in(world.nida).post(address(), {"held_on": "พรุ่งนี้", "place": "วัด"})
    assert response.status_code == 200
    assert response.context["held_on"] is None


def test_printing_is_history(world: World, signed_in: SignIn) -> None:
    signed_in(world.suda).post(address())
    entry = History.objects.get(verb="print_sign_in_sheet")
    assert (entry.by, entry.village, entry.note) == (world.suda, world.trakat, "1.4")


def test_a_sheet_is_not_asked_for_by_a_link(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.nida).get(address()).status_code == 405
    assert not History.objects.filter(verb="print_sign_in_sheet").exists()


@pytest.mark.parametrize(
    ("who", "status"), [("kanya", 404), ("wichai", 404), ("wipa", 403), ("anan", 403)]
)
def test_the_sheet_is_for_those_who_may_see_names_there(
    world: World, signed_in: SignIn, who: str, status: int
) -> None:
    response = signed_in(getattr(world, who)).post(address())
    assert response.status_code == status
    assert not History.objects.filter(verb="print_sign_in_sheet").exists()


def test_a_step_that_does_not_exist_has_no_sheet(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.nida).post(address("9.9")).status_code == 404
    assert not History.objects.filter(verb="print_sign_in_sheet").exists()


def test_the_sheet_asks_as_many_queries_for_eighty_households_as_for_ten(
    world: World, signed_in: SignIn
) -> None:
    def queries(households: int) -> int:
        Household.objects.filter(village=world.phing).delete()
        Household.objects.bulk_create(
            Household(village=world.phing, house_no=str(n), head_name=f"นายคนที่ {n}")
            for n in range(households)
        )
        client = signed_in(world.nida)
        with CaptureQueriesContext(connection) as captured:
            client.post(address(code=world.phing.code))
        return len(captured)

    assert queries(10) == queries(80) <= 15
