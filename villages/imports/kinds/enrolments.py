"""Villages in a programme year: responsible officer and budget."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Scope
from accounts.models import Import, ImportRow, User
from accounts.rights import Right
from steps.models import Enrolment, Programme, StepProgress, YearProgress
from steps.progress import take_out
from steps.recording.core import Values
from villages.imports.fields import NumberField, TextField
from villages.imports.kinds.base import Kind, assign, chunks
from villages.imports.kinds.households import village_cells
from villages.imports.places import Nearby, VillageFacts, code_range
from villages.imports.repairs import DIGITS, NUMBER, TIDY, Mending
from villages.imports.rows import InVillageForm, at, column, village_columns
from villages.imports.words import problem
from villages.models import Village

MOST_BAHT = 9_999_999_999


def bare_year(text: str) -> str:
    """ปีงบประมาณ พ.ศ. 2570 as 2570."""
    return re.sub(r"^(ปีงบประมาณ|ปี)?\s*(พ\.\s?ศ\.)?\s*(?=[0-9])", "", text)


class EnrolmentRow(InVillageForm):
    """A village taking part in a year."""

    columns = (
        column(
            "year",
            _("Fiscal year (พ.ศ.)"),
            "ปีงบประมาณ",
            "ปีงบประมาณ พ.ศ.",
            "ปี",
            "พ.ศ.",
            "year",
            "fiscal year",
            mendings=(TIDY, DIGITS, Mending("number_words", bare_year)),
            example="2570",
        ),
        *village_columns(),
        column(
            "officer",
            _("Officer's staff id"),
            "รหัสเจ้าหน้าที่",
            "รหัสพัฒนากร",
            "พัฒนากรผู้รับผิดชอบ",
            "ผู้รับผิดชอบ",
            "เจ้าหน้าที่",
            "staff id",
            "officer",
            mendings=(TIDY,),
            example="somchai.r",
        ),
        column(
            "budget",
            _("Government budget, baht"),
            "งบประมาณ",
            "งบประมาณ (บาท)",
            "จำนวนเงิน",
            "budget",
            mendings=NUMBER,
            example="25000",
        ),
    )
    compared = ("officer", "budget")

    year = NumberField(2500, 2700)
    officer = TextField(50)
    budget = NumberField(0, MOST_BAHT, decimals=2)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.enrolments = Nearby(_enrolments)

    @cached_property
    def programmes(self) -> dict[int, int]:
        """The key of each programme, by its year."""
        return dict(Programme.objects.values_list("year", "pk"))

    @cached_property
    def officers(self) -> dict[str, tuple[str, Scope]]:
        """Everybody who may sign in and where they may record, by staff id in small letters."""
        scopes = access.scopes(Right.RECORD, self.today)
        active = User.objects.filter(is_active=True).values_list("pk", "staff_id")
        return {
            staff_id.lower(): (str(pk), scopes.get(pk, access.NOWHERE)) for pk, staff_id in active
        }

    def locate(self, cleaned: Mapping[str, Any]) -> None:
        village = self.village_meant(cleaned)
        year = cleaned.get("year")
        self.judged.label = f"{village.code} {village.name}"
        if year is None:
            self.require(["year"])
            return
        if year not in self.programmes:
            raise at("year", problem("unknown_year"))
        self.judged.key = (str(year), village.code)
        self.judged.label += f" {year}"
        pk, stands = dict(self.enrolments.of(village)).get(year, ("", ("", "")))
        self.judged.subject = pk
        self._officer(cleaned.get("officer") or "", village, stands)

    def _officer(self, staff_id: str, village: VillageFacts, stands: tuple[str, str]) -> None:
        """Who is responsible, by staff id; the same rule as on the pages.

        Who ``stands`` there, by key and staff id, may be named again whatever became of them.
        """
        if not staff_id:
            return
        if staff_id.lower() == stands[1].lower():
            self.cleaned_data["officer"] = stands[0]
            return
        known = self.officers.get(staff_id.lower())
        if known is None:
            raise at("officer", problem("unknown_officer"))
        key, area = known
        if not area.covers(village.code):
            raise at("officer", problem("not_posted"))
        self.cleaned_data["officer"] = key

    def after(self) -> Values:
        said = super().after()
        if self.judged.subject:
            return said
        return {**said, "programme": str(self.programmes[int(self.judged.key[0])])}


class Enrolments(Kind):
    name = Import.Kind.ENROLMENTS
    about = _("One row a village and fiscal year: responsible officer and budget.")
    form = EnrolmentRow
    model = Enrolment
    named_by = ("programme",)
    derived = (StepProgress, YearProgress)

    def rows_of(self, subjects: Collection[str]) -> list[Enrolment]:
        rows = Enrolment.objects.select_related("programme", "village", "officer")
        return [row for some in chunks(sorted(subjects)) for row in rows.filter(pk__in=some)]

    def nameable(self) -> dict[str, models.QuerySet[Any]]:
        return {"programme": Programme.objects.all()}

    def lost(self, rows: Sequence[ImportRow], on: date) -> Iterator[ImportRow]:
        """Also those whose officer may not record in the village any more, or not sign in."""
        yield from super().lost(rows, on)
        named = {row: int(row.after["officer"]) for row in rows if row.after.get("officer")}
        recording = access.scopes(Right.RECORD, on, set(named.values()))
        for row, officer in named.items():
            if not recording.get(officer, access.NOWHERE).covers(row.village_code):
                yield row

    def new(self, row: ImportRow, villages: Mapping[str, Village]) -> Enrolment:
        enrolment = Enrolment(
            programme_id=int(row.after["programme"]), village=villages[row.village_code]
        )
        assign(enrolment, {name: row.after.get(name, "") for name in self.form.compared})
        return enrolment

    def in_use(self, row: Enrolment) -> bool:
        return row.own_target is not None

    def cells(self, row: Enrolment) -> dict[str, str]:
        return {
            **super().cells(row),
            "year": str(row.programme.year),
            "officer": row.officer.staff_id if row.officer else "",
            **village_cells(row.village),
        }

    def allowed(self, where: Scope, on: date) -> dict[str, list[str]]:
        """Every year there is, and who may record there with their names."""
        years = Programme.objects.order_by("-year").values_list("year", flat=True)
        here = {
            key
            for key, area in access.scopes(Right.RECORD, on).items()
            if access.both(where, area) != access.NOWHERE
        }
        accounts = User.objects.order_by("staff_id")
        officers = [user for user in accounts if user.pk in here]
        return {
            "year": list(map(str, years)),
            "officer": [user.staff_id for user in officers],
            str(_("Name")): [user.name for user in officers],
        }

    def within(self, where: Scope) -> Iterator[Enrolment]:
        rows = Enrolment.objects.filter(where.condition("village__code"))
        rows = rows.select_related("programme", "village", "officer")
        return rows.order_by("-programme__year", "village__code").iterator(chunk_size=2_000)

    def delete(self, rows: Sequence[Any]) -> None:
        """With their rows of progress, and out of the sums of their areas."""
        take_out(rows)


def _enrolments(subdistrict: str) -> Any:
    rows = Enrolment.objects.filter(**code_range("village__code", subdistrict)).order_by()
    columns = ("village", "programme__year", "pk", "officer", "officer__staff_id")
    for village, year, pk, officer, staff_id in rows.values_list(*columns):
        yield village, (year, (str(pk), (str(officer or ""), staff_id or "")))
