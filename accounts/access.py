"""The one way to get an object you may see. Views ask here and nowhere else.

Outside the area an object does not exist (404); inside it, a missing right is refused (403).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404

from accounts.models import Posting, User
from accounts.rights import REVIEWING, RIGHTS_OF, Right
from steps.models import (
    Activity,
    Enrolment,
    Evidence,
    PlanItem,
    Programme,
    ReceivedFile,
    ShelfDocument,
    Step,
)
from steps.models.choices import HOLDS_NAMES
from steps.models.enrolments import EnrolmentQuerySet
from villages.models import (
    Area,
    CommitteeMember,
    FormerCode,
    Household,
    Village,
    VillageQuerySet,
    after,
)

M = TypeVar("M", bound=models.Model)


class Moved(Exception):
    """The village has another code now; its old address answers 301 with the new one."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"{old} is {new} now")
        self.old, self.new = old, new


@dataclass(frozen=True)
class Scope:
    """Where a right holds: the whole country, or a set of areas by code."""

    national: bool
    codes: frozenset[str]

    def covers(self, code: str) -> bool:
        """Whether the right holds in all of the area or village with this code."""
        return self.national or any(code.startswith(own) for own in self.codes)

    def touches(self, code: str) -> bool:
        """Whether the right holds somewhere in the area, above it or below it."""
        return self.covers(code) or any(own.startswith(code) for own in self.codes)

    def condition(self, column: str) -> Q:
        """The scope as a condition on a code column: ranges, which an index serves."""
        if self.national:
            return Q()
        ranges = Q(pk__in=[])
        for code in sorted(self.codes):
            ranges |= Q(**{f"{column}__gte": code, f"{column}__lt": after(code)})
        return ranges


NOWHERE = Scope(national=False, codes=frozenset())


def scope(user: User, right: Right, on: date) -> Scope:
    """Where ``user`` holds ``right`` on a day, by the postings in force then."""
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    postings = user.postings_on(on)
    return _scope_of(posting for posting in postings if right in RIGHTS_OF[posting.role])


def scope_once_held(user: User, right: Right, *, happened_on: date, now: date) -> Scope:
    """Where an ended posting gave ``right`` on the day something happened (rule 6: kept late)."""
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    return _scope_of(user.postings.with_right(right).ended_before(now).in_force(happened_on))


def _scope_of(postings: Iterable[Posting]) -> Scope:
    postings = list(postings)
    return Scope(
        national=any(posting.national for posting in postings),
        codes=frozenset(posting.area_id for posting in postings if posting.area_id),
    )


def may(user: User, right: Right, village: Village, on: date) -> bool:
    """Whether ``user`` holds ``right`` over a village on a day."""
    return scope(user, right, on).covers(village.code)


def villages_for(user: User, right: Right, on: date) -> VillageQuerySet:
    """The villages over which ``user`` holds ``right``."""
    return Village.objects.filter(scope(user, right, on).condition("code"))


def village_for(user: User, code: str, right: Right, on: date) -> Village:
    """One village by its code, or 404 where it may not be seen, or 403 without the right."""
    village = Village.objects.with_area().filter(code=code).first()
    if village is None:
        raise _moved_or_absent(user, code, on)
    require(user, code, right, on)
    return village


def require(user: User, code: str, right: Right, on: date) -> None:
    """Refuse unless ``right`` holds at ``code``; 404 where even seeing does not."""
    if not scope(user, Right.VIEW, on).covers(code):
        raise Http404
    if not scope(user, right, on).covers(code):
        raise PermissionDenied


def _moved_or_absent(user: User, code: str, on: date) -> Exception:
    former = FormerCode.objects.select_related("village").filter(code=code).first()
    if former is None or not may(user, Right.VIEW, former.village, on):
        return Http404()
    return Moved(code, former.village.code)


def area_for(user: User, code: str, right: Right, on: date) -> Area:
    """One area in which ``right`` holds at least in part, or 404 / 403 as for villages."""
    area = Area.objects.select_related("parent").filter(code=code).first()
    if area is None or not scope(user, Right.VIEW, on).touches(code):
        raise Http404
    if not scope(user, right, on).touches(code):
        raise PermissionDenied
    return area


def found(rows: models.QuerySet[M]) -> M:
    """The one row of an already scoped queryset, or 404."""
    row = rows.first()
    if row is None:
        raise Http404
    return row


# ---------------------------------------------------------------- what belongs to a village


def household_for(user: User, code: str, pk: UUID, right: Right, on: date) -> Household:
    """A household of a village over which ``right`` holds."""
    village = village_for(user, code, right, on)
    return found(Household.objects.filter(village=village, pk=pk).select_related("village"))


def member_for(user: User, code: str, pk: UUID, right: Right, on: date) -> CommitteeMember:
    """A committee member, serving or past, of a village over which ``right`` holds."""
    village = village_for(user, code, right, on)
    members = CommitteeMember.objects.filter(committee__village=village, pk=pk)
    return found(members.select_related("committee__village"))


def enrolment_for(user: User, code: str, year: int, right: Right, on: date) -> Enrolment:
    """A village in a programme year."""
    village = village_for(user, code, right, on)
    enrolments = Enrolment.objects.filter(village=village, programme__year=year)
    enrolment = found(enrolments.select_related("programme", "officer"))
    enrolment.village = village
    return enrolment


def enrolments_for(user: User, right: Right, on: date) -> EnrolmentQuerySet:
    """The enrolments of all villages over which ``right`` holds."""
    return Enrolment.objects.filter(scope(user, right, on).condition("village__code"))


def enrolment_once_held(
    user: User, code: str, year: int, happened_on: date, now: date
) -> Enrolment | None:
    """An enrolment the person recorded for until their posting ended, on a day it still held."""
    held = scope_once_held(user, Right.RECORD, happened_on=happened_on, now=now)
    if not held.covers(code):
        return None
    enrolments = Enrolment.objects.for_pages().filter(programme__year=year, village__code=code)
    return enrolments.first()


def enrolments_once_held(user: User, happened_on: date | None, now: date) -> EnrolmentQuerySet:
    """The enrolments of all villages over which the person's ended postings held on a day."""
    if happened_on is None:
        return Enrolment.objects.none()
    held = scope_once_held(user, Right.RECORD, happened_on=happened_on, now=now)
    return Enrolment.objects.filter(held.condition("village__code"))


def activity_once_held(user: User, code: str, year: int, pk: UUID, now: date) -> Activity | None:
    """An activity of the time when the person's ended posting still held."""
    activities = Activity.objects.filter(pk=pk, enrolment__programme__year=year)
    activity = activities.filter(enrolment__village__code=code).select_related("step").first()
    if activity is None:
        return None
    enrolment = enrolment_once_held(user, code, year, activity.held_on, now)
    if enrolment is None:
        return None
    activity.enrolment = enrolment
    return activity


def step_of(enrolment: Enrolment, number: str) -> Step:
    """A step of the enrolment's programme, with its requirements."""
    steps = Step.objects.current().with_requirements()
    return found(steps.filter(programme=enrolment.programme_id, number=number))


def activity_for(user: User, code: str, year: int, pk: UUID, right: Right, on: date) -> Activity:
    """An activity of a village in a year; withdrawn ones can still be read."""
    enrolment = enrolment_for(user, code, year, right, on)
    activities = Activity.objects.filter(enrolment=enrolment, pk=pk)
    activity = found(activities.select_related("step", "recorded_by"))
    activity.enrolment = enrolment
    return activity


def plan_item_for(user: User, code: str, year: int, pk: UUID, right: Right, on: date) -> PlanItem:
    """A plan item of a village in a year."""
    enrolment = enrolment_for(user, code, year, right, on)
    item = found(PlanItem.objects.filter(enrolment=enrolment, pk=pk).select_related("step"))
    item.enrolment = enrolment
    return item


def evidence_for(user: User, pk: UUID, right: Right, on: date) -> Evidence:
    """A photo or document; one that holds names asks for that right too."""
    evidence = found(Evidence.objects.for_serving().filter(pk=pk))
    code = evidence.activity.enrolment.village.code
    require(user, code, right, on)
    if evidence.type in HOLDS_NAMES:
        require(user, code, Right.NAMES, on)
    return evidence


def received_for(user: User, pk: UUID) -> ReceivedFile:
    """A file this very person sent that no activity holds yet."""
    return found(ReceivedFile.objects.unclaimed(user).filter(pk=pk).select_related("blob"))


def shelf_for(user: User, code: str, year: int, right: Right, on: date) -> tuple[Area, Programme]:
    """A district and a programme year, for its document shelf."""
    district = area_for(user, code, right, on)
    return district, found(Programme.objects.filter(year=year))


def shelf_document_for(user: User, pk: UUID, right: Right, on: date) -> ShelfDocument:
    """An entry on a district's shelf, where ``right`` holds in part of the district."""
    documents = ShelfDocument.objects.filter(pk=pk)
    document = found(documents.select_related("district", "programme", "blob"))
    area_for(user, document.district_id, right, on)
    return document


def may_review(user: User, village: Village, on: date) -> bool:
    """Whether the person reviews this village's steps, at any level."""
    return any(may(user, right, village, on) for right in REVIEWING)
