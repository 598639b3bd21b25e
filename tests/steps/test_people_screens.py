"""The people of a year on screen: target and model households, own target, change leaders."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from accounts.receipts import ReusedId
from steps.models import ChangeLeader
from steps.recording.core import Values
from steps.recording.people import (
    NewChangeLeader,
    end_change_leader,
    household_marks,
    mark_households,
    name_change_leader,
)
from tests.cast import World, household, sender
from tests.pages import form_of, send
from villages.models import Household

SignIn = Callable[[User], Client]
CODE, YEAR = "33140108", 2560


def address(name: str, *args: object, code: str = CODE) -> str:
    return reverse(f"steps:{name}", args=[code, YEAR, *args])


def homes(world: World) -> list[Household]:
    return list(world.trakat.households.in_house_order())


def ticks(*names: str, started: Values | None = None) -> dict[str, str]:
    """The tick list as sent: what it started from, and what is ticked now."""
    return {
        "client_id": str(uuid4()),
        "started": json.dumps(started or {}),
        **dict.fromkeys(names, "on"),
    }


def marked(world: World, *names: str) -> None:
    started = household_marks(world.enrolment)
    mark_households(
        enrolment=world.enrolment,
        started=started,
        wanted=started | dict.fromkeys(names, "on"),
        sender=sender(world.somsak),
    )


# ---------------------------------------------------------------- target and model households


def test_the_list_holds_every_household_in_house_order(world: World, signed_in: SignIn) -> None:
    first, *_rest, last = homes(world)
    Household.objects.filter(pk=last.pk).update(ended_on=date(2017, 1, 1))
    marked(world, f"target-{first.pk}", f"model-{first.pk}")
    response = signed_in(world.nida).get(address("targets"))
    rows = list(response.context["form"].rows())
    assert [row.household for row in rows] == homes(world)[:-1]
    assert (rows[0].target, rows[0].model, rows[1].target) == (True, True, False)
    page = response.content.decode()
    assert first.head_name in page
    assert f'name="target-{first.pk}" value="on"' in page
    assert "<span data-tick-count>1</span>" in page
    assert page.count("<h1") == 1


def test_ticks_are_stored(world: World, signed_in: SignIn) -> None:
    first, second, *_rest = homes(world)
    names = (f"target-{first.pk}", f"target-{second.pk}", f"model-{second.pk}")
    response = signed_in(world.nida).post(address("targets"), ticks(*names))
    assert response.status_code == 303
    assert household_marks(world.enrolment) == dict.fromkeys(names, "on")


def test_a_tick_taken_off_is_taken_off(world: World, signed_in: SignIn) -> None:
    first, *_rest = homes(world)
    marked(world, f"target-{first.pk}", f"model-{first.pk}")
    data = ticks(f"model-{first.pk}", started=household_marks(world.enrolment))
    assert signed_in(world.nida).post(address("targets"), data).status_code == 303
    assert household_marks(world.enrolment) == {f"model-{first.pk}": "on"}


def test_the_ticks_of_two_people_merge(world: World, signed_in: SignIn) -> None:
    first, second, *_rest = homes(world)
    mine = ticks(f"target-{first.pk}")  # started before Somsak's tick
    marked(world, f"target-{second.pk}", f"target-{first.pk}")
    assert signed_in(world.nida).post(address("targets"), mine).status_code == 303
    assert set(household_marks(world.enrolment)) == {f"target-{first.pk}", f"target-{second.pk}"}


def test_a_household_that_ended_meanwhile_keeps_its_mark_of_the_past(
    world: World, signed_in: SignIn
) -> None:
    first, second, *_rest = homes(world)
    marked(world, f"target-{first.pk}")
    Household.objects.filter(pk=first.pk).update(ended_on=date(2017, 1, 1))
    client = signed_in(world.nida)
    started = client.get(address("targets")).context["form"].initial["started"]
    data = ticks(f"target-{second.pk}", started=started)
    assert client.post(address("targets"), data).status_code == 303
    assert set(household_marks(world.enrolment)) == {f"target-{first.pk}", f"target-{second.pk}"}


@pytest.mark.parametrize("whose", ["neighbour", "nobody", "nonsense"])
def test_a_foreign_household_is_answered_like_an_unknown_one(
    world: World, signed_in: SignIn, whose: str
) -> None:
    foreign = household(world.phing, "9", "นายต่างบ้าน ห่างไกล")
    key = {"neighbour": str(foreign.pk), "nobody": str(uuid4()), "nonsense": "x"}[whose]
    own = f"target-{homes(world)[0].pk}"
    client = signed_in(world.nida)
    client.cookies["django_language"] = "en"
    response = client.post(address("targets"), ticks(own, f"target-{key}"))
    assert response.status_code == 422
    page = response.content.decode()
    assert "Not found in your area." in page
    assert "ต่างบ้าน" not in page
    assert f'value="on" id="{own}" checked' in page  # what was ticked is kept
    assert household_marks(world.enrolment) == {}


@pytest.mark.parametrize("started", ["", "[]", "[1]", "nonsense", '{"target-x": "on"}'])
def test_a_tick_list_that_starts_from_nonsense_breaks_nothing(
    world: World, signed_in: SignIn, started: str
) -> None:
    data = ticks() | {"started": started}
    assert signed_in(world.nida).post(address("targets"), data).status_code in (303, 422)
    assert household_marks(world.enrolment) == {}


def test_who_only_reads_sees_names_where_they_may_and_a_count_where_not(
    world: World, signed_in: SignIn
) -> None:
    first, second, *_rest = homes(world)
    marked(world, f"target-{first.pk}")
    page = signed_in(world.suda).get(address("targets")).content.decode()
    assert first.head_name in page
    assert second.head_name not in page
    assert 'type="checkbox"' not in page
    page = signed_in(world.wipa).get(address("targets")).content.decode()
    assert first.head_name not in page
    assert "<span data-tick-count>1</span>" in page


def test_the_tick_list_asks_as_many_queries_for_eighty_households_as_for_ten(
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
            response = client.get(address("targets", code=world.phing.code))
        assert len(response.context["form"].households) == households
        return len(captured)

    assert queries(10) == queries(80) <= 15


# ---------------------------------------------------------------- the village's own target


def own(**fields: object) -> dict[str, object]:
    return {
        "client_id": str(uuid4()),
        "own_target": "๑๘",
        "own_target_reason": "มีเพียง 18 ครัวเรือน",
        **fields,
    }


@pytest.mark.parametrize("who", ["prasit", "suda"])
def test_a_reviewer_gives_a_village_its_own_target(
    world: World, signed_in: SignIn, who: str
) -> None:
    client = signed_in(getattr(world, who))
    assert client.get(address("own_target")).status_code == 200
    response = client.post(address("own_target"), own())
    assert (response.status_code, response["Location"]) == (303, address("year"))
    world.enrolment.refresh_from_db()
    assert (world.enrolment.target, world.enrolment.own_target_reason) == (
        18,
        "มีเพียง 18 ครัวเรือน",
    )


def test_a_reviewer_takes_the_own_target_back(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.prasit)
    client.post(address("own_target"), own())
    assert 'name="take_back"' in client.get(address("own_target")).content.decode()
    assert send(client, address("own_target"), take_back="1").status_code == 303
    world.enrolment.refresh_from_db()
    assert (world.enrolment.own_target, world.enrolment.own_target_reason) == (None, "")
    assert world.enrolment.target == world.programme.target_households


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"own_target": ""}, "own_target"),
        ({"own_target": "0"}, "own_target"),
        ({"own_target": "-3"}, "own_target"),
        ({"own_target": "25"}, "own_target"),  # the number every village has
        ({"own_target": "สิบแปด"}, "own_target"),
        ({"own_target_reason": " "}, "own_target_reason"),
        ({"own_target_reason": "ก" * 301}, "own_target_reason"),
    ],
)
def test_an_own_target_needs_a_smaller_number_and_a_reason(
    world: World, signed_in: SignIn, wrong: dict[str, str], field: str
) -> None:
    data = own(**wrong)
    response = signed_in(world.prasit).post(address("own_target"), data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    kept = next(str(data[name]) for name in ("own_target", "own_target_reason") if name != field)
    assert kept in response.content.decode()
    world.enrolment.refresh_from_db()
    assert world.enrolment.own_target is None


@pytest.mark.parametrize(
    ("who", "status"), [("nida", 403), ("wipa", 403), ("anan", 403), ("kanya", 404)]
)
def test_only_a_reviewer_of_the_village_sets_its_target(
    world: World, signed_in: SignIn, who: str, status: int
) -> None:
    client = signed_in(getattr(world, who))
    assert client.get(address("own_target")).status_code == status
    assert client.post(address("own_target"), own()).status_code == status
    world.enrolment.refresh_from_db()
    assert world.enrolment.own_target is None


@pytest.mark.parametrize(
    ("number", "reason", "kept"),
    [
        ("stored", "stored", (None, "")),
        ("typed", "typed", (18, "มีเพียง 18 ครัวเรือนทั้งปี")),
        ("stored", "typed", None),
        ("typed", "stored", None),
    ],
)
def test_a_reason_reworded_while_the_number_was_taken_back_is_a_choice_of_both(
    world: World,
    signed_in: SignIn,
    number: str,
    reason: str,
    kept: tuple[int | None, str] | None,
) -> None:
    prasit = signed_in(world.prasit)
    prasit.post(address("own_target"), own())
    opened = form_of(prasit, address("own_target"))
    send(signed_in(world.suda), address("own_target"), take_back="1")

    asked = prasit.post(
        address("own_target"), {**opened, "own_target_reason": "มีเพียง 18 ครัวเรือนทั้งปี"}
    )

    assert asked.status_code == 422
    names = [clash.name for clash in asked.context["form"].clashes]
    assert sorted(names) == ["own_target", "own_target_reason"]
    chosen = {
        "clash": names,
        "choose-own_target": number,
        "choose-own_target_reason": reason,
        "client_id": str(uuid4()),
    }
    answer = prasit.post(address("own_target"), {**asked.context["form"].data.dict(), **chosen})
    assert answer.status_code == (303 if kept else 422)
    world.enrolment.refresh_from_db()
    stored = (world.enrolment.own_target, world.enrolment.own_target_reason)
    assert stored == (kept or (None, ""))


def test_the_database_takes_no_reason_without_a_number(world: World) -> None:
    with pytest.raises(IntegrityError, match="own_target_has_a_reason"), transaction.atomic():
        type(world.enrolment).objects.update(own_target=None, own_target_reason="ไม่มีตัวเลข")


def test_ticks_that_start_from_elsewhere_are_another_write(world: World) -> None:
    """What was ticked may read the same and mean another change."""
    first, second = (f"target-{row.pk}" for row in homes(world)[:2])
    sent = sender(world.nida)
    ticked = {"enrolment": world.enrolment, "wanted": {first: "on"}, "sender": sent}
    mark_households(started={}, **ticked)
    with pytest.raises(ReusedId):
        mark_households(started={second: "on"}, **ticked)


# ---------------------------------------------------------------- change leaders


def leader(**fields: object) -> dict[str, object]:
    return {
        "client_id": str(uuid4()),
        "name": "นางสมใจ คำภา",
        "named_on": "25 ม.ค. 2560",
        "household": "",
        **fields,
    }


def named(world: World, name: str = "นายบุญมี แสงทอง") -> ChangeLeader:
    outcome = name_change_leader(
        enrolment=world.enrolment,
        leader=NewChangeLeader(name=name, named_on=date(2017, 1, 25)),
        sender=sender(world.nida),
    )
    return ChangeLeader.objects.get(pk=outcome.result["change_leader"])


def test_an_officer_names_a_change_leader(world: World, signed_in: SignIn) -> None:
    home = homes(world)[0]
    client = signed_in(world.nida)
    assert client.post(address("leaders"), leader(household=str(home.pk))).status_code == 303
    row = ChangeLeader.objects.get()
    assert (row.name, row.named_on, row.household) == ("นางสมใจ คำภา", date(2017, 1, 25), home)
    assert "นางสมใจ คำภา" in client.get(address("leaders")).content.decode()


def test_past_leaders_stay_listed_apart(world: World, signed_in: SignIn) -> None:
    past, current = named(world, "นายเก่า เคยเป็น"), named(world)
    end_change_leader(leader=past, on=date(2017, 3, 1), sender=sender(world.nida))
    response = signed_in(world.nida).get(address("leaders"))
    assert (response.context["current"], response.context["past"]) == ([current], [past])
    assert "นายเก่า เคยเป็น" in response.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "ก" * 151}, "name"),
        ({"named_on": ""}, "named_on"),
        ({"named_on": "24 มี.ค. 2560"}, "named_on"),  # tomorrow
        ({"named_on": "1/1/2550"}, "named_on"),
        ({"named_on": "29/2/2560"}, "named_on"),
        ({"household": "x"}, "household"),
        ({"household": "00000000-0000-4000-8000-000000000000"}, "household"),
    ],
)
def test_what_is_wrong_with_a_leader_is_said_at_its_field(
    world: World, signed_in: SignIn, wrong: dict[str, str], field: str
) -> None:
    data = leader(**wrong)
    response = signed_in(world.nida).post(address("leaders"), data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    kept = next(str(data[name]) for name in ("name", "named_on") if name != field)
    assert kept in response.content.decode()
    assert not ChangeLeader.objects.exists()


def test_a_leader_of_a_foreign_household_is_refused(world: World, signed_in: SignIn) -> None:
    foreign = household(world.phing, "9", "นายต่างบ้าน ห่างไกล")
    response = signed_in(world.nida).post(address("leaders"), leader(household=str(foreign.pk)))
    assert response.status_code == 422
    assert "ต่างบ้าน" not in response.content.decode()
    assert not ChangeLeader.objects.exists()


def test_nobody_is_named_twice(world: World, signed_in: SignIn) -> None:
    named(world, "นางสมใจ คำภา")
    response = signed_in(world.nida).post(address("leaders"), leader())
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["name"]
    assert ChangeLeader.objects.count() == 1


def test_a_leader_is_ended_with_a_date(world: World, signed_in: SignIn) -> None:
    row = named(world)
    client, url = signed_in(world.nida), address("leader_end", row.pk)
    assert row.name in client.get(url).content.decode()
    data = {"client_id": str(uuid4()), "on": "1 มี.ค. 2560"}
    assert client.post(url, data).status_code == 303
    row.refresh_from_db()
    assert row.ended_on == date(2017, 3, 1)
    assert History.objects.filter(verb="end_change_leader", village=world.trakat).exists()


@pytest.mark.parametrize("on", ["", "24 มี.ค. 2560", "24 ม.ค. 2560", "1/3/60"])
def test_a_leader_ends_after_the_naming_and_not_in_the_future(
    world: World, signed_in: SignIn, on: str
) -> None:
    row = named(world)
    data = {"client_id": str(uuid4()), "on": on}
    response = signed_in(world.nida).post(address("leader_end", row.pk), data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["on"]
    row.refresh_from_db()
    assert row.ended_on is None


def test_a_leader_is_not_found_under_another_village(world: World, signed_in: SignIn) -> None:
    url = address("leader_end", named(world).pk, code=world.phing.code)
    assert signed_in(world.nida).get(url).status_code == 404


def test_the_department_sees_how_many_leaders_but_not_who(world: World, signed_in: SignIn) -> None:
    row = named(world)
    client = signed_in(world.wipa)
    client.cookies["django_language"] = "en"
    page = client.get(address("leaders")).content.decode()
    assert row.name not in page
    assert "1 person" in page
    assert row.name in signed_in(world.suda).get(address("leaders")).content.decode()


def test_the_leaders_ask_as_many_queries_for_eighty_as_for_ten(
    world: World, signed_in: SignIn
) -> None:
    def queries(leaders: int) -> int:
        home, have = homes(world)[0], ChangeLeader.objects.count()
        ChangeLeader.objects.bulk_create(
            ChangeLeader(
                enrolment=world.enrolment,
                name=f"นายคนที่ {n}",
                named_on=date(2017, 1, 25),
                household=home,
            )
            for n in range(have, leaders)
        )
        client = signed_in(world.nida)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address("leaders"))
        assert len(response.context["current"]) == leaders
        return len(captured)

    assert queries(10) == queries(80) <= 15


# ---------------------------------------------------------------- whose area


def writes(world: World) -> dict[str, dict[str, Any]]:
    """Every address that records people of a year, with what would be stored there."""
    return {
        address("targets"): ticks(f"target-{homes(world)[0].pk}"),
        address("leaders"): leader(),
        address("leader_end", named(world).pk): {"client_id": str(uuid4()), "on": "1/3/2560"},
    }


def stored(world: World) -> list[object]:
    return [household_marks(world.enrolment), *ChangeLeader.objects.values_list("pk", "ended_on")]


@pytest.mark.parametrize("who", ["kanya", "wichai"])
def test_outside_ones_own_area_there_is_nobody(world: World, signed_in: SignIn, who: str) -> None:
    forms, client = writes(world), signed_in(getattr(world, who))
    before = stored(world)
    for url, data in forms.items():
        assert client.get(url).status_code == 404
        assert client.post(url, data).status_code == 404
    assert stored(world) == before


@pytest.mark.parametrize("who", ["suda", "wipa", "anan"])
def test_who_may_not_record_stores_nobody(world: World, signed_in: SignIn, who: str) -> None:
    forms, client = writes(world), signed_in(getattr(world, who))
    before = stored(world)
    for url, data in forms.items():
        assert client.post(url, data).status_code == 403
    assert stored(world) == before
