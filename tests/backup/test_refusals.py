"""A backup that is not as it was made, or not for this place, is refused and nothing written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings

from sammachip.backup import Impossible, Manifest, examined, restore, this_installation
from sammachip.backup.manifest import table_differences
from sammachip.backup.parts import Stored, Table
from steps.models import Activity
from tests.backup.conftest import Made, read, rewrite
from villages.models import Area

DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}[connection.vendor]


def one_photo(folder: Path) -> Path:
    return min((folder / "media").glob("*/*/*.jpg"))


def why_not(folder: Path) -> str:
    """Why a backup is not restored here; neither database nor media folder is touched."""
    here = this_installation()
    with pytest.raises(Impossible) as told:
        restore(folder, here, verify=True)
    assert not here.media.exists()
    return str(told.value)


# ---------------------------------------------------------------- the backup itself
# Not marked for the database: none of these may ask it.


def remove(path: Path) -> None:
    path.unlink()


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def turn_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("which", ["database", "photo"])
@pytest.mark.parametrize(
    ("spoil", "words"), [(remove, "missing"), (append, "changed"), (turn_a_bit, "changed")]
)
def test_a_file_that_is_gone_or_changed_is_named(
    copy_of_it: Path, which: str, spoil: Callable[[Path], None], words: str
) -> None:
    file = copy_of_it / DATABASE if which == "database" else one_photo(copy_of_it)
    spoil(file)

    said = why_not(copy_of_it)

    assert "is not as it was made" in said
    assert f"{file.relative_to(copy_of_it)}: {words}" in said


@pytest.mark.parametrize("name", ["letter.txt", "media/ab/cd/more.jpg", "database.sqlite3-wal"])
def test_a_file_that_does_not_belong_is_named(copy_of_it: Path, name: str) -> None:
    (copy_of_it / name).parent.mkdir(parents=True, exist_ok=True)
    (copy_of_it / name).touch()

    assert f"{name}: not in the backup" in why_not(copy_of_it)


@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_byte_changes_unseen(made: Made, tmp_path: Path, data: st.DataObject) -> None:
    """Of whatever file, at whatever place; but for the manifest, which is the measure."""
    shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
    name = data.draw(st.sampled_from(sorted(made.manifest["files"])))
    content = bytearray((tmp_path / name).read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    (tmp_path / name).write_bytes(content)

    assert examined(tmp_path)[1] == [f"{name}: changed"]


def test_many_faults_are_counted_and_the_first_of_them_shown(copy_of_it: Path) -> None:
    for number in range(30):
        (copy_of_it / f"stray-{number:02}").touch()

    said = why_not(copy_of_it)
    assert said.count("not in the backup") == 20
    assert "and 10 more" in said


@pytest.mark.parametrize("what", ["nothing there", "an empty folder", "a file"])
def test_what_is_no_backup_is_not_taken_for_one(tmp_path: Path, what: str) -> None:
    source = tmp_path / "source"
    if what == "an empty folder":
        source.mkdir()
    elif what == "a file":
        source.touch()

    said = why_not(source)
    assert "is no backup" in said or "Not a directory" in said


def test_a_format_of_another_time_is_named_with_the_version_that_reads_it(
    copy_of_it: Path,
) -> None:
    rewrite(copy_of_it, format=2, application="3.1.0")

    said = why_not(copy_of_it)
    assert "format 2" in said
    assert "3.1.0" in said


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "tables": {}, "files": {"x": 1}}']
)
def test_a_manifest_that_cannot_be_read_is_called_damaged(copy_of_it: Path, content: str) -> None:
    (copy_of_it / "manifest.json").write_text(content)

    assert "damaged" in why_not(copy_of_it)


@pytest.mark.parametrize("name", ["../../etc/passwd", "media/../../x.jpg", "/etc/passwd", "x"])
def test_no_name_leads_out_of_the_backup(copy_of_it: Path, name: str) -> None:
    files = read(copy_of_it)["files"]
    rewrite(copy_of_it, files={**files, name: {"size": 0, "sha256": ""}})

    assert "no file of a backup is called" in why_not(copy_of_it)


# ---------------------------------------------------------------- this place


def test_a_backup_of_the_other_kind_of_database_says_what_to_set(copy_of_it: Path) -> None:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    rewrite(copy_of_it, engine=other)

    said = why_not(copy_of_it)
    assert "DATABASE_URL" in said
    assert {"sqlite": "sqlite:////", "postgresql": "postgres://"}[other] in said


def test_a_kind_of_database_nobody_knows_is_refused(copy_of_it: Path) -> None:
    rewrite(copy_of_it, engine="oracle")

    assert "'oracle'" in why_not(copy_of_it)


def test_a_backup_of_a_newer_program_is_refused(copy_of_it: Path) -> None:
    migrations = read(copy_of_it)["migrations"]
    rewrite(copy_of_it, migrations=[*migrations, "steps.0099_later"], application="9.0")

    said = why_not(copy_of_it)
    assert "steps.0099_later" in said
    assert "version 9.0" in said


@pytest.mark.usefixtures("world")
def test_a_database_with_a_single_row_of_ours_is_refused(made: Made) -> None:
    assert "The database holds data" in why_not(made.folder)
    assert Area.objects.exists()


def nothing_to_refuse(self: Any) -> None:
    """As in an empty database."""


def test_without_room_nothing_is_begun(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    here = this_installation()
    monkeypatch.setattr(type(here.engine), "refuse_unless_empty", nothing_to_refuse)
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)

    said = why_not(made.folder)
    assert "0.0 MB free" in said


def test_a_file_that_changes_while_it_is_copied_gets_no_name(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = this_installation()
    monkeypatch.setattr(type(here.engine), "refuse_unless_empty", nothing_to_refuse)
    monkeypatch.setattr("sammachip.backup.files.copy", lambda source, target: Stored(1, "other"))

    with pytest.raises(Impossible, match="changed while it was copied"):
        restore(made.folder, here, verify=False)
    assert [path for path in here.media.rglob("*") if path.is_file()] == []


# ---------------------------------------------------------------- what verifying finds


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("world")
def test_every_difference_of_a_restored_installation_is_a_line(
    copy_of_it: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading is left out: what stands here is compared with a manifest that says otherwise."""
    here = this_installation()
    tables = here.engine.tables()
    count, changed = Table(tables["steps_step"].rows + 1, ""), tables["villages_area"]
    tables |= {"steps_step": count, "villages_area": Table(changed.rows, "f" * 64)}
    tables["steps_dream"] = tables.pop("steps_phase")
    rewrite(copy_of_it, tables={name: vars(table) for name, table in tables.items()})

    def load_and_spoil(self: Any, file: Path, server: str) -> None:
        remove(one_photo_in(here.media))
        (here.media / "ab").mkdir(exist_ok=True)
        (here.media / "ab" / "stray").touch()

    monkeypatch.setattr(type(here.engine), "refuse_unless_empty", nothing_to_refuse)
    monkeypatch.setattr(type(here.engine), "load", load_and_spoil)
    monkeypatch.setattr("sammachip.backup.restoring._migrated", pytest.fail)
    photo = one_photo(copy_of_it).relative_to(copy_of_it / "media")
    with pytest.raises(CommandError) as told:
        call_command("restore", copy_of_it, "--verify")

    assert str(told.value).splitlines() == [
        "Differences from what was backed up: 6",
        "  table steps_dream: missing",
        "  table steps_phase: not in the backup",
        f"  table steps_step: {count.rows - 1} rows instead of {count.rows}",
        f"  table villages_area: other content in its {changed.rows} rows",
        *sorted([f"  {photo}: missing", "  ab/stray: not in the backup"]),
    ]


def one_photo_in(media: Path) -> Path:
    return min(media.glob("*/*/*.jpg"))


@pytest.mark.django_db(transaction=True)
def test_a_single_changed_value_is_another_checksum(world: Any) -> None:
    here = this_installation()
    before = here.engine.tables()
    area = Area.objects.get(code="3314")
    Area.objects.filter(pk=area.pk).update(name_en="Si Rattanа")  # a Cyrillic а

    assert table_differences(here.engine.tables(), before) == [
        f"table villages_area: other content in its {Area.objects.count()} rows"
    ]
    Area.objects.filter(pk=area.pk).update(name_en=area.name_en)
    assert here.engine.tables() == before
    assert before["steps_activity"].rows == Activity.objects.count()


# ---------------------------------------------------------------- only looking


def test_a_backup_is_looked_at_without_a_database(made: Made, capsys: Any) -> None:
    call_command("restore", made.folder, "--verify-only")

    said = capsys.readouterr().out
    assert "Looked at" in said
    assert "no difference" in said
    assert "signs in anew" not in said


def test_a_spoilt_backup_looked_at_is_an_error_that_names_it(copy_of_it: Path, capsys: Any) -> None:
    append(one_photo(copy_of_it))

    with pytest.raises(CommandError, match=r"backed up: 1\n.*: changed"):
        call_command("restore", copy_of_it, "--verify-only", "--json")
    said = json.loads(capsys.readouterr().out)
    assert len(said["differences"]) == 1


def test_looking_and_restoring_are_not_asked_for_at_once(made: Made) -> None:
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("restore", made.folder, "--verify", "--verify-only")


def test_a_manifest_comes_back_as_it_was_written(made: Made, tmp_path: Path) -> None:
    manifest = Manifest.read(made.folder)
    manifest.write(tmp_path)
    assert Manifest.read(tmp_path) == manifest
