"""What the matrix expects, reckoned from the table and a person's postings; nothing is asked of
``accounts.access`` or ``accounts.rights``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Posting, User
from tests.access.table import (
    ADMINISTRATOR,
    ANSWERS,
    ANYBODY,
    ASSIGNER,
    IMPORTER,
    NEVER,
    REVIEWER,
    SENDER,
    SENDER_OR_ADMINISTRATOR,
    SIGNED_IN,
    Row,
)

WORK = {
    "officer": {"view", "names", "record"},
    "chief": {"view", "names", "record", "assign", "review_as_chief", "read_history", "erase"},
    "province": {"view", "names", "review_as_province"},
    "department": {"view"},
    "administrator": {"view", "assign", "read_history", "administer"},
}


EVERYWHERE = "*"  # no area's code: only who is posted nationally has a right there


@dataclass(frozen=True)
class Person:
    """Somebody who asks, with their postings; nobody at all is signed out."""

    name: str
    user: User | None
    postings: list[Posting] = field(default_factory=list)

    @property
    def is_signed_in(self) -> bool:
        return self.user is not None and self.user.is_active

    def rights_at(self, code: str, on: date) -> set[str]:
        """What this person may do in a village or district by its code."""
        if not self.is_signed_in:
            return set()
        return {
            right
            for posting in self.postings
            if posting.starts_on <= on and (posting.ends_on is None or on <= posting.ends_on)
            if posting.national or _same_ground(code, posting.area_id or "")
            for right in WORK[posting.role]
        }

    def rights_on(self, on: date) -> set[str]:
        """What this person may do anywhere."""
        own = [posting.area_id or EVERYWHERE for posting in self.postings]
        return {right for code in own for right in self.rights_at(code, on)}

    def reviews_on(self, on: date) -> bool:
        """Whether this person reviews anywhere."""
        return any(right.startswith("review") for right in self.rights_on(on))


def _same_ground(code: str, posted: str) -> bool:
    """One lies in the other: a province's person reads the shelf of a district in it."""
    shorter = min(len(code), len(posted))
    return code[:shorter] == posted[:shorter]


@dataclass(frozen=True)
class Target:
    """What an address is asked about: where it lies, and whether all of it is there."""

    words: str
    area: str  # the village or district that decides; "" where there is none
    there: bool = True
    sender: User | None = None


ANYWHERE: dict[str, Callable[[Person, date], bool]] = {
    ADMINISTRATOR: lambda person, on: "administer" in person.rights_at(EVERYWHERE, on),
    REVIEWER: lambda person, on: person.reviews_on(on),
    ANSWERS: lambda person, on: "erase" in person.rights_on(on),
    ASSIGNER: lambda person, on: "assign" in person.rights_on(on),
    IMPORTER: lambda person, on: bool({"record", "administer"} & person.rights_on(on)),
}


def expected(person: Person, row: Row, method: str, target: Target, on: date) -> int:
    """The status such a request must get."""
    need = row.get if method == "GET" else row.post
    if row.name == "accounts:login" and method == "GET" and person.is_signed_in:
        return 302  # on to home
    if not person.is_signed_in and ANYBODY not in (row.get, row.post):
        return 302 if method == "GET" else 401
    if need == NEVER:
        return 405
    allowed = row.shows if method == "GET" else row.empty
    if row.name == "steps:areas" and not person.rights_at(EVERYWHERE, on):
        return 302  # on to the one area of their posting
    if need in (ANYBODY, SIGNED_IN):
        return allowed if target.there else 404
    if need in ANYWHERE:
        return allowed if ANYWHERE[need](person, on) else 403
    if need in (SENDER, SENDER_OR_ADMINISTRATOR):
        return _of_sender(person, row, need, target, allowed, on)
    return _within(person.rights_at(target.area, on), need, target, allowed)


def _of_sender(person: Person, row: Row, need: str, target: Target, allowed: int, on: date) -> int:
    if not target.there:
        return 404
    if target.sender == person.user:
        return allowed
    if "administer" not in person.rights_at(EVERYWHERE, on) or row.takes != "import":
        return 404
    return allowed if need == SENDER_OR_ADMINISTRATOR else 403


def _within(rights: set[str], need: str, target: Target, allowed: int) -> int:
    if not target.area or "view" not in rights:
        return 404
    if not any(set(choice.split("+")) <= rights for choice in need.split("|")):
        return 403
    return allowed if target.there else 404
