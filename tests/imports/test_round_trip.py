"""An exported list that people edit: the difference is exactly their edits, and can go back.

Edits are random. What a file says is new, changed or the same is compared with the edits
themselves; after confirming the same file changes nothing; after the undo everything is as before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.models import Import
from accounts.rights import Role
from tests.cast import World, household, post, village
from tests.imports.bringing import (
    LATER,
    Row,
    as_csv,
    assert_counted_right,
    checked,
    counted_up,
    everything,
    taken_back,
    undone,
)
from villages.imports import confirming, difference, sheets
from villages.imports.kinds import KINDS, Kind
from villages.imports.places import EVERYWHERE
from villages.models import Household, Occupation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_of_the_write_up")]

Texts = Callable[[Random], tuple[str, str]]  # what is typed, and the flat value that means


def plain(*choices: str) -> Texts:
    """One of these; what is typed is what is stored."""
    return lambda random: (text := random.choice(choices), text)


def words(pairs: dict[str, str]) -> Texts:
    """One of these, stored under another name."""
    return lambda random: random.choice(list(pairs.items()))


@dataclass
class Edited:
    """A kind of list, which cells people edit and to what, and the rows they add."""

    kind: Kind
    fields: dict[str, Texts]
    clearable: set[str]
    key: tuple[str, ...]  # the columns by which a row is found
    added: list[tuple[Row, dict[str, str]]]  # cells by column, and the flat values they mean


def villages(world: World) -> Edited:
    for moo in range(1, 6):
        village(f"331402{moo + 10}", f"หนองบัว {moo}")
    free = iter(range(50, 99))  # no two villages of a subdistrict have one moo
    return Edited(
        KINDS["villages"],
        {
            "name_th": plain("โนนสูง", "หนองแก", "ดงรัก"),
            "name_en": plain("Non Sung", "Nong Kae"),
            "alt_name": plain("ทุ่งนา", "ป่าไม้"),
            "moo": lambda random: (text := str(next(free)), text),
        },
        {"name_en", "alt_name"},
        ("code",),
        [
            (
                {
                    "code": f"3304012{nth}",
                    "subdistrict": "บึงมะลู",
                    "district": "กันทรลักษ์",
                    "province": "ศรีสะเกษ",
                    "name_th": f"ใหม่ {nth}",
                    "latitude": "14.50000",
                    "longitude": "104",
                },
                {
                    "code": f"3304012{nth}",
                    "moo": f"2{nth}",
                    "name_th": f"ใหม่ {nth}",
                    "latitude": "14.5",
                    "longitude": "104",
                },
            )
            for nth in range(3)
        ],
    )


def households(world: World) -> Edited:
    Household.objects.filter(house_no__gt="4").delete()
    for nth in range(4):
        household(world.phing, f"9{nth}", f"นายคำ มีสุข{nth}", people=nth + 1, phone="081-000-0000")
    work = {row.name_th: row.code for row in Occupation.objects.all()[:4]}
    new = {"head_name": "นายใหม่ จริงใจ", "people": "4"}
    return Edited(
        KINDS["households"],
        {
            "head_name": lambda random: (name := f"นางบุญ {random.randrange(10**9)}", name),
            "house_no": lambda random: (text := f"{random.randrange(100, 10**6)}/7", text),
            "people": plain("1", "12"),
            "cluster": plain("คุ้มเหนือ", "คุ้มใต้"),
            "main_occupation": words(work),
            "side_occupation": words(work),
            "phone": plain("089-111-1111", "02-123-4567"),
        },
        {"people", "cluster", "main_occupation", "side_occupation", "phone"},
        ("id",),
        [
            (
                {**new, "village_code": "33040101", "house_no": f"70/{nth}"},
                {**new, "house_no": f"70/{nth}"},
            )
            for nth in range(3)
        ],
    )


def enrolments(world: World) -> Edited:
    more = [village(f"331402{moo}", f"โคกสูง {moo}") for moo in range(21, 24)]
    for user in (world.nida, world.somsak):
        post(user, Role.OFFICER, "33")
        post(user, Role.OFFICER, "34")
    world.enrolment.officer = world.malee  # whose account is closed: nobody has to mend that first
    world.enrolment.save()
    return Edited(
        KINDS["enrolments"],
        {
            "officer": words({"nida": str(world.nida.pk), "SOMSAK": str(world.somsak.pk)}),
            "budget": words({"25,000.00": "25000", "1000.5": "1000.5", "0": "0"}),
        },
        {"officer", "budget"},
        ("year", "village_code"),
        [
            (
                {"year": "2560", "village_code": row.code, "officer": "nida"},
                {"programme": str(world.programme.pk), "officer": str(world.nida.pk)},
            )
            for row in more
        ],
    )


# ---------------------------------------------------------------- what people do with a list


def exported(kind: Kind) -> list[dict[str, str]]:
    """The stored rows as their workbook says, by column."""
    names = {heading: name for name, heading in sheets.headings_of(kind.form.columns).items()}
    with sheets.stored(kind, EVERYWHERE) as file:
        rows = load_workbook(file, read_only=True).worksheets[0].iter_rows(values_only=True)
        headings, *lines = ([str(cell or "") for cell in row] for row in rows)
    return [
        {names[heading]: cell for heading, cell in zip(headings, line, strict=True)}
        for line in lines
    ]


Difference = dict[tuple[str, ...], tuple[str, dict[str, str], dict[str, str]]]


@dataclass
class Hand:
    """Edits a list at random and remembers what that has to mean."""

    edited: Edited
    random: Random
    expected: Difference = field(default_factory=dict)

    def rows(self) -> list[Row]:
        """The list after the edits, rows and columns in another order."""
        kind = self.edited.kind
        rows = exported(kind)
        self.random.shuffle(rows)
        rows = rows[: self.random.randint(1, len(rows))]  # what is absent stays as it is
        lines = [self._line(row) for row in rows]
        for cells, means in self.random.sample(self.edited.added, self.random.randint(0, 3)):
            self.expected[self.key(cells)] = ("new", {}, means)
            lines.insert(self.random.randint(0, len(lines)), dict(cells))
        headings = list(sheets.headings_of(kind.form.columns).items())
        self.random.shuffle(headings)
        return [{heading: line.get(name, "") for name, heading in headings} for line in lines]

    def _line(self, row: dict[str, str]) -> dict[str, str]:
        edited, was = self.edited, self.stored[self.key(row)]
        before, after, cells = {}, {}, dict(row)
        names = self.random.sample(list(edited.fields), self.random.choice([0, 0, 1, 2]))
        for name in names:
            if name in edited.clearable and self.random.random() < 0.4:
                typed, means = "-", ""
            else:
                typed, means = edited.fields[name](self.random)
            cells[name] = typed
            if means != was.get(name, ""):
                before[name], after[name] = was.get(name, ""), means
        self.expected[self.key(row)] = ("changed" if after else "same", before, after)
        return cells

    @cached_property
    def stored(self) -> dict[tuple[str, ...], dict[str, str]]:
        """What each row held before."""
        kind = self.edited.kind
        return {self.key(kind.cells(row)): kind.values(row) for row in kind.within(EVERYWHERE)}

    def key(self, cells: Row) -> tuple[str, ...]:
        own = tuple(str(cells.get(name, "")) for name in self.edited.key)
        return own if any(own) else (str(cells["house_no"]),)


def difference_of(brought: Import, lines: list[Row], hand: Hand) -> Difference:
    """What the import says of each line of the file."""
    names = {
        heading: name for name, heading in sheets.headings_of(hand.edited.kind.form.columns).items()
    }
    cells = [{names[heading]: text for heading, text in line.items()} for line in lines]
    return {
        hand.key(line): (str(row.outcome), row.before, row.after)
        for line, row in zip(cells, brought.rows.in_file_order(), strict=True)
    }


@pytest.mark.parametrize("of", [villages, households, enrolments])
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(random=st.randoms(use_true_random=False))
def test_edits_of_an_exported_list_are_the_difference_and_nothing_else(
    world: World, of: Callable[[World], Edited], random: Random
) -> None:
    with undone():
        edited = of(world)
        counted_up(world)
        hand = Hand(edited, random)
        lines = hand.rows()
        before = everything()

        brought = checked(edited.kind.name, as_csv(lines))
        assert difference_of(brought, lines, hand) == hand.expected
        assert everything() == before

        confirming.write(brought, by=world.anan, at=LATER)
        assert_counted_right()
        again = checked(edited.kind.name, as_csv(lines), at=LATER)
        assert {row.outcome for row in again.rows.all()} == {"same"}

        taken_back(brought)
        assert everything() == before
        assert_counted_right()


@pytest.mark.parametrize("of", [villages, households, enrolments])
def test_an_exported_list_brought_in_again_changes_nothing(
    world: World, of: Callable[[World], Edited]
) -> None:
    kind = of(world).kind
    with sheets.stored(kind, EVERYWHERE) as file:
        brought = checked(kind.name, file.read())
    assert brought.counts == {"new": 0, "changed": 0, "same": len(exported(kind)), "problem": 0}
    assert brought.repairs == {}


def test_nothing_is_written_before_it_is_confirmed(world: World) -> None:
    before = everything()
    for of in (villages, households, enrolments):
        with undone():
            edited = of(world)
            stood = everything()
            brought = checked(edited.kind.name, [*exported(edited.kind)])
            difference.check(brought, allowed=EVERYWHERE, by=None, at=LATER)
            assert everything() == stood
    assert everything() == before
