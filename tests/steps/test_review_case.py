"""One case a page: what is shown, what a decision stores, and what is refused (rule 3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from accounts.rights import RIGHTS_OF, Right, Role
from steps.models import Activity, Evidence, Requirement, Review, Step, Submission
from steps.recording import activities, decisions, plans
from tests.cast import NOW, World, person, post, sender
from tests.pages import JSON, answers
from tests.steps import cases
from tests.steps.cases import DAY
from tests.trust import work

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
STEP_PAGE = reverse("steps:step", args=["33140108", 2560, "1.4"])


def address(submission: Submission, do: str = "") -> str:
    return reverse("steps:review_case", args=[submission.pk]) + do


def shown(client: Client, submission: Submission) -> HttpResponse:
    page = client.get(address(submission))
    assert page.status_code == 200
    return page


def decide(client: Client, submission: Submission, do: str, **typed: Any) -> HttpResponse:
    """As the page of the case would send it, with what a person types."""
    form = {"verify": "verify_form", "return": "return_form", "reopen": "reopen_form"}[do]
    given = answers(shown(client, submission).context[form])
    return client.post(address(submission, f"{do}/"), {**given, **typed})


def forged(client: Client, submission: Submission, do: str, **typed: Any) -> HttpResponse:
    """As anybody could send it, whatever the page offers."""
    body = {"client_id": str(uuid4()), "level": "province", **typed}
    return client.post(address(submission, f"{do}/"), body)


@pytest.fixture
def briefed(world: World) -> Activity:
    return work.briefing(world)


@pytest.fixture
def submitted(world: World, briefed: Activity) -> Submission:
    """1.4 of Ban Trakat, handed in with nothing missing."""
    return work.hand_in(world)


@pytest.fixture
def suda(world: World, signed_in: SignIn) -> Client:
    return signed_in(world.suda)


def requirement(code: str) -> Requirement:
    return Requirement.objects.get(code=code)


def told(page: HttpResponse) -> str:
    """What a page says at the top of what is wrong."""
    return " ".join(str(error) for error in page.context["form"].errors.as_data().values())


# ---------------------------------------------------------------- what is shown


def test_a_case_shows_requirements_answers_and_photos(
    world: World, submitted: Submission, suda: Client
) -> None:
    page = shown(suda, submitted)
    words = page.content.decode()
    amounts = {need.row.requirement.code: need.row.amount for need, _p in page.context["needs"]}
    assert amounts["1.4-c"].startswith("25 / 25")
    assert len(page.context["photos"]) == 2
    assert "Topics covered" in words
    assert world.nida.name in words
    assert words.count('loading="lazy"') == 2


def test_an_explained_shortfall_is_shown_with_its_reason(world: World, suda: Client) -> None:
    work.briefing(world, came=24)
    submitted = work.hand_in(world, **{"1.4-c": "ครัวเรือนหนึ่งไปทำงานต่างจังหวัด"})
    words = shown(suda, submitted).content.decode()
    assert "24 / 25" in words
    assert "ครัวเรือนหนึ่งไปทำงานต่างจังหวัด" in words


def test_papers_with_names_are_shown_with_the_right_to_names_alone(
    world: World, briefed: Activity, suda: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = work.picture(world.nida, "blue", kind="sign_in")
    activities.add_evidence(activity=briefed, files=[sheet], sender=sender(world.nida))
    submitted = work.hand_in(world)
    paper = Evidence.objects.get(type="sign_in")
    assert str(paper.pk) in shown(suda, submitted).content.decode()
    monkeypatch.setitem(RIGHTS_OF, Role.PROVINCE, RIGHTS_OF[Role.PROVINCE] - {Right.NAMES})
    words = shown(suda, submitted).content.decode()
    assert str(paper.pk) not in words
    assert "1 paper with people's names is not shown." in words


def test_what_changed_since_the_return_is_marked_at_the_very_thing(
    world: World, briefed: Activity, submitted: Submission, suda: Client
) -> None:
    cases.returned(submitted, world.suda)
    same = work.recorded(world.enrolment, world.step("1.4"), by=world.nida, held_on="2017-01-18")
    work.edited(briefed, by=world.nida, place="วัด")
    photo = work.picture(world.nida, "blue")
    activities.add_evidence(activity=briefed, files=[photo], sender=sender(world.nida))
    page = shown(suda, work.hand_in(world))
    marks = {told.row.activity.pk: told.mark for told in page.context["case"].told}
    assert marks == {
        briefed.pk: "Changed since returned",
        same.pk: "New since it was returned",
    }
    new = [file for file, _point in page.context["photos"] if file.mark]
    assert [file.evidence.blob_id for file in new] == [photo.received.blob_id]
    assert page.context["case"].since_return == [
        "1 activity added",
        "1 activity changed",
        "1 photo or document added",
    ]


def test_a_figure_that_changed_since_the_return_says_what_it_was(
    world: World, suda: Client
) -> None:
    briefed = work.briefing(world, came=24)
    submitted = work.hand_in(world, **{"1.4-c": "ไปทำงาน"})
    cases.returned(submitted, world.suda)
    one_more = list(world.trakat.households.in_house_order())[24]
    work.edited(briefed, by=world.nida, **work.present([one_more]))
    page = shown(suda, work.hand_in(world))
    was = {need.row.requirement.code: need.was for need, _point in page.context["needs"]}
    assert was["1.4-c"] == "was 24"
    assert was["1.4-h"] == ""


def test_what_changes_while_it_waits_is_said(
    world: World, submitted: Submission, suda: Client
) -> None:
    item = world.enrolment.plan_items.get()
    plans.withdraw_plan_item(item=item, reason="เลิก", sender=sender(world.nida))
    assert shown(suda, submitted).context["case"].since_handing_in == ["plan changed"]


def test_the_thread_names_everybody_who_said_anything(
    world: World, submitted: Submission, suda: Client
) -> None:
    point = decisions.Point(requirement_id=requirement("1.4-h").pk, note="ขอภาพที่เห็นผู้เข้าร่วม")
    cases.returned(submitted, world.suda, "ภาพไม่ชัด", points=[point])
    again = work.hand_in(world, by=world.somsak)
    words = shown(suda, again).content.decode()
    for said in ("ภาพไม่ชัด", "ขอภาพที่เห็นผู้เข้าร่วม", world.suda.title, world.somsak.title):
        assert said in words
    assert [round.number for round in again_rounds(suda, again)] == [1, 2]


def again_rounds(client: Client, submission: Submission) -> list[Any]:
    rounds: list[Any] = shown(client, submission).context["case"].rounds
    return rounds


# ---------------------------------------------------------------- deciding


def test_verifying_leads_to_the_next_case_and_says_what_was_stored(
    world: World, suda: Client
) -> None:
    cases.asks_nothing(world)
    first = cases.handed_in(world, world.trakat, at=NOW - 2 * DAY)
    second = cases.handed_in(world, world.phing, at=NOW - DAY)
    assert shown(suda, first).context["place"].number == 1
    answer = decide(suda, first, "verify")
    assert (answer.status_code, answer["Location"]) == (303, address(second))
    assert (
        f"Verified: 1.3 {world.step('1.3').short} {world.trakat.title}"
        in shown(suda, second).content.decode()
    )
    last = decide(suda, second, "verify")
    assert last["Location"] == "/review/"
    assert Review.objects.filter(decision="verified").count() == 2


def test_the_last_of_the_queue_leads_to_the_oldest_that_is_left(world: World, suda: Client) -> None:
    cases.asks_nothing(world)
    first = cases.handed_in(world, world.trakat, at=NOW - 2 * DAY)
    second = cases.handed_in(world, world.phing, at=NOW - DAY)
    assert decide(suda, second, "verify")["Location"] == address(first)


def test_a_return_stores_reason_stock_words_and_the_named_things(
    world: World, briefed: Activity, submitted: Submission, suda: Client
) -> None:
    photo = briefed.evidence.first()
    assert photo
    asked = requirement("1.4-h")
    answer = decide(
        suda,
        submitted,
        "return",
        stock=["unclear", "documents"],
        reason="ขอภาพใหม่",
        points=[f"requirement-{asked.pk}", f"evidence-{photo.pk}"],
        **{f"note-evidence-{photo.pk}": "ภาพนี้มืด"},
    )
    assert answer.status_code == 303
    review = Review.objects.get()
    assert review.reason == "The photo is not clear · More documents are needed\nขอภาพใหม่"
    named = {(item.requirement, item.evidence, item.note) for item in review.items.all()}
    assert named == {(asked, None, ""), (None, photo, "ภาพนี้มืด")}
    assert work.progress(world, "1.4").status == "returned"


def test_a_decision_sent_twice_is_one_decision(
    world: World, submitted: Submission, suda: Client
) -> None:
    body = answers(shown(suda, submitted).context["verify_form"])
    for _time in range(2):
        assert suda.post(address(submitted, "verify/"), body).status_code == 303
    assert Review.objects.count() == 1


def test_programs_are_answered_as_everywhere(
    world: World, submitted: Submission, suda: Client
) -> None:
    body = {"client_id": str(uuid4()), "level": "province"}
    first = suda.post(address(submitted, "return/"), body, **JSON)
    assert (first.status_code, list(first.json()["errors"])) == (422, ["reason"])
    assert suda.post(address(submitted, "verify/"), body, **JSON).status_code == 201
    assert suda.post(address(submitted, "verify/"), body, **JSON).status_code == 200


# ---------------------------------------------------------------- refused, with everything kept


def test_a_return_without_a_reason_keeps_ticks_and_notes(
    world: World, briefed: Activity, submitted: Submission, suda: Client
) -> None:
    photo = briefed.evidence.first()
    assert photo
    before = work.row_counts()
    page = decide(
        suda,
        submitted,
        "return",
        points=[f"evidence-{photo.pk}"],
        **{f"note-evidence-{photo.pk}": "ภาพนี้มืด"},
    )
    assert page.status_code == 422
    assert "Enter a reason." in told(page)
    words = page.content.decode()
    assert "ภาพนี้มืด" in words
    assert page.context["return_form"].named()[f"evidence-{photo.pk}"].checked
    assert work.row_counts() == before


def test_a_note_without_its_tick_is_asked_about(
    world: World, submitted: Submission, suda: Client
) -> None:
    name = f"note-requirement-{requirement('1.4-h').pk}"
    page = decide(suda, submitted, "return", reason="ภาพไม่ชัด", **{name: "ขอภาพใหม่"})
    assert page.status_code == 422
    assert "Tick what this note is about." in page.content.decode()
    assert Review.objects.count() == 0


def test_a_return_cannot_name_what_is_of_another_case(
    world: World, submitted: Submission, suda: Client
) -> None:
    foreign = work.recorded(
        world.enrolment_of(world.malu),
        world.step("1.4"),
        by=world.kanya,
        files=[work.picture(world.kanya)],
    )
    names = [
        f"evidence-{foreign.evidence.get().pk}",
        f"evidence-{uuid4()}",
        f"requirement-{requirement('2.1-j').pk}",
        "requirement-x",
    ]
    said = set()
    for name in names:
        page = decide(suda, submitted, "return", reason="ภาพไม่ชัด", points=[name])
        assert page.status_code == 422
        said.add(told(page))
    assert len(said) == 1
    assert Review.objects.count() == 0


def test_a_second_reviewer_is_told_who_decided(
    world: World, submitted: Submission, suda: Client, signed_in: SignIn
) -> None:
    colleague = person("siri", "นางสิริ มั่นคง", "นักวิชาการพัฒนาชุมชน")
    post(colleague, Role.PROVINCE, "33")
    siri = signed_in(colleague)
    body = answers(shown(siri, submitted).context["return_form"])
    decide(suda, submitted, "verify")
    before = work.row_counts()
    page = siri.post(address(submitted, "return/"), {**body, "reason": "ภาพไม่ชัด"})
    assert page.status_code == 422
    assert "The step has moved on meanwhile" in told(page)
    words = page.content.decode()
    assert f"Verified 23 Mar 2560 BE 09.00 by {world.suda.title}" in words
    assert work.row_counts() == before


def test_a_decision_on_an_older_submission_is_stale(
    world: World, submitted: Submission, suda: Client
) -> None:
    step = world.step("1.4")
    body = answers(shown(suda, submitted).context["verify_form"])
    decisions.withdraw(enrolment=world.enrolment, step=step, sender=sender(world.nida))
    newer = work.hand_in(world)
    page = suda.post(address(submitted, "verify/"), body)
    assert page.status_code == 422
    assert "A newer submission has arrived" in told(page)
    assert address(newer) in page.content.decode()
    assert Review.objects.count() == 0


def test_what_was_taken_back_says_so(world: World, submitted: Submission, suda: Client) -> None:
    step = world.step("1.4")
    decisions.withdraw(enrolment=world.enrolment, step=step, sender=sender(world.nida))
    page = shown(suda, submitted)
    assert "The district took it back." in page.content.decode()
    assert forged(suda, submitted, "verify").status_code == 422


def test_nobody_decides_on_their_own_work(world: World, signed_in: SignIn) -> None:
    cases.asks_nothing(world, "1.3", "chief")
    own = cases.handed_in(world, world.trakat, by=world.prasit)
    prasit = signed_in(world.prasit)
    page = shown(prasit, own)
    assert "You cannot review your own record." in page.content.decode()
    assert 'id="return"' not in page.content.decode()
    refusal = forged(prasit, own, "verify", level="chief")
    assert refusal.status_code == 422
    assert "You cannot review your own record." in told(refusal)
    assert Review.objects.count() == 0


def test_the_province_waits_for_the_chief(world: World, suda: Client, signed_in: SignIn) -> None:
    cases.asks_nothing(world, "1.3", "both")
    submitted = cases.handed_in(world, world.trakat)
    assert "The district chief decides first." in shown(suda, submitted).content.decode()
    for do, typed in (("verify", {}), ("return", {"reason": "ภาพไม่ชัด"})):
        refusal = forged(suda, submitted, do, **typed)
        assert refusal.status_code == 422
        assert "The district chief decides first." in told(refusal)
    assert Review.objects.count() == 0
    prasit = signed_in(world.prasit)
    assert decide(prasit, submitted, "verify").status_code == 303
    assert "It waits for the province." in shown(prasit, submitted).content.decode()
    assert decide(suda, submitted, "verify").status_code == 303
    assert Review.objects.filter(decision="verified").count() == 2


@pytest.mark.parametrize("level", ["province", "chief", "nobody", ""])
def test_another_levels_word_is_nobodys_to_give(
    world: World, submitted: Submission, signed_in: SignIn, level: str
) -> None:
    """1.4 is the province's to review; the chief may look at it."""
    prasit = signed_in(world.prasit)
    assert shown(prasit, submitted).context["turn"].level == ""
    assert forged(prasit, submitted, "verify", level=level).status_code == 422
    assert Review.objects.count() == 0


# ---------------------------------------------------------------- who opens it


def test_a_case_opens_to_its_reviewers_alone(
    world: World, submitted: Submission, signed_in: SignIn
) -> None:
    ubon = person("ubon", "นายอุบล คนไกล", "นักวิชาการพัฒนาชุมชน")
    post(ubon, Role.PROVINCE, "34")
    want = {"prasit": 200, "suda": 200, "nida": 403, "wipa": 403, "anan": 403, "kanya": 404}
    got = {name: signed_in(getattr(world, name)).get(address(submitted)) for name in want}
    assert {name: page.status_code for name, page in got.items()} == want
    assert signed_in(ubon).get(address(submitted)).status_code == 404
    assert signed_in(world.suda).get("/review/99999999/").status_code == 404
    assert signed_in(world.suda).get("/review/9999999999999999999999/").status_code == 404


def test_a_decided_case_opens_read_only(world: World, submitted: Submission, suda: Client) -> None:
    cases.returned(submitted, world.suda, "ภาพไม่ชัด")
    words = shown(suda, submitted).content.decode()
    assert f"Returned 23 Mar 2560 BE 09.00 by {world.suda.title}" in words
    assert "ภาพไม่ชัด" in words
    assert 'id="return"' not in words
    assert "/verify/" not in words


# ---------------------------------------------------------------- reopening


def test_a_reviewer_opens_a_verified_step_again_with_a_reason(
    world: World, submitted: Submission, suda: Client, signed_in: SignIn
) -> None:
    cases.verified(submitted, world.suda)
    assert address(submitted, "reopen/") in suda.get(STEP_PAGE).content.decode()
    for other in (world.nida, world.prasit, world.wipa):
        assert "/reopen/" not in signed_in(other).get(STEP_PAGE).content.decode()
    refusal = decide(suda, submitted, "reopen")
    assert refusal.status_code == 422
    assert work.progress(world, "1.4").status == "verified"
    answer = decide(suda, submitted, "reopen", reason="นับผิด")
    assert (answer.status_code, answer["Location"]) == (303, STEP_PAGE)
    assert work.progress(world, "1.4").status == "returned"
    (row,) = signed_in(world.nida).get("/").context["work"].returned
    assert (row.said.words, row.said.reason) == ("Reopened", "นับผิด")
    assert History.objects.filter(verb="reopen", by=world.suda).exists()


# ---------------------------------------------------------------- the officer's side


def test_home_begins_with_what_came_back_and_names_the_things(
    world: World, briefed: Activity, submitted: Submission, signed_in: SignIn
) -> None:
    photo = briefed.evidence.first()
    assert photo
    points = [
        decisions.Point(requirement_id=requirement("1.4-h").pk, note="ขอภาพเพิ่ม"),
        decisions.Point(evidence_id=photo.pk, note="ภาพนี้มืด"),
    ]
    cases.returned(submitted, world.suda, "ภาพไม่ชัด", points=points)
    page = signed_in(world.nida).get("/")
    (row,) = page.context["work"].returned
    assert (row.href, row.said.reason) == (STEP_PAGE, "ภาพไม่ชัด")
    assert [point.note for point in row.said.points] == ["ขอภาพเพิ่ม", "ภาพนี้มืด"]
    words = page.content.decode()
    assert words.index("Returned to me") < words.index('class="counts"')
    assert page.context["work"].others == []  # the village stands above, not twice


def test_the_step_page_leads_to_what_mends_each_point(
    world: World, briefed: Activity, submitted: Submission, signed_in: SignIn
) -> None:
    photo = briefed.evidence.first()
    assert photo
    points = [
        decisions.Point(requirement_id=requirement("1.4-h").pk),
        decisions.Point(evidence_id=photo.pk),
    ]
    cases.returned(submitted, world.suda, points=points)
    nida = signed_in(world.nida)
    words = nida.get(STEP_PAGE).content.decode()
    where = ["33140108", 2560, briefed.pk]
    assert f'href="{reverse("steps:activity_files", args=where)}"' in words
    to_photo = f"{reverse('steps:activity', args=where)}#file-{photo.pk}"
    assert f'href="{to_photo}"' in words
    assert f'id="file-{photo.pk}"' in nida.get(to_photo).content.decode()


def test_the_reason_of_a_return_is_read_with_the_right_to_names(
    world: World, submitted: Submission, signed_in: SignIn
) -> None:
    cases.returned(submitted, world.suda, "นายทองใบ ไม่ได้มา")
    for name, reads in (("nida", True), ("prasit", True), ("wipa", False), ("anan", False)):
        words = signed_in(getattr(world, name)).get(STEP_PAGE).content.decode()
        assert ("นายทองใบ" in words) == reads


# ---------------------------------------------------------------- what it costs


def test_a_case_costs_the_same_however_much_it_holds(world: World, signed_in: SignIn) -> None:
    cases.asks_nothing(world)
    prasit, suda = signed_in(world.prasit), signed_in(world.suda)
    briefed = work.briefing(world)
    point = decisions.Point(requirement_id=requirement("1.4-h").pk)
    cases.returned(work.hand_in(world), world.suda, points=[point])
    submitted = work.hand_in(world)

    def queries(client: Client) -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(client, submitted)
        return len(captured)

    shown(suda, submitted)
    few = queries(suda)
    decisions.withdraw(enrolment=world.enrolment, step=world.step("1.4"), sender=sender(world.nida))
    for n in range(6):
        files = [work.picture(world.nida, f"hsl({n * 40}, 70%, 40%)")]
        work.recorded(world.enrolment, world.step("1.4"), by=world.nida, files=files)
        work.edited(briefed, by=world.nida, summary=f"ครั้งที่ {n}")
    for enrolment in cases.more_villages(world, 8):
        cases.handed_in(world, enrolment)
    submitted = work.hand_in(world)
    assert queries(suda) == few <= 15
    Step.objects.filter(number="1.4").update(reviewer="chief")
    work.recorded(world.enrolment_of(world.phing), world.step("1.4"), by=world.prasit)
    assert queries(prasit) <= 15
