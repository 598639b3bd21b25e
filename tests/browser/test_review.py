"""The review loop in a browser: handed in, returned with names, mended, seen, verified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from steps.models import Requirement, Review, Status, Submission
from steps.recording import people
from tests.browser.conftest import sign_in
from tests.cast import NOW, World, sender
from tests.steps import cases
from tests.steps.cases import DAY
from tests.trust import work
from villages.models import LeaderKind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STEP = "/villages/33140108/2560/2.1/"
LEADERS = "2.1-d"
NAMES = ["นายทองใบ ใจดี", "นางคำ แก้วใส", "นายบุญส่ง มีทรัพย์", "นางสาวสายใจ พรมมา"]
OpenPhone = Callable[..., Page]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The words looked for are the source's own, so that no catalogue can hide a slip."""
    with translation.override("en"):
        yield


@dataclass
class Person:
    """Somebody at their browser, in English."""

    page: Page

    def press(self, words: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).first.click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def is_told(self, words: str) -> None:
        expect(self.page.locator(".notice.saved")).to_contain_text(words)

    @property
    def words(self) -> str:
        return self.page.locator("main").inner_text()


@pytest.fixture
def sits_down(open_phone: OpenPhone, live_server: object) -> Callable[..., Person]:
    def sit(staff_id: str, *, javascript: bool, width: int = 1280) -> Person:
        page = open_phone(javascript=javascript, width=width)
        cookie = {"name": "django_language", "value": "en", "url": live_server.url}  # type: ignore[attr-defined]
        page.context.add_cookies([cookie])
        sign_in(page, staff_id)
        return Person(page)

    return sit


def everything_of_2_1(world: World) -> None:
    """Step 2.1 of Ban Trakat recorded whole, the steps before it handed in as they are."""
    world.step("1.4").requirements.update(level="advised")
    work.recorded(world.enrolment, world.step("1.4"), by=world.nida, held_on="2017-01-11")
    cases.handed_in(world, world.trakat, "1.4")
    households = list(world.trakat.households.in_house_order())[:25]
    work.target_all(world, households)
    for name, kind in zip(NAMES, LeaderKind.values, strict=True):
        work.add_member(world, name, kind)
        leader = people.NewChangeLeader(name=name, named_on=date(2017, 1, 25))
        people.name_change_leader(
            enrolment=world.enrolment, leader=leader, sender=sender(world.nida)
        )
    step = world.step("2.1")
    work.recorded(
        world.enrolment,
        step,
        by=world.nida,
        held_on="2017-01-25",
        files=[work.picture(world.nida, "green"), work.picture(world.nida, "red")],
        **work.present(households[:20]),
        **work.topics(step),
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_step_goes_there_and_back_and_is_verified(
    world: World, sits_down: Callable[..., Person], photos: list[str], javascript: bool
) -> None:
    everything_of_2_1(world)
    nida = sits_down("nida", javascript=javascript, width=360)
    hands_in(nida)
    suda = sits_down("suda", javascript=javascript)
    opens_the_case(suda)
    returns_one_photo_and_one_requirement(suda)
    finds_it_on_home_and_mends_it(nida, photos[0])
    hands_in(nida)
    opens_the_case(suda)
    sees_what_changed(suda)
    verifies(suda)
    progress = work.progress(world, "2.1")
    assert progress.status == Status.VERIFIED
    assert [row.decision for row in Review.objects.order_by("pk")] == ["returned", "verified"]
    nida.page.goto(STEP)
    assert "Verified" in nida.page.locator(".meta").inner_text()


def hands_in(nida: Person) -> None:
    nida.page.goto(STEP)
    nida.press(_("Submit for review"))
    nida.is_told(_("Handed in for review"))


def opens_the_case(suda: Person) -> None:
    """From the menu: the queue holds the step among what else waits."""
    suda.page.goto("/")
    suda.page.locator("nav.nav a[href='/review/']").first.click()
    expect(suda.page.locator("h1")).to_contain_text("2 cases")
    suda.page.locator("main ul.rows a.row").filter(has_text="2.1").first.click()
    expect(suda.page.locator("h1")).to_contain_text("2.1")
    assert suda.page.locator(".photos.large img").count() >= 2


def returns_one_photo_and_one_requirement(suda: Person) -> None:
    page = suda.page
    asked = Requirement.objects.get(code=LEADERS)
    page.locator(f"[name=points][value='requirement-{asked.pk}']").check()
    page.locator(f"[name='note-requirement-{asked.pk}']").fill("ขอชื่อผู้นำคุ้มเพิ่ม")
    photo = page.locator(".photo [name=points]").first
    photo.check()
    page.locator(".photo [name^=note-]").first.fill("ภาพนี้มืด")
    suda.press(_("Return for correction"))  # no reason yet
    expect(page.locator(".error-summary")).to_contain_text("Enter a reason.")
    assert page.locator(".photo [name^=note-]").first.input_value() == "ภาพนี้มืด"
    page.get_by_label("The photo is not clear").check()
    page.locator("[name=reason]").fill("ถ่ายใหม่ให้เห็นผู้เข้าร่วม")
    suda.press(_("Return for correction"))
    suda.is_told("Returned for correction: 2.1")


def finds_it_on_home_and_mends_it(nida: Person, photo: str) -> None:
    page = nida.page
    page.goto("/")
    first = page.locator("main section").first
    expect(first.locator("h2")).to_have_text("Returned to me")
    for words in ("The photo is not clear", "ถ่ายใหม่ให้เห็นผู้เข้าร่วม", "ขอชื่อผู้นำคุ้มเพิ่ม", "ภาพนี้มืด"):
        expect(first).to_contain_text(words)
    first.locator("a.row").first.click()
    expect(page.locator(".notice.warn")).to_contain_text("ภาพนี้มืด")
    page.locator(".notice.warn a[href*='#file-']").click()  # the very photo
    page.locator(".photo a[href$='/withdraw/']").first.click()
    page.locator("[name=reason]").fill("มืดเกินไป")
    nida.page.locator("main form button").first.click()
    page.locator(".notice.saved").wait_for()
    nida.follow(_("Add photos or documents"))
    page.locator("[name=photos]").set_input_files(photo)
    page.locator(".action-bar button").click()
    page.locator(".notice.saved").wait_for()
    page.goto(STEP)
    expect(page.locator("main")).to_contain_text("Changed since returned")


def sees_what_changed(suda: Person) -> None:
    changed = suda.page.locator(".notice.warn")
    expect(changed).to_contain_text("Changed since returned")
    expect(changed).to_contain_text("1 photo or document added")
    expect(changed).to_contain_text("1 photo or document withdrawn")
    marked = suda.page.locator(".photo").filter(has_text="New since it was returned")
    expect(marked).to_have_count(1)
    expect(suda.page.locator(".thread")).to_contain_text("ภาพนี้มืด")


def verifies(suda: Person) -> None:
    suda.press(_("Verify"))
    suda.is_told("Verified: 2.1")


# ---------------------------------------------------------------- keys


@pytest.fixture
def queue_of_three(world: World) -> list[Submission]:
    cases.asks_nothing(world)
    villages = [world.enrolment, *cases.more_villages(world, 2)]
    return [cases.handed_in(world, row, at=NOW - (9 - n) * DAY) for n, row in enumerate(villages)]


def test_keys_sleep_until_they_are_turned_on(
    world: World, queue_of_three: list[Submission], sits_down: Callable[..., Person]
) -> None:
    page = sits_down("suda", javascript=True).page
    first, second, _third = (f"/review/{row.pk}/" for row in queue_of_three)
    page.goto(first)
    page.keyboard.press("j")
    page.keyboard.press("v")
    assert page.url.endswith(first)
    toggle = page.get_by_role("button", name="Keyboard shortcuts")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("j")
    page.wait_for_url(f"**{second}")
    expect(toggle).to_have_attribute("aria-pressed", "true")  # remembered
    page.keyboard.press("k")
    page.wait_for_url(f"**{first}")


def test_with_keys_alone_a_case_is_returned_and_the_next_verified(
    world: World, queue_of_three: list[Submission], sits_down: Callable[..., Person]
) -> None:
    page = sits_down("suda", javascript=True).page
    page.emulate_media(reduced_motion="reduce")
    page.goto("/review/")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.keyboard.press("j")
    page.wait_for_url(f"**/review/{queue_of_three[0].pk}/")
    page.keyboard.press("?")
    expect(page.locator("[data-keys-help]")).to_have_attribute("open", "")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.type("jjvv")  # typing is typing
    assert page.locator("[name=reason]").input_value() == "jjvv"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/review/{queue_of_three[1].pk}/")
    page.keyboard.press("v")
    assert page.evaluate("document.activeElement.innerText") == "Verify"
    assert Review.objects.filter(decision="verified").count() == 0  # looking at it stores nothing
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/review/{queue_of_three[2].pk}/")
    assert [row.decision for row in Review.objects.order_by("pk")] == ["returned", "verified"]


def test_without_javascript_there_are_no_keys_and_every_button(
    world: World, queue_of_three: list[Submission], sits_down: Callable[..., Person]
) -> None:
    page = sits_down("suda", javascript=False).page
    page.goto(f"/review/{queue_of_three[1].pk}/")
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_have_count(0)
    for words in ("Previous", "Next"):
        expect(page.get_by_role("link", name=words, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Verify", exact=True)).to_be_visible()


def test_two_villages_are_ticked_and_verified_in_one_go(
    world: World, queue_of_three: list[Submission], sits_down: Callable[..., Person]
) -> None:
    suda = sits_down("suda", javascript=False)
    page = suda.page
    page.goto("/review/")
    for box in page.locator("[name=case]").all()[:2]:
        box.check()
    page.get_by_role("button", name="Look at the ticked ones together").click()
    expect(page.locator("h1")).to_have_text("2 cases together")
    page.get_by_role("button", name="Verify the ticked ones").click()
    suda.is_told("2 cases verified")
    page.wait_for_url(f"**/review/{queue_of_three[2].pk}/")
