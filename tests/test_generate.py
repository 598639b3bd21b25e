"""Generated villages: right in everything that is derived, and the same each time."""

from hashlib import sha256
from io import StringIO
from tempfile import TemporaryDirectory

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import AutoField, Count
from django.db.models.functions import Substr
from django.test import TestCase, override_settings

from accounts.access import scope
from accounts.models import User
from accounts.rights import Right
from sammachip.generate.copies import COPIED
from sammachip.generate.courses import MODELS
from sammachip.generate.places import HOME
from steps.models import (
    Activity,
    Enrolment,
    OccasionReach,
    Status,
    StepProgress,
    Submission,
    Tally,
    YearProgress,
)
from tests.cast import TODAY
from tests.load.bench.pages import site_of
from tests.load.bench.site import clock
from villages.areas import load_areas
from villages.models import Household, Village

LEVELS = {"nation", "province", "district", "subdistrict"}
VILLAGES = 150  # forty models and copies of them, in two districts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="villages are copied in SQL"),
]


QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # for the demo accounts


def clear():
    """Areas and programme stand, and no village is enrolled."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE villages_village CASCADE")
    load_areas()


def generate():
    with (
        TemporaryDirectory() as media,
        override_settings(DEBUG=True, PASSWORD_HASHERS=QUICK, MEDIA_ROOT=media),
    ):
        call_command("generate", "province", villages=VILLAGES, stdout=StringIO())


class Generated(TestCase):
    """A hundred and fifty villages, made once for all that only reads them."""

    @classmethod
    def setUpTestData(cls):
        clear()
        generate()

    def test_everything_derived_is_what_recount_finds(self):
        call_command("recount", "--dry-run", stdout=StringIO())

    def test_recount_would_find_a_copy_that_is_wrong(self):
        copy = Enrolment.objects.order_by("pk").last()
        Household.objects.filter(village=copy.village).update(ended_on=TODAY)
        Activity.objects.filter(enrolment=copy).update(total=99)
        with pytest.raises(CommandError):
            call_command("recount", "--dry-run", stdout=StringIO())

    def test_there_is_as_much_of_everything_as_asked(self):
        assert Village.objects.count() == Enrolment.objects.count() == VILLAGES
        assert YearProgress.objects.count() == VILLAGES
        assert Household.objects.count() == 20 * VILLAGES
        assert StepProgress.objects.count() == 8 * VILLAGES
        assert 12 * VILLAGES < Activity.objects.count() < 18 * VILLAGES
        assert set(StepProgress.objects.values_list("status", flat=True)) == set(Status.values)
        assert Tally.objects.get(area_code=HOME, figure="villages").n == VILLAGES

    def test_villages_of_one_district_share_its_meetings(self):
        shared = Activity.objects.filter(shared=True).values("occasion")
        code = Substr("enrolment__village__subdistrict", 1, 4)
        occasions = shared.annotate(n=Count("pk"), districts=Count(code, distinct=True))
        assert max(row["n"] for row in occasions) > 5
        assert {row["districts"] for row in occasions} == {1}
        assert OccasionReach.objects.filter(area_code__startswith=HOME, people__gt=0).exists()

    def test_officers_work_where_they_are_posted_and_nobody_signs_in_as_them(self):
        for enrolment in Enrolment.objects.select_related("officer", "village")[::20]:
            assert scope(enrolment.officer, Right.RECORD, TODAY).covers(enrolment.village.code)
        posted = User.objects.filter(postings__area__code__startswith=HOME)
        assert posted.exists()
        assert not any(user.has_usable_password() for user in posted)

    def test_a_copy_has_keys_of_its_own_and_its_snapshots_name_them(self):
        copies = Enrolment.objects.order_by("pk")[MODELS:]
        submissions = Submission.objects.filter(progress__enrolment__in=list(copies))
        for submission in submissions.select_related("progress__enrolment__village")[::20]:
            activities = Activity.objects.filter(enrolment=submission.progress.enrolment)
            own = {str(pk) for pk in activities.values_list("pk", flat=True)}
            assert own.issuperset(submission.snapshot["stood_on"]["activities"])

    def test_the_bench_measures_equal_figures_and_pages_that_open(self):
        with clock():
            site = site_of("default")
            assert {level.name for level, _parts in site.parts()} == LEVELS  # each part is checked
            for page in site.pages():
                self.client.force_login(page.visitor.user, "accounts.backends.StaffIdOrEmail")
                assert self.client.get(page.address).status_code == 200

    def test_a_second_time_changes_nothing(self):
        with override_settings(DEBUG=True):
            call_command("generate", "nation", stdout=(out := StringIO()))
        assert "nothing was changed" in out.getvalue()
        assert Village.objects.count() == VILLAGES


def test_the_same_size_gives_the_same_data():
    clear()
    assert fingerprints() == fingerprints()


def fingerprints():
    """What every table holds once generated, but for numbered keys, which sequences give."""
    with transaction.atomic():
        generate()
        found = {model.__name__: fingerprint(model) for model in [Village, *COPIED]}
        transaction.set_rollback(True)
    return found


def fingerprint(model):
    columns = [field.attname for field in model._meta.concrete_fields if not is_numbered(field)]
    rows = model._base_manager.order_by().values_list(*columns)
    lines = sorted(str([without_pictures(value) for value in row]) for row in rows)
    return sha256("\n".join(lines).encode()).hexdigest()


def without_pictures(value):
    """A snapshot names the stored pictures by their numbered keys."""
    if isinstance(value, dict) and "stood_on" in value:
        return {**value, "stood_on": {**value["stood_on"], "evidence": None}}
    return value


def is_numbered(field):
    target = field.related_model or field.model
    is_key = field.primary_key or field.is_relation
    return is_key and isinstance(target._meta.pk, AutoField)


def test_a_database_with_enrolled_villages_of_its_own_is_refused(world):
    with pytest.raises(CommandError, match="holds enrolled villages"):
        generate()


def test_it_runs_only_under_debug():
    with override_settings(DEBUG=False), pytest.raises(CommandError, match="DEBUG"):
        call_command("generate", "province", stdout=StringIO())
