"""Whatever stands in a cell, every row is judged; and rows with problems say the same again."""

from __future__ import annotations

import random
from datetime import date, time
from typing import Any

import pytest

from accounts.models import Import, ImportRow
from tests.cast import World, sender, village
from tests.imports.files import as_csv, as_workbook, checked, rows_of, said
from villages.imports import confirming, sheets
from villages.imports.kinds import KINDS
from villages.imports.places import EVERYWHERE
from villages.imports.words import PROBLEMS, REPAIRS

pytestmark = pytest.mark.django_db

ODD: list[Any] = [
    *[
        "",
        "-",
        "–",
        " ",
        "0",
        "-0",
        "00",
        "1",
        "8",
        "๘",
        "ม.8",
        "หก",
        "1e3",
        "1_000",
        "٣",
        "²",
        "∞",
    ],
    *[
        "NaN",
        "inf",
        "9" * 30,
        "9" * 400,
        "0.1",
        "1.",
        ".5",
        "33140108",
        "3314018",
        "33140203",
        "3.3E+07",
    ],
    *[
        "331401",
        "3314",
        "33",
        "นายก",
        "นาย",
        "น.ส.",
        "()",
        "(ก)",
        "ก ()",
        "ม.8 (ม.9)",
        "บ้าน",
        "บ้านบ้าน",
    ],
    *[
        "ตำบล",
        "ศรีแก้ว",
        "ศรีรัตนะ",
        "ตูม",
        "ตระกาจ",
        "โนนกุง",
        "ทำนา",
        "formal",
        "officer",
        "nida",
        "new",
    ],
    *[
        "12-ม.ค.",
        "1/3/2560",
        "29/02/2560",
        "1/3/60",
        "31/12/9999",
        "2560",
        "a@b.th",
        "081-234-5678",
    ],
    *[
        "#N/A",
        "#REF!",
        "=1+1",
        "+66",
        "@",
        "'",
        '"',
        "\\",
        "%",
        "%s",
        "{}",
        "<b>",
        "ก\nข",
        "ก" * 300,
    ],
    *[
        "00000000-0000-4000-8000-000000000000",
        "not-a-uuid",
        "\ufffd",
        "\u200b",
        "\u0e33",
        "e\u0301",
    ],
]
OF_EXCEL: list[Any] = [
    *[None, 0, 8, 8.0, 8.5, -1, 33140108, 3314, 2560, 1e30, 1e-9, True, False],
    *[date(2017, 3, 1), date(2560, 3, 1), date(2560, 2, 29), date(1900, 1, 1), time(8, 30)],
]


def rows_of_chance(kind: str, *, seed: int, choice: list[Any]) -> list[list[Any]]:
    """A table with every column of a kind and a hundred rows of odd cells."""
    chance = random.Random(f"{kind} {seed}")
    headings = [column.headings[0] for column in KINDS[kind].form.columns]
    return [headings, *([chance.choice(choice) for _ in headings] for _row in range(100))]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("declined", [(), tuple(REPAIRS)], ids=["all repairs", "no repairs"])
def test_every_row_of_odd_cells_is_judged(
    kind: str, declined: tuple[str, ...], world: World
) -> None:
    for seed in range(3):
        for content in (
            as_csv(rows_of_chance(kind, seed=seed, choice=ODD)),
            as_workbook({"ก": rows_of_chance(kind, seed=seed, choice=OF_EXCEL + ODD)}),
        ):
            assert_judged(checked(content, kind, declined=declined, by=world.anan))


def assert_judged(brought: Import) -> None:
    read = sum(table["rows"] for table in brought.reading["tables"])
    assert sum(brought.counts.values()) == read > 50
    for row in rows_of(brought):
        found = said(row)
        assert found.problems <= PROBLEMS.keys()
        assert found.repairs <= REPAIRS.keys()
        assert bool(found.problems) == (row.outcome == ImportRow.Outcome.PROBLEM)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_with_problems_say_the_same_when_they_come_back(kind: str, world: World) -> None:
    brought = checked(as_csv(rows_of_chance(kind, seed=9, choice=ODD)), kind, by=world.anan)
    with sheets.problems(brought) as file:
        again = checked(file.read(), kind, by=world.anan)
    bad = brought.rows.filter(outcome="problem").in_file_order()
    first = [said(row).problems - {"twice"} for row in bad]
    second = [said(row).problems - {"twice"} for row in rows_of(again)]
    alone = [(one, other) for one, other in zip(first, second, strict=True) if one != other and one]
    assert alone == []


# A row a kind that needs many repairs, by its columns in order.
GOOD = {
    "villages": ["33140109", "", "", "", "", "๙", "น ้าใส (โคก)", "=1+1", "", "14.85", "104.9"],
    "households": [
        *["", "", "", "", "33140108", "", ""],
        "@9",
        "น.ส.",
        "ก",
        "ข",
        "5",
        "+66",
        "ทำนา",
    ],
    "members": [
        *["", "", "", "", "33140108", "", ""],
        "",
        "=1+1",
        "",
        "-",
        "formal",
        "1",
        "",
        "1/3/2560",
    ],
    "enrolments": ["พ.ศ. 2560", "", "", "", "33140208", "", "", "NIDA", "25,000.50.-"],
    "officers": [
        *["new.1", "น.ส.", "ก", "ข", "", "", "812345678", "พัฒนากร", "3314"],
        *["", "", "", "1/10/2559"],
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_repaired_row_that_was_written_leaves_and_comes_back_the_same(
    kind: str, world: World
) -> None:
    village("33140208", "บึง")
    headings = [column.headings[0] for column in KINDS[kind].form.columns]
    brought = checked(as_csv([headings, GOOD[kind]]), kind, by=world.anan)
    assert (brought.counts["new"], said(rows_of(brought)[0]).problems) == (1, set())
    confirming.write(brought, by=world.anan, at=sender(world.anan).at)
    with sheets.stored(KINDS[kind], EVERYWHERE) as file:
        back = checked(file.read(), kind, by=world.anan)
    assert [row.label for row in rows_of(back) if row.outcome != "same"] == []
