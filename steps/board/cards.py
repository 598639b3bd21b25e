"""The cards of an overview, in finished words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sammachip.thai.dates import local_day
from steps.board.measures import Measure, measures
from steps.board.numbers import Board
from steps.rollups import Figures


@dataclass(frozen=True)
class Card:
    """A number, where it leads ("" nowhere), and what is said below it."""

    name: str
    n: str
    label: str
    href: str
    notes: list[str]
    zero: bool
    late: bool


def cards_of(
    board: Board, waiting_since: datetime | None, earlier: Figures | None, on: date
) -> list[Card]:
    """The cards of a place; ``earlier`` are its figures at the last month's end."""
    notes = _notes(board, waiting_since, on)
    return [
        _card(measure, board, [notes.get(measure.name, ""), _change(measure, board, earlier)])
        for measure in measures(board.year.programme)
    ]


def _card(measure: Measure, board: Board, notes: list[str]) -> Card:
    n = measure.value(board.figures)
    return Card(
        name=measure.name,
        n=measure.text(n),
        label=_kept(measure.label),
        href=_address(measure, board),
        notes=[_kept(note) for note in notes if note],
        zero=not n,
        late=measure.name == "late",
    )


def _kept(words: str) -> str:
    """A number stays on one line with the word it counts."""
    return re.sub(r"([0-9]) (?=\w)", "\\1\u00a0", words)


def _address(measure: Measure, board: Board) -> str:
    """The villages it counts, or the table that breaks it down; a past number leads nowhere."""
    if measure.filters is None:
        return measure.place
    if board.taken_at:
        return ""
    asked = {"area": board.place.code, "year": str(board.year.number)}
    return replace(measure.filters, **asked).address


def _change(measure: Measure, board: Board, earlier: Figures | None) -> str:
    """+9 since the month's end; what stayed as it was is not worth a word."""
    now = measure.value(board.figures)
    then = measure.value(earlier) if earlier else None
    if now is None or then is None or now == then:
        return ""
    signed = f"{now - then:+,}".replace("-", "\u2212")
    return _("%(change)s since the month's end") % {"change": signed}


def _notes(board: Board, waiting_since: datetime | None, on: date) -> dict[str, str]:
    """The line below a number: what it is of, or what it should be."""
    figures, programme = board.figures, board.year.programme
    of_steps = {"n": f"{figures.verified:,}", "all": f"{figures.steps:,}"}
    return {
        "villages": _("%(n)s with all steps verified") % {"n": f"{figures.complete:,}"},
        "share": _("%(n)s of %(all)s steps") % of_steps,
        "waiting": _oldest(waiting_since, on),
        "late": _late_parts(board),
        "committees": _("of %(n)s villages") % {"n": f"{figures.villages:,}"},
        "led": _target(programme.self_led_share),
        "money": _money(figures, programme.community_share),
    }


def _oldest(since: datetime | None, on: date) -> str:
    """How long the oldest has waited; nothing while nothing waits."""
    if since is None:
        return ""
    days = (on - local_day(since)).days
    if days < 1:
        return _("since today")
    return ngettext("the oldest %(n)s day", "the oldest %(n)s days", days) % {"n": days}


def _late_parts(board: Board) -> str:
    """In how many of its areas villages are late."""
    areas = [line for line in board.lines if not line.is_village]
    late = sum(line.figures.late > 0 for line in areas)
    return _("in %(n)s of %(all)s areas") % {"n": late, "all": len(areas)} if late else ""


def _target(share: int) -> str:
    return _("target %(n)s%%") % {"n": share}


def _money(figures: Figures, share: int) -> str:
    """The share asked for, and of how many villages it is known."""
    if not figures.budgeted:
        return _("No budget entered")
    if figures.budgeted == figures.villages:
        return _target(share)
    words = {"target": _target(share), "n": f"{figures.budgeted:,}"}
    return _("%(target)s, budget of %(n)s villages entered") % words
