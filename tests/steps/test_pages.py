"""Home, the year and the step page: what they say, what they cost, what they keep to themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from steps.models import Enrolment
from steps.recording import activities, decisions
from steps.recording.activities import Occasion, Part
from steps.recording.enrolments import enrol
from tests.cast import World, sender, village

STEPS = ("1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4")
SignIn = Callable[[User], Client]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def recorded(world: World, number: str | None, held_on: str, **values: str) -> Any:
    """An activity Nida recorded in Ban Trakat."""
    part = Part(world.enrolment, world.step(number) if number else None)
    common = {"held_on": held_on, "place": "ศาลากลางบ้าน", "form": "meeting", "led_by": "officer"}
    outcome = activities.record(
        occasion=Occasion([part], {**common, **values}), sender=sender(world.nida)
    )
    return outcome.result["activities"][0]


def more_villages(world: World, how_many: int, officer: User) -> None:
    """Enrolled villages of Si Rattana, numbered on."""
    start = Enrolment.objects.count()
    new = [village(f"331402{start + n:02d}", f"ทดลอง{start + n}") for n in range(how_many)]
    enrol(villages=new, programme=world.programme, officer=officer, sender=sender(world.anan))


@pytest.fixture
def nida(world: World, signed_in: SignIn) -> Client:
    return signed_in(world.nida)


# ---------------------------------------------------------------- home


def test_home_counts_what_is_late_and_leads_to_exactly_those_villages(
    world: World, nida: Client
) -> None:
    page = nida.get("/")
    late = page.context["work"].counts[0]
    assert late.n == 1
    listed = nida.get(late.href)
    assert listed.status_code == 200
    assert listed.content.decode().count("33140108") >= 1


def test_home_leads_to_the_step_to_do_next(world: World, nida: Client) -> None:
    (row,) = nida.get("/").context["work"].to_do
    assert row.href == reverse("steps:step", args=["33140108", 2560, "1.1"])
    assert row.late_days == (date(2017, 3, 23) - date(2016, 11, 30)).days


def test_a_returned_step_comes_first_on_home_with_the_reason_on_its_page(
    world: World, nida: Client
) -> None:
    more_villages(world, 3, officer=world.nida)
    for_nida = Enrolment.objects.filter(village__code__startswith="331402", officer=world.nida)
    enrolment = for_nida.for_pages().order_by("village__code").last()
    assert enrolment is not None
    step = world.step("1.3")
    step.requirements.all().update(level="advised")
    decisions.submit(enrolment=enrolment, step=step, reasons={}, sender=sender(world.nida))
    submission = enrolment.progress.get(step=step).submissions.get()
    decisions.send_back(
        submission=submission, level="province", reason="ภาพไม่ชัด", sender=sender(world.suda)
    )
    first = nida.get("/").context["work"].to_do[0]
    assert first.href == reverse("steps:step", args=[enrolment.village.code, 2560, "1.3"])
    assert first.shown_status == "returned"
    assert "ภาพไม่ชัด" in nida.get(first.href).content.decode()


def test_home_names_activities_whose_summary_is_to_follow(world: World, nida: Client) -> None:
    pk = recorded(world, "1.4", "2017-01-11")
    recorded(world, "1.3", "2016-12-20", summary="เรียบร้อย")
    (row,) = nida.get("/").context["work"].left.without_summary
    assert str(pk) in row.href


def test_an_officer_without_villages_is_told_what_to_do(world: World, signed_in: SignIn) -> None:
    Enrolment.objects.filter(village__code__startswith="3304").delete()
    page = signed_in(world.kanya).get("/")
    assert page.status_code == 200
    assert page.context["work"] is None


def test_home_costs_the_same_for_ten_villages_and_for_eighty(world: World, nida: Client) -> None:
    more_villages(world, 10, officer=world.nida)
    nida.get("/")
    few = queries(nida, "/")
    more_villages(world, 55, officer=world.nida)
    assert queries(nida, "/") == few
    assert few <= 15


# ---------------------------------------------------------------- year and step


def test_the_year_lists_eight_steps_with_what_is_missing(world: World, nida: Client) -> None:
    recorded(world, "1.4", "2017-01-11")
    page = nida.get(reverse("steps:year", args=["33140108", 2560]))
    rows = [row for _phase, phase_rows in page.context["phases"] for row in phase_rows]
    assert [row.step.number for row in rows] == list(STEPS)
    briefing = rows[3]
    assert briefing.progress.status == "in_progress"
    assert str(world.step("1.4").requirements.get(code="1.4-a").label) in briefing.note


def test_year_and_step_cost_the_same_for_one_activity_and_for_many(
    world: World, nida: Client
) -> None:
    addresses = [
        reverse("steps:year", args=["33140108", 2560]),
        reverse("steps:step", args=["33140108", 2560, "1.4"]),
    ]
    for day in range(1, 11):
        recorded(world, "1.4", f"2017-01-{day:02d}")
        recorded(world, None, f"2017-02-{day:02d}")
    few = [queries(nida, address) for address in addresses]
    for day in range(11, 26):
        recorded(world, "1.4", f"2017-01-{day:02d}")
        recorded(world, None, f"2017-02-{day:02d}")
    assert [queries(nida, address) for address in addresses] == few
    assert max(few) <= 16


def test_the_department_sees_the_step_and_no_way_to_change_it(
    world: World, signed_in: SignIn
) -> None:
    page = signed_in(world.wipa).get(reverse("steps:step", args=["33140108", 2560, "1.4"]))
    content = page.content.decode()
    assert page.status_code == 200
    assert reverse("steps:record", args=["33140108", 2560, "1.4"]) not in page.context
    assert page.context["may_record"] is False
    assert "/submit/" not in content


def test_a_step_of_a_year_without_programme_is_not_found(world: World, nida: Client) -> None:
    assert nida.get("/villages/33140108/2559/1.4/").status_code == 404
    assert nida.get("/villages/33140108/2560/9.9/").status_code == 404


# ---------------------------------------------------------------- one activity


def test_an_activity_shows_names_only_to_those_who_may_see_them(
    world: World, signed_in: SignIn
) -> None:
    household = world.trakat.households.first()
    assert household is not None
    pk = recorded(world, "1.4", "2017-01-11", **{f"household-{household.pk}": "head"})
    address = reverse("steps:activity", args=["33140108", 2560, pk])
    assert household.head_name in signed_in(world.nida).get(address).content.decode()
    for stranger in (world.wipa, world.anan):
        page = signed_in(stranger).get(address)
        assert page.status_code == 200
        assert household.head_name not in page.content.decode()
        assert page.context["shown"].household_count == 1
