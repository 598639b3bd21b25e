"""Whose term is over (retention.toml): the rows and plan items in which a name is kept too long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db.models import Max, Q, QuerySet

from sammachip.retention import retention
from steps.models import ChangeLeader, PlanItem
from steps.personal.names import MARKERS
from steps.personal.rows import PersonRow
from villages.models import CommitteeMember, Household, Village

T = TypeVar("T", Household, CommitteeMember, ChangeLeader, PlanItem)


@dataclass
class Expired:
    """What is past its term in one village."""

    village: Village
    rows: list[PersonRow] = field(default_factory=list)
    items: list[PlanItem] = field(default_factory=list)


def by_village(today: date) -> Iterator[Expired]:
    """The villages where something is past its term, in code order, one at a time."""
    for village in list(_villages(today)):
        yield Expired(
            village,
            rows=[
                *households(today).filter(village=village).select_related("village"),
                *_of_village(members(today), "committee", village),
                *_of_village(leaders(today), "enrolment", village),
            ],
            items=list(_of_village(items(today), "enrolment", village)),
        )


def _of_village(rows: QuerySet[T], path: str, village: Village) -> QuerySet[T]:
    return rows.filter(**{f"{path}__village": village}).select_related(f"{path}__village")


def _villages(today: date) -> QuerySet[Village]:
    named = (
        Q(pk__in=households(today).values("village"))
        | Q(pk__in=members(today).values("committee__village"))
        | Q(pk__in=leaders(today).values("enrolment__village"))
        | Q(pk__in=items(today).values("enrolment__village"))
    )
    return Village.objects.filter(named).in_official_order()


# ---------------------------------------------------------------- one function a rule


def households(today: date) -> QuerySet[Household]:
    """Households that ended long ago, or whose village last took part long ago."""
    limit = retention().rule("households").before(today)
    gone = _ended("ended_on", "village", limit)
    return Household.objects.filter(gone, erased_on__isnull=True).order_by("house_order", "pk")


def members(today: date) -> QuerySet[CommitteeMember]:
    """Members who left long ago, or whose village last took part long ago."""
    limit = retention().rule("committee").before(today)
    gone = _ended("left_on", "committee__village", limit)
    return CommitteeMember.objects.filter(gone, erased_on__isnull=True).order_by("joined_on", "pk")


def leaders(today: date) -> QuerySet[ChangeLeader]:
    """Change leaders of years that closed long ago."""
    limit = retention().rule("leaders").before(today)
    rows = ChangeLeader.objects.filter(enrolment__programme__closes_on__lt=limit)
    return rows.filter(erased_on__isnull=True).order_by("named_on", "pk")


def items(today: date) -> QuerySet[PlanItem]:
    """Plan items of years that closed long ago in which somebody is still responsible."""
    limit = retention().rule("plans").before(today)
    rows = PlanItem.objects.filter(enrolment__programme__closes_on__lt=limit)
    return rows.exclude(person="").exclude(person__in=MARKERS).order_by("pk")


def _ended(day: str, village: str, limit: date) -> Q:
    years = Village.objects.annotate(last=Max("enrolments__programme__closes_on"))
    over = years.filter(last__lt=limit).values("pk")
    return Q(**{f"{day}__lt": limit}) | Q(**{f"{day}__isnull": True, f"{village}__in": over})


# By the code of the rule, as retention.toml has it.
RULES: dict[str, Callable[[date], QuerySet[Any]]] = {
    "households": households,
    "committee": members,
    "leaders": leaders,
    "plans": items,
}


def rule_of(row: PersonRow | PlanItem) -> str:
    """The code of the rule a row is under."""
    return {
        Household: "households",
        CommitteeMember: "committee",
        ChangeLeader: "leaders",
        PlanItem: "plans",
    }[type(row)]
