"""What was learned in a village: lessons, and the decision to let others read them."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from sammachip.thai.text import clean_lines, search_key
from steps.models.activities import Activity, withdrawn_has_reason
from steps.models.enrolments import Enrolment
from steps.models.files import Blob
from steps.models.programme import Step
from villages.models import Village, after


class LessonKind(models.TextChoices):
    """What a lesson is about; each kind has its section in the knowledge record."""

    BACKGROUND = "background", _("Background")
    OBJECTIVE = "objective", _("Objective")
    PROBLEM = "problem", pgettext_lazy("kind of lesson", "Problem")
    INPUT = "input", _("Input")
    EQUIPMENT = "equipment", _("Equipment")
    METHOD = "method", _("Method")
    RESULT = "result", _("Result")
    SUCCESS = "success", _("Success factor")
    CAUTION = "caution", _("Caution")
    PROPOSAL = "proposal", _("Proposal")


class Prompt(models.TextChoices):
    """The question a lesson answers."""

    WORKED = "worked", _("What worked")
    DID_NOT = "did_not", _("What did not work")
    NEXT = "next", _("What to do next time")
    OTHER = "other", _("Anything else worth keeping")


class LessonQuerySet(models.QuerySet["Lesson"]):
    def standing(self) -> Self:
        """Lessons that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def waiting(self) -> Self:
        """Lessons no reviewer has decided on."""
        return self.standing().filter(sharing=Lesson.Sharing.WAITING)

    def shared(self) -> Self:
        """Lessons that others may read, in the library too."""
        return self.standing().filter(sharing=Lesson.Sharing.SHARED)

    def for_lists(self) -> Self:
        """With all that is said of a lesson: its step, photo, people and place."""
        return self.select_related(
            "step",
            "photo",
            "recorded_by",
            "decided_by",
            "enrolment__programme",
            "enrolment__village__subdistrict__parent__parent",
        )

    def for_records(self) -> Self:
        """What a knowledge record takes over: not what a reviewer keeps in the area.

        What waits for the reviewer goes along: the record is read as a whole before it is
        published.
        """
        return self.standing().exclude(sharing=Lesson.Sharing.KEPT)

    def not_for_records(self) -> Self:
        """What a knowledge record must not hold: kept in the area, or struck through."""
        return self.filter(Q(sharing=Lesson.Sharing.KEPT) | Q(withdrawn_at__isnull=False))

    def nearest_first(self, village: Village, own: Enrolment | None = None) -> Self:
        """Those of the same subdistrict, then district, then province, then the rest.

        Before all those of ``own``, a village's year.
        """
        code = "enrolment__village__code"
        near = [
            When(**{f"{code}__gte": area, f"{code}__lt": after(area), "then": Value(rank)})
            for rank, area in enumerate((village.code[:6], village.code[:4], village.code[:2]))
        ]
        first = [When(enrolment=own, then=Value(-1))] if own else []
        far = Case(*first, *near, default=Value(len(near)))
        return self.order_by(far, "-decided_at", "pk")


class Lesson(models.Model):
    """One thing learned, in the words of who recorded it.

    Seen in its area at once; by everybody once a reviewer of the area shares it, or within the
    knowledge record of the year once that is published.
    """

    class Sharing(models.TextChoices):
        WAITING = "waiting", _("Waits for the reviewer")
        SHARED = "shared", _("Shared with everybody")
        KEPT = "kept", _("Stays in the area")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="lessons")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="lessons")
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="lessons"
    )
    prompt = models.CharField(max_length=10, choices=Prompt.choices)
    kind = models.CharField(_("kind"), max_length=12, choices=LessonKind.choices)
    text = models.TextField(_("what was learned"))
    photo = models.ForeignKey(Blob, models.PROTECT, null=True, blank=True, related_name="lessons")
    photo_cleared = models.BooleanField(default=False)  # by who shared it: no face unasked
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    sharing = models.CharField(max_length=10, choices=Sharing.choices, default=Sharing.WAITING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    search_text = models.TextField(editable=False, default="", db_default="")

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["recorded_at", "id"]
        indexes = [models.Index(fields=["sharing", "decided_at"], name="lesson_shared_when")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=LessonKind.values, prompt__in=Prompt.values),
                name="lesson_kind_and_prompt_known",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="lesson_not_empty"),
            models.CheckConstraint(
                condition=Q(sharing="waiting", decided_at__isnull=True, decision_reason="")
                | Q(sharing="shared", decided_at__isnull=False)
                | Q(sharing="kept", decided_at__isnull=False) & ~Q(decision_reason=""),
                name="lesson_sharing_decided",
            ),
            withdrawn_has_reason("lesson_withdrawn_with_reason"),
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean, and searchable without tone marks."""
        self.text = clean_lines(self.text)
        self.search_text = search_key(self.text)
        super().save(*args, **kwargs)
