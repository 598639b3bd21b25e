"""Home: what is late, what is missing, what to press next, for the villages of one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import User
from accounts.rights import Right
from steps import lists, showing
from steps.facts import steps_of
from steps.leftovers import LONGEST, Leftovers, leftovers
from steps.models import (
    Enrolment,
    KnowledgeRecord,
    Programme,
    Review,
    Shortfall,
    Status,
    Step,
    StepProgress,
)
from steps.models.choices import OPEN
from steps.models.enrolments import EnrolmentQuerySet
from steps.models.programme import running_year
from steps.review.thread import Decided, Reader, decided
from villages.models import Village


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
    end: str
    quiet: str = ""
    note: str = ""
    status: str = ""
    late_days: int = 0
    rank: tuple[int, int, str] = (9, 0, "")

    @property
    def shown_status(self) -> str:
        """Only what came back is said of a status; lateness and due dates say the rest."""
        return self.status if self.status == Status.RETURNED else ""


@dataclass(frozen=True)
class ReturnedRow:
    """A step that came back: of which village, and what the reviewer said."""

    village: Village
    step: Step
    href: str
    late_days: int
    said: Decided


@dataclass(frozen=True)
class ReturnedRecord:
    """A knowledge record that came back: of which village, and why."""

    village: Village
    href: str
    record: KnowledgeRecord


@dataclass(frozen=True)
class Worklist:
    """Everything home shows of one programme year."""

    programme: Programme
    years: list[int]
    counts: list[Count]
    returned: list[ReturnedRow]
    returned_records: list[ReturnedRecord]
    to_do: list[VillageRow]
    done: list[VillageRow]
    left: Leftovers
    more: str

    @property
    def others(self) -> list[VillageRow]:
        """What is to do in villages of which no step came back; those stand above them."""
        return [row for row in self.to_do if not row.shown_status]


def worklist(user: User, year: int | None, on: date) -> Worklist | None:
    """The worklist of a year, the one that runs unless asked; None while there are no villages."""
    programmes = list(Programme.objects.of(access.enrolments_for(user, Right.VIEW, on)))
    if not programmes:
        return None
    opened = {row.year: row.opens_on for row in programmes}
    shown = year if year in opened else running_year(opened, on)
    programme = next(row for row in programmes if row.year == shown)
    mine = own_enrolments(user, programme, on)
    officer = lists.ME if mine.responsible else ""
    progress = _progress(mine.enrolments, programme)
    returns = _returns(progress)
    rows = _village_rows(mine.enrolments, progress, returns, on)
    return Worklist(
        programme=programme,
        years=[row.year for row in programmes],
        counts=counts(user, programme, officer, on),
        returned=list(_returned_rows(mine.enrolments, progress, returns, on)),
        returned_records=list(_returned_records(mine.enrolments)),
        to_do=sorted((row for row in rows if row.status), key=lambda row: row.rank),
        done=[row for row in rows if not row.status],
        left=leftovers(user, mine.enrolments, programme, on),
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
    in_order = in_order.select_related("knowledge__decided_by")
    enrolments = list(lists.with_quiet(in_order, [programme], on))
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
    numbers = lists.counted(user, [filters for _label, filters, _late in wanted], on)
    return [
        Count(n, label, filters.address, late)
        for n, (label, filters, late) in zip(numbers, wanted, strict=True)
    ]


# ---------------------------------------------------------------- villages by urgency


Progress = defaultdict[int, list[StepProgress]]  # the steps of each enrolment, in order


def _village_rows(
    enrolments: list[Enrolment], progress: Progress, returns: dict[int, Review], on: date
) -> list[VillageRow]:
    reasons = _reasons(enrolments)
    return [
        _village_row(enrolment, progress[enrolment.pk], reasons[enrolment.pk], returns, on)
        for enrolment in enrolments
    ]


def _returned_rows(
    enrolments: list[Enrolment], progress: Progress, returns: dict[int, Review], on: date
) -> Iterator[ReturnedRow]:
    """Every step that came back, as the villages and their steps are ordered."""
    for enrolment in enrolments:
        reader = Reader(enrolment, names=True)  # who records in a village knows its people
        for row in progress[enrolment.pk]:
            if row.pk in returns:
                where = [enrolment.village.code, enrolment.programme.year, row.step.number]
                yield ReturnedRow(
                    village=enrolment.village,
                    step=row.step,
                    href=reverse("steps:step", args=where),
                    late_days=row.days_late(on),
                    said=decided(returns[row.pk], row, reader),
                )


def _returned_records(enrolments: list[Enrolment]) -> Iterator[ReturnedRecord]:
    """Every knowledge record that came back, in the order of the villages."""
    for enrolment in enrolments:
        record: KnowledgeRecord | None = getattr(enrolment, "knowledge", None)
        if record and record.status == KnowledgeRecord.Status.RETURNED:
            where = [enrolment.village.code, enrolment.programme.year]
            yield ReturnedRecord(enrolment.village, reverse("steps:knowledge", args=where), record)


def _progress(enrolments: list[Enrolment], programme: Programme) -> Progress:
    steps = {step.pk: step for step in steps_of(programme.pk)} if enrolments else {}
    by_enrolment: Progress = defaultdict(list)
    for row in StepProgress.objects.filter(enrolment__in=enrolments).in_order():
        if row.step_id in steps:
            row.step = steps[row.step_id]
            by_enrolment[row.enrolment_id].append(row)
    return by_enrolment


def _returns(progress: Progress) -> dict[int, Review]:
    """What sent each step back; where none came back nothing is asked of the database."""
    came_back = [
        row.pk for rows in progress.values() for row in rows if row.status == Status.RETURNED
    ]
    return StepProgress.objects.filter(pk__in=came_back).returns() if came_back else {}


def _reasons(enrolments: list[Enrolment]) -> defaultdict[int, dict[str, str]]:
    reasons: defaultdict[int, dict[str, str]] = defaultdict(dict)
    rows = Shortfall.objects.filter(enrolment__in=enrolments)
    for enrolment, code, reason in rows.values_list("enrolment", "requirement__code", "reason"):
        reasons[enrolment][code] = reason
    return reasons


def _village_row(
    enrolment: Enrolment,
    progress: list[StepProgress],
    reasons: dict[str, str],
    returns: dict[int, Review],
    on: date,
) -> VillageRow:
    following = next_step(progress)
    if following is None:
        return _done_row(enrolment, progress)
    row = showing.step_row(
        following.step,
        following,
        enrolment,
        today=on,
        reasons=reasons,
        returned=returns.get(following.pk),
    )
    returned = following.status == Status.RETURNED
    return VillageRow(
        name=enrolment.village.title,
        place=enrolment.village.subdistrict.short_title,
        href=row.href,
        note=f"{following.step.short_title} — {row.note}",
        status=following.status,
        late_days=row.late_days,
        end=row.end,
        quiet=_quiet(enrolment),
        rank=(0 if returned else 1, (following.step.due_on - on).days, enrolment.village.code),
    )


def _done_row(enrolment: Enrolment, progress: list[StepProgress]) -> VillageRow:
    """A village of which every step is handed in."""
    village, n = enrolment.village, len(progress)
    return VillageRow(
        name=village.title,
        place=village.subdistrict.short_title,
        href=reverse("steps:year", args=[village.code, enrolment.programme.year]),
        end=_("%(n)s of %(all)s steps handed in") % {"n": n, "all": n},
        quiet=_quiet(enrolment),
    )


def _quiet(enrolment: Enrolment) -> str:
    """As loaded by lists.with_quiet."""
    days = enrolment.programme.quiet_days if enrolment.quiet else 0  # type: ignore[attr-defined]
    return showing.quiet_words(days)


def next_step(progress: list[StepProgress]) -> StepProgress | None:
    """The step to do next: one that came back first, else the first that is still open."""
    open_rows = [row for row in progress if row.status in OPEN]
    returned = [row for row in open_rows if row.status == Status.RETURNED]
    return next(iter(returned or open_rows), None)
