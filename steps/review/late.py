"""What arrived late and waits for a word: accept it, or keep it without counting (rule 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from uuid import UUID, uuid4

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.models import User
from accounts.rights import REVIEWING
from sammachip.thai.dates import short
from steps.models import Activity, Evidence, StepProgress
from steps.models.activities import WAITS, ActivityQuerySet
from steps.models.choices import OPEN
from steps.models.enrolments import EnrolmentQuerySet
from steps.recording.decisions import rights_over_late, sender_of

LATE_FILE = Q(evidence__late=True)
WAITING_FILE = LATE_FILE & Q(
    evidence__accepted_at__isnull=True,
    evidence__withdrawn_at__isnull=True,
    evidence__set_aside_at__isnull=True,
)


@dataclass(frozen=True)
class LateLine:
    """A line of a list of late arrivals. ``accept`` and ``set_aside`` are the addresses that
    settle it, "" where this person may not, or where several files want to be looked at."""

    title: str
    note: str
    href: str
    accept: str
    set_aside: str
    client_id: UUID


def reviewed_by(user: User, on: date) -> EnrolmentQuerySet:
    """The enrolments whose steps a person reviews, at any level."""
    return reduce(or_, (access.enrolments_for(user, right, on) for right in sorted(REVIEWING)))


def late_where_one_reviews(user: User, on: date) -> ActivityQuerySet:
    """Activities in the villages of a reviewer that wait, or hold a file that does."""
    rows = Activity.objects.filter(enrolment__in=reviewed_by(user, on), withdrawn_at__isnull=True)
    return with_late(rows.filter(waiting())).for_lines()


def waiting() -> Q:
    """Of activities that stand: those that wait themselves, or hold a file that does."""
    return WAITS | Q(Exists(_waiting_files()))


def with_late(rows: ActivityQuerySet) -> ActivityQuerySet:
    """With ``files_waiting``, the first of these files and who added it, and whether the step is
    open. Without a join, so that nothing is grouped over all the rows there are."""
    steps = StepProgress.objects.filter(
        enrolment=OuterRef("enrolment"), step=OuterRef("step"), status__in=OPEN
    )
    files = _waiting_files()
    number = files.order_by().values("activity").annotate(n=Count("pk")).values("n")
    return rows.annotate(
        files_waiting=Coalesce(Subquery(number), 0),
        file_waiting=Subquery(files.values("pk")[:1]),
        file_by=Subquery(files.values("added_by")[:1]),
        step_open=Exists(steps),
    )


def _waiting_files() -> QuerySet[Evidence]:
    return Evidence.objects.filter(WAITS, activity=OuterRef("pk")).order_by("added_at", "pk")


def late_line(row: Activity, user: User, on: date) -> LateLine:
    """One late arrival in a list; loaded with_late and for_lines."""
    accept, aside = _settling(row) if may_settle(row, user, on) else ("", "")
    enrolment = row.enrolment
    where = [enrolment.village.code, enrolment.programme.year, row.pk]
    return LateLine(
        title=f"{short(row.held_on)} {row.place}",
        note=_note(row),
        href=reverse("steps:activity", args=where),
        accept=accept,
        set_aside=aside,
        client_id=uuid4(),
    )


def may_settle(row: Activity, user: User, on: date) -> bool:
    """Whether the person may say what becomes of it: never of what they sent themselves."""
    step_open: bool = row.step_id is None or row.step_open  # type: ignore[attr-defined]
    sender = sender_of(row) if row.waits else row.file_by  # type: ignore[attr-defined]
    return sender != user.pk and may_settle_here(row, user, on, step_is_open=step_open)


def may_settle_here(row: Activity, user: User, on: date, *, step_is_open: bool) -> bool:
    """Whether the person's rights over the village reach to late arrivals of this step."""
    rights = rights_over_late(step_is_open=step_is_open)
    return any(access.may(user, right, row.enrolment.village, on) for right in rights)


def settleable(activity: Activity, evidence: Iterable[Evidence], user: User, on: date) -> set[UUID]:
    """The keys of an activity and its files that came late and the person may settle."""
    arrivals: list[Activity | Evidence] = [activity, *evidence]
    late = [row for row in arrivals if row.may_be_accepted]
    if not late or not may_settle_here(activity, user, on, step_is_open=_is_open(activity)):
        return set()
    return {row.pk for row in late if sender_of(row) != user.pk}


def _is_open(activity: Activity) -> bool:
    if activity.step_id is None:
        return True
    steps = StepProgress.objects.filter(enrolment=activity.enrolment_id, step=activity.step_id)
    return steps.filter(status__in=OPEN).exists()


def _settling(row: Activity) -> tuple[str, str]:
    """The two addresses; several files of one activity are looked at on its page."""
    if row.waits:
        where = [row.enrolment.village.code, row.enrolment.programme.year, row.pk]
        names = ("steps:activity_accept", "steps:activity_set_aside")
    elif row.files_waiting == 1:  # type: ignore[attr-defined]
        where, names = [row.file_waiting], ("steps:file_accept", "steps:file_set_aside")  # type: ignore[attr-defined]
    else:
        return "", ""
    return reverse(names[0], args=where), reverse(names[1], args=where)


def _note(row: Activity) -> str:
    """The village, and how many files arrived late where the activity itself is in time."""
    title, files = row.enrolment.village.title, row.files_waiting  # type: ignore[attr-defined]
    if row.waits:
        return title
    words = ngettext("%(n)s photo or document", "%(n)s photos or documents", files)
    return f"{title} · {words % {'n': files}}"


def fate(*, withdrawn: bool, waits: bool, accepted: bool) -> str:
    """What became of something that was sent late."""
    if withdrawn:
        return _("Withdrawn, it counts nowhere")
    if waits:
        return _("Arrived late, not counted yet")
    return _("Accepted, it counts") if accepted else _("Kept, not counted")
