"""Whole pages: beside bare ones of the same bytes, and beside themselves at other sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.load.bench import urls
from tests.load.bench.levels import (
    Level,
    Part,
    a_district,
    checked,
    levels,
    together,
    village_list,
)
from tests.load.bench.site import Visitor, use, visitor
from tests.load.bench.timing import Times, Way, in_turns

PROVINCE = "52"


@dataclass(frozen=True)
class Page:
    """An address as somebody asks for it; ``by_hand`` is what a page shows, by hand-written SQL."""

    name: str
    address: str
    visitor: Visitor
    by_hand: Sequence[Way] = ()

    def get(self) -> bytes:
        return self.visitor.get(self.address)


@dataclass(frozen=True)
class Site:
    """The people and pages measured in the database of one size."""

    size: str
    levels: list[Level]
    people: dict[str, Visitor]

    def parts(self) -> Iterator[tuple[Level, list[Part]]]:
        """The parts of every level's page, and the list of a district, each checked."""
        use(self.size)
        for level in self.levels:
            parts = list(level.parts())
            yield level, checked([*parts, together(parts)])
            if level.name == "district":
                yield level, checked([village_list(level)])

    def pages(self) -> list[Page]:
        """The pages people open most."""
        use(self.size)
        by_level = {level.name: level for level in self.levels}
        district = by_level["district"]
        overviews = [
            Page(
                f"overview of the {name}" if name == "nation" else f"overview of a {name}",
                f"/areas/{level.code}/" if level.code else "/areas/",
                self.people[name],
                [part.hand for part in level.parts()],
            )
            for name, level in by_level.items()
        ]
        chief, reviewer = self.people["district"], self.people["province"]
        listed = f"/villages/?area={district.code}&year={district.year.number}"
        return [
            *overviews,
            Page("villages of a district", listed, chief, [village_list(district).hand]),
            Page("report of a district", f"/areas/{district.code}/report/", chief),
            Page("review queue of a province", "/review/", reviewer),
            Page("home of an officer", "/", self.people["officer"]),
            Page("home of a reviewer", "/", reviewer),
        ]


def site_of(size: str) -> Site:
    """The site at a size, with somebody of each level signed in."""
    use(size)
    district = a_district(PROVINCE)
    national, of_province = visitor(size, "department", None), visitor(size, "province", PROVINCE)
    chief, officer = visitor(size, "chief", district), visitor(size, "officer", district)
    people = {"nation": national, "province": of_province, "district": chief, "subdistrict": chief}
    found = levels(national.user, of_province.user, chief.user, district)
    return Site(size, found, {**people, "officer": officer})


# ---------------------------------------------------------------- beside bare pages


@dataclass(frozen=True)
class PageTimes:
    """A page beside others of the same bytes: behind the same middleware, in the same frame, and
    in the frame with the page's figures by hand-written SQL."""

    page: Page
    size: int
    queries: int
    whole: Times
    alone: Times
    framed: Times
    by_hand: Times | None


def beside_bare(page: Page, rounds: int) -> PageTimes:
    """Measure a page in turns with bare ones."""
    content = page.get()
    urls.held.hold(content)

    def by_hand() -> None:
        page.visitor.get("/bench/frame/")
        for way in page.by_hand:
            way()

    ways: dict[str, Way] = {
        "whole": page.get,
        "alone": lambda: page.visitor.get("/bench/bytes/"),
        "framed": lambda: page.visitor.get("/bench/frame/"),
    }
    if page.by_hand:
        ways["by hand"] = by_hand
    times = in_turns(ways, rounds)
    return PageTimes(
        page,
        len(content),
        queries_of(page),
        times["whole"],
        times["alone"],
        times["framed"],
        times.get("by hand"),
    )


def queries_of(page: Page) -> int:
    """How many statements a page takes, sign-in included."""
    use(page.visitor.size)
    with CaptureQueriesContext(connection) as captured:
        page.get()
    return len(captured)


# ---------------------------------------------------------------- at other sizes


def growth(sites: Mapping[str, Site], rounds: int) -> dict[str, dict[str, Times]]:
    """Each page at every size in turns: page -> size -> times."""
    by_size = {size: {page.name: page for page in site.pages()} for size, site in sites.items()}
    names = list(next(iter(by_size.values())))
    return {
        name: in_turns({size: pages[name].get for size, pages in by_size.items()}, rounds)
        for name in names
    }


def matrix(nation: Site, province: Site, rounds: int) -> dict[str, Times]:
    """The nation's overview beside a province's, where each has all its parts."""
    of_nation = {page.name: page for page in nation.pages()}
    of_province = {page.name: page for page in province.pages()}
    ways: dict[str, Way] = {
        "nation": of_nation["overview of the nation"].get,
        "province": of_province["overview of a province"].get,
    }
    return in_turns(ways, rounds)
