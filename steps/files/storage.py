"""Files on disk: named by what they contain, written whole or not at all."""

import errno
import os
import re
import shutil
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, NamedTuple

from django.utils.translation import gettext_lazy as _

from steps.files.prepared import CONTENT_TYPES, Prepared


class NoSpace(Exception):
    """The disk is full: nothing was stored under a final name."""

    message = _("The server has no space left, so the file was not stored. Tell the administrator.")


class Names(NamedTuple):
    """Where the files lie, relative to the root: `ab/cd/<sha256>.jpg`."""

    main: str
    thumbnail: str | None


_SHA256 = re.compile(r"[0-9a-f]{64}")
UNFINISHED = "unfinished"
_FULL = {errno.ENOSPC, errno.EDQUOT}


def path_of(root: Path, sha256: str, extension: str, *, thumb: bool = False) -> Path:
    """Where the file with this stored hash lies: `root/ab/cd/<sha256>.jpg` or `.thumb.jpg`."""
    if not _SHA256.fullmatch(sha256) or extension not in CONTENT_TYPES:
        raise ValueError("not the hash and extension of a stored file")
    ending = f"thumb.{extension}" if thumb else extension
    return root / sha256[:2] / sha256[2:4] / f"{sha256}.{ending}"


def store(prepared: Prepared, root: Path) -> Names:
    """Put the file on disk for good; the same content twice is one file. Raises NoSpace.

    The main file comes last: where it is, its thumbnail is too.
    """
    main = path_of(root, prepared.sha256_stored, prepared.extension)
    thumbnail = None
    try:
        if prepared.thumbnail:
            thumbnail = path_of(root, prepared.sha256_stored, prepared.extension, thumb=True)
            _put(prepared.thumbnail, thumbnail, root)
        _put(prepared.main, main, root)
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace from error
        raise
    return Names(_name(main, root), _name(thumbnail, root) if thumbnail else None)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _put(content: IO[bytes], path: Path, root: Path) -> None:
    """Whole or not at all, also through a power cut; idempotent, also between processes."""
    make_folder(path.parent)
    size = content.seek(0, os.SEEK_END)
    if path.exists() and path.stat().st_size == size:
        os.utime(path)  # young again: in somebody's hands until its row is there
    else:
        content.seek(0)
        _write(content, path, root / UNFINISHED)
    sync_folder(path.parent)  # another process may have renamed it and not yet come this far


def _write(content: IO[bytes], path: Path, unfinished: Path) -> None:
    make_folder(unfinished)
    with NamedTemporaryFile(dir=unfinished, delete=False) as temporary:
        try:
            shutil.copyfileobj(content, temporary)
            temporary.flush()
            os.fsync(temporary.fileno())
            Path(temporary.name).replace(path)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise


def remove_unfinished(root: Path, *, before: datetime) -> int:
    """Sweep what killed processes left behind before that time; returns how many files."""
    limit = before.timestamp()
    left = [path for path in (root / UNFINISHED).glob("*") if path.stat().st_mtime < limit]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, there also after a power cut."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk before going on."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
