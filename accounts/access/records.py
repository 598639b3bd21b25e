"""What belongs to a village: people, a year, its activities, plans and files."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import Http404

from accounts.access.places import area_for, village_for
from accounts.access.scopes import found, require, scope, scope_once_held
from accounts.models import User
from accounts.rights import Right
from steps.models import (
    Activity,
    Blob,
    ChangeLeader,
    Contribution,
    Enrolment,
    Evidence,
    KnowledgeRecord,
    Lesson,
    Need,
    NetworkLink,
    PlanItem,
    Programme,
    ReceivedFile,
    ShelfDocument,
    Step,
)
from steps.models.choices import HOLDS_NAMES
from steps.models.enrolments import EnrolmentQuerySet
from steps.personal.rows import PersonRow
from villages.models import (
    Area,
    CommitteeMember,
    Household,
)


def household_for(user: User, code: str, pk: UUID, right: Right, on: date) -> Household:
    """A household of a village over which ``right`` holds."""
    village = village_for(user, code, right, on)
    return found(Household.objects.filter(village=village, pk=pk).select_related("village"))


def member_for(user: User, code: str, pk: UUID, right: Right, on: date) -> CommitteeMember:
    """A committee member, serving or past, of a village over which ``right`` holds."""
    village = village_for(user, code, right, on)
    members = CommitteeMember.objects.filter(committee__village=village, pk=pk)
    return found(members.select_related("committee__village"))


def person_for(user: User, pk: UUID, right: Right, on: date) -> PersonRow:
    """The row of a person by its key, which alone says where: 404 and 403 as for villages."""
    areas = "village__subdistrict__parent__parent"
    members = CommitteeMember.objects.select_related("household", f"committee__{areas}")
    leaders = ChangeLeader.objects.select_related("household", "enrolment__programme")
    row: PersonRow | None = (
        Household.objects.select_related(areas).filter(pk=pk).first()
        or members.filter(pk=pk).first()
        or leaders.select_related(f"enrolment__{areas}").filter(pk=pk).first()
    )
    if row is None:
        raise Http404
    require(user, row.village.code, right, on)
    return row


def enrolment_for(user: User, code: str, year: int, right: Right, on: date) -> Enrolment:
    """A village in a programme year, in one query; absent, it is answered as for the village."""
    enrolments = Enrolment.objects.for_pages().filter(village__code=code, programme__year=year)
    enrolment = enrolments.first()
    if enrolment is None:
        village_for(user, code, right, on)
        raise Http404
    require(user, code, right, on)
    return enrolment


def enrolments_for(user: User, right: Right, on: date) -> EnrolmentQuerySet:
    """The enrolments of all villages over which ``right`` holds."""
    return Enrolment.objects.filter(scope(user, right, on).condition("village__code"))


def enrolment_once_held(
    user: User, code: str, year: int, happened_on: date, now: date
) -> Enrolment | None:
    """An enrolment the person recorded for until their posting ended, on a day it still held."""
    held = scope_once_held(user, Right.RECORD, happened_on=happened_on, now=now)
    if not held.covers(code):
        return None
    enrolments = Enrolment.objects.for_pages().filter(programme__year=year, village__code=code)
    return enrolments.first()


def enrolments_once_held(user: User, happened_on: date | None, now: date) -> EnrolmentQuerySet:
    """The enrolments of all villages over which the person's ended postings held on a day."""
    if happened_on is None:
        return Enrolment.objects.none()
    held = scope_once_held(user, Right.RECORD, happened_on=happened_on, now=now)
    return Enrolment.objects.filter(held.condition("village__code"))


def activity_once_held(user: User, code: str, year: int, pk: UUID, now: date) -> Activity | None:
    """An activity of the time when the person's ended posting still held."""
    activities = Activity.objects.filter(pk=pk, enrolment__programme__year=year)
    activity = activities.filter(enrolment__village__code=code).select_related("step").first()
    if activity is None:
        return None
    enrolment = enrolment_once_held(user, code, year, activity.held_on, now)
    if enrolment is None:
        return None
    activity.enrolment = enrolment
    return activity


def programme_of(year: int) -> Programme:
    """The programme of a year."""
    return found(Programme.objects.filter(year=year))


def step_of(enrolment: Enrolment, number: str) -> Step:
    """A step of the enrolment's programme, with its requirements."""
    steps = Step.objects.current().with_requirements()
    return found(steps.filter(programme=enrolment.programme_id, number=number))


def activity_for(user: User, code: str, year: int, pk: UUID, right: Right, on: date) -> Activity:
    """An activity of a village in a year; withdrawn ones can still be read."""
    enrolment = enrolment_for(user, code, year, right, on)
    activities = Activity.objects.filter(enrolment=enrolment, pk=pk)
    activity = found(activities.select_related("step", "recorded_by"))
    activity.enrolment = enrolment
    return activity


def plan_item_for(user: User, code: str, year: int, pk: UUID, right: Right, on: date) -> PlanItem:
    """A plan item of a village in a year."""
    enrolment = enrolment_for(user, code, year, right, on)
    item = found(PlanItem.objects.filter(enrolment=enrolment, pk=pk).select_related("step"))
    item.enrolment = enrolment
    return item


def contribution_for(
    user: User, code: str, year: int, pk: UUID, right: Right, on: date
) -> Contribution:
    """What a community put in, in a village's year; withdrawn ones too."""
    enrolment = enrolment_for(user, code, year, right, on)
    contribution = found(Contribution.objects.filter(enrolment=enrolment, pk=pk))
    contribution.enrolment = enrolment
    return contribution


def record_for(user: User, code: str, year: int, right: Right, on: date) -> KnowledgeRecord:
    """The knowledge record of a village's year; 404 while none was drafted."""
    record = record_of(enrolment_for(user, code, year, right, on))
    if record is None:
        raise Http404
    return record


def record_of(enrolment: Enrolment) -> KnowledgeRecord | None:
    """The knowledge record of an enrolment one got, once it was drafted."""
    records = KnowledgeRecord.objects.filter(enrolment=enrolment)
    record = records.select_related("sent_by", "decided_by").first()
    if record:
        record.enrolment = enrolment
    return record


def lesson_for(user: User, code: str, year: int, pk: UUID, right: Right, on: date) -> Lesson:
    """A lesson of a village in a year; withdrawn ones too."""
    enrolment = enrolment_for(user, code, year, right, on)
    lesson = found(
        Lesson.objects.filter(enrolment=enrolment, pk=pk).select_related("step", "photo")
    )
    lesson.enrolment = enrolment
    return lesson


def lesson_photo_for(user: User, pk: UUID, right: Right, on: date) -> Blob:
    """The photo of a lesson of a village over which ``right`` holds."""
    lesson = found(Lesson.objects.filter(pk=pk).select_related("photo", "enrolment__village"))
    require(user, lesson.enrolment.village.code, right, on)
    if lesson.photo is None:
        raise Http404
    return lesson.photo


def need_for(user: User, code: str, year: int, pk: UUID, right: Right, on: date) -> Need:
    """A need of a village's year; withdrawn ones too."""
    enrolment = enrolment_for(user, code, year, right, on)
    need = found(Need.objects.filter(enrolment=enrolment, pk=pk))
    need.enrolment = enrolment
    return need


def network_link_for(
    user: User, code: str, year: int, pk: UUID, right: Right, on: date
) -> NetworkLink:
    """A village of the network of a village's year; withdrawn ones too."""
    enrolment = enrolment_for(user, code, year, right, on)
    links = NetworkLink.objects.filter(enrolment=enrolment, pk=pk).select_related("village")
    link = found(links)
    link.enrolment = enrolment
    return link


def evidence_for(user: User, pk: UUID, right: Right, on: date) -> Evidence:
    """A photo or document; one that holds names asks for that right too."""
    evidence = found(Evidence.objects.for_serving().filter(pk=pk))
    code = evidence.activity.enrolment.village.code
    require(user, code, right, on)
    if evidence.type in HOLDS_NAMES:
        require(user, code, Right.NAMES, on)
    return evidence


def received_for(user: User, pk: UUID) -> ReceivedFile:
    """A file this very person sent that no activity holds yet."""
    return found(ReceivedFile.objects.unclaimed(user).filter(pk=pk).select_related("blob"))


def shelf_for(user: User, code: str, year: int, right: Right, on: date) -> tuple[Area, Programme]:
    """A district and a programme year, for its document shelf."""
    district = area_for(user, code, right, on)
    return district, found(Programme.objects.filter(year=year))


def shelf_document_for(user: User, pk: UUID, right: Right, on: date) -> ShelfDocument:
    """An entry on a district's shelf, where ``right`` holds in part of the district."""
    documents = ShelfDocument.objects.filter(pk=pk)
    document = found(documents.select_related("district", "programme", "blob"))
    area_for(user, document.district_id, right, on)
    return document
