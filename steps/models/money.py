"""What a community puts in beside the government's budget (S21)."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sammachip.thai.text import clean
from steps.models.activities import withdrawn_has_reason
from steps.models.enrolments import Enrolment
from villages.models import before_buddhist_years


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def standing(self) -> Self:
        """Contributions that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def by_enrolment(self) -> dict[int, Decimal]:
        """Baht of each enrolment, in cash and in kind together."""
        sums = self.order_by().values("enrolment").annotate(sum=models.Sum("value"))
        return dict(sums.values_list("enrolment", "sum"))


class Contribution(models.Model):
    """What the community put in: cash, or labour, material and place at the value it gives them."""

    class Form(models.TextChoices):
        CASH = "cash", _("In cash")
        KIND = "kind", _("In kind (labour, material, place)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="contributions")
    form = models.CharField(_("form"), max_length=5, choices=Form.choices)
    given_on = models.DateField(_("date"))
    description = models.CharField(_("what it was"), max_length=200)
    amount = models.DecimalField(_("amount"), max_digits=9, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    value = models.DecimalField(_("value, baht"), max_digits=12, decimal_places=2)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["given_on", "recorded_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(value__gt=0), name="contribution_above_zero"),
            models.CheckConstraint(
                condition=Q(form__in=["cash", "kind"]), name="contribution_form_known"
            ),
            withdrawn_has_reason("contribution_withdrawn_with_reason"),
            *before_buddhist_years("given_on"),
        ]

    def __str__(self) -> str:
        return self.description

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        self.description, self.unit = clean(self.description), clean(self.unit)
        super().save(*args, **kwargs)
