"""Ban Trakat goes through all eight steps with the write-up's numbers (S11–S18), page by page.

Before each action the missing list is read; afterwards exactly the expected lines are gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from steps.models import Activity, Enrolment, Status, Step, StepProgress
from steps.models.programme import Requirement
from tests.cast import World
from tests.pages import form_of, photo, send
from villages.models import CommitteeMember, CommitteeMemberQuerySet

KINDS = ["formal", "natural", "group", "cluster"]
NAMES = ["นายทองใบ ใจดี", "นางคำ แก้วใส", "นายบุญส่ง มีทรัพย์", "นางสาวสายใจ พรมมา"]


@dataclass
class Officer:
    """Nida at work on Ban Trakat, through the pages alone."""

    client: Client
    enrolment: Enrolment
    activity: Activity | None = None
    colours: list[int] = field(default_factory=list)

    def at(self, name: str, *args: Any) -> str:
        return reverse(f"steps:{name}", args=["33140108", 2560, *args])

    def missing(self, number: str) -> set[str]:
        """The lines of the live list of a step."""
        response = self.client.get(self.at("step", number))
        return {row.requirement.code for row in response.context["missing"]}

    def sent(self, address: str, **changes: Any) -> HttpResponse:
        response = send(self.client, address, **changes)
        assert response.status_code == 303, response.context["form"].errors
        return response

    def records(self, number: str, held_on: str, form: str) -> None:
        self.sent(self.at("record", number), held_on=held_on, form=form, place="ศาลากลางบ้าน")
        recorded = Activity.objects.filter(enrolment=self.enrolment, step__number=number)
        self.activity = recorded.latest("recorded_at")

    def completes(self, **changes: Any) -> None:
        assert self.activity is not None
        self.sent(self.at("activity_edit", self.activity.pk), **changes)

    def ticks_topics(self, code: str) -> None:
        assert self.activity is not None
        topics = Requirement.objects.get(step=self.activity.step, code=code).topics.all()
        ticked = [str(topic.pk) for topic in [*self.activity.topics.all(), *topics]]
        self.completes(topic=ticked)

    def writes(self, code: str, text: str) -> None:
        assert self.activity is not None
        requirement = Requirement.objects.get(step=self.activity.step, code=code)
        self.completes(**{f"text-{requirement.pk}": text})

    def adds_photos(self, how_many: int) -> None:
        assert self.activity is not None
        self.colours.append(0)
        photos = [
            photo(f"hsl({len(self.colours) * 40 + n * 9}, 80%, 50%)") for n in range(how_many)
        ]
        self.sent(self.at("activity_files", self.activity.pk), photos=photos)

    def shelves(self, source: str, title: str) -> None:
        address = reverse("steps:shelf_add", args=["3314", 2560])
        self.sent(address, source=source, title=title)

    def plans(self, number: str, activity: str, owner: str) -> None:
        self.sent(
            self.at("plan_item_add", number),
            activity=activity,
            owner=owner,
            person="นายทองใบ ใจดี",
            starts_on="1/4/2560",
            ends_on="30/6/2560",
        )

    def submits(self, number: str) -> HttpResponse:
        form = form_of(self.client, self.at("step", number))
        return self.client.post(self.at("submit", number), form)


@pytest.fixture
def nida(world: World, signed_in: Callable[[User], Client]) -> Officer:
    return Officer(signed_in(world.nida), world.enrolment)


Action = tuple[Callable[[], Any], set[str]]


def act(officer: Officer, number: str, actions: list[Action]) -> None:
    """Do each action; exactly its lines leave the missing list. Then, and only then, hand in."""
    for does, gone in actions:
        before = officer.missing(number)
        assert gone <= before, (number, gone, before)
        refused = officer.submits(number)
        assert refused.status_code == 422
        assert {row.requirement.code for row in refused.context["missing"]} == before
        does()
        assert before - officer.missing(number) == gone
    assert officer.missing(number) == set()
    assert officer.submits(number).status_code == 303
    progress = StepProgress.objects.get(enrolment=officer.enrolment, step__number=number)
    assert progress.status == Status.SUBMITTED


def test_ban_trakat_is_taken_through_all_eight_steps(nida: Officer, world: World) -> None:
    take_through_all_eight_steps(nida)
    steps = StepProgress.objects.filter(enrolment=world.enrolment)
    assert set(steps.values_list("status", flat=True)) == {Status.SUBMITTED}
    assert steps.count() == Step.objects.filter(programme=world.programme).count() == 8


def take_through_all_eight_steps(nida: Officer) -> None:
    """The write-up's process with its numbers, from nothing to eight times handed in."""
    households = nida.enrolment.village.households.values_list("pk", flat=True)
    targets = [str(pk) for pk in households][:25]
    act(nida, "1.1", study_the_approach(nida))
    act(nida, "1.2", meet_the_district_team(nida))
    act(nida, "1.3", prepare_the_documents(nida))
    act(nida, "1.4", brief_the_target_households(nida, targets))
    act(nida, "2.1", form_the_committee(nida, targets))
    act(nida, "2.2", build_its_capacity(nida))
    act(nida, "2.3", visit_a_model_community(nida))
    act(nida, "2.4", share_and_plan(nida))


def members_of(nida: Officer) -> CommitteeMemberQuerySet:
    return CommitteeMember.objects.filter(committee__village=nida.enrolment.village_id)


def study_the_approach(nida: Officer) -> list[Action]:
    return [
        (lambda: nida.shelves("model", "บทเรียนบ้านเศรษฐกิจพอเพียงต้นแบบ"), {"1.1-b"}),
        (lambda: nida.shelves("department", "แนวทางหมู่บ้านเศรษฐกิจพอเพียง"), {"1.1-c"}),
        (lambda: nida.records("1.1", "21 พ.ย. 2559", "study"), {"1.1-a"}),
        (lambda: nida.ticks_topics("1.1-d"), {"1.1-d"}),
    ]


def meet_the_district_team(nida: Officer) -> list[Action]:
    return [
        (lambda: nida.records("1.2", "8/12/2559", "meeting"), {"1.2-a"}),
        (lambda: nida.completes(**{"group-district_team": "6"}), {"1.2-b"}),
        (lambda: nida.completes(**{"group-core_leader": "3"}), {"1.2-c"}),
        (lambda: nida.ticks_topics("1.2-d"), {"1.2-d"}),
        (lambda: nida.writes("1.2-e", "ครัวเรือนเป้าหมายมีอาชีพเสริม"), {"1.2-e"}),
        (lambda: nida.writes("1.2-f", "ทำงานเป็นทีมเดียวกัน"), {"1.2-f"}),
        (lambda: nida.plans("1.2", "ประชุมชี้แจงในหมู่บ้าน", "district_team"), {"1.2-g"}),
        (lambda: nida.adds_photos(2), {"1.2-i"}),
    ]


def prepare_the_documents(nida: Officer) -> list[Action]:
    return [
        (lambda: nida.records("1.3", "๒๐ ธันวาคม ๒๕๕๙", "preparation"), {"1.3-a"}),
        (lambda: nida.shelves("agency", "คู่มือกลุ่มอาชีพของสหกรณ์"), {"1.3-c"}),
    ]


def brief_the_target_households(nida: Officer, targets: list[str]) -> list[Action]:
    marked = {f"target-{pk}": "on" for pk in targets}
    return [
        (lambda: nida.sent(nida.at("targets"), **marked), {"1.4-a"}),
        (lambda: nida.records("1.4", "2017-01-11", "meeting"), {"1.4-b"}),
        (lambda: nida.completes(present=targets), {"1.4-c"}),
        (lambda: nida.ticks_topics("1.4-d"), {"1.4-d"}),
        (lambda: nida.plans("1.4", "ฝึกเลี้ยงจิ้งหรีด", "community"), {"1.4-e"}),
        (lambda: nida.completes(**{"group-support_team": "2"}), {"1.4-g"}),
        (lambda: nida.adds_photos(2), {"1.4-h"}),
    ]


def form_the_committee(nida: Officer, targets: list[str]) -> list[Action]:
    def adds_members() -> None:
        for name in NAMES:
            nida.sent(
                reverse("villages:member_add", args=["33140108"]),
                name=name,
                kind="formal",
                joined_on="25/1/2560",
            )

    def says_as_what_they_come() -> None:
        for member, kind in zip(members_of(nida).order_by("name"), KINDS, strict=True):
            address = reverse("villages:member_edit", args=["33140108", member.pk])
            nida.sent(address, kind=kind)

    def names_change_leaders() -> None:
        for name in NAMES:
            nida.sent(nida.at("leaders"), name=name, named_on="25/1/2560")

    return [
        (lambda: nida.records("2.1", "25/1/2560", "learning_forum"), {"2.1-b"}),
        (lambda: nida.completes(present=targets[:13]), {"2.1-c"}),
        (names_change_leaders, {"2.1-d"}),
        (lambda: nida.ticks_topics("2.1-e"), {"2.1-e"}),
        (adds_members, {"2.1-f"}),
        (says_as_what_they_come, {"2.1-g"}),
        (lambda: nida.ticks_topics("2.1-h"), {"2.1-h"}),
        (lambda: nida.ticks_topics("2.1-i"), {"2.1-i"}),
        (lambda: nida.adds_photos(2), {"2.1-j"}),
    ]


def build_its_capacity(nida: Officer) -> list[Action]:
    def studies_documents() -> None:
        address = nida.at("activity_edit", nida.activity.pk if nida.activity else "")
        page = nida.client.get(address)
        documents = [str(row["document"].pk) for row in page.context["form"].document_rows()]
        nida.completes(document=documents[:2])

    def members() -> list[str]:
        return [str(pk) for pk in members_of(nida).values_list("pk", flat=True)]

    return [
        (lambda: nida.records("2.2", "8 ก.พ. 2560", "study"), {"2.2-b"}),
        (lambda: nida.completes(member=members()), {"2.2-c"}),
        (studies_documents, {"2.2-d"}),
        (lambda: nida.ticks_topics("2.2-e"), {"2.2-e"}),
        (lambda: nida.completes(ready=members()), {"2.2-f"}),
    ]


def visit_a_model_community(nida: Officer) -> list[Action]:
    groups = {
        f"unknown-{code}": "on" for code in ("assistant_head", "sao", "sage", "target_member")
    }
    place = {"visited_name": "บ้านหนองสามขา", "visited_area": "ต.ตัวอย่าง อ.สมมุติ"}
    return [
        (lambda: nida.records("2.3", "22 ก.พ. 2560", "visit"), {"2.3-b"}),
        (lambda: nida.completes(**place), {"2.3-c"}),
        (lambda: nida.completes(total="25"), {"2.3-d"}),
        (lambda: nida.completes(**groups), {"2.3-e"}),
        (lambda: nida.ticks_topics("2.3-f"), {"2.3-f"}),
        (lambda: nida.adds_photos(2), {"2.3-h"}),
    ]


def share_and_plan(nida: Officer) -> list[Action]:
    def plans_three() -> None:
        for activity in ("ปลูกผักสวนครัว", "เลี้ยงไก่พื้นเมือง", "ทำปุ๋ยหมัก"):
            nida.plans("2.4", activity, "committee")

    members = [str(pk) for pk in members_of(nida).values_list("pk", flat=True)]
    return [
        (lambda: nida.records("2.4", "8 มี.ค. 2560", "learning_forum"), {"2.4-b"}),
        (lambda: nida.completes(**{"group-core_leader": "5"}), {"2.4-c"}),
        (lambda: nida.completes(**{"group-village_team": "4"}), {"2.4-d"}),
        (lambda: nida.completes(member=members), {"2.4-e"}),
        (lambda: nida.ticks_topics("2.4-f"), {"2.4-f"}),
        (lambda: nida.sent(nida.at("plan_goal", "2.4"), goal="ลดรายจ่าย เพิ่มรายได้"), {"2.4-g"}),
        (plans_three, {"2.4-h"}),
        (lambda: nida.adds_photos(2), {"2.4-j"}),
    ]
