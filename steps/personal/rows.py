"""The rows that stand for a person: a household by its head, committee members, change leaders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from steps.models import ChangeLeader
from steps.personal.names import bare
from villages.models import CommitteeMember, Household, Village

PersonRow = Household | CommitteeMember | ChangeLeader


def name_of(row: PersonRow) -> str:
    """The person's name in the row: a household's is that of its head."""
    return row.head_name if isinstance(row, Household) else row.name


def phone_of(row: PersonRow) -> str:
    """The phone in the row, empty where it has none."""
    return "" if isinstance(row, ChangeLeader) else row.phone


def row_words(row: PersonRow) -> str:
    """Change leader 2560: นายดี มีชัย"""
    kind = kind_of(row)
    if isinstance(row, ChangeLeader):
        kind = f"{kind} {row.enrolment.programme.year}"
    house = f" {row.house_no}" if isinstance(row, Household) else ""
    return f"{kind}: {name_of(row)}{house}"


def kind_of(row: PersonRow) -> str:
    """What the row says the person is."""
    words = {
        Household: _("Head of household"),
        CommitteeMember: _("Committee member"),
        ChangeLeader: _("Change leader"),
    }
    return words[type(row)]


@dataclass(frozen=True)
class Person:
    """One row, those of the same village with the same name, and others of the same household.

    ``others`` may be this person by another name, or somebody else: only who asks can say.
    """

    row: PersonRow
    same: list[PersonRow]
    others: list[PersonRow]
    in_village: list[PersonRow]

    @property
    def village(self) -> Village:
        return self.row.village

    @property
    def name(self) -> str:
        return name_of(self.row)

    @property
    def not_erased(self) -> list[PersonRow]:
        """What may still be erased of them."""
        return [row for row in (*self.same, *self.others) if row.erased_on is None]


def person_of(row: PersonRow) -> Person:
    """Everything in the village that may be the same person's."""
    name, house = bare(name_of(row)), _house_of(row)
    everybody = rows_in(row.village)
    rest = [other for other in everybody if other.pk != row.pk]
    same = [other for other in rest if bare(name_of(other)) == name]
    others = [other for other in rest if house and _house_of(other) == house and other not in same]
    return Person(row=row, same=[row, *same], others=others, in_village=everybody)


def rows_in(village: Village) -> list[PersonRow]:
    """Every row of a village that stands for a person (three queries)."""
    members = CommitteeMember.objects.filter(committee__village=village)
    leaders = ChangeLeader.objects.filter(enrolment__village=village)
    rows: Iterable[PersonRow] = [
        *Household.objects.filter(village=village).in_house_order(),
        *members.select_related("committee", "household"),
        *leaders.select_related("enrolment__programme", "household"),
    ]
    for row in rows:
        _give_village(row, village)
    return list(rows)


def _give_village(row: PersonRow, village: Village) -> None:
    """All are of one village: no row asks for it again."""
    if isinstance(row, Household):
        row.village = village
    elif isinstance(row, CommitteeMember):
        row.committee.village = village
    else:
        row.enrolment.village = village


def _house_of(row: PersonRow) -> object:
    return row.pk if isinstance(row, Household) else row.household_id


# ---------------------------------------------------------------- as a form names them


def code_of(row: PersonRow) -> str:
    """household-<key>"""
    return f"{row._meta.model_name}-{row.pk}"


# ---------------------------------------------------------------- finding somebody

AT_MOST = 50  # rows of each kind shown at once


@dataclass(frozen=True)
class Found:
    """The rows that match, and whether there were more than are shown."""

    rows: list[PersonRow]
    more: bool


def matching(villages: Iterable[Village], words: str) -> Found:
    """Rows of these villages by name, house number or phone, whole or in part (three queries)."""
    if not words:
        return Found([], more=False)
    areas = "subdistrict__parent__parent"
    members, leaders = CommitteeMember.objects, ChangeLeader.objects
    found: list[list[PersonRow]] = [
        list(rows[: AT_MOST + 1])
        for rows in (
            Household.objects.filter(village__in=villages)
            .filter(_named("head_name", words) | Q(house_no=words) | _phoned(words))
            .select_related(f"village__{areas}")
            .order_by("village__code", "house_order", "pk"),
            members.filter(committee__village__in=villages)
            .filter(_named("name", words) | Q(household__house_no=words) | _phoned(words))
            .select_related(f"committee__village__{areas}")
            .order_by("committee__village__code", "name", "pk"),
            leaders.filter(enrolment__village__in=villages)
            .filter(_named("name", words) | Q(household__house_no=words))
            .select_related(f"enrolment__village__{areas}", "enrolment__programme")
            .order_by("enrolment__village__code", "name", "pk"),
        )
    ]
    return Found(
        [row for rows in found for row in rows[:AT_MOST]],
        more=any(len(rows) > AT_MOST for rows in found),
    )


def _named(field: str, words: str) -> Q:
    condition = Q()
    for word in words.split():
        condition &= Q(**{f"{field}__icontains": word})
    return condition


def _phoned(words: str) -> Q:
    """By digits: 0812345678 also finds 081-234-5678."""
    digits = "".join(char for char in words if char.isdecimal())
    if len(digits) < 4:
        return Q(pk__in=[])
    return Q(phone__contains=words) | Q(phone__regex="[^0-9]*".join(digits))
