"""Sections of labelled lines: what a page shows of one person, and the workbook of the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO

from django.utils.translation import gettext as _
from rustpy_xlsxwriter import Format, write_worksheet

from steps.exports.columns import TEXT
from steps.exports.files import A4, head_ranges, temporary


@dataclass(frozen=True)
class Line:
    """What something is called, what it says, and the page it stands on where it has one."""

    label: str
    text: str
    href: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and its lines."""

    title: str
    lines: Sequence[Line]


WIDTHS = (28, 34, 60)  # characters


def sections_file(head: Sequence[str], sections: Iterable[Section]) -> IO[bytes]:
    """The workbook, in a temporary file that is gone once it is closed. All of it is text."""
    return temporary(partial(_write, head, list(sections)))


def _write(head: Sequence[str], sections: Sequence[Section], path: str) -> None:
    headings = (_("Kind"), _("Item"), _("What is held"))
    write_worksheet(
        _records(headings, sections),
        path,
        sheet_name=_("Personal data"),
        header_row=len(head),
        header_format=Format().set_bold(),
        merge_ranges=head_ranges(head, len(headings)),
        freeze_row=len(head) + 1,
        column_widths=dict(zip(headings, WIDTHS, strict=True)),
        column_formats={
            name: Format().set_num_format(TEXT).set_text_wrap().set_align("top")
            for name in headings
        },
        ignore_errors=list(headings),  # phones are digits on purpose: no green corners
        page_setup={"landscape": True, "paper_size": A4, "repeat_rows": (len(head), len(head))},
    )


def _records(headings: Sequence[str], sections: Iterable[Section]) -> Iterator[dict[str, str]]:
    for section in sections:
        for line in section.lines:
            yield dict(zip(headings, (section.title, line.label, line.text), strict=True))
