"""How a write is answered: 303 to a browser, JSON to a client that asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from accounts.receipts import Outcome
from sammachip.forms import Send, WriteForm

ERROR_CODES = {
    400: "bad_request",
    401: "signed_out",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "too_many",
    503: "unavailable",
    507: "no_space",
}


def wants_json(request: HttpRequest) -> bool:
    """Whether the client asks for JSON rather than a page (``Accept: application/json``)."""
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def stored(request: HttpRequest, outcome: Outcome, url: str, message: str) -> HttpResponse:
    """A write that was stored: 303 with a message; as JSON 201, or 200 when it was sent again."""
    if wants_json(request):
        return JsonResponse(
            {**named(outcome.client_id, outcome.content_sha256), **outcome.result, "url": url},
            status=200 if outcome.replayed else 201,
        )
    messages.success(request, message)
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def refused(
    request: HttpRequest, template: str, context: Mapping[str, Any], form: BaseForm, **extra: Any
) -> HttpResponse:
    """A form that did not hold: 422, the same page with everything typed, or errors by field.

    As JSON it names the id that was sent and the files received, so that none is sent again. An
    id that stands for another write is 409 and tells nothing but that.
    """
    code = getattr(form, "refusal_code", "invalid")
    status = 409 if code == "reused_id" else 422
    if not wants_json(request):
        return render(request, template, dict(context), status=status)
    answer: dict[str, Any] = {"code": code, "client_id": request.POST.get("client_id", "")}
    if status == 422:
        answer |= {"errors": errors_of(form), "received": received_by(form), **extra}
    return JsonResponse(answer, status=status)


def received_by(form: BaseForm) -> list[dict[str, str]]:
    """The files a form took in before it was judged."""
    return [
        {"id": str(row.pk), "sha256": row.sha256_received, "name": row.name}
        for row in getattr(form, "received", [])
    ]


def errors_of(form: BaseForm) -> dict[str, list[dict[str, str]]]:
    """Errors by field, each with message and code."""
    data: dict[str, list[dict[str, str]]] = json.loads(form.errors.as_json())
    return data


def named(client_id: UUID, content_sha256: str) -> dict[str, str]:
    """What a JSON answer to a write always names."""
    return {"client_id": str(client_id), "sha256": content_sha256}


def error(
    request: HttpRequest,
    status: int,
    headers: Mapping[str, str] | None = None,
    code: str | None = None,
) -> HttpResponse:
    """An error page, or its code as JSON (the status's own, unless another is given)."""
    if wants_json(request):
        body = {"code": code or ERROR_CODES[status]}
        return JsonResponse(body, status=status, headers=headers)
    response = render(request, f"{status}.html", status=status)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def resume(request: HttpRequest) -> HttpResponse:
    """The session lapsed before this was sent: sign in, with everything typed carried along."""
    from accounts.forms import SignInForm

    context = {"form": SignInForm(request), "lapsed": True, **typed(request)}
    return _kept_nowhere(render(request, "accounts/login.html", context, status=401))


def own_password_first(request: HttpRequest) -> HttpResponse:
    """Sent by somebody who is to choose a password first: all that was typed waits for that."""
    context = {"own_first": True, **typed(request)}
    return _kept_nowhere(render(request, "accounts/resume.html", context, status=403))


def typed(request: HttpRequest) -> dict[str, Any]:
    """What was posted, and to where, to be carried along on a page and sent again."""
    try:
        posted = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in ("csrfmiddlewaretoken", "password")
        ]
    except RequestDataTooBig:
        posted = []
    return {
        "posted": posted,
        "resume": safe_path(request, request.get_full_path()),
        "had_files": bool(request.FILES),
    }


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"  # what was typed may name people
    return response


def safe_path(request: HttpRequest, path: str) -> str:
    """``path`` if it leads to this site, else home."""
    allowed = url_has_allowed_host_and_scheme(
        path, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return path if allowed else reverse("home")


def handle(
    request: HttpRequest,
    form: WriteForm,
    verb: Send,
    *,
    page: str,
    context: Mapping[str, Any],
    then: str | Callable[[Outcome], str],
    said: str | Callable[[Outcome], str],
) -> HttpResponse:
    """The whole life of a form: shown, sent to its verb, answered.

    ``page`` is the template of the form, ``then`` where a stored write leads (an address, or made
    from the outcome), ``said`` the message shown there (likewise).
    """
    context = {**context, "form": form}
    if request.method != "POST":
        return render(request, page, context)
    outcome = form.send(verb, by=signed_in(request), at=timezone.now())
    if outcome is None:
        return refused(request, page, context, form)
    address = then if isinstance(then, str) else then(outcome)
    return stored(request, outcome, address, said if isinstance(said, str) else said(outcome))


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that passed the sign-in middleware."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def today() -> date:
    """The day it is in Thailand, as views hand it to rules."""
    return timezone.localdate()


def posted(request: HttpRequest) -> QueryDict | None:
    """What a POST brought, even where that is nothing at all; None on GET."""
    return request.POST if request.method == "POST" else None
