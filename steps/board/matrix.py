"""The tables of an overview as finished HTML.

The work a template does for each cell, not SQL, is what makes such pages slow (measured), so rows
are put together here. Every text is escaped where it enters; numbers and codes need none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from steps.board.measures import UNKNOWN
from steps.board.numbers import AREA, LATE, QUIET, SHARE, VILLAGES, Board, Line
from steps.lists import Filters
from steps.models import Status, Step
from steps.rollups import Figures, StepFigures

NOTHING = '<td class="plain"></td>'


@dataclass(frozen=True)
class Column:
    """A head that sorts: ``title`` are its words in full, ``order`` what it is sorted by now."""

    name: str
    label: str
    title: str
    href: str
    order: str

    @property
    def is_short(self) -> bool:
        """Whether a list on a phone offers this order too."""
        return self.name in (AREA, SHARE, LATE, QUIET)


def columns_of(board: Board, asked: dict[str, str]) -> list[Column]:
    """The heads of the progress table; ``asked`` is what stands in the address of the page."""
    heads = [(AREA, board.place.part, "")]
    if not board.place.is_subdistrict:
        heads.append((VILLAGES, _("Villages"), ""))
    heads += [(step.number, step.number, step.name) for step in board.year.steps]
    heads += [(SHARE, _("Verified"), ""), (LATE, _("Late"), ""), (QUIET, _("Quiet"), "")]
    return [_column(name, label, title, asked) for name, label, title in heads]


def _column(name: str, label: str, title: str, asked: dict[str, str]) -> Column:
    """A head leads to its own order; pressed again, to the other way round."""
    now = asked.get("sort") or AREA
    first, second = (name, f"-{name}") if name == AREA else (f"-{name}", name)
    wanted = {**asked, "sort": second if now == first else first}
    if wanted["sort"] == AREA:
        del wanted["sort"]
    orders = {name: "ascending", f"-{name}": "descending"}
    return Column(name, label, title, f"?{urlencode(wanted)}", orders.get(now, ""))


# ---------------------------------------------------------------- progress


@dataclass(frozen=True)
class Cells:
    """Writes the rows of the progress table: with links, unless the numbers are past ones."""

    board: Board

    def rows(self) -> SafeString:
        """One row a part of the place."""
        return joined(self._row(line) for line in self.board.lines)

    def total(self) -> SafeString:
        """The row of the whole place."""
        head = f'<th scope="row">{escape(_("Total"))}</th>'
        return joined(
            [f"<tr>{head}{self._cells(self.board.figures, address_of_list(self.board))}</tr>"]
        )

    def _row(self, line: Line) -> str:
        head = f'<th scope="row"><a href="{escape(line.href)}">{escape(line.name)}</a></th>'
        if line.is_village:
            return f"<tr>{head}{self._village_cells(line)}</tr>"
        address = address_of_list(self.board, line.code)
        return f"<tr>{head}{self._cells(line.figures, address)}</tr>"

    def _cells(self, figures: Figures, villages: str) -> str:
        steps = "".join(
            step_cell(step.number, figures.by_step.get(step.number), figures.villages, villages)
            for step in self.board.year.steps
        )
        if not self.board.place.is_subdistrict:
            steps = number_cell(figures.villages, villages) + steps
        late = number_cell(figures.late, _asking(villages, "late"), "late")
        quiet = number_cell(figures.quiet, _asking(villages, "quiet"))
        return f"{steps}{share_cell(figures.share_verified)}{late}{quiet}"

    def _village_cells(self, line: Line) -> str:
        steps = "".join(
            status_cell(step, line.figures.by_step.get(step.number), line.href)
            for step in self.board.year.steps
        )
        late = f'<td class="plain late">{escape(_("Late"))}</td>' if line.figures.late else NOTHING
        quiet = f'<td class="plain">{escape(_("Quiet"))}</td>' if line.figures.quiet else NOTHING
        return f"{steps}{share_cell(line.figures.share_verified)}{late}{quiet}"


def address_of_list(board: Board, code: str | None = None) -> str:
    """The villages of a part, or of the place, escaped; "" where the numbers are past ones."""
    if board.taken_at:
        return ""
    area = board.place.code if code is None else code
    return escape(Filters(area=area, year=str(board.year.number)).address)


def step_cell(number: str, step: StepFigures | None, villages: int, address: str) -> str:
    """12/20 shaded by the share verified, and !3 where villages are late.

    ``address`` is the escaped list of the row's villages; "" writes numbers without links.
    """
    step = step or StepFigures()
    text = f"{step.verified:,}/{villages:,}"
    if address:
        text = f'<a href="{address}&amp;step={number}&amp;status=verified">{text}</a>'
    late = late_mark(step.late, address and f"{address}&amp;step={number}&amp;late=1")
    return f"<td{shade(step.verified, villages)}>{text}{late}</td>"


def late_mark(n: int, address: str) -> str:
    """!3 for three late villages, a link of its own; nothing where none is late."""
    if not n:
        return ""
    mark = f'!{n:,}<span class="hidden-words"> {escape(_("Late"))}</span>'
    if not address:
        return f'<b class="late-mark">{mark}</b>'
    return f'<a class="late-mark" href="{address}">{mark}</a>'


def shade(part: int, whole: int) -> str:
    """The class of one of four shades by share; none where nothing is verified."""
    return f' class="s{min(1 + 4 * part // whole, 4)}"' if part and whole else ""


def status_cell(step: Step, figures: StepFigures | None, village: str) -> str:
    """The status of a village in a step, in words that lead to the step; "!" where it is late."""
    status = next((one for one in Status if figures and getattr(figures, one)), None)
    if status is None:
        return f'<td class="plain">{UNKNOWN}</td>'
    late = f' <b class="late-mark">!<span class="hidden-words"> {escape(_("Late"))}</span></b>'
    words = escape(status.label) + (late if figures and figures.late else "")
    verified = ' class="s4"' if status == Status.VERIFIED else ""
    return f'<td{verified}><a href="{escape(village)}{step.number}/">{words}</a></td>'


def number_cell(n: int, address: str, name: str = "") -> str:
    """A plain number that leads to the villages it counts; none of them, and it leads nowhere."""
    text = f'<a href="{address}">{n:,}</a>' if n and address else f"{n:,}"
    classes = f"plain {name}" if name and n else "plain"
    return f'<td class="{classes}">{text}</td>'


def share_cell(share: int | None) -> str:
    """46%, in bold"""
    return f'<td class="plain total">{percent(share)}</td>'


def percent(share: int | None) -> str:
    """46%"""
    return UNKNOWN if share is None else f"{share}%"


def _asking(address: str, name: str) -> str:
    return f"{address}&amp;{name}=1" if address else ""


def joined(rows: Iterable[str]) -> SafeString:
    """Rows as HTML; every part of them was escaped where it was put in."""
    return mark_safe("".join(rows))  # noqa: S308
