"""Somebody whose name and phone stand everywhere they can; and where they still do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models

from accounts.models import Import
from steps.models import (
    ChangeLeader,
    Enrolment,
    EnrolmentHousehold,
    Evidence,
    EvidenceType,
    Plan,
    PlanItem,
    Requirement,
    Step,
)
from steps.personal.rows import PersonRow
from steps.recording import activities, decisions, knowledge, people, plans
from steps.recording.activities import Occasion, Part
from steps.recording.enrolments import programme_changed
from steps.recording.files import receive
from steps.recording.people import NewChangeLeader, NewHousehold, NewMember
from steps.recording.plans import NewPlanItem
from tests.cast import NOW, World, sender
from tests.imports.bringing import checked
from tests.pages import photo
from villages.models import CommitteeMember, Household

PHONE = "081-234-5678"


@dataclass
class Planted:
    """A household's head who also serves on the committee and leads change, written of by Nida.

    Step 1.4 is handed in on it, with a plan that names the person; the plan of 1.2 stays open. The
    meeting was one with Phing Phuai, which handed it in as well and drafted its record from it.
    """

    world: World
    name: str = field(default_factory=lambda: f"นางแก้ว{uuid4().hex} มณีวงศ์")
    household: Household = field(init=False)
    member: CommitteeMember = field(init=False)
    leader: ChangeLeader = field(init=False)
    item: PlanItem = field(init=False)
    brought: Import = field(init=False)

    def __post_init__(self) -> None:
        Requirement.objects.update(level="advised")
        Step.objects.filter(number="1.4").update(reviewer="chief")
        self.world.programme.refresh_from_db()
        programme_changed(programme=self.world.programme, sender=sender(self.world.anan))
        self._people()
        self._plan()
        self._activity()
        self._import()
        for enrolment in (self.world.enrolment, self.beside):
            decisions.submit(
                enrolment=enrolment,
                step=self.world.step("1.4"),
                reasons={},
                sender=sender(self.world.nida),
            )
        knowledge.draft_record(enrolment=self.beside, sender=sender(self.world.nida))

    @property
    def rows(self) -> list[PersonRow]:
        return [self.household, self.member, self.leader]

    @property
    def beside(self) -> Enrolment:
        """The year of the village that shared the meeting."""
        return self.world.enrolment_of(self.world.phing)

    def _people(self) -> None:
        nida, village = self.world.nida, self.world.trakat
        home = NewHousehold("88/1", "ยังไม่ทราบ", people=4, cluster="คุ้มวัด", main_occupation_id="rice")
        outcome = people.add_household(village=village, household=home, sender=sender(nida))
        self.household = Household.objects.get(pk=outcome.result["household"])
        people.edit_household(
            household=self.household,
            started={"head_name": "ยังไม่ทราบ"},
            wanted={"head_name": self.name, "phone": PHONE},
            sender=sender(nida),
        )
        people.mark_households(
            enrolment=self.world.enrolment,
            started={},
            wanted={f"target-{self.household.pk}": "on", f"model-{self.household.pk}": "on"},
            sender=sender(nida),
        )
        EnrolmentHousehold.objects.filter(household=self.household).update(
            livelihood=f"จิ้งหรีดของ{self.name}"
        )
        member = NewMember(
            self.name,
            "formal",
            date(2017, 1, 10),
            position="ผู้ใหญ่บ้าน",
            household_id=self.household.pk,
            phone="0812345678",
        )
        outcome = people.add_member(village=village, member=member, sender=sender(nida))
        self.member = CommitteeMember.objects.get(pk=outcome.result["member"])
        leader = NewChangeLeader(self.name, date(2017, 2, 1), self.household.pk)
        outcome = people.name_change_leader(
            enrolment=self.world.enrolment, leader=leader, sender=sender(nida)
        )
        self.leader = ChangeLeader.objects.get(pk=outcome.result["change_leader"])

    def _plan(self) -> None:
        step, nida = self.world.step("1.4"), self.world.nida
        item = NewPlanItem(
            "community",
            "เลี้ยงจิ้งหรีด",
            starts_on=date(2017, 4, 1),
            ends_on=date(2017, 5, 1),
            method=f"โทร {PHONE} ก่อนเริ่ม",
            person=f"{self.name} และคณะ",
        )
        enrolment = self.world.enrolment
        for planned in (step, self.world.step("1.2")):  # the second one stays open
            plans.add_plan_item(
                enrolments=[enrolment], step=planned, item=item, sender=sender(nida)
            )
        self.item = PlanItem.objects.get(enrolment=enrolment, step=step)
        goal = f"ให้{self.name}สอนเพื่อนบ้าน"
        plans.set_goal(enrolment=enrolment, step=step, started="", goal=goal, sender=sender(nida))
        assert Plan.objects.filter(goal=goal).exists()

    def _activity(self) -> None:
        values = {
            "form": "meeting",
            "held_on": "2017-03-01",
            "place": f"บ้าน{self.name}",
            "led_by": "officer",
            "total": "25",
            "summary": f"{self.name} เล่าประสบการณ์",
        }
        came = {f"household-{self.household.pk}": "head", f"member-{self.member.pk}": "ready"}
        step = self.world.step("1.4")
        parts = [Part(self.world.enrolment, step, came), Part(self.beside, step)]
        activities.record(occasion=Occasion(parts, values), sender=sender(self.world.nida))
        activity = self.world.enrolment.activities.get()
        for type_, colour in ((EvidenceType.PHOTO, "green"), (EvidenceType.SIGN_IN, "blue")):
            received = receive(upload=photo(colour), type=type_, by=self.world.nida, at=NOW)
            received.claimed_at, received.name = NOW, f"{self.name}.jpg"
            received.save()
            for one in (activity, self.beside.activities.get()):
                Evidence.objects.create(
                    activity=one,
                    blob=received.blob,
                    sha256_received=received.sha256_received,
                    type=type_,
                    caption=f"{self.name}กับจิ้งหรีด",
                    added_by=self.world.nida,
                )

    def _import(self) -> None:
        """A file that was checked: the name stands in it, its sample, a repair and its rows."""
        row = {
            "village_code": self.world.trakat.code,
            "house_no": "89/1",
            "head_name": self.name.replace(" ", "  "),
            "phone": PHONE,
        }
        self.brought = checked("households", [row], by=self.world.anan)

    def stands_in(self) -> set[str]:
        """Every column of every table that still holds the name or the phone."""
        token = self.name.split()[0].removeprefix("นาง")
        return set(columns_with(token)) | set(columns_with(PHONE)) | set(columns_with("0812345678"))


def columns_with(words: str) -> Iterator[str]:
    """app.Model.field for all fields of all tables in which the words stand."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.values():
            for name, value in row.items():
                if words in str(value):
                    yield f"{model._meta.label}.{name}"


def figures() -> dict[str, list[dict[str, Any]]]:
    """Everything that is counted, row by row."""
    counted = ["StepProgress", "YearProgress", "Tally", "OccasionReach", "Attendance"]
    counted += ["MemberAttendance", "GroupCount"]
    found: list[type[models.Model]] = [apps.get_model("steps", name) for name in counted]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in found}
