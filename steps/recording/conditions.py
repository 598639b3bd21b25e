"""Writing the conditions of success: the village's own assessment, its needs and its network."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from uuid import uuid4

from accounts.receipts import Outcome
from steps.models import AssessedFactor, Assessment, Enrolment, Factor, Need, NetworkLink
from steps.recording.core import (
    Refusal,
    Sender,
    Values,
    as_text,
    changed,
    log,
    merged,
    set_columns,
    values_of,
    write,
)
from steps.recording.together import changed_together

Changes = dict[str, tuple[str, str]]  # field -> (stored, wanted)

NEED_FIELDS = ("what", "asked_of", "asked_on", "answered_on", "answer")
ANSWERED = ("asked_on", "answered_on", "answer")  # an answer comes after what was asked
LINK_FIELDS = ("village", "name", "contact", "stage", "since", "together")
OTHER_VILLAGE = ("village", "name")  # the name is that of the village

# ---------------------------------------------------------------- the assessment

ASSESSMENT_FIELDS = ("assessed_on", "assessed_with")
LEVEL, EVIDENCE = "level", "evidence"  # flat: level-<factor> and evidence-<factor>


def assess(*, enrolment: Enrolment, started: Values, wanted: Values, sender: Sender) -> Outcome:
    """Write where a village sees itself in the year; a factor without a level is not assessed.

    Values are flat: ``assessed_on``, ``assessed_with``, and ``level-<factor>`` ("0" to "3") with
    ``evidence-<factor>``, which are weighed as one. May raise Conflict; refuses an unknown factor
    or level (``not_in_your_area``) and a level from 1 up without evidence (``evidence_missing``).
    """
    village = enrolment.village

    def work() -> dict[str, object]:
        changes = merged(assessment_values(enrolment), _wished(started, wanted))
        if changes:
            _set_assessment(enrolment, changes, sender)
        log(sender, "assess", enrolment, village, changes)
        return {"changed": sorted(changes)}

    content = {
        "village": village.code,
        "year": enrolment.programme.year,
        "started": started,
        "wanted": wanted,
    }
    return write(verb="assess", sender=sender, content=content, villages=[village], work=work)


def assessment_of(enrolment: Enrolment) -> Assessment | None:
    """The assessment of a village's year, with its levels, where there is one."""
    found = Assessment.objects.filter(enrolment=enrolment).prefetch_related("levels")
    return found.first()


def assessment_values(enrolment: Enrolment) -> Values:
    """What a village's assessment says now, flat; nothing where there is none."""
    assessment = assessment_of(enrolment)
    if assessment is None:
        return {}
    values = values_of(assessment, ASSESSMENT_FIELDS)
    for row in assessment.levels.all():
        values[f"{LEVEL}-{row.factor_id}"] = as_text(row.level)
        if row.evidence:
            values[f"{EVIDENCE}-{row.factor_id}"] = row.evidence
    return values


def _wished(started: Values, wanted: Values) -> Changes:
    """What a person changed; the level of a factor and its evidence stand and fall together."""
    wished = dict(changed(started, wanted))
    for factor in _factors_in(wished):
        wished |= changed_together(started, wanted, (f"{LEVEL}-{factor}", f"{EVIDENCE}-{factor}"))
    return wished


def _factors_in(names: Collection[str]) -> list[str]:
    """The codes of the factors that flat names are about."""
    parts = [name.partition("-") for name in names]
    return sorted({code for kind, _dash, code in parts if kind in (LEVEL, EVIDENCE)})


def _set_assessment(enrolment: Enrolment, changes: Changes, sender: Sender) -> None:
    columns = {name: changes[name][1] for name in ASSESSMENT_FIELDS if name in changes}
    assessment, _created = Assessment.objects.update_or_create(
        enrolment=enrolment, defaults={**columns, "by": sender.by, "at": sender.at}
    )
    stored = {row.factor_id: row for row in assessment.levels.all()}
    for code in _factors_in(changes):
        row = stored.get(code) or AssessedFactor(assessment=assessment, factor=_asked(code))
        _set_level(row, code, changes)


def _asked(code: str) -> Factor:
    """A factor villages assess themselves in; the cautions are measured."""
    factor = Factor.objects.asked().filter(code=code).first()
    if factor is None:
        raise Refusal("not_in_your_area", field=f"{LEVEL}-{code}")
    return factor


def _set_level(row: AssessedFactor, code: str, changes: Changes) -> None:
    """Write the level and its evidence, or take the row away where no level is left."""
    level, evidence = f"{LEVEL}-{code}", f"{EVIDENCE}-{code}"
    now = changes[level][1] if level in changes else as_text(row.level)
    if not now:
        if row.pk:
            row.delete()
        return
    if now not in ("0", "1", "2", "3"):
        raise Refusal("not_in_your_area", field=level)
    row.level = int(now)
    row.evidence = changes[evidence][1] if evidence in changes else row.evidence
    if row.level and not row.evidence:
        raise Refusal("evidence_missing", field=evidence)
    row.save()


# ---------------------------------------------------------------- needs


@dataclass(frozen=True)
class NewNeed:
    """A need as typed, clean."""

    what: str
    asked_on: date
    asked_of: str = ""
    answered_on: date | None = None
    answer: str = ""


def add_need(*, enrolment: Enrolment, need: NewNeed, sender: Sender) -> Outcome:
    """Write down what a village lacks, and whom it asked."""
    return _add("add_need", Need(enrolment=enrolment, **asdict(need)), NEED_FIELDS, sender)


def edit_need(*, need: Need, started: Values, wanted: Values, sender: Sender) -> Outcome:
    """Change a need or write its answer. May raise Conflict; refuses ``withdrawn_already``."""
    return _edit("edit_need", need, NEED_FIELDS, ANSWERED, (started, wanted), sender)


def withdraw_need(*, need: Need, reason: str, sender: Sender) -> Outcome:
    """Strike a need through, with a reason; it counts nowhere and stays in the history."""
    return _withdraw("withdraw_need", need, reason, sender)


# ---------------------------------------------------------------- the network


@dataclass(frozen=True)
class NewLink:
    """Another village as typed, clean; ``village_id`` where it is one of this system."""

    name: str
    stage: str
    village_id: int | None = None
    contact: str = ""
    since: date | None = None
    together: str = ""


def add_network_link(*, enrolment: Enrolment, link: NewLink, sender: Sender) -> Outcome:
    """Write down a village with which this one builds a network. Refuses ``own_village``."""
    row = NetworkLink(enrolment=enrolment, **asdict(link))
    return _add("add_network_link", row, LINK_FIELDS, sender)


def edit_network_link(
    *, link: NetworkLink, started: Values, wanted: Values, sender: Sender
) -> Outcome:
    """Change what differs. May raise Conflict; refuses ``withdrawn_already``, ``own_village``."""
    return _edit("edit_network_link", link, LINK_FIELDS, OTHER_VILLAGE, (started, wanted), sender)


def withdraw_network_link(*, link: NetworkLink, reason: str, sender: Sender) -> Outcome:
    """Strike a village of the network through, with a reason; it stays in the history."""
    return _withdraw("withdraw_network_link", link, reason, sender)


def _refuse_own_village(row: Need | NetworkLink) -> None:
    if isinstance(row, NetworkLink) and row.village_id == row.enrolment.village_id:
        raise Refusal("own_village", field="village_code")


# ---------------------------------------------------------------- needs and links alike


def _add(verb: str, row: Need | NetworkLink, fields: Collection[str], sender: Sender) -> Outcome:
    village = row.enrolment.village
    content = {
        "village": village.code,
        "year": row.enrolment.programme.year,
        **values_of(row, fields),
    }

    def work() -> dict[str, object]:
        _refuse_own_village(row)
        row.pk, row.recorded_by, row.recorded_at = uuid4(), sender.by, sender.at
        row.save(force_insert=True)
        new = {name: ("", text) for name, text in values_of(row, fields).items()}
        log(sender, verb, row, village, _told(new))
        return {"id": str(row.pk)}

    return write(verb=verb, sender=sender, content=content, villages=[village], work=work)


def _edit(
    verb: str,
    row: Need | NetworkLink,
    fields: Collection[str],
    together: Collection[str],
    values: tuple[Values, Values],
    sender: Sender,
) -> Outcome:
    village = row.enrolment.village
    started, wanted = values

    def work() -> dict[str, object]:
        _refresh_standing(row)
        wished = changed_together(started, wanted, together)
        changes = merged(values_of(row, fields), wished)
        set_columns(row, changes)
        _refuse_own_village(row)
        log(sender, verb, row, village, _told(changes))
        return {"changed": sorted(changes)}

    content = {"id": str(row.pk), "started": started, "wanted": wanted}
    return write(verb=verb, sender=sender, content=content, villages=[village], work=work)


def _withdraw(verb: str, row: Need | NetworkLink, reason: str, sender: Sender) -> Outcome:
    village = row.enrolment.village

    def work() -> dict[str, object]:
        _refresh_standing(row)
        row.withdrawn_at, row.withdrawn_reason = sender.at, reason
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        log(sender, verb, row, village, {"withdrawn_reason": ("", reason)})
        return {"withdrawn": str(row.pk)}

    content = {"id": str(row.pk), "reason": reason}
    return write(verb=verb, sender=sender, content=content, villages=[village], work=work)


def _told(changes: Changes) -> Changes:
    """For the history: a linked village is told by its name, which changes with it."""
    return {name: pair for name, pair in changes.items() if name != "village"}


def _refresh_standing(row: Need | NetworkLink) -> None:
    """What is stored now. Refusal ``withdrawn_already`` where it was struck through."""
    row.refresh_from_db()
    if row.withdrawn_at:
        raise Refusal("withdrawn_already")
