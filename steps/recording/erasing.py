"""Erasing who somebody was, on their request or when the term is over; the numbers stay.

Rows stay where they are and count as before. What names the person gives way to a marker, in the
rows, in texts of the village and in what submissions stood on; the values of the history are
emptied, its entries stay (rule 8). What was written once of a meeting of several villages stands in
each of them: there too the name goes, from what tells of that meeting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from accounts import access
from accounts.history import note
from accounts.models import HistoryValue, Import, ImportRow, User
from accounts.receipts import Outcome
from accounts.rights import Right
from steps.changes import restated, stood_on
from steps.facts import facts_of, steps_of
from steps.models import ChangeLeader, PlanItem, Submission
from steps.personal.held import traces_of
from steps.personal.names import ON_REQUEST, WHEN_DUE, Traces
from steps.personal.rows import PersonRow, code_of, rows_in
from steps.personal.texts import rows_beside, texts_beside, texts_with, villages_beside
from steps.recording.core import Refusal, Sender, log, refresh_villages, write, years_of
from villages.models import CommitteeMember, Household, Village, locked

REASON_LENGTH = 200
OF_VILLAGERS = (Import.Kind.HOUSEHOLDS, Import.Kind.MEMBERS)
NO_HOUSE = "–"  # in place of a house number, which names a household as well as its head does


def erase(*, rows: Sequence[PersonRow], reason: str, sender: Sender) -> Outcome:
    """Erase the people in some rows of one village, as they asked.

    Refusal ``erased_already`` where one of the rows is; ``reason_missing`` without a reason;
    ``shared_meanwhile`` where a meeting with yet another village was recorded at this moment.
    """
    if not reason:
        raise Refusal("reason_missing", field="reason")
    village = rows[0].village
    villages = [village, *villages_beside(village)]

    def work() -> dict[str, object]:
        _read_again(rows)
        if any(row.erased_on for row in rows):
            raise Refusal("erased_already", field="rows")
        erasure = Erasure(villages, files, ON_REQUEST, traces_of(rows), sender.today)
        beside = erasure.run(rows)
        remark = erasure.traces.erased(reason, ON_REQUEST)[:REASON_LENGTH]
        for row in rows:
            log(sender, "erase_person", row, village, remark=remark)
        for other in beside:
            log(sender, "erase_person", other, other)
        return {"erased": sorted(code_of(row) for row in rows)}

    content = {"rows": sorted(code_of(row) for row in rows), "reason": reason}
    with transaction.atomic():
        files = _locked_files(village)
        return write(
            verb="erase_person", sender=sender, content=content, villages=villages, work=work
        )


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
    files = _locked_files(village) if rows else []
    villages = [village, *villages_beside(village)]
    locked(villages)
    _read_again(rows)
    rows = [row for row in rows if row.erased_on is None]
    beside = Erasure(villages, files, WHEN_DUE, traces_of(rows), today).run(rows, items)
    for row in (*rows, *items):
        note(by=by, at=at, verb="forget_person", subject=row, village=village)
    for other in beside:
        note(by=by, at=at, verb="forget_person", subject=other, village=other)
    refresh_villages(villages, today=today)


@dataclass(frozen=True)
class Erasure:
    """A village and those it met with, files of the last days that may name its people, all locked;
    the marker, and what gives the people away."""

    villages: Sequence[Village]  # that of the people first
    files: Sequence[Import]
    marker: str
    traces: Traces
    on: date

    @property
    def village(self) -> Village:
        return self.villages[0]

    def run(self, rows: Sequence[PersonRow], items: Sequence[PlanItem] = ()) -> list[Village]:
        """Erase the people in the rows, and the names in plan items; in which others they stood."""
        if villages_beside(self.village) != list(self.villages[1:]):
            raise Refusal("shared_meanwhile")
        before = self._stood_on()
        number = sum(row.erased_on is not None for row in rows_in(self.village))
        for row in rows:
            number += 1
            self._erase_row(row, number)
        for item in items:
            item.person = self.marker
            item.save(update_fields=["person"])
        beside = list(texts_beside(self.traces, self.village))
        for text in [*texts_with(self.traces, self.village), *beside]:
            text.replace(self.traces.erased(text.text, self.marker))
        self._empty_history(rows, items)
        if rows:
            self._forget_imports(rows)
        self._restate(before)
        found = {text.village.pk for text in beside}
        return [other for other in self.villages if other.pk in found]

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
        """All values of the rows, and those of the village or a shared meeting that name them."""
        kept = HistoryValue.objects.filter(erased_on__isnull=True)
        shared = [row for rows in rows_beside(self.village) for row in rows]
        here = kept.filter(Q(entry__village=self.village) | _about(shared))
        texts = here.values_list("pk", "old", "new")
        naming = [pk for pk, *both in texts.iterator() if any(map(self.traces.stand_in, both))]
        for found in (
            kept.filter(_about(rows)),
            kept.filter(_about(items), field="person"),
            kept.filter(pk__in=naming),
        ):
            found.update(old="", new="", erased_on=self.on)

    def _forget_imports(self, rows: Sequence[PersonRow]) -> None:
        """Files of the last days that may hold them: confirming one would bring the names back."""
        for brought in self.files:
            if self._may_be_in(brought, rows):
                brought.forget(erased=True)
                transaction.on_commit(partial(brought.path.unlink, missing_ok=True), robust=True)

    def _may_be_in(self, brought: Import, rows: Sequence[PersonRow]) -> bool:
        """Whether a file is of the village or names the people; one not compared yet may."""
        if brought.state == Import.State.READ:
            of_village = brought.reading.get("village", "") in ("", self.village.code)
            return of_village and self._may_bring_in(brought.by)
        subjects = [str(row.pk) for row in rows]
        here = Q(village_code=self.village.code) | Q(subject__in=subjects)
        if brought.rows.filter(here).exists() or self._named_in([brought.reading, brought.repairs]):
            return True
        nowhere = brought.rows.filter(village_code="")
        return any(
            self._named_in([row.label, row.cells, row.before, row.after, row.repairs, row.problems])
            for row in nowhere.iterator(chunk_size=2_000)
        )

    def _may_bring_in(self, user: User | None) -> bool:
        """Whether somebody may bring rows of the village in; nobody is who works in the shell."""
        rights = (Right.RECORD, Right.ADMINISTER)
        return user is None or any(
            access.may(user, right, self.village, self.on) for right in rights
        )

    def _named_in(self, value: object) -> bool:
        return bool(self.traces.erased_within(value, self.marker) != value)

    # ------------------------------------------------------------ what submissions stood on

    def _stood_on(self) -> dict[tuple[int, int], dict[str, object]]:
        """What every step of every year stands on now, by enrolment and step."""
        found: dict[tuple[int, int], dict[str, object]] = {}
        for programme, enrolments in years_of(self.villages).items():
            steps = steps_of(programme)
            for facts in facts_of(enrolments, today=self.on):
                found |= {(facts.enrolment.pk, step.pk): stood_on(step, facts) for step in steps}
        return found

    def _restate(self, before: dict[tuple[int, int], dict[str, object]]) -> None:
        """Take the names out of snapshots, in which an erased name is no change.

        Those of the villages beside hold no text of a meeting, only its fingerprint.
        """
        now = self._stood_on()
        submissions = Submission.objects.filter(progress__enrolment__village__in=self.villages)
        for submission in submissions.select_related("progress__enrolment"):
            key = (submission.progress.enrolment_id, submission.progress.step_id)
            snapshot = dict(submission.snapshot)
            if key in now:
                snapshot["stood_on"] = restated(snapshot["stood_on"], before[key], now[key])
            if submission.progress.enrolment.village_id == self.village.pk:
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


def _locked_files(village: Village) -> list[Import]:
    """Kept files of villagers that were not compared yet, or have rows of the village or of none.

    Locked before the villages, as confirming one does, or the two would wait for each other.
    """
    rows = ImportRow.objects.filter(brought=OuterRef("pk"), village_code__in=[village.code, ""])
    files = Import.objects.with_file().filter(kind__in=OF_VILLAGERS)
    files = files.filter(Q(state=Import.State.READ) | Exists(rows))
    return list(files.select_for_update().order_by("pk"))


def _read_again(rows: Sequence[PersonRow]) -> None:
    """What the rows say now that the village is locked."""
    for row in rows:
        row.refresh_from_db(fields=_FIELDS[type(row)])


_FIELDS: dict[type, list[str]] = {
    Household: ["house_no", "house_order", "head_name", "cluster", "phone", "erased_on"],
    CommitteeMember: ["name", "position", "phone", "household", "erased_on"],
    ChangeLeader: ["name", "household", "erased_on"],
}
