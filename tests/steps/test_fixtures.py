"""The three fixtures: what the write-up says is in them, what it does not say is marked as own."""

import hashlib
import json
import re
import uuid
from datetime import date
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from steps.models import (
    Enrolment,
    Factor,
    FactorLevel,
    Programme,
    Requirement,
    Status,
    Step,
    StepProgress,
    Topic,
)
from steps.models.programme import AttendeeGroup, Kind, Phase
from steps.progress import differences
from villages.models import Household, Occupation, Village

FILES = PROGRAMME, FACTORS, BAN_TRAKAT = "programme-2560", "factors", "ban-trakat"
Row = dict[str, Any]
HAVE_PARTS = (Kind.TOPICS, Kind.GROUPS, Kind.PLAN_OWNERS)  # kinds that need rows of topics

# What the write-up says of the eight steps, item by item, and where the programme asks for it.
FACTS = [
    ("S11", "the approach is studied", ["1.1-a"]),
    ("S11", "lessons of model communities", ["1.1-b"]),
    ("S11", "documents of the department", ["1.1-c"]),
    ("S11", "content, form, concept, and what makes it succeed", ["1.1-d"]),
    ("S12", "the district team is convened", ["1.2-a", "1.2-b"]),
    ("S12", "with core leaders of the target villages", ["1.2-c"]),
    ("S12", "concept, method, steps and process", ["1.2-d"]),
    ("S12", "goals", ["1.2-e"]),
    ("S12", "expectations", ["1.2-f"]),
    ("S12", "a plan for the village level", ["1.2-g"]),
    ("S12", "all understand the same", ["1.2-h"]),
    ("S13", "documents and handbooks are prepared", ["1.3-a"]),
    ("S13", "media of the department", ["1.3-b"]),
    ("S13", "experience and concept of each agency", ["1.3-c"]),
    ("S14", "25 heads of target households are invited", ["1.4-a", "1.4-c"]),
    ("S14", "a briefing", ["1.4-b"]),
    ("S14", "four topics", ["1.4-d"]),
    ("S14 d", "a plan of community and outside team", ["1.4-e", "1.4-f"]),
    ("S14 d", "the outside learning-support team", ["1.4-g"]),
    ("S15", "after the briefing", ["2.1-a"]),
    ("S15", "a learning forum", ["2.1-b"]),
    ("S15", "with the target group", ["2.1-c"]),
    ("S15", "to become change leaders", ["2.1-d"]),
    ("S15", "who take part for quality", ["2.1-e"]),
    ("S15", "a committee of four", ["2.1-f"]),
    ("S15", "from four kinds of leader", ["2.1-g"]),
    ("S15", "chosen by the forum", ["2.1-h"]),
    ("S15", "with three duties", ["2.1-i"]),
    ("S16", "it follows the choice of the committee", ["2.2-a"]),
    ("S16", "the committee studies", ["2.2-b", "2.2-c"]),
    ("S16", "handbooks and documents", ["2.2-d"]),
    ("S16", "details and approach", ["2.2-e"]),
    ("S16", "until it is ready", ["2.2-f"]),
    ("S17", "a study visit", ["2.3-b"]),
    ("S17", "to a model community", ["2.3-c"]),
    ("S17", "by 25 people", ["2.3-d"]),
    ("S17", "of four groups", ["2.3-e"]),
    ("S17", "how it became self-reliant and solved its problems", ["2.3-f"]),
    ("S18", "after the visit", ["2.4-a"]),
    ("S18", "a forum to exchange experience", ["2.4-b"]),
    ("S18", "the travellers pass it on", ["2.4-c"]),
    ("S18", "to the team", ["2.4-d"]),
    ("S18", "and to the committee", ["2.4-e"]),
    ("S18", "understanding is strengthened, experience passed on", ["2.4-f"]),
    ("S18", "the plan sets a goal", ["2.4-g"]),
    ("S18", "and a time frame", ["2.4-h"]),
    ("S18", "for team and committee", ["2.4-i"]),
]

# Figures the write-up gives, or that follow from what it lists; every other figure is own.
FIGURES_OF_THE_WRITE_UP = {
    "1.1-d": 3,
    "1.2-d": 3,
    "1.2-e": 1,
    "1.2-f": 1,
    "1.2-h": 1,
    "1.4-a": 25,
    "1.4-d": 4,
    "1.4-f": 2,
    "2.1-e": 1,
    "2.1-f": 4,
    "2.1-h": 1,
    "2.2-a": 1,
    "2.2-e": 2,
    "2.3-c": 1,
    "2.3-d": 25,
    "2.3-f": 2,
    "2.4-a": 1,
    "2.4-f": 2,
    "2.4-g": 1,
    "2.4-i": 2,
}


def rows(fixture: str, model: str = "") -> list[Row]:
    """The fields of a fixture's rows in file order, of one model where one is named."""
    return [row["fields"] for row in objects(fixture) if model in ("", row["model"])]


@cache
def objects(fixture: str) -> list[Row]:
    path = settings.BASE_DIR / "fixtures" / f"{fixture}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def requirements() -> dict[str, Row]:
    return {row["code"]: row for row in rows(PROGRAMME, "steps.requirement")}


def topics_of(code: str) -> list[Row]:
    return [row for row in rows(PROGRAMME, "steps.topic") if row["requirement"][1] == code]


# ---------------------------------------------------------------- the programme


@pytest.mark.parametrize(("item", "fact", "codes"), FACTS)
def test_every_fact_of_the_write_up_is_asked_for(item, fact, codes):
    for code in codes:
        requirement = requirements()[code]
        assert (requirement["origin"], requirement["source"]) == ("write_up", item)


def test_every_other_requirement_is_marked_as_the_programmes_own_choice():
    said = {code for _, _, codes in FACTS for code in codes}
    for code, requirement in requirements().items():
        if code not in said:
            assert (requirement["origin"], requirement["need_origin"]) == ("programme", "programme")


def test_every_figure_is_the_write_ups_or_marked_as_the_programmes_own_choice():
    from_write_up = {
        code: row["need"]
        for code, row in requirements().items()
        if row["need_origin"] == "write_up"
    }
    assert from_write_up == FIGURES_OF_THE_WRITE_UP


def test_attendee_groups_that_the_write_up_does_not_name_cite_nothing():
    own = [
        row["pk"]
        for row in objects(PROGRAMME)
        if row["model"] == "steps.attendeegroup" and not row["fields"]["source"]
    ]
    assert own == ["village_head", "others"]


def test_the_head_counts_are_25_4_25_and_13():
    asked = requirements()
    assert [asked[code]["need"] for code in ("1.4-a", "1.4-c")] == [25, 25]
    assert [asked[code]["need"] for code in ("2.1-f", "2.1-g", "2.2-c", "2.2-f")] == [4, 4, 4, 4]
    assert asked["2.3-d"]["need"] == 25
    assert (asked["2.1-c"]["need"], asked["2.1-c"]["basis"]) == (13, "half_target")


def test_the_two_25s_are_two_figures():
    """Heads invited follow the village's own target, people on the visit do not."""
    assert requirements()["1.4-a"]["basis"] == "target"
    assert "basis" not in requirements()["2.3-d"]


def test_the_programme_runs_through_the_fiscal_year():
    (programme,) = rows(PROGRAMME, "steps.programme")
    assert (programme["opens_on"], programme["closes_on"]) == ("2016-10-01", "2017-09-30")
    figures = ("target_households", "community_share", "quiet_days", "self_led_share")
    assert [programme[figure] for figure in figures] == [25, 10, 45, 50]


def test_the_eight_steps_fall_due_in_their_order_on_days_of_our_own_choice():
    steps = rows(PROGRAMME, "steps.step")
    numbers = ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4"]
    assert [step["number"] for step in steps] == numbers
    days = [step["due_on"] for step in steps]
    assert days == sorted(days)
    assert (days[0], days[-1]) == ("2016-11-30", "2017-03-15")
    assert {step["due_origin"] for step in steps} == {"programme"}


def test_district_work_ends_where_the_write_up_turns_to_the_village():
    steps = rows(PROGRAMME, "steps.step")
    district = [step["number"] for step in steps if step["scope"] == "district"]
    assert district == ["1.1", "1.2", "1.3"]


def test_a_step_has_a_plan_where_plan_items_are_asked_for():
    planned = {row["step"][1] for row in requirements().values() if row["kind"] == "plan_items"}
    steps = rows(PROGRAMME, "steps.step")
    assert (
        {step["number"] for step in steps if step["has_plan"]} == planned == {"1.2", "1.4", "2.4"}
    )


def test_requirements_of_a_step_are_lettered_in_order():
    places = [(row["step"][1], row["order"], code) for code, row in requirements().items()]
    for number, order, code in places:
        assert code == f"{number}-{'abcdefghijk'[order - 1]}"
    assert len(set(places)) == len(places) == 70


def test_parts_are_named_where_the_kind_needs_them_and_nowhere_else():
    for code, row in requirements().items():
        parts = len(topics_of(code))
        assert parts == (row["need"] if row["kind"] in HAVE_PARTS else 0), code


def test_a_part_says_which_group_or_whose_work_it_means():
    for code, row in requirements().items():
        for topic in topics_of(code):
            assert ("group" in topic) == (row["kind"] == Kind.GROUPS)
            assert ("owner" in topic) == (row["kind"] == Kind.PLAN_OWNERS)
            assert topic["code"].startswith(code)


def test_every_count_has_its_thai_classifier():
    asked = requirements()
    assert all(row["unit_th"] and row["unit_en"] for row in asked.values())
    classifiers = [("1.4-c", "ครัวเรือน"), ("2.3-d", "คน"), ("2.4-j", "ภาพ"), ("1.1-b", "แห่ง")]
    assert [asked[code]["unit_th"] for code, _ in classifiers] == [word for _, word in classifiers]


@pytest.mark.parametrize("fixture", FILES)
def test_texts_are_complete_in_both_languages(fixture):
    for row in rows(fixture):
        for field in (name for name in row if name.endswith("_th")):
            english = row[field.replace("_th", "_en")]
            assert re.search("[ก-ฮ]", row[field]), row
            assert english, row
            assert not re.search("[ก-๛]", english), row


def test_guidance_is_a_few_plain_sentences_without_addressing_anyone():
    for step in rows(PROGRAMME, "steps.step"):
        thai, english = step["guidance_th"], step["guidance_en"]
        assert 2 <= len(re.findall(r"\.(?=\s|$)", english)) <= 4, step["number"]
        assert len(thai.splitlines()) == len(english.splitlines())
        assert not re.search("คุณ(?!ภาพ)|ฉัน|ครับ|ค่ะ|กรุณา|,", thai)


# ---------------------------------------------------------------- the conditions of success


def test_the_twelve_conditions_are_the_write_ups():
    factors = rows(FACTORS, "steps.factor")
    cited = [row["source"] for row in factors]
    inputs_and_stages = [f"S{number}" for number in (*range(22, 27), *range(28, 33))]
    assert cited == [*inputs_and_stages, "S20 (1)", "S20 (2)"]


def test_each_condition_has_four_levels():
    levels = [(row["factor"][0], row["level"]) for row in rows(FACTORS, "steps.factorlevel")]
    codes = list(dict.fromkeys(code for code, _ in levels))
    assert levels == [(code, level) for code in codes for level in range(4)]
    assert len(codes) == 12


# ---------------------------------------------------------------- Ban Trakat


def test_ban_trakat_holds_nothing_that_was_not_yet_recorded():
    assert {row["model"] for row in objects(BAN_TRAKAT)} == {
        "villages.village",
        "villages.household",
        "steps.enrolment",
        "steps.stepprogress",
    }


def test_ban_trakat_lies_where_the_write_up_says():
    (village,) = rows(BAN_TRAKAT, "villages.village")
    assert (village["code"], village["moo"]) == ("33140108", 8)
    assert (village["name_th"], village["alt_name"]) == ("ตระกาจ", "โนนกุง")
    assert "latitude" not in village
    assert "longitude" not in village


def test_the_enrolment_names_neither_officer_nor_budget():
    (enrolment,) = rows(BAN_TRAKAT, "steps.enrolment")
    assert enrolment == {"programme": [2560], "village": ["33140108"]}


def test_the_households_are_enough_to_choose_25_from_and_name_no_real_person():
    households = rows(BAN_TRAKAT, "villages.household")
    assert len(households) == 32
    assert len({household["cluster"] for household in households}) == 3
    assert all(re.match("(นาย|นางสาว|นาง)[ก-๙]+ [ก-๙]+$", row["head_name"]) for row in households)
    assert not any("เมฆ" in row["head_name"] or "คำเหลือ" in row["head_name"] for row in households)
    assert not any("phone" in row for row in households)


def test_households_keep_their_ids():
    ids = [
        uuid.UUID(row["pk"]) for row in objects(BAN_TRAKAT) if row["model"] == "villages.household"
    ]
    assert {(one.version, one.variant) for one in ids} == {(4, uuid.RFC_4122)}
    assert len(set(ids)) == 32


def test_no_step_has_begun_and_each_counts_what_is_required():
    required = [row["step"][1] for row in requirements().values() if row["level"] == "required"]
    progress = rows(BAN_TRAKAT, "steps.stepprogress")
    assert len(progress) == 8
    for row in progress:
        assert (row["status"], row["met"]) == (Status.NOT_STARTED, 0)
        assert row["asked"] == required.count(row["step"][1])
        assert (row["district_code"], row["subdistrict_code"]) == ("3314", "331401")


# ---------------------------------------------------------------- loading


@pytest.fixture
def loaded(db):
    load()


def load() -> None:
    call_command("loaddata", *FILES, verbosity=0)


def fingerprint() -> dict[str, str]:
    """One hash a table, over all its rows and columns."""
    return {
        model._meta.label: hashlib.sha256(
            "\n".join(sorted(map(repr, model._base_manager.values_list()))).encode()
        ).hexdigest()
        for model in apps.get_models(include_auto_created=True)
    }


def test_every_loaded_row_is_one_a_form_would_accept(loaded):
    for model, *_ in EDITS:
        assert model._base_manager.exists()
        for row in model._base_manager.all():
            row.full_clean()


def test_every_row_of_the_files_is_loaded(loaded):
    for model, *_ in EDITS:
        written = [row for file in FILES for row in rows(file, model._meta.label_lower)]
        assert model._base_manager.count() == len(written) > 0


def test_derived_texts_are_those_that_saving_would_store(loaded):
    before = fingerprint()
    for row in [*Village.objects.all(), *Household.objects.all()]:
        row.save()
    assert fingerprint() == before
    assert Village.objects.matching("โนนกุง").get().code == "33140108"
    houses = Household.objects.in_house_order().values_list("house_no", flat=True)
    assert list(houses[5:9]) == ["9", "10", "12", "12/1"]


def test_loaded_progress_is_what_the_records_say(loaded):
    """Or recount would report an error nobody made."""
    ban_trakat = Enrolment.objects.filter(village__code="33140108")
    assert ban_trakat.get().progress.count() == 8
    assert differences(ban_trakat.for_pages(), today=date(2017, 3, 23)) == []


def test_loading_again_changes_nothing(loaded):
    before = fingerprint()
    load()
    assert fingerprint() == before


EDITS = [
    (Occupation, "name_th", "ทำนาอินทรีย์"),
    (AttendeeGroup, "name_th", "คนกลุ่มหนึ่ง"),
    (Programme, "quiet_days", 60),
    (Phase, "short_th", "เตรียมการ"),
    (Step, "due_on", "2017-04-30"),
    (Requirement, "need", 7),
    (Topic, "label_th", "หัวข้อที่แก้แล้ว"),
    (Factor, "name_th", "ปัจจัยที่แก้แล้ว"),
    (FactorLevel, "shows_th", "เกณฑ์ที่แก้แล้ว"),
    (Village, "alt_name", "โนนกุงใหม่"),
    (Household, "ended_on", "2017-05-01"),
    (Enrolment, "budget", 100_000),
    (StepProgress, "status", Status.SUBMITTED),
]


def test_loading_again_leaves_what_people_changed_since(loaded):
    for model, field, value in EDITS:
        assert model._base_manager.update(**{field: value})
    before = fingerprint()
    load()
    assert fingerprint() == before
