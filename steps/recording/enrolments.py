"""Enrolling villages in a programme year, their officer and own target; copying a programme."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.db import transaction

from accounts.history import note
from accounts.models import User
from accounts.receipts import Outcome
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
    villages = locked(villages)
    known = set(
        Enrolment.objects.filter(programme=programme, village__in=villages).values_list(
            "village_id", flat=True
        )
    )
    enrolments = [
        Enrolment(programme=programme, village=village, officer=officer)
        for village in villages
        if village.pk not in known
    ]
    Enrolment.objects.bulk_create(enrolments)
    refresh(enrolments, today=sender.today)
    for enrolment in enrolments:
        log(sender, "enrol", enrolment, enrolment.village, {"officer": ("", officer)})
    return enrolments


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


# ---------------------------------------------------------------- programmes


@transaction.atomic
def copy_programme(*, source: Programme, year: int, sender: Sender) -> Programme:
    """Copy a programme to another พ.ศ. year, with its dates moved by as many years."""
    shift = year - source.year
    programme = Programme.objects.get(pk=source.pk)
    _renew(programme, year=year)
    for name in ("opens_on", "closes_on"):
        setattr(programme, name, moved(getattr(source, name), shift))
    programme.save(force_insert=True)
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
