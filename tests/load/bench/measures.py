"""What is measured, in the order of the report; each function fills tables and targets."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from django.db import connection

from tests.load.bench import files, pages, sums
from tests.load.bench.imports import ROWS, Cost
from tests.load.bench.levels import TOGETHER, VILLAGE_LIST
from tests.load.bench.library import LESSONS, ON_A_PAGE, RECORDS, SECTIONS
from tests.load.bench.pages import PROVINCE, Site
from tests.load.bench.report import Table, Targets, times
from tests.load.bench.site import use
from tests.load.bench.timing import Times, in_turns
from tests.load.bench.writers import Outcome

SQL_TARGET, PAGE_TARGET, QUERIES = 1.5, 1.5, 15
DISTRICT_GROWTH, MATRIX_GROWTH = 1.3, 3
DISTRICT_PAGES = ("overview of a district", "villages of a district", "report of a district")
TALLY_TARGET, RECOUNT_SECONDS = 0.7, 60
XLSX_TARGET, CSV_MS = 5, 100
PREVIEW_SECONDS, PREVIEW_MB = 60, 500
SEARCH_MS = 100


def figures(sites: Mapping[str, Site], rounds: int, targets: Targets) -> Table:
    """Each part of each level against hand-written SQL."""
    table = Table(
        "Figures against hand-written SQL",
        "Hand: plain statements through psycopg, rows fetched. Queries: our statements, run the "
        "same way. Code: the site's function as pages call it, with the ORM and all objects made.",
        ("size", "level", "part", "hand", "queries", "", "code", ""),
    )
    ratios: dict[str, float] = {}
    for size, site in sites.items():
        for level, parts in site.parts():
            for part in parts:
                ways = {"hand": part.hand, "queries": part.replayed(), "code": part.ours}
                taken = in_turns(ways, rounds)
                hand, queries, code = taken["hand"], taken["queries"], taken["code"]
                ratio = queries.over(hand)
                row = (size, level.name, part.name, hand, queries, times(ratio), code)
                table.rows.append((*row, times(code.over(hand))))
                if part.name in (TOGETHER, VILLAGE_LIST):
                    name = VILLAGE_LIST if part.name == VILLAGE_LIST else level.name
                    ratios[name] = max(ratio, ratios.get(name, 0))
    for name, ratio in ratios.items():
        targets.at_most(f"queries over hand-written SQL: {name}", SQL_TARGET, ratio)
    return table


def whole_pages(site: Site, rounds: int, targets: Targets) -> Table:
    """Whole pages against bare ones of the same bytes."""
    table = Table(
        f"Whole pages against bare ones ({site.size})",
        "Bytes: the same bytes from a string, signed in, behind the same middleware. Frame: the "
        "same content from a string in the site's frame with its navigation. By hand: that, and "
        "the page's figures by hand-written SQL, nothing made of them.",
        ("page", "KB", "queries", "whole", "bytes", "", "frame", "", "by hand", ""),
    )
    ratios, hands, queries = [], [], []
    for page in site.pages():
        found = pages.beside_bare(page, rounds)
        by_hand: tuple[object, object] = ("", "")
        if found.by_hand:
            hands.append(found.whole.over(found.by_hand))
            by_hand = (found.by_hand, times(hands[-1]))
        ratios.append(found.whole.over(found.framed))
        queries.append(found.queries)
        bare = (found.alone, times(found.whole.over(found.alone)))
        frame = (found.framed, times(ratios[-1]))
        head = (page.name, found.size // 1000, found.queries, found.whole)
        table.rows.append((*head, *bare, *frame, *by_hand))
    targets.at_most("whole page, over the same content bare in the frame", PAGE_TARGET, max(ratios))
    targets.at_most("whole page, over the frame and hand-written SQL", PAGE_TARGET, max(hands))
    targets.at_most("queries of a page", QUERIES, max(queries))
    return table


def growth(sites: Mapping[str, Site], rounds: int, targets: Targets) -> Table:
    """The same pages at each size."""
    last, first = "nation", "province"
    table = Table(
        "The same page at each size",
        "A district is the same at every size, villages and all; an overview of the nation has "
        "as many provinces as were generated.",
        ("page", *sites, f"{last} over {first}"),
    )
    for name, taken in pages.growth(sites, rounds).items():
        ratio = taken[last].over(taken[first])
        table.rows.append((name, *(taken[size] for size in sites), times(ratio)))
        if name in DISTRICT_PAGES:
            targets.at_most(f"{name}: {last} over {first}", DISTRICT_GROWTH, ratio)
    both = pages.matrix(sites[last], sites[first], rounds)
    ratio = both["nation"].over(both["province"])
    row = [both["province"] if size == first else "" for size in sites]
    row[-1] = both["nation"]
    table.rows.append(("the nation's overview over a province's", *row, times(ratio)))
    targets.at_most("the nation's overview over a province's", MATRIX_GROWTH, ratio)
    return table


def importing(costs: Mapping[str, Mapping[str, Cost]], targets: Targets) -> Table:
    """Files of 100,000 rows; each way is gone once, in a process of its own."""
    table = Table(
        "Imports",
        f"{ROWS:,} villages in a file, each way once in a process of its own; MB is the most "
        "memory it held. By hand: csv and executemany in one transaction, nothing looked at.",
        ("what", *(f"{name}, {unit}" for name in costs for unit in ("s", "MB"))),
    )
    for what in next(iter(costs.values())):
        gone = [one[what] for one in costs.values()]
        table.rows.append((what, *(f"{n:.0f}" for cost in gone for n in (cost.seconds, cost.mb))))
    confirmed, hand = "confirm", "by hand, all that confirming writes"
    ratios = [times(one[confirmed].seconds / one[hand].seconds) for one in costs.values()]
    table.rows.append(
        ("confirm, over by hand", *(cell for ratio in ratios for cell in (ratio, "")))
    )
    previews = {
        f"{what}, {name}": cost
        for name, one in costs.items()
        for what, cost in one.items()
        if what.startswith("preview")
    }
    slowest, largest = (
        max(previews, key=lambda what: getattr(previews[what], unit)) for unit in ("seconds", "mb")
    )
    targets.at_most(f"{slowest}: seconds", PREVIEW_SECONDS, previews[slowest].seconds)
    targets.at_most(f"{largest}: MB", PREVIEW_MB, previews[largest].mb)
    return table


def writing(found: Outcome, targets: Targets) -> Table:
    """Eight writers with the sums and without."""
    table = Table(
        "Eight writers in one district",
        "Follow-up visits through the verb, each writer in villages of its own, so that they "
        "meet only in the sums. Stretches with the sums and without follow each other in turns.",
        ("", "writes a second", "ms a write", "deadlocks"),
    )
    for name, stretches in (("with the sums", found.kept), ("without", found.without)):
        every = sorted(ms for one in stretches for ms in one.ms)
        median, p95 = statistics.median(every), every[int(0.95 * len(every))]
        speed = statistics.median(one.a_second for one in stretches)
        lost = sum(one.deadlocks for one in stretches)
        table.rows.append((name, f"{speed:.0f}", f"{median:.1f} / {p95:.1f}", lost))
    pairs = zip(found.kept, found.without, strict=True)
    ratio = statistics.median(one.a_second / other.a_second for one, other in pairs)
    table.rows.append(("ratio", times(ratio), "", ""))
    targets.at_least("writes with the sums, over without", TALLY_TARGET, ratio)
    deadlocks = sum(one.deadlocks for one in found.kept)
    targets.at_most("deadlocks of eight writers", 0, deadlocks)
    targets.true("sums right after all of them wrote", found.right, reached=found.right)
    return table


def recounting(sites: Mapping[str, Site], targets: Targets) -> Table:
    """Adding all sums up again."""
    table = Table(
        "Recount of all sums",
        "`recount --sums-only --dry-run`, beside one statement that counts statuses by area.",
        ("size", "seconds", "one statement, s", "found wrong"),
    )
    for size in sites:
        seconds, right = sums.recount(size)
        statement = sums.one_pass(size)
        table.rows.append((size, f"{seconds:.1f}", f"{statement:.1f}", "none" if right else "some"))
        if size == "nation":
            targets.at_most("recount of the nation's sums, seconds", RECOUNT_SECONDS, seconds)
            targets.true("and equal to what verbs kept", right, reached=right)
    return table


def searching(taken: tuple[Mapping[str, Times], Mapping[str, Times]], targets: Targets) -> Table:
    """A page of hits in the library, as it is and with a trigram index on what is searched."""
    table = Table(
        "Searching the library",
        f"A page of hits among {LESSONS:,} shared lessons and {RECORDS:,} published records with "
        f"{len(SECTIONS)} sections each: the count, the first {ON_A_PAGE} and what is shown of "
        "them. Indexed: with trigram indexes, which the site does not have.",
        ("search", "ms", "indexed", ""),
    )
    plain, indexed = taken
    for name, times_taken in plain.items():
        faster = times(times_taken.median / indexed[name].median)
        table.rows.append((name, times_taken, indexed[name], faster))
    worst = max(each.median for each in plain.values())
    targets.at_most("a search of the library, ms", SEARCH_MS, worst)
    return table


def exporting(site: Site, rounds: int, targets: Targets) -> Table:
    """Workbooks and CSV."""
    user = site.people["nation"].user
    found = files.measured(site.size, user, PROVINCE, rounds)
    table = Table(
        "Exports",
        f"A workbook of {files.ROWS:,} rows and {files.COLUMNS} columns from memory; then the "
        f"{found.villages:,} villages of a province from the database.",
        ("what", "ms", ""),
    )
    ratio = found.openpyxl.over(found.ours)
    table.rows += [
        ("workbook", found.ours, ""),
        ("the same by openpyxl, write-only", found.openpyxl, times(ratio)),
        ("first bytes of CSV", found.first_csv, ""),
        ("whole CSV", f"{found.whole_csv:.0f}", ""),
        ("whole workbook", f"{found.whole_xlsx:.0f}", ""),
    ]
    targets.at_least("workbook, times as fast as openpyxl", XLSX_TARGET, ratio)
    targets.at_most("first bytes of CSV, ms", CSV_MS, found.first_csv.median)
    return table


def server_words(size: str) -> str:
    """The server as it runs."""
    use(size)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('shared_buffers'),"
            " current_setting('fsync'), pg_size_pretty(pg_database_size(current_database()))"
        )
        version, buffers, fsync, holds = cursor.fetchone()
    words = f"PostgreSQL {version}, shared_buffers {buffers}, fsync {fsync}"
    return f"{words}; the {size} is {holds}"
