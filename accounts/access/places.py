"""Areas and villages that a person may see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from accounts.access.scopes import found, may, require, scope
from accounts.models import User
from accounts.rights import Right
from sammachip.converters import AreaCode
from villages.models import (
    Area,
    FormerCode,
    Village,
    VillageQuerySet,
)


class Moved(Exception):
    """The village has another code now; its old address answers 301 with the new one."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"{old} is {new} now")
        self.old, self.new = old, new


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


def _moved_or_absent(user: User, code: str, on: date) -> Exception:
    former = FormerCode.objects.select_related("village").filter(code=code).first()
    if former is None or not may(user, Right.VIEW, former.village, on):
        return Http404()
    return Moved(code, former.village.code)


def area_for(user: User, code: str, right: Right, on: date) -> Area:
    """One area in which ``right`` holds at least in part, or 404 / 403 as for villages."""
    if not re.fullmatch(AreaCode.regex, code):
        raise Http404
    area = Area.objects.select_related("parent").filter(code=code).first()
    if area is None or not scope(user, Right.VIEW, on).touches(code):
        raise Http404
    if not scope(user, right, on).touches(code):
        raise PermissionDenied
    return area


def area_board(user: User, code: str, on: date) -> Area:
    """An area all of which the person may see, with the names of what lies above it, or 404."""
    if not scope(user, Right.VIEW, on).covers(code):
        raise Http404
    return found(Area.objects.filter(code=code).select_related("parent__parent"))


def areas_around(user: User, code: str, on: date) -> list[Area]:
    """An area as ``area_board``, after those above it the person may see, before its parts.

    One query. In the order of their codes: the shorter ones lie above, the longer ones below.
    """
    seen = scope(user, Right.VIEW, on)
    above = [code[:digits] for digits in range(2, len(code), 2) if seen.covers(code[:digits])]
    wanted = Q(code__in=[*above, code]) | Q(parent=code)
    areas = list(Area.objects.filter(wanted).in_official_order()) if seen.covers(code) else []
    if code not in {area.code for area in areas}:
        raise Http404
    return areas


def root_areas(user: User, on: date) -> list[Area] | None:
    """The areas of a person's postings, none inside another; None: the whole country."""
    seen = scope(user, Right.VIEW, on)
    if seen.national:
        return None
    inside = {code for code in seen.codes for own in seen.codes - {code} if code.startswith(own)}
    return list(Area.objects.filter(code__in=seen.codes - inside).in_official_order())


def areas_to_compare(user: User, codes: Sequence[str], on: date) -> list[Area]:
    """The areas with these codes and their neighbours, as far as the person may see them whole.

    Without neighbours, the parts of the first one; without any code, where the person is posted.
    """
    seen = scope(user, Right.VIEW, on)
    codes = [code for code in codes if re.fullmatch(AreaCode.regex, code) and seen.covers(code)]
    if not codes and not seen.national:
        codes = sorted(seen.codes)
    first = codes[0] if codes else ""
    neighbours = Q(parent=first[:-2]) if first[:-2] else Q(parent__isnull=True)
    wanted = Q(code__in=codes) | neighbours | (Q(parent=first) if first else Q())
    near = Area.objects.filter(wanted).in_official_order()
    areas = [area for area in near if seen.covers(area.code)]
    beside = [area for area in areas if len(area.code) == len(first or "33")]
    if len(beside) < 2:
        return areas
    return [area for area in areas if area in beside or area.code in codes]
