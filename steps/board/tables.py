"""People and money by area, and the parts as a list for a phone: finished HTML like the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steps.board.matrix import address_of_list, joined, number_cell, percent
from steps.board.measures import UNKNOWN
from steps.board.numbers import Board, Line
from steps.rollups import Figures

# ---------------------------------------------------------------- people and money


@dataclass(frozen=True)
class PeopleRows:
    """Writes the rows of the second table."""

    board: Board

    def rows(self) -> SafeString:
        """One row a part of the place."""
        return joined(
            f'<tr><th scope="row"><a href="{escape(line.href)}">{escape(line.name)}</a></th>'
            f"{self._cells(line.figures, line)}</tr>"
            for line in self.board.lines
        )

    def total(self) -> SafeString:
        """The row of the whole place."""
        head = f'<th scope="row">{escape(_("Total"))}</th>'
        return joined([f"<tr>{head}{self._cells(self.board.figures)}</tr>"])

    def _cells(self, figures: Figures, line: Line | None = None) -> str:
        return self._committees(figures, line) + people_cells(figures)

    def _committees(self, figures: Figures, line: Line | None) -> str:
        if line and line.is_village:
            formed = _("Formed")
            return f'<td class="num">{escape(formed) if figures.committees else UNKNOWN}</td>'
        address = address_of_list(self.board, line.code if line else None)
        return number_cell(figures.committees, address and f"{address}&amp;committee=1")


def people_cells(figures: Figures) -> str:
    """People, households, activities, led by the community, budget, the community's share."""
    texts = [
        f"{figures.people:,}",
        f"{figures.households:,}",
        f"{figures.activities:,}",
        percent(figures.community_led_share),
        baht(figures.budget) if figures.budgeted else UNKNOWN,
        percent(figures.contributed_share),
    ]
    return "".join(f'<td class="num">{text}</td>' for text in texts)


def baht(amount: Decimal) -> str:
    """Whole baht: 1,250,000"""
    return f"{amount:,.0f}"


# ---------------------------------------------------------------- as a list


def list_rows(board: Board) -> SafeString:
    """The parts as rows of links: share verified, late, quiet."""
    return joined(list_row(line) for line in board.lines)


def list_row(line: Line) -> str:
    """One part; what is late stands in words."""
    share = line.figures.share_verified
    return (
        f'<li><a class="row" href="{escape(line.href)}">'
        f'<span class="row-title">{escape(line.name)}</span>'
        f'<span class="row-end"><b>{percent(share)}</b>{bar(share or 0)}</span>'
        f'<span class="row-note">{" ".join(_notes(line))}</span></a></li>'
    )


def _notes(line: Line) -> list[str]:
    figures = line.figures
    if line.is_village:
        words = [_("%(n)s of %(all)s steps") % {"n": figures.verified, "all": figures.steps}]
        late, quiet = (figures.late and _("Late")), (figures.quiet and _("Quiet"))
    else:
        count = ngettext("%(n)s village", "%(n)s villages", figures.villages)
        words = [count % {"n": f"{figures.villages:,}"}]
        late, quiet = _counted(_("Late"), figures.late), _counted(_("Quiet"), figures.quiet)
    notes = [f'<span class="nowrap">{escape(text)}</span>' for text in words]
    notes += [f'<span class="late">{escape(late)}</span>'] if late else []
    return notes + ([f'<span class="nowrap">{escape(quiet)}</span>'] if quiet else [])


def _counted(words: str, n: int) -> str:
    return f"{words} {n:,}" if n else ""


def bar(share: int) -> str:
    """A share as a drawn bar; the number stands beside it in words."""
    return (
        '<svg class="bar" aria-hidden="true"><rect class="of" width="100%" height="100%"/>'
        f'<rect width="{share}%" height="100%"/></svg>'
    )
