"""Examining a backup, and restoring it into an installation that is empty."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from sammachip.backup import files
from sammachip.backup.installation import ENGINES, Installation
from sammachip.backup.manifest import MEDIA, NAME, Manifest, table_differences
from sammachip.backup.parts import Impossible, faults_told
from steps.files.storage import UNFINISHED

SHOWN = 20  # lines of differences in a refusal


@dataclass(frozen=True)
class Restored:
    """What came of a restore."""

    manifest: Manifest
    differences: list[str] | None  # None: nobody asked
    migrated: bool


def examined(folder: Path) -> tuple[Manifest, list[str]]:
    """The manifest of a backup, and where its files are not what it says. Raises Impossible."""
    with faults_told():
        manifest = Manifest.read(folder)
        return manifest, files.differences(folder, manifest.files, leave_out=NAME)


def restore(folder: Path, into: Installation, *, verify: bool) -> Restored:
    """Restore a backup into an empty installation. Raises Impossible.

    Everything is looked at before anything is written. Files come first and the database last, in
    one transaction: broken off at any moment, nothing stands in it yet, and the same command
    finds the files it copied and goes on.
    """
    folder = folder.resolve()
    manifest, faults = examined(folder)
    if faults:
        raise Impossible(f"{folder} is not as it was made.\n" + listed(faults))
    with faults_told():
        _refuse_another_kind(manifest, into)
        _refuse_newer(manifest)
        into.engine.refuse_unless_empty()
        _refuse_other_files(manifest, into.media)
        files.refuse_without_room(into.media, manifest.size)
        files.put_back(folder / MEDIA, into.media, manifest.media)
        into.engine.load(folder / into.engine.file, manifest.server)
        differences = verified(manifest, into) if verify else None
    migrated = not differences and _migrated(manifest)  # what is not right stays to be looked at
    return Restored(manifest, differences, migrated)


def verified(manifest: Manifest, restored: Installation) -> list[str]:
    """Where an installation is not what a manifest says: counts, tables, files."""
    found = files.differences(restored.media, manifest.media, leave_out=UNFINISHED)
    return table_differences(restored.engine.tables(), manifest.tables) + found


def listed(lines: list[str]) -> str:
    """The first of many lines."""
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join(f"  {line}" for line in [*lines[:SHOWN], *more])


# ---------------------------------------------------------------- what is refused


def _refuse_another_kind(manifest: Manifest, into: Installation) -> None:
    if manifest.engine not in ENGINES:
        raise Impossible(f"The backup is of a database called {manifest.engine!r}.")
    if manifest.engine != into.engine.name:
        raise Impossible(
            f"The backup is of {ENGINES[manifest.engine].__name__}, and DATABASE_URL names another "
            f"kind of database. Set it to {ENGINES[manifest.engine].url}."
        )


def _refuse_newer(manifest: Manifest) -> None:
    if unknown := sorted(set(manifest.migrations) - _known_migrations()):
        raise Impossible(
            f"The backup is of a newer program (version {manifest.application}; this one does not "
            f"know {unknown[0]}). Restore it with that version."
        )


def _known_migrations() -> set[str]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {f"{app}.{name}" for app, name in loader.disk_migrations}


def _refuse_other_files(manifest: Manifest, media: Path) -> None:
    """Files of this very backup may stand: an earlier restore was broken off."""
    standing = files.differences(media, manifest.media, leave_out=UNFINISHED)
    if others := [line for line in standing if not line.endswith(": missing")]:
        raise Impossible(
            f"MEDIA_ROOT ({media}) holds files. Name an empty folder.\n" + listed(others)
        )


def _migrated(manifest: Manifest) -> bool:
    """Bring the tables up to this program, where it is newer than the backup."""
    if not _known_migrations() - set(manifest.migrations):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True
