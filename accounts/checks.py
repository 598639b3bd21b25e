"""What must hold before service: ``manage.py check --deploy --database default``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from accounts.models import User

DEMO_ACCOUNTS = ("officer", "officer2", "chief", "province", "department", "admin")
DEMO_PASSWORD = "sammachip"  # noqa: S105 - public on purpose; this check keeps it out of service


@register(Tags.security, Tags.database, deploy=True)
def no_demo_account(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Fail while a demo account can sign in with the password everybody knows."""
    names = [name for database in databases or [] for name in demo_accounts_in(database)]
    if not names:
        return []
    return [
        Error(
            f"Demo accounts can sign in: {', '.join(names)}.",
            hint="Close them in the administration, or give each a password of its own.",
            id="accounts.E001",
        )
    ]


def demo_accounts_in(database: str) -> Iterable[str]:
    """The demo accounts that still take the demo password; none before ``migrate``."""
    connection = connections[database]
    if User._meta.db_table not in connection.introspection.table_names():
        return []
    users = User.objects.using(database).filter(is_active=True, staff_id__in=DEMO_ACCOUNTS)
    known = users.values_list("staff_id", "password")
    return sorted(name for name, password in known if check_password(DEMO_PASSWORD, password))
