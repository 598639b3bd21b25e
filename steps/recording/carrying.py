"""Carrying over into a new year: the target and model households of the year before.

What is carried is who takes part, nothing of who came: attendance is recorded anew. The working
committee is the village's own and goes on serving; there is nothing to carry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.history import Change, Note, note_all
from accounts.receipts import Outcome
from steps.models import Enrolment, EnrolmentHousehold, Programme
from steps.recording.core import Refusal, Sender, write
from steps.recording.enrolments import refuse_past
from villages.models import Household, Village


def carry_over(*, villages: Iterable[Village], programme: Programme, sender: Sender) -> Outcome:
    """Mark last year's standing target and model households in the villages that take part again.

    With their livelihood and from whom they learned it. A household that has a row of the year
    already is left as it is, also one whose marks were taken away: doing it twice changes nothing.
    Refusals ``no_year_before`` and ``year_over``.
    """
    villages = list(villages)

    def work() -> dict[str, Any]:
        refuse_past(programme, sender.today)
        source = Programme.objects.before(programme.year)
        if source is None:
            raise Refusal("no_year_before")
        enrolments = Enrolment.objects.filter(programme=programme, village__in=villages)
        by_village = {row.village_id: row for row in enrolments.select_related("village")}
        rows = [
            _copied(row, by_village[row.enrolment.village_id])
            for row in to_carry(source, programme, sender.today).filter(
                enrolment__village__in=by_village
            )
        ]
        EnrolmentHousehold.objects.bulk_create(rows)
        note_all(_notes(rows), by=sender.by, at=sender.at)
        return {"households": len(rows), "villages": len({row.enrolment_id for row in rows})}

    content = {"year": programme.year, "villages": sorted(row.code for row in villages)}
    return write(verb="carry_over", sender=sender, content=content, villages=villages, work=work)


def to_carry(source: Programme, programme: Programme, on: date) -> QuerySet[EnrolmentHousehold]:
    """The marks of a year that are not in the next one yet, of households that stand on a day."""
    again = Enrolment.objects.filter(programme=programme, village=OuterRef("enrolment__village"))
    there = EnrolmentHousehold.objects.filter(
        enrolment__programme=programme, household=OuterRef("household")
    )
    standing = Household.objects.active(on).filter(pk=OuterRef("household"))
    rows = EnrolmentHousehold.objects.filter(enrolment__programme=source).marked()
    rows = rows.filter(Exists(again), Exists(standing), ~Exists(there))
    return rows.select_related("enrolment").order_by("enrolment", "pk")


def _copied(row: EnrolmentHousehold, enrolment: Enrolment) -> EnrolmentHousehold:
    return EnrolmentHousehold(
        enrolment=enrolment,
        household_id=row.household_id,
        target=row.target,
        model=row.model,
        livelihood=row.livelihood,
        learned_from_id=row.learned_from_id,
    )


def _notes(rows: Iterable[EnrolmentHousehold]) -> Iterable[Note]:
    """One entry a village, in flat fields as the tick list of households writes them."""
    changes: defaultdict[Enrolment, dict[str, Change]] = defaultdict(dict)
    for row in rows:
        marks = {
            "target": "on" if row.target else "",
            "model": "on" if row.model else "",
            "livelihood": row.livelihood,
            "learned_from": str(row.learned_from_id or ""),
        }
        changes[row.enrolment] |= {
            f"{name}-{row.household_id}": ("", text) for name, text in marks.items() if text
        }
    return [
        Note("carry_over", enrolment, enrolment.village, fields)
        for enrolment, fields in changes.items()
    ]
