"""Invented villages, households and documents of the demo province."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from sammachip.demo.people import HOME, PROVINCE, invented_name
from sammachip.demo.words import BACKS, CLUSTERS, FRONTS, TOWNS
from villages.models import Area, Household, Occupation, Village, house_order

AT_HOME = 14
ELSEWHERE = (4, 5, 6)
HOUSEHOLDS = (26, 32)  # in a village of the home district
REACH = 0.07  # degrees round the town
NOT_NOTED = 0.05  # of all villages


@dataclass(frozen=True)
class Place:
    """A district with its new villages; the how-manieth of the province it is."""

    district: Area
    villages: list[Village]
    number: int

    @property
    def is_home(self) -> bool:
        return self.district.code == HOME


def make_districts(limit: int | None) -> list[Place]:
    """Villages in the districts of the province, the home district first."""
    districts = sorted(
        Area.objects.current().filter(parent=PROVINCE),
        key=lambda district: (district.code != HOME, district.code),
    )
    names = _village_names()
    places = [
        Place(district, _make_villages(district, number, names), number)
        for number, district in enumerate(districts[:limit])
    ]
    _make_households(places[0].villages)
    return places


def _village_names() -> Iterator[tuple[str, str]]:
    names = [
        (front_th + back_th, f"{front_en} {back_en}")
        for front_th, front_en in FRONTS
        for back_th, back_en in BACKS
    ]
    Random(PROVINCE).shuffle(names)
    return iter(names)


def _make_villages(district: Area, number: int, names: Iterator[tuple[str, str]]) -> list[Village]:
    """As many as the district gets, under codes no village has."""
    wanted = AT_HOME if district.code == HOME else ELSEWHERE[number % len(ELSEWHERE)]
    codes = _free_codes(district)
    villages = []
    for _n, code, (name_th, name_en) in zip(range(wanted), codes, names, strict=False):
        village = Village(
            code=code, subdistrict_id=code[:6], moo=int(code[6:]), name_th=name_th, name_en=name_en
        )
        village.latitude, village.longitude = _somewhere_near(district, code)
        village.search_text = village.searchable()
        villages.append(village)
    Village.objects.bulk_create(villages)
    return sorted(villages, key=lambda village: village.code)


def _somewhere_near(district: Area, code: str) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """An invented place in the district; of a few villages nobody has noted where they lie."""
    rng = Random(code)
    if rng.random() < NOT_NOTED or district.code not in TOWNS:
        return None, None
    north, east = TOWNS[district.code]
    return _near(north, rng), _near(east, rng)


def _near(degrees: float, rng: Random) -> Decimal:
    return Decimal(f"{degrees + rng.uniform(-REACH, REACH):.4f}")


def _free_codes(district: Area) -> Iterator[str]:
    """Codes of the district's subdistricts in turn, moo 1 first, that are not taken."""
    taken = set(Village.objects.within(district.code).values_list("code", flat=True))
    subdistricts = Area.objects.current().filter(parent=district).in_official_order()
    codes = list(subdistricts.values_list("code", flat=True))
    for moo in range(1, 100):
        for subdistrict in codes:
            if (code := f"{subdistrict}{moo:02}") not in taken:
                yield code


def _make_households(villages: list[Village]) -> None:
    occupations = list(Occupation.objects.order_by("order").values_list("pk", flat=True))
    Household.objects.bulk_create(
        household for village in villages for household in _households(village, occupations)
    )


def _households(village: Village, occupations: list[str]) -> Iterator[Household]:
    rng = Random(village.code)
    for number in range(1, rng.randint(*HOUSEHOLDS) + 1):
        house_no = str(number * 3 - rng.randint(0, 2))
        yield Household(
            village=village,
            house_no=house_no,
            house_order=house_order(house_no),
            head_name=invented_name(rng),
            people=rng.randint(1, 7),
            cluster=CLUSTERS[number * len(CLUSTERS) // 33],
            main_occupation_id=occupations[0],
            side_occupation_id=rng.choice(occupations[1:]),
        )
