"""A knowledge record on its way: sent, taken back, published, returned, opened again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import access
from accounts.rights import Right
from sammachip.answers import handle, posted, refused, signed_in, stored, today
from sammachip.forms import ReasonForm, WriteForm
from steps.forms.knowledge import PublishForm, ReturnRecordForm
from steps.knowledge.check import check_of
from steps.models import KnowledgeRecord
from steps.recording import knowledge as verbs
from steps.views.knowledge import address_of, context_of, press
from steps.views.knowledge_papers import paper_in_thai

PUBLISH = "steps/knowledge/publish.html"


def send(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Send the record to the province, after a look at what the province will look at."""
    row = access.record_for(signed_in(request), code, year, Right.RECORD, today())
    form = WriteForm(posted(request))
    return handle(
        request,
        form,
        lambda sender: verbs.send_record(record=row, sender=sender),
        page="steps/knowledge/send.html",
        context={**context_of(row), "check": check_of(row)},
        then=address_of(row.enrolment),
        said=_("Sent to the province"),
    )


@require_POST
def withdraw(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Take the record back while the province has not decided."""
    row = access.record_for(signed_in(request), code, year, Right.RECORD, today())
    return press(
        request,
        row.enrolment,
        lambda sender: verbs.withdraw_record(record=row, sender=sender),
        _("Taken back for mending"),
    )


def publish(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The check list before a record is published, with the record below it."""
    row = access.record_for(signed_in(request), code, year, Right.REVIEW_AS_PROVINCE, today())
    check = check_of(row)
    form = PublishForm(posted(request), record=row, photos=check.photos)
    return handle(
        request,
        form,
        lambda sender: verbs.publish_record(
            record=row,
            version=form.cleaned_data["version"],
            cleared=form.keys(),
            sender=sender,
        ),
        page=PUBLISH,
        context={
            **context_of(row),
            **_to_decide(request, row),
            "check": check,
            "publish_form": form,
            "return_form": ReturnRecordForm(record=row),
        },
        then=address_of(row.enrolment),
        said=lambda _outcome: _said_of_publishing(row),
    )


def _said_of_publishing(row: KnowledgeRecord) -> str:
    """That it is published; of its photos how many are shown, and how many stayed out."""
    shown = row.photos.public().count()
    out = row.photos.standing().count() - shown
    said = [_("Published. Anyone can read it in the library.")]
    if shown:
        words = ngettext("%(n)s photo is shown.", "%(n)s photos are shown.", shown)
        said.append(words % {"n": shown})
    if out:
        words = ngettext(
            "%(n)s photo stayed out: it was not ticked.",
            "%(n)s photos stayed out: they were not ticked.",
            out,
        )
        said.append(words % {"n": out})
    return " ".join(said)


@require_POST
def send_back(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Return the record to its officer with a reason."""
    row = access.record_for(signed_in(request), code, year, Right.REVIEW_AS_PROVINCE, today())
    form = ReturnRecordForm(request.POST, record=row)
    outcome = form.send(
        lambda sender: verbs.return_record(
            record=row,
            version=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"],
            sender=sender,
        ),
        by=signed_in(request),
        at=timezone.now(),
    )
    if outcome:
        return stored(request, outcome, address_of(row.enrolment), _("Returned for correction"))
    check = check_of(row)
    context = {
        **context_of(row),
        **_to_decide(request, row),
        "check": check,
        "form": form,
        "publish_form": PublishForm(record=row, photos=check.photos),
        "return_form": form,
    }
    return refused(request, PUBLISH, context, form)


def _to_decide(request: HttpRequest, row: KnowledgeRecord) -> dict[str, Any]:
    """The record as it will be read, and whether this person may decide on it."""
    return {
        "paper": paper_in_thai(row),
        "waits": row.status == KnowledgeRecord.Status.SENT,
        "is_own": signed_in(request).pk in verbs.authors_of_record(row),
    }


def reopen(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Take a published record out of the library, back to its officer, with a reason."""
    row = access.record_for(signed_in(request), code, year, Right.REVIEW_AS_PROVINCE, today())
    form = ReasonForm(posted(request))
    return handle(
        request,
        form,
        lambda sender: verbs.reopen_record(
            record=row, reason=form.cleaned_data["reason"], sender=sender
        ),
        page="steps/knowledge/reopen.html",
        context=context_of(row),
        then=address_of(row.enrolment),
        said=_("Taken out of the library and returned to its officer"),
    )
