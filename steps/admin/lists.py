"""Short lists kept as data: groups of people who come, and the catalogue of conditions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_site import HomeAdmin, HomeInline
from steps.admin.frame import MeasuringAdmin
from steps.models import AttendeeGroup, Factor, FactorLevel, Programme


class CodedAdmin(HomeAdmin):
    """Rows known by a code, which is chosen once."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj else ()


@admin.register(AttendeeGroup)
class AttendeeGroupAdmin(CodedAdmin, MeasuringAdmin):
    list_display = ("code", "name_th", "name_en", "source", "order")

    def measured_by(self, row: AttendeeGroup) -> QuerySet[Programme]:
        """Whether a group counts target households as its people holds in every year."""
        return Programme.objects.filter(steps__requirements__group=row).distinct()


class FactorLevelInline(HomeInline):
    model = FactorLevel
    max_num = 4


@admin.register(Factor)
class FactorAdmin(CodedAdmin):
    inlines = (FactorLevelInline,)
    list_display = ("code", "kind", "name_th", "name_en", "order")
    list_filter = ("kind",)
