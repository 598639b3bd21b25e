"""The rows of an import as people read them: finished strings, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.access import Scope
from accounts.history_words import field_words
from accounts.models import Import, ImportRow
from accounts.rights import Role
from sammachip.thai.dates import short
from steps.models import Programme
from villages import queries
from villages.imports.cells import text_of
from villages.imports.kinds import KINDS
from villages.imports.kinds.officers import Period
from villages.imports.words import ALWAYS, PROBLEMS, REPAIRS, said
from villages.models import Area, LeaderKind, Occupation

HIDDEN = "•••"
DAYS = frozenset({"joined_on"})


@dataclass(frozen=True)
class Line:
    """A row of the file: where it stands, what it is about, and what is said of it."""

    place: str
    label: str
    changes: list[tuple[str, str, str]]  # label of the field, old, new
    repairs: list[str]
    problems: list[str]


@dataclass(frozen=True)
class Offer:
    """A kind of repair: how often, one example, and whether a person may decline it."""

    kind: str
    words: str
    n: int
    old: str
    new: str
    declined: bool

    @property
    def optional(self) -> bool:
        return self.kind not in ALWAYS


def offers(brought: Import) -> list[Offer]:
    """The kinds of repairs of a checked file, those a person declined among them."""
    found = {
        kind: Offer(kind, said(REPAIRS, kind, {}), n, old, new, declined=False)
        for kind, (n, old, new) in brought.repairs.items()
    }
    gone = {
        kind: Offer(kind, said(REPAIRS, kind, {}), 0, "", "", declined=True)
        for kind in brought.declined
    }
    return sorted({**found, **gone}.values(), key=lambda offer: (not offer.optional, -offer.n))


def lines(brought: Import, rows: Iterable[ImportRow], names: Scope) -> list[Line]:
    """A page of rows in words (at most four queries). ``names`` is where people may be seen."""
    rows = list(rows)
    labels = KINDS[brought.kind].form.labels()
    words = Words.of(brought, rows)
    return [_line(row, labels, words, hidden=_hides(brought, row, names)) for row in rows]


def _hides(brought: Import, row: ImportRow, names: Scope) -> bool:
    """Whether what is stored is not for this person to see; what their file says is."""
    return KINDS[brought.kind].personal and not names.covers(row.village_code)


def _line(row: ImportRow, labels: Mapping[str, str], words: Words, *, hidden: bool) -> Line:
    return Line(
        place=place_of(row),
        label=row.label or as_read(row),
        changes=[
            (
                words.label(name, labels),
                HIDDEN
                if hidden and row.before.get(name)
                else words.shown(name, row.before.get(name, "")),
                words.shown(name, new, hidden=hidden),
            )
            for name, new in row.after.items()
        ],
        repairs=[repair_of(repair, labels) for repair in row.repairs],
        problems=[problem_of(problem, labels) for problem in row.problems],
    )


def as_read(row: ImportRow) -> str:
    """The first words of a row that says of nothing what it is about, to find it in the file."""
    return " ".join(filter(None, map(text_of, row.cells)))[:60]


def place_of(row: ImportRow) -> str:
    """Where a row stands in the file."""
    number = _("Row %(number)s") % {"number": row.number}
    return f"{row.sheet} {number}" if row.sheet else number


def reason_of(row: ImportRow, labels: Mapping[str, str]) -> str:
    """Everything that is wrong with a row, in one cell."""
    return "; ".join(problem_of(problem, labels) for problem in row.problems)


def problem_of(problem: Mapping[str, object], labels: Mapping[str, str]) -> str:
    """A problem in words, its column before it."""
    params = problem["params"]
    words = said(PROBLEMS, str(problem["code"]), params if isinstance(params, dict) else {})
    label = labels.get(str(problem["field"]), "")
    return f"{label}: {words}" if label else words


def repair_of(repair: list[str], labels: Mapping[str, str]) -> str:
    """A repair in words: the column, what was done, old and new."""
    name, kind, old, new = repair
    return f"{labels.get(name, name)}: {old or '–'} → {new} ({said(REPAIRS, kind, {})})"


@dataclass(frozen=True)
class Words:
    """What the flat values of a page of rows are called."""

    values: dict[str, dict[str, str]]

    @classmethod
    def of(cls, brought: Import, rows: list[ImportRow]) -> Words:
        """The words for keys of other rows that occur, asked once a page."""
        found = [
            pair for row in rows for values in (row.before, row.after) for pair in values.items()
        ]
        texts = {name: {text for field, text in found if field == name} for name, _text in found}
        occupations: dict[str, str] = {}
        if texts.keys() & {"main_occupation", "side_occupation"}:
            occupations = {row.code: str(row.name) for row in Occupation.objects.all()}
        households = queries.households_by_key(texts.get("household", ()))
        values = {
            "main_occupation": occupations,
            "side_occupation": occupations,
            "kind": {kind.value: str(kind.label) for kind in LeaderKind},
            "officer": queries.officers_by_key(texts.get("officer", ())),
            "household": {key: str(row) for key, row in households.items()},
            "household_as_sent": {key: row.house_no for key, row in households.items()},
            "programme": _programmes() if "programme" in texts else {},
            "posting": _areas(texts),
        }
        return cls(values)

    def label(self, name: str, labels: Mapping[str, str]) -> str:
        """What a field is called; a posting by its role and area."""
        if name.startswith("posting-"):
            _posting, role, code = name.split("-", 2)
            place = self.values["posting"].get(code, code) or str(_("National"))
            return f"{Role(role).label} {place}"
        return labels.get(name) or field_words(name)

    def shown(self, name: str, text: str, *, hidden: bool = False) -> str:
        """A flat value as people read it; a dash for nothing.

        Where what is stored is ``hidden``, a household is the number that the file gave.
        """
        if hidden and name == "household":
            name = "household_as_sent"
        if name.startswith("posting-"):
            period = Period.read(text)
            return period.words if period else "–"
        if name in DAYS and text:
            return short(date.fromisoformat(text))
        return self.values.get(name, {}).get(text, text) or "–"


def _programmes() -> dict[str, str]:
    return {str(row.pk): str(row.year) for row in Programme.objects.all()}


def _areas(names: Iterable[str]) -> dict[str, str]:
    codes = {name.split("-", 2)[2] for name in names if name.startswith("posting-")} - {""}
    return {area.code: area.title for area in Area.objects.filter(code__in=codes)} if codes else {}
