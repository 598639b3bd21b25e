"""``manage.py loaddata``: Django's own, but a row that stands already is left as it is.

Fixtures bring a programme and a village once; people change them afterwards, and loading again
must not undo what they did.
"""

from __future__ import annotations

from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializedObject


class Command(loaddata.Command):
    def save_obj(self, obj: DeserializedObject) -> bool:
        """Save a row that is new; natural keys were resolved before."""
        row = obj.object
        stored = type(row)._base_manager.using(self.using).filter(pk=row.pk)
        if row.pk is not None and stored.exists():
            return False
        return super().save_obj(obj)
