"""The weekly digest: what is late or came back for an officer, what waits for a reviewer.

A mail leaves the house, so it names villages and steps and nobody: no officer, no household, no
reason somebody wrote. It is in Thai, whatever language the command speaks. Its numbers are those
of the lists it leads to: late and returned of ``steps.lists``, waiting of ``steps.review.queue``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.models import User
from accounts.rights import REVIEWING, Right
from sammachip.thai.dates import short
from steps import lists
from steps.models import Enrolment, Programme, Status, StepProgress, Submission
from steps.models.progress import StepProgressQuerySet
from steps.review.queue import Asked, Queue, queue_of

LANGUAGE = "th"
LONGEST = 20  # lines of a part; more are counted


@dataclass(frozen=True, slots=True)
class Line:
    """One step of one village: where it is, what is said of it, and its page."""

    village: str
    step: str
    note: str
    url: str


@dataclass(frozen=True)
class Part:
    """Steps of one kind: how many there are in how many villages, and the first of them."""

    kind: str  # returned, late or waiting
    steps: int
    villages: int
    lines: list[Line]
    url: str  # of all of them
    year: str = ""

    @property
    def title(self) -> str:
        return counted(self.kind, self.steps)

    @property
    def where(self) -> str:
        """Fiscal year 2560 · 3 villages"""
        villages = ngettext("%(n)s village", "%(n)s villages", self.villages)
        return " · ".join(filter(None, [self.year, villages % {"n": self.villages}]))

    @property
    def more(self) -> int:
        """How many are not among the lines."""
        return self.steps - len(self.lines)


@dataclass(frozen=True)
class Digest:
    """What one person is told; never nothing."""

    person: User
    parts: list[Part]

    @property
    @translation.override(LANGUAGE)
    def subject(self) -> str:
        """สัมมาชีพ: ส่งกลับแก้ไข 1 ข้อ เกินกำหนด 3 ข้อ"""
        sums: defaultdict[str, int] = defaultdict(int)
        for part in self.parts:
            sums[part.kind] += part.steps
        words = " · ".join(counted(kind, n) for kind, n in sums.items())
        return f"{_('Sammachip')}: {words}"


def absolute(path: str) -> str:
    """An address as a mail needs it."""
    return f"{settings.BASE_URL}{path}"


def counted(kind: str, n: int) -> str:
    """So many steps of a kind, in words."""
    words = {
        "returned": ngettext("Returned: %(n)s step", "Returned: %(n)s steps", n),
        "late": ngettext("Late: %(n)s step", "Late: %(n)s steps", n),
        "waiting": ngettext("Waiting for review: %(n)s step", "Waiting for review: %(n)s steps", n),
    }
    return words[kind] % {"n": n}


@translation.override(LANGUAGE)
def digests(on: date) -> list[Digest]:
    """Everybody's digest of a day, in the order of accounts; whoever has nothing is left out."""
    accounts = User.objects.filter(is_active=True).exclude(email="")
    people = accounts.in_bulk()
    officers, reviewers = _of_officers(people, on), _of_reviewers(people, on)
    told = {key: officers.get(key, []) + reviewers.get(key, []) for key in sorted(people)}
    return [Digest(people[key], parts) for key, parts in told.items() if parts]


# ---------------------------------------------------------------- officers


Parts = Mapping[int, list[Part]]  # by the key of the account


def _of_officers(people: Mapping[int, User], on: date) -> Parts:
    """What came back and what is late, for the responsible officer, where they may still see it.

    Four queries however many officers there are. Late is asked of the latest year of each, as on
    home: what was left undone in a year before is not told every week for ever.
    """
    parts: defaultdict[int, list[Part]] = defaultdict(list)
    seen = {key: where for key, where in access.scopes(Right.VIEW, on).items() if key in people}
    rows, latest = lists.current_rows(), _latest_years(seen, on)
    returned, late = rows.filter(status=Status.RETURNED), lists.late(rows, on)
    for officer, programme, own in _by_officer_and_year(returned, "moved_at", seen):
        parts[officer].append(_returned(programme, own, on))
    for officer, programme, own in _by_officer_and_year(late, "step__due_on", seen):
        if programme.year == latest.get(officer):
            parts[officer].append(_late(programme, own, on))
    return parts


def _latest_years(scopes: Mapping[int, access.Scope], on: date) -> dict[int, int]:
    """The latest year that has begun in which each officer is responsible where they may look."""
    begun = Enrolment.objects.filter(officer__in=list(scopes), programme__opens_on__lte=on)
    latest: dict[int, int] = {}
    responsible = begun.values_list("officer", "programme__year", "village__code")
    for officer, year, code in responsible.iterator():
        if scopes[officer].covers(code):
            latest[officer] = max(latest.get(officer, 0), year)
    return latest


def _by_officer_and_year(
    rows: StepProgressQuerySet, oldest: str, scopes: Mapping[int, access.Scope]
) -> Iterator[tuple[int, Programme, list[StepProgress]]]:
    """The rows of one officer and year after another's, so that a country's are never all held."""
    everybodys = rows.filter(enrolment__officer__in=list(scopes)).select_related(
        "step__programme", "enrolment__village__subdistrict__parent"
    )
    in_order = everybodys.order_by("enrolment__officer", "-step__programme__year", oldest, "pk")
    for (officer, programme), own in groupby(in_order.iterator(), key=_officer_and_year):
        seen = [row for row in own if scopes[officer].covers(row.enrolment.village.code)]
        if seen:
            yield officer, programme, seen


def _officer_and_year(row: StepProgress) -> tuple[int, Programme]:
    return row.enrolment.officer_id or 0, row.step.programme


def _returned(programme: Programme, rows: list[StepProgress], on: date) -> Part:
    filters = lists.Filters(year=str(programme.year), status=Status.RETURNED, officer=lists.ME)
    lines = [_line(row, _came_back(row), _lateness(row, on)) for row in rows[:LONGEST]]
    url = absolute(filters.address)
    return Part("returned", len(rows), _villages_of(rows), lines, url, str(programme))


def _late(programme: Programme, rows: list[StepProgress], on: date) -> Part:
    filters = lists.Filters(year=str(programme.year), late="1", officer=lists.ME)
    lines = [_line(row, _lateness(row, on)) for row in rows[:LONGEST]]
    url = absolute(filters.address)
    return Part("late", len(rows), _villages_of(rows), lines, url, str(programme))


def _line(row: StepProgress, *notes: str) -> Line:
    village, step = row.enrolment.village, row.step
    areas = (village.subdistrict, village.subdistrict.parent)
    address = reverse("steps:step", args=[village.code, step.programme.year, step.number])
    return Line(
        village=" ".join([village.title, *(area.short_title for area in areas if area)]),
        step=step.short_title,
        note=" · ".join(filter(None, notes)),
        url=absolute(address),
    )


def _came_back(row: StepProgress) -> str:
    return _("came back on %(day)s") % {"day": short(row.moved_at)} if row.moved_at else ""


def _lateness(row: StepProgress, on: date) -> str:
    days = (row.step.programme.judged_on(on) - row.step.due_on).days
    words = ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    return words if days > 0 else ""


def _villages_of(rows: list[StepProgress]) -> int:
    return len({row.enrolment.village_id for row in rows})


# ---------------------------------------------------------------- reviewers


def _of_reviewers(people: Mapping[int, User], on: date) -> Parts:
    """What waits for each reviewer, as their own queue counts it: without their own work.

    Six queries a reviewer, so that the number is the queue's to the last case.
    """
    reviewers = {key for right in REVIEWING for key in access.scopes(right, on)}
    queues = {key: queue_of(people[key], Asked(), on) for key in sorted(reviewers & set(people))}
    return {key: [_waiting(queue)] for key, queue in queues.items() if queue.cases}


def _waiting(queue: Queue) -> Part:
    keys = [case.submission for case in queue.cases]
    rows = Submission.objects.for_cases().in_bulk(keys[:LONGEST])
    villages = Enrolment.objects.filter(progress__submissions__in=keys).values("village")
    return Part(
        kind="waiting",
        steps=len(keys),
        villages=villages.distinct().count(),
        lines=[_case(rows[key]) for key in keys[:LONGEST]],
        url=absolute(Asked().address),
    )


def _case(submission: Submission) -> Line:
    row = submission.progress
    since = _("waiting since %(day)s") % {"day": short(row.moved_at)} if row.moved_at else ""
    url = absolute(reverse("steps:review_case", args=[submission.pk]))
    return replace(_line(row, since), url=url)
