"""The pages of an import: what each person sees, and what they are told when it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Import, User
from tests.cast import World, household, village
from tests.imports.bringing import LATER, Row, checked, problems
from tests.imports.files import as_csv, taken_in
from villages.imports import difference
from villages.imports.places import EVERYWHERE
from villages.models import Household, Village

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SignIn = Callable[[User], Client]
HOME = {"village_code": "33140108"}


def a_member(**more: object) -> Row:
    return {**HOME, "name": "นายใหม่ จริงใจ", "kind": "formal", "joined_on": "25/1/2560", **more}


def page_of(client: Client, brought: Import) -> str:
    return client.get(reverse("imports:detail", args=[brought.pk])).content.decode()


def rows_page(client: Client, brought: Import, outcome: str) -> str:
    """The list behind one of the four numbers."""
    return client.get(reverse("imports:rows", args=[brought.pk, outcome])).content.decode()


# ---------------------------------------------------------------- names that are not theirs


@pytest.fixture
def house(world: World) -> Household:
    return household(world.trakat, "900", "นายซ่อน ไว้ดี")


def test_the_head_of_a_members_household_is_named_to_those_who_may_see_names(
    world: World, house: Household, signed_in: SignIn
) -> None:
    brought = checked("members", [a_member(house_no="900")], by=world.nida)
    assert "900 นายซ่อน ไว้ดี" in rows_page(signed_in(world.nida), brought, "new")


def test_an_administrator_sees_of_it_the_house_number_their_file_gave(
    world: World, house: Household, signed_in: SignIn
) -> None:
    brought = checked("members", [a_member(house_no="900")], by=world.anan)
    page = rows_page(signed_in(world.anan), brought, "new")
    assert "<b>900</b>" in page
    assert "นายซ่อน" not in page


def test_nor_does_a_problem_name_the_head_that_is_stored(
    world: World, house: Household, signed_in: SignIn
) -> None:
    other = household(world.trakat, "901", house.head_name)
    row = {"id": str(other.pk), **HOME, "house_no": "900"}
    brought = checked("households", [row], by=world.anan)
    assert problems(brought) == ["taken"]
    page = rows_page(signed_in(world.anan), brought, "problem")
    assert "The village has another one of that name already: 900" in page
    assert "นายซ่อน" not in page


# ---------------------------------------------------------------- both forms of a kind


def forms_of(page: str) -> dict[str, str]:
    """The forms of a page, by the address they are sent to."""
    found = re.findall(r'<form method="post" action="([^"]+)"(.*?)</form>', page, re.DOTALL)
    return {address: form for address, form in found if address.startswith("/import/")}


@pytest.mark.parametrize("village", ["", "?village=33140108"])
def test_a_bad_area_code_is_told_beside_it_and_the_file_is_sent_where_it_belongs(
    world: World, signed_in: SignIn, village: str
) -> None:
    address = f"/import/households/stored.xlsx{village}"
    answer = signed_in(world.anan).post(address, {"area": "abc"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count("Enter a code of 2, 4 or 6 digits") == 2  # at the top and at the field
    upload, stored = forms_of(page).items()
    assert upload[0] == f"/import/households/{village}"
    assert 'type="file"' in upload[1]
    assert "multipart/form-data" in upload[1]
    assert stored[0] == address
    assert 'value="abc"' in stored[1]
    assert "There is a problem" in page


def test_a_file_that_is_missing_is_told_at_the_file_and_not_at_the_area(
    world: World, signed_in: SignIn
) -> None:
    answer = signed_in(world.anan).post("/import/households/", {})
    assert answer.status_code == 422
    upload, stored = forms_of(answer.content.decode()).values()
    assert "Choose a file" in upload
    assert "error" not in stored


def test_the_page_of_a_bad_area_code_is_read_in_another_language(
    world: World, signed_in: SignIn
) -> None:
    answer = signed_in(world.anan).get("/import/households/stored.xlsx")
    assert (answer.status_code, answer["Location"]) == (302, "/import/households/")


# ---------------------------------------------------------------- what was shown is what is written


def two_new_villages(by: User) -> Import:
    rows = [{"code": "33140230", "name_th": "บ้านหนองบัว"}, {"code": "33140231", "name_th": "หนองแก"}]
    return checked("villages", rows, by=by)


def hidden_in(page: str) -> dict[str, str]:
    """What the form that confirms carries along."""
    return dict(re.findall(r'<input type="hidden" name="(check|client_id)" value="([^"]+)"', page))


def test_a_difference_nobody_was_shown_is_not_confirmed(world: World, signed_in: SignIn) -> None:
    """Two rows are new in both tabs; in the other one บ้าน stays before the name."""
    brought, client = two_new_villages(world.anan), signed_in(world.anan)
    address = reverse("imports:confirm", args=[brought.pk])
    shown = hidden_in(page_of(client, brought))
    brought.declined = ["ban_prefix"]
    difference.check(brought, allowed=EVERYWHERE, by=world.anan, at=LATER)

    answer = client.post(address, {**shown, "rows": "2"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "checked again after this page was opened" in page
    assert not Village.objects.filter(code="33140230").exists()

    now = hidden_in(page)
    assert now["check"] != shown["check"]
    assert client.post(address, {**now, "rows": "2"}).status_code == 303
    assert Village.objects.get(code="33140230").name_th == "บ้านหนองบัว"


def test_another_number_of_rows_is_told_as_another_difference(
    world: World, signed_in: SignIn
) -> None:
    brought, client = two_new_villages(world.anan), signed_in(world.anan)
    shown = hidden_in(page_of(client, brought))
    village("33140231", "หนองแก")
    difference.check(brought, allowed=EVERYWHERE, by=world.anan, at=LATER)
    address = reverse("imports:confirm", args=[brought.pk])
    page = client.post(address, {**shown, "rows": "2"}).content.decode()
    assert "checked again after this page was opened" in page
    assert "not the number of rows" not in page


def test_a_page_that_says_of_no_difference_what_it_shows_confirms_none(
    world: World, signed_in: SignIn
) -> None:
    brought, client = two_new_villages(world.anan), signed_in(world.anan)
    shown = hidden_in(page_of(client, brought))
    address = reverse("imports:confirm", args=[brought.pk])
    for check in ("", "yesterday"):
        assert client.post(address, {**shown, "check": check, "rows": "2"}).status_code == 422
    assert not Village.objects.filter(code="33140230").exists()


# ---------------------------------------------------------------- what was understood


def test_rows_left_out_beyond_the_first_fifty_are_counted(world: World, signed_in: SignIn) -> None:
    rows = [["code", "name_th"], ["33140230", "หนองบัว"], *[["รวม", ""]] * 53]
    brought = taken_in(as_csv(rows), by=world.anan)
    page = page_of(signed_in(world.anan), brought)
    assert page.count("“รวม”") == 50
    assert "and 3 more rows" in page


def test_fifty_are_all_there_are(world: World, signed_in: SignIn) -> None:
    rows = [["code", "name_th"], ["33140230", "หนองบัว"], *[["รวม", ""]] * 50]
    brought = taken_in(as_csv(rows), by=world.anan)
    page = page_of(signed_in(world.anan), brought)
    assert page.count("“รวม”") == 50
    assert "more row" not in page


def repairs_on(page: str) -> tuple[str, str]:
    """The part of the page with a tick for each repair, and the part of those without one."""
    section = page.partition("<h2>Repairs</h2>")[2].partition("</section>")[0]
    ticks, _heading, always = section.partition("<h3>Tidied in any case</h3>")
    return ticks, always


def test_repairs_that_cannot_be_declined_are_listed_beside_those_that_can(
    world: World, signed_in: SignIn
) -> None:
    first = a_member(phone="812345678", joined_on="๒๕/๑/๒๕๖๐")
    second = a_member(name="นายสอง  จริงใจ", joined_on=" 26/1/2017")
    brought = checked("members", [first, second], by=world.nida)
    ticks, always = repairs_on(page_of(signed_in(world.nida), brought))
    assert "The lost zero put back at the front of a phone number" in ticks
    assert "Thai digits" not in ticks
    said = " ".join(re.sub("<[^>]+>", " ", always).split())
    assert "Thai digits written as Arabic digits 1 cell: ๒๕/๑/๒๕๖๐ → 25/1/2560" in said
    assert "A date with a พ.ศ. year read as พ.ศ. 1 cell: ๒๕/๑/๒๕๖๐ → 25/1/2017" in said
    assert "Spaces and invisible characters tidied 1 cell: นายสอง จริงใจ → นายสอง จริงใจ" in said
    assert "checkbox" not in always


def test_where_nothing_was_repaired_there_is_no_list(world: World, signed_in: SignIn) -> None:
    brought = checked("members", [a_member(joined_on="25/1/2017")], by=world.nida)
    assert repairs_on(page_of(signed_in(world.nida), brought)) == ("", "")
