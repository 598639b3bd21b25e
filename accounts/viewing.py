"""An administrator looks at the site as another person: only to look, for an hour at most.

Whom they look as stands in their session; ``sammachip.middleware.ViewAs`` puts that person in place
of the administrator and refuses every write. So looking gives nothing but what that person may
read, names included, which is why it is history. It may be another administrator: the
administration is closed meanwhile. Nobody begins anew while looking, for to begin is a write.

It ends when it is stopped, with the session, after an hour, when the administrator may not
administer any more, and when either account is closed. What ends with the session itself (its
cookie, a changed password) leaves no entry in the history: the hour bounds it.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.access import scope
from accounts.history import note
from accounts.models import Posting, User
from accounts.rights import Right
from sammachip.thai.text import clean

KEY = "view_as"
LONGEST = timedelta(hours=1)
Session = MutableMapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """Whose pages a request shows: ``user``'s; and ``viewer``, who looks at them as that person.

    ``ended`` is the person looked at until this request, where it ended by itself.
    """

    user: User | AnonymousUser
    viewer: User | None = None
    ended: User | None = None


@transaction.atomic
def start(*, session: Session, person: User, by: User, at: datetime) -> None:
    """Let an administrator look as ``person`` from now on."""
    note(by=by, at=at, verb="view_as", subject=person)
    until = at + LONGEST
    session[KEY] = {"person": person.pk, "by": by.pk, "until": until.isoformat()}


@transaction.atomic
def stop(*, session: Session, at: datetime) -> User | None:
    """End looking; the person looked at, or None where nobody was."""
    kept = session.pop(KEY, None)
    if kept is None:
        return None
    accounts = User.objects.in_bulk([kept["person"], kept["by"]])
    until, person = datetime.fromisoformat(kept["until"]), User(pk=kept["person"])
    note(by=accounts.get(kept["by"]), at=min(at, until), verb="view_as_stop", subject=person)
    return accounts.get(person.pk)


def seen_by(user: User | AnonymousUser, session: Session, at: datetime) -> Seen:
    """Whose pages somebody sees; looking that should not go on ends here."""
    kept = session.get(KEY)
    if kept is None:
        return Seen(user)
    person = User.objects.filter(pk=kept["person"], is_active=True).first()
    if person and isinstance(user, User) and _may_go_on(user, kept, at):
        return Seen(person, viewer=user)
    return Seen(user, ended=stop(session=session, at=at))


def _may_go_on(user: User, kept: dict[str, Any], at: datetime) -> bool:
    in_time = at < datetime.fromisoformat(kept["until"])
    return in_time and user.pk == kept["by"] and _administers(user, timezone.localdate(at))


def _administers(user: User, on: date) -> bool:
    return scope(user, Right.ADMINISTER, on).national


# ---------------------------------------------------------------- whom to look as


def others(accounts: QuerySet[User], by: User) -> QuerySet[User]:
    """The accounts one may look as: those that are not closed, and not one's own."""
    return accounts.filter(is_active=True).exclude(pk=by.pk)


def matching(accounts: QuerySet[User], text: str, on: date) -> QuerySet[User]:
    """Accounts that have each word in name or staff id, with ``posted_now``: their postings."""
    for word in clean(text).split():
        accounts = accounts.filter(Q(name__icontains=word) | Q(staff_id__icontains=word))
    postings = Posting.objects.in_force(on).select_related("area")
    return accounts.order_by("name", "staff_id").prefetch_related(
        Prefetch("postings", postings, "posted_now")
    )
