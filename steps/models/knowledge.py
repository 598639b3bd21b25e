"""The knowledge record (องค์ความรู้) of a village's year: its sections, photos and publishing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from sammachip.thai.text import clean, clean_lines, search_key
from steps.models.choices import HOLDS_NAMES
from steps.models.enrolments import OF_YEAR, Enrolment, OneAYearQuerySet
from steps.models.files import Blob, Evidence
from villages.models import KeyedQuerySet, before_buddhist_years, keyed


class RecordQuerySet(OneAYearQuerySet["KnowledgeRecord"]):
    def published(self) -> Self:
        """What anyone may read in the library."""
        return self.filter(status=KnowledgeRecord.Status.PUBLISHED)

    def sent(self) -> Self:
        """What waits for the province, the oldest first."""
        waiting = self.filter(status=KnowledgeRecord.Status.SENT)
        return waiting.order_by("sent_at", "pk")

    def returned(self) -> Self:
        """What came back to its officer, the latest first."""
        back = self.filter(status=KnowledgeRecord.Status.RETURNED)
        return back.order_by("-decided_at", "pk")

    def for_lines(self) -> Self:
        """With what a line elsewhere says of them: village, its areas, and the year."""
        return self.select_related(
            "enrolment__programme", "enrolment__village__subdistrict__parent__parent", "sent_by"
        )


class KnowledgeRecord(models.Model):
    """The write-up of a village's year: drafted from what was recorded, edited, published.

    What stands on its first page is what the form of the department asks for (S1–S6, S35).
    Sent and published records are closed to edits, as steps are.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent to the province")
        RETURNED = "returned", _("Returned")
        PUBLISHED = "published", _("Published")

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="knowledge")
    category = models.CharField(_("category"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=300)
    author = models.CharField(_("author"), max_length=150, blank=True)
    position = models.CharField(_("position"), max_length=150, blank=True)
    written_on = models.DateField(_("date"), null=True, blank=True)
    office = models.CharField(_("office"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    contact = models.CharField(_("phone, e-mail and website"), max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    drafted_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    search_text = models.TextField(editable=False, default="", db_default="")

    natural_key = keyed(*OF_YEAR, after=["steps.enrolment"])
    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("knowledge record")
        verbose_name_plural = _("knowledge records")
        indexes = [models.Index(fields=["status", "decided_at"], name="record_published_when")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="record_has_a_title"),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(status="sent", sent_at__isnull=False, sent_by__isnull=False)
                | Q(status="published", sent_at__isnull=False, decided_at__isnull=False)
                | Q(status="returned", decided_at__isnull=False) & ~Q(reason=""),
                name="record_status_has_its_moment",
            ),
            *before_buddhist_years("written_on"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean, and the title searchable without tone marks."""
        for field in ("category", "title", "author", "position", "office", "address", "contact"):
            setattr(self, field, clean(getattr(self, field)))
        self.search_text = search_key(self.title)
        super().save(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        """Whether it may be edited: not while it waits, not while others read it."""
        return self.status in OPEN_RECORD


RecordStatus = KnowledgeRecord.Status
OPEN_RECORD = frozenset({RecordStatus.DRAFT, RecordStatus.RETURNED})


@dataclass(frozen=True)
class RecordMove:
    """Who may do what to a record where it stands, and where that leads (None: it stays)."""

    states: frozenset[RecordStatus]
    right: Right
    leads_to: RecordStatus | None = None


_SENT, _PUBLISHED = frozenset({RecordStatus.SENT}), frozenset({RecordStatus.PUBLISHED})
_PROVINCE = Right.REVIEW_AS_PROVINCE

RECORD_MOVES: dict[str, RecordMove] = {
    "draft_record": RecordMove(OPEN_RECORD, Right.RECORD),
    "edit_record_head": RecordMove(OPEN_RECORD, Right.RECORD),
    "edit_section": RecordMove(OPEN_RECORD, Right.RECORD),
    "choose_record_photos": RecordMove(OPEN_RECORD, Right.RECORD),
    "send_record": RecordMove(OPEN_RECORD, Right.RECORD, RecordStatus.SENT),
    "withdraw_record": RecordMove(_SENT, Right.RECORD, RecordStatus.DRAFT),
    "publish_record": RecordMove(_SENT, _PROVINCE, RecordStatus.PUBLISHED),
    "return_record": RecordMove(_SENT, _PROVINCE, RecordStatus.RETURNED),
    "reopen_record": RecordMove(_PUBLISHED, _PROVINCE, RecordStatus.RETURNED),
}


class RecordSection(models.Model):
    """One section: what stands in it, and what the program drafted for it last.

    From the moment a person saves it (``edited_by``) it is theirs until somebody takes a draft;
    where nobody did a new draft takes its place. A line that begins with "- " is an item of a list.
    """

    record = models.ForeignKey(KnowledgeRecord, models.CASCADE, related_name="sections")
    key = models.CharField(max_length=20)  # steps.knowledge.sections
    text = models.TextField(_("text"), blank=True)
    drafted = models.TextField(blank=True)
    drafted_at = models.DateTimeField(default=timezone.now)  # when the draft last said otherwise
    edited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(editable=False, default="", db_default="")

    natural_key = keyed(
        *(f"record__{name}" for name in OF_YEAR), "key", after=["steps.knowledgerecord"]
    )
    objects = KeyedQuerySet["RecordSection"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "key"], name="section_once_a_record")
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean, and searchable without tone marks."""
        self.text, self.drafted = clean_lines(self.text), clean_lines(self.drafted)
        self.search_text = search_key(self.text)
        super().save(*args, **kwargs)

    @property
    def is_drafted(self) -> bool:
        """Whether nobody has written in it: the next draft may take its place."""
        return self.edited_by_id is None and self.text == self.drafted

    @property
    def has_news(self) -> bool:
        """Whether the draft changed since a person wrote here, and nobody has chosen between."""
        chosen = self.edited_at is not None and self.edited_at >= self.drafted_at
        return self.text != self.drafted and not chosen


class RecordPhotoQuerySet(KeyedQuerySet["RecordPhoto"]):
    def standing(self) -> Self:
        """Photos not struck through since they were chosen, with file, activity and step."""
        return self.filter(
            evidence__withdrawn_at__isnull=True, evidence__activity__withdrawn_at__isnull=True
        ).select_related("evidence__blob", "evidence__activity__step")

    def public(self) -> Self:
        """Photos anyone may see: cleared for publishing, and no paper that names people."""
        photos = self.standing().filter(cleared=True, evidence__blob__kind=Blob.Kind.IMAGE)
        return photos.exclude(evidence__type__in=HOLDS_NAMES)


class RecordPhoto(models.Model):
    """A photo that illustrates a record. Only one cleared for publishing leaves the area."""

    record = models.ForeignKey(KnowledgeRecord, models.CASCADE, related_name="photos")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="in_records")
    order = models.PositiveSmallIntegerField(default=0)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    cleared = models.BooleanField(default=False)  # who is recognised agreed, no paper with names

    natural_key = keyed(
        *(f"record__{name}" for name in OF_YEAR),
        "evidence_id",
        after=["steps.knowledgerecord", "steps.evidence"],
    )
    objects = RecordPhotoQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["record", "evidence"], name="photo_once_a_record")
        ]

    def __str__(self) -> str:
        return self.caption or str(self.evidence)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        self.caption = clean(self.caption)
        super().save(*args, **kwargs)
