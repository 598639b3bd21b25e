"""The administrator's screens for accounts, postings and offices; the history, to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import closing
from accounts.admin_site import HomeAdmin, HomeInline, ReadOnlyAdmin, Written, day_of
from accounts.forms import AccountAddForm, PostingForm
from accounts.models import History, Office, Posting, Receipt, User

admin.site.unregister(Group)  # rights are postings, see accounts.rights


class InForce(admin.SimpleListFilter):
    """Postings that hold today, or all that ever were."""

    title = _("in force")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("today", _("Today")), ("ended", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        postings: Any = queryset
        if self.value() == "today":
            return postings.in_force(timezone.localdate())
        return postings.ended_before(timezone.localdate()) if self.value() else postings


class PostingInline(HomeInline):
    model = Posting
    form = PostingForm
    fields = ("role", "area", "national", "starts_on", "ends_on")
    autocomplete_fields = ("area",)
    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Posting]:
        return super().get_queryset(request).select_related("user", "area")


class AccountForm(UserChangeForm):
    """An account as it is edited. Whether it is open is changed only by who touched that box."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "is_active" in self.fields:
            self.fields["is_active"].show_hidden_initial = True


@admin.register(User)
class AccountAdmin(HomeAdmin, UserAdmin):
    """Accounts. Closing one ends its sessions at once and for good; none is ever deleted."""

    form = AccountForm
    add_form = AccountAddForm
    actions = ("end_all_sessions",)
    list_display = ("staff_id", "name", "position", "email", "posted", "is_active")
    list_filter = ("is_active", "postings__role")
    search_fields = ("staff_id", "name", "email")
    ordering = ("staff_id",)
    filter_horizontal = ()
    inlines = (PostingInline,)
    readonly_fields = (day_of("created_at", _("made on")), day_of("last_login", _("last sign-in")))
    fieldsets = (
        (None, {"fields": ("staff_id", "password", "is_active")}),
        (_("Person"), {"fields": ("name", "position", "phone", "email")}),
        (_("Dates"), {"fields": readonly_fields}),
    )
    add_fieldsets = (
        (None, {"fields": ("staff_id", "password1", "password2")}),
        (_("Person"), {"fields": ("name", "position", "phone", "email")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        postings = Posting.objects.in_force(timezone.localdate()).select_related("area", "user")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("postings", postings, "posted_now"))
        )

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new account gets its postings on the page that follows, when it has an id."""
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody closes the account they are using."""
        own = obj is not None and obj.pk == request.user.pk
        return (*self.readonly_fields, "is_active") if own else self.readonly_fields

    def construct_change_message(
        self, request: HttpRequest, form: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """A new password is history too, without a trace of what it is."""
        if isinstance(form, AdminPasswordChangeForm):
            return [Written("change_password", form.user, {})]
        written = super().construct_change_message(request, form, *args, **kwargs)
        for row in written:
            row.changes.pop("is_active", None)  # the verb has written it
        return [row for row in written if row.changes or row.verb != "change"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Write what was touched; an account is closed and opened by the verbs."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        obj.save(update_fields=[name for name in form.changed_data if name != "is_active"])
        if "is_active" in form.changed_data:
            verb = closing.open_account if obj.is_active else closing.close_account
            verb(person=obj, by=request.user, at=timezone.now())  # type: ignore[arg-type]

    @admin.action(description=_("End all sessions"))
    def end_all_sessions(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Sign the chosen accounts out everywhere."""
        for person in people:
            closing.end_sessions(person=person, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        n = len(people)
        text = ngettext(
            "%(n)s account is signed out everywhere.",
            "%(n)s accounts are signed out everywhere.",
            n,
        )
        self.message_user(request, text % {"n": n}, messages.SUCCESS)

    @admin.display(description=_("posting"))
    def posted(self, user: Any) -> str:
        """The postings of today: role and place."""
        return " · ".join(f"{row.get_role_display()} {row.place}" for row in user.posted_now)


@admin.register(Posting)
class PostingAdmin(HomeAdmin):
    form = PostingForm
    list_display = (
        "user",
        "role",
        "place",
        day_of("starts_on", _("from")),
        day_of("ends_on", _("to, inclusive")),
    )
    list_filter = (InForce, "role")
    list_select_related = ("user", "area")
    search_fields = ("user__name", "user__staff_id", "area__code__startswith", "area__name_th")
    autocomplete_fields = ("user", "area")


@admin.register(Office)
class OfficeAdmin(HomeAdmin):
    list_display = ("name", "area", "phone", "email")
    list_select_related = ("area",)
    search_fields = ("name", "area__code__startswith", "area__name_th")
    autocomplete_fields = ("area",)


@admin.register(History)
class HistoryAdmin(ReadOnlyAdmin):
    """Who did what, when, to which row. The values stay out of sight: they may name people."""

    list_display = (day_of("at", _("at")), "by", "verb", "subject", "village", "changed")
    list_filter = ("verb",)
    list_select_related = ("by", "village")
    search_fields = ("by__staff_id", "village__code__startswith", "subject_id")
    fields = (day_of("at", _("at")), "by", "verb", "subject", "village", "changed")
    readonly_fields = fields

    @admin.display(description=_("subject"))
    def subject(self, entry: History) -> str:
        return f"{entry.subject_type} {entry.subject_id}"

    @admin.display(description=_("fields"))
    def changed(self, entry: History) -> str:
        return ", ".join(entry.fields)


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    """Whether something a phone sent has arrived."""

    list_display = ("client_id", "user", "verb", day_of("received_at", _("received")))
    list_filter = ("verb",)
    list_select_related = ("user",)
    search_fields = ("client_id", "user__staff_id")
    fields = ("client_id", "user", "verb", day_of("received_at", _("received")))
    readonly_fields = fields
