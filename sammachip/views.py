"""Home, the pages open to everyone, what a monitor asks, and the answers to errors."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sammachip.answers import error, signed_in, today, wants_json
from sammachip.retention import retention
from steps.handing_over import told
from steps.leftovers import sent_late
from steps.worklist import worklist


def home(request: HttpRequest) -> HttpResponse:
    """What is late, what is missing, what to press next, in the villages of this person."""
    asked = request.GET.get("year", "")
    year = int(asked) if re.fullmatch(r"[0-9]{4}", asked) else None
    user = signed_in(request)
    context = {
        "work": worklist(user, year, today()),
        "sent_late": sent_late(user, today()),
        "told": told(user, today()),
    }
    return render(request, "home.html", context)


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, and whom to ask (PDPA B.E. 2562, section 23)."""
    return render(request, "privacy.html", {"rules": retention().personal})


# ---------------------------------------------------------------- what a monitor asks


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the process answers; the database is not asked."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether it can serve: 200, or 503 with the names of what cannot."""
    results = {name: "ok" if passes(test) else "failed" for name, test in NEEDED.items()}
    return JsonResponse(results, status=503 if "failed" in results.values() else 200)


def passes(test: Callable[[], bool]) -> bool:
    """Whether a test answers yes; why not is for the log, not for the public."""
    try:
        return test()
    except Exception:
        return False


def database_answers() -> bool:
    """A question to the database comes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def migrations_applied() -> bool:
    """The tables are those this release was written for."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def media_writable() -> bool:
    """Photos can be stored."""
    folder = settings.MEDIA_ROOT
    while not folder.exists() and folder != folder.parent:  # made with the first file
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)


NEEDED: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_applied,
    "media": media_writable,
}


# ---------------------------------------------------------------- errors


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be read, or is too large to be read."""
    return error(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Inside the area, without the right."""
    return error(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Absent, or outside the area: the answer is the same."""
    return error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; 503 where the database went away before a view was reached."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return error(request, 503, headers={"Retry-After": "30"})
    if wants_json(request):
        return JsonResponse({"code": "server_error"}, status=500)
    return render(request, "500.html", status=500)
