"""What the pages of villages read: choices of the list, numbers, members, the history."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from accounts import access
from accounts.models import History, User
from accounts.rights import Right
from steps.lists import Filters
from steps.models import Activity, ChangeLeader, PlanItem, Programme, Step, StepProgress
from villages.models import (
    Area,
    CommitteeMember,
    CommitteeMemberQuerySet,
    Household,
    HouseholdQuerySet,
    LeaderKind,
    Occupation,
    Village,
)

Options = list[tuple[str, str]]  # (value, words), as a select shows them
UUID_TEXT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
AREA_CODE = "[1-9][0-9]([0-9]{2}){0,2}"


# ---------------------------------------------------------------- the list of villages


@dataclass(frozen=True)
class Choices:
    """What a person can narrow the list by; anything else is unknown to them."""

    areas: Options
    years: Options
    steps: Options
    officers: Options


def choices(user: User, chosen_area: str, on: date) -> Choices:
    """The choices of one person, the areas below ``chosen_area`` among them (four queries)."""
    return Choices(
        areas=[(area.code, area.title) for area in _areas(user, chosen_area, on)],
        years=[(str(programme.year), str(programme)) for programme in Programme.objects.all()],
        steps=step_options(),
        officers=[(str(officer.pk), officer.name) for officer in _officers(user, on)],
    )


def _areas(user: User, chosen: str, on: date) -> list[Area]:
    """Where the person is posted, one level below, and what lies below the chosen area."""
    scope = access.scope(user, Right.VIEW, on)
    own = sorted(scope.codes) + ([chosen] if re.fullmatch(AREA_CODE, chosen) else [])
    offered = Q(code__in=own) | Q(parent__in=own)
    if scope.national:
        offered |= Q(parent__isnull=True)
    offered &= Q(abolished_on__isnull=True) | Q(code=chosen)  # its villages may keep the code
    areas = Area.objects.filter(offered).in_official_order()
    return [area for area in areas if scope.touches(area.code)]


def step_options() -> Options:
    """Every step number once, in the words of the newest programme that has it."""
    steps: dict[str, str] = {}
    for step in Step.objects.current().order_by("-programme__year", "order"):
        steps.setdefault(step.number, step.short_title)
    return sorted(steps.items(), key=lambda step: [int(part) for part in step[0].split(".")])


def _officers(user: User, on: date) -> QuerySet[User]:
    """Who is responsible for villages here, for those who may see names.

    The whole country's would be thousands: nobody is offered.
    """
    scope = access.scope(user, Right.NAMES, on)
    if scope.national:
        return User.objects.none()
    here = scope.condition("enrolments__village__code")
    return User.objects.filter(here, enrolments__isnull=False).distinct().order_by("name", "pk")


def exported(filters: Filters) -> Area | Programme | None:
    """What an export of the list is about: its area, else the programme of its year."""
    if filters.area:
        return Area.objects.get(code=filters.area)
    programmes = Programme.objects.filter(year=filters.year) if filters.year else Programme.objects
    return programmes.order_by("-year").first()


# ---------------------------------------------------------------- people of a village


@dataclass(frozen=True)
class HouseholdNumbers:
    """What may be said of a village's households to those who may not see names."""

    standing: int
    people: int
    ended: int


def household_numbers(village: Village, on: date) -> HouseholdNumbers:
    """How many households stand, how many people live in them, how many ended."""
    standing = village.households.active(on)
    numbers = standing.aggregate(standing=Count("pk"), people=Sum("people"))
    ended = village.households.count() - numbers["standing"]
    return HouseholdNumbers(numbers["standing"], numbers["people"] or 0, ended)


def households_of(village: Village) -> HouseholdQuerySet:
    """The households of a village, ended ones too, in house order with their occupations."""
    households = village.households.select_related("main_occupation", "side_occupation")
    return households.in_house_order()


def ended_households(village: Village, on: date) -> HouseholdQuerySet:
    """The households that had ended by a day, the latest first."""
    return village.households.filter(ended_on__lte=on).order_by("-ended_on", "house_order")


def clusters_of(village: Village) -> list[str]:
    """The names of clusters in use, so that one cluster is not written in two ways."""
    named = village.households.exclude(cluster="").order_by("cluster")
    return list(named.values_list("cluster", flat=True).distinct())


def members_of(village: Village) -> CommitteeMemberQuerySet:
    """Everyone who serves or served on the village's committees."""
    members = CommitteeMember.objects.filter(committee__village=village)
    return members.select_related("household")


def missing_kinds(members: Iterable[CommitteeMember]) -> list[LeaderKind]:
    """Which of the four kinds of leader nobody comes as."""
    present = {member.kind for member in members}
    return [kind for kind in LeaderKind if kind not in present]


# ---------------------------------------------------------------- the history


def history_of(village: Village) -> QuerySet[History]:
    """What was done in a village, the newest first, with who did it and what changed."""
    entries = History.objects.filter(village=village).order_by("-id")
    return entries.select_related("by").prefetch_related("values_kept")


def people_by_key(texts: Iterable[str]) -> dict[str, str]:
    """Households, members and change leaders, by the text of their key (three queries)."""
    keys = {UUID(text) for text in texts if UUID_TEXT.fullmatch(text)}
    households = Household.objects.filter(pk__in=keys).in_house_order()
    members = CommitteeMember.objects.filter(pk__in=keys)
    leaders = ChangeLeader.objects.filter(pk__in=keys)
    return {str(row.pk): str(row) for row in [*households, *members, *leaders]}


def households_by_key(texts: Iterable[str]) -> dict[str, Household]:
    """Households by the text of their key (one query)."""
    keys = {UUID(text) for text in texts if UUID_TEXT.fullmatch(text)}
    return {str(row.pk): row for row in Household.objects.filter(pk__in=keys)}


def officers_by_key(texts: Iterable[str]) -> dict[str, str]:
    """The names of accounts, by the text of their key."""
    accounts = User.objects.in_bulk([int(text) for text in texts if text.isdecimal()])
    return {str(key): user.name for key, user in accounts.items()}


def occupations_by_code(codes: Iterable[str]) -> dict[str, str]:
    """The names of occupations, by their code."""
    return {code: str(row.name) for code, row in Occupation.objects.in_bulk(list(codes)).items()}


def steps_by_subject(entries: Iterable[History]) -> dict[tuple[str, str], str]:
    """The number of the step that an entry is about, by the entry's subject (three queries)."""
    numbers: dict[tuple[str, str], str] = {}
    for model in (StepProgress, Activity, PlanItem):
        label = model._meta.label_lower
        keys = [entry.subject_id for entry in entries if entry.subject_type == label]
        rows = model._default_manager.filter(pk__in=keys, step__isnull=False)
        for key, number in rows.values_list("pk", "step__number"):
            numbers[label, str(key)] = number
    return numbers
