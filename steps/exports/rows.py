"""The rows of an export: villages in chunks, each chunk in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice

from django.utils import translation

from steps import lists
from steps.exports.columns import Column, Line, StepCells, Value, columns, day
from steps.models import Enrolment, Programme, Status, Step, StepProgress
from steps.models.choices import OPEN
from villages.models import CommitteeMember, Village, VillageQuerySet

CHUNK = 500  # villages; some 4,000 rows of steps with them


@dataclass(frozen=True)
class Export:
    """Villages as ``lists.listed`` gives them, the lines above their table, and whom it is for.

    ``year`` is the one asked for, "" where each village is judged in its latest. ``names`` adds
    people's names: who may ask for them is decided before. Words are in ``language``, also when
    the rows are made long after the request.
    """

    villages: VillageQuerySet
    year: str
    head: Sequence[str]
    names: bool
    on: date
    language: str

    @cached_property
    def columns(self) -> list[Column]:
        """Of the steps, each number once: as the newest programme has it."""
        newest: dict[str, Step] = {}
        for step in self._steps.values():
            newest.setdefault(step.number, step)
        in_order = sorted(newest.values(), key=lambda step: [*map(int, step.number.split("."))])
        with translation.override(self.language):
            return columns(in_order, names=self.names)

    @property
    def headings(self) -> list[str]:
        return [column.heading for column in self.columns]

    def chunks(self, size: int = CHUNK) -> Iterator[list[list[Value]]]:
        """The rows, ``size`` at a time: only so many are ever held."""
        villages = self.villages.with_area().iterator(chunk_size=size)
        while chunk := list(islice(villages, size)):
            with translation.override(self.language):
                lines = self._lines(chunk)
                rows = [[column.value(line) for column in self.columns] for line in lines]
            yield rows

    # ------------------------------------------------------------ what lines are made of

    @cached_property
    def _steps(self) -> dict[int, Step]:
        steps = Step.objects.current().select_related("programme")
        if self.year:
            steps = steps.filter(programme__year=self.year)
        return {step.pk: step for step in steps.order_by("-programme__year", "order")}

    @cached_property
    def _late_if_open(self) -> dict[int, int]:
        return {
            step.pk: StepProgress(step=step, status=Status.NOT_STARTED).days_late(self.on)
            for step in self._steps.values()
        }

    @cached_property
    def _programmes(self) -> dict[int, Programme]:
        return {programme.pk: programme for programme in Programme.objects.all()}

    def _lines(self, villages: list[Village]) -> list[Line]:
        keys = [village.enrolment_id for village in villages]  # type: ignore[attr-defined]
        enrolments = self._enrolments([key for key in keys if key])
        steps = self._step_cells(list(enrolments))
        members = self._members(villages)
        return [
            Line(
                village,
                enrolments.get(key),
                steps.get(key, {}),
                members.get(village.pk, []),
                self.on,
            )
            for village, key in zip(villages, keys, strict=True)
        ]

    def _enrolments(self, keys: list[int]) -> dict[int, Enrolment]:
        rows = Enrolment.objects.filter(pk__in=keys).order_by()
        rows = rows.select_related("standing", *(["officer"] if self.names else []))
        found = {row.pk: row for row in lists.with_quiet(rows, self._programmes.values(), self.on)}
        for row in found.values():
            row.programme = self._programmes[row.programme_id]
        return found

    def _step_cells(self, keys: list[int]) -> dict[int, dict[str, StepCells]]:
        words = {str(value): str(label) for value, label in Status.choices}
        due = {step.pk: day(step.due_on) for step in self._steps.values()}
        cells: defaultdict[int, dict[str, StepCells]] = defaultdict(dict)
        rows = StepProgress.objects.filter(enrolment__in=keys, step__in=list(due)).order_by()
        for key, step, status, moved in rows.values_list(
            "enrolment_id", "step_id", "status", "moved_at"
        ):
            is_open = status in OPEN
            cells[key][self._steps[step].number] = StepCells(
                status=words[status],
                due=due[step],
                moved="" if is_open else day(moved),
                late=self._late_if_open[step] if is_open else 0,
            )
        return cells

    def _members(self, villages: list[Village]) -> dict[int, list[CommitteeMember]]:
        """Who serves on the committees, by the key of the village; nobody unless asked for."""
        found: defaultdict[int, list[CommitteeMember]] = defaultdict(list)
        if self.names:
            serving = CommitteeMember.objects.serving(self.on)
            rows = serving.filter(committee__village__in=villages).select_related("committee")
            for person in rows:
                found[person.committee.village_id].append(person)
        return found
