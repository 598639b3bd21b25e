"""The write-up of Ban Trakat, item by item: what is recorded on the screens stands in the section
of the record it belongs to, in no other, on the page to print and in the Word file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from docx import Document

from accounts.models import User
from steps.facts import steps_of
from steps.knowledge.sections import ILLUSTRATIONS, sections_of
from tests.cast import World
from tests.pages import send

SignIn = Callable[[User], Client]
CODE, YEAR = "33140108", 2560
HEAD = "head"  # what stands before the first section

# Where each item of the write-up belongs. S2, S27, S33 and S34 are places that are empty there.
ABOUT = {
    "S1": "category",
    "S3": "title",
    "S4": "author",
    "S5": "written_on",
    "S6": "office",
    "S35": "contact",
}
LESSONS = {
    **dict.fromkeys(("S7", "S8", "S9", "S10"), "background"),
    **dict.fromkeys(("S19", "S20"), "caution"),
    "S21": "proposal",
}
STEPS = {
    "S11": "1.1",
    "S12": "1.2",
    "S13": "1.3",
    "S14": "1.4",
    "S15": "2.1",
    "S16": "2.2",
    "S17": "2.3",
    "S18": "2.4",
}
FACTORS = {
    **{f"S{22 + n}": f"in-{n + 1}" for n in range(5)},
    **{f"S{28 + n}": f"net-{n + 1}" for n in range(5)},
}
EXPECTED = {
    **dict.fromkeys(ABOUT, HEAD),
    **dict.fromkeys(("S7", "S8", "S9", "S10"), "background"),
    **{item: f"process-{number}" for item, number in STEPS.items()},
    **dict.fromkeys(("S19", "S20"), "cautions"),
    "S21": "proposals",
    **dict.fromkeys(("S22", "S23", "S24", "S25", "S26"), "inputs"),
    **dict.fromkeys(("S28", "S29", "S30", "S31", "S32"), "results"),
}
EMPTY_THERE = {
    "S2": ILLUSTRATIONS,
    "S27": "equipment",
    "S33": "cautions",
    "S34": ILLUSTRATIONS,
}


def address(name: str, *args: object) -> str:
    return reverse(f"steps:{name}", args=[CODE, YEAR, *args])


# ---------------------------------------------------------------- recording it


def token() -> str:
    """Words nobody else writes."""
    return f"คำ{uuid4().hex[:12]}"


def recorded(client: Client) -> dict[str, str]:
    """Each item on the screen it is recorded on, as a token; then the record is drafted."""
    tokens = {item: token() for item in EXPECTED}
    tokens["S5"] = "23 มีนาคม พ.ศ. 2560"  # a date cannot be invented so that nobody else writes it
    for item, number in STEPS.items():
        _activity(client, number, tokens[item])
    for item, kind in LESSONS.items():
        _lesson(client, kind, tokens[item])
    _assessment(client, {FACTORS[item]: tokens[item] for item in FACTORS})
    stored(client.post(address("knowledge_draft"), {"client_id": str(uuid4())}))
    head = {field: tokens[item] for item, field in ABOUT.items()}
    stored(send(client, address("knowledge_about"), **head))
    return tokens


def stored(answer: Any) -> None:
    assert answer.status_code == 303, answer.content.decode()


def _activity(client: Client, number: str, summary: str) -> None:
    typed = {"form": "meeting", "held_on": "1/3/2560", "place": "ศาลา", "summary": summary}
    stored(send(client, address("record", number), **typed))


def _lesson(client: Client, kind: str, text: str) -> None:
    stored(send(client, address("lesson_add"), other=text, other_kind=kind))


def _assessment(client: Client, evidence: dict[str, str]) -> None:
    call_command("loaddata", "factors", verbosity=0)
    levels = {f"level-{code}": "2" for code in evidence}
    texts = {f"evidence-{code}": text for code, text in evidence.items()}
    when = {"assessed_on": "1/3/2560", "assessed_with": "village"}
    stored(send(client, address("assessment_edit"), **when, **levels, **texts))


# ---------------------------------------------------------------- reading it back


class Sections(HTMLParser):
    """The words of a page by the section they stand in."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {HEAD: ""}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self._open.append(dict(attrs).get("data-section") or "")
            self.texts.setdefault(self._open[-1], "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.texts[self._open[-1] if self._open else HEAD] += data


def on_the_page(client: Client) -> dict[str, str]:
    reader = Sections()
    reader.feed(client.get(address("knowledge_print")).content.decode())
    return reader.texts


def in_the_word_file(client: Client, world: World) -> dict[str, str]:
    """Its words by section, a section beginning with its heading."""
    steps = steps_of(world.programme.pk)
    keys = {str(section.title): section.key for section in sections_of(steps)}
    answer = client.get(address("knowledge_docx"))
    file = Document(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    texts, here = {HEAD: ""}, HEAD
    for words, is_heading in _words(file):
        here = keys.get(words, here) if is_heading else here
        texts[here] = texts.get(here, "") + words + "\n"
    return texts


def _words(file: Any) -> Iterator[tuple[str, bool]]:
    for block in file.iter_inner_content():
        if hasattr(block, "rows"):
            yield from ((cell.text, False) for row in block.rows for cell in row.cells)
        else:
            yield block.text, block.style.name.startswith("Heading")
    for part in file.sections:
        yield from ((paragraph.text, False) for paragraph in part.footer.paragraphs)


def places(texts: dict[str, str], tokens: dict[str, str]) -> dict[str, list[str]]:
    """The sections in which each item stands."""
    plain = {key: re.sub(r"\s+", " ", text) for key, text in texts.items()}
    return {
        item: [key for key, text in plain.items() if words in text]
        for item, words in tokens.items()
    }


# ---------------------------------------------------------------- the tests


def test_each_item_stands_in_its_own_section_and_in_no_other(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    tokens = recorded(client)
    expected = {item: [section] for item, section in EXPECTED.items()}
    assert places(on_the_page(client), tokens) == {**expected, "S35": [HEAD]}
    assert places(in_the_word_file(client, world), tokens) | {"S35": [HEAD]} == expected
    assert tokens["S35"] in "".join(in_the_word_file(client, world).values())


def test_what_nobody_recorded_is_shown_as_an_empty_place(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.nida)
    stored(client.post(address("knowledge_draft"), {"client_id": str(uuid4())}))
    page = on_the_page(client)
    record = client.get(address("knowledge")).context
    missing = {part.key for part in record["missing"]}
    for item, key in EMPTY_THERE.items():
        said = [line.strip() for line in page[key].splitlines() if line.strip()]
        assert said[1:] in ([], ["–"]), (item, said)
        assert key in missing, item


def test_every_item_of_the_write_up_has_its_place() -> None:
    assert {*EXPECTED, *EMPTY_THERE} == {f"S{n}" for n in range(1, 36)}
