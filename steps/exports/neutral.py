"""People under neutral names, the same person under the same one: ครัวเรือนที่ 12, กรรมการคนที่ 3.

Names and phones that stand in a place of their own are all replaced. In what people wrote, the
names we know are; a name nobody listed cannot be known there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.crypto import salted_hmac

from accounts.models import User
from sammachip.thai.text import search_key
from steps.models import ChangeLeader, KnowledgeRecord, Lesson, PlanItem, RecordSection
from villages.models import CommitteeMember, Household, Village, house_order

HOUSEHOLD = "ครัวเรือนที่ {}"
MEMBER = "กรรมการคนที่ {}"
LEADER = "ผู้นำการเปลี่ยนแปลงคนที่ {}"
PERSON = "ผู้รับผิดชอบคนที่ {}"
STAFF = "เจ้าหน้าที่ {}"
A_PHONE = "(โทรศัพท์)"

TITLE = re.compile("(นางสาว|น\\.ส\\.|นาย|นาง) *")
PHONE = re.compile(r"(?<![0-9])0[0-9]([ -]?[0-9]){7,8}(?![0-9])")
AND = re.compile(r"(\s*(?:,|;|/|\n|และ|กับ)\s*)")  # between people, kept by splitting
SEARCHED: dict[type[models.Model], str] = {  # whose search_text holds which of their texts
    KnowledgeRecord: "title",
    Lesson: "text",
    RecordSection: "text",
}
SHORTEST = 4  # letters: what is shorter stands in too many other words


def closed(account: User, *, names: bool) -> User:
    """An account nobody can sign in to; without names under a staff id that does not tell whose.

    The same account gets the same one in every file of this installation.
    """
    staff_id, name = account.staff_id, account.name
    if not names:
        key = salted_hmac("steps.exports.neutral", staff_id.lower(), algorithm="sha256")
        staff_id, name = f"staff-{key.hexdigest()[:8]}", STAFF.format(key.hexdigest()[:8])
    return User(
        pk=account.pk,
        staff_id=staff_id,
        name=name,
        position=account.position,
        password="!",  # noqa: S106 - what Django writes for: no password opens it
        is_active=False,
    )


class Neutral:
    """The neutral names of one village; ``names`` are those of its people."""

    def __init__(self, village: Village) -> None:
        households = list(village.households.order_by("house_order", "pk"))
        members = CommitteeMember.objects.filter(committee__village=village)
        leaders = ChangeLeader.objects.filter(enrolment__village=village)
        self._households: dict[UUID, int] = {
            row.pk: number for number, row in enumerate(households, start=1)
        }
        self._members = _numbered(members.order_by("joined_on", "pk"), MEMBER)
        others = [
            row for row in leaders.order_by("named_on", "pk") if row.name not in self._members
        ]
        self._leaders = self._members | _numbered(others, LEADER)
        heads = {row.head_name: HOUSEHOLD.format(self._households[row.pk]) for row in households}
        self.names = heads | self._leaders
        self._known, self._neutral = _Known(), set[str]()
        self._persons: dict[str, str] = {}
        self.learn(self.names)

    def learn(self, names: Mapping[str, str]) -> None:
        """Know names in what people write, those of another village too; the first one holds."""
        self._neutral |= set(names.values())
        for name, neutral in names.items():
            for way in _ways_to_write(name):
                self._known.add(way, neutral)

    def rename(self, row: models.Model) -> None:
        """Take every name and phone we know of out of a row."""
        if isinstance(row, Household):
            number = self._households[row.pk]
            row.head_name, row.house_no, row.phone = HOUSEHOLD.format(number), str(number), ""
            row.house_order = house_order(row.house_no)
        elif isinstance(row, CommitteeMember):
            row.name, row.phone = self._members[row.name], ""
        elif isinstance(row, ChangeLeader):
            row.name = self._leaders[row.name]
        elif isinstance(row, PlanItem):
            row.person = self._person(row.person)
        for field in _written_fields(row):
            text = self.text(getattr(row, field.attname))
            setattr(row, field.attname, text[: field.max_length])  # neutral names may be longer
        if isinstance(row, KnowledgeRecord):
            row.author = ""
        if searched := SEARCHED.get(type(row)):
            row.search_text = search_key(getattr(row, searched))  # type: ignore[attr-defined]

    def text(self, text: str) -> str:
        """What somebody wrote, with the names and phones we know of replaced."""
        return PHONE.sub(A_PHONE, self._known.replaced(text))

    def _person(self, person: str) -> str:
        """Who does an item of a plan: people we know, and somebody for whoever stands beside."""
        parts = AND.split(self._known.replaced(person))
        return "".join(
            part if part in self._neutral or AND.fullmatch(part) else self._somebody(part)
            for part in parts
        )

    def _somebody(self, person: str) -> str:
        """The same words stand for the same somebody."""
        if not person:
            return ""
        return self._persons.setdefault(person, PERSON.format(len(self._persons) + 1))


def _numbered(people: Iterable[Any], words: str) -> dict[str, str]:
    """Who is named twice, having left and come back, is one person."""
    names = dict.fromkeys(person.name for person in people)
    return {name: words.format(number) for number, name in enumerate(names, start=1)}


def _ways_to_write(name: str) -> Iterator[str]:
    """นายดี มีสุข is also written ดี มีสุข and นายดี."""
    yield name
    bare = TITLE.sub("", name, count=1)
    if bare != name:
        yield bare
        yield name.removesuffix(bare) + bare.split(" ")[0]


class _Known:
    """Names to find in texts, by their first letters: as quick for a thousand as for one."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, str]] = {}

    def add(self, name: str, neutral: str) -> None:
        if len(name) >= SHORTEST:
            self._names.setdefault(name[:SHORTEST], {}).setdefault(name, neutral)

    def replaced(self, text: str) -> str:
        """The text with each name replaced, the longest that fits."""
        parts, at = [], 0
        while at < len(text):
            names = self._names.get(text[at : at + SHORTEST], {})
            name = max((name for name in names if text.startswith(name, at)), key=len, default="")
            parts.append(names[name] if name else text[at])
            at += len(name) or 1
        return "".join(parts)


def _written_fields(row: models.Model) -> Iterator[models.Field[Any, Any]]:
    """The columns of a row that people write into."""
    if isinstance(row, Village):
        return
    for field in row._meta.concrete_fields:
        if isinstance(field, models.CharField | models.TextField) and not field.choices:
            yield field
