"""Proof 7: two officers edit one activity. Different fields merge; the same field is a choice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import History, HistoryValue, User
from steps.models import Activity
from steps.recording import activities, core
from steps.recording.activity_values import activity_values
from steps.recording.core import Conflict, Values
from tests.cast import World, sender
from tests.pages import JSON, form_of
from tests.trust import work

# ---------------------------------------------------------------- random interleavings


@dataclass
class Officers:
    """People with the same form open, each on what was stored when they opened it."""

    world: World
    activity: Activity
    opened: dict[str, Values] = field(default_factory=dict)
    chosen: dict[str, set[str]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    clashes: int = 0

    def stored(self) -> Values:
        return activity_values(Activity.objects.get(pk=self.activity.pk))

    def opens(self, who: str) -> None:
        self.opened[who] = self.stored()

    def saves(self, who: str, changes: Values) -> None:
        """Send the form; what is stored after it must be what somebody chose, and known to them."""
        started = self.opened.setdefault(who, self.stored())
        wanted = {name: text for name, text in {**started, **changes}.items() if text}
        before = self.stored()
        mine = {name for name in {*started, *wanted} if started.get(name) != wanted.get(name)}
        unseen = {
            name
            for name in mine
            if before.get(name, "") not in (started.get(name, ""), wanted.get(name, ""))
        }
        try:
            activities.edit_activity(
                activity=Activity.objects.select_related("enrolment__village").get(
                    pk=self.activity.pk
                ),
                started=started,
                wanted=wanted,
                sender=sender(getattr(self.world, who)),
            )
        except Conflict as conflict:
            self.clashes += 1
            self._must_be_right(set(conflict.stored) == unseen, f"{who}: {conflict.stored}")
            for name, theirs in conflict.stored.items():
                self._must_be_right(before.get(name, "") == theirs, f"{name}: shown {theirs}")
            self._must_be_right(self.stored() == before, "a refused edit was stored")
            return
        for name in unseen:
            self.lost.append(f"{who} overwrote {name}: {before.get(name)}")
        after = self.stored()
        for name in {*before, *after} - mine:
            self._must_be_right(after.get(name) == before.get(name), f"{name} was not touched")
        for name in mine:
            self.chosen.setdefault(name, set()).add(wanted.get(name, ""))
            self._must_be_right(after.get(name, "") == wanted.get(name, ""), f"{name} not stored")
        self.opened[who] = after

    def _must_be_right(self, right: bool, otherwise: str) -> None:
        if not right:
            self.lost.append(otherwise)

    def chain_is_unbroken(self, first: Values) -> None:
        """History holds each write, its old value being the new one of the write before."""
        now = dict(first)
        rows = HistoryValue.objects.filter(
            entry__in=History.objects.of(self.activity).filter(verb="edit_activity")
        )
        for row in rows.order_by("entry_id", "field"):
            self._must_be_right(
                now.get(row.field, "") == row.old, f"history of {row.field}: {row.old}"
            )
            now[row.field] = row.new
        left = {name: text for name, text in now.items() if text}
        self._must_be_right(left == self.stored(), "history does not lead to what is stored")


PEOPLE = st.sampled_from(["nida", "somsak"])
ATTENDED = st.sampled_from(["", "head", "representative"])
PLACES = st.sampled_from(["ศาลากลางบ้าน", "วัด", "โรงเรียน"])


def changes_of(activity: Activity) -> st.SearchStrategy[Values]:
    """Some fields with a new value each: text, number, ticks, counts, a field made empty."""
    houses = activity.enrolment.village.households.in_house_order()[:3]
    topics = [row for item in activity.step.requirements.all() for row in item.topics.all()][:2]
    choices: dict[str, st.SearchStrategy[str]] = {
        "place": PLACES,
        "total": st.sampled_from(["", "24", "25"]),
        "summary": st.sampled_from(["", "ตกลงแล้ว", "ตกลงกันสองบรรทัด\nแล้วนัดใหม่"]),
        "group-support_team": st.sampled_from(["", "unknown", "3"]),
        "agency-0": st.sampled_from(["", "district สหกรณ์การเกษตร", "subdistrict อบต.ศรีแก้ว"]),
        **{
            f"household-{row.pk}": st.sampled_from(["", "head", "representative"]) for row in houses
        },
        **{f"topic-{row.pk}": st.sampled_from(["", "on"]) for row in topics},
    }
    return st.fixed_dictionaries({}, optional=choices)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def activity(world: World) -> Activity:
    """What Nida recorded of step 1.4, without anything more than a briefing needs."""
    work.recorded(world.enrolment, world.step("1.4"), by=world.nida)
    row = Activity.objects.select_related("enrolment__village").get()
    row.step = world.step("1.4")
    return row


def played(world: World, activity: Activity, data: st.DataObject) -> Officers:
    """Eight moves of two officers who open and save the form as it comes."""
    officers = Officers(world, activity)
    first = officers.stored()
    for who in ("nida", "somsak"):
        officers.opens(who)
    for _move in range(data.draw(st.integers(2, 8))):
        who = data.draw(PEOPLE)
        if data.draw(st.integers(0, 3)) == 0:
            officers.opens(who)
        officers.saves(who, data.draw(changes_of(activity)))
    officers.chain_is_unbroken(first)
    for name, text in officers.stored().items():
        known = officers.chosen.get(name, set()) | {first.get(name, "")}
        officers._must_be_right(text in known, f"nobody chose {name}: {text}")
    return officers


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_random_interleavings_of_two_officers_lose_nothing(
    world: World, activity: Activity, data: st.DataObject
) -> None:
    with undone():
        assert played(world, activity, data).lost == []


def one_behind_the_other(world: World, activity: Activity) -> Officers:
    """Both open the form; Nida saves another place, then Somsak yet another."""
    officers = Officers(world, activity)
    first = officers.stored()
    for who in ("nida", "somsak"):
        officers.opens(who)
    officers.saves("nida", {"place": "วัด", "total": "25"})
    officers.saves("somsak", {"place": "โรงเรียน"})
    officers.chain_is_unbroken(first)
    return officers


def test_of_one_behind_the_other_the_second_is_told(world: World, activity: Activity) -> None:
    officers = one_behind_the_other(world, activity)
    assert (officers.clashes, officers.lost) == (1, [])
    assert officers.stored()["place"] == "วัด"


def blind(stored: Values, changes: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """What edits are without rule 5: the last one wins."""
    return {name: (stored.get(name, ""), wanted) for name, (_started, wanted) in changes.items()}


def test_control_a_blind_write_is_found_to_lose_an_update(
    world: World, activity: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities, "merged", blind)
    assert one_behind_the_other(world, activity).lost == ["somsak overwrote place: วัด"]


def test_control_random_interleavings_find_the_blind_write(
    world: World, activity: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities, "merged", blind)
    lost: list[str] = []

    @settings(max_examples=10, deadline=None, database=None, derandomize=True)
    @given(data=st.data())
    def plays(data: st.DataObject) -> None:
        with undone():
            lost.extend(played(world, activity, data).lost)

    plays()
    assert any("overwrote" in words for words in lost)


# ---------------------------------------------------------------- merging, in itself

FLAT = st.dictionaries(
    st.sampled_from("abcd"), st.sampled_from(["", "1", "2", "3"]), min_size=0, max_size=4
)


@settings(max_examples=300, deadline=None)
@given(started=FLAT, stored=FLAT, wanted=FLAT)
def test_merging_three_states_field_by_field(
    started: Values, stored: Values, wanted: Values
) -> None:
    """The textbook three-way merge, spelled out a field at a time."""
    result, clash = {}, False
    for name in "abcd":
        was, is_now, will = (each.get(name, "") for each in (started, stored, wanted))
        if will == was:
            result[name] = is_now  # I did not touch it
        elif is_now in (was, will):
            result[name] = will  # nobody else did, or they wrote the same
        else:
            clash = True
    if clash:
        with pytest.raises(Conflict) as caught:
            core.merged(stored, core.changed(started, wanted))
        shown = caught.value.stored
        assert shown == {name: stored.get(name, "") for name in shown}
        return
    written = core.merged(stored, core.changed(started, wanted))
    after = {**stored, **{name: new for name, (_old, new) in written.items()}}
    assert {name: after.get(name, "") for name in "abcd"} == result
    assert all(stored.get(name, "") == old != new for name, (old, new) in written.items())


# ---------------------------------------------------------------- over HTTP


@dataclass
class Page:
    """The edit page of the activity as one officer has it open."""

    client: Client
    address: str
    data: dict[str, Any]

    def save(self, **changes: Any) -> Any:
        return self.client.post(self.address, {**self.data, **changes})

    def save_as_json(self, **changes: Any) -> Any:
        return self.client.post(self.address, {**self.data, **changes}, **JSON)


@pytest.fixture
def pages(
    world: World, activity: Activity, signed_in: Callable[[User], Client]
) -> tuple[Page, Page]:
    """Nida and Somsak have the same form open."""
    address = reverse("steps:activity_edit", args=["33140108", 2560, activity.pk])
    clients = [signed_in(user) for user in (world.nida, world.somsak)]
    nida, somsak = (Page(client, address, form_of(client, address)) for client in clients)
    return nida, somsak


def place() -> str:
    return Activity.objects.get().place


def test_different_fields_of_two_officers_merge(pages: tuple[Page, Page], world: World) -> None:
    one, two = (str(row.pk) for row in world.trakat.households.in_house_order()[:2])
    nida, somsak = pages
    assert nida.save(place="วัด", present=[one]).status_code == 303
    assert somsak.save(total="25", present=[two]).status_code == 303
    row = Activity.objects.get()
    assert (row.place, row.total) == ("วัด", 25)
    assert {str(key) for key in row.attendances.values_list("household", flat=True)} == {one, two}


def test_the_same_value_of_two_officers_is_no_conflict(pages: tuple[Page, Page]) -> None:
    nida, somsak = pages
    assert nida.save(place="วัด").status_code == 303
    assert somsak.save(place="วัด", total="25").status_code == 303
    assert (place(), Activity.objects.get().total) == ("วัด", 25)


def test_the_same_field_shows_both_values_and_asks(pages: tuple[Page, Page]) -> None:
    nida, somsak = pages
    nida.save(place="วัดบ้านตระกาจ")
    before = work.row_counts()
    answer = somsak.save(place="โรงเรียนบ้านตระกาจ", total="25")
    assert answer.status_code == 422
    shown = answer.content.decode()
    for text in ("วัดบ้านตระกาจ", "โรงเรียนบ้านตระกาจ", 'name="choose-place"'):
        assert text in shown
    assert 'value="25"' in shown  # the rest of what was typed is kept
    assert place() == "วัดบ้านตระกาจ"
    assert Activity.objects.get().total is None
    assert work.row_counts() == before


def asked_again(somsak: Page) -> dict[str, Any]:
    """Somsak's form as it came back with the choice to make."""
    answer = somsak.save(place="โรงเรียน", total="25")
    form = answer.context["form"]
    return {
        **{name: value for name, value in form.data.items() if name != "started"},
        "started": form.data["started"],
        "clash": [clash.name for clash in form.clashes],
    }


@pytest.mark.parametrize(("choice", "kept"), [("stored", "วัด"), ("typed", "โรงเรียน")])
def test_a_person_chooses_which_value_is_kept(
    pages: tuple[Page, Page], choice: str, kept: str
) -> None:
    nida, somsak = pages
    nida.save(place="วัด")
    data = asked_again(somsak)
    answer = somsak.client.post(somsak.address, {**data, "choose-place": choice})
    assert answer.status_code == 303
    assert (place(), Activity.objects.get().total) == (kept, 25)


def test_choosing_nothing_asks_again(pages: tuple[Page, Page]) -> None:
    nida, somsak = pages
    nida.save(place="วัด")
    answer = somsak.client.post(somsak.address, asked_again(somsak))
    assert answer.status_code == 422
    clash = answer.context["form"].clashes[0]
    assert (clash.name, clash.theirs, clash.mine) == ("place", "วัด", "โรงเรียน")
    assert place() == "วัด"


def test_a_third_change_while_choosing_is_asked_again(
    pages: tuple[Page, Page], world: World, activity: Activity
) -> None:
    nida, somsak = pages
    nida.save(place="วัด")
    data = asked_again(somsak)
    work.edited(activity, by=world.nida, place="ลานบ้านผู้ใหญ่")
    answer = somsak.client.post(somsak.address, {**data, "choose-place": "typed"})
    assert answer.status_code == 422
    assert answer.context["form"].clashes[0].theirs == "ลานบ้านผู้ใหญ่"
    assert place() == "ลานบ้านผู้ใหญ่"


def test_a_tick_two_officers_changed_is_a_choice_in_words(
    pages: tuple[Page, Page], world: World, activity: Activity
) -> None:
    one = world.trakat.households.in_house_order()[0]
    nida, somsak = pages
    nida.save(present=[str(one.pk)])
    answer = somsak.save(present=[str(one.pk)], representative=[str(one.pk)])
    assert answer.status_code == 422
    clash = answer.context["form"].clashes[0]
    assert (clash.name, clash.label) == (f"household-{one.pk}", one.head_name)
    data = {**answer.context["form"].data.dict(), "clash": clash.name}
    data |= {"present": [str(one.pk)], "representative": [str(one.pk)]}
    chosen = {**data, f"choose-{clash.name}": "stored"}
    assert somsak.client.post(somsak.address, chosen).status_code == 303
    assert activity.attendances.get().representative is False


def test_as_json_a_conflict_names_its_code_and_field(pages: tuple[Page, Page]) -> None:
    nida, somsak = pages
    nida.save(place="วัด")
    answer = somsak.save_as_json(place="โรงเรียน")
    assert answer.status_code == 422
    assert answer.json()["code"] == "conflict"
    assert [error["code"] for error in answer.json()["errors"]["place"]] == ["conflict"]


def test_a_form_whose_start_is_no_json_is_refused_at_its_field(pages: tuple[Page, Page]) -> None:
    nida, _somsak = pages
    for started in ("", "{", "[1]", '"x"', json.dumps({"place": None})):
        answer = nida.save_as_json(started=started, place="วัด")
        assert answer.status_code == 422, started
    assert place() == "ศาลากลางบ้าน"
