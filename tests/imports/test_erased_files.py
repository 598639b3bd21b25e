"""Somebody is erased while a file that may name them is kept: it goes, and is not written."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Import, User
from steps.recording.core import Refusal
from steps.recording.erasing import erase
from tests.cast import World, household, sender
from tests.imports.bringing import (
    LATER,
    Row,
    checked,
    confirmed,
    taken_back,
    taken_in,
    written,
)
from villages.imports import difference
from villages.imports.places import EVERYWHERE
from villages.imports.words import Refused
from villages.models import CommitteeMember, Household

NAME = "นายใหม่ จริงใจ"
WAY_OUT = "Take that person out of your file and bring it in anew."
SignIn = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_of_the_write_up", "english")]


@pytest.fixture
def home(world: World) -> Household:
    return household(world.trakat, "901", NAME)


def a_member(name: str = NAME, village: str = "33140108") -> Row:
    row = {"village_code": village, "name": name, "kind": "ผู้นำทางการ"}
    return {**row, "joined_on": "25/1/2560"}


def erased(world: World, home: Household) -> None:
    erase(rows=[home], reason="มีหนังสือขอ", sender=sender(world.prasit, LATER))


def again(brought: Import) -> Import:
    return Import.objects.get(pk=brought.pk)


# ---------------------------------------------------------------- which files


def test_one_with_a_row_of_the_village_goes(world: World, home: Household) -> None:
    """It was their household that was erased: of members nothing changed."""
    brought = checked("members", [a_member()], by=world.anan)

    erased(world, home)

    assert again(brought).reading == {"tables": [], "erased": True}
    assert (again(brought).repairs, again(brought).file_kept) == ({}, False)


def test_one_whose_row_names_the_person_and_no_village_goes(world: World, home: Household) -> None:
    brought = checked("members", [a_member(village="33149999")], by=world.anan)
    assert brought.counts["problem"] == 1

    erased(world, home)

    assert again(brought).is_erased


def test_one_nobody_has_compared_yet_goes_for_nobody_knows_whom_it_names(
    world: World, home: Household
) -> None:
    brought = taken_in("members", [*[a_member(f"นาย{n} ดี") for n in range(9)], a_member()])

    erased(world, home)

    assert again(brought).is_erased


def test_files_of_other_villages_stay_as_they_are(world: World, home: Household) -> None:
    other = world.phing.code
    compared = checked("members", [a_member("นางอื่น ไกล", other)], by=world.anan)
    read = taken_in("members", [a_member("นางอื่น ไกล", other)])
    Import.objects.filter(pk=read.pk).update(reading={**read.reading, "village": other})

    erased(world, home)

    assert not again(read).is_erased
    assert compared.path.exists()
    confirmed(compared, world.anan)
    assert CommitteeMember.objects.filter(name="นางอื่น ไกล").exists()


# ---------------------------------------------------------------- what it can no longer do


def test_it_is_not_confirmed_and_the_reason_says_the_way_out(world: World, home: Household) -> None:
    brought = checked("members", [a_member()], by=world.anan)
    erased(world, home)

    with pytest.raises(Refusal, match="import_file_erased"):
        confirmed(brought, world.anan)

    assert not CommitteeMember.objects.filter(name=NAME).exists()


def test_it_is_not_checked_again_by_who_read_it_before(world: World, home: Household) -> None:
    """Their comparing has begun; the file is on disk until the erasing is stored."""
    brought = checked("members", [a_member()], by=world.anan)
    erased(world, home)
    assert brought.path.exists()

    with pytest.raises(Refused, match="erased"):
        difference.check(brought, allowed=EVERYWHERE, by=world.anan, at=LATER)

    assert not again(brought).rows.exists()


def test_the_page_says_why_and_leads_to_bringing_it_in_anew(
    world: World, home: Household, signed_in: SignIn
) -> None:
    brought = checked("members", [a_member()], by=world.anan)
    anan, address = signed_in(world.anan), reverse("imports:detail", args=[brought.pk])
    erased(world, home)

    page = anan.get(address).content.decode()
    assert WAY_OUT in page
    assert f'href="{reverse("imports:upload", args=["members"])}"' in page
    assert "Check again" not in page
    assert NAME not in page
    answer = anan.post(reverse("imports:check", args=[brought.pk]), {"column-0-0": "name"})
    assert answer.status_code == 422
    assert WAY_OUT in answer.context["form"].non_field_errors()[0]


def test_one_that_was_confirmed_says_so_and_can_still_be_taken_back(
    world: World, home: Household, signed_in: SignIn
) -> None:
    """As before, as long as none of the people it brought in was erased."""
    brought = written("members", [a_member("นางอื่น ใกล้")])
    erased(world, home)

    page = signed_in(world.anan).get(reverse("imports:detail", args=[brought.pk]))
    assert "What it wrote stays in the history." in page.content.decode()
    assert "Take this import back" in page.content.decode()
    taken_back(again(brought))
    assert not CommitteeMember.objects.filter(name="นางอื่น ใกล้").exists()


# ---------------------------------------------------------------- the file on disk


def test_the_file_stays_where_the_erasing_is_not_stored(
    world: World, home: Household, django_capture_on_commit_callbacks: Any
) -> None:
    brought = checked("members", [a_member()], by=world.anan)
    with pytest.raises(Refusal), django_capture_on_commit_callbacks(execute=True):
        erase(rows=[home], reason="", sender=sender(world.prasit))
    assert brought.path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        erased(world, home)
    assert not brought.path.exists()


def test_what_is_left_on_disk_by_a_power_cut_is_removed_by_the_next_clearing(
    world: World, home: Household
) -> None:
    brought = checked("members", [a_member()], by=world.anan)
    erased(world, home)  # its file was to be removed right after
    os.utime(brought.path, (0, 0))

    call_command("clear_received", verbosity=0)

    assert not brought.path.exists()
