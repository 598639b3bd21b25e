"""The conditions of success (S19–S32): their catalogue, and where a village stands in them."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sammachip.thai.bilingual import bilingual
from sammachip.thai.text import clean, clean_lines
from steps.models.activities import withdrawn_has_reason
from steps.models.enrolments import OF_YEAR, Enrolment, OneAYearQuerySet
from steps.models.programme import Programme
from villages.models import KeyedQuerySet, Village, after, before_buddhist_years, keyed


class FactorQuerySet(models.QuerySet["Factor"]):
    def get_by_natural_key(self, code: str) -> Factor:
        return self.get(code=code)

    def asked(self) -> Self:
        """Those a village assesses itself in; cautions are measured (S20)."""
        return self.exclude(kind=Factor.Kind.CAUTION)


class Factor(models.Model):
    """A condition of success of the write-up: an input, a success factor or a caution (S20–S32)."""

    class Kind(models.TextChoices):
        INPUT = "input", _("Input")
        SUCCESS = "success", _("Success factor")
        CAUTION = "caution", _("Caution")

    code = models.SlugField(primary_key=True, max_length=10)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    order = models.PositiveSmallIntegerField()
    name_th = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    source = models.CharField(max_length=40)

    name = bilingual("name")
    objects = FactorQuerySet.as_manager()

    class Meta:
        verbose_name = _("factor")
        verbose_name_plural = _("factors")
        ordering = ["order"]

    def __str__(self) -> str:
        return str(self.name)

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class FactorLevelQuerySet(models.QuerySet["FactorLevel"]):
    def get_by_natural_key(self, factor: str, level: int) -> FactorLevel:
        return self.get(factor_id=factor, level=level)


class FactorLevel(models.Model):
    """What a village can show at one of the four levels, and what in the records supports it."""

    factor = models.ForeignKey(Factor, models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField()
    shows_th = models.CharField(max_length=300)
    shows_en = models.CharField(max_length=300)
    found_in_th = models.CharField(max_length=300, blank=True)
    found_in_en = models.CharField(max_length=300, blank=True)

    shows = bilingual("shows")
    found_in = bilingual("found_in")
    objects = FactorLevelQuerySet.as_manager()

    class Meta:
        ordering = ["factor", "level"]
        constraints = [
            models.UniqueConstraint(fields=["factor", "level"], name="factor_level_once"),
            models.CheckConstraint(condition=Q(level__range=(0, 3)), name="factor_level_0_to_3"),
        ]

    def __str__(self) -> str:
        return f"{self.factor_id} {self.level}"

    def natural_key(self) -> tuple[str, int]:
        return (self.factor_id, self.level)

    natural_key.dependencies = ["steps.factor"]  # type: ignore[attr-defined]


# ---------------------------------------------------------------- a village assesses itself


class Assessment(models.Model):
    """A village's own assessment of a year; the two cautions are measured, never asked (S20)."""

    class With(models.TextChoices):
        COMMITTEE = "committee", _("With the village committee")
        VILLAGE = "village", _("In a village forum")
        OFFICER = "officer", _("By the officer alone")

    enrolment = models.OneToOneField(Enrolment, models.CASCADE, related_name="assessment")
    assessed_on = models.DateField(_("assessed on"))
    assessed_with = models.CharField(_("assessed with"), max_length=10, choices=With.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    natural_key = keyed(*OF_YEAR, after=["steps.enrolment"])
    objects = OneAYearQuerySet["Assessment"].as_manager()

    class Meta:
        verbose_name = _("self-assessment")
        verbose_name_plural = _("self-assessments")
        constraints = [
            models.CheckConstraint(
                condition=Q(assessed_with__in=["committee", "village", "officer"]),
                name="assessment_with_known",
            ),
            *before_buddhist_years("assessed_on"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.assessed_on}"


class AssessedFactorQuerySet(KeyedQuerySet["AssessedFactor"]):
    def of_district(self, code: str, programme: Programme) -> Self:
        """What the villages of a district said of themselves in a programme."""
        village = "assessment__enrolment__village__code"
        return self.filter(
            assessment__enrolment__programme=programme,
            **{f"{village}__gte": code, f"{village}__lt": after(code)},
        )


class AssessedFactor(models.Model):
    """The level a village gives itself in one factor, and what shows it. No row: not known."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="levels")
    factor = models.ForeignKey(Factor, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("level"))
    evidence = models.TextField(_("what shows it"), blank=True)

    natural_key = keyed(
        *(f"assessment__{name}" for name in OF_YEAR),
        "factor_id",
        after=["steps.assessment", "steps.factor"],
    )
    objects = AssessedFactorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "factor"], name="factor_assessed_once"),
            models.CheckConstraint(condition=Q(level__range=(0, 3)), name="assessed_level_0_to_3"),
            models.CheckConstraint(
                condition=Q(level=0) | ~Q(evidence=""), name="assessed_level_has_evidence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor_id} {self.level}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        self.evidence = clean_lines(self.evidence)
        super().save(*args, **kwargs)


class StandingQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """Rows that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Need(models.Model):
    """What a village says it lacks, whom it asked, and when that was answered (S20: filled)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="needs")
    what = models.CharField(_("what is missing"), max_length=300)
    asked_of = models.CharField(_("asked of"), max_length=200, blank=True)
    asked_on = models.DateField(_("asked on"))
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["asked_on", "recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("asked_on")),
                name="need_answered_after_it_was_asked",
            ),
            withdrawn_has_reason("need_withdrawn_with_reason"),
            *before_buddhist_years("asked_on", "answered_on"),
        ]

    def __str__(self) -> str:
        return self.what

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        self.what, self.asked_of = clean(self.what), clean(self.asked_of)
        self.answer = clean(self.answer)
        super().save(*args, **kwargs)


class NetworkLink(models.Model):
    """Another village with which this one builds a network, and how far they came (S28–S32)."""

    class Stage(models.TextChoices):
        KNOWN = "known", _("Same interest, not met yet")
        MET = "met", _("Met and chose an activity")
        AGREED = "agreed", _("Agreed to work together")
        JOINT = "joint", _("Joint activities")
        GROWN = "grown", _("Grown to new areas or activities")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="network_links")
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, related_name="+"
    )  # where it is a village of this system
    name = models.CharField(_("village"), max_length=200)
    contact = models.CharField(_("who coordinates there"), max_length=150, blank=True)
    stage = models.CharField(_("how far"), max_length=10, choices=Stage.choices)
    since = models.DateField(_("since"), null=True, blank=True)
    together = models.CharField(_("what they do together"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("network village")
        verbose_name_plural = _("network villages")
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=["known", "met", "agreed", "joint", "grown"]),
                name="network_stage_known",
            ),
            withdrawn_has_reason("network_link_withdrawn_with_reason"),
            *before_buddhist_years("since"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        self.name, self.contact = clean(self.name), clean(self.contact)
        self.together = clean(self.together)
        super().save(*args, **kwargs)
