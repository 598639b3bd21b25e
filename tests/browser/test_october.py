"""October in a browser: Anan makes the year and fills it; a new officer signs in with a slip."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from steps.models import Enrolment, EnrolmentHousehold
from tests.browser.conftest import sign_in
from tests.browser.test_accessibility import on_a_phone
from tests.browser.test_paper import UPRIGHT, on_paper, sheets
from tests.cast import World, household, person
from villages.models import Village

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

YEARS = "/years/?year=2561"


def presses(page: Page, action: str = "") -> None:
    """The one button that sends the form of the page, or the form to an address."""
    form = f"main form[method=post][action='{action}']" if action else "main form[method=post]"
    with page.expect_navigation():
        page.locator(form).locator("button").last.click()


def told(page: Page) -> None:
    assert page.locator(".notice.saved").count() == 1, page.locator("main").inner_text()


def looks_right(page: Page) -> None:
    """At 180 and 320 px, with targets for fingers, and without faults of accessibility."""
    assert list(on_a_phone(page)) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_an_administrator_prepares_the_year(
    world: World, open_phone: Callable[..., Page], javascript: bool
) -> None:
    home = household(world.phing, "1", "นายทองใบ ใจดี")
    EnrolmentHousehold.objects.create(
        enrolment=world.enrolment_of(world.phing), household=home, target=True
    )
    page = open_phone(javascript=javascript)
    look = looks_right if javascript else lambda page: None  # it is looked at with scripts
    sign_in(page, "anan")
    page.goto(YEARS)
    look(page)
    presses(page, "/years/copy/")
    told(page)
    look(page)

    page.locator("#villages a.row[href*='area=33']").click()
    page.locator("#villages a[href='/years/2561/3314/villages/']").click()
    page.locator(".tick-bar a").click()
    assert page.locator("input[name=village]:checked").count() == 2
    look(page)
    presses(page)
    told(page)
    enrolled = Village.objects.filter(enrolments__programme__year=2561)
    assert {village.code for village in enrolled} == {world.trakat.code, world.phing.code}

    page.goto(f"{YEARS}&area=33")
    look(page)
    page.locator("#carry a.row").click()
    look(page)
    presses(page)
    told(page)
    carried = EnrolmentHousehold.objects.get(enrolment__programme__year=2561, household=home)
    assert carried.target

    page.goto("/years/2561/3314/officers/")
    page.locator("input[name=village]").check()
    page.locator("select[name=officer]").select_option(str(world.somsak.pk))
    look(page)
    presses(page)
    told(page)
    phing = Enrolment.objects.get(programme__year=2561, village=world.phing)
    assert phing.officer == world.somsak


def test_a_chief_hands_the_villages_of_an_officer_over(
    world: World, open_phone: Callable[..., Page]
) -> None:
    page = open_phone()
    sign_in(page, "prasit")
    page.goto("/handover/")
    looks_right(page)
    page.locator(f"a.row[href='?officer={world.nida.pk}']").click()
    page.locator("select[name=taker]").select_option(str(world.somsak.pk))
    looks_right(page)
    presses(page)
    told(page)
    assert Enrolment.objects.get(pk=world.enrolment.pk).officer == world.somsak

    other = open_phone()
    sign_in(other, "somsak")
    assert other.locator("main .notice").count() == 1
    looks_right(other)


def test_a_new_officer_gets_a_slip_signs_in_and_chooses_a_password(
    world: World, open_phone: Callable[..., Page]
) -> None:
    new = person("boonmee", "นางบุญมี ใจดี", "พัฒนากร")
    for number in range(8):
        person(f"new{number}", f"นายทดสอบชื่อยาวมากพอสมควร ที่{number}", "นักวิชาการพัฒนาชุมชน")
    desk = open_phone(width=1024)
    sign_in(desk, "anan")
    desk.goto("/accounts/slips/?new=on")
    looks_right(desk)
    for box in desk.locator("input[name=person]").all():
        box.check()
    presses(desk)
    assert on_paper(desk, UPRIGHT) == []
    slips = desk.locator(".slip").count()
    assert len(sheets(desk)) == -(-slips // 8)  # eight to a sheet
    desk.emulate_media(media="print")
    spilt = "all => all.filter((e) => e.scrollHeight > e.clientHeight + 1).length"
    assert desk.locator(".slip").evaluate_all(spilt) == 0
    desk.emulate_media(media="screen")
    slip = desk.locator(".slip").filter(has_text=new.name)
    password = slip.locator(".secret").inner_text()

    phone = open_phone()
    phone.goto("/accounts/login/")
    phone.locator("[name=username]").fill("boonmee")
    phone.locator("[name=password]").fill(password)
    presses(phone)
    assert phone.url.endswith("/accounts/password/")
    looks_right(phone)
    for name in ("new_password1", "new_password2"):
        phone.locator(f"[name={name}]").fill("ข้าวหอมมะลิ-2560")
    presses(phone)
    told(phone)

    desk.reload()
    looks_right(desk)
    assert desk.locator(".slip").count() == 0
    new.refresh_from_db()
    assert new.check_password("ข้าวหอมมะลิ-2560")
