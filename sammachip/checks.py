"""What must hold at every start: the database settings that keep acknowledged writes safe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.compatibility)
def database_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Fail where the settings of the database would lose or refuse writes."""
    config: Mapping[str, Any] = settings.DATABASES["default"]
    judge = sqlite_faults if config["ENGINE"].endswith("sqlite3") else postgresql_faults
    return [Error(fault, id="sammachip.E001") for fault in judge(config)]


def sqlite_faults(config: Mapping[str, Any]) -> list[str]:
    """What is wrong with settings for SQLite."""
    options = config.get("OPTIONS", {})
    start = options.get("init_command", "").replace(" ", "").lower()
    faults = {
        "SQLite must begin transactions IMMEDIATE, or two writers meet 'database is locked'.": (
            options.get("transaction_mode") == "IMMEDIATE"
        ),
        "SQLite must run with synchronous=FULL to survive a power cut.": (
            "synchronous=full" in start
        ),
        "SQLite must keep a write-ahead log (journal_mode=WAL).": "journal_mode=wal" in start,
        "SQLite must wait for another writer (timeout of 5 seconds or more).": (
            options.get("timeout", 0) >= 5
        ),
    }
    return [fault for fault, good in faults.items() if not good]


def postgresql_faults(config: Mapping[str, Any]) -> list[str]:
    """What is wrong with settings for PostgreSQL."""
    persistent = config.get("CONN_MAX_AGE", 0) != 0
    if persistent and not config.get("CONN_HEALTH_CHECKS"):
        return ["Persistent connections need CONN_HEALTH_CHECKS, or a restart of PostgreSQL fails."]
    return []
