"""Like cases, or one occasion with its villages: looked at once, decided all or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from accounts.rights import Role
from steps.models import Review, Submission
from steps.recording import decisions, people, plans
from steps.recording.core import Refusal
from steps.recording.decisions_together import send_back_together, verify_together
from tests.cast import NOW, World, person, post, sender
from tests.pages import answers
from tests.steps import cases
from tests.steps.cases import DAY
from tests.trust import work

SignIn = Callable[[User], Client]
ADDRESS = reverse("steps:review_together")
pytestmark = pytest.mark.usefixtures("english")


def of(submissions: Iterable[Submission]) -> str:
    return ADDRESS + "?" + "&".join(f"case={row.pk}" for row in submissions)


def decide(client: Client, submissions: list[Submission], do: str, **typed: Any) -> HttpResponse:
    """Tick them and press; ``case`` says otherwise which are ticked."""
    page = client.get(of(submissions))
    assert page.status_code == 200
    body = {**answers(page.context["form"]), "case": [row.pk for row in submissions], "do": do}
    return client.post(of(submissions), {**body, **typed})


def statuses(submissions: Iterable[Submission]) -> list[str]:
    return [Submission.objects.get(pk=row.pk).progress.status for row in submissions]


@pytest.fixture
def suda(world: World, signed_in: SignIn) -> Client:
    return signed_in(world.suda)


@pytest.fixture
def three(world: World) -> list[Submission]:
    """1.3 of three villages, handed in with nothing to explain."""
    cases.asks_nothing(world)
    days = enumerate([world.enrolment, *cases.more_villages(world, 2)])
    return [cases.handed_in(world, row, at=NOW - (9 - n) * DAY) for n, row in days]


# ---------------------------------------------------------------- what is shown


def test_each_case_stands_in_a_line_with_its_officer_and_figures(
    world: World, three: list[Submission], suda: Client
) -> None:
    page = suda.get(of(three))
    words = page.content.decode()
    assert "3 cases together" in words
    assert words.count(world.nida.name) >= 3
    assert [ticked for _line, ticked in page.context["lines"]] == [True] * 3
    assert page.context["shown"].told == []


def test_one_occasion_is_shown_once_with_its_villages(world: World, suda: Client) -> None:
    cases.asks_nothing(world, "1.1")
    enrolments = [world.enrolment, *cases.more_villages(world, 2)]
    cases.meeting(world, enrolments, files=[work.picture(world.nida)])
    submitted = [cases.handed_in(world, row, "1.1") for row in enrolments]
    page = suda.get(of(submitted))
    assert len(page.context["shown"].told) == 1
    assert len(page.context["shown"].photos) == 1
    words = page.content.decode()
    assert "3 villages of one occasion" in words
    for enrolment in enrolments:
        assert enrolment.village.title in words


def test_without_any_case_one_is_told_where_to_tick(suda: Client) -> None:
    assert "Tick the cases in the queue first." in suda.get(ADDRESS).content.decode()


# ---------------------------------------------------------------- deciding


def test_the_ticked_ones_are_verified_and_each_has_its_history(
    world: World, three: list[Submission], suda: Client
) -> None:
    answer = decide(suda, three, "verify", case=[row.pk for row in three[:2]])
    assert answer.status_code == 303
    assert statuses(three) == ["verified", "verified", "submitted"]
    assert answer["Location"] == reverse("steps:review_case", args=[three[2].pk])
    assert History.objects.filter(verb="verify", by=world.suda).count() == 2


def test_the_ticked_ones_are_returned_with_one_reason(
    world: World, three: list[Submission], suda: Client
) -> None:
    refusal = decide(suda, three, "return")
    assert refusal.status_code == 422
    assert "Enter a reason." in refusal.content.decode()
    answer = decide(suda, three, "return", stock=["date"], reason="ตรวจปฏิทินอีกครั้ง")
    assert (answer.status_code, answer["Location"]) == (303, "/review/")
    assert statuses(three) == ["returned"] * 3
    reasons = set(Review.objects.values_list("reason", flat=True))
    assert reasons == {"The date is not right\nตรวจปฏิทินอีกครั้ง"}
    assert History.objects.filter(verb="send_back").count() == 3


def test_nothing_ticked_is_asked_about(three: list[Submission], suda: Client) -> None:
    page = decide(suda, three, "verify", case=[])
    assert page.status_code == 422
    assert "Tick at least one village." in page.content.decode()


# ---------------------------------------------------------------- only like cases


def test_cases_of_two_steps_are_not_decided_together(
    world: World, three: list[Submission], suda: Client
) -> None:
    cases.asks_nothing(world, "1.2")
    other = cases.handed_in(world, world.trakat, "1.2")
    page = suda.get(of([three[0], other]))
    assert page.status_code == 422
    assert "Only cases of one step are decided together." in page.content.decode()
    body = {"client_id": uuid4(), "level": "province", "do": "verify"}
    forged = suda.post(of([three[0], other]), {**body, "case": [three[0].pk, other.pk]})
    assert forged.status_code == 422
    assert Review.objects.count() == 0


def apart(client: Client, submission: Submission) -> str:
    """Why a case is not decided with others, as the page says."""
    ((line, _ticked),) = client.get(of([submission])).context["lines"]
    return str(line.apart)


def verified_together(world: World, submissions: list[Submission]) -> None:
    verify_together(submissions=submissions, level="province", sender=sender(world.suda))


def test_what_is_explained_is_decided_alone(world: World, suda: Client) -> None:
    work.briefing(world, came=24)
    submitted = work.hand_in(world, **{"1.4-c": "ไปทำงานต่างจังหวัด"})
    assert apart(suda, submitted).startswith("Something is short and explained")
    with pytest.raises(Refusal, match="decide_alone"):
        verified_together(world, [submitted])
    assert Review.objects.count() == 0


def test_what_came_back_is_decided_alone(
    world: World, three: list[Submission], suda: Client
) -> None:
    cases.returned(three[0], world.suda)
    again = cases.handed_in(world, world.enrolment)
    assert apart(suda, again).startswith("It came back after a return")
    with pytest.raises(Refusal, match="decide_alone"):
        verified_together(world, [again])
    assert statuses([again]) == ["submitted"]


def test_what_changed_since_it_was_handed_in_is_decided_alone(world: World, suda: Client) -> None:
    work.briefing(world)
    submitted = work.hand_in(world)
    plans.withdraw_plan_item(
        item=world.enrolment.plan_items.get(), reason="เลิก", sender=sender(world.nida)
    )
    assert apart(suda, submitted).startswith("Changed since it was handed in: plan changed")
    with pytest.raises(Refusal, match="decide_alone"):
        verified_together(world, [submitted])


def test_ones_own_work_is_not_among_them(world: World, signed_in: SignIn) -> None:
    cases.asks_nothing(world, "1.3", "chief")
    own = cases.handed_in(world, world.trakat, by=world.prasit)
    assert apart(signed_in(world.prasit), own) == "You cannot review your own record."
    with pytest.raises(Refusal, match="own_work"):
        verify_together(submissions=[own], level="chief", sender=sender(world.prasit))


# ---------------------------------------------------------------- all or none


def test_one_that_moved_meanwhile_is_named_and_none_is_decided(
    world: World, three: list[Submission], suda: Client
) -> None:
    body = {**answers(suda.get(of(three)).context["form"]), "do": "verify"}
    body["case"] = [row.pk for row in three]
    decisions.withdraw(
        enrolment=three[1].progress.enrolment, step=world.step("1.3"), sender=sender(world.nida)
    )
    before = work.row_counts()
    page = suda.post(of(three), body)
    assert page.status_code == 422
    village = three[1].progress.enrolment.village
    words = page.content.decode()
    assert f"{village.title}: The step has moved on meanwhile" in words
    assert work.row_counts() == before
    assert statuses(three) == ["submitted", "not_started", "submitted"]


def test_the_same_sent_again_is_answered_again(world: World, three: list[Submission]) -> None:
    once = sender(world.suda)
    first = verify_together(submissions=three, level="province", sender=once)
    again = verify_together(submissions=three[::-1], level="province", sender=once)
    assert (again.replayed, again.result) == (True, first.result)
    assert Review.objects.count() == 3


def test_a_return_of_several_needs_a_reason(world: World, three: list[Submission]) -> None:
    with pytest.raises(Refusal, match="reason_missing"):
        send_back_together(
            submissions=three, level="province", reason="", sender=sender(world.suda)
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_with_the_same_list_one_decides(world: World) -> None:
    """One verifies the list, the other returns it from its end; neither meets half of it."""
    colleague = person("siri", "นางสิริ มั่นคง", "นักวิชาการพัฒนาชุมชน")
    post(colleague, Role.PROVINCE, "33")
    cases.asks_nothing(world)
    enrolments = [world.enrolment, *cases.more_villages(world, 5)]
    submitted = [cases.handed_in(world, row) for row in enrolments]
    barrier, said = Barrier(2), []

    def decides(by: User, verb: Callable[..., Any], **more: Any) -> None:
        mine = list(Submission.objects.for_cases().filter(pk__in=[row.pk for row in submitted]))
        barrier.wait(timeout=20)
        try:
            verb(submissions=mine[::-1], level="province", sender=sender(by), **more)
            said.append("stored")
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connections.close_all()

    threads = [
        Thread(target=decides, args=(world.suda, verify_together)),
        Thread(target=decides, args=(colleague, send_back_together), kwargs={"reason": "ภาพไม่ชัด"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["moved_already", "stored"]
    assert len(set(statuses(submitted))) == 1
    assert Review.objects.count() == len(submitted)


# ---------------------------------------------------------------- who may


def test_cases_one_may_not_see_are_not_there(
    world: World, three: list[Submission], suda: Client, signed_in: SignIn
) -> None:
    ubon = person("ubon", "นายอุบล คนไกล", "นักวิชาการพัฒนาชุมชน")
    post(ubon, Role.PROVINCE, "34")
    assert signed_in(ubon).get(of(three)).status_code == 404
    assert suda.get(ADDRESS + "?case=99999999").status_code == 404
    assert suda.get(ADDRESS + "?case=x").status_code == 404
    for name in ("nida", "kanya", "wipa", "anan"):
        assert signed_in(getattr(world, name)).get(of(three)).status_code == 403
    body = {"client_id": uuid4(), "level": "province", "do": "verify", "case": [three[0].pk]}
    page = signed_in(ubon).post(ADDRESS, body)
    assert page.status_code == 422
    assert "Not found in your area." in page.content.decode()
    assert Review.objects.count() == 0


def test_forty_cost_what_ten_do(world: World, suda: Client) -> None:
    cases.asks_nothing(world)
    submitted = [cases.handed_in(world, row) for row in cases.more_villages(world, 40)]

    def queries(rows: list[Submission]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert suda.get(of(rows)).status_code == 200
        return len(captured)

    suda.get(ADDRESS)
    assert queries(submitted[:10]) == queries(submitted) <= 15


def test_households_that_end_meanwhile_matter_where_they_are_asked_for(
    world: World, suda: Client
) -> None:
    """A change the step does not look at keeps nothing from being decided together."""
    cases.asks_nothing(world)
    submitted = cases.handed_in(world, world.trakat)
    home = world.trakat.households.in_house_order()[0]
    people.end_household(household=home, on=NOW.date(), sender=sender(world.nida))
    assert apart(suda, submitted) == ""
