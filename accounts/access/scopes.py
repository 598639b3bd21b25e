"""Where a right holds for a person, and refusing where it does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404

from accounts.models import Posting, User
from accounts.rights import RIGHTS_OF, Right
from steps.models.tallies import in_area
from villages.models import (
    Village,
    after,
)

M = TypeVar("M", bound=models.Model)


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

    def within(self, area: str) -> Scope:
        """The part of it that lies in an area; "" is everywhere."""
        if not area:
            return self
        inside = {own for own in self.codes if own.startswith(area)}
        return Scope(national=False, codes=frozenset({area} if self.covers(area) else inside))

    def condition(self, column: str) -> Q:
        """The scope as a condition on a code column: ranges, which an index serves."""
        if self.national:
            return Q()
        ranges = Q(pk__in=[])
        for code in sorted(self.codes):
            ranges |= Q(**{f"{column}__gte": code, f"{column}__lt": after(code)})
        return ranges

    def of_rows(self) -> Q:
        """The scope as a condition on rows that carry the codes of district and subdistrict."""
        if self.national:
            return Q()
        areas = Q(pk__in=[])
        for code in sorted(self.codes):
            areas |= in_area(code)
        return areas


NOWHERE = Scope(national=False, codes=frozenset())


def both(one: Scope, other: Scope) -> Scope:
    """Where both hold: the smaller area where one lies in the other."""
    if one.national or other.national:
        return other if one.national else one
    inside = {code for code in one.codes if other.covers(code)}
    return Scope(
        national=False, codes=frozenset(inside | {code for code in other.codes if one.covers(code)})
    )


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


def scopes(right: Right, on: date, users: Collection[int] | None = None) -> dict[int, Scope]:
    """Where everybody who may sign in holds ``right`` on a day, by the key of the account.

    One query; of these ``users`` only, where they are named.
    """
    postings = Posting.objects.in_force(on).with_right(right).filter(user__is_active=True)
    if users is not None:
        postings = postings.filter(user__in=users)
    by_user: defaultdict[int, list[Posting]] = defaultdict(list)
    for posting in postings.order_by():
        by_user[posting.user_id].append(posting)
    return {key: _scope_of(rows) for key, rows in by_user.items()}


def _scope_of(postings: Iterable[Posting]) -> Scope:
    postings = list(postings)
    return Scope(
        national=any(posting.national for posting in postings),
        codes=frozenset(posting.area_id for posting in postings if posting.area_id),
    )


def may(user: User, right: Right, village: Village, on: date) -> bool:
    """Whether ``user`` holds ``right`` over a village on a day."""
    return scope(user, right, on).covers(village.code)


def holds_throughout(user: User, right: Right, area: str, on: date) -> bool:
    """Whether ``right`` holds wherever the person sees villages in an area ("" is anywhere)."""
    seen, held = scope(user, Right.VIEW, on).within(area), scope(user, right, on)
    if seen.national:
        return held.national
    return bool(seen.codes) and all(held.covers(code) for code in seen.codes)


def require(user: User, code: str, right: Right, on: date) -> None:
    """Refuse unless ``right`` holds at ``code``; 404 where even seeing does not."""
    if not scope(user, Right.VIEW, on).covers(code):
        raise Http404
    if not scope(user, right, on).covers(code):
        raise PermissionDenied


def require_any(user: User, code: str, rights: Collection[Right], on: date) -> None:
    """Refuse unless one of ``rights`` holds at ``code``; 404 where even seeing does not."""
    require(user, code, Right.VIEW, on)
    if not any(scope(user, right, on).covers(code) for right in rights):
        raise PermissionDenied


def require_somewhere(user: User, rights: Collection[Right], on: date) -> None:
    """Refuse whoever holds none of ``rights`` anywhere."""
    if all(scope(user, right, on) == NOWHERE for right in rights):
        raise PermissionDenied


def found(rows: models.QuerySet[M]) -> M:
    """The one row of an already scoped queryset, or 404."""
    row = rows.first()
    if row is None:
        raise Http404
    return row
