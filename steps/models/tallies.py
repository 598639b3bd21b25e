"""Counters: where a village stands in its year, and what areas add up to. All can be rebuilt."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steps.models.enrolments import Enrolment
from steps.models.programme import Programme, Step
from villages.models import after, before_buddhist_years


class YearProgressQuerySet(models.QuerySet["YearProgress"]):
    def within(self, area: str) -> Self:
        """Of the villages of a province, district or subdistrict; "" is the whole country."""
        return self.filter(in_area(area))


def in_area(area: str, prefix: str = "") -> Q:
    """Rows of an area by their district or subdistrict code: ranges, which an index serves."""
    if not area:
        return Q()
    if len(area) <= 4:
        column = f"{prefix}district_code"
        if len(area) == 4:
            return Q(**{column: area})
        return Q(**{f"{column}__gte": area, f"{column}__lt": after(area)})
    codes = {f"{prefix}district_code": area[:4], f"{prefix}subdistrict_code": area}
    return Q(**codes)


class YearProgress(models.Model):
    """One row per enrolment: how far the village has come. Rebuilt from what was recorded.

    ``first_open`` is the open step that is due first, so the village is late once that is past
    due. ``people`` leaves out occasions shared with other villages (OccasionReach counts those
    once); ``village_work`` are activities of village steps and follow-up, of which
    ``community_led`` were led by committee or villagers (caution 2 of the write-up).
    """

    enrolment = models.OneToOneField(Enrolment, models.CASCADE, related_name="standing")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=4)
    subdistrict_code = models.CharField(max_length=6)
    steps = models.PositiveSmallIntegerField(default=0)
    submitted = models.PositiveSmallIntegerField(default=0)
    returned = models.PositiveSmallIntegerField(default=0)
    verified = models.PositiveSmallIntegerField(default=0)
    complete = models.BooleanField(default=False)
    first_open = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+")
    committee = models.BooleanField(default=False)
    last_activity_on = models.DateField(null=True)
    activities = models.PositiveIntegerField(default=0)
    village_work = models.PositiveIntegerField(default=0)
    community_led = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    households = models.PositiveIntegerField(default=0)
    budget = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    contributed = models.DecimalField(max_digits=15, decimal_places=2, default=0)

    objects = YearProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("year of a village")
        verbose_name_plural = _("years of villages")
        constraints = before_buddhist_years("last_activity_on")
        indexes = [
            models.Index(
                fields=["programme", "district_code", "subdistrict_code", "last_activity_on"],
                condition=Q(complete=False),
                name="year_quiet",
            ),
            # The villages to look at first: those that are late the longest.
            models.Index(
                fields=["first_open", "district_code", "subdistrict_code"], name="year_attention"
            ),
        ]

    def __str__(self) -> str:
        return str(self.enrolment)

    def late_days(self, on: date) -> int:
        """Days past due of the open step that is due first; 0 where none is late."""
        if self.first_open is None:
            return 0
        return max((self.programme.judged_on(on) - self.first_open.due_on).days, 0)

    def quiet_on(self, on: date) -> bool:
        """Whether nothing was held within the programme's days while a step is not verified."""
        since = self.programme.quiet_since(on)
        if self.complete or since is None:
            return False
        return self.last_activity_on is None or self.last_activity_on < since


class OccasionReach(models.Model):
    """People of an occasion several villages shared, counted once in each area it touched."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    occasion = models.UUIDField()
    area_code = models.CharField(max_length=6)
    people = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "occasion", "area_code"], name="reach_once_an_area"
            )
        ]
        indexes = [models.Index(fields=["programme", "area_code", "people"], name="reach_of_area")]

    def __str__(self) -> str:
        return f"{self.area_code} {self.people}"


class Tally(models.Model):
    """How much of one figure an area has in a programme (rule 9).

    Areas have 2, 4 or 6 digits; the country is the sum of its provinces. The names of figures
    stand in steps.tally; ``month`` ("2017-03") is set for what is counted by month. Money is in
    satang.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    area_code = models.CharField(max_length=6)
    month = models.CharField(max_length=7, blank=True)
    figure = models.CharField(max_length=30)
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "area_code", "month", "figure"], name="tally_once_an_area"
            )
        ]

    def __str__(self) -> str:
        return f"{self.area_code} {self.figure} {self.n}"


class KeptFigures(models.Model):
    """An area's figures as they stood at the end of a month, never changed after.

    ``area_code`` is "" for the whole country; ``figures`` is rollups.Figures as stored.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    area_code = models.CharField(max_length=6, blank=True)
    month_ends_on = models.DateField()
    taken_at = models.DateTimeField()
    figures = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "area_code", "month_ends_on"], name="kept_once_a_month"
            ),
            *before_buddhist_years("month_ends_on"),
        ]

    def __str__(self) -> str:
        return f"{self.area_code} {self.month_ends_on}"
