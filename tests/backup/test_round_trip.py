"""Proof: what a backup holds is restored without a difference, also one made while people work."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest

from tests.backup.conftest import PHOTOS, Made, command, read, refused
from tests.trust.scratch import Scratch


def files_in(base: Scratch) -> set[str]:
    """What lies in the media folder of an installation."""
    media = Path(base.env["MEDIA_ROOT"])
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def rows_of(folder: Path, table: str) -> int:
    return int(read(folder)["tables"][table]["rows"])


# ---------------------------------------------------------------- what is made


def test_a_backup_says_what_it_is(made: Made) -> None:
    manifest = made.manifest
    assert manifest["format"] == 1
    assert manifest["application"] == "0.1.0"
    assert manifest["engine"] in ("sqlite", "postgresql")
    assert "steps.0001_initial" in manifest["migrations"]
    assert manifest["tables"]["steps_activity"]["rows"] == PHOTOS
    assert manifest["tables"]["steps_blob"]["rows"] == PHOTOS
    assert len(manifest["files"]) == 1 + 2 * PHOTOS  # the database; photos and their thumbnails
    assert manifest["faults"] == {}


def test_it_counts_every_row_of_every_table(made: Made) -> None:
    from django.apps import apps

    counts = made.home.counts()
    assert "steps.Activity" in counts
    for label, rows in counts.items():
        assert made.manifest["tables"][apps.get_model(label)._meta.db_table]["rows"] == rows, label


def test_it_is_for_the_account_that_made_it_alone(made: Made) -> None:
    everything = [made.folder, *made.folder.rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in everything if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in everything if path.is_file()} == {0o600}


def test_nobodys_session_is_in_it(made: Made) -> None:
    keys = list(made.home.sessions.values())
    assert len(keys) == 2
    assert made.manifest["tables"]["django_session"]["rows"] == 0
    if made.manifest["engine"] == "sqlite":  # a dump is compressed
        content = (made.folder / "database.sqlite3").read_bytes()
        assert not any(key.encode() in content for key in keys)


def test_the_copy_of_sqlite_is_one_whole_file(made: Made) -> None:
    if made.manifest["engine"] != "sqlite":
        pytest.skip("about SQLite alone")
    with closing(sqlite3.connect(made.folder / "database.sqlite3")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


# ---------------------------------------------------------------- there and back


def test_restored_into_an_empty_installation_nothing_differs(made: Made, empty: Scratch) -> None:
    done = command(empty, "restore", made.folder, "--verify")

    assert done.returncode == 0, done.stderr
    assert "Every checksum agrees: no difference." in done.stdout
    assert empty.counts() == made.home.counts()
    assert files_in(empty) == files_in(made.home)
    empty.run("django", "recount", "--dry-run")
    empty.run("django", "migrate", "--check")


def test_a_migrated_installation_in_which_nobody_worked_is_empty(
    made: Made, empty: Scratch
) -> None:
    empty.run("django", "restore", str(made.unused))  # as quick as migrating is slow
    empty.run("django", "migrate", "--check")

    done = json.loads(command(empty, "restore", made.folder, "--verify", "--json").stdout)

    assert done["differences"] == []
    assert done["migrated"] is False
    assert empty.counts() == made.home.counts()


def test_what_was_restored_can_be_worked_in_and_backed_up(second: Scratch, tmp_path: Path) -> None:
    """Sequences go on where they were: new rows get new keys."""
    said = json.loads(second.run("tests.trust.writer", "1", "2"))
    assert said["said"] == {"stored": 2}

    second.run("django", "backup", str(tmp_path / "next"))
    assert rows_of(tmp_path / "next", "steps_activity") == PHOTOS + 2


def test_a_backup_of_an_older_program_is_brought_up(made: Made, empty: Scratch) -> None:
    assert "steps.0003_handovers" not in read(made.older)["migrations"]

    done = command(empty, "restore", made.older, "--verify")

    assert done.returncode == 0, done.stderr
    assert "Every checksum agrees" in done.stdout
    assert "brought up to this version" in done.stdout
    empty.run("django", "migrate", "--check")


# ---------------------------------------------------------------- while people work


def test_made_under_load_and_restored_nothing_differs(
    second: Scratch, empty: Scratch, tmp_path: Path
) -> None:
    folder, before = tmp_path / "backup", len(files_in(second))
    writers = [second.start("tests.trust.writer", nth, "12") for nth in ("1", "2")]
    while len(files_in(second)) < before + 6:  # they are under way
        assert all(writer.poll() is None for writer in writers)
        sleep(0.05)
    done = command(second, "backup", folder)
    still_at_work = [writer.poll() is None for writer in writers]
    said = [json.loads(writer.communicate(timeout=120)[0])["said"] for writer in writers]

    assert done.returncode == 0, done.stderr
    assert still_at_work == [True, True]
    assert said == [{"stored": 12}] * 2
    rows = rows_of(folder, "steps_activity")
    assert PHOTOS < rows < second.counts()["steps.Activity"] == PHOTOS + 24

    restored = json.loads(command(empty, "restore", folder, "--verify", "--json").stdout)
    assert restored["differences"] == []
    assert restored["faults"] == {}
    counts = empty.counts()
    assert counts["steps.Activity"] == counts["steps.Evidence"] == rows
    assert len(files_in(empty)) == 2 * counts["steps.Blob"]
    empty.run("django", "recount", "--dry-run")  # no verb is in it by half


def test_what_is_recorded_after_the_snapshot_waits_for_the_next_backup(
    second: Scratch, empty: Scratch, tmp_path: Path
) -> None:
    """It happens when the database was saved, and its rows are about to be counted."""
    this, following = tmp_path / "this", tmp_path / "following"
    second.run("tests.backup.meanwhile", str(this), "record")
    assert second.counts()["steps.Activity"] == PHOTOS + 1
    second.run("django", "backup", str(following))

    assert rows_of(this, "steps_activity") == PHOTOS
    assert len(read(this)["files"]) == 1 + 2 * PHOTOS
    assert rows_of(following, "steps_activity") == PHOTOS + 1
    assert len(read(following)["files"]) == 1 + 2 * PHOTOS + 2
    done = command(empty, "restore", this, "--verify")
    assert done.returncode == 0, done.stderr


def test_a_file_cleared_after_the_snapshot_means_a_new_snapshot(
    second: Scratch, tmp_path: Path
) -> None:
    second.run("tests.backup.meanwhile", str(tmp_path / "backup"), "clear")

    manifest = read(tmp_path / "backup")
    assert manifest["faults"] == {}
    assert manifest["tables"]["steps_blob"]["rows"] == PHOTOS
    assert len(manifest["files"]) == 1 + 2 * PHOTOS


# ---------------------------------------------------------------- what is broken off


def test_killed_half_way_a_backup_never_looks_like_one(made: Made, tmp_path: Path) -> None:
    dest = tmp_path / "backup"
    process = made.home.start("tests.backup.meanwhile", str(dest), "killed")
    process.communicate(timeout=60)

    assert process.returncode == 9
    assert [path.name for path in tmp_path.iterdir()] == ["backup.unfinished"]
    assert "Delete it if none is running" in refused(made.home, "backup", dest)
    assert not dest.exists()


def test_killed_half_way_a_restore_is_run_again(made: Made, empty: Scratch) -> None:
    process = empty.start("tests.backup.meanwhile", str(made.folder), "restore")
    process.communicate(timeout=60)

    assert process.returncode == 9
    assert files_in(empty) == files_in(made.home)
    done = command(empty, "restore", made.folder, "--verify")
    assert done.returncode == 0, done.stderr
    assert empty.counts() == made.home.counts()


# ---------------------------------------------------------------- what has data is refused


def test_an_installation_that_holds_data_is_refused_and_left_alone(made: Made) -> None:
    before = made.home.counts(), files_in(made.home)

    assert "The database holds data" in refused(made.home, "restore", made.folder, "--verify")
    assert (made.home.counts(), files_in(made.home)) == before


def test_a_media_folder_with_files_is_refused(made: Made, empty: Scratch) -> None:
    media = Path(empty.env["MEDIA_ROOT"])
    media.mkdir()
    (media / "letter.pdf").write_text("of somebody else")

    said = refused(empty, "restore", made.folder)

    assert "holds files" in said
    assert "letter.pdf: not in the backup" in said
    assert files_in(empty) == {"letter.pdf"}


def test_tables_of_another_program_are_refused(made: Made, empty: Scratch) -> None:
    empty.sql("CREATE TABLE invoices (number integer)")

    assert "tables this program does not know (invoices)" in refused(empty, "restore", made.folder)


def test_lost_files_are_told_each_time_and_the_rest_is_safe(
    second: Scratch, empty: Scratch, tmp_path: Path
) -> None:
    """Else the machine that loses files would be the one without backups."""
    media = Path(second.env["MEDIA_ROOT"])
    lost, spoilt = sorted(name for name in files_in(second) if "thumb" not in name)[:2]
    (media / lost).unlink()
    (media / spoilt).write_bytes(b"no photo any more")

    said = refused(second, "backup", tmp_path / "backup")

    assert "The backup was made, without" in said
    assert f"{lost}: missing" in said
    assert f"{spoilt}: damaged" in said
    done = command(empty, "restore", tmp_path / "backup", "--verify")
    assert done.returncode == 0, done.stderr
    assert f"{lost}: missing" in done.stdout
    assert files_in(empty) == files_in(second)
    assert (Path(empty.env["MEDIA_ROOT"]) / spoilt).read_bytes() == b"no photo any more"


def test_a_database_without_tables_is_not_backed_up(empty: Scratch, tmp_path: Path) -> None:
    assert "no tables of this program" in refused(empty, "backup", tmp_path / "backup")
    assert not list(tmp_path.glob("backup*"))
