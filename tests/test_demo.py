"""The demo: made once, alive, and never in the way of what people did."""

from collections import Counter
from datetime import datetime, time, timedelta
from io import StringIO
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.test import Client, TestCase, override_settings

from accounts.checks import DEMO_ACCOUNTS, DEMO_PASSWORD
from accounts.models import History, Posting, User
from sammachip.demo.people import account_table
from steps import kept
from steps.models import (
    Activity,
    Enrolment,
    Evidence,
    EvidenceType,
    Programme,
    Review,
    Status,
    StepProgress,
)
from steps.recording.people import NewHousehold, add_household
from tests.cast import BANGKOK, sender
from tests.steps.test_story import Officer, take_through_all_eight_steps
from villages.models import Area, Village

IN_MARCH = datetime(2027, 3, 23, 9, 0, tzinfo=BANGKOK)  # late in programme 2570
IN_OCTOBER = datetime(2026, 10, 20, 9, 0, tzinfo=BANGKOK)
FIRST_MORNING = datetime(2026, 10, 1, 8, 0, tzinfo=BANGKOK)
LAST_EVENING = datetime(2027, 9, 30, 20, 0, tzinfo=BANGKOK)
IN_ANOTHER_YEAR = datetime(2028, 1, 5, 9, 0, tzinfo=BANGKOK)

pytestmark = pytest.mark.django_db


QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # six accounts in every test


def clock(now):
    """The clock stands; also for what runs outside a test."""
    return mock.patch("django.utils.timezone.now", return_value=now)


@pytest.fixture
def make(settings):
    """Make the demo at a time; quiet, and in the home district only unless told otherwise."""
    settings.DEBUG, settings.PASSWORD_HASHERS = True, QUICK

    def made(now, **options):
        with clock(now):
            call_command("demo", **{"districts": 1, "stdout": StringIO()} | options)

    return made


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


def test_without_the_programme_it_says_what_to_load(make):
    Programme.objects.filter(year=2560).update(year=2559)

    with pytest.raises(CommandError, match="loaddata programme-2560"):
        make(IN_MARCH)

    assert not User.objects.filter(staff_id__in=DEMO_ACCOUNTS).exists()


def test_it_prints_every_account_with_its_password(make):
    out = StringIO()
    make(FIRST_MORNING, stdout=out)

    rows = [tuple(line.split()) for line in out.getvalue().splitlines()]
    assert rows == account_table()
    assert [row[0] for row in rows[1:]] == list(DEMO_ACCOUNTS)
    assert rows[1] == ("officer", "officer", "3314", "sammachip")


# ---------------------------------------------------------------- what it finds


def test_villages_get_codes_nobody_has(make):
    taken = Village(code="33140101", subdistrict_id="331401", moo=1, name_th="มีอยู่แล้ว")
    taken.save()

    make(FIRST_MORNING)

    assert Village.objects.get(code="33140101").name_th == "มีอยู่แล้ว"
    assert not Enrolment.objects.filter(village=taken).exists()


def test_an_officer_ban_trakat_has_in_2560_stays(make):
    somebody = User.objects.create_user("somebody", name="นางสาวอรุณ ใจงาม")
    Enrolment.objects.filter(programme__year=2560).update(officer=somebody)

    make(FIRST_MORNING)

    assert Enrolment.objects.get(programme__year=2560).officer == somebody


def test_an_account_that_existed_before_is_left_alone(make):
    chief = User.objects.create_user("Chief", "her own", name="นางสาวอรุณ ใจงาม")

    make(FIRST_MORNING)

    chief.refresh_from_db()
    assert (chief.name, chief.check_password("her own")) == ("นางสาวอรุณ ใจงาม", True)
    assert not chief.postings.exists()
    assert not User.objects.filter(staff_id="chief").exists()


def test_when_it_fails_half_way_nothing_is_left(make, monkeypatch):
    before = every_row()
    monkeypatch.setattr("sammachip.demo.year.record", lambda **words: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        make(FIRST_MORNING)

    assert every_row() == before


# ---------------------------------------------------------------- whenever it is made


@pytest.mark.parametrize("now", [FIRST_MORNING, IN_OCTOBER, LAST_EVENING])
def test_nothing_lies_in_the_future_or_before_the_year_and_the_counts_are_right(make, now):
    make(now)

    assert happened_between(FIRST_MORNING, now)
    with clock(now):
        call_command("recount", stdout=StringIO())  # raises where a row differs


def happened_between(first, last):
    days = Activity.objects.values_list("held_on", flat=True)
    noted_later = History.objects.filter(at__gt=last).exists()
    return first.date() <= min(days) <= max(days) <= last.date() and not noted_later


def test_in_october_every_status_appears_and_nothing_is_late(make):
    make(IN_OCTOBER)

    assert statuses(2570) == set(Status.values)
    assert not of_year(2570).late(IN_OCTOBER.date()).exists()


# ---------------------------------------------------------------- in March


@override_settings(DEBUG=True, PASSWORD_HASHERS=QUICK)
class InMarch(TestCase):
    """The demo made once for all of these, with the home district and one more."""

    @classmethod
    def setUpTestData(cls):
        assert Area.objects.filter(parent="33").count() == 2
        folder = TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        with clock(IN_MARCH), override_settings(MEDIA_ROOT=folder.name):
            call_command("demo", districts=2, stdout=StringIO())

    def setUp(self):
        self.enterContext(clock(IN_MARCH))

    def test_every_account_signs_in_and_sees_its_home(self):
        for staff_id in DEMO_ACCOUNTS:
            client = Client()
            said = {"username": staff_id, "password": DEMO_PASSWORD}
            answer = client.post("/accounts/login/", said, REMOTE_ADDR="127.0.0.1")

            assert answer.status_code == 303, staff_id
            assert client.get("/").status_code == 200, staff_id

    def test_nobody_signs_in_as_a_colleague(self):
        colleagues = User.objects.exclude(staff_id__in=DEMO_ACCOUNTS)

        assert colleagues.filter(staff_id="demo-reviewer").exists()
        assert not any(check_password(DEMO_PASSWORD, user.password) for user in colleagues)
        assert not any(user.has_usable_password() for user in colleagues)

    def test_accounts_are_posted_where_the_table_says(self):
        stored = Posting.objects.filter(user__staff_id__in=DEMO_ACCOUNTS)
        posted = {
            (row.user.staff_id, row.role, row.area_id or "national")
            for row in stored.select_related("user")
        }

        assert posted == {row[:3] for row in account_table()[1:]}

    def test_every_status_appears_and_some_steps_are_late(self):
        assert statuses(2570) == set(Status.values)
        assert of_year(2570).late(IN_MARCH.date()).exists()

    def test_one_village_only_needs_to_hand_its_step_in(self):
        begun = of_year(2570).filter(status=Status.IN_PROGRESS)
        ready = [row for row in begun if row.met == row.asked and row.activities]

        assert any(row.enrolment.officer.staff_id == "officer" for row in ready)

    def test_a_return_says_why_and_names_a_requirement(self):
        review = Review.objects.get(decision=Review.Decision.RETURNED)

        (item,) = review.items.all()
        assert review.reason
        assert item.requirement.step == review.submission.progress.step

    def test_photos_are_there_to_be_seen(self):
        assert Evidence.objects.filter(type=EvidenceType.PHOTO).exists()

    def test_both_officers_have_their_share_of_the_home_district(self):
        enrolments = Enrolment.objects.filter(programme__year=2570, village__code__startswith=3314)
        shares = Counter(enrolments.values_list("officer__staff_id", flat=True))

        assert shares == {"officer": 8 + 1, "officer2": 6}  # and Ban Trakat

    def test_the_other_district_has_villages_and_work_too(self):
        elsewhere = of_year(2570).filter(district_code="3304")

        assert elsewhere.values("enrolment").distinct().count() >= 4
        assert elsewhere.filter(activities__gt=0).exists()

    def test_ban_trakat_is_the_officers_in_both_years_and_not_recorded(self):
        enrolments = Enrolment.objects.filter(village__code="33140108").select_related("officer")

        assert {row.programme.year: row.officer.staff_id for row in enrolments} == {
            2560: "officer",
            2570: "officer",
        }
        assert not Activity.objects.filter(enrolment__in=enrolments).exists()
        assert set(of_year(2560).values_list("status", flat=True)) == {Status.NOT_STARTED}

    def test_nothing_lies_in_the_future_and_the_counts_are_right(self):
        assert happened_between(FIRST_MORNING, IN_MARCH)
        call_command("recount", stdout=StringIO())

    def test_each_month_that_is_over_was_kept_as_it_was_then(self):
        programme = Programme.objects.get(year=2570)
        decided = Review.objects.filter(decision=Review.Decision.VERIFIED)

        months = kept.kept_months(programme, "33")

        assert [f"{month:%Y-%m}" for month in reversed(months)] == [
            *("2026-10", "2026-11", "2026-12", "2027-01", "2027-02"),
        ]
        for month in months:
            figures, taken_at = kept.at(programme, ["33"], month)
            assert taken_at == datetime.combine(month, time(0, 5), BANGKOK) + timedelta(days=1)
            assert figures["33"].verified == decided.filter(at__lt=taken_at).count()
        assert 0 < kept.at(programme, ["33"], months[-1]).figures["33"].verified < decided.count()

    def test_a_second_time_changes_nothing_also_in_another_year(self):
        before = every_row()

        for later in (IN_MARCH, LAST_EVENING, IN_ANOTHER_YEAR):
            with clock(later):
                call_command("demo", stdout=StringIO())
            assert every_row() == before

    def test_after_people_worked_loading_everything_again_changes_nothing(self):
        load_everything()
        with clock(IN_MARCH):
            work_as_the_officer()
        before = every_row()

        load_everything()

        after = every_row()
        assert set(of_year(2560).values_list("status", flat=True)) == {Status.SUBMITTED}
        assert after["steps.StepProgress"] == before["steps.StepProgress"]
        assert after["accounts.History"] == before["accounts.History"]
        assert after == before


def load_everything():
    call_command("loaddata", "programme-2560", "factors", "ban-trakat", verbosity=0)
    call_command("demo", stdout=StringIO())


def work_as_the_officer():
    """All eight steps of Ban Trakat in 2560, a household, a new password, a closed account."""
    officer = User.objects.get(staff_id="officer")
    enrolment = Enrolment.objects.for_pages().get(programme__year=2560)
    client = Client()
    client.force_login(officer, backend="accounts.backends.StaffIdOrEmail")
    take_through_all_eight_steps(Officer(client, enrolment))
    household = NewHousehold(house_no="99/1", head_name="นายคำมูล ดีงาม")
    add_household(village=enrolment.village, household=household, sender=sender(officer, IN_MARCH))
    officer.set_password("another one entirely")
    officer.save()
    User.objects.filter(staff_id="officer2").update(is_active=False)
