"""The history of a village: who did what, when, and to which fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import access
from accounts.history_words import field_words, verb_words
from accounts.models import History, HistoryValue
from accounts.rights import Right
from sammachip.answers import signed_in, today
from sammachip.thai.dates import moment, short
from steps.models import Assessment, Contribution, Lesson, LessonKind, NetworkLink
from steps.models.choices import ActivityForm, LedBy, Owner
from steps.models.progress import Review
from villages import queries
from villages.models import LeaderKind

ROWS_A_PAGE = 50
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+([+-][0-9:]+)?)?")
OCCUPATIONS = ("main_occupation", "side_occupation")
CHOICES = {
    "kind": LeaderKind.choices,
    "form": [*ActivityForm.choices, *Contribution.Form.choices],
    "led_by": LedBy.choices,
    "owner": Owner.choices,
    "decision": Review.Decision.choices,
    "lesson_kind": LessonKind.choices,
    "sharing": Lesson.Sharing.choices,
    "assessed_with": Assessment.With.choices,
    "stage": NetworkLink.Stage.choices,
}


@dataclass(frozen=True)
class Entry:
    """A history entry, as finished strings."""

    at: str
    by: str
    what: str
    about: str
    fields: str
    changes: list[SafeString]


def history(request: HttpRequest, code: str) -> HttpResponse:
    """What was done in a village; old and new values for those who may see people's names."""
    user, on = signed_in(request), today()
    village = access.village_for(user, code, Right.READ_HISTORY, on)
    page = Paginator(queries.history_of(village), ROWS_A_PAGE).get_page(request.GET.get("page"))
    names = access.may(user, Right.NAMES, village, on)
    rows = list(page.object_list)
    words = Words.of(rows, names=names)
    context = {
        "village": village,
        "page": page,
        "names": names,
        "entries": [entry_of(row, words) for row in rows],
    }
    return render(request, "villages/history.html", context)


@dataclass(frozen=True)
class Words:
    """What keys in the entries stand for; people are known to those who may see names."""

    names: bool
    people: dict[str, str]
    officers: dict[str, str]
    occupations: dict[str, str]
    steps: dict[tuple[str, str], str]

    @classmethod
    def of(cls, entries: Sequence[History], *, names: bool) -> Words:
        """The words for a page of entries, in a fixed number of queries."""
        values = [value for entry in entries for value in entry.values_kept.all()]
        steps = queries.steps_by_subject(entries)
        if not names:
            return cls(names=False, people={}, officers={}, occupations={}, steps=steps)
        officers = {text for value in values if value.field == "officer" for text in both(value)}
        occupations = {text for row in values if row.field in OCCUPATIONS for text in both(row)}
        agencies = {key_in(row.field) for row in values if row.field.startswith("agency-")}
        people = queries.people_by_key(keys_of_people(entries, values))
        return cls(
            names=True,
            people=people | {name: name for name in sorted(agencies)},
            officers=queries.officers_by_key(officers),
            occupations=queries.occupations_by_code(occupations),
            steps=steps,
        )

    def shown(self, field: str, text: str) -> str:
        """A stored value as people read it."""
        if field in CHOICES:
            return str(dict(CHOICES[field]).get(text, text))
        if field == "officer":
            return self.officers.get(text, text)
        if field in OCCUPATIONS:
            return self.occupations.get(text, text)
        if field == "household":
            return self.people.get(text, text)
        if ISO_DATE.fullmatch(text):
            return short(date.fromisoformat(text)) if len(text) == 10 else moment_of(text)
        return text


def moment_of(text: str) -> str:
    """A stored moment as people write it."""
    return moment(datetime.fromisoformat(text))


def both(value: HistoryValue) -> tuple[str, str]:
    """Old and new."""
    return value.old, value.new


def keys_of_people(entries: Iterable[History], values: Iterable[HistoryValue]) -> set[str]:
    """The keys in entries that may be a household's, a member's or a change leader's."""
    keys = {entry.subject_id for entry in entries}
    for value in values:
        keys.add(key_in(value.field))
        if value.field == "household":
            keys.update(both(value))
    return keys


def key_in(field: str) -> str:
    """The key in a flat field: "target-<key>"."""
    return field.partition("-")[2]


def entry_of(entry: History, words: Words) -> Entry:
    """One entry in words."""
    fields = Counter(field_words(field) for field in entry.fields)
    return Entry(
        at=moment(entry.at),
        by=entry.by.title if entry.by else _("The system"),
        what=verb_words(entry.verb),
        about=about(entry, words),
        fields=" · ".join(f"{name} ({n})" if n > 1 else name for name, n in fields.items()),
        changes=changes_of(entry.values_kept.all(), words) if words.names else [],
    )


def about(entry: History, words: Words) -> str:
    """Whom or which step an entry is about, and its note."""
    step = words.steps.get((entry.subject_type, entry.subject_id))
    named = _("Step %(number)s") % {"number": step} if step else words.people.get(entry.subject_id)
    return " ".join(filter(None, [named, entry.note if words.names else ""]))


def changes_of(values: Iterable[HistoryValue], words: Words) -> list[SafeString]:
    """Old and new of each field; rows that came or went are named in one line a kind."""
    lines = []
    rows: dict[str, set[str]] = {}
    for value in sorted(values, key=lambda value: value.field):
        key = key_in(value.field)
        if value.erased_on:
            lines.append(line(field_words(value.field), [_("erased")]))
        elif key:
            rows.setdefault(row_words(value), set()).add(key)
        else:
            lines.append(change_of(value, words))
    return lines + [rows_of(kind, keys, words) for kind, keys in rows.items()]


def change_of(value: HistoryValue, words: Words) -> SafeString:
    """House number: 12 → 12/1"""
    old, new = (words.shown(value.field, text) for text in both(value))
    return line(field_words(value.field), [old, new or "–"] if old else [new], between=" → ")


def row_words(value: HistoryValue) -> str:
    """Target household, or: Target household, taken away"""
    words = field_words(value.field)
    return words if value.new else _("%(field)s, taken away") % {"field": words}


def rows_of(kind: str, keys: set[str], words: Words) -> SafeString:
    """Target household: 9 … · 12 …, in house order; where they have no names, how many."""
    names = [name for key, name in words.people.items() if key in keys]
    return line(kind, names or [str(len(keys))])


def line(label: str, texts: Iterable[str], between: str = " · ") -> SafeString:
    """A label and what belongs to it; what is as short as a name is kept on one line."""
    parts = ((("nowrap" if len(text) <= 40 else ""), text) for text in texts)
    return format_html(
        "{}: {}", label, format_html_join(between, '<span class="{}">{}</span>', parts)
    )
