"""``manage.py loaddata``: Django's own, but a row that stands already is left as it is.

Fixtures bring a programme and a village once; people change them afterwards, and loading again
must not undo what they did. Villages they bring or enrol are counted in the figures of their areas.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.db import IntegrityError
from django.utils import timezone

from steps.recording.enrolments import count_new
from steps.recording.loaded import Loading, Mismatch

NOTHING = (
    "Nothing was loaded. A file needs areas (load_areas) and its year's programme "
    "(loaddata programme-YEAR) here first; docs/loading.md says what else may be wrong."
)


class Command(loaddata.Command):
    def save_obj(self, obj: DeserializedObject) -> bool:
        """Save a row that is new; natural keys were resolved before."""
        row = obj.object
        _refuse_missing(obj)
        rows = type(row)._base_manager.using(self.using)
        stored = rows.filter(pk=row.pk).first() if row.pk is not None else None
        try:
            self.loading.meet(row, stored)
        except Mismatch as mismatch:
            raise CommandError(f"{mismatch}\n{NOTHING}") from mismatch
        saved = stored is None and super().save_obj(obj)
        if stored or saved:
            self.loading.took(row, new=saved)
        return saved

    def loaddata(self, fixture_labels: Any) -> None:
        """Load all of it, in one transaction, with what follows from it."""
        self.loading = Loading()
        try:
            super().loaddata(fixture_labels)
        except (DeserializationError, IntegrityError, ObjectDoesNotExist) as error:
            raise CommandError(f"{error}\n{NOTHING}") from error
        files = ", ".join(PurePath(label).name for label in fixture_labels)
        self.loading.settle(at=timezone.now(), today=timezone.localdate(), remark=files)

    def handle(self, *labels: Any, **options: Any) -> None:
        super().handle(*labels, **options)
        self.loading.count(today=timezone.localdate())
        count_new(today=timezone.localdate())


def _refuse_missing(obj: DeserializedObject) -> None:
    """What a row cannot be without has to stand before it, here or earlier in the file."""
    for field, key in (obj.deferred_fields or {}).items():
        if field.related_model and not (field.many_to_many or field.null):
            row, needed = obj.object._meta.label, field.related_model._meta.label
            named = " ".join(map(str, key))
            raise CommandError(f"A {row} needs the {needed} {named}, which is not here.\n{NOTHING}")
