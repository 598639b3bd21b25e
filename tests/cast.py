"""The people and places of the tests, by name.

Nida and Somsak are officers of Si Rattana (3314), Kanya of Kantharalak (3304). Wichai was an
officer of Si Rattana and moved to Kantharalak. Malee's account was closed. Prasit is chief of
Si Rattana, Suda works for the province (33), Wipa for the department, Anan is administrator.
Ban Trakat (33140108) comes from the fixtures. All of them are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.core.management import call_command

from accounts.models import Posting, User
from accounts.rights import Role
from steps.models import Enrolment, Programme, Step
from steps.recording.core import Sender
from steps.recording.enrolments import enrol
from villages.models import Area, Household, Village

BANGKOK = ZoneInfo("Asia/Bangkok")
START = date(2016, 10, 1)
NOW = datetime(2017, 3, 23, 9, 0, tzinfo=BANGKOK)  # the day of the write-up, within programme 2560
TODAY = NOW.date()
PASSWORD = "sammachip"

AREAS = [
    ("33", "ศรีสะเกษ", "Si Sa Ket"),
    ("34", "อุบลราชธานี", "Ubon Ratchathani"),
    ("3304", "กันทรลักษ์", "Kantharalak"),
    ("3314", "ศรีรัตนะ", "Si Rattana"),
    ("3401", "เมืองอุบลราชธานี", "Mueang Ubon Ratchathani"),
    ("330401", "บึงมะลู", "Bueng Malu"),
    ("331401", "ศรีแก้ว", "Si Kaeo"),
    ("331402", "พิงพวย", "Phing Phuai"),
    ("340101", "ในเมือง", "Nai Mueang"),
]


def sender(by: User, at: datetime = NOW, client_id: UUID | None = None) -> Sender:
    """Someone who writes, at the tests' time, under a new id."""
    return Sender(by=by, at=at, client_id=client_id or uuid4())


def load_basics() -> None:
    """Areas, the programme of 2560 and Ban Trakat, unless they are there."""
    if Programme.objects.exists():
        return
    for code, name_th, name_en in AREAS:
        Area.objects.create(
            code=code, name_th=name_th, name_en=name_en, parent_id=code[:-2] or None
        )
    call_command("loaddata", "programme-2560", "ban-trakat", verbosity=0)


def person(staff_id: str, name: str, position: str) -> User:
    """Somebody who can sign in, with the tests' password."""
    user = User(staff_id=staff_id, name=name, position=position)
    user.set_password(PASSWORD)
    user.save()
    return user


def post(
    user: User, role: Role, code: str | None, *, starts: date = START, ends: date | None = None
) -> Posting:
    """Post somebody in an area; no code: nationally."""
    return Posting.objects.create(
        user=user,
        role=role,
        area_id=code,
        national=code is None,
        starts_on=starts,
        ends_on=ends,
    )


def village(code: str, name: str) -> Village:
    """A village with its code's subdistrict and moo."""
    row = Village(code=code, subdistrict_id=code[:6], moo=int(code[6:]), name_th=name)
    row.save()
    return row


def household(of: Village, house_no: str, head_name: str, **fields: Any) -> Household:
    row = Household(village=of, house_no=house_no, head_name=head_name, **fields)
    row.save()
    return row


@dataclass
class World:
    """Everybody and everywhere, for one test."""

    nida: User = field(init=False)
    somsak: User = field(init=False)
    kanya: User = field(init=False)
    wichai: User = field(init=False)
    malee: User = field(init=False)
    prasit: User = field(init=False)
    suda: User = field(init=False)
    wipa: User = field(init=False)
    anan: User = field(init=False)
    programme: Programme = field(init=False)
    trakat: Village = field(init=False)  # of Nida and Somsak
    phing: Village = field(init=False)  # another of their district
    malu: Village = field(init=False)  # of Kanya's district, the same province
    mueang: Village = field(init=False)  # of another province
    enrolment: Enrolment = field(init=False)  # Ban Trakat in 2560

    def __post_init__(self) -> None:
        load_basics()
        self._people()
        self._postings()
        self._places()

    def _people(self) -> None:
        self.nida = person("nida", "นางสาวนิดา พวงแก้ว", "พัฒนากร")
        self.somsak = person("somsak", "นายสมศักดิ์ ทองดี", "พัฒนากร")
        self.kanya = person("kanya", "นางกัญญา บุญเรือง", "พัฒนากร")
        self.wichai = person("wichai", "นายวิชัย มีสุข", "พัฒนากร")
        self.malee = person("malee", "นางมาลี ศรีทอง", "พัฒนากร")
        self.prasit = person("prasit", "นายประสิทธิ์ แสนดี", "พัฒนาการอำเภอ")
        self.suda = person("suda", "นางสุดา วงศ์งาม", "นักวิชาการพัฒนาชุมชน")
        self.wipa = person("wipa", "นางสาววิภา ใจงาม", "นักวิชาการพัฒนาชุมชน")
        self.anan = person("anan", "นายอนันต์ รักดี", "ผู้ดูแลระบบ")
        self.malee.is_active = False
        self.malee.save(update_fields=["is_active"])

    def _postings(self) -> None:
        for user in (self.nida, self.somsak, self.malee):
            post(user, Role.OFFICER, "3314")
        post(self.kanya, Role.OFFICER, "3304")
        post(self.wichai, Role.OFFICER, "3314", ends=date(2017, 1, 31))
        post(self.wichai, Role.OFFICER, "3304", starts=date(2017, 2, 1))
        post(self.prasit, Role.CHIEF, "3314")
        post(self.suda, Role.PROVINCE, "33")
        post(self.wipa, Role.DEPARTMENT, None)
        post(self.anan, Role.ADMINISTRATOR, None)

    def _places(self) -> None:
        self.programme = Programme.objects.get(year=2560)
        self.trakat = Village.objects.with_area().get(code="33140108")
        self.phing = village("33140203", "พิงพวยใต้")
        self.malu = village("33040101", "บึงมะลู")
        self.mueang = village("34010101", "ท่าวังหิน")
        enrol(
            villages=[self.phing, self.malu, self.mueang],
            programme=self.programme,
            officer=None,
            sender=sender(self.anan),
        )
        self.enrolment = self.enrolment_of(self.trakat)
        Enrolment.objects.filter(pk=self.enrolment.pk).update(officer=self.nida)
        self.enrolment.refresh_from_db()

    def enrolment_of(self, of: Village) -> Enrolment:
        """A village's enrolment in 2560."""
        return Enrolment.objects.for_pages().get(village=of, programme=self.programme)

    def step(self, number: str) -> Step:
        """A step of 2560 with its requirements."""
        return Step.objects.with_requirements().get(programme=self.programme, number=number)
