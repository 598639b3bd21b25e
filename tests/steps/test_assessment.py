"""A village assesses itself: levels with evidence, beside last year and the district's median."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from statistics import median
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape, strip_tags
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import History, User
from steps.assessed import ENOUGH, compared, factors_asked, median_of
from steps.found import FACTS_OF, WORDS, found_of
from steps.models import (
    AssessedFactor,
    Assessment,
    Enrolment,
    Factor,
    FactorLevel,
    Lesson,
    NetworkLink,
)
from steps.pictures.scale import scale
from steps.recording.conditions import assess, assessment_values
from steps.recording.core import Conflict, Refusal, Values
from steps.recording.enrolments import copy_programme, enrol
from tests.cast import TODAY, World, sender
from tests.steps.cases import more_villages
from tests.trust import work

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english", "factors")
CODE, YEAR = "33140108", 2560
PAGE = reverse("steps:assessment", args=[CODE, YEAR])
EDIT = reverse("steps:assessment_edit", args=[CODE, YEAR])
SAID = {"assessed_on": "2017-03-20", "assessed_with": "committee"}
FORUM = {"level-in-1": "2", "evidence-in-1": "เวทีประชาคม 2 ครั้ง"}


@pytest.fixture
def factors(db: None) -> None:
    call_command("loaddata", "factors", verbosity=0)


def said(enrolment: Enrolment, by: User, **levels: str) -> None:
    """What a village says of itself; ``in_1="2"`` is a level, its evidence comes with it."""
    wanted = {**SAID}
    for name, level in levels.items():
        code = name.replace("_", "-")
        wanted |= {f"level-{code}": level, f"evidence-{code}": "มีบันทึก"}
    stored = assessment_values(enrolment)
    assess(enrolment=enrolment, started=stored, wanted=wanted, sender=sender(by))


def body(started: Values | None = None, **fields: object) -> dict[str, object]:
    """The form as it opened, with what was typed."""
    base = {"client_id": str(uuid4()), "started": json.dumps(started or {})}
    return {**base, **(started or {}), "assessed_on": "20/3/2560", **fields}


def errors(response: HttpResponse) -> dict[str, list[str]]:
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in wrong] for name, wrong in found.items()}


def words(client: Client, url: str = PAGE) -> str:
    return " ".join(strip_tags(client.get(url).content.decode()).split())


# ---------------------------------------------------------------- writing


def test_a_village_is_assessed_factor_by_factor_and_others_stay_open(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    assert "has not assessed itself" in words(client)
    answer = client.post(EDIT, body(assessed_with="committee", **FORUM, **{"level-net-2": "0"}))
    assert answer.status_code == 303
    levels = dict(AssessedFactor.objects.values_list("factor", "level"))
    assert levels == {"in-1": 2, "net-2": 0}
    page = words(client)
    assert "เวทีประชาคม 2 ครั้ง" in page
    assert "With the village committee" in page
    assert page.count("Not assessed yet") == 8
    assert History.objects.latest("pk").verb == "assess"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"level-in-1": "1"}, {"evidence-in-1": ["evidence_missing"]}),
        ({"evidence-in-2": "ฝึกแล้ว"}, {"level-in-2": ["level_missing"]}),
        ({"level-in-1": "4"}, {"level-in-1": ["invalid_choice"]}),
        ({"assessed_on": "1/4/2560"}, {"assessed_on": ["in_the_future"]}),
        ({"assessed_with": ""}, {"assessed_with": ["required"]}),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    world: World, signed_in: SignIn, fields: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    typed = {"assessed_with": "village", "level-net-5": "1", "evidence-net-5": "ถอดบทเรียนร่วม"}
    response = signed_in(world.nida).post(EDIT, body(**{**typed, **fields}))
    assert (response.status_code, errors(response)) == (422, wrong)
    assert "ถอดบทเรียนร่วม" in response.content.decode()
    assert not Assessment.objects.exists()


def test_the_verb_asks_for_evidence_and_knows_its_factors(world: World) -> None:
    for wanted, code in (
        ({"level-in-1": "1"}, "evidence_missing"),
        ({"level-in-1": "7", "evidence-in-1": "มี"}, "not_in_your_area"),
        ({"level-care-1": "0"}, "not_in_your_area"),
        ({"level-none": "0"}, "not_in_your_area"),
    ):
        with pytest.raises(Refusal, match=code):
            assess(
                enrolment=world.enrolment,
                started={},
                wanted={**SAID, **wanted},
                sender=sender(world.nida),
            )
    assert not Assessment.objects.exists()


def test_two_people_who_assess_different_factors_merge(world: World) -> None:
    for by, wanted in ((world.nida, FORUM), (world.somsak, {"level-net-1": "0"})):
        assess(enrolment=world.enrolment, started={}, wanted={**SAID, **wanted}, sender=sender(by))
    assert assessment_values(world.enrolment) == {**SAID, **FORUM, "level-net-1": "0"}


def test_the_same_factor_of_two_people_meets_a_person(world: World, signed_in: SignIn) -> None:
    said(world.enrolment, world.nida, in_1="1")
    with pytest.raises(Conflict):
        assess(
            enrolment=world.enrolment,
            started={},
            wanted={**SAID, **FORUM},
            sender=sender(world.somsak),
        )
    response = signed_in(world.somsak).post(EDIT, body(assessed_with="committee", **FORUM))
    assert response.status_code == 422
    labels = {clash.name: clash.label for clash in response.context["form"].clashes}
    assert labels["level-in-1"] == "Level Forums that analyse problems together"


def test_a_level_can_be_lowered_and_taken_back(world: World, signed_in: SignIn) -> None:
    said(world.enrolment, world.nida, in_1="2")
    stored = assessment_values(world.enrolment)
    cleared = {"level-in-1": "", "evidence-in-1": ""}
    client = signed_in(world.nida)
    assert client.post(EDIT, body(stored, **cleared)).status_code == 303
    assert assessment_values(world.enrolment) == SAID


def test_the_day_stands_there_as_people_write_it(world: World, signed_in: SignIn) -> None:
    said(world.enrolment, world.nida, in_1="2")
    (shown,) = re.findall(
        'name="assessed_on" value="([^"]*)"', text_of(signed_in(world.nida), EDIT)
    )
    assert "2560" in shown


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_nothing_is_chosen_from_what_was_found(world: World, signed_in: SignIn) -> None:
    work.recorded(world.enrolment, world.step("1.4"), by=world.nida, form="forum")
    page = signed_in(world.nida).get(EDIT).content.decode()
    assert "1 village forum" in page
    assert "Nothing found" in page
    chosen = re.findall(r'name="level-[^"]+" value="([^"]*)"[^>]*checked', page)
    assert set(chosen) == {""}


# ---------------------------------------------------------------- found in the records


def test_every_factor_asked_has_facts_and_every_fact_its_words(world: World) -> None:
    assert set(FACTS_OF) == {factor.code for factor in factors_asked()}
    assert {fact for facts in FACTS_OF.values() for fact in facts} == set(WORDS)
    assert all(facts == [] for facts in found_of(world.enrolment, on=TODAY).values())


def test_what_was_recorded_is_found(world: World) -> None:
    here, step = world.enrolment, world.step("2.2")
    work.recorded(here, step, by=world.nida, form="practice", agency__0="district ประมงอำเภอศรีรัตนะ")
    for stage, contact in (("known", ""), ("agreed", "ผู้ใหญ่บ้าน")):
        NetworkLink.objects.create(
            enrolment=here, name=stage, stage=stage, contact=contact, recorded_by=world.nida
        )
    work.recorded(here, step, by=world.nida, form="visit")
    Lesson.objects.create(
        enrolment=here, prompt="worked", kind="method", text="นัดตอนเย็น", recorded_by=world.nida
    )
    found = found_of(here, on=TODAY)
    assert found["in-2"] == ["1 hands-on practice", "Practice in 1 quarter of the year"]
    assert found["in-5"] == [
        "1 supporting agency of the district",
        "Support in 1 quarter of the year",
    ]
    assert found["net-2"] == [
        "2 villages in the network",
        "Met with 1 village",
        "1 village with a coordinator",
    ]
    assert found["net-3"] == ["Agreed with 1 village", "1 study visit"]
    assert found["net-4"] == []
    assert found["net-5"] == ["1 lesson written down"]


def test_the_form_says_where_the_records_show_each_level(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.nida).get(EDIT).content.decode()
    for level in FactorLevel.objects.exclude(level=0).exclude(factor__kind=Factor.Kind.CAUTION):
        assert f"<b>{level.level}</b> {escape(level.found_in)}" in page


# ---------------------------------------------------------------- compared


@given(st.lists(st.none() | st.integers(0, 3), max_size=9))
def test_a_median_is_told_of_three_villages_or_more(levels: list[int | None]) -> None:
    villages: list[Any] = [{} if level is None else {"in-1": level} for level in levels]
    known = [level for level in levels if level is not None]
    expected = median(known) if len(known) >= ENOUGH else None
    assert median_of("in-1", villages) == expected


def test_the_district_is_shown_once_three_villages_assessed_themselves(
    world: World, signed_in: SignIn
) -> None:
    first, second = more_villages(world, 2)
    said(world.enrolment, world.nida, in_1="3")
    said(first, world.nida, in_1="1")
    said(world.enrolment_of(world.malu), world.kanya, in_1="0")  # of another district
    client = signed_in(world.nida)
    assert "once three villages" in words(client)
    said(second, world.nida, in_1="2")
    page = words(client)
    assert "Median of the 3 villages of the district" in page
    line = compared(world.enrolment, factors_asked()).lines[0]
    assert (line.now, line.before, line.district) == (3, None, 2.0)


def test_last_year_stands_beside_this_one(world: World, signed_in: SignIn) -> None:
    said(world.enrolment, world.nida, in_1="2", net_1="1", net_2="1", net_4="1")
    copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    following = type(world.programme).objects.get(year=2561)
    enrol(villages=[world.trakat], programme=following, officer=None, sender=sender(world.anan))
    later = Enrolment.objects.for_pages().get(village=world.trakat, programme=following)
    line = compared(later, factors_asked()).lines[0]
    assert (line.now, line.before) == (None, 2)
    assert "Year 2560" in words(
        signed_in(world.nida), reverse("steps:assessment", args=[CODE, 2561])
    )


def test_the_network_is_as_far_as_its_stages_go_without_a_gap(world: World) -> None:
    assert compared(world.enrolment, factors_asked()).stage is None
    said(world.enrolment, world.nida, net_1="1", net_2="2", net_4="3")
    assert compared(world.enrolment, factors_asked()).stage == Factor.objects.get(code="net-2")


def test_the_picture_shows_what_is_known_and_nothing_else() -> None:
    assert str(scale(None, None, None)).count("<circle") == 0
    full = str(scale(3, 1, 1.5))
    assert [full.count(name) for name in ('"now"', '"before"', '"median"')] == [1, 1, 1]
    assert 'class="now" cx="108"' in full
    assert 'class="median" x1="60"' in full


def test_what_is_measured_stands_below_with_its_sentence(world: World, signed_in: SignIn) -> None:
    page = words(signed_in(world.nida))
    assert "No activity is counted yet." in page
    assert "The budget is not stated." in page


def test_everybody_who_sees_the_village_reads_and_only_who_records_writes(
    world: World, signed_in: SignIn
) -> None:
    said(world.enrolment, world.nida, in_1="2")
    client = signed_in(world.wipa)
    assert "Change the assessment" not in words(client)
    assert client.get(EDIT).status_code == 403
    assert signed_in(world.kanya).get(PAGE).status_code == 404


@pytest.mark.parametrize(("url", "most"), [(PAGE, 15), (EDIT, 17)])
def test_the_pages_ask_the_same_number_of_queries_however_much_there_is(
    world: World, signed_in: SignIn, url: str, most: int
) -> None:
    client = signed_in(world.nida)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        return len(asked)

    said(world.enrolment, world.nida, in_1="1")
    work.recorded(world.enrolment, world.step("1.4"), by=world.nida)
    queries()
    few = queries()
    for enrolment in more_villages(world, 3):
        said(enrolment, world.nida, in_1="1", net_1="2")
    said(world.enrolment, world.nida, in_1="1", in_2="1", net_1="2")
    for day in (date(2017, 1, 20), date(2017, 2, 20)):
        work.recorded(world.enrolment, world.step("1.4"), by=world.nida, held_on=str(day))
    assert queries() == few <= most
