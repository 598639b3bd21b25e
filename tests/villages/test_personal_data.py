"""Requests about personal data: who may answer them, what is shown, copied and erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from steps.personal.names import ON_REQUEST
from steps.personal.rows import AT_MOST, person_of
from steps.recording import activities, people
from steps.recording.activities import Occasion, Part
from steps.recording.people import NewMember
from tests.cast import World, household, sender
from tests.pages import JSON, form_of, send
from tests.steps.planted import PHONE, Planted
from villages.models import CommitteeMember, Household

SignIn = Callable[[User], Client]
SEARCH = "/people/"
pytestmark = pytest.mark.usefixtures("the_day_of_the_write_up", "english")


@pytest.fixture
def planted(world: World) -> Planted:
    return Planted(world)


@pytest.fixture
def prasit(world: World, signed_in: SignIn) -> Client:
    return signed_in(world.prasit)


def page_of(key: object) -> str:
    return f"/people/{key}/"


def found(client: Client, words: str) -> list[str]:
    """The names a search shows."""
    response = client.post(SEARCH, {"words": words})
    assert response.status_code == 200
    return [hit.name for hit in response.context["hits"]]


def lines(response: HttpResponse, title: str) -> list[tuple[str, str]]:
    """Labels and texts of all sections with this title."""
    return [
        (line.label, line.text)
        for section in response.context["sections"]
        if section.title == title
        for line in section.lines
    ]


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize(
    ("name", "status"),
    [("nida", 403), ("kanya", 404), ("suda", 403), ("wipa", 403), ("anan", 403), ("prasit", 200)],
)
def test_a_chief_of_the_district_answers_requests_and_nobody_else(
    name: str, status: int, world: World, planted: Planted, signed_in: SignIn
) -> None:
    client = signed_in(getattr(world, name))
    for row in planted.rows:
        assert client.get(page_of(row.pk)).status_code == status
        assert client.get(f"{page_of(row.pk)}erase/").status_code == status
        assert client.post(f"{page_of(row.pk)}erase/", {}).status_code == (
            422 if status == 200 else status
        )
        assert client.post(f"{page_of(row.pk)}export.xlsx").status_code == status


@pytest.mark.parametrize("name", ["nida", "suda", "wipa", "anan"])
def test_nobody_else_searches(name: str, world: World, signed_in: SignIn) -> None:
    client = signed_in(getattr(world, name))

    assert client.get(SEARCH).status_code == 403
    assert client.post(SEARCH, {"words": "นาย"}).status_code == 403


def test_who_is_not_there_and_who_lives_elsewhere_read_the_same(
    world: World, prasit: Client
) -> None:
    elsewhere = household(world.malu, "1", "นายไกล บ้านอื่น")

    for key in (elsewhere.pk, uuid4()):
        assert prasit.get(page_of(key)).status_code == 404


def test_a_refused_request_stores_nothing(
    world: World, planted: Planted, signed_in: SignIn
) -> None:
    before = History.objects.count()
    data = {"rows": [f"household-{planted.household.pk}"], "reason": "ขอ", "client_id": uuid4()}

    for user in (world.nida, world.anan, world.kanya):
        signed_in(user).post(f"{page_of(planted.household.pk)}erase/", data)
        signed_in(user).post(f"{page_of(planted.household.pk)}export.xlsx")

    planted.household.refresh_from_db()
    assert planted.household.erased_on is None
    assert History.objects.count() == before


# ---------------------------------------------------------------- finding


@pytest.mark.parametrize("words", ["แก้ว", "มณีวงศ์ แก้ว", "88/1", "๘๘/๑", "0812345678", "081-234"])
def test_a_person_is_found_by_name_house_number_or_phone(
    words: str, planted: Planted, prasit: Client
) -> None:
    assert planted.name in found(prasit, words)


def test_all_rows_of_the_person_are_found(planted: Planted, prasit: Client) -> None:
    assert found(prasit, "มณีวงศ์") == [planted.name] * 3


def test_nobody_is_found_outside_the_district_nor_by_nothing(
    world: World, planted: Planted, prasit: Client
) -> None:
    household(world.malu, "88/1", "นายไกล มณีวงศ์")

    assert set(found(prasit, "มณีวงศ์")) == {planted.name}
    assert found(prasit, "") == []
    assert found(prasit, "ไม่มีใคร") == []


def test_what_is_searched_for_stands_in_no_address_and_no_log(
    planted: Planted, prasit: Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = prasit.post(SEARCH, {"words": "มณีวงศ์"})

    assert "มณีวงศ์" not in response.request["PATH_INFO"] + response.request["QUERY_STRING"]
    assert "มณีวงศ์" not in "".join(str(getattr(row, "http", "")) for row in caplog.records)


def test_a_search_shows_so_many_and_says_that_there_are_more(world: World, prasit: Client) -> None:
    Household.objects.bulk_create(
        Household(village=world.trakat, house_no=str(n), head_name=f"นายคน ที่{n}")
        for n in range(AT_MOST + 1)
    )

    response = prasit.post(SEARCH, {"words": "นายคน"})

    assert len(response.context["hits"]) == AT_MOST
    assert response.context["more"]


def test_the_queries_of_a_search_do_not_grow_with_what_is_found(
    world: World, prasit: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            prasit.post(SEARCH, {"words": "นายคน"})
        return len(asked)

    household(world.trakat, "1", "นายคน แรก")
    one = queries()
    for n in range(20):
        household(world.trakat, f"2/{n}", f"นายคน ที่{n}")

    assert queries() == one


# ---------------------------------------------------------------- what is shown


def test_the_page_shows_everything_held(world: World, planted: Planted, prasit: Client) -> None:
    page = prasit.get(page_of(planted.household.pk))

    home = dict(lines(page, "Head of household"))
    assert home["House number"] == "88/1"
    assert (home["Phone"], home["People in it"], home["Cluster"]) == (PHONE, "4", "คุ้มวัด")
    member = dict(lines(page, "Committee member"))
    assert (member["Position"], member["Comes as"]) == ("ผู้ใหญ่บ้าน", "Formal leader")
    assert dict(lines(page, "Change leader"))["Fiscal year"] == "2560"
    years = dict(lines(page, "Part in the programme, by year"))
    assert years["Fiscal year 2560"].startswith("Target household · Model household · จิ้งหรีด")
    attended = [text for _label, text in lines(page, "Activities attended")]
    assert len(attended) == 2
    assert "Ready to act" in attended[1]
    (sheet,) = [
        line
        for section in page.context["sections"]
        if section.title.startswith("Sign-in sheets")
        for line in section.lines
    ]
    assert prasit.get(sheet.href).status_code == 200
    texts = [text for _label, text in lines(page, "Texts that name the person")]
    assert f"{planted.name} และคณะ" in texts
    assert f"{planted.name} เล่าประสบการณ์" in texts
    history = " ".join(text for _label, text in lines(page, "History"))
    assert "Added a household" in history
    assert f"Head of household: ยังไม่ทราบ → {planted.name}" in history
    assert "Main occupation: " in history
    assert "main_occupation" not in history


def test_texts_of_a_shared_meeting_are_shown_of_the_other_village_too(
    planted: Planted, prasit: Client
) -> None:
    page = prasit.get(page_of(planted.household.pk))

    texts = lines(page, "Texts that name the person")
    other = planted.world.phing.full_title
    assert (f"Summary · {other}", f"{planted.name} เล่าประสบการณ์") in texts
    shown = prasit.get(f"{page_of(planted.household.pk)}erase/").context["texts"]
    assert shown == len(texts)


def test_of_a_village_whose_names_one_may_not_see_it_is_said_without_the_text(
    world: World, planted: Planted, prasit: Client
) -> None:
    shared = [Part(world.enrolment, None), Part(world.enrolment_of(world.malu), None)]
    values = {
        "form": "meeting",
        "held_on": "2017-03-02",
        "place": f"บ้าน{planted.name}",
        "led_by": "officer",
    }
    activities.record(occasion=Occasion(shared, values), sender=sender(world.nida))

    page = prasit.get(page_of(planted.household.pk))

    said = dict(lines(page, "Texts that name the person"))
    label = f"Place · {world.malu.full_title}"
    assert said[label] == "Names the person as well; shown to those who see names there"
    assert f"/villages/{world.malu.code}/" not in page.content.decode()


def test_a_namesake_in_another_village_is_not_on_the_page(
    world: World, planted: Planted, prasit: Client
) -> None:
    household(world.phing, "3", planted.name, phone="0898765432")

    assert "0898765432" not in prasit.get(page_of(planted.household.pk)).content.decode()


def test_others_of_the_household_are_named_beside_and_not_among_what_is_held(
    world: World, planted: Planted, prasit: Client
) -> None:
    son = NewMember("นายบุตร มณีวงศ์", "group", date(2017, 1, 1), household_id=planted.household.pk)
    people.add_member(village=world.trakat, member=son, sender=sender(world.nida))

    page = prasit.get(page_of(planted.household.pk))

    assert [hit.name for hit in page.context["others"]] == ["นายบุตร มณีวงศ์"]
    assert "นายบุตร มณีวงศ์" not in str(lines(page, "Committee member"))


def test_the_same_person_is_known_with_another_title(world: World) -> None:
    home = household(world.trakat, "4", "นางสมศรี ดีงาม")
    added = people.add_member(
        village=world.trakat,
        member=NewMember("นางสาวสมศรี ดีงาม", "group", date(2017, 1, 1)),
        sender=sender(world.nida),
    )
    member = CommitteeMember.objects.get(pk=added.result["member"])

    assert person_of(home).same == [home, member]


def test_the_queries_of_the_page_do_not_grow_with_the_history(
    world: World, planted: Planted, prasit: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            prasit.get(page_of(planted.household.pk))
        return len(asked)

    few = queries()
    for n in range(5, 15):
        people.edit_household(
            household=planted.household,
            started={"people": str(n - 1)},
            wanted={"people": str(n)},
            sender=sender(world.nida),
        )

    assert queries() == few


# ---------------------------------------------------------------- the copy


def cells_of(response: HttpResponse) -> str:
    """All texts of a workbook."""
    with ZipFile(BytesIO(b"".join(response.streaming_content))) as book:  # type: ignore[attr-defined]
        return "".join(
            book.read(name).decode() for name in book.namelist() if name.endswith(".xml")
        )


def test_the_copy_says_what_the_page_says_and_is_history(
    world: World, planted: Planted, prasit: Client
) -> None:
    shown = prasit.get(page_of(planted.household.pk)).context["sections"]
    response = prasit.post(f"{page_of(planted.household.pk)}export.xlsx")

    book = cells_of(response)
    assert response["Content-Disposition"].startswith("attachment;")
    assert planted.name not in response["Content-Disposition"]
    assert [
        line.text
        for section in shown
        for line in section.lines
        if line.text.split(" → ")[0] not in book and "&" not in line.text
    ] == []
    entry = History.objects.filter(verb="export_person").get()
    assert (entry.by, entry.subject_id) == (world.prasit, str(planted.household.pk))
    assert entry.village == world.trakat


def test_a_copy_is_not_to_be_had_by_following_a_link(planted: Planted, prasit: Client) -> None:
    assert prasit.get(f"{page_of(planted.household.pk)}export.xlsx").status_code == 405


def test_nothing_in_the_copy_is_a_formula(world: World, prasit: Client) -> None:
    home = household(world.trakat, "=1+1", '=HYPERLINK("http://x")')

    assert "<f>" not in cells_of(prasit.post(f"{page_of(home.pk)}export.xlsx"))


# ---------------------------------------------------------------- erasing


def test_what_is_ticked_is_erased_and_the_page_says_since_when(
    planted: Planted, prasit: Client
) -> None:
    url = f"{page_of(planted.household.pk)}erase/"
    offered = [
        code for code, _words in prasit.get(url).context["form"]["rows"].field.widget.choices
    ]
    assert set(offered) == {
        f"household-{planted.household.pk}",
        f"committeemember-{planted.member.pk}",
        f"changeleader-{planted.leader.pk}",
    }

    response = send(prasit, url, rows=offered, reason="ขอเป็นหนังสือ")

    assert (response.status_code, response["Location"]) == (303, page_of(planted.household.pk))
    page = prasit.get(response["Location"]).content.decode()
    assert "The name was erased on" in page
    assert planted.name not in page
    assert planted.stands_in() == set()


def test_only_the_row_one_came_from_is_ticked_to_begin_with(
    planted: Planted, prasit: Client
) -> None:
    shown = form_of(prasit, f"{page_of(planted.member.pk)}erase/")

    assert shown["rows"] == [f"committeemember-{planted.member.pk}"]


@pytest.mark.parametrize(
    ("changes", "field"), [({"rows": None}, "rows"), ({"reason": None}, "reason")]
)
def test_rows_and_a_reason_are_required(
    changes: dict[str, None], field: str, planted: Planted, prasit: Client
) -> None:
    answers = {"reason": "ขอ", **changes}

    response = send(prasit, f"{page_of(planted.household.pk)}erase/", **answers)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    planted.household.refresh_from_db()
    assert planted.household.erased_on is None


def test_sent_twice_it_is_answered_twice_and_done_once(planted: Planted, prasit: Client) -> None:
    url = f"{page_of(planted.household.pk)}erase/"
    data = {**form_of(prasit, url), "reason": "ขอเป็นหนังสือ"}

    answers = [prasit.post(url, data, **JSON).status_code for _time in range(2)]

    assert answers == [201, 200]
    assert History.objects.filter(verb="erase_person", village=planted.world.trakat).count() == 1


def test_erased_meanwhile_by_somebody_else_is_said(planted: Planted, prasit: Client) -> None:
    url = f"{page_of(planted.household.pk)}erase/"
    first, second = form_of(prasit, url), form_of(prasit, url)
    prasit.post(url, {**first, "reason": "ขอ"})

    response = prasit.post(url, {**second, "reason": "ขออีก"}, **JSON)

    assert (response.status_code, response.json()["code"]) == (422, "erased_already")


def test_the_form_of_an_erased_row_is_not_offered(planted: Planted, prasit: Client) -> None:
    send(prasit, f"{page_of(planted.household.pk)}erase/", reason="ขอเป็นหนังสือ")
    edit = reverse(
        "villages:household_edit", args=[planted.world.trakat.code, planted.household.pk]
    )

    page = prasit.get(edit).content.decode()

    assert "The name here was erased." in page
    assert 'name="head_name"' not in page


def test_lists_show_the_marker_where_the_name_was(planted: Planted, prasit: Client) -> None:
    send(prasit, f"{page_of(planted.household.pk)}erase/", reason="ขอเป็นหนังสือ")

    page = prasit.get(f"/villages/{planted.world.trakat.code}/households/").content.decode()

    assert f"{ON_REQUEST} 1" in page


# ---------------------------------------------------------------- the way there


def test_chiefs_are_led_there_from_the_pages_of_the_village_and_officers_are_not(
    world: World, planted: Planted, prasit: Client, signed_in: SignIn
) -> None:
    today = sender(world.nida).today
    people.end_member(member=planted.member, on=today, sender=sender(world.nida))
    code, home, member = world.trakat.code, planted.household.pk, planted.member.pk
    pages = {
        f"/villages/{code}/households/{home}/": page_of(home),
        f"/villages/{code}/committee/{member}/": page_of(member),
        f"/villages/{code}/committee/": page_of(member),
        f"/villages/{code}/households/": SEARCH,
        "/": SEARCH,
    }
    nida = signed_in(world.nida)

    for url, leads_to in pages.items():
        assert f'href="{leads_to}"' in prasit.get(url).content.decode(), url
        assert 'href="/people/' not in nida.get(url).content.decode(), url
