"""The lines of one page of the queue, and what the queue can be narrowed by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.models import User
from accounts.rights import REVIEWING
from sammachip.thai.dates import short
from steps.models import Programme, Step, Submission
from steps.review.queue import MEANT, Asked, Entry, Waiting, days_since
from steps.review.turn import waited_words
from villages.models import Area

Options = list[tuple[str, str]]  # (value, words), as a select shows them


@dataclass(frozen=True)
class QueueLine:
    """One entry in words. ``value`` is the case to tick; "" where an entry is many already."""

    href: str
    title: str
    places: list[str]
    note: str
    waited: str
    marks: list[str]
    value: str


def lines_of(entries: Sequence[Entry], asked: Asked, on: date) -> list[QueueLine]:
    """Entries of one page, in one query."""
    rows = _submissions(entry.first for entry in entries)
    return [_line(entry, rows[entry.first.submission], asked, on) for entry in entries]


def own_lines(cases: Sequence[Waiting], asked: Asked, on: date) -> list[QueueLine]:
    """What waits for somebody else because the reader has a part in it."""
    return lines_of([Entry((case,)) for case in cases], asked, on)


def _submissions(cases: Iterable[Waiting]) -> dict[int, Submission]:
    return Submission.objects.for_cases().in_bulk([case.submission for case in cases])


def _line(entry: Entry, first: Submission, asked: Asked, on: date) -> QueueLine:
    progress, n = first.progress, len(entry.cases)
    village = progress.enrolment.village
    subdistrict = village.subdistrict
    districts = [subdistrict.parent.short_title] if subdistrict.parent else []
    alone = n == 1
    many = ngettext("%(n)s village of one occasion", "%(n)s villages of one occasion", n) % {"n": n}
    return QueueLine(
        href=entry.address(asked),
        title=village.title if alone else many,
        places=[subdistrict.short_title, *districts] if alone else districts,
        note=_("%(step)s · handed in %(date)s by %(who)s")
        % {"step": progress.step.short_title, "date": short(first.at), "who": first.by.name},
        waited=waited_words(days_since(entry.first.moved_at, on)),
        marks=_marks(first) if alone else [],
        value=str(first.pk) if alone else "",
    )


def _marks(submission: Submission) -> list[str]:
    """What asks for a closer look."""
    marks = []
    if submission.came_back:  # type: ignore[attr-defined]
        marks.append(_("Came back"))
    if any(submission.snapshot["explained"].values()):
        marks.append(_("Short, explained"))
    if submission.progress.changes:
        marks.append(_("Changed since it was handed in"))
    return marks


# ---------------------------------------------------------------- narrowing it


def choices_of(user: User, chosen_district: str, on: date) -> dict[str, Options]:
    """What a reviewer can narrow the queue by, in three queries; nothing else is known to them."""
    years = [(str(programme.year), str(programme)) for programme in Programme.objects.all()]
    steps: dict[str, str] = {}
    for step in Step.objects.current().order_by("order", "-programme__year"):
        steps.setdefault(step.number, step.short_title)
    districts = [(area.code, area.title) for area in _districts(user, chosen_district, on)]
    return {"year": years, "step": list(steps.items()), "district": districts}


def _districts(user: User, chosen: str, on: date) -> list[Area]:
    """Districts where something waits for the person, and the chosen one if they review there."""
    waiting = access.waiting_for(user, on).values("district_code")
    chosen = chosen if re.fullmatch(MEANT["district"], chosen) else ""
    areas = Area.objects.filter(Q(code__in=waiting) | Q(code=chosen), parent__parent=None)
    scopes = [access.scope(user, right, on) for right in REVIEWING]
    return [
        area
        for area in areas.exclude(parent=None).in_official_order()
        if any(scope.touches(area.code) for scope in scopes)
    ]
