"""Places and people: areas, villages, households and working committees."""

from villages.models.keys import KeyedQuerySet, keyed
from villages.models.people import (
    CommitteeMember,
    CommitteeMemberQuerySet,
    Household,
    HouseholdQuerySet,
    LeaderKind,
    Occupation,
    WorkingCommittee,
    house_order,
    not_over,
)
from villages.models.places import (
    Area,
    AreaQuerySet,
    FormerCode,
    Village,
    VillageQuerySet,
    after,
    before_buddhist_years,
    locked,
)

__all__ = [
    "Area",
    "AreaQuerySet",
    "CommitteeMember",
    "CommitteeMemberQuerySet",
    "FormerCode",
    "Household",
    "HouseholdQuerySet",
    "KeyedQuerySet",
    "LeaderKind",
    "Occupation",
    "Village",
    "VillageQuerySet",
    "WorkingCommittee",
    "after",
    "before_buddhist_years",
    "house_order",
    "keyed",
    "locked",
    "not_over",
]
