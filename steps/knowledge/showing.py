"""A record on the screens of its area: what stands in it, where it came from, what is to choose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from sammachip.thai import dates
from steps.facts import steps_of
from steps.knowledge.paper import Block, blocks_of
from steps.knowledge.sections import (
    ILLUSTRATIONS,
    MAY_BE_EMPTY,
    OUTSIDE,
    PROCESS,
    sections_of,
    step_key,
)
from steps.models import Activity, Enrolment, KnowledgeRecord, RecordSection, Step
from steps.models.programme import Kind


@dataclass(frozen=True)
class Source:
    """Where the text of a section is drafted from, and recorded."""

    label: str
    href: str


@dataclass(frozen=True)
class SectionShown:
    """A section, ready for a page. ``row`` is None where the record never had it."""

    key: str
    title: str
    level: int
    row: RecordSection | None
    sources: list[Source]

    @property
    def text(self) -> str:
        return self.row.text if self.row else ""

    @property
    def blocks(self) -> list[Block]:
        return blocks_of(self.text)

    @property
    def has_news(self) -> bool:
        return bool(self.row and self.row.has_news)

    @property
    def is_written(self) -> bool:
        """Whether a person wrote what stands in it: no line of it is one of the draft."""
        if self.row is None or self.row.edited_by is None:
            return False
        lines = {line for line in self.text.split("\n") if line}
        return bool(lines) and lines.isdisjoint(self.row.drafted.split("\n"))

    @property
    def is_missing(self) -> bool:
        """Whether nothing stands in it that should."""
        return not self.text and self.key not in MAY_BE_EMPTY


def sections_shown(record: KnowledgeRecord) -> list[SectionShown]:
    """Every section of a record in order, in five queries."""
    enrolment = record.enrolment
    steps = steps_of(enrolment.programme_id)
    rows = {row.key: row for row in record.sections.select_related("edited_by")}
    sources = sources_of(enrolment, steps)
    return [
        SectionShown(
            key=section.key,
            title=str(section.title),
            level=section.level,
            row=rows.get(section.key),
            sources=sources[section.key],
        )
        for section in sections_of(steps)
    ]


def section_shown(record: KnowledgeRecord, key: str) -> SectionShown | None:
    """One section by its key; None where the programme has none such."""
    return next((shown for shown in sections_shown(record) if shown.key == key), None)


# ---------------------------------------------------------------- what is missing


@dataclass(frozen=True)
class Missing:
    """A part of a record in which nothing stands, and where it is filled in."""

    key: str
    label: str
    href: str
    call: str
    sources: list[Source]


def missing_in(
    record: KnowledgeRecord, sections: Iterable[SectionShown], *, has_photos: bool
) -> list[Missing]:
    """What the head, the sections and the illustrations still lack, in their order; no query."""
    year = record.enrolment
    about, fill_in = _address(year, "knowledge_about"), _("Fill in")
    head = {
        "category": _("Category"),
        "author": _("Author"),
        "position": _("Position"),
        "written_on": _("Date"),
        "office": _("Office"),
        "address": _("Address"),
    }
    missing = [
        Missing(name, label, f"{about}#id_{name}", fill_in, [])
        for name, label in head.items()
        if not getattr(record, name)
    ]
    missing += [
        Missing(
            shown.key,
            shown.title,
            _address(year, "knowledge_section", shown.key),
            _("Write this section"),
            shown.sources,
        )
        for shown in sections
        if shown.is_missing
    ]
    if not has_photos:
        photos = _address(year, "knowledge_photos")
        missing.append(Missing(ILLUSTRATIONS, _("Illustrations"), photos, _("Choose photos"), []))
    return missing


# ---------------------------------------------------------------- where it came from

WRITTEN_IN: dict[str, tuple[str, ...]] = {  # pages of the year from which a section is drafted
    "background": ("lessons",),
    "objectives": ("lessons",),
    "inputs": ("assessment", "money", "lessons"),
    "equipment": ("lessons",),
    PROCESS: ("lessons",),
    OUTSIDE: (),
    "results": ("assessment", "network", "livelihoods", "lessons"),
    "cautions": ("assessment", "needs", "money", "plan", "lessons"),
    "proposals": ("lessons",),
}


def sources_of(enrolment: Enrolment, steps: Iterable[Step]) -> dict[str, list[Source]]:
    """The sources of each section by its key; one query."""
    pages = {
        "assessment": _("Self-assessment of the year"),
        "lessons": _("Lessons learned"),
        "livelihoods": _("Livelihoods and learning"),
        "money": _("Budget and community contribution"),
        "needs": _("What the village lacks"),
        "network": _("Village network"),
        "plan": _("Action plan"),
    }
    sources = {
        key: [Source(pages[name], _address(enrolment, name)) for name in names]
        for key, names in WRITTEN_IN.items()
    }
    village = reverse("villages:detail", args=[enrolment.village.code])
    sources["background"].insert(0, Source(_("The village and its households"), village))
    held = list(enrolment.activities.counted().order_by("held_on", "recorded_at", "id"))
    for step in steps:
        own = [row for row in held if row.step_id == step.pk]
        sources[step_key(step)] = _of_step(enrolment, step, own)
    sources[OUTSIDE] += [_of_activity(enrolment, row) for row in held if row.step_id is None]
    return sources


def _of_step(enrolment: Enrolment, step: Step, held: list[Activity]) -> list[Source]:
    """What ``telling.of_a_step`` and the lessons tell of, each at the page it is recorded on."""
    own = Source(step.short_title, _address(enrolment, "step", step.number))
    activities = [_of_activity(enrolment, row) for row in held]
    lessons = Source(_("Lessons learned"), _address(enrolment, "lessons"))
    return [own, *activities, *_asked_of(enrolment, step), lessons]


def _asked_of(enrolment: Enrolment, step: Step) -> Iterator[Source]:
    """The lists of the village and its district that a step asks for."""
    village, year = enrolment.village, enrolment.programme.year
    kinds = {requirement.kind for requirement in step.requirements.all()}
    if Kind.HOUSEHOLDS_PRESENT in kinds:
        yield Source(_("Target households"), _address(enrolment, "targets"))
    if Kind.COMMITTEE in kinds:
        yield Source(_("Village committee"), reverse("villages:committee", args=[village.code]))
    if Kind.CHANGE_LEADERS in kinds:
        yield Source(_("Change leaders"), _address(enrolment, "leaders"))
    if Kind.DOCUMENTS_SHELVED in kinds:
        shelf = reverse("steps:shelf", args=[village.district_code, year])
        yield Source(_("Document shelf"), shelf)
    if any(requirement.shortfall_allowed for requirement in step.requirements.all()):
        yield Source(_("Explained shortfalls"), _address(enrolment, "step", step.number))
    if step.has_plan:
        anchor = f"#plan-{step.number.replace('.', '-')}"
        yield Source(_("Action plan"), _address(enrolment, "plan") + anchor)


def _of_activity(enrolment: Enrolment, activity: Activity) -> Source:
    words = f"{activity.get_form_display()} {dates.short(activity.held_on)}"
    return Source(words, _address(enrolment, "activity", activity.pk))


def _address(enrolment: Enrolment, name: str, *more: object) -> str:
    return reverse(f"steps:{name}", args=[enrolment.village.code, enrolment.programme.year, *more])


# ---------------------------------------------------------------- two texts side by side


@dataclass(frozen=True)
class Line:
    """A line of a text, and whether the other text lacks it."""

    text: str
    is_only_here: bool


def beside(text: str, other: str) -> list[Line]:
    """The lines of a text, marked where the other has none such."""
    there = set(other.split("\n"))
    return [Line(line, line not in there) for line in text.split("\n")]
