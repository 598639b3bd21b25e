"""What several commands are asked for in the same words."""

from __future__ import annotations

from django.core.management.base import CommandError

from accounts.models import User


def person_of(staff_id: str | None) -> User | None:
    """The account the history names (``--by``); without one it says the system."""
    if not staff_id:
        return None
    person = User.objects.filter(staff_id__iexact=staff_id, is_active=True).first()
    if person is None:
        raise CommandError(f"--by {staff_id}: no account that may sign in has this staff id.")
    return person
