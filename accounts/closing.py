"""Closing an account, opening it again, and ending what is signed in: at once, and for good.

A session carries what ``User.get_session_auth_hash`` says; whatever ends sessions moves it on. So a
session that is over stays over, also where the account is opened again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.history import note
from accounts.models import User


def close_account(*, person: User, by: User, at: datetime) -> None:
    """Close an account: nobody signs in with it, and its sessions end with their next request."""
    _set_active(person, by=by, at=at, active=False)


def open_account(*, person: User, by: User, at: datetime) -> None:
    """Open a closed account again; its old sessions stay over."""
    _set_active(person, by=by, at=at, active=True)


@transaction.atomic
def end_sessions(*, person: User, by: User, at: datetime) -> None:
    """Sign an account out everywhere, such as from a phone that was lost."""
    row = locked_account(person)
    row.sessions_ended_at = at
    row.save(update_fields=["sessions_ended_at"])
    note(by=by, at=at, verb="end_sessions", subject=row)


@transaction.atomic
def _set_active(person: User, *, by: User, at: datetime, active: bool) -> None:
    row = locked_account(person)
    if row.is_active == active:
        return  # somebody did it meanwhile
    row.is_active = active
    if not active:
        row.sessions_ended_at = at
    row.save(update_fields=["is_active", "sessions_ended_at"])
    verb = "open_account" if active else "close_account"
    note(by=by, at=at, verb=verb, subject=row, changes={"is_active": (not active, active)})


def locked_account(person: User) -> User:
    """The account as stored now, locked until the transaction ends."""
    return User.objects.select_for_update().get(pk=person.pk)
