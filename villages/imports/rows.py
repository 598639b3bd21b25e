"""One form for every row of a file: it repairs the cells, judges them, finds the stored row."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sammachip.forms import value_text
from sammachip.thai.dates import to_buddhist_year
from sammachip.thai.digits import to_arabic
from steps.recording.core import Values
from villages.imports.cells import Cell, text_of
from villages.imports.fields import NONE, NumberField
from villages.imports.places import LEVELS, Places, VillageFacts
from villages.imports.repairs import (
    AREA_NAME,
    CODE,
    MOO,
    VILLAGE_NAME,
    Repair,
    date_cell,
    house_cell,
    is_broken,
    mended,
)
from villages.imports.tables import Column, Row
from villages.imports.words import problem

_SHORTENED = re.compile(r"[0-9](\.[0-9]+)?e\+?[0-9]+", re.IGNORECASE)
_FORMULA_ERROR = re.compile(r"#(N/A|[A-Z0-9/_]+[!?])")


@dataclass
class Judged:
    """What a row means: the stored row it is about ("" for a new one), and what it says of it."""

    key: tuple[str, ...]
    subject: str = ""
    label: str = ""
    village_code: str = ""
    after: Values = field(default_factory=dict)
    written: Values = field(default_factory=dict)  # the compared fields before any repair
    repairs: list[Repair] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)


class RowForm(forms.Form):
    """A row of one kind of table. One form judges all rows of a file, one after the other.

    Subclasses name their ``columns``, the ``compared`` fields, and say in ``locate`` which stored
    row is meant.
    """

    columns: ClassVar[tuple[Column, ...]]
    compared: ClassVar[tuple[str, ...]]
    house_columns: ClassVar[frozenset[str]] = frozenset()
    day_columns: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        places: Places,
        *,
        today: date,
        declined: Collection[str] = (),
        by: User | None = None,
    ) -> None:
        super().__init__(data={})
        self.places, self.today, self.by = places, today, by
        self.declined = frozenset(declined)
        self.repairs: list[Repair] = []
        self.cleared: set[str] = set()
        self.written: Values = {}
        self.unreadable: list[tuple[str, ValidationError]] = []
        self.context: Mapping[str, str] = {}
        self.row = Row("", 0, {}, [])
        self.judged = Judged(key=())

    def prepare(self, rows: Iterable[Row]) -> None:
        """Look at all rows of the file before the first is judged, where a kind needs it."""

    @classmethod
    def labels(cls) -> dict[str, str]:
        """What each column is called, in the reader's language."""
        return {column.name: str(column.label) for column in cls.columns}

    # ------------------------------------------------------------ judging

    def judge(self, row: Row, context: Mapping[str, str]) -> Judged:
        """What a row of a table with this context (areas its sheet speaks of) means."""
        self.row, self.context, self.repairs, self.cleared = row, context, [], set()
        self.written, self.unreadable = {}, []
        self.judged = Judged(key=())
        self.data = {column.name: self._text(column, row) for column in self.columns}
        self.full_clean()
        judged = self.judged
        judged.repairs = self.repairs
        judged.written = {name: self.written.get(name, "") for name in self.compared}
        judged.problems = [
            _as_stored(name, error)
            for name, errors in self.errors.as_data().items()
            for error in errors
        ]
        if not judged.problems:
            judged.after = self.after()
        return judged

    def _text(self, column: Column, row: Row) -> str:
        """A cell as text after its repairs; "-" means that there is none."""
        cell = row.cells.get(column.name)
        if cell is None or cell == "":
            return ""
        text = self.written[column.name] = self._as_text(column, cell).strip(" ")
        unreadable = _unreadable(text)
        if unreadable:
            self.unreadable.append((column.name, unreadable))
            return ""
        if column.name in row.filled:
            if "filled_down" in self.declined:
                return ""
            self.note(column.name, "filled_down", "", text)
        text, done = mended(column.name, text, column.mendings, self.declined)
        self.repairs += done
        if text in NONE:
            self.cleared.add(column.name)
            return ""
        return text

    def _as_text(self, column: Column, cell: Cell) -> str:
        """What a cell shows; of dates in columns of house numbers, what was typed."""
        if column.name in self.house_columns:
            return house_cell(cell)
        if column.name not in self.day_columns:
            return text_of(cell)
        text, was_buddhist = date_cell(cell)
        if was_buddhist:
            self.note(column.name, "buddhist_date", text_of(cell), text)
        return text

    def clean(self) -> dict[str, Any]:
        """After the fields: which stored row it is, and what only the row as a whole can say."""
        cleaned = super().clean() or self.cleaned_data
        for name, error in self.unreadable:
            self.add_error(name, error)
        for name in sorted(self.day_columns):
            self._note_buddhist(name, cleaned.get(name))
        try:
            self.locate(cleaned)
        except ValidationError as error:
            self.add_error(getattr(error, "field", None), error)
        return cleaned

    def _note_buddhist(self, name: str, day: date | None) -> None:
        """Say that a typed date was taken as พ.ศ.: it is stored, and compared, in ค.ศ."""
        text = self.written.get(name, "")
        if day and str(to_buddhist_year(day.year)) in to_arabic(text):
            self.note(name, "buddhist_date", text, f"{day.day}/{day.month}/{day.year}")

    @abstractmethod
    def locate(self, cleaned: Mapping[str, Any]) -> None:
        """Set ``self.judged``'s key, subject, label and village; raise or add problems."""

    def after(self) -> Values:
        """What the row says of the compared fields, flat: what is empty says nothing."""
        texts = {name: value_text(self.cleaned_data.get(name)) for name in self.compared}
        said = {name: text for name, text in texts.items() if text}
        return said | {name: "" for name in self.cleared if name in self.compared}

    # ------------------------------------------------------------ repairs of whole rows

    def note(self, name: str, kind: str, old: str, new: str) -> None:
        """Say that a repair was made."""
        self.repairs.append(Repair(name, kind, old, new))

    def offers(self, kind: str) -> bool:
        """Whether a repair may be made: nobody declined its kind."""
        return kind not in self.declined

    def require(self, names: Iterable[str]) -> None:
        """A new row needs these; the fields that have another problem are left at that."""
        for name in names:
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, problem("required"))

    # ------------------------------------------------------------ places

    def area_texts(self, cleaned: Mapping[str, Any], *, to_check: bool = False) -> dict[str, str]:
        """The names of areas in the row; where it has none, those its sheet speaks of.

        Where they only check a code that is given, nothing is repaired with them.
        """
        texts = {level: cleaned.get(level) or "" for level in LEVELS}
        for level in [level for level, text in texts.items() if not text]:
            named = self.context.get(level, "")
            if level == "district" and not named and not to_check:
                named = self.context.get("sheet", "")
            if named and self.offers("from_sheet") and self.places.named(level, named):
                texts[level] = named
                if not to_check:
                    self.note(level, "from_sheet", "", named)
        return texts

    def area_meant(self, cleaned: Mapping[str, Any], name: str) -> str:
        """The one area that the row's names mean; a problem stands at the field with that name."""
        with at_field(name):
            return self.places.narrowed(self.area_texts(cleaned))

    def refuse_outside(self, name: str, code: str, cleaned: Mapping[str, Any]) -> None:
        """Refuse a code that lies in none of the areas that the row's names may mean."""
        with at_field("subdistrict"):
            areas = self.places.fitting(self.area_texts(cleaned, to_check=True))
        if not any(code.startswith(area) for area in areas):
            named = f"{self.places.name_of(areas[0])} ({areas[0]})"
            raise at(name, problem("not_in_area", text=code, area=named))

    def checked_code(self, name: str, text: str, digits: int) -> str:
        """A code with so many digits, or the problem with it."""
        if _SHORTENED.fullmatch(text):
            raise at(name, problem("shortened_code", text=text))
        if not (text.isascii() and text.isdecimal()) or len(text) > digits:
            raise at(name, problem("bad_code", text=text, needed=digits))
        if len(text) < digits or text[0] == "0":
            raise at(name, problem("short_code", text=text, digits=len(text), needed=digits))
        return text


class InVillageForm(RowForm):
    """A row about something in a stored village: named by code, or by area, moo and name."""

    village_code = forms.CharField(required=False)
    province = forms.CharField(required=False)
    district = forms.CharField(required=False)
    subdistrict = forms.CharField(required=False)
    moo = NumberField(1, 99)
    village = forms.CharField(required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._claims: dict[tuple[str, ...], tuple[Row, str]] = {}

    def claim(self, name: str, names: tuple[str, ...], holders: Iterable[str]) -> None:
        """Refuse to become what another row of the file becomes, or what a stored one is.

        ``names`` are the village and what only one row there may be called; ``holders`` the keys
        of those that are called so. A problem repeats what the row says: whoever sent it may not
        see what is stored.
        """
        subject = self.judged.subject
        if subject and set(holders) - {subject}:
            raise at(name, problem("taken", text=self.judged.label))
        row, other = self._claims.setdefault(names, (self.row, subject))
        if other != subject:
            raise at(name, problem("twice", row=row.number))

    def village_meant(self, cleaned: Mapping[str, Any]) -> VillageFacts:
        """The village of the row, where the person may bring rows in; or the problem.

        ``only`` is the village that the whole list is about.
        """
        only, text = self.context.get("village", ""), cleaned.get("village_code") or ""
        found = self._by_code(text or only) if text or only else self._by_names(cleaned)
        if found is None or not self.places.allowed.covers(found.code):
            raise at("village_code" if text else "village", problem("not_in_your_area"))
        if only and only != found.code:
            raise at("village_code", problem("not_this_village", only=only, text=found.code))
        self._refuse_other(found, cleaned)
        self.judged.village_code = found.code
        return found

    def _by_code(self, text: str) -> VillageFacts | None:
        code = self.checked_code("village_code", text, 8)
        found = self.places.village(code)
        now = self.places.former.get(code)
        if found is None and now and self.places.allowed.covers(now):
            raise at("village_code", problem("former_code", text=code, now=now))
        return found

    def _refuse_other(self, found: VillageFacts, cleaned: Mapping[str, Any]) -> None:
        """Refuse a row whose code and names mean different villages: one of them is wrong."""
        self.refuse_outside("village_code", found.code, cleaned)
        moo, name = cleaned.get("moo"), cleaned.get("village") or ""
        named = self.places.villages_called(found.subdistrict, name) if name else [found.code]
        if moo not in (None, found.moo):
            named = []
        if found.code not in named:
            title = _("Ban %(name)s Moo %(moo)s") % {"name": found.name, "moo": found.moo}
            raise at("village", problem("other_village", text=found.code, village=title))

    def _by_names(self, cleaned: Mapping[str, Any]) -> VillageFacts | None:
        moo, name = cleaned.get("moo"), cleaned.get("village") or ""
        area = self.area_meant(cleaned, "subdistrict")
        if len(area) != 6 or not (moo or name):
            raise at("village_code", problem("place_missing"))
        codes = self._in_subdistrict(area, moo, name)
        if len(codes) > 1:
            raise at("village_code", problem("ambiguous_village", codes=", ".join(codes[:5])))
        if codes and not self.offers("village_found"):
            raise at("village_code", problem("place_missing"))
        if codes:
            self.note("village_code", "village_found", f"{name} {moo or ''}".strip(), codes[0])
        return self.places.village(codes[0]) if codes else None

    def _in_subdistrict(self, area: str, moo: int | None, name: str) -> list[str]:
        called = self.places.villages_called(area, name)
        if moo is None:
            return called
        return [code for code in self.places.villages_at(area, moo) if not name or code in called]


def village_columns() -> tuple[Column, ...]:
    """The columns that say which village a row is about."""
    return (
        column("province", _("Province"), "จังหวัด", "province", mendings=AREA_NAME, fills=1),
        column("district", _("District"), "อำเภอ", "เขต", "district", mendings=AREA_NAME, fills=2),
        column(
            "subdistrict",
            _("Subdistrict"),
            "ตำบล",
            "แขวง",
            "subdistrict",
            "tambon",
            mendings=AREA_NAME,
            fills=3,
        ),
        column(
            "village_code",
            _("Village code"),
            "รหัสหมู่บ้าน",
            "รหัส",
            "รหัสหมู่บ้าน 8 หลัก",
            "village code",
            "code",
            mendings=CODE,
            fills=4,
            example="33140108",
        ),
        column("moo", _("Moo"), "หมู่ที่", "หมู่", "ม.", "moo", mendings=MOO, fills=4),
        column(
            "village",
            _("Village"),
            "หมู่บ้าน",
            "ชื่อหมู่บ้าน",
            "บ้าน",
            "ชื่อบ้าน",
            "village",
            "village name",
            mendings=VILLAGE_NAME,
            fills=4,
        ),
    )


def column(name: str, label: Any, *headings: str, **more: Any) -> Column:
    """A column by its name, what it is called on screen, and the headings it is known by."""
    return Column(name, label, headings, **more)


def at(name: str, error: ValidationError) -> ValidationError:
    """A problem with the field it belongs to."""
    error.field = name  # type: ignore[attr-defined]
    return error


@contextmanager
def at_field(name: str) -> Iterator[None]:
    """A problem raised inside belongs to this field."""
    try:
        yield
    except ValidationError as error:
        raise at(name, error) from error


def _unreadable(text: str) -> ValidationError | None:
    """The problem with a cell that shows an error, or whose Thai was broken on its way."""
    if text.startswith("#") and _FORMULA_ERROR.fullmatch(text):
        return problem("formula_error", text=text)
    return problem("broken_text", text=text[:60]) if is_broken(text) else None


def _as_stored(name: str, error: ValidationError) -> dict[str, Any]:
    """A problem as JSON holds it."""
    params = {key: _plain(value) for key, value in (error.params or {}).items() if key != "value"}
    field_name = "" if name == NON_FIELD_ERRORS else name
    return {"field": field_name, "code": error.code or "invalid", "params": params}


def _plain(value: object) -> int | str:
    return value if isinstance(value, int) else str(value)
