"""Accounts, who is responsible where, and who may bring files in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from accounts.access.scopes import NOWHERE, Scope, found, scope
from accounts.models import Import, Posting, User
from accounts.rights import Right, Role
from sammachip.converters import AreaCode
from steps.models import (
    Enrolment,
    Handover,
)
from villages.models import (
    Area,
    after,
)


def accounts_for(user: User, on: date) -> models.QuerySet[User]:
    """All accounts, for an administrator of the whole country; anybody else is refused."""
    if not scope(user, Right.ADMINISTER, on).national:
        raise PermissionDenied
    return User.objects.all()


def import_scope(
    user: User, rights: Collection[Right], on: date, *, everywhere: bool = False
) -> Scope:
    """Where somebody may bring rows in by any of ``rights``; refuses who may nowhere.

    ``everywhere``: only who may in the whole country (accounts belong to no area).
    """
    held = [scope(user, right, on) for right in rights]
    whole = Scope(
        national=any(one.national for one in held),
        codes=frozenset().union(*(one.codes for one in held)),
    )
    if whole == NOWHERE or (everywhere and not whole.national):
        raise PermissionDenied
    return whole


def import_for(user: User, pk: UUID, on: date) -> Import:
    """A file one brought in oneself; an administrator of the whole country sees everybody's."""
    imports = Import.objects.filter(pk=pk).select_related("by")
    if scope(user, Right.ADMINISTER, on).national:
        return found(imports)
    return found(imports.filter(by=user))


def imports_of(user: User) -> models.QuerySet[Import]:
    """The files somebody brought in, the latest first."""
    return Import.objects.filter(by=user)


LATELY = timedelta(days=30)


def officers_for(user: User, on: date) -> models.QuerySet[User]:
    """Who works as officer, or answers for villages, where the person names the officers.

    Also who did until lately: whoever hands over a second time is told so.
    """
    held = scope(user, Right.ASSIGN, on)
    posted = Posting.objects.filter(user=models.OuterRef("pk"), role=Role.OFFICER)
    posted = posted.not_over(on - LATELY).filter(held.condition("area_id"))
    named = Enrolment.objects.filter(officer=models.OuterRef("pk")).to_hand_over(on)
    named = named.filter(held.condition("village__code"))
    done = Handover.objects.filter(giver=models.OuterRef("pk"), by=user, on__gt=on - LATELY)
    return User.objects.filter(models.Exists(posted) | models.Exists(named) | models.Exists(done))


def ground_of(officer: User, user: User, on: date, asked: Iterable[str] = ()) -> list[Area]:
    """Where an officer works or answers for villages, as far as ``user`` names the officers.

    The areas of their postings and the districts of villages outside these; and ``asked``, the
    areas a form names, where the person names the officers there.
    """
    held = scope(user, Right.ASSIGN, on)
    postings = officer.postings.filter(role=Role.OFFICER).not_over(on - LATELY)
    known = {posting.area_id for posting in postings if posting.area_id} | set(asked)
    codes = {code for code in known if re.fullmatch(AreaCode.regex, code) and held.covers(code)}
    villages = Enrolment.objects.filter(officer=officer).to_hand_over(on)
    villages = villages.filter(held.condition("village__code"))
    for code in villages.order_by().values_list("village__code", flat=True):
        if not any(code.startswith(own) for own in codes):
            codes.add(code[:4])
    return list(Area.objects.filter(code__in=codes).in_official_order())


def recorders(areas: Iterable[str], on: date) -> models.QuerySet[User]:
    """Who may record somewhere in these areas, on a day or later."""
    within = Q(national=True)
    for code in areas:
        above = [code[:digits] for digits in range(2, len(code) + 1, 2)]
        within |= Q(area__in=above) | Q(area_id__gte=code, area_id__lt=after(code))
    postings = Posting.objects.filter(within, user=models.OuterRef("pk"))
    postings = postings.with_right(Right.RECORD).not_over(on)
    return User.objects.filter(models.Exists(postings), is_active=True)
