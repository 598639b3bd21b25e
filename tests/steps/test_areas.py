"""The overview of areas: its numbers are those of the lists behind them, at every level."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.rights import Role
from steps import kept
from steps.models import (
    Activity,
    Programme,
    QuietReason,
    Requirement,
    Step,
    StepProgress,
    Tally,
)
from steps.recording import decisions
from steps.recording.enrolments import assign, copy_programme, enrol, programme_changed
from tests.cast import BANGKOK, NOW, TODAY, World, post, sender, village
from tests.steps.cases import DAY, handed_in, meeting, more_villages, returned, verified
from tests.test_weight import gzipped
from tests.trust import work
from villages.models import Area

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
LEVELS = ["/areas/", "/areas/33/", "/areas/3314/", "/areas/331402/"]


@pytest.fixture
def busy(world: World) -> World:
    """Villages in every state: verified, waiting, returned, late, quiet, one just visited."""
    Requirement.objects.update(level="advised")
    programme_changed(programme=world.programme, sender=sender(world.anan))
    more_villages(world, 4)
    for of, by in (
        (world.trakat, world.nida),
        (world.phing, world.nida),
        (world.malu, world.kanya),
    ):
        for number in ("1.1", "1.2"):
            handed_in(world, of, number, by=by)
    for number, of in (("1.1", world.trakat), ("1.2", world.trakat), ("1.1", world.malu)):
        verified(last(world, of.code, number), world.suda)
    returned(last(world, "33140203", "1.1"), world.suda)
    meeting(world, [world.enrolment, world.enrolment_of(world.phing)], "1.4")
    work.recorded(world.enrolment, world.step("1.4"), by=world.nida, held_on=str(TODAY))
    return world


def last(world: World, code: str, number: str) -> object:
    rows = StepProgress.objects.filter(enrolment__village__code=code, step__number=number)
    return decisions.last_submission(rows.select_related("step", "enrolment__village").get())


# ---------------------------------------------------------------- reading a page


class Links(HTMLParser):
    """Every link of a page with its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.href = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.href = dict(attrs).get("href") or ""
            self.found.append((self.href, ""))

    def handle_data(self, data: str) -> None:
        if self.href:
            self.found[-1] = (self.href, self.found[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.href = ""


def counted_links(page: HttpResponse) -> dict[str, int]:
    """The lists a page links to, each with the number that stands on the link."""
    numbers: dict[str, set[int]] = {}
    for href, words in Links(page.content.decode()).found:
        if href.startswith("/villages/?"):
            number = re.match(r"!?([0-9,]+)", words.strip())
            assert number, (href, words)
            numbers.setdefault(href, set()).add(int(number[1].replace(",", "")))
    assert {href: found for href, found in numbers.items() if len(found) > 1} == {}
    return {href: found.pop() for href, found in numbers.items()}


def rows_behind(client: Client, href: str) -> int:
    """The rows of a list, counted through all its pages."""
    rows, number = 0, 1
    while True:
        page = client.get(href, {**parse_qs(urlsplit(href).query), "page": str(number)})
        assert page.status_code == 200, href
        rows += len(page.context["rows"])
        if not page.context["page"].has_next():
            return rows
        number += 1


def assert_numbers_agree(client: Client, address: str) -> int:
    links = counted_links(client.get(address))
    assert {href: rows_behind(client, href) for href in links} == links
    return len(links)


def card(page: HttpResponse, name: str) -> str:
    return next(one.n for one in page.context["cards"] if one.name == name)


def notes(page: HttpResponse, name: str) -> list[str]:
    found = next(one.notes for one in page.context["cards"] if one.name == name)
    return [note.replace("\u00a0", " ") for note in found]


def codes(page: HttpResponse) -> list[str]:
    return [line.code for line in page.context["board"].lines]


# ---------------------------------------------------------------- card = cell = list


@pytest.mark.parametrize("address", LEVELS)
def test_every_number_leads_to_exactly_as_many_villages(
    busy: World, signed_in: SignIn, address: str
) -> None:
    assert assert_numbers_agree(signed_in(busy.wipa), address) > 15


@pytest.mark.parametrize("address", LEVELS)
def test_they_agree_after_a_hand_over_and_a_late_arrival(
    busy: World, signed_in: SignIn, address: str
) -> None:
    assign(enrolments=[busy.enrolment], officer=busy.somsak, sender=sender(busy.anan))
    arrival = work.recorded(
        busy.enrolment, busy.step("1.1"), by=busy.wichai, posting_ended=True, total="900"
    )
    client = signed_in(busy.wipa)
    before = card(client.get(address), "people")
    assert_numbers_agree(client, address)

    decisions.accept_late(
        arrival=Activity.objects.select_related("enrolment__village", "step").get(pk=arrival.pk),
        sender=sender(busy.suda),
    )

    page = client.get(address)
    grown = int(card(page, "people").replace(",", "")) - int(before.replace(",", ""))
    assert grown == (0 if address == "/areas/331402/" else 900)
    assert_numbers_agree(client, address)


def test_they_agree_for_provincial_staff_in_any_order(busy: World, signed_in: SignIn) -> None:
    client = signed_in(busy.suda)
    assert assert_numbers_agree(client, "/areas/33/") > 15
    first = counted_links(client.get("/areas/33/"))
    for query in ("?sort=-late", "?view=list", "?year=2560"):
        assert counted_links(client.get(f"/areas/33/{query}")) == first


def test_a_number_of_more_than_one_page_is_counted_through(busy: World, signed_in: SignIn) -> None:
    more_villages(busy, 60, "330401")
    assert_numbers_agree(signed_in(busy.suda), "/areas/33/")


def test_the_cells_of_a_village_say_its_status_and_lead_to_the_step(
    busy: World, signed_in: SignIn
) -> None:
    client = signed_in(busy.nida)
    table = client.get("/areas/331402/").content.decode().split("table>")[0]
    step = re.compile(r"/villages/[0-9]{8}/2560/[0-9]\.[0-9]/")
    cells = {href: words for href, words in Links(table).found if step.fullmatch(href)}
    rows = StepProgress.objects.filter(enrolment__village__code__startswith="331402")
    assert len(cells) == rows.count() == 40
    for row in rows.select_related("step", "enrolment__village"):
        href = f"/villages/{row.enrolment.village.code}/2560/{row.step.number}/"
        assert cells[href].startswith(row.get_status_display())
        assert ("Late" in cells[href]) is bool(row.step.due_on < TODAY and row.is_open)
        assert client.get(href).status_code == 200


def test_the_cards_say_what_happened(busy: World, signed_in: SignIn) -> None:
    page = signed_in(busy.suda).get("/areas/33/")
    assert card(page, "villages") == "7"
    assert card(page, "share") == "5%"
    assert notes(page, "share") == ["3 of 56 steps"]
    assert (card(page, "waiting"), notes(page, "waiting")) == ("2", ["since today"])
    assert card(page, "led") == "0%"


def test_the_oldest_waiting_step_says_for_how_long(busy: World, signed_in: SignIn) -> None:
    handed_in(busy, busy.trakat, "1.3", at=NOW - 12 * DAY)
    page = signed_in(busy.suda).get("/areas/33/")
    assert notes(page, "waiting") == ["the oldest 12 days"]


def test_without_a_budget_the_share_is_unknown_and_not_nothing(
    world: World, signed_in: SignIn
) -> None:
    page = signed_in(world.suda).get("/areas/33/")
    assert (card(page, "money"), notes(page, "money")) == ("–", ["No budget entered"])


# ---------------------------------------------------------------- whose areas


OUTSIDE = {
    "nida": ["/areas/33/", "/areas/3304/", "/areas/330401/", "/areas/33040101/"],
    "suda": ["/areas/34/", "/areas/340101/", "/areas/99/"],
    "wipa": ["/areas/99/", "/areas/3399/", "/areas/331/", "/areas/๓๓/"],
}


def test_what_is_unknown_or_of_others_is_not_there(world: World, signed_in: SignIn) -> None:
    for name, addresses in OUTSIDE.items():
        client = signed_in(getattr(world, name))
        answers = {address: client.get(address).status_code for address in addresses}
        assert set(answers.values()) == {404}, answers


def test_one_area_answers_for_itself_and_keeps_the_question(
    world: World, signed_in: SignIn
) -> None:
    answer = signed_in(world.nida).get("/areas/?year=2560&sort=-late")
    assert (answer.status_code, answer["Location"]) == (302, "/areas/3314/?year=2560&sort=-late")


def test_several_areas_are_the_rows_and_one_inside_another_is_dropped(
    busy: World, signed_in: SignIn
) -> None:
    post(busy.nida, Role.OFFICER, "331401")
    post(busy.nida, Role.OFFICER, "340101")
    client = signed_in(busy.nida)
    page = client.get("/areas/")
    assert codes(page) == ["3314", "340101"]
    assert card(page, "villages") == "7"
    assert_numbers_agree(client, "/areas/")
    assert "Ubon" not in client.get("/areas/3314/").content.decode()


def test_the_way_up_ends_where_the_posting_does(world: World, signed_in: SignIn) -> None:
    def way(user: User) -> list[str]:
        page = signed_in(user).get("/areas/331401/").content.decode()
        found = re.search(r'<nav class="breadcrumb".*?</nav>', page, re.DOTALL)
        return re.findall(r'href="([^"]+)"', found[0]) if found else []

    assert way(world.wipa) == ["/areas/", "/areas/33/", "/areas/3314/"]
    assert way(world.suda) == ["/areas/33/", "/areas/3314/"]
    assert way(world.nida) == ["/areas/3314/"]


def test_without_a_posting_there_is_nothing_and_the_menu_leads_nowhere(
    world: World, signed_in: SignIn
) -> None:
    world.somsak.postings.all().delete()
    page = signed_in(world.somsak).get("/areas/")
    assert page.status_code == 200
    assert "No villages yet" in page.content.decode()
    assert 'href="/areas/"' not in page.content.decode()
    assert 'href="/areas/"' in signed_in(world.nida).get("/").content.decode()


def test_a_village_leads_to_its_running_year(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.nida)
    assert client.get("/areas/33140108/")["Location"] == "/villages/33140108/2560/"
    village("33140299", "ไม่ขึ้นทะเบียน")
    assert client.get("/areas/33140299/")["Location"] == "/villages/33140299/"


def test_home_of_who_only_looks_leads_to_the_overview(world: World, signed_in: SignIn) -> None:
    of_suda = signed_in(world.suda).get("/").content.decode()
    assert 'class="row" href="/areas/?year=2560"' in of_suda
    assert "/areas/?year" not in signed_in(world.nida).get("/").content.decode()


# ---------------------------------------------------------------- years


@pytest.fixture
def next_year(world: World) -> Programme:
    """The programme of 2561, in which Ban Trakat alone takes part."""
    programme = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    enrol(villages=[world.trakat], programme=programme, officer=None, sender=sender(world.anan))
    return programme


def test_a_year_prepared_ahead_leaves_the_running_one_in_its_place(
    world: World, next_year: Programme, signed_in: SignIn
) -> None:
    client = signed_in(world.wipa)
    assert client.get("/areas/").context["year"].number == 2560
    assert client.get("/areas/?year=2561").context["year"].number == 2561
    assert client.get("/areas/33140108/")["Location"] == "/villages/33140108/2560/"
    assert signed_in(world.nida).get("/").context["work"].programme.year == 2560


def test_the_latest_year_that_has_begun_with_villages_there_is_shown(
    world: World, next_year: Programme, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW.replace(month=10))
    client = signed_in(world.wipa)
    shown = {
        address: client.get(address).context["year"].number
        for address in ("/areas/", "/areas/3314/", "/areas/3304/", "/areas/3314/?year=2560")
    }
    assert list(shown.values()) == [2561, 2561, 2560, 2560]


def test_a_year_without_villages_says_so(
    world: World, next_year: Programme, signed_in: SignIn
) -> None:
    page = signed_in(world.wipa).get("/areas/3304/?year=2561")
    assert page.status_code == 200
    assert "No village of this area takes part in this year" in page.content.decode()
    assert "<table" not in page.content.decode()


FORGED = [
    "year=2599",
    "year=now",
    "year=2560%00",
    "sort=secret",
    "sort=-1.9",
    "sort=--late",
    "view=map",
    "month=2559-13",
    "month=2559-12",  # not kept
]


def test_what_is_forged_is_said_and_nothing_is_shown(busy: World, signed_in: SignIn) -> None:
    client = signed_in(busy.suda)
    for query in FORGED:
        page = client.get(f"/areas/33/?{query}")
        assert page.status_code == 422, query
        assert "There is a problem" in page.content.decode()
        assert "cards" not in page.context
        assert not re.search("<table|/villages/\\?", page.content.decode()), query


# ---------------------------------------------------------------- order


OFFICIAL, OTHER = ["3304", "3314"], ["3314", "3304"]
ORDERS = {
    "": OFFICIAL,
    "area": OFFICIAL,
    "-area": OTHER,
    "villages": OFFICIAL,
    "-villages": OTHER,
    "1.1": OTHER,  # 1 of 6, 1 of 1
    "-1.1": OFFICIAL,
    "1.2": OFFICIAL,  # 0 of 1, 1 of 6
    "-1.2": OTHER,
    "2.4": OFFICIAL,  # equal
    "-2.4": OFFICIAL,
    "late": OFFICIAL,
    "-late": OTHER,
    "share": OTHER,  # 2 of 48, 1 of 8
    "-share": OFFICIAL,
    "quiet": OFFICIAL,
    "-quiet": OTHER,
}


def test_rows_stand_in_official_order_or_by_any_column(busy: World, signed_in: SignIn) -> None:
    client = signed_in(busy.suda)
    for sort, order in ORDERS.items():
        assert codes(client.get("/areas/33/", {"sort": sort})) == order, sort


def test_villages_are_sorted_by_how_far_they_came(busy: World, signed_in: SignIn) -> None:
    page = signed_in(busy.suda).get("/areas/331402/?sort=-1.1")
    assert codes(page)[0] == "33140203"  # returned is further than not started


def test_a_head_says_its_order_and_turns_it_round(busy: World, signed_in: SignIn) -> None:
    client = signed_in(busy.suda)
    heads = {column.name: column for column in client.get("/areas/33/").context["columns"]}
    assert heads["area"].order == "ascending"
    assert (heads["late"].order, heads["late"].href) == ("", "?sort=-late")
    page = client.get("/areas/33/?year=2560&sort=-late&view=table")
    heads = {column.name: column for column in page.context["columns"]}
    assert heads["late"].order == "descending"
    assert heads["late"].href == "?year=2560&sort=late&view=table"
    assert heads["area"].href == "?year=2560&view=table"
    assert page.content.decode().count("aria-sort") == 1


def test_every_order_a_head_offers_is_understood(busy: World, signed_in: SignIn) -> None:
    client = signed_in(busy.suda)
    for column in client.get("/areas/33/").context["columns"]:
        assert client.get(f"/areas/33/{column.href}").status_code == 200, column.href


# ---------------------------------------------------------------- a past month


@pytest.fixture
def february(world: World) -> datetime:
    """The figures of February 2560 as they stood on 1 March, with the next month's work to come."""
    at = datetime(2017, 3, 1, 6, 0, tzinfo=BANGKOK)
    kept.keep(world.programme, date(2017, 2, 28), at)
    return at


@pytest.mark.parametrize("address", ["/areas/", "/areas/33/", "/areas/3314/", "/areas/331402/"])
def test_a_past_month_shows_what_was_kept_without_links(
    busy: World, february: datetime, signed_in: SignIn, address: str
) -> None:
    client = signed_in(busy.wipa)
    then = card(client.get(address), "villages")
    more_villages(busy, 9, "331401")
    page = client.get(address, {"month": "2560-02"})
    assert page.status_code == 200
    assert card(page, "villages") == then
    assert counted_links(page) == {}
    assert "1 Mar 2560 BE 06.00" in page.content.decode()
    assert "attention" not in page.context


def test_the_change_since_the_last_month_stands_beside_the_number(
    busy: World, february: datetime, signed_in: SignIn
) -> None:
    more_villages(busy, 3, "331401")
    page = signed_in(busy.suda).get("/areas/33/")
    assert notes(page, "villages")[-1] == "+3 since the month's end"
    assert "Compared with" in page.content.decode()
    assert "?year=2560&amp;month=2560-02" in page.content.decode()


def test_a_month_may_be_asked_for_in_either_era(
    world: World, february: datetime, signed_in: SignIn
) -> None:
    client = signed_in(world.suda)
    for month in ("2560-02", "2017-02"):
        assert client.get("/areas/33/", {"month": month}).status_code == 200


# ---------------------------------------------------------------- what moved, whom to call


def test_what_moved_this_week_is_counted_and_listed_latest_first(
    busy: World, signed_in: SignIn
) -> None:
    handed_in(busy, busy.trakat, "1.3", at=NOW - 8 * DAY)
    page = signed_in(busy.suda).get("/areas/33/")
    moves = page.context["moves"]
    assert dict(moves.counts) == {"submitted": 2, "returned": 1, "verified": 3}
    assert len(moves.rows) == 6
    assert {row.status for row in moves.rows} == {"submitted", "returned", "verified"}


def test_the_latest_moves_are_at_most_ten_and_lie_in_the_area(
    busy: World, signed_in: SignIn
) -> None:
    for enrolment in more_villages(busy, 12, "331401"):
        handed_in(busy, enrolment, "1.1", at=NOW - DAY)
    rows = signed_in(busy.suda).get("/areas/331401/").context["moves"].rows
    assert len(rows) == 10
    assert {row.href[10:16] for row in rows} == {"331401"}


def test_those_late_the_longest_come_first_then_the_quiet(busy: World, signed_in: SignIn) -> None:
    Step.objects.filter(number__in=["1.1", "1.2"]).update(due_on=TODAY + 9 * DAY)
    Step.objects.filter(number="1.3").update(due_on=TODAY - 5 * DAY)
    rows = signed_in(busy.wipa).get("/areas/").context["attention"]
    late = [row.late_days for row in rows]
    assert late == sorted(late, reverse=True)
    assert rows[0].late_days == 5


def test_at_most_ten_villages_are_named_however_many_are_late(
    busy: World, signed_in: SignIn
) -> None:
    more_villages(busy, 30, "330401")
    rows = signed_in(busy.suda).get("/areas/33/").context["attention"]
    assert len(rows) == 10
    days = {row.late_days for row in rows}
    first_due = min(step.due_on for step in busy.programme.steps.all())
    assert days == {(TODAY - first_due).days}


def test_an_officer_to_call_is_named_with_a_phone_and_nobody_is_ranked(
    busy: World, signed_in: SignIn
) -> None:
    User.objects.filter(pk=busy.nida.pk).update(phone="081 234 5678")
    page = signed_in(busy.suda).get("/areas/331401/").content.decode()
    assert "นางสาวนิดา พวงแก้ว" in page
    assert 'href="tel:0812345678"' in page


@pytest.mark.parametrize("name", ["wipa", "anan"])
def test_who_may_not_see_names_sees_no_officer(busy: World, signed_in: SignIn, name: str) -> None:
    User.objects.filter(pk=busy.nida.pk).update(phone="081 234 5678")
    for address in LEVELS:
        page = signed_in(getattr(busy, name)).get(address).content.decode()
        assert "นิดา" not in page
        assert "tel:" not in page


def test_a_quiet_village_says_why_and_leads_to_where_one_says_it(
    world: World, signed_in: SignIn
) -> None:
    QuietReason.objects.create(enrolment=world.enrolment, reason="น้ำท่วม", by=world.nida, at=NOW)
    rows = signed_in(world.suda).get("/areas/331401/").context["attention"]
    assert rows[0].quiet == "Quiet (45 days)"
    assert rows[0].reason.startswith("น้ำท่วม (said on 23")
    assert rows[0].explain == "/villages/33140108/2560/quiet/"
    of_wipa = signed_in(world.wipa).get("/areas/331401/").context["attention"]
    assert (of_wipa[0].explain, of_wipa[0].contact) == ("", None)


def test_a_quiet_village_with_nothing_late_is_named_too(world: World, signed_in: SignIn) -> None:
    Step.objects.update(due_on=TODAY + 9 * DAY)
    rows = signed_in(world.suda).get("/areas/331401/").context["attention"]
    assert [(row.late_days, row.step, row.quiet) for row in rows] == [(0, "", "Quiet (45 days)")]


# ---------------------------------------------------------------- on a phone, and hostile names


def test_the_list_for_a_phone_has_every_part_with_share_late_and_quiet(
    busy: World, signed_in: SignIn
) -> None:
    page = signed_in(busy.suda).get("/areas/33/").content.decode()
    rows = re.findall(r'<li><a class="row" href="/areas/33.*?</li>', page)
    assert len(rows) == 2
    assert re.sub("<[^>]+>", " ", rows[1]).split() == [
        "Si", "Rattana", "4%", "6", "villages", "Late", "6", "Quiet", "5",
    ]  # fmt: skip


@pytest.mark.parametrize("address", [*LEVELS, "/areas/compare/?area=3314&area=3304"])
def test_names_are_text_and_never_markup(busy: World, signed_in: SignIn, address: str) -> None:
    evil = '<img src=x onerror="alert(1)">&amp;'
    Area.objects.update(name_th=evil, name_en="")
    type(busy.trakat).objects.update(name_th=evil, name_en="")
    Step.objects.update(name_en=evil, short_en=evil)
    User.objects.update(name=evil)
    QuietReason.objects.create(enrolment=busy.enrolment, reason=evil, by=busy.nida, at=NOW)
    page = signed_in(busy.suda if address == "/areas/33/" else busy.wipa).get(address)
    assert "<img src=x" not in page.content.decode()
    assert "&lt;img src=x" in page.content.decode()


# ---------------------------------------------------------------- as much for many rows as for few


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def grow(world: World) -> None:
    """Seventy more provinces, districts, subdistricts and villages, at each level."""
    new = [
        f"{up}{n}" for up in ("", "33", "3314") for n in range(20, 90) if up or n not in (33, 34)
    ]
    Area.objects.bulk_create(
        Area(code=code, name_th=code, parent_id=code[:-2] or None) for code in new
    )
    Tally.objects.bulk_create(
        Tally(programme=world.programme, area_code=code, figure="villages", n=3) for code in new
    )
    villages = [village(f"331402{moo}", f"บ้านใหม่{moo}") for moo in range(30, 95)]
    enrol(villages=villages, programme=world.programme, officer=None, sender=sender(world.anan))


PAGES = {"wipa": LEVELS, "suda": [*LEVELS[1:], "/areas/33/?month=2560-02"], "nida": LEVELS[2:]}


def test_a_page_asks_as_much_for_80_rows_as_for_10(
    busy: World, february: datetime, signed_in: SignIn
) -> None:
    clients = {name: signed_in(getattr(busy, name)) for name in PAGES}
    few = {(name, at): queries(clients[name], at) for name in PAGES for at in PAGES[name]}
    assert max(few.values()) <= 15
    grow(busy)
    lines = [clients["wipa"].get(at).context["board"].lines for at in LEVELS]
    assert min(len(rows) for rows in lines) >= 70
    assert {(name, at): queries(clients[name], at) for name, at in few} == few


def test_the_page_of_the_whole_country_is_light(world: World, signed_in: SignIn) -> None:
    steps = [step.number for step in world.programme.steps.all()]
    rows = []
    for n in range(10, 90):
        Area.objects.get_or_create(
            code=str(n), defaults={"name_th": f"พระนครศรีอยุธยา{n}", "name_en": ""}
        )
        figures = {"villages": 900 + 7 * n, "verified": 3000 + n, "steps": 8000, "people": n * 999}
        for at, number in enumerate(steps):
            figures[f"{number} verified"] = 800 - 97 * at + n
            figures[f"{number} not_started"] = 100 + 97 * at + 6 * n
            figures[f"{number} first_open"] = 3 * n
        rows += [(str(n), name, of) for name, of in figures.items()]
    Tally.objects.all().delete()
    Tally.objects.bulk_create(
        Tally(programme=world.programme, area_code=code, figure=name, n=n) for code, name, n in rows
    )
    page = signed_in(world.wipa).get("/areas/")
    assert len(page.context["board"].lines) == 80
    assert gzipped(page.content) <= 20_000


# ---------------------------------------------------------------- side by side


def test_up_to_four_areas_stand_side_by_side_in_official_order(
    busy: World, signed_in: SignIn
) -> None:
    client = signed_in(busy.suda)
    page = client.get("/areas/compare/?area=3314&area=3304&area=&area=3314")
    comparison = page.context["comparison"]
    assert [area.code for area in comparison.areas] == ["3304", "3314"]
    villages = comparison.numbers[0]
    assert [cell.text for cell in villages.cells] == ["1", "6"]
    assert_numbers_agree(client, "/areas/compare/?area=3314&area=3304")


REFUSED = {
    "area=3314&area=34": "Not found in your area.",  # another province
    "area=3314&area=3399": "Not found in your area.",
    "area=3314&area=nowhere": "Not found in your area.",
    "area=3314&year=2599": "There is no programme of this year.",
    "area=33&area=3304&area=3314&area=331401&area=331402": "Choose at most four areas.",
}


def test_areas_that_cannot_be_compared_are_said(busy: World, signed_in: SignIn) -> None:
    client = signed_in(busy.suda)
    for query, words in REFUSED.items():
        page = client.get(f"/areas/compare/?{query}")
        assert page.status_code == 422, query
        assert words in page.content.decode(), query
        assert "comparison" not in page.context


OFFERED = [
    ("wipa", "", ["33", "34"]),
    ("wipa", "?area=33", ["33", "34"]),
    ("wipa", "?area=3314", ["3304", "3314"]),
    ("suda", "", ["33", "3304", "3314"]),
    ("suda", "?area=3314", ["3304", "3314"]),
    ("nida", "", ["3314", "331401", "331402"]),
]


def test_the_neighbours_are_offered_or_else_the_parts(world: World, signed_in: SignIn) -> None:
    for name, query, offered in OFFERED:
        page = signed_in(getattr(world, name)).get(f"/areas/compare/{query}")
        choices = page.context["form"].fields["area"].choices
        assert [code for code, _name in choices] == offered, (name, query)


def test_comparing_asks_a_fixed_number_of_queries(busy: World, signed_in: SignIn) -> None:
    client = signed_in(busy.wipa)
    two = queries(client, "/areas/compare/?area=33&area=34")
    assert queries(client, "/areas/compare/?area=33") == two <= 15
    assert queries(client, "/areas/compare/?area=3304&area=3314&area=331401&area=34") <= 15
