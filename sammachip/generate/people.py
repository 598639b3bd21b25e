"""Officers of generated districts and provinces. Nobody can sign in as one of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from random import Random

from accounts.models import Posting, User
from accounts.rights import Role
from sammachip.demo.people import invented_name
from sammachip.demo.words import DOCUMENTS
from sammachip.generate.keys import key
from sammachip.generate.words import POSITIONS
from sammachip.thai.dates import BANGKOK
from steps.models import Programme, ShelfDocument
from villages.models import Area

OFFICERS = 2  # in a district
REVIEWERS = 2  # in a province
NO_PASSWORD = "!generated"  # noqa: S105 - what starts with ! matches no password


@dataclass(frozen=True)
class Staff:
    """Who works where: district code -> its officers, province code -> its reviewers."""

    officers: dict[str, list[User]]
    reviewers: dict[str, list[User]]

    def officer_of(self, code: str) -> User:
        """The responsible officer of a village."""
        officers = self.officers[code[:4]]
        return officers[int(code[4:6]) % len(officers)]

    def reviewer_of(self, code: str) -> User:
        """Who reviews a village's steps."""
        reviewers = self.reviewers[code[:2]]
        return reviewers[int(code[2:4]) % len(reviewers)]


def make_staff(districts: Collection[str], programme: Programme) -> Staff:
    """Accounts and postings: officers and a chief a district, reviewers a province; and shelves."""
    names = dict(Area.objects.filter(code__in=districts).values_list("code", "name_th"))
    posts: list[tuple[str, Role, int]] = []
    for district in sorted(districts):
        posts += [(district, Role.OFFICER, nth) for nth in range(OFFICERS)]
        posts += [(district, Role.CHIEF, 0)]
    for province in sorted({district[:2] for district in districts}):
        posts += [(province, Role.PROVINCE, nth) for nth in range(REVIEWERS)]
    since = datetime.combine(programme.opens_on, time(8), BANGKOK)
    users = User.objects.bulk_create(
        _user(nth, area, role, names.get(area, ""), since)
        for nth, (area, role, _n) in enumerate(posts)
    )
    Posting.objects.bulk_create(
        Posting(user=user, role=role, area_id=area, starts_on=programme.opens_on)
        for user, (area, role, _n) in zip(users, posts, strict=True)
    )
    _fill_shelves(districts, programme, since)
    return Staff(_by_area(users, posts, Role.OFFICER), _by_area(users, posts, Role.PROVINCE))


def _user(nth: int, area: str, role: Role, area_name: str, since: datetime) -> User:
    position = POSITIONS[role]
    return User(
        staff_id=f"generated-{area}-{nth}",
        name=invented_name(Random(f"{area} {nth}")),
        position=position % area_name if "%" in position else position,
        phone=f"080 000 {nth:04}",
        password=NO_PASSWORD,
        created_at=since,
    )


def _by_area(
    users: list[User], posts: list[tuple[str, Role, int]], role: Role
) -> dict[str, list[User]]:
    found: dict[str, list[User]] = {}
    for user, (area, own, _n) in zip(users, posts, strict=True):
        if own == role:
            found.setdefault(area, []).append(user)
    return found


def _fill_shelves(districts: Collection[str], programme: Programme, since: datetime) -> None:
    keeper = User.objects.get(staff_id="admin")
    ShelfDocument.objects.bulk_create(
        ShelfDocument(
            id=key(district, "document", source),
            district_id=district,
            programme=programme,
            source=source,
            title=title,
            added_by=keeper,
            added_at=since,
        )
        for district in sorted(districts)
        for source, title in DOCUMENTS.items()
    )
