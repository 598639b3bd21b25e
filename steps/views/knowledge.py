"""The knowledge record of a village's year: read, drafted, edited, illustrated, on paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.answers import handle, posted, refused, signed_in, stored, today
from sammachip.forms import Send, WriteForm
from steps.forms.knowledge import RecordHeadForm, RecordPhotosForm, SectionForm, mended
from steps.knowledge.draft import head_of
from steps.knowledge.reading import facts_of, words_below
from steps.knowledge.showing import beside, missing_in, section_shown, sections_shown
from steps.models import Enrolment, KnowledgeRecord, RecordSection
from steps.models.knowledge import RECORD_MOVES
from steps.recording import knowledge as verbs
from steps.recording.record_photos import photos_to_choose
from villages.models import Village

PAGE = "steps/knowledge/record.html"


@require_safe
def record(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The record as it stands: what is missing, its sections with their sources, what to press."""
    enrolment = access.enrolment_for(signed_in(request), code, year, Right.VIEW, today())
    return render(request, PAGE, record_context(request, enrolment))


def record_context(
    request: HttpRequest, enrolment: Enrolment, form: WriteForm | None = None
) -> dict[str, Any]:
    """What the page of a record shows; ``form`` is a press that was refused."""
    row = access.record_of(enrolment)
    may = moves_for(signed_in(request), enrolment.village, row)
    context: dict[str, Any] = {
        "enrolment": enrolment,
        "record": row,
        "may": may,
        "form": form or WriteForm(),
    }
    if row is None:
        return context
    sections, photos = sections_shown(row), list(row.photos.standing())
    return {
        **context,
        "facts": facts_of(row),
        "sections": sections,
        "missing": missing_in(row, sections, has_photos=bool(photos)),
        "news": [shown for shown in sections if shown.has_news],
        "photos": [
            (photo, words_below(photo, number)) for number, photo in enumerate(photos, start=1)
        ],
    }


def moves_for(user: User, village: Village, row: KnowledgeRecord | None) -> dict[str, bool]:
    """What this person may do with a record where it stands, by verb; with none yet, draft it."""
    status = row.status if row else KnowledgeRecord.Status.DRAFT
    held = {right: access.may(user, right, village, today()) for right in _RIGHTS}
    return {verb: held[move.right] and status in move.states for verb, move in RECORD_MOVES.items()}


_RIGHTS = {move.right for move in RECORD_MOVES.values()}


@require_POST
def draft(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Draft the record from what was recorded, or draft it again."""
    enrolment = access.enrolment_for(signed_in(request), code, year, Right.RECORD, today())
    return press(
        request,
        enrolment,
        lambda sender: verbs.draft_record(enrolment=enrolment, sender=sender),
        _("Drafted from what was recorded. What somebody wrote stays as it is."),
    )


def press(request: HttpRequest, enrolment: Enrolment, verb: Send, said: str) -> HttpResponse:
    """A button on the page of the record; a refusal is said there (422)."""
    form = WriteForm(request.POST)
    outcome = form.send(verb, by=signed_in(request), at=timezone.now())
    if outcome:
        return stored(request, outcome, address_of(enrolment), said)
    return refused(request, PAGE, record_context(request, enrolment, form), form)


def about(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Edit the first page: title, author, date, office; a field says what it would be now."""
    row = access.record_for(signed_in(request), code, year, Right.RECORD, today())
    if _is_only_read(request, row):
        return redirect(address_of(row.enrolment))
    drafted = head_of(row.enrolment, by=signed_in(request), on=today())
    form = RecordHeadForm(posted(request), record=row, drafted=drafted)
    return handle(
        request,
        form,
        lambda sender: verbs.edit_record_head(
            record=row,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="steps/knowledge/about.html",
        context=context_of(row),
        then=address_of(row.enrolment),
        said=_("Saved"),
    )


# ---------------------------------------------------------------- a section


def section(request: HttpRequest, code: str, year: int, key: str) -> HttpResponse:
    """Edit a section; a newer draft, and a repair of what was pasted, are offered beside it."""
    row = access.record_for(signed_in(request), code, year, Right.RECORD, today())
    shown = section_shown(row, key)
    if shown is None:
        raise Http404
    if _is_only_read(request, row):
        return redirect(f"{address_of(row.enrolment)}#{key}")
    stands = shown.row or RecordSection(record=row, key=key)
    form = SectionForm(posted(request), section=stands)
    return handle(
        request,
        form,
        lambda sender: verbs.edit_section(
            record=row,
            key=key,
            started=form.started_values,
            wanted=form.wanted_values(),
            takes_draft=form.takes_draft,
            sender=sender,
        ),
        page="steps/knowledge/section.html",
        context={**context_of(row), "section": shown, **_offers(form, stands)},
        then=lambda outcome: _after_section(stands, form.cleaned_data["text"]),
        said=_("Saved"),
    )


def _offers(form: SectionForm, stands: RecordSection) -> dict[str, Any]:
    """The newer draft beside what a person wrote, and the repaired text beside a damaged one."""
    form.is_valid()  # what was pressed may have to be asked about
    offers: dict[str, Any] = {}
    text, draft = form.standing, form.draft
    if stands.has_news or form.asks == "draft":
        offers["news"] = {"mine": beside(text, draft), "draft": beside(draft, text)}
    better = mended(text, stands)
    if better != text:
        offers["repair"] = {"before": beside(text, better), "after": beside(better, text)}
    return offers


def _after_section(section: RecordSection, text: str) -> str:
    """Back to the record; where the text could be repaired, to the offer first."""
    enrolment = section.record.enrolment
    if mended(text, section) != text:
        return address_of(enrolment, "knowledge_section", section.key) + "#repair"
    return f"{address_of(enrolment)}#{section.key}"


# ---------------------------------------------------------------- photos and papers


def photos(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Choose the photos, their order and captions."""
    row = access.record_for(signed_in(request), code, year, Right.RECORD, today())
    if _is_only_read(request, row):
        return redirect(f"{address_of(row.enrolment)}#illustrations")
    form = RecordPhotosForm(posted(request), record=row, photos=photos_to_choose(row.enrolment))
    return handle(
        request,
        form,
        lambda sender: verbs.choose_record_photos(
            record=row,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="steps/knowledge/photos.html",
        context=context_of(row),
        then=f"{address_of(row.enrolment)}#illustrations",
        said=_("Saved"),
    )


def _is_only_read(request: HttpRequest, row: KnowledgeRecord) -> bool:
    """Whether there is nothing to edit, and nothing was typed before the record was closed."""
    return request.method != "POST" and not row.is_open


def context_of(row: KnowledgeRecord) -> dict[str, Any]:
    """What every page about a record shows."""
    return {
        "record": row,
        "enrolment": row.enrolment,
        "record_url": address_of(row.enrolment),
    }


def address_of(enrolment: Enrolment, name: str = "knowledge", *more: object) -> str:
    """A page of the record."""
    return reverse(f"steps:{name}", args=[enrolment.village.code, enrolment.programme.year, *more])
