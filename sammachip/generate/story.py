"""The year of the model villages, step after step, all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Model

from sammachip.demo.photos import received_photos
from sammachip.demo.words import (
    FEMALE_NAMES,
    MALE_NAMES,
    SUMMARY,
    SURNAMES,
)
from sammachip.generate import words
from sammachip.generate.asked import FILL, PREPARE, Rows
from sammachip.generate.cast import Cast, activity_of, afternoon
from sammachip.generate.courses import MODELS, Course, courses
from sammachip.generate.deciding import decided, hand_in
from sammachip.generate.people import Staff
from steps.facts import steps_of
from steps.models import (
    Attendance,
    Blob,
    Contribution,
    Enrolment,
    LedBy,
    Programme,
    QuietReason,
    ReceivedFile,
    Review,
    Step,
)
from steps.models.choices import ActivityForm
from steps.progress import refresh
from villages.models import Household, Occupation, Village, house_order

__all__ = ["MODELS", "tell"]

HOUSEHOLDS = 20
DECISIONS = {  # what the province says, by how a village's handing in ends
    "verified": Review.Decision.VERIFIED,
    "returned": Review.Decision.RETURNED,
    "mended": Review.Decision.RETURNED,
}


def tell(villages: Sequence[Village], programme: Programme, staff: Staff) -> list[Enrolment]:
    """Store everything of the model villages, derived rows too."""
    casts = _casts(villages, programme, staff)
    enrolments = [cast.enrolment for cast in casts]
    save(settled, casts)
    refresh(enrolments, today=programme.closes_on)
    for nth, step in enumerate(steps_of(programme.pk)):
        work_through(step, [cast for cast in casts if cast.course.reached > nth], nth)
    save(followed_up, casts)
    save(gave, casts)
    refresh(enrolments, today=programme.closes_on)
    return enrolments


def save(told: Any, casts: Iterable[Cast], *what: Any) -> None:
    """Store the rows told of each village, table by table: what refers to others comes later."""
    tables: defaultdict[type[Model], list[Model]] = defaultdict(list)
    for cast in casts:
        for row in told(cast, *what):
            tables[type(row)].append(row)
    for model, rows in tables.items():
        model._default_manager.bulk_create(rows)


def _casts(villages: Sequence[Village], programme: Programme, staff: Staff) -> list[Cast]:
    steps = steps_of(programme.pk)
    planned = courses(programme.opens_on, programme.closes_on)
    enrolments = Enrolment.objects.bulk_create(
        _enrolment(village, programme, course, staff)
        for village, course in zip(villages, planned, strict=False)
    )
    photos = _photos(staff, programme)
    occupations = list(Occupation.objects.order_by("order").values_list("pk", flat=True))
    return [
        Cast(
            course=course,
            enrolment=enrolment,
            steps=steps,
            officer=staff.officer_of(enrolment.village.code),
            reviewer=staff.reviewer_of(enrolment.village.code),
            photos=photos,
            occupations=occupations,
        )
        for enrolment, course in zip(enrolments, planned, strict=False)
    ]


def _enrolment(village: Village, programme: Programme, course: Course, staff: Staff) -> Enrolment:
    return Enrolment(
        programme=programme,
        village=village,
        officer=staff.officer_of(village.code),
        budget=40_000 + 5_000 * (course.nth % 9) if course.has_budget else None,
        own_target=course.target,
        own_target_reason=words.OWN_TARGET_REASON,
    )


def _photos(staff: Staff, programme: Programme) -> list[Blob]:
    """The demo's drawn pictures; all evidence shows one of them."""
    officer = next(iter(staff.officers.values()))[0]
    received = [file.received for file in received_photos(officer, afternoon(programme.opens_on))]
    ReceivedFile.objects.filter(pk__in=[file.pk for file in received]).delete()
    return [file.blob for file in received]


# ---------------------------------------------------------------- beside the steps


def settled(cast: Cast) -> Rows:
    """The households of a village."""
    rng = cast.rng("households")
    heads = [("นาย", name) for name in MALE_NAMES] + [("นาง", name) for name in FEMALE_NAMES]
    for nth, (title, name) in enumerate(rng.sample(heads, HOUSEHOLDS)):
        house_no = str(nth * 3 + rng.randint(1, 3))
        household = Household(
            id=cast.key("household", nth),
            village=cast.enrolment.village,
            house_no=house_no,
            house_order=house_order(house_no),
            head_name=f"{title}{name} {rng.choice([words.FAMILY, words.FAMILY, *SURNAMES[:2]])}",
            people=rng.randint(1, 7),
            main_occupation_id=cast.occupations[0],
            side_occupation_id=rng.choice(cast.occupations[1:]),
        )
        cast.households.append(household)
        yield household


def followed_up(cast: Cast) -> Rows:
    """Visits until the year ends; the last of some villages arrived late and waits."""
    closes_on, course = cast.enrolment.programme.closes_on, cast.course
    leads = [LedBy.COMMITTEE, LedBy.OFFICER, LedBy.VILLAGERS, LedBy.OFFICER]
    for nth in range(course.follow_ups):
        held_on = closes_on - timedelta(days=3 + 24 * nth + course.nth % 7)
        activity = activity_of(cast, None, f"visit {nth}", held_on)
        activity.form = ActivityForm.FOLLOW_UP
        activity.led_by = leads[(nth + course.nth) % len(leads)]
        activity.summary = words.FOLLOW_UP
        activity.late = nth == 0 and course.nth % 13 == 2
        yield activity
        for household in cast.rng("visited", nth).sample(cast.households, 4):
            yield Attendance(activity=activity, household=household)


def gave(cast: Cast) -> Rows:
    """What the community put in; and of quiet villages, why nothing happens in some."""
    programme, course = cast.enrolment.programme, cast.course
    for nth in range(course.nth % 4):
        form, description, unit = words.GIVEN[nth]
        given_on = programme.opens_on + timedelta(days=120 + 30 * nth)
        yield Contribution(
            id=cast.key("contribution", nth),
            enrolment=cast.enrolment,
            form=form,
            given_on=given_on,
            description=description,
            amount=10 + nth if unit else None,
            unit=unit,
            value=1_500 + 700 * nth + 100 * course.nth,
            recorded_by=cast.officer,
            recorded_at=afternoon(given_on),
        )
    if course.is_quiet and course.reached % 2:
        at = afternoon(programme.closes_on - timedelta(days=20))
        yield QuietReason(
            enrolment=cast.enrolment, reason=words.QUIET_REASON, by=cast.officer, at=at
        )


# ---------------------------------------------------------------- a step


def work_through(step: Step, casts: Sequence[Cast], nth: int) -> None:
    """Record a step in every village that came so far, hand it in and decide on it."""
    save(worked_on, casts, step)
    ready = [cast for cast in casts if cast.course.handed_in > nth]
    hand_in(ready, step)
    twice = [cast for cast in ready if cast.course.came_back(nth)]
    save(decided, twice, step, Review.Decision.RETURNED)
    save(worked_on_again, twice, step)
    hand_in(twice, step)
    for ending, decision in DECISIONS.items():
        chosen = [cast for cast in ready if cast.course.ending_of(nth) == ending]
        save(decided, chosen, step, decision)
        if ending == "mended":
            save(worked_on_again, chosen, step)


def worked_on(cast: Cast, step: Step) -> Rows:
    """What the village prepared, an activity with all its step asks for, and a talk before it."""
    held_on = cast.held_on(step)
    for requirement in step.requirements.all():
        if prepare := PREPARE.get(requirement.kind):
            yield from prepare(cast, requirement, held_on)
    yield from _held(cast, step, held_on)
    if not step.is_district_work:
        talk = activity_of(cast, step, f"{step.number} talk", held_on - timedelta(days=4))
        talk.form, talk.led_by, talk.total = ActivityForm.TALK, LedBy.COMMITTEE, 8
        yield talk


def _held(cast: Cast, step: Step, held_on: date) -> Rows:
    activity = activity_of(cast, step, step.number, held_on)
    activity.summary = SUMMARY
    rows: list[Model] = [activity]
    for requirement in step.requirements.all():
        if fill := FILL.get(requirement.kind):
            rows += fill(cast, requirement, activity)  # may still change the activity
    yield from rows


def worked_on_again(cast: Cast, step: Step) -> Rows:
    """One more activity: what a return asked for."""
    held_on = cast.held_on(step) + timedelta(days=9)
    again = activity_of(cast, step, f"{step.number} again", held_on)
    again.total = 12
    yield again
