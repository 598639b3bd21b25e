"""Handing over: all villages of an officer who leaves go to another, in one act (มอบหมายงาน).

What is unfinished hangs on the village and goes with it: steps that came back, summaries to follow,
the draft of the record, what waits as late.

What lies on the leaver's phone stays the leaver's. A file they sent that no activity holds yet
belongs to a form that is still on that phone: when the form arrives it is kept as late, with its
files (rule 6), and the successor accepts it. Given to the successor, the file would be lost to that
form and shown to somebody who has no form for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts.access import Scope, scope
from accounts.history import Note, note, note_all
from accounts.models import Posting, User
from accounts.receipts import Outcome
from accounts.rights import Right, Role
from steps.models import Enrolment, Handover, Status, StepProgress
from steps.models.enrolments import EnrolmentQuerySet
from steps.recording.core import Refusal, Sender, write
from villages.models import Village


@dataclass(frozen=True)
class Terms:
    """Who hands over to whom, in which areas (codes), and the giver's last day there.

    ``posts``: the taker is posted there from the next day, where they are not.
    """

    giver: User
    taker: User
    areas: frozenset[str]
    last_day: date
    posts: bool = False

    @property
    def next_day(self) -> date:
        return self.last_day + timedelta(days=1)

    @property
    def ground(self) -> Scope:
        return Scope(national=False, codes=self.areas)


def hand_over(*, terms: Terms, sender: Sender) -> Outcome:
    """End the giver's postings as officer there, give the taker the villages, tell both.

    Refusals ``same_person``, ``not_posted``, ``own_posting``, ``ends_before_it_starts``,
    ``moved_meanwhile``, and ``nothing_to_hand_over`` to the second of two who do it at once.
    """
    if terms.giver.pk == terms.taker.pk:
        raise Refusal("same_person", field="taker")
    asked = going_over(terms.giver, terms.ground, sender.today)
    villages = list(Village.objects.filter(enrolments__in=asked).distinct())

    def work() -> dict[str, Any]:
        ended = _end_postings(terms, sender)
        moving = list(going_over(terms.giver, terms.ground, sender.today).for_pages())
        if not {row.village_id for row in moving} <= {village.pk for village in villages}:
            raise Refusal("moved_meanwhile")
        if not moving and not ended:
            raise Refusal("nothing_to_hand_over")
        _see_that_taker_records(terms, sender)
        handover = _moved(terms, moving, sender)
        return {"handover": handover.pk, "villages": handover.villages}

    content = {
        "giver": terms.giver.pk,
        "taker": terms.taker.pk,
        "areas": sorted(terms.areas),
        "last_day": terms.last_day.isoformat(),
        "posts": terms.posts,
    }
    return write(verb="hand_over", sender=sender, content=content, villages=villages, work=work)


def going_over(giver: User, ground: Scope, on: date) -> EnrolmentQuerySet:
    """The years of villages a giver is responsible for there and that go to a successor."""
    mine = Enrolment.objects.filter(ground.condition("village__code"), officer=giver)
    return mine.to_hand_over(on).order_by("village__code", "-programme__year")


def postings_ending(giver: User, areas: Collection[str], on: date) -> list[Posting]:
    """The giver's postings as officer within the areas that hold on a day or later."""
    postings = giver.postings.filter(role=Role.OFFICER).not_over(on).select_related("area")
    ground = Scope(national=False, codes=frozenset(areas))
    return [row for row in postings if row.area_id and ground.covers(row.area_id)]


def _end_postings(terms: Terms, sender: Sender) -> int:
    """Locked first: of two who hand over at once, the second finds them ended."""
    list(terms.giver.postings.select_for_update().order_by("pk"))
    ending = [
        row
        for row in postings_ending(terms.giver, terms.areas, terms.next_day)
        if row.starts_on <= sender.today or row.starts_on <= terms.last_day
    ]
    for row in ending:
        if row.starts_on > terms.last_day:
            raise Refusal("ends_before_it_starts", field="last_day")
        before, row.ends_on = row.ends_on, terms.last_day
        row.save(update_fields=["ends_on"])
        changes = {"ends_on": (before, terms.last_day)}
        note(by=sender.by, at=sender.at, verb="end_posting", subject=row, changes=changes)
    return len(ending)


def _see_that_taker_records(terms: Terms, sender: Sender) -> None:
    """The taker may record in each of the areas from the next day; posted there where asked.

    Nobody posts themselves: an administrator would see names that way.
    """
    taker = User.objects.get(pk=terms.taker.pk)
    held = scope(taker, Right.RECORD, terms.next_day)
    missing = [code for code in sorted(terms.areas) if not held.covers(code)]
    if missing and not (terms.posts and taker.is_active):
        raise Refusal("not_posted", field="taker")
    if missing and taker == sender.by:
        raise Refusal("own_posting", field="taker")
    for code in missing:
        row = Posting.objects.create(
            user=taker, role=Role.OFFICER, area_id=code, starts_on=terms.next_day
        )
        changes = {name: ("", getattr(row, name)) for name in ("role", "area", "starts_on")}
        note(by=sender.by, at=sender.at, verb="add_posting", subject=row, changes=changes)


def _moved(terms: Terms, moving: Iterable[Enrolment], sender: Sender) -> Handover:
    moving = list(moving)
    keys = [row.pk for row in moving]
    Enrolment.objects.filter(pk__in=keys).update(officer=terms.taker)
    officer = {"officer": (terms.giver, terms.taker)}
    notes = [Note("hand_over", row, row.village, officer) for row in moving]
    note_all(notes, by=sender.by, at=sender.at)
    handover = Handover.objects.create(
        giver=terms.giver,
        taker=terms.taker,
        on=terms.last_day,
        villages=len({row.village_id for row in moving}),
        returned=StepProgress.objects.filter(enrolment__in=keys, status=Status.RETURNED).count(),
        by=sender.by,
        at=sender.at,
    )
    note(by=sender.by, at=sender.at, verb="hand_over", subject=handover)
    return handover
