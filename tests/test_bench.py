"""The frame of the bench: turns, ratios, targets. What it measures is no matter of tests."""

from __future__ import annotations

from tests.load.bench.__main__ import SIZES, parsed
from tests.load.bench.report import Table, Targets
from tests.load.bench.server import database
from tests.load.bench.timing import Times, in_turns


def test_every_way_is_gone_as_often_as_the_others():
    gone = []
    taken = in_turns({"ours": lambda: gone.append("o"), "hand": lambda: gone.append("h")}, 4)
    assert gone.count("o") == gone.count("h")
    assert [len(times.ms) for times in taken.values()] == [4, 4]


def test_neither_way_always_comes_first():
    gone = []
    in_turns({"ours": lambda: gone.append("o"), "hand": lambda: gone.append("h")}, 4)
    assert "".join(gone[-8:]) == "hoohhooh"


def test_a_ratio_is_the_median_of_the_rounds_own():
    busy = 10  # the last round met a busy machine, both ways alike
    ours, hand = Times([3, 3, 3 * busy]), Times([2, 2, 2 * busy])
    assert ours.over(hand) == 1.5


def test_the_95th_percentile_leaves_out_the_worst_of_a_hundred():
    assert Times([*range(1, 101)]).p95 == 95


def test_a_target_that_was_missed_says_so():
    targets = Targets()
    targets.at_most("queries of a page", 15, 16)
    targets.at_least("workbook, times as fast", 5, 11)
    text = str(targets.table())
    assert "| queries of a page | ≤ 15 | 16.00 | **missed** |" in text
    assert "| workbook, times as fast | ≥ 5 | 11.00 | reached |" in text


def test_a_table_is_markdown():
    table = Table("Exports", "Workbooks and CSV.", ("what", "ms"), [("CSV", 12)])
    assert str(table) == (
        "## Exports\n\nWorkbooks and CSV.\n\n| what | ms |\n| --- | --- |\n| CSV | 12 |\n"
    )


def test_without_arguments_everything_is_measured():
    asked = parsed([])
    assert (asked.size or SIZES, asked.only, asked.keep) == (SIZES, None, None)
    assert asked.command == "python3 dev.py bench"


def test_databases_of_the_bench_stand_beside_the_one_named():
    there = database("postgres://somebody@db.example.org:5432/sammachip", "nation")
    assert there == "postgres://somebody@db.example.org:5432/sammachip_bench_nation"
