"""Recording and correcting through the pages: nothing typed is lost, nobody is erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import History, User
from steps.files.prepared import MESSAGES
from steps.models import Activity, Evidence, ShelfDocument, SupportingAgency
from steps.recording import decisions, people
from steps.recording.people import NewMember
from tests.cast import World, household, sender
from tests.pages import answers, form_of, photo, send

SignIn = Callable[[User], Client]
AGENCY = "สำนักงานส่งเสริมการศึกษานอกระบบและการศึกษาตามอัธยาศัย อำเภอศรีรัตนะ"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def nida(world: World, signed_in: SignIn) -> Client:
    return signed_in(world.nida)


def record_page(number: str = "1.4", code: str = "33140108") -> str:
    return reverse("steps:record", args=[code, 2560, number])


def typed(**changes: Any) -> dict[str, Any]:
    """What an officer types at least."""
    return {"held_on": "11/1/2560", "place": "ศาลากลางบ้าน", **changes}


def edit_page(activity: Activity) -> str:
    return reverse("steps:activity_edit", args=["33140108", 2560, activity.pk])


def the_activity() -> Activity:
    return Activity.objects.get()


# ---------------------------------------------------------------- correcting


def test_who_ended_since_stays_among_those_who_came(world: World, nida: Client) -> None:
    people.add_member(
        village=world.trakat,
        member=NewMember("นายทองใบ ใจดี", "formal", date(2017, 1, 1)),
        sender=sender(world.nida),
    )
    came = [str(row.pk) for row in world.trakat.households.all()[:3]]
    page = nida.get(record_page())
    member = page.context["form"].asked.members[0]
    send(nida, record_page(), **typed(present=came, member=[str(member.pk)]))
    people.end_household(
        household=world.trakat.households.get(pk=came[0]),
        on=date(2017, 2, 1),
        sender=sender(world.nida),
    )
    people.end_member(member=member, on=date(2017, 2, 1), sender=sender(world.nida))
    assert send(nida, edit_page(the_activity()), summary="ตกลงเริ่มปลูกผัก").status_code == 303
    activity = the_activity()
    assert activity.summary == "ตกลงเริ่มปลูกผัก"
    assert activity.attendances.count() == 3
    assert activity.member_attendances.count() == 1


def test_a_document_taken_off_the_shelf_stays_studied(world: World, nida: Client) -> None:
    shelf = reverse("steps:shelf_add", args=["3314", 2560])
    send(nida, shelf, title="คู่มือ", source="department")
    document = ShelfDocument.objects.get()
    send(nida, record_page("2.2"), **typed(document=[str(document.pk)], held_on="8/2/2560"))
    document.ended_at = document.added_at
    document.save(update_fields=["ended_at"])
    assert send(nida, edit_page(the_activity()), summary="อ่านครบ").status_code == 303
    assert the_activity().documents.count() == 1


def test_agencies_are_kept_in_order_and_their_names_stay_out_of_the_history(
    world: World, nida: Client
) -> None:
    rows = {"agency_name-0": AGENCY, "agency_level-0": "district"}
    send(nida, record_page(), **typed(**rows))
    send(
        nida,
        edit_page(the_activity()),
        **{"agency_name-1": "อบต.ศรีแก้ว", "agency_level-1": "subdistrict"},
    )
    agencies = SupportingAgency.objects.order_by("pk").values_list("name", "level")
    assert list(agencies) == [(AGENCY, "district"), ("อบต.ศรีแก้ว", "subdistrict")]
    for entry in History.objects.all():
        assert AGENCY not in str(entry.fields)
        assert all(len(name) <= 60 for name in entry.fields)


def test_the_same_agency_twice_is_pointed_out(world: World, nida: Client) -> None:
    rows = {f"agency_name-{row}": "อบต.ศรีแก้ว" for row in range(2)}
    rows |= {f"agency_level-{row}": "subdistrict" for row in range(2)}
    page = send(nida, record_page(), **typed(**rows))
    assert page.status_code == 422
    assert "agency_name-1" in page.context["form"].errors


def test_two_officers_who_name_another_agency_choose_and_the_choice_is_kept(
    world: World, nida: Client, signed_in: SignIn
) -> None:
    send(nida, record_page(), **typed())
    address = edit_page(the_activity())
    mine = form_of(nida, address)
    theirs = {"agency_name-0": "อบต.ศรีแก้ว", "agency_level-0": "subdistrict"}
    send(signed_in(world.somsak), address, **theirs)
    clash = nida.post(
        address, {**mine, "agency_name-0": "เกษตรอำเภอ", "agency_level-0": "district"}
    )
    assert clash.status_code == 422
    assert {"อบต.ศรีแก้ว", "เกษตรอำเภอ"} <= {
        word.split(" (")[0]
        for shown in clash.context["form"].clashes
        for word in (shown.theirs, shown.mine)
    }
    again = form_of_page(clash) | {"clash": "agency-0", "choose-agency-0": "stored"}
    assert nida.post(address, again).status_code == 303
    assert SupportingAgency.objects.get().name == "อบต.ศรีแก้ว"


def form_of_page(page: Any) -> dict[str, Any]:
    """The answers of a page that came back."""
    return answers(page.context["form"])


def test_a_summary_may_follow_after_the_step_was_handed_in(world: World, nida: Client) -> None:
    world.step("1.3").requirements.all().update(level="advised")
    send(nida, record_page("1.3"), **typed(held_on="20/12/2559"))
    decisions.submit(
        enrolment=world.enrolment,
        step=world.step("1.3"),
        reasons={},
        sender=sender(world.nida),
    )
    address = edit_page(the_activity())
    assert send(nida, address, summary="เตรียมครบ").status_code == 303
    assert the_activity().summary == "เตรียมครบ"
    refused = send(nida, address, place="ที่ว่าการอำเภอ")
    assert refused.status_code == 422
    assert "ที่ว่าการอำเภอ" in refused.content.decode()


# ---------------------------------------------------------------- the same again


def test_a_double_tap_is_answered_as_the_first_one(world: World, nida: Client) -> None:
    data = {**form_of(nida, record_page()), **typed()}
    first, second = nida.post(record_page(), data), nida.post(record_page(), data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert Activity.objects.count() == 1


def test_files_received_with_a_first_try_may_be_named_twice(world: World, nida: Client) -> None:
    data = {**form_of(nida, record_page()), **typed(held_on="")}
    refused = nida.post(record_page(), {**data, "photos": [photo()]})
    received = [str(row.pk) for row in refused.context["form"].received]
    mended = {**data, **typed(), "received": received}
    assert nida.post(record_page(), mended).status_code == 303
    assert nida.post(record_page(), mended).status_code == 303
    assert (Activity.objects.count(), Evidence.objects.count()) == (1, 1)


def test_going_back_and_typing_other_words_asks_before_it_is_a_second_record(
    world: World, nida: Client
) -> None:
    data = {**form_of(nida, record_page()), **typed()}
    nida.post(record_page(), data)
    changed = {**data, "held_on": "12/1/2560", "summary": "อีกวันหนึ่ง"}
    asked = nida.post(record_page(), changed)
    assert asked.status_code == 409
    assert "อีกวันหนึ่ง" in asked.content.decode()
    again = {**changed, "client_id": form_of_page(asked)["client_id"]}
    assert nida.post(record_page(), again).status_code == 303
    assert Activity.objects.count() == 2


# ---------------------------------------------------------------- files


def test_a_document_among_the_photos_is_refused_in_words_beside_the_field(
    world: World, nida: Client
) -> None:
    document = SimpleUploadedFile("รายงาน.pdf", PDF)
    page = send(nida, record_page(), **typed(photos=[document, photo()], summary="คงอยู่"))
    assert page.status_code == 422
    assert "photos" in page.context["form"].errors
    assert len(page.context["form"].received) == 1
    assert "คงอยู่" in page.content.decode()


def test_every_reason_to_refuse_a_file_has_its_words() -> None:
    assert all(str(words) for words in MESSAGES.values())
    assert "not_a_photo" in MESSAGES


def test_a_refused_file_is_still_told_after_showing_another_step(
    world: World, nida: Client
) -> None:
    document = SimpleUploadedFile("รายงาน.pdf", PDF)
    page = send(nida, record_page(), **typed(photos=[document], also=["2.1"], do="show"))
    assert page.status_code == 200
    assert "รายงาน.pdf" in page.content.decode()


# ---------------------------------------------------------------- several at once


def test_a_village_ticked_just_now_is_asked_for_its_own_number_first(
    world: World, nida: Client
) -> None:
    page = send(
        nida,
        record_page("1.2"),
        **typed(held_on="8/12/2559", villages=["33140203"], **{"group-core_leader": "5"}),
    )
    assert page.status_code == 422
    assert "villages" in page.context["form"].errors
    shown = form_of_page(page)
    assert shown["group-core_leader-33140108"] == "5"
    shown["group-core_leader-33140203"] = "2"
    assert nida.post(record_page("1.2"), shown).status_code == 303
    numbers = Activity.objects.values_list("enrolment__village__code", "group_counts__people")
    assert dict(numbers) == {"33140108": 5, "33140203": 2}


def test_a_second_step_is_asked_for_its_topics_before_it_is_stored(
    world: World, nida: Client
) -> None:
    page = send(nida, record_page(), **typed(also=["2.1"]))
    assert page.status_code == 422
    assert "also" in page.context["form"].errors
    assert Activity.objects.count() == 0


def test_the_same_day_in_any_of_the_villages_is_pointed_out(world: World, nida: Client) -> None:
    send(nida, record_page("1.3", "33140203"), **typed(held_on="20/12/2559"))
    page = send(nida, record_page("1.3"), **typed(held_on="20/12/2559", villages=["33140203"]))
    assert page.status_code == 422
    assert "again" in page.context["form"].errors


def test_representatives_count_against_the_total_too(world: World, nida: Client) -> None:
    sent = [str(row.pk) for row in world.trakat.households.all()[:5]]
    page = send(nida, record_page(), **typed(representative=sent, total="1"))
    assert page.status_code == 422
    assert "total" in page.context["form"].errors


# ---------------------------------------------------------------- after a posting has ended


def test_what_a_moved_officer_saves_is_kept_late(world: World, signed_in: SignIn) -> None:
    wichai, data = signed_in(world.wichai), form_of(signed_in(world.nida), record_page())
    data |= typed(held_on="20/1/2560", do="save")
    answer = wichai.post(record_page(), data)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert the_activity().late
    assert the_activity().recorded_by == world.wichai


def test_a_moved_officer_who_mistypes_keeps_what_was_typed_and_sees_no_names(
    world: World, signed_in: SignIn
) -> None:
    head = world.trakat.households.all()[0]
    data = form_of(signed_in(world.nida), record_page())
    data |= typed(held_on="20/1/2560", place="", summary="ยังอยู่", present=[str(head.pk)])
    page = signed_in(world.wichai).post(record_page(), {**data, "do": "save"})
    content = page.content.decode()
    assert page.status_code == 422
    assert "ยังอยู่" in content
    assert str(head.pk) in content
    assert not any(row.head_name in content for row in world.trakat.households.all())


def test_a_moved_officer_may_still_send_the_photo_of_that_day_late(
    world: World, signed_in: SignIn, nida: Client
) -> None:
    send(nida, record_page(), **typed(held_on="20/1/2560"))
    send(nida, record_page(), **typed(held_on="20/3/2560"))
    before, after = Activity.objects.order_by("held_on")
    data = {"client_id": form_of(nida, record_page())["client_id"], "photos": [photo()]}
    wichai = signed_in(world.wichai)
    address = reverse("steps:activity_files", args=["33140108", 2560, before.pk])
    assert wichai.get(address).status_code == 404
    assert wichai.post(address, data).status_code == 303
    assert Evidence.objects.get().late
    later = reverse("steps:activity_files", args=["33140108", 2560, after.pk])
    assert wichai.post(later, {**data, "photos": [photo()]}).status_code == 404


def test_a_moved_officer_may_record_district_work_of_that_time_for_several_villages(
    world: World, signed_in: SignIn
) -> None:
    data = typed(held_on="8/12/2559", villages=["33140203"], form="meeting", led_by="officer")
    data["client_id"] = form_of(signed_in(world.nida), record_page("1.2"))["client_id"]
    assert signed_in(world.wichai).post(record_page("1.2"), data).status_code == 303
    assert Activity.objects.filter(late=True).count() == 2


def test_a_household_of_another_village_stays_unknown_to_everyone(
    world: World, nida: Client
) -> None:
    stranger = household(world.malu, "1", "นายไกล บ้านอื่น")
    page = send(nida, record_page(), **typed(present=[str(stranger.pk)]))
    assert page.status_code == 422
    assert "present" in page.context["form"].errors
    assert Activity.objects.count() == 0
