"""Files of a form: taken in before it is judged, and listed again after a mistake elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sammachip.thai.fields import CleanCharField
from steps.files import Refused
from steps.models import EvidenceType, ReceivedFile
from steps.recording.files import Attached, receive

DOCUMENT_TYPES = [
    EvidenceType.MINUTES,
    EvidenceType.LETTER,
    EvidenceType.HANDBOOK,
    EvidenceType.OTHER,
]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


@dataclass(frozen=True)
class Intake:
    """What came with a request: files that were taken in, and why others were not."""

    received: list[ReceivedFile]
    refused: list[tuple[str, str, str, str]]  # input, name of the file, code, message


def take_in(
    files: MultiValueDict[str, UploadedFile], data: Any, *, by: User, at: datetime
) -> Intake:
    """Receive every file of a request, each apart: one that is refused never loses another."""
    types = {
        "photos": EvidenceType.PHOTO,
        "sign_in": EvidenceType.SIGN_IN,
        "documents": _document_type(data.get("document_type")),
    }
    intake = Intake([], [])
    for name, type_ in types.items():
        for upload in files.getlist(name):
            try:
                intake.received.append(receive(upload=upload, type=type_, by=by, at=at))
            except Refused as refused:
                message = str(refused.message)
                intake.refused.append((name, upload.name or "", refused.code, message))
    return intake


def _document_type(value: Any) -> EvidenceType:
    return EvidenceType(value) if value in DOCUMENT_TYPES else EvidenceType.OTHER


class Received(forms.Form):
    """What was received with a form, now and with earlier tries; mixed into forms with files."""

    intake: Intake
    by: User

    def know_received(self, intake: Intake, *, by: User, data: Any) -> None:
        """Know what has been received, now and before; ``data`` is None on a fresh page."""
        self.intake, self.by = intake, by
        kept = _kept_ids(data) if data is not None else []
        rows = ReceivedFile.objects.sent_by(by).filter(pk__in=kept).select_related("blob")
        self.received = [*rows, *intake.received]
        self.unknown_files = len(rows) < len(set(kept))

    def check_files(self) -> None:
        """Refused files become errors at their input; called from clean()."""
        for name, file_name, code, message in self.intake.refused:
            text = _("%(file)s: %(message)s")
            params = {"file": file_name, "message": message}
            field = name if name in self.fields else None
            self.add_error(field, ValidationError(text, code=code, params=params))
        if self.unknown_files:
            self.add_error(
                "photos",
                ValidationError(_("A file did not arrive. Choose it again."), code="file_unknown"),
            )


class OnePhoto(Received):
    """One photo, which may be left out; another one takes its place."""

    photos = forms.FileField(
        label=_("Photo"),
        required=False,
        allow_empty_file=True,  # an empty one is refused in words of its own
        widget=forms.FileInput(attrs={"accept": "image/*", "data-photos": True}),
        help_text=_("JPEG, PNG or WebP, up to 20 MB each. The place a photo was taken is removed."),
    )

    @property
    def photo(self) -> ReceivedFile | None:
        """The photo to attach: the last one that was received."""
        photos = [row for row in self.received if row.type == EvidenceType.PHOTO]
        return photos[-1] if photos else None


class FileFields(Received):
    """Inputs for photos, sign-in sheets and documents; what was received stays listed."""

    photos = forms.FileField(
        label=_("Activity photos"),
        required=False,
        widget=ManyFiles(attrs={"accept": "image/*", "data-photos": True}),
        help_text=_("JPEG, PNG or WebP, up to 20 MB each. The place a photo was taken is removed."),
    )
    sign_in = forms.FileField(
        label=_("Sign-in sheet"),
        required=False,
        widget=ManyFiles(attrs={"accept": "image/*,.pdf"}),
        help_text=_("A photo will do. It holds names and is never published."),
    )
    documents = forms.FileField(
        label=_("Documents"),
        required=False,
        widget=ManyFiles(attrs={"accept": ".pdf,.docx,image/*"}),
    )
    document_type = forms.ChoiceField(
        label=_("What the documents are"),
        required=False,
        choices=[(type_.value, type_.label) for type_ in DOCUMENT_TYPES],
    )

    def add_file_fields(self, intake: Intake, *, by: User, data: Any) -> None:
        """Know what has been received, and ask for a caption of each."""
        self.know_received(intake, by=by, data=data)
        for row in self.received:
            self.fields[f"caption-{row.pk}"] = CleanCharField(
                label=_("Caption"), required=False, max_length=200
            )

    def attached(self) -> list[Attached]:
        """What to attach: every received file with its caption."""
        return [
            Attached(row, row.type, self.cleaned_data.get(f"caption-{row.pk}", ""))
            for row in self.received
        ]

    def received_rows(self) -> list[tuple[ReceivedFile, forms.BoundField]]:
        return [(row, self[f"caption-{row.pk}"]) for row in self.received]


def _kept_ids(data: Any) -> list[str]:
    """Ids of files received with an earlier try, without the ones taken off."""
    dropped = set(data.getlist("drop"))
    ids = [value for value in data.getlist("received") if value not in dropped]
    field = forms.UUIDField()
    kept = []
    for value in ids:
        try:
            kept.append(str(field.clean(value)))
        except ValidationError:
            continue
    return kept
