"""Who reads a lesson: a reviewer of the area shares it with everybody, or keeps it there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, User
from accounts.rights import Role
from steps.models import Lesson
from steps.personal.names import Traces
from steps.recording.core import Refusal
from steps.recording.lessons import edit_lesson, keep_lesson, lesson_values, print_of, share_lesson
from tests.cast import NOW, World, household, person, post, sender
from tests.steps.learned import kept, learned, shared
from tests.trust import work

SignIn = Callable[[User], Client]
LIST = reverse("steps:review_lessons")
pytestmark = pytest.mark.usefixtures("english")


def case_page(lesson: Lesson) -> str:
    return reverse("steps:review_lesson", args=[lesson.pk])


def press(client: Client, lesson: Lesson, do: str, **more: Any) -> HttpResponse:
    """Press "share" or "keep" on the lesson as it is read now."""
    data = {"client_id": str(uuid4()), "seen": print_of(lesson), **more}
    return client.post(reverse(f"steps:review_lesson_{do}", args=[lesson.pk]), data)


def share(client: Client, lesson: Lesson, **more: Any) -> HttpResponse:
    return press(client, lesson, "share", **{"names_nobody": "on", **more})


def codes(response: HttpResponse) -> dict[str, list[str]]:
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in wrong] for name, wrong in found.items()}


def listed(client: Client) -> list[str]:
    return [case.lesson.text for case in client.get(LIST).context["cases"]]


# ---------------------------------------------------------------- sharing and keeping


def test_a_chief_shares_what_an_officer_wrote(world: World, signed_in: SignIn) -> None:
    lesson = learned(world)
    prasit = signed_in(world.prasit)
    assert listed(prasit) == [lesson.text]
    answer = share(prasit, lesson)
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    lesson.refresh_from_db()
    assert (lesson.sharing, lesson.decided_by, lesson.decided_at) == ("shared", world.prasit, NOW)
    assert listed(prasit) == []
    assert History.objects.get(verb="share_lesson").subject_id == str(lesson.pk)
    assert list(Lesson.objects.shared()) == [lesson]


def test_it_is_not_shared_before_somebody_says_it_names_nobody(
    world: World, signed_in: SignIn
) -> None:
    lesson = learned(world)
    response = press(signed_in(world.prasit), lesson, "share")
    assert (response.status_code, codes(response)) == (422, {"names_nobody": ["required"]})
    assert not Lesson.objects.shared().exists()


def test_kept_in_the_area_with_a_reason_and_decided_anew(world: World, signed_in: SignIn) -> None:
    lesson = learned(world)
    prasit = signed_in(world.prasit)
    assert codes(press(prasit, lesson, "keep")) == {"reason": ["required"]}
    press(prasit, lesson, "keep", reason="ยังไม่ชัดเจน")
    lesson.refresh_from_db()
    assert (lesson.sharing, lesson.decision_reason) == ("kept", "ยังไม่ชัดเจน")
    nida = signed_in(world.nida).get(reverse("steps:lessons", args=["33140108", 2560]))
    assert "ยังไม่ชัดเจน" in nida.content.decode()
    page = prasit.get(case_page(lesson)).content.decode()
    assert "Stays in the area" in page
    share(prasit, lesson)
    lesson.refresh_from_db()
    assert (lesson.sharing, lesson.decision_reason) == ("shared", "")
    press(prasit, lesson, "keep", reason="เปลี่ยนใจ")
    assert not Lesson.objects.shared().exists()


@pytest.mark.parametrize(("ticked", "cleared"), [({}, False), ({"photo_cleared": "on"}, True)])
def test_a_photo_goes_along_only_where_it_was_ticked(
    world: World, signed_in: SignIn, ticked: dict[str, str], cleared: bool
) -> None:
    lesson = learned(world, photo=work.picture(world.nida).received)
    prasit = signed_in(world.prasit)
    assert "whoever is recognised in it agreed" in prasit.get(LIST).content.decode()
    share(prasit, lesson, **ticked)
    lesson.refresh_from_db()
    assert (lesson.sharing, lesson.photo_cleared) == ("shared", cleared)


def test_without_a_photo_nothing_is_asked_or_cleared_of_one(
    world: World, signed_in: SignIn
) -> None:
    lesson = learned(world)
    prasit = signed_in(world.prasit)
    assert "whoever is recognised in it agreed" not in prasit.get(LIST).content.decode()
    shared(lesson, world.prasit, photo_cleared=True)
    lesson.refresh_from_db()
    assert not lesson.photo_cleared


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("นายทองดี แสงใส เล่าให้ฟัง", "นายทองดี แสงใส"),
        ("ถาม ทองดี แสงใส ได้", "ทองดี แสงใส"),
        ("โทร 081 234 5678", "081 234 5678"),
        ("โทร ๐๘๑-๒๓๔-๕๖๗๘", "081-234-5678"),
        ("ขอบคุณทองดีแสงใสที่สอน", "ทองดี แสงใส"),
    ],
)
def test_a_lesson_that_names_people_of_the_village_is_not_shared(
    world: World, signed_in: SignIn, text: str, found: str
) -> None:
    household(world.trakat, "88/1", "นายทองดี แสงใส", phone="081-234-5678")
    lesson = learned(world, text)
    response = share(signed_in(world.prasit), lesson)
    assert (response.status_code, codes(response)) == (422, {"names_nobody": ["names_found"]})
    assert f"People of the village are named in it: {found}." in response.content.decode()
    assert not Lesson.objects.shared().exists()
    kept(lesson, world.prasit)  # it may stay in the area


def test_each_name_found_is_said_once() -> None:
    traces = Traces.of(["นายทองดี แสงใส", "นางคำ แก้วใส"], [])
    text = "ทองดี แสงใส กับ นางคำ แก้วใส และ ทองดี แสงใส"
    assert traces.found_in(text) == ["ทองดี แสงใส", "นางคำ แก้วใส"]
    assert traces.found_in("ไม่มีชื่อ") == []
    assert Traces.of([], []).found_in(text) == []


def test_nobody_decides_on_what_they_wrote(world: World, signed_in: SignIn) -> None:
    lesson = learned(world, by=world.prasit)
    prasit, suda = signed_in(world.prasit), signed_in(world.suda)
    assert (listed(prasit), listed(suda)) == ([], [lesson.text])
    assert "somebody else decides who reads it" in prasit.get(case_page(lesson)).content.decode()
    response = share(prasit, lesson)
    assert (response.status_code, codes(response)) == (422, {"__all__": ["own_work"]})
    assert share(suda, lesson).status_code == 303


def test_nobody_decides_on_what_they_changed(world: World, signed_in: SignIn) -> None:
    lesson = learned(world)
    edit_lesson(
        lesson=lesson,
        started=lesson_values(lesson),
        wanted={**lesson_values(lesson), "text": "พัฒนาการอำเภอเขียนใหม่"},
        sender=sender(world.prasit),
    )
    prasit = signed_in(world.prasit)
    (case,) = prasit.get(LIST).context["cases"]
    assert (case.share, case.keep) == (None, None)
    for refused in (share(prasit, lesson), press(prasit, lesson, "keep", reason="ก")):
        assert codes(refused) == {"__all__": ["own_work"]}
    shared(lesson, world.suda)


def test_what_changed_since_it_was_read_is_read_again(world: World, signed_in: SignIn) -> None:
    lesson = learned(world)
    seen = print_of(lesson)
    Lesson.objects.filter(pk=lesson.pk).update(text="อีกอย่างหนึ่ง")
    prasit = signed_in(world.prasit)
    response = share(prasit, lesson, seen=seen)
    assert codes(response) == {"__all__": ["lesson_changed"]}
    page = response.content.decode()
    assert "อีกอย่างหนึ่ง" in page
    form = response.context["form"]
    assert form["names_nobody"].value() is False  # what was ticked was of another text
    assert share(prasit, lesson, seen=form["seen"].value()).status_code == 303


@pytest.mark.parametrize(
    ("name", "status"), [("nida", 403), ("wipa", 403), ("anan", 403), ("kanya", 404)]
)
def test_who_does_not_review_there_does_not_decide(
    world: World, signed_in: SignIn, name: str, status: int
) -> None:
    lesson = learned(world)
    user = getattr(world, name)
    client = signed_in(user)
    assert client.get(LIST).status_code == 403
    assert client.get(case_page(lesson)).status_code == status
    assert share(client, lesson).status_code == status
    assert press(client, lesson, "keep", reason="ก").status_code == status
    with pytest.raises(Refusal) as refused:
        shared(lesson, user)
    assert refused.value.code == "no_permission"


def test_a_reviewer_of_another_area_finds_nothing(world: World, signed_in: SignIn) -> None:
    lesson = learned(world)
    chief = person("far", "นายไกล ใจดี", "พัฒนาการอำเภอ")
    post(chief, Role.CHIEF, "3304")
    assert listed(signed_in(chief)) == []
    assert share(signed_in(chief), lesson).status_code == 404
    everywhere = person("wide", "นายกว้าง ใจดี", "นักวิชาการพัฒนาชุมชน")
    post(everywhere, Role.PROVINCE, None)
    assert listed(signed_in(everywhere)) == [lesson.text]


def test_a_withdrawn_lesson_is_not_decided_on(world: World, signed_in: SignIn) -> None:
    lesson = learned(world)
    Lesson.objects.filter(pk=lesson.pk).update(withdrawn_at=NOW, withdrawn_reason="ผิด")
    prasit = signed_in(world.prasit)
    assert listed(prasit) == []
    assert codes(share(prasit, lesson)) == {"__all__": ["withdrawn_already"]}
    with pytest.raises(Refusal) as refused:
        keep_lesson(lesson=lesson, seen="", reason="", sender=sender(world.prasit))
    assert refused.value.code == "reason_missing"


def test_a_decision_sent_twice_is_taken_once(world: World) -> None:
    lesson = learned(world)
    once = sender(world.prasit)
    seen = print_of(lesson)
    outcomes = [
        share_lesson(lesson=lesson, seen=seen, photo_cleared=False, sender=once) for _n in range(2)
    ]
    assert [outcome.replayed for outcome in outcomes] == [False, True]
    assert History.objects.filter(verb="share_lesson").count() == 1


# ---------------------------------------------------------------- the list


def test_the_queue_leads_there_and_says_how_many_wait(world: World, signed_in: SignIn) -> None:
    learned(world)
    learned(world, "อีกเรื่อง", by=world.somsak)
    page = signed_in(world.prasit).get(reverse("steps:review")).content.decode()
    assert f'<a href="{LIST}">Lessons to decide on 2</a>' in page


def test_forty_lessons_cost_what_two_do_and_come_by_pages(world: World, signed_in: SignIn) -> None:
    suda = signed_in(world.suda)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert suda.get(LIST).status_code == 200
        return len(asked)

    for number in range(2):
        learned(world, f"เรื่องที่ {number}")
    suda.get(LIST)
    few = queries()
    for number in range(40):
        learned(world, f"เรื่องที่ {number + 2}", village=world.phing)
    assert queries() == few <= 15
    assert len(listed(suda)) == 20
    assert "Page 1 of 3" in suda.get(LIST).content.decode()
