"""Cells of workbooks as they are read: values of formulas, errors, dates, numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.imports.files import checked, only_row, rows_of, said, sheet_with
from villages.imports import workbooks
from villages.imports.cells import Cell, plain, text_of

Read = Callable[[bytes], list[Cell]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_row(cells: bytes) -> list[Cell]:
        path = tmp_path / "book"
        path.write_bytes(sheet_with(b'<row r="3">' + cells + b"</row>"))
        (sheet,) = workbooks.read(path)
        return sheet.rows[2]

    return read_row


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [
        (b'<c r="A3"><f>1+1</f><v>2</v></c>', 2.0),
        (b'<c r="A3" t="str"><f>A1</f><v>x</v></c>', "x"),
        (b'<c r="A3" t="e"><f>A1</f><v>#N/A</v></c><c r="B3"><f>B1</f><v>1</v></c>', "#N/A"),
        (b'<c r="A3" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        (b'<c r="A3" t="inlineStr"><is><t>a_x0000_b</t></is></c>', "a\0b"),
    ],
)
def test_cells_are_read_as_they_show(cells: bytes, read_as: Cell, read: Read) -> None:
    assert read(cells)[0] == read_as


def test_an_error_outside_of_all_values_is_seen(read: Read) -> None:
    row = read(b'<c r="E3" t="e"><v>#REF!</v></c>')
    assert [cell for cell in row if cell] == [row[4]] == ["#REF!"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (33140108.0, "33140108"),
        (8.5, "8.5"),
        (1e20, "1e+20"),
        (float("inf"), "inf"),
        ("a\0b", "ab"),
        (date(2017, 3, 23), "2017-03-23"),
        (datetime.fromisoformat("2017-03-23"), "2017-03-23"),
        (datetime.fromisoformat("2017-03-23 08:59"), "2017-03-23 08:59:00"),
    ],
)
def test_a_cell_as_text(cell: Cell, text: str) -> None:
    assert text_of(cell) == text


def test_what_is_kept_of_a_cell_can_be_stored() -> None:
    kept = [plain(cell) for cell in (0, 8.5, True, float("inf"), "a\0", None)]
    assert kept == [0, 8.5, "True", "inf", "a", ""]


@pytest.mark.django_db
def test_the_value_of_a_formula_is_what_counts() -> None:
    code = b'<c r="A3"><f>33140100+9</f><v>33140109</v></c>'
    name = '<c r="B3" t="str"><f>A1</f><v>โนน</v></c>'.encode()
    content = sheet_with(b'<row r="3">' + code + name + b"</row>")
    _trakat, new = (said(row) for row in rows_of(checked(content)))
    assert (new.after["code"], new.after["name_th"]) == ("33140109", "โนน")


@pytest.mark.django_db
def test_what_no_database_stores_is_kept_out(world: object) -> None:
    strange = b'<row r="2"><c r="A2"><v>1e999</v></c><c r="B2" t="str"><v>_x0000_</v></c></row>'
    content = sheet_with(strange, instead=True)
    row = only_row(checked(content))
    assert row.problems == {"bad_code"}
