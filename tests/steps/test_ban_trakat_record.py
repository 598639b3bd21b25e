"""The write-up of Ban Trakat, item by item: what is recorded on the screens stands in the section
of the record it belongs to, in no other, on the page to print and in the Word file."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document

from accounts.models import User
from steps.facts import steps_of
from steps.knowledge.sections import ILLUSTRATIONS, sections_of
from steps.knowledge.telling import households, listed, people
from steps.models import ShelfDocument, Topic
from steps.models.programme import Kind
from tests.cast import World
from tests.pages import send
from villages.models import LeaderKind

SignIn = Callable[[User], Client]
CODE, YEAR = "33140108", 2560
TARGETS = 25
HEAD = "head"  # what stands before the first section
FOOT = "foot"  # what stands after the last one
WRITTEN_ON = "17 พฤศจิกายน พ.ศ. 2559"  # no day that the head, or anything recorded, has by itself

# Where each item of the write-up belongs. S2, S27, S33 and S34 are places that are empty there.
ABOUT = {
    "S1": "category",
    "S3": "title",
    "S4": "author",
    "S4 position": "position",
    "S5": "written_on",
    "S6": "office",
    "S6 address": "address",
    "S35": "contact",
}
LESSONS = {
    **dict.fromkeys(("S7", "S8", "S9"), "background"),
    "S10": "problem",
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
SHELF = {"S11 model": "model", "S13 department": "department", "S13 agency": "agency"}
EXPECTED = {
    **dict.fromkeys(ABOUT, HEAD),
    "S35": FOOT,
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


def recorded(client: Client, world: World) -> dict[str, str]:
    """Each item on the screen it is recorded on, as a token; then the record is drafted.

    An item of which several things are recorded has a token for each: "S17 place".
    """
    tokens = {item: token() for item in (*EXPECTED, *ABOUT)}
    tokens["S5"] = WRITTEN_ON  # a date cannot be invented so that nobody else writes it
    tokens |= _shelf(client, world)
    tokens |= _people(client, world)
    for item, number in STEPS.items():
        tokens |= _step(client, world, item, number, tokens[item])
    tokens |= _plan(client)
    for item, kind in LESSONS.items():
        _lesson(client, kind, tokens[item])
    _assessment(client, {FACTORS[item]: tokens[item] for item in FACTORS})
    stored(client.post(address("knowledge_draft"), {"client_id": str(uuid4())}))
    head = {field: tokens[item] for item, field in ABOUT.items()}
    stored(send(client, address("knowledge_about"), **head))
    return tokens


def section_of(name: str) -> str:
    """Where a token belongs: "S17 place" where S17 does."""
    return EXPECTED[name.split()[0]]


def stored(answer: Any) -> None:
    assert answer.status_code == 303, answer.content.decode()


def _shelf(client: Client, world: World) -> dict[str, str]:
    """What was studied of model communities, and the handbooks that were collected."""
    notes = {name: token() for name in SHELF}  # a title also stands where it is studied
    where = reverse("steps:shelf_add", args=[world.trakat.district_code, YEAR])
    for name, source in SHELF.items():
        stored(send(client, where, title=token(), source=source, note=notes[name]))
    return notes


def _people(client: Client, world: World) -> dict[str, str]:
    """The heads of the target households, and a working group of four, one of each kind."""
    targets = {f"target-{row.pk}": "on" for row in world.trakat.households.all()[:TARGETS]}
    assert len(targets) == TARGETS
    stored(send(client, address("targets"), **targets))
    where = reverse("villages:member_add", args=[CODE])
    for kind in LeaderKind.values:
        stored(send(client, where, name=token(), kind=kind, joined_on="1/2/2560"))
    with override("th"):
        kinds = listed(f"{label} {people(1)}" for label in LeaderKind.labels)
        words = _("The village committee has %(n)s: %(kinds)s")
        return {"S15 committee": words % {"n": people(4), "kinds": kinds}}


def _step(client: Client, world: World, item: str, number: str, summary: str) -> dict[str, str]:
    """An activity of a step with all that the step asks for, in words of its own."""
    step = world.step(number)
    asked = {kind: step.requirements.filter(kind=kind) for kind in Kind}
    typed: dict[str, Any] = {"form": "meeting", "held_on": "1/3/2560", "place": token()}
    tokens = {f"{item} held at": typed["place"]}
    topics = Topic.objects.filter(requirement__in=asked[Kind.TOPICS])
    for topic in topics:
        topic.label_th = tokens[f"{item} topic {topic.code}"] = token()
        topic.save()
    typed["topic"] = [str(topic.pk) for topic in topics]
    for text in asked[Kind.TEXT]:
        typed[f"text-{text.pk}"] = tokens[f"{item} text {text.code}"] = token()
    if asked[Kind.PLACE]:
        for name in ("name", "area", "reason"):
            typed[f"visited_{name}"] = tokens[f"{item} visited {name}"] = token()
    for topic in Topic.objects.filter(requirement__in=asked[Kind.GROUPS]).select_related("group"):
        typed[f"group-{topic.group_id}"] = "6"
        tokens[f"{item} group {topic.code}"] = _group(topic)
    if asked[Kind.HOUSEHOLDS_PRESENT]:
        came = world.enrolment.households.filter(target=True)
        typed["present"] = [str(row.household_id) for row in came]
        tokens[f"{item} came"] = _came(TARGETS)
    if asked[Kind.DOCUMENTS_STUDIED]:
        document = ShelfDocument.objects.get(source="agency")
        typed["document"] = [str(document.pk)]
        with override("th"):  # its title alone stands where it was collected, too
            words = _("Documents studied: %(list)s") % {"list": document.title}
        tokens[f"{item} studied"] = words
    stored(send(client, address("record", number), **typed, summary=summary))
    return tokens


def _group(topic: Topic) -> str:
    with override("th"):
        return f"{topic.group} {people(6)}"


def _came(n: int) -> str:
    with override("th"):
        words = _("Of the target households came %(n)s of %(all)s")
        return words % {"n": n, "all": households(n)}


def _plan(client: Client) -> dict[str, str]:
    """What the meeting after the visit came to: goals, and work with its time."""
    tokens = {"S18 goal": token(), "S18 work": token()}
    stored(send(client, address("plan_goal", "2.4"), goal=tokens["S18 goal"]))
    typed = {"owner": "committee", "starts_on": "7/5/2560", "ends_on": "9/6/2560"}
    stored(send(client, address("plan_item_add", "2.4"), activity=tokens["S18 work"], **typed))
    return {**tokens, "S18 time": "7 พ.ค. 2560 – 9 มิ.ย. 2560"}


def _lesson(client: Client, kind: str, text: str) -> None:
    stored(send(client, address("lesson_add"), other=text, other_kind=kind))


def _assessment(client: Client, evidence: dict[str, str]) -> None:
    call_command("loaddata", "factors", verbosity=0)
    levels = {f"level-{code}": "2" for code in evidence}
    texts = {f"evidence-{code}": text for code, text in evidence.items()}
    when = {"assessed_on": "1/3/2560", "assessed_with": "village"}
    stored(send(client, address("assessment_edit"), **when, **levels, **texts))


# ---------------------------------------------------------------- reading it back


PARTS = ("section", "header", "footer")


class Sections(HTMLParser):
    """The words of a page by the section they stand in."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {HEAD: ""}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in PARTS:
            self._open.append(dict(attrs).get("data-section") or HEAD)
            self.texts.setdefault(self._open[-1], "")

    def handle_endtag(self, tag: str) -> None:
        if tag in PARTS:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.texts[self._open[-1] if self._open else HEAD] += data


def on_the_page(client: Client) -> dict[str, str]:
    reader = Sections()
    reader.feed(client.get(address("knowledge_print")).content.decode())
    return reader.texts


def in_the_word_file(client: Client, world: World) -> dict[str, str]:
    """Its words by section, a section beginning with its heading; below the last one the foot."""
    steps = steps_of(world.programme.pk)
    keys = {str(section.title): section.key for section in sections_of(steps)}
    answer = client.get(address("knowledge_docx"))
    file = Document(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    texts, here = {HEAD: "", FOOT: ""}, HEAD
    *blocks, last = file.iter_inner_content()
    for block in blocks:
        if block.style.name.startswith("Heading"):
            here = keys.get(block.text, ILLUSTRATIONS)
        texts[here] = texts.get(here, "") + block.text + "\n"
    assert last.style.name == "Caption"  # the foot is none of the text of a section
    return {**texts, FOOT: last.text}


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
    tokens = recorded(client, world)
    expected = {name: [section_of(name)] for name in tokens}
    assert places(on_the_page(client), tokens) == expected
    assert places(in_the_word_file(client, world), tokens) == expected


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
    items = {name.split()[0] for name in (*EXPECTED, *EMPTY_THERE)}
    assert items == {f"S{n}" for n in range(1, 36)}
