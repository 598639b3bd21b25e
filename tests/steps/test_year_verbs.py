"""A village's year: its officer and budget, programmes copied, and measuring again in batches."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import HistoryValue
from steps.models import Enrolment, Requirement, Step
from steps.recording.core import Conflict
from steps.recording.enrolments import (
    assign,
    copy_programme,
    in_batches,
    programme_changed,
)
from steps.recording.money import set_budget
from steps.recording.shelf import NewDocument, put_on_shelf
from tests.cast import NOW, World, sender
from tests.trust import work


def test_officer_and_budget_are_read_again_before_they_are_written(world: World) -> None:
    """Two administrators had the page open: the history tells what was really replaced."""
    stale = [world.enrolment_of(world.trakat) for _person in range(2)]
    assign(enrolments=[world.enrolment], officer=world.somsak, sender=sender(world.anan))
    assign(enrolments=[stale[0]], officer=None, sender=sender(world.anan))
    hundred, two = {"budget": "100"}, {"budget": "200"}
    set_budget(enrolment=world.enrolment, started={}, wanted=hundred, sender=sender(world.anan))
    with pytest.raises(Conflict):
        set_budget(enrolment=stale[1], started={}, wanted=two, sender=sender(world.anan))
    set_budget(enrolment=stale[1], started=hundred, wanted=two, sender=sender(world.anan))

    told = HistoryValue.objects.filter(entry__verb__in=["assign", "set_budget"])
    replaced = told.order_by("entry_id").values_list("field", "old")
    assert list(replaced) == [
        ("officer", str(world.nida.pk)),
        ("officer", str(world.somsak.pk)),
        ("budget", ""),
        ("budget", "100"),
    ]


def test_a_requirement_that_waits_for_an_ended_step_is_not_copied(world: World) -> None:
    waiting = Requirement.objects.get(step__programme=world.programme, code="2.1-a")
    Step.objects.filter(pk=waiting.after_step_id).update(ended_on=NOW.date())

    made = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))

    copied = Requirement.objects.filter(step__programme=made)
    assert not copied.filter(code="2.1-a").exists()
    assert copied.filter(code="2.1-b").exists()


def test_the_country_is_measured_in_batches_in_the_order_of_codes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steps.recording.enrolments.BATCH", 2)
    batches: list[list[str]] = []
    in_batches(world.programme, lambda rows: batches.append([row.village.code for row in rows]))
    assert batches == [["33040101", "33140108"], ["33140203", "34010101"]]


@pytest.mark.django_db(transaction=True)
def test_each_batch_is_locked_in_a_transaction_of_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steps.recording.enrolments.BATCH", 2)
    inside: list[bool] = []

    def breaks_in_the_second(enrolments: list[Enrolment]) -> None:
        inside.append(connection.in_atomic_block)
        for row in enrolments:
            Enrolment.objects.filter(pk=row.pk).update(budget=1)
        if len(inside) == 2:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        in_batches(world.programme, breaks_in_the_second)

    assert inside == [True, True]
    assert Enrolment.objects.filter(budget=1).count() == 2  # the first batch stands


def test_a_group_that_comes_to_count_target_households_is_measured_again(
    world: World, signed_in: Any
) -> None:
    from tests.accounts.test_admin_programmes import change

    asked = Requirement.objects.filter(group__isnull=False, step__programme=world.programme)
    requirement = asked.get(code="1.4-g")
    work.briefing(world)
    assert work.progress(world, "1.4").measures["1.4-g"][0] == 2

    change(signed_in(world.anan), requirement.group, of_targets="on")

    assert work.progress(world, "1.4").measures["1.4-g"][0] == 25


def test_the_shelf_locks_every_village_of_the_district_before_it_reads_who_takes_part(
    world: World,
) -> None:
    """A village enrolled meanwhile waits, and finds the document; it is asked on PostgreSQL."""
    with CaptureQueriesContext(connection) as queries:
        put_on_shelf(
            district=world.trakat.subdistrict.parent,
            programme=world.programme,
            document=NewDocument(source="department", title="คู่มือ"),
            received=None,
            sender=sender(world.nida),
        )
    asked = [query["sql"] for query in queries]
    locks = next(n for n, sql in enumerate(asked) if 'FROM "villages_village"' in sql)
    reads = next(n for n, sql in enumerate(asked) if 'FROM "steps_enrolment"' in sql)
    assert locks < reads
    assert work.progress(world, "1.1").measures["1.1-c"][0] == 1


def test_measuring_again_leaves_other_years_alone(world: World, client: Client) -> None:
    with CaptureQueriesContext(connection) as one_year:
        programme_changed(programme=world.programme, sender=sender(world.anan))
    copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    with CaptureQueriesContext(connection) as with_another:
        programme_changed(programme=world.programme, sender=sender(world.anan))
    assert len(with_another) == len(one_year)
