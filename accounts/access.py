"""The one way to get an object you may see. Views ask here and nowhere else.

Outside the area an object does not exist (404); inside it, a missing right is refused (403).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404

from accounts.models import Import, Posting, User
from accounts.rights import REVIEWING, RIGHT_OF_LEVEL, RIGHTS_OF, Right, Role
from sammachip.converters import AreaCode
from steps.models import (
    Activity,
    ChangeLeader,
    Contribution,
    Enrolment,
    Evidence,
    Handover,
    PlanItem,
    Programme,
    ReceivedFile,
    ShelfDocument,
    Status,
    Step,
    StepProgress,
    Submission,
)
from steps.models.choices import HOLDS_NAMES
from steps.models.enrolments import EnrolmentQuerySet
from steps.models.progress import StepProgressQuerySet
from steps.models.tallies import in_area
from steps.personal.rows import PersonRow
from villages.models import (
    Area,
    CommitteeMember,
    FormerCode,
    Household,
    Village,
    VillageQuerySet,
    after,
)

M = TypeVar("M", bound=models.Model)


class Moved(Exception):
    """The village has another code now; its old address answers 301 with the new one."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"{old} is {new} now")
        self.old, self.new = old, new


@dataclass(frozen=True)
class Scope:
    """Where a right holds: the whole country, or a set of areas by code."""

    national: bool
    codes: frozenset[str]

    def covers(self, code: str) -> bool:
        """Whether the right holds in all of the area or village with this code."""
        return self.national or any(code.startswith(own) for own in self.codes)

    def touches(self, code: str) -> bool:
        """Whether the right holds somewhere in the area, above it or below it."""
        return self.covers(code) or any(own.startswith(code) for own in self.codes)

    def within(self, area: str) -> Scope:
        """The part of it that lies in an area; "" is everywhere."""
        if not area:
            return self
        inside = {own for own in self.codes if own.startswith(area)}
        return Scope(national=False, codes=frozenset({area} if self.covers(area) else inside))

    def condition(self, column: str) -> Q:
        """The scope as a condition on a code column: ranges, which an index serves."""
        if self.national:
            return Q()
        ranges = Q(pk__in=[])
        for code in sorted(self.codes):
            ranges |= Q(**{f"{column}__gte": code, f"{column}__lt": after(code)})
        return ranges

    def of_rows(self) -> Q:
        """The scope as a condition on rows that carry the codes of district and subdistrict."""
        if self.national:
            return Q()
        areas = Q(pk__in=[])
        for code in sorted(self.codes):
            areas |= in_area(code)
        return areas


NOWHERE = Scope(national=False, codes=frozenset())


def both(one: Scope, other: Scope) -> Scope:
    """Where both hold: the smaller area where one lies in the other."""
    if one.national or other.national:
        return other if one.national else one
    inside = {code for code in one.codes if other.covers(code)}
    return Scope(
        national=False, codes=frozenset(inside | {code for code in other.codes if one.covers(code)})
    )


def scope(user: User, right: Right, on: date) -> Scope:
    """Where ``user`` holds ``right`` on a day, by the postings in force then."""
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    postings = user.postings_on(on)
    return _scope_of(posting for posting in postings if right in RIGHTS_OF[posting.role])


def scope_once_held(user: User, right: Right, *, happened_on: date, now: date) -> Scope:
    """Where an ended posting gave ``right`` on the day something happened (rule 6: kept late)."""
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    return _scope_of(user.postings.with_right(right).ended_before(now).in_force(happened_on))


def scopes(right: Right, on: date, users: Collection[int] | None = None) -> dict[int, Scope]:
    """Where everybody who may sign in holds ``right`` on a day, by the key of the account.

    One query; of these ``users`` only, where they are named.
    """
    postings = Posting.objects.in_force(on).with_right(right).filter(user__is_active=True)
    if users is not None:
        postings = postings.filter(user__in=users)
    by_user: defaultdict[int, list[Posting]] = defaultdict(list)
    for posting in postings.order_by():
        by_user[posting.user_id].append(posting)
    return {key: _scope_of(rows) for key, rows in by_user.items()}


def _scope_of(postings: Iterable[Posting]) -> Scope:
    postings = list(postings)
    return Scope(
        national=any(posting.national for posting in postings),
        codes=frozenset(posting.area_id for posting in postings if posting.area_id),
    )


def may(user: User, right: Right, village: Village, on: date) -> bool:
    """Whether ``user`` holds ``right`` over a village on a day."""
    return scope(user, right, on).covers(village.code)


def holds_throughout(user: User, right: Right, area: str, on: date) -> bool:
    """Whether ``right`` holds wherever the person sees villages in an area ("" is anywhere)."""
    seen, held = scope(user, Right.VIEW, on).within(area), scope(user, right, on)
    if seen.national:
        return held.national
    return bool(seen.codes) and all(held.covers(code) for code in seen.codes)


def villages_for(user: User, right: Right, on: date) -> VillageQuerySet:
    """The villages over which ``user`` holds ``right``."""
    return Village.objects.filter(scope(user, right, on).condition("code"))


def village_for(user: User, code: str, right: Right, on: date) -> Village:
    """One village by its code, or 404 where it may not be seen, or 403 without the right."""
    village = Village.objects.with_area().filter(code=code).first()
    if village is None:
        raise _moved_or_absent(user, code, on)
    require(user, code, right, on)
    return village


def require(user: User, code: str, right: Right, on: date) -> None:
    """Refuse unless ``right`` holds at ``code``; 404 where even seeing does not."""
    if not scope(user, Right.VIEW, on).covers(code):
        raise Http404
    if not scope(user, right, on).covers(code):
        raise PermissionDenied


def _moved_or_absent(user: User, code: str, on: date) -> Exception:
    former = FormerCode.objects.select_related("village").filter(code=code).first()
    if former is None or not may(user, Right.VIEW, former.village, on):
        return Http404()
    return Moved(code, former.village.code)


def area_for(user: User, code: str, right: Right, on: date) -> Area:
    """One area in which ``right`` holds at least in part, or 404 / 403 as for villages."""
    area = Area.objects.select_related("parent").filter(code=code).first()
    if area is None or not scope(user, Right.VIEW, on).touches(code):
        raise Http404
    if not scope(user, right, on).touches(code):
        raise PermissionDenied
    return area


def area_board(user: User, code: str, on: date) -> Area:
    """An area all of which the person may see, with the names of what lies above it, or 404."""
    if not scope(user, Right.VIEW, on).covers(code):
        raise Http404
    return found(Area.objects.filter(code=code).select_related("parent__parent"))


def areas_around(user: User, code: str, on: date) -> list[Area]:
    """An area as ``area_board``, after those above it the person may see, before its parts.

    One query. In the order of their codes: the shorter ones lie above, the longer ones below.
    """
    seen = scope(user, Right.VIEW, on)
    above = [code[:digits] for digits in range(2, len(code), 2) if seen.covers(code[:digits])]
    wanted = Q(code__in=[*above, code]) | Q(parent=code)
    areas = list(Area.objects.filter(wanted).in_official_order()) if seen.covers(code) else []
    if code not in {area.code for area in areas}:
        raise Http404
    return areas


def root_areas(user: User, on: date) -> list[Area] | None:
    """The areas of a person's postings, none inside another; None: the whole country."""
    seen = scope(user, Right.VIEW, on)
    if seen.national:
        return None
    inside = {code for code in seen.codes for own in seen.codes - {code} if code.startswith(own)}
    return list(Area.objects.filter(code__in=seen.codes - inside).in_official_order())


def areas_to_compare(user: User, codes: Sequence[str], on: date) -> list[Area]:
    """The areas with these codes and their neighbours, as far as the person may see them whole.

    Without neighbours, the parts of the first one; without any code, where the person is posted.
    """
    seen = scope(user, Right.VIEW, on)
    codes = [code for code in codes if re.fullmatch(AreaCode.regex, code) and seen.covers(code)]
    if not codes and not seen.national:
        codes = sorted(seen.codes)
    first = codes[0] if codes else ""
    neighbours = Q(parent=first[:-2]) if first[:-2] else Q(parent__isnull=True)
    wanted = Q(code__in=codes) | neighbours | (Q(parent=first) if first else Q())
    near = Area.objects.filter(wanted).in_official_order()
    areas = [area for area in near if seen.covers(area.code)]
    beside = [area for area in areas if len(area.code) == len(first or "33")]
    if len(beside) < 2:
        return areas
    return [area for area in areas if area in beside or area.code in codes]


def accounts_for(user: User, on: date) -> models.QuerySet[User]:
    """All accounts, for an administrator of the whole country; anybody else is refused."""
    if not scope(user, Right.ADMINISTER, on).national:
        raise PermissionDenied
    return User.objects.all()


def import_scope(
    user: User, rights: Collection[Right], on: date, *, everywhere: bool = False
) -> Scope:
    """Where somebody may bring rows in by any of ``rights``; refuses who may nowhere.

    ``everywhere``: only who may in the whole country (accounts belong to no area).
    """
    held = [scope(user, right, on) for right in rights]
    whole = Scope(
        national=any(one.national for one in held),
        codes=frozenset().union(*(one.codes for one in held)),
    )
    if whole == NOWHERE or (everywhere and not whole.national):
        raise PermissionDenied
    return whole


def import_for(user: User, pk: UUID, on: date) -> Import:
    """A file one brought in oneself; an administrator of the whole country sees everybody's."""
    imports = Import.objects.filter(pk=pk).select_related("by")
    if scope(user, Right.ADMINISTER, on).national:
        return found(imports)
    return found(imports.filter(by=user))


def imports_of(user: User) -> models.QuerySet[Import]:
    """The files somebody brought in, the latest first."""
    return Import.objects.filter(by=user)


# ---------------------------------------------------------------- who is responsible


LATELY = timedelta(days=30)


def officers_for(user: User, on: date) -> models.QuerySet[User]:
    """Who works as officer, or answers for villages, where the person names the officers.

    Also who did until lately: whoever hands over a second time is told so.
    """
    held = scope(user, Right.ASSIGN, on)
    posted = Posting.objects.filter(user=models.OuterRef("pk"), role=Role.OFFICER)
    posted = posted.not_over(on - LATELY).filter(held.condition("area_id"))
    named = Enrolment.objects.filter(officer=models.OuterRef("pk")).to_hand_over(on)
    named = named.filter(held.condition("village__code"))
    done = Handover.objects.filter(giver=models.OuterRef("pk"), by=user, on__gt=on - LATELY)
    return User.objects.filter(models.Exists(posted) | models.Exists(named) | models.Exists(done))


def ground_of(officer: User, user: User, on: date, asked: Iterable[str] = ()) -> list[Area]:
    """Where an officer works or answers for villages, as far as ``user`` names the officers.

    The areas of their postings and the districts of villages outside these; and ``asked``, the
    areas a form names, where the person names the officers there.
    """
    held = scope(user, Right.ASSIGN, on)
    postings = officer.postings.filter(role=Role.OFFICER).not_over(on - LATELY)
    known = {posting.area_id for posting in postings if posting.area_id} | set(asked)
    codes = {code for code in known if held.covers(code)}
    villages = Enrolment.objects.filter(officer=officer).to_hand_over(on)
    villages = villages.filter(held.condition("village__code"))
    for code in villages.order_by().values_list("village__code", flat=True):
        if not any(code.startswith(own) for own in codes):
            codes.add(code[:4])
    return list(Area.objects.filter(code__in=codes).in_official_order())


def recorders(areas: Iterable[str], on: date) -> models.QuerySet[User]:
    """Who may record somewhere in these areas, on a day or later."""
    within = Q(national=True)
    for code in areas:
        above = [code[:digits] for digits in range(2, len(code) + 1, 2)]
        within |= Q(area__in=above) | Q(area_id__gte=code, area_id__lt=after(code))
    postings = Posting.objects.filter(within, user=models.OuterRef("pk"))
    postings = postings.with_right(Right.RECORD).not_over(on)
    return User.objects.filter(models.Exists(postings), is_active=True)


def found(rows: models.QuerySet[M]) -> M:
    """The one row of an already scoped queryset, or 404."""
    row = rows.first()
    if row is None:
        raise Http404
    return row


# ---------------------------------------------------------------- what belongs to a village


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
    """A village in a programme year."""
    village = village_for(user, code, right, on)
    enrolments = Enrolment.objects.filter(village=village, programme__year=year)
    enrolment = found(enrolments.select_related("programme", "officer"))
    enrolment.village = village
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


# ---------------------------------------------------------------- what waits for a reviewer


def require_any(user: User, code: str, rights: Collection[Right], on: date) -> None:
    """Refuse unless one of ``rights`` holds at ``code``; 404 where even seeing does not."""
    require(user, code, Right.VIEW, on)
    if not any(scope(user, right, on).covers(code) for right in rights):
        raise PermissionDenied


def require_somewhere(user: User, rights: Collection[Right], on: date) -> None:
    """Refuse whoever holds none of ``rights`` anywhere."""
    if all(scope(user, right, on) == NOWHERE for right in rights):
        raise PermissionDenied


def waiting_for(user: User, on: date) -> StepProgressQuerySet:
    """The steps handed in whose turn to decide is a level the person reviews as, there."""
    turn = Q(pk__in=[])
    for level, right in RIGHT_OF_LEVEL.items():
        turn |= Q(waits_for=level) & scope(user, right, on).of_rows()
    return StepProgress.objects.filter(turn, status=Status.SUBMITTED, step__ended_on__isnull=True)


def submission_for(user: User, pk: int, on: date) -> Submission:
    """What was handed in, for whoever reviews the village at any level; withdrawn ones too."""
    submission = found(Submission.objects.for_cases().filter(pk=pk))
    require_any(user, submission.progress.enrolment.village.code, REVIEWING, on)
    return submission


def submissions_for(user: User, pks: Collection[int], on: date) -> list[Submission]:
    """Of these submissions the ones in villages the person reviews, in official order."""
    rows = Submission.objects.for_cases().filter(pk__in=pks)
    in_order = rows.order_by("progress__enrolment__village__code", "pk")
    return [row for row in in_order if may_review(user, row.progress.enrolment.village, on)]


def may_review(user: User, village: Village, on: date) -> bool:
    """Whether the person reviews this village's steps, at any level."""
    return any(may(user, right, village, on) for right in REVIEWING)
