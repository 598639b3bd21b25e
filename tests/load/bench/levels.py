"""The levels of the overview and the list of villages: our figures beside the same by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db import connection

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.thai.dates import BANGKOK
from steps import lists, rollups
from steps.board import numbers, places
from steps.board.attention import attention_of
from steps.board.moved import moves_of
from steps.board.places import Place, Year
from steps.lists import Filters
from steps.models import YearProgress
from tests.load.bench import floors
from tests.load.bench.floors import Asked
from tests.load.bench.site import TODAY
from tests.load.bench.timing import Way
from villages.models import Area
from villages.views import listing

VILLAGE_LIST = "village list"
LIKE_A_DISTRICT = 83  # villages; districts differ, so one near the average is measured


@dataclass(frozen=True)
class Part:
    """One part of a page: by the site's code, and by hand; ``same`` compares the answers."""

    name: str
    ours: Way
    hand: Way
    same: Callable[[Any, Any], bool]

    def check(self) -> None:
        """Both must answer the same; what is compared otherwise means nothing."""
        if not self.same(self.ours(), self.hand()):
            raise AssertionError(f"{self.name}: by hand the figures are others")

    def replayed(self) -> Way:
        """Our very statements, by psycopg alone: what they cost without the ORM around them."""
        found: list[tuple[Any, Any]] = []

        def remember(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
            found.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(remember):
            self.ours()
        return lambda: [floors.rows(sql, params) for sql, params in found]


@dataclass(frozen=True)
class Level:
    """A place of the overview as somebody sees it."""

    name: str
    code: str
    user: User
    place: Place = field(init=False)
    year: Year = field(init=False)

    def __post_init__(self) -> None:
        national = access.scope(self.user, Right.VIEW, TODAY).national
        around = access.areas_around(self.user, self.code, TODAY) if self.code else []
        place = (
            places.place_of(self.code, around, national=national) if around else places.country()
        )
        year = places.year_shown(places.years_of(place), "", TODAY)
        if year is None:
            raise LookupError("no programme year was generated")
        object.__setattr__(self, "place", place)
        object.__setattr__(self, "year", year)

    @property
    def asked(self) -> Asked:
        programme = self.year.programme
        judged_on = programme.judged_on(TODAY)
        since = datetime.combine(TODAY - timedelta(days=7), time.min, BANGKOK)
        return Asked(
            programme=programme.pk,
            area=self.code,
            parts=[area.code for area in self.place.below],
            silent_since=judged_on - timedelta(days=programme.quiet_days),
            judged_on=judged_on,
            moved_since=since,
        )

    def parts(self) -> Iterator[Part]:
        """The figures, and what else the page shows of them."""
        asked, year, on = self.asked, self.year, TODAY
        board = numbers.board_of(self.place, year, on)
        if self.place.is_subdistrict:
            yield Part(
                "figures",
                lambda: numbers.board_of(self.place, year, on),
                lambda: floors.villages(asked),
                same_villages,
            )
        else:
            yield Part(
                "figures",
                lambda: numbers.board_of(self.place, year, on),
                lambda: floors.figures(asked),
                same_figures,
            )
        yield Part(
            "by month",
            lambda: rollups.verified_by_month(year.programme, board.counted_codes),
            lambda: floors.months(asked),
            same_months,
        )
        yield Part(
            "what moved", lambda: moves_of(board, on), lambda: floors.moved(asked), same_moves
        )
        yield Part(
            "attention",
            lambda: attention_of(board, self.user, on),
            lambda: floors.attention(asked),
            same_attention,
        )


def checked(parts: list[Part]) -> list[Part]:
    """The parts, once each was found to be the same by hand."""
    for part in parts:
        part.check()
    return parts


TOGETHER = "all of it"


def together(parts: list[Part]) -> Part:
    """All parts of a level one after another, as a page asks for them."""
    return Part(
        TOGETHER,
        lambda: [part.ours() for part in parts],
        lambda: [part.hand() for part in parts],
        lambda ours, hand: len(ours) == len(hand),
    )


def same_figures(board: numbers.Board, hand: dict[str, dict[str, int]]) -> bool:
    return all(
        line.figures.quiet == hand[line.code].get("quiet", 0)
        and all(
            getattr(line.figures, name) == hand[line.code].get(name, 0) for name in rollups.PLAIN
        )
        and all(
            step.verified == hand[line.code].get(f"{number} verified", 0)
            for number, step in line.figures.by_step.items()
        )
        for line in board.lines
    )


def same_villages(board: numbers.Board, hand: tuple[floors.Rows, int]) -> bool:
    rows, shared = hand
    own = sum(line.figures.people for line in board.lines)
    verified = [(line.code, line.figures.verified) for line in board.lines]
    return verified == [(row[0], row[3]) for row in rows] and board.figures.people == own + shared


def same_months(months: dict[str, dict[str, int]], hand: floors.Rows) -> bool:
    return sum(sum(steps.values()) for steps in months.values()) == sum(row[2] for row in hand)


def same_moves(moves: Any, hand: tuple[dict[str, int], datetime | None, floors.Rows]) -> bool:
    counts, waiting, rows = hand
    return (dict(moves.counts), moves.waiting_since, len(moves.rows)) == (
        counts,
        waiting,
        len(rows),
    )


def same_attention(rows: list[Any], hand: floors.Rows) -> bool:
    return [row.href.split("/")[2] for row in rows] == [row[0] for row in hand]


# ---------------------------------------------------------------- which places


def levels(national: User, of_province: User, of_district: User, district: str) -> list[Level]:
    """A place of each kind, by those who look at it day by day."""
    subdistrict = Area.objects.current().filter(parent=district).in_official_order()[0].code
    return [
        Level("nation", "", national),
        Level("province", district[:2], of_province),
        Level("district", district, of_district),
        Level("subdistrict", subdistrict, of_district),
    ]


def a_district(province: str) -> str:
    """A district of average size in a province, the same at every size."""
    counts: dict[str, int] = {}
    here = YearProgress.objects.filter(district_code__startswith=province)
    for code in here.values_list("district_code", flat=True):
        counts[code] = counts.get(code, 0) + 1
    return min(counts, key=lambda code: (abs(counts[code] - LIKE_A_DISTRICT), code))


# ---------------------------------------------------------------- the list


def village_list(level: Level) -> Part:
    """The first page of a district's villages, counted, with where each stands."""
    filters = Filters(area=level.code, year=str(level.year.number))

    def ours() -> tuple[int, list[listing.Row]]:
        villages = lists.listed(level.user, filters, TODAY).with_area()
        page = Paginator(villages, listing.ROWS_A_PAGE).get_page(1)
        return page.paginator.count, listing.rows_of(page.object_list, filters, level.user, TODAY)

    def same(mine: tuple[int, list[listing.Row]], hand: tuple[int, floors.Rows]) -> bool:
        codes = [row.href.split("/")[2] for row in mine[1]]
        quiet = sum(bool(row.quiet) for row in mine[1])
        return (mine[0], codes, quiet) == (
            hand[0],
            [row[0] for row in hand[1]],
            sum(bool(row[-1]) for row in hand[1]),
        )

    return Part(VILLAGE_LIST, ours, lambda: floors.listed(level.asked), same)
