"""What recording answers over HTTP: the right code, words at the field, nothing half stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from steps.models import Activity, ReceivedFile
from steps.models.programme import Requirement
from tests.cast import World, household
from tests.pages import JSON, photo
from tests.trust import work

SignIn = Callable[[User], Client]
MAY_BE_RECEIVED = {"steps.ReceivedFile", "steps.Blob"}  # files are taken in before judging
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
OFFICERS = {"nida": 201, "somsak": 201, "prasit": 201, "suda": 403, "wipa": 403, "anan": 403}
OUTSIDE = ["kanya", "wichai"]


def address(number: str = "1.4", code: str = "33140108", year: int = 2560) -> str:
    return reverse("steps:record", args=[code, year, number])


def typed(**changes: Any) -> dict[str, Any]:
    """A complete record form, as a browser sends it."""
    data = {
        "client_id": str(uuid4()),
        "held_on": "11 ม.ค. 2560",
        "place": "ศาลากลางบ้านตระกาจ",
        "form": "meeting",
        "led_by": "officer",
        "summary": "ตกลงเริ่มเดือนหน้า",
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


@contextmanager
def nothing_stored() -> Iterator[None]:
    """No table has another number of rows, but for files that were received."""
    before = work.row_counts()
    yield
    after = work.row_counts()
    assert {name for name in after if after[name] != before[name]} <= MAY_BE_RECEIVED


def codes(answer: HttpResponse) -> dict[str, list[str]]:
    """The codes of the errors of a JSON answer, by field."""
    content = answer.json()
    return {name: [row["code"] for row in rows] for name, rows in content["errors"].items()}


@pytest.fixture
def nida(world: World, signed_in: SignIn) -> Client:
    return signed_in(world.nida)


# ---------------------------------------------------------------- 201, 200, 409


def test_a_new_record_is_answered_201_with_its_id_and_hashes(nida: Client) -> None:
    data = typed()
    answer = nida.post(address(), {**data, "photos": photo()}, **JSON)
    assert answer.status_code == 201
    content = answer.json()
    stored = Activity.objects.get()
    assert content["activities"] == [str(stored.pk)]
    assert (content["client_id"], len(content["sha256"])) == (data["client_id"], 64)
    picture = stored.evidence.get()
    assert content["files"] == [
        {
            "id": str(picture.pk),
            "sha256": picture.sha256_received,
            "stored": picture.blob.sha256,
        }
    ]
    assert (content["late"], content["url"]) == ([], "/villages/33140108/2560/1.4/")


def test_the_same_again_is_answered_200_with_the_same_content(nida: Client) -> None:
    data = typed()
    first = nida.post(address(), {**data, "photos": photo()}, **JSON)
    with nothing_stored():
        again = nida.post(address(), {**data, "photos": photo()}, **JSON)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_the_same_again_in_a_browser_is_led_to_the_same_place(nida: Client) -> None:
    data = typed()
    answers = [nida.post(address(), data) for _again in range(2)]
    assert {(row.status_code, row["Location"]) for row in answers} == {
        (303, "/villages/33140108/2560/1.4/")
    }
    assert Activity.objects.count() == 1


def test_the_same_again_with_files_received_earlier_is_answered_200(nida: Client) -> None:
    wrong = nida.post(address(), {**typed(place=""), "photos": photo()})
    kept = [str(row.pk) for row, _caption in wrong.context["form"].received_rows()]
    data = typed(received=kept)
    first = nida.post(address(), data, **JSON)
    assert (first.status_code, len(first.json()["files"])) == (201, 1)
    with nothing_stored():
        again = nida.post(address(), data, **JSON)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize("change", [{"place": "วัด"}, {"total": "3"}, {"held_on": "12/1/2560"}])
def test_the_same_id_with_other_content_is_answered_409(
    nida: Client, change: dict[str, str]
) -> None:
    data = typed()
    nida.post(address(), data, **JSON)
    with nothing_stored():
        answer = nida.post(address(), {**data, **change}, **JSON)
    assert answer.status_code == 409
    assert answer.json() == {"code": "reused_id", "client_id": data["client_id"]}


def test_the_same_id_with_another_photo_is_answered_409(nida: Client) -> None:
    data = typed()
    nida.post(address(), {**data, "photos": photo("green")}, **JSON)
    with nothing_stored():
        answer = nida.post(address(), {**data, "photos": photo("red")}, **JSON)
    assert answer.status_code == 409


def test_the_id_of_somebody_else_is_answered_409_and_tells_nothing(
    nida: Client, world: World, signed_in: SignIn
) -> None:
    data = typed()
    nida.post(address(), data, **JSON)
    with nothing_stored():
        answer = signed_in(world.somsak).post(address(), data, **JSON)
    assert answer.status_code == 409
    assert answer.json() == {"code": "reused_id", "client_id": data["client_id"]}


# ---------------------------------------------------------------- 401, 403, 404


def test_signed_out_is_answered_401(world: World) -> None:
    with nothing_stored():
        as_json = Client().post(address(), typed(), **JSON)
        page = Client().post(address(), typed())
    assert (as_json.status_code, as_json.json()) == (401, {"code": "signed_out"})
    assert page.status_code == 401
    assert "ศาลากลางบ้านตระกาจ" in page.content.decode()  # carried along through signing in


@pytest.mark.parametrize(("name", "expected"), OFFICERS.items())
def test_inside_the_area_the_right_decides(
    world: World, signed_in: SignIn, name: str, expected: int
) -> None:
    client = signed_in(getattr(world, name))
    before = work.row_counts()
    answer = client.post(address(), typed(), **JSON)
    assert answer.status_code == expected
    if expected == 403:
        assert answer.json() == {"code": "forbidden"}
        assert work.row_counts() == before


@pytest.mark.parametrize("name", OUTSIDE)
def test_outside_the_area_there_is_no_such_village(
    world: World, signed_in: SignIn, name: str
) -> None:
    with nothing_stored():
        answer = signed_in(getattr(world, name)).post(address(), typed(held_on="23/3/2560"), **JSON)
    assert (answer.status_code, answer.json()) == (404, {"code": "not_found"})


@pytest.mark.parametrize(
    "absent",
    [
        {"code": "33049999"},
        {"code": "99999999"},
        {"year": 2561},
        {"number": "9.9"},
        {"code": "34010101"},
    ],
)
def test_what_is_not_there_is_404_like_what_may_not_be_seen(
    nida: Client, absent: dict[str, Any]
) -> None:
    with nothing_stored():
        answer = nida.post(address(**absent), typed(), **JSON)
    assert (answer.status_code, answer.json()) == (404, {"code": "not_found"})


# ---------------------------------------------------------------- 422: bad input


def bad_inputs(world: World) -> dict[str, tuple[dict[str, Any], dict[str, list[str]]]]:
    """What is wrong -> what is sent, and the errors by field."""
    a, b = (str(row.pk) for row in world.trakat.households.in_house_order()[:2])
    foreign = str(household(world.malu, "1", "นายไกล").pk)
    topic = str(Requirement.objects.get(code="2.1-e").topics.get().pk)
    gone = ["invalid_choice"]
    return {
        "no date": ({"held_on": ""}, {"held_on": ["required"]}),
        "a future date": ({"held_on": "24/3/2560"}, {"held_on": ["in_the_future"]}),
        "before the programme": ({"held_on": "30/9/2559"}, {"held_on": ["outside_programme"]}),
        "no place": ({"place": "  "}, {"place": ["required"]}),
        "an unknown form": ({"form": "party"}, {"form": gone}),
        "an unknown leader": ({"led_by": "nobody"}, {"led_by": gone}),
        "a negative total": ({"total": "-1"}, {"total": ["min_value"]}),
        "a negative group": ({"group-support_team": "-2"}, {"group-support_team": ["min_value"]}),
        "no number": ({"total": "many"}, {"total": ["invalid"]}),
        "groups above the total": (
            {"total": "5", "group-support_team": "6"},
            {"total": ["above_total"]},
        ),
        "households above the total": (
            {"total": "1", "present": [a, b]},
            {"total": ["above_total"]},
        ),
        "a household of another village": ({"present": [a, foreign]}, {"present": gone}),
        "an unknown household": ({"present": [str(uuid4())]}, {"present": gone}),
        "no household at all": ({"present": ["1 OR 1=1"]}, {"present": gone}),
        "a foreign representative": (
            {"representative": [foreign]},
            {"representative": gone},
        ),
        "an unknown member": ({"member": [str(uuid4())]}, {"member": gone}),
        "a topic of another step": ({"topic": [topic]}, {"topic": gone}),
        "an unknown topic": ({"topic": ["999999"]}, {"topic": gone}),
        "an unknown document": ({"document": [str(uuid4())]}, {"document": gone}),
        "an agency without level": (
            {"agency_name-0": "สหกรณ์"},
            {"agency_level-0": ["required"]},
        ),
        "no client id": ({"client_id": None}, {"client_id": ["required"]}),
        "a client id that is none": ({"client_id": "1"}, {"client_id": ["invalid"]}),
        "a file nobody received": ({"received": [str(uuid4())]}, {"photos": ["file_unknown"]}),
    }


BAD = [
    *("no date", "a future date", "before the programme", "no place", "an unknown form"),
    *("an unknown leader", "a negative total", "a negative group", "no number"),
    *("groups above the total", "households above the total", "a household of another village"),
    *("an unknown household", "no household at all", "a foreign representative"),
    *("an unknown member", "a topic of another step", "an unknown topic", "an unknown document"),
    *("an agency without level", "no client id", "a client id that is none"),
    "a file nobody received",
]


@pytest.mark.parametrize("wrong", BAD)
def test_bad_input_is_answered_422_by_field_and_keeps_what_was_typed(
    nida: Client, world: World, wrong: str
) -> None:
    cases = bad_inputs(world)
    assert list(cases) == BAD
    changes, expected = cases[wrong]
    with nothing_stored():
        as_json = nida.post(address(), {**typed(**changes), "photos": photo()}, **JSON)
        page = nida.post(address(), {**typed(**changes), "photos": photo("red")})
    assert (as_json.status_code, page.status_code) == (422, 422)
    assert codes(as_json) == expected
    assert all(row["message"] for rows in as_json.json()["errors"].values() for row in rows)
    shown = page.content.decode()
    assert "ตกลงเริ่มเดือนหน้า" in shown
    received = ReceivedFile.objects.latest("received_at", "id")
    rows = [str(row.pk) for row, _caption in page.context["form"].received_rows()]
    assert rows
    for key in rows:
        assert f'name="received" value="{key}"' in shown
    assert received.by == world.nida
    for name in expected:
        assert page.context["form"].errors[name]


def test_foreign_and_unknown_ids_are_refused_in_the_same_words(nida: Client, world: World) -> None:
    foreign = str(household(world.malu, "1", "นายไกล").pk)
    said = [
        nida.post(address(), typed(present=[key]), **JSON).json()["errors"]
        for key in (foreign, str(uuid4()))
    ]
    assert said[0] == said[1]


@pytest.mark.parametrize("code", ["33040101", "34010101", "99999999", "x"])
def test_a_village_outside_the_posting_is_refused_among_several(nida: Client, code: str) -> None:
    with nothing_stored():
        answer = nida.post(address("1.2"), typed(villages=["33140203", code]), **JSON)
    assert answer.status_code == 422
    assert codes(answer) == {"villages": ["invalid_choice"]}


def test_several_villages_of_the_posting_are_recorded_in_one_go(nida: Client, world: World) -> None:
    answer = nida.post(address("1.2"), typed(villages=["33140203"]), **JSON)
    assert (answer.status_code, len(answer.json()["activities"])) == (201, 2)
    assert Activity.objects.values("occasion").distinct().count() == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (HEIC, "heic"), (b"GIF89a", "not_supported"), (b"\xff\xd8\xff", "broken")],
)
def test_a_file_that_is_no_photo_loses_no_other(nida: Client, content: bytes, code: str) -> None:
    bad = SimpleUploadedFile("IMG_0001.HEIC", content, content_type="image/heic")
    with nothing_stored():
        answer = nida.post(address(), {**typed(), "photos": [photo(), bad]})
    assert answer.status_code == 422
    form, shown = answer.context["form"], answer.content.decode()
    assert [error.code for error in form.errors["photos"].as_data()] == [code]
    assert "IMG_0001.HEIC" in shown
    (kept, _caption), *others = form.received_rows()
    assert not others
    again = nida.post(address(), typed(received=[str(kept.pk)]), **JSON)
    assert (again.status_code, len(again.json()["files"])) == (201, 1)


def test_a_file_somebody_else_received_is_as_if_it_had_not_arrived(
    nida: Client, world: World
) -> None:
    theirs = work.picture(world.kanya).received
    with nothing_stored():
        answer = nida.post(address(), typed(received=[str(theirs.pk)]), **JSON)
    assert codes(answer) == {"photos": ["file_unknown"]}


def test_another_record_of_the_same_day_is_pointed_out_once(nida: Client) -> None:
    nida.post(address(), typed(), **JSON)
    with nothing_stored():
        answer = nida.post(address(), typed(), **JSON)
    assert (answer.status_code, codes(answer)) == (422, {"again": ["same_day"]})
    assert nida.post(address(), typed(again="on"), **JSON).status_code == 201


def test_a_stale_edit_stores_nothing_and_keeps_what_was_typed(nida: Client, world: World) -> None:
    activity = work.recorded(world.enrolment, world.step("1.4"), by=world.nida)
    edit = reverse("steps:activity_edit", args=["33140108", 2560, activity.pk])
    data = typed(started='{"place": "ที่เดิม"}', place="วัด")
    with nothing_stored():
        answer = nida.post(edit, data, **JSON)
    assert answer.status_code == 422
    assert answer.json()["code"] == "conflict"
    assert Activity.objects.get().place == "ศาลากลางบ้าน"


def test_an_edit_of_a_closed_step_says_what_to_do(nida: Client, world: World) -> None:
    activity = work.briefing(world)
    work.hand_in(world)
    edit = reverse("steps:activity_edit", args=["33140108", 2560, activity.pk])
    form = nida.get(edit).context["form"]
    data = typed(started=json.dumps(form.initial["started"]), place="วัด")
    with nothing_stored():
        answer = nida.post(edit, data, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "step_closed")


def test_handing_in_with_something_missing_names_it(nida: Client) -> None:
    submit = reverse("steps:submit", args=["33140108", 2560, "1.3"])
    with nothing_stored():
        answer = nida.post(submit, {"client_id": str(uuid4())}, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "missing")
    assert answer.json()["missing"] == ["1.3-a", "1.3-b", "1.3-c"]


def test_files_alone_are_added_once(nida: Client, world: World) -> None:
    activity = work.recorded(world.enrolment, world.step("1.4"), by=world.nida)
    files = reverse("steps:activity_files", args=["33140108", 2560, activity.pk])
    key = {"client_id": str(uuid4())}
    answers = [nida.post(files, {**key, "photos": photo()}, **JSON) for _again in range(2)]
    assert [row.status_code for row in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    empty = nida.post(files, {"client_id": str(uuid4())}, **JSON)
    assert (empty.status_code, codes(empty)) == (422, {"photos": ["required"]})
    assert activity.evidence.count() == 1
