"""``manage.py loaddata``: Django's own, but a row that stands already is left as it is.

Fixtures bring a programme and a village once; people change them afterwards, and loading again
must not undo what they did. Villages they enrol are counted in the figures of their areas.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializedObject
from django.utils import timezone

from steps.recording.enrolments import count_new


class Command(loaddata.Command):
    def save_obj(self, obj: DeserializedObject) -> bool:
        """Save a row that is new; natural keys were resolved before."""
        row = obj.object
        stored = type(row)._base_manager.using(self.using).filter(pk=row.pk)
        if row.pk is not None and stored.exists():
            return False
        return super().save_obj(obj)

    def handle(self, *labels: Any, **options: Any) -> None:
        super().handle(*labels, **options)
        count_new(today=timezone.localdate())
