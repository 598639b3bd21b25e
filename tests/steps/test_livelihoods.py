"""What households live by and who learned from whom, without rings."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from steps.found import numbers_of
from steps.knowledge.material import material_of
from steps.livelihoods import Passing, in_a_ring, longest_chain, occupations_of, passing_of
from steps.models import EnrolmentHousehold
from steps.recording.core import Conflict, Refusal
from steps.recording.livelihoods import livelihood_values, set_livelihoods
from tests.cast import TODAY, World, household, sender
from villages.models import Household, Occupation

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
PAGE = reverse("steps:livelihoods", args=["33140108", 2560])
KEYS = [UUID(int=n) for n in range(6)]
maps = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(KEYS))


@given(maps)
def test_a_household_is_in_a_ring_when_following_its_teachers_leads_back(
    learned: dict[UUID, UUID],
) -> None:
    def comes_back(pupil: UUID) -> bool:
        at: UUID | None = pupil
        for _step in KEYS:
            at = learned.get(at) if at else None
            if at == pupil:
                return True
        return False

    assert in_a_ring(learned) == {pupil for pupil in learned if comes_back(pupil)}


@given(st.permutations(KEYS), st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_the_longest_chain_is_the_depth_of_the_deepest(order: list[UUID], up: list[int]) -> None:
    """Each learned from one before it in some order, so there is no ring."""
    learned = {key: order[up[n]] for n, key in enumerate(order) if up[n] < n}
    depth = dict.fromkeys(order, 1)
    for key in order:
        if key in learned:
            depth[key] = depth[learned[key]] + 1
    assert longest_chain(learned) == (max(depth.values()) if learned else 0)


@pytest.fixture
def homes(world: World) -> list[Household]:
    """Three target households of Ban Trakat; the first is an example."""
    Household.objects.filter(village=world.trakat).update(ended_on=TODAY)
    rows = [household(world.trakat, f"{900 + n}", f"นายบ้านที่{n} ใจดี") for n in range(3)]
    world.enrolment.households.all().delete()
    for row in rows:
        EnrolmentHousehold.objects.create(
            enrolment=world.enrolment, household=row, target=True, model=row == rows[0]
        )
    return rows


def learn(world: World, pupil: Household, teacher: Household, by: User | None = None) -> None:
    stored = livelihood_values(world.enrolment.households.all())
    wanted = {**stored, f"learned_from-{pupil.pk}": str(teacher.pk)}
    set_livelihoods(
        enrolment=world.enrolment, started=stored, wanted=wanted, sender=sender(by or world.nida)
    )


def body(world: World, **fields: object) -> dict[str, object]:
    started = livelihood_values(world.enrolment.households.all())
    return {"client_id": str(uuid4()), "started": json.dumps(started), **started, **fields}


def errors(response: HttpResponse) -> dict[str, list[str]]:
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in wrong] for name, wrong in found.items()}


def test_one_form_writes_every_row_that_changed(
    world: World, homes: list[Household], signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    fields = {
        f"livelihood-{homes[0].pk}": "เลี้ยงปลา",
        f"learned_from-{homes[1].pk}": str(homes[0].pk),
    }
    assert client.post(PAGE, body(world, **fields)).status_code == 303
    assert set(livelihood_values(world.enrolment.households.all())) == set(fields)
    page = client.get(PAGE).content.decode()
    assert "เลี้ยงปลา" in page


def test_how_far_it_was_passed_on_is_counted(world: World, homes: list[Household]) -> None:
    assert passing_of(world.enrolment.households.all()) == Passing(1, 0, 0, 0)
    learn(world, homes[1], homes[0])
    learn(world, homes[2], homes[1])
    assert passing_of(world.enrolment.households.all()) == Passing(1, 2, 1, 3)


def test_a_household_that_moved_away_is_counted_nowhere(
    world: World, homes: list[Household], signed_in: SignIn
) -> None:
    learn(world, homes[1], homes[0])
    for of_example, said in [(None, "1 household"), (TODAY, "0 households")]:
        Household.objects.filter(pk=homes[0].pk).update(ended_on=of_example)
        material = material_of(world.enrolment, on=TODAY)
        shown = dict(signed_in(world.nida).get(PAGE).context["facts"])
        counted = (material.households.examples, numbers_of(world.enrolment, on=TODAY)["models"])
        assert counted == (int(said[0]), int(said[0]))
        assert (shown["Example households"], shown["Learned from another household"]) == (
            said,
            "1 household",
        )


def test_nobody_learned_from_themselves_by_way_of_others(
    world: World, homes: list[Household], signed_in: SignIn
) -> None:
    learn(world, homes[1], homes[0])
    learn(world, homes[2], homes[1])
    name = f"learned_from-{homes[0].pk}"
    response = signed_in(world.nida).post(PAGE, body(world, **{name: str(homes[2].pk)}))
    assert (response.status_code, errors(response)) == (422, {name: ["learned_in_a_ring"]})
    own = signed_in(world.nida).post(PAGE, body(world, **{name: str(homes[0].pk)}))
    assert (own.status_code, errors(own)) == (422, {name: ["invalid_choice"]})
    with pytest.raises(Refusal, match="learned_in_a_ring"):
        learn(world, homes[0], homes[0])


def test_two_people_close_no_ring_between_them(world: World, homes: list[Household]) -> None:
    learn(world, homes[0], homes[1])
    wanted = {f"learned_from-{homes[1].pk}": str(homes[0].pk)}  # on a page opened before that
    with pytest.raises(Refusal, match="learned_in_a_ring"):
        set_livelihoods(
            enrolment=world.enrolment, started={}, wanted=wanted, sender=sender(world.somsak)
        )
    assert len(livelihood_values(world.enrolment.households.all())) == 1


def test_the_same_field_of_two_people_meets_a_person(world: World, homes: list[Household]) -> None:
    stored = livelihood_values(world.enrolment.households.all())
    learn(world, homes[1], homes[0])
    wanted = {f"learned_from-{homes[1].pk}": str(homes[2].pk)}
    with pytest.raises(Conflict):
        set_livelihoods(
            enrolment=world.enrolment, started=stored, wanted=wanted, sender=sender(world.somsak)
        )


def test_what_was_typed_for_a_household_unmarked_meanwhile_is_kept(
    world: World, homes: list[Household], signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    typed = {
        name: text
        for home in homes
        for name, text in [(f"livelihood-{home.pk}", "เลี้ยงปลา"), (f"learned_from-{home.pk}", "")]
    }
    opened = body(world, **typed)
    world.enrolment.households.filter(household=homes[2]).update(target=False)

    assert client.post(PAGE, opened).status_code == 303

    kept = world.enrolment.households.get(household=homes[2])
    assert (kept.livelihood, kept.target) == ("เลี้ยงปลา", False)
    form = client.get(PAGE).context["form"]
    assert homes[2] not in [part.household for part in form.parts]
    assert f"livelihood-{homes[2].pk}" not in form["started"].value()


def test_a_household_of_another_village_is_unknown(world: World, homes: list[Household]) -> None:
    far = household(world.malu, "1", "นายไกล ใจดี")
    with pytest.raises(Refusal, match="not_in_your_area"):
        learn(world, homes[0], far)
    with pytest.raises(Refusal, match="not_in_your_area"):
        learn(world, far, homes[0])


def test_who_may_not_see_names_reads_numbers_only(
    world: World, homes: list[Household], signed_in: SignIn
) -> None:
    occupation = Occupation.objects.all()[0]
    Household.objects.filter(pk=homes[0].pk).update(main_occupation=occupation)
    (line,) = occupations_of(world.enrolment, TODAY)
    assert (line.occupation, line.main, line.side, line.main_share) == (occupation, 1, 0, 100)
    client = signed_in(world.wipa)
    page = client.get(PAGE).content.decode()
    assert "Example households" in page
    assert str(occupation) in page
    assert homes[0].head_name not in page
    assert homes[0].house_no not in page
    assert client.post(PAGE, body(world)).status_code == 403


def test_the_page_asks_the_same_number_of_queries_however_many_households(
    world: World, homes: list[Household], signed_in: SignIn
) -> None:
    client = signed_in(world.nida)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        return len(asked)

    queries()
    few = queries()
    for n in range(4):
        row = household(world.trakat, f"{950 + n}", f"นายเพิ่ม{n} ใจดี")
        EnrolmentHousehold.objects.create(
            enrolment=world.enrolment, household=row, target=True, learned_from=homes[0]
        )
    assert queries() == few <= 15
