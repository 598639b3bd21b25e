"""One-time passwords on paper: printed for an account, good for two weeks, replaced at first use.

The password of a slip is seen once, in the answer that prints it; stored is its hash alone, as of
any password. While ``User.slip_until`` is set the account opens nothing but the page to choose a
password of its own (``sammachip.middleware.OwnPasswordFirst``).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.history import note
from accounts.models import User
from accounts.receipts import Outcome, once
from steps.recording.core import Refusal, Sender

GOOD_FOR = timedelta(days=14)
MOST = 40  # slips printed at once: five sheets, and a few seconds of hashing

# Nothing that looks like something else (i l o q, digits), no vowels: no word comes about.
LETTERS = "bcdfghjkmnprstvwxz"
GROUPS, IN_A_GROUP = 3, 5  # 15 letters of 18: 62 bits


def one_time_password() -> str:
    """A password that is typed easily: "bkwtr-mzxcd-fghjn"."""
    groups = ("".join(secrets.choice(LETTERS) for _n in range(IN_A_GROUP)) for _g in range(GROUPS))
    return "-".join(groups)


@dataclass(frozen=True)
class Slip:
    """What is printed for one account; ``password`` stands nowhere else."""

    person: User
    until: date
    password: str = field(default_factory=one_time_password, repr=False)


def slips_for(people: Iterable[User], today: date) -> list[Slip]:
    """New slips, good until two weeks from today. Nothing is stored yet."""
    return [Slip(person, today + GOOD_FOR) for person in people]


def is_over(user: User, on: date) -> bool:
    """Whether an account's password stood on a slip that is good no longer."""
    return user.slip_until is not None and user.slip_until < on


def print_slips(*, slips: Collection[Slip], sender: Sender) -> Outcome:
    """Make the passwords of the slips those of their accounts; what was signed in is over.

    Sent again (Back, reload) it changes nothing: the answer says ``replayed``, and the new
    passwords of that second sending are nobody's. Refusal ``account_closed``.
    """
    hashes = {slip.person.pk: make_password(slip.password) for slip in slips}  # slow: locks nothing
    until = {slip.person.pk: slip.until for slip in slips}

    def work() -> dict[str, Any]:
        for person in User.objects.select_for_update().filter(pk__in=hashes).order_by("pk"):
            if not person.is_active:
                raise Refusal("account_closed", field="person")
            person.password, person.slip_until = hashes[person.pk], until[person.pk]
            person.sessions_ended_at = sender.at
            person.save(update_fields=["password", "slip_until", "sessions_ended_at"])
            note(by=sender.by, at=sender.at, verb="print_slip", subject=person)
        return {"printed": len(hashes), "at": sender.at.isoformat()}

    return once(
        client_id=sender.client_id,
        verb="print_slip",
        content={"people": sorted(hashes)},
        by=sender.by,
        at=sender.at,
        work=work,
    )
