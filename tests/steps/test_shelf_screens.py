"""The district's document shelf on screen, and its file that no mistake elsewhere loses."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from accounts.models import History, User
from accounts.rights import Role
from steps.models import EvidenceType, ReceivedFile, ShelfDocument
from steps.recording.shelf import NewDocument, put_on_shelf, take_off_shelf
from tests.cast import World, person, post, sender
from villages.models import Area

SignIn = Callable[[User], Client]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
DISTRICT, YEAR = "3314", 2560


def address(name: str = "shelf", *args: object, code: str = DISTRICT, year: int = YEAR) -> str:
    return reverse(f"steps:{name}", args=[code, year, *args])


def typed(**fields: object) -> dict[str, object]:
    return {
        "client_id": str(uuid4()),
        "title": "คู่มือสัมมาชีพชุมชน",
        "source": "department",
        "maker": "กรมการพัฒนาชุมชน",
        "note": "แนวทางทั้งกระบวนการ",
        "link": "https://www.cdd.go.th/คู่มือ",
        **fields,
    }


def pdf(content: bytes = PDF, name: str = "คู่มือ.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def photo() -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    return SimpleUploadedFile("ปก.jpg", picture.getvalue(), content_type="image/jpeg")


def shelved(world: World, title: str = "คู่มือทำปุ๋ย", source: str = "agency") -> ShelfDocument:
    outcome = put_on_shelf(
        district=Area.objects.get(code=DISTRICT),
        programme=world.programme,
        document=NewDocument(source=source, title=title),
        received=None,
        sender=sender(world.nida),
    )
    return ShelfDocument.objects.get(pk=UUID(outcome.result["document"]))


# ---------------------------------------------------------------- reading


def test_the_shelf_is_grouped_by_source(world: World, signed_in: SignIn) -> None:
    shelved(world, "คู่มือทำปุ๋ย", "agency")
    shelved(world, "บทเรียนบ้านหนองหว้า", "model")
    response = signed_in(world.nida).get(address())
    titles = [[row.title for row in rows] for _label, rows in response.context["sources"]]
    assert titles == [["บทเรียนบ้านหนองหว้า"], [], ["คู่มือทำปุ๋ย"]]
    assert response.content.decode().count("<h1") == 1


def test_what_was_taken_off_or_belongs_elsewhere_is_not_listed(
    world: World, signed_in: SignIn
) -> None:
    take_off_shelf(document=shelved(world), sender=sender(world.nida))
    ShelfDocument.objects.create(
        district_id="3304",
        programme=world.programme,
        source="model",
        title="ของกันทรลักษ์",
        added_by=world.kanya,
    )
    response = signed_in(world.nida).get(address())
    assert response.context["is_empty"]
    assert "ของกันทรลักษ์" not in response.content.decode()


def test_the_shelf_asks_as_many_queries_for_eighty_documents_as_for_ten(
    world: World, signed_in: SignIn
) -> None:
    def queries(documents: int) -> int:
        have = ShelfDocument.objects.count()
        ShelfDocument.objects.bulk_create(
            ShelfDocument(
                district_id=DISTRICT,
                programme=world.programme,
                source="agency",
                title=f"เล่มที่ {n}",
                added_by=world.nida,
            )
            for n in range(have, documents)
        )
        client = signed_in(world.nida)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address())
        assert sum(len(rows) for _label, rows in response.context["sources"]) == documents
        return len(captured)

    assert queries(10) == queries(80) <= 15


# ---------------------------------------------------------------- adding


def test_an_officer_adds_a_document_that_exists_on_paper_only(
    world: World, signed_in: SignIn
) -> None:
    response = signed_in(world.nida).post(address("shelf_add"), typed(link=""))
    assert (response.status_code, response["Location"]) == (303, address())
    document = ShelfDocument.objects.get()
    assert (document.title, document.district_id) == ("คู่มือสัมมาชีพชุมชน", DISTRICT)
    assert (document.link, document.blob, document.added_by) == ("", None, world.nida)


@pytest.mark.parametrize(("upload", "kind"), [(pdf, "document"), (photo, "image")])
def test_an_officer_adds_a_document_with_its_file(
    world: World,
    signed_in: SignIn,
    upload: Callable[[], SimpleUploadedFile],
    kind: str,
) -> None:
    client = signed_in(world.nida)
    assert client.post(address("shelf_add"), typed(file=upload())).status_code == 303
    document = ShelfDocument.objects.get()
    assert document.blob is not None
    assert document.blob.kind == kind
    assert document.blob.path().exists()
    assert reverse("steps:shelved", args=[document.pk]) in client.get(address()).content.decode()
    received = ReceivedFile.objects.get()
    assert (received.type, received.by) == (EvidenceType.HANDBOOK, world.nida)
    assert received.claimed_at is not None


def test_the_same_form_sent_twice_with_its_file_is_one_document(
    world: World, signed_in: SignIn
) -> None:
    client, data = signed_in(world.nida), typed()
    for _ in range(2):
        assert client.post(address("shelf_add"), data | {"file": pdf()}).status_code == 303
    assert ShelfDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "ก" * 201}, "title"),
        ({"source": ""}, "source"),
        ({"source": "shop"}, "source"),
        ({"link": "ไม่ใช่ลิงก์"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_everything_typed_is_kept(
    world: World, signed_in: SignIn, wrong: dict[str, str], field: str
) -> None:
    response = signed_in(world.nida).post(address("shelf_add"), typed(**wrong))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "แนวทางทั้งกระบวนการ" in response.content.decode()
    assert not ShelfDocument.objects.exists()


def test_a_file_outlives_a_mistake_elsewhere(world: World, signed_in: SignIn) -> None:
    client, data = signed_in(world.nida), typed(title="")
    response = client.post(address("shelf_add"), data | {"file": pdf()})
    assert response.status_code == 422
    received = ReceivedFile.objects.get()
    page = response.content.decode()
    assert f'name="received" value="{received.pk}"' in page
    assert "คู่มือ.pdf" in page
    data |= {"title": "คู่มือ", "received": str(received.pk)}
    assert client.post(address("shelf_add"), data).status_code == 303
    assert ShelfDocument.objects.get().blob == received.blob


def test_a_received_file_stays_through_a_second_mistake(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.nida)
    client.post(address("shelf_add"), typed(title="", file=pdf()))
    received = ReceivedFile.objects.get()
    again = client.post(address("shelf_add"), typed(source="", received=str(received.pk)))
    assert f'name="received" value="{received.pk}"' in again.content.decode()


def test_a_received_file_can_be_left_out_or_replaced(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.nida)
    client.post(address("shelf_add"), typed(title="", file=pdf()))
    received = ReceivedFile.objects.get()
    without = typed(title="เล่มกระดาษ", received=str(received.pk), drop="on")
    assert client.post(address("shelf_add"), without).status_code == 303
    assert ShelfDocument.objects.get(title="เล่มกระดาษ").blob is None
    other = typed(title="เล่มใหม่", received=str(received.pk), file=photo())
    assert client.post(address("shelf_add"), other).status_code == 303
    blob = ShelfDocument.objects.get(title="เล่มใหม่").blob
    assert blob is not None
    assert blob != received.blob


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"MZ is no document", "not_supported"), (b"%PDF-1.4 cut off", "broken")],
)
def test_a_file_that_is_refused_is_answered_beside_it_and_the_rest_is_kept(
    world: World, signed_in: SignIn, content: bytes, code: str
) -> None:
    data = typed(file=pdf(content))
    response = signed_in(world.nida).post(address("shelf_add"), data)
    assert response.status_code == 422
    [error] = response.context["form"].errors["file"].as_data()
    assert error.code == code
    assert "แนวทางทั้งกระบวนการ" in response.content.decode()
    assert not ShelfDocument.objects.exists()
    assert not ReceivedFile.objects.exists()


def test_a_refused_file_does_not_lose_the_one_received_before(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    client.post(address("shelf_add"), typed(title="", file=pdf()))
    received = ReceivedFile.objects.get()
    data = typed(received=str(received.pk), file=pdf(b"no document"))
    response = client.post(address("shelf_add"), data)
    assert response.status_code == 422
    assert f'name="received" value="{received.pk}"' in response.content.decode()


@pytest.mark.parametrize("whose", ["somebody", "nobody", "nonsense"])
def test_a_file_somebody_else_sent_is_answered_like_an_unknown_one(
    world: World, signed_in: SignIn, whose: str
) -> None:
    signed_in(world.somsak).post(address("shelf_add"), typed(title="", file=pdf()))
    received = {
        "somebody": str(ReceivedFile.objects.get().pk),
        "nobody": str(uuid4()),
        "nonsense": "1",
    }[whose]
    response = signed_in(world.nida).post(address("shelf_add"), typed(received=received))
    assert response.status_code == 422
    assert "คู่มือ.pdf" not in response.content.decode()
    assert not ShelfDocument.objects.exists()


def test_the_same_title_from_the_same_source_stands_once(world: World, signed_in: SignIn) -> None:
    shelved(world, "คู่มือสัมมาชีพชุมชน", "department")
    response = signed_in(world.nida).post(address("shelf_add"), typed())
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["title"]
    assert ShelfDocument.objects.count() == 1


# ---------------------------------------------------------------- taking off


def test_a_document_is_taken_off_the_shelf(world: World, signed_in: SignIn) -> None:
    document = shelved(world)
    client, url = signed_in(world.somsak), address("shelf_end", document.pk)
    assert document.title in client.get(url).content.decode()
    assert client.post(url, {"client_id": str(uuid4())}).status_code == 303
    document.refresh_from_db()
    assert document.ended_at is not None
    assert History.objects.filter(verb="take_off_shelf").count() == 1


def test_a_document_is_taken_off_once(world: World, signed_in: SignIn) -> None:
    document = shelved(world)
    take_off_shelf(document=document, sender=sender(world.nida))
    document.refresh_from_db()
    ended_at = document.ended_at
    url = address("shelf_end", document.pk)
    assert signed_in(world.nida).post(url, {"client_id": str(uuid4())}).status_code == 422
    document.refresh_from_db()
    assert document.ended_at == ended_at


def test_a_document_stands_under_its_own_district_and_year_only(
    world: World, signed_in: SignIn
) -> None:
    document = shelved(world)
    client = signed_in(world.nida)
    assert client.get(address("shelf_end", document.pk, code="3304")).status_code == 404
    assert client.get(address("shelf_end", document.pk, year=2561)).status_code == 404


# ---------------------------------------------------------------- whose area


def writes(world: World) -> dict[str, dict[str, Any]]:
    return {
        address("shelf_add"): typed(),
        address("shelf_end", shelved(world).pk): {"client_id": str(uuid4())},
    }


def stored() -> list[object]:
    return list(ShelfDocument.objects.values_list("pk", "ended_at"))


@pytest.mark.parametrize("who", ["kanya", "wichai"])
def test_outside_ones_own_area_there_is_no_shelf(world: World, signed_in: SignIn, who: str) -> None:
    forms, client = writes(world), signed_in(getattr(world, who))
    before = stored()
    assert client.get(address()).status_code == 404
    for url, data in forms.items():
        assert client.get(url).status_code == 404
        assert client.post(url, data).status_code == 404
    assert stored() == before


@pytest.mark.parametrize("who", ["suda", "wipa", "anan"])
def test_who_may_not_record_reads_the_shelf_and_writes_nothing(
    world: World, signed_in: SignIn, who: str
) -> None:
    forms, client = writes(world), signed_in(getattr(world, who))
    before = stored()
    page = client.get(address())
    assert page.status_code == 200
    assert address("shelf_add") not in page.content.decode()
    for url, data in forms.items():
        assert client.get(url).status_code == 403
        assert client.post(url, data).status_code == 403
    assert stored() == before


def test_a_file_of_somebody_who_may_not_record_is_not_even_received(
    world: World, signed_in: SignIn
) -> None:
    signed_in(world.suda).post(address("shelf_add"), typed(file=pdf()))
    assert not ReceivedFile.objects.exists()


def test_an_officer_of_one_subdistrict_serves_the_shelf_of_the_whole_district(
    world: World, signed_in: SignIn
) -> None:
    somchai = person("somchai", "นายสมชาย ใจดี", "พัฒนากร")
    post(somchai, Role.OFFICER, "331401")
    assert signed_in(somchai).post(address("shelf_add"), typed()).status_code == 303


def test_a_district_or_year_that_does_not_exist_has_no_shelf(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.nida)
    assert client.get(address(code="3399")).status_code == 404
    assert client.get(address(year=2570)).status_code == 404
