"""Areas change: a village moves to another code, and everything that counts it moves along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import History, User
from steps import kept, rollups
from steps.models import (
    Activity,
    KeptFigures,
    OccasionReach,
    ShelfDocument,
    Step,
    StepProgress,
    Tally,
    YearProgress,
)
from steps.recording import activities, shelf
from steps.recording.activities import Occasion, Part
from steps.recording.core import Refusal
from steps.recording.enrolments import copy_programme, enrol, programme_changed
from steps.recording.places import Move, recode
from tests.cast import NOW, TODAY, World, sender, village
from tests.steps.test_tally import undone
from villages.models import Area, FormerCode, Village

SignIn = Callable[[User], Client]
AREAS = ["33", "3304", "3314", "330401", "331401", "331402", "34", "3401", "340101"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_of_the_write_up")]


def move(old: str, new: str, moo: int | None = None) -> None:
    recode(moves=[Move(old, new, moo)], on=TODAY, by=None, at=NOW)


def moved_together(*pairs: tuple[str, str]) -> None:
    recode(moves=[Move(*pair) for pair in pairs], on=TODAY, by=None, at=NOW)


def run(*words: str, **options: Any) -> str:
    said = StringIO()
    call_command("recode_village", *words, stdout=said, **options)
    return said.getvalue()


def code_of(of: Village) -> str:
    return Village.objects.get(pk=of.pk).code


def former_codes() -> dict[str, str]:
    """Each former code, and the code it leads to."""
    return dict(FormerCode.objects.values_list("code", "village__code"))


def assert_counts_are_right() -> None:
    """What ``recount`` would say: nothing; and no code of a place was forgotten anywhere."""
    call_command("recount", "--dry-run", stdout=StringIO())
    for model in (StepProgress, YearProgress):
        for row in model._default_manager.select_related("enrolment__village"):
            here = row.enrolment.village
            assert (row.district_code, row.subdistrict_code) == (here.code[:4], here.code[:6])


def record(world: World, villages: list[Village], people: int, number: str = "1.4") -> None:
    step = world.step(number)
    values = {"form": "meeting", "place": "ที่ว่าการอำเภอ", "led_by": "officer"}
    values |= {"held_on": "2017-03-01", "total": str(people)}
    parts = [Part(world.enrolment_of(one), step) for one in villages]
    activities.record(occasion=Occasion(parts, values), sender=sender(world.nida))


def people_in(world: World, *codes: str) -> list[int]:
    figures = rollups.of_areas(world.programme, list(codes), [], TODAY)
    return [figures[code].people for code in codes]


# ---------------------------------------------------------------- code, address, history


def test_a_village_moves_with_subdistrict_and_moo_and_keeps_its_key(world: World) -> None:
    move("33140108", "33140209")

    row = Village.objects.get(pk=world.trakat.pk)
    assert (row.code, row.subdistrict_id, row.moo) == ("33140209", "331402", 9)
    assert row.households.count() == world.trakat.households.count() > 0


def test_the_moo_may_be_another_than_the_code_ends_in(world: World) -> None:
    move("33140108", "33140209", moo=12)
    assert Village.objects.get(code="33140209").moo == 12


def test_the_old_address_leads_to_the_new_one(world: World, signed_in: SignIn) -> None:
    move("33140108", "33140209")
    page = signed_in(world.nida).get("/villages/33140108/2560/1.4/")
    assert (page.status_code, page["Location"]) == (301, "/villages/33140209/2560/1.4/")
    assert FormerCode.objects.get(code="33140108").until == TODAY


def test_what_is_sent_to_the_old_address_is_sent_on_as_it_is(
    world: World, signed_in: SignIn
) -> None:
    """An officer's phone may hold a form that was opened before."""
    move("33140108", "33140209")
    answer = signed_in(world.nida).post("/villages/33140108/2560/1.4/record/", {"place": "วัด"})
    assert (answer.status_code, answer["Location"]) == (308, "/villages/33140209/2560/1.4/record/")


def test_the_history_names_both_codes_and_who_moved_it(world: World) -> None:
    recode(moves=[Move("33140108", "33140209")], on=TODAY, by=world.anan, at=NOW)

    entry = History.objects.filter(verb="recode").get()
    values = {row.field: (row.old, row.new) for row in entry.values_kept.all()}
    assert (entry.by, entry.village, entry.at) == (world.anan, world.trakat, NOW)
    assert values == {
        "code": ("33140108", "33140209"),
        "subdistrict": ("331401", "331402"),
        "moo": ("8", "9"),
    }


def test_a_move_within_a_subdistrict_says_only_what_changed(world: World) -> None:
    move("33140108", "33140109", moo=8)
    assert History.objects.get(verb="recode").fields == ["code"]
    assert_counts_are_right()


# ---------------------------------------------------------------- counts


@pytest.mark.parametrize("new", ["33140109", "33140208", "33040108", "34010108"])
def test_counts_follow_within_and_across_subdistrict_district_and_province(
    world: World, new: str
) -> None:
    record(world, [world.trakat], 30)
    record(world, [world.phing], 5)
    move("33140108", new)
    assert_counts_are_right()
    assert people_in(world, new[:6], new[:4]) >= [30, 30]
    figures = rollups.of_areas(world.programme, AREAS, [], TODAY)
    assert sum(figures[code].villages for code in ("33", "34")) == 4
    assert figures["331401"].villages == (new[:6] == "331401")


def test_every_year_of_the_village_follows(world: World) -> None:
    later = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    enrol(villages=[world.trakat], programme=later, officer=None, sender=sender(world.anan))
    move("33140108", "33040109")
    assert_counts_are_right()
    for programme in (world.programme, later):
        assert rollups.of_areas(programme, ["3304"], [], TODAY)["3304"].villages > 0
        assert rollups.of_areas(programme, ["331401"], [], TODAY)["331401"].villages == 0


@pytest.mark.parametrize(("new", "people"), [("33040109", [40, 40, 40]), ("34010109", [40, 40, 0])])
def test_people_of_an_occasion_shared_with_villages_that_stay_count_once_where_it_now_touches(
    world: World, new: str, people: list[int]
) -> None:
    """40 in Phing and Ban Trakat: they leave subdistrict 331401, and district 3314 keeps them."""
    record(world, [world.trakat, world.phing], 40)
    move("33140108", new)
    assert_counts_are_right()
    assert people_in(world, new[:4], "3314", "3304") == people
    assert people_in(world, "331401", "331402") == [0, 40]
    assert OccasionReach.objects.get(area_code="331401").people == 0


def test_an_occasion_leaves_a_district_with_the_last_village_it_touched_there(world: World) -> None:
    record(world, [world.trakat, world.malu], 40)
    assert people_in(world, "33", "3314", "3304") == [40, 40, 40]
    move("33140108", "34010109")
    assert people_in(world, "33", "3314", "3304", "34") == [40, 0, 40, 40]
    assert_counts_are_right()


def test_steps_that_ended_meanwhile_follow_too(world: World) -> None:
    Step.objects.filter(number="2.4").update(ended_on=TODAY)
    programme_changed(programme=world.programme, sender=sender(world.anan))
    move("33140108", "33040109")
    ended = StepProgress.objects.get(enrolment=world.enrolment, step__number="2.4")
    assert (ended.district_code, ended.subdistrict_code) == ("3304", "330401")
    assert_counts_are_right()


def test_the_shelf_of_the_district_a_village_comes_to_counts_and_the_old_one_stays(
    world: World,
) -> None:
    document = shelf.NewDocument(source="model", title="บทเรียนบ้านต้นแบบ")
    shelf.put_on_shelf(
        district=Area.objects.get(code="3314"),
        programme=world.programme,
        document=document,
        received=None,
        sender=sender(world.nida),
    )
    row = StepProgress.objects.get(enrolment=world.enrolment, step__number="1.1")
    before = row.measures
    move("33140108", "33040109")
    row.refresh_from_db()
    assert row.measures != before
    assert ShelfDocument.objects.get().district_id == "3314"
    assert_counts_are_right()


def test_figures_kept_of_a_past_month_stay_as_they_were(world: World) -> None:
    kept.keep(world.programme, date(2017, 2, 28), NOW)
    before = list(KeptFigures.objects.order_by("pk").values())
    move("33140108", "33040109")
    assert list(KeptFigures.objects.order_by("pk").values()) == before
    then = kept.at(world.programme, ["3314"], date(2017, 2, 28)).figures["3314"]
    assert (
        then.villages,
        rollups.of_areas(world.programme, ["3314"], [], TODAY)["3314"].villages,
    ) == (2, 1)


# ---------------------------------------------------------------- codes that others had


def test_two_villages_swap_their_codes(world: World) -> None:
    record(world, [world.trakat], 30)
    moved_together(("33140108", "33040101"), ("33040101", "33140108"))
    assert (code_of(world.trakat), code_of(world.malu)) == ("33040101", "33140108")
    assert former_codes() == {}  # both codes stand for a village
    assert people_in(world, "3304", "3314") == [30, 0]
    assert_counts_are_right()


def test_a_chain_of_villages_moves_up_by_one(world: World) -> None:
    moved_together(("33140108", "33140203"), ("33140203", "33040101"), ("33040101", "33040102"))
    codes = [code_of(one) for one in (world.trakat, world.phing, world.malu)]
    assert codes == ["33140203", "33040101", "33040102"]
    assert former_codes() == {"33140108": "33140203"}
    assert_counts_are_right()


def test_a_ring_of_three_moves_round(world: World) -> None:
    ring = ["33140108", "33140203", "34010101"]
    moved_together(*zip(ring, [*ring[1:], ring[0]], strict=True))
    assert [code_of(one) for one in (world.trakat, world.phing, world.mueang)] == [
        *ring[1:],
        ring[0],
    ]
    assert_counts_are_right()


def test_a_village_takes_a_code_another_had_before(world: World, signed_in: SignIn) -> None:
    """The official register says whose code it is now; the other village is told in its history."""
    move("33140203", "33140204")
    move("33140108", "33140203")

    assert code_of(world.trakat) == "33140203"
    assert former_codes() == {"33140108": "33140203"}
    told = History.objects.filter(verb="recode", village=world.phing).order_by("id").last()
    assert told is not None
    assert [(row.field, row.old, row.new) for row in told.values_kept.all()] == [
        ("former_code", "33140203", "")
    ]
    assert signed_in(world.nida).get("/villages/33140203/").status_code == 200


def test_a_village_that_comes_back_has_its_code_and_no_former_one_of_the_same(world: World) -> None:
    move("33140108", "33140209")
    move("33140209", "33140108")
    assert former_codes() == {"33140209": "33140108"}
    assert History.objects.filter(verb="recode").count() == 2


def test_all_former_codes_lead_to_where_a_village_is_at_last(world: World) -> None:
    for old, new in (("33140108", "33140209"), ("33140209", "33040109")):
        move(old, new)
    assert former_codes() == {"33140108": "33040109", "33140209": "33040109"}


codes = st.sampled_from(
    ["33140108", "33140203", "33040101", "34010101", "33140109", "33140299", "33040150", "34010102"]
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.lists(st.tuples(codes, codes), min_size=1, max_size=4), max_size=4))
def test_whatever_moves_where_counts_are_right_and_codes_lead_to_one_village(
    world: World, rounds: list[list[tuple[str, str]]]
) -> None:
    """Swaps, chains and refusals in any order, after a meeting that all four villages shared."""
    with undone():
        record(world, [world.trakat, world.phing, world.malu, world.mueang], 40)
        record(world, [world.trakat], 7)
        for pairs in rounds:
            before = dict(Village.objects.values_list("pk", "code"))
            try:
                moved_together(*pairs)
            except Refusal:
                assert dict(Village.objects.values_list("pk", "code")) == before
        assert_counts_are_right()
        assert Village.objects.count() == 4
        live = set(Village.objects.values_list("code", flat=True))
        assert live.isdisjoint(former_codes())


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("33140199", "33140209", "code_unknown"),
        ("33140108", "33140203", "code_taken"),
        ("33140108", "33140108", "code_same"),
        ("33140108", "99999901", "subdistrict_unknown"),
        ("33140108", "33140801", "subdistrict_abolished"),
        ("33140108", "331402", "code_form"),
        ("33140108", "03140201", "code_form"),
        ("33140108", "3314020a", "code_form"),
    ],
)
def test_a_code_that_cannot_be_is_refused(world: World, old: str, new: str, why: str) -> None:
    Area.objects.create(code="331408", name_th="เก่า", parent_id="3314", abolished_on=TODAY)
    with pytest.raises(Refusal) as refused:
        move(old, new)
    assert refused.value.code == why
    assert code_of(world.trakat) == "33140108"
    assert not FormerCode.objects.exists()
    assert not History.objects.filter(verb="recode").exists()


@pytest.mark.parametrize("moo", [0, -1, 100])
def test_a_moo_that_cannot_be_is_refused(world: World, moo: int) -> None:
    with pytest.raises(Refusal, match="moo_form"):
        move("33140108", "33140209", moo)


def test_no_two_villages_of_a_subdistrict_come_to_have_one_moo(world: World) -> None:
    """Lists name villages by subdistrict and moo; a third is where the code does not say it."""
    with pytest.raises(Refusal, match="moo_taken"):
        move("33140108", "33140209", moo=3)
    Village.objects.filter(pk=world.phing.pk).update(moo=9)
    with pytest.raises(Refusal, match="moo_taken"):
        move("33140108", "33140209")
    move("33140108", "33140209", moo=3)
    assert Village.objects.get(code="33140209").moo == 3


def test_nor_do_two_that_move_together(world: World) -> None:
    pairs = [Move("33140108", "33140209", 5), Move("33040101", "33140210", 5)]
    with pytest.raises(Refusal) as refused:
        recode(moves=pairs, on=TODAY, by=None, at=NOW)
    assert [code for _move, code in refused.value.details["problems"]] == ["moo_taken"] * 2


def test_a_village_may_take_the_moo_that_another_leaves(world: World) -> None:
    moves = [Move("33140203", "33140204", 8), Move("33140108", "33140209", 3)]
    recode(moves=moves, on=TODAY, by=None, at=NOW)
    assert dict(Village.objects.filter(subdistrict="331402").values_list("code", "moo")) == {
        "33140204": 8,
        "33140209": 3,
    }


def test_a_village_keeps_its_own_moo_under_another_code(world: World) -> None:
    move("33140108", "33140109", moo=8)
    assert Village.objects.get(code="33140109").moo == 8


def test_an_old_code_that_was_left_before_is_named_as_such(world: World) -> None:
    move("33140108", "33140209")
    with pytest.raises(Refusal, match="code_moved"):
        move("33140108", "33140210")


@pytest.mark.parametrize(
    "pairs",
    [
        [("33140108", "33140209"), ("33140203", "33140209")],
        [("33140108", "33140209"), ("33140108", "33140210")],
    ],
)
def test_a_code_named_twice_is_refused(world: World, pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(Refusal, match="code_named_twice"):
        moved_together(*pairs)


def test_one_problem_keeps_all_from_moving_and_every_problem_is_named(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        moved_together(("33140108", "33140209"), ("33140199", "33140210"), ("33140203", "99999901"))
    problems = [(problem[0].old, problem[1]) for problem in refused.value.details["problems"]]
    assert problems == [("33140199", "code_unknown"), ("33140203", "subdistrict_unknown")]
    assert code_of(world.trakat) == "33140108"


# ---------------------------------------------------------------- the command


def test_the_command_says_what_moved_and_what_a_person_has_to_look_at(world: World) -> None:
    said = run("33140108", "33040109", on="1/3/2560", by="anan")

    assert said.splitlines() == [
        "33140108 ตระกาจ is 33040109, moo 9.",
        "  2560: 0 documents stay on the shelf of district 3314; on that of 3304 there are 0.",
        "  2560: its officer nida may not record here. "
        "Post them in this area, or name another officer.",
        "Moved: 1. Figures kept of past months stay as they were.",
    ]
    assert FormerCode.objects.get().until == date(2017, 3, 1)
    assert History.objects.get(verb="recode").by == world.anan


def test_within_the_officers_district_there_is_nothing_to_look_at(world: World) -> None:
    assert run("33140108", "๓๓๑๔๐๒๐๙").splitlines()[1:] == [
        "Moved: 1. Figures kept of past months stay as they were."
    ]


def test_the_command_says_whose_former_code_was_taken(world: World) -> None:
    run("33140203", "33140204")
    said = run("33140108", "33140203")
    assert "33140203 led to 33140204 พิงพวยใต้ until now, and leads there no longer." in said


def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    record(world, [world.trakat, world.phing], 40)
    before = state()
    said = run("33140108", "33040109", "--dry-run")
    assert state() == before
    assert said == run("33140108", "33040109") + "Nothing was written (--dry-run).\n"


def state() -> list[list[tuple[Any, ...]]]:
    models = (
        Village,
        FormerCode,
        History,
        StepProgress,
        YearProgress,
        Tally,
        OccasionReach,
        Activity,
    )
    return [sorted(map(repr, model._base_manager.values_list())) for model in models]  # type: ignore


def test_many_move_by_a_file_headings_and_empty_lines_passed_over(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("รหัสเดิม,รหัสใหม่,หมู่ที่\n33140108,33040101,\n\n33040101,๓๓๑๔๐๑๐๘,9\n", "utf-8-sig")
    said = run(file=str(file))
    assert (code_of(world.trakat), code_of(world.malu)) == ("33040101", "33140108")
    assert Village.objects.get(code="33140108").moo == 9
    assert "Moved: 2." in said


def test_a_file_with_problems_moves_nothing_and_names_each(world: World, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("33140108,33140209\n33140199,33140210\n33140203,99999901\n")
    with pytest.raises(CommandError) as failed:
        run(file=str(file))
    assert str(failed.value).splitlines() == [
        "Nothing was moved.",
        "33140199 to 33140210: No village has this code.",
        "33140203 to 99999901: No subdistrict has the first six digits of the new code.",
    ]
    assert code_of(world.trakat) == "33140108"


@pytest.mark.parametrize("line", ["33140108", "33140108,33140209,8,more", "33140108,33140209,x"])
def test_a_line_of_another_form_is_named(world: World, tmp_path: Path, line: str) -> None:
    file = tmp_path / "codes.csv"
    file.write_text(f"old,new\n{line}\n")
    with pytest.raises(CommandError, match="line 2: write old,new"):
        run(file=str(file))


@pytest.mark.parametrize(
    ("words", "options", "why"),
    [
        ((), {}, "Name two codes"),
        (("33140108",), {}, "Name two codes"),
        (("33140108", "33140209"), {"file": "codes.csv"}, "Name two codes"),
        ((), {"file": "nowhere.csv"}, "cannot be read"),
        (("33140108", "33140209"), {"on": "24/3/2560"}, "a day to come"),
        (("33140108", "33140209"), {"on": "31/2/2560"}, "--on 31/2/2560"),
        (("33140108", "33140209"), {"by": "nobody"}, "no account"),
        (("33140108", "33140209"), {"by": "malee"}, "no account"),  # closed
        (("33140199", "33140209"), {}, "33140199 to 33140209: No village has this code."),
    ],
)
def test_what_the_command_cannot_do_it_says_plainly(
    world: World, words: tuple[str, ...], options: dict[str, str], why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        run(*words, **options)
    assert code_of(world.trakat) == "33140108"


def test_moving_asks_as_much_for_a_village_among_many(world: World) -> None:
    """The price is the moved villages', not the country's."""

    def queries(old: str, new: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            move(old, new)
        return len(asked)

    few = queries("33140108", "33040109")
    others = [village(f"331402{moo:02}", f"บ้าน{moo}") for moo in range(20, 50)]
    enrol(villages=others, programme=world.programme, officer=None, sender=sender(world.anan))
    assert queries("33040109", "33140108") <= few + 2
