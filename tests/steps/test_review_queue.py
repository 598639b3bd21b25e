"""The review queue: what waits for whom, the oldest first, what is one's own apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.rights import Role
from steps.models import Step, Submission
from steps.recording import activities, decisions
from steps.recording.authors import authors_of, own_among
from steps.recording.core import Refusal
from tests.cast import NOW, World, person, post, sender
from tests.steps import cases
from tests.steps.cases import DAY
from tests.trust import work

SignIn = Callable[[User], Client]
QUEUE = "/review/"
pytestmark = pytest.mark.usefixtures("english")


def page_of(client: Client, **asked: str) -> HttpResponse:
    page = client.get(QUEUE, asked)
    assert page.status_code == 200
    return page


def listed(client: Client, **asked: str) -> list[str]:
    """The titles of the queue, in its order."""
    return [line.title for line in page_of(client, **asked).context["lines"]]


def case_page(submission: Submission) -> str:
    return reverse("steps:review_case", args=[submission.pk])


# ---------------------------------------------------------------- what waits


def test_the_oldest_stands_first_and_count_and_age_in_the_title(
    world: World, signed_in: SignIn
) -> None:
    cases.asks_nothing(world)
    cases.handed_in(world, world.trakat, at=NOW - 3 * DAY)
    cases.handed_in(world, world.phing, at=NOW - 12 * DAY)
    cases.handed_in(world, world.malu, by=world.kanya)
    page = page_of(signed_in(world.suda))
    assert [line.title for line in page.context["lines"]] == [
        world.phing.title,
        world.trakat.title,
        world.malu.title,
    ]
    words = page.content.decode()
    assert "<title>Waiting for review 3 The oldest waits 12 days" in " ".join(words.split())
    assert "3 cases" in words


def test_a_case_leaves_the_queue_once_it_is_decided(world: World, signed_in: SignIn) -> None:
    cases.asks_nothing(world)
    cases.verified(cases.handed_in(world, world.trakat), world.suda)
    cases.returned(cases.handed_in(world, world.phing), world.suda)
    assert listed(signed_in(world.suda)) == []
    assert "Nothing waits for you" in page_of(signed_in(world.suda)).content.decode()


def test_each_level_sees_its_own_turn(world: World, signed_in: SignIn) -> None:
    for number, reviewer in (("1.1", "chief"), ("1.2", "province"), ("1.3", "both")):
        cases.asks_nothing(world, number, reviewer)
    submitted = {
        number: cases.handed_in(world, world.trakat, number) for number in ("1.1", "1.2", "1.3")
    }

    def steps_of(user: User) -> set[str]:
        lines = page_of(signed_in(user)).context["lines"]
        return {line.note.split()[0] for line in lines}

    assert (steps_of(world.prasit), steps_of(world.suda)) == ({"1.1", "1.3"}, {"1.2"})
    cases.verified(submitted["1.3"], world.prasit, "chief")
    assert (steps_of(world.prasit), steps_of(world.suda)) == ({"1.1"}, {"1.2", "1.3"})


def test_a_posting_in_a_subdistrict_reaches_no_further(world: World, signed_in: SignIn) -> None:
    cases.asks_nothing(world)
    for village in (world.trakat, world.phing, world.malu):
        cases.handed_in(world, village, by=world.kanya if village == world.malu else None)
    near = person("near", "นายใกล้ ใจดี", "นักวิชาการพัฒนาชุมชน")
    post(near, Role.PROVINCE, "331402")
    assert listed(signed_in(near)) == [world.phing.title]
    everywhere = person("wide", "นายกว้าง ใจดี", "นักวิชาการพัฒนาชุมชน")
    post(everywhere, Role.PROVINCE, None)
    assert len(listed(signed_in(everywhere))) == 3


@pytest.mark.parametrize("name", ["nida", "kanya", "wipa", "anan"])
def test_who_reviews_nowhere_has_no_queue(world: World, signed_in: SignIn, name: str) -> None:
    client = signed_in(getattr(world, name))
    assert client.get(QUEUE).status_code == 403
    assert "Waiting for review" not in client.get("/").content.decode()


def test_reviewers_find_the_queue_in_the_menu(world: World, signed_in: SignIn) -> None:
    for user in (world.prasit, world.suda):
        assert f'href="{QUEUE}"' in signed_in(user).get("/villages/").content.decode()


def test_a_case_says_what_asks_for_a_closer_look(world: World, signed_in: SignIn) -> None:
    work.briefing(world, came=24)
    work.hand_in(world, **{"1.4-c": "ครัวเรือนหนึ่งไปทำงานต่างจังหวัด"})
    (line,) = page_of(signed_in(world.suda)).context["lines"]
    assert line.marks == ["Short, explained"]
    cases.returned(work.submission(world, "1.4", 1), world.suda)
    work.hand_in(world)
    (line,) = page_of(signed_in(world.suda)).context["lines"]
    assert line.marks == ["Came back", "Short, explained"]


# ---------------------------------------------------------------- one's own


def test_what_a_chief_recorded_waits_for_somebody_else(world: World, signed_in: SignIn) -> None:
    cases.asks_nothing(world, "1.4", "chief")
    work.recorded(world.enrolment, world.step("1.4"), by=world.prasit)
    cases.handed_in(world, world.trakat, "1.4")
    cases.handed_in(world, world.phing, "1.4", by=world.prasit)
    cases.handed_in(world, cases.more_villages(world, 1)[0], "1.4")
    page = page_of(signed_in(world.prasit))
    assert page.context["count"] == 1
    assert {line.title for line in page.context["own"]} == {world.trakat.title, world.phing.title}
    assert "Waits for somebody else" in page.content.decode()


def parts_taken(world: World) -> dict[str, Callable[[], object]]:
    """Ways in which Prasit can have a part in 1.4 of Ban Trakat, or none."""
    step, by = world.step("1.4"), world.prasit

    def photographs() -> None:
        files = [work.picture(by, "blue")]
        activity = world.enrolment.activities.get()
        activity.enrolment = world.enrolment
        activities.add_evidence(activity=activity, files=files, sender=sender(by))

    return {
        "none": lambda: None,
        "recorded": lambda: work.recorded(world.enrolment, step, by=by),
        "recorded another step": lambda: work.recorded(world.enrolment, world.step("1.1"), by=by),
        "photographed": photographs,
        "joined the committee": lambda: work.add_member(world, "นายทองใบ ใจดี"),
    }


@pytest.mark.parametrize(
    "did", ["none", "recorded", "recorded another step", "photographed", "joined the committee"]
)
def test_the_queue_and_the_verb_agree_on_whose_work_it_is(world: World, did: str) -> None:
    work.briefing(world)
    Step.objects.filter(number="1.4").update(reviewer="chief")
    parts_taken(world)[did]()
    submitted = work.hand_in(world)
    own = own_among(world.prasit, Submission.objects.all())
    assert (submitted.pk in own) == (world.prasit.pk in authors_of(submitted))
    verdict = {"submission": submitted, "level": "chief", "sender": sender(world.prasit)}
    if own:
        with pytest.raises(Refusal, match="own_work"):
            decisions.verify(**verdict)
    else:
        decisions.verify(**verdict)


# ---------------------------------------------------------------- narrowing it


def test_year_step_and_district_narrow_the_queue(world: World, signed_in: SignIn) -> None:
    for number in ("1.2", "1.3"):
        cases.asks_nothing(world, number)
        cases.handed_in(world, world.trakat, number)
    cases.handed_in(world, world.malu, by=world.kanya)
    suda = signed_in(world.suda)
    assert len(listed(suda, year="2560")) == 3
    assert listed(suda, district="3304") == [world.malu.title]
    assert len(listed(suda, step="1.3")) == 2
    assert listed(suda, step="1.3", district="3314") == [world.trakat.title]
    assert listed(suda, step="2.1") == []


@pytest.mark.parametrize(
    "asked",
    [{"year": "2599"}, {"step": "9.9"}, {"district": "3401"}, {"district": "x"}, {"year": "๒๕๖๐"}],
)
def test_a_filter_that_cannot_be_meant_is_said(
    world: World, signed_in: SignIn, asked: dict[str, str]
) -> None:
    page = signed_in(world.suda).get(QUEUE, asked)
    assert page.status_code == 422
    assert "There is a problem" in page.content.decode()


def test_the_filter_stays_on_the_way_through_the_cases(world: World, signed_in: SignIn) -> None:
    for number in ("1.2", "1.3"):
        cases.asks_nothing(world, number)
    cases.handed_in(world, world.trakat, "1.2", at=NOW - 2 * DAY)
    first = cases.handed_in(world, world.trakat, "1.3", at=NOW - DAY)
    second = cases.handed_in(world, world.phing, "1.3")
    suda = signed_in(world.suda)
    (line, _other) = page_of(suda, step="1.3").context["lines"]
    assert line.href == case_page(first) + "?step=1.3"
    place = suda.get(line.href).context["place"]
    assert (place.number, place.total, place.previous) == (1, 2, "")
    assert place.following == case_page(second) + "?step=1.3"


# ---------------------------------------------------------------- occasions


def test_cases_of_one_occasion_are_one_entry_that_opens_together(
    world: World, signed_in: SignIn
) -> None:
    cases.asks_nothing(world, "1.1")
    enrolments = [world.enrolment, *cases.more_villages(world, 3)]
    cases.meeting(world, enrolments)
    for enrolment in enrolments:
        cases.handed_in(world, enrolment, "1.1")
    apart = cases.handed_in(world, world.phing, "1.1")
    page = page_of(signed_in(world.suda))
    many, alone = page.context["lines"]
    assert many.title == "4 villages of one occasion"
    assert many.href.count("case=") == 4
    assert alone.href == case_page(apart)
    assert page.context["count"] == 5


def test_a_village_with_an_activity_of_its_own_is_looked_at_alone(
    world: World, signed_in: SignIn
) -> None:
    step = cases.asks_nothing(world, "1.1")
    enrolments = [world.enrolment, *cases.more_villages(world, 2)]
    cases.meeting(world, enrolments)
    work.recorded(world.enrolment, step, by=world.nida)
    for enrolment in enrolments:
        cases.handed_in(world, enrolment, "1.1")
    titles = listed(signed_in(world.suda))
    assert sorted(titles) == sorted([world.trakat.title, "2 villages of one occasion"])


# ---------------------------------------------------------------- many


def test_fifty_are_shown_at_a_time_and_eighty_cost_what_ten_do(
    world: World, signed_in: SignIn
) -> None:
    cases.asks_nothing(world)
    suda = signed_in(world.suda)
    few = cases.more_villages(world, 10, "331402")
    for enrolment in few:
        cases.handed_in(world, enrolment)
    page_of(suda)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(suda)
        return len(captured)

    asked = queries()
    for enrolment in cases.more_villages(world, 70, "331401"):
        cases.handed_in(world, enrolment)
    assert queries() == asked <= 15
    assert len(listed(suda)) == 50
    assert len(page_of(suda, page="2").context["lines"]) == 30
    assert page_of(suda).context["count"] == 80


def test_who_recorded_much_pays_one_query_more(world: World, signed_in: SignIn) -> None:
    cases.asks_nothing(world, "1.4", "chief")
    for enrolment in cases.more_villages(world, 12):
        work.recorded(enrolment, world.step("1.4"), by=world.prasit)
        cases.handed_in(world, enrolment, "1.4")
    client = signed_in(world.prasit)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as captured:
        page = page_of(client)
    assert page.context["own_count"] == 12
    assert len(captured) <= 15


def test_the_age_is_counted_in_days_of_thailand(world: World, signed_in: SignIn) -> None:
    cases.asks_nothing(world)
    late_evening = NOW.replace(hour=23, minute=59) - DAY
    cases.handed_in(world, world.trakat, at=late_evening)
    (line,) = page_of(signed_in(world.suda)).context["lines"]
    assert line.waited == "Waits 1 day"
