"""The year of the demo: who came how far by today, told through the verbs a person's click runs.

How far is said relative to what is due by today, so the province looks lived in all year round;
on the first days of October little has happened, and nothing ever lies in the future.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from itertools import chain, count, repeat
from uuid import UUID, uuid5

from accounts.models import User
from sammachip.demo import conditions, money, words, work
from sammachip.demo.diary import Event
from sammachip.demo.learned import Learned
from sammachip.demo.photos import received_photos
from sammachip.demo.places import Place
from sammachip.demo.work import Crew
from sammachip.thai.dates import BANGKOK
from steps.models import Programme, Review, ShelfDocument, Step, Submission
from steps.progress import levels_of
from steps.recording import decisions
from steps.recording.activities import Occasion, Part, record
from steps.recording.core import Sender
from steps.recording.enrolments import enrol
from steps.recording.files import Attached
from steps.recording.shelf import NewDocument, put_on_shelf
from villages.models import Area, Village

AHEAD = timedelta(days=45)  # work begins so long before it is due
HELD_BEFORE_DUE = timedelta(days=7)
KNOWN_AFTER = timedelta(days=21)  # when the budget of the year is known


@dataclass(frozen=True)
class Pace:
    """How many steps before or behind what is due a village stands; None has not begun.

    ``hands_in`` is the most steps it hands in; what it does after them it leaves lying.
    """

    lead: int | None
    hands_in: int = 99
    # "ready": the last step recorded only wants handing in. Of the last step handed in, "returned"
    # or "verified": what was decided; usually nothing yet.
    ends: str = ""


# A row for each officer, an entry for each village.
AT_HOME = [
    [
        *(Pace(3, ends="ready"), Pace(2, ends="returned"), Pace(-1, 2), Pace(-2, 2)),
        *(Pace(-3, 1), Pace(-4, 1), Pace(-6, 1), Pace(None)),
    ],
    [Pace(1), Pace(-1, 3), Pace(-3, 1), Pace(-5, 1), Pace(-7, 0), Pace(None)],
]
# The other districts in turn, with villages that have not begun behind these. Only the district's
# own work is told there, because what hands in needs time: the demo shall stand in seconds.
ELSEWHERE = [
    [Pace(2, 1, "verified"), Pace(0, 1), Pace(-1, 0), Pace(-2, 0)],
    [Pace(-1, 0), Pace(-2, 0), Pace(-2, 0)],
    [Pace(-3, 0), Pace(-4, 0)],
    [],
]
FURTHEST_ELSEWHERE = 3


@dataclass(frozen=True)
class Teller:
    """What every part of the telling needs: the programme, today, and who decides."""

    programme: Programme
    now: datetime
    reviewer: User
    administrator: User
    name_space: UUID

    @cached_property
    def steps(self) -> list[Step]:
        steps = Step.objects.current().with_requirements()
        return list(steps.filter(programme=self.programme).order_by("order"))

    @property
    def today(self) -> date:
        return self.now.astimezone(BANGKOK).date()

    @property
    def days_gone(self) -> int:
        return (self.today - self.programme.opens_on).days

    def sender(self, by: User, on: date, *name: object) -> Sender:
        """Someone who writes in the afternoon of a day, never later than now."""
        at = min(self.now, datetime.combine(on, time(16), BANGKOK))
        client_id = uuid5(self.name_space, "/".join(str(word) for word in name))
        return Sender(by=by, at=at, client_id=client_id)

    def opening(self) -> Sender:
        """The administrator on the first day of the year."""
        opens_at = datetime.combine(self.programme.opens_on, time(8), BANGKOK)
        at = min(self.now, opens_at)
        return Sender(by=self.administrator, at=at, client_id=self.name_space)

    def reach(self, pace: Pace) -> int:
        """How many steps a village has recorded by today: at most one, and one in two days."""
        if pace.lead is None or self.days_gone < 0:
            return 0
        due = sum(step.due_on <= self.today + AHEAD for step in self.steps)
        return max(0, min(due + pace.lead, len(self.steps), 1 + self.days_gone // 2))

    def held_on(self, index: int, furthest: int) -> date:
        """A working day before the step is due, and before today as evenly as may be."""
        even = self.days_gone * (index + 1) // (furthest + 1)
        day = min(
            self.programme.opens_on + timedelta(days=even),
            self.steps[index].due_on - HELD_BEFORE_DUE,
        )
        return max(self.programme.opens_on, day - timedelta(days=max(day.weekday() - 4, 0)))


@dataclass(frozen=True)
class Course:
    """How far one village has come: its first steps are recorded, fewer handed in and verified."""

    crew: Crew
    pace: Pace
    recorded: int

    @property
    def handed_in(self) -> int:
        return max(min(self.recorded - 1, self.pace.hands_in), 0)

    @property
    def verified(self) -> int:
        return self.handed_in - (self.pace.ends != "verified")

    def is_whole(self, index: int) -> bool:
        """Whether nothing is missing in what was recorded for a step."""
        return index < self.handed_in or self.pace.ends == "ready"

    @property
    def days_later(self) -> int:
        """The officer cannot be everywhere on one day."""
        return int(self.crew.village.code) % 3

    def comes_back(self, index: int) -> bool:
        return self.pace.ends == "returned" and index == self.handed_in - 1


def of_district(teller: Teller, place: Place, officers: Sequence[User]) -> Iterator[Event]:
    """The year of a district, an officer at a time; its villages are enrolled at once."""
    shares = _shares(place)
    documents: list[UUID] = []
    if any(teller.reach(pace) for share in shares for _village, pace in share):
        documents = _fill_shelf(teller, place.district, officers[0])
    for officer, share in zip(officers, shares, strict=True):
        enrolments = enrol(
            villages=[village for village, _pace in share],
            programme=teller.programme,
            officer=officer,
            sender=teller.opening(),
        )
        crews = [Crew(enrolment, place.district, documents) for enrolment in enrolments]
        paces = [pace for _village, pace in share]
        courses = _courses(teller, crews, paces, most=_furthest(teller, place))
        yield from _work(teller, officer, courses)
        if place.is_home:
            yield from _money(teller, officer, courses)
            yield from _conditions(teller, officer, courses)
            yield from _learned(teller, officer, courses)


def _shares(place: Place) -> list[list[tuple[Village, Pace]]]:
    """For each officer of a district, the villages with their paces."""
    if place.is_home:
        villages = iter(place.villages)
        return [[(next(villages), pace) for pace in row] for row in AT_HOME]
    row = ELSEWHERE[place.number % len(ELSEWHERE)]
    return [list(zip(place.villages, chain(row, repeat(Pace(None))), strict=False))]


def _furthest(teller: Teller, place: Place) -> int:
    return len(teller.steps) if place.is_home else FURTHEST_ELSEWHERE


def _fill_shelf(teller: Teller, district: Area, officer: User) -> list[UUID]:
    for source, title in words.DOCUMENTS.items():
        put_on_shelf(
            district=district,
            programme=teller.programme,
            document=NewDocument(source=source, title=title),
            received=None,
            sender=teller.sender(
                officer, teller.programme.opens_on, "shelf", district.code, source
            ),
        )
    shelf = ShelfDocument.objects.current().filter(district=district, programme=teller.programme)
    return list(shelf.values_list("pk", flat=True))


def _courses(
    teller: Teller, crews: Iterable[Crew], paces: Iterable[Pace], *, most: int
) -> list[Course]:
    """Enrolments come in the order of the villages, and so do the paces."""
    return [
        Course(crew, pace, min(teller.reach(pace), most))
        for crew, pace in zip(crews, paces, strict=True)
    ]


def _money(teller: Teller, officer: User, courses: Iterable[Course]) -> Iterator[Event]:
    on = min(teller.programme.opens_on + KNOWN_AFTER, teller.today)
    for course in courses:
        code = course.crew.village.code
        senders = (teller.sender(officer, on, "money", code, n) for n in count())
        yield from money.of_village(course.crew, course.recorded, senders)


def _learned(teller: Teller, officer: User, courses: Iterable[Course]) -> Iterator[Event]:
    """Lessons of the villages that met; the one that came furthest has published its record."""
    met = [course for course in courses if course.recorded > money.FIRST_VILLAGE_STEP]
    furthest = max(met, key=lambda course: course.recorded, default=None)
    for course in met:
        learned = Learned(
            crew=course.crew,
            recorded=teller.steps[: course.recorded],
            officer=_later(teller, officer, course, "learned"),
            reviewer=_later(teller, teller.reviewer, course, "learned, decided"),
        )
        yield from learned.events(publishes=course is furthest)


def _later(teller: Teller, by: User, course: Course, name: str) -> Iterator[Sender]:
    """Someone who writes today, once all is recorded: events at one time keep their order."""
    code = course.crew.village.code
    return (teller.sender(by, teller.today, name, code, n) for n in count())


def _conditions(teller: Teller, officer: User, courses: Iterable[Course]) -> Iterator[Event]:
    for course in courses:
        code = course.crew.village.code
        senders = (teller.sender(officer, teller.today, "conditions", code, n) for n in count())
        yield from conditions.of_village(course.crew, course.recorded, senders)


# ---------------------------------------------------------------- step after step


def _work(teller: Teller, officer: User, courses: Sequence[Course]) -> Iterator[Event]:
    furthest = max((course.recorded for course in courses), default=0)
    has_photos = furthest > FURTHEST_ELSEWHERE or any(course.handed_in > 1 for course in courses)
    photos = received_photos(officer, teller.now) if has_photos else []
    for index, step in enumerate(teller.steps[:furthest]):
        here = [course for course in courses if course.recorded > index]
        day = teller.held_on(index, furthest)
        groups = [here] if step.is_district_work else [[course] for course in here]
        for group in groups:
            later = 0 if step.is_district_work else group[0].days_later
            held_on = min(day + timedelta(days=later), teller.today)
            name = ("record", group[0].crew.village.code, step.number)
            sender = teller.sender(officer, held_on, *name)
            yield Event(sender.at, partial(_record, group, step, index, held_on, photos, sender))
            for course in group:
                yield from _handing_in(teller, officer, course, index, held_on)


def _record(
    courses: Sequence[Course],
    step: Step,
    index: int,
    held_on: date,
    photos: Sequence[Attached],
    sender: Sender,
) -> None:
    """One occasion: of the whole group for district work, of one village otherwise."""
    for course in courses:
        course.crew.prepare(step, held_on)
    whole = any(course.is_whole(index) for course in courses)
    crew = courses[0].crew
    parts = [
        Part(course.crew.enrolment, step, course.crew.filled(step, whole=course.is_whole(index)))
        for course in courses
    ]
    occasion = Occasion(
        parts=parts,
        values={
            "held_on": held_on.isoformat(),
            "place": crew.place_of(step),
            "led_by": _leader(step, crew),
            "summary": words.SUMMARY if whole else "",
        },
        files=work.of_the_day(photos, index) if whole else (),
    )
    record(occasion=occasion, sender=sender)


def _leader(step: Step, crew: Crew) -> str:
    """The district leads its own work; in every other village the committee leads the rest."""
    if step.is_district_work:
        return "district_team"
    return "committee" if int(crew.village.code) % 2 else "officer"


def _handing_in(
    teller: Teller, officer: User, course: Course, index: int, held_on: date
) -> Iterator[Event]:
    """Submit, and what the province said: verified, returned, or nothing yet."""
    if index >= course.handed_in:
        return
    step = teller.steps[index]
    name = (course.crew.village.code, step.number)
    handed_in = teller.sender(officer, held_on + timedelta(days=2), "submit", *name)
    yield Event(handed_in.at, partial(_submit, course.crew, step, handed_in))
    decided = teller.sender(teller.reviewer, held_on + timedelta(days=6), "decide", *name)
    yield Event(decided.at, partial(_decide, course, index, step, decided))


def _submit(crew: Crew, step: Step, sender: Sender) -> None:
    reasons = crew.reasons(step)
    decisions.submit(enrolment=crew.enrolment, step=step, reasons=reasons, sender=sender)


def _decide(course: Course, index: int, step: Step, sender: Sender) -> None:
    """Steps that someone else than the province reviews wait for the people of the demo."""
    level = Review.Level.PROVINCE
    if levels_of(step) != [level]:
        return
    submission = Submission.objects.select_related(
        "progress__step", "progress__enrolment__village", "progress__enrolment__programme"
    ).get(progress__enrolment=course.crew.enrolment, progress__step=step)
    if course.comes_back(index):
        decisions.send_back(
            submission=submission,
            level=level,
            reason=words.RETURN_REASON,
            points=[work.named_point(step)],
            sender=sender,
        )
    elif index < course.verified:
        decisions.verify(submission=submission, level=level, sender=sender)
