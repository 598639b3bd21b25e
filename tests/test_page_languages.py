"""No page mixes the two languages: Thai pages without English words, English ones without Thai.

What people typed stays as they typed it.
"""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from steps.models import Step
from tests.access.addresses import Address, addresses
from tests.access.places import YEAR, Place, place
from tests.access.table import ROWS, Row
from tests.cast import World

APPS = ["accounts", "steps", "villages"]


class Reader(HTMLParser):
    """The words of a page a person sees or hears, without those marked as of ``leave_out``."""

    SILENT = {"script", "style"}
    VOID = {"meta", "link", "input", "img", "br", "hr", "wbr", "source"}
    SPOKEN = ["alt", "title", "placeholder", "aria-label", "data-label"]

    def __init__(self, leave_out: str) -> None:
        super().__init__()
        self.leave_out, self.words = leave_out, list[str]()
        self.open: list[bool] = []  # of each open tag: is it left out?

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        out = tag in self.SILENT or (tag != "html" and values.get("lang") == self.leave_out)
        if not (out or any(self.open)):
            self.words += [values[name] or "" for name in self.SPOKEN if name in values]
        if tag not in self.VOID:
            self.open.append(out)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self.open):
            self.words.append(data)


def seen(page: bytes, *, leave_out: str) -> list[str]:
    """The words of a page; the switch to the other language speaks that language."""
    reader = Reader(leave_out)
    reader.feed(page.decode())
    return reader.words


@pytest.fixture
def here(world: World) -> Place:
    return place(world, world.trakat, world.nida)


def urls(row: Row, found: Address, here: Place) -> Iterator[str]:
    """Where a row of the access table leads in a village; once for every step it may name."""
    kinds = found.asks
    numbers = Step.objects.values_list("number", flat=True) if "step" in kinds.values() else [""]
    for number in numbers:
        parts = {
            "village": here.code,
            "area": here.district,
            "district": here.district,
            "year": YEAR,
            "step": number,
            "submission": here.keys["submission"],
            "record": here.keys["record"],
            "record_photo": here.keys["record photo"],
            "section": "background",
            "kind": "households",
            "outcome": "problem",
            "object": here.keys.get(row.takes),
        }
        yield reverse(row.name, kwargs={name: parts[kind] for name, kind in kinds.items()})


def pages(client: Client, here: Place) -> Iterator[tuple[str, bytes]]:
    """Every page of the site as it opens, and as it answers a form with nothing in it."""
    by_name = {found.name: found for found in addresses()}
    for row in ROWS:
        for url in urls(row, by_name[row.name], here):
            for ask in (client.get, client.post):
                if row.name not in ("accounts:logout", "set_language"):
                    answer = ask(url)
                    if "text/html" in answer.get("Content-Type", "") and not answer.streaming:
                        yield f"{ask.__name__} {url}", answer.content


# Formats and addresses have no Thai name.
INTERNATIONAL = re.compile(
    r"JPE?G|PNG|WebP|PDF|Word|Excel|CSV|UTF-\d+|MB|A4|Enter|\.docx|DOCX|\.xlsx|households\.csv"
    r"|https?://\S+|S\d+( [a-h])?"
)
SignedIn = Callable[[User], Client]
PEOPLE = ["nida", "prasit"]  # records; reviews and reads the history


@pytest.mark.parametrize("person", PEOPLE)
def test_a_page_in_thai_has_no_english_word(
    person: str, world: World, here: Place, signed_in: SignedIn
) -> None:
    client = signed_in(getattr(world, person))
    left = {
        (name, words)
        for name, page in pages(client, here)
        for words in seen(page, leave_out="en")
        if re.search("[A-Za-z]{2,}", INTERNATIONAL.sub("", words))
        if words != person  # their staff id, on the page of their own data
    }
    assert sorted(left) == []


RUN = re.compile("[ก-๛]+")


def runs_stored_in_thai() -> set[str]:
    """Every run of Thai letters that people typed, or that the programme has in Thai only."""
    return {run for text in texts_stored() for run in RUN.findall(text)}


def texts_stored() -> Iterator[str]:
    for model in (model for app in APPS for model in models_of(app)):
        fields = [field.name for field in model._meta.fields if holds_text(field)]
        for row in model._default_manager.values(*fields):
            yield from (str(row[name]) for name in fields if not row.get(in_english(name)))


def models_of(app: str) -> list[type[models.Model]]:
    return list(apps.get_app_config(app).get_models())


def holds_text(field: models.Field) -> bool:
    return isinstance(field, models.CharField | models.TextField | models.JSONField)


def in_english(name: str) -> str:
    """The column that says in English what this one says in Thai."""
    return f"{name[:-3]}_en" if name.endswith("_th") else ""


@pytest.mark.parametrize("person", PEOPLE)
def test_a_page_in_english_has_no_thai_but_what_people_wrote(
    person: str, world: World, here: Place, signed_in: SignedIn
) -> None:
    client = signed_in(getattr(world, person))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    typed = runs_stored_in_thai()
    left = {
        (name, words)
        for name, page in pages(client, here)
        for words in seen(page, leave_out="th")
        if not typed.issuperset(RUN.findall(words))
    }
    assert sorted(left) == []
