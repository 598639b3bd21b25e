"""What an overview is about: a place and a programme year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from itertools import groupby
from operator import or_

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from steps.models import Enrolment, Programme, Step, Tally
from steps.models.programme import running_year
from steps.models.tallies import in_area
from villages.models import Area, Village

COUNTRY = ""  # its area code


@dataclass(frozen=True)
class Place:
    """One area, the whole country, or the several areas of one person's postings.

    ``area`` is None for the last two, ``above`` are the areas it lies in as far as the person may
    see them, ``below`` its parts. ``national`` says whether the person sees the whole country.
    """

    area: Area | None = None
    above: list[Area] = field(default_factory=list)
    below: list[Area] = field(default_factory=list)
    national: bool = False

    @property
    def codes(self) -> list[str]:
        """The codes of which it is the sum."""
        if self.area:
            return [self.area.code]
        return [COUNTRY] if self.national else [area.code for area in self.below]

    @property
    def code(self) -> str:
        """Its code in the address of a list: "" is everything the person may see."""
        return self.area.code if self.area else ""

    @property
    def is_subdistrict(self) -> bool:
        return self.area is not None and self.area.level == Area.SUBDISTRICT

    @property
    def title(self) -> str:
        """จังหวัดศรีสะเกษ; the whole country; own areas."""
        if self.area:
            return self.area.title
        return _("The whole country") if self.national else _("Own areas")

    @property
    def address(self) -> str:
        """The page of the place."""
        return address_of(self.area) if self.area else reverse("steps:areas")

    @property
    def part(self) -> str:
        """What its parts are called: District."""
        if self.is_subdistrict:
            return _("Village")
        levels = {area.level for area in self.below}
        if len(levels) != 1:
            return _("Area")
        return self.below[0].kind or _("Province")

    def where(self, village: Village) -> str:
        """The two areas nearest below the place in which a village lies: ต.ศรีแก้ว อ.ศรีรัตนะ"""
        below: list[Area] = []
        area: Area | None = village.subdistrict
        while area and len(area.code) > len(self.code):
            below.append(area)
            area = area.parent
        return " ".join(one.short_title for one in below[-2:])

    def condition(self, prefix: str = "") -> Q:
        """Rows that carry district and subdistrict codes and lie in the place."""
        if self.codes == [COUNTRY]:
            return Q()
        return reduce(or_, (in_area(code, prefix) for code in self.codes), Q(pk__in=[]))


def address_of(area: Area) -> str:
    """The overview of an area."""
    return reverse("steps:area", args=[area.code])


def place_of(code: str, around: Sequence[Area], *, national: bool) -> Place:
    """The place with this code, from the areas around it (access.areas_around)."""
    return Place(
        area=next(area for area in around if area.code == code),
        above=[area for area in around if len(area.code) < len(code)],
        below=[area for area in around if len(area.code) > len(code)],
        national=national,
    )


def country() -> Place:
    """All provinces together."""
    provinces = Area.objects.filter(parent__isnull=True).in_official_order()
    return Place(below=list(provinces), national=True)


# ---------------------------------------------------------------- years


@dataclass(frozen=True)
class Year:
    """A programme with its steps in order; ``enrolled`` says whether the place takes part."""

    programme: Programme
    steps: list[Step]
    enrolled: bool

    @property
    def number(self) -> int:
        return self.programme.year

    def due_before(self, on: date) -> list[Step]:
        """The steps that are past due on a day, the earliest first."""
        judged_on = self.programme.judged_on(on)
        due = [step for step in self.steps if step.due_on < judged_on]
        return sorted(due, key=lambda step: (step.due_on, step.order))


LONG_TEXTS = ("purpose_th", "purpose_en", "guidance_th", "guidance_en")


def years_of(place: Place) -> list[Year]:
    """Every programme that has steps, the latest first, in one query."""
    counted = Tally.objects.filter(month="", figure="villages", n__gt=0)
    if place.codes != [COUNTRY]:
        counted = counted.filter(area_code__in=place.codes)
    steps = Step.objects.current().select_related("programme").defer(*LONG_TEXTS)
    steps = steps.annotate(enrolled=Exists(counted.filter(programme=OuterRef("programme"))))
    years = groupby(steps.order_by("-programme__year", "order"), lambda step: step.programme)
    return [_year(programme, list(rows)) for programme, rows in years]


def _year(programme: Programme, steps: list[Step]) -> Year:
    return Year(programme, steps, enrolled=steps[0].enrolled)  # type: ignore[attr-defined]


def year_shown(years: Sequence[Year], asked: str, on: date) -> Year | None:
    """The year asked for, or the one that runs of those in which the place takes part."""
    if asked:
        return next((year for year in years if str(year.number) == asked), None)
    offered = [year for year in years if year.enrolled] or list(years)
    opened = {year.number: year.programme.opens_on for year in offered}
    shown = running_year(opened, on)
    return next((year for year in offered if year.number == shown), None)


def year_of_village(village: Village, on: date) -> int | None:
    """The programme year that runs of those in which a village takes part."""
    years = Enrolment.objects.filter(village=village)
    opened = dict(years.values_list("programme__year", "programme__opens_on"))
    return running_year(opened, on)
