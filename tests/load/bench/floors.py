"""The figures of an overview by hand-written SQL, as far as plain statements go.

Each function answers what the site's own answers, in plain tuples and dictionaries; levels.py
compares the two before anything is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Asked:
    """What figures are of: an area ("" is the country), its parts, and the days that matter."""

    programme: int
    area: str
    parts: Sequence[str]
    silent_since: date
    judged_on: date
    moved_since: datetime

    @property
    def codes(self) -> list[str]:
        return [*([self.area] if self.area else []), *self.parts]

    @property
    def where(self) -> tuple[str, list[object]]:
        """Rows of steps and years within the area."""
        if len(self.area) == 4:
            return " AND district_code = %s", [self.area]
        if len(self.area) == 6:
            return " AND district_code = %s AND subdistrict_code = %s", [self.area[:4], self.area]
        if self.area:
            after = str(int(self.area) + 1)
            return " AND district_code >= %s AND district_code < %s", [self.area, after]
        return "", []


def rows(statement: str, values: Sequence[object]) -> Rows:
    """All rows, by psycopg on the site's own connection."""
    with connection.connection.cursor() as cursor:
        return list(cursor.execute(statement, values).fetchall())


# ---------------------------------------------------------------- figures

SUMS = """
SELECT area_code, figure, n FROM steps_tally
WHERE programme_id = %s AND month = '' AND area_code = ANY(%s)
"""
PEOPLE = """
SELECT area_code, sum(people) FROM steps_occasionreach
WHERE programme_id = %s AND area_code = ANY(%s) GROUP BY area_code
"""
QUIET = """
SELECT left({column}, {digits}), count(*) FROM steps_yearprogress
WHERE programme_id = %s AND NOT complete
AND (last_activity_on < %s OR last_activity_on IS NULL){where}
GROUP BY 1
"""


def figures(asked: Asked) -> dict[str, dict[str, int]]:
    """Every sum of the area and its parts, with shared people and quiet villages added."""
    found: dict[str, dict[str, int]] = {code: {} for code in asked.codes}
    for code, name, n in rows(SUMS, [asked.programme, asked.codes]):
        found[code][name] = n
    for code, people in rows(PEOPLE, [asked.programme, asked.codes]):
        found[code]["people"] = found[code].get("people", 0) + int(people)
    where, values = asked.where
    digits = len(asked.parts[0])
    column = "district_code" if digits <= 4 else "subdistrict_code"
    statement = QUIET.format(column=column, digits=digits, where=where)
    for code, n in rows(statement, [asked.programme, asked.silent_since, *values]):
        found[code]["quiet"] = n
    if asked.area:
        found[asked.area]["quiet"] = sum(found[code].get("quiet", 0) for code in asked.parts)
    return found


VILLAGES = """
SELECT v.code, v.name_th, y.steps, y.verified, y.submitted, y.returned, y.complete, y.committee,
       y.activities, y.village_work, y.community_led, y.people, y.households, y.budget,
       y.contributed, y.first_open_id, y.last_activity_on,
       array_agg(p.step_id ORDER BY p.step_id), array_agg(p.status ORDER BY p.step_id)
FROM steps_yearprogress y
JOIN steps_enrolment e ON e.id = y.enrolment_id
JOIN villages_village v ON v.id = e.village_id
JOIN steps_stepprogress p ON p.enrolment_id = e.id
WHERE y.programme_id = %s AND y.district_code = %s AND y.subdistrict_code = %s
GROUP BY v.id, y.id ORDER BY v.code
"""
SHARED = """
SELECT coalesce(sum(people), 0) FROM steps_occasionreach WHERE programme_id = %s AND area_code = %s
"""


def villages(asked: Asked) -> tuple[Rows, int]:
    """The villages of a subdistrict with their steps, and the people they share."""
    found = rows(VILLAGES, [asked.programme, asked.area[:4], asked.area])
    return found, int(rows(SHARED, [asked.programme, asked.area])[0][0])


# ---------------------------------------------------------------- beside them

MONTHS = """
SELECT month, figure, sum(n) FROM steps_tally
WHERE programme_id = %s AND month <> '' AND area_code = ANY(%s) GROUP BY 1, 2
"""


def months(asked: Asked) -> Rows:
    """Steps verified by month."""
    codes = [asked.area] if asked.area else list(asked.parts)
    return rows(MONTHS, [asked.programme, codes])


MOVED = """
SELECT status, count(*) FROM steps_stepprogress
WHERE moved_at >= %s AND status IN ('submitted', 'returned', 'verified'){where} GROUP BY status
"""
WAITING = "SELECT min(moved_at) FROM steps_stepprogress WHERE status = 'submitted'{where}"
LATEST = """
SELECT p.status, p.moved_at, s.number, s.short_th, v.code, v.name_th, a.name_th, d.name_th
FROM (SELECT * FROM steps_stepprogress
      WHERE moved_at >= %s AND status IN ('submitted', 'returned', 'verified'){where}
      ORDER BY moved_at DESC, id DESC LIMIT 10) p
JOIN steps_step s ON s.id = p.step_id
JOIN steps_enrolment e ON e.id = p.enrolment_id
JOIN villages_village v ON v.id = e.village_id
JOIN villages_area a ON a.code = v.subdistrict_id
JOIN villages_area d ON d.code = a.parent_id
ORDER BY p.moved_at DESC, p.id DESC
"""


def moved(asked: Asked) -> tuple[dict[str, int], datetime | None, Rows]:
    """What moved this week: how many, since when the oldest waits, and the latest ten."""
    where, values = asked.where
    counts: dict[str, int] = dict(rows(MOVED.format(where=where), [asked.moved_since, *values]))
    waiting = rows(WAITING.format(where=where), values)[0][0]
    return counts, waiting, rows(LATEST.format(where=where), [asked.moved_since, *values])


ATTENTION = """
SELECT v.code, v.name_th, s.number, s.due_on, u.name, u.phone, a.name_th, d.name_th,
       (SELECT reason FROM steps_quietreason q WHERE q.enrolment_id = y.enrolment_id
        ORDER BY q.at DESC LIMIT 1)
FROM steps_yearprogress y
JOIN steps_enrolment e ON e.id = y.enrolment_id
JOIN villages_village v ON v.id = e.village_id
JOIN villages_area a ON a.code = v.subdistrict_id
JOIN villages_area d ON d.code = a.parent_id
LEFT JOIN steps_step s ON s.id = y.first_open_id AND s.due_on < %s
LEFT JOIN accounts_user u ON u.id = e.officer_id
WHERE y.programme_id = %s{where} AND (
    s.id IS NOT NULL
    OR NOT y.complete AND (y.last_activity_on < %s OR y.last_activity_on IS NULL)
)
ORDER BY s.due_on NULLS LAST, y.last_activity_on NULLS FIRST, v.code LIMIT 10
"""


def attention(asked: Asked) -> Rows:
    """The ten villages to call first."""
    where, values = asked.where
    values = [asked.judged_on, asked.programme, *values, asked.silent_since]
    return rows(ATTENTION.format(where=where), values)


# ---------------------------------------------------------------- the list of villages

COUNTED = """
SELECT count(*) FROM villages_village v JOIN steps_enrolment e ON e.village_id = v.id
WHERE e.programme_id = %s AND v.code >= %s AND v.code < %s
"""
LISTED = """
SELECT v.code, v.name_th, v.alt_name, a.name_th, d.name_th, u.name, u.phone,
       y.steps, y.verified + y.submitted,
       s.due_on, NOT y.complete AND (y.last_activity_on < %s OR y.last_activity_on IS NULL)
FROM villages_village v
JOIN steps_enrolment e ON e.village_id = v.id
JOIN steps_yearprogress y ON y.enrolment_id = e.id
JOIN villages_area a ON a.code = v.subdistrict_id
JOIN villages_area d ON d.code = a.parent_id
LEFT JOIN steps_step s ON s.id = y.first_open_id AND s.due_on < %s
LEFT JOIN accounts_user u ON u.id = e.officer_id
WHERE e.programme_id = %s AND v.code >= %s AND v.code < %s
ORDER BY v.code LIMIT 50
"""


def listed(asked: Asked) -> tuple[int, Rows]:
    """The first page of a district's villages with where they stand, and how many there are."""
    within = [asked.programme, f"{asked.area}0000", f"{int(asked.area) + 1}0000"]
    n = rows(COUNTED, within)[0][0]
    return n, rows(LISTED, [asked.silent_since, asked.judged_on, *within])
