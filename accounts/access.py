"""The one way to get an object you may see. Views ask here and nowhere else.

Outside the area an object does not exist (404); inside it, a missing right is refused (403).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404

from accounts.models import Posting, User
from accounts.rights import Right
from villages.models import Area, FormerCode, Village, VillageQuerySet, after

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
    return _scope_of(user.postings.in_force(on).with_right(right))


def scope_once_held(user: User, right: Right, *, happened_on: date, now: date) -> Scope:
    """Where an ended posting gave ``right`` on the day something happened (rule 6: kept late)."""
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    postings = user.postings.with_right(right).ended_before(now).in_force(happened_on)
    return _scope_of(postings)


def _scope_of(postings: models.QuerySet[Posting]) -> Scope:
    rows = list(postings.values_list("national", "area_id"))
    return Scope(
        national=any(national for national, _code in rows),
        codes=frozenset(code for _national, code in rows if code),
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
