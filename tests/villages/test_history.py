"""The history of a village: who reads it, and what it says in words."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.history import note
from accounts.history_words import FIELDS, ROWS, VERBS, field_words, verb_words
from accounts.models import HistoryValue, User
from steps.models import StepProgress
from steps.models.choices import MOVES
from steps.recording import people
from steps.recording.activity_values import COLUMNS, SETTERS
from steps.recording.enrolments import assign
from steps.recording.people import HOUSEHOLD_FIELDS, MEMBER_FIELDS, NewHousehold, NewMember
from steps.recording.plans import PLAN_FIELDS
from tests.cast import NOW, World, sender
from villages.models import Household

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
PAGE = reverse("villages:history", args=["33140108"])


def add_house(world: World, house_no: str) -> Household:
    new = NewHousehold(house_no=house_no, head_name="นางแก้ว มณี", main_occupation_id="rice")
    outcome = people.add_household(village=world.trakat, household=new, sender=sender(world.nida))
    return Household.objects.get(pk=outcome.result["household"])


def plain(entry: Any) -> list[str]:
    """The changes of an entry as they are read."""
    return [strip_tags(change) for change in entry.changes]


@pytest.fixture
def events(world: World) -> Household:
    """Nida adds a household, corrects it, makes it a target, and takes in a member from it."""
    house = add_house(world, "88")
    people.edit_household(
        household=house,
        started={"house_no": "88", "head_name": house.head_name},
        wanted={"house_no": "89", "head_name": house.head_name},
        sender=sender(world.nida),
    )
    people.mark_households(
        enrolment=world.enrolment,
        started={},
        wanted={f"target-{house.pk}": "on"},
        sender=sender(world.nida),
    )
    member = NewMember("นายดี", "formal", date(2017, 1, 10), household_id=house.pk)
    people.add_member(village=world.trakat, member=member, sender=sender(world.nida))
    return house


def test_the_newest_entry_stands_first_in_words(
    world: World, signed_in: SignIn, events: Household
) -> None:
    entries = signed_in(world.prasit).get(PAGE).context["entries"]

    assert [entry.what for entry in entries[:4]] == [
        "Added a committee member",
        "Chose target and example households",
        "Edited a household",
        "Added a household",
    ]
    assert entries[0].by == world.nida.title
    assert entries[0].at == "23 Mar 2560 BE 09.00"


def test_a_chief_reads_old_and_new_values(
    world: World, signed_in: SignIn, events: Household
) -> None:
    member, marks, edit, _new = signed_in(world.prasit).get(PAGE).context["entries"][:4]

    assert plain(edit) == ["House number: 88 → 89"]
    assert edit.about == "89 นางแก้ว มณี"
    assert plain(marks) == ["Target household: 89 นางแก้ว มณี"]
    assert "Comes as: Formal leader" in plain(member)
    assert "Household: 89 นางแก้ว มณี" in plain(member)
    assert "Serves since: 10 Jan 2560 BE" in plain(member)


def test_an_administrator_reads_the_fields_without_their_values(
    world: World, signed_in: SignIn, events: Household
) -> None:
    page = signed_in(world.anan).get(PAGE)

    entry = page.context["entries"][2]
    assert (entry.fields, entry.changes, entry.about) == ("House number", [], "")
    assert "นางแก้ว" not in page.content.decode()
    assert "นายดี" not in page.content.decode()


def test_an_erased_value_is_named_as_erased(
    world: World, signed_in: SignIn, events: Household
) -> None:
    HistoryValue.objects.filter(field="house_no", new="89").update(
        old="", new="", erased_on=date(2017, 3, 22)
    )

    entry = signed_in(world.prasit).get(PAGE).context["entries"][2]

    assert plain(entry) == ["House number: erased"]


def test_what_was_typed_is_never_markup(world: World, signed_in: SignIn) -> None:
    house = NewHousehold(house_no="5", head_name="<b>นายดำ</b>")
    people.add_household(village=world.trakat, household=house, sender=sender(world.nida))

    text = signed_in(world.prasit).get(PAGE).content.decode()

    assert "&lt;b&gt;นายดำ" in text
    assert "<b>นายดำ" not in text


def test_an_entry_about_a_step_names_the_step(world: World, signed_in: SignIn) -> None:
    row = StepProgress.objects.get(enrolment=world.enrolment, step__number="1.4")
    note(by=world.nida, at=NOW, verb="submit", subject=row, village=world.trakat)

    entry = signed_in(world.anan).get(PAGE).context["entries"][0]

    assert (entry.what, entry.about) == ("Submitted a step", "Step 1.4")


def test_the_responsible_officer_is_named(world: World, signed_in: SignIn) -> None:
    assign(enrolments=[world.enrolment], officer=world.somsak, sender=sender(world.prasit))

    entry = signed_in(world.prasit).get(PAGE).context["entries"][0]

    assert plain(entry) == [f"Responsible officer: {world.nida.name} → {world.somsak.name}"]


def test_the_history_is_for_chiefs_and_administrators_of_the_area(
    world: World, signed_in: SignIn
) -> None:
    for person, answer in [
        (world.prasit, 200),
        (world.anan, 200),
        (world.nida, 403),
        (world.suda, 403),
        (world.wipa, 403),
        (world.kanya, 404),
    ]:
        assert signed_in(person).get(PAGE).status_code == answer, person


def test_the_history_of_another_village_is_not_in_it(
    world: World, signed_in: SignIn, events: Household
) -> None:
    phing = signed_in(world.prasit).get(reverse("villages:history", args=["33140203"]))

    assert [entry.what for entry in phing.context["entries"]] == ["Enrolled the village"]


def test_the_page_asks_as_much_of_the_database_for_50_entries_as_for_10(
    world: World, signed_in: SignIn, events: Household
) -> None:
    client = signed_in(world.prasit)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = client.get(PAGE)
        lengths.append(len(page.context["entries"]))
        return len(asked)

    lengths: list[int] = []
    for number in range(100, 106):
        add_house(world, str(number))
    few = queries()
    for number in range(106, 176):
        add_house(world, str(number))

    assert queries() == few <= 15
    assert lengths == [10, 50]


# ---------------------------------------------------------------- every verb has its words


def verbs_written() -> Iterator[str]:
    """Every verb that code hands to the history: log(sender, "…"), verb="…", Note("…")."""
    for folder in ("steps", "accounts", "villages", "sammachip"):
        for path in Path(settings.BASE_DIR, folder).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call):
                    yield from _verbs_of(call)


def _verbs_of(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    places = {"log": call.args[1:2], **dict.fromkeys(("_edit", "_end", "Note"), call.args[:1])}
    given = [keyword.value for keyword in call.keywords if keyword.arg == "verb"]
    for value in [*places.get(name, []), *given]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def test_every_verb_that_is_written_has_words() -> None:
    verbs = {*verbs_written(), *MOVES}

    assert {"record", "edit_member", "end_household", "send_back", "enrol"} <= verbs
    assert verbs - set(VERBS) == set()


def test_every_field_that_is_edited_has_words() -> None:
    fields = {*HOUSEHOLD_FIELDS, *MEMBER_FIELDS, *PLAN_FIELDS, *COLUMNS}

    assert fields - set(FIELDS) == set()
    of_rows = {"target", "model", "reason", "posting", "section", "photo", "place", "caption"}
    of_conditions = {"level", "evidence", "livelihood", "learned_from"}
    assert set(SETTERS) | of_rows | of_conditions == set(ROWS)


def test_a_verb_or_field_of_a_later_version_is_still_readable() -> None:
    assert verb_words("praise_record") == "praise record"
    assert field_words("new_thing") == "new thing"
    assert field_words("target-0b5f") == "Target household"
