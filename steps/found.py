"""What the records of a village's year support in each factor a village assesses itself in.

Facts with their numbers, never a level: how strong a village is, those who know it say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import ngettext_lazy

from steps.conditions import IN_VILLAGERS_HANDS
from steps.livelihoods import passing_of
from steps.models import Activity, ActivityForm, Enrolment, EvidenceType, LessonKind, NetworkLink
from steps.months import quarter_of

# The facts of each factor, as the catalogue says where to look (S22–S26, S28–S32).
FACTS_OF: dict[str, tuple[str, ...]] = {
    "in-1": ("forums", "talks", "problems"),
    "in-2": ("practices", "practised", "practice_quarters", "own_work"),
    "in-3": ("models", "learned", "in_turn"),
    "in-4": ("own_work", "own_work_done", "minutes"),
    "in-5": ("subdistrict", "district", "other", "answered", "support_quarters"),
    "net-1": ("known", "minutes"),
    "net-2": ("known", "met", "contacts"),
    "net-3": ("agreed", "visits"),
    "net-4": ("joint",),
    "net-5": ("lessons", "grown"),
}
WORDS: dict[str, Any] = {
    "forums": ngettext_lazy("%(n)s village forum", "%(n)s village forums", "n"),
    "talks": ngettext_lazy("%(n)s informal talk", "%(n)s informal talks", "n"),
    "problems": ngettext_lazy(
        "%(n)s problem written down as a lesson", "%(n)s problems written down as lessons", "n"
    ),
    "practices": ngettext_lazy("%(n)s hands-on practice", "%(n)s hands-on practices", "n"),
    "practised": ngettext_lazy(
        "%(n)s of %(targets)s target households practised",
        "%(n)s of %(targets)s target households practised",
        "n",
    ),
    "practice_quarters": ngettext_lazy(
        "Practice in %(n)s quarter of the year", "Practice in %(n)s quarters of the year", "n"
    ),
    "own_work": ngettext_lazy(
        "%(n)s plan item in villagers' hands", "%(n)s plan items in villagers' hands", "n"
    ),
    "own_work_done": ngettext_lazy(
        "%(n)s plan item of villagers done", "%(n)s plan items of villagers done", "n"
    ),
    "models": ngettext_lazy("%(n)s example household", "%(n)s example households", "n"),
    "learned": ngettext_lazy(
        "%(n)s household learned from another", "%(n)s households learned from another", "n"
    ),
    "in_turn": ngettext_lazy(
        "%(n)s household learned from one that had learned itself",
        "%(n)s households learned from one that had learned itself",
        "n",
    ),
    "minutes": ngettext_lazy("Minutes of %(n)s activity", "Minutes of %(n)s activities", "n"),
    "subdistrict": ngettext_lazy(
        "%(n)s supporting agency of the subdistrict",
        "%(n)s supporting agencies of the subdistrict",
        "n",
    ),
    "district": ngettext_lazy(
        "%(n)s supporting agency of the district", "%(n)s supporting agencies of the district", "n"
    ),
    "other": ngettext_lazy(
        "%(n)s other supporting institution", "%(n)s other supporting institutions", "n"
    ),
    "answered": ngettext_lazy("%(n)s need answered", "%(n)s needs answered", "n"),
    "support_quarters": ngettext_lazy(
        "Support in %(n)s quarter of the year", "Support in %(n)s quarters of the year", "n"
    ),
    "known": ngettext_lazy("%(n)s village in the network", "%(n)s villages in the network", "n"),
    "met": ngettext_lazy("Met with %(n)s village", "Met with %(n)s villages", "n"),
    "contacts": ngettext_lazy(
        "%(n)s village with a coordinator", "%(n)s villages with a coordinator", "n"
    ),
    "agreed": ngettext_lazy("Agreed with %(n)s village", "Agreed with %(n)s villages", "n"),
    "visits": ngettext_lazy("%(n)s study visit", "%(n)s study visits", "n"),
    "joint": ngettext_lazy(
        "Joint activities with %(n)s village", "Joint activities with %(n)s villages", "n"
    ),
    "lessons": ngettext_lazy("%(n)s lesson written down", "%(n)s lessons written down", "n"),
    "grown": ngettext_lazy(
        "Grown to new areas or activities with %(n)s village",
        "Grown to new areas or activities with %(n)s villages",
        "n",
    ),
}


def found_of(enrolment: Enrolment, *, on: date) -> dict[str, list[str]]:
    """Facts in words by code of the factor, empty where nothing was found. Constant queries.

    ``on`` is today; a past year is looked at as of its last day.
    """
    numbers = numbers_of(enrolment, on=on)
    return {
        code: [
            WORDS[fact] % {"n": numbers[fact], "targets": numbers["targets"]}
            for fact in facts
            if numbers[fact]
        ]
        for code, facts in FACTS_OF.items()
    }


def numbers_of(enrolment: Enrolment, *, on: date) -> Counter[str]:
    """Every fact as a number."""
    judged_on = enrolment.programme.judged_on(on)
    households = list(enrolment.households.standing(judged_on))
    targets = {row.household_id for row in households if row.target}
    passing = passing_of(households)
    counted = enrolment.activities.counted().filter(
        held_on__range=(enrolment.programme.opens_on, judged_on)
    )
    activities = list(counted.prefetch_related("agencies", "attendances", "evidence"))
    kinds = list(enrolment.lessons.standing().values_list("kind", flat=True))
    numbers = Counter(
        targets=len(targets),
        models=passing.models,
        learned=passing.learned,
        in_turn=passing.in_turn,
        lessons=len(kinds),
        problems=kinds.count(LessonKind.PROBLEM),
        answered=enrolment.needs.standing().filter(answered_on__lte=judged_on).count(),
    )
    numbers.update(_of_activities(activities, targets))
    numbers.update(_of_plans(enrolment, judged_on))
    numbers.update(_of_network(enrolment.network_links.standing()))
    return numbers


def _of_activities(activities: list[Activity], targets: set[UUID]) -> dict[str, int]:
    forms = Counter(row.form for row in activities)
    practices = [row for row in activities if row.form == ActivityForm.PRACTICE]
    supported = [row for row in activities if row.agencies.all()]
    practised = {there.household_id for row in practices for there in row.attendances.all()}
    agencies = {(one.level, one.name) for row in supported for one in row.agencies.all()}
    return {
        "forums": forms[ActivityForm.FORUM],
        "talks": forms[ActivityForm.TALK],
        "visits": forms[ActivityForm.VISIT],
        "practices": len(practices),
        "practised": len(practised & targets),
        "practice_quarters": _quarters(practices),
        "support_quarters": _quarters(supported),
        "minutes": sum(any(_minutes(row)) for row in activities),
        **Counter(level for level, _name in agencies),
    }


def _quarters(activities: Iterable[Activity]) -> int:
    return len({quarter_of(row.held_on) for row in activities})


def _minutes(activity: Activity) -> Iterator[bool]:
    for evidence in activity.evidence.all():
        yield evidence.counts and evidence.type == EvidenceType.MINUTES


def _of_plans(enrolment: Enrolment, on: date) -> dict[str, int]:
    own = enrolment.plan_items.standing().filter(owner__in=IN_VILLAGERS_HANDS)
    done = list(own.values_list("done_on", flat=True))
    return {
        "own_work": len(done),
        "own_work_done": sum(day is not None and day <= on for day in done),
    }


def _of_network(links: Iterable[NetworkLink]) -> dict[str, int]:
    """Villages that came at least so far: whoever agreed has met."""
    links, stages = list(links), list(NetworkLink.Stage)
    reached = [stages.index(NetworkLink.Stage(link.stage)) for link in links]
    at_least = {stage.value: sum(far >= n for far in reached) for n, stage in enumerate(stages)}
    return {**at_least, "contacts": sum(bool(link.contact) for link in links)}
