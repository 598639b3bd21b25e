"""What a submission stood on, and what changed since: kept in its snapshot, counted, put in words.

Households, committee, plan and shelf stay open while a step is reviewed, and a returned step is
mended; the step keeps its snapshot and shows what is different now (rule 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from accounts.receipts import fingerprint
from steps.facts import Facts
from steps.models import Activity, Step
from steps.models.programme import Kind

Changes = dict[str, list[int]]  # part of stood_on -> how many were added, changed, taken away

NOTHING = [0, 0, 0]
PLAN = ("plan_items", "goal")  # the parts that are one plan to its readers


def stood_on(step: Step, facts: Facts) -> dict[str, Any]:
    """The rows a step stands on now: by key where one row can change, else the keys alone."""
    return {
        "activities": {str(row.pk): print_of(row) for row in facts.activities_of(step)},
        "evidence": {str(row.pk): row.blob_id for row in facts.evidence_of(step)},
        "members": {str(row.pk): row.kind for row in facts.members},
        "target_households": sorted(str(pk) for pk in facts.target_households),
        "change_leaders": sorted(str(row.pk) for row in facts.change_leaders),
        "plan_items": {
            str(row.pk): fingerprint([row.activity, row.person, row.starts_on, row.ends_on])
            for row in facts.plan_items_of(step)
        },
        "goal": facts.goals.get(step.pk, ""),
        "documents": sorted(str(row.pk) for row in facts.shelf),
    }


COLUMNS = ("form", "held_on", "place", "led_by", "total", "summary")
VISITED = ("visited_name", "visited_area", "visited_reason")


def print_of(activity: Activity) -> str:
    """The fingerprint of all an activity says, but for its files, which are counted apart."""
    return fingerprint(said_in(activity))


def said_in(activity: Activity) -> list[list[str]]:
    """All an activity says, in an order of its own."""
    return [
        [str(getattr(activity, name)) for name in (*COLUMNS, *VISITED)],
        _in_order((row.household_id, row.representative) for row in activity.attendances.all()),
        _in_order((row.member_id, row.ready) for row in activity.member_attendances.all()),
        _in_order((row.group_id, row.people) for row in activity.group_counts.all()),
        _in_order((row.requirement_id, row.text) for row in activity.texts.all()),
        _in_order((row.name, row.level) for row in activity.agencies.all()),
        _in_order(row.pk for row in activity.topics.all()),
        _in_order(row.pk for row in activity.documents.all()),
    ]


def _in_order(rows: Iterable[object]) -> list[str]:
    return sorted(str(row) for row in rows)


# ---------------------------------------------------------------- counting what is different


# What a step is shown of beside its activities and files: only what its requirements look at.
LOOKED_AT_BY = {
    "members": {Kind.COMMITTEE, Kind.LEADER_KINDS, Kind.MEMBERS_PRESENT, Kind.MEMBERS_READY},
    "target_households": {Kind.HOUSEHOLDS_LISTED, Kind.HOUSEHOLDS_PRESENT},
    "change_leaders": {Kind.CHANGE_LEADERS},
    "plan_items": {Kind.PLAN_ITEMS, Kind.PLAN_OWNERS},
    "goal": {Kind.PLAN_GOAL},
    "documents": {Kind.DOCUMENTS_SHELVED, Kind.DOCUMENTS_STUDIED},
}


def changes_of(step: Step, facts: Facts) -> Changes:
    """What is different now from what the step's last submission stood on, as far as it matters.

    The committee chosen in 2.1 is no change of 1.4, which does not look at it.
    """
    submissions = facts.submissions_of(step)
    if not submissions:
        return {}
    changes = changed_since(submissions[-1].snapshot["stood_on"], stood_on(step, facts))
    return that_matter(step, changes)


def that_matter(step: Step, changes: Changes) -> Changes:
    """The parts that a step's requirements look at."""
    kinds = {item.kind for item in step.requirements.all()}
    return {
        part: counts for part, counts in changes.items() if LOOKED_AT_BY.get(part, kinds) & kinds
    }


def changed_since(then: Mapping[str, Any], now: Mapping[str, Any]) -> Changes:
    """How many rows of each part came, changed and went; parts that are the same are left out."""
    counted = {part: marks_of(then, now, part).counts for part in now}
    return {part: counts for part, counts in counted.items() if any(counts)}


@dataclass(frozen=True)
class Marks:
    """The keys of one part that came, changed and went between two snapshots."""

    added: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    @property
    def counts(self) -> list[int]:
        return [len(self.added), len(self.changed), len(self.gone)]


def marks_of(then: Mapping[str, Any], now: Mapping[str, Any], part: str) -> Marks:
    """What is different in one part of what two submissions stood on."""
    before, after = _by_key(then[part]), _by_key(now[part])
    return Marks(
        added=frozenset(after.keys() - before.keys()),
        changed=frozenset(key for key in after.keys() & before.keys() if before[key] != after[key]),
        gone=frozenset(before.keys() - after.keys()),
    )


def restated(
    then: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]
) -> dict[str, Any]:
    """What a submission stood on, after words in its rows were erased from ``before`` to ``now``.

    Erasing a name changes nothing that was decided on: what was the same stays the same.
    """
    return {part: _restated(marks, before[part], now[part]) for part, marks in then.items()}


def _restated(then: Any, before: Any, now: Any) -> Any:
    if not isinstance(then, Mapping):
        return now if then == before else then
    return {
        key: now[key] if key in now and before.get(key) == mark else mark
        for key, mark in then.items()
    }


def _by_key(part: Any) -> Mapping[str, Any]:
    if isinstance(part, Mapping):
        return part
    return {"": part} if isinstance(part, str) else dict.fromkeys(part)


# ---------------------------------------------------------------- in words

# For each part what is said of rows that were added, changed and taken away.
PHRASES: dict[str, tuple[Any, Any, Any]] = {
    "activities": (
        ngettext_lazy("%(n)s activity added", "%(n)s activities added", "n"),
        ngettext_lazy("%(n)s activity changed", "%(n)s activities changed", "n"),
        ngettext_lazy("%(n)s activity withdrawn", "%(n)s activities withdrawn", "n"),
    ),
    "evidence": (
        ngettext_lazy("%(n)s photo or document added", "%(n)s photos or documents added", "n"),
        ngettext_lazy("%(n)s photo or document changed", "%(n)s photos or documents changed", "n"),
        ngettext_lazy(
            "%(n)s photo or document withdrawn", "%(n)s photos or documents withdrawn", "n"
        ),
    ),
    "members": (
        ngettext_lazy("committee: %(n)s member joined", "committee: %(n)s members joined", "n"),
        ngettext_lazy("committee: %(n)s member changed", "committee: %(n)s members changed", "n"),
        ngettext_lazy("committee: %(n)s member left", "committee: %(n)s members left", "n"),
    ),
    "target_households": (
        ngettext_lazy(
            "target households: %(n)s more",
            "target households: %(n)s more",
            "n",
        ),
        "",
        ngettext_lazy(
            "target households: %(n)s fewer",
            "target households: %(n)s fewer",
            "n",
        ),
    ),
    "change_leaders": (
        ngettext_lazy("change leaders: %(n)s more", "change leaders: %(n)s more", "n"),
        "",
        ngettext_lazy("change leaders: %(n)s fewer", "change leaders: %(n)s fewer", "n"),
    ),
    "documents": (
        ngettext_lazy("%(n)s document put on the shelf", "%(n)s documents put on the shelf", "n"),
        "",
        ngettext_lazy(
            "%(n)s document taken off the shelf", "%(n)s documents taken off the shelf", "n"
        ),
    ),
}


def words_of(changes: Mapping[str, list[int]]) -> list[str]:
    """A phrase for everything that changed: 2 activities changed, committee: 1 member left."""
    words = [
        str(phrase % {"n": n})
        for part, phrases in PHRASES.items()
        for phrase, n in zip(phrases, changes.get(part, NOTHING), strict=True)
        if n
    ]
    if any(part in changes for part in PLAN):
        words.append(_("plan changed"))
    return words
