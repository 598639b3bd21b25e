"""People: households with their occupations, working committees and their members."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sammachip.thai.bilingual import bilingual
from sammachip.thai.text import clean
from villages.models.places import Village, before_buddhist_years


class Occupation(models.Model):
    """A main or side occupation to choose from: the list is data."""

    code = models.SlugField(primary_key=True, max_length=30)
    name_th = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    order = models.PositiveSmallIntegerField(default=0)

    name = bilingual("name")

    class Meta:
        verbose_name = _("occupation")
        verbose_name_plural = _("occupations")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return str(self.name)


def not_over(column: str, on: date) -> Q:
    """What has no last day, or a later one than ``on``: on its last day itself it is over."""
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gt": on})


class HouseholdQuerySet(models.QuerySet["Household"]):
    def active(self, on: date) -> Self:
        """Households that still stand on that day."""
        return self.filter(not_over("ended_on", on))

    def in_house_order(self) -> Self:
        """By house number as people read it: 9 before 10, 12 before 12/1."""
        return self.order_by("house_order", "house_no", "head_name")


class Household(models.Model):
    """A household (ครัวเรือน), known by its house number and its head."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    village = models.ForeignKey(Village, models.PROTECT, related_name="households")
    house_no = models.CharField(_("house number"), max_length=20)
    house_order = models.CharField(max_length=40, editable=False, default="")
    head_name = models.CharField(_("head of household"), max_length=150, db_collation="thai")
    people = models.PositiveSmallIntegerField(_("people"), null=True, blank=True)
    cluster = models.CharField(_("cluster"), max_length=80, blank=True)
    main_occupation = models.ForeignKey(
        Occupation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("main occupation"),
    )
    side_occupation = models.ForeignKey(
        Occupation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("side occupation"),
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    # Since then nothing here says who it was; the numbers stay (steps.recording.erasing).
    erased_on = models.DateField(null=True, blank=True, editable=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [
            models.CheckConstraint(
                condition=Q(people__isnull=True) | Q(people__range=(1, 99)),
                name="household_people_plausible",
            ),
            models.UniqueConstraint(
                fields=["village", "house_no", "head_name"],
                condition=Q(ended_on__isnull=True),
                name="household_once_a_village",
            ),
            *before_buddhist_years("ended_on", "erased_on"),
        ]

    def __str__(self) -> str:
        return f"{self.house_no} {self.head_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.tidy()
        super().save(*args, **kwargs)

    def tidy(self) -> None:
        """Text is stored clean; the order of houses is derived from the number."""
        self.house_no, self.head_name = clean(self.house_no), clean(self.head_name)
        self.cluster, self.phone = clean(self.cluster), clean(self.phone)
        self.house_order = house_order(self.house_no)


def house_order(house_no: str) -> str:
    """A text that sorts as the numbers in it do: "12/1" -> "00012/00001"."""
    parts = house_no.replace(" ", "").split("/")
    return "/".join(part.zfill(5) for part in parts)[:40]


class WorkingCommitteeQuerySet(models.QuerySet["WorkingCommittee"]):
    def get_by_natural_key(self, code: str, ended_on: date | None) -> WorkingCommittee:
        village = Village.objects.using(self.db).get_by_natural_key(code)
        return self.get(village=village, ended_on=ended_on)


class WorkingCommittee(models.Model):
    """The working committee (คณะทำงาน) a village chose; at most one serves at a time."""

    village = models.ForeignKey(Village, models.PROTECT, related_name="committees")
    formed_on = models.DateField(_("formed on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    objects = WorkingCommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("working committee")
        verbose_name_plural = _("working committees")
        constraints = [
            models.UniqueConstraint(
                fields=["village"], condition=Q(ended_on__isnull=True), name="one_committee_serves"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("formed_on")),
                name="committee_ends_after_it_forms",
            ),
            *before_buddhist_years("formed_on", "ended_on"),
        ]

    def __str__(self) -> str:
        return f"{self.village} {self.formed_on}"

    def natural_key(self) -> tuple[str, date | None]:
        """The one that serves has not ended, whenever it is said to have formed."""
        return (*self.village.natural_key(), self.ended_on)

    natural_key.dependencies = ["villages.village"]  # type: ignore[attr-defined]


class LeaderKind(models.TextChoices):
    """In which of the four capacities a member comes (write-up, 2.1)."""

    FORMAL = "formal", _("Formal leader")
    NATURAL = "natural", _("Natural leader")
    GROUP = "group", _("Group leader")
    CLUSTER = "cluster", _("Cluster leader")


class CommitteeMemberQuerySet(models.QuerySet["CommitteeMember"]):
    def serving(self, on: date) -> Self:
        """Members who have joined by that day and not left by then."""
        return self.filter(not_over("left_on", on), joined_on__lte=on)

    def past(self, on: date) -> Self:
        return self.filter(left_on__lte=on)


class CommitteeMember(models.Model):
    """A person who serves, or served, on a village's committee. Ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    committee = models.ForeignKey(WorkingCommittee, models.PROTECT, related_name="members")
    name = models.CharField(_("name"), max_length=150, db_collation="thai")
    position = models.CharField(_("position"), max_length=100, blank=True)
    kind = models.CharField(_("comes as"), max_length=10, choices=LeaderKind.choices)
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committee_members",
        verbose_name=_("household"),
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    erased_on = models.DateField(null=True, blank=True, editable=False)

    objects = CommitteeMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("committee member")
        verbose_name_plural = _("committee members")
        ordering = ["joined_on", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=LeaderKind.values), name="member_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                name="member_leaves_after_joining",
            ),
            models.UniqueConstraint(
                fields=["committee", "name"],
                condition=Q(left_on__isnull=True),
                name="member_serves_once",
            ),
            *before_buddhist_years("joined_on", "left_on", "erased_on"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.tidy()
        super().save(*args, **kwargs)

    def tidy(self) -> None:
        """Text is stored clean."""
        self.name, self.position = clean(self.name), clean(self.position)
        self.phone = clean(self.phone)

    @property
    def village(self) -> Village:
        return self.committee.village
