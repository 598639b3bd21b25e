"""The rules for changing a programme, which every screen of it keeps (design, section 2).

Without enrolled villages a programme may change freely. With them: words and due dates at once,
figures for steps not handed in yet, and what others refer to (codes, numbers, kinds) not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.admin_site import HomeAdmin, HomeInline
from steps.models import Enrolment, Programme
from steps.recording.core import Sender
from steps.recording.enrolments import programme_changed

# What nothing derived depends on: a change of these needs no measuring again. (A due date does
# matter: the open step that is due first is kept for counting late villages.)
WORDS = frozenset(
    f"{name}_{language}"
    for name in ("name", "short", "purpose", "guidance", "label", "unit")
    for language in ("th", "en")
) | {"due_origin", "origin", "need_origin", "source", "opens_on"}


class ProgrammePartForm(forms.ModelForm):
    """A part of a programme; once villages are enrolled, its ``fixed`` fields are read-only."""

    fixed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if getattr(self.instance, "in_use", False):
            for name in self.fixed:
                if name in self.fields:
                    self.fields[name].disabled = True


def with_use(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """The rows with ``in_use``: whether villages are enrolled in the programme at ``path``."""
    enrolled = Enrolment.objects.filter(programme=OuterRef(path))
    return rows.annotate(in_use=Exists(enrolled))


class MeasuringAdmin(HomeAdmin):
    """A screen on which a change may ask for measuring villages again."""

    def measured_by(self, row: Any) -> Iterable[Programme]:
        """The programmes whose villages are measured by what stands in a row."""
        raise NotImplementedError

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        if not is_about_words(form, formsets, added=not change):
            request.measure_again = self.measured_by(form.instance)  # type: ignore[attr-defined]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Measure once the page is stored, so that nobody in the villages waits for all of them."""
        response = super().changeform_view(request, *args, **kwargs)
        for programme in getattr(request, "measure_again", ()):
            programme_changed(programme=programme, sender=sender_of(request))
        return response


class ProgrammePartAdmin(MeasuringAdmin):
    """A screen for a part of a programme, at ``path`` from it."""

    path: ClassVar[str]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_use(super().get_queryset(request), self.path)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft may lose parts; what villages work by is ended instead."""
        return obj is None or not getattr(obj, "in_use", True)

    def measured_by(self, row: Any) -> list[Programme]:
        """The programme the part belongs to (its open steps only)."""
        for name in self.path.split("__"):
            row = row if name == "pk" else getattr(row, name)
        return [row]


class ProgrammePartInline(HomeInline):
    """Parts of a programme inside the page of a larger part, at ``path`` from the programme."""

    path: ClassVar[str]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_use(super().get_queryset(request), self.path)


def is_about_words(form: forms.ModelForm, formsets: Iterable[Any], *, added: bool) -> bool:
    """Whether a page changed nothing that is measured."""
    formsets = list(formsets)
    if added or any(formset.new_objects for formset in formsets):
        return False
    changed = set(form.changed_data)
    for formset in formsets:
        changed.update(name for _row, names in formset.changed_objects for name in names)
    return changed <= WORDS


def sender_of(request: HttpRequest) -> Sender:
    """The administrator, now, as the verbs ask for a sender."""
    return Sender(by=request.user, at=timezone.now(), client_id=uuid4())  # type: ignore[arg-type]
