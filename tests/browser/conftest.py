"""A real browser at phone size; what its console complains about fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.cast import PASSWORD, World

# The browser's event loop runs in this thread; without this Django refuses every query here.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PHONE = {"width": 360, "height": 740}
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]


def browser_program() -> str | None:
    """Where the browser is: BROWSER_BIN, or Debian's chromium."""
    return os.environ.get("BROWSER_BIN") or shutil.which("chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = browser_program()
    if program is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("No browser: install chromium, or name one in BROWSER_BIN.")
        pytest.skip("No browser: install chromium, or name one in BROWSER_BIN.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_phone(
    browser: Browser, live_server: Any, the_day_of_the_write_up: None
) -> Iterator[Callable[..., Page]]:
    """Open a page at 360 px in Thailand; ``javascript=False`` for a browser without it."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(*, javascript: bool = True, width: int = PHONE["width"]) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="th-TH",
            timezone_id="Asia/Bangkok",
            viewport={"width": width, "height": PHONE["height"]},
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: _note(page, message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def sits_down(open_phone: Callable[..., Page], live_server: Any) -> Callable[[str], Page]:
    """Somebody signed in who reads English: the words looked for are the source's own."""

    def sit(staff_id: str) -> Page:
        page = open_phone()
        cookie = {"name": "django_language", "value": "en", "url": live_server.url}
        page.context.add_cookies([cookie])
        sign_in(page, staff_id)
        return page

    return sit


ON_PURPOSE = ("401", "404", "422")  # answers of whole pages; the browser writes them as errors


def _note(page: Page, message: ConsoleMessage, complaints: list[str]) -> None:
    address = message.location["url"]
    answered = address == page.url and any(
        f"status of {code}" in message.text for code in ON_PURPOSE
    )
    no_signal = address.endswith("/healthz")  # asked before each sending
    if message.type == "error" and not answered and not no_signal:
        complaints.append(f"{message.text} {address}")


@pytest.fixture
def world(transactional_db: None) -> World:
    """The cast, in a database the server's threads see."""
    return World()


def sign_in(page: Page, staff_id: str) -> None:
    """Sign in as a person does."""
    page.goto("/accounts/login/")
    page.locator("[name=username]").fill(staff_id)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def press(page: Page, words: str) -> None:
    """Press a button that leads to another page."""
    with page.expect_navigation():
        page.get_by_role("button", name=words).first.click()


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    """Twenty different photos as a phone would hold them."""
    from tests.pages import photo

    paths = []
    for number in range(20):
        path = tmp_path / f"photo-{number}.jpg"
        path.write_bytes(photo(f"hsl({number * 18}, 70%, 50%)", size=(400, 300)).read())
        paths.append(str(path))
    return paths
