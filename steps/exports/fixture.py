"""An area's year as a fixture: rows of one installation that another can load (``loaddata``).

Rows are named by what they mean (natural keys) or by a UUID, so that they never meet a number of
the other installation. Villages come one after the other, each locked as a writer locks it, so
that what belongs together is read together. Counters are left out: loading counts again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.core.serializers.json import Serializer as JsonSerializer
from django.db import models, transaction

from accounts.models import User
from steps.changes import stood_on
from steps.exports.neutral import Neutral, closed
from steps.facts import Facts, facts_of
from steps.models import (
    Activity,
    AssessedFactor,
    Assessment,
    AttendeeGroup,
    Blob,
    Enrolment,
    Evidence,
    KnowledgeRecord,
    Lesson,
    Programme,
    RecordPhoto,
    Requirement,
    Review,
    ReviewItem,
    ShelfDocument,
    Step,
    StepProgress,
    Submission,
    Topic,
)
from villages.models import CommitteeMember, Occupation, Village, after, locked

Rows = Iterator[models.Model]

# Rows that many others point at: each is written once, before the first that needs it.
SHARED = (User, Occupation, AttendeeGroup, Blob, ShelfDocument)

ONLY = {  # the columns that are written where not all are
    User: {"staff_id", "name", "position", "password", "is_active"},
    StepProgress: {"enrolment", "step", "district_code", "subdistrict_code"},
}

AS_IT_STOOD = True  # in a snapshot: the row was as it is in the file
EARLIER = "earlier "  # and here it was not


@dataclass
class Fixture:
    """What is taken out of an area, and what was met on the way."""

    area: str
    programme: Programme
    names: bool
    files: bool
    today: date
    villages: int = 0
    enrolled: int = 0
    files_left_out: int = 0
    blobs: list[Blob] = field(default_factory=list)
    _facts: Facts | None = None
    _named: dict[int, dict[str, str]] = field(default_factory=dict)
    _shared: dict[tuple[type[models.Model], object], models.Model] = field(default_factory=dict)

    @property
    def accounts(self) -> int:
        """How many people the rows name as having done something."""
        return sum(model is User for model, _key in self._shared)

    def rows(self) -> Rows:
        """Every row, each after those it points at."""
        for document in self._shelves():
            yield from self._with_shared(document)
        for village in Village.objects.within(self.area).in_official_order():
            with transaction.atomic():  # a writer waits for the reading, not for the file
                rows = [row for held in locked([village]) for row in self._of_village(held)]
            yield from rows

    def _shelves(self) -> Iterable[models.Model]:
        """The shelves of the districts the area lies in or holds."""
        here = self.area[:4]
        shelves = ShelfDocument.objects.filter(district__gte=here, district__lt=after(here))
        return shelves.filter(programme=self.programme).select_related("district", "programme")

    def _of_village(self, village: Village) -> Rows:
        self.villages += 1
        neutral = None if self.names else self._neutral(village)
        for row in self._told_of(village):
            if isinstance(row, Evidence | RecordPhoto | ReviewItem) and self._without_file(row):
                continue
            if neutral:
                neutral.rename(row)
            if isinstance(row, Submission):
                row.snapshot = self._portable(row, neutral)
            yield from self._with_shared(row)

    def _neutral(self, village: Village) -> Neutral:
        """A meeting that villages shared has one summary, which may tell of people of each."""
        neutral = Neutral(village)
        shared = Activity.objects.filter(shared=True, enrolment__village=village)
        beside = Village.objects.filter(
            enrolments__activities__occasion__in=shared.values("occasion")
        )
        for other in beside.exclude(pk=village.pk).in_official_order().distinct():
            if other.pk not in self._named:
                self._named[other.pk] = Neutral(other).names
            neutral.learn(self._named[other.pk])
        return neutral

    def _told_of(self, village: Village) -> Rows:
        """The village, its people, and its year where it takes part."""
        members = CommitteeMember.objects.filter(committee__village=village)
        yield village
        yield from village.former_codes.order_by("code")
        yield from village.households.in_house_order()
        yield from village.committees.order_by("formed_on", "pk")
        yield from members.select_related("committee__village").order_by("joined_on", "pk")
        enrolments = village.enrolments.filter(programme=self.programme)
        for enrolment in enrolments.select_related("programme", "village"):
            self.enrolled += 1
            yield from _year_of(enrolment)

    def _without_file(self, row: Evidence | RecordPhoto | ReviewItem) -> bool:
        if self.files or (isinstance(row, ReviewItem) and row.evidence_id is None):
            return False
        self.files_left_out += isinstance(row, Evidence)
        return True

    # -------------------------------------------------------- what many rows point at

    def _with_shared(self, row: models.Model) -> Rows:
        """A row, after whatever it points at that was not written yet."""
        if isinstance(row, ShelfDocument) and (ShelfDocument, row.pk) in self._shared:
            return
        if isinstance(row, ShelfDocument) and row.blob_id and not self.files:
            row.blob = None
            self.files_left_out += 1
        if isinstance(row, Lesson) and row.photo_id and not self.files:
            row.photo, row.photo_cleared = None, False
            self.files_left_out += 1
        for column in row._meta.concrete_fields:
            if column.related_model in SHARED and getattr(row, column.attname) is not None:
                yield from self._point_at(row, column.name, column.attname, column.related_model)
        if isinstance(row, Activity):
            for document in row.documents.all():
                yield from self._with_shared(document)
        if isinstance(row, SHARED):
            self._shared[type(row), row.pk] = row
        yield row

    def _point_at(
        self, row: models.Model, name: str, key_name: str, model: type[models.Model]
    ) -> Rows:
        key = (model, getattr(row, key_name))
        if key not in self._shared:
            target = getattr(row, name)
            if isinstance(target, User):
                target = closed(target, names=self.names)
            if isinstance(target, Blob):
                self.blobs.append(target)
            yield from self._with_shared(target)
        setattr(row, name, self._shared[key])

    # -------------------------------------------------------- what was handed in

    def _portable(self, row: Submission, neutral: Neutral | None) -> dict[str, Any]:
        """A snapshot as another installation can keep it."""
        now = stood_on(row.progress.step, self._facts_of(row.progress.enrolment))
        snapshot = row.snapshot | {"stood_on": portable(row.snapshot["stood_on"], now)}
        if not self.files:  # what is not in the file was not withdrawn either
            snapshot["stood_on"]["evidence"] = {}
        if neutral:
            said = snapshot["explained"].items()
            snapshot["explained"] = {code: neutral.text(reason) for code, reason in said}
            snapshot["stood_on"]["goal"] = neutral.text(snapshot["stood_on"]["goal"])
        return snapshot

    def _facts_of(self, enrolment: Enrolment) -> Facts:
        """Read once for all that was handed in of a village's year."""
        if self._facts is None or self._facts.enrolment != enrolment:
            (self._facts,) = facts_of([enrolment], today=self.today)
        return self._facts


def portable(then: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What a submission stood on, with no number of this database in it.

    Prints are of rows as this database numbers them: here is kept which rows were as they are now,
    and the other installation prints those anew (``settle``). What was different stays different.
    """
    return then | {
        part: {key: _mark(print_, now[part].get(key)) for key, print_ in then[part].items()}
        for part in PRINTED
    }


PRINTED = ("activities", "evidence", "plan_items")


def _mark(then: Any, now: Any) -> bool | str:
    if then == now:
        return AS_IT_STOOD
    return then if str(then).startswith(EARLIER) else f"{EARLIER}{then}"


def _year_of(enrolment: Enrolment) -> Rows:
    """Everything recorded, handed in and decided in a village's year, withdrawn and late too."""
    yield enrolment
    yield from _households(enrolment)
    yield from enrolment.change_leaders.all()
    yield from enrolment.progress.select_related("step__programme").order_by("step__order")
    for activity in _activities(enrolment):
        yield activity
        for name in ("agencies", "attendances", "member_attendances", "group_counts", "texts"):
            yield from getattr(activity, name).all()
        yield from activity.evidence.all()
    steps = ("step__programme",)
    yield from enrolment.plans.select_related(*steps).order_by("step__order")
    yield from enrolment.plan_items.select_related(*steps).in_plan_order()
    yield from enrolment.contributions.all()
    yield from enrolment.shortfalls.select_related("requirement__step__programme").order_by("pk")
    yield from enrolment.quiet_reasons.all()
    yield from enrolment.lessons.select_related("step__programme", "photo")
    yield from _record(enrolment)
    yield from _conditions(enrolment)
    submissions = Submission.objects.filter(progress__enrolment=enrolment)
    yield from submissions.select_related(*_of("progress__")).order_by("progress", "number")
    reviews = Review.objects.filter(submission__progress__enrolment=enrolment)
    yield from reviews.select_related(*_of("submission__progress__")).order_by("at", "pk")
    items = ReviewItem.objects.filter(review__submission__progress__enrolment=enrolment)
    yield from items.select_related(
        "requirement__step__programme", *_of("review__submission__progress__")
    ).order_by("pk")


def _record(enrolment: Enrolment) -> Rows:
    """The knowledge record with its sections and photos."""
    for record in KnowledgeRecord.objects.filter(enrolment=enrolment):
        record.enrolment = enrolment
        yield record
        of_record = [f"record__{name}" for name in YEAR]
        yield from record.sections.select_related(*of_record).order_by("key")
        yield from record.photos.select_related(*of_record)


def _of(progress: str) -> list[str]:
    """What the natural key of a row of progress is made of."""
    return [f"{progress}{name}" for name in ("step__programme", *YEAR)]


YEAR = ("enrolment__programme", "enrolment__village")


def _conditions(enrolment: Enrolment) -> Rows:
    """How the village sees itself, what it lacks, its network; factors are of the catalogue.

    A village of the network stays out as a link where it may not be in the other installation:
    its name is kept.
    """
    yield from Assessment.objects.filter(enrolment=enrolment)
    levels = AssessedFactor.objects.filter(assessment__enrolment=enrolment)
    yield from levels.select_related(
        "assessment__enrolment__programme", "assessment__enrolment__village", "factor"
    ).order_by("factor")
    yield from enrolment.needs.all()
    for link in enrolment.network_links.all():
        link.village = None
        yield link


def _households(enrolment: Enrolment) -> Rows:
    """Whom a household learned from stays out where it lives elsewhere."""
    rows = enrolment.households.select_related("learned_from").order_by("pk")
    for row in rows:
        if row.learned_from and row.learned_from.village_id != enrolment.village_id:
            row.learned_from = None
        yield row


def _activities(enrolment: Enrolment) -> Iterable[Activity]:
    topics = models.Prefetch("topics", Topic.objects.select_related("requirement__step__programme"))
    return enrolment.activities.select_related("step__programme").prefetch_related(
        "agencies",
        "attendances",
        "member_attendances",
        "group_counts",
        "texts__requirement__step__programme",
        "documents",
        "evidence",
        topics,
    )


# ---------------------------------------------------------------- a programme


def programme_rows(programme: Programme) -> Rows:
    """A programme as data, with the lists it asks of: what ``programme-2560`` is for 2560."""
    requirements = Requirement.objects.filter(step__programme=programme)
    topics = Topic.objects.filter(requirement__step__programme=programme)
    yield from Occupation.objects.all()
    yield from AttendeeGroup.objects.all()
    yield programme
    yield from programme.phases.all()
    yield from Step.objects.filter(programme=programme).select_related("phase__programme")
    yield from requirements.select_related("step__programme", "after_step__programme").order_by(
        "step__order", "order"
    )
    yield from topics.select_related("requirement__step__programme").order_by(
        "requirement__step__order", "requirement__order", "order"
    )


# ---------------------------------------------------------------- writing


class _Exact(DjangoJSONEncoder):
    """A moment keeps its microseconds: which of two came first hangs on them."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class _Writer(JsonSerializer):
    def get_dump_object(self, obj: models.Model) -> dict[str, Any]:
        data: dict[str, Any] = super().get_dump_object(obj)
        if not isinstance(obj._meta.pk, models.AutoField):  # a code or UUID is no number
            data["pk"] = str(obj.pk)
        if columns := ONLY.get(type(obj)):
            data["fields"] = {name: data["fields"][name] for name in sorted(columns)}
        return data


def write(rows: Iterable[models.Model], stream: IO[str]) -> None:
    """Write rows as a fixture, one at a time."""
    _Writer().serialize(
        rows,
        stream=stream,
        use_natural_foreign_keys=True,
        use_natural_primary_keys=True,
        indent=1,
        cls=_Exact,
    )
