"""The columns of an export, as data: what each is called and how a village's line fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from sammachip.thai.dates import short
from steps.models import Enrolment, Programme, Step, YearProgress
from villages.models import Area, CommitteeMember, Village

Value = str | int | Decimal | None  # text, a number, or nothing known

TEXT, WHOLE, PLAIN, MONEY, SHARE = "@", "#,##0", "0", "#,##0.00", "0.0"  # as a spreadsheet has them


class StepCells(NamedTuple):
    """One step of one village, as finished cells."""

    status: str = ""
    due: str = ""
    moved: str = ""
    late: int | None = None


NO_STEP = StepCells()


@dataclass(frozen=True)
class Line:
    """A village and what is known of it in the year of the list; ``year`` is None if not enrolled.

    ``steps`` are by number; the enrolment carries ``quiet``, as ``lists.with_quiet`` says.
    """

    village: Village
    enrolment: Enrolment | None
    steps: Mapping[str, StepCells]
    members: Sequence[CommitteeMember]
    on: date

    @property
    def year(self) -> YearProgress | None:
        return getattr(self.enrolment, "standing", None)

    @property
    def programme(self) -> Programme | None:
        return self.enrolment.programme if self.enrolment else None

    @property
    def district(self) -> Area | None:
        return self.village.subdistrict.parent

    @property
    def province(self) -> Area | None:
        return self.district.parent if self.district else None


@dataclass(frozen=True)
class Column:
    """A column: its heading, its value for a line, its number format and width in characters."""

    heading: str
    value: Callable[[Line], Value]
    form: str = TEXT
    width: int = 14


def columns(steps: Iterable[Step], *, names: bool) -> list[Column]:
    """The columns in order, in the reader's language; people's names only where asked for."""
    of_steps = [column for step in steps for column in _of_step(step.number, step.short_title)]
    return [*_of_place(), *of_steps, *_of_year(), *(_of_people() if names else [])]


# ---------------------------------------------------------------- where


def _of_place() -> list[Column]:
    return [
        Column(_("Province"), lambda line: _name(line.province), width=16),
        Column(_("Province code"), lambda line: line.village.code[:2], width=8),
        Column(_("District"), lambda line: _name(line.district), width=16),
        Column(_("District code"), lambda line: line.village.code[:4], width=8),
        Column(_("Subdistrict"), lambda line: _name(line.village.subdistrict), width=16),
        Column(_("Subdistrict code"), lambda line: line.village.code[:6], width=8),
        Column(_("Village code"), lambda line: line.village.code, width=10),
        Column(_("Moo"), lambda line: line.village.moo, PLAIN, width=6),
        Column(_("Village name"), lambda line: str(line.village.name), width=20),
        Column(_("Second name"), lambda line: line.village.alt_name, width=16),
        Column(_("Fiscal year"), _fiscal_year, PLAIN, 8),
    ]


def _fiscal_year(line: Line) -> int | None:
    return line.programme.year if line.programme else None


def _name(area: Area | None) -> str:
    return str(area.name) if area else ""


# ---------------------------------------------------------------- how far


def _of_step(number: str, title: str) -> list[Column]:
    def cells(line: Line) -> StepCells:
        return line.steps.get(number, NO_STEP)

    return [
        Column(_("%s: status") % title, lambda line: cells(line).status),
        Column(_("%s: due") % number, lambda line: cells(line).due),
        Column(_("%s: handed in or verified on") % number, lambda line: cells(line).moved),
        Column(_("%s: days late") % number, lambda line: cells(line).late, WHOLE, 8),
    ]


def _of_year() -> list[Column]:
    return [
        Column(_("Steps verified"), _counter("verified"), WHOLE, 9),
        Column(_("Last activity"), _last_activity),
        Column(_("Quiet, days"), _quiet_days, WHOLE, 9),
        Column(_("Committee formed"), _committee, width=9),
        Column(_("Activities"), _counter("activities"), WHOLE, 9),
        Column(_("People reached in the village's own activities"), _counter("people"), WHOLE, 12),
        Column(_("Households reached"), _counter("households"), WHOLE, 9),
        Column(_("Budget, baht"), _counter("budget"), MONEY),
        Column(_("Community contribution, baht"), _counter("contributed"), MONEY),
        Column(_("Community share of the budget, per cent"), _share, SHARE, 12),
    ]


def _counter(field: str) -> Callable[[Line], Value]:
    def value(line: Line) -> Value:
        counted: Any = getattr(line.year, field, None)
        return counted

    return value


def _last_activity(line: Line) -> str:
    return day(line.year.last_activity_on) if line.year else ""


def _quiet_days(line: Line) -> int | None:
    """Days since the last activity, or the year opened, where the village is quiet; else 0."""
    if line.enrolment is None or line.year is None:
        return None
    programme = line.enrolment.programme
    if not line.enrolment.quiet:  # type: ignore[attr-defined]
        return 0
    last = line.year.last_activity_on or programme.opens_on
    return (programme.judged_on(line.on) - last).days


def _share(line: Line) -> Decimal | None:
    """What the community put in, per cent of the budget; unknown without a budget."""
    if line.year is None or not line.year.budget:
        return None
    return (100 * line.year.contributed / line.year.budget).quantize(Decimal("0.1"))


def _committee(line: Line) -> str:
    if line.year is None:
        return ""
    return _("Yes") if line.year.committee else _("No")


def day(when: date | datetime | None) -> str:
    """23 มี.ค. 2560: text, which no spreadsheet turns into another day."""
    return short(when) if when else ""


# ---------------------------------------------------------------- people, where asked for


def _of_people() -> list[Column]:
    return [
        Column(_("Responsible officer"), lambda line: _officer(line, "name"), width=24),
        Column(_("Officer's phone"), lambda line: phone(_officer(line, "phone"))),
        Column(_("Committee members"), lambda line: members(line.members), width=60),
    ]


def _officer(line: Line, field: str) -> str:
    return str(getattr(line.enrolment and line.enrolment.officer, field, ""))


def members(people: Iterable[CommitteeMember]) -> str:
    """ประธาน: นายสมชาย ใจดี; กรรมการ: นางบุญมี ศรีแก้ว, นายคำ ทองดี"""
    by_position: dict[str, list[str]] = {}
    for person in people:
        position = person.position or str(person.get_kind_display())
        by_position.setdefault(position, []).append(person.name)
    return "; ".join(f"{position}: {', '.join(names)}" for position, names in by_position.items())


def phone(text: str) -> str:
    """081-234-5678: with its hyphens it stays text, as a number it would lose its first 0."""
    if not text.isdecimal() or len(text) not in (9, 10):
        return text
    return f"{text[:-7]}-{text[-7:-4]}-{text[-4:]}"
