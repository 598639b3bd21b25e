"""Why a quiet village is quiet, who says so, how long it holds, and whom to call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from sammachip.thai.digits import dialled
from steps import lists
from steps.forms.quiet import LONGEST
from steps.models import Activity, Enrolment, QuietReason
from steps.recording import activities
from steps.recording.core import Refusal
from steps.recording.enrolments import enrol
from steps.recording.quiet import explain_quiet
from tests.cast import NOW, TODAY, World, sender, village
from tests.trust import work

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
CODE, YEAR = "33140108", 2560
PAGE = reverse("steps:quiet", args=[CODE, YEAR])
OF_YEAR = reverse("steps:year", args=[CODE, YEAR])
LIST = reverse("villages:list")
SAID = "น้ำท่วม (said on 23\u00a0Mar\u00a02560\u00a0BE)"


def explain(world: World, reason: str = "น้ำท่วม", at: datetime = NOW) -> None:
    explain_quiet(enrolment=world.enrolment, reason=reason, sender=sender(world.nida, at))


def held(world: World, day: date) -> Activity:
    """An activity in Ban Trakat, told when it was held."""
    at = datetime.combine(day, NOW.timetz())
    return work.recorded(world.enrolment, None, by=world.nida, at=at, held_on=str(day))


def reasons(world: World) -> list[str]:
    """What holds for Ban Trakat."""
    return [row.reason for row in lists.quiet_reasons([world.enrolment]).values()]


def typed(**fields: str) -> dict[str, str]:
    return {"client_id": str(uuid4()), "stock": "flood", "words": "", **fields}


def called(user: User, phone: str) -> None:
    User.objects.filter(pk=user.pk).update(phone=phone)


# ---------------------------------------------------------------- saying why


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({}, "Flood"),
        ({"words": "  ถนน   ขาด "}, "Flood: ถนน ขาด"),
        ({"stock": "", "words": "งานบุญ"}, "งานบุญ"),
    ],
)
def test_a_reason_is_a_stock_one_ones_own_or_both(
    world: World, signed_in: SignIn, fields: dict[str, str], kept: str
) -> None:
    response = signed_in(world.nida).post(PAGE, typed(**fields))
    assert (response.status_code, response["Location"]) == (303, OF_YEAR)
    row = QuietReason.objects.get()
    assert (row.reason, row.by, row.at) == (kept, world.nida, NOW)
    entry = History.objects.get(verb="explain_quiet")
    assert (entry.village, entry.fields) == (world.trakat, ["reason"])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"stock": "", "words": "  "}, "words"),
        ({"stock": "holiday"}, "stock"),
        ({"stock": "", "words": "ก" * (LONGEST + 1)}, "words"),
        ({"stock": "flood", "words": "ก" * LONGEST}, "words"),  # the two together
    ],
)
def test_no_reason_an_unknown_one_or_one_too_long_is_refused(
    world: World, signed_in: SignIn, fields: dict[str, str], field: str
) -> None:
    response = signed_in(world.nida).post(PAGE, typed(**fields))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert fields.get("words", "") in response.content.decode()
    assert not QuietReason.objects.exists()


def test_a_reason_may_be_as_long_as_it_is_kept(world: World, signed_in: SignIn) -> None:
    data = typed(stock="", words="ก" * LONGEST)
    assert signed_in(world.nida).post(PAGE, data).status_code == 303


@pytest.mark.parametrize(
    ("who", "status"),
    [("nida", 200), ("prasit", 200), ("suda", 200), ("wipa", 403), ("anan", 403), ("kanya", 404)],
)
def test_who_records_or_reviews_says_why(
    world: World, signed_in: SignIn, who: str, status: int
) -> None:
    client = signed_in(getattr(world, who))
    assert client.get(PAGE).status_code == status
    assert client.post(PAGE, typed()).status_code == (303 if status == 200 else status)
    assert QuietReason.objects.count() == (status == 200)


def test_a_village_that_is_not_quiet_has_nothing_to_explain(
    world: World, signed_in: SignIn
) -> None:
    held(world, TODAY - timedelta(days=45))
    client = signed_in(world.nida)
    page = client.get(PAGE).content.decode()
    assert "The village is not quiet" in page
    assert 'name="stock"' not in page
    assert client.post(PAGE, typed()).status_code == 422
    with pytest.raises(Refusal, match="not_quiet"):
        explain(world)
    assert not QuietReason.objects.exists()


def test_the_same_form_sent_twice_is_one_reason(world: World, signed_in: SignIn) -> None:
    client, data = signed_in(world.nida), typed()
    assert [client.post(PAGE, data).status_code for _time in range(2)] == [303, 303]
    assert client.post(PAGE, {**data, "stock": "harvest"}).status_code == 409
    assert [row.reason for row in QuietReason.objects.all()] == ["Flood"]


# ---------------------------------------------------------------- how long it holds


def test_the_latest_reason_holds(world: World) -> None:
    explain(world, "น้ำท่วม", NOW - timedelta(days=3))
    explain(world, "งบประมาณมาช้า", NOW)
    assert reasons(world) == ["งบประมาณมาช้า"]


def test_a_later_activity_ends_a_reason_also_when_silence_returns(world: World) -> None:
    explain(world)
    held(world, TODAY + timedelta(days=1))
    assert reasons(world) == []
    assert lists.quiet_days(world.enrolment, TODAY + timedelta(days=60)) == 45
    explain(world, "เก็บเกี่ยว", NOW + timedelta(days=60))
    assert reasons(world) == ["เก็บเกี่ยว"]


def test_an_activity_of_the_same_day_ends_it_and_an_earlier_one_does_not(world: World) -> None:
    explain(world)
    held(world, TODAY - timedelta(days=80))
    assert reasons(world) == ["น้ำท่วม"]
    held(world, TODAY)
    assert reasons(world) == []


def test_a_withdrawn_activity_does_not_end_it(world: World) -> None:
    explain(world)
    wrong = held(world, TODAY + timedelta(days=1))
    activities.withdraw_activity(activity=wrong, reason="ผิด", sender=sender(world.nida))
    assert reasons(world) == ["น้ำท่วม"]


def test_reasons_of_many_villages_are_one_query(world: World) -> None:
    explain(world)
    enrolments = list(Enrolment.objects.all())
    with CaptureQueriesContext(connection) as asked:
        found = lists.quiet_reasons(enrolments)
        assert lists.quiet_reasons([row.pk for row in enrolments]).keys() == found.keys()
    assert len(asked) == 2
    assert list(found) == [world.enrolment.pk]


# ---------------------------------------------------------------- where it is shown


def test_the_page_of_the_year_says_that_it_is_quiet_why_and_whom_to_call(
    world: World, signed_in: SignIn
) -> None:
    called(world.nida, "๐๘-๑๒๓๔-๕๖๗๘ ต่อ 9")
    client = signed_in(world.suda)
    page = client.get(OF_YEAR).content.decode()
    assert "Quiet (45 days)" in page
    assert 'href="tel:0812345678"' in page
    assert f'href="{PAGE}"' in page
    explain(world)
    assert SAID in client.get(OF_YEAR).content.decode()
    held(world, TODAY)
    page = client.get(OF_YEAR).content.decode()
    assert "Quiet" not in page
    assert "tel:" not in page


def test_who_may_not_see_names_reads_why_and_finds_no_phone(
    world: World, signed_in: SignIn
) -> None:
    called(world.nida, "0812345678")
    explain(world)
    client = signed_in(world.wipa)
    for url in (OF_YEAR, LIST):
        page = client.get(url).content.decode()
        assert "น้ำท่วม" in page
        assert "0812345678" not in page
    assert f'href="{PAGE}"' not in client.get(OF_YEAR).content.decode()
    assert [row.contact for row in client.get(LIST).context["rows"]] == [None] * 4


def test_a_quiet_row_of_the_list_has_the_reason_and_the_phone_outside_its_link(
    world: World, signed_in: SignIn
) -> None:
    called(world.nida, "081-234-5678")
    explain(world)
    response = signed_in(world.nida).get(LIST)
    quiet, other = response.context["rows"]
    assert (quiet.quiet, quiet.why) == ("Quiet (45 days)", SAID)
    assert (quiet.contact.name, quiet.contact.dialled) == (world.nida.name, "0812345678")
    assert (other.quiet, other.why, other.contact) == ("Quiet (45 days)", "", None)
    row = row_of(response)
    assert row.index("</a>") < row.index('href="tel:0812345678"')


def row_of(response: HttpResponse) -> str:
    """The first row of the list, as HTML."""
    return response.content.decode().split('<ul class="rows">')[1].split("</li>")[0]


def test_a_village_that_is_not_quiet_shows_nobodys_phone(world: World, signed_in: SignIn) -> None:
    called(world.nida, "0812345678")
    held(world, TODAY)
    response = signed_in(world.nida).get(LIST)
    assert response.context["rows"][0].contact is None
    assert "0812345678" not in response.content.decode()


def test_the_list_asks_as_many_queries_for_many_quiet_villages_as_for_few(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.prasit)
    counts = []
    for start, stop in ((10, 18), (18, 58)):
        rows = [village(f"331401{number}", f"บ้านที่{number}") for number in range(start, stop)]
        made = enrol(
            villages=rows, programme=world.programme, officer=world.nida, sender=sender(world.anan)
        )
        for row in made:
            explain_quiet(enrolment=row, reason="น้ำท่วม", sender=sender(world.nida))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(LIST)
        assert sum(bool(row.why) for row in page.context["rows"]) >= 8
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15


def test_the_page_of_a_quiet_year_asks_few_queries(world: World, signed_in: SignIn) -> None:
    explain(world)
    client = signed_in(world.prasit)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(OF_YEAR).context["silence"]
    assert len(asked) <= 15


@pytest.mark.parametrize(
    ("written", "dials"),
    [
        ("081-234-5678", "0812345678"),
        ("+66 81 234 5678", "+66812345678"),
        ("๐๔๕ ๖๑๗ ๐๐๐ ต่อ ๑๒", "045617000"),
        ("0811111111, 0822222222", "0811111111"),
        ("ไม่มี", ""),
        ("", ""),
    ],
)
def test_what_a_phone_dials_is_the_first_number_alone(written: str, dials: str) -> None:
    assert dialled(written) == dials
