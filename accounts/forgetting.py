"""Accounts, wrong passwords and sessions whose term is over (retention.toml)."""

from __future__ import annotations

from datetime import date, datetime

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts.history import note
from accounts.models import History, HistoryValue, User
from sammachip.retention import retention

ERASED = "ลบชื่อเมื่อครบกำหนด"
ERASED_ID = "erased-"  # before the account's number, in place of its staff id


def accounts(today: date) -> QuerySet[User]:
    """Closed accounts of which nothing was heard since the term began."""
    limit = retention().rule("accounts").before(today)
    closed = User.objects.filter(is_active=False).exclude(staff_id__startswith=ERASED_ID)
    quiet = closed.filter(Q(last_login=None) | Q(last_login__date__lt=limit))
    posted = quiet.annotate(last_posting=Max("postings__ends_on"))
    posted = posted.filter(Q(last_posting=None) | Q(last_posting__lt=limit))
    entries = History.objects.filter(at__date__gte=limit)
    busy = entries.exclude(by=None).values("by")
    about = entries.filter(subject_type=User._meta.label_lower).values_list("subject_id", flat=True)
    rest = posted.filter(created_at__date__lt=limit).exclude(pk__in=busy)
    return rest.exclude(pk__in=[int(key) for key in about]).order_by("pk")


@transaction.atomic
def forget_account(*, user: User, by: User | None, at: datetime) -> None:
    """Erase who an account was; what it recorded stays, by an account without a name."""
    about = {"entry__subject_type": User._meta.label_lower, "entry__subject_id": str(user.pk)}
    kept = HistoryValue.objects.filter(erased_on__isnull=True, **about)
    kept.update(old="", new="", erased_on=timezone.localdate(at))
    user.name, user.staff_id = ERASED, f"{ERASED_ID}{user.pk}"
    user.email = user.phone = ""
    user.set_unusable_password()
    user.save(update_fields=["name", "staff_id", "email", "phone", "password"])
    note(by=by, at=at, verb="forget_account", subject=user)


def attempts(today: date) -> QuerySet[AccessAttempt]:
    """Wrong passwords of long ago, with the address they came from."""
    limit = retention().rule("sign_in_attempts").before(today)
    return AccessAttempt.objects.filter(attempt_time__date__lt=limit)


def sessions(now: datetime) -> QuerySet[Session]:
    """Sessions that are over; each holds its own last moment."""
    return Session.objects.filter(expire_date__lt=now)
