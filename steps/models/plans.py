"""Action plans (แผนปฏิบัติการ): there are plans of 1.2, 1.4 and 2.4, each with its goal."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sammachip.thai.text import clean, clean_lines
from steps.models.activities import withdrawn_has_reason
from steps.models.choices import Owner
from steps.models.enrolments import OF_YEAR, Enrolment
from steps.models.programme import Step
from villages.models import KeyedQuerySet, before_buddhist_years, keyed


class Plan(models.Model):
    """The plan of one step in one village, with its goal."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="plans")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")
    goal = models.TextField(_("goal of the plan"), blank=True)

    natural_key = keyed(*OF_YEAR, "step__number", after=["steps.enrolment", "steps.step"])
    objects = KeyedQuerySet["Plan"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "step"], name="plan_once_a_step")
        ]

    def __str__(self) -> str:
        return self.goal

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        self.goal = clean_lines(self.goal)
        super().save(*args, **kwargs)


class PlanItemQuerySet(models.QuerySet["PlanItem"]):
    def standing(self) -> Self:
        """Items that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def overdue(self, on: date) -> Self:
        """Items whose last day has passed and of which nobody said that they are done."""
        return self.filter(ends_on__lt=on, done_on__isnull=True)

    def in_order_of_days(self) -> Self:
        """By the first day that is known of each."""
        return self.order_by(Coalesce("starts_on", "ends_on").asc(nulls_last=True), "pk")

    def in_plan_order(self) -> Self:
        return self.order_by("step__order", F("starts_on").asc(nulls_last=True), "activity", "id")


class PlanItem(models.Model):
    """One line of a plan, in the department's columns."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="plan_items")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")
    owner = models.CharField(_("whose work"), max_length=20, choices=Owner.choices)
    activity = models.CharField(_("activity"), max_length=200)
    aim = models.CharField(_("aim"), max_length=300, blank=True)
    method = models.TextField(_("method"), blank=True)
    target_group = models.CharField(_("target group"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    budget = models.DecimalField(
        _("budget, baht"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    budget_source = models.CharField(_("source of the budget"), max_length=150, blank=True)
    expected_result = models.CharField(_("expected result"), max_length=300, blank=True)
    person = models.CharField(_("person responsible"), max_length=150, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan item")
        verbose_name_plural = _("plan items")
        constraints = [
            models.CheckConstraint(condition=Q(owner__in=Owner.values), name="plan_owner_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="plan_item_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0),
                name="plan_budget_not_negative",
            ),
            withdrawn_has_reason("plan_item_withdrawn_with_reason"),
            *before_buddhist_years("starts_on", "ends_on", "done_on"),
        ]

    def __str__(self) -> str:
        return self.activity

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        for field in ("activity", "aim", "target_group", "place", "budget_source", "person"):
            setattr(self, field, clean(getattr(self, field)))
        self.expected_result = clean(self.expected_result)
        self.method = clean_lines(self.method)
        super().save(*args, **kwargs)

    @property
    def is_complete(self) -> bool:
        """Whether it counts towards a plan: a person and both dates are named."""
        return bool(self.person and self.starts_on and self.ends_on)
