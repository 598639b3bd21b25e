"""The knowledge record on paper: to print, and as Word."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import access
from accounts.rights import Right
from sammachip.answers import signed_in, today
from sammachip.thai.language import in_thai
from steps.knowledge.paper import Paper, in_thai_digits
from steps.knowledge.reading import paper_of
from steps.knowledge.word import docx_of
from steps.models import KnowledgeRecord
from steps.views.knowledge import context_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def to_print(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The record as it is printed; ``?digits=thai`` writes ๒๕๖๐."""
    row = access.record_for(signed_in(request), code, year, Right.VIEW, today())
    paper, thai = paper_in_thai(row), asks_thai_digits(request)
    context = {
        **context_of(row),
        "paper": in_thai_digits(paper) if thai else paper,
        "thai_digits": thai,
    }
    return render(request, "steps/knowledge/print.html", context)


@require_safe
def word(request: HttpRequest, code: str, year: int) -> FileResponse:
    """The record as a Word file; ``?digits=thai`` as in print."""
    row = access.record_for(signed_in(request), code, year, Right.VIEW, today())
    thai = asks_thai_digits(request)
    content = BytesIO(docx_of(paper_in_thai(row), thai_digits=thai))
    name = f"knowledge-{row.enrolment.village.code}-{row.enrolment.programme.year}.docx"
    return FileResponse(content, as_attachment=True, filename=name, content_type=WORD)


@in_thai
def paper_in_thai(row: KnowledgeRecord) -> Paper:
    """The record on paper, in Thai whatever the language of the screen."""
    return paper_of(row, public=False)


def asks_thai_digits(request: HttpRequest) -> bool:
    """Whether ๐–๙ are asked for."""
    return request.GET.get("digits") == "thai"
