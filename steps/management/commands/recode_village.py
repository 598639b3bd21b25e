"""``manage.py recode_village``: move villages to the codes they have now, when areas change."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone, translation

from accounts import access
from accounts.rights import Right
from sammachip.thai.dates import DateError, parse_date
from sammachip.thai.digits import to_arabic
from steps.management.asked import person_of
from steps.models import Enrolment, ShelfDocument
from steps.recording.core import Refusal
from steps.recording.messages import MESSAGES
from steps.recording.places import Move, Recoded, recode


class Command(BaseCommand):
    help = (
        "Move a village to another code, with all its history: pages, counts and the sums of areas "
        "follow, and the old address leads to the new one. With --file many at once, all or none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old", nargs="?", metavar="OLD", help="the code it has: 33140108")
        parser.add_argument("new", nargs="?", metavar="NEW", help="the code it gets: 33140209")
        parser.add_argument("--moo", type=int, help="its moo, where NEW does not end in it")
        parser.add_argument(
            "--file", metavar="FILE", help="a CSV file instead: old,new or old,new,moo on each line"
        )
        parser.add_argument(
            "--on", metavar="DAY", help="last day of the old code: 30/9/2569 or 2026-09-30; today"
        )
        parser.add_argument("--by", metavar="STAFF_ID", help="whose name the history gets")
        parser.add_argument("--dry-run", action="store_true", help="say all of it, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        moves = moves_of(options)
        on = day_of(options["on"], timezone.localdate(now))
        by = person_of(options["by"])
        with translation.override("en"), transaction.atomic():
            try:
                recoded = recode(moves=moves, on=on, by=by, at=now)
            except Refusal as refusal:
                raise CommandError(words_of(refusal)) from refusal
            for one in recoded:
                self.stdout.write("\n".join(lines_of(one, timezone.localdate(now))))
            transaction.set_rollback(options["dry_run"])
        self.stdout.write(f"Moved: {len(recoded)}. Figures kept of past months stay as they were.")
        if options["dry_run"]:
            self.stdout.write("Nothing was written (--dry-run).")


# ---------------------------------------------------------------- what was asked


def moves_of(options: dict[str, Any]) -> list[Move]:
    """The moves named on the line, or those of the file."""
    if options["file"] and not options["old"] and options["moo"] is None:
        return list(read_moves(Path(options["file"])))
    if options["file"] or not options["new"]:
        raise CommandError("Name two codes, OLD and NEW, or a file with --file FILE.")
    return [Move(to_arabic(options["old"]), to_arabic(options["new"]), options["moo"])]


def read_moves(path: Path) -> Iterator[Move]:
    """The moves of a CSV file; empty lines and a line of headings are passed over."""
    try:
        lines = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        cells = [to_arabic(cell).strip() for cell in line]
        if any(cells) and not (number == 1 and not cells[0].isdecimal()):
            yield _move(cells, f"{path}, line {number}")


def _move(cells: list[str], where: str) -> Move:
    old, new, moo = (*cells, *[""] * 3)[:3]
    if not old or not new or any(cells[3:]) or (moo and not moo.isdecimal()):
        raise CommandError(f"{where}: write old,new or old,new,moo")
    return Move(old, new, int(moo) if moo else None)


def day_of(text: str | None, today: date) -> date:
    """The last day of the old code, in พ.ศ. or ค.ศ.; not one to come."""
    try:
        on = parse_date(text) if text else today
    except DateError as error:
        raise CommandError(f"--on {text}: {error.code}") from error
    if on > today:
        raise CommandError("--on is a day to come: move villages once their code has changed.")
    return on


# ---------------------------------------------------------------- what is said


def words_of(refusal: Refusal) -> str:
    """Every problem in a line of its own; nothing was written."""
    problems = [
        f"{move.old} to {move.new}: {MESSAGES[code]}" for move, code in refusal.details["problems"]
    ]
    return "\n".join(["Nothing was moved.", *problems])


def lines_of(one: Recoded, today: date) -> Iterator[str]:
    """What became of a village, and what a person has to look at now."""
    move, village = one.move, one.village
    yield f"{move.old} {village.name_th} is {village.code}, moo {village.moo}."
    if one.yielded_by:
        other = f"{one.yielded_by.code} {one.yielded_by.name_th}"
        yield f"  {village.code} led to {other} until now, and leads there no longer."
    for enrolment in village.enrolments.select_related("programme", "officer"):
        year = enrolment.programme.year
        if move.old[:4] != move.new[:4]:
            yield f"  {year}: {_shelves(enrolment, move)}"
        officer = enrolment.officer
        if officer and not access.may(officer, Right.RECORD, village, today):
            yield (
                f"  {year}: its officer {officer.staff_id} may not record here. "
                "Post them in this area, or name another officer."
            )


def _shelves(enrolment: Enrolment, move: Move) -> str:
    shelves = ShelfDocument.objects.current().filter(programme=enrolment.programme)
    left, found = (shelves.filter(district=code[:4]).count() for code in (move.old, move.new))
    return (
        f"{left} documents stay on the shelf of district {move.old[:4]}; "
        f"on that of {move.new[:4]} there are {found}."
    )
