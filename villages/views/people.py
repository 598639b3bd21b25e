"""What is held about one person: found, shown, copied and erased, when they ask their office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Scope
from accounts.history import note
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from sammachip.thai.dates import moment, short
from steps.exports import XLSX, disposition, sections_file
from steps.personal.held import held_about, traces_of
from steps.personal.rows import Person, PersonRow, kind_of, matching, name_of, person_of
from steps.personal.texts import texts_beside, texts_with
from steps.recording.erasing import erase as erase_rows
from villages.forms import EraseForm, FindPersonForm
from villages.models import Household


@dataclass(frozen=True)
class Hit:
    """A row of a person in a list, as finished strings."""

    href: str
    name: str
    note: list[str]


def hit_of(row: PersonRow) -> Hit:
    """Who, as what, and where."""
    house = row.house_no if isinstance(row, Household) else ""
    number = _("House no. %(number)s") % {"number": house} if house else ""
    village = row.village
    note = [kind_of(row), number, village.title, village.subdistrict.title]
    href = reverse("people:person", args=[row.pk])
    return Hit(href, name_of(row), [words for words in note if words])


def search(request: HttpRequest) -> HttpResponse:
    """Find whom a request is about, in the villages where one answers requests."""
    user, on = signed_in(request), today()
    access.require_somewhere(user, {Right.ERASE}, on)
    form = FindPersonForm(posted(request))
    words = form.cleaned_data["words"] if form.is_valid() else ""
    found = matching(access.villages_for(user, Right.ERASE, on), words)
    hits = [hit_of(row) for row in found.rows]
    context = {"form": form, "words": words, "hits": hits, "more": found.more}
    return render(request, "people/search.html", context)


def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything held about one person."""
    found = _person(request, pk)
    context = {
        "person": found,
        "sections": held_about(found, _names(request)),
        "others": [hit_of(row) for row in found.others],
    }
    return render(request, "people/person.html", context)


@require_POST
def export(request: HttpRequest, pk: UUID) -> FileResponse:
    """The copy a person asked for. Who took it is history."""
    found, now = _person(request, pk), timezone.now()
    head = [
        _("Personal data held in Sammachip"),
        f"{found.name} · {found.village.full_title} {found.village.subdistrict.title}",
        f"{_('Data as of')} {moment(now)}",
    ]
    note(
        by=signed_in(request),
        at=now,
        verb="export_person",
        subject=found.row,
        village=found.village,
    )
    response = FileResponse(
        sections_file(head, held_about(found, _names(request))), content_type=XLSX
    )
    plain = f"personal-data-{found.village.code}-{today().isoformat()}"
    full = f"{_('Personal data')} {found.village.title} {short(today())}"
    response["Content-Disposition"] = disposition(plain, full, "xlsx")
    return response


def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Erase who somebody was, as they asked; the numbers stay."""
    found = _person(request, pk)
    form = EraseForm(posted(request), person=found)
    return handle(
        request,
        form,
        lambda sender: erase_rows(
            rows=form.chosen(), reason=form.cleaned_data["reason"], sender=sender
        ),
        page="people/erase.html",
        context=_what_goes(found),
        then=reverse("people:person", args=[pk]),
        said=_("The name is erased. The numbers stay."),
    )


def _what_goes(found: Person) -> dict[str, Any]:
    traces = traces_of(found.not_erased)
    texts = [*texts_with(traces, found.village), *texts_beside(traces, found.village)]
    return {"person": found, "texts": len({(text.row.pk, text.field) for text in texts})}


def _names(request: HttpRequest) -> Scope:
    """Where the person may see names: a meeting may have been shared with villages elsewhere."""
    return access.scope(signed_in(request), Right.NAMES, today())


def _person(request: HttpRequest, pk: UUID) -> Person:
    return person_of(access.person_for(signed_in(request), pk, Right.ERASE, today()))
