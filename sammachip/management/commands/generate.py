"""``manage.py generate``: an invented province, region or nation to measure with."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from sammachip.generate import SIZES, Impossible, Progress, generate, was_generated

WIDTH = 30


class Command(BaseCommand):
    help = (
        "Fill an empty PostgreSQL database with invented villages: a province of 1,000, a region "
        "of 10,000 or the nation of 75,000. Only under DEBUG. The same size gives the same data."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("size", choices=SIZES)
        parser.add_argument(
            "--villages", type=int, metavar="N", help="so many villages instead of the size's"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("generate runs only under DEBUG: it makes the demo accounts.")
        if was_generated():
            self.stdout.write("Generated villages stand here already; nothing was changed.")
            return
        bar = Bar(self.stdout)
        try:
            generate(options["villages"] or SIZES[options["size"]], Progress(bar.show))
        except Impossible as error:
            raise CommandError(str(error)) from error
        bar.end()


class Bar:
    """A line that fills where somebody watches, a line for each stage where nobody does."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out, self.started, self.last = out, time.monotonic(), ""

    def show(self, what: str, done: int, of: int) -> None:
        seconds = int(time.monotonic() - self.started)
        clock = f"{seconds // 60}:{seconds % 60:02}"
        if self.out.isatty():
            filled = "#" * (WIDTH * done // of)
            self.out.write(f"\r{clock} [{filled:.<{WIDTH}}] {what:<50}", ending="")
            self.out.flush()
        elif what.split(",")[0] != self.last:
            self.out.write(f"{clock} {what}")
        self.last = what.split(",")[0]

    def end(self) -> None:
        self.show("done", 1, 1)
        if self.out.isatty():
            self.out.write("")
