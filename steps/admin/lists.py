"""Short lists kept as data: groups of people who come, and the catalogue of conditions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_site import HomeAdmin, HomeInline
from steps.models import AttendeeGroup, Factor, FactorLevel


class CodedAdmin(HomeAdmin):
    """Rows known by a code, which is chosen once."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj else ()


@admin.register(AttendeeGroup)
class AttendeeGroupAdmin(CodedAdmin):
    list_display = ("code", "name_th", "name_en", "source", "order")


class FactorLevelInline(HomeInline):
    model = FactorLevel
    max_num = 4


@admin.register(Factor)
class FactorAdmin(CodedAdmin):
    inlines = (FactorLevelInline,)
    list_display = ("code", "kind", "name_th", "name_en", "order")
    list_filter = ("kind",)
