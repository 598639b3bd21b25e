"""What every request passes: its log line, Thai first, signing in, plain answers to refusals."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware, get_user
from django.db import OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import viewing
from accounts.access import Moved
from accounts.models import User
from accounts.viewing import Seen
from sammachip.answers import error, own_password_first, resume, wants_json
from steps.files import NoSpace

log = logging.getLogger("sammachip.request")

FORM_TYPES = {"multipart/form-data", "application/x-www-form-urlencoded"}
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestLog:
    """One line a request: id, method, path, status, milliseconds, and the number of the account.

    ``account`` is who is signed in, ``viewed`` whom an administrator looks at the site as.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        started = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        log.info("request", extra={"http": self._line(request, response, started)})
        return response

    def _line(self, request: HttpRequest, response: HttpResponse, started: float) -> dict[str, Any]:
        user, viewed = person_asked(request), person_viewed(request)
        return {
            "request": request.id,  # type: ignore[attr-defined]
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "ms": round((time.perf_counter() - started) * 1000),
            "account": user.pk if user else None,
            "viewed": viewed.pk if viewed else None,
        }


def person_asked(request: HttpRequest) -> User | None:
    """The signed-in person, where this request looked who it is; nothing is asked of the database.

    ``request.user`` itself would ask for the session, also on pages that need none, and would
    raise once more where the database is what failed.
    """
    user = getattr(request, "_cached_user", None)
    return user if isinstance(user, User) else None


def person_viewed(request: HttpRequest) -> User | None:
    """Whom an administrator looked at the site as, where this request looked who it is."""
    found: Seen | None = getattr(request, "_seen", None)
    return found.user if found and found.viewer and isinstance(found.user, User) else None


def client_address(request: HttpRequest) -> str:
    """The address a request comes from (AXES_CLIENT_IP_CALLABLE).

    Each trusted proxy adds the address it saw at the right of X-Forwarded-For; what stands
    further left was sent by anybody.
    """
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    trusted = settings.TRUSTED_PROXIES
    if 0 < trusted <= len(seen) and is_address(seen[-trusted]):
        return seen[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))


def is_address(text: str) -> bool:
    """Whether this is an IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class ThaiFirst:
    """Thai whatever the browser says, until the reader switches (Django's language cookie)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = dict(settings.LANGUAGES)
        with translation.override(chosen if chosen in known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
            return response


class WholeBody:
    """A form whose sending broke off is refused: half of it must never pass for all of it.

    Django's parser ends in silence where the connection does. On a weak signal, or when Save is
    pressed twice, the text would be stored and the photos behind it lost.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Kept before anything reads it: Django puts another in its place when it does.
        request.arriving = request._stream  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        if request.content_type not in FORM_TYPES or request.method != "POST":
            return None
        _ = request.POST  # read to its end
        stream = request.arriving  # type: ignore[attr-defined]
        if stream._pos < stream.limit:
            return error(request, 400, code="incomplete")
        return None


class ViewAs:
    """While an administrator looks at the site as another person: their pages, and no writes.

    ``request.user`` is the person looked at and ``request.viewer`` the administrator (else None).
    Who it is is asked where a request first needs it, as Django does with its own user.
    """

    SIGNING_OUT = frozenset({"accounts:logout", "admin:logout"})
    ALWAYS = SIGNING_OUT | {"accounts:view_as_stop", "set_language"}
    READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: seen(request).user)  # type: ignore[assignment]
        request.viewer = SimpleLazyObject(lambda: seen(request).viewer)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if person_viewed(request):
            response["Cache-Control"] = "private, no-store"  # the next reader is another person
        return response

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        asked = request.resolver_match.view_name if request.resolver_match else ""
        reads = request.method in self.READING
        if asked in self.SIGNING_OUT and not reads:
            viewing.stop(session=request.session, at=timezone.now())
        if asked in self.ALWAYS or (reads and not asked.startswith("admin:")):
            return None
        found = seen(request)
        if found.viewer or (found.ended and not reads):
            return read_only(request, found)
        return None


def seen(request: HttpRequest) -> Seen:
    """Whose pages this request shows, asked once; one who looked too long is told."""
    found: Seen | None = getattr(request, "_seen", None)
    if found is None:
        found = viewing.seen_by(get_user(request), request.session, timezone.now())
        request._seen = found  # type: ignore[attr-defined]
        _tell_the_end(request, found)
    return found


def _tell_the_end(request: HttpRequest, found: Seen) -> None:
    if found.ended and isinstance(found.user, User):
        words = _("Viewing as %(name)s has ended.") % {"name": found.ended.title}
        messages.info(request, words, fail_silently=True)


def read_only(request: HttpRequest, found: Seen) -> HttpResponse:
    """What is refused while looking as another, or sent from a page of that time."""
    if wants_json(request):
        return JsonResponse({"code": "view_as_read_only"}, status=403)
    onward = request.get_full_path() if request.method == "GET" else "/"
    context = {"still": found.viewer is not None, "onward": onward}
    return render(request, "accounts/view_as_refused.html", context, status=403)


class SignInRequired(LoginRequiredMiddleware):
    """Default deny. What was posted after a session lapsed is kept through signing in again."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """An open page does not even ask who it is: a probe must answer without the database."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        if wants_json(request):
            return JsonResponse({"code": "signed_out"}, status=401)
        if request.method == "POST":
            return resume(request)
        return super().handle_no_permission(request, view_func)


class OwnPasswordFirst:
    """Who signed in with the one-time password of a slip chooses a password before all else."""

    ALWAYS = frozenset({"accounts:password", "admin:logout"})  # and what is open to everybody

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Any, *args: Any
    ) -> HttpResponseBase | None:
        """An administrator who looks as this person sees what the person is to see."""
        asked = request.resolver_match.view_name if request.resolver_match else ""
        if asked in self.ALWAYS or not getattr(view_func, "login_required", True):
            return None
        found = seen(request)
        if found.viewer or not (isinstance(found.user, User) and found.user.slip_until):
            return None
        if wants_json(request):
            return JsonResponse({"code": "own_password_first"}, status=403)
        if request.method == "POST":
            return own_password_first(request)
        return HttpResponseRedirect(reverse("accounts:password"))


class PlainAnswers:
    """Refusals that any view may meet, as a page or as JSON; personal pages are never stored."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if person_asked(request) and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Moved):
            path = request.get_full_path().replace(exception.old, exception.new, 1)
            return HttpResponsePermanentRedirect(path, preserve_request=request.method != "GET")
        if isinstance(exception, NoSpace):
            return error(request, 507)
        if isinstance(exception, OperationalError):
            log.exception("database unavailable")
            return error(request, 503, headers={"Retry-After": "30"})
        return None
