"""How far the model villages have come, from one that is done to one that never began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

MODELS = 40
STEPS = 8
DONE = 12  # so many of them are verified in all steps
QUIET_EVERY = 4  # of those that are not done
ENDINGS = ("verified", "waiting", "returned", "mended")


@dataclass(frozen=True)
class Course:
    """One model village's year. The first ``handed_in`` of ``reached`` steps were handed in.

    ``ending`` says what became of the last one: verified, still waiting, returned, or returned and
    worked on since. ``variant`` chooses the days of district meetings, which villages share.
    """

    nth: int
    reached: int
    handed_in: int
    ending: str
    variant: int
    works_until: date
    follow_ups: int
    target: int
    one_absent: bool
    has_budget: bool

    @property
    def is_quiet(self) -> bool:
        return self.follow_ups == 0

    def ending_of(self, nth: int) -> str:
        """What became of a step that was handed in; all but the last were verified."""
        return self.ending if nth == self.handed_in - 1 else "verified"

    def came_back(self, nth: int) -> bool:
        """Whether a step was returned first, handed in again and then verified."""
        return nth == 1 and self.handed_in > 2 and self.nth % 4 == 0


def courses(opens_on: date, closes_on: date) -> list[Course]:
    """The courses of all model villages, furthest first."""
    return [_course(nth, opens_on, closes_on) for nth in range(MODELS)]


def _course(nth: int, opens_on: date, closes_on: date) -> Course:
    rng = Random(f"course {nth}")
    done = nth < DONE
    reached = STEPS if done else max(0, STEPS - (nth - DONE) // 3)
    quiet = not done and nth % QUIET_EVERY == 0
    return Course(
        nth=nth,
        reached=reached,
        handed_in=STEPS if done else max(0, reached - nth % 2),
        ending="verified" if done else ENDINGS[nth // 2 % len(ENDINGS)],
        variant=nth % 3,
        works_until=_works_until(rng, opens_on, closes_on, reached, quiet=quiet),
        follow_ups=0 if quiet else rng.randint(5, 10),
        target=rng.randint(9, 12),
        one_absent=nth % 5 == 1,
        has_budget=nth % 6 != 5,
    )


def _works_until(
    rng: Random, opens_on: date, closes_on: date, reached: int, *, quiet: bool
) -> date:
    """When its last step was worked on; some were decided in the last week of the year."""
    if quiet:
        return opens_on + timedelta(days=100 + 20 * reached)
    if rng.random() < 0.35:
        return closes_on - timedelta(days=rng.randint(9, 14))
    return opens_on + timedelta(days=150 + rng.randint(10, 24) * reached // 2)
