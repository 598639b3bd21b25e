"""Erasing who somebody was, on their request or when the term is over; the numbers stay.

Rows stay where they are and count as before. What names the person gives way to a marker, in the
rows, in texts of the village and in what submissions stood on; the values of the history are
emptied, its entries stay (rule 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models, transaction
from django.db.models import Q

from accounts.history import note
from accounts.models import HistoryValue, ImportRow, User
from accounts.receipts import Outcome
from steps.changes import restated, stood_on
from steps.facts import facts_of, steps_of
from steps.models import ChangeLeader, Enrolment, PlanItem, Submission
from steps.personal.held import traces_of
from steps.personal.names import ON_REQUEST, WHEN_DUE, Traces
from steps.personal.rows import PersonRow, code_of, rows_in
from steps.personal.texts import texts_with
from steps.recording.core import Refusal, Sender, log, refresh_villages, write
from villages.models import CommitteeMember, Household, Village, locked

REASON_LENGTH = 200
NO_HOUSE = "–"  # in place of a house number, which names a household as well as its head does


def erase(*, rows: Sequence[PersonRow], reason: str, sender: Sender) -> Outcome:
    """Erase the people in some rows of one village, as they asked.

    Refusal ``erased_already`` where one of the rows is; ``reason_missing`` without a reason.
    """
    if not reason:
        raise Refusal("reason_missing", field="reason")
    village = rows[0].village

    def work() -> dict[str, object]:
        _read_again(rows)
        if any(row.erased_on for row in rows):
            raise Refusal("erased_already", field="rows")
        erasure = Erasure(village, ON_REQUEST, traces_of(rows), sender.today)
        erasure.run(rows)
        remark = erasure.traces.erased(reason, ON_REQUEST)[:REASON_LENGTH]
        for row in rows:
            log(sender, "erase_person", row, village, remark=remark)
        return {"erased": sorted(code_of(row) for row in rows)}

    content = {"rows": sorted(code_of(row) for row in rows), "reason": reason}
    return write(verb="erase_person", sender=sender, content=content, villages=[village], work=work)


@transaction.atomic
def forget(
    *,
    village: Village,
    rows: Sequence[PersonRow],
    items: Sequence[PlanItem],
    by: User | None,
    at: datetime,
    today: date,
) -> None:
    """Erase the people in rows, and who is responsible in plans, whose term is over."""
    locked([village])
    _read_again(rows)
    rows = [row for row in rows if row.erased_on is None]
    Erasure(village, WHEN_DUE, traces_of(rows), today).run(rows, items)
    for row in (*rows, *items):
        note(by=by, at=at, verb="forget_person", subject=row, village=village)
    refresh_villages([village], today=today)


@dataclass(frozen=True)
class Erasure:
    """One village, locked, the marker to leave, and what gives the people away."""

    village: Village
    marker: str
    traces: Traces
    on: date

    def run(self, rows: Sequence[PersonRow], items: Sequence[PlanItem] = ()) -> None:
        """Erase the people in the rows everywhere in the village, and the names in plan items."""
        before = self._stood_on()
        number = sum(row.erased_on is not None for row in rows_in(self.village))
        for row in rows:
            number += 1
            self._erase_row(row, number)
        for item in items:
            item.person = self.marker
            item.save(update_fields=["person"])
        for text in list(texts_with(self.traces, self.village)):
            text.replace(self.traces.erased(text.text, self.marker))
        self._empty_history(rows, items)
        self._empty_imports(rows)
        self._restate(before)

    def _erase_row(self, row: PersonRow, number: int) -> None:
        """Markers are numbered in a village: names must differ there."""
        name = f"{self.marker} {number}"
        if isinstance(row, Household):
            row.head_name, row.house_no, row.cluster, row.phone = name, NO_HOUSE, "", ""
        elif isinstance(row, CommitteeMember):
            row.name, row.position, row.phone, row.household = name, "", "", None
        else:
            row.name, row.household = name, None
        row.erased_on = self.on
        row.save(update_fields=_FIELDS[type(row)])

    # ------------------------------------------------------------ where else they are named

    def _empty_history(self, rows: Sequence[PersonRow], items: Sequence[PlanItem]) -> None:
        """All values of the rows, and those in the village that name the people."""
        kept = HistoryValue.objects.filter(erased_on__isnull=True)
        texts = kept.filter(entry__village=self.village).values_list("pk", "old", "new")
        naming = [pk for pk, *both in texts.iterator() if any(map(self.traces.stand_in, both))]
        for found in (
            kept.filter(_about(rows)),
            kept.filter(_about(items), field="person"),
            kept.filter(pk__in=naming),
        ):
            found.update(old="", new="", erased_on=self.on)

    def _empty_imports(self, rows: Sequence[PersonRow]) -> None:
        """What files of the last days hold of them; undoing an import must not bring it back."""
        keys = {str(row.pk) for row in rows}
        for row in ImportRow.objects.filter(village_code__in=[self.village.code, ""]):
            held = [row.label, row.cells, row.before, row.after, row.repairs, row.problems]
            if row.subject in keys or self.traces.erased_within(held, self.marker) != held:
                row.label, row.cells, row.before, row.after = "", [], {}, {}
                row.repairs, row.problems = [], []
                row.save()

    # ------------------------------------------------------------ what submissions stood on

    def _stood_on(self) -> dict[tuple[int, int], dict[str, object]]:
        """What every step of every year stands on now, by enrolment and step."""
        return {
            (enrolment.pk, step.pk): stood_on(step, facts)
            for enrolment in Enrolment.objects.for_pages().filter(village=self.village)
            for facts in facts_of([enrolment], today=self.on)
            for step in steps_of(enrolment.programme_id)
        }

    def _restate(self, before: dict[tuple[int, int], dict[str, object]]) -> None:
        """Take the names out of snapshots, in which an erased name is no change."""
        now = self._stood_on()
        submissions = Submission.objects.filter(progress__enrolment__village=self.village)
        for submission in submissions.select_related("progress"):
            key = (submission.progress.enrolment_id, submission.progress.step_id)
            snapshot = dict(submission.snapshot)
            if key in now:
                snapshot["stood_on"] = restated(snapshot["stood_on"], before[key], now[key])
            snapshot = self.traces.erased_within(snapshot, self.marker)
            if snapshot != submission.snapshot:
                submission.snapshot = snapshot
                submission.save(update_fields=["snapshot"])


def _about(rows: Sequence[models.Model]) -> Q:
    """Values of entries about these rows."""
    return Q(
        entry__subject_type__in={row._meta.label_lower for row in rows},
        entry__subject_id__in=[str(row.pk) for row in rows],
    )


def _read_again(rows: Sequence[PersonRow]) -> None:
    """What the rows say now that the village is locked."""
    for row in rows:
        row.refresh_from_db(fields=_FIELDS[type(row)])


_FIELDS: dict[type, list[str]] = {
    Household: ["house_no", "house_order", "head_name", "cluster", "phone", "erased_on"],
    CommitteeMember: ["name", "position", "phone", "household", "erased_on"],
    ChangeLeader: ["name", "household", "erased_on"],
}
