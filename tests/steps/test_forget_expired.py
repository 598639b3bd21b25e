"""``manage.py forget_expired``: what is past its term is erased, and nothing before its day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.forgetting import ERASED
from accounts.history import note
from accounts.models import History, HistoryValue
from steps.personal import expired
from steps.personal.names import WHEN_DUE
from steps.recording import people
from steps.recording.core import Refusal
from steps.recording.erasing import forget
from tests.cast import BANGKOK, NOW, World, household, sender
from tests.steps.planted import Planted, figures
from villages.models import Household

TEN_YEARS_AFTER_2560 = datetime(2027, 10, 1, 9, 0, tzinfo=BANGKOK)  # it closed on 30 September 2017
Clock = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets what time it is for the command."""

    def at(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    at(NOW)
    return at


@pytest.fixture
def planted(world: World, clock: Clock) -> Planted:
    return Planted(world)


def run(*words: str) -> dict[str, int]:
    """Run the command; what it printed, by rule."""
    out = StringIO()
    call_command("forget_expired", *words, stdout=out)
    lines = [line.split(": ") for line in out.getvalue().splitlines() if ": " in line]
    return {what: int(count) for what, count in lines}


def ended(world: World, on: date) -> Household:
    home = household(world.phing, "5", "นายบุญ มากมี", phone="0811111111")
    people.end_household(household=home, on=on, sender=sender(world.nida))
    return home


# ---------------------------------------------------------------- the day it is due


def test_nothing_is_due_on_the_day_of_the_write_up(planted: Planted) -> None:
    assert run() == {
        "households": 0,
        "committee": 0,
        "leaders": 0,
        "plans": 0,
        "accounts": 0,
        "sign_in_attempts": 0,
        "sessions": 0,
    }


def test_ten_years_after_the_last_year_of_a_village_all_names_go(
    planted: Planted, clock: Clock
) -> None:
    clock(TEN_YEARS_AFTER_2560 - timedelta(days=1))
    assert run("--dry-run")["households"] == 0
    clock(TEN_YEARS_AFTER_2560)

    counts = run()

    assert counts["households"] >= 1
    assert (counts["committee"], counts["leaders"], counts["plans"]) == (1, 1, 2)
    assert planted.stands_in() == set()
    planted.household.refresh_from_db()
    assert planted.household.head_name.startswith(WHEN_DUE)


def test_a_village_that_goes_on_keeps_its_names(
    world: World, planted: Planted, clock: Clock
) -> None:
    clock(TEN_YEARS_AFTER_2560)
    world.programme.closes_on = date(2018, 9, 30)
    world.programme.save()

    assert sum(run().values()) == 0


def test_a_household_is_forgotten_ten_years_after_it_ended_in_a_village_that_goes_on(
    world: World, clock: Clock
) -> None:
    home = ended(world, date(2017, 1, 31))
    stays = household(world.phing, "6", "นายสุข มากมี")
    clock(datetime(2027, 1, 31, 9, 0, tzinfo=BANGKOK))
    assert run()["households"] == 0
    clock(datetime(2027, 2, 1, 9, 0, tzinfo=BANGKOK))

    assert run()["households"] == 1

    home.refresh_from_db()
    stays.refresh_from_db()
    assert (home.erased_on, home.phone) == (date(2027, 2, 1), "")
    assert (stays.erased_on, stays.head_name) == (None, "นายสุข มากมี")


def test_a_member_is_forgotten_ten_years_after_leaving(
    world: World, planted: Planted, clock: Clock
) -> None:
    people.end_member(member=planted.member, on=date(2017, 2, 1), sender=sender(world.nida))
    clock(datetime(2027, 2, 2, 9, 0, tzinfo=BANGKOK))

    assert run() | {"households": 0} == run("--dry-run") | {"committee": 1}

    planted.member.refresh_from_db()
    planted.household.refresh_from_db()
    assert (bool(planted.member.erased_on), planted.household.erased_on) == (True, None)


# ---------------------------------------------------------------- how it works


def test_a_dry_run_counts_the_same_and_erases_nothing(planted: Planted, clock: Clock) -> None:
    clock(TEN_YEARS_AFTER_2560)
    before = planted.stands_in()

    counted = run("--dry-run")

    assert planted.stands_in() == before
    assert not History.objects.filter(verb="forget_person").exists()
    assert run() == counted


def test_a_second_run_finds_nothing(planted: Planted, clock: Clock) -> None:
    clock(TEN_YEARS_AFTER_2560)
    assert sum(run().values()) > 0

    assert sum(run().values()) == 0


def test_no_figure_moves(planted: Planted, clock: Clock) -> None:
    clock(TEN_YEARS_AFTER_2560)
    before = figures()

    run()

    assert figures() == before
    call_command("recount", "--dry-run", verbosity=0)


def test_each_erased_row_has_an_entry_by_the_system(planted: Planted, clock: Clock) -> None:
    clock(TEN_YEARS_AFTER_2560)
    counts = run()

    entries = History.objects.filter(verb="forget_person").exclude(subject_type="villages.village")
    assert entries.count() == sum(counts[rule] for rule in expired.RULES)
    assert {str(row.pk) for row in (*planted.rows, planted.item)} <= {
        entry.subject_id for entry in entries
    }
    assert {entry.by for entry in entries} == {None}


def test_villages_come_in_code_order_and_what_was_done_stays_where_a_later_one_fails(
    world: World, planted: Planted, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = household(world.malu, "1", "นายแรก มาก่อน")
    clock(TEN_YEARS_AFTER_2560)
    seen: list[str] = []

    def failing(**words: Any) -> None:
        seen.append(words["village"].code)
        if words["village"] == world.trakat:
            raise RuntimeError("power cut")
        forget(**words)

    monkeypatch.setattr("sammachip.management.commands.forget_expired.forget", failing)
    with pytest.raises(RuntimeError, match="power cut"):
        run()

    first.refresh_from_db()
    assert first.erased_on
    assert seen == sorted(seen)
    assert seen[-1] == world.trakat.code
    assert "villages.Household.head_name" in planted.stands_in()


def test_a_village_that_met_with_another_at_this_moment_waits_for_the_next_run(
    world: World, planted: Planted, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = household(world.phing, "1", "นายหลัง มาทีหลัง")
    clock(TEN_YEARS_AFTER_2560)

    def met_meanwhile(**words: Any) -> None:
        if words["village"] == world.trakat:
            raise Refusal("shared_meanwhile")
        forget(**words)

    monkeypatch.setattr("sammachip.management.commands.forget_expired.forget", met_meanwhile)
    run()

    later.refresh_from_db()
    assert later.erased_on
    assert "villages.Household.head_name" in planted.stands_in()


# ---------------------------------------------------------------- accounts


def test_a_closed_account_is_forgotten_when_nothing_was_heard_of_it_for_ten_years(
    world: World, clock: Clock
) -> None:
    malee = world.malee
    malee.phone, malee.email, malee.created_at = "0855555555", "malee@example.go.th", NOW
    malee.save()
    note(by=malee, at=NOW, verb="record", subject=malee, changes={"name": ("", malee.name)})
    clock(NOW.replace(year=2027))
    assert run()["accounts"] == 0
    clock(NOW.replace(year=2027, day=24))

    counts = run()

    malee.refresh_from_db()
    assert counts["accounts"] == 1
    assert (malee.name, malee.staff_id) == (ERASED, f"erased-{malee.pk}")
    assert (malee.email, malee.phone, malee.has_usable_password()) == ("", "", False)
    malee.full_clean(exclude=["password"])
    values = HistoryValue.objects.filter(entry__subject_type="accounts.user")
    assert {(row.new, bool(row.erased_on)) for row in values} == {("", True)}
    assert History.objects.filter(verb="forget_account", subject_id=str(malee.pk)).exists()


def test_an_account_that_may_sign_in_is_never_forgotten(world: World, clock: Clock) -> None:
    clock(NOW.replace(year=2090))

    run()

    world.nida.refresh_from_db()
    assert world.nida.name == "นางสาวนิดา พวงแก้ว"


# ---------------------------------------------------------------- signing in


def test_old_wrong_passwords_and_sessions_that_are_over_go(
    world: World, clock: Clock, client: Client
) -> None:
    client.force_login(world.nida, backend="accounts.backends.StaffIdOrEmail")
    Client().post("/accounts/login/", {"username": "nida", "password": "not this one"})
    assert (AccessAttempt.objects.count(), Session.objects.count()) == (1, 1)
    AccessAttempt.objects.update(attempt_time=NOW)
    clock(NOW + timedelta(days=90))
    Session.objects.update(expire_date=timezone.now() + timedelta(days=1))
    assert sum(run().values()) == 0
    clock(NOW + timedelta(days=92))

    counts = run()

    assert (counts["sign_in_attempts"], counts["sessions"]) == (1, 1)
    assert not AccessAttempt.objects.exists()
    assert not Session.objects.exists()
