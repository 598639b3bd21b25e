"""Making a backup where the disk is full, files are lost, or DEST is not what it should be."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from sammachip.backup import Impossible, Installation, Manifest, back_up, examined
from sammachip.backup.engine import Engine
from sammachip.backup.parts import Snapshot, StoredFile, Table, summed
from tests.cast import NOW


class Told(Engine):
    """A database that is what a test says: a list of stored files for every snapshot taken."""

    name, file, url = "sqlite", "database.sqlite3", "sqlite:///"

    def __init__(self, *snapshots: list[StoredFile], then: Callable[[], None] = lambda: None):
        self.snapshots, self.then, self.taken = list(snapshots), then, 0

    def server(self) -> str:
        return "3"

    def refuse_unless_migrated(self) -> None:
        """It always is."""

    def save(self, file: Path) -> Snapshot:
        rows = self.snapshots[min(self.taken, len(self.snapshots) - 1)]
        self.taken += 1
        file.write_text(f"snapshot {self.taken}")
        self.then()
        return Snapshot([], {"steps_blob": Table(len(rows), "")}, rows)

    def tables(self) -> dict[str, Table]:
        raise NotImplementedError

    def load(self, file: Path, server: str) -> None:
        raise NotImplementedError


def stored(media: Path, content: bytes, kind: str = "document") -> StoredFile:
    """A file in a media folder, with its row; a photo's thumbnail beside it."""
    extension = {"document": "pdf", "image": "jpg"}[kind]
    row = StoredFile(sha256(content).hexdigest(), extension, kind, len(content))
    for name in row.names:
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(content[: 99 if ".thumb." in name else None])
    return row


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "monday"


@pytest.fixture(autouse=True)
def _the_disk_for_backups(dest: Path) -> None:
    dest.parent.mkdir()


def made(dest: Path, media: Path, *snapshots: list[StoredFile], **told: Any) -> Manifest:
    return back_up(dest, Installation(Told(*snapshots, **told), media), at=NOW)


def left(dest: Path) -> list[str]:
    """What lies where the backup was to be."""
    return sorted(path.name for path in dest.parent.iterdir())


# ---------------------------------------------------------------- files


def test_only_files_that_rows_name_are_copied(dest: Path, media: Path) -> None:
    photo, document = stored(media, b"photo" * 99, "image"), stored(media, b"document")
    stray = stored(media, b"no row any more")

    manifest = made(dest, media, [photo, document])

    assert sorted(manifest.media) == sorted([*photo.names, *document.names])
    assert not (dest / "media" / stray.main).exists()
    assert manifest.media[photo.names[1]].size == 99
    assert examined(dest) == (manifest, [])


def test_a_file_gone_with_its_row_is_not_missed(dest: Path, media: Path) -> None:
    """`clear_received` between the snapshot and the copy: the next snapshot does not name it."""
    cleared, kept = stored(media, b"unused"), stored(media, b"used")

    def clear() -> None:
        (media / cleared.main).unlink(missing_ok=True)

    manifest = made(dest, media, [cleared, kept], [kept], then=clear)

    assert manifest.faults == {}
    assert list(manifest.media) == [kept.main]
    assert (dest / "database.sqlite3").read_text() == "snapshot 2"


def test_a_file_copied_before_its_row_went_is_dropped(dest: Path, media: Path) -> None:
    first, second = stored(media, b"cleared first"), stored(media, b"cleared second")
    (media / second.main).unlink()

    manifest = made(dest, media, [first, second], [])

    assert manifest.media == {}
    assert examined(dest) == (manifest, [])


def test_a_file_its_row_outlived_is_a_fault_and_the_rest_is_saved(dest: Path, media: Path) -> None:
    lost, kept = stored(media, b"lost"), stored(media, b"kept")
    (media / lost.main).unlink()
    engine = Told([lost, kept])

    manifest = back_up(dest, Installation(engine, media), at=NOW)

    assert manifest.faults == {lost.main: "missing"}
    assert list(manifest.media) == [kept.main]
    assert engine.taken == 2
    assert examined(dest) == (manifest, [])


def test_a_damaged_file_is_kept_as_it_is_and_told(dest: Path, media: Path) -> None:
    row = stored(media, b"a photo", "image")
    (media / row.main).write_bytes(b"a phot0")

    manifest = made(dest, media, [row])

    assert list(manifest.faults) == [row.main]
    assert (dest / "media" / row.main).read_bytes() == b"a phot0"
    assert examined(dest) == (manifest, [])


def test_a_file_the_disk_does_not_give_is_a_fault(
    dest: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, kept = stored(media, b"on a bad sector"), stored(media, b"kept")
    whole_open = Path.open

    def faulty(self: Path, mode: str = "r", **more: Any) -> Any:
        if self == media / row.main:
            raise OSError(errno.EIO, "Input/output error", str(self))
        return whole_open(self, mode, **more)

    monkeypatch.setattr(Path, "open", faulty)
    manifest = made(dest, media, [row, kept])

    assert manifest.faults == {row.main: "cannot be read (Input/output error)"}
    assert list(manifest.media) == [kept.main]


# ---------------------------------------------------------------- the disk


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_leaves_nothing(
    dest: Path, media: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    row = stored(media, b"photo")

    def full(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Impossible, match="The disk is full"):
        made(dest, media, [row])
    assert left(dest) == []


def test_where_the_files_do_not_fit_nothing_is_copied(
    dest: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = stored(media, b"small")
    huge = StoredFile(row.sha256, row.extension, row.kind, 10**18)

    with pytest.raises(Impossible, match="are needed"):
        made(dest, media, [huge])
    assert left(dest) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_whatever_breaks_it_off_leaves_nothing(
    dest: Path, media: Path, error: type[BaseException]
) -> None:
    def breaks() -> None:
        raise error

    with pytest.raises(error):
        made(dest, media, [], then=breaks)
    assert left(dest) == []


def test_it_takes_its_name_last(dest: Path, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_end = []
    rename = Path.rename

    def spy(self: Path, target: Path) -> Path:
        at_the_end.append(examined(self)[1])
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", spy)
    made(dest, media, [stored(media, b"photo", "image")])
    assert at_the_end == [[]]  # whole, manifest and all


def test_all_of_it_is_on_disk_before_it_takes_its_name(
    dest: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for the database, which its own tools see to."""
    synced = set()
    fsync = os.fsync

    def spy(handle: int) -> None:
        synced.add(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", spy)
    made(dest, media, [stored(media, b"photo", "image")])

    unfinished = dest.with_name("monday.unfinished")
    made_of = {unfinished / path.relative_to(dest) for path in [dest, *dest.rglob("*")]}
    assert made_of - synced == {unfinished / "database.sqlite3"}
    assert dest.parent in synced


# ---------------------------------------------------------------- DEST


def test_an_empty_folder_is_taken(dest: Path, media: Path) -> None:
    dest.mkdir()
    made(dest, media, [])
    assert left(dest) == ["monday"]


def test_a_folder_with_anything_in_it_is_not(dest: Path, media: Path) -> None:
    made(dest, media, [])
    with pytest.raises(Impossible, match="is not empty"):
        made(dest, media, [])
    assert left(dest) == ["monday"]


def test_neither_is_a_file(dest: Path, media: Path) -> None:
    dest.write_text("a letter")
    with pytest.raises(Impossible, match="is not empty"):
        made(dest, media, [])
    assert dest.read_text() == "a letter"


def test_a_folder_above_it_is_not_made(dest: Path, media: Path) -> None:
    """It may be a disk that is not mounted."""
    with pytest.raises(Impossible, match="does not exist"):
        made(dest.parent / "usb" / "monday", media, [])
    assert left(dest) == []


def test_a_disk_itself_is_not_taken(media: Path) -> None:
    with pytest.raises(Impossible, match="is a disk"):
        made(Path("/proc"), media, [])


def test_a_backup_does_not_lie_among_the_files_it_saves(media: Path) -> None:
    media.mkdir()
    with pytest.raises(Impossible, match="lies in MEDIA_ROOT"):
        made(media / "backup", media, [])
    assert list(media.iterdir()) == []


def test_one_that_is_being_made_is_left_alone(dest: Path, media: Path) -> None:
    other = dest.with_name("monday.unfinished")
    other.mkdir()
    (other / "database.sqlite3").touch()
    with pytest.raises(Impossible, match="Delete it if none is running"):
        made(dest, media, [])
    assert (other / "database.sqlite3").exists()


def test_the_mask_of_the_process_is_as_it_was(dest: Path, media: Path) -> None:
    before = os.umask(0o022)
    try:
        made(dest, media, [])
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


# ---------------------------------------------------------------- checksums of tables

rows = st.lists(st.binary(max_size=12), max_size=8)


@given(rows, st.randoms())
def test_the_checksum_of_a_table_does_not_ask_for_an_order(content: list[bytes], by: Any) -> None:
    before = summed(content)
    by.shuffle(content)
    assert summed(content) == before
    assert before.rows == len(content)


@given(rows, rows)
def test_it_is_the_same_for_the_same_rows_only(one: list[bytes], other: list[bytes]) -> None:
    assert (summed(one) == summed(other)) == (sorted(one) == sorted(other))
