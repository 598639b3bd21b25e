"""Names stand in the same order in both databases, and no two names become one."""

import random
import sqlite3
from types import SimpleNamespace
from typing import Any

import geothai
import pytest
from django.db import connection
from django.db.migrations.state import ProjectState

from sammachip.thai.database import ThaiCollation, register_collation
from sammachip.thai.text import sort_key

LOOK_ALIKES = ["แก้ว", "เเก้ว", "ก แก้ว", "กแก้ว", "ก-แก้ว", "น้ำ", "นำ้", "หมู่ ๑", "หมู่ 1"]


def official_names():
    """Every distinct Thai name of a province, district and subdistrict, in no order."""
    names = set()
    for province in geothai.provinces():
        names.add(province.name_th)
        for district in geothai.districts(province.code):
            names.add(district.name_th)
            names.update(area.name_th for area in geothai.subdistricts(district.code))
    return random.Random(33).sample(sorted(names), len(names))


def wrapper(vendor, raw=None) -> Any:
    """What Django puts around a connection; PostgreSQL's would fail when asked to do anything."""
    return SimpleNamespace(vendor=vendor, connection=raw)


@pytest.fixture
def sqlite():
    raw = sqlite3.connect(":memory:")
    register_collation(connection=wrapper("sqlite", raw), sender=None, signal=None)
    yield raw
    raw.close()


def test_a_new_sqlite_connection_sorts_as_a_thai_dictionary(sqlite):
    sqlite.execute("create table area (name text collate thai)")
    sqlite.executemany("insert into area values (?)", [("เก",), ("กา",), ("ขา",), ("โก",)])
    rows = sqlite.execute("select name from area order by name").fetchall()
    assert rows == [("กา",), ("เก",), ("โก",), ("ขา",)]


def test_names_that_only_look_alike_stay_apart_in_a_unique_column(sqlite):
    sqlite.execute("create table area (name text collate thai unique)")
    sqlite.executemany("insert into area values (?)", [(name,) for name in LOOK_ALIKES])
    for name in LOOK_ALIKES:
        assert sqlite.execute("select name from area where name = ?", (name,)).fetchall() == [
            (name,)
        ]
    with pytest.raises(sqlite3.IntegrityError):
        sqlite.execute("insert into area values (?)", LOOK_ALIKES[:1])


def test_a_postgresql_connection_is_left_alone():
    register_collation(connection=wrapper("postgresql"), sender=None, signal=None)


def editor(vendor) -> Any:
    """A schema editor that only notes what it is asked to run."""
    ran: list[str] = []
    return SimpleNamespace(connection=wrapper(vendor), ran=ran, execute=ran.append)


@pytest.mark.parametrize(
    ("vendor", "forwards", "backwards"),
    [
        (
            "postgresql",
            ["CREATE COLLATION thai (provider = icu, locale = 'th-TH')"],
            ["DROP COLLATION thai"],
        ),
        ("sqlite", [], []),
    ],
)
def test_the_migration_makes_and_removes_the_collation_in_postgresql_only(
    vendor, forwards, backwards
):
    there, back, state = editor(vendor), editor(vendor), ProjectState()
    ThaiCollation().database_forwards("villages", there, state, state)
    ThaiCollation().database_backwards("villages", back, state, state)
    assert (there.ran, back.ran) == (forwards, backwards)


@pytest.mark.django_db
@pytest.mark.parametrize("names", [official_names(), LOOK_ALIKES], ids=["official", "look-alike"])
def test_this_database_sorts_names_as_the_dictionary_key_does(names):
    rows = ", ".join(["(%s)"] * len(names))
    query = f"select column1 from (values {rows}) as names order by column1 collate thai"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, names)
        assert [name for (name,) in cursor.fetchall()] == sorted(names, key=sort_key)
