"""A document for the district's shelf. Its file is taken in before the form is judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.receipts import Outcome
from sammachip.forms import Send, WriteForm
from sammachip.thai.fields import CleanCharField
from steps.files import Refused
from steps.models import EvidenceType, ReceivedFile
from steps.models.choices import DocumentSource
from steps.recording.files import receive
from steps.recording.shelf import NewDocument


class ShelfDocumentForm(WriteForm):
    """An entry on the shelf; many handbooks exist on paper only, so link and file are optional."""

    title = CleanCharField(
        label=_("Title"), max_length=200, error_messages={"required": _("Enter the title")}
    )
    source = forms.ChoiceField(
        label=_("Source"),
        choices=[("", _("Choose")), *DocumentSource.choices],
        error_messages={"required": _("Choose the source")},
    )
    maker = CleanCharField(
        label=_("Maker"),
        required=False,
        max_length=150,
        help_text=_("The office or person it comes from."),
    )
    note = CleanCharField(
        label=_("In one line"),
        required=False,
        max_length=300,
        help_text=_("What it is good for, or where the paper copy stands."),
    )
    link = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        error_messages={"invalid": _("Enter an address such as https://www.cdd.go.th")},
        widget=forms.URLInput(attrs={"inputmode": "url", "autocapitalize": "none"}),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,  # an empty one is refused in words of its own
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,image/*"}),
        help_text=_("PDF, Word (.docx) or a photo, up to 20 MB."),
    )
    received = forms.UUIDField(required=False, widget=forms.HiddenInput)
    drop = forms.BooleanField(label=_("Leave this file out"), required=False)

    received_file: ReceivedFile | None = None
    refused_file: Refused | None = None

    def send(self, verb: Send, *, by: User, at: datetime) -> Outcome | None:
        """Take the file in first, so that a mistake elsewhere never loses it."""
        self.received_file = _received_before(self.data.get("received"), by=by)
        if upload := self.files.get("file"):
            self._take_in(upload, by=by, at=at)
        return super().send(verb, by=by, at=at)

    def _take_in(self, upload: Any, *, by: User, at: datetime) -> None:
        try:
            taken = receive(upload=upload, type=EvidenceType.HANDBOOK, by=by, at=at)
        except Refused as refused:
            self.refused_file = refused
            return
        self.received_file = taken
        sent: Any = self.data
        self.data = {**sent.dict(), "received": str(self.received_file.pk)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.refused_file:
            refused = self.refused_file
            self.add_error("file", ValidationError(refused.message, code=refused.code))
        elif cleaned.get("received") and not self.received_file:
            unknown = _("A file did not arrive. Choose it again.")
            self.add_error("file", ValidationError(unknown, code="file_unknown"))
        return cleaned

    def document(self) -> NewDocument:
        names = ("source", "title", "maker", "note", "link")
        return NewDocument(**{name: self.cleaned_data[name] for name in names})

    def attached(self) -> ReceivedFile | None:
        """The received file to put on the shelf, unless the person left it out."""
        return None if self.cleaned_data["drop"] else self.received_file


def _received_before(text: str | None, *, by: User) -> ReceivedFile | None:
    """The file this person sent with an earlier try of the same form."""
    try:
        pk = forms.UUIDField(required=False).clean(text)
    except ValidationError:
        return None
    return ReceivedFile.objects.filter(pk=pk, by=by).select_related("blob").first() if pk else None
