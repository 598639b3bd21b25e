"""Rows stored by COPY are those that bulk_create would have stored."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.bulk import insert
from accounts.history import note
from accounts.models import History, HistoryValue, Import, ImportRow
from tests.cast import NOW, World

pytestmark = pytest.mark.django_db

TEXTS = ["", "บ้านตระกาจ", "a\"b'c", "back\\slash \\N \\.", "tab\tline\nreturn\r", "{1,2}", "NULL"]


@pytest.fixture
def entry(world: World) -> History:
    return note(by=world.anan, at=NOW, verb="demo", subject=world.trakat)


def rows(brought: Import) -> list[ImportRow]:
    """Every text in every kind of column."""
    return [
        ImportRow(
            brought=brought,
            number=nth,
            outcome="new",
            label=text,
            cells=[text, nth, 1.5],
            after={"name": text, text: None},
            problems=[{"field": text, "params": {"row": nth}}],
        )
        for nth, text in enumerate(TEXTS, start=1)
    ]


def stored(brought: Import) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in ("id", "brought_id")}
        for row in brought.rows.order_by("id").values()
    ]


def test_what_is_stored_is_the_same_whatever_the_texts_in_the_same_order(world: World) -> None:
    one, other = (Import.objects.create(kind="villages", name=name, sha256="") for name in "ab")
    insert(rows(one))
    ImportRow.objects.bulk_create(rows(other))
    assert stored(one) == stored(other)
    assert [row["label"] for row in stored(one)] == TEXTS


def test_a_hundred_more_come_after_in_parts_too(world: World) -> None:
    brought = Import.objects.create(kind="villages", name="x", sha256="")
    for start in (0, 1000):
        insert(
            [ImportRow(brought=brought, number=start + nth, outcome="same") for nth in range(600)]
        )
    numbers = list(brought.rows.in_file_order().values_list("number", flat=True))
    assert numbers == [*range(600), *range(1000, 1600)]


def test_defaults_dates_and_keys_made_here_are_stored(entry: History) -> None:
    value = HistoryValue(entry_id=entry.pk, field="name", old="a", erased_on=NOW.date())
    insert([value])
    assert HistoryValue.objects.get(pk=value.pk).erased_on == NOW.date()


def test_nothing_to_store_is_no_fault(world: World) -> None:
    insert([])


def test_what_the_constraints_refuse_is_refused(entry: History) -> None:
    values = [HistoryValue(entry_id=entry.pk, field="name") for _nth in range(2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(values)
    assert not HistoryValue.objects.filter(entry=entry).exists()
