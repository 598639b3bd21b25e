"""Files that were brought in, and row by row what they would change."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User

if TYPE_CHECKING:
    from accounts.models.trail import History

KEPT = timedelta(days=7)


class ImportQuerySet(models.QuerySet["Import"]):
    def expired(self, now: datetime) -> Self:
        """Files whose content is not kept any longer; what they wrote stands in the history."""
        return self.with_file().filter(at__lt=now - KEPT)

    def with_file(self) -> Self:
        """Those whose file and rows are kept."""
        return self.filter(file_kept=True)


class Import(models.Model):
    """A file somebody brought in. Nothing it says is written before it is confirmed.

    ``reading`` is what was understood of the file, ``declined`` the repairs nobody wants. The file
    and its rows are kept for seven days, or until somebody they may name is erased; what a
    confirmed one wrote is in the history for good.
    """

    class Kind(models.TextChoices):
        VILLAGES = "villages", _("Villages")
        HOUSEHOLDS = "households", _("Households")
        MEMBERS = "members", _("Members of working committees")
        ENROLMENTS = "enrolments", _("Enrolled villages")
        OFFICERS = "officers", _("Officers and postings")

    class State(models.TextChoices):
        READ = "read", _("Read")
        CHECKED = "checked", _("Checked, not yet confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        UNDONE = "undone", _("Undone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READ)
    name = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reading = models.JSONField(default=dict)
    declined = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    repairs = models.JSONField(default=dict)
    checked_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    file_kept = models.BooleanField(default=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(state__in=("read", "checked")),
                name="import_confirmed_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) ^ Q(state="undone"),
                name="import_undone_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def entries_written(self) -> models.QuerySet[History]:
        """What confirming it wrote, an entry a row."""
        return self.entries.filter(verb__in=("import_new", "import_change"))

    @property
    def is_erased(self) -> bool:
        """Whether it went before its time, for it may have named somebody who was erased."""
        return "erased" in self.reading

    def forget(self, *, erased: bool = False) -> None:
        """Keep no more of it than that it came; the file on disk is the caller's to remove.

        What was checked and never confirmed has nothing to write any more.
        """
        self.rows.all().delete()
        if self.state == self.State.CHECKED:
            self.state = self.State.READ
        self.reading = {"tables": [], "erased": True} if erased else {"tables": []}
        self.repairs, self.file_kept = {}, False
        self.save(update_fields=["state", "reading", "repairs", "file_kept"])

    @property
    def path(self) -> Path:
        """Where the file as received lies while it is kept."""
        return Path(settings.MEDIA_ROOT) / "imports" / str(self.id)


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def in_file_order(self) -> Self:
        return self.order_by("id")

    def to_write(self) -> Self:
        """New and changed rows, with no more of them than writing needs."""
        rows = self.filter(outcome__in=("new", "changed"))
        return rows.only("brought", "outcome", "village_code", "subject", "before", "after")


class ImportRow(models.Model):
    """One row of a file and what it would do.

    ``cells`` are its cells as read, by column; ``before`` and ``after`` flat values of the fields
    it changes; ``subject`` the key of the stored row; ``repairs`` and ``problems`` say field, kind
    and, for repairs, old and new text.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Same")
        PROBLEM = "problem", _("Problem")

    brought = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=100, blank=True)
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    label = models.CharField(max_length=300, blank=True)
    village_code = models.CharField(max_length=8, blank=True)
    subject = models.CharField(max_length=50, blank=True)  # a staff id at most
    cells = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    repairs = models.JSONField(default=list)
    problems = models.JSONField(default=list)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["brought", "outcome", "id"], name="import_row_outcome")]

    def __str__(self) -> str:
        return f"{self.brought} {self.number}"
