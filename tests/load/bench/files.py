"""Exports: a workbook beside openpyxl's of the same rows, and when the first bytes of CSV come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any

from openpyxl import Workbook

from accounts.models import User
from steps import lists
from steps.exports import Export, csv_parts, xlsx_file
from steps.exports.columns import Column
from steps.lists import Filters
from tests.load.bench.site import TODAY, use
from tests.load.bench.timing import Times, in_turns, milliseconds

ROWS, COLUMNS = 8_000, 30


@dataclass(frozen=True)
class FileTimes:
    """The workbook of the same rows by us and by openpyxl; and of villages, from the database."""

    ours: Times
    openpyxl: Times
    villages: int
    first_csv: Times
    whole_csv: float
    whole_xlsx: float


def sheet() -> list[list[str | int]]:
    """Invented rows of the size people export: text in Thai, dates as text, numbers."""
    return [[f"บ้านหนองบัวงาม {nth}", nth, "23 มี.ค. 2560"] * (COLUMNS // 3) for nth in range(ROWS)]


class Rows:
    """Finished rows in the place of an Export's, so that only the writing is measured."""

    def __init__(self, rows: list[list[str | int]]) -> None:
        self.rows, self.head, self.language = rows, ["ก"], "th"
        self.columns = [Column(f"คอลัมน์ {nth}", lambda line: "") for nth in range(COLUMNS)]
        self.headings = [column.heading for column in self.columns]

    def chunks(self, size: int) -> Iterator[list[list[str | int]]]:
        for start in range(0, len(self.rows), size):
            yield self.rows[start : start + size]


def by_openpyxl(rows: list[list[str | int]]) -> None:
    """The same by openpyxl's own fast way."""
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in rows:
        page.append(row)
    with TemporaryFile() as file:
        book.save(file)


def measured(size: str, user: User, area: str, rounds: int) -> FileTimes:
    """Everything about exports, in the database of a size."""
    use(size)
    rows = sheet()
    given: Any = Rows(rows)
    pair = in_turns(
        {"ours": lambda: xlsx_file(given).close(), "openpyxl": lambda: by_openpyxl(rows)}, rounds
    )
    first = in_turns({"first": lambda: next(csv_parts(export(user, area)))}, rounds)
    return FileTimes(
        pair["ours"],
        pair["openpyxl"],
        export(user, area).villages.count(),
        first["first"],
        milliseconds(lambda: list(csv_parts(export(user, area)))),
        milliseconds(lambda: xlsx_file(export(user, area)).close()),
    )


def export(user: User, area: str) -> Export:
    """All villages somebody sees in an area, in the latest year."""
    villages = lists.listed(user, Filters(area=area), TODAY)
    return Export(villages, year="", head=["ก"], names=False, on=TODAY, language="th")
