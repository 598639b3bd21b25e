"""The list of villages as a file: what its filter shows, with people's names only by POST."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import access
from accounts.history import note
from accounts.models import User
from accounts.rights import Right
from sammachip.answers import signed_in, today
from sammachip.thai.dates import moment, short
from steps import lists
from steps.exports import XLSX, Export, csv_parts, disposition, xlsx_file
from steps.lists import Filters
from villages import queries
from villages.filters import FilterForm
from villages.views import listing

NAME_LENGTH = 90  # characters of a file's name, beside its day
SAID = ("area", "year", "step", "status")  # filters whose value names the file, not their own name


def export(request: HttpRequest, kind: str, code: str = "") -> HttpResponseBase:
    """The villages that answer the filters, all of them, as "csv" or "xlsx".

    ``code`` is an area in place of the filter's. Names come only with a POST that asks for them,
    from somebody who may see them in all of the area; that is history.
    """
    user, on = signed_in(request), today()
    if code:
        access.area_for(user, code, Right.VIEW, on)
    form = listing.asked_by(request, on, area=code)
    if not form.is_valid():
        return render(request, listing.PAGE, {"form": form}, status=422)
    filters, names = form.filters(), request.method == "POST" and "names" in request.POST
    if names:
        _note_names(user, form, kind, on)
    answer = _answer(_export(user, form, names=names, on=on), kind)
    full = f"{_title()} {_asked(form, names=names)}"[:NAME_LENGTH].rstrip(", ")
    name = disposition(_plain_name(filters, on), f"{full} {short(on)}", kind)
    answer["Content-Disposition"] = name
    return answer


def _export(user: User, form: FilterForm, *, names: bool, on: date) -> Export:
    filters = form.filters()
    as_of = f"{_('Data as of')} {moment(timezone.now())}"
    return Export(
        villages=lists.listed(user, filters, on),
        year=filters.year,
        head=[_title(), _asked(form, names=names), as_of],
        names=names,
        on=on,
        language=get_language() or "th",
    )


def _answer(rows: Export, kind: str) -> HttpResponseBase:
    if kind == "csv":
        return StreamingHttpResponse(csv_parts(rows), content_type="text/csv; charset=utf-8")
    return FileResponse(
        xlsx_file(rows),
        content_type=XLSX,
    )


def _title() -> str:
    return _("Villages and their steps")


def _asked(form: FilterForm, *, names: bool) -> str:
    return ", ".join(form.asked(names=names)) or _("All villages")


def _plain_name(filters: Filters, on: date) -> str:
    """villages-3314-2560-late-2017-03-23"""
    asked = {name: value for name, value in asdict(filters).items() if value}
    parts = [value.replace(".", "-") if name in SAID else name for name, value in asked.items()]
    return "-".join(["villages", *parts, on.isoformat()])


def _note_names(user: User, form: FilterForm, kind: str, on: date) -> None:
    """Refuse whoever may not see all these names; note who took them away, and from where."""
    filters = form.filters()
    if not access.holds_throughout(user, Right.NAMES, filters.area, on):
        raise PermissionDenied
    n = lists.listed(user, filters, on).count()
    note(
        by=user,
        at=timezone.now(),
        verb="export_names",
        subject=queries.exported(filters) or user,
        remark=f"{kind}: {n}; {_asked(form, names=False)}"[:200],
    )
