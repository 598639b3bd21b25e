"""The pictures of a record: numbered, told where and when they are from, named at their step."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from docx import Document

from accounts.models import User
from steps.knowledge.paper import Paper, in_thai_digits
from steps.knowledge.reading import paper_of, pictured
from steps.models import Activity, KnowledgeRecord
from tests.cast import World
from tests.steps.published import photo_of, record_of

pytestmark = pytest.mark.usefixtures("english")
SignIn = Callable[[User], Client]
BELOW = [
    "Picture 1 ประชุมครั้งแรก (Step 1.4 on 1 Mar 2560 BE)",
    "Picture 2 (Step 1.4 on 1 Mar 2560 BE)",
    "Picture 3 (Outside the steps on 5 Mar 2560 BE)",
    "Picture 4 (Step 1.4 on 1 Mar 2560 BE)",
]


@pytest.fixture
def record(world: World) -> KnowledgeRecord:
    """A record with four pictures: three of step 1.4, the third of no step and not cleared."""
    record = record_of(world.enrolment, by=world.nida, process_1_4="ประชุมชี้แจง")
    step, outside = held(world, "1.4", 1), held(world, None, 5)
    taken = [(step, "green"), (step, "blue"), (outside, "red"), (step, "yellow")]
    for number, (activity, colour) in enumerate(taken, start=1):
        shown = photo_of(record, activity, by=world.nida, colour=colour, cleared=colour != "red")
        shown.order, shown.caption = number, "ประชุมครั้งแรก" if number == 1 else ""
        shown.save()
    return record


def held(world: World, number: str | None, day: int) -> Activity:
    return Activity.objects.create(
        enrolment=world.enrolment,
        step=world.step(number) if number else None,
        form="meeting",
        held_on=date(2017, 3, day),
        place="ศาลา",
        led_by="officer",
        recorded_by=world.nida,
    )


def told(record: KnowledgeRecord, language: str = "en", *, public: bool = False) -> Paper:
    with override(language):
        return paper_of(record, public=public)


def below(paper: Paper) -> list[str]:
    return [picture.caption for picture in paper.part("illustrations").pictures]


def test_each_picture_has_its_number_and_says_at_which_step_and_when(
    record: KnowledgeRecord,
) -> None:
    assert below(told(record)) == BELOW


def test_a_step_names_its_pictures_below_its_text(record: KnowledgeRecord) -> None:
    paper = told(record)
    lines = [block.lines for block in paper.part("process-1.4").blocks]
    assert lines == [("ประชุมชี้แจง",), ("Pictures 1–2 and 4",)]
    assert paper.part("process-outside").pictured == "Picture 3"
    assert paper.part("process-2.1").is_empty


def test_pictures_keep_their_numbers_where_others_are_left_out(record: KnowledgeRecord) -> None:
    """A text may name them, and the reviewer saw it beside all of them."""
    paper = told(record, public=True)
    assert below(paper) == [BELOW[0], BELOW[1], BELOW[3]]
    assert paper.part("process-1.4").pictured == "Pictures 1–2 and 4"
    assert paper.part("process-outside").is_empty


def test_the_page_to_print_the_word_file_and_the_library_say_the_same(
    record: KnowledgeRecord, world: World, signed_in: SignIn, client: Client
) -> None:
    paper, year = told(record, "th"), [world.trakat.code, 2560]
    nida = signed_in(world.nida)
    page = nida.get(reverse("steps:knowledge_print", args=year)).content.decode()
    assert re.findall("<figcaption>(.*?)</figcaption>", page) == below(paper)
    word = nida.get(reverse("steps:knowledge_docx", args=year))
    file = Document(BytesIO(b"".join(word.streaming_content)))  # type: ignore[attr-defined]
    lines = [paragraph.text for paragraph in file.paragraphs]
    assert [line for line in lines if line in below(paper)] == below(paper)
    for shown in (page, "\n".join(lines)):
        assert paper.part("process-1.4").pictured in shown
    public = told(record, public=True).part("process-1.4").pictured
    assert public in client.get(reverse("library:record", args=[record.pk])).content.decode()


def test_pictures_are_numbered_in_thai_digits_where_these_are_chosen(
    record: KnowledgeRecord,
) -> None:
    paper = in_thai_digits(told(record))
    assert paper.part("process-1.4").pictured == "Pictures ๑–๒ and ๔"
    assert below(paper)[1] == "Picture ๒ (Step ๑.๔ on ๑ Mar ๒๕๖๐ BE)"


def test_numbers_that_follow_each_other_are_told_as_one_run() -> None:
    with override("en"):
        assert pictured([]) == ""
        assert pictured([2]) == "Picture 2"
        assert pictured([1, 2, 3, 5, 7, 8]) == "Pictures 1–3 5 and 7–8"
