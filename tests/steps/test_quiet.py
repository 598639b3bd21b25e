"""Which villages are quiet (rule 1): on the list, beside the village on home, in past years."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from steps import lists, worklist
from steps.lists import Filters
from steps.models import Activity, Programme, StepProgress
from steps.recording import activities
from steps.recording.enrolments import copy_programme, enrol
from tests.cast import TODAY, World, sender
from tests.trust import work

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
LAST_DAY_IN_TIME = TODAY - timedelta(days=45)


def quiet(world: World, on: date = TODAY, **asked: str) -> list[str]:
    """The villages Nida's list shows as quiet on a day."""
    found = lists.listed(world.nida, Filters(quiet="1", **asked), on)
    return [row.code for row in found]


def held(world: World, day: date, number: str | None = "1.4") -> Activity:
    """An activity in Ban Trakat."""
    step = world.step(number) if number else None
    return work.recorded(world.enrolment, step, by=world.nida, held_on=str(day))


@pytest.mark.parametrize(("days", "is_quiet"), [(44, False), (45, False), (46, True)])
def test_a_village_is_quiet_when_nothing_was_held_for_more_than_45_days(
    world: World, days: int, is_quiet: bool
) -> None:
    held(world, TODAY - timedelta(days=days))
    assert ("33140108" in quiet(world)) is is_quiet


def test_where_nothing_was_ever_held_the_days_count_from_the_opening(world: World) -> None:
    opened = world.programme.opens_on
    assert quiet(world, opened + timedelta(days=45)) == []
    assert quiet(world, opened + timedelta(days=46)) == ["33140108", "33140203"]


def test_a_follow_up_outside_the_steps_breaks_the_silence(world: World) -> None:
    held(world, TODAY, number=None)
    assert quiet(world) == ["33140203"]


def test_what_is_withdrawn_or_waits_does_not_break_the_silence(world: World) -> None:
    wrong = held(world, TODAY)
    activities.withdraw_activity(activity=wrong, reason="ผิด", sender=sender(world.nida))
    late = work.recorded(world.enrolment, world.step("1.4"), by=world.wichai, posting_ended=True)
    Activity.objects.filter(pk=late.pk).update(held_on=TODAY)
    assert "33140108" in quiet(world)


def test_a_village_with_every_step_verified_may_be_quiet(world: World) -> None:
    rows = StepProgress.objects.filter(enrolment=world.enrolment)
    rows.update(status="verified")
    assert quiet(world) == ["33140203"]
    rows.filter(step__number="2.4").update(status="submitted")
    assert quiet(world) == ["33140108", "33140203"]


def test_the_days_are_the_programmes_own(world: World) -> None:
    held(world, TODAY - timedelta(days=20))
    Programme.objects.update(quiet_days=19)
    assert "33140108" in quiet(world)


def test_a_past_year_is_judged_on_its_last_day(world: World) -> None:
    closed = world.programme.closes_on
    held(world, closed - timedelta(days=45))
    assert quiet(world, date(2020, 1, 1)) == ["33140203"]


def test_each_village_is_judged_by_the_year_asked_for(world: World) -> None:
    held(world, TODAY)
    programme = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    enrol(villages=[world.trakat], programme=programme, officer=None, sender=sender(world.anan))
    later = programme.opens_on + timedelta(days=100)
    assert quiet(world, later) == ["33140108", "33140203"]
    assert quiet(world, later, year="2561") == ["33140108"]
    assert quiet(world, TODAY, year="2561") == []
    assert quiet(world, TODAY, year="2560") == ["33140203"]


# ---------------------------------------------------------------- on the pages


def test_the_list_filters_and_names_what_is_quiet(world: World, signed_in: SignIn) -> None:
    held(world, LAST_DAY_IN_TIME)
    client = signed_in(world.nida)
    page = client.get(reverse("villages:list"), {"quiet": "1"})
    assert page.context["asked"] == ["Quiet"]
    (row,) = page.context["rows"]
    assert (row.href, row.quiet) == ("/villages/33140203/", "Quiet (45 days)")
    both = client.get(reverse("villages:list")).context["rows"]
    assert [row.quiet for row in both] == ["", "Quiet (45 days)"]


def test_an_unknown_word_for_quiet_is_refused(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.nida).get(reverse("villages:list"), {"quiet": "very"})
    assert page.status_code == 422
    assert page.context["form"].errors["quiet"]


def test_home_marks_a_quiet_village_and_keeps_its_three_counts(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    assert "Quiet (45 days)" in client.get("/").content.decode()
    held(world, TODAY)
    page = client.get("/")
    assert "Quiet" not in page.content.decode()
    assert len(page.context["work"].counts) == 3


def test_the_mark_on_home_agrees_with_the_list(world: World) -> None:
    held(world, LAST_DAY_IN_TIME)
    for day in (TODAY, TODAY + timedelta(days=1)):
        work_of_nida = worklist.worklist(world.somsak, 2560, day)
        assert work_of_nida is not None
        marked = [row.name for row in work_of_nida.to_do if row.quiet]
        listed = lists.listed(world.somsak, Filters(quiet="1", year="2560"), day)
        assert sorted(marked) == sorted(row.title for row in listed)
