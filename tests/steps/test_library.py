"""The library: what anybody finds in it, and what nobody does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from steps import library
from steps.library import Asked, keys_of
from steps.models import (
    Activity,
    ChangeLeader,
    EnrolmentHousehold,
    EvidenceType,
    KnowledgeRecord,
    Lesson,
    RecordPhoto,
)
from tests.cast import NOW, World, household
from tests.steps.crawled import SEARCH, crawled
from tests.steps.published import lesson_of, photo_of, record_of
from villages.models import CommitteeMember, WorkingCommittee

SignedIn = Callable[[User], Client]
MARK = re.compile("<mark>(.*?)</mark>")


@pytest.fixture
def anybody(the_day_of_the_write_up: None) -> Client:
    return Client()


@pytest.fixture
def activity(world: World) -> Activity:
    return Activity.objects.create(
        enrolment=world.enrolment,
        step=world.step("1.4"),
        form="meeting",
        held_on=date(2017, 2, 1),
        place="ศาลากลางบ้าน",
        led_by="officer",
        recorded_by=world.nida,
    )


def titles(words: str = "", **filters: str) -> list[str]:
    keys = keys_of(words)
    return [hit.title for hit in library.hits(library.found(Asked(keys, **filters)), keys)]


def page(client: Client, address: str = SEARCH, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


# ---------------------------------------------------------------- finding


@pytest.fixture
def shelf(world: World) -> None:
    """Two records in two districts, three lessons in three."""
    record_of(
        world.enrolment,
        "เลี้ยงจิ้งหรีดสร้างรายได้",
        by=world.suda,
        background="เดิมทำนาอย่างเดียว",
        process_1_4="ประชุมครัวเรือนที่ศาลากลางบ้าน",
    )
    record_of(
        world.enrolment_of(world.malu),
        "ปุ๋ยหมักบึงมะลู",
        by=world.suda,
        at=NOW + timedelta(days=1),
        results="ลดรายจ่าย และเริ่มเลี้ยงจิ้งหรีดในครัวเรือน",
    )
    lesson_of(world.enrolment, "น้ำหมักใช้ได้ดี", by=world.nida, kind="caution", step=world.step("1.4"))
    lesson_of(world.enrolment_of(world.malu), "ตลาดนัดขายดี", by=world.kanya)
    lesson_of(world.enrolment_of(world.mueang), "ปลูกผักหลังบ้าน", by=world.anan, kind="method")


CRICKETS, COMPOST = "เลี้ยงจิ้งหรีดสร้างรายได้", "ปุ๋ยหมักบึงมะลู"
WATER, MARKET, GREENS = "น้ำหมักใช้ได้ดี", "ตลาดนัดขายดี", "ปลูกผักหลังบ้าน"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("จิ้งหรีด", [CRICKETS, COMPOST]),  # in the title before in the text, though older
        ("จิงหรีด", [CRICKETS, COMPOST]),
        ("หมัก", [COMPOST, WATER]),
        ("จิ้งหรีด รายจ่าย", [COMPOST]),
        ("น้ำ หมัก", [WATER]),
        ("ตระกาจ", [CRICKETS, WATER]),
        ("อำเภอศรีรัตนะ", [CRICKETS, WATER]),
        ("อำเภอ ศรีรัตนะ", [CRICKETS, WATER]),
        ("Ubon", [GREENS]),
        ("Kantharalak", [COMPOST, MARKET]),
        ("33140108", [CRICKETS, WATER]),
        ("caution", [WATER]),
        ("ข้อพึงระวัง", [WATER]),
        ("ไม่มีคำนี้", []),
        ("100%_", []),
        ("' OR 1=1 --", []),
    ],
)
def test_words_find_titles_texts_places_and_kinds(
    shelf: None, words: str, wanted: list[str]
) -> None:
    assert titles(words) == wanted


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"kind": "record"}, {CRICKETS, COMPOST}),
        ({"kind": "lesson"}, {WATER, MARKET, GREENS}),
        ({"kind": "caution"}, {WATER}),
        ({"step": "1.4"}, {CRICKETS, WATER}),
        ({"area": "33"}, {CRICKETS, COMPOST, WATER, MARKET}),
        ({"area": "3304"}, {COMPOST, MARKET}),
        ({"year": "2560"}, {CRICKETS, COMPOST, WATER, MARKET, GREENS}),
        ({"area": "3304", "kind": "lesson"}, {MARKET}),
    ],
)
def test_filters_narrow(shelf: None, filters: dict[str, str], wanted: set[str]) -> None:
    assert set(titles(**filters)) == wanted


def test_a_livelihood_is_that_of_households_or_of_targets_of_the_year(
    world: World, shelf: None
) -> None:
    world.trakat.households.update(main_occupation=None, side_occupation=None)
    assert titles(livelihood="weaving") == []  # no such occupation
    home = household(world.malu, "1", "นายมี ใจดี", main_occupation_id="rice")
    assert set(titles(livelihood="rice")) == {COMPOST, MARKET}
    home.ended_on = NOW.date()
    home.save()
    assert titles(livelihood="rice") == []
    other = household(world.mueang, "2", "นายมา ใจดี")
    row = EnrolmentHousehold.objects.create(
        enrolment=world.enrolment_of(world.mueang), household=other, target=True, livelihood="ทำนา"
    )
    assert titles(livelihood="rice") == [GREENS]
    row.livelihood = "เลี้ยงไก่"
    row.save()
    assert titles(livelihood="rice") == []


def test_the_page_marks_what_was_found(shelf: None, anybody: Client) -> None:
    found = page(anybody, q="จิงหรีด")
    assert MARK.findall(found) == ["จิ้งหรีด", "จิ้งหรีด"]
    assert "2 รายการ" in found or "2 item" in found


def test_what_was_typed_is_never_markup(shelf: None, anybody: Client) -> None:
    found = page(anybody, q='"><script>alert(1)</script>')
    assert "<script>alert" not in found


@pytest.mark.parametrize("name", ["kind", "step", "area", "year", "livelihood"])
def test_an_unknown_filter_is_said_and_the_rest_searched(
    shelf: None, anybody: Client, name: str
) -> None:
    found = page(anybody, **{"q": "จิ้งหรีด", name: "ไม่มี"})
    assert 'class="error"' in found
    assert CRICKETS.removeprefix("เลี้ยง") not in found  # it is marked within
    assert len(MARK.findall(found)) == 2


def test_a_search_of_a_hundred_thousand_characters_is_cut_and_said(
    shelf: None, anybody: Client, english: None
) -> None:
    response = anybody.get(SEARCH, {"q": "ก" * 100_000})
    assert response.status_code == 200
    assert "Only its beginning" in response.content.decode()
    assert len(response.content) < 40_000


def test_without_hits_it_is_said_what_can_be_tried(
    shelf: None, anybody: Client, english: None
) -> None:
    found = page(anybody, q="จิ้งหรีด", area="3304", kind="lesson")
    assert "Nothing was found" in found
    assert "Without “Lessons”: 1 item" in found
    assert "Kantharalak District”: " not in found  # no lesson anywhere has the word
    assert "?q=%E0%B8%88" in found
    assert "Try fewer words" in page(anybody, q="จิ้งหรีด ตลาดนัด")


def test_the_home_of_the_library_says_what_there_is(
    shelf: None, anybody: Client, english: None
) -> None:
    found = re.sub(r"\s+", " ", page(anybody))
    assert "<b>2</b> Knowledge records" in found
    assert "<b>3</b> Lessons" in found
    assert "<b>2</b> Provinces" in found
    assert "?step=1.4" in found


def test_the_library_is_paged_and_asks_the_same_whatever_it_holds(
    world: World, shelf: None, activity: Activity, anybody: Client
) -> None:
    def queries(**query: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            page(anybody, **query)
        return len(asked)

    record = world.enrolment.knowledge
    record.title = "เรื่องดี"  # first of all, whatever its key
    record.save()
    few = queries(q="ดี"), queries(), queries(q="ไม่มี", area="33", kind="lesson", step="1.4")
    for number in range(30):
        lesson_of(world.enrolment, f"ดีครั้งที่ {number}", by=world.nida)
    photo_of(world.enrolment.knowledge, activity, by=world.nida)
    assert (
        queries(q="ดี"),
        queries(),
        queries(q="ไม่มี", area="33", kind="lesson", step="1.4"),
    ) == few
    assert max(few) <= 12  # three more where somebody is signed in
    assert page(anybody, q="ดี").count('<li><a class="row') == 20
    assert page(anybody, q="ดี", page="2").count('<li><a class="row') == 13
    assert page(anybody, q="ดี", page="nonsense")


# ---------------------------------------------------------------- a record and a lesson


def test_a_published_record_is_read_by_anybody_in_few_queries(
    world: World, shelf: None, activity: Activity, anybody: Client, english: None
) -> None:
    record = world.enrolment.knowledge
    shown = photo_of(record, activity, by=world.nida)
    address = reverse("library:record", args=[record.pk])
    with CaptureQueriesContext(connection) as asked:
        found = page(anybody, address)
    assert len(asked) <= 8
    assert "เดิมทำนาอย่างเดียว" in found
    assert f'<link rel="canonical" href="{settings.BASE_URL}{address}">' in found
    assert f'<meta property="og:title" content="{record.title}">' in found
    picture = reverse("library:photo", args=[record.pk, shown.pk])
    assert f'<meta property="og:image" content="{settings.BASE_URL}{picture}">' in found
    assert "?area=3314" in found
    assert "?step=1.4" in found
    assert WATER in found
    assert "csrfmiddlewaretoken" not in found
    assert "๑" not in page(anybody, SEARCH)


@pytest.mark.parametrize("area", ["\0", "\0\0", "๓๓", "33\0", "-1", "x" * 5000])
def test_any_area_is_answered(world: World, anybody: Client, area: str) -> None:
    assert anybody.get(SEARCH, {"area": area}).status_code == 200


def test_addresses_on_the_net_keep_their_digits(world: World, anybody: Client) -> None:
    record = record_of(world.enrolment, "ปี 2560", by=world.suda)
    record.contact = "โทร 045 e-mail cdd33@example.org"
    record.save()
    shown = page(anybody, reverse("library:record", args=[record.pk]), digits="thai")
    assert "cdd33@example.org" in shown
    assert "๐๔๕" in shown


def test_thai_digits(world: World, anybody: Client) -> None:
    record = record_of(world.enrolment, "ปี 2560", by=world.suda)
    shown = page(anybody, reverse("library:record", args=[record.pk]), digits="thai")
    assert "ปี" in shown
    assert "๒๕๖๐" in shown


@pytest.mark.parametrize("status", ["draft", "sent", "returned"])
def test_what_is_not_published_is_nowhere(world: World, anybody: Client, status: str) -> None:
    record = record_of(
        world.enrolment, "ยังไม่เผยแพร่", by=world.suda, status=status, background="ร่าง"
    )
    assert anybody.get(reverse("library:record", args=[record.pk])).status_code == 404
    nowhere(anybody, "ยังไม่เผยแพร่", "ร่าง")


@pytest.mark.parametrize("state", ["waiting", "kept", "withdrawn"])
def test_what_is_not_shared_is_nowhere(world: World, anybody: Client, state: str) -> None:
    withdrawn = {"withdrawn_at": NOW, "withdrawn_reason": "ผิด", "withdrawn_by": world.nida}
    fields = withdrawn if state == "withdrawn" else {"sharing": state}
    lesson = lesson_of(world.enrolment, "ยังไม่แบ่งปัน", by=world.nida, **fields)
    assert anybody.get(reverse("library:lesson", args=[lesson.pk])).status_code == 404
    nowhere(anybody, "ยังไม่แบ่งปัน")


def nowhere(client: Client, *words: str) -> None:
    for word in words:
        assert titles(word) == []
        assert word not in page(client)
        assert word not in client.get(reverse("library:feed")).content.decode()


def test_a_record_that_is_reopened_is_gone_at_once(world: World, anybody: Client) -> None:
    record = record_of(world.enrolment, by=world.suda)
    address = reverse("library:record", args=[record.pk])
    page(anybody, address)
    KnowledgeRecord.objects.filter(pk=record.pk).update(status="returned", reason="มีชื่อคน")
    assert anybody.get(address).status_code == 404
    assert titles() == []


def test_what_anybody_reads_may_be_kept_and_is_sent_once(
    world: World, anybody: Client, signed_in: SignedIn
) -> None:
    record = record_of(world.enrolment, by=world.suda)
    address = reverse("library:record", args=[record.pk])
    first = anybody.get(address)
    assert first["Cache-Control"] == "public, max-age=300"
    assert "Cookie" in first["Vary"]
    assert not first.cookies
    again = anybody.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    record.sections.create(key="background", text="เพิ่มแล้ว")
    assert anybody.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200
    assert signed_in(world.nida).get(address)["Cache-Control"] == "private, no-store"


def test_the_language_is_chosen_by_a_link(world: World, anybody: Client) -> None:
    record = record_of(world.enrolment, by=world.suda)
    address = reverse("library:record", args=[record.pk])
    thai = anybody.get(address, {"digits": "thai"})
    assert "digits=thai&amp;language=en" in thai.content.decode()
    moved = anybody.get(address, {"digits": "thai", "language": "en"})
    assert (moved.status_code, moved["Location"]) == (302, f"{address}?digits=thai")
    assert "no-store" in moved["Cache-Control"]
    assert '<html lang="en">' in page(anybody, address)


# ---------------------------------------------------------------- photos


def test_a_cleared_photo_is_served_to_anybody(
    world: World, activity: Activity, anybody: Client
) -> None:
    shown = photo_of(record_of(world.enrolment, by=world.suda), activity, by=world.nida)
    for address in photo_addresses(shown):
        answer = anybody.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Cache-Control"] == "public, max-age=300"
        assert "sandbox" in answer["Content-Security-Policy"]


def photo_addresses(shown: RecordPhoto) -> list[str]:
    parts = [shown.record_id, shown.pk]
    return [reverse(f"library:{name}", args=parts) for name in ("photo", "photo_small")]


@pytest.mark.parametrize(
    "spoilt",
    [
        "not cleared",
        "withdrawn",
        "activity withdrawn",
        "sign-in sheet",
        "minutes",
        "draft",
        "other record",
    ],
)
def test_any_other_photo_is_not_there(
    world: World, activity: Activity, anybody: Client, spoilt: str
) -> None:
    record = record_of(
        world.enrolment, by=world.suda, status="draft" if spoilt == "draft" else "published"
    )
    shows = {"sign-in sheet": EvidenceType.SIGN_IN, "minutes": EvidenceType.MINUTES}
    withdrawn = {"withdrawn_at": NOW, "withdrawn_reason": "ผิด", "withdrawn_by": world.nida}
    shown = photo_of(
        record,
        activity,
        by=world.nida,
        cleared=spoilt != "not cleared",
        shows=shows.get(spoilt, EvidenceType.PHOTO),
        **(withdrawn if spoilt == "withdrawn" else {}),
    )
    if spoilt == "activity withdrawn":
        Activity.objects.filter(pk=activity.pk).update(**withdrawn)
    if spoilt == "other record":
        shown.record_id = record_of(world.enrolment_of(world.phing), by=world.suda).pk
    assert [anybody.get(address).status_code for address in photo_addresses(shown)] == [404, 404]
    if spoilt not in ("draft", "other record"):
        assert "<figure" not in page(anybody, reverse("library:record", args=[record.pk]))


def test_the_photo_of_a_lesson_needs_its_own_clearing(
    world: World, activity: Activity, anybody: Client
) -> None:
    blob = photo_of(
        record_of(world.enrolment, by=world.suda), activity, by=world.nida
    ).evidence.blob
    lesson = lesson_of(world.enrolment, by=world.nida, photo=blob)
    names = ("lesson_photo", "lesson_photo_small")
    addresses = [reverse(f"library:{name}", args=[lesson.pk]) for name in names]
    assert [anybody.get(address).status_code for address in addresses] == [404, 404]
    assert "<figure" not in page(anybody, reverse("library:lesson", args=[lesson.pk]))
    Lesson.objects.update(photo_cleared=True)
    assert [anybody.get(address).status_code for address in addresses] == [200, 200]
    assert "<figure" in page(anybody, reverse("library:lesson", args=[lesson.pk]))
    Lesson.objects.update(sharing="waiting", decided_at=None)
    assert [anybody.get(address).status_code for address in addresses] == [404, 404]


# ---------------------------------------------------------------- feed

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_is_atom_with_the_newest_first(world: World, shelf: None, anybody: Client) -> None:
    lesson_of(world.enrolment, "รายรับ < รายจ่าย & หนี้", by=world.nida, at=NOW + timedelta(days=2))
    answer = anybody.get(reverse("library:feed"))
    assert answer["Content-Type"].startswith("application/atom+xml")
    entries = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314
    assert len(entries) == 6
    assert entries[0].findtext(f"{ATOM}title") == "รายรับ < รายจ่าย & หนี้"
    assert entries[1].findtext(f"{ATOM}title") == COMPOST
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.attrib["href"].startswith(f"{settings.BASE_URL}/library/")


def test_the_feed_ends_at_fifty(world: World, anybody: Client) -> None:
    for number in range(55):
        lesson_of(world.enrolment, f"บทเรียนที่ {number}", by=world.nida)
    assert anybody.get(reverse("library:feed")).content.count(b"<entry>") == 50


# ---------------------------------------------------------------- nobody's name


def planted(world: World, activity: Activity) -> list[str]:
    """People everywhere around a record and a lesson that anybody may read."""
    home = household(world.trakat, "99/1", "นายปลูก ซ่อนไว้", phone="0812345678", cluster="คุ้มลับ")
    EnrolmentHousehold.objects.create(
        enrolment=world.enrolment, household=home, target=True, livelihood="ลับเฉพาะ"
    )
    committee = WorkingCommittee.objects.create(village=world.trakat, formed_on=date(2017, 1, 1))
    member = CommitteeMember.objects.create(
        committee=committee, name="นางกรรมการ ซ่อนไว้", kind="formal", joined_on=date(2017, 1, 1)
    )
    leader = ChangeLeader.objects.create(
        enrolment=world.enrolment, name="นายผู้นำ ซ่อนไว้", named_on=date(2017, 1, 1)
    )
    activity.attendances.create(household=home)
    record = record_of(world.enrolment, by=world.suda, process_1_4="ประชุมครัวเรือน")
    hidden = [
        photo_of(record, activity, by=world.nida, colour="blue", cleared=False),
        photo_of(record, activity, by=world.nida, colour="navy", shows=EvidenceType.SIGN_IN),
    ]
    photo_of(record, activity, by=world.nida)
    lesson_of(world.enrolment, by=world.nida, step=world.step("1.4"), photo=hidden[0].evidence.blob)
    words = [home.head_name, home.phone, home.cluster, "ลับเฉพาะ", member.name, leader.name]
    return [
        *words,
        *(str(one.evidence_id) for one in hidden),
        *(address for one in hidden for address in photo_addresses(one)),
        *(one.evidence.blob.sha256[:12] for one in hidden),
        world.nida.name,
    ]


def test_nobody_is_named_anywhere_in_the_library(
    world: World, activity: Activity, anybody: Client
) -> None:
    secrets = planted(world, activity)
    pages = dict(crawled(anybody))
    assert len(pages) > 15
    assert {response.status_code for response in pages.values()} == {200}
    shown = [
        (address, secret)
        for address, response in pages.items()
        if not response.streaming
        for secret in secrets
        if secret in response.content.decode()
    ]
    assert shown == []
    for secret in secrets:
        assert titles(secret) == []


def test_a_search_by_words_does_not_look_into_what_households_wrote(
    world: World, activity: Activity, anybody: Client
) -> None:
    planted(world, activity)
    assert "ลับเฉพาะ" not in re.sub('value="[^"]*"', "", page(anybody, livelihood="ลับเฉพาะ"))
    assert titles("ซ่อนไว้") == titles("ลับเฉพาะ") == []


# ---------------------------------------------------------------- the way there


def test_the_library_is_linked_for_everybody(world: World, signed_in: SignedIn) -> None:
    link = f'href="{SEARCH}"'
    assert page(Client(), reverse("accounts:login")).count(link) == 2
    assert link in page(Client(), reverse("privacy"))
    assert page(signed_in(world.nida), "/").count(link) == 3


def test_signed_in_people_read_it_too(world: World, shelf: None, signed_in: SignedIn) -> None:
    def queries(client: Client, **query: Any) -> int:
        with CaptureQueriesContext(connection) as asked:
            page(client, **query)
        return len(asked)

    for user in (world.nida, world.wipa, world.anan):
        client = signed_in(user)
        assert queries(client) <= 15
        assert queries(client, q="จิ้งหรีด") <= 15
