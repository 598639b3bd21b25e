"""The forms of a knowledge record: its head, a section, its photos, and what is decided on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sammachip.forms import NO_NAMES, EditForm, ReasonForm, WriteForm
from sammachip.thai import dates
from sammachip.thai.fields import CleanCharField, CleanTextField, ThaiDateField, ThaiIntegerField
from sammachip.thai.repair import repaired
from sammachip.thai.text import clean, clean_lines
from steps.forms.dates import date_words
from steps.models import Evidence, KnowledgeRecord, RecordPhoto, RecordSection
from steps.recording.core import Refusal, Values, values_of
from steps.recording.knowledge import HEAD_FIELDS, version_of
from steps.recording.messages import NOT_FOUND
from steps.recording.record_photos import PARTS, photo_values

SECTION_LENGTH = 20_000  # characters; the whole write-up of 2560 has 9,000
ROOM = 2_000  # characters that may be added to a draft that is longer than that
LONGEST_REPAIR = 40_000  # characters: what is longer is no section, and is not looked at
MOST_PHOTOS = 999


class RecordHeadForm(EditForm):
    """What stands on the first page: category and title, who wrote it and when, the office.

    Below a field stands what the program would draft for it now (``drafted``), where that is
    something else.
    """

    value_fields = HEAD_FIELDS
    category = CleanCharField(label=_("Category"), max_length=200, required=False)
    title = CleanCharField(
        label=_("Title"),
        max_length=300,
        error_messages={"required": _("Enter the title")},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NO_NAMES,
    )
    author = CleanCharField(
        label=_("Author"),
        max_length=150,
        required=False,
        help_text=_("The officer who writes it up, named with their consent"),
    )
    position = CleanCharField(label=_("Position"), max_length=150, required=False)
    written_on = ThaiDateField(
        label=_("Date"), required=False, help_text=_("For example 23 Mar 2560")
    )
    office = CleanCharField(label=_("Office"), max_length=200, required=False)
    address = CleanCharField(label=_("Address"), max_length=300, required=False)
    contact = CleanCharField(
        label=_("Phone, e-mail and website of the office"), max_length=300, required=False
    )

    def __init__(
        self, data: Any = None, *, record: KnowledgeRecord, drafted: Mapping[str, object]
    ) -> None:
        super().__init__(
            data,
            stored=values_of(record, HEAD_FIELDS),
            initial={name: getattr(record, name) for name in HEAD_FIELDS},
        )
        for name in FROM_DATA:
            now, field = clean(str(drafted[name])), self.fields[name]
            if now and now != getattr(record, name):
                field.help_text = format_html("{} {}", field.help_text, _now(now))

    def shown(self, name: str, value: str) -> str:
        return date_words(value) if name == "written_on" else super().shown(name, value)


# What a draft takes from the lists of the office; the category and the day are its own.
FROM_DATA = ("title", "author", "position", "office", "address", "contact")


def _now(text: str) -> SafeString:
    return format_html('{} <span lang="th">{}</span>', gettext("In the office's data now:"), text)


class SectionForm(EditForm):
    """The text of one section: saved as it stands, or replaced by what is offered beside it.

    The button ``take`` names an offer, "draft" or "repair". It takes the place of a text that
    stands as the page showed it; one that was changed since is kept, shown beside the offer, and
    asked about (``asks``). A text that is too long is kept as it was typed, and said so.
    """

    value_fields = ("text",)
    text = CleanTextField(
        label=_("Text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("A line is a paragraph. A line that begins with - is an item of a list."),
    )
    asked = CleanTextField(widget=forms.HiddenInput, required=False)  # the text it was shown beside

    def __init__(self, data: Any = None, *, section: RecordSection) -> None:
        stored = {**values_of(section, self.value_fields), "drafted": section.drafted}
        super().__init__(data, stored=stored, initial={"text": section.text})
        self.section, self.asks, self.takes_draft = section, "", False

    @property
    def standing(self) -> str:
        """What stands in the text area of the page, clean."""
        return clean_lines(str(self["text"].value() or ""))

    @property
    def draft(self) -> str:
        """The draft this page was made with, once it was validated."""
        if not self.is_bound:
            return self.section.drafted
        return str(self.cleaned_data.get("started", {}).get("drafted", ""))

    @property
    def most(self) -> int:
        """How long the text may be: a draft, which nothing limits, can be taken and mended."""
        return max(SECTION_LENGTH, len(self.section.drafted) + ROOM, len(self.section.text))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "text" in cleaned and "started" in cleaned:
            self._take(self.data.get("take", ""))
        if len(cleaned.get("text", "")) > self.most:
            self.add_error("text", self._too_long(cleaned["text"]))
        return cleaned

    def _take(self, offer: str) -> None:
        """Put what is offered in the place of the text, or ask where it was changed meanwhile."""
        text = self.cleaned_data["text"]
        offers = {"draft": self.draft, "repair": mended(text, self.section)}
        offered = offers.get(offer, text)
        self.takes_draft = offer == "draft"
        if offered == text:
            return
        data: Any = copy(self.data)
        if text in (self.started_values.get("text", ""), self.cleaned_data["asked"]):
            self.cleaned_data["text"] = data["text"] = offered
        else:
            self.asks = offer
            data["asked"] = text
            self.add_error("text", ValidationError(CHANGED_SINCE, code="changed"))
        self.data = data

    def _too_long(self, text: str) -> ValidationError:
        return ValidationError(
            _("The text has %(n)s characters; a section holds %(most)s. Shorten it."),
            code="too_long",
            params={"n": f"{len(text):,}", "most": f"{self.most:,}"},
        )


CHANGED_SINCE = _(
    "You changed the text after the page was opened, so it was not replaced. Compare the two: "
    "save yours, or press again to have it replaced."
)


def mended(text: str, section: RecordSection) -> str:
    """The text with what pasting broke put right; the village's names are not hyphenated."""
    if len(text) > LONGEST_REPAIR:
        return text
    village = section.record.enrolment.village
    return repaired(text, [village.name_th, village.alt_name])


# ---------------------------------------------------------------- photos


@dataclass(frozen=True)
class PhotoRow:
    """One photo to choose, with its three inputs."""

    evidence: Evidence
    chosen: forms.BoundField
    place: forms.BoundField
    caption: forms.BoundField

    @property
    def label(self) -> str:
        """When and at which step it was taken."""
        activity = self.evidence.activity
        step = activity.step.number if activity.step else ""
        return f"{step} {dates.short(activity.held_on)}".strip()


class RecordPhotosForm(EditForm):
    """Which photos illustrate the record: a tick, a number for the order, a caption each."""

    def __init__(
        self, data: Any = None, *, record: KnowledgeRecord, photos: Iterable[Evidence]
    ) -> None:
        self.photos = list(photos)
        names = {f"{part}-{photo.pk}" for photo in self.photos for part in PARTS}
        stored = {name: text for name, text in photo_values(record).items() if name in names}
        super().__init__(data, stored=stored)
        self.value_fields = tuple(sorted(names))
        for photo in self.photos:
            self._add_fields(photo, stored)

    def _add_fields(self, photo: Evidence, stored: Values) -> None:
        key = photo.pk
        is_chosen = f"photo-{key}" in stored
        self.fields[f"photo-{key}"] = forms.BooleanField(
            label=_("Use in the record"), required=False, initial=is_chosen
        )
        self.fields[f"place-{key}"] = ThaiIntegerField(
            label=_("Place in the order"),
            required=False,
            min_value=1,
            max_value=MOST_PHOTOS,
            initial=stored.get(f"place-{key}"),
        )
        self.fields[f"caption-{key}"] = CleanCharField(
            label=_("Caption"),
            required=False,
            max_length=200,
            initial=stored.get(f"caption-{key}", "") if is_chosen else photo.caption,
        )

    def rows(self) -> Iterator[PhotoRow]:
        """The photos as the page shows them."""
        for photo in self.photos:
            chosen, place, caption = (self[f"{part}-{photo.pk}"] for part in PARTS)
            yield PhotoRow(photo, chosen, place, caption)

    @property
    def hint(self) -> object:
        """Said once above all captions."""
        return NO_NAMES

    def wanted_values(self) -> Values:
        """What is ticked, in the order of the numbers; without a number it comes last."""
        values: Values = {}
        for place, key in enumerate(self._in_order(), start=1):
            values |= {f"photo-{key}": "on", f"place-{key}": str(place)}
            if caption := self.cleaned_data[f"caption-{key}"]:
                values[f"caption-{key}"] = caption
        return values

    def _in_order(self) -> list[object]:
        ticked = [photo.pk for photo in self.photos if self.cleaned_data[f"photo-{photo.pk}"]]
        return sorted(ticked, key=lambda key: self.cleaned_data[f"place-{key}"] or MOST_PHOTOS + 1)

    def put_back(self, data: Any, name: str, value: str) -> None:
        """A tick that is not stored leaves no field behind."""
        if name.startswith("photo-") and not value:
            data.pop(name, None)
        else:
            data[name] = value

    def label_of(self, name: str) -> str:
        """Which photo it is about."""
        part, _dash, key = name.partition("-")
        row = next((row for row in self.rows() if str(row.evidence.pk) == key), None)
        return f"{self.fields[name].label} {row.label}" if row else part

    def shown(self, name: str, value: str) -> str:
        if name.startswith("photo-"):
            return str(_("Chosen")) if value else str(_("Not chosen"))
        return value or "–"


# ---------------------------------------------------------------- deciding


class PublishForm(WriteForm):
    """Which photos go along, and that the texts name nobody who has not agreed."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    names_nobody = forms.BooleanField(
        label=_("I read all of it: the texts name nobody who has not agreed"),
        error_messages={"required": _("Read the texts, then tick that they name nobody")},
    )
    cleared = forms.MultipleChoiceField(
        label=_("Photos anyone may see"),
        required=False,
        error_messages={"invalid_choice": NOT_FOUND},
    )

    def __init__(
        self, data: Any = None, *, record: KnowledgeRecord, photos: Iterable[RecordPhoto]
    ) -> None:
        super().__init__(data, initial={"version": version_of(record)})
        self.record = record
        photos = list(photos)
        self.fields["cleared"].choices = [(str(photo.pk), str(photo)) for photo in photos]  # type: ignore[attr-defined]
        ticked = set(self["cleared"].value() or [])
        self.rows = [(photo, str(photo.pk) in ticked) for photo in photos]

    def refuse(self, refusal: Refusal) -> None:
        super().refuse(refusal)
        _read_again(self, refusal, self.record)

    def keys(self) -> list[int]:
        """The keys of the photos that were ticked."""
        return [int(key) for key in self.cleaned_data["cleared"]]


class ReturnRecordForm(ReasonForm):
    """Why a record goes back."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, record: KnowledgeRecord) -> None:
        super().__init__(data, initial={"version": version_of(record)})
        self.record = record
        self.auto_id = "return_%s"  # beside the form that publishes

    def refuse(self, refusal: Refusal) -> None:
        super().refuse(refusal)
        _read_again(self, refusal, self.record)


def _read_again(form: WriteForm, refusal: Refusal, record: KnowledgeRecord) -> None:
    """Of a record that was sent anew the page shows what it is now, with nothing ticked."""
    if refusal.code != "stale_decision":
        return
    record.refresh_from_db()
    data: Any = copy(form.data)
    data["version"] = version_of(record)
    for name in ("names_nobody", "cleared"):
        data.pop(name, None)
    form.data = data
