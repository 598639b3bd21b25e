"""The list of villages as a file: the same villages, harmless, names only where asked for."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from accounts.models import History, User
from accounts.rights import Role
from sammachip.thai.dates import parse_date
from steps import lists
from steps.exports import Export, csv_parts, xlsx_file
from steps.exports.columns import members, phone
from steps.exports.files import harmless
from steps.lists import Filters
from steps.models import Programme, Status, Step, StepProgress, YearProgress
from steps.recording.enrolments import copy_programme, enrol
from tests.cast import NOW, TODAY, World, post, sender, village
from villages.models import Area, CommitteeMember, Village, WorkingCommittee

SignIn = Callable[[User], Client]
Grid = list[list[Any]]
pytestmark = pytest.mark.usefixtures("english")

CSV, XLSX = reverse("villages:export_csv"), reverse("villages:export_xlsx")
HEAD = 3  # lines above the headings
KINDS = pytest.mark.parametrize("address", [CSV, XLSX], ids=["csv", "xlsx"])


def grid(response: HttpResponse) -> Grid:
    """Everything in the file, row by row."""
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    if response["Content-Type"].startswith("text/csv"):
        return list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    return [[whole(cell.value) for cell in row] for row in sheet(content)]


def whole(value: Any) -> Any:
    """A workbook knows one kind of number: 8 is read back as 8.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def sheet(content: bytes) -> list[tuple[Cell, ...]]:
    return list(load_workbook(BytesIO(content)).active.iter_rows())


def table(response: HttpResponse) -> list[dict[str, Any]]:
    """The rows below the headings, by heading."""
    headings, *rows = grid(response)[HEAD:]
    assert len(set(headings)) == len(headings)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def codes(response: HttpResponse) -> list[str]:
    return [row["Village code"] for row in table(response)]


def export_of(user: User, *, names: bool = False, year: str = "") -> Export:
    villages = lists.listed(user, Filters(year=year), TODAY)
    return Export(villages, year, ["Title"], names=names, on=TODAY, language="en")


def set_status(of: Village, number: str, status: Status) -> None:
    rows = StepProgress.objects.filter(enrolment__village=of, step__number=number)
    assert rows.update(status=status, moved_at=NOW) == 1


def member(of: Village, name: str, position: str) -> CommitteeMember:
    committee, _new = WorkingCommittee.objects.get_or_create(village=of, formed_on=TODAY)
    return CommitteeMember.objects.create(
        committee=committee, name=name, position=position, kind="formal", joined_on=TODAY
    )


# ---------------------------------------------------------------- what is in it


@KINDS
def test_a_village_is_a_row_with_its_places_and_codes_as_text(
    world: World, signed_in: SignIn, address: str
) -> None:
    row = table(signed_in(world.nida).get(address))[0]

    assert list(row.values())[:7] == [
        "Si Sa Ket",
        "33",
        "Si Rattana",
        "3314",
        "Si Kaeo",
        "331401",
        "33140108",
    ]
    assert (row["Village name"], row["Second name"]) == (world.trakat.name, world.trakat.alt_name)
    assert (str(row["Moo"]), str(row["Fiscal year"])) == ("8", "2560")


@KINDS
def test_every_step_has_its_status_due_date_date_of_handing_in_and_days_late(
    world: World, signed_in: SignIn, address: str
) -> None:
    set_status(world.trakat, "1.1", Status.SUBMITTED)
    set_status(world.trakat, "1.3", Status.RETURNED)

    row = table(signed_in(world.nida).get(address))[0]

    first, third = world.step("1.1"), world.step("1.3")
    assert row[f"{first.short_title}: status"] == "Submitted"
    assert row["1.1: handed in or verified on"] == "23 Mar 2560 BE"
    assert str(row["1.1: days late"]) == "0"
    assert row[f"{third.short_title}: status"] == "Returned"
    assert row["1.3: due"] == "30 Dec 2559 BE"
    assert row["1.3: handed in or verified on"] in ("", None)
    assert str(row["1.3: days late"]) == "83"
    assert [f"{number}: due" in row for number in ("1.4", "2.4")] == [True, True]


def test_what_a_year_adds_up_to_are_numbers(world: World, signed_in: SignIn) -> None:
    YearProgress.objects.filter(enrolment=world.enrolment).update(
        verified=5,
        committee=True,
        activities=12,
        people=340,
        households=25,
        budget=Decimal(120000),
        contributed=Decimal("13500.50"),
        last_activity_on=date(2017, 3, 1),
    )

    row = table(signed_in(world.nida).get(XLSX))[0]

    assert list(row.values())[-10:] == [
        5,
        "1 Mar 2560 BE",
        22,
        "Yes",
        12,
        340,
        25,
        120000,
        13500.5,
        11.3,
    ]


def test_the_quiet_days_of_a_file_are_those_of_the_list(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.nida)
    quiet = set(codes(client.get(CSV, {"quiet": "1"})))

    days = {row["Village code"]: row["Quiet, days"] for row in table(client.get(CSV))}

    assert quiet
    assert {code for code, number in days.items() if number != "0"} == quiet


@KINDS
def test_a_village_that_is_not_enrolled_has_its_places_and_nothing_else(
    world: World, signed_in: SignIn, address: str
) -> None:
    village("33140204", "โนนสว่าง")

    row = table(signed_in(world.nida).get(address))[2]

    assert row["Village name"] == "โนนสว่าง"
    assert not any(list(row.values())[10:])


def test_without_a_year_each_village_shows_its_latest(world: World, signed_in: SignIn) -> None:
    later = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    enrol(villages=[world.trakat], programme=later, officer=None, sender=sender(world.anan))
    client = signed_in(world.nida)

    latest = [(row["Fiscal year"], row["1.1: due"]) for row in table(client.get(CSV))]
    asked = [row["Fiscal year"] for row in table(client.get(CSV, {"year": "2560"}))]

    assert [year for year, _due in latest] == ["2561", "2560"]
    assert latest[0][1] != latest[1][1]
    assert asked == ["2560", "2560"]


def test_a_step_only_one_year_has_is_empty_in_the_others(world: World, signed_in: SignIn) -> None:
    later = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    Step.objects.filter(programme=later, number="2.4").update(number="2.5")

    client = signed_in(world.nida)

    assert table(client.get(CSV))[0]["2.5: due"] == ""
    assert table(client.get(CSV))[0]["2.4: due"] != ""
    assert "2.5: due" not in table(client.get(CSV, {"year": "2560"}))[0]


# ---------------------------------------------------------------- it can be typed in again


@KINDS
@pytest.mark.parametrize("language", ["th", "en"])
def test_names_codes_and_dates_survive(
    world: World, signed_in: SignIn, address: str, language: str
) -> None:
    new = village("33140204", "น้ำคำใต้")
    new.alt_name = "ห้วยกล้วยไม้"
    new.save()
    client = signed_in(world.nida)
    client.cookies["django_language"] = language
    headings, *rows = grid(client.get(address))[HEAD:]

    first, last = rows[0], rows[-1]

    assert last[6] == "33140204"
    assert last[8:10] == ["น้ำคำใต้", "ห้วยกล้วยไม้"]
    due = [parse_date(cell) for cell in first[12:43:4]]
    assert due == [step.due_on for step in world.programme.steps.order_by("order")]
    assert all(headings)


def test_a_thai_reader_gets_thai_words_also_after_the_request(
    world: World, signed_in: SignIn, settings: Any
) -> None:
    client = signed_in(world.nida)
    client.cookies["django_language"] = "th"

    headings, row, *_rest = grid(client.get(CSV))[HEAD:]  # read in English

    assert "จังหวัด" in headings
    assert row[0] == "ศรีสะเกษ"
    assert row[11] == "ยังไม่เริ่ม"
    assert row[12] == "30 พ.ย. 2559"


def test_a_phone_keeps_its_first_nought() -> None:
    assert phone("0812345678") == "081-234-5678"
    assert phone("045661234") == "04-566-1234"
    assert phone("0-4566-1234 ต่อ 12") == "0-4566-1234 ต่อ 12"
    assert phone("") == ""


# ---------------------------------------------------------------- nothing in it acts


PAYLOADS = [
    "=1+1",
    "+66812345678",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "|calc",
    " =1",
    "\u00a0=1",
    "=1",
    '=HYPERLINK("https://example.org";"x")',
]


@pytest.mark.parametrize("text", PAYLOADS)
def test_text_that_begins_a_formula_is_guarded_in_csv(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", ["บ้านน้ำคำ", "33140108", "23 มี.ค. 2560", "โนน-กุง", "", -5, None])
def test_everything_else_stays_as_it_is(value: Any) -> None:
    assert harmless(value) == value


@pytest.mark.parametrize("name", ["=1+1", "-2+3", "@SUM(A1)", '=cmd|"/c calc"!A1'])
def test_a_village_named_like_a_formula_is_text_in_both_files(
    world: World, signed_in: SignIn, name: str
) -> None:
    Village.objects.filter(pk=world.trakat.pk).update(name_th=name, name_en="")
    client = signed_in(world.nida)

    as_csv = table(client.get(CSV))[0]["Village name"]
    cells = sheet(b"".join(client.get(XLSX).streaming_content))

    assert as_csv == f"'{name}"
    assert cells[HEAD + 1][8].value == name
    assert {cell.data_type for row in cells for cell in row} == {"s", "n"}


def test_codes_and_dates_are_text_cells_and_counters_are_numbers(
    world: World, signed_in: SignIn
) -> None:
    cells = sheet(b"".join(signed_in(world.nida).get(XLSX).streaming_content))
    headings, row = [cell.value for cell in cells[HEAD]], cells[HEAD + 1]
    kinds = dict(zip(headings, (cell.data_type for cell in row), strict=True))

    assert {kinds[name] for name in ("Province code", "Village code", "1.1: due")} == {"s"}
    assert {kinds[name] for name in ("Moo", "1.1: days late", "Activities")} == {"n"}


# ---------------------------------------------------------------- what stands around the table


@KINDS
def test_the_file_says_what_it_shows_and_as_of_when(
    world: World, signed_in: SignIn, address: str
) -> None:
    response = signed_in(world.nida).get(address, {"late": "1", "area": "331401"})

    head = [row[0] for row in grid(response)[:HEAD]]

    assert head == [
        "Villages and their steps",
        "Si Kaeo Subdistrict, Late",
        "Data as of 23 Mar 2560 BE 09.00",
    ]


def test_csv_begins_with_the_mark_that_lets_excel_read_thai(
    world: World, signed_in: SignIn
) -> None:
    response = signed_in(world.nida).get(CSV)

    content = b"".join(response.streaming_content)

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_the_file_is_named_by_filter_and_day_for_old_and_new_programs(
    world: World, signed_in: SignIn
) -> None:
    asked = {"area": "3314", "year": "2560", "step": "1.4", "late": "1", "q": "../ตระกาจ"}
    header = signed_in(world.nida).get(XLSX, asked)["Content-Disposition"]

    assert header.startswith(
        'attachment; filename="villages-q-3314-2560-1-4-late-2017-03-23.xlsx"; '
    )
    full = unquote(header.split("filename*=UTF-8''")[1])
    assert full == (
        "Villages and their steps “.. ตระกาจ”, Si Rattana District, Fiscal year 2560, 1.4 Briefing"
        " 23 Mar 2560 BE.xlsx"
    )
    assert header.isascii()


@KINDS
def test_an_empty_list_is_a_file_with_headings(
    world: World, signed_in: SignIn, address: str
) -> None:
    rows = grid(signed_in(world.nida).get(address, {"complete": "1"}))

    assert len(rows) == HEAD + 1
    assert "Village code" in rows[HEAD]


def test_the_workbook_keeps_its_headings_in_sight_and_prints_them_again(
    world: World, signed_in: SignIn
) -> None:
    content = b"".join(signed_in(world.nida).get(XLSX).streaming_content)
    sheet = load_workbook(BytesIO(content)).active

    assert sheet.freeze_panes == "A5"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.auto_filter.ref.startswith("A4:")
    assert sheet["G5"].number_format == "@"


def test_the_workbook_leaves_no_file_behind(
    world: World, signed_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    response = signed_in(world.nida).get(XLSX)

    assert [path.stat().st_size for path in tmp_path.iterdir()] == [int(response["Content-Length"])]
    response.close()
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- the same villages as the list


@KINDS
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"area": "331402"},
        {"late": "1", "step": "1.1"},
        {"status": "submitted"},
        {"waiting": "1"},
        {"committee": "0"},
        {"quiet": "1"},
        {"officer": "me"},
        {"q": "พิงพวยใต"},
        {"sort": "name", "year": "2560"},
    ],
)
def test_a_file_holds_the_villages_of_its_list_in_their_order(
    world: World, signed_in: SignIn, address: str, asked: dict[str, str]
) -> None:
    set_status(world.trakat, "1.1", Status.SUBMITTED)
    YearProgress.objects.filter(enrolment=world.enrolment).update(submitted=1, committee=True)
    village("33140201", "เกาะ")
    client = signed_in(world.nida)

    listed = [
        row.href.split("/")[2]
        for row in client.get(reverse("villages:list"), asked).context["rows"]
    ]

    assert codes(client.get(address, asked)) == listed


@KINDS
def test_all_pages_of_a_list_are_in_its_file(world: World, signed_in: SignIn, address: str) -> None:
    grow(world, upto=60)

    assert len(codes(signed_in(world.nida).get(address, {"page": "2"}))) == 62


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_area_has_its_file_at_a_fixed_address(
    world: World, signed_in: SignIn, kind: str
) -> None:
    def file(user: User, code: str, **asked: str) -> HttpResponse:
        return signed_in(user).get(f"/areas/{code}/export.{kind}", asked)

    assert codes(file(world.suda, "33")) == ["33040101", "33140108", "33140203"]
    assert codes(file(world.suda, "3314")) == ["33140108", "33140203"]
    assert codes(file(world.suda, "331402", late="1")) == ["33140203"]
    assert codes(file(world.nida, "33")) == ["33140108", "33140203"]  # touched by her district
    assert codes(file(world.suda, "3304", area="3314")) == ["33040101"]


@pytest.mark.parametrize("code", ["34", "3304", "330401", "98"])
def test_an_area_outside_is_answered_as_one_that_is_not_there(
    world: World, signed_in: SignIn, code: str
) -> None:
    client = signed_in(world.nida)

    assert client.get(f"/areas/{code}/export.csv").status_code == 404
    assert client.post(f"/areas/{code}/export.xlsx", {"names": "1"}).status_code == 404


@KINDS
@pytest.mark.parametrize(("name", "value"), [("area", "34"), ("waiting", "2"), ("year", "2599")])
def test_a_forged_filter_is_said_and_no_file_is_made(
    world: World, signed_in: SignIn, address: str, name: str, value: str
) -> None:
    response = signed_in(world.nida).get(address, {name: value})

    assert response.status_code == 422
    assert response.context["form"].errors[name]
    assert "Content-Disposition" not in response


# ---------------------------------------------------------------- people's names


@KINDS
def test_names_come_only_where_they_are_asked_for(
    world: World, signed_in: SignIn, address: str
) -> None:
    User.objects.filter(pk=world.nida.pk).update(phone="0812345678")
    member(world.trakat, "นายสมชาย น้ำใจดี", "ประธาน")
    client = signed_in(world.somsak)

    without = [client.get(address), client.get(address, {"names": "1"}), client.post(address)]
    named = table(client.post(address, {"names": "1"}))[0]

    for response in without:
        assert "Responsible officer" not in table(response)[0]
    assert named["Responsible officer"] == world.nida.name
    assert named["Officer's phone"] == "081-234-5678"
    assert named["Committee members"] == "ประธาน: นายสมชาย น้ำใจดี"


def test_the_committee_stands_by_position(world: World) -> None:
    people = [
        member(world.phing, "นายหนึ่ง", "กรรมการ"),
        member(world.phing, "นายสอง", "ประธาน"),
        member(world.phing, "นายสาม", "กรรมการ"),
        member(world.phing, "นายสี่", ""),
    ]

    assert members(people) == "กรรมการ: นายหนึ่ง, นายสาม; ประธาน: นายสอง; Formal leader: นายสี่"


def test_taking_names_away_is_history_with_the_filter_and_how_many(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    asked = f"area=3314&late=1&officer={world.nida.pk}"

    client.post(f"{XLSX}?{asked}", {"names": "1"})

    entry = History.objects.get(verb="export_names")
    assert (entry.by, entry.at, entry.village) == (world.nida, NOW, None)
    assert (entry.subject_type, entry.subject_id) == ("villages.area", "3314")
    assert entry.note == f"xlsx: 1; Si Rattana District, Late, Responsible officer {world.nida.pk}"
    assert world.nida.name not in entry.note


def test_the_history_names_the_programme_where_no_area_was_asked_for(
    world: World, signed_in: SignIn
) -> None:
    signed_in(world.nida).post(CSV, {"names": "1"})

    entry = History.objects.get(verb="export_names")
    assert entry.subject_type == "steps.programme"
    assert entry.subject_id == str(Programme.objects.latest("year").pk)
    assert entry.note == "csv: 2; All villages"


def test_a_file_without_names_names_no_officer_it_is_filtered_by(
    world: World, signed_in: SignIn
) -> None:
    response = signed_in(world.somsak).get(CSV, {"officer": world.nida.pk})

    content = b"".join(response.streaming_content).decode()

    assert world.trakat.code in content
    assert world.nida.name not in content
    assert world.nida.name not in unquote(response["Content-Disposition"])


@pytest.mark.parametrize("who", ["wipa", "anan"])
def test_names_are_refused_to_those_who_may_not_see_them(
    world: World, signed_in: SignIn, who: str
) -> None:
    client = signed_in(getattr(world, who))

    assert client.post(CSV, {"names": "1"}).status_code == 403
    assert client.post("/areas/3314/export.xlsx", {"names": "1"}).status_code == 403
    assert not History.objects.filter(verb="export_names").exists()
    assert "Include personal data" not in client.get(reverse("villages:list")).content.decode()


def test_names_are_refused_unless_they_may_be_seen_of_every_village(
    world: World, signed_in: SignIn
) -> None:
    post(world.nida, Role.DEPARTMENT, None)  # sees the country, names in her district alone
    client = signed_in(world.nida)

    assert client.post(CSV, {"names": "1"}).status_code == 403
    assert client.post("/areas/33/export.csv", {"names": "1"}).status_code == 403
    assert client.post("/areas/331401/export.csv", {"names": "1"}).status_code == 200


def test_without_a_posting_no_names_are_to_be_had(world: World, signed_in: SignIn) -> None:
    world.somsak.postings.all().delete()

    assert signed_in(world.somsak).post(CSV, {"names": "1"}).status_code == 403


def test_the_list_offers_its_files_with_the_same_filter(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.nida).get(reverse("villages:list"), {"late": "1"}).content.decode()

    assert f'href="{XLSX}?late=1"' in page
    assert f'href="{CSV}?late=1"' in page
    assert f'action="{XLSX}?late=1"' in page
    assert "Include personal data" in page
    assert "Data as of <time>23 Mar 2560 BE 09.00</time>" in page


# ---------------------------------------------------------------- however many there are


def grow(world: World, *, upto: int) -> None:
    Area.objects.get_or_create(code="331403", name_th="ทดลอง", parent_id="3314")
    known = Village.objects.filter(code__startswith="331403").count()
    new = [village(f"331403{moo:02}", f"ใหม่{moo}") for moo in range(known + 1, upto + 1)]
    enrol(villages=new, programme=world.programme, officer=None, sender=sender(world.anan))


@pytest.mark.parametrize("names", [False, True])
def test_each_chunk_takes_the_same_few_queries(world: World, names: bool) -> None:
    def queries(size: int) -> int:
        export = export_of(world.nida, names=names)
        with CaptureQueriesContext(connection) as asked:
            assert len(list(csv_parts(export, size))) == 1 + 42 // size
        return len(asked)

    grow(world, upto=40)  # 42 with hers

    of_one, of_two, of_six = queries(42), queries(21), queries(7)
    per_chunk = of_two - of_one
    assert per_chunk == (3 if names else 2)
    assert of_six == of_one + 5 * per_chunk


def test_the_first_piece_of_a_csv_asks_for_no_village(world: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        first = next(csv_parts(export_of(world.nida)))

    assert b"Village code" in first
    assert not [query for query in asked if "villages_village" in query["sql"]]


def test_only_a_chunk_of_villages_is_ever_held(world: World) -> None:
    grow(world, upto=10)

    chunks = export_of(world.nida).chunks(size=5)

    assert [len(rows) for rows in chunks] == [5, 5, 2]


def test_a_workbook_is_whole_over_several_chunks(world: World) -> None:
    grow(world, upto=10)

    with xlsx_file(export_of(world.nida), size=5) as file:
        rows = sheet(file.read())

    assert [row[6].value for row in rows[2:]] == [
        row.code for row in lists.listed(world.nida, Filters(), TODAY)
    ]
