"""Areas and villages by what a file says of them: codes, or names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from accounts.access import Scope
from sammachip.thai.text import search_key
from villages.imports.repairs import without_area_word, without_ban, without_moo
from villages.imports.words import problem
from villages.models import Area, FormerCode, Village, after

LEVELS = {"province": Area.PROVINCE, "district": Area.DISTRICT, "subdistrict": Area.SUBDISTRICT}
_CAPITAL = {"เมือง", "mueang"}  # the district of a province's capital, as everybody calls it
EVERYWHERE = Scope(national=True, codes=frozenset())


class VillageFacts(NamedTuple):
    """What is asked of a stored village."""

    pk: int
    code: str
    moo: int
    name: str

    @property
    def subdistrict(self) -> str:
        return self.code[:6]


@dataclass
class Places:
    """Every area, and the villages of the provinces that are asked for, loaded once.

    ``allowed`` is where the person may bring rows in; what lies outside is not there.
    """

    allowed: Scope = EVERYWHERE
    _loaded: set[str] = field(default_factory=set)
    villages: dict[str, VillageFacts] = field(default_factory=dict)
    _by_moo: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    _by_name: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def _areas(self) -> dict[str, tuple[str, date | None, str | None]]:
        rows = Area.objects.values_list("code", "name_th", "name_en", "abolished_on", "successor")
        named = defaultdict(list)
        areas = {}
        for code, name_th, name_en, abolished_on, successor in rows:
            areas[code] = (name_th, abolished_on, successor)
            if abolished_on is None:
                bare = without_area_word(name_th)  # of จ.ป.ร. too, so that it is found
                for key in {search_key(name) for name in (name_th, bare, name_en)} - {""}:
                    named[len(code), key].append(code)
        self._named = named
        return areas

    # ------------------------------------------------------------ areas

    def named(self, level: str, text: str, within: str = "") -> list[str]:
        """The areas of a level with that name inside another area ("" is anywhere)."""
        _ = self._areas
        key = search_key(without_area_word(text))
        if level == "district" and key in _CAPITAL and len(within) == Area.PROVINCE:
            key = search_key(f"เมือง{self.name_of(within)}")
        codes = self._named.get((LEVELS[level], key), [])
        return [code for code in codes if code.startswith(within)]

    def fitting(self, texts: Mapping[str, str]) -> list[str]:
        """Every area the names may mean, as codes; only "" where they speak of none.

        Raises a problem for a name nobody knows.
        """
        codes = [""]
        for level in LEVELS:
            text = texts.get(level, "")
            if text:
                codes = [code for within in codes for code in self.named(level, text, within)]
                if not codes:
                    raise problem("unknown_area", text=text)
        return codes

    def narrowed(self, texts: Mapping[str, str]) -> str:
        """The one area that the names mean, as a code; "" where they speak of none.

        Of several with that name it is the one where the person may bring rows in. Raises a
        problem for a name nobody knows, and where several are left.
        """
        codes = self.fitting(texts)
        seen = [code for code in codes if code and self.allowed.touches(code)] or codes
        if len(seen) > 1:
            text = next(texts[level] for level in reversed(LEVELS) if texts.get(level))
            raise problem("ambiguous_area", text=text, codes=", ".join(seen[:5]))
        return seen[0]

    def known_area(self, code: str) -> None:
        """Refuse an area code that does not exist or is abolished."""
        if code not in self._areas:
            raise problem("unknown_area", text=code)
        _name, abolished_on, successor = self._areas[code]
        if abolished_on is not None:
            raise problem("abolished_area", text=code, successor=successor or "–")

    def name_of(self, code: str) -> str:
        return self._areas[code][0] if code in self._areas else code

    # ------------------------------------------------------------ villages

    def village(self, code: str) -> VillageFacts | None:
        """A stored village by its code."""
        self._load(code[:2])
        return self.villages.get(code)

    def villages_at(self, subdistrict: str, moo: int) -> list[str]:
        """The codes of the villages with that moo in a subdistrict."""
        self._load(subdistrict[:2])
        return self._by_moo.get((subdistrict, moo), [])

    def villages_called(self, subdistrict: str, name: str) -> list[str]:
        """The codes of the villages with that name in a subdistrict."""
        self._load(subdistrict[:2])
        return self._by_name.get((subdistrict, _name_key(name)), [])

    def _load(self, province: str) -> None:
        if province in self._loaded or not province.isdecimal():
            return
        self._loaded.add(province)
        rows = (
            Village.objects.within(province)
            .order_by()
            .values_list("pk", "code", "moo", "name_th", "alt_name")
        )
        for pk, code, moo, name, second in rows:
            self.villages[code] = VillageFacts(pk, code, moo, name)
            self._by_moo[code[:6], moo].append(code)
            for key in {_name_key(name), _name_key(second)} - {""}:
                self._by_name[code[:6], key].append(code)

    @cached_property
    def former(self) -> dict[str, str]:
        """Codes villages had before, with the code they have now."""
        return dict(FormerCode.objects.values_list("code", "village__code"))


def _name_key(name: str) -> str:
    """A village's name as it is found: with or without บ้าน and moo, whatever its tone marks."""
    return search_key(without_ban(without_moo(name)))


R = TypeVar("R")


class Nearby(Generic[R]):
    """Rows of villages, loaded a subdistrict at a time when one of its villages is first asked."""

    def __init__(self, load: Callable[[str], Iterable[tuple[int, R]]]) -> None:
        self._load = load
        self._loaded: set[str] = set()
        self._rows: defaultdict[int, list[R]] = defaultdict(list)

    def of(self, village: VillageFacts) -> list[R]:
        """The rows of a village."""
        if village.subdistrict not in self._loaded:
            self._loaded.add(village.subdistrict)
            for pk, row in self._load(village.subdistrict):
                self._rows[pk].append(row)
        return self._rows[village.pk]


def standing_areas(codes: Iterable[str]) -> set[str]:
    """Which of these codes are of areas that were not abolished (one query)."""
    areas = Area.objects.current().filter(code__in=set(codes))
    return set(areas.order_by().values_list("code", flat=True))


def code_range(column: str, code: str) -> dict[str, Any]:
    """An area as a condition on a code column: a range, which an index serves."""
    return {f"{column}__gte": code, f"{column}__lt": after(code)}
