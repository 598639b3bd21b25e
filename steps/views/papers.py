"""Memos: the report after an activity, and the one that sends a knowledge record on."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import access
from accounts.rights import Right
from sammachip.answers import signed_in, today
from steps.knowledge.activity_report import report_of
from steps.knowledge.covering import covering_memo_of
from steps.knowledge.memo import Memo
from steps.knowledge.memo_word import memo_docx_of
from steps.models import Activity, KnowledgeRecord
from steps.views.knowledge_papers import WORD, asks_thai_digits


@require_safe
def report(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """The report on an activity as it is printed, and as text for a chat."""
    activity = _standing(request, code, year, pk)
    told = report_of(activity, on=today())
    context = {
        **_as_page(request, told.memo),
        "activity": activity,
        "enrolment": activity.enrolment,
        "message": told.message,
    }
    return render(request, "steps/activity_report.html", context)


@require_safe
def report_word(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """The report on an activity as a Word file."""
    activity = _standing(request, code, year, pk)
    name = f"report-{code}-{activity.held_on}.docx"
    return _as_word(request, report_of(activity, on=today()).memo, name)


@require_safe
def memo(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The memo that sends a knowledge record on, as it is printed."""
    record = _record(request, code, year)
    context = {
        **_as_page(request, covering_memo_of(record, on=today())),
        "enrolment": record.enrolment,
    }
    return render(request, "steps/knowledge/memo.html", context)


@require_safe
def memo_word(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The memo that sends a knowledge record on, as a Word file."""
    record = _record(request, code, year)
    return _as_word(request, covering_memo_of(record, on=today()), f"memo-{code}-{year}.docx")


def _standing(request: HttpRequest, code: str, year: int, pk: UUID) -> Activity:
    """The activity; one struck through has no report."""
    activity = access.activity_for(signed_in(request), code, year, pk, Right.VIEW, today())
    if activity.withdrawn_at:
        raise Http404
    return activity


def _record(request: HttpRequest, code: str, year: int) -> KnowledgeRecord:
    return access.record_for(signed_in(request), code, year, Right.VIEW, today())


def _as_page(request: HttpRequest, memo: Memo) -> dict[str, object]:
    thai = asks_thai_digits(request)
    return {"memo": memo.printed(thai_digits=thai), "thai_digits": thai}


def _as_word(request: HttpRequest, memo: Memo, name: str) -> HttpResponse:
    content = memo_docx_of(memo, thai_digits=asks_thai_digits(request))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=WORD, headers=headers)
