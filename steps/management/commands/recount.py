"""``manage.py recount``: rebuild the rows of progress; a difference is reported as an error."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from steps.models import Enrolment, Programme
from steps.progress import differences, refresh

BATCH = 200


class Command(BaseCommand):
    help = "Rebuild the progress of every enrolled village and report what was not right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="report, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for programme in Programme.objects.all():
            enrolments = Enrolment.objects.filter(programme=programme).select_related(
                "programme", "village"
            )
            ids = list(enrolments.order_by("village__code").values_list("pk", flat=True))
            for start in range(0, len(ids), BATCH):
                wrong += self._recount(
                    list(enrolments.filter(pk__in=ids[start : start + BATCH])), options["dry_run"]
                )
        if wrong:
            raise CommandError(f"{wrong} rows of progress did not match what was recorded.")
        self.stdout.write("Every row of progress matches what was recorded.")

    @transaction.atomic
    def _recount(self, enrolments: list[Enrolment], dry_run: bool) -> int:  # noqa: FBT001
        today = timezone.localdate()
        stale = differences(enrolments, today=today)
        for row in stale:
            self.stdout.write(f"{row.enrolment.village.code} {row.step.number}: {row.status}")
        if stale and not dry_run:
            refresh(enrolments, today=today)
        return len(stale)
