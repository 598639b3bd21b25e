"""An area's year goes from one installation to another, and there it is what it was here."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import History, Posting, User
from accounts.rights import Role
from sammachip.thai.text import search_key
from steps.exports.neutral import Neutral
from steps.models import (
    Activity,
    AttendeeGroup,
    Blob,
    Contribution,
    Enrolment,
    EnrolmentHousehold,
    Evidence,
    OccasionReach,
    PlanItem,
    Programme,
    Requirement,
    Review,
    ShelfDocument,
    Status,
    StepProgress,
    Submission,
    Tally,
    Topic,
    YearProgress,
)
from steps.progress import DERIVED
from steps.recording import activities, decisions, people
from steps.recording.activities import Occasion, Part
from steps.recording.enrolments import programme_changed
from steps.recording.places import Move, recode
from steps.standing import DERIVED_OF_YEAR
from tests.cast import NOW, TODAY, World, household, person, post, sender, village
from tests.full_year import FullYear
from tests.review_year import hand_in_together
from tests.steps.test_fixtures import fingerprint
from tests.steps.test_tally import Deed, Story, stories, undone
from villages.models import (
    Area,
    CommitteeMember,
    FormerCode,
    Household,
    Village,
    WorkingCommittee,
)

Load = Callable[[str], None]
SignIn = Callable[[User], Client]
NAMED = {"with_names": True}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_of_the_write_up")]


# ---------------------------------------------------------------- two installations


def export(area: str = "33", **options: Any) -> str:
    """The file, with what was said about it in ``export.said``."""
    out, said = StringIO(), StringIO()
    call_command("export_fixture", area=area, year="2560", stdout=out, stderr=said, **options)
    export.said = said.getvalue()  # type: ignore[attr-defined]
    return out.getvalue()


def said() -> str:
    return str(export.said)  # type: ignore[attr-defined]


def rows_of(file: str, model: str = "") -> list[dict[str, Any]]:
    return [row for row in json.loads(file) if model in ("", row["model"])]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_file(file: str) -> None:
        path = tmp_path / "area.json"
        path.write_text(file, "utf-8")
        call_command("loaddata", str(path), verbosity=0)

    return load_file


def export_programme() -> str:
    out = StringIO()
    call_command("export_fixture", "--programme", year="2560", stdout=out, stderr=StringIO())
    return out.getvalue()


def another_installation(load: Load, *, programme: bool = True) -> None:
    """Everything is gone but the areas; the programme is loaded again and has other numbers."""
    file, kept = export_programme(), (Area,)
    for model in apps.get_models(include_auto_created=True):
        if model not in kept and model._meta.managed:
            rows = model._base_manager.all()
            rows._raw_delete(rows.db)
    if programme:
        load(file)
    call_command("loaddata", "factors", verbosity=0)


def derived(area: str = "33") -> dict[Any, Any]:
    """Every row that is counted, of an area, by what it means and not by its number."""
    rows: dict[Any, Any] = {}
    here = {"enrolment__village__code__startswith": area}
    steps = StepProgress.objects.filter(**here).select_related("step", "enrolment__village")
    for step in steps:
        rows[step.natural_key()] = {name: getattr(step, name) for name in DERIVED}
    for year in YearProgress.objects.filter(**here).select_related("first_open"):
        values = {name: getattr(year, name) for name in DERIVED_OF_YEAR}
        values["first_open"] = year.first_open and year.first_open.number
        rows[year.enrolment.natural_key()] = values
    return rows | sums(area)


def sums(area: str = "33") -> dict[Any, Any]:
    """The sums of an area and of all within it."""
    tally = Tally.objects.filter(area_code__startswith=area).exclude(n=0)
    keys = ("programme__year", "area_code", "month", "figure")
    rows = {tuple(key): n for *key, n in tally.values_list(*keys, "n")}
    reach = OccasionReach.objects.filter(area_code__startswith=area).exclude(people=0)
    return rows | {row[:2]: row[2] for row in reach.values_list("occasion", "area_code", "people")}


def recount() -> None:
    """Fails where one counter is wrong."""
    call_command("recount", "--dry-run", stdout=StringIO())


@pytest.fixture(scope="module")
def told(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[FullYear, Path]]:
    """Ban Trakat in the middle of its year, told once for all tests, and where its files lie."""
    folder = tmp_path_factory.mktemp("told")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), undone():
        patch.setattr("django.utils.timezone.now", lambda: NOW)
        patch.setattr("django.conf.settings.MEDIA_ROOT", folder)
        year = FullYear(World())
        hand_in_together(year.world)
        _more(year.world)
        recount()
        patch.undo()
        yield year, folder


@pytest.fixture
def full(told: tuple[FullYear, Path], db: None, media: Path) -> FullYear:
    """All kinds of rows there are, with files of this test's own."""
    year, folder = told
    shutil.copytree(folder, media)
    return year


def _more(world: World) -> None:
    """What the full year has none of: a meeting of three villages, a step opened again, …"""
    share = [world.trakat, world.phing, world.malu]
    parts = [Part(world.enrolment_of(one), world.step("1.2")) for one in share]
    values = {"form": "meeting", "place": "ที่ว่าการอำเภอ", "led_by": "officer", "total": "40"}
    values |= {"held_on": "2017-01-05", "summary": "นายบุญมี แสงทอง เสนอ โทร 081-234-5678"}
    activities.record(occasion=Occasion(parts, values), sender=sender(world.nida))
    _opened_again(world)
    FormerCode.objects.create(code="33010199", village=world.trakat, until=date(2010, 1, 1))
    old = WorkingCommittee.objects.create(
        village=world.trakat, formed_on=date(2012, 1, 1), ended_on=date(2014, 1, 1)
    )
    CommitteeMember.objects.create(
        committee=old,
        name="นายทองใบ ใจดี",
        kind="formal",
        joined_on=date(2012, 1, 1),
        left_on=date(2014, 1, 1),
    )
    first, second = world.trakat.households.in_house_order()[:2]
    Household.objects.filter(pk=first.pk).update(phone="089-999-9999")
    EnrolmentHousehold.objects.filter(household=first).update(learned_from=second, model=True)
    _rarely_met(world)
    programme_changed(programme=world.programme, sender=sender(world.anan))


def _rarely_met(world: World) -> None:
    """A row of each kind the story has none of."""
    activity = Activity.objects.filter(enrolment=world.enrolment, step__number="1.4").first()
    assert activity
    requirement = world.step("1.4").requirements.all()[0]
    member = CommitteeMember.objects.filter(left_on=None).first()
    activity.group_counts.create(group=AttendeeGroup.objects.first(), people=None)
    activity.member_attendances.create(member=member, ready=True)
    activity.texts.create(requirement=requirement, text="ข้อตกลงของหมู่บ้าน")
    activity.agencies.create(name="อบต.ศรีแก้ว", level="subdistrict")
    activity.topics.set(Topic.objects.filter(requirement__step__number="1.4")[:3])
    activity.documents.set(ShelfDocument.objects.all()[:2])
    world.enrolment.lessons.create(
        step=world.step("1.4"),
        activity=activity,
        prompt="worked",
        kind="success",
        text="นายทองใบ ใจดี ชวนเพื่อนบ้านมาครบ",
        photo=Evidence.objects.filter(type="photo").first().blob,
        photo_cleared=True,
        sharing="shared",
        decided_by=world.suda,
        decided_at=NOW,
        recorded_by=world.nida,
    )
    world.enrolment.shortfalls.create(requirement=requirement, reason="น้ำท่วม", by=world.nida)
    review = Review.objects.get(decision="returned")
    review.items.create(requirement=requirement, note="ขอรายชื่อ")
    review.items.create(evidence=Evidence.objects.first(), note="ภาพไม่ชัด")
    first = world.trakat.households.in_house_order()[0]
    Household.objects.filter(pk=first.pk).update(main_occupation="rice")


def _opened_again(world: World) -> None:
    """Step 1.1 of Phing was verified, opened again with a point, and its activity changed since."""
    phing = world.enrolment_of(world.phing)
    progress = StepProgress.objects.get(enrolment=phing, step__number="1.1")
    submission = progress.submissions.get()
    decisions.verify(submission=submission, level="province", sender=sender(world.suda))
    decisions.reopen(
        submission=submission, level="province", reason="นับผิด", sender=sender(world.suda)
    )
    Activity.objects.filter(enrolment=phing, step__number="1.1").update(summary="แก้แล้ว")


# ---------------------------------------------------------------- the same there as here


def test_status_counters_and_sums_are_the_same_there(
    full: FullYear, load: Load, tmp_path: Path
) -> None:
    before, file = derived(), export(media=str(tmp_path / "m"), **NAMED)
    statuses = set(StepProgress.objects.values_list("status", flat=True))
    assert {Status.SUBMITTED, Status.RETURNED, Status.IN_PROGRESS, Status.NOT_STARTED} <= statuses

    another_installation(load)
    load(file)

    assert derived() == before
    recount()


def test_everything_is_the_same_there_so_that_it_may_go_on_from_there(
    full: FullYear, load: Load, tmp_path: Path
) -> None:
    """Exported again it is the same file, letter by letter."""
    file = export(media=str(tmp_path / "m"), **NAMED)
    another_installation(load)
    load(file)
    assert export(media=str(tmp_path / "n"), **NAMED) == file


def test_the_file_holds_every_kind_of_row(full: FullYear, tmp_path: Path) -> None:
    """Or the two tests above would pass for want of anything to lose."""
    kinds = {row["model"] for row in rows_of(export(media=str(tmp_path / "m"), **NAMED))}
    left_out = {
        # of the other installation's own
        *("villages.area", "accounts.office", "accounts.posting"),
        *("steps.programme", "steps.phase", "steps.step", "steps.requirement", "steps.topic"),
        *("steps.factor", "steps.factorlevel"),
        # what was done here, and when
        *("accounts.history", "accounts.historyvalue", "accounts.receipt", "steps.handover"),
        *("accounts.import", "accounts.importrow", "steps.receivedfile", "steps.keptfigures"),
        # counted there
        *("steps.yearprogress", "steps.tally", "steps.occasionreach"),
    }
    own = {
        model._meta.label_lower
        for model in apps.get_models()
        if model._meta.app_label in ("villages", "accounts", "steps")
    }
    assert own - kinds - left_out == set()
    assert kinds & left_out == set()


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deeds=stories)
def test_whatever_was_done_counts_the_same_there(
    easy: World, load: Load, deeds: list[Deed]
) -> None:
    with undone():
        story = Story(easy, iter([easy.nida, easy.somsak] * len(deeds)))
        for deed in deeds:
            story.happen(deed)
        before, file = derived(), export()
        another_installation(load)
        load(file)
        assert {key: without_photos(row) for key, row in derived().items()} == {
            key: without_photos(row) for key, row in before.items()
        }
        recount()


@pytest.fixture
def easy(full: FullYear) -> World:
    """Steps that ask for nothing, so that any move may come; two levels review one of them."""
    Requirement.objects.update(level="advised")
    full.world.programme.steps.filter(number="2.1").update(reviewer="both")
    programme_changed(programme=full.world.programme, sender=sender(full.world.anan))
    return full.world


def without_photos(row: Any) -> Any:
    """A counted row without what photos alone make of it."""
    if not isinstance(row, dict) or "measures" not in row:
        return row
    left_out = {"measures", "met", "changes", "late_arrivals"}
    return {name: value for name, value in row.items() if name not in left_out}


# ---------------------------------------------------------------- beside what is there


def test_loading_twice_changes_nothing(full: FullYear, load: Load, tmp_path: Path) -> None:
    file = export(media=str(tmp_path / "m"), **NAMED)
    another_installation(load)
    load(file)
    before = fingerprint()
    load(file)
    assert fingerprint() == before


def test_loading_where_it_came_from_changes_nothing(
    full: FullYear, load: Load, tmp_path: Path
) -> None:
    """Without names a household has another head there: it stays as it is here."""
    named, neutral = export(media=str(tmp_path / "m"), **NAMED), export()
    before = fingerprint()
    load(named)
    assert fingerprint() == before
    load(neutral)
    after = fingerprint()
    changed = {label for label in before if before[label] != after[label]}
    assert changed == {"accounts.User"}  # the closed ones the file brings


def test_a_file_names_no_number_of_its_database(full: FullYear, tmp_path: Path) -> None:
    for row in rows_of(export(media=str(tmp_path / "m"), **NAMED)):
        assert not isinstance(row.get("pk"), int), row["model"]
    snapshots = [row["fields"]["snapshot"] for row in rows_of(export(), "steps.submission")]
    assert snapshots
    for snapshot in snapshots:
        for part in ("activities", "evidence", "plan_items"):
            marks = snapshot["stood_on"][part].values()
            assert all(mark is True or mark.startswith("earlier ") for mark in marks)


def test_rows_of_others_stay_as_they_are_whatever_their_numbers(full: FullYear, load: Load) -> None:
    """Both installations counted from 1; afterwards each row is still the one it was."""
    file = export("331401")
    another_installation(load)
    others = _work_elsewhere()
    before = rows_by_key(others)

    load(file)

    after = rows_by_key(others)
    assert {key: after[key] for key in before} == before
    assert Village.objects.get(code="33140108").households.exists()
    recount()
    record_anywhere()  # the numbers of new rows are free
    recount()


def _work_elsewhere() -> list[type[Any]]:
    """The other installation has work of its own; answers the models it has rows of."""
    nida = person("nida", "นิดาอีกคน", "พัฒนากร")
    suda = person("suda", "นางสุดา วงศ์งาม", "นักวิชาการพัฒนาชุมชน")
    post(nida, Role.OFFICER, "3304")
    post(suda, Role.PROVINCE, "33")
    other = village("33040105", "ที่อื่น")
    programme = Programme.objects.get(year=2560)
    enrolment = Enrolment.objects.create(programme=programme, village=other, officer=nida)
    call_command("recount", "--sums-only", stdout=StringIO())
    member = people.NewMember(name="นายอื่น ไกล", kind="formal", joined_on=date(2017, 1, 1))
    people.add_member(village=other, member=member, sender=sender(nida))
    home = people.NewHousehold(house_no="1", head_name="นายอื่น ไกล")
    people.add_household(village=other, household=home, sender=sender(nida))
    record_anywhere()
    step = programme.steps.get(number="1.4")
    Requirement.objects.filter(step=step).update(level="advised")
    decisions.submit(enrolment=enrolment, step=step, reasons={}, sender=sender(nida))
    submission = Submission.objects.get()
    decisions.verify(submission=submission, level="province", sender=sender(suda))
    Requirement.objects.filter(step=step).update(level="required")
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model not in (Tally, OccasionReach) and model._base_manager.exists()
    ]


def record_anywhere() -> None:
    enrolment = Enrolment.objects.for_pages().get(village__code="33040105")
    step = enrolment.programme.steps.get(number="1.4")
    household = f"household-{enrolment.village.households.get().pk}"
    values = {"form": "meeting", "place": "วัด", "led_by": "officer", "held_on": "2017-03-01"}
    values |= {household: "head"}
    nida = User.objects.get(staff_id="nida")
    activities.record(occasion=Occasion([Part(enrolment, step)], values), sender=sender(nida))


def rows_by_key(models: Iterable[type[Any]]) -> dict[Any, Any]:
    """Every row, by the table it is in and its number there."""
    return {
        (model._meta.label, row[model._meta.pk.attname]): row
        for model in models
        for row in model._base_manager.values()
    }


def test_a_village_that_is_there_already_keeps_what_it_has_and_gets_the_rest(
    full: FullYear, load: Load
) -> None:
    file = export("331401")
    another_installation(load)
    call_command("loaddata", "ban-trakat", verbosity=0)
    noi = person("noi", "น้อย", "พัฒนากร")
    Enrolment.objects.update(officer=noi, budget=Decimal(5))
    Village.objects.update(alt_name="ชื่อที่ใช้ที่นี่")
    call_command("recount", "--sums-only", stdout=StringIO())

    load(file)

    enrolment = Enrolment.objects.get()
    assert (enrolment.officer, enrolment.budget) == (noi, 5)
    assert enrolment.village.alt_name == "ชื่อที่ใช้ที่นี่"
    assert enrolment.activities.count() == len(rows_of(file, "steps.activity")) > 3
    assert enrolment.village.committees.filter(ended_on=None).count() == 1
    call_command("recount", "--dry-run", stdout=StringIO())


def test_a_shelf_that_is_loaded_counts_for_the_districts_other_villages(
    full: FullYear, load: Load
) -> None:
    file = export("331401")
    another_installation(load)
    call_command("loaddata", "ban-trakat", verbosity=0)
    programme = Programme.objects.get(year=2560)
    Enrolment.objects.create(programme=programme, village=village("33140203", "พิงพวยใต้"))
    load(file)
    assert ShelfDocument.objects.count() == 3
    recount()


def test_an_account_is_taken_in_closed_and_only_where_there_is_none(
    full: FullYear, load: Load
) -> None:
    User.objects.filter(staff_id="nida").update(email="nida@example.org", phone="0812345678")
    file = export(**NAMED)
    assert "nida@example.org" not in file
    assert "pbkdf2" not in file
    another_installation(load)
    here = person("NIDA", "นิดาของที่นี่", "พัฒนากร")
    stood = User.objects.filter(pk=here.pk).values().get()

    load(file)

    assert User.objects.filter(pk=here.pk).values().get() == stood
    assert Activity.objects.filter(recorded_by=here).exists()
    suda = User.objects.get(staff_id="suda")
    assert (suda.name, suda.is_active, suda.has_usable_password()) == (
        "นางสุดา วงศ์งาม",
        False,
        False,
    )
    assert (suda.email, suda.phone) == ("", "")
    assert not Posting.objects.exists()


def test_whom_a_household_of_another_village_taught_is_left_out(full: FullYear, load: Load) -> None:
    far = Household.objects.create(village=full.world.mueang, house_no="1", head_name="นายไกล")
    EnrolmentHousehold.objects.filter(enrolment=full.world.enrolment).update(learned_from=far)
    file = export()
    another_installation(load)
    load(file)
    assert not EnrolmentHousehold.objects.exclude(learned_from=None).exists()


def test_documents_studied_from_another_districts_shelf_come_along(
    full: FullYear, load: Load
) -> None:
    """As after a village moved to another district."""
    activity = Activity.objects.filter(enrolment=full.world.enrolment).first()
    assert activity
    activity.documents.set(ShelfDocument.objects.all())
    recode(moves=[Move("33140108", "33040109")], on=TODAY, by=None, at=NOW)
    file = export("330401")
    another_installation(load)
    load(file)
    assert Activity.objects.get(pk=activity.pk).documents.count() == 3


# ---------------------------------------------------------------- names


def names_here() -> set[str]:
    """Every name of a person, whole and without its title."""
    names = {
        *Household.objects.values_list("head_name", flat=True),
        *CommitteeMember.objects.values_list("name", flat=True),
        *PlanItem.objects.exclude(person="").values_list("person", flat=True),
        *User.objects.values_list("name", flat=True),
    }
    return names | {re.sub("^(นางสาว|นาย|นาง)", "", name) for name in names}


def test_without_being_asked_for_no_name_and_no_phone_leaves(full: FullYear) -> None:
    file = export()
    named = export(**NAMED)
    assert [name for name in sorted(names_here()) if name in file] == []
    assert [name for name in sorted(names_here()) if name in named] != []
    assert "089-999-9999" in named
    assert "081-234-5678" in named
    keys = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # which may look like phones
    assert not re.search("08[0-9-]{8}", re.sub(keys, "", file))
    for staff_id in ("nida", "suda", "somsak"):
        assert f'"{staff_id}"' not in file
    assert not rows_of(file, "steps.evidence")


def test_people_have_neutral_names_and_are_the_same_ones_throughout(
    full: FullYear, load: Load
) -> None:
    """Each change leader of the year is a member too, and the first of them has a plan to do."""
    file = export()
    another_installation(load)
    load(file)

    trakat = Village.objects.get(code="33140108")
    heads = list(trakat.households.in_house_order().values_list("house_no", "head_name"))
    assert heads[:2] == [("1", "ครัวเรือนที่ 1"), ("2", "ครัวเรือนที่ 2")]
    assert heads[11] == ("12", "ครัวเรือนที่ 12")
    members = CommitteeMember.objects.filter(committee__ended_on=None)
    names = set(members.values_list("name", flat=True))
    assert names == {f"กรรมการคนที่ {number}" for number in range(1, 5)}
    leaders = trakat.enrolments.get().change_leaders.values_list("name", flat=True)
    assert set(leaders) == names
    assert set(PlanItem.objects.values_list("person", flat=True)) <= names
    summary = Activity.objects.filter(enrolment__village=trakat, step__number="1.2").get().summary
    assert summary == "ครัวเรือนที่ 1 เสนอ โทร (โทรศัพท์)"
    recount()


@pytest.mark.parametrize(
    ("person", "neutral"),
    [
        ("", ""),
        ("นางนอก ทะเบียน", "ผู้รับผิดชอบคนที่ 1"),
        ("{known} และนางนอก ทะเบียน", "กรรมการคนที่ 1 และผู้รับผิดชอบคนที่ 1"),
        ("นางนอก ทะเบียน, {known}", "ผู้รับผิดชอบคนที่ 1, กรรมการคนที่ 1"),
        ("{known} (นางนอก ทะเบียน)", "ผู้รับผิดชอบคนที่ 1"),
    ],
)
def test_whoever_a_plan_names_beside_somebody_known_is_not_named_either(
    full: FullYear, person: str, neutral: str
) -> None:
    item = PlanItem.objects.filter(enrolment__village__code="33140108").first()
    assert item
    PlanItem.objects.exclude(pk=item.pk).update(person="")
    PlanItem.objects.filter(pk=item.pk).update(person=person.format(known=item.person))
    persons = {row["fields"]["person"] for row in rows_of(export(), "steps.planitem")}
    assert persons == {neutral, ""}


def test_a_lesson_is_searched_by_its_neutral_words(full: FullYear) -> None:
    lessons = [row["fields"] for row in rows_of(export(), "steps.lesson")]
    (fields,) = [fields for fields in lessons if "ชวนเพื่อนบ้านมาครบ" in fields["text"]]
    assert "ทองใบ" not in fields["text"] + fields["search_text"]
    assert fields["search_text"] == search_key(fields["text"])
    assert (fields["photo"], fields["photo_cleared"]) == (None, False)


def test_neutral_names_fill_no_column_beyond_what_it_holds(full: FullYear) -> None:
    longest = "/".join(["ก"] * 75)
    PlanItem.objects.filter(enrolment__village__code="33140108").update(person=longest)
    most = PlanItem._meta.get_field("person").max_length
    rows = rows_of(export(), "steps.planitem")
    assert {len(row["fields"]["person"]) for row in rows} == {most}


def test_without_names_only_what_photos_make_is_different(full: FullYear, load: Load) -> None:
    before, files = derived(), Evidence.objects.count() + 1  # a lesson has one too
    file = export()
    assert f"Left out: {files} photos and documents." in said()
    another_installation(load)
    load(file)
    after = derived()
    assert {key: without_photos(row) for key, row in after.items()} == {
        key: without_photos(row) for key, row in before.items()
    }
    for key, row in after.items():
        if isinstance(row, dict) and "changes" in row:
            seen = {part: n for part, n in before[key]["changes"].items() if part != "evidence"}
            assert row["changes"] == seen, key
            asked = before[key]["measures"]
            photos = Requirement.objects.filter(kind="evidence").values_list("code", flat=True)
            different = {code for code in asked if asked[code] != row["measures"][code]}
            assert different <= set(photos), key
    assert not Blob.objects.exists()


@pytest.mark.parametrize("files", [True, False])
def test_pages_open_there(
    full: FullYear, load: Load, signed_in: SignIn, tmp_path: Path, files: bool
) -> None:
    file = export(media=str(tmp_path / "m"), **NAMED) if files else export()
    another_installation(load)
    load(file)
    dao = person("dao", "ดาว", "นักวิชาการพัฒนาชุมชน")
    post(dao, Role.PROVINCE, "33")
    client = signed_in(dao)
    for step in StepProgress.objects.filter(enrolment__village__code="33140108"):
        page = reverse("steps:step", args=["33140108", 2560, step.step.number])
        assert client.get(page).status_code == 200, page
    for submission in Submission.objects.all():
        page = reverse("steps:review_case", args=[submission.pk])
        assert client.get(page).status_code == 200, page
    for activity in Activity.objects.filter(enrolment__village__code="33140108"):
        page = reverse("steps:activity", args=["33140108", 2560, activity.pk])
        assert client.get(page).status_code == 200, page
    assert client.get("/areas/33/").status_code == 200
    for evidence in Evidence.objects.all():
        assert client.get(reverse("steps:file", args=[evidence.pk])).status_code == 200


def test_the_same_person_has_the_same_closed_account_in_every_file(full: FullYear) -> None:
    one, two = (rows_of(export(area), "accounts.user") for area in ("331401", "331402"))
    ids = [{row["fields"]["staff_id"] for row in rows} for rows in (one, two)]
    assert ids[0] & ids[1]
    assert all(re.fullmatch("staff-[0-9a-f]{8}", staff_id) for staff_id in ids[0] | ids[1])
    assert {row["fields"]["is_active"] for row in one} == {False}


def test_taking_names_is_in_the_history_and_is_said(full: FullYear) -> None:
    export()
    assert not History.objects.filter(verb="export_names").exists()
    assert "People have neutral names." in said()
    export("33140108", by="anan", **NAMED)
    entry = History.objects.get(verb="export_names")
    assert (entry.by, entry.village, entry.at) == (full.world.anan, full.world.trakat, NOW)
    assert entry.note == "export_fixture --area 33140108 --year 2560"
    assert "holds names and phones of people" in said()


@given(
    names=st.lists(
        st.sampled_from(["นายดี มีสุข", "นางดี มีสุข", "นายดี", "ดี", "นางสาวสา ใจ", "สา ใจ", "x"]),
        max_size=6,
        unique=True,
    )
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_neutral_names_never_meet_and_leave_no_name_behind(db: None, names: list[str]) -> None:
    with undone():
        here = village("33140211", "ทดสอบ")
        rows = [
            Household.objects.create(village=here, house_no=str(number), head_name=name)
            for number, name in enumerate(names)
        ]
        neutral = Neutral(here)
        for row in rows:
            neutral.rename(row)
        assert len({row.head_name for row in rows}) == len(rows)
        assert not {row.head_name for row in rows} & set(names)
        for name in names:
            if len(name) >= 4:
                assert name not in neutral.text(f"พบ{name}ที่วัด")


# ---------------------------------------------------------------- files


def test_files_are_copied_as_the_media_folder_holds_them(
    full: FullYear, load: Load, tmp_path: Path, settings: Any
) -> None:
    folder = tmp_path / "copy"
    file = export(media=str(folder), **NAMED)
    blobs = list(Blob.objects.filter(evidence__isnull=False).distinct())
    was = {blob.sha256: blob.path().read_bytes() for blob in blobs}
    another_installation(load)
    settings.MEDIA_ROOT = folder
    load(file)
    assert was
    assert {blob.sha256: blob.path().read_bytes() for blob in Blob.objects.all()} == was
    assert all(blob.path(thumb=True).exists() for blob in Blob.objects.all())


def test_a_file_that_is_not_on_disk_is_named(full: FullYear, tmp_path: Path) -> None:
    blob = Blob.objects.filter(evidence__isnull=False).first()
    assert blob
    blob.path().unlink()
    export(media=str(tmp_path / "copy"), **NAMED)
    assert f"Not on disk, and not copied: {blob}" in said()


def test_files_are_not_copied_onto_themselves(full: FullYear, media: Path) -> None:
    with pytest.raises(CommandError, match="another folder than MEDIA_ROOT"):
        export(media=str(media), **NAMED)


def test_a_shelf_without_its_files_is_one_of_papers(full: FullYear, load: Load) -> None:
    ShelfDocument.objects.update(blob=Blob.objects.first())
    file = export()
    another_installation(load)
    load(file)
    assert {document.blob for document in ShelfDocument.objects.all()} == {None}


def test_written_to_a_file_it_is_whole_and_for_its_owner_alone(
    full: FullYear, tmp_path: Path
) -> None:
    path = tmp_path / "area.json"
    assert export(output=str(path)) == ""
    assert path.read_text("utf-8") == export()
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob("tmp*")) == []


# ---------------------------------------------------------------- villages with other codes


def test_a_file_from_before_a_village_moved_finds_it_under_its_new_code(
    full: FullYear, load: Load
) -> None:
    file = export("331401")
    recode(moves=[Move("33140108", "33140209")], on=TODAY, by=None, at=NOW)
    before = fingerprint()
    load(file)
    after = fingerprint()
    assert {label for label in before if before[label] != after[label]} == {"accounts.User"}
    call_command("loaddata", "ban-trakat", verbosity=0)
    assert not Village.objects.filter(code="33140108").exists()
    recount()


def test_a_file_from_after_a_village_moved_asks_to_move_it_here_first(
    full: FullYear, load: Load
) -> None:
    old = export("331401")
    recode(moves=[Move("33140108", "33140209")], on=TODAY, by=None, at=NOW)
    new = export("331402")
    another_installation(load)
    load(old)
    before = fingerprint()
    with pytest.raises(CommandError, match="recode_village 33140108 33140209"):
        load(new)
    assert fingerprint() == before
    recode(moves=[Move("33140108", "33140209")], on=TODAY, by=None, at=NOW)
    load(new)
    recount()


def test_a_code_that_is_another_village_there_is_refused(full: FullYear, load: Load) -> None:
    file = export("331401")
    another_installation(load)
    other = village("33140209", "คนละหมู่บ้าน")
    FormerCode.objects.create(code="33140108", village=other, until=date(2010, 1, 1))
    with pytest.raises(CommandError, match="33140108 is ตระกาจ in the file"):
        load(file)
    assert not Household.objects.exists()


# ---------------------------------------------------------------- what has to be there


def test_without_its_programme_nothing_is_loaded_and_that_is_said(
    full: FullYear, load: Load
) -> None:
    file, without_shelf = export("331401"), export("330401")
    another_installation(load, programme=False)
    for one in (file, without_shelf):
        with pytest.raises(CommandError, match=r"(?si)programme.*Nothing was loaded.*load_areas"):
            load(one)
    assert not Village.objects.exists()


def test_without_its_areas_nothing_is_loaded_and_that_is_said(full: FullYear, load: Load) -> None:
    file = export("330401")
    another_installation(load)
    Area.objects.filter(code="330401").delete()
    with pytest.raises(CommandError, match=r"villages.Village needs the villages.Area 330401"):
        load(file)


def test_people_somebody_entered_there_too_are_not_doubled_and_that_is_said(
    full: FullYear, load: Load
) -> None:
    """The same household under another key: a person has to say which one it is."""
    file = export("331401", **NAMED)
    first = full.world.trakat.households.in_house_order()[0]
    another_installation(load)
    there = Village(code="33140108", subdistrict_id="331401", moo=8, name_th="ตระกาจ")
    there.save()
    household(there, first.house_no, first.head_name)
    with pytest.raises(CommandError, match=r"(?s)villages.Household.*Nothing was loaded"):
        load(file)
    assert Household.objects.count() == 1


# ---------------------------------------------------------------- what was handed in


def test_what_changed_since_it_was_handed_in_is_still_what_changed(
    full: FullYear, load: Load, tmp_path: Path
) -> None:
    """Phing's activity was changed after 1.1 was handed in; Ban Trakat's was not."""
    file = export(media=str(tmp_path / "m"), **NAMED)
    another_installation(load)
    load(file)
    progress = StepProgress.objects.filter(step__number="1.1")
    phing = progress.get(enrolment__village__code="33140203")
    trakat = progress.get(enrolment__village__code="33140108")
    assert phing.changes == {"activities": [0, 1, 0]}
    assert trakat.changes == {}
    assert Review.objects.filter(decision="reopened").count() == 1


def test_the_history_there_says_where_the_work_came_from(full: FullYear, load: Load) -> None:
    file = export()
    another_installation(load)
    load(file)
    entries = History.objects.all()
    assert {entry.verb for entry in entries} == {"load_fixture"}
    with_work = Village.objects.filter(enrolments__activities__isnull=False).distinct()
    assert {entry.village for entry in entries} == set(with_work)
    assert {(entry.by, entry.note) for entry in entries} == {(None, "area.json")}


# ---------------------------------------------------------------- a programme


def test_a_programme_goes_to_an_installation_that_has_none(full: FullYear, load: Load) -> None:
    programme, area = export_programme(), export("331401")
    labels = ("villages.Occupation", "steps.Programme", "steps.Requirement", "steps.Topic")
    counts = [apps.get_model(label)._base_manager.count() for label in labels]
    another_installation(load, programme=False)
    load(programme)
    load(area)
    assert [apps.get_model(label)._base_manager.count() for label in labels] == counts
    before = fingerprint()
    call_command("loaddata", "programme-2560", verbosity=0)
    assert fingerprint() == before  # the shipped one is the same, row by row
    recount()


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"area": "33", "year": "2599"}, "no programme of 2599. There are: 2560."),
        ({"area": "33", "year": "last"}, "no programme of last"),
        ({"area": "3", "year": "2560"}, "3 is no code"),
        ({"area": "0314", "year": "2560"}, "0314 is no code"),
        ({"area": "99", "year": "2560"}, "no area or village 99"),
        ({"area": "33140199", "year": "2560"}, "no area or village 33140199"),
        ({"year": "2560"}, "either which area"),
        ({"area": "33", "programme": True, "year": "2560"}, "either which area"),
        ({"area": "33", "year": "2560", "media": "m"}, "with --with-names only"),
        ({"area": "33", "year": "2560", "output": "area.txt"}, "must end in .json"),
        ({"area": "33", "year": "2560", "output": "/nowhere/a.json"}, "cannot be written"),
        ({"area": "33", "year": "2560", "with_names": True, "by": "nobody"}, "no account"),
    ],
)
def test_what_the_command_cannot_do_it_says_plainly(
    full: FullYear, options: dict[str, Any], why: str
) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match=re.escape(why)):
        call_command("export_fixture", stdout=out, stderr=StringIO(), **options)
    assert out.getvalue() == ""
    assert not History.objects.filter(verb="export_names").exists()


def test_codes_and_years_may_be_in_thai_digits(full: FullYear) -> None:
    out = StringIO()
    call_command("export_fixture", area="๓๓๑๔", year="๒๕๖๐", stdout=out, stderr=StringIO())
    assert len(rows_of(out.getvalue(), "villages.village")) == 2


def test_rows_of_a_village_are_read_in_a_fixed_number_of_queries(full: FullYear) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            export("33140108")
        return len(asked)

    few = queries()
    for number in range(50, 80):
        household(full.world.trakat, str(number), f"ก{number}")
    step = full.world.step("1.4")
    for day in range(1, 9):
        values = {"form": "meeting", "place": "วัด", "led_by": "officer"}
        values |= {"held_on": f"2017-02-0{day}"}
        parts = [Part(full.world.enrolment, step)]
        activities.record(occasion=Occasion(parts, values), sender=sender(full.world.nida))
    assert Contribution.objects.count() > 1
    assert queries() == few
