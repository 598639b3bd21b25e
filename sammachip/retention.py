"""How long what says something of people is kept, and why: read from ``retention.toml``.

The page /privacy/ shows these rules, ``manage.py forget_expired`` applies their terms and a system
check holds them to the models, so that page and program cannot disagree.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sammachip.thai.bilingual import bilingual

FILE = Path(__file__).with_name("retention.toml")

# What happens after the term, as people read it.
THEN: dict[str, str | Promise] = {
    "anonymised": _("The name is erased, the numbers stay"),
    "emptied": _("It is emptied"),
    "deleted": _("It is deleted"),
    "kept": _("It stays with the record"),
}


@dataclass(frozen=True)
class Rule:
    """What is said of some personal fields; a term in years or days where there is one."""

    code: str = ""
    fields: tuple[str, ...] = ()
    years: int = 0
    days: int = 0
    then: str = ""
    what_th: str = ""
    what_en: str = ""
    how_long_th: str = ""
    how_long_en: str = ""
    why_th: str = ""
    why_en: str = ""

    what = bilingual("what")
    why = bilingual("why")
    how_long_worded = bilingual("how_long")

    @property
    def how_long(self) -> str:
        """With the term in it, in the reader's language."""
        return str(self.how_long_worded).format(years=self.years, days=self.days)

    @property
    def then_words(self) -> str:
        return str(THEN[self.then])

    def before(self, today: date) -> date:
        """What ended earlier than this day is past its term today."""
        if self.days:
            return today - timedelta(days=self.days)
        return date(today.year - self.years, today.month, min(today.day, _last_day(today)))


def _last_day(today: date) -> int:
    """29 February becomes the 28th, which every year has."""
    return 28 if today.month == 2 else 31


@dataclass(frozen=True)
class Group:
    """Fields that say nothing of a person, and why not."""

    why: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Retention:
    """The whole file. ``people`` are the models of people (``app.Model``)."""

    personal: tuple[Rule, ...]
    not_personal: tuple[Group, ...]
    people: tuple[str, ...] = ()

    def rule(self, code: str) -> Rule:
        """The rule of this name."""
        return next(rule for rule in self.personal if rule.code == code)

    @property
    def listed(self) -> list[str]:
        """Every field the file names, as often as it does."""
        parts: list[Rule | Group] = [*self.personal, *self.not_personal]
        return [name for part in parts for name in part.fields]


@cache
def retention() -> Retention:
    """The rules as the file has them; read once."""
    return understood(tomllib.loads(FILE.read_text(encoding="utf-8")))


def understood(data: Mapping[str, Any]) -> Retention:
    """The rules in the file's content; a key nobody knows is a mistake."""
    return Retention(
        personal=tuple(Rule(**_frozen(part)) for part in data.get("personal", [])),
        not_personal=tuple(Group(**_frozen(part)) for part in data.get("not_personal", [])),
        people=tuple(data.get("people", [])),
    )


def _frozen(part: Mapping[str, Any]) -> dict[str, Any]:
    return {**part, "fields": tuple(part.get("fields", ()))}
