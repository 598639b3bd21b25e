"""Villages that went from one officer to another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from villages.models import before_buddhist_years

TOLD = timedelta(days=30)


class HandoverQuerySet(models.QuerySet["Handover"]):
    def told_to(self, user: User, on: date) -> Self:
        """What home tells somebody who gave or took villages.

        For thirty days from the last day, or from when it was recorded where that was later.
        """
        either = self.filter(Q(giver=user) | Q(taker=user))
        recent = Q(on__gt=on - TOLD) | Q(at__date__gt=on - TOLD)
        return either.filter(recent).select_related("giver", "taker")


class Handover(models.Model):
    """All villages of an officer in some areas taken over by another (มอบหมายงาน).

    ``on`` is the last day of the giver's posting; ``villages`` how many villages went over, and
    ``returned`` how many steps in them were returned and wait to be mended.
    """

    giver = models.ForeignKey(User, models.PROTECT, related_name="+")
    taker = models.ForeignKey(User, models.PROTECT, related_name="+")
    on = models.DateField()
    villages = models.PositiveIntegerField()
    returned = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name="handover_between_two_people"
            ),
            *before_buddhist_years("on"),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}"
