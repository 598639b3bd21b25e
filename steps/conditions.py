"""The conditions of success that are measured, never asked: the two cautions, and ownership.

Levels 0–3 as the programme's catalogue has them (S19–S21). They look at the day on which lateness
and quiet are judged: today, or the last day of a past year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steps.models import Enrolment, YearProgress
from steps.models.choices import Owner
from steps.money import Money, money_of

CONTINUITY, SELF_RELIANCE, OWNERSHIP = "care-1", "care-2", "ownership"
IN_VILLAGERS_HANDS = frozenset({Owner.COMMUNITY, Owner.COMMITTEE, Owner.VILLAGE_TEAM})


@dataclass(frozen=True)
class Measured:
    """A condition as the records show it: level 0–3, None where it cannot be measured.

    ``words`` say so with the numbers, in the reader's language.
    """

    code: str
    level: int | None
    words: str


@dataclass(frozen=True)
class Part:
    """So many of so many."""

    of: int
    n: int = 0

    def reaches(self, per_cent: int) -> bool:
        """Whether it is that share or more; a part of nothing reaches none."""
        return self.of > 0 and 100 * self.n >= per_cent * self.of


def measured(enrolment: Enrolment, *, on: date) -> list[Measured]:
    """Continuity of support, self-reliance and ownership of a village's year, in that order.

    Constant queries. ``on`` is today; a past year is measured on its last day.
    """
    programme = enrolment.programme
    judged_on = programme.judged_on(on)
    in_time = enrolment.activities.counted().filter(held_on__range=(programme.opens_on, judged_on))
    silence = longest_silence(in_time.values_list("held_on", flat=True), until=judged_on)
    plan = _plan_of(enrolment, judged_on)
    return [
        _continuity(silence, programme.quiet_days, _needs_of(enrolment, judged_on)),
        _self_reliance(_led_by_villagers(enrolment), plan),
        _ownership(money_of(enrolment, enrolment.contributions.standing()), plan),
    ]


# ---------------------------------------------------------------- the rules


def longest_silence(held_on: Iterable[date], *, until: date) -> int | None:
    """The most days between one activity and the next, or the day of judging; None without any.

    It begins with the first activity: support that has not begun cannot break off, the steps'
    due days tell who began late, and the first of them is due later than the limit of quiet.
    """
    days = sorted(held_on)
    gaps = [(after - before).days for before, after in pairwise([*days, until])]
    return max(gaps, default=None)


def continuity_level(silence: int | None, limit: int, needs: Part) -> int:
    """0–3 of a silence and its limit in days, and the needs answered among those named.

    A village that named no need has none answered, and stays at 2.
    """
    if silence is None or silence > 2 * limit:
        return 0
    if silence > limit:
        return 1
    return 3 if needs.reaches(80) else 2


def self_reliance_level(led: Part, plan: Part) -> int:
    """0–3 of the activities villagers led, and what is done of the plan in their hands.

    From half on, level 3 asks for half of that plan too; without it the level stays at 2.
    """
    if not led.n:
        return 0
    if not led.reaches(25):
        return 1
    return 3 if led.reaches(50) and plan.reaches(50) else 2


def ownership_level(money: Money, plan: Part) -> int | None:
    """0–3 of the community's share of the budget; None while there is no budget to measure by.

    The programme's goal (10 %) is level 3 where the village has work in its plan, half of the
    goal level 2.
    """
    if not money.budget:
        return None
    if not money.contributed:
        return 0
    if 2 * money.contributed < money.goal_baht:
        return 1
    return 3 if money.contributed >= money.goal_baht and plan.of else 2


# ---------------------------------------------------------------- what the records hold


def _needs_of(enrolment: Enrolment, on: date) -> Part:
    """Needs answered among those named by that day."""
    answers = enrolment.needs.standing().filter(asked_on__lte=on)
    return _part(day and day <= on for day in answers.values_list("answered_on", flat=True))


def _plan_of(enrolment: Enrolment, on: date) -> Part:
    """Plan items in villagers' hands, and those done by that day."""
    items = enrolment.plan_items.standing().filter(owner__in=IN_VILLAGERS_HANDS)
    return _part(day and day <= on for day in items.values_list("done_on", flat=True))


def _led_by_villagers(enrolment: Enrolment) -> Part:
    """Activities from 1.4 on and follow-up, as the village's row of its year counts them."""
    counted = YearProgress.objects.filter(enrolment=enrolment)
    led, work = counted.values_list("community_led", "village_work").first() or (0, 0)
    return Part(work, led)


def _part(marks: Iterable[object]) -> Part:
    found: Sequence[bool] = [bool(mark) for mark in marks]
    return Part(len(found), sum(found))


# ---------------------------------------------------------------- in words


def _continuity(silence: int | None, limit: int, needs: Part) -> Measured:
    level = continuity_level(silence, limit, needs)
    if silence is None:
        return Measured(CONTINUITY, level, _("No activity is counted yet."))
    days = ngettext(
        "The longest silence was %(n)s day; the programme's limit is %(limit)s days.",
        "The longest silence was %(n)s days; the programme's limit is %(limit)s days.",
        silence,
    ) % {"n": silence, "limit": limit}
    return Measured(CONTINUITY, level, f"{days} {_needs_words(needs)}")


def _needs_words(needs: Part) -> str:
    if not needs.of:
        return _("The village named no need.")
    return ngettext(
        "%(answered)s of %(n)s need the village named was answered.",
        "%(answered)s of %(n)s needs the village named were answered.",
        needs.of,
    ) % {"answered": needs.n, "n": needs.of}


def _self_reliance(led: Part, plan: Part) -> Measured:
    level = self_reliance_level(led, plan)
    if not led.of:
        return Measured(SELF_RELIANCE, level, _("No activity of the village is counted yet."))
    words = ngettext(
        "The committee or villagers led %(led)s of %(n)s activity from the briefing on.",
        "The committee or villagers led %(led)s of %(n)s activities from the briefing on.",
        led.of,
    ) % {"led": led.n, "n": led.of}
    return Measured(SELF_RELIANCE, level, f"{words} {_plan_words(plan)}")


def _plan_words(plan: Part) -> str:
    if not plan.of:
        return _("No work of the plan is in villagers' hands.")
    return ngettext(
        "%(done)s of %(n)s plan item in villagers' hands is done.",
        "%(done)s of %(n)s plan items in villagers' hands are done.",
        plan.of,
    ) % {"done": plan.n, "n": plan.of}


def _ownership(money: Money, plan: Part) -> Measured:
    level = ownership_level(money, plan)
    if money.budget is None:
        return Measured(OWNERSHIP, level, _("The budget is not stated."))
    if not money.budget:
        return Measured(OWNERSHIP, level, _("There is no budget to measure by."))
    words = _("The community put in %(share)s %% of the budget; the goal is %(goal)s %%.") % {
        "share": money.share,
        "goal": money.goal,
    }
    if plan.of:
        return Measured(OWNERSHIP, level, words)
    return Measured(OWNERSHIP, level, f"{words} {_plan_words(plan)}")
