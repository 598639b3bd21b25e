"""Writing about people: households, target households, the committee, change leaders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.receipts import Outcome
from steps.models import ChangeLeader, Enrolment, EnrolmentHousehold
from steps.recording.core import (
    Refusal,
    Sender,
    Values,
    changed,
    log,
    merged,
    set_columns,
    values_of,
    write,
)
from villages.models import CommitteeMember, Household, Village, WorkingCommittee

HOUSEHOLD_FIELDS = (
    "house_no",
    "head_name",
    "people",
    "cluster",
    "main_occupation",
    "side_occupation",
    "phone",
)
MEMBER_FIELDS = ("name", "position", "kind", "household", "phone", "joined_on")


@dataclass(frozen=True)
class NewHousehold:
    """A household as typed, clean."""

    house_no: str
    head_name: str
    people: int | None = None
    cluster: str = ""
    main_occupation_id: str | None = None
    side_occupation_id: str | None = None
    phone: str = ""


def add_household(*, village: Village, household: NewHousehold, sender: Sender) -> Outcome:
    """Add a household to a village. Refusal ``household_exists`` where it stands there already."""

    def work() -> dict[str, object]:
        row = Household(village=village, **asdict(household))
        _save_new(row, "household_exists", "house_no")
        log(sender, "add_household", row, village, _all_new(row, HOUSEHOLD_FIELDS))
        return {"household": str(row.pk)}

    content = {"village": village.code, **asdict(household)}
    return write(
        verb="add_household", sender=sender, content=content, villages=[village], work=work
    )


def edit_household(
    *, household: Household, started: Values, wanted: Values, sender: Sender
) -> Outcome:
    """Change the fields that differ from what the form started with. May raise Conflict."""
    return _edit(
        "edit_household",
        household,
        HOUSEHOLD_FIELDS,
        household.village,
        (started, wanted),
        sender,
        taken=("household_exists", "house_no"),
    )


def end_household(*, household: Household, on: date, sender: Sender) -> Outcome:
    """End a household (moved away, merged): it stays in every record of the past."""
    return _end("end_household", household, "ended_on", on, household.village, sender)


def mark_households(
    *,
    enrolment: Enrolment,
    started: Values,
    wanted: Values,
    sender: Sender,
) -> Outcome:
    """Say which households are target and model this year.

    Values are flat: ``target-<uuid>`` and ``model-<uuid>`` -> "on". Ticks of different
    households merge; nothing conflicts but the same tick.
    """
    village = enrolment.village

    def work() -> dict[str, object]:
        changes = merged(household_marks(enrolment), changed(started, wanted))
        for name, (_stored, now) in changes.items():
            mark, household_id = name.split("-", 1)
            _mark(enrolment, UUID(household_id), mark, now=bool(now))
        log(sender, "mark_households", enrolment, village, changes)
        return {"changed": len(changes)}

    content = {
        "village": village.code,
        "year": enrolment.programme.year,
        "started": started,
        "wanted": wanted,
    }
    return write(
        verb="mark_households", sender=sender, content=content, villages=[village], work=work
    )


def household_marks(enrolment: Enrolment) -> Values:
    """Which households are target and model now, as flat values."""
    marks: Values = {}
    for row in EnrolmentHousehold.objects.filter(enrolment=enrolment):
        for mark in ("target", "model"):
            if getattr(row, mark):
                marks[f"{mark}-{row.household_id}"] = "on"
    return marks


def _mark(enrolment: Enrolment, household_id: UUID, mark: str, *, now: bool) -> None:
    known = Household.objects.filter(village_id=enrolment.village_id, pk=household_id)
    if mark not in ("target", "model") or not known.exists():
        raise Refusal("not_in_your_area", field=mark)
    EnrolmentHousehold.objects.update_or_create(
        enrolment=enrolment, household_id=household_id, defaults={mark: now}
    )


# ---------------------------------------------------------------- the committee


@dataclass(frozen=True)
class NewMember:
    """A committee member as typed, clean."""

    name: str
    kind: str
    joined_on: date
    position: str = ""
    household_id: UUID | None = None
    phone: str = ""


def add_member(*, village: Village, member: NewMember, sender: Sender) -> Outcome:
    """Add a member to the village's committee; the first one forms it."""

    def work() -> dict[str, object]:
        committee = serving_committee(village, formed_on=member.joined_on)
        row = CommitteeMember(committee=committee, **asdict(member))
        _save_new(row, "member_exists", "name")
        log(sender, "add_member", row, village, _all_new(row, MEMBER_FIELDS))
        return {"member": str(row.pk)}

    content = {"village": village.code, **asdict(member)}
    return write(verb="add_member", sender=sender, content=content, villages=[village], work=work)


def serving_committee(village: Village, *, formed_on: date) -> WorkingCommittee:
    """The committee a new member joins; formed on that day where none serves, or earlier."""
    committee, _created = WorkingCommittee.objects.get_or_create(
        village=village, ended_on=None, defaults={"formed_on": formed_on}
    )
    if formed_on < committee.formed_on:
        committee.formed_on = formed_on
        committee.save(update_fields=["formed_on"])
    return committee


def edit_member(
    *, member: CommitteeMember, started: Values, wanted: Values, sender: Sender
) -> Outcome:
    """Change the fields that differ from what the form started with. May raise Conflict.

    Refusal ``joined_after_leaving`` where the member has left before the day named.
    """
    return _edit(
        "edit_member",
        member,
        MEMBER_FIELDS,
        member.committee.village,
        (started, wanted),
        sender,
        taken=("member_exists", "name"),
        check=_refuse_joining_after_leaving,
    )


def _refuse_joining_after_leaving(member: CommitteeMember, changes: Changes) -> None:
    _stored, joined_on = changes.get("joined_on", ("", ""))
    if joined_on and member.left_on and date.fromisoformat(joined_on) > member.left_on:
        raise Refusal("joined_after_leaving", field="joined_on")


def end_member(*, member: CommitteeMember, on: date, sender: Sender) -> Outcome:
    """End a membership; the member stays among the past ones.

    Refusal ``left_before_joining`` where the day is before the one of joining.
    """
    village = member.committee.village
    return _end("end_member", member, "left_on", on, village, sender, check=_refuse_leaving_early)


def _refuse_leaving_early(member: CommitteeMember, on: date) -> None:
    if on < member.joined_on:
        raise Refusal("left_before_joining", field="on")


# ---------------------------------------------------------------- change leaders


@dataclass(frozen=True)
class NewChangeLeader:
    """A person named as change leader, clean."""

    name: str
    named_on: date
    household_id: UUID | None = None


def name_change_leader(*, enrolment: Enrolment, leader: NewChangeLeader, sender: Sender) -> Outcome:
    """Name a change leader of a village for the year."""
    village = enrolment.village

    def work() -> dict[str, object]:
        row = ChangeLeader(enrolment=enrolment, **asdict(leader))
        _save_new(row, "change_leader_exists", "name")
        log(sender, "name_change_leader", row, village, _all_new(row, ("name", "named_on")))
        return {"change_leader": str(row.pk)}

    content = {"village": village.code, "year": enrolment.programme.year, **asdict(leader)}
    return write(
        verb="name_change_leader", sender=sender, content=content, villages=[village], work=work
    )


def end_change_leader(*, leader: ChangeLeader, on: date, sender: Sender) -> Outcome:
    """No longer a change leader; the name stays in the past."""
    return _end("end_change_leader", leader, "ended_on", on, leader.enrolment.village, sender)


# ---------------------------------------------------------------- shared by all of them

Row = Household | CommitteeMember | ChangeLeader
Edited = TypeVar("Edited", Household, CommitteeMember)
Ended = TypeVar("Ended", Household, CommitteeMember, ChangeLeader)
Changes = Mapping[str, tuple[str, str]]


def _save_new(row: Row, code: str, field: str) -> None:
    """Save a row, turning the database's "already there" into a refusal at its field."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal(code, field=field) from error


def _all_new(row: Row, fields: tuple[str, ...]) -> Mapping[str, tuple[object, object]]:
    return {name: ("", text) for name, text in values_of(row, fields).items()}


def _edit(
    verb: str,
    row: Edited,
    fields: tuple[str, ...],
    village: Village,
    values: tuple[Values, Values],
    sender: Sender,
    *,
    taken: tuple[str, str],
    check: Callable[[Edited, Changes], None] | None = None,
) -> Outcome:
    started, wanted = values

    def work() -> dict[str, object]:
        row.refresh_from_db()
        if row.erased_on:
            raise Refusal("erased_already")
        changes = merged(values_of(row, fields), changed(started, wanted))
        if check:
            check(row, changes)
        try:
            with transaction.atomic():
                set_columns(row, changes)
        except IntegrityError as error:
            raise Refusal(taken[0], field=taken[1]) from error
        log(sender, verb, row, village, changes)
        return {"changed": sorted(changes)}

    content = {"id": str(row.pk), "started": started, "wanted": wanted}
    return write(verb=verb, sender=sender, content=content, villages=[village], work=work)


def _end(
    verb: str,
    row: Ended,
    field: str,
    on: date,
    village: Village,
    sender: Sender,
    *,
    check: Callable[[Ended, date], None] | None = None,
) -> Outcome:
    def work() -> dict[str, object]:
        row.refresh_from_db()
        if getattr(row, field) is not None:
            raise Refusal("ended_already")
        if check:
            check(row, on)
        setattr(row, field, on)
        row.save(update_fields=[field])
        log(sender, verb, row, village, {field: ("", on)})
        return {"ended": str(row.pk)}

    content = {"id": str(row.pk), "on": on.isoformat()}
    return write(verb=verb, sender=sender, content=content, villages=[village], work=work)
