"""Workbooks (.xlsx), read as cells once their parts have been looked at."""

from __future__ import annotations

from pathlib import Path

import python_calamine as calamine

from villages.imports import parts
from villages.imports.cells import Cell, Merged, Sheet
from villages.imports.words import Refused


def read(path: Path) -> list[Sheet]:
    """The sheets of a workbook with their cells. Raises Refused."""
    errors = parts.look_at(path)
    try:
        workbook = calamine.load_workbook(str(path))
        sheets, left, text = [], parts.MOST_CELLS, 0
        for about in filter(_is_table, workbook.sheets_metadata):
            laid_out = workbook.get_sheet_by_name(about.name)
            left -= laid_out.total_height * laid_out.total_width
            if left < 0:  # one part may be shown as a thousand sheets
                raise Refused("too_many_columns")
            sheets.append(_sheet(laid_out, about, errors.get(about.name, {})))
            text += sum(len(cell) for row in sheets[-1].rows for cell in row if type(cell) is str)
            if text > parts.MOST_UNPACKED:
                raise Refused("unpacks_too_large")
        return sheets
    except calamine.PasswordError as error:
        raise Refused("locked") from error
    except calamine.CalamineError as error:
        raise Refused("damaged") from error


def _is_table(about: calamine.SheetMetadata) -> bool:
    return about.typ == calamine.SheetTypeEnum.WorkSheet


def _sheet(
    sheet: calamine.CalamineSheet, about: calamine.SheetMetadata, errors: parts.Errors
) -> Sheet:
    rows: list[list[Cell]] = [[*row] for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), text in errors.items():
        _put(rows, row, column, text)
    hidden = about.visible != calamine.SheetVisibleEnum.Visible
    merged = [Merged(*first, *last) for first, last in sheet.merged_cell_ranges or []]
    return Sheet(about.name, rows, merged, hidden=hidden)


def _put(rows: list[list[Cell]], row: int, column: int, text: str) -> None:
    """The reader leaves cells that show an error empty, as if they said nothing."""
    rows += [[] for _missing in range(row + 1 - len(rows))]
    rows[row] += [None] * (column + 1 - len(rows[row]))
    rows[row][column] = text
