"""``manage.py recount``: rebuild the rows of progress; a difference is reported as an error."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from steps.models import Enrolment, Programme
from steps.progress import differences, refresh
from steps.recording.enrolments import in_batches


class Command(BaseCommand):
    help = "Rebuild the progress of every enrolled village and report what was not right."
    wrong = 0

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="report, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        self.wrong = 0
        for programme in Programme.objects.all():
            in_batches(programme, self._report if options["dry_run"] else self._recount)
        if self.wrong:
            raise CommandError(f"{self.wrong} rows of progress did not match what was recorded.")
        self.stdout.write("Every row of progress matches what was recorded.")

    def _report(self, enrolments: list[Enrolment]) -> bool:
        stale = differences(enrolments, today=timezone.localdate())
        for row in stale:
            self.stdout.write(f"{row.enrolment.village.code} {row.step.number}: {row.status}")
        self.wrong += len(stale)
        return bool(stale)

    def _recount(self, enrolments: list[Enrolment]) -> None:
        if self._report(enrolments):
            refresh(enrolments, today=timezone.localdate())
