"""What the ``import_…`` commands share: the same reading, difference and writing as the pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Import, User
from steps.recording.core import Refusal
from steps.recording.messages import message_for
from villages.imports import confirming, difference
from villages.imports.kinds import KINDS
from villages.imports.places import EVERYWHERE
from villages.imports.showing import place_of, problem_of
from villages.imports.words import REPAIRS, Refused, said

LISTED = 200  # problems printed
BAR = 30  # characters


class ImportCommand(BaseCommand):
    """Brings in a file of one kind of table."""

    kind: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a workbook (.xlsx) or a table as text (.csv)")
        parser.add_argument("--dry-run", action="store_true", help="compare, write nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--by", metavar="STAFF_ID", help="who stands in the history for it")
        parser.add_argument(
            "--skip-problems", action="store_true", help="write the other rows all the same"
        )
        parser.add_argument(
            "--without",
            action="append",
            default=[],
            choices=sorted(REPAIRS),
            metavar="REPAIR",
            help="a kind of repair not to make; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._person(options["by"])
        with self._taken_in(options["file"], by) as brought:
            self._check(brought, options["without"], by)
            is_stopped = bool(brought.counts["problem"]) and not options["skip_problems"]
            is_written = not (options["dry_run"] or is_stopped)
            if is_written:
                self._write(brought, by)
            self._report(brought, written=is_written, as_json=options["json"])
        if is_stopped:
            raise CommandError(
                "Some rows have problems, so nothing was written. Mend them, or use "
                "--skip-problems to write the others."
            )

    def _person(self, staff_id: str | None) -> User | None:
        user = User.objects.filter(staff_id__iexact=staff_id).first() if staff_id else None
        if staff_id and user is None:
            raise CommandError(f"Nobody has the staff id {staff_id}.")
        return user

    @contextmanager
    def _taken_in(self, path: Path, by: User | None) -> Iterator[Import]:
        """The file as an import; where it is not confirmed in the end, nothing of it is kept."""
        try:
            with path.open("rb") as file:
                brought = difference.take_in(
                    file=file, name=path.name, kind=self.kind, by=by, at=timezone.now()
                )
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        except Refused as refused:
            raise CommandError(refused.message) from refused
        try:
            yield brought
        finally:
            unconfirmed = Import.objects.exclude(state=Import.State.CONFIRMED)
            if unconfirmed.filter(pk=brought.pk).exists():
                brought.path.unlink(missing_ok=True)
                brought.delete()

    def _check(self, brought: Import, without: list[str], by: User | None) -> None:
        brought.declined = without
        try:
            difference.check(
                brought, allowed=EVERYWHERE, by=by, at=timezone.now(), progress=self._progress
            )
        except Refused as refused:
            raise CommandError(refused.message) from refused

    def _write(self, brought: Import, by: User | None) -> None:
        try:
            confirming.write(brought, by=by, at=timezone.now(), progress=self._progress)
        except Refusal as refusal:
            raise CommandError(message_for(refusal)) from refusal

    def _progress(self, done: int, total: int) -> None:
        """A bar where somebody watches; nothing in a log."""
        if self.stderr.isatty():
            full = BAR * done // total
            end = "\n" if done == total else ""
            bar = "#" * full + "." * (BAR - full)
            line = f"\r[{bar}] {done:,} of {total:,} rows"
            self.stderr.write(line, style_func=str, ending=end)

    def _report(self, brought: Import, *, written: bool, as_json: bool) -> None:
        labels = KINDS[self.kind].form.labels()
        rows = brought.rows.filter(outcome="problem").in_file_order()[:LISTED]
        problems = [
            {"row": place_of(row), "problems": [problem_of(one, labels) for one in row.problems]}
            for row in rows
        ]
        if as_json:
            result = {
                "import": str(brought.pk) if written else None,
                "written": written,
                "counts": brought.counts,
                "repairs": {kind: example[0] for kind, example in brought.repairs.items()},
                "problems": problems,
            }
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
            return
        for kind, (n, old, new) in brought.repairs.items():
            self.stdout.write(f"{said(REPAIRS, kind, {})}: {n} ({old or '–'} → {new})")
        for problem in problems:
            self.stdout.write(f"{problem['row']}: {'; '.join(problem['problems'])}")
        counts = ", ".join(f"{n} {outcome}" for outcome, n in brought.counts.items())
        self.stdout.write(f"{'Written' if written else 'Nothing is written'}: {counts}")
