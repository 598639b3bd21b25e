"""Everything an import can say is said somewhere, by a row that a test brings in."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from tests.imports import test_faults_people as people
from tests.imports import test_faults_villages as villages
from tests.imports.faults import codes_in
from villages.imports.words import FILES, PROBLEMS, REPAIRS, Words

TABLES = [
    villages.SHEETS,
    people.HOUSEHOLDS,
    people.MEMBERS,
    people.ENROLMENTS,
    people.OFFICERS,
]
# Said by tests of their own: ids, places outside of the person's, sheets that speak of areas or
# of the same, lists of one village.
ELSEWHERE = {
    "unknown_id",
    "ended",
    "taken",
    "joined_after_leaving",
    "area_not_yours",
    "twice_apart",
    "not_this_village",
}


def test_every_problem_is_raised_by_a_row_of_a_test() -> None:
    assert codes_in(TABLES, problems=True) | ELSEWHERE == PROBLEMS.keys()


def test_every_repair_is_made_by_a_row_of_a_test() -> None:
    assert codes_in(TABLES, problems=False) | {"from_sheet"} == REPAIRS.keys()


@pytest.mark.parametrize("words", [FILES, PROBLEMS, REPAIRS], ids=["files", "problems", "repairs"])
def test_everything_is_said_in_thai(words: Words) -> None:
    with override("th"):
        sentences = {code: str(text) for code, text in words.items()}
    assert {code: text for code, text in sentences.items() if not re.search("[ก-ฮ]", text)} == {}
