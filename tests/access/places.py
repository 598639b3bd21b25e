"""A village with one of everything an address can name, in each of the cast's villages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.urls import reverse

from accounts.models import Import, Office, User
from steps.facts import facts_of
from steps.models import (
    Activity,
    Assessment,
    ChangeLeader,
    Enrolment,
    EnrolmentHousehold,
    Evidence,
    EvidenceType,
    Factor,
    KnowledgeRecord,
    Lesson,
    PlanItem,
    ReceivedFile,
    RecordPhoto,
    ShelfDocument,
    Step,
    Submission,
)
from steps.progress import refresh
from steps.recording.decisions import snapshot
from steps.recording.enrolments import enrol
from steps.recording.files import receive
from steps.recording.people import NewHousehold, add_household
from tests.access.addresses import site_addresses
from tests.cast import NOW, World, household, sender
from tests.cast import village as village_of
from tests.pages import photo
from tests.steps.published import lesson_of, photo_of, record_of
from villages.imports import difference
from villages.imports.places import EVERYWHERE
from villages.models import Area, CommitteeMember, Village, WorkingCommittee

DAY = date(2017, 2, 1)
YEAR = 2560
STEP = "1.4"
HANDED_IN = "2.3"
NO_SUBMISSION = 999_999_999
NUMBERED = ("submission", "record", "record photo")  # whose keys are numbers


@dataclass(frozen=True)
class Place:
    """A village, the keys of its objects, and names that only Right.NAMES may see."""

    village: Village
    keys: dict[str, Any]  # a submission's is a number
    names: list[str]
    sender: User

    @property
    def code(self) -> str:
        return self.village.code

    @property
    def district(self) -> str:
        return self.village.code[:4]


def place(world: World, village: Village, officer: User) -> Place:
    """One of everything in a village; the names say which village they are from."""
    enrolment = world.enrolment_of(village)
    where = f"แห่ง{village.code}"
    home = household(village, "99/1", f"นายหัวหน้า{where}", phone=f"08{village.code}")
    EnrolmentHousehold.objects.create(enrolment=enrolment, household=home, target=True)
    member = _member(village, f"นางกรรมการ{where}")
    leader = ChangeLeader.objects.create(
        enrolment=enrolment, name=f"นายผู้นำ{where}", household=home, named_on=DAY
    )
    activity = _activity(world, enrolment, officer)
    activity.attendances.create(household=home)
    activity.member_attendances.create(member=member)
    item = _plan_item(world, enrolment, f"นายแผนงาน{where}")
    contribution = enrolment.contributions.create(
        form="cash", given_on=DAY, description="เงินสมทบ", value=100, recorded_by=officer
    )
    lesson = enrolment.lessons.create(
        step=world.step(STEP),
        prompt="worked",
        kind="success",
        text="ประชุมตอนเย็นมากันครบ",
        photo=_received("purple", officer).blob,
        recorded_by=officer,
    )
    need = enrolment.needs.create(what="พันธุ์ปลา", asked_on=DAY, recorded_by=officer)
    link = enrolment.network_links.create(name="บ้านเพื่อน", stage="known", recorded_by=officer)
    _assessment(enrolment, officer)
    submission = _submission(world, enrolment, officer)
    KnowledgeRecord.objects.create(enrolment=enrolment, title=f"องค์ความรู้ {village.code}")
    shown = _in_library(world, village, officer)
    return Place(
        village,
        keys={
            "submission": submission.pk,
            "household": home.pk,
            "member": member.pk,
            "leader": leader.pk,
            "activity": activity.pk,
            "plan item": item.pk,
            "contribution": contribution.pk,
            "lesson": lesson.pk,
            "need": need.pk,
            "network link": link.pk,
            "photo": _evidence(activity, EvidenceType.PHOTO, "green", officer).pk,
            "sign-in sheet": _evidence(activity, EvidenceType.SIGN_IN, "blue", officer).pk,
            "document": _document(world, village.code[:4], officer).pk,
            "received": _received("red", officer).pk,
            "import": _import(village, officer).pk,
            "record": shown.record_id,
            "record photo": shown.pk,
            "shared lesson": _shared_lesson(shown, officer).pk,
        },
        names=[home.head_name, home.phone, member.name, leader.name, item.person],
        sender=officer,
    )


def _in_library(world: World, beside: Village, by: User) -> RecordPhoto:
    """A photo in a published record, of another village of the same subdistrict."""
    moo = 90 + beside.moo
    neighbour = village_of(f"{beside.code[:6]}{moo}", f"ข้างเคียง{beside.code}")
    enrol(villages=[neighbour], programme=world.programme, officer=None, sender=sender(world.anan))
    enrolment = world.enrolment_of(neighbour)
    record = record_of(enrolment, f"เผยแพร่แล้ว {neighbour.code}", by=by, process_1_4="ประชุม")
    return photo_of(record, _activity(world, enrolment, by), by=by, colour="teal")


def _shared_lesson(shown: RecordPhoto, by: User) -> Lesson:
    blob, enrolment = shown.evidence.blob, shown.record.enrolment
    return lesson_of(enrolment, "บทเรียนแบ่งปัน", by=by, photo=blob, photo_cleared=True)


def _assessment(enrolment: Enrolment, by: User) -> None:
    """What the village said of the one factor there is."""
    factor, new = Factor.objects.get_or_create(
        code="s20",
        defaults={"kind": Factor.Kind.INPUT, "order": 1, "name_th": "คน", "name_en": "People"},
    )
    for level in range(4) if new else ():
        factor.levels.create(level=level, shows_th=f"มี {level} คน", shows_en=f"{level} people")
    assessment = Assessment.objects.create(
        enrolment=enrolment, assessed_on=DAY, assessed_with="officer", by=by
    )
    assessment.levels.create(factor=factor, level=1, evidence="มีคนมาช่วย")


def _import(village: Village, by: User) -> Import:
    """A list of households that was brought in and checked, with a problem."""
    rows = f"รหัสหมู่บ้าน,บ้านเลขที่,หัวหน้าครัวเรือน\n{village.code},,นายจากไฟล์แห่ง{village.code}\n"
    brought = difference.take_in(
        file=BytesIO(rows.encode()), name="households.csv", kind="households", by=by, at=NOW
    )
    difference.check(brought, allowed=EVERYWHERE, by=by, at=NOW)
    return brought


def _member(village: Village, name: str) -> CommitteeMember:
    committee = WorkingCommittee.objects.create(village=village, formed_on=DAY)
    return CommitteeMember.objects.create(
        committee=committee, name=name, kind="formal", joined_on=DAY
    )


def _activity(world: World, enrolment: Enrolment, by: User) -> Activity:
    return Activity.objects.create(
        enrolment=enrolment,
        step=world.step(STEP),
        form="meeting",
        held_on=DAY,
        place="ศาลากลางบ้าน",
        led_by="officer",
        recorded_by=by,
    )


def _plan_item(world: World, enrolment: Enrolment, person: str) -> PlanItem:
    return PlanItem.objects.create(
        enrolment=enrolment,
        step=world.step(STEP),
        owner="community",
        activity="เลี้ยงจิ้งหรีด",
        person=person,
    )


def _submission(world: World, enrolment: Enrolment, by: User) -> Submission:
    """A step of no other use here, handed in as it is."""
    step = world.step(HANDED_IN)
    facts = facts_of([enrolment], today=NOW.date())[0]
    submission = Submission.objects.create(
        progress=enrolment.progress.get(step=step),
        number=1,
        by=by,
        at=NOW,
        snapshot=snapshot(step, facts, {}),
    )
    refresh([enrolment], today=NOW.date())
    return submission


def _received(colour: str, by: User) -> ReceivedFile:
    return receive(upload=photo(colour), type=EvidenceType.PHOTO, by=by, at=NOW)


def _evidence(activity: Activity, type_: str, colour: str, by: User) -> Evidence:
    received = _received(colour, by)
    received.claimed_at = NOW
    received.save(update_fields=["claimed_at"])
    return Evidence.objects.create(
        activity=activity,
        blob=received.blob,
        sha256_received=received.sha256_received,
        type=type_,
        added_by=by,
    )


def _document(world: World, district: str, by: User) -> ShelfDocument:
    received = _received("yellow", by)
    received.claimed_at = NOW
    received.save(update_fields=["claimed_at"])
    return ShelfDocument.objects.create(
        district_id=district,
        programme=world.programme,
        source="department",
        title="แนวทางหมู่บ้านเศรษฐกิจพอเพียง",
        blob=received.blob,
        added_by=by,
    )


@dataclass(frozen=True)
class Map:
    """Own is Nida's; the sibling lies in the next district, the other in the next province."""

    own: Place
    sibling: Place
    other: Place

    @property
    def all(self) -> list[Place]:
        return [self.own, self.sibling, self.other]


def everywhere(world: World) -> Map:
    """One of everything in each of three villages."""
    Office.objects.create(area=Area.objects.get(code="3314"), name="ที่ว่าการอำเภอ")
    Step.objects.filter(number=HANDED_IN).update(reviewer=Step.Reviewer.CHIEF)
    home = NewHousehold(house_no="98", head_name="นายใบรับ แห่งเดียว")
    add_household(village=world.trakat, household=home, sender=sender(world.nida))  # a receipt
    return Map(
        own=place(world, world.trakat, officer=world.nida),
        sibling=place(world, world.malu, officer=world.kanya),
        other=place(world, world.mueang, officer=world.anan),
    )


def address(name: str, at: Place, takes: str = "", **other: Any) -> str:
    """The address of this name for a place, with some of its parts replaced."""
    parts = {
        "village": at.code,
        "area": at.district,
        "district": at.district,
        "year": YEAR,
        "step": STEP,
        "submission": at.keys["submission"],
        "record": at.keys["record"],
        "record_photo": at.keys["record photo"],
        "section": "background",
        "kind": "villages",
        "outcome": "problem",
        "object": at.keys.get(takes),
        **other,
    }
    asks = site_addresses()[name].asks
    return reverse(name, kwargs={argument: parts[kind] for argument, kind in asks.items()})


def absent() -> dict[str, Any]:
    """Values no row has."""
    return {"village": "33140299", "area": "3399", "district": "3399", "year": 2561, "step": "1.9"}


def nowhere(like: Place) -> Place:
    """A place that is not there, to be answered as one that may not be seen."""
    village = Village(pk=0, code=absent()["village"], name_th="ไม่มี")
    keys: dict[str, Any] = {name: uuid4() for name in like.keys}
    keys |= dict.fromkeys(NUMBERED, NO_SUBMISSION)
    return replace(like, village=village, keys=keys, names=[])
