"""``manage.py keep_month``: keep the figures of the month that just ended (cron, on the 1st)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sammachip.thai.dates import moment, month
from steps import kept
from steps.models import Programme
from steps.months import month_before, read_month


class Command(BaseCommand):
    help = (
        "Keep the figures of the country and of all its areas for the month that just ended, once. "
        "Of every programme that is open or closed within the last year."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--month",
            metavar="YYYY-MM",
            help="another month that is over, in พ.ศ. or ค.ศ.; the figures are those of now",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        month_end = self._month(options["month"], timezone.localdate(now))
        programmes = kept.programmes_to_keep(month_end)
        if not programmes:
            self.stdout.write("No programme is open or closed within the last year.")
        for programme in programmes:
            self._keep(programme, month_end, now)

    def _month(self, text: str | None, today: date) -> date:
        if not text:
            return month_before(today)
        month_end = read_month(text)
        if not month_end:
            raise CommandError(f"{text} is not a month: write it as 2569-10 or 2026-10.")
        if month_end >= today:
            raise CommandError(f"{text} is not over yet.")
        return month_end

    def _keep(self, programme: Programme, month_end: date, now: datetime) -> None:
        name = f"{programme.year}, {month(month_end, 'en')}"
        areas = kept.keep(programme, month_end, now)
        if not areas:
            self.stdout.write(f"{name}: kept before, nothing was changed.")
            return
        self.stdout.write(f"{name}: kept of {areas} areas, as of {moment(now, 'en')}.")
        if timezone.localdate(now) > month_end + timedelta(days=1):
            self.stdout.write("  This is late: the figures are of that moment, and pages say so.")
