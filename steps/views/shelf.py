"""The district's document shelf of a year: entered once, seen by all its villages."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from sammachip.forms import WriteForm
from steps.forms.shelf import ShelfDocumentForm
from steps.models import Programme, ShelfDocument
from steps.models.choices import DocumentSource
from steps.recording import shelf as recording
from villages.models import Area


def shelf(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """What stands on the shelf, by source."""
    user = signed_in(request)
    district, programme = access.shelf_for(user, code, year, Right.VIEW, today())
    documents = district.shelf_documents.current().filter(programme=programme)
    rows = list(documents.select_related("blob"))
    context = {
        **_context(district, programme),
        "sources": [(source.label, _from(rows, source)) for source in DocumentSource],
        "is_empty": not rows,
        "may_record": access.scope(user, Right.RECORD, today()).touches(district.code),
    }
    return render(request, "steps/shelf.html", context)


def _from(documents: list[ShelfDocument], source: str) -> list[ShelfDocument]:
    return [document for document in documents if document.source == source]


def add(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Put a document on the shelf, with its file where there is one."""
    district, programme = access.shelf_for(signed_in(request), code, year, Right.RECORD, today())
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ShelfDocumentForm(*sent)
    return handle(
        request,
        form,
        lambda sender: recording.put_on_shelf(
            district=district,
            programme=programme,
            document=form.document(),
            received=form.attached(),
            sender=sender,
        ),
        page="steps/shelf_form.html",
        context=_context(district, programme),
        then=_address(district, programme),
        said=_("Saved"),
    )


def end(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Take a document off the shelf; what was studied from it stays recorded."""
    document = access.shelf_document_for(signed_in(request), pk, Right.RECORD, today())
    district, programme = document.district, document.programme
    if (district.code, programme.year) != (code, year):
        raise Http404
    return handle(
        request,
        WriteForm(posted(request)),
        lambda sender: recording.take_off_shelf(document=document, sender=sender),
        page="steps/shelf_end.html",
        context={**_context(district, programme), "document": document},
        then=_address(district, programme),
        said=_("Taken off the shelf"),
    )


def _context(district: Area, programme: Programme) -> dict[str, object]:
    shelf_url = _address(district, programme)
    return {"district": district, "programme": programme, "shelf_url": shelf_url}


def _address(district: Area, programme: Programme) -> str:
    return reverse("steps:shelf", args=[district.code, programme.year])
