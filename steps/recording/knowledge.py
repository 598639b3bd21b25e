"""Writing the knowledge record: drafted, edited, illustrated; sent, published, returned, reopened.

A record that waits or is published is closed to edits; who may move it stands in RECORD_MOVES.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from accounts.access import may
from accounts.models import History
from accounts.receipts import Outcome
from accounts.rights import Right
from steps.knowledge.check import names_in
from steps.knowledge.draft import draft_of, head_of
from steps.models import Enrolment, KnowledgeRecord, RecordSection
from steps.models.knowledge import OPEN_RECORD, RECORD_MOVES
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
from steps.recording.record_photos import photo_values, write_photos

HEAD_FIELDS = (
    "category",
    "title",
    "author",
    "position",
    "written_on",
    "office",
    "address",
    "contact",
)
Changes = dict[str, tuple[object, object]]


# ---------------------------------------------------------------- drafting


def draft_record(*, enrolment: Enrolment, sender: Sender) -> Outcome:
    """Draft the record of a village's year from what was recorded, or draft it again.

    A new draft takes the place of sections nobody saved. What a person wrote stays, be it the
    words of a draft; where the draft now says otherwise both are kept (``RecordSection.has_news``)
    until somebody chooses.
    """
    village = enrolment.village

    def work() -> dict[str, Any]:
        record = KnowledgeRecord.objects.filter(enrolment=enrolment).first()
        if record is None:
            head = head_of(enrolment, by=sender.by, on=sender.today)
            record = KnowledgeRecord(enrolment=enrolment, **head)
        _refuse_unless_movable(record, "draft_record", sender)
        record.drafted_at = sender.at
        record.save()
        news = _draft_sections(record, draft_of(enrolment, on=sender.today), sender)
        log(sender, "draft_record", record, village, news)
        return {"record": record.pk, "changed": sorted(news)}

    content = {"village": village.code, "year": enrolment.programme.year}
    return write(verb="draft_record", sender=sender, content=content, villages=[village], work=work)


def _draft_sections(record: KnowledgeRecord, draft: Mapping[str, str], sender: Sender) -> Changes:
    """Write the new draft; the changes are those of the sections nobody wrote in."""
    stored = {section.key: section for section in record.sections.all()}
    changes: Changes = {}
    for key, text in draft.items():
        section = stored.get(key) or RecordSection(record=record, key=key)
        if section.pk and section.drafted == text:
            continue
        if section.is_drafted and section.text != text:
            changes[f"section-{key}"] = (section.text, text)
            section.text = text
        section.drafted, section.drafted_at = text, sender.at
        section.save()
    return changes


# ---------------------------------------------------------------- editing


def edit_record_head(
    *, record: KnowledgeRecord, started: Values, wanted: Values, sender: Sender
) -> Outcome:
    """Change what stands on the first page. May raise Conflict."""

    def edit() -> Changes:
        changes = merged(values_of(record, HEAD_FIELDS), changed(started, wanted))
        set_columns(record, changes)
        return dict(changes)

    content = {"started": started, "wanted": wanted}
    return _edit(record, "edit_record_head", content, edit, sender)


def edit_section(
    *,
    record: KnowledgeRecord,
    key: str,
    started: Values,
    wanted: Values,
    takes_draft: bool = False,
    sender: Sender,
) -> Outcome:
    """Write one section; saved as it stands, it is kept against a newer draft.

    ``started`` and ``wanted`` hold its ``text``, ``started`` also what was ``drafted`` when it
    was read: a draft nobody has seen is not decided against. ``takes_draft``: the text wanted is
    that draft, which the next one may renew. May raise Conflict.
    """

    def edit() -> Changes:
        section = record.sections.filter(key=key).first() or RecordSection(
            record=record, key=key, drafted_at=record.drafted_at
        )
        texts = [{"text": values.get("text", "")} for values in (started, wanted)]
        changes = merged(values_of(section, ["text"]), changed(*texts))
        if changes:
            (_stored, section.text) = changes["text"]
        if takes_draft and section.text == section.drafted:
            section.edited_by = section.edited_at = None
        else:
            section.edited_by = sender.by
            if started.get("drafted", section.drafted) == section.drafted:
                section.edited_at = sender.at
        section.save()
        return {f"section-{key}": pair for pair in changes.values()}

    content = {"key": key, "started": started, "wanted": wanted, "takes_draft": takes_draft}
    return _edit(record, "edit_section", content, edit, sender)


def choose_record_photos(
    *, record: KnowledgeRecord, started: Values, wanted: Values, sender: Sender
) -> Outcome:
    """Choose the photos of a record, with their captions and order (see ``photo_values``).

    Refusal ``not_in_your_area`` for what is no photo of this village's year. May raise Conflict.
    """

    def edit() -> Changes:
        changes = merged(photo_values(record), changed(started, wanted))
        write_photos(record, changes)
        return dict(changes)

    content = {"started": started, "wanted": wanted}
    return _edit(record, "choose_record_photos", content, edit, sender)


# ---------------------------------------------------------------- sending and deciding


def send_record(*, record: KnowledgeRecord, sender: Sender) -> Outcome:
    """Send the record to the province, which closes it to edits.

    Refusal ``record_names_people`` where somebody of the village is named in it.
    """

    def send() -> Changes:
        _refuse_names(record)
        record.sent_at, record.sent_by = sender.at, sender.by
        return {}

    return _move(record, "send_record", {}, send, sender)


def withdraw_record(*, record: KnowledgeRecord, sender: Sender) -> Outcome:
    """Take back a record the province has not decided on."""
    return _move(record, "withdraw_record", {}, dict, sender)


def publish_record(
    *, record: KnowledgeRecord, version: str, cleared: Collection[int], sender: Sender
) -> Outcome:
    """Let anyone read the record; of its photos only the ``cleared`` ones (keys) go along.

    ``version`` is that of the record as it was read (``version_of``). Refusals ``own_work``,
    ``stale_decision``, ``record_names_people``.
    """

    def publish() -> Changes:
        _refuse_unless_it_may_be_decided(record, version, sender)
        _refuse_names(record)
        photos = record.photos.standing()
        for photo in photos:
            photo.cleared = photo.pk in cleared
            photo.save(update_fields=["cleared"])
        record.decided_at, record.decided_by, record.reason = sender.at, sender.by, ""
        return {"cleared": ("", sum(photo.cleared for photo in photos))}

    content = {"version": version, "cleared": sorted(cleared)}
    return _move(record, "publish_record", content, publish, sender)


def return_record(*, record: KnowledgeRecord, version: str, reason: str, sender: Sender) -> Outcome:
    """Give the record back to its officer with a reason. Refusals as ``publish_record``."""

    def give_back() -> Changes:
        _refuse_unless_it_may_be_decided(record, version, sender)
        return _reasoned(record, reason, sender)

    content = {"version": version, "reason": reason}
    return _move(record, "return_record", content, give_back, sender)


def reopen_record(*, record: KnowledgeRecord, reason: str, sender: Sender) -> Outcome:
    """Take a published record out of the library, back to its officer with a reason."""

    def reopen() -> Changes:
        if sender.by.pk in authors_of_record(record):
            raise Refusal("own_work")
        record.photos.update(cleared=False)
        return _reasoned(record, reason, sender)

    return _move(record, "reopen_record", {"reason": reason}, reopen, sender)


def version_of(record: KnowledgeRecord) -> str:
    """Which sending a decision is about: taken back and sent again it is another."""
    return record.sent_at.isoformat() if record.sent_at else ""


def authors_of_record(record: KnowledgeRecord) -> set[int]:
    """Who drafted, edited, illustrated or sent it: none of them decides on it."""
    entries = History.objects.filter(
        subject_type=record._meta.label_lower, subject_id=str(record.pk), verb__in=AUTHORING
    )
    edited = record.sections.values_list("edited_by", flat=True)
    found = {record.sent_by_id, *edited, *entries.values_list("by", flat=True)}
    return {key for key in found if key is not None}


AUTHORING = [verb for verb, move in RECORD_MOVES.items() if move.right == Right.RECORD]


def _reasoned(record: KnowledgeRecord, reason: str, sender: Sender) -> Changes:
    if not reason:
        raise Refusal("reason_missing", field="reason")
    record.decided_at, record.decided_by, record.reason = sender.at, sender.by, reason
    return {"reason": ("", reason)}


def _refuse_unless_it_may_be_decided(record: KnowledgeRecord, version: str, sender: Sender) -> None:
    if sender.by.pk in authors_of_record(record):
        raise Refusal("own_work")
    if version != version_of(record):
        raise Refusal("stale_decision")


def _refuse_names(record: KnowledgeRecord) -> None:
    if places := names_in(record):
        raise Refusal("record_names_people", places=" · ".join(place.label for place in places))


# ---------------------------------------------------------------- shared


def _edit(
    record: KnowledgeRecord,
    verb: str,
    content: Mapping[str, object],
    edit: Callable[[], Changes],
    sender: Sender,
) -> Outcome:
    """An edit of an open record, in the frame of every write."""
    village = record.enrolment.village

    def work() -> dict[str, Any]:
        record.refresh_from_db(fields=COLUMNS)
        _refuse_unless_movable(record, verb, sender)
        changes = edit()
        log(sender, verb, record, village, changes)
        return {"changed": sorted(changes)}

    content = {"record": record.pk, **content}
    return write(verb=verb, sender=sender, content=content, villages=[village], work=work)


def _move(
    record: KnowledgeRecord,
    verb: str,
    content: Mapping[str, object],
    move: Callable[[], Changes],
    sender: Sender,
) -> Outcome:
    """An edit that also leads the record to where RECORD_MOVES says."""

    def edit() -> Changes:
        changes, before = move(), record.status
        record.status = RECORD_MOVES[verb].leads_to or before
        record.save()
        return {"record_status": (before, record.status), **changes}

    return _edit(record, verb, content, edit, sender)


COLUMNS = [field.name for field in KnowledgeRecord._meta.concrete_fields if field.name != "id"]


def _refuse_unless_movable(record: KnowledgeRecord, verb: str, sender: Sender) -> None:
    move, village = RECORD_MOVES[verb], record.enrolment.village
    if not may(sender.by, move.right, village, sender.today):
        raise Refusal("no_permission")
    if record.status not in move.states:
        raise Refusal("record_closed" if move.states == OPEN_RECORD else "record_moved")
