"""``manage.py forget_expired``: apply the terms of retention.toml, once a month by cron."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts import forgetting
from steps.personal import expired
from steps.recording.core import Refusal
from steps.recording.erasing import forget


class Command(BaseCommand):
    help = (
        "Erase who people were whose term in sammachip/retention.toml is over, a village at a "
        "time; numbers stay. Delete old wrong passwords and sessions that are over."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, erase nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self.stdout.write("Nothing is erased; this is what would be.")
            counts = _counted()
        else:
            counts = _forgotten()
        for what, count in counts.items():
            self.stdout.write(f"{what}: {count}")


def _counted() -> dict[str, int]:
    now = timezone.now()
    today = timezone.localdate(now)
    return {
        **{rule: rows(today).count() for rule, rows in expired.RULES.items()},
        "accounts": forgetting.accounts(today).count(),
        "sign_in_attempts": forgetting.attempts(today).count(),
        "sessions": forgetting.sessions(now).count(),
    }


def _forgotten() -> dict[str, int]:
    now = timezone.now()
    today = timezone.localdate(now)
    counts = Counter(dict.fromkeys(expired.RULES, 0))
    for found in expired.by_village(today):
        village, rows, items = found.village, found.rows, found.items
        try:
            forget(village=village, rows=rows, items=items, by=None, at=now, today=today)
        except Refusal:  # it met with another village at this moment; the next run sees both
            continue
        counts.update(expired.rule_of(row) for row in (*rows, *items))
    people = list(forgetting.accounts(today))
    for user in people:
        forgetting.forget_account(user=user, by=None, at=now)
    attempts, _tables = forgetting.attempts(today).delete()
    sessions, _tables = forgetting.sessions(now).delete()
    return {
        **counts,
        "accounts": len(people),
        "sign_in_attempts": attempts,
        "sessions": sessions,
    }
