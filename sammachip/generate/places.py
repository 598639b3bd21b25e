"""Villages over the real subdistricts, as many in each as they would have in the whole country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import product
from random import Random

from sammachip.demo.words import BACKS, FRONTS
from sammachip.generate.words import CENTRES, ENDS, SURNAME_BACKS, SURNAME_FRONTS
from villages.models import Area, Village

HOME = "52"  # Lampang: about a thousand villages; a region are the northern provinces behind it
BANGKOK = "10"  # has no villages
NATION = 75_000
WITHOUT_COORDINATES = 0.12


@dataclass(frozen=True)
class Copy:
    """A village that is a copy: of which model, and what is its own."""

    nth: int
    village: Village
    model: Village
    surname: str
    more_budget: int
    later: timedelta  # its steps are handed in and decided on


def subdistricts() -> list[str]:
    """Codes of the subdistricts in force, the home province's first, then on in official order."""
    areas = Area.objects.current().of_level(Area.SUBDISTRICT).in_official_order()
    codes = list(areas.exclude(code__startswith=BANGKOK).values_list("code", flat=True))
    return [code for code in codes if code >= HOME] + [code for code in codes if code < HOME]


def village_codes(count: int) -> list[str]:
    """The first codes of the nation's villages: a district is the same at every size."""
    codes: list[str] = []
    places = subdistricts()
    for nth, code in enumerate(places):
        here = NATION * (nth + 1) // len(places) - NATION * nth // len(places)
        codes += [f"{code}{moo:02}" for moo in range(1, here + 1)]
    return codes[:count]


def make_villages(count: int) -> list[Village]:
    """So many villages, stored, in the order of ``subdistricts``."""
    return Village.objects.bulk_create(map(_village, village_codes(count)), batch_size=2_000)


def _village(code: str) -> Village:
    rng = Random(code)
    name_th, name_en, search_text = rng.choice(_names())
    village = Village(
        code=code,
        subdistrict_id=code[:6],
        moo=int(code[6:]),
        name_th=name_th,
        name_en=name_en,
        search_text=search_text,
    )
    if rng.random() > WITHOUT_COORDINATES:
        village.latitude, village.longitude = _spot(code, rng)
    return village


@cache
def _names() -> list[tuple[str, str, str]]:
    """Invented names in Thai and Latin letters, with what they are found by."""
    names = [
        ("".join(part[0] for part in parts), " ".join(part[1] for part in parts).strip())
        for parts in product(FRONTS, BACKS, ENDS)
    ]
    return [
        (name_th, name_en, Village(name_th=name_th, name_en=name_en).searchable())
        for name_th, name_en in names
    ]


def _spot(code: str, rng: Random) -> tuple[float, float]:
    """Somewhere near the middle of the district, which lies somewhere in its province."""
    north, east = CENTRES[code[:2]]
    district = Random(code[:4])
    return (
        round(north + district.uniform(-0.35, 0.35) + rng.gauss(0, 0.04), 5),
        round(east + district.uniform(-0.35, 0.35) + rng.gauss(0, 0.04), 5),
    )


def copy_of(nth: int, village: Village, models: Sequence[Village]) -> Copy:
    """Which model a village copies: districts differ in how far their villages have come."""
    rng, district = Random(f"copy {village.code}"), Random(f"pace {village.code[:4]}")
    place = rng.gauss(district.uniform(0.15, 0.75), 0.22)  # models stand furthest first
    chosen = min(max(int(place * len(models)), 0), len(models) - 1)
    return Copy(
        nth=nth,
        village=village,
        model=models[chosen],
        surname=rng.choice(SURNAME_FRONTS) + rng.choice(SURNAME_BACKS),
        more_budget=rng.randrange(40) * 500,
        later=timedelta(seconds=rng.randrange(48 * 3600)),
    )
