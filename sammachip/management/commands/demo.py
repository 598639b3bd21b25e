"""``manage.py demo``: accounts everybody knows, and a province that looks lived in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sammachip import demo
from sammachip.demo.people import account_table


class Command(BaseCommand):
    help = (
        "Make the demo accounts and an invented province with work in the present fiscal year. "
        "Only under DEBUG. Once made, running it again changes nothing, in later years neither."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--districts",
            type=int,
            metavar="N",
            help="give villages to the first N districts only (3314 is the first); default all",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("demo runs only under DEBUG: its password is public.")
        if demo.was_told():
            self.stdout.write("The demo stands already; nothing was changed.")
        else:
            self._tell(options["districts"])
        self._print_accounts()

    def _tell(self, districts: int | None) -> None:
        if missing := demo.missing():
            commands = ", ".join(f"`manage.py {command}`" for command in missing)
            raise CommandError(f"Run first: {commands}")
        demo.tell(now=timezone.now(), districts=districts)

    def _print_accounts(self) -> None:
        for row in account_table():
            self.stdout.write("  ".join(cell.ljust(13) for cell in row).rstrip())
