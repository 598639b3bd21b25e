"""What happened on a day in one village, and who came."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sammachip.thai.text import clean, clean_lines
from steps.models.choices import ActivityForm, AgencyLevel, LedBy
from steps.models.enrolments import Enrolment
from steps.models.programme import AttendeeGroup, Requirement, Step, Topic
from villages.models import (
    CommitteeMember,
    Household,
    KeyedQuerySet,
    before_buddhist_years,
    keyed,
)


class ActivityQuerySet(models.QuerySet["Activity"]):
    def counted(self) -> Self:
        """What counts: not withdrawn, and not late unless a reviewer accepted it (rules 6, 7)."""
        return self.filter(withdrawn_at__isnull=True).filter(COUNTED_IF_LATE)

    def waiting(self) -> Self:
        """Late arrivals nobody has accepted, set aside or withdrawn yet."""
        return self.filter(WAITS)

    def without_summary(self) -> Self:
        """Whose summary is to follow; ticks added later to the same activity need none."""
        same = {name: models.OuterRef(name) for name in ("occasion", "enrolment", "step")}
        in_time = Activity.objects.filter(late=False, **same)
        return self.filter(Q(late=False) | ~models.Exists(in_time), summary="")

    def of_step(self, step: Step) -> Self:
        return self.filter(step=step)

    def outside_steps(self) -> Self:
        """Follow-up before, between and after the steps."""
        return self.filter(step__isnull=True)

    def for_lists(self) -> Self:
        """With what a list of activities shows: files, and who came as numbers (two queries)."""
        evidence = models.Prefetch("evidence", self._evidence_with_blobs())
        return self.with_numbers().prefetch_related(evidence)

    def with_numbers(self) -> Self:
        """``households`` and ``members`` present, and people ``in_groups`` (unknown: at least one).

        What ``headcount_listed`` reads.
        """
        return self.annotate(
            households=_of_each(Attendance, models.Count("pk")),
            members=_of_each(MemberAttendance, models.Count("pk")),
            in_groups=_of_each(GroupCount, models.Sum(Coalesce("people", 1))),
        )

    def for_lines(self) -> Self:
        """With what a line elsewhere says of them: village, programme and step."""
        return self.select_related("enrolment__village", "enrolment__programme", "step").order_by(
            "held_on", "pk"
        )

    def _evidence_with_blobs(self) -> models.QuerySet[Any]:
        evidence = apps.get_model("steps", "Evidence")  # its module imports this one
        return evidence._default_manager.select_related("blob")

    def last_by(self, user: User) -> Activity | None:
        """The activity this person recorded last."""
        return self.filter(recorded_by=user).order_by("recorded_at").last()

    def same_day(self, enrolment: Enrolment, step: Step | None, held_on: date) -> Self:
        """Others of the same village, step and day: perhaps the same thing recorded twice."""
        return self.filter(
            enrolment=enrolment, step=step, held_on=held_on, withdrawn_at__isnull=True
        )


def _of_each(rows: type[models.Model], number: models.Aggregate) -> Coalesce:
    """A number over the rows of each activity, 0 where it has none."""
    own = rows._default_manager.filter(activity=models.OuterRef("pk")).order_by()
    return Coalesce(models.Subquery(own.values("activity").annotate(n=number).values("n")), 0)


COUNTED_IF_LATE = Q(late=False) | Q(accepted_at__isnull=False)
UNDECIDED = {"accepted_at__isnull": True, "set_aside_at__isnull": True}
WAITS = Q(late=True, withdrawn_at__isnull=True, **UNDECIDED)


class Arrival(models.Model):
    """What arrives may be late or withdrawn: kept, and counted nowhere.

    What is late counts once accepted; set aside, it stays as it is and waits no longer (rule 6).
    """

    late = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def counts(self) -> bool:
        """Whether requirements and counters see it."""
        return self.withdrawn_at is None and (not self.late or self.accepted_at is not None)

    @property
    def waits(self) -> bool:
        """Whether it arrived late and nobody has decided on it."""
        return self.may_be_accepted and self.set_aside_at is None

    @property
    def may_be_accepted(self) -> bool:
        """Whether it could still count: what was set aside may be accepted later."""
        return self.late and self.accepted_at is None and self.withdrawn_at is None


def withdrawn_has_reason(name: str) -> models.CheckConstraint:
    """What is struck through says why, and nothing else does."""
    return models.CheckConstraint(
        condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
        | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
        name=name,
    )


class Activity(Arrival):
    """An activity (กิจกรรม): one day, one village, for one step or for none (follow-up)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="activities")
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="activities")
    occasion = models.UUIDField(default=uuid.uuid4, db_index=True)
    shared = models.BooleanField(default=False)  # other villages have a part in the occasion
    form = models.CharField(_("form"), max_length=20, choices=ActivityForm.choices)
    held_on = models.DateField(_("date of activity"))
    place = models.CharField(_("place"), max_length=200)
    visited_name = models.CharField(_("community visited"), max_length=200, blank=True)
    visited_area = models.CharField(_("where it is"), max_length=200, blank=True)
    visited_reason = models.CharField(_("what makes it a model"), max_length=300, blank=True)
    led_by = models.CharField(_("led by"), max_length=20, choices=LedBy.choices)
    total = models.PositiveIntegerField(_("people present in all"), null=True, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    topics = models.ManyToManyField(Topic, related_name="+")
    documents = models.ManyToManyField("steps.ShelfDocument", related_name="studied_in")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["held_on", "recorded_at", "id"]
        indexes = [models.Index(fields=["enrolment", "step", "held_on"], name="activity_step_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(form__in=ActivityForm.values, led_by__in=LedBy.values),
                name="activity_form_and_leader_known",
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__lte=100_000),
                name="activity_total_plausible",
            ),
            withdrawn_has_reason("activity_withdrawn_with_reason"),
            *before_buddhist_years("held_on"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.place}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        for field in ("place", "visited_name", "visited_area", "visited_reason"):
            setattr(self, field, clean(getattr(self, field)))
        self.summary = clean_lines(self.summary)
        super().save(*args, **kwargs)


class SupportingAgency(models.Model):
    """An agency that supported an activity (S13, S26)."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="agencies")
    name = models.CharField(max_length=150)
    level = models.CharField(max_length=12, choices=AgencyLevel.choices)

    natural_key = keyed("activity_id", "name", after=["steps.activity"])
    objects = KeyedQuerySet["SupportingAgency"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "name"], name="agency_once_an_activity")
        ]

    def __str__(self) -> str:
        return self.name


class Attendance(models.Model):
    """A household was there: its head, or someone for it."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="attendances")
    household = models.ForeignKey(Household, models.PROTECT, related_name="attendances")
    representative = models.BooleanField(default=False)

    natural_key = keyed(
        "activity_id", "household_id", after=["steps.activity", "villages.household"]
    )
    objects = KeyedQuerySet["Attendance"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "household"], name="household_once_an_activity"
            )
        ]

    def __str__(self) -> str:
        return str(self.household)


class MemberAttendance(models.Model):
    """A committee member was there, and may have said to be ready to act (2.2)."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="member_attendances")
    member = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="attendances")
    ready = models.BooleanField(default=False)

    natural_key = keyed(
        "activity_id", "member_id", after=["steps.activity", "villages.committeemember"]
    )
    objects = KeyedQuerySet["MemberAttendance"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "member"], name="member_once_an_activity")
        ]

    def __str__(self) -> str:
        return str(self.member)


class GroupCount(models.Model):
    """How many of a group came; no number means: they came, how many is not known."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="group_counts")
    group = models.ForeignKey(AttendeeGroup, models.PROTECT, related_name="+")
    people = models.PositiveIntegerField(null=True)

    natural_key = keyed("activity_id", "group_id", after=["steps.activity", "steps.attendeegroup"])
    objects = KeyedQuerySet["GroupCount"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "group"], name="group_once_an_activity"),
            models.CheckConstraint(
                condition=Q(people__isnull=True) | Q(people__range=(1, 100_000)),
                name="group_people_plausible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.people or '?'}"


class ActivityText(models.Model):
    """A short text a requirement asks for, such as the goal agreed in 1.2."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="texts")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")
    text = models.TextField()

    natural_key = keyed(
        "activity_id", "requirement__code", after=["steps.activity", "steps.requirement"]
    )
    objects = KeyedQuerySet["ActivityText"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "requirement"], name="text_once_an_activity"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="activity_text_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text
