"""A village in a programme year: its target households, change leaders and explained shortfalls."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sammachip.thai.text import clean
from steps.models.programme import Programme, Requirement
from villages.models import (
    Household,
    KeyedQuerySet,
    Village,
    after,
    before_buddhist_years,
    keyed,
    not_over,
)

OF_YEAR = ("enrolment__programme__year", "enrolment__village__code")  # keys of what a year holds


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def get_by_natural_key(self, year: int, code: str) -> Enrolment:
        village = Village.objects.using(self.db).get_by_natural_key(code)
        return self.get(programme__year=year, village=village)

    def of_district(self, code: str, programme: Programme) -> Self:
        """The villages of a district in a programme, in official order."""
        villages = {"village__code__gte": code, "village__code__lt": after(code)}
        return self.filter(programme=programme, **villages).order_by("village__code")

    def to_hand_over(self, on: date) -> Self:
        """What goes to a successor: this year's villages, and of past years what is not verified.

        A past year whose every step is verified stays with the person who did the work.
        """
        return self.filter(Q(programme__closes_on__gte=on) | ~Q(standing__complete=True))

    def for_pages(self) -> Self:
        """With programme, officer, and the village with the names of its areas."""
        return self.select_related("programme", "officer", "village__subdistrict__parent__parent")


class Enrolment(models.Model):
    """A village taking part in a programme year."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="enrolments")
    village = models.ForeignKey(Village, models.PROTECT, related_name="enrolments")
    officer = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
        verbose_name=_("responsible officer"),
    )
    budget = models.DecimalField(
        _("government budget, baht"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    own_target = models.PositiveSmallIntegerField(_("own target"), null=True, blank=True)
    own_target_reason = models.CharField(_("reason for its own target"), max_length=300, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolled village")
        verbose_name_plural = _("enrolled villages")
        constraints = [
            models.UniqueConstraint(fields=["programme", "village"], name="enrolled_once_a_year"),
            models.CheckConstraint(
                condition=Q(own_target__isnull=True, own_target_reason="")
                | Q(own_target__isnull=False, own_target__gte=1) & ~Q(own_target_reason=""),
                name="own_target_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0), name="budget_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village} {self.programme.year}"

    def natural_key(self) -> tuple[int, str]:
        return (self.programme.year, self.village.code)

    natural_key.dependencies = ["steps.programme", "villages.village"]  # type: ignore[attr-defined]

    @property
    def target(self) -> int:
        """Target households of this village this year."""
        return self.own_target or self.programme.target_households


M = TypeVar("M", bound=models.Model)


class OneAYearQuerySet(models.QuerySet[M]):
    """Rows of which a village's year has one, known by year and code in a fixture."""

    def get_by_natural_key(self, year: int, code: str) -> M:
        """Also by a code the village had: a fixture may be older than the code of today."""
        enrolment = Enrolment.objects.using(self.db).get_by_natural_key(year, code)
        return self.get(enrolment=enrolment)


class EnrolmentHouseholdQuerySet(KeyedQuerySet["EnrolmentHousehold"]):
    def marked(self) -> Self:
        """Target households, model households, or both."""
        return self.filter(Q(target=True) | Q(model=True))

    def standing(self, on: date) -> Self:
        """Of households that still stand on that day."""
        return self.filter(not_over("household__ended_on", on))

    def for_livelihoods(self) -> Self:
        """In house order, with each household and the one it learned from."""
        rows = self.select_related("household", "learned_from")
        return rows.order_by("household__house_order", "household__house_no", "pk")


class EnrolmentHousehold(models.Model):
    """A household's part in a year: target (ครัวเรือนเป้าหมาย), model (ครัวเรือนตัวอย่าง), or both."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="households")
    household = models.ForeignKey(Household, models.PROTECT, related_name="enrolments")
    target = models.BooleanField(_("target household"), default=False)
    model = models.BooleanField(_("model household"), default=False)
    livelihood = models.CharField(_("livelihood in the programme"), max_length=150, blank=True)
    learned_from = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="taught"
    )

    natural_key = keyed(*OF_YEAR, "household_id", after=["steps.enrolment", "villages.household"])
    objects = EnrolmentHouseholdQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "household"], name="household_once_an_enrolment"
            )
        ]

    def __str__(self) -> str:
        return str(self.household)


class ChangeLeaderQuerySet(models.QuerySet["ChangeLeader"]):
    def standing(self, on: date) -> Self:
        """Leaders of the year who had not ended by that day."""
        return self.filter(not_over("ended_on", on))


class ChangeLeader(models.Model):
    """Who came forward to lead change (2.1), in or outside the committee. Never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="change_leaders")
    name = models.CharField(_("name"), max_length=150, db_collation="thai")
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="+"
    )
    named_on = models.DateField(_("named on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    erased_on = models.DateField(null=True, blank=True, editable=False)

    objects = ChangeLeaderQuerySet.as_manager()

    class Meta:
        ordering = ["named_on", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "name"],
                condition=Q(ended_on__isnull=True),
                name="change_leader_named_once",
            ),
            *before_buddhist_years("named_on", "ended_on", "erased_on"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        self.name = clean(self.name)
        super().save(*args, **kwargs)

    @property
    def village(self) -> Village:
        return self.enrolment.village


class Shortfall(models.Model):
    """Why less than asked was reached: said by the officer, judged by the reviewer."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="shortfalls")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    natural_key = keyed(
        *OF_YEAR, "requirement__code", after=["steps.enrolment", "steps.requirement"]
    )
    objects = KeyedQuerySet["Shortfall"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "requirement"], name="shortfall_explained_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="shortfall_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.reason


class QuietReasonQuerySet(KeyedQuerySet["QuietReason"]):
    def standing(self) -> Self:
        """Said after the day of the last activity that counts: a later one ends the silence."""
        last = "enrolment__standing__last_activity_on"
        return self.filter(Q(**{f"{last}__isnull": True}) | Q(at__date__gt=F(last)))


class QuietReason(models.Model):
    """Why nothing happens in a village (flood, budget late): said by someone, on a day.

    It explains the silence it was said in: once there is a later activity it says nothing more.
    """

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="quiet_reasons")
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    natural_key = keyed(*OF_YEAR, "at", "reason", after=["steps.enrolment"])
    objects = QuietReasonQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="quiet_reason_not_empty")
        ]

    def __str__(self) -> str:
        return self.reason
