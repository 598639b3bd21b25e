"""``manage.py backup``: write all that this installation holds to a folder, while people work."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sammachip.backup import Impossible, Manifest, back_up, listed, megabytes, this_installation


class Command(BaseCommand):
    help = (
        "Write the database and the stored files, with a checksum of each, to a new folder. People "
        "may work meanwhile. The folder holds personal data: keep it safe."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dest", type=Path, metavar="DEST", help="a folder that is new or empty")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dest"]
        try:
            manifest = back_up(folder, this_installation(), at=timezone.localtime())
        except Impossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(as_json(folder, manifest) if options["json"] else words(folder, manifest))
        if faults := [f"{name}: {what}" for name, what in manifest.faults.items()]:
            raise CommandError(
                "The backup was made, without what this installation itself no longer has whole: "
                f"{len(faults)}. Look for these files in an older backup.\n" + listed(faults)
            )


def words(folder: Path, manifest: Manifest) -> str:
    """What was backed up, in a line."""
    return (
        f"{folder}: tables {len(manifest.tables)}, rows {manifest.rows:,}, "
        f"files {len(manifest.media):,}, {megabytes(manifest.size)}"
    )


def as_json(folder: Path, manifest: Manifest) -> str:
    """What was backed up, for programs."""
    said = asdict(manifest)
    return json.dumps(
        {
            "folder": str(folder),
            **{name: said[name] for name in ("made_at", "application", "engine", "server")},
            "tables": len(manifest.tables),
            "rows": manifest.rows,
            "files": len(manifest.media),
            "bytes": manifest.size,
            "faults": manifest.faults,
        }
    )
