"""Where the table stands in a sheet, what its columns are, and which of its rows count.

Sheets of others have title lines above the headings, headings over two rows, merged cells, page
breaks with the headings again, totals at the end, and a sheet a district.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from sammachip.thai.text import clean, search_key
from villages.imports.cells import Cell, Sheet, is_empty, text_of
from villages.imports.repairs import Mending

LOOKED_FOR_HEADINGS = 40  # rows from the top
SAMPLE = 5
LEFT_OUT = 50  # rows of a sheet that are named, of those that do not count
# The sheets of a template that hold no rows.
EXAMPLES, ALLOWED = _("Examples"), _("Allowed values")

_PUNCTUATION = re.compile(r"""[()\[\]{}.,:;/*_"'“”\\-]""")
# As ``bare`` leaves them: without spaces and tone marks.
_UNITS = "หมูบาน|ครัวเรือน|คน|ราย|หลัง|แหง|ตำบล|อำเภอ|จังหวัด|บาท"
_TOTAL = re.compile(
    "(รวม|รวมทังสิน|รวมทังหมด|ยอดรวม|ทังสิน|ทังหมด|grandtotal|total|sum)"
    f"(([0-9]*({_UNITS}))*|[0-9]+|(ตำบล|อำเภอ|จังหวัด).*)"
)
_AMOUNT = re.compile(f"[0-9]*({_UNITS})?")
_REMARK = re.compile("หมายเหตุ|ลงชือ|ทีมา|ขอมูลณ|note|source")
_NUMBERED = {"ที", "ลำดับ", "ลำดับที", "no", "#"}  # headings of the column that counts the rows
_AREA_WORDS = {
    "province": re.compile(r"(?:จังหวัด|จ\.)\s*([ก-ฮ\u0e30-\u0e4e]+)"),
    "district": re.compile(r"(?:อำเภอ|อ\.)\s*([ก-ฮ\u0e30-\u0e4e]+)"),
    "subdistrict": re.compile(r"(?:ตำบล|ต\.)\s*([ก-ฮ\u0e30-\u0e4e]+)"),
}


@dataclass(frozen=True)
class Column:
    """What a column may be called, and how its cells become text.

    ``fills``: an empty cell means the one above, as in merged cells. The number is a tier, the
    largest area first: a tier fills whole, and only while the tiers before it stay the same.
    """

    name: str
    label: Any
    headings: tuple[str, ...]
    mendings: tuple[Mending, ...] = ()
    fills: int = 0
    example: str = ""


@dataclass
class Row:
    """A row of the table: its number as people see it, its cells by column, and all as read."""

    sheet: str
    number: int
    cells: dict[str, Cell]
    raw: list[Cell]
    filled: set[str] = field(default_factory=set)


@dataclass
class Table:
    """A sheet's table. ``columns`` maps the index of a cell to the name of its column."""

    sheet: str
    heading_row: int
    headings: list[str]
    columns: dict[int, str]
    rows: list[Row]
    context: dict[str, str]
    left_out: list[tuple[int, str]]
    hidden: bool = False

    def as_reading(self) -> dict[str, Any]:
        """What a person is shown of it, as JSON holds it."""
        return {
            "sheet": self.sheet,
            "heading_row": self.heading_row,
            "columns": [
                {"heading": heading, "column": self.columns.get(index, "")}
                for index, heading in enumerate(self.headings)
            ],
            "rows": len(self.rows),
            "context": self.context,
            "left_out": [list(pair) for pair in self.left_out[:LEFT_OUT]],
            "more_left_out": len(self.left_out[LEFT_OUT:]),
            "hidden": self.hidden,
            "sample": [self._shown(row) for row in self.rows[:SAMPLE]],
        }

    def _shown(self, row: Row) -> list[str]:
        """The cells of a row as text, as many as there are headings."""
        missing = len(self.headings) - len(row.raw)
        return [text_of(cell) for cell in row.raw] + [""] * missing


Texts = tuple[str, ...]
Chosen = Mapping[str, Mapping[str, str]]  # sheet -> index of a cell -> name of a column, or ""


def tables_of(
    sheets: Iterable[Sheet], columns: Sequence[Column], chosen: Chosen | None = None
) -> list[Table]:
    """The tables of a file; a sheet without at least two known headings has none.

    ``chosen`` is what a person said of columns, before what their headings say.
    """
    known, not_read = headings_of(columns), _in_both(EXAMPLES) | _in_both(ALLOWED)
    tiers = sorted({column.fills for column in columns} - {0})
    filling = [[column.name for column in columns if column.fills == tier] for tier in tiers]
    found = []
    for sheet in sheets:
        if bare(sheet.name) in not_read:
            continue
        table = _table(sheet, known, filling, (chosen or {}).get(sheet.name, {}))
        if table:
            found.append(table)
    return found


def headings_of(columns: Iterable[Column]) -> dict[str, str]:
    """Every heading that is known, bare, and the name of its column."""
    known = {label: column.name for column in columns for label in _in_both(column.label)}
    known |= {bare(column.name): column.name for column in columns}
    return known | {bare(text): column.name for column in columns for text in column.headings}


def _in_both(text: Any) -> set[str]:
    """A lazy text in both languages, bare."""
    found = set()
    for language in ("en", "th"):
        with override(language):
            found.add(bare(str(text)))
    return found


def bare(text: str) -> str:
    """A heading without spaces, tone marks and punctuation."""
    return _PUNCTUATION.sub("", search_key(text))


# ---------------------------------------------------------------- finding it


def _table(
    sheet: Sheet, known: Mapping[str, str], filling: list[list[str]], chosen: Mapping[str, str]
) -> Table | None:
    rows, merged = _unmerged(sheet)
    place = _heading(rows, known)
    if place is None:
        return None
    first, last, headings = place
    columns = _matched(headings, known)
    for index, name in chosen.items():
        columns.pop(int(index), None)
        if name:
            columns = {at: other for at, other in columns.items() if other != name}
            columns[int(index)] = name
    again = _Headings(known, {_texts_of(row) for row in rows[: last + 1]})
    body, left_out = _body(sheet.name, rows, last, columns, again)
    for row in body:
        marks = merged.get(row.number - 1, set())
        row.filled = {name for index, name in columns.items() if index in marks}
    _fill_down(body, [[name for name in tier if name in columns.values()] for tier in filling])
    _show_filled(body, columns)
    width = max(len(headings), max((len(row.raw) for row in body), default=0))
    return Table(
        sheet=sheet.name,
        heading_row=last + 1,
        headings=[*_padded(tuple(headings), width)],
        columns=columns,
        rows=body,
        context=_context(sheet.name, rows[:first]),
        left_out=left_out,
        hidden=sheet.hidden,
    )


def _unmerged(sheet: Sheet) -> tuple[list[list[Cell]], dict[int, set[int]]]:
    """The rows with merged blocks filled, and which cells of which rows were filled so."""
    if not sheet.merged:
        return sheet.rows, {}
    rows = [list(row) for row in sheet.rows]
    filled: dict[int, set[int]] = {}
    for block in sheet.merged:
        if block.top >= len(rows) or block.left >= len(rows[block.top]):
            continue
        value = rows[block.top][block.left]
        for at in range(block.top, min(block.bottom, len(rows) - 1) + 1):
            for column in range(block.left, min(block.right, len(rows[at]) - 1) + 1):
                if (at, column) != (block.top, block.left):
                    rows[at][column] = value
                    filled.setdefault(at, set()).add(column)
    return rows, filled


def _heading(rows: list[list[Cell]], known: Mapping[str, str]) -> tuple[int, int, list[str]] | None:
    """The first and last row of the headings, one or two, and the heading of each column."""
    top = [_texts_of(row) for row in rows[:LOOKED_FOR_HEADINGS]]
    single = [(len(_matched(texts, known)), at, at, texts) for at, texts in enumerate(top)]
    # Of two rows with as many, the one that says less beside them: จังหวัด | ศรีสะเกษ is a title.
    best = max(single, key=lambda row: (row[0], -len([*filter(None, row[3])])), default=_NO_HEADING)
    for at, (upper, lower) in enumerate(pairwise(top)):
        joined = _joined(upper, lower, known)
        score = len(_matched(joined, known))
        if score > best[0] and _matched(lower, known):
            best = (score, at, at + 1, joined)
    score, first, last, headings = best
    return (first, last, list(headings)) if score >= 2 else None


_NO_HEADING: tuple[int, int, int, Texts] = (0, 0, 0, ())


def _texts_of(row: Iterable[Cell]) -> tuple[str, ...]:
    return tuple(clean(text_of(cell)) for cell in row)


def _joined(upper: Texts, lower: Texts, known: Mapping[str, str]) -> Texts:
    """Headings over two rows: the lower one where it is known, else the upper."""
    width = max(len(upper), len(lower))
    pairs = zip(_padded(upper, width), _padded(lower, width), strict=True)
    return tuple(below if bare(below) in known else above for above, below in pairs)


def _padded(texts: Texts, width: int) -> Texts:
    return texts + ("",) * (width - len(texts))


def _matched(headings: Sequence[str], known: Mapping[str, str]) -> dict[int, str]:
    """The columns by their headings; the first one of a name counts."""
    columns: dict[int, str] = {}
    for index, heading in enumerate(headings):
        name = known.get(bare(heading)) if heading else None
        if name and name not in columns.values():
            columns[index] = name
    return columns


# ---------------------------------------------------------------- its rows


@dataclass(frozen=True)
class _Headings:
    """The headings, and the title above them, as they may stand again on a new page."""

    known: Mapping[str, str]
    rows: set[Texts]

    def are(self, cells: Iterable[Cell], first: str) -> bool:
        """Whether a row is the headings again, to the letter or by what they are called."""
        if not (first in self.known or first in _NUMBERED or first in self.firsts):
            return False
        texts = _texts_of(cells)
        return texts in self.rows or len(_matched(texts, self.known)) >= 2

    @cached_property
    def firsts(self) -> set[str]:
        """The first word of each of their rows, bare."""
        return {bare(next(filter(None, texts), "")) for texts in self.rows} - {""}


def _body(
    sheet: str, rows: list[list[Cell]], last: int, columns: Mapping[int, str], again: _Headings
) -> tuple[list[Row], list[tuple[int, str]]]:
    """The rows below the headings that count, and those left out with their first words."""
    body, left_out = [], []
    for number, cells in enumerate(rows[last + 1 :], start=last + 2):
        first = next((clean(text_of(cell)) for cell in cells if not is_empty(cell)), "")
        if not first:
            continue
        if _is_no_row(first, cells, again):
            left_out.append((number, first[:80]))
            continue
        named = {name: cells[index] for index, name in columns.items() if index < len(cells)}
        body.append(Row(sheet, number, named, cells))
    return body, left_out


def _is_no_row(first: str, cells: list[Cell], again: _Headings) -> bool:
    """A total, a remark below the table, or the headings again on a new page."""
    if first[0].isdigit():
        return False
    word = bare(first)
    if _TOTAL.fullmatch(word):
        return all(_AMOUNT.fullmatch(text) for text in _others(first, cells))
    if _REMARK.match(word):
        return not _others(first, cells)
    return again.are(cells, word)


def _others(first: str, cells: list[Cell]) -> set[str]:
    """What a row says beside its first words, bare."""
    return {bare(text) for cell in cells if (text := clean(text_of(cell))) not in (first, "")}


def _fill_down(rows: list[Row], tiers: list[list[str]]) -> None:
    """Empty cells of areas take what stands above, until a larger area changes."""
    above: dict[str, Cell] = {}
    for row in rows:
        same = True
        for names in tiers:
            own = {name: cell for name in names if not is_empty(cell := row.cells.get(name))}
            if own:
                same = same and all(above.get(name) == cell for name, cell in own.items())
                above |= {name: own.get(name) for name in names}
            elif same:
                filled = {name for name in names if not is_empty(above.get(name))}
                row.cells |= {name: above[name] for name in filled}
                row.filled |= filled
            else:
                above |= dict.fromkeys(names)


def _show_filled(rows: list[Row], columns: Mapping[int, str]) -> None:
    """Rows with problems leave and stand by themselves: they take along what was filled."""
    for row in rows:
        if not row.filled:
            continue
        for index, name in columns.items():
            if name in row.filled:
                row.raw += [None] * (index + 1 - len(row.raw))
                row.raw[index] = row.cells[name]


def _context(name: str, above: list[list[Cell]]) -> dict[str, str]:
    """The areas that the sheet's name and the lines above the headings speak of."""
    lines = [name, *(" ".join(filter(None, _texts_of(row))) for row in above)]
    found = {"sheet": clean(name)} if name else {}
    for level, words in _AREA_WORDS.items():
        named = next((match[1] for line in lines if (match := words.search(line))), "")
        if named:
            found[level] = named
    return found
