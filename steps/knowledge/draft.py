"""The draft of a knowledge record: each section told from what was recorded, in Thai.

A record is a Thai paper whatever the language of the screen. What nobody recorded stays an empty
section: nothing is invented, nothing left out because it fell short.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Office, User
from sammachip.thai.text import clean_lines
from steps.knowledge import telling
from steps.knowledge.material import Material, material_of
from steps.knowledge.sections import OUTSIDE, PROCESS, SECTION_OF_KIND, sections_of, step_key
from steps.models import Enrolment, Factor, Lesson, LessonKind

TITLE_LENGTH = 300


def draft_of(enrolment: Enrolment, *, on: date) -> dict[str, str]:
    """The text of every section by its key, "" where nothing was recorded.

    A line a paragraph, "- " before an item of a list; a fixed number of queries.
    """
    with override("th"):
        material = material_of(enrolment, on=on)
        told = dict(_sections(material))
    keys = [section.key for section in sections_of(material.steps)]
    return {key: clean_lines("\n".join(told[key])) for key in keys}


def _sections(material: Material) -> Iterator[tuple[str, list[str]]]:
    learned = _lessons(material)
    yield "background", [*telling.of_the_village(material), *learned["background"]]
    yield "objectives", learned["objectives"]
    yield "inputs", [*_inputs(material), *learned["inputs"]]
    yield "equipment", learned["equipment"]
    yield PROCESS, learned[PROCESS]
    for step in material.steps:
        key = step_key(step)
        yield key, [*telling.of_a_step(material, step), *learned[key]]
    outside = [row for row in material.facts.activities if row.step_id is None]
    yield OUTSIDE, list(telling.of_activities(material, outside, None))
    yield "results", [*_results(material), *learned["results"]]
    yield "cautions", [*_cautions(material), *learned["cautions"]]
    yield "proposals", learned["proposals"]


def _inputs(material: Material) -> Iterable[str]:
    yield from telling.of_levels(material, Factor.Kind.INPUT)
    yield from telling.of_money(material)


def _results(material: Material) -> Iterable[str]:
    yield from telling.of_levels(material, Factor.Kind.SUCCESS)
    yield from telling.of_learning_from_each_other(material)
    yield from telling.of_links(material.links)


def _cautions(material: Material) -> Iterable[str]:
    yield from telling.of_levels(material, Factor.Kind.CAUTION)
    yield from telling.of_measures(material)
    yield from telling.of_needs(material.needs)


# ---------------------------------------------------------------- lessons


def _lessons(material: Material) -> dict[str, list[str]]:
    """What was learned, by the section it belongs to; the lines of who wrote it."""
    steps = {step.pk: step_key(step) for step in material.steps}
    by_section: dict[str, list[str]] = defaultdict(list)
    for lesson in material.lessons_of(*LessonKind):
        by_section[section_of(lesson, steps)] += lesson.text.splitlines()
    return by_section


def section_of(lesson: Lesson, steps: dict[int, str]) -> str:
    """Its kind decides; a method goes to the step it belongs to (``steps``: key by step)."""
    section = SECTION_OF_KIND[lesson.kind]
    return steps.get(lesson.step_id or 0, section) if section == PROCESS else section


# ---------------------------------------------------------------- the head


def head_of(enrolment: Enrolment, *, by: User, on: date) -> dict[str, object]:
    """What stands on the first page of a new record: the responsible officer writes, today.

    Without an officer it is who drafts. The office is that of the district; one query.
    """
    office = Office.objects.filter(area=enrolment.village.district_code).first()
    author = enrolment.officer or by
    with override("th"):
        return {
            "category": _("Techniques of promoting right livelihood"),
            "title": _title(enrolment)[:TITLE_LENGTH],
            "author": author.name,
            "position": author.position,
            "written_on": on,
            "office": office.name if office else "",
            "address": " ".join(office.address.split()) if office else "",
            "contact": _contact(office) if office else "",
        }


def _title(enrolment: Enrolment) -> str:
    words = _("The process of promoting right livelihood in %(place)s")
    return words % {"place": telling.place_of(enrolment.village)}


def _contact(office: Office) -> str:
    parts = [
        _("Phone %(phone)s") % {"phone": office.phone} if office.phone else "",
        _("E-mail %(email)s") % {"email": office.email} if office.email else "",
    ]
    return " ".join(part for part in parts if part)
