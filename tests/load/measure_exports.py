"""The export pair: our workbook beside openpyxl's, and how soon a CSV file begins, in one run.

    python -m tests.load.measure_exports [rounds]

Both write 8,000 rows of 30 columns (Thai text, codes, numbers, dates as text), interleaved; to
hold: at least 5 times faster. The CSV file is that of all villages in the database of
DATABASE_URL, as somebody posted nationally gets it: its first piece within 100 milliseconds.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
from openpyxl import Workbook

MIN_RATIO = 5
MAX_FIRST_MS = 100
ROWS, COLUMNS, CHUNK = 8_000, 30, 500
TODAY = date(2017, 3, 23)


def made_row(number: int) -> list[Any]:
    """Thirty cells as a village has them."""
    cells = [
        f"{33140000 + number}",
        f"บ้านน้ำคำใต้ {number}",
        "23 มี.ค. 2560",
        number,
        Decimal("1200.50"),
    ]
    return cells * (COLUMNS // len(cells))


def made_export() -> Any:
    """An export whose rows come from no database."""
    from steps.exports import Export
    from steps.exports.columns import Column
    from villages.models import Village

    class Made(Export):
        @cached_property
        def columns(self) -> list[Column]:
            return [Column(f"ช่อง {nth}", lambda _line: None) for nth in range(COLUMNS)]

        def chunks(self, size: int = CHUNK) -> Iterator[list[list[Any]]]:
            for start in range(0, ROWS, size):
                yield [made_row(start + nth) for nth in range(size)]

    return Made(Village.objects.none(), "", ["หมู่บ้าน"], names=False, on=TODAY, language="th")


def ours() -> None:
    from steps.exports import xlsx_file

    xlsx_file(made_export()).close()


def by_openpyxl() -> None:
    export = made_export()
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for head in [*([line] for line in export.head), export.headings]:
        sheet.append(head)
    for rows in export.chunks():
        for row in rows:
            sheet.append(row)
    with TemporaryDirectory() as folder:
        book.save(Path(folder) / "villages.xlsx")


VARIANTS: dict[str, Callable[[], None]] = {"openpyxl": by_openpyxl, "ours": ours}


def ratio(rounds: int) -> tuple[float, dict[str, float]]:
    """How many times faster ours is, by the median of rounds, and each median in seconds."""
    took: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for turn in range(rounds + 1):
        for name in sorted(VARIANTS, reverse=bool(turn % 2)):
            started = time.perf_counter()
            VARIANTS[name]()
            took[name].append(time.perf_counter() - started)
    pairs = list(zip(took["openpyxl"], took["ours"], strict=True))[1:]  # the first round warms up
    medians = {name: statistics.median(times[1:]) for name, times in took.items()}
    return statistics.median(a / b for a, b in pairs), medians


def csv_times() -> tuple[float, float, int]:
    """Milliseconds to the first piece, seconds to the last one, and bytes."""
    from steps.exports import Export, csv_parts
    from steps.lists import Filters, listed

    started = time.perf_counter()
    villages = listed(somebody_national(), Filters(), TODAY)
    export = Export(villages, "", ["หมู่บ้าน"], names=False, on=TODAY, language="th")
    parts = csv_parts(export)
    size = len(next(parts))
    first = (time.perf_counter() - started) * 1000
    size += sum(len(part) for part in parts)
    return first, time.perf_counter() - started, size


def somebody_national() -> Any:
    """Somebody who sees all villages; nothing of it is stored."""
    from accounts.models import Posting, User
    from accounts.rights import Role

    user = User(staff_id="nobody")
    user._postings = [Posting(role=Role.DEPARTMENT, national=True, starts_on=TODAY)]
    return user


def report(rounds: int) -> str:
    times, medians = ratio(rounds)
    first, whole, size = csv_times()
    return (
        f"XLSX {ROWS} x {COLUMNS}, {rounds} rounds: ours {medians['ours']:.2f} s, "
        f"openpyxl {medians['openpyxl']:.2f} s, {times:.1f} times faster (at least {MIN_RATIO})\n"
        f"CSV  first piece {first:.0f} ms (at most {MAX_FIRST_MS}), "
        f"whole {whole:.2f} s, {size / 1e6:.1f} MB\n"
    )


def main(arguments: list[str]) -> None:
    django.setup()
    sys.stdout.write(report(int(arguments[0]) if arguments else 5))


if __name__ == "__main__":
    main(sys.argv[1:])
