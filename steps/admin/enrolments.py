"""Enrolled villages: enrolling one or many, their officer and budget, through the verbs."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.access import scope
from accounts.admin_site import HomeAdmin
from accounts.models import User
from accounts.rights import Right
from sammachip.answers import posted
from sammachip.thai.digits import to_arabic
from steps.admin.frame import sender_of
from steps.models import Enrolment, Programme
from steps.recording.enrolments import assign, enrol
from villages.models import Area, Village


def check_officer(officer: User | None, villages: list[Village]) -> None:
    """Refuse a responsible officer who may not record in each of the villages today."""
    if officer is None:
        return
    area = scope(officer, Right.RECORD, timezone.localdate())
    foreign = [village.code for village in villages if not area.covers(village.code)]
    if foreign:
        text = _("This person is not posted to record in: %(codes)s")
        raise ValidationError(text, code="not_posted", params={"codes": ", ".join(foreign[:5])})


class EnrolForm(forms.Form):
    """Which villages, by their codes or all of a subdistrict, in which year, with whom."""

    programme = forms.ModelChoiceField(label=_("programme"), queryset=Programme.objects.all())
    codes = forms.CharField(
        label=_("village codes"),
        help_text=_("Codes of eight digits, one a line or with spaces between them."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
    )
    subdistrict = forms.ModelChoiceField(
        label=_("or all villages of the subdistrict"),
        queryset=Area.objects.of_level(Area.SUBDISTRICT),
        required=False,
        widget=AutocompleteSelect(Village._meta.get_field("subdistrict"), admin.site),
    )
    officer = forms.ModelChoiceField(
        label=_("responsible officer"),
        queryset=User.objects.filter(is_active=True),
        required=False,
        widget=AutocompleteSelect(Enrolment._meta.get_field("officer"), admin.site),
    )

    def clean_codes(self) -> list[Village]:
        """The villages of the codes; every unknown code is named."""
        codes = set(re.split(r"[\s,;]+", to_arabic(self.cleaned_data["codes"]))) - {""}
        villages = list(Village.objects.filter(code__in=codes).in_official_order())
        unknown = sorted(codes - {village.code for village in villages})
        if unknown:
            raise ValidationError(
                _("No village has this code: %(codes)s"),
                code="unknown_code",
                params={"codes": ", ".join(unknown[:20])},
            )
        return villages

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if not self.villages:
            raise ValidationError(_("Name at least one village."), code="no_village")
        try:
            check_officer(cleaned["officer"], self.villages)
        except ValidationError as error:
            self.add_error("officer", error)
        return cleaned

    @property
    def villages(self) -> list[Village]:
        """The villages meant, once each."""
        subdistrict = self.cleaned_data["subdistrict"]
        more = subdistrict.villages.all() if subdistrict else []
        return list(
            {village.pk: village for village in [*self.cleaned_data["codes"], *more]}.values()
        )


class EnrolmentForm(forms.ModelForm):
    """What an administrator may change of an enrolment: its officer.

    The form carries whom it started from, so that what nobody touched is not written back.
    """

    class Meta:
        model = Enrolment
        fields = ("officer",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].show_hidden_initial = True

    def clean_officer(self) -> User | None:
        officer = self.cleaned_data["officer"]
        if "officer" in self.changed_data:
            check_officer(officer, [self.instance.village])
        return officer


class DistrictFilter(admin.SimpleListFilter):
    """Districts that have enrolled villages."""

    title = _("district")
    parameter_name = "district"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        enrolled = Q(children__villages__enrolments__isnull=False)
        districts = Area.objects.of_level(Area.DISTRICT).filter(enrolled).distinct()
        return [(area.code, str(area)) for area in districts.in_official_order()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(village__subdistrict__parent=value)


@admin.register(Enrolment)
class EnrolmentAdmin(HomeAdmin):
    form = EnrolmentForm
    list_display = ("village", "programme", "officer", "target", "budget")
    list_filter = ("programme", DistrictFilter)
    list_select_related = ("village", "programme", "officer")
    search_fields = ("village__code__startswith", "village__name_th", "officer__name")
    ordering = ("-programme__year", "village__code")
    fields = ("programme", "village", "officer", "budget", "own_target", "own_target_reason")
    # The budget has a page of its own, where two people's edits meet as they should.
    readonly_fields = ("programme", "village", "budget", "own_target", "own_target_reason")
    autocomplete_fields = ("officer",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("village", "programme", "officer")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Enrol one village or many at once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = EnrolForm(posted(request))
        if form.is_valid():
            return self._enrolled(request, form)
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "media": self.media + form.media,
            "title": gettext("Enrol villages"),
            "opts": self.opts,
        }
        template = "admin/steps/enrolment/add.html"
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, template, context, status=status)

    def _enrolled(self, request: HttpRequest, form: EnrolForm) -> HttpResponse:
        made = enrol(
            villages=form.villages,
            programme=form.cleaned_data["programme"],
            officer=form.cleaned_data["officer"],
            sender=sender_of(request),
        )
        text = ngettext(
            "%(count)s village is enrolled now.", "%(count)s villages are enrolled now.", len(made)
        )
        self.message_user(request, text % {"count": len(made)}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:steps_enrolment_changelist"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Through the verb, which also writes the history."""
        if "officer" in form.changed_data:
            stored = self.get_queryset(request).get(pk=obj.pk)
            assign(enrolments=[stored], officer=obj.officer, sender=sender_of(request))

    def log_change(  # type: ignore[override]
        self, request: HttpRequest, obj: Any, message: Any
    ) -> None:
        """The verbs have written it."""
