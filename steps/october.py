"""What October asks for: where the new year stands, area by area (the guided page of the year).

Everything is read with the right to name officers (ASSIGN), which chiefs and administrators hold.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef
from django.db.models.functions import Substr

from accounts import access
from accounts.access import Scope
from accounts.models import History, Posting, User
from accounts.rights import Right
from sammachip.thai.dates import BUDDHIST_OFFSET
from steps.models import Enrolment, EnrolmentHousehold, Programme, Step
from steps.models.enrolments import EnrolmentQuerySet
from steps.recording.carrying import to_carry
from steps.recording.enrolments import officers_before
from villages.models import Area, CommitteeMember, Village

AHEAD = timedelta(days=92)  # from July on it is the year to come that is prepared
SOON = timedelta(days=60)  # an officer whose posting ends within these is named


def fiscal_year(day: date) -> int:
    """The พ.ศ. fiscal year of a day: October 2569 is of 2570."""
    return day.year + BUDDHIST_OFFSET + (day.month >= 10)


def years_to_prepare(on: date) -> list[int]:
    """The years one may look at, the latest first: those there are, and the next one to make."""
    years = set(Programme.objects.values_list("year", flat=True))
    return sorted({*years, max(years, default=fiscal_year(on + AHEAD) - 1) + 1}, reverse=True)


def year_to_prepare(offered: Iterable[int], on: date) -> int:
    """The year that is prepared on a day, or the one nearest to it."""
    wanted = fiscal_year(on + AHEAD)
    return min(offered, key=lambda year: (abs(year - wanted), year))


# ---------------------------------------------------------------- area by area


@dataclass(frozen=True)
class Place:
    """A district (of the whole country: a province) in the new year, in numbers of villages.

    ``before`` took part in the year before, ``listed`` take part in this one. ``again`` do in
    both, and of ``waiting`` of these there are households to carry over. The numbers from
    ``again`` on are not counted for provinces.
    """

    area: Area
    before: int = 0
    listed: int = 0
    again: int = 0
    waiting: int = 0
    committees: int = 0
    without_officer: int = 0

    @property
    def without_committee(self) -> int:
        return self.listed - self.committees


def places(
    user: User, programme: Programme | None, source: Programme | None, area: str, on: date
) -> list[Place]:
    """Where a person names officers in an area ("" is everywhere), each part with its numbers."""
    held = access.scope(user, Right.ASSIGN, on).within(area)
    digits = Area.PROVINCE if held.national else Area.DISTRICT
    areas = _parts(held, digits)
    enrolled = Enrolment.objects.filter(held.condition("village__code"))
    before = _counted(enrolled.filter(programme=source), digits) if source else {}
    now = enrolled.filter(programme=programme) if programme else enrolled.none()
    listed = _counted(now, digits)
    details = {} if held.national or not programme else _details(now, programme, source, on)
    return [
        Place(
            area, before.get(area.code, 0), listed.get(area.code, 0), **details.get(area.code, {})
        )
        for area in areas
    ]


def _parts(held: Scope, digits: int) -> list[Area]:
    codes = Scope(held.national, frozenset(code[:digits] for code in held.codes))
    areas = Area.objects.of_level(digits).filter(codes.condition("code")).current()
    return list(areas.select_related("parent").in_official_order())


def _counted(rows: EnrolmentQuerySet, digits: int) -> dict[str, int]:
    parts = rows.annotate(part=Substr("village__code", 1, digits)).order_by().values("part")
    return dict(parts.annotate(n=Count("pk")).values_list("part", "n"))


def _details(
    now: EnrolmentQuerySet, programme: Programme, source: Programme | None, on: date
) -> Mapping[str, dict[str, int]]:
    """Numbers by the code of a district."""
    before = Enrolment.objects.filter(programme=source, village=OuterRef("village"))
    waiting = _waiting(programme, source, on).filter(enrolment__village=OuterRef("village"))
    rows = now.annotate(
        again=Exists(before), waiting=Exists(waiting), has_committee=Exists(serving(on))
    )
    numbers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    values = rows.values_list("village__code", "again", "waiting", "has_committee", "officer")
    for code, again, waits, committee, officer in values:
        numbers[code[:4]].update(
            again=again, waiting=waits, committees=committee, without_officer=officer is None
        )
    return {code: dict(counter) for code, counter in numbers.items()}


def _waiting(programme: Programme, source: Programme | None, on: date) -> Any:
    return to_carry(source, programme, on) if source else EnrolmentHousehold.objects.none()


def serving(on: date) -> Any:
    """The members who serve in the village of an enrolment, as a subquery."""
    return CommitteeMember.objects.serving(on).filter(committee__village=OuterRef("village"))


# ---------------------------------------------------------------- officers who leave


@dataclass(frozen=True)
class Leaving:
    """An officer who answers for villages and soon may not record there any more.

    ``ends_on`` is the last day of the posting; None where no posting holds any more.
    """

    officer: User
    villages: int
    ends_on: date | None


def leaving(user: User, programme: Programme, area: str, on: date) -> list[Leaving]:
    """Officers whose posting ends before the year is under way, or has ended; by name."""
    held = access.scope(user, Right.ASSIGN, on).within(area)
    rows = Enrolment.objects.filter(held.condition("village__code"), programme=programme)
    villages: defaultdict[int, list[str]] = defaultdict(list)
    for officer, code in rows.exclude(officer=None).values_list("officer", "village__code"):
        villages[officer].append(code)
    until = max(on + SOON, programme.opens_on)
    later = access.scopes(Right.RECORD, until, list(villages))
    left = {
        officer: sum(not later.get(officer, access.NOWHERE).covers(code) for code in codes)
        for officer, codes in villages.items()
    }
    people = User.objects.filter(pk__in=[officer for officer, n in left.items() if n])
    ends = _last_days(people, on)
    return [Leaving(person, left[person.pk], ends.get(person.pk)) for person in people]


def _last_days(people: Iterable[User], on: date) -> dict[int, date]:
    postings = Posting.objects.filter(user__in=people, ends_on__isnull=False).in_force(on)
    recording = postings.with_right(Right.RECORD).order_by("-ends_on")
    rows = recording.values_list("user", "ends_on")
    return {person: day for person, day in rows if day}


# ---------------------------------------------------------------- the whole page


@dataclass(frozen=True)
class Guide:
    """The new year, part by part, as one person may prepare it."""

    year: int
    years: list[int]
    programme: Programme | None
    source: Programme | None
    copied_at: datetime | None
    steps: list[Step]
    places: list[Place]
    by_province: bool
    leaving: list[Leaving]

    def total(self, name: str) -> int:
        """A number of villages, over all places."""
        return sum(getattr(place, name) for place in self.places)

    @property
    def totals(self) -> dict[str, int]:
        names = ("before", "listed", "again", "waiting", "committees", "without_committee")
        return {name: self.total(name) for name in (*names, "without_officer")}


def guide(user: User, year: int, years: list[int], area: str, on: date) -> Guide:
    """Where the preparation of a year stands, in an area or wherever the person names officers."""
    programme = Programme.objects.filter(year=year).first()
    source = Programme.objects.before(year)
    national = access.scope(user, Right.ASSIGN, on).within(area).national
    of_officers = None if national else programme or source
    return Guide(
        year=year,
        years=years,
        programme=programme,
        source=source,
        copied_at=_copied_at(programme) if programme else None,
        steps=_steps(programme) if programme else [],
        places=places(user, programme, source, area, on),
        by_province=national,
        leaving=leaving(user, of_officers, area, on) if of_officers else [],
    )


def _steps(programme: Programme) -> list[Step]:
    return list(programme.steps.current().order_by("order"))


def _copied_at(programme: Programme) -> datetime | None:
    entries = History.objects.of(programme).filter(verb="copy_programme")
    return entries.values_list("at", flat=True).first()


# ---------------------------------------------------------------- the villages of a district


@dataclass(frozen=True)
class VillageRow:
    """A village of the district: whether it took part, is listed, and with whom it would be."""

    village: Village
    before: bool
    complete: bool  # every step of the year before is verified
    listed: bool
    officer: User | None
    lost: User | None  # its officer of the year before, who may not record there any more


def district_villages(
    user: User, district: str, programme: Programme, on: date
) -> Iterator[VillageRow]:
    """The villages of a district of which the person names the officers, in official order."""
    villages = list(_villages(user, district, on).with_area().in_official_order())
    source = Programme.objects.before(programme.year)
    rows = Enrolment.objects.filter(programme=source, village__in=villages)
    rows = rows.annotate(complete=F("standing__complete")).select_related("officer")
    before = {row.village_id: row for row in rows}
    now = Enrolment.objects.filter(programme=programme, village__in=villages)
    listed = {row.village_id: row.officer for row in now.select_related("officer")}
    carried = officers_before(villages, programme, on)
    for village in villages:
        was, officer = before.get(village.pk), carried.get(village.pk)
        yield VillageRow(
            village,
            before=was is not None,
            complete=bool(was and was.complete),
            listed=village.pk in listed,
            officer=listed.get(village.pk, officer),
            lost=was.officer if was and not officer else None,
        )


def _villages(user: User, district: str, on: date) -> Any:
    return access.villages_for(user, Right.ASSIGN, on).within(district)


def listed_villages(user: User, district: str, programme: Programme, on: date) -> list[Village]:
    """Those of them that take part in a year."""
    villages = _villages(user, district, on).filter(enrolments__programme=programme)
    return list(villages.with_area().in_official_order())


@dataclass(frozen=True)
class CarryRow:
    """A village of the year: households to carry over, those marked already, its committee."""

    village: Village
    waiting: int
    marked: int
    members: int


def to_be_carried(villages: list[Village], programme: Programme, on: date) -> list[CarryRow]:
    """What there is to carry over into villages of a year, in three queries."""
    source = Programme.objects.before(programme.year)
    marked = EnrolmentHousehold.objects.marked().filter(enrolment__programme=programme)
    waiting = _by_village(_waiting(programme, source, on), "enrolment__village", villages)
    there = _by_village(marked, "enrolment__village", villages)
    members = CommitteeMember.objects.serving(on)
    serve = _by_village(members, "committee__village", villages)
    return [CarryRow(row, waiting[row.pk], there[row.pk], serve[row.pk]) for row in villages]


def _by_village(rows: Any, path: str, villages: list[Village]) -> Counter[int]:
    rows = rows.filter(**{f"{path}__in": villages}).order_by().values(path)
    return Counter(dict(rows.annotate(n=Count("pk")).values_list(path, "n")))


def enrolled(user: User, district: str, programme: Programme, on: date) -> list[Enrolment]:
    """The villages of a year in a district, where the person names the officers."""
    held = access.scope(user, Right.ASSIGN, on).within(district)
    rows = Enrolment.objects.filter(held.condition("village__code"), programme=programme)
    return list(rows.for_pages().order_by("village__code"))


def without_officer(rows: Iterable[Enrolment], on: date) -> list[Enrolment]:
    """Of these the villages without an officer, or whose officer may not record there today."""
    rows = list(rows)
    recording = access.scopes(Right.RECORD, on, {row.officer_id for row in rows if row.officer_id})
    return [
        row
        for row in rows
        if not recording.get(row.officer_id or 0, access.NOWHERE).covers(row.village.code)
    ]
