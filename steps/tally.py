"""What a village adds to the figures of its areas, and keeping their sums (rule 9).

``figures_of`` is the one place that says what is counted. A verb moves the sums by the difference
of before and after, in the same transaction, last, in sorted order: writers who meet on the same
counters in any other order deadlock (measured). ``recount`` adds everything up again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db import connections
from django.db.models import Prefetch
from django.utils import timezone

from steps.models import Programme, Status, StepProgress, Tally, YearProgress
from steps.models.tallies import YearProgressQuerySet

LEVELS = (2, 4, 6)  # digits of the areas that are counted; the country is the sum of provinces


class Figure(NamedTuple):
    """What is counted, and for what happened by month the month ("2017-03"), else ""."""

    name: str
    month: str = ""


class Key(NamedTuple):
    """Where a figure stands: a programme and an area. Sorts as writers lock it."""

    programme: int
    area: str
    month: str
    name: str


def of_step(number: str, what: str) -> str:
    """The name of a step's figure: "1.4 verified", "1.4 first_open"."""
    return f"{number} {what}"


FIRST_OPEN = "first_open"


def figures_of(
    year: YearProgress, steps: Iterable[StepProgress], numbers: dict[int, str]
) -> Counter[Figure]:
    """What one village adds to every figure; ``numbers`` maps the key of a step to its number."""
    counts: Counter[Figure] = Counter()
    for row in steps:
        number = numbers[row.step_id]
        counts[Figure(of_step(number, row.status))] += 1
        if row.status == Status.VERIFIED and row.moved_at:
            month = f"{timezone.localtime(row.moved_at):%Y-%m}"
            counts[Figure(of_step(number, Status.VERIFIED), month)] += 1
    if year.first_open_id in numbers:  # it may have ended a moment ago
        counts[Figure(of_step(numbers[year.first_open_id], FIRST_OPEN))] += 1
    counts.update({Figure(name): n for name, n in _of_year(year).items()})
    return +counts


def _of_year(year: YearProgress) -> dict[str, int]:
    return {
        "villages": 1,
        "steps": year.steps,
        "verified": year.verified,
        "waiting": year.submitted > 0,
        "returned": year.returned > 0,
        "complete": year.complete,
        "committees": year.committee,
        "activities": year.activities,
        "village_work": year.village_work,
        "community_led": year.community_led,
        "people": year.people,
        "households": year.households,
        # The share asks for a budget: where none is entered it is unknown, never 0 (S21).
        "budgeted": year.budget is not None,
        "budget": satang(year.budget),
        "contributed": satang(year.contributed if year.budget is not None else None),
    }


def satang(baht: Decimal | None) -> int:
    """Money as a whole number; unknown adds nothing."""
    return int((baht or Decimal()) * 100)


def keyed(year: YearProgress, figures: Counter[Figure]) -> Counter[Key]:
    """A village's figures, once for each of its areas."""
    return in_areas(year.programme_id, year.subdistrict_code, figures)


def in_areas(programme: int, subdistrict: str, figures: Counter[Figure]) -> Counter[Key]:
    """Figures of a subdistrict or of a village in it, once for each area around them."""
    return Counter(
        {
            Key(programme, subdistrict[:digits], figure.month, figure.name): n
            for digits in LEVELS
            for figure, n in figures.items()
        }
    )


ADD = """
INSERT INTO steps_tally (programme_id, area_code, month, figure, n) VALUES {rows}
ON CONFLICT (programme_id, area_code, month, figure) DO UPDATE SET n = steps_tally.n + excluded.n
"""
ROWS_A_STATEMENT = 150


def add(changes: Counter[Key], *, using: str = "default") -> None:
    """Move the sums by ``changes``, in sorted order."""
    moved = sorted((key, n) for key, n in changes.items() if n)
    for start in range(0, len(moved), ROWS_A_STATEMENT):
        part = moved[start : start + ROWS_A_STATEMENT]
        rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(part))
        values = [value for key, n in part for value in (*key, n)]
        with connections[using].cursor() as cursor:
            cursor.execute(ADD.format(rows=rows), values)


# ---------------------------------------------------------------- adding up again


def counted(programme: Programme) -> Counter[Key]:
    """Every sum of a programme as the rows of progress say."""
    numbers = dict(programme.steps.values_list("pk", "number"))
    places: defaultdict[str, Counter[Figure]] = defaultdict(Counter)
    for year in _years_with_steps(programme).iterator(chunk_size=2_000):
        places[year.subdistrict_code].update(
            figures_of(year, year.enrolment.progress.all(), numbers)
        )
    sums: Counter[Key] = Counter()
    for code, figures in places.items():  # adding up places, not villages, is what makes it fast
        sums.update(in_areas(programme.pk, code, figures))
    return sums


def _years_with_steps(programme: Programme) -> YearProgressQuerySet:
    """The rows of years; of their steps only what is counted is loaded."""
    steps = StepProgress.objects.only("enrolment", "step", "status", "moved_at")
    years = YearProgress.objects.filter(programme=programme).select_related("enrolment")
    return years.prefetch_related(Prefetch("enrolment__progress", steps))


def stored(programme: Programme) -> Counter[Key]:
    """Every sum of a programme as it stands."""
    rows = Tally.objects.filter(programme=programme).exclude(n=0)
    columns = ("programme_id", "area_code", "month", "figure", "n")
    return Counter({Key(*key): n for *key, n in rows.values_list(*columns).iterator()})


def differences(programme: Programme) -> Counter[Key]:
    """What has to be added to the stored sums to make them right; empty when all agree.

    Call it under ``locked``: no writer may move rows and sums while both are read.
    """
    wrong = counted(programme)
    wrong.subtract(stored(programme))
    return Counter({key: n for key, n in wrong.items() if n})


def locked(*, using: str = "default") -> None:
    """Let no writer move the sums until the transaction ends; SQLite has one writer anyway."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # In the order in which writers lock them.
            cursor.execute(
                "LOCK TABLE steps_occasionreach, steps_tally IN SHARE ROW EXCLUSIVE MODE"
            )
