"""A paper before it has a form: what a page, a print and a Word file are all made from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sammachip.thai.digits import to_thai
from sammachip.thai.repair import ITEM

NO_BREAK = "\N{NO-BREAK SPACE}"
BEFORE_NUMBER = re.compile(" (?=[0-9๐-๙])")


@dataclass(frozen=True)
class Block:
    """A paragraph, or the items of a list that stand together."""

    lines: tuple[str, ...]
    is_list: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells under a head that is repeated on every sheet."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A photo: ``url`` where a browser reads it, ``path`` where Word does."""

    url: str
    path: Path
    caption: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Part:
    """A part under its own heading (level 2, or 3 within one), which may be empty.

    A ``frame`` holds parts of level 3 and needs no text of its own. ``pictured`` says which
    pictures elsewhere on the paper belong to it.
    """

    key: str
    title: str
    level: int = 2
    text: str = ""
    table: Table | None = None
    pictures: tuple[Picture, ...] = ()
    frame: bool = False
    pictured: str = ""

    @property
    def blocks(self) -> list[Block]:
        return blocks_of(f"{self.text}\n{self.pictured}")

    @property
    def is_empty(self) -> bool:
        """Whether a reader is to be told that there is nothing."""
        return not (self.frame or self.blocks or self.table or self.pictures)


@dataclass(frozen=True)
class Paper:
    """A titled paper with the facts of its head (label, value) and its parts in order.

    ``kicker`` stands above the title, ``note`` ("Draft") on every sheet, ``foot`` at the end.
    ``thai_digits``: it is written in them, and its pages are numbered so.
    """

    title: str
    kicker: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    foot: str = ""
    note: str = ""
    thai_digits: bool = False

    @property
    def heading(self) -> str:
        """The title as it is set: หมู่ที่ 8 never broken from its number."""
        return held_together(self.title)

    def part(self, key: str) -> Part:
        """The part with this key. KeyError where the paper has none."""
        return {part.key: part for part in self.parts}[key]


def blocks_of(text: str) -> list[Block]:
    """A stored text as paragraphs and lists: a line each, "- " before an item."""
    blocks: list[Block] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        if not line.startswith(ITEM):
            blocks.append(Block((line,)))
        elif blocks and blocks[-1].is_list:
            blocks[-1] = Block((*blocks[-1].lines, line.removeprefix(ITEM)), is_list=True)
        else:
            blocks.append(Block((line.removeprefix(ITEM),), is_list=True))
    return blocks


def held_together(title: str) -> str:
    """A title in which no line ends before a number: หมู่ที่ 8, พ.ศ. 2560."""
    return BEFORE_NUMBER.sub(NO_BREAK, title)


def in_thai_digits(paper: Paper) -> Paper:
    """The same paper with ๐–๙ for 0–9, as official papers may have them."""
    return replace(
        paper,
        title=to_thai(paper.title),
        kicker=to_thai(paper.kicker),
        facts=tuple((to_thai(label), to_thai(value)) for label, value in paper.facts),
        parts=tuple(_part_in_thai_digits(part) for part in paper.parts),
        foot=to_thai(paper.foot),
        note=to_thai(paper.note),
        thai_digits=True,
    )


def _part_in_thai_digits(part: Part) -> Part:
    table = part.table and Table(
        _all_thai(part.table.head), tuple(_all_thai(row) for row in part.table.rows)
    )
    pictures = tuple(replace(shown, caption=to_thai(shown.caption)) for shown in part.pictures)
    return replace(
        part,
        title=to_thai(part.title),
        text=to_thai(part.text),
        table=table,
        pictures=pictures,
        pictured=to_thai(part.pictured),
    )


def _all_thai(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(to_thai(text) for text in texts)
