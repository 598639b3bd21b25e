"""Villages: official code, or subdistrict and moo; name, second name, position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.access import Scope
from accounts.models import Import, ImportRow
from steps.recording.core import Values
from villages.imports import repairs
from villages.imports.fields import NumberField, TextField
from villages.imports.kinds.base import Kind, chunks, columns_of
from villages.imports.repairs import AREA_NAME, CODE, MOO, NUMBER, TEXT, TIDY
from villages.imports.rows import RowForm, at, column
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
            _("Name in Thai"),
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

    def locate(self, cleaned: Mapping[str, Any]) -> None:
        self._split_name()
        subdistrict = self._subdistrict(cleaned)
        text = cleaned.get("code") or ""
        code = self._code(text, subdistrict) if text else self._code_made(subdistrict)
        self._refuse_elsewhere(code, subdistrict)
        stored = self.places.village(code)
        self.judged.key = (code,)
        name = self.cleaned_data.get("name_th") or (stored.name if stored else "")
        self.judged.label = f"{code} {name}".strip()
        self.judged.village_code = code
        if stored:
            self.judged.subject = code
        else:
            self._check_new(code)
        if ("latitude" in self.cleared) != ("longitude" in self.cleared) or (
            (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None)
        ):
            self.add_error("latitude", problem("half_a_position"))

    def _split_name(self) -> None:
        """What stands in a name beside it: the moo, a second name, the word บ้าน."""
        name = self.cleaned_data.get("name_th") or ""
        parts = [("moo_in_name", repairs.without_moo), ("ban_prefix", repairs.without_ban)]
        moo = repairs.moo_behind(name)
        bare, second = repairs.name_and_second(repairs.without_moo(name))
        if second and self.offers("second_name") and not self.cleaned_data.get("alt_name"):
            self.note("name_th", "second_name", name, bare)
            self.cleaned_data["alt_name"] = second
            name = bare
        for kind, mend in parts:
            if self.offers(kind) and mend(name) != name:
                self.note("name_th", kind, name, mend(name))
                name = mend(name)
        if moo and self.offers("moo_in_name") and self.cleaned_data.get("moo") is None:
            self.cleaned_data["moo"] = int(moo)
        self.cleaned_data["name_th"] = name

    def _subdistrict(self, cleaned: Mapping[str, Any]) -> str:
        """The subdistrict the row names by code or by name; "" where it names none."""
        area = cleaned.get("area") or ""
        if area:
            self.checked_code("area", area, 6)
        try:
            if area:
                self.places.known_area(area)
            has_code = bool(area or cleaned.get("code"))
            named = self.places.narrowed(self.area_texts(cleaned, to_check=has_code))
        except ValidationError as error:
            raise at("area" if area else "subdistrict", error) from error
        if area and not area.startswith(named):
            raise at("area", problem("not_in_area", text=area, area=self.places.name_of(named)))
        return area or named

    def _code(self, text: str, subdistrict: str) -> str:
        moo = self.cleaned_data.get("moo")
        lost = subdistrict + str(moo)
        if len(text) == 7 and len(lost) == 7 and text == lost and self.offers("moo_zero"):
            self.note("code", "moo_zero", text, f"{subdistrict}0{moo}")
            text = f"{subdistrict}0{moo}"
        code = self.checked_code("code", text, 8)
        now = self.places.former.get(code)
        if now and not self.places.village(code):
            raise at("code", problem("former_code", text=code, now=now))
        if not self.places.village(code):
            try:
                self.places.known_area(code[:6])
            except ValidationError as error:
                raise at("code", error) from error
        return code

    def _code_made(self, subdistrict: str) -> str:
        """Without a code: the stored village with that moo, else subdistrict and moo."""
        moo = self.cleaned_data.get("moo")
        if len(subdistrict) != 6 or moo is None:
            raise at("code", problem("place_missing"))
        codes = self.places.villages_at(subdistrict, moo)
        if len(codes) > 1:
            raise at("code", problem("ambiguous_village", codes=", ".join(codes)))
        code = codes[0] if codes else f"{subdistrict}{moo:02d}"
        kind = "village_found" if codes else "code_made"
        if not self.offers(kind):
            raise at("code", problem("place_missing"))
        self.note("code", kind, "", code)
        return code

    def _refuse_elsewhere(self, code: str, subdistrict: str) -> None:
        if subdistrict and not code.startswith(subdistrict):
            area = f"{self.places.name_of(subdistrict)} ({subdistrict})"
            raise at("code", problem("not_in_area", text=code, area=area))
        if not self.places.allowed.covers(code):
            raise at("code", problem("area_not_yours"))

    def _check_new(self, code: str) -> None:
        if self.cleaned_data.get("moo") is None and "moo" not in self.errors:
            self.cleaned_data["moo"] = int(code[6:])
            self.note("moo", "moo_from_code", "", str(int(code[6:])))
        self.require(["name_th"])
        moo = self.cleaned_data.get("moo")
        taken: list[str] = self.places.villages_at(code[:6], moo) if moo else []
        if taken:
            self.add_error("moo", problem("moo_taken", moo=moo, village=taken[0]))

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

    def within(self, where: Scope) -> Iterator[Village]:
        villages = Village.objects.filter(where.condition("code")).with_area().in_official_order()
        return villages.iterator(chunk_size=2_000)
