"""Where a village stands in a step, what was handed in, and what reviewers decided."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from steps.models.choices import CLOSED, OPEN, Status
from steps.models.enrolments import Enrolment
from steps.models.files import Evidence
from steps.models.programme import Requirement, Step
from villages.models import KeyedQuerySet, before_buddhist_years, keyed


class StepProgressQuerySet(models.QuerySet["StepProgress"]):
    def get_by_natural_key(self, year: int, code: str, number: str) -> StepProgress:
        enrolment = Enrolment.objects.using(self.db).get_by_natural_key(year, code)
        return self.get(enrolment=enrolment, step__number=number)

    def with_submissions(self) -> Self:
        """With submissions, also withdrawn ones, their reviews and the points these name."""
        return self.prefetch_related(*submissions_with_reviews())

    def returns(self) -> dict[int, Review]:
        """The review that returned each returned step, with its points, by key of the step's row.

        Two queries; the second only where something is returned.
        """
        reviews = (
            Review.objects.exclude(decision=Review.Decision.VERIFIED)
            .filter(submission__progress__in=self.filter(status=Status.RETURNED).order_by())
            .filter(submission__withdrawn_at__isnull=True)
            .select_related("submission", "by")
            .prefetch_related(models.Prefetch("items", ReviewItem.objects.with_subjects()))
            .order_by("submission__number", "at", "id")
        )
        return {review.submission.progress_id: review for review in reviews}

    def in_order(self) -> Self:
        return self.order_by("step__order")

    def late(self, on: date) -> Self:
        """Past due and not handed in, judged on ``on`` (the programme's judged_on)."""
        return self.filter(status__in=OPEN, step__due_on__lt=on)

    def closed(self) -> Self:
        return self.filter(status__in=CLOSED)


class StepProgress(models.Model):
    """One row per enrolment and step. All of it can be rebuilt from what was recorded.

    District and subdistrict codes stand here so that counting needs no joins. ``measures`` maps
    the code of a requirement to [have, need, codes of its missing parts], as measured last;
    ``changes`` counts what is different from what the last submission stood on (steps.changes).
    ``moved_at`` is when it was last handed in or decided on, ``waits_for`` the reviewing level
    whose turn it is.
    """

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="progress")
    step = models.ForeignKey(Step, models.PROTECT, related_name="progress")
    district_code = models.CharField(max_length=4)
    subdistrict_code = models.CharField(max_length=6)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NOT_STARTED)
    met = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(default=0)
    measures = models.JSONField(default=dict, blank=True)
    activities = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    households = models.PositiveIntegerField(default=0)
    late_arrivals = models.PositiveIntegerField(default=0)
    last_activity_on = models.DateField(null=True, blank=True)
    changes = models.JSONField(default=dict, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)
    waits_for = models.CharField(max_length=10, blank=True)

    objects = StepProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a village")
        verbose_name_plural = _("steps of villages")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "step"], name="progress_once_a_step"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="status_known"),
            *before_buddhist_years("last_activity_on"),
        ]
        indexes = [
            # Counting by district, subdistrict, step and status reads this index alone.
            models.Index(
                fields=["step", "district_code", "subdistrict_code", "status"],
                name="progress_counting",
            ),
            models.Index(
                fields=["district_code", "moved_at", "step"],
                condition=Q(status="submitted"),
                name="progress_waiting",
            ),
            models.Index(
                fields=["moved_at", "district_code", "step", "status"], name="progress_moved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.step.number}"

    def natural_key(self) -> tuple[int, str, str]:
        return (*self.enrolment.natural_key(), self.step.number)

    natural_key.dependencies = ["steps.enrolment", "steps.step"]  # type: ignore[attr-defined]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    def standing_submissions(self) -> list[Submission]:
        """As loaded by with_submissions, the first one first."""
        standing = [row for row in self.submissions.all() if row.withdrawn_at is None]
        return sorted(standing, key=lambda row: row.number)

    def last_return(self) -> Review | None:
        """The review that returned the step, while it is returned."""
        if self.status != Status.RETURNED:
            return None
        reviews = list(self.standing_submissions()[-1].reviews.all())
        returns = [row for row in reviews if row.decision != Review.Decision.VERIFIED]
        return returns[-1] if returns else None

    def handed_in_as(self) -> Submission | None:
        """The submission a closed step stands on."""
        return self.standing_submissions()[-1] if self.is_closed else None

    def may_be_withdrawn(self) -> bool:
        """Whether it is handed in and nobody has decided on it."""
        if self.status != Status.SUBMITTED:
            return False
        return not self.standing_submissions()[-1].reviews.all()

    def days_late(self, today: date) -> int:
        """Days past due on ``today`` or the programme's last day; 0 when handed in or in time."""
        if self.status not in OPEN:
            return 0
        judged_on = self.step.programme.judged_on(today)
        return max((judged_on - self.step.due_on).days, 0)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def get_by_natural_key(self, year: int, code: str, step: str, number: int) -> Submission:
        progress = StepProgress.objects.using(self.db).get_by_natural_key(year, code, step)
        return self.get(progress=progress, number=number)

    def standing(self) -> Self:
        """Submissions the officer did not take back."""
        return self.filter(withdrawn_at__isnull=True)

    def for_cases(self) -> Self:
        """With what a reviewer is shown of each: village, step, officer, who handed it in.

        ``came_back``: whether an earlier submission of the same step was returned or reopened.
        """
        earlier = Review.objects.exclude(decision=Review.Decision.VERIFIED).filter(
            submission__progress=models.OuterRef("progress"),
            submission__number__lt=models.OuterRef("number"),
        )
        return self.select_related(
            "by",
            "progress__step__programme",
            "progress__enrolment__programme",
            "progress__enrolment__officer",
            "progress__enrolment__village__subdistrict__parent__parent",
        ).annotate(came_back=models.Exists(earlier))


class Submission(models.Model):
    """A step handed in: by whom, when, and a snapshot of what it stood on."""

    progress = models.ForeignKey(StepProgress, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    snapshot = models.JSONField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["progress", "number"]
        constraints = [
            models.UniqueConstraint(fields=["progress", "number"], name="submission_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.progress} #{self.number}"

    def natural_key(self) -> tuple[int, str, str, int]:
        return (*self.progress.natural_key(), self.number)

    natural_key.dependencies = ["steps.stepprogress"]  # type: ignore[attr-defined]


class ReviewQuerySet(models.QuerySet["Review"]):
    def get_by_natural_key(
        self, year: int, code: str, step: str, number: int, level: str, decision: str
    ) -> Review:
        submissions = Submission.objects.using(self.db)
        submission = submissions.get_by_natural_key(year, code, step, number)
        return self.get(submission=submission, level=level, decision=decision)


class Review(models.Model):
    """A decision on a submission, by one reviewing level."""

    class Level(models.TextChoices):
        CHIEF = "chief", _("District chief")
        PROVINCE = "province", _("Province")

    class Decision(models.TextChoices):
        VERIFIED = "verified", _("Verified")
        RETURNED = "returned", _("Returned")
        REOPENED = "reopened", _("Reopened")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="reviews")
    level = models.CharField(max_length=10, choices=Level.choices)
    decision = models.CharField(max_length=10, choices=Decision.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.TextField(blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="verified") | ~Q(reason=""), name="review_return_has_a_reason"
            ),
            # Two reviewers of one level cannot both decide on the same submission.
            models.UniqueConstraint(
                fields=["submission", "level"],
                condition=Q(decision__in=["verified", "returned"]),
                name="review_once_a_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.decision}"

    def natural_key(self) -> tuple[int, str, str, int, str, str]:
        """A level decides once; what it verified it may open again once."""
        return (*self.submission.natural_key(), self.level, self.decision)

    natural_key.dependencies = ["steps.submission"]  # type: ignore[attr-defined]


def submissions_with_reviews() -> list[models.Prefetch[Any]]:
    """How the thread of a step is loaded: three queries, the last where something was decided."""
    return [
        models.Prefetch("submissions", Submission.objects.select_related("by")),
        models.Prefetch("submissions__reviews", Review.objects.select_related("by")),
        models.Prefetch("submissions__reviews__items", ReviewItem.objects.with_subjects()),
    ]


class ReviewItemQuerySet(KeyedQuerySet["ReviewItem"]):
    def with_subjects(self) -> Self:
        """With the requirement or photo each is about."""
        return self.select_related("requirement", "evidence")


class ReviewItem(models.Model):
    """One requirement or photo a return names, and what is asked of it."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="items")
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, null=True, blank=True, related_name="+"
    )
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    natural_key = keyed(
        "review_id",
        "requirement_id",
        "evidence_id",
        "note",
        after=["steps.review", "steps.requirement", "steps.evidence"],
    )
    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(requirement__isnull=True, evidence__isnull=False)
                | Q(requirement__isnull=False, evidence__isnull=True),
                name="review_item_names_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.note

    @property
    def subject(self) -> str:
        """What it is about: a requirement, or a photo by its caption."""
        return str(self.requirement.label if self.requirement else self.evidence)
