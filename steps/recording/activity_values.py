"""An activity as flat values, and back: what was typed, ticked and counted, each under one name.

``household-<uuid>`` is "head" or "representative"; ``member-<uuid>`` is "present" or "ready";
``group-<code>`` is a number or "unknown"; ``topic-<id>`` and ``document-<uuid>`` are "on";
``text-<id>`` is the text a requirement asks for; ``agency-<n>`` is the level and name of the n-th
agency. So two people who tick different households change different fields, and nothing is lost.
Nothing typed is part of a name: names stand in the history for good.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from steps.models import (
    Activity,
    ActivityText,
    Attendance,
    GroupCount,
    MemberAttendance,
    ShelfDocument,
    SupportingAgency,
    Topic,
)
from steps.models.choices import AgencyLevel
from steps.models.programme import AttendeeGroup, Kind, Requirement
from steps.recording.core import Refusal, Values, column, set_columns, values_of
from villages.models import CommitteeMember, Household

COLUMNS = (
    "form",
    "held_on",
    "place",
    "visited_name",
    "visited_area",
    "visited_reason",
    "led_by",
    "total",
    "summary",
)

Changes = Mapping[str, tuple[str, str]]


def activity_values(activity: Activity) -> Values:
    """Everything an activity holds, as flat values."""
    values = values_of(activity, COLUMNS)
    for attended in activity.attendances.all():
        values[f"household-{attended.household_id}"] = (
            "representative" if attended.representative else "head"
        )
    for present in activity.member_attendances.all():
        values[f"member-{present.member_id}"] = "ready" if present.ready else "present"
    for count in activity.group_counts.all():
        values[f"group-{count.group_id}"] = str(count.people or "unknown")
    values |= {f"topic-{topic.pk}": "on" for topic in activity.topics.all()}
    values |= {f"document-{document.pk}": "on" for document in activity.documents.all()}
    values |= {f"text-{text.requirement_id}": text.text for text in activity.texts.all()}
    values |= _agency_values(activity)
    return values


def set_activity_values(activity: Activity, changes: Changes) -> None:
    """Write changed values onto an activity, new or stored; part of a write.

    Raises Refusal ``not_in_your_area`` for a household, member, topic or document that does not
    belong to the activity's village, step or district (in the words of an unknown one).
    """
    columns = {name: pair for name, pair in changes.items() if name in COLUMNS}
    if activity._state.adding:
        _create(activity, columns)
    else:
        set_columns(activity, columns)
    by_kind: dict[str, dict[str, str]] = {}
    for name, (_stored, wanted) in changes.items():
        if name not in COLUMNS:
            kind, key = name.split("-", 1)
            by_kind.setdefault(kind, {})[key] = wanted
    for kind, wanted_by_key in by_kind.items():
        SETTERS[kind](activity, wanted_by_key)


def _create(activity: Activity, columns: Changes) -> None:
    for name, (_stored, wanted) in columns.items():
        setattr(activity, name, column(activity, name).to_python(wanted))
    activity.save(force_insert=True)


Wanted = Mapping[str, str]  # key of the other row -> what it shall be; empty: not there


def _set_households(activity: Activity, wanted: Wanted) -> None:
    kept = _kept(wanted, ("head", "representative"), "households")
    known = Household.objects.filter(pk__in=kept, village=activity.enrolment.village_id)
    _refuse_unknown(kept, known, "households")
    activity.attendances.filter(household__in=_uuids(wanted)).delete()
    Attendance.objects.bulk_create(
        Attendance(activity=activity, household_id=key, representative=value == "representative")
        for key, value in kept.items()
    )


def _set_members(activity: Activity, wanted: Wanted) -> None:
    kept = _kept(wanted, ("present", "ready"), "members")
    village = activity.enrolment.village_id
    known = CommitteeMember.objects.filter(pk__in=kept, committee__village=village)
    _refuse_unknown(kept, known, "members")
    activity.member_attendances.filter(member__in=_uuids(wanted)).delete()
    MemberAttendance.objects.bulk_create(
        MemberAttendance(activity=activity, member_id=key, ready=value == "ready")
        for key, value in kept.items()
    )


def _set_groups(activity: Activity, wanted: Wanted) -> None:
    kept = _kept(wanted, None, "groups")
    _refuse_unknown(kept, AttendeeGroup.objects.filter(pk__in=kept), "groups")
    activity.group_counts.filter(group__in=wanted).delete()
    GroupCount.objects.bulk_create(
        GroupCount(
            activity=activity, group_id=key, people=None if value == "unknown" else int(value)
        )
        for key, value in kept.items()
    )


def _set_topics(activity: Activity, wanted: Wanted) -> None:
    kept = _kept(wanted, ("on",), "topics")
    known = Topic.objects.filter(
        pk__in=kept, requirement__step=activity.step_id, requirement__kind=Kind.TOPICS
    )
    _refuse_unknown(kept, known, "topics")
    activity.topics.remove(*(int(key) for key in wanted if key not in kept))
    activity.topics.add(*(int(key) for key in kept))


def _set_documents(activity: Activity, wanted: Wanted) -> None:
    kept = _kept(wanted, ("on",), "documents")
    enrolment = activity.enrolment
    known = ShelfDocument.objects.filter(
        pk__in=kept, district=enrolment.village.district_code, programme=enrolment.programme_id
    )
    _refuse_unknown(kept, known, "documents")
    gone = [UUID(key) for key in wanted if key not in kept]
    activity.documents.remove(*ShelfDocument.objects.filter(pk__in=gone))
    activity.documents.add(*known)


def _set_texts(activity: Activity, wanted: Wanted) -> None:
    kept = _kept(wanted, None, "texts")
    known = Requirement.objects.filter(pk__in=kept, step=activity.step_id, kind=Kind.TEXT)
    _refuse_unknown(kept, known, "texts")
    activity.texts.filter(requirement__in=[int(key) for key in wanted]).delete()
    ActivityText.objects.bulk_create(
        ActivityText(activity=activity, requirement_id=int(key), text=value)
        for key, value in kept.items()
    )


def _set_agencies(activity: Activity, wanted: Wanted) -> None:
    """The agencies in their order, with the wanted ones changed; the same name stands once."""
    stored = {name.removeprefix("agency-"): text for name, text in _agency_values(activity).items()}
    in_order = sorted((stored | dict(wanted)).items(), key=lambda row: int(row[0]))
    texts = [text for _row, text in in_order if text]
    levels = {name: level for level, _space, name in (text.partition(" ") for text in texts)}
    _kept(levels, AgencyLevel.values, "agencies")
    activity.agencies.all().delete()
    SupportingAgency.objects.bulk_create(
        SupportingAgency(activity=activity, name=name, level=level)
        for name, level in levels.items()
    )


def _agency_values(activity: Activity) -> Values:
    rows = enumerate(activity.agencies.order_by("pk"))
    return {f"agency-{row}": f"{agency.level} {agency.name}" for row, agency in rows}


SETTERS: dict[str, Callable[[Activity, Wanted], None]] = {
    "household": _set_households,
    "member": _set_members,
    "group": _set_groups,
    "topic": _set_topics,
    "document": _set_documents,
    "text": _set_texts,
    "agency": _set_agencies,
}


def _uuids(wanted: Wanted) -> list[UUID]:
    return [UUID(key) for key in wanted]


def _kept(wanted: Wanted, allowed: Collection[str] | None, field: str) -> dict[str, str]:
    """What shall be there, once every value is one of the allowed."""
    kept = {key: value for key, value in wanted.items() if value}
    if allowed is not None and not set(kept.values()) <= set(allowed):
        raise Refusal("not_in_your_area", field=field)
    return kept


def _refuse_unknown(kept: Wanted, known: QuerySet[Any], field: str) -> None:
    """Foreign ids are answered in the words of unknown ones (rule 11)."""
    if kept and known.count() < len(kept):
        raise Refusal("not_in_your_area", field=field)
