"""Writing a checked file: nothing before, all of it once, nothing that somebody overtook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import Workbook

from accounts.access import NOWHERE, Scope
from accounts.history import note
from accounts.models import History, Import, Posting, User
from accounts.rights import Role
from steps.models import Enrolment, Programme
from steps.recording import people
from steps.recording.core import Refusal, values_of
from tests.cast import NOW, World, household, sender, village
from tests.imports.bringing import (
    LATER,
    Row,
    assert_counted_right,
    checked,
    confirmed,
    counted_up,
    everything,
    outcomes,
    problems,
    taken_back,
    taken_in,
    written,
)
from tests.trust.work import row_counts
from villages.imports import confirming, difference
from villages.imports.places import EVERYWHERE
from villages.imports.words import Refused
from villages.models import (
    Area,
    CommitteeMember,
    Household,
    Occupation,
    Village,
    WorkingCommittee,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_of_the_write_up")]

HOME = {"village_code": "33140108"}


def a_village(nth: int = 30, **more: object) -> Row:
    return {"code": f"331402{nth}", "name_th": f"หนองบัว {nth}", **more}


def a_household(house_no: str, head: str = "นายใหม่ จริงใจ", **more: object) -> Row:
    return {**HOME, "house_no": house_no, "head_name": head, **more}


def a_member(name: str, **more: object) -> Row:
    return {**HOME, "name": name, "kind": "ผู้นำทางการ", "joined_on": "25/1/2560", **more}


def an_officer(staff_id: str = "boonmee", area: str = "3314", **more: object) -> Row:
    named = {"staff_id": staff_id, "name": "นายบุญมี แสงทอง", "role": "พัฒนากร"}
    return {**named, "area": area, "starts_on": "1/10/2559", **more}


def refused(work: Callable[[], object]) -> str:
    """The code of the refusal, after which everything stands as before."""
    before, counts = everything(), row_counts()
    with pytest.raises(Refusal) as refusal:
        work()
    assert (everything(), row_counts()) == (before, counts)
    return refusal.value.code


# ---------------------------------------------------------------- nothing before


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("villages", [a_village()]),
        ("households", [a_household("900")]),
        ("members", [a_member("นายสม ดี")]),
        ("enrolments", [{"year": 2560, "village_code": "33140108", "budget": 9}]),
        ("officers", [an_officer()]),
    ],
)
def test_taking_a_file_in_and_checking_it_fills_only_the_tables_of_imports(
    world: World, kind: str, rows: list[Row]
) -> None:
    before, counts = everything(), row_counts()
    brought = checked(kind, rows)
    assert sum(outcomes(brought).values()) == 1
    assert not brought.counts["problem"], problems(brought)
    assert everything() == before
    own = {"accounts.Import": 1, "accounts.ImportRow": 1}
    assert row_counts() == {name: n + own.get(name, 0) for name, n in counts.items()}


def test_what_was_not_checked_is_not_written(world: World) -> None:
    brought = taken_in("villages", [a_village()])
    assert refused(lambda: confirming.write(brought, by=None, at=NOW)) == "import_not_checked"


def test_rows_with_problems_are_not_written_and_the_others_are(world: World) -> None:
    brought = checked("villages", [a_village(), a_village(31, name_th="")])
    assert outcomes(brought) == {"new": 1, "problem": 1}
    confirming.write(brought, by=None, at=NOW)
    assert Village.objects.filter(code__startswith="3314023").count() == 1


# ---------------------------------------------------------------- once


def test_sent_twice_under_one_id_the_first_answer_is_given_again(world: World) -> None:
    brought, client_id = checked("villages", [a_village()], by=world.anan), uuid4()
    first = confirmed(brought, world.anan, client_id=client_id)
    again = confirmed(brought, world.anan, client_id=client_id)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.result == first.result == {"import": str(brought.pk), "new": 1, "changed": 0}
    assert Village.objects.filter(code="33140230").count() == 1


def test_confirmed_again_under_another_id_nothing_is_written(world: World) -> None:
    brought = checked("villages", [a_village()], by=world.anan)
    confirmed(brought, world.anan)
    assert refused(lambda: confirmed(brought, world.anan)) == "import_confirmed_already"


def test_a_confirmed_file_is_not_checked_again(world: World) -> None:
    """The page may be open in another tab, with the state it had before."""
    brought = checked("villages", [a_village()])
    confirming.write(brought, by=None, at=NOW)
    assert brought.state == "checked"  # as that tab has it
    with pytest.raises(Refused, match="confirmed_already"):
        difference.check(brought, allowed=EVERYWHERE, by=None, at=LATER)
    assert Import.objects.get().state == "confirmed"
    assert brought.rows.count() == 1


# ---------------------------------------------------------------- whoever may


def test_whoever_is_posted_there_no_more_writes_nothing(world: World) -> None:
    brought = checked("households", [a_household("900")], by=world.nida)
    here, elsewhere = Scope(False, frozenset({"3314"})), Scope(False, frozenset({"3304"}))
    for allowed in (NOWHERE, elsewhere):
        code = refused(lambda scope=allowed: confirmed(brought, world.nida, allowed=scope))
        assert code == "no_permission"
    confirmed(brought, world.nida, allowed=here)
    assert Household.objects.filter(house_no="900").exists()


def test_accounts_are_written_only_where_the_right_holds_in_the_whole_country(
    world: World,
) -> None:
    brought = checked("officers", [an_officer()], by=world.anan)
    province = Scope(False, frozenset({"33"}))
    code = refused(lambda: confirmed(brought, world.anan, allowed=province))
    assert code == "no_permission"


# ---------------------------------------------------------------- what somebody overtook


def add_household(world: World, house_no: str, head: str, at: object = LATER) -> None:
    new = people.NewHousehold(house_no=house_no, head_name=head)
    people.add_household(village=world.trakat, household=new, sender=sender(world.nida, at))


def edit_household(world: World, row: Household, at: object = LATER, **changes: str) -> None:
    started = values_of(row, people.HOUSEHOLD_FIELDS)
    people.edit_household(
        household=row, started=started, wanted=started | changes, sender=sender(world.nida, at)
    )


def test_a_row_that_somebody_changed_since_is_not_overwritten(world: World) -> None:
    row = household(world.trakat, "900", "นายเก่า ดีใจ")
    brought = checked("households", [{**HOME, "house_no": "900", "phone": "081-111-1111"}])
    edit_household(world, row, phone="02-222-2222")
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"


def test_a_row_changed_past_the_history_is_not_overwritten_either(world: World) -> None:
    household(world.trakat, "900", "นายเก่า ดีใจ")
    brought = checked("households", [{**HOME, "house_no": "900", "phone": "081-111-1111"}])
    Household.objects.filter(house_no="900").update(phone="1")
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"


def test_a_household_that_was_added_since_is_not_added_again(world: World) -> None:
    brought = checked("households", [a_household("900")])
    household(world.trakat, "900", "นายใหม่ จริงใจ")
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"


def test_a_household_added_beside_might_be_the_one_the_file_means(world: World) -> None:
    brought = checked("households", [a_household("900")])
    add_household(world, "900", "นายเดิม ดีใจ")
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"


def test_what_happens_in_another_village_is_no_hindrance(world: World) -> None:
    brought = checked("households", [{**a_household("900"), "village_code": "33140203"}])
    add_household(world, "900", "นายเดิม ดีใจ")
    confirmed(brought, world.anan, at=LATER)
    assert Household.objects.filter(house_no="900").count() == 2


def test_a_village_that_was_added_since_is_not_added_again(world: World) -> None:
    brought = checked("villages", [a_village()])
    village("33140230", "หนองแก")
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"


def test_a_village_with_the_same_moo_added_since_stands_in_the_way(world: World) -> None:
    brought = checked("villages", [a_village(30, moo=9)])
    written("villages", [a_village(31, moo=9)], at=LATER)
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"


def test_a_village_in_another_subdistrict_does_not(world: World) -> None:
    brought = checked("villages", [a_village(30, moo=9)])
    written("villages", [{"code": "33040109", "name_th": "ห้วยทราย"}], at=LATER)
    confirmed(brought, world.anan)
    assert Village.objects.filter(moo=9).count() == 2


def test_a_village_whose_code_changed_since_is_not_written_into(world: World) -> None:
    brought = checked("households", [a_household("900")])
    Village.objects.filter(code="33140108").update(code="33140199")
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"


def test_an_account_that_was_made_since_is_not_made_again(world: World) -> None:
    brought = checked("officers", [an_officer()])
    User(staff_id="Boonmee", name="นายบุญมี").save()
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"


def test_a_posting_that_was_ended_since_is_not_moved(world: World) -> None:
    brought = checked("officers", [an_officer("nida", name="", ends_on="31/3/2560")])
    assert outcomes(brought) == {"changed": 1}
    Posting.objects.filter(user=world.nida).update(ends_on=date(2017, 3, 1))
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"


def test_what_was_being_written_during_the_check_is_found_though_it_seems_older(
    world: World,
) -> None:
    """Its history bears the moment it began, before the check, which could not see it yet."""
    brought = checked("households", [a_household("900")], at=NOW)
    note(
        by=world.nida,
        at=NOW - timedelta(minutes=2),
        verb="add_household",
        subject=household(world.trakat, "900", "นายเดิม ดีใจ"),
        village=world.trakat,
    )
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"


def test_two_files_one_after_the_other_do_not_hinder_each_other(world: World) -> None:
    written("households", [a_household("900")])
    written("households", [a_household("901")])
    assert Household.objects.filter(house_no__in=("900", "901")).count() == 2


def test_after_a_refusal_it_can_be_checked_again_and_written(world: World) -> None:
    brought = checked("villages", [a_village(name_en="Nong Bua")])
    village("33140230", "หนองบัว 30")
    assert refused(lambda: confirmed(brought, world.anan)) == "import_stale"
    difference.check(brought, allowed=EVERYWHERE, by=None, at=LATER)
    assert outcomes(brought) == {"changed": 1}
    confirming.write(brought, by=None, at=LATER)
    assert Village.objects.get(code="33140230").name_en == "Nong Bua"


# ---------------------------------------------------------------- what rows name, days later


def checked_again(brought: Import) -> list[str]:
    difference.check(brought, allowed=EVERYWHERE, by=None, at=LATER)
    return problems(brought)


def an_enrolment(officer: str, where: str = "33140203", **more: object) -> Row:
    return {"year": 2560, "village_code": where, "officer": officer, **more}


def test_an_officer_whose_posting_ended_is_not_made_responsible(world: World) -> None:
    brought = checked("enrolments", [an_enrolment("somsak")])
    assert outcomes(brought) == {"changed": 1}
    Posting.objects.filter(user=world.somsak).update(ends_on=NOW.date())
    tomorrow = NOW + timedelta(days=1)
    assert refused(lambda: confirmed(brought, world.anan, at=tomorrow)) == "import_lost"
    difference.check(brought, allowed=EVERYWHERE, by=None, at=tomorrow)
    assert problems(brought) == ["not_posted"]


def test_nor_is_one_whose_account_was_closed(world: World) -> None:
    village("33140230", "หนองบัว")
    rows = [an_enrolment("somsak", "33140230"), an_enrolment("nida")]
    brought = checked("enrolments", rows)
    User.objects.filter(pk=world.somsak.pk).update(is_active=False)
    assert refused(lambda: confirmed(brought, world.anan)) == "import_lost"
    assert checked_again(brought) == ["unknown_officer"]
    confirmed(brought, world.anan)
    assert Enrolment.objects.get(village=world.phing).officer == world.nida


def test_who_stands_there_already_stays_whatever_became_of_them(world: World) -> None:
    brought = checked("enrolments", [an_enrolment("nida", "33140108", budget=7)])
    User.objects.filter(pk=world.nida.pk).update(is_active=False)
    confirmed(brought, world.anan)
    world.enrolment.refresh_from_db()
    assert (world.enrolment.officer, world.enrolment.budget) == (world.nida, 7)


def test_a_village_is_not_enrolled_in_a_year_that_is_gone(world: World) -> None:
    year = Programme.objects.get()
    year.pk, year.year = None, 2561
    year.save(force_insert=True)
    brought = checked("enrolments", [an_enrolment("", year=2561)])
    year.delete()
    assert refused(lambda: confirmed(brought, world.anan)) == "import_lost"


def test_a_member_does_not_come_from_a_household_whose_import_was_undone(world: World) -> None:
    houses = written("households", [a_household("900")])
    brought = checked("members", [a_member("นายหนึ่ง", house_no="900"), a_member("นายสอง")])
    taken_back(houses)
    with pytest.raises(Refusal) as refusal:
        confirmed(brought, world.anan)
    assert refusal.value.code == "import_lost"
    assert refusal.value.details["rows"] == "แถวที่ 2"
    assert checked_again(brought) == ["unknown_household"]


@pytest.mark.parametrize("end", ["ended_on", "erased_on"])
def test_nor_from_one_that_ended_or_was_erased(world: World, end: str) -> None:
    house = household(world.trakat, "900", "นายเก่า ดีใจ")
    brought = checked("members", [a_member("นายหนึ่ง", house_no="900")])
    Household.objects.filter(pk=house.pk).update(**{end: NOW.date()})
    assert refused(lambda: confirmed(brought, world.anan)) == "import_lost"
    assert checked_again(brought) == ["unknown_household"]


def test_an_occupation_may_be_taken_off_the_list_meanwhile(world: World) -> None:
    Occupation.objects.create(code="silk", name_th="ทอผ้าไหม", name_en="Silk", order=99)
    brought = checked("households", [a_household("900", main_occupation="ทอผ้าไหม")])
    assert outcomes(brought) == {"new": 1}
    Occupation.objects.filter(code="silk").delete()
    assert refused(lambda: confirmed(brought, world.anan)) == "import_lost"
    assert checked_again(brought) == ["unknown_word"]


def test_nothing_new_comes_to_lie_in_an_area_that_was_abolished(world: World) -> None:
    files = [checked("villages", [a_village()]), checked("officers", [an_officer(area="331402")])]
    Area.objects.filter(code="331402").update(abolished_on=NOW.date())
    for brought in files:
        assert refused(lambda one=brought: confirmed(one, world.anan)) == "import_lost"
        assert checked_again(brought) == ["abolished_area"]


def test_a_refusal_names_a_few_of_many_rows(world: World) -> None:
    household(world.trakat, "900", "นายเก่า ดีใจ")
    rows = [a_member(f"นายสม ดี{nth}", house_no="900") for nth in range(7)]
    brought = checked("members", rows)
    Household.objects.filter(house_no="900").delete()
    with pytest.raises(Refusal) as refusal, override("en"):
        confirmed(brought, world.anan)
    assert refusal.value.details["rows"] == "Row 2, Row 3, Row 4, Row 5, Row 6…"


# ---------------------------------------------------------------- what cannot stand beside another


def a_renamed(row: Household, head: str) -> Row:
    return {**HOME, "id": str(row.pk), "house_no": row.house_no, "head_name": head}


def test_a_household_does_not_become_what_another_is(world: World) -> None:
    """The database would refuse it, and that must not be told as somebody's doing."""
    row = household(world.trakat, "900", "นายหนึ่ง")
    household(world.trakat, "900", "นายสอง")
    assert problems(checked("households", [a_renamed(row, "นายสอง")])) == ["taken"]


@pytest.mark.parametrize("order", [1, -1])
def test_nor_what_another_row_of_the_file_becomes(world: World, order: int) -> None:
    row = household(world.trakat, "900", "นายหนึ่ง")
    rows = [a_renamed(row, "นายใหม่ จริงใจ"), {"id": "", **a_household("900")}]
    assert problems(checked("households", rows[::order])) == ["twice"]


def test_one_that_ended_has_no_say(world: World) -> None:
    row = household(world.trakat, "900", "นายหนึ่ง")
    household(world.trakat, "900", "นายสอง", ended_on=date(2017, 1, 1))
    brought = written("households", [a_renamed(row, "นายสอง")])
    assert outcomes(brought) == {"changed": 1}


def test_a_member_does_not_take_the_name_of_another(world: World) -> None:
    written("members", [a_member("นายหนึ่ง"), a_member("นายสอง")])
    member = CommitteeMember.objects.get(name="นายหนึ่ง")
    renamed = {**HOME, "id": str(member.pk), "name": "นายสอง"}
    assert problems(checked("members", [renamed])) == ["taken"]
    written("members", [{**renamed, "name": "นายสาม"}], at=LATER)
    member.refresh_from_db()
    assert member.name == "นายสาม"


# ---------------------------------------------------------------- history and counters


def test_every_row_has_its_entry_with_old_and_new_values(world: World) -> None:
    row = household(world.trakat, "900", "นายเก่า ดีใจ", phone="1")
    brought = checked(
        "households",
        [
            {**HOME, "house_no": "900", "phone": "02-222-2222", "people": 3},
            a_household("901", people="", phone="-"),
            {**HOME, "house_no": "1"},
        ],
        by=world.anan,
    )
    assert outcomes(brought) == {"changed": 1, "new": 1, "same": 1}
    confirmed(brought, world.anan)

    entries = History.objects.filter(part_of=brought).order_by("id")
    new = Household.objects.get(house_no="901")
    assert [(one.verb, one.subject_id) for one in entries] == [
        ("import_new", str(new.pk)),
        ("import_change", str(row.pk)),
        ("import", str(brought.pk)),
    ]
    assert {(one.by, one.at) for one in entries} == {(world.anan, LATER)}
    assert [one.village for one in entries] == [world.trakat, world.trakat, None]
    values = [
        {value.field: (value.old, value.new) for value in one.values_kept.all()} for one in entries
    ]
    assert values == [
        {"house_no": ("", "901"), "head_name": ("", "นายใหม่ จริงใจ")},
        {"people": ("", "3"), "phone": ("1", "02-222-2222")},
        {},
    ]
    assert [one.fields for one in entries] == [sorted(one) for one in values]


def test_counters_are_right_after_each_kind(world: World) -> None:
    counted_up(world)
    more = [village(f"331402{moo}", "โคกสูง") for moo in (41, 42)]
    rows = [{"year": 2560, "village_code": row.code, "budget": 100} for row in more]
    for kind, table in {
        "villages": [a_village()],
        "enrolments": [*rows, {"year": 2560, **HOME, "budget": "7,000"}],
        "households": [a_household(str(900 + nth)) for nth in range(20)],
        "members": [a_member(f"นายสม ดี{nth}") for nth in range(20)],
    }.items():
        brought = written(kind, table)
        assert not brought.counts["problem"], problems(brought)
        assert_counted_right()
    assert Enrolment.objects.get(village=world.trakat).budget == 7000
    assert Enrolment.objects.filter(village__in=more).count() == 2


def queries_to_write(rows: list[Row]) -> int:
    brought = checked("households", rows)
    with CaptureQueriesContext(connection) as queries:
        confirming.write(brought, by=None, at=NOW)
    return len(queries)


def test_writing_takes_as_many_queries_for_one_row_as_for_thirty(world: World) -> None:
    counted_up(world)
    one = queries_to_write([a_household("900")])
    assert queries_to_write([a_household(str(nth)) for nth in range(901, 931)]) == one


# ---------------------------------------------------------------- committees


def test_the_first_members_form_a_committee_on_the_first_of_their_days(world: World) -> None:
    written(
        "members",
        [a_member("นายหนึ่ง", joined_on="25/1/2560"), a_member("นายสอง", joined_on="5/1/2560")],
    )
    committee = WorkingCommittee.objects.get()
    assert (committee.village, committee.formed_on) == (world.trakat, date(2017, 1, 5))
    assert committee.members.count() == 2


def test_a_member_who_joined_earlier_makes_the_committee_older_and_history_says_so(
    world: World,
) -> None:
    written("members", [a_member("นายหนึ่ง")])
    brought = written("members", [a_member("นายสอง", joined_on="5/1/2560")], at=LATER)
    assert WorkingCommittee.objects.get().formed_on == date(2017, 1, 5)
    about = brought.entries_written.get(subject_type="villages.workingcommittee")
    value = about.values_kept.get()
    assert (value.field, value.old, value.new) == ("formed_on", "2017-01-25", "2017-01-05")


def test_a_member_comes_from_the_household_with_that_number(world: World) -> None:
    house = household(world.trakat, "900", "นายเก่า ดีใจ")
    written("members", [a_member("นายหนึ่ง", house_no="900")])
    assert CommitteeMember.objects.get().household == house


# ---------------------------------------------------------------- officers


def test_a_new_account_cannot_sign_in_before_a_slip(world: World) -> None:
    written("officers", [an_officer()])
    account = User.objects.get(staff_id="boonmee")
    assert not account.has_usable_password()
    assert account.is_active
    assert [row.starts_on for row in account.postings.all()] == [date(2016, 10, 1)]


def test_an_account_with_the_longest_of_staff_ids_is_changed(world: World) -> None:
    """PostgreSQL stores no text longer than its column."""
    longest = User.objects.create_user("s" * 50, name="นายยาว ที่สุด")
    written("officers", [{"staff_id": longest.staff_id, "position": "พัฒนากร"}])
    longest.refresh_from_db()
    assert longest.position == "พัฒนากร"


def test_two_postings_in_two_rows_make_one_account(world: World) -> None:
    rows = [an_officer(), an_officer("Boonmee", "3304", starts_on="1/2/2560")]
    brought = written("officers", rows)
    assert outcomes(brought) == {"new": 2}
    account = User.objects.get(staff_id="boonmee")
    assert {row.area_id for row in account.postings.all()} == {"3314", "3304"}
    assert {row.subject_id for row in brought.entries_written if row.verb == "import_new"} == {
        str(account.pk)
    }


def test_the_rows_of_an_account_may_lie_far_apart(world: World) -> None:
    others = [an_officer(f"officer{nth}") for nth in range(600)]
    written("officers", [an_officer(), *others, an_officer(area="3304")])
    assert User.objects.get(staff_id="boonmee").postings.count() == 2


def test_two_changes_of_one_account_in_two_rows_are_both_written(world: World) -> None:
    ended = an_officer("nida", name="", ends_on="31/3/2560")
    new = an_officer("nida", "3304", name="", starts_on="1/4/2560")
    brought = written("officers", [ended, new])
    assert outcomes(brought) == {"changed": 2}
    assert {
        (row.area_id, row.starts_on, row.ends_on) for row in Posting.objects.filter(user=world.nida)
    } == {
        ("3314", date(2016, 10, 1), date(2017, 3, 31)),
        ("3304", date(2017, 4, 1), None),
    }


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "code"),
    [
        ("1/11/2559", "", "posting_past"),  # within the old one
        ("1/9/2559", "", "posting_past"),  # before it
        ("1/10/2559", "28/2/2560", "ended"),  # another end
        ("1/10/2559", "-", "ended"),  # no end
    ],
)
def test_a_posting_that_ended_is_not_rewritten(
    world: World, starts_on: str, ends_on: str, code: str
) -> None:
    row = an_officer("wichai", name="", starts_on=starts_on, ends_on=ends_on)
    brought = checked("officers", [row])
    assert problems(brought) == [code]


def test_a_posting_that_ended_named_without_its_end_stays_ended(world: World) -> None:
    brought = checked("officers", [an_officer("wichai", name="")])
    assert outcomes(brought) == {"same": 1}


def test_after_a_posting_has_ended_the_person_may_be_posted_there_again(world: World) -> None:
    brought = written("officers", [an_officer("wichai", name="", starts_on="1/4/2560")])
    assert outcomes(brought) == {"changed": 1}
    rows = Posting.objects.filter(user=world.wichai, area="3314").order_by("starts_on")
    assert [(row.starts_on, row.ends_on) for row in rows] == [
        (date(2016, 10, 1), date(2017, 1, 31)),
        (date(2017, 4, 1), None),
    ]


def test_the_department_is_posted_nationally(world: World) -> None:
    role = str(Role.DEPARTMENT.label)
    brought = written("officers", [an_officer(area="", role=role)])
    assert outcomes(brought) == {"new": 1}, problems(brought)
    posting = Posting.objects.get(user__staff_id="boonmee")
    assert (posting.national, posting.area) == (True, None)


# ---------------------------------------------------------------- within one file


def test_a_row_may_stand_in_a_file_once_wherever_the_sheet(world: World) -> None:
    brought = checked("villages", [a_village(), a_village(31), a_village(name_th="อื่น")])
    assert problems(brought) == ["twice"]


def test_the_same_place_in_two_sheets_is_found_too(world: World) -> None:
    """Row 2 of both sheets."""
    book = Workbook()
    for name in ("พิงพวย", "พิงพวย (2)"):
        sheet = book.create_sheet(name)
        sheet.append(["code", "name_th"])
        sheet.append(["33140230", "หนองบัว"])
    file = BytesIO()
    book.save(file)
    brought = checked("villages", file.getvalue())
    assert problems(brought) == ["twice_apart"]
