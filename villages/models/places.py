"""Places: areas by their official codes, villages, and the codes villages had before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Substr
from django.utils.translation import gettext_lazy as _

from sammachip.thai.bilingual import bilingual
from sammachip.thai.text import clean, search_key
from villages.models.keys import KeyedQuerySet, keyed

FIRST_BUDDHIST_YEAR = 2400  # a stored year from here on is a พ.ศ. year nobody converted


def before_buddhist_years(*fields: str) -> list[models.BaseConstraint]:
    """One constraint a date column: what is stored is a ค.ศ. date, whatever was typed."""
    return [
        models.CheckConstraint(
            condition=Q(**{f"{field}__isnull": True})
            | Q(**{f"{field}__lt": date(FIRST_BUDDHIST_YEAR, 1, 1)}),
            name=f"%(app_label)s_%(class)s_{field}_ce",
        )
        for field in fields
    ]


class AreaQuerySet(models.QuerySet["Area"]):
    def get_by_natural_key(self, code: str) -> Area:
        return self.get(code=code)

    def in_official_order(self) -> Self:
        """Official order is by code (ลำดับตามทำเนียบ), the town district first."""
        return self.order_by("code")

    def current(self) -> Self:
        return self.filter(abolished_on__isnull=True)

    def of_level(self, digits: int) -> Self:
        """Provinces have 2 digits, districts 4, subdistricts 6."""
        return self.annotate(digits=Length("code")).filter(digits=digits)


class Area(models.Model):
    """A province, district or subdistrict, known by its official code of 2, 4 or 6 digits."""

    PROVINCE, DISTRICT, SUBDISTRICT = 2, 4, 6

    code = models.CharField(
        _("code"),
        primary_key=True,
        max_length=6,
        validators=[RegexValidator(r"^[1-9][0-9]([0-9]{2}){0,2}$")],
    )
    name_th = models.CharField(_("name in Thai"), max_length=100, db_collation="thai")
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", editable=False
    )
    abolished_on = models.DateField(_("abolished on"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )

    name = bilingual("name")
    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[1-9][0-9]([0-9]{2}){0,2}$"), name="area_code_official"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(parent=Substr("code", 1, Length("code") - 2)),
                name="area_parent_is_code_without_last_two",
            ),
            *before_buddhist_years("abolished_on"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    @property
    def level(self) -> int:
        return len(self.code)

    @property
    def in_bangkok(self) -> bool:
        return self.code.startswith("10")

    @property
    def kind(self) -> str:
        """The word before the name: จังหวัด, อำเภอ or ตำบล (Bangkok: none, เขต, แขวง)."""
        words = {
            self.PROVINCE: "" if self.in_bangkok else _("Province"),
            self.DISTRICT: _("Bangkok district") if self.in_bangkok else _("District"),
            self.SUBDISTRICT: _("Bangkok subdistrict") if self.in_bangkok else _("Subdistrict"),
        }
        return str(words[self.level])

    @property
    def title(self) -> str:
        """With its word, as on paper: อำเภอศรีรัตนะ / Si Rattana District."""
        return (
            _("%(name)s %(kind)s") % {"kind": self.kind, "name": self.name}
            if self.kind
            else self.name
        )

    @property
    def above(self) -> Area:
        """The area it lies in. LookupError of a province, which lies in none."""
        if self.parent is None:
            raise LookupError(f"{self.code} lies in no area")
        return self.parent

    @property
    def short_title(self) -> str:
        """With the short word, for lists: ต.ศรีแก้ว."""
        words = {
            self.PROVINCE: _("prov. %s"),
            self.DISTRICT: _("dist. %s"),
            self.SUBDISTRICT: _("subdist. %s"),
        }
        return self.name if self.in_bangkok else words[self.level] % self.name


class VillageQuerySet(models.QuerySet["Village"]):
    def get_by_natural_key(self, code: str) -> Village:
        """By its code, or by one it had: a fixture may be older than the code of today."""
        return self.filter(code=code).first() or self.get(former_codes__code=code)

    def with_area(self) -> Self:
        """With the names of subdistrict, district and province, in the same query."""
        return self.select_related("subdistrict__parent__parent")

    def matching(self, words: str) -> Self:
        """Villages found by name, second name or code; tone marks and spaces do not matter."""
        key = search_key(words)
        return self.filter(Q(search_text__contains=key) | Q(code__startswith=key)) if key else self

    def within(self, code: str) -> Self:
        """Villages of an area, as a range of codes: an index serves it, LIKE would not."""
        return self.filter(code__gte=code, code__lt=after(code))

    def in_official_order(self) -> Self:
        return self.order_by("code")

    def locked(self) -> Self:
        """Locked for writing, always in code order so that two writers never wait in a ring."""
        return self.select_for_update(of=("self",)).order_by("code")


def after(code: str) -> str:
    """The first code behind all codes that start with ``code`` ("3314" -> "3315")."""
    return str(int(code) + 1)


class Village(models.Model):
    """A village (หมู่บ้าน) with its official code of eight digits."""

    code = models.CharField(
        _("village code"),
        max_length=8,
        unique=True,
        validators=[RegexValidator(r"^[1-9][0-9]{7}$")],
    )
    subdistrict = models.ForeignKey(
        Area, models.PROTECT, related_name="villages", verbose_name=_("subdistrict")
    )
    moo = models.PositiveSmallIntegerField(_("moo"))
    name_th = models.CharField(_("name in Thai"), max_length=100, db_collation="thai")
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    alt_name = models.CharField(_("second name"), max_length=100, blank=True)
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    search_text = models.CharField(max_length=400, editable=False, db_default="", default="")

    name = bilingual("name")
    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = _("village")
        verbose_name_plural = _("villages")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[1-9][0-9]{7}$"), name="village_code_official"
            ),
            models.CheckConstraint(
                condition=Q(subdistrict=Substr("code", 1, 6)), name="village_code_of_subdistrict"
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(5, 21), longitude__range=(97, 106)),
                name="village_coordinates_in_thailand",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.tidy()
        super().save(*args, **kwargs)

    def tidy(self) -> None:
        """Text is stored clean, and searchable without tone marks."""
        self.name_th, self.alt_name = clean(self.name_th), clean(self.alt_name)
        self.search_text = self.searchable()

    def searchable(self) -> str:
        return " ".join(search_key(text) for text in (self.name_th, self.alt_name, self.name_en))

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    natural_key.dependencies = ["villages.area"]  # type: ignore[attr-defined]

    @property
    def district_code(self) -> str:
        return self.code[:4]

    @property
    def address(self) -> str:
        """ตำบลศรีแก้ว อำเภอศรีรัตนะ จังหวัดศรีสะเกษ"""
        titles: list[str] = []
        area: Area | None = self.subdistrict
        while area:
            titles.append(area.title)
            area = area.parent
        return " ".join(titles)

    @property
    def title(self) -> str:
        """บ้านตระกาจ หมู่ที่ 8"""
        return _("Ban %(name)s Moo %(moo)s") % {"name": self.name, "moo": self.moo}

    @property
    def full_title(self) -> str:
        """บ้านตระกาจ (บ้านโนนกุง) หมู่ที่ 8, with the second name where there is one."""
        if not self.alt_name:
            return self.title
        return _("Ban %(name)s (Ban %(alt)s) Moo %(moo)s") % {
            "name": self.name,
            "alt": self.alt_name,
            "moo": self.moo,
        }


class FormerCode(models.Model):
    """A code a village had before; old addresses lead to the village it is now."""

    code = models.CharField(max_length=8, unique=True)
    village = models.ForeignKey(Village, models.CASCADE, related_name="former_codes")
    until = models.DateField()

    natural_key = keyed("code", after=["villages.village"])
    objects = KeyedQuerySet["FormerCode"].as_manager()

    class Meta:
        constraints = before_buddhist_years("until")

    def __str__(self) -> str:
        return self.code


def locked(villages: Iterable[Village]) -> list[Village]:
    """The given villages, locked in code order until the transaction ends."""
    return list(Village.objects.locked().filter(pk__in=[village.pk for village in villages]))
