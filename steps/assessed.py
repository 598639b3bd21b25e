"""Where villages see themselves: this year, the year before, and the middle of the district."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steps.conditions import CONTINUITY, OWNERSHIP, SELF_RELIANCE
from steps.models import AssessedFactor, Enrolment, Factor

ENOUGH = 3  # assessed villages: fewer would tell what one of them said
SCALE: tuple[str | Promise, ...] = (
    _("Not yet"),
    _("Starting"),
    _("Working"),
    _("Strong and lasting"),
)
MEASURED: dict[str, str | Promise] = {
    CONTINUITY: _("Continuity of support"),
    SELF_RELIANCE: _("Self-reliance"),
    OWNERSHIP: _("Sense of ownership"),
}
Levels = Mapping[str, int]  # code of a factor -> 0 to 3; not assessed: not there


@dataclass(frozen=True)
class Line:
    """A factor and its levels; None where nobody assessed it, or too few of the district did.

    ``district`` is the median of the district's villages, which may lie between two levels.
    """

    factor: Factor
    now: int | None
    before: int | None
    district: float | None

    @property
    def word(self) -> str:
        """The level of this year in a word, empty where it was not assessed."""
        return level_word(self.now)


def level_word(level: int | None) -> str:
    """0 is "Not yet", 3 "Strong and lasting"; nothing for no level."""
    return "" if level is None else str(SCALE[level])


@dataclass(frozen=True)
class Compared:
    """The levels of a village's year beside others; ``villages`` of the district assessed any."""

    lines: list[Line]
    villages: int
    year_before: int | None

    @property
    def has_district(self) -> bool:
        return self.villages >= ENOUGH

    @property
    def is_empty(self) -> bool:
        return all(line.now is None for line in self.lines)

    @property
    def stage(self) -> Factor | None:
        """The highest stage of building a network the village works in without a gap before it.

        The success factors are its stages, in order; level 1 has begun.
        """
        reached = None
        for line in self.lines:
            if line.factor.kind != Factor.Kind.SUCCESS:
                continue
            if not line.now:
                break
            reached = line.factor
        return reached


def factors_asked() -> list[Factor]:
    """What a village assesses itself in, in order and with what each level shows (two queries)."""
    return list(Factor.objects.asked().prefetch_related("levels"))


def catalogue() -> tuple[list[Factor], dict[str, str]]:
    """What a village assesses itself in, and what the measured conditions are called (one query).

    The cautions are of the catalogue; ownership is the programme's own.
    """
    factors = list(Factor.objects.all())
    names = {factor.code: str(factor.name) for factor in factors}
    measured = {code: names.get(code) or str(name) for code, name in MEASURED.items()}
    return [factor for factor in factors if factor.kind != Factor.Kind.CAUTION], measured


def compared(enrolment: Enrolment, factors: Sequence[Factor]) -> Compared:
    """The levels of a village's year by factor (two queries)."""
    before = _year_before(enrolment)
    levels = _levels_of(enrolment, before)
    now, of_before = levels[enrolment.pk], levels[before.pk] if before else {}
    district = [
        levels_of
        for key, levels_of in levels.items()
        if levels_of and (before is None or key != before.pk)
    ]
    enough = len(district) >= ENOUGH
    lines = [
        Line(
            factor,
            now.get(factor.code),
            of_before.get(factor.code),
            median_of(factor.code, district) if enough else None,
        )
        for factor in factors
    ]
    return Compared(lines, len(district), before.programme.year if before else None)


def median_of(code: str, villages: Sequence[Levels]) -> float | None:
    """The median of those who assessed the factor; None where they are fewer than enough."""
    levels = [levels[code] for levels in villages if code in levels]
    return float(median(levels)) if len(levels) >= ENOUGH else None


def _year_before(enrolment: Enrolment) -> Enrolment | None:
    """The village's enrolment in the programme before, where it took part."""
    earlier = enrolment.village.enrolments.filter(programme__year__lt=enrolment.programme.year)
    return earlier.select_related("programme").order_by("-programme__year").first()


def _levels_of(enrolment: Enrolment, before: Enrolment | None) -> defaultdict[int, dict[str, int]]:
    """The levels of the district's villages this year, and of the village the year before."""
    district = enrolment.village.district_code
    this_year = AssessedFactor.objects.of_district(district, enrolment.programme)
    rows = this_year | AssessedFactor.objects.filter(assessment__enrolment=before)
    levels: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for key, code, level in rows.values_list("assessment__enrolment", "factor", "level"):
        levels[key][code] = level
    return levels
