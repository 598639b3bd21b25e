"""Making a backup while people work."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sammachip.backup.files import Copies, refuse_without_room, stored_in, whole
from sammachip.backup.installation import Installation
from sammachip.backup.manifest import MEDIA, Manifest, described
from sammachip.backup.parts import Impossible, Snapshot, faults_told


def back_up(folder: Path, of: Installation, *, at: datetime) -> Manifest:
    """Write a backup to a new folder, all of it or nothing. Raises Impossible.

    What the installation itself has lost does not stop it, for then nothing would be backed up any
    more, on the very machine that loses files. It stands in ``faults``, to be told each time.
    """
    folder = folder.resolve()
    if folder.is_relative_to(of.media.resolve()):
        raise Impossible(f"{folder} lies in MEDIA_ROOT. Name a folder elsewhere.")
    with faults_told(), whole(folder) as unfinished:
        of.engine.refuse_unless_migrated()
        snapshot, copies = _caught(unfinished, of)
        files = {of.engine.file: stored_in(unfinished / of.engine.file)}
        files |= {f"{MEDIA}/{name}": copies.files[name] for name in sorted(copies.files)}
        manifest = described(of.engine, snapshot, files=files, faults=copies.faults, at=at)
        manifest.write(unfinished)
    return manifest


def _caught(folder: Path, of: Installation) -> tuple[Snapshot, Copies]:
    """The database at one moment, and the files its rows name.

    Files are written before their rows and never change, so files copied after the snapshot are
    those of the snapshot. Only `clear_received` removes any, after their row: a file that is gone
    may be one whose row is gone as well. So the snapshot is taken anew; a file that is still named
    and still not there was lost before.
    """
    copies, lacking = Copies(), set[str]()
    while True:
        snapshot = of.engine.save(folder / of.engine.file)
        rest = sum(row.size for row in snapshot.stored if row.main not in copies.files)
        refuse_without_room(folder, rest)
        copies.complete(snapshot.stored, of.media, folder / MEDIA)
        if copies.lacking <= lacking:
            return snapshot, copies
        lacking = copies.lacking
