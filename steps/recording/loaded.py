"""What a loaded fixture brings: snapshots that speak of rows here, counters, a word in the history.

A fixture adds what is not there and changes nothing that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from accounts.history import note
from steps.changes import stood_on
from steps.exports.fixture import AS_IT_STOOD, EARLIER, PRINTED
from steps.facts import facts_of
from steps.models import Activity, Enrolment, ShelfDocument, Submission
from steps.recording.core import refresh_villages
from villages.models import FormerCode, Village, locked

BATCH = 200  # villages that are counted, and kept waiting, at once


class Mismatch(Exception):
    """The file and this installation name two villages by one code, or one village by two."""


@dataclass
class Loading:
    """The rows of one run of ``loaddata``, as far as something follows from them."""

    new: int = 0
    villages: set[int] = field(default_factory=set)
    districts: set[str] = field(default_factory=set)
    worked_on: set[int] = field(default_factory=set)
    submissions: list[int] = field(default_factory=list)

    def meet(self, row: models.Model, stored: models.Model | None) -> None:
        """Look at a row before it is saved. Raises Mismatch where its village is another here."""
        if isinstance(row, Village) and isinstance(stored, Village):
            _same_village(row, stored)
        if isinstance(row, FormerCode):
            _left_here_too(row)

    def took(self, row: models.Model, *, new: bool) -> None:
        """Remember a row that stands now; ``new`` where it did not before."""
        self.new += new
        if isinstance(row, Village):
            self.villages.add(row.pk)
        if isinstance(row, Enrolment):
            self.villages.add(row.village_id)
        if new and isinstance(row, ShelfDocument):
            self.districts.add(row.district_id)
        if new and isinstance(row, Activity):
            self.worked_on.add(row.enrolment_id)
        if new and isinstance(row, Submission):
            self.submissions.append(row.pk)

    def settle(self, *, at: datetime, today: date, remark: str) -> None:
        """In the transaction that loads: print the snapshots anew, and say where work came from."""
        rows = Submission.objects.filter(pk__in=self.submissions)
        for submission in rows.select_related(
            "progress__step", "progress__enrolment__programme", "progress__enrolment__village"
        ):
            _settle(submission, today)
        for enrolment in Enrolment.objects.filter(pk__in=self.worked_on).select_related("village"):
            note(
                by=None,
                at=at,
                verb="load_fixture",
                subject=enrolment,
                village=enrolment.village,
                remark=remark[:200],
            )

    def count(self, *, today: date) -> None:
        """Count every year of the villages the file names, and of those that share a new shelf."""
        if not self.new:
            return
        shelved = [pk for code in self.districts for pk in _keys(Village.objects.within(code))]
        keys = _keys(Village.objects.filter(pk__in={*self.villages, *shelved}))
        for start in range(0, len(keys), BATCH):
            with transaction.atomic():
                batch = Village.objects.filter(pk__in=keys[start : start + BATCH])
                refresh_villages(locked(batch), today=today)


def _keys(villages: models.QuerySet[Village]) -> list[int]:
    return list(villages.order_by("code").values_list("pk", flat=True))


def _same_village(row: Village, stored: Village) -> None:
    """A code a village had before leads to it, unless the file means another one by it."""
    if row.code != stored.code and row.name_th != stored.name_th:
        raise Mismatch(
            f"{row.code} is {row.name_th} in the file; here it is the former code of "
            f"{stored.code} {stored.name_th}. The file was made with other codes: "
            "bring both installations to the same codes with recode_village first."
        )


def _left_here_too(row: FormerCode) -> None:
    """Or the file would bring the same village a second time, under its new code."""
    if Village.objects.filter(code=row.code).exists():
        raise Mismatch(
            f"Village {row.code} is {row.village.code} in the file. "
            f"Move it here first: manage.py recode_village {row.code} {row.village.code}"
        )


def _settle(submission: Submission, today: date) -> None:
    progress = submission.progress
    now = stood_on(progress.step, facts_of([progress.enrolment], today=today)[0])
    then: dict[str, Any] = submission.snapshot["stood_on"]
    for part in PRINTED:
        then[part] = {key: _printed(mark, now[part].get(key)) for key, mark in _items(then[part])}
    submission.save(update_fields=["snapshot"])


def _items(part: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    return part.items()


def _printed(mark: Any, now: Any) -> Any:
    """The print of a row that is as it stood; should it be gone here, one that fits nothing."""
    if mark is not AS_IT_STOOD:
        return mark
    return EARLIER if now is None else now
