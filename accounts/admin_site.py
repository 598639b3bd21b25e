"""The admin site: open to administrators of the whole country, signed in through our own page.

What every admin of ours shares stands here too: dates in พ.ศ., numbers in either digits, nothing
deleted, and a row in the history for each write.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import BaseInlineFormSet, ModelForm, TextInput
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts.history import Change, note
from sammachip.thai.dates import moment, short
from sammachip.thai.fields import ThaiDateField, ThaiDateInput, ThaiIntegerField
from villages.models import Village


class AdministratorSite(admin.AdminSite):
    site_header = _("Sammachip administration")
    site_title = _("Sammachip administration")
    index_title = _("Administration")

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and bool(getattr(request.user, "is_staff", False))

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one page to sign in; someone signed in without the right gets 403 there."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        onward = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('accounts:login')}?{urlencode({'next': onward})}")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        logout(request)
        return HttpResponseRedirect(reverse("accounts:login"))

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("accounts:password"))


def day_of(name: str, label: Any) -> Any:
    """A read-only column for a date or a moment; Django itself would print the year in ค.ศ."""

    @admin.display(description=label, ordering=name)
    def shown(row: models.Model) -> str:
        value = getattr(row, name)
        if isinstance(value, datetime):
            return moment(value)
        return short(value) if value else "–"

    return shown


class Written(NamedTuple):
    """One row an administrator wrote, as the history keeps it."""

    verb: str
    subject: models.Model
    changes: dict[str, Change]


THAI_INPUT: dict[type[models.Field], dict[str, Any]] = {
    models.DateField: {"form_class": ThaiDateField, "widget": ThaiDateInput},
    models.IntegerField: {"form_class": ThaiIntegerField, "widget": AdminTextInputWidget},
}


# Rows of an inline stand side by side: their inputs are as wide as what they hold.
NARROW_INPUT: dict[type[models.Field], dict[str, Any]] = {
    models.CharField: {"widget": TextInput(attrs={"size": 22})},
    models.DateField: {"form_class": ThaiDateField, "widget": ThaiDateInput(attrs={"size": 12})},
    models.IntegerField: {
        "form_class": ThaiIntegerField,
        "widget": TextInput(attrs={"size": 4}),
    },
}


class HomeAdmin(admin.ModelAdmin):
    """An admin of ours. What it writes is in our own history, not in Django's log beside it."""

    formfield_overrides = THAI_INPUT
    show_full_result_count = False
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def construct_change_message(  # type: ignore[override]
        self,
        request: HttpRequest,
        form: ModelForm,
        formsets: Any,
        add: bool = False,  # noqa: FBT001, FBT002
    ) -> list[Written]:
        """What was written, row by row; Django hands it to the ``log_`` methods below."""
        written = [Written("add" if add else "change", form.instance, changes_of(form, add=add))]
        for formset in formsets or []:
            written += rows_of(formset)
        return [row for row in written if row.changes or row.verb != "change"]

    def log_addition(self, request: HttpRequest, obj: Any, message: list[Written]) -> None:  # type: ignore[override]
        write_history(request, message)

    def log_change(self, request: HttpRequest, obj: Any, message: list[Written]) -> None:  # type: ignore[override]
        write_history(request, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[models.Model]) -> None:  # type: ignore[override]
        write_history(request, [Written("delete", row, {}) for row in queryset])

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """What happened to a row is a filtered list of the history."""
        query = urlencode({"subject_type": self.opts.label_lower, "subject_id": unquote(object_id)})
        return HttpResponseRedirect(f"{reverse('admin:accounts_history_changelist')}?{query}")


class HomeInline(admin.TabularInline):
    """Rows inside another's page; ended, never deleted."""

    formfield_overrides = NARROW_INPUT
    extra = 0
    can_delete = False


class ReadOnlyAdmin(HomeAdmin):
    """What was recorded: looked at here, written elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def changes_of(form: ModelForm, *, add: bool) -> dict[str, Change]:
    """The model's own fields that a form changed, never a password."""
    names = {field.name for field in form.instance._meta.fields} - {"password"}
    return {
        name: (None if add else form.initial.get(name), form.cleaned_data.get(name))
        for name in form.changed_data
        if name in names
    }


def rows_of(formset: BaseInlineFormSet) -> list[Written]:
    """The rows an inline added and changed; none of ours deletes."""
    added = {id(row) for row in formset.new_objects}
    changed = {id(row) for row, _fields in formset.changed_objects}
    return [
        Written(
            "add" if id(row) in added else "change", row, changes_of(form, add=id(row) in added)
        )
        for form in formset.forms
        for row in [form.instance]
        if id(row) in added | changed
    ]


def write_history(request: HttpRequest, written: Iterable[Written]) -> None:
    """A row of the history for each row written, by the administrator, now."""
    for row in written:
        note(
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            verb=row.verb,
            subject=row.subject,
            village=village_of(row.subject),
            changes=row.changes,
        )


def village_of(row: models.Model) -> Village | None:
    """The village a row belongs to, where it belongs to one."""
    return row if isinstance(row, Village) else getattr(row, "village", None)
