"""What is learned: the catalogue of conditions of success (lessons and records come with it)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sammachip.thai.bilingual import bilingual


class FactorQuerySet(models.QuerySet["Factor"]):
    def get_by_natural_key(self, code: str) -> Factor:
        return self.get(code=code)


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
