"""Ban Trakat with something on every page: people, plans, a shelf, photos, a returned step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from steps import kept
from steps.models import (
    Evidence,
    EvidenceType,
    KnowledgeRecord,
    PlanItem,
    ShelfDocument,
    StepProgress,
)
from steps.recording import (
    activities,
    conditions,
    decisions,
    knowledge,
    lessons,
    livelihoods,
    money,
    people,
    plans,
    quiet,
    shelf,
)
from steps.recording.activities import Occasion, Part
from steps.recording.core import Sender
from steps.recording.enrolments import assign
from steps.recording.files import Attached, receive
from steps.recording.money import NewContribution
from tests.cast import NOW, World, sender
from tests.pages import photo
from villages.models import Household, LeaderKind

CODE, YEAR = "33140108", 2560
LEADERS = ["นายทองใบ ใจดี", "นางคำ แก้วใส", "นายบุญส่ง มีทรัพย์", "นางสาวสายใจ พรมมา"]
COMMON = {"place": "ศาลากลางบ้านตระกาจ", "form": "meeting", "led_by": "officer"}
SHELF = [
    ("model", "บทเรียนบ้านต้นแบบ"),
    ("department", "แนวทางการขับเคลื่อนสัมมาชีพชุมชน"),
    ("agency", "คู่มือสหกรณ์การเกษตร"),
]
GIVEN = [
    NewContribution("cash", date(2017, 2, 10), "เงินกองทุนหมู่บ้านสมทบซื้อพันธุ์ไก่พื้นเมือง", Decimal(3000)),
    NewContribution(
        "kind",
        date(2017, 2, 20),
        "แรงงานสร้างโรงเรือนเลี้ยงไก่และลานหมักปุ๋ย",
        Decimal("1500.50"),
        amount=Decimal(5),
        unit="วันทำงาน",
    ),
    NewContribution("cash", date(2017, 3, 1), "เงินสมทบที่พิมพ์ซ้ำ", Decimal(900)),
]


@dataclass
class FullYear:
    """What Nida and Somsak did by the day of the write-up, and where it is seen."""

    world: World
    activity: UUID = field(init=False)

    def __post_init__(self) -> None:
        self._people()
        self._plans()
        self._money()
        self._lessons()
        self._shelf()
        self._activities()
        self._returned()
        self._quiet()
        self._conditions()
        self._knowledge()

    def _people(self) -> None:
        village, enrolment = self.world.trakat, self.world.enrolment
        for name, kind in zip(LEADERS, LeaderKind.values, strict=True):
            member = people.NewMember(name=name, kind=kind, joined_on=date(2017, 1, 25))
            people.add_member(village=village, member=member, sender=self._nida())
            leader = people.NewChangeLeader(name=name, named_on=date(2017, 1, 25))
            people.name_change_leader(enrolment=enrolment, leader=leader, sender=self._nida())
        targets = {f"target-{row.pk}": "on" for row in self.households[:25]}
        people.mark_households(enrolment=enrolment, started={}, wanted=targets, sender=self._nida())
        gone = self.households[-1]
        people.end_household(household=gone, on=date(2017, 2, 1), sender=self._nida())

    def _plans(self) -> None:
        world = self.world
        for number in ("1.4", "2.4", "2.4"):
            item = plans.NewPlanItem(
                owner="committee",
                activity="อบรมการเลี้ยงไก่พื้นเมืองและการทำปุ๋ยหมัก",
                aim="ลดรายจ่ายของครัวเรือน",
                method="ปราชญ์ชุมชนสอนและติดตามที่บ้าน",
                target_group="ครัวเรือนเป้าหมาย 25 ครัวเรือน",
                place="ศูนย์เรียนรู้บ้านตระกาจ",
                starts_on=date(2017, 4, 1),
                ends_on=date(2017, 6, 30),
                budget=Decimal("12500.50"),
                budget_source="กองทุนหมู่บ้าน",
                expected_result="ทุกครัวเรือนมีไข่ไก่ไว้กิน",
                person=LEADERS[0],
            )
            plans.add_plan_item(
                enrolments=[world.enrolment],
                step=world.step(number),
                item=item,
                sender=self._nida(),
            )
        goal = "ลดรายจ่าย เพิ่มรายได้ ขยายโอกาส"
        plans.set_goal(
            enrolment=world.enrolment,
            step=world.step("2.4"),
            started="",
            goal=goal,
            sender=self._nida(),
        )

    def _money(self) -> None:
        """Less than the programme asks for, in cash and in kind; one was struck through."""
        village = self.world.enrolment
        money.set_budget(
            enrolment=village, started={}, wanted={"budget": "60000"}, sender=self._nida()
        )
        for given in GIVEN:
            money.add_contribution(enrolment=village, contribution=given, sender=self._nida())
        wrong = village.contributions.get(description=GIVEN[-1].description)
        money.withdraw_contribution(contribution=wrong, reason="พิมพ์ซ้ำ", sender=self._nida())

    def _lessons(self) -> None:
        """One for everybody, one that waits, one that was struck through."""
        village, texts = self.world.enrolment, ("ประชุมตอนเย็น", "ฝนตก", "พิมพ์ผิด")
        answers = [lessons.NewLesson("worked", "success", text) for text in texts]
        new = lessons.NewLessons(answers, step=self.world.step("1.4"))
        lessons.add_lessons(enrolment=village, new=new, sender=self._nida())
        first, _waits, wrong = village.lessons.all()
        lessons.share_lesson(
            lesson=first,
            seen=lessons.print_of(first),
            photo_cleared=False,
            sender=sender(self.world.prasit),
        )
        lessons.withdraw_lesson(lesson=wrong, reason="พิมพ์ผิด", sender=self._nida())

    def _conditions(self) -> None:
        """How the village sees itself, what it lacks, with whom it works, who taught whom."""
        here, homes = self.world.enrolment, self.households
        call_command("loaddata", "factors", verbosity=0)
        said = {"assessed_on": "2017-03-20", "assessed_with": "village", "level-net-1": "0"}
        said |= {"level-in-1": "2", "evidence-in-1": "เวทีประชาคม 2 ครั้ง"}
        conditions.assess(enrolment=here, started={}, wanted=said, sender=self._nida())
        need = conditions.NewNeed("พันธุ์ปลา", date(2017, 2, 1), "ประมงอำเภอ")
        conditions.add_need(enrolment=here, need=need, sender=self._nida())
        link = conditions.NewLink("บ้านพิงพวยใต้", "met", self.world.phing.pk, "ผู้ใหญ่บ้าน")
        conditions.add_network_link(enrolment=here, link=link, sender=self._nida())
        taught = {f"learned_from-{homes[1].pk}": str(homes[0].pk)}
        livelihoods.set_livelihoods(enrolment=here, started={}, wanted=taught, sender=self._nida())

    def _quiet(self) -> None:
        """Nothing was held in Somsak's village; he says why, and has a phone."""
        world, enrolment = self.world, self.world.enrolment_of(self.world.phing)
        User.objects.filter(pk=world.somsak.pk).update(phone="08-1234-5678 ต่อ 9")
        assign(enrolments=[enrolment], officer=world.somsak, sender=sender(world.anan))
        quiet.explain_quiet(
            enrolment=enrolment,
            reason="น้ำท่วม: ถนนเข้าหมู่บ้านขาดตั้งแต่ต้นเดือน",
            sender=sender(world.somsak),
        )

    def _knowledge(self) -> None:
        """A record with a section whose draft is newer, a pasted one, and a photo."""
        enrolment, by = self.world.enrolment, self.world.nida
        knowledge.draft_record(enrolment=enrolment, sender=self._nida())
        record = KnowledgeRecord.objects.select_related("enrolment__village").get()
        for key, text in (
            ("objectives", "ลดรายจ่ายในครัวเรือน"),
            ("equipment", "• จอบ\n-2-\nก าลังคน"),
        ):
            knowledge.edit_section(
                record=record, key=key, started={}, wanted={"text": text}, sender=self._nida()
            )
        enrolment.lessons.create(
            prompt="other", kind="objective", text="เพิ่มรายได้หลังฤดูทำนา", recorded_by=by
        )
        later = NOW + timedelta(minutes=1)
        knowledge.draft_record(enrolment=enrolment, sender=sender(by, later))
        photo = Evidence.objects.filter(type=EvidenceType.PHOTO).earliest("added_at").pk
        wanted = {f"photo-{photo}": "on", f"place-{photo}": "1", f"caption-{photo}": "ประชุม"}
        knowledge.choose_record_photos(
            record=record, started={}, wanted=wanted, sender=sender(by, later)
        )

    def _shelf(self) -> None:
        for source, title in SHELF:
            document = shelf.NewDocument(
                source=source,
                title=title,
                maker="กรมการพัฒนาชุมชน",
                link="https://example.org/handbook",
            )
            shelf.put_on_shelf(
                district=self.world.trakat.subdistrict.parent,
                programme=self.world.programme,
                document=document,
                received=None,
                sender=self._nida(),
            )

    def _activities(self) -> None:
        ticks = {f"household-{row.pk}": "head" for row in self.households[:20]}
        photos = [
            receive(upload=photo(colour), type=EvidenceType.PHOTO, by=self.world.nida, at=NOW)
            for colour in ("green", "brown")
        ]
        self.activity = self._recorded(
            "1.4",
            {"held_on": "2017-01-11", "summary": "ตกลงตั้งกลุ่มเลี้ยงไก่", "total": "31", **ticks},
            [Attached(row, row.type, "การประชุมที่ศาลากลางบ้าน") for row in photos],
        )
        self._recorded("1.4", {"held_on": "2017-01-18"})  # its summary is to follow
        self._recorded(None, {"held_on": "2017-03-01"})

    def _recorded(
        self, number: str | None, values: dict[str, str], files: list[Attached] | None = None
    ) -> UUID:
        part = Part(self.world.enrolment, self.world.step(number) if number else None)
        occasion = Occasion([part], {**COMMON, **values}, files or [])
        outcome = activities.record(occasion=occasion, sender=self._nida())
        return UUID(outcome.result["activities"][0])

    def _returned(self) -> None:
        """Step 1.3 was handed in, and the province sent it back."""
        world = self.world
        self._recorded("1.3", {"held_on": "2016-12-20"})
        step = world.step("1.3")
        decisions.submit(enrolment=world.enrolment, step=step, reasons={}, sender=self._nida())
        progress = StepProgress.objects.get(enrolment=world.enrolment, step=step)
        decisions.send_back(
            submission=progress.submissions.get(),
            level="province",
            reason="ระบุชื่อคู่มือของหน่วยงานให้ครบ",
            sender=sender(world.suda),
        )

    def _nida(self) -> Sender:
        return sender(self.world.nida)

    @property
    def households(self) -> list[Household]:
        """Households in the order of house numbers, ended ones among them."""
        return list(self.world.trakat.households.in_house_order())

    # ------------------------------------------------------------ where it is seen

    def officer_pages(self) -> dict[str, str]:
        """Every page an officer opens, by what it is."""
        return {**_front_pages(), **self._village_pages(), **self._year_pages()}

    def reviewer_pages(self) -> dict[str, str]:
        """Pages that look or exist otherwise for a district chief."""
        lesson = self.world.enrolment.lessons.waiting().first()
        assert lesson
        return {
            "home of the chief": "/",
            "history": reverse("villages:history", args=[CODE]),
            "own target": _year("own_target"),
            "targets to read": _year("targets"),
            "step to read": _year("step", "1.3"),
            "year to read": _year("year"),
            "overview of the district": reverse("steps:area", args=["3314"]),
            "money to read": _year("money"),
            "lessons to decide on": reverse("steps:review_lessons"),
            "a lesson to decide on": reverse("steps:review_lesson", args=[lesson.pk]),
            "record to read": _year("knowledge"),
        }

    def overview_pages(self) -> dict[str, str]:
        """The overview at every level, as the department sees it."""
        kept.keep(self.world.programme, date(2017, 2, 28), NOW)
        return {
            "overview of the country": reverse("steps:areas"),
            "overview of a province": reverse("steps:area", args=["33"]),
            "overview as a table": reverse("steps:area", args=["3314"]) + "?view=table",
            "overview as a list": reverse("steps:area", args=["3314"]) + "?view=list",
            "overview of a subdistrict": reverse("steps:area", args=["331401"]) + "?view=table",
            "overview of a month": reverse("steps:area", args=["33"]) + "?month=2560-02",
            "overview refused": reverse("steps:area", args=["33"]) + "?year=2599",
            "areas to choose": reverse("steps:compare"),
            "areas compared": reverse("steps:compare") + "?area=3304&area=3314",
            "too many areas": reverse("steps:compare") + "?area=3304&area=nowhere",
        }

    def _village_pages(self) -> dict[str, str]:
        house = self.households[0]
        (member, *_others) = self.world.trakat.committees.get().members.order_by("name")
        return {
            "village": reverse("villages:detail", args=[CODE]),
            "households": reverse("villages:households", args=[CODE]),
            "add a household": reverse("villages:household_add", args=[CODE]),
            "edit a household": reverse("villages:household_edit", args=[CODE, house.pk]),
            "end a household": reverse("villages:household_end", args=[CODE, house.pk]),
            "committee": reverse("villages:committee", args=[CODE]),
            "add a member": reverse("villages:member_add", args=[CODE]),
            "edit a member": reverse("villages:member_edit", args=[CODE, member.pk]),
            "end a membership": reverse("villages:member_end", args=[CODE, member.pk]),
        }

    def _year_pages(self) -> dict[str, str]:
        item = PlanItem.objects.filter(step__number="2.4").first()
        evidence = Evidence.objects.first()
        document = ShelfDocument.objects.first()
        leader = self.world.enrolment.change_leaders.first()
        lesson = self.world.enrolment.lessons.waiting().first()
        contribution = self.world.enrolment.contributions.standing().first()
        assert contribution
        assert item
        assert evidence
        assert document
        assert leader
        assert lesson
        shelf_of = ["3314", YEAR]
        return {
            "year": _year("year"),
            "step with nothing": _year("step", "2.1"),
            "step with something missing": _year("step", "1.4"),
            "returned step": _year("step", "1.3"),
            "record in the village": _year("record", "1.4"),
            "record in the district": _year("record", "1.2"),
            "record a visit": _year("record", "2.3"),
            "record a follow-up": _year("follow_up"),
            "activity": _year("activity", self.activity),
            "correct an activity": _year("activity_edit", self.activity),
            "add files": _year("activity_files", self.activity),
            "withdraw an activity": _year("activity_withdraw", self.activity),
            "caption": reverse("steps:caption", args=[evidence.pk]),
            "withdraw a file": reverse("steps:file_withdraw", args=[evidence.pk]),
            "plan": _year("plan"),
            "goal": _year("plan_goal", "2.4"),
            "add a plan item": _year("plan_item_add", "2.4"),
            "edit a plan item": _year("plan_item_edit", item.pk),
            "strike a plan item": _year("plan_item_withdraw", item.pk),
            "money": _year("money"),
            "budget": _year("money_budget"),
            "add a contribution": _year("contribution_add"),
            "edit a contribution": _year("contribution_edit", contribution.pk),
            "strike a contribution": _year("contribution_withdraw", contribution.pk),
            "lessons": _year("lessons"),
            "write a lesson": _year("lesson_add"),
            "edit a lesson": _year("lesson_edit", lesson.pk),
            "strike a lesson": _year("lesson_withdraw", lesson.pk),
            "quiet year": reverse("steps:year", args=[self.world.phing.code, YEAR]),
            "why it is quiet": reverse("steps:quiet", args=[self.world.phing.code, YEAR]),
            "nothing to explain": _year("quiet"),
            "knowledge record": _year("knowledge"),
            "first page of the record": _year("knowledge_about"),
            "section with a newer draft": _year("knowledge_section", "objectives"),
            "section with a repair": _year("knowledge_section", "equipment"),
            "photos of the record": _year("knowledge_photos"),
            "send the record": _year("knowledge_send"),
            "print the record": _year("knowledge_print"),
            "self-assessment": _year("assessment"),
            "assess the village": _year("assessment_edit"),
            "needs": _year("needs"),
            "add a need": _year("need_add"),
            "network": _year("network"),
            "add a network village": _year("network_add"),
            "livelihoods": _year("livelihoods"),
            "targets": _year("targets"),
            "leaders": _year("leaders"),
            "end a leader": _year("leader_end", leader.pk),
            "shelf": reverse("steps:shelf", args=shelf_of),
            "add to the shelf": reverse("steps:shelf_add", args=shelf_of),
            "take off the shelf": reverse("steps:shelf_end", args=[*shelf_of, document.pk]),
        }


def _front_pages() -> dict[str, str]:
    return {
        "home": "/",
        "villages": reverse("villages:list"),
        "password": reverse("accounts:password"),
        "privacy": reverse("privacy"),
    }


def _year(name: str, *args: object) -> str:
    return reverse(f"steps:{name}", args=[CODE, YEAR, *args])
