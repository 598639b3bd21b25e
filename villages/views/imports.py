"""Bringing in a file: what was understood, what it would change, yes or no, and back again."""

from __future__ import annotations

from pathlib import PurePath
from typing import IO, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.access import Scope
from accounts.history import note
from accounts.models import Import, ImportRow, User
from accounts.receipts import Outcome
from accounts.rights import Right
from sammachip.answers import handle, posted, refused, signed_in, today
from steps.exports import disposition
from villages.imports import confirming, difference, sheets, showing, undoing
from villages.imports.forms import AreaForm, ConfirmForm, FileForm, ReadingForm, UndoForm
from villages.imports.kinds import KINDS, Kind
from villages.imports.words import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_PAGE = 100
LATEST = 20  # imports shown on the first page


def index(request: HttpRequest) -> HttpResponse:
    """What one may bring in, and what one brought in lately."""
    user = signed_in(request)
    kinds = [kind for kind in KINDS.values() if may_bring_in(user, kind)]
    if not kinds:
        raise PermissionDenied
    context = {"kinds": kinds, "imports": access.imports_of(user)[:LATEST]}
    return render(request, "imports/index.html", context)


def may_bring_in(user: User, kind: Kind) -> bool:
    """Whether a person may bring in this kind of table anywhere."""
    try:
        scope_of(user, kind)
    except PermissionDenied:
        return False
    return True


def scope_of(user: User, kind: Kind) -> Scope:
    """Where a person may bring in rows of this kind today; refuses who may nowhere."""
    return access.import_scope(user, kind.opened_to, today(), everywhere=kind.national)


def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose a file; it is kept, and what is understood of it shown next."""
    user, table = signed_in(request), KINDS[kind]
    scope_of(user, table)
    form = FileForm(posted(request), request.FILES or None)
    context = _upload_page(request, table, form=form)
    if request.method != "POST":
        return render(request, "imports/upload.html", context)
    brought = _taken_in(form, kind, context["village"], user)
    if brought is None:
        return refused(request, "imports/upload.html", context, form)
    return HttpResponseRedirect(reverse("imports:detail", args=[brought.pk]), status=303)


def _upload_page(
    request: HttpRequest, kind: Kind, *, form: FileForm | None = None, areas: AreaForm | None = None
) -> dict[str, Any]:
    """The page with both forms of a kind: a file that comes, and what is stored that leaves."""
    form, areas = form or FileForm(), areas or AreaForm()
    village = _one_village(request)
    return {"form": form, "areas": areas, "forms": [areas], "kind": kind, "village": village}


def _one_village(request: HttpRequest) -> str:
    """The village an officer's list is about, where the page was opened from it."""
    code = request.GET.get("village", "")
    return code if code.isdecimal() and len(code) == 8 else ""


def _taken_in(form: FileForm, kind: str, village: str, user: User) -> Import | None:
    if not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    try:
        return difference.take_in(
            file=file, name=file.name, kind=kind, village=village, by=user, at=timezone.now()
        )
    except Refused as refusal:
        form.refuse(refusal)
    return None


# ---------------------------------------------------------------- files that leave


@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty table to fill in, with the values allowed where the person may bring rows in."""
    table = KINDS[kind]
    where = scope_of(signed_in(request), table)
    return _workbook(sheets.template(table, where, today()), f"template-{kind}", table.title)


def stored(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What is stored in an area, to be changed in a spreadsheet and brought in again.

    People's names only to those who may see them; that is history.
    """
    user, table, on = signed_in(request), KINDS[kind], today()
    where = scope_of(user, table)
    if request.method != "POST":  # another language after a refusal, or a reload
        return redirect("imports:upload", kind)
    form = AreaForm(request.POST)
    if not form.is_valid():
        context = _upload_page(request, table, areas=form)
        return refused(request, "imports/upload.html", context, form)
    where = where.within(form.cleaned_data["area"])
    if table.personal:
        where = access.both(where, access.scope(user, Right.NAMES, on))
        if where == access.NOWHERE:
            raise PermissionDenied
        note(by=user, at=timezone.now(), verb="export_names", subject=user, remark=kind)
    return _workbook(sheets.stored(table, where), kind, table.title)


@require_POST
def problems(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The rows that had problems, with the reason behind each; only for who sent them."""
    user = signed_in(request)
    brought = _own(access.import_for(user, pk, today()), user)
    if KINDS[brought.kind].personal:
        note(by=user, at=timezone.now(), verb="export_names", subject=brought, remark=brought.name)
    full = _("Problems %(name)s") % {"name": PurePath(brought.name).stem}
    return _workbook(sheets.problems(brought), "problems", full)


def _own(brought: Import, user: User) -> Import:
    """Rows are seen by whoever sent them: they may name people."""
    if brought.by_id != user.pk:
        raise PermissionDenied
    return brought


def _workbook(file: IO[bytes], plain: str, full: str) -> FileResponse:
    response = FileResponse(file, content_type=XLSX)
    response["Content-Disposition"] = disposition(plain, full, "xlsx")
    return response


# ---------------------------------------------------------------- one import


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where an import stands: understood, checked, confirmed or undone."""
    brought = access.import_for(signed_in(request), pk, today())
    return render(request, "imports/detail.html", _context(brought, signed_in(request)))


def _context(brought: Import, user: User) -> dict[str, Any]:
    """What the page of an import shows, whatever its state."""
    return {
        "brought": brought,
        "kind": KINDS[brought.kind],
        "mine": brought.by_id == user.pk,
        "outcomes": [
            (outcome, outcome.label, brought.counts.get(outcome, 0))
            for outcome in ImportRow.Outcome
        ],
        "reading": ReadingForm(brought=brought),
        "confirm": ConfirmForm(brought=brought),
    }


def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Compare the file with what is stored, reading its columns as the person says."""
    user = signed_in(request)
    brought = _own(access.import_for(user, pk, today()), user)
    if request.method != "POST":  # another language after a refusal, or a reload
        return redirect("imports:detail", pk)
    allowed = scope_of(user, KINDS[brought.kind])
    form = ReadingForm(request.POST, brought=brought)
    context = {**_context(brought, user), "reading": form, "form": form}
    if not form.is_valid():
        return refused(request, "imports/detail.html", context, form)
    try:
        if brought.state == Import.State.UNDONE:
            brought = difference.again(brought, by=user, at=timezone.now())
        brought.reading["chosen"], brought.declined = form.chosen(), form.declined()
        difference.check(brought, allowed=allowed, by=user, at=timezone.now())
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return refused(request, "imports/detail.html", context, form)
    return HttpResponseRedirect(reverse("imports:detail", args=[brought.pk]), status=303)


@require_safe
def rows(request: HttpRequest, pk: UUID, outcome: str) -> HttpResponse:
    """The rows of one outcome, a page at a time."""
    user, on = signed_in(request), today()
    brought = _own(access.import_for(user, pk, on), user)
    found = brought.rows.filter(outcome=outcome).in_file_order()
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    names = access.scope(user, Right.NAMES, on)
    context = {
        "brought": brought,
        "outcome": ImportRow.Outcome(outcome),
        "page": page,
        "lines": showing.lines(brought, page.object_list, names),
    }
    return render(request, "imports/rows.html", context)


def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write what the file says, all of it."""
    user = signed_in(request)
    brought = _own(access.import_for(user, pk, today()), user)
    if request.method != "POST":
        return redirect("imports:detail", pk)
    allowed = scope_of(user, KINDS[brought.kind])
    form = ConfirmForm(request.POST, brought=brought)
    return handle(
        request,
        form,
        lambda sender: confirming.confirm(
            brought=brought, allowed=allowed, sender=sender, shown=form.cleaned_data["check"]
        ),
        page="imports/detail.html",
        context={**_context(brought, user), "confirm": form},
        then=reverse("imports:detail", args=[pk]),
        said=_receipt,
    )


def _receipt(outcome: Outcome) -> str:
    n = outcome.result["new"] + outcome.result["changed"]
    return ngettext("%(n)s row was written.", "%(n)s rows were written.", n) % {"n": n}


def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a confirmed import back as a whole."""
    user = signed_in(request)
    brought = access.import_for(user, pk, today())
    scope_of(user, KINDS[brought.kind])
    return handle(
        request,
        UndoForm(posted(request)),
        lambda sender: undoing.undo(brought=brought, sender=sender),
        page="imports/undo.html",
        context={"brought": brought},
        then=reverse("imports:detail", args=[pk]),
        said=_("The import was taken back."),
    )
