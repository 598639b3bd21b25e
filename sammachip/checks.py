"""What must hold at every start: safe database settings, and a rule for every personal field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from sammachip.retention import FILE, THEN, Retention, retention


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


# ---------------------------------------------------------------- personal data has a rule

OURS = ("accounts", "sammachip", "steps", "villages")
HOLD_WORDS = (models.CharField, models.TextField, models.JSONField, models.FileField)
SAID = ("code", "what_th", "what_en", "how_long_th", "how_long_en", "why_th", "why_en")


@register(Tags.models)
def every_personal_field_has_a_rule(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Fail while a field that may say something of a person stands nowhere in retention.toml."""
    rules = retention()
    return [
        Error(fault, hint=f"Mend {FILE.name}, which says what it expects.", id="sammachip.E002")
        for fault in retention_faults(rules, set(fields_asked_for(rules.people)))
    ]


def fields_asked_for(people: Collection[str]) -> Iterator[str]:
    """The fields of our models that need a line, as app.Model.field.

    All those of the models of people, and of other models those that can hold words people write.
    """
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            every = _is_of_people(model, people)
            for field in _columns(model):
                if every or (isinstance(field, HOLD_WORDS) and not field.choices):
                    yield f"{model._meta.label}.{field.name}"


def _is_of_people(model: type[models.Model], people: Collection[str]) -> bool:
    """Whether a model is one of people, or says something of the people of villages.

    To accounts everything refers: who recorded it.
    """
    villagers = {name for name in people if not name.startswith("accounts.")}
    related = (field.related_model for field in _columns(model))
    named = {other._meta.label for other in related if other}
    return model._meta.label in people or not villagers.isdisjoint(named)


def _columns(model: type[models.Model]) -> list[Any]:
    return [*model._meta.local_fields, *model._meta.local_many_to_many]


def retention_faults(rules: Retention, expected: set[str]) -> Iterator[str]:
    """What is wrong with the rules: fields forgotten, unknown or named twice; what is unsaid."""
    gone = [name for name in rules.people if not _exists(f"{name}.id")]
    yield from (f"{name} is among people and does not exist." for name in gone)
    counted = Counter(rules.listed)
    for name in sorted(expected - counted.keys()):
        yield f"{name} may say something of a person, and no rule says how long it is kept."
    for name, times in counted.items():
        if not _exists(name):
            yield f"{name} has a rule and does not exist."
        if times > 1:
            yield f"{name} has {times} rules."
    for rule in rules.personal:
        unsaid = [name for name in SAID if not getattr(rule, name)]
        unsaid += [] if rule.then in THEN else ["then"]
        if unsaid:
            yield f"The rule {rule.code or rule.fields} does not say {', '.join(unsaid)}."
    for group in rules.not_personal:
        if not group.why:
            yield f"No reason is given why {', '.join(group.fields)} are not personal."


def _exists(name: str) -> bool:
    label, _dot, field = name.rpartition(".")
    try:
        apps.get_model(label)._meta.get_field(field)
    except (LookupError, ValueError, FieldDoesNotExist):
        return False
    return True
