"""Files: served only to people who may see the village; captions; withdrawing a wrong one."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from sammachip.forms import ReasonForm
from steps.forms.record import CaptionForm
from steps.models import Blob, Evidence
from steps.models.choices import HOLDS_NAMES, EvidenceType
from steps.recording import activities
from steps.recording.core import values_of


def full(request: HttpRequest, pk: UUID) -> FileResponse:
    """A photo or document of an activity."""
    evidence = access.evidence_for(signed_in(request), pk, Right.VIEW, today())
    return file_answer(evidence.blob, evidence.type)


def small(request: HttpRequest, pk: UUID) -> FileResponse:
    """The thumbnail of a photo."""
    evidence = access.evidence_for(signed_in(request), pk, Right.VIEW, today())
    return file_answer(evidence.blob, evidence.type, thumb=True)


def received(request: HttpRequest, pk: UUID) -> FileResponse:
    """A file this person sent that no activity holds yet, as a thumbnail where it is a photo."""
    file = access.received_for(signed_in(request), pk)
    return file_answer(file.blob, file.type, thumb=file.blob.is_image)


def shelved(request: HttpRequest, pk: UUID) -> FileResponse:
    """The file of a document on a district's shelf."""
    document = access.shelf_document_for(signed_in(request), pk, Right.VIEW, today())
    if document.blob is None:
        raise Http404
    return file_answer(document.blob, EvidenceType.HANDBOOK)


def lesson_photo(request: HttpRequest, pk: UUID) -> FileResponse:
    """The photo of a lesson, for those who see its village."""
    blob = access.lesson_photo_for(signed_in(request), pk, Right.VIEW, today())
    return file_answer(blob, EvidenceType.PHOTO)


def lesson_photo_small(request: HttpRequest, pk: UUID) -> FileResponse:
    """Its thumbnail."""
    blob = access.lesson_photo_for(signed_in(request), pk, Right.VIEW, today())
    return file_answer(blob, EvidenceType.PHOTO, thumb=True)


def file_answer(blob: Blob, shows: str, *, thumb: bool = False) -> FileResponse:
    """The bytes with the type we know; documents are never opened inside the page.

    ``shows`` is an evidence type: what holds names is not left in the browser of an office.
    """
    if thumb and not blob.is_image:
        raise Http404
    try:
        content = blob.path(thumb=thumb).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=not blob.is_image,
        filename=f"{blob.sha256[:12]}.{blob.extension}",
        content_type=blob.content_type,
    )
    # The content of an address never changes, but who may see it does: ask again each session.
    kept = "no-store" if shows in HOLDS_NAMES else "max-age=3600"
    response["Cache-Control"] = f"private, {kept}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def caption(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what a photo shows."""
    evidence = access.evidence_for(signed_in(request), pk, Right.RECORD, today())
    form = CaptionForm(
        posted(request),
        stored=values_of(evidence, ["caption"]),
        initial={"caption": evidence.caption},
    )
    return handle(
        request,
        form,
        lambda sender: activities.edit_caption(
            evidence=evidence,
            started=form.started_values.get("caption", ""),
            caption=form.cleaned_data["caption"],
            sender=sender,
        ),
        page="steps/file_caption.html",
        context=_context(evidence),
        then=_activity_address(evidence),
        said=_("Saved"),
    )


def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Strike a wrong photo or document through, with a reason."""
    evidence = access.evidence_for(signed_in(request), pk, Right.RECORD, today())
    form = ReasonForm(posted(request))
    return handle(
        request,
        form,
        lambda sender: activities.withdraw_evidence(
            evidence=evidence, reason=form.cleaned_data["reason"], sender=sender
        ),
        page="steps/file_withdraw.html",
        context=_context(evidence),
        then=_activity_address(evidence),
        said=_("Withdrawn. It stays in the history and counts nowhere."),
    )


def _context(evidence: Evidence) -> dict[str, object]:
    return {"evidence": evidence, "activity_url": _activity_address(evidence)}


def _activity_address(evidence: Evidence) -> str:
    enrolment = evidence.activity.enrolment
    return reverse(
        "steps:activity",
        args=[enrolment.village.code, enrolment.programme.year, evidence.activity_id],
    )
