"""Enrolling villages in a programme year, their officer and own target; copying a programme."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from accounts import access
from accounts.history import Note, note, note_all
from accounts.models import User
from accounts.receipts import Outcome, once
from accounts.rights import Right
from steps.models import Enrolment, Phase, Programme, Requirement, Step, Topic
from steps.progress import refresh
from steps.recording.core import (
    Refusal,
    Sender,
    Values,
    log,
    merged,
    set_columns,
    values_of,
    write,
)
from steps.recording.together import changed_together
from villages.models import Village, locked


@transaction.atomic
def enrol(
    *, villages: Iterable[Village], programme: Programme, officer: User | None, sender: Sender
) -> list[Enrolment]:
    """Enrol villages that are not enrolled yet; their rows of progress come with it."""
    return _enrolled(villages, programme, lambda village: officer, sender)


def _enrolled(
    villages: Iterable[Village],
    programme: Programme,
    officer_of: Callable[[Village], User | None],
    sender: Sender,
) -> list[Enrolment]:
    villages = locked(villages)
    stored = Enrolment.objects.filter(programme=programme, village__in=villages)
    known = set(stored.values_list("village_id", flat=True))
    enrolments = [
        Enrolment(programme=programme, village=village, officer=officer_of(village))
        for village in villages
        if village.pk not in known
    ]
    Enrolment.objects.bulk_create(enrolments)
    refresh(enrolments, today=sender.today)
    officers = [(row, {"officer": ("", row.officer)}) for row in enrolments]
    notes = (Note("enrol", row, row.village, officer) for row, officer in officers)
    note_all(notes, by=sender.by, at=sender.at)
    return enrolments


def enrol_again(*, villages: Iterable[Village], programme: Programme, sender: Sender) -> Outcome:
    """Enrol villages in one go; those enrolled already stay as they are.

    Each keeps its officer of the year before, where that person may record there from the first
    day on. Refusal ``year_over``.
    """
    villages = list(villages)

    def work() -> dict[str, Any]:
        refuse_past(programme, sender.today)
        officers = officers_before(villages, programme, sender.today)
        made = _enrolled(villages, programme, lambda village: officers.get(village.pk), sender)
        return {"enrolled": len(made), "with_officer": sum(bool(row.officer_id) for row in made)}

    return once(
        client_id=sender.client_id,
        verb="enrol",
        content={"year": programme.year, "villages": sorted(row.code for row in villages)},
        by=sender.by,
        at=sender.at,
        work=work,
    )


def refuse_past(programme: Programme, today: date) -> None:
    """Nothing is prepared for a year that is over."""
    if programme.closes_on < today:
        raise Refusal("year_over")


def officers_before(
    villages: Iterable[Village], programme: Programme, today: date
) -> dict[int, User]:
    """Who was responsible for each village in the year before, and may still record there.

    By the key of the village. Judged on the first day of the year, or today once that is past.
    """
    source = Programme.objects.before(programme.year)
    rows = Enrolment.objects.filter(programme=source, village__in=list(villages))
    rows = rows.exclude(officer=None).select_related("officer", "village")
    people = {row.officer_id for row in rows if row.officer_id}
    recording = access.scopes(Right.RECORD, max(today, programme.opens_on), people)
    return {
        row.village_id: row.officer
        for row in rows
        if row.officer and row.officer_id in recording
        if recording[row.officer_id].covers(row.village.code)
    }


OWN_TARGET_FIELDS = ("own_target", "own_target_reason")


def set_own_target(
    *, enrolment: Enrolment, started: Values, wanted: Values, sender: Sender
) -> Outcome:
    """Give a village its own number of target households, with a reason; or take both back.

    Refusal ``reason_missing`` for a number without a reason. May raise Conflict.
    """
    if wanted.get("own_target") and not wanted.get("own_target_reason"):
        raise Refusal("reason_missing", field="own_target_reason")
    village = enrolment.village

    def work() -> dict[str, object]:
        enrolment.refresh_from_db(fields=OWN_TARGET_FIELDS)
        wished = changed_together(started, wanted, OWN_TARGET_FIELDS)
        changes = merged(values_of(enrolment, OWN_TARGET_FIELDS), wished)
        set_columns(enrolment, changes)
        log(sender, "set_own_target", enrolment, village, changes)
        return {"own_target": enrolment.own_target}

    content = {"id": enrolment.pk, "started": started, "wanted": wanted}
    return write(
        verb="set_own_target", sender=sender, content=content, villages=[village], work=work
    )


@transaction.atomic
def assign(*, enrolments: Iterable[Enrolment], officer: User | None, sender: Sender) -> None:
    """Name the responsible officer of enrolled villages."""
    enrolments = list(enrolments)
    locked(enrolment.village for enrolment in enrolments)
    for enrolment in enrolments:
        enrolment.refresh_from_db(fields=["officer"])
        before = enrolment.officer
        enrolment.officer = officer
        enrolment.save(update_fields=["officer"])
        log(sender, "assign", enrolment, enrolment.village, {"officer": (before, officer)})


def name_officer(*, enrolments: Iterable[Enrolment], officer: User, sender: Sender) -> Outcome:
    """Name the officer of several villages in one go; one who may record in each of them.

    Refusal ``not_posted`` otherwise.
    """
    enrolments = list(enrolments)

    def work() -> dict[str, Any]:
        recording = access.scope(officer, Right.RECORD, sender.today)
        if not all(recording.covers(row.village.code) for row in enrolments):
            raise Refusal("not_posted", field="officer")
        assign(enrolments=enrolments, officer=officer, sender=sender)
        return {"named": len(enrolments)}

    return once(
        client_id=sender.client_id,
        verb="assign",
        content={"enrolments": sorted(row.pk for row in enrolments), "officer": officer.pk},
        by=sender.by,
        at=sender.at,
        work=work,
    )


# ---------------------------------------------------------------- programmes


@transaction.atomic
def copy_programme(*, source: Programme, year: int, sender: Sender) -> Programme:
    """Copy a programme to another พ.ศ. year, with its dates moved by as many years.

    Refusal ``year_exists``: of two people who copy at once, one does.
    """
    shift = year - source.year
    programme = Programme.objects.get(pk=source.pk)
    _renew(programme, year=year)
    for name in ("opens_on", "closes_on"):
        setattr(programme, name, moved(getattr(source, name), shift))
    try:
        with transaction.atomic():
            programme.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal("year_exists") from error
    phases = _copied(source.phases.all(), programme=programme)
    steps: dict[int, Step] = {}
    for step in source.steps.current().select_related("phase"):
        old = step.pk
        _renew(step, programme=programme, phase=phases[step.phase_id])
        step.due_on = moved(step.due_on, shift)
        step.save(force_insert=True)
        steps[old] = step
    _copy_requirements(source, steps)
    note(by=sender.by, at=sender.at, verb="copy_programme", subject=programme)
    return programme


def copy_year(*, year: int, sender: Sender) -> Outcome:
    """Copy the latest programme before a year to that year, once.

    Refusals ``no_year_before`` and ``year_exists``.
    """

    def work() -> dict[str, Any]:
        source = Programme.objects.before(year)
        if source is None:
            raise Refusal("no_year_before")
        return {"programme": copy_programme(source=source, year=year, sender=sender).pk}

    return once(
        client_id=sender.client_id,
        verb="copy_programme",
        content={"year": year},
        by=sender.by,
        at=sender.at,
        work=work,
    )


def _copy_requirements(source: Programme, steps: dict[int, Step]) -> None:
    requirements = Requirement.objects.current().filter(step__in=steps)
    copies: dict[int, Requirement] = {}
    for requirement in requirements:
        if requirement.after_step_id and requirement.after_step_id not in steps:
            continue  # it waits for a step that was ended, and is not copied
        old = requirement.pk
        after = steps[requirement.after_step_id] if requirement.after_step_id else None
        _renew(requirement, step=steps[requirement.step_id], after_step=after)
        requirement.save(force_insert=True)
        copies[old] = requirement
    for topic in Topic.objects.current().filter(requirement__in=copies):
        _renew(topic, requirement=copies[topic.requirement_id])
        topic.save(force_insert=True)


def _copied(phases: Iterable[Phase], *, programme: Programme) -> dict[int, Phase]:
    copies = {}
    for phase in phases:
        old = phase.pk
        _renew(phase, programme=programme)
        phase.save(force_insert=True)
        copies[old] = phase
    return copies


def _renew(row: Programme | Phase | Step | Requirement | Topic, **fields: object) -> None:
    """Make a loaded row a new one, with some fields of its own."""
    row.pk = None
    row._state.adding = True
    for name, value in fields.items():
        setattr(row, name, value)


def moved(day: date, years: int) -> date:
    """The same day other years; 29 February moves to the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def programme_changed(*, programme: Programme, sender: Sender) -> None:
    """After requirements changed: measure every enrolled village again (open steps only).

    Call it outside a transaction: nobody should wait until the whole country is measured. What a
    fault leaves unmeasured, ``recount`` finds.
    """
    in_batches(programme, lambda enrolments: refresh(enrolments, today=sender.today))


def count_new(*, today: date) -> None:
    """Count villages that were enrolled by other means (a fixture) and have no row of the year."""
    for programme in Programme.objects.filter(enrolments__standing__isnull=True).distinct():
        in_batches(programme, lambda enrolments: refresh(enrolments, today=today))


BATCH = 200  # villages that are measured, and kept waiting, at once


def in_batches(programme: Programme, work: Callable[[list[Enrolment]], object]) -> None:
    """Hand the enrolled villages of a programme to ``work``, some at a time in official order.

    Each batch is locked first and read then, in a transaction of its own.
    """
    enrolled = Enrolment.objects.filter(programme=programme).order_by("village__code")
    ids = list(enrolled.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        batch = enrolled.filter(pk__in=ids[start : start + BATCH])
        with transaction.atomic():
            locked(Village.objects.filter(enrolments__in=batch))
            work(list(batch.select_related("programme", "village")))
