"""Signing in and out, passwords and slips, what is held about one's account, viewing as another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, slips, viewing
from accounts.forms import OwnPasswordForm, SignInForm, SlipsForm, ViewAsForm
from accounts.history import note
from accounts.models import User
from accounts.receipts import Outcome
from sammachip.answers import error, posted, refused, safe_path, signed_in, today
from sammachip.retention import retention
from sammachip.thai.dates import moment, short
from steps.exports import XLSX, disposition, sections_file
from steps.personal.own import held_about_account
from steps.recording.core import Sender

PAGE = "accounts/login.html"
CARRIED = "resumed-"  # before the name of each field that is carried through signing in


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in, then go on: to ``next``, or to sending what a lapsed session held up."""
    onward = safe_path(request, request.POST.get("next") or request.GET.get("next") or "/")
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(onward)
        return render(request, PAGE, {"form": SignInForm(request), "resume": onward})
    context = {"resume": onward, **carried(request)}
    form = SignInForm(request, request.POST, today=today())
    if not form.is_valid() or form.user is None:
        return refused(request, PAGE, {**context, "form": form}, form)
    login(request, form.user)
    if context["lapsed"]:
        own_first = form.user.slip_until is not None
        return render(request, "accounts/resume.html", {**context, "own_first": own_first})
    return HttpResponseRedirect(onward, status=303)


def carried(request: HttpRequest) -> dict[str, Any]:
    """What was posted when the session had lapsed, as the sign-in page carried it along.

    It is taken out of the request: django-axes keeps what is posted with a wrong password, and
    these fields may hold names of people.
    """
    sent = request.POST
    typed = QueryDict(mutable=True)
    typed.update({name: sent.get(name, "") for name in ("username", "password")})
    request.POST = typed  # type: ignore[assignment]
    return {
        "posted": [
            (name.removeprefix(CARRIED), value)
            for name, values in sent.lists()
            for value in values
            if name.startswith(CARRIED)
        ],
        "had_files": "had_files" in sent,
        "lapsed": "lapsed" in sent,
    }


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; also where it has ended by itself."""
    logout(request)
    return HttpResponseRedirect(reverse("accounts:login"), status=303)


@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session of the account ends with it.

    Who signed in with the password of a slip comes here first, and does not type it once more.
    """
    user = signed_in(request)
    of_slip = user.slip_until is not None
    form = (OwnPasswordForm if of_slip else PasswordChangeForm)(user, posted(request))
    context = {"form": form, "of_slip": of_slip}
    if request.method != "POST":
        return render(request, "accounts/password.html", context)
    if not form.is_valid():
        return refused(request, "accounts/password.html", context, form)
    form.save()
    note(by=user, at=timezone.now(), verb="change_password", subject=user)
    update_session_auth_hash(request, user)
    messages.success(request, _("The password is changed. Other devices have to sign in again."))
    return HttpResponseRedirect(reverse("home"), status=303)


def me(request: HttpRequest) -> HttpResponse:
    """What is held about one's own account, how long, and why."""
    sections = held_about_account(signed_in(request))
    context = {"sections": sections, "rule": retention().rule("accounts")}
    return render(request, "accounts/me.html", context)


@require_POST
def me_export(request: HttpRequest) -> FileResponse:
    """A copy of it to keep."""
    user, now = signed_in(request), timezone.now()
    head = [_("Personal data held in Sammachip"), user.title, f"{_('Data as of')} {moment(now)}"]
    note(by=user, at=now, verb="export_own_data", subject=user)
    response = FileResponse(sections_file(head, held_about_account(user)), content_type=XLSX)
    full = f"{_('Personal data')} {short(today())}"
    name = disposition(f"personal-data-{today().isoformat()}", full, "xlsx")
    response["Content-Disposition"] = name
    return response


AT_MOST = 50  # accounts shown at once


@require_http_methods(["GET", "HEAD", "POST"])
def view_as(request: HttpRequest) -> HttpResponse:
    """Find somebody, and look at the site as they see it. For administrators."""
    user, on = signed_in(request), today()
    people = viewing.others(access.accounts_for(user, on), user)
    form = ViewAsForm(posted(request), people=people)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        viewing.start(session=request.session, person=person, by=user, at=timezone.now())
        return HttpResponseRedirect(reverse("home"), status=303)
    text = request.GET.get("q", "")
    found = viewing.matching(people, text, on)[: AT_MOST + 1]
    context = {"form": form, "q": text, "people": found[:AT_MOST], "more": len(found) > AT_MOST}
    if form.is_bound:
        return refused(request, "accounts/view_as.html", context, form)
    return render(request, "accounts/view_as.html", context)


@require_POST
def view_as_stop(request: HttpRequest) -> HttpResponse:
    """Look as oneself again; also where looking has ended by itself."""
    viewing.stop(session=request.session, at=timezone.now())
    return HttpResponseRedirect(safe_path(request, request.POST.get("next", "/")), status=303)


SLIPS = "accounts/slips.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def print_slips(request: HttpRequest) -> HttpResponse:
    """Find accounts, tick them, and print their one-time passwords: seen in this answer only."""
    user, on = signed_in(request), today()
    people = viewing.others(access.accounts_for(user, on), user)
    form = SlipsForm(posted(request), people=people)
    if request.method != "POST":
        return render(request, SLIPS, _slips_context(request, form))
    made: list[slips.Slip] = []

    def verb(sender: Sender) -> Outcome:
        made.extend(slips.slips_for(form.cleaned_data["person"], sender.today))
        return slips.print_slips(slips=made, sender=sender)

    outcome = form.send(verb, by=user, at=timezone.now())
    if outcome is None:
        return refused(request, SLIPS, _slips_context(request, form), form)
    if outcome.replayed:
        return render(request, "accounts/slips_again.html", _printed_before(form, people, outcome))
    return render(
        request, "accounts/slips_printed.html", {"slips": made, "site": settings.BASE_URL}
    )


def _slips_context(request: HttpRequest, form: SlipsForm) -> dict[str, Any]:
    asked = request.GET
    text, new = asked.get("q", ""), "new" in asked
    people: Any = form.fields["person"].queryset  # type: ignore[attr-defined]
    found = viewing.matching(people.filter(last_login=None) if new else people, text, today())
    ticked = set(form["person"].value() or [])
    rows = [(person, str(person.pk) in ticked) for person in found[: slips.MOST + 1]]
    return {
        "form": form,
        "q": text,
        "new": new,
        "rows": rows[: slips.MOST],
        "more": len(rows) > slips.MOST,
        "days": slips.GOOD_FOR.days,
    }


def _printed_before(form: SlipsForm, people: QuerySet[User], outcome: Outcome) -> dict[str, Any]:
    """What a reload is told; to print anew is a form of its own, under a new id."""
    return {
        "form": SlipsForm(people=people),
        "people": form.cleaned_data["person"],
        "at": datetime.fromisoformat(outcome.result["at"]),
    }


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Too many wrong passwords for this account from this address (see AXES_* in settings)."""
    return error(request, 429, headers={"Retry-After": "900"})
