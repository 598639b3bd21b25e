"""Bringing in files from the shell, and forgetting them after seven days."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import History, Import, ImportRow, User
from steps.recording.core import Refusal
from tests.cast import NOW, World
from tests.imports.bringing import Row, as_csv, checked, everything, taken_back, written
from tests.trust.work import row_counts
from villages.imports import confirming
from villages.management import importing
from villages.models import Village

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_of_the_write_up")]

GOOD = {"code": "33140230", "name_th": "หนองบัว"}
BAD = {"code": "33140231", "name_th": ""}
LONG_AGO = timedelta(days=7, minutes=1)


class Terminal(io.StringIO):
    """A stream somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    """A table as a file on disk; its path."""

    def lay(*rows: Row) -> str:
        path = tmp_path / "villages.csv"
        path.write_bytes(as_csv(rows))
        return str(path)

    return lay


def said(*words: str, command: str = "import_villages", **more: Any) -> str:
    """What a command prints."""
    out = io.StringIO()
    call_command(command, *words, stdout=out, stderr=io.StringIO(), **more)
    return out.getvalue()


def files_kept(media: Path) -> list[str]:
    return sorted(path.name for path in media.glob("imports/*"))


# ---------------------------------------------------------------- the commands


def test_a_good_file_is_written_and_kept_for_who_asks(
    world: World, file: Callable[..., str], media: Path
) -> None:
    assert "Written: 1 new" in said(file(GOOD))
    brought = Import.objects.get()
    assert (brought.state, brought.name, brought.by) == ("confirmed", "villages.csv", None)
    assert Village.objects.get(code="33140230").name_th == "หนองบัว"
    assert files_kept(media) == [str(brought.pk)]


def test_a_dry_run_says_the_same_and_leaves_nothing_behind(
    world: World, file: Callable[..., str], media: Path
) -> None:
    before, counts = everything(), row_counts()
    assert "Nothing is written: 1 new" in said(file(GOOD), "--dry-run")
    assert (everything(), row_counts(), files_kept(media)) == (before, counts, [])


@pytest.mark.parametrize("words", [[], ["--dry-run"]])
def test_a_file_with_problems_is_not_written_and_the_exit_says_so(
    world: World, file: Callable[..., str], media: Path, words: list[str]
) -> None:
    before, counts = everything(), row_counts()
    with pytest.raises(CommandError) as error:
        said(file(GOOD, BAD), *words)
    assert error.value.returncode == 1
    assert (everything(), row_counts(), files_kept(media)) == (before, counts, [])


def test_rows_with_problems_can_be_skipped(world: World, file: Callable[..., str]) -> None:
    out = said(file(GOOD, BAD), "--skip-problems")
    assert "Written: 1 new, 0 changed, 0 same, 1 problem" in out
    assert Village.objects.filter(code__startswith="3314023").count() == 1


def test_a_program_reads_the_result_as_json(world: World, file: Callable[..., str]) -> None:
    result = json.loads(said(file(GOOD, BAD), "--json", "--skip-problems"))
    problem = result["problems"].pop()
    assert result == {
        "import": str(Import.objects.get().pk),
        "written": True,
        "counts": {"new": 1, "changed": 0, "same": 0, "problem": 1},
        "repairs": {"moo_from_code": 2},
        "problems": [],
    }
    assert "3" in problem["row"]
    assert len(problem["problems"]) == 1
    assert json.loads(said(file(GOOD), "--json", "--dry-run"))["import"] is None


def test_somebody_can_stand_in_the_history_for_it(world: World, file: Callable[..., str]) -> None:
    said(file(GOOD), "--by", "ANAN")
    assert {entry.by for entry in History.objects.filter(part_of=Import.objects.get())} == {
        world.anan
    }
    with pytest.raises(CommandError, match="nobody"):
        said(file(GOOD), "--by", "nobody")


def test_a_repair_can_be_left_out(world: World, file: Callable[..., str]) -> None:
    named = {**GOOD, "name_th": "บ้านหนองบัว"}
    said(file(named), "--without", "ban_prefix")
    assert Village.objects.get(code="33140230").name_th == "บ้านหนองบัว"
    said(file(named))  # what is written as it is stored was wanted so
    assert Village.objects.get(code="33140230").name_th == "บ้านหนองบัว"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04 no workbook"])
def test_a_file_nobody_can_read_leaves_nothing_behind(
    world: World, tmp_path: Path, media: Path, content: bytes
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError):
        said(str(path))
    with pytest.raises(CommandError):
        said(str(tmp_path / "nowhere.csv"))
    assert (Import.objects.count(), files_kept(media)) == (0, [])


def test_what_was_overtaken_leaves_nothing_behind(
    world: World, file: Callable[..., str], media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*words: Any, **more: Any) -> None:
        raise Refusal("import_stale")

    monkeypatch.setattr(confirming, "write", overtaken)
    with pytest.raises(CommandError):
        said(file(GOOD))
    assert (Import.objects.count(), files_kept(media)) == (0, [])


def test_a_bar_grows_on_a_terminal_and_nowhere_else(world: World, file: Callable[..., str]) -> None:
    terminal, log = Terminal(), io.StringIO()
    for stream in (terminal, log):
        call_command(
            "import_villages", file(GOOD), "--dry-run", stdout=io.StringIO(), stderr=stream
        )
    assert terminal.getvalue() == f"\r[{'#' * importing.BAR}] 1 of 1 rows\n"
    assert log.getvalue() == ""


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("households", {"village_code": "33140108", "house_no": "900", "head_name": "นายใหม่ ดี"}),
        (
            "members",
            {
                "village_code": "33140108",
                "name": "นายสม",
                "kind": "formal",
                "joined_on": "1/2/2560",
            },
        ),
        ("enrolments", {"year": 2560, "village_code": "33140108", "budget": 9}),
        (
            "officers",
            {
                "staff_id": "boonmee",
                "name": "นายบุญมี",
                "role": "officer",
                "area": "3314",
                "starts_on": "1/2/2560",
            },
        ),
    ],
)
def test_every_kind_has_its_command(
    world: World, file: Callable[..., str], kind: str, row: Row
) -> None:
    result = json.loads(said(file(row), "--json", command=f"import_{kind}"))
    assert result["written"], result
    assert Import.objects.get().kind == kind


# ---------------------------------------------------------------- clear_received


def expired(brought: Import, *, ago: timedelta = LONG_AGO) -> Import:
    Import.objects.filter(pk=brought.pk).update(at=NOW - ago)
    return brought


def test_after_seven_days_the_file_and_its_rows_are_forgotten_and_the_history_is_not(
    world: World, media: Path
) -> None:
    brought = expired(written("villages", [GOOD]))
    entries = History.objects.filter(part_of=brought).count()
    assert "Imported files that expired: 1" in said(command="clear_received")

    brought.refresh_from_db()
    assert (brought.file_kept, brought.state) == (False, "confirmed")
    assert (brought.repairs, brought.reading) == ({}, {"tables": []})  # cells of the file too
    assert (ImportRow.objects.count(), files_kept(media)) == (0, [])
    assert History.objects.filter(part_of=brought).count() == entries == 2
    taken_back(brought)
    assert not Village.objects.filter(code="33140230").exists()


def test_a_young_file_is_kept(world: World, media: Path) -> None:
    brought = expired(written("villages", [GOOD]), ago=timedelta(days=6, hours=23))
    said(command="clear_received")
    assert files_kept(media) == [str(brought.pk)]
    assert brought.rows.count() == 1


def test_a_dry_run_counts_and_forgets_nothing(world: World, media: Path) -> None:
    expired(written("villages", [GOOD]))
    assert "Imported files that expired: 1" in said("--dry-run", command="clear_received")
    assert len(files_kept(media)) == ImportRow.objects.count() == 1


def test_what_was_checked_and_forgotten_is_not_confirmed_any_more(world: World) -> None:
    """Its rows are gone: confirming it would say that they were written."""
    brought = expired(checked("villages", [GOOD]))
    said(command="clear_received")
    with pytest.raises(Refusal, match="import_not_checked"):
        confirming.write(brought, by=None, at=NOW)


@pytest.mark.parametrize("confirm", [True, False])
def test_the_page_of_a_forgotten_import_opens(
    world: World, signed_in: Callable[[User], Client], confirm: bool
) -> None:
    brought = expired((written if confirm else checked)("villages", [GOOD]))
    Import.objects.update(by=world.anan)
    said(command="clear_received")
    client = signed_in(world.anan)
    assert client.get(reverse("imports:detail", args=[brought.pk])).status_code == 200
    assert client.get(reverse("imports:index")).status_code == 200


def test_a_file_whose_import_never_came_to_be_is_removed_once_it_is_not_young(
    world: World, media: Path
) -> None:
    """The process died between the file and its row."""
    kept = written("villages", [GOOD])
    for name, hours in {"left-behind": 25, "on-its-way": 1, str(kept.pk): 25}.items():
        path = media / "imports" / name
        path.touch()
        moment = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))
    assert "Files on disk without a row: 1" in said(command="clear_received")
    assert files_kept(media) == sorted(["on-its-way", str(kept.pk)])
