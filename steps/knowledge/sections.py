"""The sections of a knowledge record, in the order of the department's own form (S1–S35)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steps.models import LessonKind, Step

PROCESS = "process"
OUTSIDE = "process-outside"  # follow-up before, between and after the steps
ILLUSTRATIONS = "illustrations"
MAY_BE_EMPTY = (PROCESS, OUTSIDE)  # the process may consist of its steps, and end with them


@dataclass(frozen=True)
class Section:
    """A place for text in a record; ``level`` 2 is a section, 3 a step within the process."""

    key: str
    title: str | Promise
    level: int = 2


BEFORE = (
    Section("background", _("Background, inspiration and reasons")),
    Section("objectives", _("Objectives")),
    Section("inputs", _("Inputs")),
    Section("equipment", _("Equipment")),
    Section(PROCESS, _("Process and steps")),
)
AFTER = (
    Section("results", _("Results, development and success factors")),
    Section("cautions", _("Cautions")),
    Section("proposals", _("Proposals")),
)

# Where the lessons of a kind go; those of a method go to the step they belong to.
SECTION_OF_KIND: dict[str, str] = {
    LessonKind.BACKGROUND: "background",
    LessonKind.PROBLEM: "background",
    LessonKind.OBJECTIVE: "objectives",
    LessonKind.INPUT: "inputs",
    LessonKind.EQUIPMENT: "equipment",
    LessonKind.METHOD: PROCESS,
    LessonKind.RESULT: "results",
    LessonKind.SUCCESS: "results",
    LessonKind.CAUTION: "cautions",
    LessonKind.PROPOSAL: "proposals",
}


def sections_in(programme_id: int) -> list[Section]:
    """All sections of a record of a programme, in order (one query)."""
    return sections_of(Step.objects.current().filter(programme=programme_id).order_by("order"))


def sections_of(steps: Iterable[Step]) -> list[Section]:
    """All sections of a record of a programme with these steps, in order."""
    return [
        *BEFORE,
        *(Section(step_key(step), step.title, level=3) for step in steps),
        Section(OUTSIDE, _("Follow-up outside the steps"), level=3),
        *AFTER,
    ]


def title_of(key: str) -> str:
    """What a section is called where its programme is not at hand: a step by its number."""
    known = {section.key: str(section.title) for section in sections_of([])}
    return known.get(key) or f"{known[PROCESS]} {key.removeprefix(f'{PROCESS}-')}"


def step_key(step: Step) -> str:
    """The section of one step: process-1.4."""
    return f"{PROCESS}-{step.number}"
