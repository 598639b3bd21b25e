"""Nida takes Ban Trakat through all eight steps on her phone, from the home page, in Thai."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import Locator, Page

from steps.models import Status, StepProgress
from tests.browser.conftest import sign_in
from tests.cast import World
from villages.models import LeaderKind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MEMBERS = ["นายทองใบ ใจดี", "นางคำ แก้วใส", "นายบุญส่ง มีทรัพย์", "นางสาวสายใจ พรมมา"]


@pytest.fixture(autouse=True)
def in_thai() -> Iterator[None]:
    """The words looked for are those of the Thai catalogue."""
    with translation.override("th"):
        yield


@dataclass
class Phone:
    """Nida's phone."""

    page: Page
    photos: Iterator[str]
    written: list[str] = field(default_factory=list)

    def press(self, words: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).first.click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def opens_step(self, number: str) -> None:
        """From home: the village's row leads to the step that is next."""
        self.page.goto("/")
        self.page.locator("main ul.rows a.row").first.click()
        assert self.page.locator("h1").inner_text().startswith(number)

    def starts_recording(self, number: str, held_on: str) -> None:
        self.opens_step(number)
        self.follow(_("Record an activity"))
        self.fill("held_on", held_on)
        self.fill("place", "ศาลากลางบ้าน")

    def fill(self, name: str, text: str) -> None:
        self.page.locator(f"[name='{name}']").fill(text)

    def chooses(self, name: str, value: str) -> None:
        """One of a list, whether it is shown as a list or as buttons."""
        if self.page.locator(f"select[name={name}]").count():
            self.page.locator(f"select[name={name}]").select_option(value)
        else:
            self.page.locator(f"[name={name}][value={value}]").check()

    def ticks_all(self, name: str, how_many: int | None = None) -> None:
        boxes = self.page.locator(f"input[type=checkbox][name='{name}']")
        for number in range(how_many or boxes.count()):
            boxes.nth(number).check()

    def writes_texts(self) -> None:
        """Every short text the step asks for."""
        for box in self.page.locator("textarea[name^='text-']").all():
            box.fill("ตกลงร่วมกันแล้ว")

    def adds_photos(self, how_many: int = 2) -> None:
        self.page.locator("[name=photos]").set_input_files(
            [next(self.photos) for _n in range(how_many)]
        )

    def saves(self) -> None:
        self.press(_("Save"))
        self.is_told_it_was_stored()

    def is_told_it_was_stored(self) -> None:
        told = self.page.locator(".notice.saved, .error-summary").first
        told.wait_for()
        assert "saved" in (told.get_attribute("class") or ""), told.inner_text()

    def hands_in(self, number: str) -> None:
        self.opens_step(number)
        assert self.page.locator("#missing").count() == 0, self.page.locator(
            "#missing"
        ).inner_text()
        self.press(_("Submit for review"))
        self.is_told_it_was_stored()

    def mends(self, label: str) -> Locator:
        """Follow the line of the missing list that says ``label``."""
        row = self.page.locator("#missing a.row").filter(has_text=label).first
        row.click()
        return self.page.locator("main")

    def shelves(self, number: str, label: str, title: str, source: str) -> None:
        """The missing line leads to the shelf; a document is entered there."""
        self.opens_step(number)
        self.mends(label)
        self.page.locator("a[href$='/documents/add/']").first.click()
        self.fill("title", title)
        self.chooses("source", source)
        self.saves()

    def plans(self, number: str, label: str, owner: str, how_many: int = 1) -> None:
        for item in range(how_many):
            self.opens_step(number)
            self.mends(label)
            self.fill("activity", f"กิจกรรมตามแผน {item + 1}")
            self.chooses("owner", owner)
            self.fill("person", "นายทองใบ ใจดี")
            self.fill("starts_on", "1/4/2560")
            self.fill("ends_on", "30 มิ.ย. 2560")
            self.saves()


def step_1_1(phone: Phone) -> None:
    phone.shelves("1.1", "บทเรียน", "บทเรียนบ้านต้นแบบ", "model")
    phone.shelves("1.1", "เอกสารแนวทาง", "แนวทางของกรม", "department")
    phone.starts_recording("1.1", "21 พ.ย. 2559")
    phone.ticks_all("topic")
    phone.saves()


def step_1_2(phone: Phone) -> None:
    phone.starts_recording("1.2", "8/12/2559")
    phone.fill("group-district_team", "6")
    phone.fill("group-core_leader", "3")
    phone.ticks_all("topic")
    phone.writes_texts()
    phone.adds_photos()
    phone.saves()
    phone.plans("1.2", "แผนขับเคลื่อน", "district_team")


def step_1_3(phone: Phone) -> None:
    phone.shelves("1.3", "หน่วยงานอื่น", "คู่มือสหกรณ์", "agency")
    phone.starts_recording("1.3", "๒๐ ธันวาคม ๒๕๕๙")
    phone.saves()


def step_1_4(phone: Phone) -> None:
    phone.opens_step("1.4")
    phone.mends("บัญชีครัวเรือน")
    boxes = phone.page.locator("input[name^='target-']")
    for number in range(25):
        boxes.nth(number).check()
    phone.saves()
    phone.starts_recording("1.4", "11/1/2560")
    phone.ticks_all("topic")
    phone.ticks_all("present", 25)
    phone.fill("group-support_team", "2")
    phone.adds_photos()
    phone.saves()
    phone.plans("1.4", "แผนร่วม", "community")


def step_2_1(phone: Phone) -> None:
    phone.starts_recording("2.1", "25 มกราคม 2560")
    phone.ticks_all("topic")
    phone.ticks_all("present", 13)
    phone.adds_photos()
    phone.saves()
    for name, kind in zip(MEMBERS, LeaderKind.values, strict=True):
        phone.opens_step("2.1")
        phone.mends("คณะทำงานระดับหมู่บ้าน")
        phone.page.locator("a[href$='/committee/add/']").first.click()
        phone.fill("name", name)
        phone.chooses("kind", kind)
        phone.fill("joined_on", "25/1/2560")
        phone.saves()
        phone.opens_step("2.1")
        phone.mends("ผู้นำการเปลี่ยนแปลง")
        phone.fill("name", name)
        phone.fill("named_on", "25/1/2560")
        phone.saves()


def step_2_2(phone: Phone) -> None:
    phone.starts_recording("2.2", "8 ก.พ. 2560")
    phone.ticks_all("topic")
    phone.ticks_all("document", 2)
    phone.ticks_all("member")
    phone.ticks_all("ready")
    phone.saves()


def step_2_3(phone: Phone) -> None:
    phone.starts_recording("2.3", "22 ก.พ. 2560")
    phone.fill("visited_name", "บ้านหนองสามขา")
    phone.fill("visited_area", "ต.ตัวอย่าง อ.สมมุติ")
    phone.fill("total", "๒๕")
    for group in ("assistant_head", "sao", "sage", "target_member"):
        phone.page.locator(f"[name='unknown-{group}']").check()
    phone.ticks_all("topic")
    phone.adds_photos()
    phone.saves()


def step_2_4(phone: Phone) -> None:
    phone.starts_recording("2.4", "8 มี.ค. 2560")
    phone.fill("group-core_leader", "5")
    phone.fill("group-village_team", "4")
    phone.ticks_all("member")
    phone.ticks_all("topic")
    phone.adds_photos()
    phone.saves()
    phone.opens_step("2.4")
    phone.mends("เป้าหมายของแผน")
    phone.fill("goal", "ลดรายจ่าย เพิ่มรายได้")
    phone.saves()
    phone.plans("2.4", "แผนปฏิบัติการ", "committee", how_many=3)


STEPS: dict[str, Callable[[Phone], None]] = {
    "1.1": step_1_1,
    "1.2": step_1_2,
    "1.3": step_1_3,
    "1.4": step_1_4,
    "2.1": step_2_1,
    "2.2": step_2_2,
    "2.3": step_2_3,
    "2.4": step_2_4,
}


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_officer_hands_in_all_eight_steps_on_a_phone(
    world: World, open_phone: Callable[..., Page], photos: list[str], javascript: bool
) -> None:
    phone = Phone(open_phone(javascript=javascript), iter(photos))
    sign_in(phone.page, "nida")
    for number, works in STEPS.items():
        works(phone)
        phone.hands_in(number)
        progress = StepProgress.objects.get(enrolment=world.enrolment, step__number=number)
        assert progress.status == Status.SUBMITTED
    statuses = StepProgress.objects.filter(enrolment=world.enrolment)
    assert [row.status for row in statuses] == [Status.SUBMITTED] * 8
