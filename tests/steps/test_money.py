"""The money of a village's year: the budget, what the community put in, and its share of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import History, HistoryValue, User
from accounts.receipts import ReusedId
from sammachip.forms import NO_NAMES
from sammachip.thai.dates import short
from steps import progress, rollups, tally
from steps.models import Contribution, Programme, YearProgress
from steps.recording.core import Conflict, Refusal, values_of
from steps.recording.money import (
    BUDGET_FIELDS,
    CONTRIBUTION_FIELDS,
    NewContribution,
    add_contribution,
    edit_contribution,
    set_budget,
    withdraw_contribution,
)
from tests.cast import TODAY, World, sender

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
CODE, YEAR = "33140108", 2560
GIVEN_ON = date(2017, 3, 1)


def address(name: str, *args: object) -> str:
    return reverse(f"steps:{name}", args=[CODE, YEAR, *args])


MONEY = address("money")


def typed(**fields: object) -> dict[str, object]:
    """Labour as an officer types it."""
    return {
        "client_id": str(uuid4()),
        "form": "kind",
        "given_on": "1 มี.ค. 2560",
        "description": "แรงงานสร้างโรงเรือน",
        "amount": "๒๐",
        "unit": "วัน",
        "value": "๖,๐๐๐.50",
        **fields,
    }


def given(world: World, value: str = "1000", **fields: Any) -> Contribution:
    """What Nida wrote down: cash, unless other fields say so."""
    values: dict[str, Any] = {
        "form": "cash",
        "given_on": GIVEN_ON,
        "description": "เงินกองทุนหมู่บ้าน",
        "value": Decimal(value),
        **fields,
    }
    outcome = add_contribution(
        enrolment=world.enrolment,
        contribution=NewContribution(**values),
        sender=sender(world.nida),
    )
    return Contribution.objects.select_related(
        "enrolment__village__subdistrict", "enrolment__programme"
    ).get(pk=outcome.result["contribution"])


def budgeted(world: World, baht: str, by: User | None = None) -> None:
    """The government's budget, as it is after somebody wrote it."""
    world.enrolment.refresh_from_db(fields=["budget"])
    set_budget(
        enrolment=world.enrolment,
        started=values_of(world.enrolment, BUDGET_FIELDS),
        wanted={"budget": baht} if baht else {},
        sender=sender(by or world.nida),
    )


def changed(row: Contribution, **fields: object) -> dict[str, object]:
    """The edit form of a contribution as it stands, with some fields typed anew."""
    started = values_of(row, CONTRIBUTION_FIELDS)
    return {"client_id": str(uuid4()), "started": json.dumps(started), **started, **fields}


def errors(response: HttpResponse) -> dict[str, list[str]]:
    """The codes of what was wrong, by field."""
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in wrong] for name, wrong in found.items()}


def contributed(world: World) -> Decimal:
    """What the village's row of its year says."""
    return YearProgress.objects.get(enrolment=world.enrolment).contributed


def assert_sums_agree(world: World) -> None:
    """Rows and sums are what the records say."""
    programme = Programme.objects.get(year=YEAR)
    assert progress.differences([world.enrolment], today=TODAY) == []
    assert not tally.differences(programme)


# ---------------------------------------------------------------- reading


def test_no_budget_is_said_to_be_missing_and_is_never_nought_per_cent(
    world: World, signed_in: SignIn
) -> None:
    given(world, "5000")
    response = signed_in(world.nida).get(MONEY)
    page = response.content.decode()
    assert "Not entered yet" in page
    assert "Not known while the budget is not entered" in page
    assert (response.context["money"].share, response.context["bar"]) == (None, None)
    assert "0 %" not in page
    assert "notice warn" not in page


def test_a_budget_of_nought_asks_for_no_share(world: World, signed_in: SignIn) -> None:
    budgeted(world, "0")
    given(world, "5000")
    response = signed_in(world.nida).get(MONEY)
    assert "There is no budget to measure by" in response.content.decode()
    assert (response.context["money"].share, response.context["warning"]) == (None, "")


@pytest.mark.parametrize(
    ("baht", "share", "warning"),
    [
        ("5999.99", 9, "Under 10 % of the budget: the community's share is 9 %"),
        ("6000", 10, ""),
        ("1", 0, "Under 10 % of the budget: the community's share is 0 %"),
        ("90000", 150, ""),
    ],
)
def test_under_the_programmes_per_cent_is_a_notice(
    world: World, signed_in: SignIn, baht: str, share: int, warning: str
) -> None:
    budgeted(world, "60000")
    given(world, baht)
    response = signed_in(world.nida).get(MONEY)
    assert (response.context["money"].share, response.context["warning"]) == (share, warning)
    assert ("notice warn" in response.content.decode()) == bool(warning)


def test_the_per_cent_is_the_programmes_own(world: World, signed_in: SignIn) -> None:
    budgeted(world, "60000")
    given(world, "6000")
    Programme.objects.update(community_share=20)
    assert "Under 20 %" in signed_in(world.nida).get(MONEY).context["warning"]


def test_cash_and_kind_are_summed_apart_and_together(world: World, signed_in: SignIn) -> None:
    budgeted(world, "60000")
    for form, baht in (("cash", "1000.50"), ("cash", "2000"), ("kind", "500")):
        given(world, baht, form=form)
    response = signed_in(world.nida).get(MONEY)
    money = response.context["money"]
    assert (money.cash, money.kind) == (Decimal("3000.50"), Decimal(500))
    assert money.contributed == contributed(world) == Decimal("3500.50")
    page = response.content.decode()
    for words in ("60,000 baht", "3,000.50 baht", "500 baht", "3,500.50 baht", "5 %"):
        assert words in page


def test_the_bar_stays_in_its_frame_and_its_numbers_stand_beside_it(
    world: World, signed_in: SignIn
) -> None:
    budgeted(world, "60000")
    given(world, "3000")
    given(world, "1500", form="kind")
    client = signed_in(world.nida)
    response = client.get(MONEY)
    bar = response.context["bar"]
    assert (bar.cash, bar.kind, bar.goal) == (250, 125, 500)
    assert "Goal 10 %: 6,000 baht" in response.content.decode()
    given(world, "600000")
    bar = client.get(MONEY).context["bar"]
    assert bar.cash + bar.kind <= 1000
    assert 0 < bar.goal < 20


def test_what_was_struck_through_counts_nowhere_and_stands_apart(
    world: World, signed_in: SignIn
) -> None:
    budgeted(world, "60000")
    given(world, "3000")
    wrong = given(world, "9000", description="พิมพ์ผิดหมู่บ้าน")
    withdraw_contribution(contribution=wrong, reason="ผิดหมู่บ้าน", sender=sender(world.nida))
    response = signed_in(world.nida).get(MONEY)
    assert [line.row.pk for line in response.context["withdrawn"]] == [wrong.pk]
    assert response.context["money"].contributed == contributed(world) == 3000
    assert "ผิดหมู่บ้าน" in response.content.decode()
    assert_sums_agree(world)


def test_who_only_reads_sees_the_sums_and_no_way_to_write(world: World, signed_in: SignIn) -> None:
    row = given(world, "1000")
    for reader in (world.suda, world.wipa, world.anan):
        page = signed_in(reader).get(MONEY).content.decode()
        assert row.description in page
        for name in ("money_budget", "contribution_add"):
            assert address(name) not in page
        assert address("contribution_edit", row.pk) not in page


def test_the_page_asks_as_many_queries_for_eighty_rows_as_for_ten(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)

    def queries(rows: int) -> int:
        Contribution.objects.bulk_create(
            Contribution(
                enrolment=world.enrolment,
                form="cash",
                given_on=GIVEN_ON,
                description=f"เงิน {n}",
                value=1,
                recorded_by=world.nida,
            )
            for n in range(Contribution.objects.count(), rows)
        )
        with CaptureQueriesContext(connection) as captured:
            assert len(client.get(MONEY).context["lines"]) == rows
        return len(captured)

    assert queries(10) == queries(80) <= 15


# ---------------------------------------------------------------- adding


def test_an_officer_adds_labour_with_its_amount_and_value(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.nida).post(address("contribution_add"), typed())
    assert (response.status_code, response["Location"]) == (303, MONEY)
    row = Contribution.objects.get()
    assert (row.enrolment, row.form, row.given_on) == (world.enrolment, "kind", GIVEN_ON)
    assert (row.amount, row.unit, row.value) == (Decimal(20), "วัน", Decimal("6000.50"))
    assert (row.recorded_by, row.withdrawn_at) == (world.nida, None)
    assert History.objects.filter(verb="add_contribution", village=world.trakat).count() == 1


def test_the_sums_of_the_areas_move_by_exactly_the_contribution(world: World) -> None:
    budgeted(world, "60000")

    def sums() -> list[Decimal]:
        programme = Programme.objects.get(year=YEAR)
        steps = list(programme.steps.current())
        found = rollups.of_areas(programme, ["33", "3314", "331401"], steps, TODAY)
        return [figures.contributed for figures in found.values()]

    assert sums() == [0, 0, 0]
    row = given(world, "1234.56")
    assert sums() == [Decimal("1234.56")] * 3
    edit_contribution(
        contribution=row,
        started=values_of(row, CONTRIBUTION_FIELDS),
        wanted={**values_of(row, CONTRIBUTION_FIELDS), "value": "1000.01"},
        sender=sender(world.nida),
    )
    assert sums() == [Decimal("1000.01")] * 3
    withdraw_contribution(contribution=row, reason="พิมพ์ซ้ำ", sender=sender(world.nida))
    assert sums() == [0, 0, 0]
    assert_sums_agree(world)


def test_without_a_budget_a_contribution_waits_for_it_in_the_sums(world: World) -> None:
    given(world, "1000")
    assert contributed(world) == 1000
    programme = Programme.objects.get(year=YEAR)
    steps = list(programme.steps.current())
    assert rollups.of_areas(programme, ["33"], steps, TODAY)["33"].contributed == 0
    budgeted(world, "60000")
    assert rollups.of_areas(programme, ["33"], steps, TODAY)["33"].contributed == 1000
    assert_sums_agree(world)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("-5", "min_value"),
        ("0", "min_value"),
        ("0.001", "max_decimal_places"),
        ("10.005", "max_decimal_places"),
        ("10,000,000,000", "max_value"),
        ("1,20", "invalid"),
        ("หกพัน", "invalid"),
        ("NaN", "invalid"),
        ("", "required"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_everything_typed(
    world: World, signed_in: SignIn, value: str, code: str
) -> None:
    response = signed_in(world.nida).post(address("contribution_add"), typed(value=value))
    assert response.status_code == 422
    assert code in errors(response)["value"]
    assert set(errors(response)) == {"value"}
    page = response.content.decode()
    assert "แรงงานสร้างโรงเรือน" in page
    assert f'value="{value}"' in page or not value
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("value", ["9,999,999,999.99", "9999999999.99", "๐.๐๑", "1234567.8"])
def test_every_amount_the_column_holds_is_taken(
    world: World, signed_in: SignIn, value: str
) -> None:
    response = signed_in(world.nida).post(address("contribution_add"), typed(value=value))
    assert response.status_code == 303
    assert_sums_agree(world)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"amount": ""}, {"amount": ["required"]}),
        ({"unit": ""}, {"unit": ["required"]}),
        ({"amount": "0"}, {"amount": ["min_value"]}),
        ({"amount": "10,000,000"}, {"amount": ["max_value"]}),
        ({"form": "cash"}, {"amount": ["for_kind_only"], "unit": ["for_kind_only"]}),
        ({"form": "barter"}, {"form": ["invalid_choice"]}),
        ({"form": ""}, {"form": ["required"]}),
        ({"given_on": "24 มี.ค. 2560"}, {"given_on": ["in_the_future"]}),
        ({"given_on": "1/3/2550"}, {"given_on": ["far_from_programme"]}),
        ({"given_on": "1/3/60"}, {"given_on": ["two_digit_year"]}),
        ({"given_on": ""}, {"given_on": ["required"]}),
        ({"description": "  "}, {"description": ["required"]}),
        ({"description": "ก" * 201}, {"description": ["max_length"]}),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(
    world: World, signed_in: SignIn, fields: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    response = signed_in(world.nida).post(address("contribution_add"), typed(**fields))
    assert (response.status_code, errors(response)) == (422, wrong)
    assert not Contribution.objects.exists()


def test_cash_needs_neither_amount_nor_unit(world: World, signed_in: SignIn) -> None:
    data = typed(form="cash", amount="", unit="")
    assert signed_in(world.nida).post(address("contribution_add"), data).status_code == 303
    row = Contribution.objects.get()
    assert (row.form, row.amount, row.unit) == ("cash", None, "")


def test_the_form_says_who_reads_it(world: World, signed_in: SignIn) -> None:
    assert str(NO_NAMES) in signed_in(world.nida).get(address("contribution_add")).content.decode()


def test_the_same_form_sent_twice_is_stored_once(world: World, signed_in: SignIn) -> None:
    client, data = signed_in(world.nida), typed()
    json_asked = {"Accept": "application/json"}
    first = client.post(address("contribution_add"), data, headers=json_asked)
    again = client.post(address("contribution_add"), data, headers=json_asked)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["contribution"] == again.json()["contribution"]
    assert Contribution.objects.count() == 1
    other = client.post(address("contribution_add"), {**data, "value": "7"}, headers=json_asked)
    assert (other.status_code, other.json()["code"]) == (409, "reused_id")
    assert contributed(world) == Decimal("6000.50")


# ---------------------------------------------------------------- changing


def test_an_officer_corrects_one_field_and_the_rest_stays(world: World, signed_in: SignIn) -> None:
    row = given(world, "1000")
    url = address("contribution_edit", row.pk)
    response = signed_in(world.somsak).post(url, changed(row, value="๑,๕๐๐"))
    assert response.status_code == 303
    row.refresh_from_db()
    assert (row.value, row.description) == (Decimal(1500), "เงินกองทุนหมู่บ้าน")
    assert History.objects.get(verb="edit_contribution").fields == ["value"]
    assert contributed(world) == 1500


def test_the_form_sent_back_as_it_was_shown_changes_nothing(
    world: World, signed_in: SignIn
) -> None:
    row = given(world, "1234.50", form="kind", amount=Decimal("2.5"), unit="ไร่")
    client, url = signed_in(world.nida), address("contribution_edit", row.pk)
    form = client.get(url).context["form"]
    data = {bound.html_name: bound.value() for bound in form if bound.name != "started"}
    assert (data["value"], data["given_on"]) == ("1,234.50", short(GIVEN_ON))
    data["started"] = json.dumps(form.initial["started"])
    assert client.post(url, data).status_code == 303
    assert History.objects.get(verb="edit_contribution").fields == []


def test_two_people_who_change_the_same_field_choose_between_two_shown_values(
    world: World, signed_in: SignIn
) -> None:
    row = given(world, "1000")
    data = changed(row, value="1,500", description="เงินกองทุนสัจจะ")
    Contribution.objects.filter(pk=row.pk).update(value=1200)
    client, url = signed_in(world.nida), address("contribution_edit", row.pk)
    response = client.post(url, data)
    assert response.status_code == 422
    form = response.context["form"]
    [clash] = form.clashes
    assert (clash.name, clash.theirs, clash.mine) == ("value", "1,200", "1,500")
    row.refresh_from_db()
    assert (row.value, row.description) == (1200, "เงินกองทุนหมู่บ้าน")
    chosen = {"started": form["started"].value(), "clash": "value", "choose-value": "typed"}
    assert client.post(url, {**data, **chosen}).status_code == 303
    row.refresh_from_db()
    assert (row.value, row.description) == (1500, "เงินกองทุนสัจจะ")


def test_cash_of_one_person_and_the_amount_of_another_never_meet_unseen(world: World) -> None:
    row = given(world, "1000", form="kind", amount=Decimal(20), unit="วัน")
    started = values_of(row, CONTRIBUTION_FIELDS)
    more = {**started, "amount": "25"}
    edit_contribution(contribution=row, started=started, wanted=more, sender=sender(world.nida))
    cash = {name: text for name, text in started.items() if name not in ("amount", "unit")}
    with pytest.raises(Conflict):
        edit_contribution(
            contribution=row,
            started=started,
            wanted={**cash, "form": "cash"},
            sender=sender(world.somsak),
        )
    row.refresh_from_db()
    assert (row.form, row.amount) == ("kind", 25)


def test_a_struck_contribution_stays_struck(world: World, signed_in: SignIn) -> None:
    row = given(world, "1000")
    client, url = signed_in(world.nida), address("contribution_withdraw", row.pk)
    assert client.post(url, {"client_id": str(uuid4()), "reason": " "}).status_code == 422
    reason = {"client_id": str(uuid4()), "reason": "พิมพ์ซ้ำ"}
    assert client.post(url, reason).status_code == 303
    row.refresh_from_db()
    assert (row.withdrawn_by, row.withdrawn_reason) == (world.nida, "พิมพ์ซ้ำ")
    again = client.post(url, {**reason, "client_id": str(uuid4())})
    edit = client.post(address("contribution_edit", row.pk), changed(row, value="5"))
    for response in (again, edit):
        assert response.status_code == 422
        assert "This was withdrawn already." in response.content.decode()
    with pytest.raises(Refusal, match="withdrawn_already"):
        withdraw_contribution(contribution=row, reason="อีกครั้ง", sender=sender(world.nida))
    assert contributed(world) == 0


# ---------------------------------------------------------------- the budget


def test_an_officer_enters_the_budget_and_takes_it_back(world: World, signed_in: SignIn) -> None:
    client, url = signed_in(world.nida), address("money_budget")
    entered = {"client_id": str(uuid4()), "started": "{}", "budget": "๖๐,๐๐๐"}
    assert client.post(url, entered).status_code == 303
    year = YearProgress.objects.get(enrolment=world.enrolment)
    assert year.budget == 60000
    started = json.dumps({"budget": "60000"})
    emptied = {"client_id": str(uuid4()), "started": started, "budget": ""}
    assert client.post(url, emptied).status_code == 303
    year.refresh_from_db()
    assert year.budget is None
    told = HistoryValue.objects.filter(entry__verb="set_budget").order_by("entry_id")
    assert list(told.values_list("old", "new")) == [("", "60000"), ("60000", "")]
    assert_sums_agree(world)


@pytest.mark.parametrize("budget", ["-1", "1.001", "10000000000", "มาก"])
def test_a_budget_that_cannot_be_is_refused(world: World, signed_in: SignIn, budget: str) -> None:
    data = {"client_id": str(uuid4()), "started": "{}", "budget": budget}
    response = signed_in(world.nida).post(address("money_budget"), data)
    assert response.status_code == 422
    assert f'value="{budget}"' in response.content.decode()
    world.enrolment.refresh_from_db()
    assert world.enrolment.budget is None


def test_two_budgets_at_once_are_a_choice(world: World, signed_in: SignIn) -> None:
    budgeted(world, "60000", by=world.somsak)
    data = {"client_id": str(uuid4()), "started": "{}", "budget": "50000"}
    client, url = signed_in(world.nida), address("money_budget")
    form = client.post(url, data).context["form"]
    [clash] = form.clashes
    assert (clash.theirs, clash.mine) == ("60,000", "50,000")
    chosen = {"started": form["started"].value(), "clash": "budget", "choose-budget": "stored"}
    assert client.post(url, {**data, **chosen}).status_code == 303
    world.enrolment.refresh_from_db()
    assert world.enrolment.budget == 60000


def test_an_id_stands_for_one_budget(world: World) -> None:
    nida = sender(world.nida)
    for _time in range(2):
        set_budget(enrolment=world.enrolment, started={}, wanted={"budget": "5"}, sender=nida)
    assert History.objects.filter(verb="set_budget").count() == 1
    with pytest.raises(ReusedId):
        set_budget(enrolment=world.enrolment, started={}, wanted={"budget": "6"}, sender=nida)


# ---------------------------------------------------------------- on the page of the year


def test_the_year_leads_to_its_money_and_names_the_share(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.wipa)
    assert client.get(address("year")).context["money"] == ""
    given(world, "4500")
    assert client.get(address("year")).context["money"] == "4,500 baht"
    budgeted(world, "60000")
    response = client.get(address("year"))
    assert response.context["money"] == "7 % of the budget"
    assert f'href="{MONEY}"' in response.content.decode()


def test_the_history_tells_it_in_words(world: World, signed_in: SignIn) -> None:
    given(world, "1000")
    page = signed_in(world.prasit).get(reverse("villages:history", args=[CODE]))
    entry = page.context["entries"][0]
    assert entry.what == "Added a community contribution"
    told = " ".join(strip_tags(change) for change in entry.changes)
    for words in ("Form: In cash", "What it was: เงินกองทุนหมู่บ้าน", "Value, baht: 1000"):
        assert words in told
