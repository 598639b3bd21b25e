"""The demo: made once, alive, and never in the way of what people did."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.checks import DEMO_ACCOUNTS, DEMO_PASSWORD
from accounts.models import History, Posting, User
from sammachip.demo.people import account_table
from steps.models import Activity, Enrolment, Programme, Review, Status, Step, StepProgress
from steps.recording.activities import Occasion, Part, record
from steps.recording.core import Sender
from steps.recording.people import NewHousehold, add_household
from tests.cast import BANGKOK
from villages.models import Area, Village

IN_MARCH = datetime(2027, 3, 23, 9, 0, tzinfo=BANGKOK)  # late in programme 2570
IN_OCTOBER = datetime(2026, 10, 20, 9, 0, tzinfo=BANGKOK)
FIRST_MORNING = datetime(2026, 10, 1, 8, 0, tzinfo=BANGKOK)
LAST_EVENING = datetime(2027, 9, 30, 20, 0, tzinfo=BANGKOK)

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(settings, monkeypatch):
    """Under DEBUG, the clock stands where a test puts it."""
    settings.DEBUG = True

    def move_to(now):
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)
        return now

    return move_to


@pytest.fixture
def demo(at):
    """The demo, made in March with the home district and one more."""
    at(IN_MARCH)
    call_command("demo", districts=2, verbosity=0)


def every_row():
    """All that is stored, but sessions and what Django keeps for itself."""
    models = [row for row in apps.get_models(include_auto_created=True) if is_ours(row)]
    return {row._meta.label: sorted(map(str, row._base_manager.values_list())) for row in models}


def is_ours(model):
    return model._meta.app_label in ("villages", "accounts", "steps")


def of_year(year):
    return StepProgress.objects.filter(enrolment__programme__year=year)


def statuses(year, district="3314"):
    return set(of_year(year).filter(district_code=district).values_list("status", flat=True))


# ---------------------------------------------------------------- when it may run


def test_it_is_refused_without_debug(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="only under DEBUG"):
        call_command("demo")

    assert not User.objects.filter(staff_id__in=DEMO_ACCOUNTS).exists()


def test_without_the_programme_it_says_what_to_load(at):
    at(IN_MARCH)
    Programme.objects.filter(year=2560).update(year=2559)

    with pytest.raises(CommandError, match="loaddata programme-2560"):
        call_command("demo")

    assert not User.objects.filter(staff_id__in=DEMO_ACCOUNTS).exists()


def test_it_prints_every_account_with_its_password(at, capsys):
    at(FIRST_MORNING)
    call_command("demo", districts=1)

    lines = capsys.readouterr().out.splitlines()
    rows = [tuple(line.split()) for line in lines]
    assert rows == account_table()
    assert [row[0] for row in rows[1:]] == list(DEMO_ACCOUNTS)
    assert rows[1] == ("officer", "officer", "3314", "sammachip")


# ---------------------------------------------------------------- what it makes


@pytest.mark.parametrize("staff_id", DEMO_ACCOUNTS)
def test_an_account_signs_in_and_sees_its_home(demo, staff_id):
    client = Client()

    answer = client.post(
        "/accounts/login/", {"username": staff_id, "password": DEMO_PASSWORD}, REMOTE_ADDR="::1"
    )

    assert answer.status_code == 302
    assert client.get("/").status_code == 200


def test_nobody_signs_in_as_a_colleague(demo, rf):
    colleagues = User.objects.exclude(staff_id__in=DEMO_ACCOUNTS)

    assert colleagues.filter(staff_id="demo-reviewer").exists()
    assert not any(user.has_usable_password() is True for user in colleagues)
    assert authenticate(rf.post("/"), username="demo-reviewer", password=DEMO_PASSWORD) is None


def test_accounts_are_posted_where_the_table_says(demo):
    stored = Posting.objects.filter(user__staff_id__in=DEMO_ACCOUNTS)
    posted = {
        (row.user.staff_id, row.role, row.area_id or "national")
        for row in stored.select_related("user")
    }

    assert posted == {row[:3] for row in account_table()[1:]}


def test_every_status_appears_and_some_steps_are_late(demo):
    assert statuses(2570) == set(Status.values)
    assert of_year(2570).late(IN_MARCH.date()).exists()


def test_one_village_only_needs_to_hand_its_step_in(demo):
    begun = of_year(2570).filter(status=Status.IN_PROGRESS)
    ready = [row for row in begun if row.met == row.asked and row.activities]

    assert any(row.enrolment.officer.staff_id == "officer" for row in ready)


def test_what_came_back_names_a_requirement_and_says_why(demo):
    review = Review.objects.get(decision=Review.Decision.RETURNED)

    assert review.reason
    assert [item.requirement.step for item in review.items.all()] == [
        review.submission.progress.step
    ]


def test_both_officers_have_their_share_of_the_home_district(demo):
    def villages_of(staff_id):
        return Enrolment.objects.filter(programme__year=2570, officer__staff_id=staff_id).count()

    assert (villages_of("officer"), villages_of("officer2")) == (8 + 1, 6)  # and Ban Trakat


def test_the_other_district_has_villages_too(demo):
    assert of_year(2570).filter(district_code="3304").values("enrolment").distinct().count() >= 4


def test_villages_get_codes_nobody_has(at):
    at(FIRST_MORNING)
    taken = Village(code="33140101", subdistrict_id="331401", moo=1, name_th="มีอยู่แล้ว")
    taken.save()

    call_command("demo", districts=1, verbosity=0)

    assert Village.objects.get(code="33140101").name_th == "มีอยู่แล้ว"
    assert not Enrolment.objects.filter(village=taken).exists()


def test_ban_trakat_is_the_officers_in_both_years_and_not_recorded(demo):
    enrolments = Enrolment.objects.filter(village__code="33140108").select_related("officer")

    assert {row.programme.year: row.officer.staff_id for row in enrolments} == {
        2560: "officer",
        2570: "officer",
    }
    assert not Activity.objects.filter(enrolment__in=enrolments).exists()
    assert set(of_year(2560).values_list("status", flat=True)) == {Status.NOT_STARTED}


def test_an_officer_of_ban_trakat_in_2560_stays(at):
    at(IN_MARCH)
    somebody = User.objects.create_user("somebody", name="นางสาวอรุณ ใจงาม")
    Enrolment.objects.filter(programme__year=2560).update(officer=somebody)

    call_command("demo", districts=1, verbosity=0)

    assert Enrolment.objects.get(programme__year=2560).officer == somebody


@pytest.mark.parametrize("now", [FIRST_MORNING, IN_OCTOBER, IN_MARCH, LAST_EVENING])
def test_nothing_lies_in_the_future_or_before_the_year(at, now):
    at(now)
    call_command("demo", districts=2, verbosity=0)

    days = Activity.objects.values_list("held_on", flat=True)
    assert days
    assert FIRST_MORNING.date() <= min(days) <= max(days) <= now.date()
    assert not History.objects.filter(at__gt=now).exists()


def test_in_october_every_status_appears_and_nothing_is_late(at):
    at(IN_OCTOBER)
    call_command("demo", districts=1, verbosity=0)

    assert statuses(2570) == set(Status.values)
    assert not of_year(2570).late(IN_OCTOBER.date()).exists()


@pytest.mark.parametrize("now", [FIRST_MORNING, IN_MARCH])
def test_recount_finds_nothing_wrong(at, now, capsys):
    at(now)
    call_command("demo", districts=2, verbosity=0)

    call_command("recount")

    assert "Every row of progress matches" in capsys.readouterr().out


# ---------------------------------------------------------------- a second time


@pytest.mark.parametrize("later", [IN_MARCH, LAST_EVENING, datetime(2028, 1, 5, tzinfo=BANGKOK)])
def test_a_second_time_changes_nothing_also_in_another_year(demo, at, later):
    before = every_row()
    at(later)

    call_command("demo", verbosity=0)

    assert every_row() == before


def test_after_people_worked_loading_everything_again_changes_nothing(demo):
    work_as_the_officer()
    before = every_row()

    call_command("loaddata", "programme-2560", "factors", "ban-trakat", verbosity=0)
    call_command("demo", verbosity=0)

    after = every_row()
    assert of_year(2560).filter(status=Status.IN_PROGRESS).exists()
    assert after["steps.StepProgress"] == before["steps.StepProgress"]
    assert after["accounts.History"] == before["accounts.History"]
    assert {**after, "steps.Factor": []} == {**before, "steps.Factor": []}


def work_as_the_officer():
    """Record 1.1 of Ban Trakat in 2560, add a household, change the password, close an account."""
    officer = User.objects.get(staff_id="officer")
    enrolment = Enrolment.objects.for_pages().get(programme__year=2560)
    step = Step.objects.get(programme__year=2560, number="1.1")
    values = {"form": "study", "held_on": "2016-11-01", "place": "ที่ว่าการอำเภอ", "led_by": "officer"}
    occasion = Occasion(parts=[Part(enrolment, step)], values=values)
    record(occasion=occasion, sender=Sender(officer, IN_MARCH, uuid4()))
    household = NewHousehold(house_no="99/1", head_name="นายคำมูล ดีงาม")
    add_household(
        village=enrolment.village, household=household, sender=Sender(officer, IN_MARCH, uuid4())
    )
    officer.set_password("another one entirely")
    officer.save()
    User.objects.filter(staff_id="officer2").update(is_active=False)


def test_an_account_that_existed_before_is_left_alone(at):
    at(IN_MARCH)
    chief = User.objects.create_user("Chief", "her own", name="นางสาวอรุณ ใจงาม")

    call_command("demo", districts=1, verbosity=0)

    chief.refresh_from_db()
    assert (chief.name, chief.check_password("her own")) == ("นางสาวอรุณ ใจงาม", True)
    assert not chief.postings.exists()
    assert not User.objects.filter(staff_id="chief").exists()


def test_when_it_fails_half_way_nothing_is_left(at, monkeypatch):
    at(IN_MARCH)
    before = every_row()
    monkeypatch.setattr("sammachip.demo.year.record", lambda **words: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        call_command("demo", districts=1, verbosity=0)

    assert every_row() == before


def test_the_areas_of_the_tests_hold_two_districts_of_the_province():
    """So that `districts=2` above means what it says."""
    assert Area.objects.filter(parent="33").count() == 2
