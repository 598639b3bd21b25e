"""What a handover would move, and what home tells those between whom villages went over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.models import Posting, User
from accounts.rights import Right
from accounts.viewing import matching
from sammachip.thai.dates import short
from steps.models import Enrolment, Handover, Status, StepProgress
from steps.models.choices import OPEN
from steps.recording.handovers import going_over, postings_ending
from villages.models import Area, Village


@dataclass(frozen=True)
class Ground:
    """An area of an officer who leaves: what would go over there."""

    area: Area
    villages: list[tuple[Village, list[int]]]  # each with the years that go over
    open_steps: int
    returned: int
    postings: list[Posting]


def grounds(giver: User, user: User, on: date, asked: Iterable[str] = ()) -> list[Ground]:
    """What would go over, area by area, as far as ``user`` names the officers there."""
    areas = access.ground_of(giver, user, on, asked)
    return [_ground(giver, area, on) for area in areas]


def _ground(giver: User, area: Area, on: date) -> Ground:
    there = access.Scope(national=False, codes=frozenset({area.code}))
    moving = list(going_over(giver, there, on).for_pages())
    years: defaultdict[Village, list[int]] = defaultdict(list)
    for row in moving:
        years[row.village].append(row.programme.year)
    steps = StepProgress.objects.filter(enrolment__in=moving, step__ended_on__isnull=True)
    numbers = steps.aggregate(
        open=Count("pk", filter=Q(status__in=OPEN)),
        returned=Count("pk", filter=Q(status=Status.RETURNED)),
    )
    return Ground(
        area,
        list(years.items()),
        numbers["open"],
        numbers["returned"],
        postings_ending(giver, [area.code], on),
    )


def choices(user: User, text: str, on: date) -> QuerySet[User]:
    """Officers whose villages the person may hand over, found by name or staff id.

    Each carries ``posted_now``, and ``answers`` for how many villages this year and open ones.
    """
    return matching(access.officers_for(user, on), text, on)


def numbers_of(people: Iterable[User], user: User, on: date) -> dict[int, int]:
    """For how many villages each answers where the person names the officers; one query."""
    held = access.scope(user, Right.ASSIGN, on).condition("village__code")
    rows = Enrolment.objects.filter(held, officer__in=list(people)).to_hand_over(on)
    by_officer = rows.order_by().values("officer").annotate(n=Count("village", distinct=True))
    return dict(by_officer.values_list("officer", "n"))


# ---------------------------------------------------------------- what home tells


def told(user: User, on: date) -> list[str]:
    """To whom, or from whom, villages went, for thirty days; in one query."""
    return [
        _given(row) if row.giver_id == user.pk else _taken(row)
        for row in Handover.objects.told_to(user, on)
        if row.villages
    ]


def _taken(row: Handover) -> str:
    words = ngettext(
        "Taken over: %(n)s village from %(name)s, since %(day)s.",
        "Taken over: %(n)s villages from %(name)s, since %(day)s.",
        row.villages,
    )
    since = row.on + timedelta(days=1)
    text = words % {"n": row.villages, "name": row.giver.title, "day": short(since)}
    return f"{text} {_returned(row)}".strip()


def _returned(row: Handover) -> str:
    if not row.returned:
        return ""
    words = ngettext(
        "%(n)s step in them had been returned.",
        "%(n)s steps in them had been returned.",
        row.returned,
    )
    return words % {"n": row.returned}


def _given(row: Handover) -> str:
    words = ngettext(
        "Handed over: %(n)s village to %(name)s, last day %(day)s.",
        "Handed over: %(n)s villages to %(name)s, last day %(day)s.",
        row.villages,
    )
    text = words % {"n": row.villages, "name": row.taker.title, "day": short(row.on)}
    more = _("What you recorded before and send later is kept, and they accept it.")
    return f"{text} {more}"
