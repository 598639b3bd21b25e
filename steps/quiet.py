"""What pages say of a quiet village: why, and whom to call."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from sammachip.thai.dates import local_day, short
from sammachip.thai.digits import dialled
from steps.models import QuietReason


@dataclass(frozen=True)
class Contact:
    """The officer of a village and the phone as written and as dialled; for Right.NAMES only."""

    name: str
    phone: str
    dialled: str


def contact_of(officer: User | None) -> Contact | None:
    """Whom to call, where anybody is responsible."""
    return Contact(officer.name, officer.phone, dialled(officer.phone)) if officer else None


def reason_words(reason: QuietReason | None) -> str:
    """Flood: the road is cut (said on 20 Mar 2560); empty where nobody said why."""
    if reason is None:
        return ""
    day = short(local_day(reason.at)).replace(" ", "\u00a0")
    return _("%(reason)s (said on %(day)s)") % {"reason": reason.reason, "day": day}
