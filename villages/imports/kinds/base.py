"""What every kind of table has: its form, whom it is open to, and how its rows are written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.utils.translation import override

from accounts.access import Scope
from accounts.history import Note
from accounts.models import History, Import, ImportRow
from accounts.rights import Right
from sammachip.thai.dates import to_buddhist_year
from steps.recording.core import Refusal, Values, column, derived_columns, values_of
from villages.imports.rows import RowForm
from villages.models import CommitteeMember, Household, Village

ROWS_AT_ONCE = 500
T = TypeVar("T")


class Kind:
    """One kind of table. ``subject`` is the text by which rows name what is stored.

    ``derived`` are models whose rows come and go with a stored row by themselves: they do not
    stand in the way of taking it back.
    """

    name: ClassVar[str]
    form: ClassVar[type[RowForm]]
    model: ClassVar[type[models.Model]]
    subject: ClassVar[str] = "pk"
    personal: ClassVar[bool] = False  # stored values are shown to those who may see names
    national: ClassVar[bool] = False  # only for those whose right holds in the whole country
    opened_to: ClassVar[frozenset[Right]] = frozenset({Right.ADMINISTER})
    named_by: ClassVar[tuple[str, ...]] = ()  # columns a new row is known by, never compared
    derived: ClassVar[tuple[type[models.Model], ...]] = ()
    counted: ClassVar[bool] = True  # whether figures of its village depend on a row
    near: ClassVar[int] = 8  # digits of the area within which rows bear on each other
    at_once: ClassVar[int] = ROWS_AT_ONCE  # rows of a file that are written together

    about: ClassVar[Any] = ""  # which rows, and how they are known

    @property
    def title(self) -> str:
        """What the table lists, in the reader's language."""
        return str(Import.Kind(self.name).label)

    def rows_of(self, subjects: Collection[str]) -> list[Any]:
        """The stored rows of these subjects."""
        return [
            row
            for some in chunks(sorted(subjects))
            for row in self.model._default_manager.filter(**{f"{self.subject}__in": some})
        ]

    def subject_of(self, row: Any) -> str:
        """The subject of a stored row, as text."""
        return str(getattr(row, self.subject))

    def stored(self, subjects: Collection[str]) -> dict[str, Values]:
        """What the stored rows of these subjects hold now, flat; missing ones are left out."""
        return {self.subject_of(row): self.values(row) for row in self.rows_of(subjects)}

    def values(self, row: Any) -> Values:
        """What one stored row holds, flat."""
        return values_of(row, self.form.compared)

    def village_of(self, row: Any) -> Village | None:
        """The village whose history an entry about the row belongs to."""
        return getattr(row, "village", None)

    def named(self, row: Any) -> str:
        """How a refusal names a stored row; nobody's name to those who may not see names."""
        return str(row)

    def cells(self, row: Any) -> dict[str, str]:
        """A stored row as the cells of a file that would change nothing."""
        return self.values(row)

    def allowed(self, where: Scope, on: date) -> dict[str, list[str]]:
        """The values that columns take somewhere on a day, in the language of the moment.

        By the name of the column; a list beside it, that only explains, by its heading.
        """
        return {}

    def within(self, where: Scope) -> Iterator[Any]:
        """The stored rows of an area, as a file of them lists them."""
        raise NotImplementedError

    def new(self, row: ImportRow, villages: Mapping[str, Village]) -> Any:
        """A row to store, made of what the file says. ``villages`` by code are those it names."""
        raise NotImplementedError

    def in_use(self, row: Any) -> bool:
        """Whether somebody used the row since it was made, in a way no compared field shows."""
        return False

    def lock(self, codes: AbstractSet[str], subjects: AbstractSet[str]) -> dict[str, Village]:
        """Lock what the rows stand on until the transaction ends; answers the villages by code.

        Villages are locked in code order, as every verb does. Refuses ``import_stale`` where one
        has that code no more.
        """
        villages = {
            row.code: row
            for some in chunks(sorted(codes))
            for row in Village.objects.locked().filter(code__in=some)
        }
        if codes - villages.keys():
            raise Refusal("import_stale")
        return villages

    def nameable(self) -> dict[str, models.QuerySet[Any]]:
        """Which rows may be named by the fields that hold the key of another row."""
        return {}

    def lost(self, rows: Sequence[ImportRow], on: date) -> Iterator[ImportRow]:
        """The rows that name something which is gone, or may not be named on this day any more.

        Asked when rows are written, days after they were judged: few queries however many rows.
        """
        for name, found in self.nameable().items():
            named = {row.after[name] for row in rows if row.after.get(name)}
            keys = found.filter(pk__in=named).order_by().values_list("pk", flat=True)
            there = {"", *map(str, keys)}
            yield from (row for row in rows if row.after.get(name, "") not in there)

    def prepare(self, rows: Sequence[ImportRow], villages: Mapping[str, Village]) -> list[Note]:
        """Store what new rows stand on, before them; answers what was written."""
        return []

    def create(self, rows: Sequence[ImportRow], villages: Mapping[str, Village]) -> list[Any]:
        """Store new rows, in the order given."""
        made = [tidied(self.new(row, villages)) for row in rows]
        self.model._default_manager.bulk_create(made, batch_size=ROWS_AT_ONCE)
        return made

    def change(self, changes: Mapping[str, Values]) -> list[Any]:
        """Write flat values onto stored rows, by subject; answers the rows."""
        rows = self.rows_of(changes)
        names: set[str] = set()
        for row in rows:
            wanted = changes[self.subject_of(row)]
            names |= wanted.keys()
            assign(row, wanted)
        if names:
            fields = [*sorted(names), *derived_columns(self.model())]
            self.model._default_manager.bulk_update(rows, fields, batch_size=ROWS_AT_ONCE)
        return rows

    def delete(self, rows: Sequence[Any]) -> None:
        """Take back rows that the same import made."""
        self.model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()

    def settle(self, entries: models.QuerySet[History]) -> None:
        """Take back what ``prepare`` wrote, as the history of the import says."""


def thai(label: Any) -> str:
    """A lazy text in Thai, whatever the reader's language: files are shared."""
    with override("th"):
        return str(label)


def thai_day(day: date | None) -> str:
    """A day as people type it, 23/3/2560; "" for none."""
    return f"{day.day}/{day.month}/{to_buddhist_year(day.year)}" if day else ""


def assign(row: Any, wanted: Values) -> None:
    """Set columns from flat values; save nothing."""
    for name, text in wanted.items():
        field = column(row, name)
        empty = text == "" and field.null
        setattr(row, field.attname, None if empty else field.to_python(text))
    tidied(row)


def tidied(row: Any) -> Any:
    """The row with its texts clean: writing many at once passes its ``save`` by."""
    if isinstance(row, Village | Household | CommitteeMember):
        row.tidy()
    return row


def columns_of(model: type[models.Model], values: Values) -> dict[str, Any]:
    """Flat values as arguments of a model; what is empty is left to the model's default."""
    fields = {name: column(model, name) for name, text in values.items() if text}
    return {field.attname: field.to_python(values[name]) for name, field in fields.items()}


def chunks(items: Iterable[T], size: int = ROWS_AT_ONCE) -> Iterator[list[T]]:
    """The items, so many at a time: databases take only so many parameters."""
    some: list[T] = []
    for item in items:
        some.append(item)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some
