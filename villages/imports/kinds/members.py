"""Members of working committees, known by their id, or by name in their village."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.access import Scope
from accounts.history import Note
from accounts.models import History, Import, ImportRow
from accounts.rights import Right
from steps.recording.people import MEMBER_FIELDS, serving_committee
from villages.imports.fields import DayField, HouseField, PhoneField, TextField, WordField
from villages.imports.kinds.base import (
    ROWS_AT_ONCE,
    Kind,
    chunks,
    columns_of,
    thai,
    thai_day,
    tidied,
)
from villages.imports.kinds.households import (
    PHONE_COLUMN,
    join_name,
    name_columns,
    stored_households,
    village_cells,
)
from villages.imports.places import Nearby, VillageFacts, code_range
from villages.imports.repairs import DIGITS, HOUSE, TEXT, TIDY, titled_name
from villages.imports.rows import InVillageForm, at, column, village_columns
from villages.imports.words import problem
from villages.models import CommitteeMember, Household, LeaderKind, Village, WorkingCommittee

WRITTEN_SO = {  # the write-up's own words (2.1)
    "ผู้นำที่เป็นทางการ": LeaderKind.FORMAL.value,
    "ผู้นำตามธรรมชาติ": LeaderKind.NATURAL.value,
    "ผู้นำกลุ่มองค์กร": LeaderKind.GROUP.value,
    "ผู้นำกลุ่ม": LeaderKind.GROUP.value,
}


class Stored(NamedTuple):
    """What finding a member needs."""

    pk: str
    name: str
    left: Any
    household: str
    erased: bool


class MemberRow(InVillageForm):
    """A member of a village's working committee."""

    columns = (
        column("id", _("Id"), "รหัสอ้างอิง", "id", mendings=(TIDY,)),
        *village_columns(),
        *name_columns(
            "name", _("Name"), "ชื่อ", "ชื่อ-สกุล", "ชื่อ สกุล", "ชื่อ-นามสกุล", "ชื่อคณะทำงาน", "name"
        ),
        column("position", _("Position"), "ตำแหน่ง", "position", mendings=TEXT, example="ประธาน"),
        column(
            "kind",
            _("Comes as"),
            "มาในฐานะ",
            "ประเภทผู้นำ",
            "ประเภท",
            "ฐานะ",
            "comes as",
            "kind",
            mendings=TEXT,
            example="ผู้นำทางการ",
        ),
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
        PHONE_COLUMN,
        column(
            "joined_on",
            _("Serves since"),
            "เป็นคณะทำงานตั้งแต่",
            "วันที่แต่งตั้ง",
            "ตั้งแต่วันที่",
            "ตั้งแต่",
            "serves since",
            "joined on",
            mendings=(TIDY, DIGITS),
            example="1/10/2569",
        ),
    )
    compared = MEMBER_FIELDS
    house_columns = frozenset({"house_no"})
    day_columns = frozenset({"joined_on"})

    id = TextField(40)
    title = TextField(30)
    name = TextField(150)
    surname = TextField(100)
    position = TextField(100)
    house_no = HouseField(20)
    phone = PhoneField(30)
    joined_on = DayField()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"] = WordField(*leader_words())
        self.members = Nearby(_members)
        self.households = Nearby(stored_households)

    def locate(self, cleaned: Mapping[str, Any]) -> None:
        join_name(self, "name")
        village = self.village_meant(cleaned)
        name = self.cleaned_data.get("name") or ""
        self.judged.label = name
        self._check_day(cleaned)
        found = self._stored(village, name)
        if found and found.erased:
            raise at("id", problem("ended"))
        if found:
            self.judged.subject = found.pk
            self.judged.key = (found.pk,)
            if found.left and cleaned.get("joined_on") and cleaned["joined_on"] > found.left:
                raise at("joined_on", problem("joined_after_leaving"))
        else:
            self.require(["name", "kind", "joined_on"])
            self.judged.key = (village.code, name)
        if name and not (found and found.left):
            serving = (row for row in self.members.of(village) if row.left is None)
            named = [row.pk for row in serving if row.name == name]
            self.claim("name", (village.code, name), named)
        self._household(village, cleaned.get("house_no") or "", found)

    def _check_day(self, cleaned: Mapping[str, Any]) -> None:
        if cleaned.get("joined_on") and cleaned["joined_on"] > self.today:
            self.add_error("joined_on", problem("future_date"))

    def _stored(self, village: VillageFacts, name: str) -> Stored | None:
        rows = self.members.of(village)
        key = self.cleaned_data.get("id") or ""
        if key:
            found = next((row for row in rows if row.pk == key.lower()), None)
            if found is None:
                raise at("id", problem("unknown_id"))
            return found
        serving = [row for row in rows if row.left is None]
        same = [row for row in serving if titled_name(row.name) == titled_name(name)]
        return same[0] if same else None

    def _household(self, village: VillageFacts, house_no: str, member: Stored | None) -> None:
        """The household the member belongs to, by its number; of two, the one they have."""
        self.cleaned_data["household"] = ""
        if "house_no" in self.cleared:
            self.cleared.add("household")
        if not house_no:
            return
        numbers = (house_no, self.written.get("house_no"))  # stored as it is written, or repaired
        rows = [row for row in self.households.of(village) if row.house_no in numbers]
        own = [row.pk for row in rows if member and row.pk == member.household]
        fitting = own or [row.pk for row in rows if not row.ended]
        if not fitting:
            raise at("house_no", problem("unknown_household"))
        if len(fitting) > 1:
            raise at("house_no", problem("ambiguous_household"))
        self.cleaned_data["household"] = fitting[0]


class Members(Kind):
    name = Import.Kind.MEMBERS
    about = _("One row a member of a village's working committee.")
    form = MemberRow
    model = CommitteeMember
    personal = True
    opened_to = frozenset({Right.ADMINISTER, Right.RECORD})

    def rows_of(self, subjects: Collection[str]) -> list[CommitteeMember]:
        members = CommitteeMember.objects.select_related("committee__village")
        return [row for some in chunks(sorted(subjects)) for row in members.filter(pk__in=some)]

    def village_of(self, row: CommitteeMember) -> Village:
        return row.committee.village

    def named(self, row: CommitteeMember) -> str:
        return f"{row.position or LeaderKind(row.kind).label} ({row.committee.village.code})"

    def in_use(self, row: CommitteeMember) -> bool:
        return row.left_on is not None

    def nameable(self) -> dict[str, models.QuerySet[Any]]:
        return {"household": Household.objects.filter(ended_on=None, erased_on=None)}

    def prepare(self, rows: Sequence[ImportRow], villages: Mapping[str, Village]) -> list[Note]:
        """The committees they join: formed by the first, or earlier than was known."""
        first: dict[str, date] = {}
        for row in rows:
            joined_on = date.fromisoformat(row.after["joined_on"])
            first[row.village_code] = min(joined_on, first.get(row.village_code, joined_on))
        stood = _serving(villages[code] for code in first)
        notes = []
        for code, day in sorted(first.items()):
            old = stood.get(villages[code].pk)
            committee = serving_committee(villages[code], formed_on=day)
            if old is None or old.formed_on != committee.formed_on:
                verb = "import_change" if old else "import_new"
                change = (old.formed_on if old else None, committee.formed_on)
                notes.append(Note(verb, committee, villages[code], {"formed_on": change}))
        return notes

    def create(self, rows: Sequence[ImportRow], villages: Mapping[str, Village]) -> list[Any]:
        committees = _serving(villages[row.village_code] for row in rows)
        made = [
            CommitteeMember(
                committee=committees[villages[row.village_code].pk],
                **columns_of(CommitteeMember, row.after),
            )
            for row in rows
        ]
        return CommitteeMember.objects.bulk_create(map(tidied, made), batch_size=ROWS_AT_ONCE)

    def cells(self, row: CommitteeMember) -> dict[str, str]:
        return super().cells(row) | {
            "id": str(row.pk),
            "kind": thai(LeaderKind(row.kind).label),
            "house_no": row.household.house_no if row.household else "",
            "joined_on": thai_day(row.joined_on),
            **village_cells(row.committee.village),
        }

    def allowed(self, where: Scope, on: date) -> dict[str, list[str]]:
        return {"kind": leader_words()[1]}

    def within(self, where: Scope) -> Iterator[CommitteeMember]:
        """Those who serve."""
        rows = CommitteeMember.objects.filter(where.condition("committee__village__code"))
        rows = rows.filter(left_on=None, erased_on=None).select_related(
            "committee__village", "household"
        )
        in_order = rows.order_by("committee__village__code", "joined_on", "name")
        return in_order.iterator(chunk_size=2_000)

    def settle(self, entries: models.QuerySet[History]) -> None:
        """A committee without members was formed by the import; another one as early as before."""
        label = WorkingCommittee._meta.label_lower
        for entry in entries.filter(subject_type=label).prefetch_related("values_kept"):
            committee = WorkingCommittee.objects.filter(pk=entry.subject_id).first()
            if committee is None:
                continue
            days = [date.fromisoformat(value.old) for value in entry.values_kept.all() if value.old]
            days += committee.members.values_list("joined_on", flat=True)
            if days:
                committee.formed_on = min(days)
                committee.save(update_fields=["formed_on"])
            else:
                committee.delete()


def _serving(villages: Iterable[Village]) -> dict[int, WorkingCommittee]:
    """The committee that serves each village, by the village's key; at most one does."""
    return {
        row.village_id: row
        for some in chunks({village.pk for village in villages})
        for row in WorkingCommittee.objects.filter(village__in=some, ended_on=None).select_related(
            "village"
        )
    }


def leader_words() -> tuple[dict[str, str], list[str]]:
    """Every word for the four kinds of leader in both languages, and the Thai ones."""
    words: dict[str, str] = {}
    for language in ("en", "th"):
        with override(language):
            thai = [str(kind.label) for kind in LeaderKind]
            words |= {str(kind.label): kind.value for kind in LeaderKind}
    return words | WRITTEN_SO | {kind.value: kind.value for kind in LeaderKind}, thai


def _members(subdistrict: str) -> Iterator[tuple[int, Stored]]:
    rows = CommitteeMember.objects.filter(**code_range("committee__village__code", subdistrict))
    for village, pk, name, left, household, erased_on in rows.order_by().values_list(
        "committee__village", "pk", "name", "left_on", "household", "erased_on"
    ):
        yield village, Stored(str(pk), name, left, str(household or ""), erased_on is not None)
