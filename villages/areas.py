"""The official areas of Thailand, loaded from the ``geothai`` package into our own table.

The data is GeoThai/data, from the Department of Provincial Administration (กรมการปกครอง),
Copyright (c) Pongsakorn Thipayanate, licensed CC BY 4.0; changed here as ``_name_th`` and
``_name_en`` say.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import geothai
from django.db import transaction
from django.db.models import Q
from geothai.abolished import abolished_areas
from geothai.types import Abolished, District, Province, Subdistrict

from sammachip.thai.text import clean
from villages.models import Area, Village, VillageQuerySet

LOADED = ("name_th", "name_en", "parent_id", "abolished_on", "successor_id")

# A doubled เ, which cleaning would take for a แ: the subdistrict of today is spelt right.
_MISSPELT = {"เเทอดไทย": "เทอดไทย"}

# KhuKhan and Chom si: a capital behind a small letter, a small letter where a word begins.
# A part behind a hyphen stays small (Su-ngai Kolok).
_WRONG_CASE = re.compile(r"(?<=[a-z])[A-Z]|(?<![A-Za-z-])[a-z]")


@dataclass(frozen=True)
class Loaded:
    """What one run found: areas that were not there, that differed, and how many were the same."""

    new: list[Area]
    changed: list[Area]
    same: int


def load_areas() -> Loaded:
    """Bring the table to what the installed package says; an area it does not know stays."""
    with transaction.atomic():
        loaded = _compare(official_areas())
        Area.objects.bulk_create(
            [*loaded.new, *loaded.changed],
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=[field.removesuffix("_id") for field in LOADED],
        )
    return loaded


def official_areas() -> Iterator[Area]:
    """Every area in force, then every abolished one."""
    for province in geothai.provinces():
        yield _in_force(province)
        for district in geothai.districts(province.code):
            yield _in_force(district)
            yield from map(_in_force, geothai.subdistricts(district.code))
    yield from map(_abolished, abolished_areas())


def villages_touched(changed: Iterable[Area]) -> VillageQuerySet:
    """Villages in a changed area, and those whose subdistrict is abolished, in official order."""
    codes = [area.code for area in changed]
    return (
        Village.objects.filter(
            Q(subdistrict__in=codes)
            | Q(subdistrict__parent__in=codes)
            | Q(subdistrict__parent__parent__in=codes)
            | Q(subdistrict__abolished_on__isnull=False)
        )
        .select_related("subdistrict__successor")
        .in_official_order()
    )


def standing_successor(area: Area) -> Area | None:
    """The area in force that an abolished one became, also by way of others; None if not known."""
    seen = {area.code}
    while area.abolished_on:
        if area.successor is None or area.successor_id in seen:
            return None
        area = area.successor
        seen.add(area.code)
    return area


def _compare(areas: Iterable[Area]) -> Loaded:
    stored = {code: fields for code, *fields in Area.objects.values_list("code", *LOADED)}
    new, changed, same = [], [], 0
    for area in areas:
        if area.code not in stored:
            new.append(area)
        elif stored[area.code] != [getattr(area, field) for field in LOADED]:
            changed.append(area)
        else:
            same += 1
    return Loaded(new, changed, same)


def _in_force(area: Province | District | Subdistrict) -> Area:
    return Area(
        code=area.code,
        name_th=_name_th(area.code, area.name_th),
        name_en=_name_en(area.name_en),
        parent_id=area.code[:-2] or None,
    )


def _abolished(area: Abolished) -> Area:
    """The day is the one on which the register dropped the code.

    A subdistrict that was split has several successors and gets none here: which of them a
    village fell to is for a person to say.
    """
    return Area(
        code=area.code,
        name_th=_name_th(area.code, area.name_th),
        name_en=_name_en(area.name_en or ""),
        parent_id=area.code[:-2] or None,
        abolished_on=date.fromisoformat(area.abolished_on),
        successor_id=area.successors[0] if len(area.successors) == 1 else None,
    )


def _name_th(code: str, name: str) -> str:
    """The bare name: only Bangkok's districts come with their word (เขตพระนคร)."""
    is_bangkok_district = len(code) == Area.DISTRICT and code.startswith("10")
    name = clean(_MISSPELT.get(name, name))
    return name.removeprefix("เขต" if is_bangkok_district else "")


def _name_en(name: str) -> str:
    """With each word's first letter alone as a capital: some two dozen names have it wrong."""
    return _WRONG_CASE.sub(lambda letter: letter[0].swapcase(), clean(name))
