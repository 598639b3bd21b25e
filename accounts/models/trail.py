"""What was received (receipts) and what was done (history)."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.imports import Import
from accounts.models.people import User
from villages.models import Village, before_buddhist_years


class Receipt(models.Model):
    """That a write was received, under the id its sender made. Inserted first in its transaction.

    Sending the same again answers the same again; the unique id is what holds this.
    """

    client_id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=40)
    content_sha256 = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.verb} {self.client_id}"


class HistoryQuerySet(models.QuerySet["History"]):
    def of(self, subject: models.Model) -> Self:
        """Entries about one row."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))


class History(models.Model):
    """Who did what, when, to which row, in which fields. Append-only; nothing personal in it."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    # A village goes only when the import that brought it is undone; the entry stays.
    village = models.ForeignKey(Village, models.SET_NULL, null=True, related_name="+")
    fields = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)
    part_of = models.ForeignKey(Import, models.PROTECT, null=True, related_name="entries")

    objects = HistoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="history_subject"),
            models.Index(fields=["village", "-id"], name="history_village"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """An entry is written once."""
        if not self._state.adding:
            raise TypeError("History is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("History is append-only.")


class HistoryValue(models.Model):
    """An old and a new value of one field. Erasure may empty these; the entry stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(History, models.CASCADE, related_name="values_kept")
    field = models.CharField(max_length=60)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    erased_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "field"], name="history_value_once"),
            *before_buddhist_years("erased_on"),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"
