"""What was recorded, to look at when somebody asks. No names of villagers: see accounts.rights."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin_site import ReadOnlyAdmin, day_of
from steps.models import Activity, StepProgress


@admin.register(StepProgress)
class StepProgressAdmin(ReadOnlyAdmin):
    list_display = (
        "village",
        "step",
        "status",
        "requirements_met",
        "activities",
        day_of("last_activity_on", _("last activity")),
    )
    list_filter = ("status", "enrolment__programme", "step__number")
    list_select_related = ("enrolment__village", "step")
    search_fields = ("enrolment__village__code__startswith", "enrolment__village__name_th")
    fields = (*list_display, "people", "households", "late_arrivals")
    readonly_fields = fields

    @admin.display(description=_("village"), ordering="enrolment__village__code")
    def village(self, row: StepProgress) -> str:
        return str(row.enrolment.village)

    @admin.display(description=_("requirements met"))
    def requirements_met(self, row: StepProgress) -> str:
        return f"{row.met} / {row.asked}"


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    """Where and when, not who: texts and attendance may hold names, and stay out."""

    list_display = (
        day_of("held_on", _("date of activity")),
        "village",
        "step",
        "form",
        "led_by",
        "recorded_by",
        day_of("recorded_at", _("recorded")),
        "late",
        day_of("withdrawn_at", _("withdrawn")),
    )
    list_filter = ("enrolment__programme", "form", "late")
    list_select_related = ("enrolment__village", "step", "recorded_by")
    search_fields = ("enrolment__village__code__startswith", "enrolment__village__name_th")
    fields = (*list_display, "total")
    readonly_fields = fields

    @admin.display(description=_("village"), ordering="enrolment__village__code")
    def village(self, activity: Activity) -> str:
        return str(activity.enrolment.village)
