"""Recording what happened: activities, who came, photos; correcting and withdrawing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from accounts.receipts import Outcome
from steps.models import Activity, Enrolment, Evidence, Step, StepProgress
from steps.recording.activity_values import activity_values, set_activity_values
from steps.recording.core import Refusal, Sender, Values, changed, log, merged, write
from steps.recording.files import Attached, attach


@dataclass(frozen=True)
class Part:
    """One activity of an occasion: a village, a step (or none), and what only it has."""

    enrolment: Enrolment
    step: Step | None
    own_values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Occasion:
    """What happened, recorded in one go: perhaps for several villages, or two steps of one trip."""

    parts: Sequence[Part]
    values: Values
    files: Sequence[Attached] = ()
    posting_ended: bool = False

    @property
    def as_content(self) -> dict[str, object]:
        return {
            "parts": [
                [
                    part.enrolment.village.code,
                    part.enrolment.programme.year,
                    part.step.number if part.step else "",
                    part.own_values,
                ]
                for part in self.parts
            ],
            "values": self.values,
            "files": [file.as_content for file in self.files],
        }


def record(*, occasion: Occasion, sender: Sender) -> Outcome:
    """Record an occasion: one activity a part, sharing the occasion's id and its files.

    For a closed step, or from someone whose posting has ended, it is kept as late (rule 6). Files
    of a late activity are not late themselves: they come and count with it.
    """

    def work() -> dict[str, object]:
        occasion_id = uuid4()
        shared = len({part.enrolment.pk for part in occasion.parts}) > 1
        activities = [
            _recorded(part, occasion, Activity(occasion=occasion_id, shared=shared), sender)
            for part in occasion.parts
        ]
        evidence = attach(
            files=occasion.files, activities=activities, late=False, by=sender.by, at=sender.at
        )
        return {
            "activities": [str(activity.pk) for activity in activities],
            "late": [str(activity.pk) for activity in activities if activity.late],
            "files": [
                {"id": str(row.pk), "sha256": row.sha256_received, "stored": row.blob.sha256}
                for row in evidence
            ],
        }

    return write(
        verb="record",
        sender=sender,
        content=occasion.as_content,
        villages={
            part.enrolment.village_id: part.enrolment.village for part in occasion.parts
        }.values(),
        work=work,
    )


def _recorded(part: Part, occasion: Occasion, activity: Activity, sender: Sender) -> Activity:
    activity.enrolment, activity.step = part.enrolment, part.step
    activity.late = occasion.posting_ended or is_closed(part.enrolment, part.step)
    activity.recorded_by, activity.recorded_at = sender.by, sender.at
    values = {**occasion.values, **part.own_values}
    set_activity_values(activity, _all_new(values))
    log(sender, "record", activity, part.enrolment.village, _all_new(values))
    return activity


def is_closed(enrolment: Enrolment, step: Step | None) -> bool:
    """Whether a step is handed in or verified; follow-up outside the steps never is."""
    if step is None:
        return False
    return StepProgress.objects.filter(enrolment=enrolment, step=step).closed().exists()


def _all_new(values: Values) -> dict[str, tuple[str, str]]:
    return {name: ("", value) for name, value in values.items() if value}


# ---------------------------------------------------------------- corrections

TICKS = ("household-", "member-", "topic-", "document-", "group-")


def edit_activity(
    *,
    activity: Activity,
    started: Values,
    wanted: Values,
    sender: Sender,
    posting_ended: bool = False,
) -> Outcome:
    """Change what differs from what the form started with (rule 5). May raise Conflict.

    On a closed step a first summary is taken, for it changes no measure; added ticks are kept as
    a late supplement of the same occasion (so too after a posting has ended); any other change is
    refused as ``step_closed``.
    """
    village = activity.enrolment.village

    def work() -> dict[str, object]:
        activity.refresh_from_db()
        _refuse_withdrawn(activity)
        changes = merged(activity_values(activity), changed(started, wanted))
        if posting_ended or not _may_change(activity, changes):
            return _late_supplement(activity, changes, sender)
        set_activity_values(activity, changes)
        log(sender, "edit_activity", activity, village, changes)
        return {"changed": sorted(changes)}

    content = {"id": str(activity.pk), "started": started, "wanted": wanted}
    return write(
        verb="edit_activity", sender=sender, content=content, villages=[village], work=work
    )


def _may_change(activity: Activity, changes: Mapping[str, tuple[str, str]]) -> bool:
    """What counts nowhere yet may change; on a closed step only a summary that was to follow."""
    if activity.waits or not is_closed(activity.enrolment, activity.step):
        return True
    return set(changes) == {"summary"} and not changes["summary"][0]


def _late_supplement(
    activity: Activity, changes: Mapping[str, tuple[str, str]], sender: Sender
) -> dict[str, object]:
    added_ticks = all(
        name.startswith(TICKS) and not stored for name, (stored, _wanted) in changes.items()
    )
    if not changes:
        return {"changed": []}
    if not added_ticks:
        raise Refusal("step_closed")
    supplement = Activity(
        id=uuid4(),
        enrolment=activity.enrolment,
        step=activity.step,
        occasion=activity.occasion,
        shared=activity.shared,
        late=True,
        recorded_by=sender.by,
        recorded_at=sender.at,
    )
    same = ("held_on", "place", "form", "led_by")
    base = {name: text for name, text in activity_values(activity).items() if name in same}
    set_activity_values(supplement, {**_all_new(base), **changes})
    log(sender, "record", supplement, activity.enrolment.village, changes)
    return {"activities": [str(supplement.pk)], "late": [str(supplement.pk)]}


def withdraw_activity(*, activity: Activity, reason: str, sender: Sender) -> Outcome:
    """Strike an activity through: it stays to be read and counts nowhere (rule 7)."""
    village = activity.enrolment.village

    def work() -> dict[str, object]:
        activity.refresh_from_db()
        _refuse_withdrawn(activity)
        if activity.counts and is_closed(activity.enrolment, activity.step):
            raise Refusal("step_closed")
        _withdraw(activity, reason, sender)
        log(sender, "withdraw_activity", activity, village, {"withdrawn_reason": ("", reason)})
        return {"withdrawn": str(activity.pk)}

    content = {"id": str(activity.pk), "reason": reason}
    return write(
        verb="withdraw_activity", sender=sender, content=content, villages=[village], work=work
    )


def add_evidence(
    *,
    activity: Activity,
    files: Iterable[Attached],
    sender: Sender,
    posting_ended: bool = False,
) -> Outcome:
    """Add photos or documents to an activity.

    To a closed step, or from someone whose posting has ended, they are kept as late (rule 6).
    """
    village, files = activity.enrolment.village, list(files)

    def work() -> dict[str, object]:
        activity.refresh_from_db()
        _refuse_withdrawn(activity)
        closed = activity.counts and is_closed(activity.enrolment, activity.step)
        late = posting_ended or closed
        evidence = attach(files=files, activities=[activity], late=late, by=sender.by, at=sender.at)
        for row in evidence:
            log(sender, "add_evidence", row, village, {"blob": ("", row.blob.sha256)})
        return {
            "files": [
                {"id": str(row.pk), "sha256": row.sha256_received, "stored": row.blob.sha256}
                for row in evidence
            ],
            "late": [str(row.pk) for row in evidence if row.late],
        }

    content = {"id": str(activity.pk), "files": [file.as_content for file in files]}
    return write(verb="add_evidence", sender=sender, content=content, villages=[village], work=work)


def edit_caption(*, evidence: Evidence, started: str, caption: str, sender: Sender) -> Outcome:
    """Change the caption of a photo or document. May raise Conflict."""
    activity = evidence.activity
    village = activity.enrolment.village

    def work() -> dict[str, object]:
        evidence.refresh_from_db()
        if evidence.withdrawn_at:
            raise Refusal("withdrawn_already")
        if evidence.counts and is_closed(activity.enrolment, activity.step):
            raise Refusal("step_closed")
        wanted = changed({"caption": started}, {"caption": caption})
        changes = merged({"caption": evidence.caption}, wanted)
        if changes:
            evidence.caption = caption
            evidence.save(update_fields=["caption"])
        log(sender, "edit_caption", evidence, village, changes)
        return {"changed": sorted(changes)}

    content = {"id": str(evidence.pk), "started": started, "caption": caption}
    return write(verb="edit_caption", sender=sender, content=content, villages=[village], work=work)


def withdraw_evidence(*, evidence: Evidence, reason: str, sender: Sender) -> Outcome:
    """Strike a photo or document through: kept, counted nowhere (rule 7)."""
    activity = evidence.activity
    village = activity.enrolment.village

    def work() -> dict[str, object]:
        evidence.refresh_from_db()
        if evidence.withdrawn_at:
            raise Refusal("withdrawn_already")
        if evidence.counts and is_closed(activity.enrolment, activity.step):
            raise Refusal("step_closed")
        _withdraw(evidence, reason, sender)
        log(sender, "withdraw_evidence", evidence, village, {"withdrawn_reason": ("", reason)})
        return {"withdrawn": str(evidence.pk)}

    content = {"id": str(evidence.pk), "reason": reason}
    return write(
        verb="withdraw_evidence", sender=sender, content=content, villages=[village], work=work
    )


def _refuse_withdrawn(activity: Activity) -> None:
    if activity.withdrawn_at:
        raise Refusal("withdrawn_already")


def _withdraw(row: Activity | Evidence, reason: str, sender: Sender) -> None:
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = sender.at, sender.by, reason
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
