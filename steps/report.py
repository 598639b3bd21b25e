"""The printed report of an area: what was to be reached, what was, and when, a page a district."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Q, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Office
from steps import rollups
from steps.board.places import Place, Year
from steps.models import Step, YearProgress
from steps.months import quarter_of
from steps.rollups import Figures, StepFigures, per_cent
from villages.models import Area

QUARTERS = (1, 2, 3, 4)
LONGEST = 10  # villages listed on a page

Months = Mapping[str, Mapping[str, int]]  # "2017-03" -> number of step -> steps verified in it


@dataclass(frozen=True)
class Line:
    """A row of the table: what was to be reached, what was, and how much of it in each quarter.

    ``outside`` were verified before or after the programme's year.
    """

    label: str
    target: int
    result: int
    quarters: list[int]

    @property
    def share(self) -> int | None:
        return per_cent(self.result, self.target)

    @property
    def outside(self) -> int:
        return self.result - sum(self.quarters)


@dataclass(frozen=True)
class Behind:
    """A village that is late or quiet, in words; ``officer`` is "" where it may not be said."""

    name: str
    late: str
    quiet: str
    officer: str


@dataclass(frozen=True)
class Page:
    """A sheet of its own: an area in the one above, its table, the villages to look at first.

    ``more`` are how many villages are late or quiet beside those listed.
    """

    area: Area
    above: Area | None
    office: str
    head: str
    lines: list[Line]
    total: Line
    figures: Figures
    behind: list[Behind]
    more: int


def pages_of(place: Place, year: Year, on: date, *, names: bool) -> list[Page]:
    """A province: itself and each of its districts; a district or subdistrict: itself.

    ``names`` says whether officers may be named. Seven queries, however many districts.
    """
    codes = [place.code]
    if len(place.code) == Area.PROVINCE:
        codes += [area.code for area in place.below]
    numbers = _Numbers(
        year,
        on,
        figures=rollups.of_areas(year.programme, codes, year.steps, on),
        months=rollups.verified_by_month_of_each(year.programme, codes),
        offices=dict(Office.objects.filter(area__in=codes).values_list("area_id", "name")),
        behind=_behind(year, place.code, on, names=names),
    )
    area = place.area
    if area is None or len(codes) == 1:
        return [numbers.by_step(area, area.parent)] if area else []
    districts = [part for part in place.below if numbers.has_villages(part)]
    pages = [numbers.by_step(district, area) for district in districts]
    return [numbers.by_part(area, districts), *pages]


@dataclass(frozen=True)
class _Numbers:
    """All that is printed, by the code of an area; those behind by that of a village."""

    year: Year
    on: date
    figures: Mapping[str, Figures]
    months: Mapping[str, Months]
    offices: Mapping[str, str]
    behind: Mapping[str, Behind]

    def has_villages(self, area: Area) -> bool:
        return area.code in self.figures and self.figures[area.code].villages > 0

    def by_step(self, area: Area, above: Area | None) -> Page:
        """What a district did in each step."""
        lines = [self._line(step.short_title, area, [step.number]) for step in self.year.steps]
        behind = [row for code, row in self.behind.items() if code.startswith(area.code)]
        return self._page(area, above, _("Step"), lines, behind)

    def by_part(self, area: Area, parts: Sequence[Area]) -> Page:
        """What each district of a province did in all steps."""
        lines = [self._line(part.name, part, self._all_steps) for part in parts]
        return self._page(area, None, _("District"), lines, [])

    def _page(
        self, area: Area, above: Area | None, head: str, lines: list[Line], behind: list[Behind]
    ) -> Page:
        return Page(
            area=area,
            above=above,
            office=self.offices.get(area.code, ""),
            head=head,
            lines=lines,
            total=self._line(_("Total"), area, self._all_steps),
            figures=self.figures[area.code],
            behind=behind[:LONGEST],
            more=max(len(behind) - LONGEST, 0),
        )

    @property
    def _all_steps(self) -> list[str]:
        return [step.number for step in self.year.steps]

    def _line(self, label: str, area: Area, steps: Sequence[str]) -> Line:
        by_step = self.figures[area.code].by_step
        rows = [by_step.get(number, StepFigures()) for number in steps]
        quarters = self._quarters(self.months[area.code], steps)
        return Line(
            label=label,
            target=sum(row.villages for row in rows),
            result=sum(row.verified for row in rows),
            quarters=[quarters[number] for number in QUARTERS],
        )

    def _quarters(self, months: Months, steps: Sequence[str]) -> Counter[int]:
        """Steps verified in each quarter of the programme's year."""
        programme = self.year.programme
        quarters: Counter[int] = Counter()
        for month, by_step in months.items():
            first = date.fromisoformat(f"{month}-01")
            if programme.opens_on.replace(day=1) <= first <= programme.closes_on:
                quarters[quarter_of(first)] += sum(by_step.get(number, 0) for number in steps)
        return quarters


# ---------------------------------------------------------------- villages to look at first

NAMED = ("enrolment__village__code", "enrolment__village__moo", "enrolment__officer__name")
VILLAGE = ("enrolment__village__name_th", "enrolment__village__name_en")


def _behind(year: Year, area: str, on: date, *, names: bool) -> dict[str, Behind]:
    """Late and quiet villages by code, the longest late and then the longest quiet first."""
    programme = year.programme
    judged = programme.judged_on(on)
    due = {step.pk: step for step in year.due_before(on)}
    quiet = rollups.silent(programme, on)
    rows = YearProgress.objects.filter(Q(first_open__in=due) | quiet, programme=programme)
    rows = rows.within(area).annotate(is_quiet=Case(When(quiet, then=True), default=False))
    rows = rows.select_related("enrolment__village", "enrolment__officer")
    found = []
    for row in rows.only("last_activity_on", "first_open", *NAMED, *VILLAGE):
        step = due.get(row.first_open_id or 0)
        late_days = (judged - step.due_on).days if step else 0
        silent = (judged - (row.last_activity_on or programme.opens_on)).days
        silent_days = silent if row.is_quiet else 0
        found.append((-late_days, -silent_days, row.enrolment.village.code, step, row))
    return {
        code: _said(row, step, late_days=-late, quiet_days=-quiet, names=names)
        for late, quiet, code, step, row in sorted(found, key=lambda one: one[:3])
    }


def _said(
    row: YearProgress, step: Step | None, *, late_days: int, quiet_days: int, names: bool
) -> Behind:
    officer = row.enrolment.officer
    return Behind(
        name=row.enrolment.village.title,
        late=_late_words(step, late_days) if step else "",
        quiet=_quiet_words(row, quiet_days) if quiet_days else "",
        officer=officer.name if officer and names else "",
    )


def _late_words(step: Step, days: int) -> str:
    """1.4 (12 days late)"""
    words = ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    return f"{step.number} ({words})"


def _quiet_words(row: YearProgress, days: int) -> str:
    """60 days; none has been held yet: since the year began."""
    words = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return words if row.last_activity_on else _("%(days)s, no activity yet") % {"days": words}
