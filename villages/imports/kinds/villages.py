"""Villages: official code, or subdistrict and moo; name, second name, position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.access import Scope
from accounts.models import Import, ImportRow
from steps.recording.core import Values
from villages.imports import repairs
from villages.imports.fields import NumberField, TextField
from villages.imports.kinds.base import Kind, chunks, columns_of
from villages.imports.places import VillageFacts, standing_areas
from villages.imports.repairs import AREA_NAME, CODE, MOO, NUMBER, TEXT, TIDY
from villages.imports.rows import RowForm, at, at_field, column
from villages.imports.words import problem
from villages.models import Area, Village


class VillageRow(RowForm):
    """A village. One that is stored is found by its code, or by subdistrict and moo."""

    columns = (
        column(
            "code",
            _("Village code"),
            "รหัสหมู่บ้าน",
            "รหัสหมู่บ้าน 8 หลัก",
            "รหัส",
            "รหัสบ้าน",
            "code",
            "village code",
            "vill code",
            mendings=CODE,
            example="33140108",
        ),
        column(
            "province",
            _("Province"),
            "จังหวัด",
            "ชื่อจังหวัด",
            "province",
            mendings=AREA_NAME,
            fills=1,
            example="ศรีสะเกษ",
        ),
        column(
            "district",
            _("District"),
            "อำเภอ",
            "ชื่ออำเภอ",
            "เขต",
            "district",
            "amphoe",
            mendings=AREA_NAME,
            fills=2,
            example="ศรีรัตนะ",
        ),
        column(
            "subdistrict",
            _("Subdistrict"),
            "ตำบล",
            "ชื่อตำบล",
            "แขวง",
            "subdistrict",
            "tambon",
            mendings=AREA_NAME,
            fills=3,
            example="ศรีแก้ว",
        ),
        column(
            "area",
            _("Subdistrict code"),
            "รหัสตำบล",
            "รหัสพื้นที่",
            "subdistrict code",
            "area code",
            mendings=CODE,
            fills=3,
        ),
        column("moo", _("Moo"), "หมู่ที่", "หมู่", "ม.", "moo", mendings=MOO, example="8"),
        column(
            "name_th",
            _("Village name"),
            "ชื่อหมู่บ้าน",
            "หมู่บ้าน",
            "ชื่อบ้าน",
            "บ้าน",
            "ชื่อ",
            "ชื่อหมู่บ้านภาษาไทย",
            "village",
            "name",
            "village name",
            "name in thai",
            mendings=TEXT,
            example="ตระกาจ",
        ),
        column(
            "name_en",
            _("Name in English"),
            "ชื่อภาษาอังกฤษ",
            "ชื่อหมู่บ้านภาษาอังกฤษ",
            "name in english",
            "english name",
            mendings=(TIDY,),
            example="Trakat",
        ),
        column(
            "alt_name",
            _("Second name"),
            "ชื่ออื่น",
            "ชื่อที่สอง",
            "ชื่อเรียกอื่น",
            "second name",
            mendings=(*TEXT, repairs.Mending("ban_prefix", repairs.without_ban)),
            example="โนนกุง",
        ),
        column(
            "latitude",
            _("Latitude"),
            "ละติจูด",
            "latitude",
            "lat",
            mendings=NUMBER,
            example="14.85000",
        ),
        column(
            "longitude",
            _("Longitude"),
            "ลองจิจูด",
            "longitude",
            "lon",
            "lng",
            "long",
            mendings=NUMBER,
            example="104.90000",
        ),
    )
    compared = ("moo", "name_th", "name_en", "alt_name", "latitude", "longitude")

    code = TextField(20)
    province = TextField(100)
    district = TextField(100)
    subdistrict = TextField(100)
    area = TextField(20)
    moo = NumberField(1, 99)
    name_th = TextField(100)
    name_en = TextField(100)
    alt_name = TextField(100)
    latitude = NumberField(5, 21, decimals=5)
    longitude = NumberField(97, 106, decimals=5)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._at_moo: dict[tuple[str, int], str] = {}  # which village of the file has which moo

    def locate(self, cleaned: Mapping[str, Any]) -> None:
        second = cleaned.get("alt_name") or ""
        self._split_name()
        text = cleaned.get("code") or ""
        area = self._area(cleaned)
        code = self._code(text, area, cleaned) if text else self._code_made(area, cleaned)
        if not self.places.allowed.covers(code):
            raise at("code", problem("area_not_yours"))
        stored = self.places.village(code)
        if stored and stored.name == self.written.get("name_th"):  # with its brackets, if any
            self.cleaned_data |= {"name_th": stored.name, "alt_name": second}
        self._found(code, stored)
        self._refuse_taken(code, stored)
        self._refuse_half_a_position()

    def _found(self, code: str, stored: VillageFacts | None) -> None:
        """What the row is about: a stored village, or a new one, which needs a name."""
        name = self._name or (stored.name if stored else "")
        self.judged.key = (code,)
        self.judged.label = f"{code} {name}".strip()
        self.judged.village_code = code
        if stored:
            self.judged.subject = code
            return
        if self.cleaned_data.get("moo") is None and "moo" not in self.errors:
            self.cleaned_data["moo"] = int(code[6:])
            self.note("moo", "moo_from_code", "", str(int(code[6:])))
        self.require(["name_th"])

    def _split_name(self) -> None:
        """What stands in a name beside it: the moo, a second name, the word บ้าน."""
        self._take_moo()
        bare, second = repairs.name_and_second(self._name)
        if second and self.offers("second_name") and not self.cleaned_data.get("alt_name"):
            self._rename("second_name", bare)
            self.cleaned_data["alt_name"] = second
            self._take_moo()
        if self.offers("ban_prefix"):
            self._rename("ban_prefix", repairs.without_ban(self._name))

    @property
    def _name(self) -> str:
        return self.cleaned_data.get("name_th") or ""

    def _take_moo(self) -> None:
        if self.offers("moo_in_name"):
            moo = repairs.moo_behind(self._name)
            if moo and self.cleaned_data.get("moo") is None:
                self.cleaned_data["moo"] = int(moo)
            self._rename("moo_in_name", repairs.without_moo(self._name))

    def _rename(self, kind: str, new: str) -> None:
        if new != self._name:
            self.note("name_th", kind, self._name, new)
            self.cleaned_data["name_th"] = new

    def _area(self, cleaned: Mapping[str, Any]) -> str:
        """The code of the subdistrict, where the row gives it."""
        area = cleaned.get("area") or ""
        if area:
            self.checked_code("area", area, 6)
            with at_field("area"):
                self.places.known_area(area)
            self.refuse_outside("area", area, cleaned)
        return area

    def _code(self, text: str, area: str, cleaned: Mapping[str, Any]) -> str:
        """The code that is given, which lies where the row says."""
        text = self._with_zero(text, area, cleaned)
        code = self.checked_code("code", text, 8)
        now = self.places.former.get(code)
        if now and not self.places.village(code):
            raise at("code", problem("former_code", text=code, now=now))
        if not self.places.village(code):
            with at_field("code"):
                self.places.known_area(code[:6])
        if not code.startswith(area):
            named = f"{self.places.name_of(area)} ({area})"
            raise at("code", problem("not_in_area", text=code, area=named))
        self.refuse_outside("code", code, cleaned)
        return code

    def _with_zero(self, text: str, area: str, cleaned: Mapping[str, Any]) -> str:
        """3314018 in subdistrict 331401 with moo 8 as 33140108: joining them lost the zero."""
        moo = self.cleaned_data.get("moo")
        if len(text) != 7 or moo is None or not self.offers("moo_zero"):
            return text
        with at_field("subdistrict"):
            areas = [area] if area else self.places.fitting(self.area_texts(cleaned, to_check=True))
        if not any(text == f"{code}{moo}" for code in areas):
            return text
        self.note("code", "moo_zero", text, f"{text[:6]}0{moo}")
        return f"{text[:6]}0{moo}"

    def _code_made(self, area: str, cleaned: Mapping[str, Any]) -> str:
        """Without a code: the stored village with that moo, else subdistrict and moo."""
        area = area or self.area_meant(cleaned, "subdistrict")
        moo = self.cleaned_data.get("moo")
        if len(area) != 6 or moo is None:
            raise at("code", problem("place_missing"))
        codes = self.places.villages_at(area, moo)
        if len(codes) > 1:
            raise at("code", problem("ambiguous_village", codes=", ".join(codes)))
        code = codes[0] if codes else f"{area}{moo:02d}"
        kind = "village_found" if codes else "code_made"
        if not self.offers(kind):
            raise at("code", problem("place_missing"))
        self.note("code", kind, "", code)
        return code

    def _refuse_taken(self, code: str, stored: VillageFacts | None) -> None:
        """No two villages of a subdistrict have one moo."""
        moo = self.cleaned_data.get("moo")
        if moo is None or (stored and stored.moo == moo):
            return
        first = self._at_moo.setdefault((code[:6], moo), code)
        others = [other for other in self.places.villages_at(code[:6], moo) if other != code]
        if others or first != code:
            taken = (others or [first])[0]
            self.add_error("moo", problem("moo_taken", moo=moo, village=taken))

    def _refuse_half_a_position(self) -> None:
        if not self.errors.keys() & {"latitude", "longitude"}:
            said = [
                (self.cleaned_data[name] is None, name in self.cleared)
                for name in ("latitude", "longitude")
            ]
            if said[0] != said[1]:
                self.add_error("latitude", problem("half_a_position"))

    def after(self) -> Values:
        said = super().after()
        return said if self.judged.subject else {**said, "code": self.judged.key[0]}


class Villages(Kind):
    name = Import.Kind.VILLAGES
    about = _("One row a village: official code, or subdistrict and moo; name and position.")
    form = VillageRow
    model = Village
    subject = "code"
    named_by = ("code",)
    counted = False
    near = Area.SUBDISTRICT  # where no other village has that moo

    def lock(self, codes: AbstractSet[str], subjects: AbstractSet[str]) -> dict[str, Village]:
        """Their subdistricts too: two imports that add villages there come one after the other."""
        for some in chunks(sorted({code[: Area.SUBDISTRICT] for code in codes})):
            areas = Area.objects.select_for_update(no_key=True).filter(code__in=some)
            list(areas.in_official_order())
        return super().lock(subjects, subjects)

    def lost(self, rows: Sequence[ImportRow], on: date) -> Iterator[ImportRow]:
        """New villages of a subdistrict that was abolished meanwhile."""
        new = {row: row.village_code[: Area.SUBDISTRICT] for row in rows if not row.subject}
        there = standing_areas(new.values())
        yield from (row for row, code in new.items() if code not in there)

    def new(self, row: ImportRow, villages: Mapping[str, Village]) -> Village:
        return Village(subdistrict_id=row.after["code"][:6], **columns_of(Village, row.after))

    def village_of(self, row: Village) -> Village:
        return row

    def cells(self, row: Village) -> dict[str, str]:
        subdistrict = row.subdistrict
        district = subdistrict.parent
        return super().cells(row) | {
            "code": row.code,
            "subdistrict": subdistrict.name_th,
            "district": district.name_th if district else "",
            "province": district.parent.name_th if district and district.parent else "",
        }

    def allowed(self, where: Scope, on: date) -> dict[str, list[str]]:
        """The subdistricts with their codes, a row each, for the areas come before the villages."""
        rows = Area.objects.current().of_level(Area.SUBDISTRICT).filter(where.condition("code"))
        areas = [
            (row, row.parent, row.parent.parent)
            for row in rows.select_related("parent__parent").in_official_order()
            if row.parent and row.parent.parent
        ]
        return {
            "area": [subdistrict.code for subdistrict, _district, _province in areas],
            "subdistrict": [subdistrict.name_th for subdistrict, _district, _province in areas],
            "district": [district.name_th for _subdistrict, district, _province in areas],
            "province": [province.name_th for _subdistrict, _district, province in areas],
        }

    def within(self, where: Scope) -> Iterator[Village]:
        villages = Village.objects.filter(where.condition("code")).with_area().in_official_order()
        return villages.iterator(chunk_size=2_000)
