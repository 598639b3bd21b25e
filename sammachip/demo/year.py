"""The year of the demo: who came how far by today, told through the verbs a person's click runs.

How far is said relative to what is due by today, so the province looks lived in all year round;
on the first days of October little has happened, and nothing ever lies in the future.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import chain, repeat
from uuid import UUID, uuid5

from accounts.models import User
from sammachip.demo import words, work
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

    def comes_back(self, index: int) -> bool:
        return self.pace.ends == "returned" and index == self.handed_in - 1


def tell_district(teller: Teller, place: Place, officers: Sequence[User]) -> None:
    """Enrol the villages of a district and tell their year, an officer at a time."""
    shares = _shares(place)
    documents: list[UUID] = []
    if any(teller.reach(pace) for share in shares for _village, pace in share):
        documents = _fill_shelf(teller, place.district, officers[0])
    for officer, share in zip(officers, shares, strict=True):
        enrolments = enrol(
            villages=[village for village, _pace in share],
            programme=teller.programme,
            officer=officer,
            sender=Sender(by=teller.administrator, at=teller.now, client_id=teller.name_space),
        )
        crews = [Crew(enrolment, place.district, documents) for enrolment in enrolments]
        paces = [pace for _village, pace in share]
        _tell_work(teller, officer, _courses(teller, crews, paces, most=_furthest(teller, place)))


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


# ---------------------------------------------------------------- step after step


def _tell_work(teller: Teller, officer: User, courses: Sequence[Course]) -> None:
    furthest = max((course.recorded for course in courses), default=0)
    has_photos = furthest > FURTHEST_ELSEWHERE or any(course.handed_in > 1 for course in courses)
    photos = received_photos(officer, teller.now) if has_photos else []
    for index, step in enumerate(teller.steps[:furthest]):
        here = [course for course in courses if course.recorded > index]
        day = teller.held_on(index, furthest)
        groups = [here] if step.is_district_work else [[course] for course in here]
        for number, group in enumerate(groups):
            held_on = min(day + timedelta(days=number % 3), teller.today)
            for course in group:
                course.crew.prepare(step, held_on)
            _record(teller, officer, group, index, held_on, photos)
            for course in group:
                _hand_in(teller, officer, course, index, held_on)


def _record(
    teller: Teller,
    officer: User,
    courses: Sequence[Course],
    index: int,
    held_on: date,
    photos: Sequence[Attached],
) -> None:
    """One occasion: of the whole group for district work, of one village otherwise."""
    step = teller.steps[index]
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
            "led_by": "district_team" if step.is_district_work else "officer",
            "summary": words.SUMMARY if whole else "",
        },
        files=work.of_the_day(photos, index) if whole else (),
    )
    name = ("record", crew.village.code, step.number)
    record(occasion=occasion, sender=teller.sender(officer, held_on, *name))


def _hand_in(teller: Teller, officer: User, course: Course, index: int, held_on: date) -> None:
    """Submit, and what the province said: verified, returned, or nothing yet."""
    if index >= course.handed_in:
        return
    step, crew = teller.steps[index], course.crew
    name = (crew.village.code, step.number)
    decisions.submit(
        enrolment=crew.enrolment,
        step=step,
        reasons=crew.reasons(step),
        sender=teller.sender(officer, held_on + timedelta(days=2), "submit", *name),
    )
    submission = Submission.objects.select_related(
        "progress__step", "progress__enrolment__village", "progress__enrolment__programme"
    ).get(progress__enrolment=crew.enrolment, progress__step=step)
    decided = teller.sender(teller.reviewer, held_on + timedelta(days=6), "decide", *name)
    _decide(course, index, submission, decided)


def _decide(course: Course, index: int, submission: Submission, sender: Sender) -> None:
    """Steps that someone else than the province reviews wait for the people of the demo."""
    step, level = submission.progress.step, Review.Level.PROVINCE
    if levels_of(step) != [level]:
        return
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
