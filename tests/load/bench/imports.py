"""Bringing in 100,000 villages: what people wait for, and how much memory it takes."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook

from tests.load.bench import server

ROWS = 100_000
HEADINGS = ("รหัสหมู่บ้าน", "หมู่ที่", "ชื่อหมู่บ้าน", "ละติจูด", "ลองจิจูด")
Step = tuple[str, str, str]  # what it is called, the way of bringing.WAYS, the file


@dataclass(frozen=True)
class Cost:
    """What one way took, once."""

    seconds: float
    mb: float


# Each list in a database of its own: what comes after needs what came before.
STEPS: list[list[Step]] = [
    [
        ("preview of good rows, CSV", "preview", "good.csv"),
        ("confirm", "confirm", "good.csv"),
        ("take back", "take back", "good.csv"),
    ],
    [("preview of good rows, XLSX", "preview", "good.xlsx")],
    [("preview of bad rows, CSV", "preview", "bad.csv")],
    [("by hand, villages alone", "by hand", "good.csv")],
    [("by hand, all that confirming writes", "by hand with history", "good.csv")],
]


def measured(url: str, of: str, codes: Sequence[str]) -> dict[str, dict[str, Cost]]:
    """Every step on both databases; ``codes`` are those of subdistricts to put villages into."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        lay_out(folder, codes)
        sqlite = folder / "empty.sqlite3"
        server.prepare(f"sqlite:///{sqlite}", str(folder / "media"))
        return {
            "PostgreSQL": _steps(folder, lambda: server.copied(url, "imports", of=of)),
            "SQLite": _steps(folder, lambda: f"sqlite:///{shutil.copy(sqlite, folder / 'copy')}"),
        }


def _steps(folder: Path, database: Callable[[], str]) -> dict[str, Cost]:
    costs = {}
    for steps in STEPS:
        address = database()
        for name, way, file in steps:
            sys.stderr.write(f"  {name} ...\n")
            costs[name] = _gone(address, way, folder / file)
    return costs


def _gone(address: str, way: str, file: Path) -> Cost:
    words = [sys.executable, "-m", "tests.load.bench.bringing", address, way, str(file)]
    env = {**os.environ, "MEDIA_ROOT": str(file.parent / "media")}
    answer = subprocess.run(words, check=True, capture_output=True, env=env, cwd=server.BASE)
    return Cost(**json.loads(answer.stdout))


# ---------------------------------------------------------------- the files


def lay_out(folder: Path, codes: Sequence[str]) -> None:
    """The files, good and bad."""
    with (folder / "good.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *good(codes)])
    with (folder / "bad.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *bad(codes)])
    book = Workbook(write_only=True)
    sheet = book.create_sheet("หมู่บ้าน")
    for row in [HEADINGS, *good(codes)]:
        sheet.append(row)
    book.save(folder / "good.xlsx")


def good(codes: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """New villages with what others type into their cells; moos that nobody has."""
    for nth in range(ROWS):
        moo = 50 + nth // len(codes)
        code = f"{codes[nth % len(codes)]}{moo}"
        name = f"บ้านทดสอบ {nth}"
        yield code, f"ม.{moo}", name, f"{14 + nth % 5}.{nth % 100:02d}", f"{100 + nth % 4}.5"


def bad(codes: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The same with a fault or two each: a digit lost, no name, a place in the sea, half of one."""
    for nth, (code, moo, name, latitude, longitude) in enumerate(good(codes)):
        yield (
            (code[1:], moo, name, latitude, longitude),
            (code, moo, "", latitude, longitude),
            (code, moo, name, f"9{latitude}", longitude),
            (code, "เก้า-สิบ", name, latitude, ""),
        )[nth % 4]
