"""Copying files so that what arrives is what was meant, and comparing folders with a manifest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sammachip.backup.parts import Impossible, Stored, StoredFile
from steps.files.prepared import PIECE
from steps.files.storage import UNFINISHED, make_folder, sync_folder


class Unreadable(Exception):
    """A file that its row names is not there, or the disk does not give it."""


def copy(source: Path, target: Path) -> Stored:
    """Copy a file, on disk before this returns, and say what it was. Raises Unreadable."""
    make_folder(target.parent)
    with target.open("wb") as taken:
        stored = _read(source, taken.write)
        taken.flush()
        os.fsync(taken.fileno())
    return stored


def stored_in(path: Path) -> Stored:
    """A file by its content. Raises Unreadable."""
    return _read(path, len)


def _read(path: Path, take: Callable[[bytes], int]) -> Stored:
    digest, size = sha256(), 0
    for piece in _pieces(path):
        digest.update(piece)
        size += take(piece)
    return Stored(size, digest.hexdigest())


def _pieces(path: Path) -> Iterator[bytes]:
    """The content of a file; only what goes wrong in reading it is Unreadable."""
    try:
        with path.open("rb") as content:
            while piece := content.read(PIECE):
                yield piece
    except FileNotFoundError as error:
        raise Unreadable("missing") from error
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})") from error


# ---------------------------------------------------------------- into a backup


@dataclass
class Copies:
    """The stored files copied so far, and what is wrong with those that are not as named."""

    files: dict[str, Stored] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def lacking(self) -> set[str]:
        return set(self.faults) - set(self.files)

    def complete(self, rows: Iterable[StoredFile], media: Path, folder: Path) -> None:
        """Copy what rows name and is not here yet; drop what no row names."""
        self.faults = {}
        rows = list(rows)
        for row in rows:
            for name in row.names:
                self._copy(name, media / name, folder / name)
            main = self.files.get(row.main)
            if main and main.sha256 != row.sha256:
                self.faults[row.main] = "damaged: not what its name says"
        for name in set(self.files) - {name for row in rows for name in row.names}:
            (folder / name).unlink()
            del self.files[name]

    def _copy(self, name: str, source: Path, target: Path) -> None:
        if name in self.files:
            return
        try:
            self.files[name] = copy(source, target)
        except Unreadable as fault:
            target.unlink()
            self.faults[name] = str(fault)


# ---------------------------------------------------------------- out of a backup


def put_back(source: Path, media: Path, files: Mapping[str, Stored]) -> None:
    """Copy files into MEDIA_ROOT, each verified before it gets its name. Raises Impossible."""
    for name, stored in files.items():
        if not (media / name).exists():  # else it was compared before
            _put_back(source / name, media / name, stored, media / UNFINISHED / Path(name).name)
    sync_folders(media)


def _put_back(source: Path, target: Path, stored: Stored, unfinished: Path) -> None:
    try:
        copied = copy(source, unfinished)
        if copied != stored:
            raise Impossible(f"{source} changed while it was copied. Try again.")
        make_folder(target.parent)
        unfinished.replace(target)
    except Unreadable as fault:
        raise Impossible(f"{source}: {fault}.") from fault
    finally:
        unfinished.unlink(missing_ok=True)


def differences(folder: Path, wanted: Mapping[str, Stored], *, leave_out: str) -> list[str]:
    """Where files below a folder are not what a manifest says, a line each.

    ``leave_out`` is a name in the folder that is not asked about.
    """
    found = {name for name in _names(folder) if name.split("/")[0] != leave_out}
    lines = dict.fromkeys(set(wanted) - found, "missing")
    lines |= dict.fromkeys(found - set(wanted), "not in the backup")
    for name in found & set(wanted):
        if fault := _fault(folder / name, wanted[name]):
            lines[name] = fault
    return [f"{name}: {lines[name]}" for name in sorted(lines)]


def _names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if not path.is_dir():
            yield path.relative_to(folder).as_posix()


def _fault(path: Path, wanted: Stored) -> str:
    try:
        return "" if stored_in(path) == wanted else "changed"
    except Unreadable as fault:
        return str(fault)


# ---------------------------------------------------------------- folders


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A folder to fill, which takes its name when it is whole; if it never is, nothing remains.

    Only a killed process leaves something, under a name that says what it is. What is made inside
    is for this account alone: a backup holds people's names.
    """
    _refuse_unless_new(folder)
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    before = os.umask(0o077)
    try:
        _make_unfinished(unfinished)
        try:
            yield unfinished
            sync_folders(unfinished)
            unfinished.rename(folder)
            sync_folder(folder.parent)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    finally:
        os.umask(before)


def _make_unfinished(folder: Path) -> None:
    try:
        folder.mkdir()
    except FileExistsError as error:
        raise Impossible(
            f"{folder} exists: a backup is being made there, or was broken off. Delete it if none "
            "is running."
        ) from error


def _refuse_unless_new(folder: Path) -> None:
    if not folder.parent.is_dir():  # not made: it may be a disk that is not mounted
        raise Impossible(f"{folder.parent} does not exist.")
    if folder.is_mount():
        raise Impossible(f"{folder} is a disk. Name a new folder on it.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Impossible(f"{folder} exists and is not empty. Name a new folder.")


def sync_folders(folder: Path) -> None:
    """Have the names in a folder, and in those below, on disk."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir():
            sync_folder(path)


def refuse_without_room(folder: Path, needed: int) -> None:
    """Raise Impossible where a disk cannot take so many bytes."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise Impossible(f"{folder} has {megabytes(free)} free; {megabytes(needed)} are needed.")


def megabytes(size: int) -> str:
    """Bytes in words."""
    return f"{size / 1_000_000:,.1f} MB"
