"""``manage.py restore``: put a backup into an empty installation, and compare it with itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sammachip.backup import Impossible, Restored, examined, listed, restore, this_installation


class Command(BaseCommand):
    help = (
        "Restore a backup into the empty database of DATABASE_URL and an empty MEDIA_ROOT. What "
        "holds data is refused. Ends with 0 only if nothing differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("src", type=Path, metavar="SRC", help="a folder that `backup` made")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        how = parser.add_mutually_exclusive_group()
        how.add_argument(
            "--verify",
            action="store_true",
            help="then compare the rows of every table and every file with the backup",
        )
        how.add_argument(
            "--verify-only",
            action="store_true",
            help="compare the backup with its own checksums; restore nothing, need no database",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["src"]
        try:
            if options["verify_only"]:
                manifest, differences = examined(folder)
                done = Restored(manifest, differences, migrated=False)
            else:
                done = restore(folder, this_installation(), verify=options["verify"])
        except Impossible as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(as_json(folder, done))
        else:
            self._tell(folder, done, only_looked=options["verify_only"])
        if done.differences:
            raise CommandError(
                f"Differences from what was backed up: {len(done.differences)}\n"
                + listed(done.differences)
            )

    def _tell(self, folder: Path, done: Restored, *, only_looked: bool) -> None:
        made = done.manifest
        verb = "Looked at" if only_looked else "Restored"
        self.stdout.write(
            f"{verb} {folder}, made on {made.made_at} by version {made.application}: "
            f"rows {made.rows:,}, files {len(made.media):,}."
        )
        if made.faults:
            self.stdout.write(
                f"Lost or damaged before it was made: {len(made.faults)}\n"
                + listed([f"{name}: {what}" for name, what in made.faults.items()])
            )
        if done.migrated:
            self.stdout.write("The tables were brought up to this version (migrate).")
        if done.differences == []:
            self.stdout.write("Every checksum agrees: no difference.")
        if not only_looked:
            self.stdout.write("Everybody signs in anew. Run next: `manage.py recount`")


def as_json(folder: Path, done: Restored) -> str:
    """What was restored, for programs; ``differences`` is null where nobody asked."""
    made = done.manifest
    return json.dumps(
        {
            "folder": str(folder),
            "made_at": made.made_at,
            "application": made.application,
            "rows": made.rows,
            "files": len(made.media),
            "faults": made.faults,
            "migrated": done.migrated,
            "differences": done.differences,
        }
    )
