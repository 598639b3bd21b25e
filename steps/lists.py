"""Which villages a list shows and a card counts: one builder, so that both agree (rule 10).

A row is a village. What is asked of its steps is asked of its year: the one chosen, or else its
latest. ``listed(...).count()`` is the number on a card, ``filters.address`` the list behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.urls import reverse

from accounts import access
from accounts.models import User
from accounts.rights import Right
from steps.models import (
    Activity,
    Enrolment,
    Programme,
    QuietReason,
    Status,
    StepProgress,
    YearProgress,
)
from steps.models.choices import OPEN
from steps.models.enrolments import EnrolmentQuerySet
from steps.models.programme import ProgrammeQuerySet
from steps.models.progress import StepProgressQuerySet
from steps.models.tallies import YearProgressQuerySet
from villages.models import Village, VillageQuerySet

ME = "me"


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by, each a parameter of its address; empty where nothing is asked.

    ``step`` (a number), ``status``, ``late`` and ``due`` (this week) are asked of one and the same
    step, ``quiet``, ``waiting`` (a step is handed in and not decided on), ``returned`` (a step came
    back), ``complete`` (all verified) and ``committee`` ("1" formed, "0" not) of the village's
    year. ``officer`` is the key of an account, or "me". ``sort`` is "" (official) or "name".
    """

    q: str = ""
    area: str = ""
    year: str = ""
    step: str = ""
    status: str = ""
    late: str = ""
    due: str = ""
    quiet: str = ""
    waiting: str = ""
    returned: str = ""
    complete: str = ""
    committee: str = ""
    officer: str = ""
    sort: str = ""

    @property
    def address(self) -> str:
        """Where exactly these villages are listed."""
        return reverse("villages:list") + (f"?{self.query}" if self.query else "")

    @property
    def query(self) -> str:
        """What is asked, as it stands in an address."""
        asked = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def of_steps(self) -> bool:
        """Whether anything is asked of the steps."""
        return bool(self.step or self.status or self.late or self.due)

    @property
    def of_year(self) -> bool:
        """Whether anything is asked of where the village stands in its year."""
        return bool(self.waiting or self.returned or self.complete or self.committee)


def listed(user: User, filters: Filters, on: date) -> VillageQuerySet:
    """The villages ``user`` may see that answer the filters on a day.

    Each carries ``enrolment_id``: its row in the year asked for, in its latest year, or None.
    """
    villages = access.villages_for(user, Right.VIEW, on).matching(filters.q)
    if filters.area:
        villages = villages.within(filters.area)
    villages = _with_enrolment(villages, filters)
    if filters.officer:
        officer = user.pk if filters.officer == ME else int(filters.officer)
        villages = villages.filter(Exists(_this_enrolment().filter(officer=officer)))
    if filters.quiet:
        villages = villages.filter(Exists(quiet(_this_enrolment(), _programmes_of(filters), on)))
    if filters.of_year:
        years = _years_asked(filters).filter(enrolment=OuterRef("enrolment_id"))
        villages = villages.filter(Exists(years))
    if filters.of_steps:
        steps = _steps_asked(filters, on).filter(enrolment=OuterRef("enrolment_id"))
        villages = villages.filter(Exists(steps))
    if filters.sort == "name":
        return villages.order_by("name_th", "code")
    return villages.in_official_order()


def counted(user: User, asked: Sequence[Filters], on: date) -> list[int]:
    """How many villages each of several lists holds, in one query."""
    counts = [
        listed(user, filters, on).order_by().values(nth=Value(nth)).annotate(n=Count("pk"))
        for nth, filters in enumerate(asked)
    ]
    rows = counts[0].union(*counts[1:], all=True)
    return [row["n"] for row in sorted(rows, key=lambda row: row["nth"])]


def _with_enrolment(villages: VillageQuerySet, filters: Filters) -> VillageQuerySet:
    if filters.year:  # a village is enrolled once a year: a join, far cheaper to count
        villages = villages.filter(enrolments__programme__year=filters.year)
        return villages.annotate(enrolment_id=F("enrolments__pk"))
    latest = Enrolment.objects.filter(village=OuterRef("pk")).order_by("-programme__year")
    return villages.annotate(enrolment_id=Subquery(latest.values("pk")[:1]))


def _this_enrolment() -> EnrolmentQuerySet:
    return Enrolment.objects.filter(pk=OuterRef("enrolment_id"))


def _programmes_of(filters: Filters) -> ProgrammeQuerySet:
    """Whose quiet days count; each more is one more condition to ask of every village."""
    programmes = Programme.objects.all()
    return programmes.filter(year=filters.year) if filters.year else programmes


def _years_asked(filters: Filters) -> YearProgressQuerySet:
    rows = YearProgress.objects.all()
    if filters.waiting:
        rows = rows.filter(submitted__gt=0)
    if filters.returned:
        rows = rows.filter(returned__gt=0)
    if filters.complete:
        rows = rows.filter(complete=True)
    if filters.committee:
        rows = rows.filter(committee=filters.committee == "1")
    return rows


def _steps_asked(filters: Filters, on: date) -> StepProgressQuerySet:
    rows = current_rows()
    if filters.step:
        rows = rows.filter(step__number=filters.step)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.late:
        rows = late(rows, on)
    if filters.due:
        rows = due_this_week(rows, on)
    return rows


# ---------------------------------------------------------------- steps by date


def current_rows() -> StepProgressQuerySet:
    """The rows of steps the programmes still have."""
    return StepProgress.objects.filter(step__ended_on__isnull=True)


def late(rows: StepProgressQuerySet, on: date) -> StepProgressQuerySet:
    """Late on a day, each judged as its own programme is: on its last day, once that is past."""
    return rows.late(on).filter(step__due_on__lt=F("step__programme__closes_on"))


def due_this_week(rows: StepProgressQuerySet, on: date) -> StepProgressQuerySet:
    """Not handed in and due from today to Sunday."""
    sunday = on + timedelta(days=6 - on.weekday())
    return rows.filter(status__in=OPEN, step__due_on__range=(on, sunday))


# ---------------------------------------------------------------- quiet villages


def quiet(
    enrolments: EnrolmentQuerySet, programmes: Iterable[Programme], on: date
) -> EnrolmentQuerySet:
    """Where nothing was held within the programme's quiet days while a step is not verified.

    Judged as lateness is. A programme that opened within those days has no quiet village yet.
    """
    silent = Q(pk__in=[])
    for programme in programmes:
        silent |= Q(programme=programme) & _silent(programme, on)
    unverified = current_rows().exclude(status=Status.VERIFIED)
    return enrolments.filter(silent, Exists(unverified.filter(enrolment=OuterRef("pk"))))


def _silent(programme: Programme, on: date) -> Q:
    since = programme.quiet_since(on)
    if since is None:
        return Q(pk__in=[])
    held = Activity.objects.counted().filter(held_on__range=(since, programme.judged_on(on)))
    return Q(~Exists(held.filter(enrolment=OuterRef("pk"))))


def with_quiet(
    enrolments: EnrolmentQuerySet, programmes: Iterable[Programme], on: date
) -> EnrolmentQuerySet:
    """The enrolments, each with ``quiet``: whether it is."""
    same = Enrolment.objects.filter(pk=OuterRef("pk"))
    return enrolments.annotate(quiet=Exists(quiet(same, programmes, on)))


def quiet_days(enrolment: Enrolment, on: date) -> int:
    """The programme's quiet days, where the village is quiet; else 0."""
    same = Enrolment.objects.filter(pk=enrolment.pk)
    is_quiet = quiet(same, [enrolment.programme], on).exists()
    return enrolment.programme.quiet_days if is_quiet else 0


def quiet_reasons(enrolments: Iterable[Enrolment] | Iterable[int]) -> dict[int, QuietReason]:
    """Why villages are quiet: the latest reason that still holds, by the key of the enrolment.

    One query however many they are. Whether a village is quiet is not asked here.
    """
    reasons = QuietReason.objects.standing().filter(enrolment__in=list(enrolments))
    return {row.enrolment_id: row for row in reasons.order_by("at", "id")}


# ---------------------------------------------------------------- where each stands


@dataclass(frozen=True)
class Standing:
    """How far a village has come in a year: steps handed in of all, days its worst step is late.

    ``quiet_days`` are the programme's, where the village is quiet; else 0. ``quiet_reason`` is
    why, where someone said so.
    """

    enrolment: Enrolment
    handed_in: int
    steps: int
    late_days: int
    quiet_days: int
    quiet_reason: QuietReason | None = None


def standings(villages: Iterable[Village], on: date) -> dict[int, Standing]:
    """Where listed villages stand in the year of their list, by the key of the village."""
    keys = [village.enrolment_id for village in villages]  # type: ignore[attr-defined]
    return {row.enrolment.village_id: row for row in standings_of(filter(None, keys), on)}


def standings_of(keys: Iterable[int], on: date) -> list[Standing]:
    """Where enrolments stand, the newest year first, in two queries however many they are."""
    years = YearProgress.objects.filter(enrolment__in=list(keys))
    years = years.select_related("programme", "first_open", "enrolment__officer")
    rows = list(years.order_by("-programme__year", "enrolment__village"))
    quiet = {row.enrolment_id for row in rows if row.quiet_on(on)}
    reasons = quiet_reasons(quiet)
    return [_standing(row, on, row.enrolment_id in quiet, reasons) for row in rows]


def _standing(
    year: YearProgress,
    on: date,
    quiet: bool,  # noqa: FBT001
    reasons: Mapping[int, QuietReason],
) -> Standing:
    enrolment = year.enrolment
    enrolment.programme = year.programme
    return Standing(
        enrolment,
        year.submitted + year.verified,
        year.steps,
        late_days=year.late_days(on),
        quiet_days=year.programme.quiet_days if quiet else 0,
        quiet_reason=reasons.get(enrolment.pk),
    )
