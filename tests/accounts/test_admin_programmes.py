"""Anan changes programmes within their rules, and enrols villages through the verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from steps.facts import facts_of
from steps.models import (
    AttendeeGroup,
    Enrolment,
    Factor,
    Programme,
    Requirement,
    Status,
    Step,
    StepProgress,
    Submission,
    Topic,
)
from steps.recording import decisions
from steps.recording.enrolments import copy_programme, enrol
from tests.accounts.test_admin_accounts import errors_on, filled, url
from tests.cast import TODAY, World, sender, village

SignedIn = Callable[[User], Client]


def change(client: Client, row: Any, **values: object) -> Any:
    """Open the page of a row, change some fields, save; the row as stored then."""
    address = url(f"steps_{row._meta.model_name}", "change", row.pk)
    response = client.post(address, filled(client, address) | values)
    assert response.status_code == 302, errors_on(response)
    return type(row).objects.get(pk=row.pk)


def requirement(programme: Programme, code: str) -> Requirement:
    return Requirement.objects.get(step__programme=programme, code=code)


@pytest.fixture
def anan(world: World, signed_in: SignedIn) -> Client:
    return signed_in(world.anan)


@pytest.fixture
def draft(world: World) -> Programme:
    """The programme of 2561, in which no village is enrolled yet."""
    return copy_programme(source=world.programme, year=2561, sender=sender(world.anan))


@pytest.fixture
def counted(world: World) -> Requirement:
    """A requirement with a figure that is written as it is."""
    return Requirement.objects.filter(
        step__programme=world.programme, basis=Requirement.Basis.FIXED, kind="people"
    ).first()


def progress(world: World, step: Step) -> StepProgress:
    return StepProgress.objects.get(enrolment=world.enrolment, step=step)


# ---------------------------------------------------------------- with enrolled villages


def test_labels_guidance_and_due_dates_change_at_once(world: World, anan: Client) -> None:
    step = change(anan, world.step("1.4"), due_on="๑๕ เม.ย. ๒๕๖๐", guidance_th="ทำทีละเรื่อง")

    assert (step.due_on, step.guidance_th) == (date(2017, 4, 15), "ทำทีละเรื่อง")
    assert History.objects.of(step).get().fields == ["due_on", "guidance_th"]


def test_a_changed_figure_is_asked_of_a_step_that_is_still_open(
    world: World, anan: Client, counted: Requirement
) -> None:
    change(anan, counted, need="99")

    assert progress(world, counted.step).measures[counted.code][1] == 99


def test_a_figure_that_follows_the_target_households_is_not_asked_beside_them(
    world: World, anan: Client
) -> None:
    listed = requirement(world.programme, "1.4-a")

    unchanged = change(anan, listed, need="99")
    change(anan, world.programme, target_households="20")

    assert unchanged.need == 25
    assert progress(world, listed.step).measures["1.4-a"][1] == 20


def test_a_changed_figure_is_not_asked_of_a_step_handed_in(
    world: World, anan: Client, counted: Requirement
) -> None:
    row = progress(world, counted.step)
    facts = facts_of([world.enrolment], today=TODAY)[0]
    snapshot = decisions.snapshot(counted.step, facts, {})
    Submission.objects.create(progress=row, number=1, by=world.nida, snapshot=snapshot)
    before = row.measures

    change(anan, counted, need="99")

    row.refresh_from_db()
    assert row.status == Status.SUBMITTED
    assert row.measures == before


def test_the_figures_of_a_step_change_on_the_page_of_the_step_too(
    world: World, anan: Client, counted: Requirement
) -> None:
    step = counted.step
    address = url("steps_step", "change", step.pk)
    data = filled(anan, address)
    [prefix] = [
        name.removesuffix("-id")
        for name, value in data.items()
        if name.endswith("-id") and value == counted.pk
    ]
    data[f"{prefix}-need"] = "77"

    assert anan.post(address, data).status_code == 302

    assert progress(world, step).measures[counted.code][1] == 77
    entry = History.objects.of(counted).get()
    assert entry.values_kept.get().new == "77"


def test_a_requirement_that_is_ended_is_asked_no_more_and_stays_in_the_data(
    world: World, anan: Client, counted: Requirement
) -> None:
    row = change(anan, counted, ended_on="23/3/2560")

    assert row.ended_on == date(2017, 3, 23)
    assert counted.code not in progress(world, counted.step).measures


def test_words_alone_measure_nothing_again(
    world: World, anan: Client, counted: Requirement, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = []
    monkeypatch.setattr(
        "steps.admin.frame.programme_changed", lambda **words: measured.append(words)
    )

    change(anan, counted, label_th="มาประชุมครบ")
    assert measured == []
    change(anan, counted, need="9")
    assert len(measured) == 1


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        (Programme, "year", "2565"),
        (Step, "number", "9.9"),
        (Step, "reviewer", "both"),
        (Step, "scope", "district"),
        (Requirement, "code", "other"),
        (Requirement, "kind", "activity"),
        (Topic, "code", "other"),
    ],
)
def test_codes_numbers_and_kinds_are_read_only(
    world: World, anan: Client, model: Any, field: str, value: str
) -> None:
    row = model.objects.exclude(**{field: value}).first()

    changed = change(anan, row, **{field: value})

    assert getattr(changed, field) == getattr(row, field)


def test_nothing_villages_work_by_is_removed(world: World, anan: Client) -> None:
    for model in (Step, Requirement, Topic, Programme):
        row = model.objects.first()
        name = f"steps_{model._meta.model_name}"
        assert anan.post(url(name, "delete", row.pk), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
        anan.post(url(name, "changelist"), chosen)
        assert model.objects.filter(pk=row.pk).exists()


def test_a_step_added_later_gets_a_row_in_every_village(world: World, anan: Client) -> None:
    last = Step.objects.filter(programme=world.programme).order_by("order").last()
    data = {
        "programme": world.programme.pk,
        "phase": last.phase_id,
        "number": "2.5",
        "order": last.order + 1,
        "name_th": "สรุปบทเรียน",
        "name_en": "Sum up",
        "short_th": "สรุป",
        "short_en": "Sum up",
        "purpose_th": "สรุป",
        "purpose_en": "Sum up",
        "scope": "village",
        "reviewer": "province",
        "due_on": "30/9/2560",
        "due_origin": "programme",
        "requirements-TOTAL_FORMS": "0",
        "requirements-INITIAL_FORMS": "0",
    }

    response = anan.post(url("steps_step", "add"), data)

    assert response.status_code == 302, errors_on(response)
    made = Step.objects.get(programme=world.programme, number="2.5")
    assert made.progress.count() == world.programme.enrolments.count()


# ---------------------------------------------------------------- a draft


def test_the_list_of_programmes_leads_to_where_the_next_year_is_made(anan: Client) -> None:
    page = anan.get(url("steps_programme", "changelist")).content.decode()
    assert f'href="{reverse("steps:years")}"' in page


def test_a_draft_changes_freely(world: World, anan: Client, draft: Programme) -> None:
    row = change(anan, Topic.objects.filter(requirement__step__programme=draft).first(), code="zz")
    assert row.code == "zz"

    assert anan.post(url("steps_topic", "delete", row.pk), {"post": "yes"}).status_code == 302
    assert not Topic.objects.filter(pk=row.pk).exists()
    assert list(History.objects.of(row).values_list("verb", flat=True)) == ["delete", "change"]


def test_a_draft_closes_to_such_changes_with_its_first_village(
    world: World, anan: Client, draft: Programme
) -> None:
    topic = Topic.objects.filter(requirement__step__programme=draft).first()
    enrol(villages=[world.trakat], programme=draft, officer=None, sender=sender(world.anan))

    assert change(anan, topic, code="zz").code == topic.code


def test_a_kind_without_what_it_needs_is_refused_by_the_constraint(
    world: World, anan: Client, draft: Programme
) -> None:
    row = Requirement.objects.filter(step__programme=draft, kind="people").first()
    address = url("steps_requirement", "change", row.pk)

    response = anan.post(address, filled(anan, address) | {"kind": "after"})

    assert response.status_code == 200
    row.refresh_from_db()
    assert row.kind == "people"


# ---------------------------------------------------------------- enrolling


ADD = "/admin/steps/enrolment/add/"


def test_anan_enrols_several_villages_by_their_codes_with_their_officer(
    world: World, anan: Client
) -> None:
    first, second = village("33140111", "หนึ่ง"), village("33140112", "สอง")
    data = {
        "programme": world.programme.pk,
        "codes": "๓๓๑๔๐๑๑๑\n33140112, 33140108",
        "officer": world.nida.pk,
    }

    response = anan.post(ADD, data)

    assert response.status_code == 302
    made = Enrolment.objects.filter(village__in=[first, second])
    assert {row.officer for row in made} == {world.nida}
    assert all(row.progress.count() == 8 for row in made)
    assert world.programme.enrolments.filter(village=world.trakat).count() == 1
    assert History.objects.filter(verb="enrol", village=first, by=world.anan).count() == 1


def test_or_all_villages_of_a_subdistrict(world: World, anan: Client) -> None:
    row = village("33140111", "หนึ่ง")

    anan.post(ADD, {"programme": world.programme.pk, "subdistrict": "331401"})

    assert Enrolment.objects.filter(village=row).exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"codes": "33140108 99999999 123"}, "123, 99999999"),
        ({"codes": ""}, "__all__"),
        ({"codes": "33140108", "programme": ""}, "programme"),
        ({"subdistrict": "999999"}, "subdistrict"),
        ({"codes": "33040101", "officer": "nida"}, "33040101"),
        ({"codes": "33140108", "officer": "suda"}, "33140108"),
        ({"codes": "33140108", "officer": "malee"}, "officer"),
    ],
)
def test_what_cannot_be_enrolled_is_said_at_its_field_and_nothing_is_stored(
    world: World, anan: Client, data: dict[str, str], said: str
) -> None:
    before = Enrolment.objects.count()
    if "officer" in data:
        data = data | {"officer": getattr(world, data["officer"]).pk}

    response = anan.post(ADD, {"programme": world.programme.pk} | data)

    assert response.status_code == 422
    assert said in errors_on(response) or said in response.context["form"].errors
    assert data.get("codes", "") in response.content.decode()
    assert Enrolment.objects.count() == before


def test_the_officer_changes_through_its_verb_and_budget_and_target_do_not_change_here(
    world: World, anan: Client
) -> None:
    row = change(anan, world.enrolment, officer=world.somsak.pk, budget="15000.50", own_target="3")

    assert (row.officer, row.budget, row.own_target) == (world.somsak, None, None)
    verbs = History.objects.of(row).values_list("verb", "by__staff_id")
    assert ("assign", "anan") in set(verbs)
    assert not History.objects.of(row).filter(verb="change").exists()


def test_an_officer_nobody_touched_on_the_page_is_not_written_back(
    world: World, anan: Client
) -> None:
    address = url("steps_enrolment", "change", world.enrolment.pk)
    page = filled(anan, address) | {"initial-officer": world.nida.pk}
    Enrolment.objects.filter(pk=world.enrolment.pk).update(officer=world.somsak)

    anan.post(address, page)

    world.enrolment.refresh_from_db()
    assert world.enrolment.officer == world.somsak


def test_an_officer_of_another_district_is_refused(world: World, anan: Client) -> None:
    address = url("steps_enrolment", "change", world.enrolment.pk)

    response = anan.post(address, filled(anan, address) | {"officer": world.kanya.pk})

    assert "33140108" in errors_on(response)
    world.enrolment.refresh_from_db()
    assert world.enrolment.officer == world.nida


def test_enrolments_are_listed_by_year_and_district(world: World, anan: Client) -> None:
    address = url("steps_enrolment", "changelist")

    page = anan.get(address, {"programme__id__exact": world.programme.pk, "district": "3304"})

    assert [row.village for row in page.context["cl"].result_list] == [world.malu]


# ---------------------------------------------------------------- lists, and what was recorded


def test_codes_of_lists_are_chosen_once(world: World, anan: Client) -> None:
    group = AttendeeGroup.objects.first()
    assert change(anan, group, code="other", name_th="กลุ่มใหม่").name_th == "กลุ่มใหม่"
    assert not AttendeeGroup.objects.filter(code="other").exists()


def test_a_condition_of_success_has_its_four_levels_on_one_page(db: None, anan: Client) -> None:
    from django.core.management import call_command

    call_command("loaddata", "factors", verbosity=0)
    factor = Factor.objects.filter(levels__isnull=False).first()

    assert change(anan, factor, name_en="Another name").name_en == "Another name"


@pytest.mark.parametrize("model", ["activity", "stepprogress"])
def test_what_was_recorded_is_read_only(world: World, anan: Client, model: str) -> None:
    assert anan.get(url(f"steps_{model}", "add")).status_code == 403
    row = progress(world, world.step("1.1"))
    if model == "stepprogress":
        address = url("steps_stepprogress", "change", row.pk)
        assert anan.get(address).status_code == 200
        assert anan.post(address, {"status": "verified"}).status_code == 403


def test_lists_ask_as_many_queries_for_many_rows_as_for_few(world: World, anan: Client) -> None:
    counts: dict[str, list[int]] = {}
    for start, stop in ((0, 8), (8, 40)):
        rows = [village(f"331401{number + 20}", "ก") for number in range(start, stop)]
        enrol(
            villages=rows, programme=world.programme, officer=world.nida, sender=sender(world.anan)
        )
        for model in ("enrolment", "stepprogress", "requirement", "topic", "step", "programme"):
            with CaptureQueriesContext(connection) as queries:
                anan.get(url(f"steps_{model}", "changelist"))
            counts.setdefault(model, []).append(len(queries))

    for model, (few, many) in counts.items():
        assert few == many <= 15, model
