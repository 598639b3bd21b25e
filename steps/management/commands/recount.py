"""``manage.py recount``: rebuild what is counted; a difference is reported as an error."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from steps import reach, tally
from steps.models import Enrolment, Programme, StepProgress, YearProgress
from steps.progress import differences, refresh
from steps.recording.enrolments import in_batches


class Command(BaseCommand):
    help = "Rebuild the progress of villages and the sums of areas; report what was not right."
    wrong = 0

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="report, change nothing")
        parser.add_argument(
            "--sums-only",
            action="store_true",
            help="add up the sums of areas from the rows of villages; do not measure villages",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.wrong = 0
        for programme in Programme.objects.all():
            if not options["sums_only"]:
                in_batches(programme, self._report if options["dry_run"] else self._recount)
            self._sums(programme, dry_run=options["dry_run"])
        if self.wrong:
            raise CommandError(f"{self.wrong} counters did not match what was recorded.")
        self.stdout.write("Every counter matches what was recorded.")

    def _report(self, enrolments: list[Enrolment]) -> bool:
        stale = differences(enrolments, today=timezone.localdate())
        for row in stale:
            self.stdout.write(_words(row))
        self.wrong += len(stale)
        return bool(stale)

    def _recount(self, enrolments: list[Enrolment]) -> None:
        if self._report(enrolments):
            refresh(enrolments, today=timezone.localdate())

    @transaction.atomic
    def _sums(self, programme: Programme, *, dry_run: bool) -> None:
        tally.locked()
        reached = reach.differences(programme.pk)
        sums = tally.differences(programme)
        for (_occasion, area), (stored, right) in reached.items():
            self.stdout.write(f"{area} people of a shared occasion: {stored}, should be {right}")
        for key, n in sums.items():
            self.stdout.write(f"{key.area} {key.name} {key.month}: off by {-n}")
        self.wrong += len(reached) + len(sums)
        if not dry_run:
            reach.correct(programme.pk, reached)
            tally.add(sums)


def _words(row: StepProgress | YearProgress) -> str:
    code = row.enrolment.village.code
    return f"{code} {row.step.number}: {row.status}" if isinstance(row, StepProgress) else code
