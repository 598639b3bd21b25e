"""Programmes as data: their phases, steps, requirements and topics."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_site import day_of
from steps.admin.frame import (
    ProgrammePartAdmin,
    ProgrammePartForm,
    ProgrammePartInline,
)
from steps.models import Phase, Programme, Requirement, Step, Topic

# Bases whose figure is the programme's target households, or a village's own: need is not asked.
OF_TARGETS = (Requirement.Basis.TARGET, Requirement.Basis.HALF_TARGET)


class ProgrammeForm(ProgrammePartForm):
    fixed = ("year",)


class PhaseForm(ProgrammePartForm):
    fixed = ("programme", "number")


class StepForm(ProgrammePartForm):
    fixed = ("programme", "phase", "number", "order", "scope", "reviewer", "has_plan")


class RequirementForm(ProgrammePartForm):
    fixed = (
        "step",
        "code",
        "kind",
        "form",
        "group",
        "count_by",
        "per_village",
        "evidence_type",
        "document_source",
        "after_step",
        "after_by",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        need = self.fields.get("need")
        if need and self.instance.basis in OF_TARGETS:
            need.disabled = True
            need.help_text = _("It follows the programme's target households; change them there.")


class TopicForm(ProgrammePartForm):
    fixed = ("requirement", "code", "group", "owner")


class OverviewInline(ProgrammePartInline):
    """What changes most, side by side; the rest of a row, and new rows, have pages of their own."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PhaseInline(OverviewInline):
    model = Phase
    form = PhaseForm
    path = "programme"
    fields = ("name_th", "name_en")


class StepInline(OverviewInline):
    """The dates of a year."""

    model = Step
    form = StepForm
    path = "programme"
    fields = ("name_th", "due_on", "due_origin", "ended_on")


class RequirementInline(OverviewInline):
    """The figures of a step."""

    model = Requirement
    fk_name = "step"
    form = RequirementForm
    path = "step__programme"
    fields = ("label_th", "need", "basis", "level", "shortfall_allowed", "ended_on")


class TopicInline(ProgrammePartInline):
    model = Topic
    form = TopicForm
    path = "requirement__step__programme"
    fields = ("code", "order", "label_th", "label_en", "group", "owner", "source", "ended_on")


@admin.register(Programme)
class ProgrammeAdmin(ProgrammePartAdmin):
    """Programmes; the next one is copied on the page that prepares a year, linked from the list."""

    form = ProgrammeForm
    path = "pk"
    inlines = (PhaseInline, StepInline)
    list_display = (
        "year",
        "name_th",
        day_of("opens_on", _("opens on")),
        day_of("closes_on", _("closes on")),
        "enrolled",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(villages=Count("enrolments"))

    @admin.display(description=_("enrolled villages"), ordering="villages")
    def enrolled(self, programme: Any) -> int:
        return programme.villages


@admin.register(Phase)
class PhaseAdmin(ProgrammePartAdmin):
    form = PhaseForm
    path = "programme"
    list_display = ("number", "name_th", "programme")
    list_filter = ("programme",)
    list_select_related = ("programme",)


@admin.register(Step)
class StepAdmin(ProgrammePartAdmin):
    form = StepForm
    path = "programme"
    inlines = (RequirementInline,)
    list_display = (
        "number",
        "name_th",
        "programme",
        day_of("due_on", _("due on")),
        "reviewer",
        day_of("ended_on", _("ended on")),
    )
    list_filter = ("programme",)
    list_select_related = ("programme",)
    search_fields = ("number", "name_th", "name_en")


@admin.register(Requirement)
class RequirementAdmin(ProgrammePartAdmin):
    form = RequirementForm
    path = "step__programme"
    inlines = (TopicInline,)
    list_display = ("code", "label_th", "kind", "need", "basis", "level", "step")
    list_filter = ("step__programme", "kind", "level")
    list_select_related = ("step",)
    search_fields = ("code", "label_th", "label_en")
    autocomplete_fields = ("step", "after_step")


@admin.register(Topic)
class TopicAdmin(ProgrammePartAdmin):
    form = TopicForm
    path = "requirement__step__programme"
    list_display = ("code", "label_th", "requirement", day_of("ended_on", _("ended on")))
    list_filter = ("requirement__step__programme",)
    list_select_related = ("requirement",)
    search_fields = ("code", "label_th", "label_en")
    autocomplete_fields = ("requirement",)
