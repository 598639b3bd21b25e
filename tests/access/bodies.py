"""A body for every form: what a person would send, and the ids in it that could be another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from steps.models import Lesson, Topic
from steps.recording.lessons import print_of
from tests.access.places import Map, Place
from tests.cast import NOW

Changes = dict[str, Any]
Swap = Callable[[Place], Changes]


@dataclass(frozen=True)
class Body:
    """What is typed into the form at an address, and each way to name what is not one's own.

    ``taken`` is the answer to the honest body, ``by`` who sends it.
    """

    name: str
    typed: Callable[[Map], Changes] = lambda here: {}
    swaps: tuple[Swap, ...] = ()
    takes: str = ""
    step: str = "1.4"
    by: str = "nida"
    taken: int = 303
    receipted: bool = True  # a check of a file may be sent again: it stores no work
    numbered: bool = False  # makes rows that refer to each other by numbers no rollback gives back

    def __str__(self) -> str:
        return f"{self.name} {self.step}"


def key(place: Place, name: str) -> str:
    return str(place.keys[name])


def one(name: str, what: str) -> Swap:
    """A field that holds one id."""
    return lambda far: {name: key(far, what)}


def many(name: str, what: str) -> Swap:
    """A field of ticks."""
    return lambda far: {name: [key(far, what)]}


COLUMNS_READ = {
    "column-0-0": "village_code",
    "column-0-1": "house_no",
    "column-0-2": "head_name",
}


class SentTwice(SimpleUploadedFile):
    """A file that each sending reads from its start."""

    def read(self, *args: int) -> bytes:
        self.file.seek(0)
        return self.file.read(*args)


def a_file() -> SimpleUploadedFile:
    """A list of one new village."""
    rows = "รหัสหมู่บ้าน,หมู่ที่,ชื่อหมู่บ้าน\n33140109,9,บ้านใหม่\n"
    return SentTwice("villages.csv", rows.encode())


ATTENDANCE = (
    many("present", "household"),
    many("representative", "household"),
    many("member", "member"),
    many("ready", "member"),
)
OF_ANOTHER_STEP = (
    lambda far: {"topic": [str(topic_of("2.4"))]},
    lambda far: {"topic": ["0"]},
    many("document", "document"),
)
CONFLICT = (  # choosing "stored" puts what the hidden field names into the form
    lambda far: {
        "started": f'{{"household-{key(far, "household")}": "head"}}',
        "clash": f"household-{key(far, 'household')}",
        f"choose-household-{key(far, 'household')}": "stored",
    },
)
OTHER_VILLAGES: tuple[Swap, ...] = (lambda far: {"villages": [far.code]},)
FILES = (many("received", "received"),)


def topic_of(step: str) -> int:
    """Some topic of a step."""
    return Topic.objects.filter(requirement__step__number=step).order_by("pk")[0].pk


def record(here: Map, **more: Any) -> Changes:
    return {"form": "meeting", "held_on": "1/3/2560", "place": "ศาลา", **more}


def came(here: Map) -> Changes:
    """The household and the member of the village, and a file of one's own."""
    return {
        "present": [key(here.own, "household")],
        "member": [key(here.own, "member")],
        "received": [key(here.own, "received")],
    }


def seen(here: Map) -> str:
    """The print of the lesson as its reviewer read it."""
    return print_of(Lesson.objects.get(pk=here.own.keys["lesson"]))


CHECKED = NOW.astimezone(UTC).isoformat()  # when the import of every place was
OCCUPATIONS = (
    lambda far: {"main_occupation": f"none-{far.code}"},
    lambda far: {"side_occupation": f"none-{far.code}"},
)

BODIES = [
    # people of a village
    Body(
        "villages:household_add",
        lambda here: {"house_no": "77", "head_name": "นายใหม่ ใจดี"},
        OCCUPATIONS,
    ),
    Body("villages:household_edit", lambda here: {"people": "5"}, OCCUPATIONS, "household"),
    Body("villages:household_end", takes="household"),
    Body(
        "villages:member_add",
        lambda here: {"name": "นายใหม่ ใจดี", "kind": "group", "joined_on": "1/3/2560"},
        (one("household", "household"),),
    ),
    Body(
        "villages:member_edit",
        lambda here: {"position": "ประธาน"},
        (one("household", "household"),),
        "member",
    ),
    Body("villages:member_end", takes="member"),
    # files brought in: whoever they name besides is judged row by row (tests/imports)
    Body("imports:upload", lambda here: {"file": a_file()}, by="anan"),
    Body("imports:check", lambda here: COLUMNS_READ, takes="import", receipted=False),
    Body("imports:confirm", lambda here: {"rows": "0", "check": CHECKED}, takes="import"),
    Body("imports:undo", takes="import", taken=422),  # it was never confirmed
    Body("imports:problems", takes="import", taken=200),
    # requests about personal data
    Body("people:export", takes="household", by="prasit", taken=200),
    Body(
        "people:erase",
        lambda here: {
            "rows": [f"household-{key(here.own, 'household')}"],
            "reason": "ขอเป็นหนังสือ",
        },
        (lambda far: {"rows": [f"household-{key(far, 'household')}"]},),
        takes="household",
        by="prasit",
    ),
    # people of a year
    Body(
        "steps:targets",
        lambda here: {f"model-{key(here.own, 'household')}": "on"},
        (
            lambda far: {f"target-{key(far, 'household')}": "on"},
            lambda far: {f"model-{key(far, 'household')}": "on"},
            lambda far: {
                "started": f'{{"target-{key(far, "household")}": "on"}}',
                "clash": f"target-{key(far, 'household')}",
                f"choose-target-{key(far, 'household')}": "stored",
            },
        ),
    ),
    Body(
        "steps:own_target",
        lambda here: {"own_target": "18", "own_target_reason": "มีเพียง 18 ครัวเรือน"},
        by="prasit",
    ),
    Body(
        "steps:leaders",
        lambda here: {"name": "นายใหม่ ใจดี", "named_on": "1/3/2560"},
        (one("household", "household"),),
    ),
    Body("steps:leader_end", lambda here: {"on": "1/3/2560"}, takes="leader"),
    # the plan
    Body(
        "steps:plan_item_add",
        lambda here: {"owner": "community", "activity": "ปลูกผัก"},
        (lambda far: {"also": [far.code]}, lambda far: {"also": ["33140203"]}),  # village work
    ),
    Body(
        "steps:plan_item_add",
        lambda here: {"owner": "community", "activity": "ปลูกผัก", "also": ["33140203"]},
        (lambda far: {"also": [far.code]},),
        step="1.2",
    ),
    Body("steps:plan_goal", lambda here: {"goal": "ลดรายจ่าย"}),
    Body("steps:plan_item_edit", lambda here: {"person": "นายใหม่ ใจดี"}, takes="plan item"),
    Body("steps:plan_item_withdraw", lambda here: {"reason": "ผิดหมู่บ้าน"}, takes="plan item"),
    # money, and why nothing happens
    Body("steps:money_budget", lambda here: {"budget": "60,000"}),
    Body(
        "steps:contribution_add",
        lambda here: {
            "form": "kind",
            "given_on": "1/3/2560",
            "description": "แรงงานสร้างโรงเรือน",
            "amount": "20",
            "unit": "วัน",
            "value": "6000",
        },
    ),
    Body("steps:contribution_edit", lambda here: {"value": "250"}, takes="contribution"),
    Body("steps:contribution_withdraw", lambda here: {"reason": "ผิดหมู่บ้าน"}, takes="contribution"),
    # conditions of success
    Body(
        "steps:assessment_edit",
        lambda here: {
            "assessed_on": "1/3/2560",
            "assessed_with": "committee",
            "level-s20": "1",
            "evidence-s20": "คุยกัน 2 ครั้ง",
        },
        (lambda far: {"level-s20": "4"},),
    ),
    Body(
        "steps:livelihoods",
        lambda here: {f"livelihood-{key(here.own, 'household')}": "ปลูกผัก"},
        (
            lambda far: {f"livelihood-{key(far, 'household')}": "ปลูกผัก"},
            lambda far: {f"learned_from-{key(far, 'household')}": key(far, "household")},
        ),
    ),
    Body(
        "steps:need_add",
        lambda here: {"what": "พันธุ์ปลา", "asked_on": "1/3/2560", "asked_of": "ประมงอำเภอ"},
    ),
    Body(
        "steps:need_edit",
        lambda here: {"answered_on": "2/3/2560", "answer": "ได้ 500 ตัว"},
        takes="need",
    ),
    Body("steps:need_withdraw", lambda here: {"reason": "ผิดหมู่บ้าน"}, takes="need"),
    Body(
        "steps:network_add",
        lambda here: {"name": "บ้านใหม่", "stage": "met"},
        (lambda far: {"village_code": "33140299"},),  # those that are there are public
    ),
    Body("steps:network_edit", lambda here: {"stage": "agreed"}, takes="network link"),
    Body("steps:network_withdraw", lambda here: {"reason": "ผิดหมู่บ้าน"}, takes="network link"),
    Body("steps:quiet", lambda here: {"stock": "flood", "words": "ถนนขาด"}),
    # lessons
    Body(
        "steps:lesson_add",
        lambda here: {
            "worked": "ประชุมตอนเย็นมากันครบ",
            "activity": key(here.own, "activity"),
            "received": [key(here.own, "received")],
        },
        (one("activity", "activity"), *FILES),
    ),
    Body(
        "steps:lesson_edit",
        lambda here: {"text": "ประชุมตอนเย็นมากันมาก"},
        FILES,
        "lesson",
    ),
    Body("steps:lesson_withdraw", lambda here: {"reason": "ผิดหมู่บ้าน"}, takes="lesson"),
    Body(
        "steps:review_lesson_share",
        lambda here: {"seen": seen(here), "names_nobody": "on"},
        takes="lesson",
        by="prasit",
    ),
    Body(
        "steps:review_lesson_keep",
        lambda here: {"seen": seen(here), "reason": "ยังไม่ชัดเจน"},
        takes="lesson",
        by="prasit",
    ),
    # the knowledge record, which was not sent
    Body("steps:knowledge_draft"),
    Body("steps:knowledge_about", lambda here: {"title": "กระบวนการของหมู่บ้าน"}),
    Body("steps:knowledge_section", lambda here: {"text": "ความเป็นมาของหมู่บ้าน"}),
    Body("steps:knowledge_photos", lambda here: {f"photo-{key(here.own, 'photo')}": "on"}),
    Body("steps:knowledge_send"),
    Body("steps:knowledge_withdraw", taken=422),
    Body(
        "steps:knowledge_publish",
        lambda here: {"names_nobody": "on"},
        (lambda far: {"cleared": [key(far, "photo")]},),
        by="suda",
        taken=422,
    ),
    Body("steps:knowledge_return", lambda here: {"reason": "สั้นไป"}, by="suda", taken=422),
    Body("steps:knowledge_reopen", lambda here: {"reason": "มีชื่อคน"}, by="suda", taken=422),
    # recording
    Body(
        "steps:record",
        lambda here: record(here, **came(here)),
        (
            *ATTENDANCE,
            *OF_ANOTHER_STEP,
            *FILES,
            *OTHER_VILLAGES,
            lambda far: {"villages": ["33140203"]},  # village work is recorded village by village
            lambda far: {"also": ["1.1"]},  # a step of the district's work
        ),
    ),
    Body(
        "steps:record",
        lambda here: record(here, villages=["33140203"]),
        (*ATTENDANCE, *OF_ANOTHER_STEP, *FILES, *OTHER_VILLAGES, lambda far: {"also": ["2.4"]}),
        step="1.1",
    ),
    Body(
        "steps:record",
        lambda here: record(here, document=[key(here.own, "document")]),
        (many("document", "document"),),
        step="2.2",
    ),
    Body(
        "steps:follow_up",
        lambda here: record(here, **came(here)),
        (*ATTENDANCE, *OF_ANOTHER_STEP, *FILES, *OTHER_VILLAGES),
    ),
    Body(
        "steps:activity_edit",
        lambda here: {"place": "วัดบ้านตระกาจ"},
        (*ATTENDANCE, *OF_ANOTHER_STEP, *CONFLICT),
        "activity",
    ),
    Body("steps:activity_withdraw", lambda here: {"reason": "ผิดหมู่บ้าน"}, takes="activity"),
    Body(
        "steps:activity_files",
        lambda here: {"received": [key(here.own, "received")]},
        FILES,
        "activity",
    ),
    # what came late: nothing here did, whatever is added
    Body("steps:activity_accept", takes="activity", taken=422),
    Body("steps:activity_set_aside", takes="activity", taken=422),
    Body("steps:file_accept", takes="photo", taken=422),
    Body("steps:file_set_aside", takes="photo", taken=422),
    # deciding on what was handed in
    Body("steps:review_verify", lambda here: {"level": "chief"}, takes="submission", by="prasit"),
    Body(
        "steps:review_return",
        lambda here: {"level": "chief", "reason": "ภาพไม่ชัด"},
        (
            lambda far: {"points": [f"evidence-{key(far, 'photo')}"]},
            lambda far: {"points": ["requirement-0"]},
        ),
        "submission",
        by="prasit",
    ),
    Body(
        "steps:review_reopen",  # it was not verified
        lambda here: {"level": "chief", "reason": "นับผิด"},
        takes="submission",
        by="prasit",
        taken=422,
    ),
    Body(
        "steps:review_together",
        lambda here: {"level": "chief", "do": "verify", "case": [key(here.own, "submission")]},
        (lambda far: {"case": [key(far, "submission")]},),
        by="prasit",
    ),
    # a new year: the village takes part already, and there is no year before
    Body("steps:years_copy", lambda here: {"year": "2561"}, by="anan", numbered=True),
    Body(
        "steps:year_villages",
        lambda here: {"village": [here.own.code]},
        (lambda far: {"village": [far.code]},),
        by="prasit",
    ),
    Body("steps:year_carry", by="prasit", taken=422),
    Body(
        "steps:year_officers",
        lambda here: {"village": [here.own.code], "officer": str(here.own.sender.pk)},
        (
            lambda far: {"village": [far.code]},
            lambda far: {"officer": str(far.sender.pk if far.village.pk else 999_999)},
        ),
        by="prasit",
    ),
    # an officer who leaves
    Body(
        "steps:handover",
        lambda here: {
            "officer": str(here.own.sender.pk),
            "area": ["3314"],
            "taker": str(User.objects.get(staff_id="somsak").pk),
            "last_day": "31/3/2560",
        },
        (
            lambda far: {"officer": str(far.sender.pk if far.village.pk else 999_999)},
            lambda far: {"taker": str(far.sender.pk if far.village.pk else 999_999)},
            lambda far: {"area": [far.district if far.village.pk else "3399"]},
        ),
        by="prasit",
    ),
    # handing in: an unmet step and one that was not handed in are refused, whatever is added
    Body("steps:submit", lambda here: {"reason-1.1-a": "เพราะ"}, taken=422),
    Body("steps:withdraw", taken=422),
    Body("steps:sign_in_sheet", lambda here: {"held_on": "1/3/2560", "place": "ศาลา"}, taken=200),
    # the shelf and files
    Body(
        "steps:shelf_add",
        lambda here: {
            "title": "คู่มือ",
            "source": "agency",
            "received": key(here.own, "received"),
            "drop": "",
        },
        (one("received", "received"),),
    ),
    Body("steps:shelf_end", takes="document"),
    Body("steps:caption", lambda here: {"caption": "ประชุม"}, takes="photo"),
    Body("steps:file_withdraw", lambda here: {"reason": "ผิดรูป"}, takes="photo"),
]


def extras(far: Place) -> Changes:
    """Fields no form asks for: columns of the rows behind it, and the ids of another's."""
    return {
        "status": "verified",
        "verified": "on",
        "accepted_at": "2017-03-01 00:00",
        "accepted_by": "1",
        "late": "on",
        "posting_ended": "on",
        "withdrawn_at": "2017-03-01 00:00",
        "district": far.district,
        "village": str(far.village.pk),
        "village_id": str(far.village.pk),
        "committee": "1",
        "enrolment": "1",
        "officer": str(far.sender.pk),
        "recorded_by": str(far.sender.pk),
        "by": str(far.sender.pk),
        "added_by": str(far.sender.pk),
        "own_target": "1",
        "number": "2.4",
        "year": "2561",
        "is_active": "",
        "national": "on",
        "role": "administrator",
        "ended_on": "2017-03-01",
        "left_on": "2017-03-01",
        "drop": key(far, "received"),
        f"caption-{key(far, 'received')}": "ของผู้อื่น",
        f"household-{key(far, 'household')}": "head",
        f"member-{key(far, 'member')}": "ready",
        f"group-core_leader-{far.code}": "9",
        "group-nobody": "9",
        "reason-2.4-a": "เพราะ",
    }
