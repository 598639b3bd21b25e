"""What each requirement measures: one small function a kind, over the facts of a village.

Each answers how much there is and which named parts are missing; how much is needed follows from
the requirement and the village (its own target, its committee).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from steps.facts import Facts
from steps.models.activities import Activity
from steps.models.choices import EvidenceType
from steps.models.programme import AttendeeGroup, Kind, Requirement, Step
from villages.models import LeaderKind

Found = tuple[int, list[str]]  # how much there is, codes of the parts that are missing
Counter = Callable[[Requirement, Facts], Found]

MEASURES: dict[str, Counter] = {}


@dataclass(frozen=True)
class Measure:
    """One requirement measured: have, need, and the codes of its missing parts."""

    requirement: Requirement
    have: int
    need: int
    parts_missing: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        return self.have >= self.need

    def as_stored(self) -> list[object]:
        return [self.have, self.need, list(self.parts_missing)]


def measured(step: Step, facts: Facts) -> list[Measure]:
    """Every requirement of a step, measured, in the programme's order."""
    return [measure(requirement, facts) for requirement in step.requirements.all()]


def measure(requirement: Requirement, facts: Facts) -> Measure:
    """One requirement, measured."""
    have, parts_missing = MEASURES[requirement.kind](requirement, facts)
    return Measure(requirement, have, needed(requirement, facts), tuple(parts_missing))


def needed(requirement: Requirement, facts: Facts) -> int:
    """The figure to reach in this village.

    The target is the village's own or else the programme's, and more than half of it is 13 of 25;
    a larger committee needs all of its members.
    """
    if requirement.basis == Requirement.Basis.TARGET:
        return facts.enrolment.target
    if requirement.basis == Requirement.Basis.HALF_TARGET:
        return facts.enrolment.target // 2 + 1
    if requirement.basis == Requirement.Basis.MEMBERS:
        return max(requirement.need, len(facts.members))
    return requirement.need


def headcount(activity: Activity) -> int:
    """People at one activity: the total, or the least there must have been.

    Households, members and groups may be the same people, so they are not added up.
    """
    if activity.total is not None:
        return activity.total
    groups = sum(count.people or 1 for count in activity.group_counts.all())
    return max(groups, len(activity.attendances.all()), len(activity.member_attendances.all()))


def headcount_listed(activity: Activity) -> int:
    """The same of an activity loaded for a list, which carries its numbers (for_lists)."""
    if activity.total is not None:
        return activity.total
    return max(activity.in_groups, activity.households, activity.members)  # type: ignore[attr-defined]


def people_reached(activities: Iterable[Activity]) -> int:
    """People over several activities; one occasion counts once, by its largest activity."""
    largest: dict[object, int] = {}
    for activity in activities:
        largest[activity.occasion] = max(largest.get(activity.occasion, 0), headcount(activity))
    return sum(largest.values())


def households_present(activities: Iterable[Activity]) -> set[object]:
    """Households that came to at least one of the activities (a representative counts)."""
    return {row.household_id for activity in activities for row in activity.attendances.all()}


# ---------------------------------------------------------------- one function a kind


def _measures(kind: Kind) -> Callable[[Counter], Counter]:
    def register(counter: Counter) -> Counter:
        MEASURES[kind] = counter
        return counter

    return register


@_measures(Kind.ACTIVITY)
def _activities_held(requirement: Requirement, facts: Facts) -> Found:
    return len(facts.activities_of(requirement.step)), []


@_measures(Kind.TOPICS)
def _topics_ticked(requirement: Requirement, facts: Facts) -> Found:
    ticked = {
        topic.pk
        for activity in facts.activities_of(requirement.step)
        for topic in activity.topics.all()
    }
    topics = list(requirement.topics.all())
    return (
        sum(topic.pk in ticked for topic in topics),
        [topic.code for topic in topics if topic.pk not in ticked],
    )


@_measures(Kind.PEOPLE)
def _people_present(requirement: Requirement, facts: Facts) -> Found:
    counts = [
        _people_of_group(activity, requirement.group, facts)
        if requirement.group
        else headcount(activity)
        for activity in facts.activities_of(requirement.step)
    ]
    if requirement.count_by == Requirement.CountBy.SUM:
        return sum(counts), []
    return max(counts, default=0), []


def _people_of_group(activity: Activity, group: AttendeeGroup, facts: Facts) -> int:
    """People of one group; "came, number unknown" is at least one.

    Of a group made of target households at least as many came as households are ticked.
    """
    said = sum(row.people or 1 for row in activity.group_counts.all() if row.group_id == group.pk)
    if not group.of_targets:
        return said
    return max(said, len(households_present([activity]) & facts.target_households))


@_measures(Kind.GROUPS)
def _groups_represented(requirement: Requirement, facts: Facts) -> Found:
    came = {
        row.group_id
        for activity in facts.activities_of(requirement.step)
        for row in activity.group_counts.all()
    }
    topics = list(requirement.topics.all())
    missing = [topic.code for topic in topics if topic.group_id not in came]
    return len(topics) - len(missing), missing


@_measures(Kind.HOUSEHOLDS_LISTED)
def _households_listed(requirement: Requirement, facts: Facts) -> Found:
    return len(facts.target_households), []


@_measures(Kind.HOUSEHOLDS_PRESENT)
def _target_households_present(requirement: Requirement, facts: Facts) -> Found:
    came = households_present(facts.activities_of(requirement.step))
    return len(came & facts.target_households), []


@_measures(Kind.COMMITTEE)
def _committee_members(requirement: Requirement, facts: Facts) -> Found:
    return len(facts.members), []


@_measures(Kind.LEADER_KINDS)
def _kinds_of_leader(requirement: Requirement, facts: Facts) -> Found:
    kinds = {member.kind for member in facts.members}
    return len(kinds), [kind for kind in LeaderKind.values if kind not in kinds]


@_measures(Kind.MEMBERS_PRESENT)
def _members_who_attended(requirement: Requirement, facts: Facts) -> Found:
    return _members_marked(requirement, facts, ready=False)


@_measures(Kind.MEMBERS_READY)
def _members_who_are_ready(requirement: Requirement, facts: Facts) -> Found:
    return _members_marked(requirement, facts, ready=True)


def _members_marked(requirement: Requirement, facts: Facts, *, ready: bool) -> Found:
    marked = {
        row.member_id
        for activity in facts.activities_of(requirement.step)
        for row in activity.member_attendances.all()
        if row.ready or not ready
    }
    return sum(member.pk in marked for member in facts.members), []


@_measures(Kind.CHANGE_LEADERS)
def _change_leaders_named(requirement: Requirement, facts: Facts) -> Found:
    return len(facts.change_leaders), []


@_measures(Kind.EVIDENCE)
def _files_attached(requirement: Requirement, facts: Facts) -> Found:
    """The same file on two activities is one file."""
    wanted = {requirement.evidence_type} if requirement.evidence_type else set(EvidenceType.values)
    evidence = facts.evidence_of(requirement.step)
    return len({row.blob_id for row in evidence if row.type in wanted}), []


@_measures(Kind.DOCUMENTS_SHELVED)
def _documents_on_the_shelf(requirement: Requirement, facts: Facts) -> Found:
    source = requirement.document_source
    return sum(not source or document.source == source for document in facts.shelf), []


@_measures(Kind.DOCUMENTS_STUDIED)
def _documents_studied(requirement: Requirement, facts: Facts) -> Found:
    studied = {
        document.pk
        for activity in facts.activities_of(requirement.step)
        for document in activity.documents.all()
    }
    return len(studied), []


@_measures(Kind.TEXT)
def _text_written(requirement: Requirement, facts: Facts) -> Found:
    written = any(
        text.requirement_id == requirement.pk
        for activity in facts.activities_of(requirement.step)
        for text in activity.texts.all()
    )
    return int(written), []


@_measures(Kind.PLAN_GOAL)
def _goal_of_the_plan(requirement: Requirement, facts: Facts) -> Found:
    return int(bool(facts.goals.get(requirement.step_id))), []


@_measures(Kind.PLACE)
def _place_visited(requirement: Requirement, facts: Facts) -> Found:
    places = {
        activity.visited_name
        for activity in facts.activities_of(requirement.step)
        if activity.visited_name and activity.visited_area
    }
    return len(places), []


@_measures(Kind.PLAN_ITEMS)
def _plan_items(requirement: Requirement, facts: Facts) -> Found:
    return sum(item.is_complete for item in facts.plan_items_of(requirement.step)), []


@_measures(Kind.PLAN_OWNERS)
def _owners_in_the_plan(requirement: Requirement, facts: Facts) -> Found:
    owners = {item.owner for item in facts.plan_items_of(requirement.step)}
    topics = list(requirement.topics.all())
    missing = [topic.code for topic in topics if topic.owner not in owners]
    return len(topics) - len(missing), missing


@_measures(Kind.AFTER)
def _after_another_step(requirement: Requirement, facts: Facts) -> Found:
    """Met when the other step came first. Nothing held here yet is no fault of order."""
    earlier = requirement.after_step
    if earlier is None:  # the database holds this; a type checker cannot know
        return 0, []
    if requirement.after_by == Requirement.AfterBy.HANDED_IN:
        return int(bool(facts.submissions_of(earlier))), []
    first = facts.activities_of(earlier)
    here = facts.activities_of(requirement.step)
    in_order = bool(first) and (not here or here[0].held_on >= first[0].held_on)
    return int(in_order), []
