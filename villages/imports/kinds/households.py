"""Households of stored villages, known by their id, or by house number and head."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access import Scope
from accounts.models import Import, ImportRow
from accounts.rights import Right
from sammachip.thai.text import clean
from steps.recording.people import HOUSEHOLD_FIELDS
from villages.imports.cells import text_of
from villages.imports.fields import HouseField, NumberField, PhoneField, TextField, WordField
from villages.imports.kinds.base import Kind, chunks, columns_of
from villages.imports.places import Nearby, VillageFacts, code_range
from villages.imports.repairs import (
    HOUSE,
    NUMBER,
    PERSON,
    PHONE,
    TEXT,
    TIDY,
    mended,
    titled_name,
)
from villages.imports.rows import InVillageForm, RowForm, at, column, village_columns
from villages.imports.tables import Row
from villages.imports.words import problem
from villages.models import Household, Occupation, Village


class Stored(NamedTuple):
    """What finding a household needs."""

    pk: str
    house_no: str
    head_name: str
    ended: bool  # or erased at somebody's request: neither is changed any more


PHONE_COLUMN = column(
    "phone",
    _("Phone"),
    "โทรศัพท์",
    "เบอร์โทร",
    "เบอร์โทรศัพท์",
    "หมายเลขโทรศัพท์",
    "phone",
    mendings=PHONE,
    example="081-234-5678",
)


def name_columns(name: str, label: Any, *headings: str) -> tuple[Any, ...]:
    """A person's name: whole, or its title, first name and surname in columns of their own."""
    return (
        column(
            "title", _("Title before the name"), "คำนำหน้า", "คำนำหน้าชื่อ", "title", mendings=(TIDY,)
        ),
        column(name, label, *headings, mendings=PERSON, example="นายบุญมี แสงทอง"),
        column(
            "surname", _("Family name"), "สกุล", "นามสกุล", "surname", "family name", mendings=(TIDY,)
        ),
    )


class HouseholdRow(InVillageForm):
    """A household of a village."""

    columns = (
        column("id", _("Id"), "รหัสอ้างอิง", "id", mendings=(TIDY,)),
        *village_columns(),
        column(
            "house_no",
            _("House number"),
            "บ้านเลขที่",
            "เลขที่",
            "เลขที่บ้าน",
            "house number",
            "house no",
            mendings=HOUSE,
            example="12/1",
        ),
        *name_columns(
            "head_name",
            _("Head of household"),
            "หัวหน้าครัวเรือน",
            "ชื่อหัวหน้าครัวเรือน",
            "ชื่อ-สกุล หัวหน้าครัวเรือน",
            "ชื่อ สกุล",
            "ชื่อ",
            "ชื่อ-นามสกุล",
            "head of household",
            "head",
            "name",
        ),
        column(
            "people",
            _("People in it"),
            "จำนวนสมาชิก",
            "จำนวนคน",
            "คน",
            "สมาชิก",
            "จำนวนสมาชิกในครัวเรือน",
            "people",
            mendings=NUMBER,
            example="5",
        ),
        column("cluster", _("Cluster"), "คุ้ม", "ชื่อคุ้ม", "cluster", mendings=TEXT, example="คุ้มเหนือ"),
        column(
            "main_occupation",
            _("Main occupation"),
            "อาชีพหลัก",
            "อาชีพ",
            "main occupation",
            mendings=TEXT,
            example="ทำนา",
        ),
        column(
            "side_occupation",
            _("Side occupation"),
            "อาชีพรอง",
            "อาชีพเสริม",
            "side occupation",
            mendings=TEXT,
        ),
        PHONE_COLUMN,
    )
    compared = HOUSEHOLD_FIELDS
    house_columns = frozenset({"house_no"})

    id = TextField(40)
    title = TextField(30)
    house_no = HouseField(20)
    head_name = TextField(150)
    surname = TextField(100)
    people = NumberField(1, 99)
    cluster = TextField(80)
    phone = PhoneField(30)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        words, allowed = occupation_words()
        self.fields["main_occupation"] = WordField(words, allowed)
        self.fields["side_occupation"] = WordField(words, allowed)
        self.households = Nearby(stored_households)
        self._heads: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)

    def prepare(self, rows: Iterable[Row]) -> None:
        """Which heads the file names in which house: two in one house are two households."""
        for row in rows:
            self._heads[_house(row)].add(self._head(row))

    def _head(self, row: Row) -> str:
        """The head whom a row names, as it will be judged."""
        texts = {name: text_of(row.cells.get(name)) for name in ("title", "head_name", "surname")}
        texts = {name: mended(name, text, PERSON, self.declined)[0] for name, text in texts.items()}
        if not self.offers("name_parts"):
            return texts["head_name"]
        return whole_name(texts["title"], texts["head_name"], texts["surname"])

    def locate(self, cleaned: Mapping[str, Any]) -> None:
        join_name(self, "head_name")
        village = self.village_meant(cleaned)
        house_no, head = cleaned.get("house_no") or "", self.cleaned_data.get("head_name") or ""
        found = self._stored(village, house_no, head)
        self.judged.label = f"{house_no} {head}".strip()
        if found and found.ended:
            raise at("house_no", problem("ended"))
        if found:
            self.judged.subject = found.pk
            self.judged.key = (found.pk,)
        else:
            self.require(["house_no", "head_name"])
            self.judged.key = (village.code, house_no, head) if house_no and head else ()
        self._claim(village, house_no, head, found)

    def _claim(self, village: VillageFacts, house_no: str, head: str, found: Stored | None) -> None:
        """House number and head are those of one household only."""
        stands = (found.house_no, found.head_name) if found else ("", "")
        wanted = (house_no or stands[0], head or stands[1])
        if not all(wanted):
            return
        standing = (row for row in self.households.of(village) if not row.ended)
        named = [row.pk for row in standing if (row.house_no, row.head_name) == wanted]
        self.claim("house_no", (village.code, *wanted), named)

    def _stored(self, village: VillageFacts, house_no: str, head: str) -> Stored | None:
        """By its id; by number and head; else the one with that number the file does not name."""
        rows = self.households.of(village)
        key = self.cleaned_data.get("id") or ""
        if key:
            found = next((row for row in rows if row.pk == key.lower()), None)
            if found is None:
                raise at("id", problem("unknown_id"))
            return found
        same_house = self._of_house([row for row in rows if not row.ended], house_no)
        exact = [row for row in same_house if titled_name(row.head_name) == titled_name(head)]
        if exact:
            return exact[0]
        named = {titled_name(name) for name in self._heads[_house(self.row)]}
        left = [row for row in same_house if titled_name(row.head_name) not in named]
        unknown = named - {titled_name(row.head_name) for row in same_house}
        if left and (len(left) > 1 or (head and len(unknown) > 1)):
            raise at("house_no", problem("ambiguous_household"))
        return left[0] if left else None

    def _of_house(self, rows: list[Stored], house_no: str) -> list[Stored]:
        """The households with that number; one that lost a zero in a spreadsheet is found too."""
        numbers = (house_no, self.written.get("house_no"))  # stored as it is written, or repaired
        same = [row for row in rows if row.house_no in numbers]
        if same or not house_no or not self.offers("house_zero"):
            return same
        alike = [row for row in rows if _without_zeros(row.house_no) == _without_zeros(house_no)]
        if alike:
            self.note("house_no", "house_zero", house_no, alike[0].house_no)
            self.cleaned_data["house_no"] = alike[0].house_no
        return [row for row in alike if row.house_no == alike[0].house_no]


class Households(Kind):
    name = Import.Kind.HOUSEHOLDS
    about = _("One row a household of a village: house number, head, people, occupations.")
    form = HouseholdRow
    model = Household
    personal = True
    opened_to = frozenset({Right.ADMINISTER, Right.RECORD})

    def rows_of(self, subjects: Collection[str]) -> list[Household]:
        return [
            row
            for some in chunks(sorted(subjects))
            for row in Household.objects.filter(pk__in=some).select_related("village")
        ]

    def nameable(self) -> dict[str, models.QuerySet[Any]]:
        occupations = Occupation.objects.all()
        return {"main_occupation": occupations, "side_occupation": occupations}

    def new(self, row: ImportRow, villages: Mapping[str, Village]) -> Household:
        village = villages[row.village_code]
        return Household(village=village, **columns_of(Household, row.after))

    def named(self, row: Household) -> str:
        return f"{row.house_no} ({row.village.code})"

    def in_use(self, row: Household) -> bool:
        return row.ended_on is not None

    def cells(self, row: Household) -> dict[str, str]:
        occupations = {
            name: getattr(row, name).name_th
            for name in ("main_occupation", "side_occupation")
            if getattr(row, name)
        }
        return super().cells(row) | occupations | {"id": str(row.pk), **village_cells(row.village)}

    def allowed(self, where: Scope, on: date) -> dict[str, list[str]]:
        _words, occupations = occupation_words()
        return {"main_occupation": occupations, "side_occupation": occupations}

    def within(self, where: Scope) -> Iterator[Household]:
        """Those that stand: what has ended or was erased is not changed by a file."""
        rows = Household.objects.filter(
            where.condition("village__code"), ended_on=None, erased_on=None
        )
        rows = rows.select_related("village", "main_occupation", "side_occupation")
        in_order = rows.order_by("village__code", "house_order", "head_name")
        return in_order.iterator(chunk_size=2_000)


def village_cells(village: Village) -> dict[str, str]:
    """The cells that say which village a row is about."""
    return {"village_code": village.code, "moo": str(village.moo), "village": village.name_th}


def occupation_words() -> tuple[dict[str, str], list[str]]:
    """Every word for an occupation and its code; and the Thai words, to name what is allowed."""
    rows = list(Occupation.objects.all())
    words = {word: row.code for row in rows for word in (row.code, row.name_th, row.name_en)}
    return words, [row.name_th for row in rows]


def join_name(form: RowForm, name: str) -> None:
    """A name in several columns as one; a repair that may be declined."""
    title, first, surname = (
        form.cleaned_data.get(part) or "" for part in ("title", name, "surname")
    )
    whole = whole_name(title, first, surname)
    if whole != first and (title or surname) and form.offers("name_parts"):
        form.note(name, "name_parts", first, whole)
        form.cleaned_data[name] = whole


def whole_name(title: str, first: str, surname: str) -> str:
    """Title, first name and surname as one; the title stands without a space, as offices write."""
    if not first:
        return ""
    glued = titled_name(f"{title} ").strip()
    title = "" if title and titled_name(first).startswith(glued) else title
    return titled_name(" ".join(filter(None, (title, first, surname))))


def stored_households(subdistrict: str) -> Iterator[tuple[int, Stored]]:
    """The households of a subdistrict's villages, each with the key of its village."""
    rows = Household.objects.filter(**code_range("village__code", subdistrict)).order_by()
    for village, pk, house_no, head, ended_on, erased_on in rows.values_list(
        "village", "pk", "house_no", "head_name", "ended_on", "erased_on"
    ):
        yield village, Stored(str(pk), house_no, head, bool(ended_on or erased_on))


def _house(row: Row) -> tuple[str, ...]:
    """The house a row speaks of, as written."""
    places = ("province", "district", "subdistrict", "village_code", "moo", "village", "house_no")
    return (row.sheet, *(clean(text_of(row.cells.get(name))) for name in places))


def _without_zeros(house_no: str) -> str:
    return "/".join(part.lstrip("0") for part in house_no.split("/"))
