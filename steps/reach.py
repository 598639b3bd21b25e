"""People of occasions that several villages shared: counted once in each area they touch.

A district meeting held for forty villages is an activity in each of them with the same people.
A village's own rows leave these occasions out (YearProgress.people); here each area holds the
largest activity of the occasion within it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from uuid import UUID

from django.db.models import F

from steps.models import Activity, Enrolment, OccasionReach
from steps.models.activities import ActivityQuerySet
from steps.requirements import headcount_listed
from steps.tally import LEVELS

Reach = dict[tuple[UUID, str], int]  # occasion and area -> people
Places = Set[tuple[UUID, str]]  # occasion and area


def refresh(enrolments: Collection[Enrolment], left: Places = frozenset()) -> None:
    """Count the shared occasions of these enrolments (of one programme) again in their areas.

    ``left`` are the places of before, where a village moved.
    """
    touched = places_of(enrolments) | left
    if not touched:
        return
    programme = next(iter(enrolments)).programme_id
    rows = _locked(programme, touched)
    reach = reached(programme, {occasion for occasion, _area in touched})
    for row in rows:
        people = reach.get((row.occasion, row.area_code), 0)
        if row.people != people:
            row.people = people
            row.save(update_fields=["people"])


def places_of(enrolments: Collection[Enrolment]) -> Places:
    """The shared occasions of these enrolments, in each area around their villages."""
    places = _shared().filter(enrolment__in=enrolments).order_by()
    return {
        (occasion, code[:digits])
        for occasion, code in places.values_list("occasion", "enrolment__village__subdistrict")
        for digits in LEVELS
    }


def reached(programme: int, occasions: Iterable[UUID] | None = None) -> Reach:
    """The people of each shared occasion in each area, as the activities say."""
    rows = _shared().counted().filter(enrolment__programme=programme)
    if occasions is not None:
        rows = rows.filter(occasion__in=occasions)
    rows = rows.with_numbers().only("occasion", "total").order_by()
    largest: Reach = {}
    for activity in rows.annotate(code=F("enrolment__village__subdistrict")).iterator():
        people, code = headcount_listed(activity), activity.code
        for digits in LEVELS:
            key = (activity.occasion, code[:digits])
            largest[key] = max(largest.get(key, 0), people)
    return largest


def differences(programme: int) -> dict[tuple[UUID, str], tuple[int, int]]:
    """Where the stored reach is not what the activities say: (stored, right)."""
    rows = OccasionReach.objects.filter(programme=programme).exclude(people=0)
    stored = {(row.occasion, row.area_code): row.people for row in rows.iterator()}
    right = {key: people for key, people in reached(programme).items() if people}
    return {
        key: (stored.get(key, 0), right.get(key, 0))
        for key in stored.keys() | right.keys()
        if stored.get(key, 0) != right.get(key, 0)
    }


def correct(programme: int, wrong: dict[tuple[UUID, str], tuple[int, int]]) -> None:
    """Write the right people where ``differences`` found others."""
    OccasionReach.objects.bulk_create(
        (
            OccasionReach(programme_id=programme, occasion=occasion, area_code=area, people=people)
            for (occasion, area), (_stored, people) in sorted(wrong.items())
        ),
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["programme", "occasion", "area_code"],
        update_fields=["people"],
    )


def _shared() -> ActivityQuerySet:
    return Activity.objects.filter(shared=True)


def _locked(programme: int, touched: Places) -> list[OccasionReach]:
    """The rows to count into, locked in sorted order: writers in other villages wait for them."""
    OccasionReach.objects.bulk_create(
        [
            OccasionReach(programme_id=programme, occasion=occasion, area_code=area)
            for occasion, area in sorted(touched)
        ],
        ignore_conflicts=True,
    )
    rows = OccasionReach.objects.filter(
        programme=programme, occasion__in={occasion for occasion, _area in touched}
    )
    locked = rows.select_for_update().order_by("occasion", "area_code")
    return [row for row in locked if (row.occasion, row.area_code) in touched]
