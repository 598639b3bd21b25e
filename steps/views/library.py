"""The library, open to anybody: a search, a page a record and a lesson, their photos, a feed.

What somebody without a session gets may be kept by any cache for five minutes: so long a record
that was reopened, or a photo that was withdrawn, may still be seen by those who saw it before.
Such a page holds no token, hence a link instead of the button to the other language.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sammachip.thai.marking import excerpt
from steps import library
from steps.forms.library import LibraryForm
from steps.knowledge.paper import in_thai_digits
from steps.knowledge.reading import paper_of
from steps.knowledge.sections import OUTSIDE, PROCESS
from steps.library import Asked
from steps.models import Blob, EvidenceType, Lesson
from steps.views.evidence import file_answer
from steps.views.knowledge_papers import asks_thai_digits

ON_A_PAGE, NEWEST, IN_FEED, BESIDE = 20, 10, 50, 5
KEPT = 300  # seconds


# ---------------------------------------------------------------- pages


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was searched for; without a search, what is new and how much there is."""
    form = LibraryForm(request.GET, choices=library.choices(request.GET.get("area", "")))
    request.GET = cast(Any, form.data)  # a search that was cut is cut in the links of the page too
    asked = form.asked()
    searched = asked != Asked()
    context = _found(request, form, asked) if searched else _home(form)
    context |= {"form": form, "searched": searched}
    return _page(request, "library/search.html", context)


def _home(form: LibraryForm) -> dict[str, Any]:
    return {
        "numbers": library.numbers(),
        "hits": library.hits(library.newest(NEWEST)),
        "steps": form.offered("step"),
    }


def _found(request: HttpRequest, form: LibraryForm, asked: Asked) -> dict[str, Any]:
    page = Paginator(library.found(asked), ON_A_PAGE).get_page(request.GET.get("page"))
    words = form.words()
    count = page.paginator.count
    most = library.MOST_FOUND if count == library.MOST_FOUND else None
    context: dict[str, Any] = {"page": page, "asked": words, "most": most}
    if count:
        return context | {"hits": library.hits(page, asked.keys)}
    without = [
        {"words": words[name], "n": n, "href": f"?{_without(request, name)}"}
        for name, n in library.alternatives(asked)
    ]
    return context | {"alternatives": without, "several_words": len(asked.keys) > 1}


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    query.pop(name, None)
    query.pop("page", None)
    return query.urlencode()


@login_not_required
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """A published record on paper, with what to share and where to read on."""
    found = library.published_record(pk)
    paper = paper_of(found, public=True)
    thai_digits = asks_thai_digits(request)
    pictures = [picture for part in paper.parts for picture in part.pictures]
    context = {
        "record": found,
        "paper": in_thai_digits(paper) if thai_digits else paper,
        "thai_digits": thai_digits,
        "summary": excerpt(next((part.text for part in paper.parts if part.text), ""), []),
        "picture": pictures[0] if pictures else None,
        "lessons": library.lessons_of(found.enrolment, BESIDE),
        "steps": [
            (part.key.removeprefix(f"{PROCESS}-"), part.title)
            for part in paper.parts
            if part.level > 2 and part.text and part.key != OUTSIDE
        ],
        **_place(request, found.enrolment),
    }
    return _page(request, "library/record.html", context)


@login_not_required
@require_safe
def lesson(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A lesson shared with everybody."""
    found = library.shared_lesson(pk)
    context = {
        "lesson": found,
        "has_photo": _may_be_shown(found),
        "summary": excerpt(found.text, []),
        "records": library.records_of(found.enrolment),
        **_place(request, found.enrolment),
    }
    return _page(request, "library/lesson.html", context)


def _place(request: HttpRequest, enrolment: Any) -> dict[str, Any]:
    """Where it is from, and the address to share."""
    return {
        "enrolment": enrolment,
        "village": enrolment.village,
        "district": enrolment.village.subdistrict.parent,
        "base_url": settings.BASE_URL,
        "canonical": f"{settings.BASE_URL}{request.path}",
    }


def _page(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A page as anybody gets it, or the same page in the language asked for."""
    language = request.GET.get("language", "")
    if language in dict(settings.LANGUAGES):
        return _in_language(request, language)
    shared = _is_nobody(request)
    response = render(request, template, {**context, "shared": shared})
    return _kept(request, response) if shared else response


def _is_nobody(request: HttpRequest) -> bool:
    """Whether nothing here is for one person: no session, no message to show."""
    return not {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()


def _in_language(request: HttpRequest, language: str) -> HttpResponse:
    query = request.GET.copy()
    query.pop("language")
    response = HttpResponseRedirect(f"{request.path}?{query.urlencode()}".rstrip("?"))
    patch_cache_control(response, private=True, no_store=True)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with leave to keep it, or 304 where the reader has it already."""
    patch_cache_control(response, public=True, max_age=KEPT)
    patch_vary_headers(response, ["Cookie"])  # which holds the language
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    return cast(HttpResponse, answer)


# ---------------------------------------------------------------- photos


@login_not_required
@require_safe
def photo(request: HttpRequest, record: int, pk: int) -> FileResponse:
    """A photo of a published record that was cleared for publishing."""
    return _photo(library.public_photo(record, pk).evidence.blob)


@login_not_required
@require_safe
def photo_small(request: HttpRequest, record: int, pk: int) -> FileResponse:
    """Its thumbnail."""
    return _photo(library.public_photo(record, pk).evidence.blob, thumb=True)


@login_not_required
@require_safe
def lesson_photo(request: HttpRequest, pk: UUID) -> FileResponse:
    """The photo of a shared lesson, where it was cleared too."""
    return _photo(_cleared(library.shared_lesson(pk)))


@login_not_required
@require_safe
def lesson_photo_small(request: HttpRequest, pk: UUID) -> FileResponse:
    """Its thumbnail."""
    return _photo(_cleared(library.shared_lesson(pk)), thumb=True)


def _may_be_shown(lesson: Lesson) -> bool:
    return lesson.photo is not None and lesson.photo_cleared and lesson.photo.is_image


def _cleared(lesson: Lesson) -> Blob:
    if lesson.photo is None or not _may_be_shown(lesson):
        raise Http404
    return lesson.photo


def _photo(blob: Blob, *, thumb: bool = False) -> FileResponse:
    response = file_answer(blob, EvidenceType.PHOTO, thumb=thumb)
    response["Cache-Control"] = f"public, max-age={KEPT}"
    return response


# ---------------------------------------------------------------- feed


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest records and lessons, for programs that tell people of them (Atom)."""
    home = f"{settings.BASE_URL}{reverse('library:search')}"
    atom = Atom1Feed(
        title=_("The library of Sammachip"),
        link=home,
        feed_url=f"{settings.BASE_URL}{request.path}",
        description=_("What villages learned in the right-livelihood programme"),
        author_name=_("Sammachip"),
        language=get_language(),
    )
    for hit in library.hits(library.newest(IN_FEED)):
        address = f"{settings.BASE_URL}{hit.href}"
        atom.add_item(
            title=hit.title,
            link=address,
            description=hit.text or hit.title,
            pubdate=hit.at,
            updateddate=hit.at,
            unique_id=address,
            categories=[hit.what],
        )
    response = HttpResponse(atom.writeString("utf-8"), content_type=Atom1Feed.content_type)
    return _kept(request, response) if _is_nobody(request) else response
