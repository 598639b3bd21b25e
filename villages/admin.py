"""The administrator's screens for areas, villages and occupations; households are not shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_site import HomeAdmin, HomeInline, day_of
from sammachip.thai.digits import to_arabic
from steps.models import Enrolment
from villages.models import Area, FormerCode, Occupation, Village


class Level(admin.SimpleListFilter):
    """Provinces, districts or subdistricts."""

    title = _("level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("2", _("Province")), ("4", _("District")), ("6", _("Subdistrict"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        areas: Any = queryset
        value = self.value()
        return areas.of_level(int(value)) if value in ("2", "4", "6") else areas


@admin.register(Area)
class AreaAdmin(HomeAdmin):
    """Areas come from ``load_areas``; here one says which was abolished and what follows it."""

    list_display = ("code", "title", "name_en", day_of("abolished_on", _("abolished on")))
    list_filter = (Level, ("abolished_on", admin.EmptyFieldListFilter))
    search_fields = ("code__startswith", "name_th", "name_en")
    fields = ("code", "name_th", "name_en", "abolished_on", "successor")
    readonly_fields = ("code", "name_th", "name_en")
    autocomplete_fields = ("successor",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class VillageForm(forms.ModelForm):
    """A village; its subdistrict follows from its code, which is fixed once it is enrolled."""

    class Meta:
        model = Village
        fields = ("code", "moo", "name_th", "name_en", "alt_name", "latitude", "longitude")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = getattr(self.instance, "enrolled", False)

    def clean_code(self) -> str:
        code = to_arabic(self.cleaned_data["code"]).strip()
        if not Area.objects.current().filter(code=code[:6]).exists():
            raise ValidationError(_("No subdistrict has the first six digits of this code."))
        if FormerCode.objects.filter(code=code).exists():
            raise ValidationError(_("This was the code of another village."))
        self.instance.subdistrict_id = code[:6]
        return code


class FormerCodeForm(forms.ModelForm):
    """A code that once stood for this village, and stands for no other now."""

    class Meta:
        model = FormerCode
        fields = ("code", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = bool(self.instance.pk)

    def clean_code(self) -> str:
        code = to_arabic(self.cleaned_data["code"]).strip()
        others = Village.objects.exclude(pk=self.instance.village_id)  # its own may just change
        if others.filter(code=code).exists():
            raise ValidationError(_("Another village has this code now."))
        return code


class FormerCodeInline(HomeInline):
    model = FormerCode
    form = FormerCodeForm
    verbose_name = _("former code")
    verbose_name_plural = _("former codes")


@admin.register(Village)
class VillageAdmin(HomeAdmin):
    form = VillageForm
    inlines = (FormerCodeInline,)
    list_display = ("code", "title", "alt_name", "subdistrict")
    list_select_related = ("subdistrict",)
    search_fields = ("code__startswith", "name_th", "alt_name", "name_en")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Village]:
        enrolled = Exists(Enrolment.objects.filter(village=OuterRef("pk")))
        return super().get_queryset(request).annotate(enrolled=enrolled)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Village], bool]:
        """As on the other pages: tone marks and spaces do not matter."""
        return queryset.matching(search_term), False


@admin.register(Occupation)
class OccupationAdmin(HomeAdmin):
    list_display = ("code", "name_th", "name_en", "order")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj else ()
