"""Anan administers accounts, postings and places; what he writes is history."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import History, Office, Posting, User
from accounts.rights import Role
from tests.accounts.test_signing_in import sign_in
from tests.cast import World, person, post, sender, village
from villages.models import Area, FormerCode, Household, Village

SignedIn = Callable[[User], Client]

NEW_ACCOUNT = {
    "staff_id": "boonmee",
    "name": "นางบุญมี  ใจดี",
    "position": "พัฒนากร",
    "phone": "",
    "email": "boonmee@example.org",
    "password1": "ข้าวหอมมะลิ-2560",
    "password2": "ข้าวหอมมะลิ-2560",
}


def url(model: str, page: str, *args: object) -> str:
    return reverse(f"admin:{model}_{page}", args=args)


def filled(client: Client, address: str) -> dict[str, Any]:
    """What the browser would send if nothing were changed on an admin page."""
    context = client.get(address).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            if field.field.disabled or field.value() is None or field.value() is False:
                continue
            data[field.html_name] = field.value()
            if field.field.show_hidden_initial:
                data[field.html_initial_name] = field.value()
    return data


def errors_on(response: Any) -> str:
    return " ".join(re.findall(r'class="errorlist[^>]*>(.*?)</ul>', response.content.decode()))


# ---------------------------------------------------------------- who comes in


@pytest.mark.parametrize("name", ["nida", "prasit", "suda", "wipa"])
def test_only_an_administrator_of_the_country_comes_in(
    world: World, signed_in: SignedIn, name: str
) -> None:
    client = signed_in(getattr(world, name))

    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get(url("accounts_user", "changelist"), follow=True).status_code == 403


def test_signed_out_one_is_sent_to_the_one_page_for_signing_in(
    world: World, client: Client
) -> None:
    response = client.get("/admin/accounts/user/")

    assert response["Location"].startswith("/accounts/login/?next=")
    assert client.get("/admin/login/?next=/admin/")["Location"] == (
        "/accounts/login/?next=%2Fadmin%2F"
    )


def test_the_day_after_the_last_of_his_posting_anan_is_out(
    world: World, signed_in: SignedIn
) -> None:
    client = signed_in(world.anan)
    assert client.get("/admin/").status_code == 200

    Posting.objects.filter(user=world.anan).update(ends_on=date(2017, 3, 22))

    assert client.get("/admin/", follow=True).status_code == 403


def test_signing_out_in_the_admin_ends_the_session(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.anan)

    assert client.get("/admin/logout/").status_code == 405
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302


def test_a_write_without_the_token_is_refused(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.anan, backend="accounts.backends.StaffIdOrEmail")

    assert client.post(url("accounts_user", "add"), NEW_ACCOUNT).status_code == 403
    assert not User.objects.filter(staff_id="boonmee").exists()


def test_createsuperuser_makes_an_administrator(db: None, client: Client) -> None:
    call_command(
        "createsuperuser", "--noinput", "--staff_id", "root1", "--name", "นางสาวราตรี", verbosity=0
    )
    made = User.objects.get(staff_id="root1")

    client.force_login(made, backend="accounts.backends.StaffIdOrEmail")
    assert client.get("/admin/").status_code == 200


# ---------------------------------------------------------------- accounts


def test_anan_makes_an_account_that_can_sign_in_and_sees_nothing_yet(
    world: World, signed_in: SignedIn, client: Client
) -> None:
    response = signed_in(world.anan).post(url("accounts_user", "add"), NEW_ACCOUNT)
    assert response.status_code == 302, errors_on(response)

    made = User.objects.get(staff_id="boonmee")
    assert made.name == "นางบุญมี ใจดี"
    assert not made.postings.exists()
    assert sign_in(client, "boonmee", NEW_ACCOUNT["password1"]).status_code == 303


def test_the_new_account_is_history_without_its_password(world: World, signed_in: SignedIn) -> None:
    signed_in(world.anan).post(url("accounts_user", "add"), NEW_ACCOUNT)

    entry = History.objects.of(User.objects.get(staff_id="boonmee")).get()
    assert (entry.by, entry.verb) == (world.anan, "add")
    assert "password" not in " ".join(entry.fields)
    assert not entry.values_kept.filter(new__contains="ข้าวหอม").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("staff_id", "NIDA"),
        ("staff_id", "บุญมี"),
        ("email", "Nida@Example.org"),
        ("name", ""),
        ("password2", "something else"),
    ],
)
def test_an_account_that_cannot_be_is_refused_at_the_field(
    world: World, signed_in: SignedIn, field: str, value: str
) -> None:
    User.objects.filter(pk=world.nida.pk).update(email="nida@example.org")

    response = signed_in(world.anan).post(
        url("accounts_user", "add"), {**NEW_ACCOUNT, field: value}
    )

    assert response.status_code == 200
    assert errors_on(response)
    assert not User.objects.filter(name="นางบุญมี ใจดี").exists()


def test_closing_nidas_account_throws_her_out_with_her_next_request(
    world: World, signed_in: SignedIn
) -> None:
    anan, nida = signed_in(world.anan), signed_in(world.nida)
    assert nida.get("/accounts/password/").status_code == 200
    address = url("accounts_user", "change", world.nida.pk)
    data = filled(anan, address)
    del data["is_active"]

    assert anan.post(address, data).status_code == 302

    assert nida.get("/accounts/password/").status_code == 302
    entry = History.objects.of(world.nida).get()
    assert (entry.verb, entry.fields) == ("close_account", ["is_active"])


def test_anan_cannot_close_the_account_he_is_using(world: World, signed_in: SignedIn) -> None:
    anan = signed_in(world.anan)
    address = url("accounts_user", "change", world.anan.pk)
    data = filled(anan, address)
    data.pop("is_active", None)
    anan.post(address, data)

    world.anan.refresh_from_db()
    assert world.anan.is_active


def test_a_new_password_from_anan_ends_her_sessions_and_is_history(
    world: World, signed_in: SignedIn
) -> None:
    anan, nida = signed_in(world.anan), signed_in(world.nida)
    new = {"password1": "ข้าวหอมมะลิ-2560", "password2": "ข้าวหอมมะลิ-2560"}

    response = anan.post(reverse("admin:auth_user_password_change", args=[world.nida.pk]), new)
    assert response.status_code == 302

    assert nida.get("/accounts/password/").status_code == 302
    entry = History.objects.of(world.nida).get()
    assert (entry.by, entry.verb, entry.fields) == (world.anan, "change_password", [])


def test_no_account_posting_area_village_or_history_is_ever_deleted(
    world: World, signed_in: SignedIn
) -> None:
    anan = signed_in(world.anan)
    posting = world.nida.postings.get()
    for model, row in [
        ("accounts_user", world.nida),
        ("accounts_posting", posting),
        ("villages_area", Area.objects.get(pk="3314")),
        ("villages_village", world.phing),
        ("accounts_history", History.objects.first()),
        ("steps_enrolment", world.enrolment),
    ]:
        assert anan.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
        anan.post(url(model, "changelist"), chosen)
        assert type(row).objects.filter(pk=row.pk).exists()


# ---------------------------------------------------------------- postings


def test_anan_posts_nida_to_another_district_typing_the_date_in_buddhist_years(
    world: World, signed_in: SignedIn
) -> None:
    anan = signed_in(world.anan)
    address = url("accounts_user", "change", world.nida.pk)
    data = filled(anan, address) | {
        "postings-1-role": "officer",
        "postings-1-area": "3304",
        "postings-1-starts_on": "๑/๔/๒๕๖๐",
    }

    response = anan.post(address, data)

    assert response.status_code == 302, errors_on(response)
    made = world.nida.postings.get(area="3304")
    assert (made.role, made.starts_on, made.ends_on) == (Role.OFFICER, date(2017, 4, 1), None)
    assert History.objects.of(made).get().verb == "add"


def test_a_posting_is_ended_and_otherwise_stays_as_it_was(
    world: World, signed_in: SignedIn
) -> None:
    anan = signed_in(world.anan)
    posting = world.nida.postings.get()
    address = url("accounts_posting", "change", posting.pk)

    anan.post(
        address,
        {"ends_on": "31 มี.ค. 2560", "area": "34", "role": "province", "starts_on": "1/1/2560"},
    )

    posting.refresh_from_db()
    assert (posting.area_id, posting.role) == ("3314", Role.OFFICER)
    assert posting.ends_on == date(2017, 3, 31)
    entry = History.objects.of(posting).get()
    assert (entry.verb, entry.fields) == ("change", ["ends_on"])
    assert entry.values_kept.get().new == "2017-03-31"


@pytest.mark.parametrize(
    "changes",
    [
        {"area": "", "national": ""},
        {"area": "33", "national": "on"},
        {"ends_on": "1/1/2550"},
        {"starts_on": "1/1/60"},
        {"starts_on": "29/02/2560"},
    ],
)
def test_a_posting_that_makes_no_sense_is_refused(
    world: World, signed_in: SignedIn, changes: dict[str, str]
) -> None:
    data = {"user": world.nida.pk, "role": "officer", "area": "3304", "starts_on": "1/10/2559"}
    before = Posting.objects.count()

    response = signed_in(world.anan).post(url("accounts_posting", "add"), data | changes)

    assert response.status_code == 200
    assert errors_on(response)
    assert Posting.objects.count() == before


def test_postings_of_today_are_told_from_ended_ones(world: World, signed_in: SignedIn) -> None:
    anan = signed_in(world.anan)
    for choice, seen in [("today", "3304"), ("ended", "3314")]:
        page = anan.get(url("accounts_posting", "changelist"), {"in_force": choice, "q": "wichai"})
        [row] = page.context["cl"].result_list
        assert row.area_id == seen


def test_dates_are_shown_in_buddhist_years(world: World, signed_in: SignedIn) -> None:
    anan = signed_in(world.anan)
    posting = world.wichai.postings.get(area="3314")

    listed = anan.get(url("accounts_posting", "changelist")).content.decode()
    shown = anan.get(url("accounts_posting", "change", posting.pk)).content.decode()

    assert "31 ม.ค. 2560" in listed
    assert 'value="31 ม.ค. 2560"' in shown
    # A posting's own number may be 2017 too: only what is read counts, no address.
    assert "2017" not in re.sub(r"<[^>]*>", "", listed)


# ---------------------------------------------------------------- places


def test_anan_adds_a_village_whose_subdistrict_follows_from_its_code(
    world: World, signed_in: SignedIn
) -> None:
    data = {"code": "๓๓๑๔๐๑๐๙", "moo": "๙", "name_th": "ทดสอบ", "name_en": "", "alt_name": ""}
    data |= {"former_codes-TOTAL_FORMS": "0", "former_codes-INITIAL_FORMS": "0"}

    response = signed_in(world.anan).post(url("villages_village", "add"), data)

    assert response.status_code == 302, errors_on(response)
    made = Village.objects.get(code="33140109")
    assert (made.subdistrict_id, made.moo) == ("331401", 9)
    assert History.objects.of(made).get().village == made


@pytest.mark.parametrize("code", ["99999901", "33140108", "3314", "03140109"])
def test_a_village_code_that_cannot_be_is_refused(
    world: World, signed_in: SignedIn, code: str
) -> None:
    data = {"code": code, "moo": "9", "name_th": "ทดสอบ"}
    data |= {"former_codes-TOTAL_FORMS": "0", "former_codes-INITIAL_FORMS": "0"}

    response = signed_in(world.anan).post(url("villages_village", "add"), data)

    assert response.status_code == 200
    assert errors_on(response)


def test_the_code_of_an_enrolled_village_stays_and_its_name_may_change(
    world: World, signed_in: SignedIn
) -> None:
    anan = signed_in(world.anan)
    address = url("villages_village", "change", world.phing.pk)
    data = filled(anan, address) | {"code": "33140299", "name_th": "พิงพวยเหนือ"}

    assert anan.post(address, data).status_code == 302

    world.phing.refresh_from_db()
    assert (world.phing.code, world.phing.name_th) == ("33140203", "พิงพวยเหนือ")


def test_a_village_not_enrolled_may_get_another_code_and_keeps_its_former_one(
    world: World, signed_in: SignedIn
) -> None:
    anan = signed_in(world.anan)
    row = village("33140110", "ทดสอบ")
    address = url("villages_village", "change", row.pk)
    data = filled(anan, address) | {
        "code": "33140211",
        "former_codes-TOTAL_FORMS": "1",
        "former_codes-0-code": "33140110",
        "former_codes-0-until": "30 ก.ย. 2559",
    }

    response = anan.post(address, data)

    row.refresh_from_db()
    assert (row.code, row.subdistrict_id) == ("33140211", "331402"), errors_on(response)
    assert FormerCode.objects.get(code="33140110").village == row


def test_an_area_is_abolished_in_favour_of_another_and_keeps_its_name(
    world: World, signed_in: SignedIn
) -> None:
    data = {"abolished_on": "1/10/2560", "successor": "331401", "name_th": "อื่น"}

    assert (
        signed_in(world.anan).post(url("villages_area", "change", "331402"), data).status_code
        == 302
    )

    area = Area.objects.get(pk="331402")
    assert (area.name_th, area.abolished_on, area.successor_id) == (
        "พิงพวย",
        date(2017, 10, 1),
        "331401",
    )
    assert signed_in(world.anan).get(url("villages_area", "add")).status_code == 403


def test_an_office_stands_for_an_area(world: World, signed_in: SignedIn) -> None:
    data = {
        "area": "3314",
        "name": "สำนักงานพัฒนาชุมชนอำเภอศรีรัตนะ",
        "address": "",
        "phone": "",
        "email": "",
    }

    assert signed_in(world.anan).post(url("accounts_office", "add"), data).status_code == 302
    assert Office.objects.get().area_id == "3314"


# ---------------------------------------------------------------- what he does not see


def test_no_screen_of_the_admin_is_about_people_in_villages(db: None) -> None:
    registered = {model._meta.label for model in admin.site._registry}

    assert not registered & {
        "villages.Household",
        "villages.CommitteeMember",
        "villages.WorkingCommittee",
        "steps.Attendance",
        "steps.MemberAttendance",
        "steps.ChangeLeader",
        "steps.PlanItem",
        "accounts.HistoryValue",
        "auth.Group",
    }


def test_the_history_shows_which_fields_and_no_values(world: World, signed_in: SignedIn) -> None:
    from accounts.history import note

    entry = note(
        by=world.nida,
        at=sender(world.nida).at,
        verb="edit_household",
        subject=Household(village=world.trakat),
        village=world.trakat,
        changes={"head_name": ("นายเก่า", "นายใหม่")},
        remark="นายใหม่",
    )
    anan = signed_in(world.anan)

    for page in (
        anan.get(url("accounts_history", "changelist")),
        anan.get(url("accounts_history", "change", entry.pk)),
    ):
        text = page.content.decode()
        assert "head_name" in text
        assert "นายใหม่" not in text
        assert "นายเก่า" not in text
    assert anan.post(url("accounts_history", "change", entry.pk), {}).status_code == 403
    assert anan.get(url("accounts_history", "add")).status_code == 403


def test_the_history_of_a_row_is_the_history_filtered(world: World, signed_in: SignedIn) -> None:
    anan = signed_in(world.anan)
    anan.post(url("accounts_user", "add"), NEW_ACCOUNT)
    made = User.objects.get(staff_id="boonmee")

    page = anan.get(url("accounts_user", "history", made.pk), follow=True)

    assert [entry.subject_id for entry in page.context["cl"].result_list] == [str(made.pk)]


# ---------------------------------------------------------------- every page


LISTS = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]


@pytest.mark.parametrize("model", LISTS)
def test_every_list_opens_searches_and_can_be_added_to_or_says_no(
    world: World, signed_in: SignedIn, model: str
) -> None:
    anan = signed_in(world.anan)

    assert anan.get(url(model, "changelist")).status_code == 200
    assert anan.get(url(model, "changelist"), {"q": "ศรี 33"}).status_code == 200
    assert anan.get(url(model, "add")).status_code in (200, 403)


def test_lists_ask_as_many_queries_for_many_rows_as_for_few(
    world: World, signed_in: SignedIn
) -> None:
    anan = signed_in(world.anan)
    counts: dict[str, list[int]] = {}
    for start, stop in ((0, 8), (8, 40)):
        for number in range(start, stop):
            post(person(f"u{number}", f"คน {number}", "พัฒนากร"), Role.OFFICER, "3314")
            village(f"331401{number + 20}", f"บ้าน {number}")
        for model in ("accounts_user", "accounts_posting", "villages_village"):
            with CaptureQueriesContext(connection) as queries:
                anan.get(url(model, "changelist"))
            counts.setdefault(model, []).append(len(queries))

    for model, (few, many) in counts.items():
        assert few == many <= 15, model
