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
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_site import HomeAdmin, HomeInline
from steps.models import Enrolment, Programme
from steps.recording.core import Sender
from steps.recording.enrolments import programme_changed

# What no measure reads: a change of these needs no measuring again.
WORDS = frozenset(
    f"{name}_{language}"
    for name in ("name", "short", "purpose", "guidance", "label", "unit")
    for language in ("th", "en")
) | {"due_on", "due_origin", "origin", "need_origin", "source", "opens_on", "closes_on"}


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


class ProgrammePartAdmin(HomeAdmin):
    """A screen for a part of a programme, at ``path`` from it."""

    path: ClassVar[str]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_use(super().get_queryset(request), self.path)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft may lose parts; what villages work by is ended instead."""
        return obj is None or not getattr(obj, "in_use", True)

    def programme_of(self, part: Any) -> Programme:
        """The programme a part belongs to."""
        for name in self.path.split("__"):
            part = part if name == "pk" else getattr(part, name)
        return part

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Measure again where a figure, a requirement or a step changed (open steps only)."""
        super().save_related(request, form, formsets, change)
        if not is_about_words(form, formsets, added=not change):
            programme = self.programme_of(form.instance)
            programme_changed(programme=programme, sender=sender_of(request))


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
