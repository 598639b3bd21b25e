"""What arrived late is listed to both sides, accepted, or kept without counting (rule 6)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from steps.models import Activity, Evidence
from steps.recording import activities, decisions
from steps.recording.core import Refusal
from tests.cast import NOW, World, sender
from tests.steps import cases
from tests.trust import work

SignIn = Callable[[User], Client]
LATE = reverse("steps:review_late")
STEP_PAGE = reverse("steps:step", args=["33140108", 2560, "1.4"])
pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def briefed(world: World) -> Activity:
    return work.briefing(world)


@pytest.fixture
def late(world: World, briefed: Activity) -> Activity:
    """An activity Nida recorded after 1.4 was handed in and verified."""
    cases.verified(work.hand_in(world), world.suda)
    step = world.step("1.4")
    return work.recorded(world.enrolment, step, by=world.nida, held_on="2017-01-18")


@pytest.fixture
def late_photo(world: World, briefed: Activity) -> Evidence:
    cases.verified(work.hand_in(world), world.suda)
    files = [work.picture(world.nida, "blue")]
    activities.add_evidence(activity=briefed, files=files, sender=sender(world.nida))
    return Evidence.objects.get(late=True)


def page_of(arrival: Activity | Evidence) -> str:
    activity = arrival if isinstance(arrival, Activity) else arrival.activity
    return reverse("steps:activity", args=["33140108", 2560, activity.pk])


def settle(client: Client, arrival: Activity | Evidence, do: str, **more: str) -> HttpResponse:
    """Press "Accept" (accept) or "Do not count" (set_aside)."""
    if isinstance(arrival, Activity):
        address = reverse(f"steps:activity_{do}", args=["33140108", 2560, arrival.pk])
    else:
        address = reverse(f"steps:file_{do}", args=[arrival.pk])
    return client.post(address, {"client_id": str(uuid4()), **more})


# ---------------------------------------------------------------- accepting and setting aside


@pytest.mark.parametrize("what", ["late", "late_photo"])
def test_a_reviewer_accepts_and_it_counts(
    world: World, signed_in: SignIn, request: pytest.FixtureRequest, what: str
) -> None:
    arrival = request.getfixturevalue(what)
    suda = signed_in(world.suda)
    assert "Do not count" in suda.get(page_of(arrival)).content.decode()
    answer = settle(suda, arrival, "accept")
    assert (answer.status_code, answer["Location"]) == (303, page_of(arrival))
    arrival.refresh_from_db()
    assert arrival.counts
    assert work.progress(world, "1.4").late_arrivals == 0
    assert "Do not count" not in suda.get(page_of(arrival)).content.decode()


@pytest.mark.parametrize("what", ["late", "late_photo"])
def test_what_is_set_aside_waits_no_longer_and_counts_nowhere(
    world: World, signed_in: SignIn, request: pytest.FixtureRequest, what: str
) -> None:
    arrival = request.getfixturevalue(what)
    suda, nida = signed_in(world.suda), signed_in(world.nida)
    before = work.progress(world, "1.4")
    assert settle(suda, arrival, "set_aside").status_code == 303
    arrival.refresh_from_db()
    assert (arrival.counts, arrival.waits, arrival.set_aside_by) == (False, False, world.suda)
    now = work.progress(world, "1.4")
    assert (now.activities, now.late_arrivals) == (before.activities, 0)
    for client in (suda, nida):
        assert client.get("/").context["work"].left.late_arrivals == []
        assert "Kept, not counted" in client.get(page_of(arrival)).content.decode()
    assert History.objects.filter(verb="set_aside", by=world.suda).count() == 1


def test_what_was_set_aside_is_accepted_later_still(
    world: World, late: Activity, signed_in: SignIn
) -> None:
    suda = signed_in(world.suda)
    settle(suda, late, "set_aside")
    assert settle(suda, late, "set_aside").status_code == 422
    page = suda.get(page_of(late)).content.decode()
    assert "Accept" in page
    assert "Do not count" not in page
    assert settle(suda, late, "accept").status_code == 303
    late.refresh_from_db()
    assert (late.counts, late.set_aside_at, late.set_aside_by) == (True, None, None)
    kept = History.objects.get(verb="accept_late").values_kept
    assert set(kept.values_list("field", flat=True)) == {"accepted_at", "set_aside_at"}


def test_what_is_accepted_is_settled(world: World, late: Activity, signed_in: SignIn) -> None:
    suda = signed_in(world.suda)
    settle(suda, late, "accept")
    for do in ("accept", "set_aside"):
        page = settle(suda, late, do)
        assert page.status_code == 422
        assert "This was decided already." in page.content.decode()
    late.refresh_from_db()
    assert late.counts


# ---------------------------------------------------------------- who may


def test_nobody_settles_what_they_sent(world: World, late: Activity, signed_in: SignIn) -> None:
    nida = signed_in(world.nida)
    assert "Do not count" not in nida.get(page_of(late)).content.decode()
    for do in ("accept", "set_aside"):
        page = settle(nida, late, do)
        assert page.status_code == 422
    late.refresh_from_db()
    assert late.waits


def test_a_closed_step_is_the_reviewers_an_open_one_its_recorders_too(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    from_wichai = work.recorded(
        world.enrolment, world.step("1.4"), by=world.wichai, posting_ended=True
    )
    nida = signed_in(world.nida)
    assert "Do not count" in nida.get(page_of(from_wichai)).content.decode()
    work.hand_in(world)
    assert "Do not count" not in nida.get(page_of(from_wichai)).content.decode()
    with pytest.raises(Refusal, match="no_permission"):
        decisions.set_aside(arrival=from_wichai, sender=sender(world.nida))
    assert settle(nida, from_wichai, "accept").status_code == 422
    decisions.set_aside(arrival=from_wichai, sender=sender(world.prasit))


def test_outside_the_area_it_is_not_there(world: World, late: Activity, signed_in: SignIn) -> None:
    want = {"kanya": 404, "wipa": 403, "anan": 403}
    for name, status in want.items():
        assert settle(signed_in(getattr(world, name)), late, "accept").status_code == status
    late.refresh_from_db()
    assert late.waits


# ---------------------------------------------------------------- lists


def test_a_reviewer_settles_from_home_and_from_the_list(
    world: World, late: Activity, signed_in: SignIn
) -> None:
    suda = signed_in(world.suda)
    for back, page in (("home", "/"), ("late", LATE)):
        words = suda.get(page).content.decode()
        assert reverse("steps:activity_accept", args=["33140108", 2560, late.pk]) in words
        refusal = settle(suda, late, "accept", back="elsewhere")
        assert refusal.status_code == 422
        Activity.objects.filter(pk=late.pk).update(accepted_at=None, accepted_by=None)
        answer = settle(suda, late, "accept", back=back)
        assert (answer.status_code, answer["Location"]) == (303, page)
        Activity.objects.filter(pk=late.pk).update(accepted_at=None, accepted_by=None)


def test_the_sender_sees_it_waits_without_buttons(
    world: World, late: Activity, signed_in: SignIn
) -> None:
    (line,) = signed_in(world.nida).get("/").context["work"].left.late_arrivals
    assert (line.accept, line.set_aside) == ("", "")
    assert str(late.pk) in line.href


def test_the_list_holds_everything_that_waits_in_the_area(
    world: World, late: Activity, briefed: Activity, signed_in: SignIn
) -> None:
    files = [work.picture(world.nida, "blue")]
    activities.add_evidence(activity=briefed, files=files, sender=sender(world.nida))
    elsewhere = world.enrolment_of(world.malu)
    work.recorded(elsewhere, world.step("1.1"), by=world.wichai, posting_ended=True)

    def listed(user: User) -> int:
        return len(signed_in(user).get(LATE).context["lines"])

    assert (listed(world.suda), listed(world.prasit)) == (3, 2)
    for name in ("nida", "wipa", "anan", "kanya"):
        assert signed_in(getattr(world, name)).get(LATE).status_code == 403


def test_one_late_photo_is_settled_in_the_list_several_on_their_page(
    world: World, late_photo: Evidence, signed_in: SignIn
) -> None:
    suda = signed_in(world.suda)
    (line,) = suda.get(LATE).context["lines"]
    assert line.accept == reverse("steps:file_accept", args=[late_photo.pk])
    files = [work.picture(world.nida, "orange")]
    activities.add_evidence(activity=late_photo.activity, files=files, sender=sender(world.nida))
    (line,) = suda.get(LATE).context["lines"]
    assert (line.accept, line.note.endswith("2 photos or documents")) == ("", True)


def test_eighty_late_arrivals_cost_what_ten_do(
    world: World, late: Activity, signed_in: SignIn
) -> None:
    suda = signed_in(world.suda)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert suda.get(LATE).status_code == 200
        return len(captured)

    suda.get(LATE)
    few = queries()
    for _more in range(60):
        work.recorded(world.enrolment, world.step("1.4"), by=world.nida)
    assert queries() == few <= 15
    assert len(suda.get(LATE).context["lines"]) == 50


# ---------------------------------------------------------------- what the step says


def test_a_verified_step_says_that_records_were_added_later(
    world: World, late: Activity, signed_in: SignIn
) -> None:
    nida, words = signed_in(world.nida), "Verified, records added later"
    assert words not in nida.get(STEP_PAGE).content.decode()
    decisions.accept_late(arrival=late, sender=sender(world.suda, NOW + cases.DAY))
    assert words in nida.get(STEP_PAGE).content.decode()


def test_a_late_photo_that_counts_is_a_record_added_later(
    world: World, late_photo: Evidence, signed_in: SignIn
) -> None:
    decisions.accept_late(arrival=late_photo, sender=sender(world.suda, NOW + cases.DAY))
    assert "Verified, records added later" in signed_in(world.nida).get(STEP_PAGE).content.decode()


def test_what_is_set_aside_adds_nothing(world: World, late: Activity, signed_in: SignIn) -> None:
    decisions.set_aside(arrival=late, sender=sender(world.suda))
    page = signed_in(world.nida).get(STEP_PAGE).content.decode()
    assert "Verified, records added later" not in page
    assert "Kept, not counted" in page


def test_who_moved_reads_that_it_was_kept_and_not_counted(
    world: World, briefed: Activity, signed_in: SignIn
) -> None:
    sent = work.recorded(world.enrolment, world.step("1.4"), by=world.wichai, posting_ended=True)
    decisions.set_aside(arrival=sent, sender=sender(world.nida))
    (row,) = signed_in(world.wichai).get("/").context["sent_late"]
    assert row.note.endswith("Kept, not counted")
