"""Photos and documents: stored once by content, received before a form is judged, then attached."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sammachip.thai.text import clean
from steps.files import path_of
from steps.files.prepared import CONTENT_TYPES
from steps.models.activities import Activity, Arrival, withdrawn_has_reason
from steps.models.choices import DocumentSource, EvidenceType
from steps.models.programme import Programme
from villages.models import Area, KeyedQuerySet, keyed

KEPT_UNCLAIMED = timedelta(days=7)


class Blob(models.Model):
    """A stored file, known by what it contains. Its name on disk is the hash of what is stored."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Photo")
        DOCUMENT = "document", _("Document")

    sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    extension = models.CharField(max_length=5)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    stored_at = models.DateTimeField(default=timezone.now)

    natural_key = keyed("sha256")
    objects = KeyedQuerySet["Blob"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="blob_named_by_hash"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}.{self.extension}"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.extension]

    @property
    def is_image(self) -> bool:
        return self.kind == self.Kind.IMAGE

    def path(self, *, thumb: bool = False) -> Path:
        """Where the file (or its thumbnail) lies on disk."""
        return path_of(Path(settings.MEDIA_ROOT), self.sha256, self.extension, thumb=thumb)


class ReceivedFileQuerySet(models.QuerySet["ReceivedFile"]):
    def sent_by(self, by: User) -> Self:
        """Files this person sent; a form sent again names those it attached before."""
        return self.filter(by=by)

    def unclaimed(self, by: User) -> Self:
        """Files this person sent that no activity holds yet."""
        return self.sent_by(by).filter(claimed_at__isnull=True)

    def expired(self, now: datetime) -> Self:
        return self.filter(claimed_at__isnull=True, received_at__lt=now - KEPT_UNCLAIMED)


class ReceivedFile(models.Model):
    """A file accepted before its form was judged, so that a mistake elsewhere never loses it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="received")
    sha256_received = models.CharField(max_length=64)
    name = models.CharField(max_length=150, blank=True)
    type = models.CharField(max_length=10, choices=EvidenceType.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)

    objects = ReceivedFileQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "id"]

    def __str__(self) -> str:
        return self.name or str(self.id)


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def for_serving(self) -> Self:
        """With what access and the answer need, in one query."""
        return self.select_related(
            "blob", "activity__enrolment__village", "activity__enrolment__programme"
        )


class Evidence(Arrival):
    """A photo or document on an activity."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="evidence")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="evidence")
    sha256_received = models.CharField(max_length=64)
    type = models.CharField(max_length=10, choices=EvidenceType.choices)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "blob"],
                condition=Q(withdrawn_at__isnull=True),
                name="file_once_an_activity",
            ),
            models.CheckConstraint(
                condition=Q(type__in=EvidenceType.values), name="evidence_type_known"
            ),
            withdrawn_has_reason("evidence_withdrawn_with_reason"),
        ]

    def __str__(self) -> str:
        return self.caption or self.get_type_display()


class ShelfDocumentQuerySet(models.QuerySet["ShelfDocument"]):
    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def standing(self, on: date) -> Self:
        """Documents that had not been taken off by that day."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__date__gt=on))


class ShelfDocument(models.Model):
    """An entry on a district's document shelf: many handbooks exist on paper only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey(Area, models.PROTECT, related_name="shelf_documents")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="shelf_documents")
    source = models.CharField(_("source"), max_length=12, choices=DocumentSource.choices)
    title = models.CharField(_("title"), max_length=200)
    maker = models.CharField(_("maker"), max_length=150, blank=True)
    note = models.CharField(_("in one line"), max_length=300, blank=True)
    link = models.URLField(_("link"), max_length=1000, blank=True)
    blob = models.ForeignKey(Blob, models.PROTECT, null=True, blank=True, related_name="shelved")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ShelfDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["source", "added_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=DocumentSource.values), name="shelf_source_known"
            ),
            models.CheckConstraint(
                condition=Exact(Length("district"), Area.DISTRICT),
                name="shelf_belongs_to_a_district",
            ),
            models.UniqueConstraint(
                fields=["district", "programme", "source", "title"],
                condition=Q(ended_at__isnull=True),
                name="shelf_title_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        self.title, self.maker, self.note = clean(self.title), clean(self.maker), clean(self.note)
        super().save(*args, **kwargs)
