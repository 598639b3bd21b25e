"""Home: what is late, what is missing, what to press next, for the villages of one person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.thai.dates import short
from steps import lists, showing
from steps.facts import steps_of
from steps.models import Activity, Enrolment, Programme, Shortfall, Status, Step, StepProgress
from steps.models.activities import ActivityQuerySet
from steps.models.choices import OPEN
from steps.models.enrolments import EnrolmentQuerySet

LONGEST = 60  # villages on one home page; the list of all is a link away


@dataclass(frozen=True)
class Count:
    """A number that links to exactly the villages it counts."""

    n: int
    label: str
    href: str
    late: bool = False


@dataclass(frozen=True)
class VillageRow:
    """A village with the one thing to do next, or all handed in."""

    name: str
    place: str
    href: str
    note: str
    status: str
    late_days: int
    end: str
    rank: tuple[int, int, str]

    @property
    def shown_status(self) -> str:
        """Only what came back is shown as a tag here; lateness and due dates say the rest."""
        return self.status if self.status == Status.RETURNED else ""


@dataclass(frozen=True)
class Leftover:
    """An activity that still wants something."""

    href: str
    title: str
    note: str


@dataclass(frozen=True)
class Worklist:
    """Everything home shows of one programme year."""

    programme: Programme
    years: list[int]
    counts: list[Count]
    to_do: list[VillageRow]
    done: list[VillageRow]
    without_summary: list[Leftover]
    late_arrivals: list[Leftover]
    more: str


def worklist(user: User, year: int | None, on: date) -> Worklist | None:
    """The worklist of a year, the latest one unless asked; None while there are no villages."""
    programmes = list(Programme.objects.of(access.enrolments_for(user, Right.VIEW, on)))
    if not programmes:
        return None
    programme = next((row for row in programmes if row.year == year), programmes[0])
    mine = own_enrolments(user, programme, on)
    officer = lists.ME if mine.responsible else ""
    rows = _village_rows(mine.enrolments, programme, on)
    return Worklist(
        programme=programme,
        years=[row.year for row in programmes],
        counts=counts(user, programme, officer, on),
        to_do=sorted((row for row in rows if row.status), key=lambda row: row.rank),
        done=[row for row in rows if not row.status],
        without_summary=_unfinished(mine.enrolments),
        late_arrivals=_late_arrivals(mine.enrolments),
        more=lists.Filters(year=str(programme.year), officer=officer).address,
    )


@dataclass(frozen=True)
class Own:
    """The villages a person works for: those they are responsible for, or all they may record."""

    enrolments: list[Enrolment]
    responsible: bool


def own_enrolments(user: User, programme: Programme, on: date) -> Own:
    """Who is responsible is a convenience of home; what may be seen never depends on it."""
    recordable = access.enrolments_for(user, Right.RECORD, on).filter(programme=programme)
    in_order: EnrolmentQuerySet = recordable.for_pages().order_by("village__code")
    enrolments = list(in_order)
    own = [row for row in enrolments if row.officer_id == user.pk]
    return Own((own or enrolments)[:LONGEST], responsible=bool(own))


def counts(user: User, programme: Programme, officer: str, on: date) -> list[Count]:
    """Late, returned, due this week: each number is that of the list it leads to (rule 10)."""
    asked = {"year": str(programme.year), "officer": officer}
    wanted = [
        (_("Late"), lists.Filters(late="1", **asked), True),
        (_("Returned"), lists.Filters(status=Status.RETURNED, **asked), False),
        (_("Due this week"), lists.Filters(due="1", **asked), False),
    ]
    return [
        Count(lists.listed(user, filters, on).count(), label, filters.address, late)
        for label, filters, late in wanted
    ]


# ---------------------------------------------------------------- villages by urgency


def _village_rows(enrolments: list[Enrolment], programme: Programme, on: date) -> list[VillageRow]:
    steps = {step.pk: step for step in steps_of(programme.pk)} if enrolments else {}
    progress = _progress(enrolments, steps)
    reasons = _reasons(enrolments)
    return [
        _village_row(enrolment, progress[enrolment.pk], reasons[enrolment.pk], on)
        for enrolment in enrolments
    ]


def _progress(
    enrolments: list[Enrolment], steps: dict[int, Step]
) -> defaultdict[int, list[StepProgress]]:
    by_enrolment: defaultdict[int, list[StepProgress]] = defaultdict(list)
    for row in StepProgress.objects.filter(enrolment__in=enrolments).in_order():
        if row.step_id in steps:
            row.step = steps[row.step_id]
            by_enrolment[row.enrolment_id].append(row)
    return by_enrolment


def _reasons(enrolments: list[Enrolment]) -> defaultdict[int, dict[str, str]]:
    reasons: defaultdict[int, dict[str, str]] = defaultdict(dict)
    rows = Shortfall.objects.filter(enrolment__in=enrolments)
    for enrolment, code, reason in rows.values_list("enrolment", "requirement__code", "reason"):
        reasons[enrolment][code] = reason
    return reasons


def _village_row(
    enrolment: Enrolment, progress: list[StepProgress], reasons: dict[str, str], on: date
) -> VillageRow:
    village = enrolment.village
    handed_in = sum(row.is_closed for row in progress)
    following = next_step(progress)
    end = _("%(n)s of %(all)s steps handed in") % {"n": handed_in, "all": len(progress)}
    if following is None:
        href = reverse("steps:year", args=[village.code, enrolment.programme.year])
        return VillageRow(
            village.title, village.subdistrict.short_title, href, "", "", 0, end, (9, 0, "")
        )
    row = showing.step_row(following.step, following, enrolment, today=on, reasons=reasons)
    returned = following.status == Status.RETURNED
    return VillageRow(
        name=village.title,
        place=village.subdistrict.short_title,
        href=row.href,
        note=f"{following.step.short_title} — {row.note}",
        status=following.status,
        late_days=row.late_days,
        end=row.end,
        rank=(0 if returned else 1, (following.step.due_on - on).days, village.code),
    )


def next_step(progress: list[StepProgress]) -> StepProgress | None:
    """The step to do next: one that came back first, else the first that is still open."""
    open_rows = [row for row in progress if row.status in OPEN]
    returned = [row for row in open_rows if row.status == Status.RETURNED]
    return next(iter(returned or open_rows), None)


# ---------------------------------------------------------------- what is left over


def _unfinished(enrolments: list[Enrolment]) -> list[Leftover]:
    """Activities whose summary is to follow."""
    return _leftovers(enrolments, Activity.objects.counted().without_summary())


def _late_arrivals(enrolments: list[Enrolment]) -> list[Leftover]:
    """What arrived late and waits to be accepted."""
    return _leftovers(enrolments, Activity.objects.waiting())


def _leftovers(enrolments: list[Enrolment], activities: ActivityQuerySet) -> list[Leftover]:
    known = {enrolment.pk: enrolment for enrolment in enrolments}
    rows = activities.filter(enrolment__in=enrolments).order_by("held_on", "pk")
    return [_leftover(row, known[row.enrolment_id]) for row in rows[:LONGEST]]


def _leftover(activity: Activity, enrolment: Enrolment) -> Leftover:
    village, year = enrolment.village, enrolment.programme.year
    return Leftover(
        href=reverse("steps:activity", args=[village.code, year, activity.pk]),
        title=f"{short(activity.held_on)} {activity.place}",
        note=village.title,
    )
