"""Names planted where a record could carry them: refused until they are out, then nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from docx import Document

from accounts.models import User
from steps import library
from steps.knowledge.check import Place, check_of
from steps.library import Asked, keys_of
from steps.models import Evidence, KnowledgeRecord, Lesson, RecordPhoto
from tests.cast import World, household
from tests.pages import form_of, send
from tests.steps.crawled import crawled
from tests.steps.learned import learned
from tests.steps.planted import PHONE, Planted

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("english")
YEAR = "/villages/33140108/2560/"
RECORD = f"{YEAR}knowledge/"
CARRIES = {"1.4", "Results", "Caption"}  # the words its places begin with


@pytest.fixture
def planted(world: World) -> Planted:
    """A villager named in an activity, its photos, the plan, the lists and a lesson."""
    planted = Planted(world)
    learned(world, f"{planted.name} สอนเพื่อนบ้าน โทร {PHONE.replace('-', '–')}")
    return planted


def record_of(world: World) -> KnowledgeRecord:
    return KnowledgeRecord.objects.get(enrolment__village=world.trakat)


def drafted(world: World, officer: Client) -> KnowledgeRecord:
    """Draft the record and choose the photo of the activity, as the screens offer them."""
    form = form_of(officer, RECORD)
    assert officer.post(f"{RECORD}draft/", form).status_code == 303
    photo = Evidence.objects.get(activity__enrolment=world.enrolment, type="photo")
    chosen = {f"photo-{photo.pk}": "on", f"place-{photo.pk}": "1"}
    assert send(officer, f"{RECORD}photos/", **chosen).status_code == 303
    return record_of(world)


def take_out(officer: Client, places: Iterable[Place], secrets: list[str]) -> None:
    """Open the page each place leads to, and write something else for the name and phone."""
    for place in places:
        form = form_of(officer, place.href)
        typed = {name: text for name, text in form.items() if name != "started"}
        mended = {name: without(text, secrets) for name, text in typed.items()}
        assert officer.post(place.href, {**form, **mended}).status_code == 303


def without(text: str, secrets: list[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "ชาวบ้านคนหนึ่ง")
    return text


def secrets_of(planted: Planted) -> list[str]:
    given, family = planted.name.removeprefix("นาง").split()
    phones = [PHONE, PHONE.replace("-", "–"), PHONE.replace("-", "")]
    return [planted.name, given, family, *phones]


def codes(answer: HttpResponse) -> list[str]:
    wrong = answer.context["form"].errors.as_data()
    return [error.code for errors in wrong.values() for error in errors]


def test_a_record_that_carries_names_is_refused_until_they_are_taken_out(
    world: World, planted: Planted, signed_in: SignIn
) -> None:
    officer, province, secrets = signed_in(world.nida), signed_in(world.suda), secrets_of(planted)
    record = drafted(world, officer)

    refused = send(officer, f"{RECORD}send/")
    assert (refused.status_code, codes(refused)) == (422, ["record_names_people"])
    naming = check_of(record).naming
    assert {place.label.split()[0].rstrip(",") for place in naming} == CARRIES
    # What the draft takes over word for word; of lists, attendance and plan it takes numbers.

    take_out(officer, naming, secrets)
    assert send(officer, f"{RECORD}send/").status_code == 303
    shown = RecordPhoto.objects.get(record=record)
    answer = send(province, f"{RECORD}publish/", names_nobody="on", cleared=[str(shown.pk)])
    assert answer.status_code == 303
    refused = share(signed_in(world.prasit))
    assert (refused.status_code, codes(refused)) == (422, ["names_found"])

    assert_nowhere(secrets, record)
    word = officer.get(f"{YEAR}knowledge.docx")
    file = Document(BytesIO(b"".join(word.streaming_content) if word.streaming else word.content))
    words = "\n".join(node.text or "" for node in file.element.body.iter() if node.text)
    assert "ชาวบ้านคนหนึ่ง" in words
    assert [secret for secret in secrets if secret in words] == []


def share(reviewer: Client) -> HttpResponse:
    """Let everybody read the lesson, without having it mended."""
    lesson = Lesson.objects.get()
    page = reviewer.get(reverse("steps:review_lesson", args=[lesson.pk]))
    form = page.context["case"].share
    data = {name: form[name].value() for name in ("client_id", "seen")}
    url = reverse("steps:review_lesson_share", args=[lesson.pk])
    return reviewer.post(url, {**data, "names_nobody": "on"})


def assert_nowhere(secrets: list[str], record: KnowledgeRecord) -> None:
    """No page of the library holds them, nor its feed, search, or what a link shows in a chat."""
    pages = dict(crawled(Client()))
    texts = {
        address: answer.content.decode()
        for address, answer in pages.items()
        if not answer.streaming
    }
    own = reverse("library:record", args=[record.pk])
    assert {own, reverse("library:feed")} <= texts.keys()
    assert "ชาวบ้านคนหนึ่ง" in texts[own]
    assert 'property="og:description"' in texts[own]
    assert any(answer.streaming for answer in pages.values())  # the photo that was cleared
    found = [
        (address, secret) for secret in secrets for address in texts if secret in texts[address]
    ]
    assert found == []
    for secret in secrets:
        assert list(library.found(Asked(keys_of(secret)))) == []


def test_publishing_is_refused_too_where_somebody_listed_since_is_named(
    world: World, planted: Planted, signed_in: SignIn
) -> None:
    officer, province = signed_in(world.nida), signed_in(world.suda)
    record = drafted(world, officer)
    take_out(officer, check_of(record).naming, secrets_of(planted))
    send(officer, f"{RECORD}about/", title="เรื่องของนายมาใหม่ อยู่ดี")
    assert send(officer, f"{RECORD}send/").status_code == 303
    household(world.trakat, "77", "ว่าที่ ร.ต.มาใหม่ อยู่ดี")
    refused = send(province, f"{RECORD}publish/", names_nobody="on")
    assert (refused.status_code, codes(refused)) == (422, ["record_names_people"])
    assert Client().get(reverse("library:record", args=[record.pk])).status_code == 404
    assert "มาใหม่" not in Client().get("/library/").content.decode()
