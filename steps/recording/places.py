"""Moving villages to other codes, with all their history, when areas change.

A village is known by a key of its own, so what was recorded stays where it is; the code, and with
it every district and subdistrict code that stands beside a count, moves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.history import Change, note
from accounts.models import User
from steps import reach
from steps.models import StepProgress
from steps.progress import refresh
from steps.recording.core import Refusal, years_of
from villages.models import Area, FormerCode, Village, locked

VILLAGE_CODE = re.compile("[1-9][0-9]{7}")


@dataclass(frozen=True)
class Move:
    """A village by its code, and the code it has from now on, which ends in its moo unless said."""

    old: str
    new: str
    moo: int | None = None

    @property
    def new_moo(self) -> int:
        """The moo it has from now on; 0 where the code is none."""
        if self.moo is not None:
            return self.moo
        ending = self.new[6:]
        return int(ending) if ending.isdecimal() else 0


@dataclass(frozen=True)
class Recoded:
    """A village that moved; ``yielded_by`` is whose former code the new one was, if another's."""

    move: Move
    village: Village
    yielded_by: Village | None = None


@transaction.atomic
def recode(*, moves: Iterable[Move], on: date, by: User | None, at: datetime) -> list[Recoded]:
    """Move villages to other codes, all or none; a code that one leaves another may take.

    ``on`` is the last day of the codes they leave. Those lead to their villages from then on,
    unless another has them now. Refusal with the first problem; ``problems`` are all of them.
    """
    moves = list(moves)
    villages = {village.code: village for village in locked(_villages_of(moves))}
    if problems := list(problems_of(moves, villages)):
        raise Refusal(problems[0][1], problems=problems)
    left = {key: reach.places_of(years) for key, years in years_of(villages.values()).items()}
    led_to = _freed([move.new for move in moves])
    _park(moves, villages)
    recoded = [_move(move, villages[move.old], led_to.get(move.new), by, at) for move in moves]
    _keep_old_codes(moves, villages, on)
    _move_counts(villages.values(), left, today=timezone.localdate(at))
    return recoded


def _villages_of(moves: Sequence[Move]) -> Iterable[Village]:
    return Village.objects.filter(code__in={move.old for move in moves})


# ---------------------------------------------------------------- what is refused


def problems_of(moves: Sequence[Move], villages: dict[str, Village]) -> Iterator[tuple[Move, str]]:
    """Everything that keeps these moves from being made: which one, and the code of its rule."""
    olds, news = Counter(move.old for move in moves), Counter(move.new for move in moves)
    subdistricts = Area.objects.in_bulk({move.new[:6] for move in moves})
    staying = Village.objects.filter(code__in=news).exclude(code__in=olds)
    taken = set(staying.values_list("code", flat=True))
    stands = _moos_of(subdistricts, olds) + Counter(map(_place, moves))
    for move in moves:
        if move.old not in villages:
            moved = FormerCode.objects.filter(code=move.old).exists()
            yield move, "code_moved" if moved else "code_unknown"
        elif olds[move.old] > 1 or news[move.new] > 1:
            yield move, "code_named_twice"
        elif problem := _problem_of_new(move, subdistricts.get(move.new[:6])):
            yield move, problem
        elif move.new in taken:
            yield move, "code_taken"
        elif stands[_place(move)] > 1:
            yield move, "moo_taken"


def _place(move: Move) -> tuple[str, int]:
    """The subdistrict and moo a village has after its move: a list may name it by these alone."""
    return move.new[:6], move.new_moo


def _moos_of(subdistricts: Iterable[str], moving: Iterable[str]) -> Counter[tuple[str, int]]:
    """Which moo the villages have that stay in these subdistricts."""
    staying = Village.objects.filter(subdistrict__in=subdistricts).exclude(code__in=moving)
    return Counter(staying.values_list("subdistrict_id", "moo"))


def _problem_of_new(move: Move, subdistrict: Area | None) -> str:
    if not VILLAGE_CODE.fullmatch(move.new):
        return "code_form"
    if move.old == move.new:
        return "code_same"
    if move.moo is not None and move.moo not in range(1, 100):
        return "moo_form"
    if subdistrict is None:
        return "subdistrict_unknown"
    return "subdistrict_abolished" if subdistrict.abolished_on else ""


# ---------------------------------------------------------------- codes


def _freed(codes: Sequence[str]) -> dict[str, Village]:
    """Former codes that stand for a village again, and the villages they led to until now."""
    rows = FormerCode.objects.filter(code__in=codes)
    led_to = {row.code: row.village for row in rows.select_related("village")}
    rows.delete()
    return led_to


def _park(moves: Sequence[Move], villages: dict[str, Village]) -> None:
    """Whoever has a code that another takes waits at a free one, which nobody gets to see."""
    wanted = {move.new for move in moves}
    for code in sorted(wanted & villages.keys()):
        _set_code(villages[code], _free_code(code[:6], wanted))


def _free_code(subdistrict: str, wanted: set[str]) -> str:
    taken = set(Village.objects.within(subdistrict).values_list("code", flat=True)) | wanted
    codes = (f"{subdistrict}{number:02}" for number in reversed(range(100)))
    return next(code for code in codes if code not in taken)


def _move(
    move: Move, village: Village, led_to: Village | None, by: User | None, at: datetime
) -> Recoded:
    changes: dict[str, Change] = {"code": (move.old, move.new)}
    if move.old[:6] != move.new[:6]:
        changes["subdistrict"] = (move.old[:6], move.new[:6])
    if village.moo != move.new_moo:
        changes["moo"] = (village.moo, move.new_moo)
    village.moo = move.new_moo
    _set_code(village, move.new)
    note(by=by, at=at, verb="recode", subject=village, village=village, changes=changes)
    if led_to is None or led_to == village:
        return Recoded(move, village)
    changes = {"former_code": (move.new, "")}
    note(by=by, at=at, verb="recode", subject=led_to, village=led_to, changes=changes)
    return Recoded(move, village, yielded_by=led_to)


def _set_code(village: Village, code: str) -> None:
    village.code, village.subdistrict_id = code, code[:6]
    village.save(update_fields=["code", "subdistrict", "moo"])


def _keep_old_codes(moves: Sequence[Move], villages: dict[str, Village], on: date) -> None:
    """Codes left lead to their villages, but for those that another village has now."""
    in_use = {move.new for move in moves}
    for move in moves:
        if move.old not in in_use:
            FormerCode.objects.update_or_create(
                code=move.old, defaults={"village": villages[move.old], "until": on}
            )


# ---------------------------------------------------------------- counts


def _move_counts(
    villages: Iterable[Village], left: dict[int, reach.Places], *, today: date
) -> None:
    """Every year of these villages, counted where they are now and no longer where they were."""
    for programme, enrolments in years_of(villages).items():
        for enrolment in enrolments:  # rows of steps that ended are not derived any more
            codes = {"district_code": enrolment.village.district_code}
            codes |= {"subdistrict_code": enrolment.village.subdistrict_id}
            StepProgress.objects.filter(enrolment=enrolment, step__ended_on__isnull=False).update(
                **codes
            )
        refresh(enrolments, today=today, left=left[programme])
