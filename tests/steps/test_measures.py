"""What the requirements of 2560 measure, beside a second implementation written from the programme.

``RULES`` below says requirement by requirement what the programme asks, in loops over plain rows;
nothing of ``steps.facts``, ``steps.requirements`` or ``steps.progress`` is used in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steps.facts import facts_of, steps_of
from steps.models import (
    Activity,
    ActivityText,
    Attendance,
    Blob,
    ChangeLeader,
    Enrolment,
    EnrolmentHousehold,
    Evidence,
    GroupCount,
    MemberAttendance,
    Plan,
    PlanItem,
    Programme,
    Requirement,
    ShelfDocument,
    Step,
    StepProgress,
    Topic,
)
from steps.models.programme import Kind
from steps.progress import refresh
from steps.recording import activities, decisions, people
from steps.requirements import MEASURES, measured
from tests.cast import NOW, TODAY, World, household, sender
from tests.trust import work
from villages.models import CommitteeMember, Household, WorkingCommittee

FIRST_DAY = date(2017, 1, 1)
OWNERS = ["community", "support_team", "committee", "village_team", "district_team"]
GROUPS = [
    *("district_team", "core_leader", "support_team", "target_member", "village_team"),
    *("assistant_head", "sao", "sage", "others"),
]
NUMBERS = ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4"]
TOPICS = {
    "1.1": ["1.1-d1", "1.1-d2", "1.1-d3"],
    "1.2": ["1.2-d1", "1.2-d2", "1.2-d3", "1.2-h1"],
    "1.3": ["1.3-d1"],
    "1.4": ["1.4-d1", "1.4-d2", "1.4-d3", "1.4-d4"],
    "2.1": ["2.1-e1", "2.1-h1", "2.1-i1", "2.1-i2", "2.1-i3"],
    "2.2": ["2.2-e1", "2.2-e2"],
    "2.3": ["2.3-f1", "2.3-f2"],
    "2.4": ["2.4-f1", "2.4-f2"],
}
TEXTS = {"1.1": ["1.1-e"], "1.2": ["1.2-e", "1.2-f"], "2.3": ["2.3-g"]}
EVIDENCE = ["photo", "sign_in", "minutes", "letter", "handbook", "other"]
ADVISED = {
    *("1.1-e", "1.1-f", "1.1-g", "1.2-h", "1.2-j", "1.2-k", "1.3-d", "1.3-e", "1.4-f", "1.4-i"),
    *("1.4-j", "2.1-k", "2.2-g", "2.3-a", "2.3-g", "2.3-i", "2.4-i"),
}


# ---------------------------------------------------------------- the second implementation


class Rows:
    """Everything recorded for one enrolment, as plain rows, read without any help."""

    def __init__(self, enrolment: Enrolment, on: date) -> None:
        self.on = on
        of_it = {"enrolment_id": enrolment.pk}
        of_activities = {"activity__enrolment_id": enrolment.pk}
        self.own_target = Enrolment.objects.get(pk=enrolment.pk).own_target
        self.everything = list(
            Activity.objects.filter(**of_it).values("step__number", *ACTIVITY, *ARRIVAL)
        )
        self.came = list(
            Attendance.objects.filter(**of_activities).values("activity_id", "household_id")
        )
        self.members_came = list(
            MemberAttendance.objects.filter(**of_activities).values(
                "activity_id", "member_id", "ready"
            )
        )
        self.groups = list(
            GroupCount.objects.filter(**of_activities).values("activity_id", "group_id", "people")
        )
        self.files = list(
            Evidence.objects.filter(**of_activities).values(
                "activity_id", "blob_id", "type", *ARRIVAL
            )
        )
        self.texts = list(
            ActivityText.objects.filter(**of_activities).values("activity_id", "requirement__code")
        )
        self.topics = list(
            Activity.topics.through.objects.filter(**of_activities).values(
                "activity_id", "topic__code"
            )
        )
        self.documents = list(
            Activity.documents.through.objects.filter(**of_activities).values(
                "activity_id", "shelfdocument_id"
            )
        )
        self.marks = list(
            EnrolmentHousehold.objects.filter(**of_it).values(
                "household_id", "target", "household__ended_on"
            )
        )
        self.committee = [
            row
            for row in CommitteeMember.objects.filter(
                committee__village_id=enrolment.village_id
            ).values("id", "kind", "joined_on", "left_on")
            if row["joined_on"] <= on and not (row["left_on"] and row["left_on"] <= on)
        ]
        self.leaders = list(ChangeLeader.objects.filter(**of_it).values("ended_on"))
        self.shelf = list(
            ShelfDocument.objects.filter(
                district_id=enrolment.village.code[:4], programme_id=enrolment.programme_id
            ).values("source", "ended_at")
        )
        self.plan = list(
            PlanItem.objects.filter(**of_it).values(
                "step__number", "owner", "person", "starts_on", "ends_on", "withdrawn_at"
            )
        )
        self.goals = list(Plan.objects.filter(**of_it).values("step__number", "goal"))

    def held(self, number: str) -> list[dict[str, Any]]:
        """What counts of a step: standing, and not late unless it was accepted."""
        return [row for row in self.everything if row["step__number"] == number and counts(row)]

    def of(self, number: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rows that belong to the counted activities of a step."""
        ids = [row["id"] for row in self.held(number)]
        return [row for row in rows if row["activity_id"] in ids]

    def targets(self) -> set[UUID]:
        there = [row for row in self.marks if row["target"]]
        return {row["household_id"] for row in there if self.stands(row["household__ended_on"])}

    def stands(self, ended_on: date | None) -> bool:
        return ended_on is None or ended_on > self.on


ACTIVITY = ("id", "occasion", "held_on", "total", "visited_name", "visited_area")
ARRIVAL = ("late", "accepted_at", "withdrawn_at")
Found = tuple[int, int, list[str]]  # have, need, parts missing
Rule = Callable[[Rows], Found]


def counts(row: dict[str, Any]) -> bool:
    if row["withdrawn_at"]:
        return False
    return bool(row["accepted_at"]) if row["late"] else True


def waits(row: dict[str, Any]) -> bool:
    return row["late"] and not row["accepted_at"] and not row["withdrawn_at"]


def at_one(rows: Rows, activity: dict[str, Any]) -> int:
    """People at one activity: the total, else the least there must have been."""
    if activity["total"] is not None:
        return int(activity["total"])
    in_groups = households = members = 0
    for row in rows.groups:
        if row["activity_id"] == activity["id"]:
            in_groups += 1 if row["people"] is None else row["people"]
    for row in rows.came:
        households += row["activity_id"] == activity["id"]
    for row in rows.members_came:
        members += row["activity_id"] == activity["id"]
    return max([in_groups, households, members])


def activity(number: str) -> Rule:
    return lambda rows: (len(rows.held(number)), 1, [])


def ticks(number: str, letter: str, n: int) -> Rule:
    def rule(rows: Rows) -> Found:
        ticked = {row["topic__code"] for row in rows.of(number, rows.topics)}
        codes = [f"{number}-{letter}{i}" for i in range(1, n + 1)]
        missing = [code for code in codes if code not in ticked]
        return n - len(missing), n, missing

    return rule


def people_in_all(number: str, need: int) -> Rule:
    def rule(rows: Rows) -> Found:
        most = 0
        for row in rows.held(number):
            most = max(most, at_one(rows, row))
        return most, need, []

    return rule


def of_group(number: str, group: str) -> Rule:
    def rule(rows: Rows) -> Found:
        most = 0
        for row in rows.of(number, rows.groups):
            if row["group_id"] == group:
                most = max(most, row["people"] or 1)
        return most, 1, []

    return rule


def target_group(rows: Rows) -> Found:
    """2.1-c: people of the target group at the largest forum; ticked households are people too."""
    most = 0
    for held in rows.held("2.1"):
        said = [
            row["people"] or 1
            for row in rows.groups
            if row["activity_id"] == held["id"] and row["group_id"] == "target_member"
        ]
        ticked = [
            row
            for row in rows.came
            if row["activity_id"] == held["id"] and row["household_id"] in rows.targets()
        ]
        most = max([most, len(ticked), *said])
    if rows.own_target is None:
        return most, 13, []
    more_than_half = next(n for n in range(1, 1000) if n * 2 > rows.own_target)
    return most, more_than_half, []


def four_groups(rows: Rows) -> Found:
    came = {row["group_id"] for row in rows.of("2.3", rows.groups)}
    wanted = {
        "2.3-e1": "assistant_head",
        "2.3-e2": "sao",
        "2.3-e3": "sage",
        "2.3-e4": "target_member",
    }
    missing = [code for code, group in wanted.items() if group not in came]
    return 4 - len(missing), 4, missing


def listed(rows: Rows) -> Found:
    return len(rows.targets()), rows.own_target or 25, []


def targets_present(rows: Rows) -> Found:
    came = {row["household_id"] for row in rows.of("1.4", rows.came)}
    return len([one for one in rows.targets() if one in came]), rows.own_target or 25, []


def kinds_of_leader(rows: Rows) -> Found:
    there = {row["kind"] for row in rows.committee}
    missing = [kind for kind in ("formal", "natural", "group", "cluster") if kind not in there]
    return 4 - len(missing), 4, missing


def every_member(number: str, *, ready: bool = False) -> Rule:
    def rule(rows: Rows) -> Found:
        have = 0
        for member in rows.committee:
            have += any(
                row["member_id"] == member["id"] and (row["ready"] or not ready)
                for row in rows.of(number, rows.members_came)
            )
        return have, 4 if len(rows.committee) < 4 else len(rows.committee), []

    return rule


def files(number: str, need: int, *types: str) -> Rule:
    def rule(rows: Rows) -> Found:
        seen = set()
        for row in rows.of(number, rows.files):
            if counts(row) and row["type"] in (types or EVIDENCE):
                seen.add(row["blob_id"])
        return len(seen), need, []

    return rule


def shelved(source: str) -> Rule:
    def rule(rows: Rows) -> Found:
        there = [row for row in rows.shelf if row["source"] == source and not row["ended_at"]]
        return len(there), 1, []

    return rule


def studied(rows: Rows) -> Found:
    return len({row["shelfdocument_id"] for row in rows.of("2.2", rows.documents)}), 2, []


def written(number: str, code: str) -> Rule:
    def rule(rows: Rows) -> Found:
        found = [row for row in rows.of(number, rows.texts) if row["requirement__code"] == code]
        return (1 if found else 0), 1, []

    return rule


def goal(rows: Rows) -> Found:
    return len([row for row in rows.goals if row["step__number"] == "2.4" and row["goal"]]), 1, []


def place(rows: Rows) -> Found:
    named = {
        row["visited_name"]
        for row in rows.held("2.3")
        if row["visited_name"] != "" and row["visited_area"] != ""
    }
    return len(named), 1, []


def planned(number: str, need: int) -> Rule:
    def rule(rows: Rows) -> Found:
        have = 0
        for row in rows.plan:
            if row["step__number"] == number and row["withdrawn_at"] is None:
                have += bool(row["person"] and row["starts_on"] and row["ends_on"])
        return have, need, []

    return rule


def both_sides(number: str, letter: str, *owners: str) -> Rule:
    def rule(rows: Rows) -> Found:
        have = {
            row["owner"]
            for row in rows.plan
            if row["step__number"] == number and not row["withdrawn_at"]
        }
        missing = [f"{number}-{letter}{n}" for n, own in enumerate(owners, 1) if own not in have]
        return len(owners) - len(missing), len(owners), missing

    return rule


def not_before(number: str, earlier: str) -> Rule:
    """The first activity here is not before the first one there; the same day is allowed."""

    def rule(rows: Rows) -> Found:
        here = sorted(row["held_on"] for row in rows.held(number))
        there = sorted(row["held_on"] for row in rows.held(earlier))
        if not there:
            return 0, 1, []
        return (0 if here and here[0] < there[0] else 1), 1, []

    return rule


RULES: dict[str, Rule] = {
    "1.1-a": activity("1.1"),
    "1.1-b": shelved("model"),
    "1.1-c": shelved("department"),
    "1.1-d": ticks("1.1", "d", 3),
    "1.1-e": written("1.1", "1.1-e"),
    "1.1-f": people_in_all("1.1", 1),
    "1.1-g": files("1.1", 1),
    "1.2-a": activity("1.2"),
    "1.2-b": of_group("1.2", "district_team"),
    "1.2-c": of_group("1.2", "core_leader"),
    "1.2-d": ticks("1.2", "d", 3),
    "1.2-e": written("1.2", "1.2-e"),
    "1.2-f": written("1.2", "1.2-f"),
    "1.2-g": planned("1.2", 1),
    "1.2-h": ticks("1.2", "h", 1),
    "1.2-i": files("1.2", 2, "photo"),
    "1.2-j": files("1.2", 1, "sign_in"),
    "1.2-k": not_before("1.2", "1.1"),
    "1.3-a": activity("1.3"),
    "1.3-b": shelved("department"),
    "1.3-c": shelved("agency"),
    "1.3-d": ticks("1.3", "d", 1),
    "1.3-e": files("1.3", 1),
    "1.4-a": listed,
    "1.4-b": activity("1.4"),
    "1.4-c": targets_present,
    "1.4-d": ticks("1.4", "d", 4),
    "1.4-e": planned("1.4", 1),
    "1.4-f": both_sides("1.4", "f", "community", "support_team"),
    "1.4-g": of_group("1.4", "support_team"),
    "1.4-h": files("1.4", 2, "photo"),
    "1.4-i": files("1.4", 1, "sign_in"),
    "1.4-j": not_before("1.4", "1.2"),
    "2.1-a": not_before("2.1", "1.4"),
    "2.1-b": activity("2.1"),
    "2.1-c": target_group,
    "2.1-d": lambda rows: (sum(rows.stands(row["ended_on"]) for row in rows.leaders), 4, []),
    "2.1-e": ticks("2.1", "e", 1),
    "2.1-f": lambda rows: (len(rows.committee), 4, []),
    "2.1-g": kinds_of_leader,
    "2.1-h": ticks("2.1", "h", 1),
    "2.1-i": ticks("2.1", "i", 3),
    "2.1-j": files("2.1", 2, "photo"),
    "2.1-k": files("2.1", 1, "minutes"),
    "2.2-a": not_before("2.2", "2.1"),
    "2.2-b": activity("2.2"),
    "2.2-c": every_member("2.2"),
    "2.2-d": studied,
    "2.2-e": ticks("2.2", "e", 2),
    "2.2-f": every_member("2.2", ready=True),
    "2.2-g": files("2.2", 1),
    "2.3-a": not_before("2.3", "2.1"),
    "2.3-b": activity("2.3"),
    "2.3-c": place,
    "2.3-d": people_in_all("2.3", 25),
    "2.3-e": four_groups,
    "2.3-f": ticks("2.3", "f", 2),
    "2.3-g": written("2.3", "2.3-g"),
    "2.3-h": files("2.3", 2, "photo"),
    "2.3-i": files("2.3", 1, "sign_in"),
    "2.4-a": not_before("2.4", "2.3"),
    "2.4-b": activity("2.4"),
    "2.4-c": of_group("2.4", "core_leader"),
    "2.4-d": of_group("2.4", "village_team"),
    "2.4-e": every_member("2.4"),
    "2.4-f": ticks("2.4", "f", 2),
    "2.4-g": goal,
    "2.4-h": planned("2.4", 3),
    "2.4-i": both_sides("2.4", "i", "village_team", "committee"),
    "2.4-j": files("2.4", 2, "photo"),
}
AFTERS = {"1.2-k", "1.4-j", "2.1-a", "2.2-a", "2.3-a", "2.4-a"}


def standing(rows: Rows, number: str) -> dict[str, Any]:
    """The row of progress a step nobody handed in should have."""
    found = {code: rule(rows) for code, rule in RULES.items() if code.startswith(number)}
    required = [code for code in found if code not in ADVISED]
    held = rows.held(number)
    largest: dict[Any, int] = {}
    for row in held:
        largest[row["occasion"]] = max(largest.get(row["occasion"], 0), at_one(rows, row))
    begun = held or any(have for code, (have, *_) in found.items() if code not in AFTERS)
    late = [row for row in rows.everything if row["step__number"] == number and waits(row)]
    late += [row for row in rows.of(number, rows.files) if waits(row)]
    return {
        "status": "in_progress" if begun else "not_started",
        "measures": {code: [have, need, parts] for code, (have, need, parts) in found.items()},
        "met": len([code for code in required if found[code][0] >= found[code][1]]),
        "asked": len(required),
        "activities": len(held),
        "people": sum(largest.values()),
        "households": len({row["household_id"] for row in rows.of(number, rows.came)}),
        "late_arrivals": len(late),
        "last_activity_on": max((row["held_on"] for row in held), default=None),
    }


# ---------------------------------------------------------------- random villages

STATES = ["stands", "stands", "stands", "late", "accepted", "withdrawn", "accepted_withdrawn"]


def state(name: str, by: Any) -> dict[str, Any]:
    """The columns of an arrival in one of the states."""
    columns: dict[str, Any] = {"late": name.startswith(("late", "accepted"))}
    if name.startswith("accepted"):
        columns |= {"accepted_at": NOW, "accepted_by": by}
    if name.endswith("withdrawn"):
        columns |= {"withdrawn_at": NOW, "withdrawn_by": by, "withdrawn_reason": "ผิด"}
    return columns


@dataclass(frozen=True)
class Held:
    """A random activity; other rows are meant by their place in a list."""

    number: str | None
    day: int
    state: str
    occasion: int
    total: int | None
    households: dict[int, bool]
    members: dict[int, bool]
    groups: dict[str, int | None]
    topics: frozenset[str]
    texts: frozenset[str]
    documents: frozenset[int]
    visited: tuple[str, str]
    files: dict[int, tuple[str, str]]


@dataclass(frozen=True)
class Story:
    """A random village: six households, up to six members, a shelf of up to five."""

    held: list[Held]
    targets: dict[int, bool]
    ended: dict[int, int]
    members: list[tuple[str, int, int | None]]
    leaders: list[int | None]
    shelf: list[tuple[str, bool]]
    items: list[tuple[str, str, bool, bool, bool, bool]]
    goals: dict[str, bool]
    own_target: int | None


@st.composite
def an_activity(draw: st.DrawFn) -> Held:
    number = draw(st.sampled_from([*NUMBERS, None]))
    some = st.integers(0, 5)
    own = st.sampled_from(TOPICS[number]) if number else st.nothing()
    texts = st.sampled_from(TEXTS[number]) if number in TEXTS else st.nothing()
    return Held(
        number=number,
        day=draw(st.integers(0, 4)),
        state=draw(st.sampled_from(STATES)),
        occasion=draw(st.integers(0, 3)),
        total=draw(st.none() | st.integers(0, 40)),
        households=draw(st.dictionaries(some, st.booleans(), max_size=6)),
        members=draw(st.dictionaries(some, st.booleans(), max_size=6)),
        groups=draw(
            st.dictionaries(st.sampled_from(GROUPS), st.none() | st.integers(1, 30), max_size=5)
        ),
        topics=draw(st.frozensets(own)),
        texts=draw(st.frozensets(texts)),
        documents=draw(st.frozensets(st.integers(0, 4))),
        visited=(draw(st.sampled_from(["", "ก", "ข"])), draw(st.sampled_from(["", "ต.ค"]))),
        files=draw(
            st.dictionaries(
                st.integers(0, 3),
                st.tuples(st.sampled_from(["photo", *EVIDENCE]), st.sampled_from(STATES)),
                max_size=3,
            )
        ),
    )


KINDS = st.sampled_from(["formal", "natural", "group", "cluster"])
SOURCES = st.sampled_from(["model", "department", "agency"])
stories = st.builds(
    Story,
    held=st.lists(an_activity(), max_size=9),
    targets=st.dictionaries(st.integers(0, 5), st.booleans(), max_size=6),
    # days from today: one who joins tomorrow does not serve, nor who left today
    ended=st.dictionaries(st.integers(0, 5), st.integers(-9, 1), max_size=2),
    members=st.lists(
        st.tuples(KINDS, st.integers(-9, 1), st.none() | st.integers(1, 12)), max_size=6
    ),
    leaders=st.lists(st.none() | st.integers(-9, 1), max_size=6),
    shelf=st.lists(st.tuples(SOURCES, st.booleans()), max_size=5),
    items=st.lists(
        st.tuples(
            st.sampled_from(["1.2", "1.4", "2.4", "2.4"]),
            st.sampled_from(OWNERS),
            *[st.booleans()] * 4,
        ),
        max_size=6,
    ),
    goals=st.dictionaries(st.sampled_from(["1.2", "1.4", "2.4"]), st.booleans()),
    own_target=st.none() | st.integers(1, 7),
)


@dataclass
class Builder:
    """Puts a story into the database, row by row, under no rule but the constraints."""

    world: World
    enrolment: Enrolment
    households: list[Household]
    blobs: list[Blob]
    steps: dict[str, Step]
    topics: dict[str, Topic]
    texts: dict[str, Requirement]

    def put(self, story: Story) -> None:
        self._people(story)
        self._papers(story)
        for held in story.held:
            self._activity(held)

    def _people(self, story: Story) -> None:
        enrolment = self.enrolment
        if story.own_target:
            enrolment.own_target, enrolment.own_target_reason = story.own_target, "หมู่บ้านเล็ก"
            enrolment.save()
        for n, days in story.ended.items():
            ended = Household.objects.filter(pk=self.households[n].pk)
            ended.update(ended_on=TODAY + timedelta(days))
        EnrolmentHousehold.objects.bulk_create(
            EnrolmentHousehold(enrolment=enrolment, household=self.households[n], target=target)
            for n, target in story.targets.items()
        )
        committee = WorkingCommittee.objects.create(village=enrolment.village, formed_on=FIRST_DAY)
        self.members = [
            CommitteeMember.objects.create(
                committee=committee,
                name=f"สมาชิก {n}",
                kind=kind,
                joined_on=TODAY + timedelta(joined),
                left_on=None if stayed is None else TODAY + timedelta(joined + stayed),
            )
            for n, (kind, joined, stayed) in enumerate(story.members)
        ]
        ChangeLeader.objects.bulk_create(
            ChangeLeader(
                enrolment=enrolment,
                name=f"ผู้นำ {n}",
                named_on=FIRST_DAY,
                ended_on=None if days is None else TODAY + timedelta(days),
            )
            for n, days in enumerate(story.leaders)
        )

    def _papers(self, story: Story) -> None:
        self.shelf = ShelfDocument.objects.bulk_create(
            ShelfDocument(
                district=self.enrolment.village.subdistrict.parent,
                programme=self.world.programme,
                source=source,
                title=f"เล่ม {n}",
                added_by=self.world.nida,
                ended_at=NOW if ended else None,
            )
            for n, (source, ended) in enumerate(story.shelf)
        )
        PlanItem.objects.bulk_create(
            PlanItem(
                enrolment=self.enrolment,
                step=self.steps[number],
                owner=owner,
                activity="งาน",
                person="นายก" if person else "",
                starts_on=FIRST_DAY if starts else None,
                ends_on=TODAY if ends else None,
                withdrawn_at=NOW if withdrawn else None,
                withdrawn_reason="ผิด" if withdrawn else "",
            )
            for number, owner, person, starts, ends, withdrawn in story.items
        )
        for number, named in story.goals.items():
            goal_text = "ลดรายจ่าย" if named else ""
            Plan.objects.create(enrolment=self.enrolment, step=self.steps[number], goal=goal_text)

    def _activity(self, held: Held) -> None:
        world = self.world
        row = Activity.objects.create(
            enrolment=self.enrolment,
            step=self.steps[held.number] if held.number else None,
            occasion=UUID(int=held.occasion),
            form="meeting",
            held_on=FIRST_DAY + timedelta(held.day),
            place="ศาลา",
            led_by="officer",
            total=held.total,
            visited_name=held.visited[0],
            visited_area=held.visited[1],
            recorded_by=world.nida,
            recorded_at=NOW,
            **state(held.state, world.prasit),
        )
        Attendance.objects.bulk_create(
            Attendance(activity=row, household=self.households[n], representative=sent)
            for n, sent in held.households.items()
        )
        MemberAttendance.objects.bulk_create(
            MemberAttendance(activity=row, member=self.members[n], ready=ready)
            for n, ready in held.members.items()
            if n < len(self.members)
        )
        GroupCount.objects.bulk_create(
            GroupCount(activity=row, group_id=code, people=people_said)
            for code, people_said in held.groups.items()
        )
        row.topics.add(*(self.topics[code] for code in held.topics))
        row.documents.add(*(self.shelf[n] for n in held.documents if n < len(self.shelf)))
        ActivityText.objects.bulk_create(
            ActivityText(activity=row, requirement=self.texts[code], text="ตกลงแล้ว")
            for code in held.texts
        )
        Evidence.objects.bulk_create(
            Evidence(
                activity=row,
                blob=self.blobs[n],
                sha256_received="0" * 64,
                type=type_,
                added_by=world.nida,
                **state(name, world.prasit),
            )
            for n, (type_, name) in held.files.items()
        )


@pytest.fixture
def builder(world: World, the_day_of_the_write_up: None) -> Builder:
    return Builder(
        world=world,
        enrolment=world.enrolment_of(world.phing),
        households=[household(world.phing, str(n), f"นายก {n}") for n in range(1, 7)],
        blobs=[
            Blob.objects.create(sha256=f"{n}" * 64, kind="image", extension="jpg", size=1)
            for n in range(4)
        ],
        steps={step.number: step for step in steps_of(world.programme.pk)},
        topics={topic.code: topic for topic in Topic.objects.all()},
        texts={row.code: row for row in Requirement.objects.filter(kind="text")},
    )


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_the_second_implementation_knows_every_requirement_of_2560(world: World) -> None:
    stored = Requirement.objects.filter(step__programme=world.programme)
    assert {row.code: row.level for row in stored} == {
        code: "advised" if code in ADVISED else "required" for code in RULES
    }
    assert set(MEASURES) == set(Kind)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories)
def test_measures_and_progress_agree_with_a_second_implementation(
    builder: Builder, story: Story
) -> None:
    with undone():
        builder.put(story)
        enrolment = Enrolment.objects.for_pages().get(pk=builder.enrolment.pk)
        rows = Rows(enrolment, TODAY)
        facts = facts_of([enrolment], today=TODAY)[0]
        for step in steps_of(builder.world.programme.pk):
            for found in measured(step, facts):
                naive = RULES[found.requirement.code](rows)
                ours = (found.have, found.need, list(found.parts_missing))
                assert ours == naive, found.requirement.code
                assert found.met == (naive[0] >= naive[1])
        # All of them: the shelf a story fills counts for every village of the district.
        refresh(Enrolment.objects.for_pages().filter(programme__year=2560), today=TODAY)
        for progress in StepProgress.objects.filter(enrolment=enrolment).select_related("step"):
            expected = standing(rows, progress.step.number)
            assert {name: getattr(progress, name) for name in expected} == expected
        call_command("recount", "--dry-run", stdout=StringIO())
    builder.enrolment.refresh_from_db()


def test_random_villages_are_measured_together_as_alone(builder: Builder) -> None:
    """The facts of several enrolments are loaded at once; none takes what is another's."""
    world = builder.world
    work.briefing(world, came=3)
    builder.put(
        Story(
            held=[_held("1.4", households={0: False})],
            targets={0: True, 1: True},
            ended={},
            members=[],
            leaders=[],
            shelf=[],
            items=[],
            goals={},
            own_target=None,
        )
    )
    together = facts_of([builder.enrolment, world.enrolment], today=TODAY)
    step = world.step("1.4")
    for facts in together:
        alone = facts_of([facts.enrolment], today=TODAY)[0]
        assert measured(step, facts) == measured(step, alone)
    present = {facts.enrolment.village.code: _have(step, facts, "1.4-c") for facts in together}
    assert present == {"33140203": 1, "33140108": 3}


def _held(number: str, **fields: Any) -> Held:
    nothing: dict[str, Any] = {"households": {}, "members": {}, "groups": {}, "files": {}}
    nothing |= {"topics": frozenset(), "texts": frozenset(), "documents": frozenset()}
    nothing |= {"day": 0, "state": "stands", "occasion": 0, "total": None, "visited": ("", "")}
    return Held(number=number, **{**nothing, **fields})


def _have(step: Step, facts: Any, code: str) -> int:
    return next(row.have for row in measured(step, facts) if row.requirement.code == code)


# ---------------------------------------------------------------- one example a kind


def measure(world: World, code: str) -> tuple[int, int]:
    """Have and need of a requirement in Ban Trakat, now."""
    step = world.step(code.partition("-")[0])
    facts = facts_of([world.enrolment_of(world.trakat)], today=TODAY)[0]
    found = next(row for row in measured(step, facts) if row.requirement.code == code)
    return found.have, found.need


def missing_parts(world: World, code: str) -> tuple[str, ...]:
    step = world.step(code.partition("-")[0])
    facts = facts_of([world.enrolment], today=TODAY)[0]
    rows = measured(step, facts)
    return next(row for row in rows if row.requirement.code == code).parts_missing


def record(world: World, number: str, **values: Any) -> Activity:
    return work.recorded(world.enrolment, world.step(number), by=world.nida, **values)


def change(code: str, **columns: Any) -> None:
    """Another programme: a requirement with other columns."""
    Requirement.objects.filter(code=code).update(**columns)


def test_a_village_with_its_own_target_of_20_needs_11_for_more_than_half(world: World) -> None:
    world.enrolment.own_target, world.enrolment.own_target_reason = 20, "มี 20 ครัวเรือน"
    world.enrolment.save()
    assert measure(world, "2.1-c") == (0, 11)
    assert measure(world, "1.4-a") == (0, 20)
    assert measure(world, "1.4-c") == (0, 20)


@pytest.mark.parametrize(("own", "half"), [(None, 13), (1, 1), (2, 2), (3, 2), (25, 13), (26, 14)])
def test_more_than_half_is_more_than_half(world: World, own: int | None, half: int) -> None:
    world.enrolment.own_target = own
    world.enrolment.own_target_reason = "หมู่บ้านเล็ก" if own else ""
    world.enrolment.save()
    assert measure(world, "2.1-c") == (0, half)


def test_the_programmes_target_households_are_the_one_figure_of_its_requirements(
    world: World,
) -> None:
    Programme.objects.update(target_households=20)
    assert measure(world, "1.4-a") == (0, 20)
    assert measure(world, "1.4-c") == (0, 20)
    assert measure(world, "2.1-c") == (0, 11)
    world.enrolment.own_target, world.enrolment.own_target_reason = 9, "หมู่บ้านเล็ก"
    world.enrolment.save()
    assert (measure(world, "1.4-a"), measure(world, "2.1-c")) == ((0, 9), (0, 5))


def test_what_ends_after_the_year_closed_changes_nothing_of_that_year(world: World) -> None:
    houses = list(world.trakat.households.in_house_order()[:3])
    work.target_all(world, houses)
    people.name_change_leader(
        enrolment=world.enrolment,
        leader=people.NewChangeLeader(name="นายทองใบ ใจดี", named_on=TODAY),
        sender=sender(world.nida),
    )
    work.put_on_shelf(world, "model", "บทเรียน")
    closed = world.programme.closes_on
    ends = {"ended_on": closed + timedelta(days=1)}
    Household.objects.filter(pk=houses[0].pk).update(**ends)
    ChangeLeader.objects.update(**ends)
    ShelfDocument.objects.update(ended_at=NOW.replace(year=2018))
    codes = ["1.4-a", "2.1-d", "1.1-b"]
    assert [_on(world, code, closed + timedelta(days=400)) for code in codes] == [3, 1, 1]
    Household.objects.filter(pk=houses[0].pk).update(ended_on=closed)
    ChangeLeader.objects.update(ended_on=closed)
    ShelfDocument.objects.update(ended_at=NOW)
    assert [_on(world, code, closed + timedelta(days=400)) for code in codes] == [2, 0, 0]


def _on(world: World, code: str, day: date) -> int:
    """How much there is of a requirement in Ban Trakat, as it is seen on a day."""
    facts = facts_of([world.enrolment_of(world.trakat)], today=day)[0]
    return _have(world.step(code.partition("-")[0]), facts, code)


def test_a_group_that_came_in_unknown_number_is_one_person(world: World) -> None:
    record(world, "1.2", group__district_team="unknown")
    assert measure(world, "1.2-b") == (1, 1)
    record(world, "1.2", group__district_team="6")
    assert measure(world, "1.2-b") == (6, 1)


def test_the_same_photo_on_two_activities_is_one_photo(world: World) -> None:
    for _again in range(2):
        record(world, "1.4", files=[work.picture(world.nida, "green")])
    assert measure(world, "1.4-h") == (1, 2)
    record(world, "1.4", files=[work.picture(world.nida, "red")])
    assert measure(world, "1.4-h") == (2, 2)


def test_a_sign_in_sheet_is_no_photo_of_the_activity(world: World) -> None:
    record(world, "1.4", files=[work.picture(world.nida, "white", "sign_in")])
    assert (measure(world, "1.4-h"), measure(world, "1.4-i")) == ((0, 2), (1, 1))


def test_what_is_withdrawn_counts_nowhere(world: World) -> None:
    activity = record(world, "1.4", files=[work.picture(world.nida)], group__support_team="2")
    assert [measure(world, code)[0] for code in ("1.4-b", "1.4-g", "1.4-h")] == [1, 2, 1]
    activities.withdraw_activity(activity=activity, reason="ผิดหมู่บ้าน", sender=sender(world.nida))
    assert [measure(world, code)[0] for code in ("1.4-b", "1.4-g", "1.4-h")] == [0, 0, 0]


def test_what_is_late_counts_once_it_is_accepted(world: World) -> None:
    activity = work.recorded(
        world.enrolment,
        world.step("1.4"),
        by=world.wichai,
        posting_ended=True,
        group__support_team="2",
    )
    assert (measure(world, "1.4-b"), measure(world, "1.4-g")) == ((0, 1), (0, 1))
    assert work.progress(world, "1.4").late_arrivals == 1
    decisions.accept_late(arrival=activity, sender=sender(world.nida))
    assert (measure(world, "1.4-b"), measure(world, "1.4-g")) == ((1, 1), (2, 1))
    assert work.progress(world, "1.4").late_arrivals == 0


def test_households_are_the_union_over_activities_and_only_targets_count(world: World) -> None:
    a, b, c, other = world.trakat.households.in_house_order()[:4]
    work.target_all(world, [a, b, c])
    record(world, "1.4", **work.present([a, b, other]))
    record(world, "1.4", **{f"household__{b.pk}": "representative"})
    assert (measure(world, "1.4-a"), measure(world, "1.4-c")) == ((3, 25), (2, 25))


def test_a_representative_counts(world: World) -> None:
    one = world.trakat.households.first()
    work.target_all(world, [one])
    record(world, "1.4", **{f"household__{one.pk}": "representative"})
    assert measure(world, "1.4-c")[0] == 1


def test_people_are_the_largest_activity_unless_the_requirement_says_sum(world: World) -> None:
    for total in ("10", "18"):
        record(world, "2.3", total=total)
    assert measure(world, "2.3-d") == (18, 25)
    change("2.3-d", count_by="sum")
    assert measure(world, "2.3-d") == (28, 25)


def test_without_a_total_the_people_are_the_least_there_must_have_been(world: World) -> None:
    houses = world.trakat.households.in_house_order()[:5]
    record(world, "2.3", **work.present(houses), group__sage="2", group__sao="unknown")
    assert measure(world, "2.3-d") == (5, 25)  # households and groups may be the same people
    record(world, "2.3", group__sage="4", group__sao="4")
    assert measure(world, "2.3-d") == (8, 25)
    record(world, "2.3", total="0", group__sage="40")
    assert measure(world, "2.3-d") == (8, 25)  # a total that was written stands


def test_ticked_target_households_are_people_of_the_target_group(world: World) -> None:
    houses = list(world.trakat.households.in_house_order()[:6])
    work.target_all(world, houses[:5])
    record(world, "2.1", **work.present(houses), group__target_member="3")
    assert measure(world, "2.1-c") == (5, 13)
    record(world, "2.1", group__target_member="9")
    assert measure(world, "2.1-c") == (9, 13)


def test_one_occasion_counts_its_people_once(world: World) -> None:
    both = [world.step("1.4"), world.step("2.1")]
    occasion = activities.Occasion(
        parts=[activities.Part(world.enrolment, step) for step in [both[0], both[0], both[1]]],
        values={**work.BASE, "total": "30"},
    )
    activities.record(occasion=occasion, sender=sender(world.nida))
    assert [work.progress(world, number).people for number in ("1.4", "2.1")] == [30, 30]
    record(world, "1.4", total="4")
    assert work.progress(world, "1.4").people == 34


@pytest.mark.parametrize(("here", "met"), [("2017-01-11", 1), ("2017-01-12", 1), ("2017-01-10", 0)])
def test_after_by_date_allows_the_same_day_but_not_the_day_before(
    world: World, here: str, met: int
) -> None:
    record(world, "1.4", held_on="2017-01-11")
    record(world, "2.1", held_on=here)
    assert measure(world, "2.1-a") == (met, 1)


def test_after_looks_at_the_first_activity_of_both(world: World) -> None:
    record(world, "2.1", held_on="2017-01-12")
    assert measure(world, "2.1-a") == (0, 1)  # nothing was held before
    record(world, "1.4", held_on="2017-01-20")
    assert measure(world, "2.1-a") == (0, 1)
    record(world, "1.4", held_on="2017-01-12")
    assert measure(world, "2.1-a") == (1, 1)
    record(world, "2.1", held_on="2017-01-05")
    assert measure(world, "2.1-a") == (0, 1)


def test_a_step_that_only_waits_for_another_has_not_started(world: World) -> None:
    record(world, "1.4")
    assert measure(world, "2.1-a") == (1, 1)
    assert work.progress(world, "2.1").status == "not_started"
    work.put_on_shelf(world, "model", "บทเรียน")
    assert work.progress(world, "1.1").status == "in_progress"


def test_after_by_handing_in_waits_for_the_submission(world: World) -> None:
    change("2.1-a", after_by="handed_in")
    work.briefing(world)
    assert measure(world, "2.1-a") == (0, 1)
    work.hand_in(world)
    assert measure(world, "2.1-a") == (1, 1)
    decisions.withdraw(enrolment=world.enrolment, step=world.step("1.4"), sender=sender(world.nida))
    assert measure(world, "2.1-a") == (0, 1)


def test_a_larger_committee_needs_all_of_its_members(world: World) -> None:
    keys = [work.add_member(world, f"สมาชิก {n}") for n in range(5)]
    present = {f"member__{key}": "present" for key in keys[:4]}
    record(world, "2.2", **present)
    assert (measure(world, "2.2-c"), measure(world, "2.2-f")) == ((4, 5), (0, 5))
    record(world, "2.2", **{f"member__{keys[4]}": "ready"})
    assert (measure(world, "2.2-c"), measure(world, "2.2-f")) == ((5, 5), (1, 5))


def test_a_small_committee_still_needs_four_who_attend(world: World) -> None:
    key = work.add_member(world, "นายทองใบ ใจดี")
    record(world, "2.2", **{f"member__{key}": "ready"})
    assert measure(world, "2.2-c") == (1, 4)


def test_a_member_who_left_counts_no_more(world: World) -> None:
    key = work.add_member(world, "นายทองใบ ใจดี", "natural")
    record(world, "2.2", **{f"member__{key}": "present"})
    assert (measure(world, "2.1-f"), measure(world, "2.2-c")) == ((1, 4), (1, 4))
    member = CommitteeMember.objects.get(pk=key)
    people.end_member(member=member, on=TODAY, sender=sender(world.nida))
    assert (measure(world, "2.1-f"), measure(world, "2.2-c")) == ((0, 4), (0, 4))


def test_the_missing_kinds_of_leader_are_named(world: World) -> None:
    for kind in ("formal", "cluster", "cluster"):
        work.add_member(world, f"สมาชิก {CommitteeMember.objects.count()}", kind)
    assert measure(world, "2.1-g") == (2, 4)
    assert missing_parts(world, "2.1-g") == ("natural", "group")


def test_topics_are_the_union_and_the_missing_ones_are_named(world: World) -> None:
    d1, d2, d3, _d4 = Topic.objects.filter(requirement__code="1.4-d").order_by("order")
    record(world, "1.4", **{f"topic__{d1.pk}": "on", f"topic__{d3.pk}": "on"})
    record(world, "1.4", **{f"topic__{d2.pk}": "on", f"topic__{d3.pk}": "on"})
    assert measure(world, "1.4-d") == (3, 4)
    assert missing_parts(world, "1.4-d") == ("1.4-d4",)


def test_every_group_of_the_visit_is_asked_for_once(world: World) -> None:
    record(world, "2.3", group__sao="unknown", group__sage="2", group__others="9")
    assert measure(world, "2.3-e") == (2, 4)
    assert missing_parts(world, "2.3-e") == ("2.3-e1", "2.3-e4")


def test_a_place_needs_its_name_and_where_it_is(world: World) -> None:
    record(world, "2.3", visited_name="บ้านหนองสามขา")
    assert measure(world, "2.3-c") == (0, 1)
    record(world, "2.3", visited_name="บ้านหนองสามขา", visited_area="ต.ตัวอย่าง")
    assert measure(world, "2.3-c") == (1, 1)


def test_the_shelf_of_the_district_counts_by_source_and_only_while_it_stands(
    world: World,
) -> None:
    key = work.put_on_shelf(world, "department", "คู่มือ")
    found = [measure(world, code)[0] for code in ("1.1-b", "1.1-c", "1.3-b", "1.3-c")]
    assert found == [0, 1, 1, 0]
    ShelfDocument.objects.filter(pk=key).update(ended_at=NOW)
    assert measure(world, "1.1-c") == (0, 1)


def test_documents_studied_are_counted_once_each(world: World) -> None:
    one, two = (work.put_on_shelf(world, "department", title) for title in ("เล่มแรก", "เล่มสอง"))
    for _again in range(2):
        record(world, "2.2", **{f"document__{one}": "on"})
    assert measure(world, "2.2-d") == (1, 2)
    record(world, "2.2", **{f"document__{two}": "on"})
    assert measure(world, "2.2-d") == (2, 2)


def test_a_text_is_the_one_its_requirement_asks_for(world: World) -> None:
    text = Requirement.objects.get(code="1.2-e")
    record(world, "1.2", **{f"text__{text.pk}": "มีอาชีพเสริม"})
    assert (measure(world, "1.2-e"), measure(world, "1.2-f")) == ((1, 1), (0, 1))


def test_a_plan_item_counts_with_person_and_both_dates_in_its_own_step(world: World) -> None:
    work.add_plan_item(world, world.step("2.4"), owner="committee")
    work.add_plan_item(world, world.step("2.4"), owner="village_team", person="")
    work.add_plan_item(world, world.step("2.4"), owner="committee", ends_on=None)
    assert measure(world, "2.4-h") == (1, 3)
    assert measure(world, "2.4-i") == (2, 2)  # whose work it is stands without a date
    assert measure(world, "1.4-e") == (0, 1)


def test_change_leaders_count_while_they_are(world: World) -> None:
    for name in ("นายทองใบ ใจดี", "นางคำ แก้วใส"):
        people.name_change_leader(
            enrolment=world.enrolment,
            leader=people.NewChangeLeader(name=name, named_on=TODAY),
            sender=sender(world.nida),
        )
    leader = ChangeLeader.objects.get(name="นางคำ แก้วใส")
    people.end_change_leader(leader=leader, on=TODAY, sender=sender(world.nida))
    assert measure(world, "2.1-d") == (1, 4)


def test_a_follow_up_outside_the_steps_counts_for_none(world: World) -> None:
    before = {code: measure(world, code) for code in ("1.4-b", "2.3-d")}
    work.recorded(world.enrolment, None, by=world.nida, form="follow_up", total="99")
    assert {code: measure(world, code) for code in before} == before


def test_recount_names_a_row_that_does_not_match(
    world: World, the_day_of_the_write_up: None
) -> None:
    record(world, "1.4", total="30")
    rows = StepProgress.objects.filter(enrolment=world.enrolment, step__number="1.4")
    rows.update(people=999)
    said = StringIO()
    with pytest.raises(CommandError, match="1 counters"):
        call_command("recount", "--dry-run", stdout=said)
    assert "33140108 1.4" in said.getvalue()
    assert rows.get().people == 999
    with pytest.raises(CommandError):
        call_command("recount", stdout=StringIO())
    assert rows.get().people == 30
    call_command("recount", stdout=StringIO())
