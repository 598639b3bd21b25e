"""``manage.py loaddata``: Django's own, but a row that stands already is left as it is.

Fixtures bring a programme and a village once; people change them afterwards, and loading again
must not undo what they did. Villages they bring or enrol are counted in the figures of their areas.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializedObject
from django.utils import timezone

from steps.recording.enrolments import count_new
from steps.recording.loaded import Loading, Mismatch


class Command(loaddata.Command):
    def save_obj(self, obj: DeserializedObject) -> bool:
        """Save a row that is new; natural keys were resolved before."""
        row = obj.object
        rows = type(row)._base_manager.using(self.using)
        stored = rows.filter(pk=row.pk).first() if row.pk is not None else None
        try:
            self.loading.meet(row, stored)
        except Mismatch as mismatch:
            raise CommandError(str(mismatch)) from mismatch
        saved = stored is None and super().save_obj(obj)
        if stored or saved:
            self.loading.took(row, new=saved)
        return saved

    def loaddata(self, fixture_labels: Any) -> None:
        """Load all of it, in one transaction, with what follows from it."""
        self.loading = Loading()
        super().loaddata(fixture_labels)
        files = ", ".join(PurePath(label).name for label in fixture_labels)
        self.loading.settle(at=timezone.now(), today=timezone.localdate(), remark=files)

    def handle(self, *labels: Any, **options: Any) -> None:
        super().handle(*labels, **options)
        self.loading.count(today=timezone.localdate())
        count_new(today=timezone.localdate())
