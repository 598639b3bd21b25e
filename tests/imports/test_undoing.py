"""Taking an import back: as a whole and exactly; or not at all, and then it says what stands there.

What it did is known from the history alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.history_words import verb_words
from accounts.models import History, HistoryValue, Import, Posting, User
from accounts.rights import Role
from steps.models import Enrolment
from steps.recording import people
from steps.recording.core import Refusal, values_of
from steps.recording.enrolments import set_own_target
from tests.cast import NOW, World, household, post, sender, village
from tests.imports.bringing import (
    LATER,
    Row,
    assert_counted_right,
    checked,
    counted_up,
    everything,
    outcomes,
    taken_back,
    written,
)
from tests.trust import work
from tests.trust.work import row_counts
from villages.imports import confirming, difference, undoing
from villages.imports.places import EVERYWHERE
from villages.imports.words import Refused
from villages.models import CommitteeMember, FormerCode, Household, Village, WorkingCommittee

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_of_the_write_up")]

HOME = {"village_code": "33140108"}
NEW_VILLAGE = {"code": "33140230", "name_th": "หนองบัว"}
A_HOUSEHOLD = {**HOME, "house_no": "900", "head_name": "นายใหม่ จริงใจ"}
A_MEMBER = {**HOME, "name": "นายสม ดี", "kind": "ผู้นำทางการ", "joined_on": "25/1/2560"}
AN_OFFICER = {
    "staff_id": "boonmee",
    "name": "นายบุญมี แสงทอง",
    "role": "พัฒนากร",
    "area": "3314",
    "starts_on": "1/10/2559",
}


@pytest.fixture
def counted(world: World) -> World:
    """The cast, with every village counted."""
    counted_up(world)
    return world


def refused(work: Callable[[], object]) -> Refusal:
    """The refusal, after which everything stands as before."""
    before, counts = everything(), row_counts()
    with pytest.raises(Refusal) as refusal:
        work()
    assert (everything(), row_counts()) == (before, counts)
    return refusal.value


def stands_in_the_way(brought: Import, name: str) -> None:
    """It cannot be undone, and the refusal names the row."""
    refusal = refused(lambda: taken_back(brought))
    assert refusal.code == "import_edited"
    assert name in refusal.details["rows"]


def later(days: int = 1) -> object:
    return LATER + timedelta(days=days)


# ---------------------------------------------------------------- as before, exactly


def rows_of(world: World) -> dict[str, list[Row]]:
    """A file of each kind that adds and changes."""
    household(world.trakat, "800", "นายเก่า ดีใจ", people=3, phone="1")
    more = village("33140240", "โคกสูง")
    work.add_member(world, "นายเดิม ดีใจ", on=date(2017, 2, 1))
    return {
        "villages": [NEW_VILLAGE, {"code": "33140203", "name_en": "Phing", "name_th": "พิงพวยเหนือ"}],
        "households": [A_HOUSEHOLD, {**HOME, "house_no": "800", "people": 4, "phone": "-"}],
        "members": [A_MEMBER, {**HOME, "name": "นายเดิม ดีใจ", "position": "ประธาน"}],
        "enrolments": [
            {"year": 2560, "village_code": more.code, "officer": "nida", "budget": 9},
            {"year": 2560, **HOME, "officer": "somsak", "budget": "1,000.50"},
        ],
        "officers": [
            AN_OFFICER,
            {**AN_OFFICER, "area": "3304"},
            {**AN_OFFICER, "staff_id": "nida", "name": "", "ends_on": "31/3/2560"},
            {**AN_OFFICER, "staff_id": "nida", "name": "", "area": "3304", "phone": ""},
            {**AN_OFFICER, "staff_id": "wichai", "name": "", "starts_on": "1/4/2560"},
        ],
    }


@pytest.mark.parametrize("kind", ["villages", "households", "members", "enrolments", "officers"])
def test_after_it_every_column_of_every_row_is_as_before(counted: World, kind: str) -> None:
    rows = rows_of(counted)[kind]
    counted_up(counted)
    before = everything()
    brought = written(kind, rows)
    assert outcomes(brought).keys() == {"new", "changed"}
    assert everything() != before
    taken_back(brought)
    assert everything() == before
    assert (brought.state, brought.undone_at) == ("undone", LATER)
    assert_counted_right()


@pytest.mark.parametrize("kind", ["villages", "households", "members", "enrolments", "officers"])
def test_then_the_file_can_be_brought_in_and_taken_back_again(counted: World, kind: str) -> None:
    rows = rows_of(counted)[kind]
    counted_up(counted)
    before = everything()
    brought = written(kind, rows)
    first = outcomes(brought)
    taken_back(brought)
    again = difference.again(brought, by=None, at=LATER)
    difference.check(again, allowed=EVERYWHERE, by=None, at=LATER)
    assert outcomes(again) == first
    confirming.write(again, by=None, at=LATER)
    taken_back(again, at=later())
    assert everything() == before


def test_what_an_undone_import_did_stays_a_closed_chapter(counted: World) -> None:
    brought = written("villages", [NEW_VILLAGE])
    taken_back(brought)
    with pytest.raises(Refused, match="confirmed_already"):
        difference.check(brought, allowed=EVERYWHERE, by=None, at=LATER)


def test_a_committee_that_became_older_is_as_young_as_before(counted: World) -> None:
    work.add_member(counted, "นายเดิม ดีใจ", on=date(2017, 2, 1))
    brought = written("members", [A_MEMBER])
    assert WorkingCommittee.objects.get().formed_on == date(2017, 1, 25)
    taken_back(brought)
    assert WorkingCommittee.objects.get().formed_on == date(2017, 2, 1)


def test_a_committee_somebody_joined_since_stays_with_that_member(counted: World) -> None:
    brought = written("members", [A_MEMBER])
    work.add_member(counted, "นางสาวหลัง มาทีหลัง", on=date(2017, 3, 1))
    taken_back(brought)
    committee = WorkingCommittee.objects.get()
    assert (committee.formed_on, committee.members.count()) == (date(2017, 3, 1), 1)


def test_other_fields_that_somebody_edited_since_stay_edited(counted: World) -> None:
    row = household(counted.trakat, "800", "นายเก่า ดีใจ", phone="1")
    brought = written("households", [{**HOME, "house_no": "800", "people": 4}])
    edit(counted, row, phone="02-222-2222")
    taken_back(brought)
    row.refresh_from_db()
    assert (row.people, row.phone) == (None, "02-222-2222")


# ---------------------------------------------------------------- what stands in the way


def edit(world: World, row: Household, **changes: str) -> None:
    row.refresh_from_db()
    started = values_of(row, people.HOUSEHOLD_FIELDS)
    people.edit_household(
        household=row, started=started, wanted=started | changes, sender=sender(world.nida, LATER)
    )


def new_household() -> Household:
    return Household.objects.get(house_no="900")


def test_a_new_row_edited_since(counted: World) -> None:
    brought = written("households", [A_HOUSEHOLD])
    edit(counted, new_household(), people="3")
    stands_in_the_way(brought, "900 (33140108)")


def test_a_changed_row_edited_since(counted: World) -> None:
    row = household(counted.trakat, "800", "นายเก่า ดีใจ")
    brought = written("households", [A_HOUSEHOLD, {**HOME, "house_no": "800", "people": 4}])
    edit(counted, row, people="5")
    stands_in_the_way(brought, "800 (33140108)")


def test_a_refusal_names_no_person(counted: World) -> None:
    """Whoever undoes it may not be one who sees names; the house says which."""
    homes, members = written("households", [A_HOUSEHOLD]), written("members", [A_MEMBER])
    edit(counted, new_household(), head_name="นายลับ สุดยอด")
    CommitteeMember.objects.update(phone="1")
    for brought in (homes, members):
        refusal = refused(lambda brought=brought: taken_back(brought))
        assert not {"ลับ", "ใหม่", "สม ดี"} & set(str(refusal.details).split())


def test_a_household_that_ended_since(counted: World) -> None:
    brought = written("households", [A_HOUSEHOLD])
    people.end_household(
        household=new_household(), on=NOW.date(), sender=sender(counted.nida, LATER)
    )
    stands_in_the_way(brought, "900")


def test_a_target_mark(counted: World) -> None:
    brought = written("households", [A_HOUSEHOLD])
    work.target_all(counted, [new_household()])
    stands_in_the_way(brought, "900")


def test_a_member_of_a_new_household(counted: World) -> None:
    homes = written("households", [A_HOUSEHOLD])
    members = written("members", [{**A_MEMBER, "house_no": "900"}], at=LATER)
    stands_in_the_way(homes, "900")
    taken_back(members, at=later())
    taken_back(homes, at=later())


def test_a_member_who_left_since(counted: World) -> None:
    brought = written("members", [{**A_MEMBER, "position": "ประธาน"}])
    member = CommitteeMember.objects.get()
    people.end_member(member=member, on=NOW.date(), sender=sender(counted.nida, LATER))
    stands_in_the_way(brought, "ประธาน (33140108)")


def test_a_household_added_to_a_new_village(counted: World) -> None:
    brought = written("villages", [NEW_VILLAGE, {"code": "33140231", "name_th": "หนองแก"}])
    household(Village.objects.get(code="33140230"), "1", "นายหนึ่ง")
    stands_in_the_way(brought, "33140230")
    assert "33140231" not in refused(lambda: taken_back(brought)).details["rows"]


def test_a_code_that_was_corrected_since(counted: World) -> None:
    brought = written("villages", [NEW_VILLAGE])
    row = Village.objects.get(code="33140230")
    Village.objects.filter(pk=row.pk).update(code="33140239")
    stands_in_the_way(brought, "33140239")
    Village.objects.filter(pk=row.pk).update(code="33140230")
    FormerCode.objects.create(code="33140238", village=row, until=NOW.date())
    stands_in_the_way(brought, "33140230")


def enrolled(world: World) -> tuple[Import, Enrolment]:
    more = village("33140240", "โคกสูง")
    brought = written("enrolments", [{"year": 2560, "village_code": more.code}])
    return brought, world.enrolment_of(more)


def test_an_activity_in_a_new_enrolment(counted: World) -> None:
    brought, enrolment = enrolled(counted)
    work.recorded(enrolment, counted.step("1.2"), by=counted.nida)
    stands_in_the_way(brought, "โคกสูง")


def test_a_step_handed_in_without_any_activity(counted: World) -> None:
    """What was handed in stands on a row of progress, which by itself would come and go."""
    brought, enrolment = enrolled(counted)
    enrolment.progress.first().submissions.create(number=1, by=counted.nida, snapshot={})
    stands_in_the_way(brought, "โคกสูง")


def test_an_own_target(counted: World) -> None:
    brought, enrolment = enrolled(counted)
    set_own_target(
        enrolment=enrolment,
        started={},
        wanted={"own_target": "9", "own_target_reason": "หมู่บ้านเล็ก"},
        sender=sender(counted.prasit, LATER),
    )
    stands_in_the_way(brought, "โคกสูง")


@pytest.mark.parametrize(
    "change",
    [
        {"password": "argon2$of-a-slip"},
        {"last_login": NOW},
        {"is_active": False},
        {"phone": "1"},
    ],
)
def test_an_account_that_is_used(counted: World, change: dict[str, object]) -> None:
    brought = written("officers", [AN_OFFICER])
    User.objects.filter(staff_id="boonmee").update(**change)
    stands_in_the_way(brought, "บุญมี")


def test_another_posting_of_a_new_account(counted: World) -> None:
    brought = written("officers", [AN_OFFICER])
    post(User.objects.get(staff_id="boonmee"), Role.OFFICER, "3304")
    stands_in_the_way(brought, "บุญมี")


def test_what_refers_to_an_account_without_a_name_on_its_side(counted: World) -> None:
    """Whoever wrote something is PROTECTed by relations that Django hides."""
    brought = written("officers", [AN_OFFICER])
    account = User.objects.get(staff_id="boonmee")
    Import.objects.create(kind="villages", name="x", sha256="x", by=account)
    stands_in_the_way(brought, "บุญมี")


def test_a_name_that_somebody_else_has_now(counted: World) -> None:
    household(counted.trakat, "800", "นายเก่า ดีใจ")
    brought = written("households", [{**HOME, "house_no": "800", "head_name": "นายทายาท ดีใจ"}])
    household(counted.trakat, "800", "นายเก่า ดีใจ")
    stands_in_the_way(brought, "800")


def test_only_the_first_few_are_named(counted: World) -> None:
    brought = written("households", [{**A_HOUSEHOLD, "house_no": nth} for nth in range(900, 910)])
    Household.objects.filter(house_no__startswith="90").update(people=9)
    rows = refused(lambda: taken_back(brought)).details["rows"]
    assert rows.count("(") == confirming.NAMED
    assert rows.endswith("…")


# ---------------------------------------------------------------- one import on another


def test_later_imports_are_taken_back_first(counted: World) -> None:
    before = everything()
    names = ["หนึ่ง", "สอง", "สาม"]
    imports = [
        written("villages", [{"code": "33140230", "name_th": name}], at=NOW + timedelta(hours=nth))
        for nth, name in enumerate(names)
    ]
    for brought in imports[:-1]:
        stands_in_the_way(brought, "33140230")
    for brought in reversed(imports):
        taken_back(brought, at=later())
    assert everything() == before


def test_a_later_import_that_changed_another_field_stays(counted: World) -> None:
    first = written("villages", [{"code": "33140203", "name_th": "หนึ่ง"}])
    written("villages", [{"code": "33140203", "name_en": "Two"}], at=LATER)
    taken_back(first, at=later())
    row = Village.objects.get(code="33140203")
    assert (row.name_th, row.name_en) == ("พิงพวยใต้", "Two")


# ---------------------------------------------------------------- refused whatever stands there


def test_erased_values_cannot_be_put_back(counted: World) -> None:
    household(counted.trakat, "800", "นายเก่า ดีใจ")
    brought = written("households", [{**HOME, "house_no": "800", "head_name": "นายทายาท ดีใจ"}])
    HistoryValue.objects.filter(entry__part_of=brought).update(old="", new="", erased_on=NOW.date())
    assert refused(lambda: taken_back(brought)).code == "import_erased"


def test_what_was_not_confirmed_is_not_undone(counted: World) -> None:
    brought = checked("villages", [NEW_VILLAGE])
    assert refused(lambda: taken_back(brought)).code == "import_not_confirmed"


def test_undone_twice(counted: World) -> None:
    brought, client_id = written("villages", [NEW_VILLAGE]), uuid4()
    first = undoing.undo(brought=brought, sender=sender(counted.anan, LATER, client_id))
    again = undoing.undo(brought=brought, sender=sender(counted.anan, LATER, client_id))
    assert (first.replayed, again.replayed) == (False, True)
    assert first.result == {"import": str(brought.pk), "taken_away": 1, "put_back": 0}
    other = sender(counted.anan, LATER)
    code = refused(lambda: undoing.undo(brought=brought, sender=other)).code
    assert code == "import_not_confirmed"


def test_whoever_is_posted_there_no_more_undoes_nothing(counted: World) -> None:
    brought = written("households", [A_HOUSEHOLD])
    moved = sender(counted.wichai, LATER)
    assert refused(lambda: undoing.undo(brought=brought, sender=moved)).code == "no_permission"
    Posting.objects.filter(user=counted.nida).update(ends_on=date(2017, 1, 1))
    with pytest.raises(PermissionDenied):
        undoing.undo(brought=brought, sender=sender(User.objects.get(staff_id="nida"), LATER))
    undoing.undo(brought=brought, sender=sender(counted.somsak, LATER))
    assert not Household.objects.filter(house_no="900").exists()


# ---------------------------------------------------------------- history


def test_the_history_says_what_was_taken_back_and_keeps_what_was_brought(counted: World) -> None:
    brought = written("villages", [NEW_VILLAGE, {"code": "33140203", "name_th": "พิงพวยเหนือ"}])
    new = Village.objects.get(code="33140230")
    taken_back(brought)
    entries = History.objects.filter(part_of=brought).order_by("id")
    assert [(one.verb, one.subject_id, one.village) for one in entries] == [
        ("import_new", str(new.pk), None),
        ("import_change", str(counted.phing.pk), counted.phing),
        ("import", str(brought.pk), None),
        ("undo_import", str(new.pk), None),
        ("undo_import", str(counted.phing.pk), counted.phing),
        ("undo_import", str(brought.pk), None),
    ]
    back = entries[4].values_kept.get()
    assert (back.field, back.old, back.new) == ("name_th", "พิงพวยเหนือ", "พิงพวยใต้")


def test_history_pages_of_other_villages_are_whole(
    counted: World, signed_in: Callable[[User], Client]
) -> None:
    brought = written("households", [A_HOUSEHOLD])
    homeless = written("villages", [NEW_VILLAGE], at=LATER)
    for one in (homeless, brought):
        taken_back(one, at=later())
    client = signed_in(counted.prasit)
    page = client.get(reverse("villages:history", args=["33140108"]))
    assert page.status_code == 200
    words = page.content.decode()
    assert all(verb_words(verb) in words for verb in ("import_new", "undo_import"))
    assert client.get(reverse("villages:history", args=["33140203"])).status_code == 200


def test_the_household_that_was_checked_against_what_is_undone_is_checked_again(
    counted: World,
) -> None:
    """Another file says the same and found it the same; that is so no more."""
    first = written("households", [A_HOUSEHOLD])
    second = checked("households", [A_HOUSEHOLD, {**A_HOUSEHOLD, "house_no": "901"}], at=LATER)
    assert outcomes(second) == {"same": 1, "new": 1}
    taken_back(first, at=later())
    code = refused(lambda: confirming.write(second, by=None, at=later(2))).code
    assert code == "import_stale"
