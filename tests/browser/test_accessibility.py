"""Every page holds for people who see badly, tap with a thumb, or have no mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone, translation
from playwright.sync_api import Page, expect

from steps.models import Activity
from tests.browser.conftest import sign_in
from tests.cast import World
from tests.full_year import CODE, YEAR, FullYear
from tests.review_year import province_pages
from villages.models import Household

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RECORD = f"/villages/{CODE}/{YEAR}/1.4/record/"
OpenPhone = Callable[..., Page]
Way = Callable[[Page], object]

# What a thumb presses. Links inside a sentence are left to axe, which asks 24 px of the others.
PRESSED = ".button:not(.compact), .row[href], .tick, summary, .segmented button, .options label"
FILLED = "input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea"
# Everything unfolded; bars that stick to an edge stand where they belong, as after scrolling.
OPEN_ALL = """() => {
    document.querySelectorAll("main details").forEach((e) => { e.open = true; });
    document.querySelectorAll(".action-bar, .tick-bar").forEach((e) => {
        e.style.position = "static";
    });
}"""
TOO_SMALL = """([selector, least]) => [...document.querySelectorAll(selector)]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < least - 0.5)
    .map((e) => `${e.className || e.name} ${e.getBoundingClientRect().height}`)"""


@pytest.fixture(autouse=True)
def in_thai() -> Iterator[None]:
    """The words looked for are those of the Thai catalogue."""
    with translation.override("th"):
        yield


# ---------------------------------------------------------------- ways to a page


def to(address: str) -> Way:
    return lambda page: page.goto(address)


def signing_in_with_a_wrong_password(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=username]").fill("nobody")
    page.locator("[name=password]").fill("nothing")
    page.locator("main form button").click()
    page.locator(".error-summary").wait_for()


def recording_with_mistakes(page: Page) -> None:
    """No date, fewer people than households, and an agency without its level."""
    page.goto(RECORD)
    page.locator("[name=total]").fill("1")
    for number in range(2):
        page.locator("[name=present]").nth(number).check()
    page.locator("details:has([name=agency_name-0]) summary").click()
    page.locator("[name=agency_name-0]").fill("ธ.ก.ส.")
    page.locator(".action-bar button").click()
    page.locator(".error-summary").wait_for()


def recording_the_same_day_again(page: Page) -> None:
    page.goto(RECORD)
    page.locator("[name=held_on]").fill("11/1/2560")
    page.locator(".action-bar button").click()
    page.locator("[name=again]").wait_for()


def submitting_too_early(page: Page) -> None:
    page.goto(f"/villages/{CODE}/{YEAR}/1.4/")
    page.locator("form[action$='/submit/'] button").click()
    page.locator(".error-summary").wait_for()


def printing_the_sign_in_sheet(page: Page) -> None:
    page.goto(f"/villages/{CODE}/{YEAR}/1.4/")
    page.locator("form[action$='/sign-in-sheet/'] button").click()
    page.locator("table.sheet").wait_for()


def returning_without_reason(page: Page) -> None:
    page.goto("/review/")
    page.locator("[data-key=j]").click()
    page.goto(page.locator("main ol.rows a.row").first.get_attribute("href") or "")
    page.locator("[name=points]").first.check()
    page.locator("#return button:not([disabled])").click()
    page.locator(".error-summary").wait_for()


def meeting_a_conflict(address: str, field: str, meanwhile: Callable[[], object]) -> Way:
    """Somebody stores another value between opening the page and sending it."""

    def way(page: Page) -> None:
        page.goto(address)
        meanwhile()
        page.locator(f"[name={field}]").fill("ค่าที่พิมพ์ไว้")
        page.locator(".action-bar .button").first.click()
        page.locator("[name=clash]").first.wait_for(state="attached")

    return way


def conflicts(year: FullYear) -> dict[str, Way]:
    house = Household.objects.filter(pk=year.households[0].pk)
    activity = Activity.objects.filter(pk=year.activity)
    pages = year.officer_pages()
    return {
        "household in conflict": meeting_a_conflict(
            pages["edit a household"], "head_name", lambda: house.update(head_name="นายอื่น มาก่อน")
        ),
        "activity in conflict": meeting_a_conflict(
            pages["correct an activity"], "place", lambda: activity.update(place="วัดบ้านตระกาจ")
        ),
    }


def officer_ways(year: FullYear) -> dict[str, Way]:
    return {
        **{name: to(address) for name, address in year.officer_pages().items()},
        "record with mistakes": recording_with_mistakes,
        "record of the same day": recording_the_same_day_again,
        "submit too early": submitting_too_early,
        "sign-in sheet": printing_the_sign_in_sheet,
        "not found": to("/villages/99999999/"),
        **conflicts(year),
    }


# ---------------------------------------------------------------- what is looked at


def violations(page: Page) -> Iterator[str]:
    run: Any = {"runOnly": STANDARD, "resultTypes": ["violations"]}
    for found in Axe().run(page, options=run).response["violations"]:
        for node in found["nodes"]:
            yield f"{found['id']}: {node['html'][:160]}"


# An id twice, or words that lead to an id nobody has: a label, a description, a link on the page.
LOOSE_ENDS = """() => {
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `twice: ${id}`);
    const named = [...document.querySelectorAll("[for], [aria-describedby], [aria-labelledby]")]
        .flatMap((e) => ["for", "aria-describedby", "aria-labelledby"]
            .flatMap((name) => (e.getAttribute(name) || "").split(" ")));
    const linked = [...document.querySelectorAll("a[href^='#']")].map((e) => e.hash.slice(1));
    const lost = [...named, ...linked].filter((id) => id && !document.getElementById(id));
    return [...twice, ...lost.map((id) => `leads nowhere: ${id}`)];
}"""


def frame_faults(page: Page, language: str) -> Iterator[str]:
    if page.locator("h1").count() != 1 or not page.locator("h1").inner_text().strip():
        yield "not one h1"
    if page.locator("html").get_attribute("lang") != language:
        yield "wrong lang"
    if any(len(part.strip()) == 0 for part in page.title().split("·")):
        yield "empty title"
    yield from page.evaluate(LOOSE_ENDS)


def wide_at(page: Page, width: int) -> Iterator[str]:
    """Whether the page scrolls sideways at a width; 180 px is 360 px at twice the text."""
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": width, "height": 740})
    found = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(size)
    if found > width:
        yield f"{found} px wide at {width} px"


def small_targets(page: Page) -> Iterator[str]:
    for selector in (PRESSED, FILLED):
        for small in page.evaluate(TOO_SMALL, [selector, 48]):
            yield f"low target: {small}"


def on_a_phone(page: Page) -> Iterator[str]:
    yield from violations(page)
    yield from frame_faults(page, "th")
    yield from small_targets(page)
    yield from wide_at(page, 320)
    yield from wide_at(page, 180)


def on_a_desk_in_english(page: Page) -> Iterator[str]:
    yield from violations(page)
    yield from frame_faults(page, "en")
    yield from wide_at(page, 1280)


def walk(page: Page, ways: dict[str, Way], look: Callable[[Page], Iterable[str]]) -> list[str]:
    """Every fault of every page, so that one run names them all."""
    faults = []
    for name, way in ways.items():
        way(page)
        page.evaluate(OPEN_ALL)
        faults += [f"{name}: {fault}" for fault in look(page)]
    return faults


# ---------------------------------------------------------------- the walks

STRANGER: dict[str, Way] = {
    "sign in": to("/accounts/login/"),
    "sign in, wrong password": signing_in_with_a_wrong_password,
    "privacy": to("/privacy/"),
}


@pytest.mark.parametrize(
    ("width", "language", "look"),
    [(360, "th", on_a_phone), (1280, "en", on_a_desk_in_english)],
    ids=["Thai on a phone", "English on a desk"],
)
def test_every_page_holds_the_standard(
    world: World, open_phone: OpenPhone, live_server: Any, width: int, language: str, look: Any
) -> None:
    year = FullYear(world)
    page = open_phone(width=width)
    cookie = {"name": "django_language", "value": language, "url": live_server.url}
    page.context.add_cookies([cookie])
    faults = walk(page, STRANGER, look)
    sign_in(page, "nida")
    faults += walk(page, officer_ways(year), look)
    page.context.clear_cookies(name="sessionid")
    sign_in(page, "prasit")
    reviewer = {name: to(address) for name, address in year.reviewer_pages().items()}
    faults += walk(page, reviewer, look)
    page.context.clear_cookies(name="sessionid")
    sign_in(page, "suda")
    reviewing = {name: to(address) for name, address in province_pages(world).items()}
    faults += walk(page, {**reviewing, "return without a reason": returning_without_reason}, look)
    page.context.clear_cookies(name="sessionid")
    sign_in(page, "wipa")
    overviews = {name: to(address) for name, address in year.overview_pages().items()}
    faults += walk(page, overviews, look)
    if faults:
        pytest.fail("\n".join(faults))


# ---------------------------------------------------------------- without a mouse

FOCUSED = """() => {
    const e = document.activeElement, style = getComputedStyle(e), box = e.getClientRects()[0];
    const hits = [0.1, 0.5, 0.9].map((part) =>
        document.elementFromPoint(box.left + box.width / 2, box.top + box.height * part));
    return {
        name: e.name || e.id || e.className,
        value: e.value || "",
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: hits.some((hit) => hit && e.contains(hit)),
    };
}"""


def go(page: Page, key: str, name: str, value: str = "") -> list[str]:
    """Press a key until the named control has the focus; what was focused and not to be seen."""
    unseen = []
    for _press in range(250):
        page.keyboard.press(key)
        focused = page.evaluate(FOCUSED)
        if not (focused["outlined"] and focused["seen"]):
            unseen.append(str(focused))
        if focused["name"] == name and value in focused["value"]:
            return unseen
    pytest.fail(f"{key} never reaches {name} {value}")


def test_an_activity_is_recorded_with_the_keyboard_alone(
    world: World, open_phone: OpenPhone
) -> None:
    page = open_phone()
    page.emulate_media(reduced_motion="reduce")  # where it scrolls to, it is at once
    sign_in(page, "nida")
    page.goto(RECORD)
    assert go(page, "Tab", "skip") == []
    page.keyboard.press("Enter")
    unseen = go(page, "Tab", "held_on")
    page.keyboard.type("11/1/2560")
    unseen += go(page, "Tab", "place")
    page.keyboard.type("ศาลากลางบ้าน")
    for name in ("topic", "representative"):
        unseen += go(page, "Tab", name)
        page.keyboard.press("Space")
    unseen += go(page, "Tab", "do", "save")
    unseen += go(page, "Shift+Tab", "held_on")  # and all the way back, under the sticky bars
    unseen += go(page, "Tab", "do", "save")
    page.keyboard.press("Enter")
    page.locator(".notice.saved").wait_for()
    assert "\n".join(unseen) == ""
    activity = Activity.objects.get()
    assert (activity.topics.count(), activity.attendances.count()) == (1, 1)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_mistakes_are_told_first_and_lead_to_their_fields(
    world: World, open_phone: OpenPhone, javascript: bool
) -> None:
    page = open_phone(javascript=javascript)
    sign_in(page, "nida")
    recording_with_mistakes(page)
    assert "error-summary" in page.evaluate("document.activeElement.className")
    links = page.locator(".error-summary a")
    assert links.count() == 4  # the date, the place, the total, the level of the agency
    for link in links.all():
        link.focus()
        page.keyboard.press("Enter")
        target = (link.get_attribute("href") or "").removeprefix("#")
        assert page.evaluate("document.activeElement.id") == target
        assert page.locator(f"#{target}").get_attribute("aria-invalid") == "true"


def test_a_mistake_in_a_list_of_ticks_leads_to_the_list(
    world: World, open_phone: OpenPhone
) -> None:
    page = open_phone()
    page.emulate_media(reduced_motion="reduce")  # where it scrolls to, it is at once
    sign_in(page, "nida")
    page.goto(RECORD)
    page.locator("[name=held_on]").fill("11/1/2560")
    page.locator("[name=representative]").first.check()
    page.evaluate(OPEN_ALL)
    page.locator("[name=also]").first.check()  # whose questions were not shown yet
    ended = world.trakat.households.in_house_order().first()
    assert ended
    world.trakat.households.filter(pk=ended.pk).update(ended_on=timezone.localdate())
    page.locator(".action-bar button").click()
    page.locator(".error-summary").wait_for()
    assert page.evaluate(LOOSE_ENDS) == []
    for target in ("#id_also_0", "#id_present_0", "#id_representative_0"):
        page.locator(f".error-summary a[href='{target}']").click()
        expect(page.locator(target)).to_be_in_viewport()
