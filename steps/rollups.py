"""Every number on a dashboard, for any area, from the sums that verbs keep (steps.tally).

An area's figures are read, not counted: a province, its districts and the whole country cost the
same few index reads. Villages add up to their subdistrict by the same definitions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from os.path import commonprefix
from typing import Any, Self

from django.db.models import Count, Q, Sum
from django.db.models.functions import Substr

from steps.models import (
    Enrolment,
    OccasionReach,
    Programme,
    Status,
    Step,
    StepProgress,
    Tally,
    YearProgress,
)
from steps.models.choices import OPEN
from steps.models.tallies import in_area
from steps.tally import FIRST_OPEN, Figure, figures_of, of_step


@dataclass(frozen=True)
class StepFigures:
    """Villages by their status in one step; ``late`` are those past due and not handed in."""

    not_started: int = 0
    in_progress: int = 0
    submitted: int = 0
    returned: int = 0
    verified: int = 0
    late: int = 0

    @property
    def villages(self) -> int:
        return sum(getattr(self, status) for status in Status.values)


@dataclass(frozen=True)
class Figures:
    """What is known of an area in a programme year.

    ``villages``, ``waiting``, ``returned``, ``complete``, ``late``, ``quiet``, ``committees`` and
    ``budgeted`` are numbers of villages, ``steps`` and ``verified`` of steps. ``people`` count an
    occasion once. Budget and contributions are baht, of villages whose budget is entered.
    """

    villages: int = 0
    steps: int = 0
    verified: int = 0
    waiting: int = 0
    returned: int = 0
    complete: int = 0
    late: int = 0
    quiet: int = 0
    committees: int = 0
    activities: int = 0
    village_work: int = 0
    community_led: int = 0
    people: int = 0
    households: int = 0
    budgeted: int = 0
    budget: Decimal = Decimal()
    contributed: Decimal = Decimal()
    by_step: Mapping[str, StepFigures] = field(default_factory=dict)

    @property
    def share_verified(self) -> int | None:
        """Per cent of all steps; None where no village is enrolled."""
        return per_cent(self.verified, self.steps)

    @property
    def community_led_share(self) -> int | None:
        """Per cent of village work led by committee or villagers (caution 2 of the write-up)."""
        return per_cent(self.community_led, self.village_work)

    @property
    def contributed_share(self) -> int | None:
        """Per cent of the budget the community put in (S21); None while no budget is entered."""
        return per_cent(self.contributed, self.budget)

    def as_stored(self) -> dict[str, Any]:
        """As JSON can hold it (KeptFigures)."""
        return {**asdict(self), "budget": str(self.budget), "contributed": str(self.contributed)}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """What ``as_stored`` wrote."""
        return cls(
            **{
                **stored,
                "budget": Decimal(stored["budget"]),
                "contributed": Decimal(stored["contributed"]),
                "by_step": {
                    number: StepFigures(**row) for number, row in stored["by_step"].items()
                },
            }
        )


def per_cent(part: int | Decimal, whole: int | Decimal) -> int | None:
    """A whole per cent, rounded down so that 100 means all; None of nothing."""
    return int(100 * part / whole) if whole else None


# ---------------------------------------------------------------- of areas


def of_areas(
    programme: Programme, codes: Sequence[str], steps: Sequence[Step], on: date
) -> dict[str, Figures]:
    """The figures of several areas (2, 4 or 6 digits) in three queries."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    rows = Tally.objects.filter(programme=programme, month="", area_code__in=codes)
    for code, name, n in rows.values_list("area_code", "figure", "n"):
        sums[code][name] = n
    for code, people in _shared_people(programme, codes):
        sums[code]["people"] += people
    quiet = quiet_by_area(programme, codes, on)
    return {
        code: made(sums[code], programme, steps, on, quiet=quiet.get(code, 0)) for code in codes
    }


def _shared_people(programme: Programme, codes: Sequence[str]) -> Iterable[tuple[str, int]]:
    rows = OccasionReach.objects.filter(programme=programme, area_code__in=codes)
    return rows.values("area_code").annotate(sum=Sum("people")).values_list("area_code", "sum")


def made(
    sums: Mapping[str, int], programme: Programme, steps: Sequence[Step], on: date, *, quiet: int
) -> Figures:
    """Figures from sums by name, judged on a day."""
    late_steps = {step.number for step in steps if step.due_on < programme.judged_on(on)}
    counted = Counter(sums)
    plain = {name: counted[name] for name in PLAIN}
    return Figures(
        **plain,
        late=sum(counted[of_step(number, FIRST_OPEN)] for number in late_steps),
        quiet=quiet,
        budget=Decimal(counted["budget"]) / 100,
        contributed=Decimal(counted["contributed"]) / 100,
        by_step={
            step.number: _of_step(counted, step.number, is_late=step.number in late_steps)
            for step in steps
        },
    )


PLAIN = (
    "villages",
    "steps",
    "verified",
    "waiting",
    "returned",
    "complete",
    "committees",
    "activities",
    "village_work",
    "community_led",
    "people",
    "households",
    "budgeted",
)


def _of_step(counted: Counter[str], number: str, *, is_late: bool) -> StepFigures:
    by_status = {str(status): counted[of_step(number, status)] for status in Status.values}
    late = sum(by_status[status] for status in OPEN) if is_late else 0
    return StepFigures(**by_status, late=late)


def quiet_by_area(programme: Programme, codes: Sequence[str], on: date) -> dict[str, int]:
    """How many villages are quiet in each area; the rule is that of lists.quiet (one query)."""
    if not codes:
        return {}
    lengths = {len(code) for code in codes}
    rows = YearProgress.objects.filter(silent(programme, on), _around(codes)).order_by()
    parts = rows.values(code=Substr("subdistrict_code", 1, max(lengths))).annotate(n=Count("*"))
    counts: Counter[str] = Counter()
    for code, n in parts.values_list("code", "n"):
        for length in lengths:
            counts[code[:length]] += n
    return counts


def _around(codes: Sequence[str]) -> Q:
    """The smallest area that holds all of the areas, so that an index is read once."""
    shared = commonprefix(codes)  # noqa: RUF071 (codes, no paths)
    return in_area(shared[: len(shared) // 2 * 2])


def silent(programme: Programme, on: date) -> Q:
    """Unfinished villages without an activity within the programme's quiet days."""
    since = programme.quiet_since(on)
    if since is None:
        return Q(pk__in=[])
    held_before = Q(last_activity_on__lt=since) | Q(last_activity_on__isnull=True)
    return Q(programme=programme, complete=False) & held_before


def added(figures: Iterable[Figures]) -> Figures:
    """Several areas together, such as the provinces of the country."""
    figures = list(figures)
    numbers = {
        name: sum((getattr(one, name) for one in figures), start=type(getattr(Figures(), name))())
        for name in asdict(Figures())
        if name != "by_step"
    }
    steps = {number: None for one in figures for number in one.by_step}
    return Figures(
        **numbers,
        by_step={
            number: _added([one.by_step[number] for one in figures if number in one.by_step])
            for number in steps
        },
    )


def _added(steps: Sequence[StepFigures]) -> StepFigures:
    names = asdict(StepFigures())
    return StepFigures(**{name: sum(getattr(row, name) for row in steps) for name in names})


# ---------------------------------------------------------------- of villages


def of_villages(
    programme: Programme, subdistrict: str, steps: Sequence[Step], on: date
) -> list[tuple[Enrolment, Figures]]:
    """The villages of a subdistrict in official order, by the same definitions (three queries)."""
    enrolled = Enrolment.objects.filter(programme=programme, standing__isnull=False)
    enrolled = enrolled.filter(in_area(subdistrict, "standing__"))
    enrolments = list(enrolled.select_related("standing", "village").order_by("village__code"))
    rows: defaultdict[int, list[StepProgress]] = defaultdict(list)
    for row in StepProgress.objects.filter(enrolment__in=enrolments):
        rows[row.enrolment_id].append(row)
    quiet = set(
        YearProgress.objects.filter(silent(programme, on), in_area(subdistrict)).values_list(
            "enrolment", flat=True
        )
    )
    numbers = {step.pk: step.number for step in steps}
    return [
        (
            enrolment,
            made(
                _sums_of(enrolment.standing, rows[enrolment.pk], numbers),
                programme,
                steps,
                on,
                quiet=enrolment.pk in quiet,
            ),
        )
        for enrolment in enrolments
    ]


def _sums_of(
    year: YearProgress, rows: Iterable[StepProgress], numbers: dict[int, str]
) -> dict[str, int]:
    current = [row for row in rows if row.step_id in numbers]
    figures: Counter[Figure] = figures_of(year, current, numbers)
    return {figure.name: n for figure, n in figures.items() if not figure.month}


# ---------------------------------------------------------------- by month


def verified_by_month(programme: Programme, codes: Sequence[str]) -> dict[str, dict[str, int]]:
    """Steps verified in each month ("2017-03") by number of step, over the areas together."""
    rows = Tally.objects.filter(programme=programme, area_code__in=codes).exclude(month="")
    sums = rows.values("month", "figure").annotate(sum=Sum("n")).order_by("month", "figure")
    months: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for month, figure, n in sums.values_list("month", "figure", "sum"):
        if n:
            months[month][figure.removesuffix(f" {Status.VERIFIED}")] = n
    return dict(months)


def verified_by_month_of_each(
    programme: Programme, codes: Sequence[str]
) -> dict[str, dict[str, dict[str, int]]]:
    """The same for each of several areas by itself, by its code (one query)."""
    rows = Tally.objects.filter(programme=programme, area_code__in=codes, n__gt=0)
    areas: dict[str, dict[str, dict[str, int]]] = {code: {} for code in codes}
    columns = ("area_code", "month", "figure", "n")
    for code, month, figure, n in rows.exclude(month="").order_by("month").values_list(*columns):
        by_step = areas[code].setdefault(month, {})
        by_step[figure.removesuffix(f" {Status.VERIFIED}")] = n
    return areas
