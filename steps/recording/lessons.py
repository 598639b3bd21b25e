"""Writing lessons down, and deciding who reads them: the area, or everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from accounts.access import may_review
from accounts.models import History, User
from accounts.receipts import Outcome
from steps.models import Activity, Enrolment, Lesson, ReceivedFile, Step
from steps.models.choices import HOLDS_NAMES
from steps.personal.people import people_of
from steps.recording.core import Refusal, Sender, Values, changed, log, merged, write

LESSON_FIELDS = ("lesson_kind", "step", "text", "photo")
MOST = 2000  # characters of one lesson
DECIDED = ["sharing", "decided_by", "decided_at", "decision_reason", "photo_cleared"]


def lesson_values(lesson: Lesson) -> Values:
    """A lesson as flat values: the step by its number, the photo by what it contains."""
    values = {
        "lesson_kind": lesson.kind,
        "step": lesson.step.number if lesson.step else "",
        "text": lesson.text,
        "photo": lesson.photo.sha256 if lesson.photo else "",
    }
    return {name: text for name, text in values.items() if text}


# ---------------------------------------------------------------- writing


@dataclass(frozen=True)
class NewLesson:
    """One lesson as typed, clean, and the question it answers."""

    prompt: str
    kind: str
    text: str


@dataclass(frozen=True)
class NewLessons:
    """What was written in one go: about one step or activity, or none; a photo with the first."""

    lessons: Sequence[NewLesson]
    step: Step | None = None
    activity: Activity | None = None
    photo: ReceivedFile | None = None

    @property
    def as_content(self) -> dict[str, object]:
        return {
            "lessons": [[new.prompt, new.kind, new.text] for new in self.lessons],
            "step": self.step.number if self.step else "",
            "activity": str(self.activity.pk) if self.activity else "",
            "photo": self.photo.sha256_received if self.photo else "",
        }


def add_lessons(*, enrolment: Enrolment, new: NewLessons, sender: Sender) -> Outcome:
    """Write down what was learned: one lesson for each answer.

    Refusals: ``nothing_learned``; ``not_in_your_area`` where the step is of another programme or
    the activity of another village's year; ``file_unknown`` where somebody else sent the photo.
    """
    village = enrolment.village

    def work() -> dict[str, object]:
        _refuse_unfit(enrolment, new, sender)
        keys = sorted(uuid4() for _lesson in new.lessons)  # read in the order they were asked
        rows = [
            _added(enrolment, new, lesson, key, sender)
            for key, lesson in zip(keys, new.lessons, strict=True)
        ]
        return {"lessons": [str(row.pk) for row in rows]}

    content = {"village": village.code, "year": enrolment.programme.year, **new.as_content}
    return write(verb="add_lessons", sender=sender, content=content, villages=[village], work=work)


def _refuse_unfit(enrolment: Enrolment, new: NewLessons, sender: Sender) -> None:
    if not new.lessons:
        raise Refusal("nothing_learned", field="worked")
    if new.step and new.step.programme_id != enrolment.programme_id:
        raise Refusal("not_in_your_area", field="step")
    if new.activity and new.activity.enrolment_id != enrolment.pk:
        raise Refusal("not_in_your_area", field="activity")
    _refuse_foreign(new.photo, sender)


def _refuse_foreign(photo: ReceivedFile | None, sender: Sender) -> None:
    if photo and photo.by_id != sender.by.pk:
        raise Refusal("file_unknown", field="photos")


def _added(
    enrolment: Enrolment, new: NewLessons, lesson: NewLesson, key: UUID, sender: Sender
) -> Lesson:
    row = Lesson(
        id=key,
        enrolment=enrolment,
        step=new.step,
        activity=new.activity,
        prompt=lesson.prompt,
        kind=lesson.kind,
        text=lesson.text,
        recorded_by=sender.by,
        recorded_at=sender.at,
    )
    if new.photo and lesson is new.lessons[0]:
        _attach(row, new.photo, sender)
    row.save(force_insert=True)
    told = {name: ("", text) for name, text in lesson_values(row).items()}
    log(sender, "add_lessons", row, enrolment.village, told)
    return row


def _attach(lesson: Lesson, photo: ReceivedFile, sender: Sender) -> None:
    """Give a lesson its photo; a file somebody uses is no longer cleared away."""
    lesson.photo = photo.blob
    ReceivedFile.objects.filter(pk=photo.pk).update(claimed_at=sender.at)


def edit_lesson(
    *,
    lesson: Lesson,
    started: Values,
    wanted: Values,
    sender: Sender,
    photo: ReceivedFile | None = None,
) -> Outcome:
    """Change what differs from what the form started with. May raise Conflict.

    ``photo`` is the file whose content ``wanted`` names. What others read has been read by a
    reviewer as it stands: a decided lesson waits again once it changes (``waits_again``).
    """
    village = lesson.enrolment.village

    def work() -> dict[str, object]:
        _refresh_standing(lesson)
        _refuse_foreign(photo, sender)
        changes = merged(lesson_values(lesson), changed(started, wanted))
        waits_again = bool(changes) and lesson.sharing != Lesson.Sharing.WAITING
        told: dict[str, tuple[object, object]] = dict(changes)
        _set(lesson, changes, photo, sender)
        if waits_again:
            told["sharing"] = (lesson.sharing, Lesson.Sharing.WAITING)
            _undecide(lesson)
        lesson.save()
        log(sender, "edit_lesson", lesson, village, told)
        return {"changed": sorted(changes), "waits_again": waits_again}

    content = {"id": str(lesson.pk), "started": started, "wanted": wanted}
    return write(verb="edit_lesson", sender=sender, content=content, villages=[village], work=work)


def _set(
    lesson: Lesson,
    changes: Mapping[str, tuple[str, str]],
    photo: ReceivedFile | None,
    sender: Sender,
) -> None:
    wanted = {name: new for name, (_stored, new) in changes.items()}
    lesson.kind = wanted.get("lesson_kind", lesson.kind)
    lesson.text = wanted.get("text", lesson.text)
    if not lesson.text:
        raise Refusal("nothing_learned", field="text")
    if "step" in wanted:
        lesson.step = _step_of(lesson.enrolment, wanted["step"])
    if wanted.get("photo") == "":
        lesson.photo = None
    elif "photo" in wanted:
        if photo is None or photo.blob.sha256 != wanted["photo"]:
            raise Refusal("file_unknown", field="photos")
        _attach(lesson, photo, sender)


def _step_of(enrolment: Enrolment, number: str) -> Step | None:
    if not number:
        return None
    step = Step.objects.filter(programme=enrolment.programme_id, number=number).first()
    if step is None:
        raise Refusal("not_in_your_area", field="step")
    return step


def _undecide(lesson: Lesson) -> None:
    lesson.sharing, lesson.decision_reason = Lesson.Sharing.WAITING, ""
    lesson.decided_by = lesson.decided_at = None
    lesson.photo_cleared = False


def withdraw_lesson(*, lesson: Lesson, reason: str, sender: Sender) -> Outcome:
    """Strike a lesson through, with a reason; nobody else reads it any more."""
    village = lesson.enrolment.village

    def work() -> dict[str, object]:
        _refresh_standing(lesson)
        lesson.withdrawn_at, lesson.withdrawn_by = sender.at, sender.by
        lesson.withdrawn_reason = reason
        lesson.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        log(sender, "withdraw_lesson", lesson, village, {"withdrawn_reason": ("", reason)})
        return {"withdrawn": str(lesson.pk)}

    content = {"id": str(lesson.pk), "reason": reason}
    return write(
        verb="withdraw_lesson", sender=sender, content=content, villages=[village], work=work
    )


def _refresh_standing(lesson: Lesson) -> None:
    """What is stored now. Refusal ``withdrawn_already`` where it was struck through."""
    lesson.refresh_from_db()
    if lesson.withdrawn_at:
        raise Refusal("withdrawn_already")


# ---------------------------------------------------------------- deciding who reads it


def print_of(lesson: Lesson) -> str:
    """Stands for what a reviewer reads of a lesson: another text or photo has another one."""
    return sha256(repr(sorted(lesson_values(lesson).items())).encode()).hexdigest()


def share_lesson(*, lesson: Lesson, seen: str, photo_cleared: bool, sender: Sender) -> Outcome:
    """Let everybody read a lesson, with its photo where that was cleared.

    ``seen`` is the print of what the reviewer read. Refusal ``names_found`` (details ``names``)
    where people of the village are named in it; ``lesson_changed``, ``own_work``,
    ``no_permission`` as for every decision.
    """

    def decide() -> dict[str, tuple[object, object]]:
        names = people_of(lesson.enrolment.village).found_in(lesson.text)
        if names:
            raise Refusal("names_found", field="names_nobody", names=" · ".join(names))
        lesson.photo_cleared = photo_cleared and _may_be_cleared(lesson)
        return _decided(lesson, Lesson.Sharing.SHARED, "", sender)

    content = {"id": str(lesson.pk), "seen": seen, "photo_cleared": photo_cleared}
    return _decide(lesson, "share_lesson", seen, content, decide, sender)


def _may_be_cleared(lesson: Lesson) -> bool:
    """Whether there is a photo that no activity holds as a paper with names."""
    if lesson.photo is None:
        return False
    return not lesson.photo.evidence.filter(type__in=HOLDS_NAMES).exists()


def keep_lesson(*, lesson: Lesson, seen: str, reason: str, sender: Sender) -> Outcome:
    """Keep a lesson in its area, with a reason; also one that was shared before."""
    if not reason:
        raise Refusal("reason_missing", field="reason")

    def decide() -> dict[str, tuple[object, object]]:
        lesson.photo_cleared = False
        return _decided(lesson, Lesson.Sharing.KEPT, reason, sender)

    content = {"id": str(lesson.pk), "seen": seen, "reason": reason}
    return _decide(lesson, "keep_lesson", seen, content, decide, sender)


def _decided(
    lesson: Lesson, sharing: Lesson.Sharing, reason: str, sender: Sender
) -> dict[str, tuple[object, object]]:
    """Set what was decided; what changed by it, for the history."""
    changes = {"sharing": (lesson.sharing, sharing), "decision_reason": ("", reason)}
    lesson.sharing, lesson.decision_reason = sharing, reason
    lesson.decided_by, lesson.decided_at = sender.by, sender.at
    cleared = {"photo_cleared": ("", "on")} if lesson.photo_cleared else {}
    return {name: pair for name, pair in {**changes, **cleared}.items() if any(pair)}


def _decide(
    lesson: Lesson,
    verb: str,
    seen: str,
    content: Mapping[str, Any],
    decide: Callable[[], dict[str, tuple[object, object]]],
    sender: Sender,
) -> Outcome:
    village = lesson.enrolment.village

    def work() -> dict[str, object]:
        _refresh_standing(lesson)
        if not may_review(sender.by, village, sender.today):
            raise Refusal("no_permission")
        if own_lessons(sender.by, [lesson]):
            raise Refusal("own_work")
        if seen != print_of(lesson):
            raise Refusal("lesson_changed")
        changes = decide()
        lesson.save(update_fields=DECIDED)
        log(sender, verb, lesson, village, changes)
        return {"lesson": str(lesson.pk), "sharing": str(lesson.sharing)}

    return write(verb=verb, sender=sender, content=content, villages=[village], work=work)


def own_lessons(user: User, lessons: Iterable[Lesson]) -> set[UUID]:
    """The keys of those a person wrote or edited: somebody else decides on them. One query."""
    lessons = list(lessons)
    keys = [str(lesson.pk) for lesson in lessons]
    about = History.objects.filter(subject_type=Lesson._meta.label_lower, subject_id__in=keys)
    written = about.filter(by=user, verb__in=["add_lessons", "edit_lesson"])
    edited = set(written.values_list("subject_id", flat=True))
    return {
        lesson.pk
        for lesson in lessons
        if lesson.recorded_by_id == user.pk or str(lesson.pk) in edited
    }
