"""Adding all sums up again, and whether they are what verbs kept."""

from __future__ import annotations

import time
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection

from tests.load.bench.site import use
from tests.load.bench.timing import milliseconds


def recount(size: str, *, dry_run: bool = True) -> tuple[float, bool]:
    """Seconds that ``recount --sums-only`` takes, and whether every sum was right."""
    use(size)
    started, right = time.perf_counter(), True
    try:
        call_command("recount", sums_only=True, dry_run=dry_run, stdout=StringIO())
    except CommandError:
        right = False
    return time.perf_counter() - started, right


PASS = """
SELECT count(*), sum(n) FROM (
    SELECT left(y.subdistrict_code, d.digits) code, s.number, p.status, count(*) n
    FROM steps_stepprogress p
    JOIN steps_step s ON s.id = p.step_id
    JOIN steps_yearprogress y ON y.enrolment_id = p.enrolment_id
    CROSS JOIN (VALUES (2), (4), (6)) d (digits)
    GROUP BY 1, 2, 3
) sums
"""


def one_pass(size: str) -> float:
    """Seconds for one statement that counts statuses by area: the least a recount could take."""
    use(size)

    def count() -> None:
        with connection.cursor() as cursor:
            cursor.execute(PASS)
            cursor.fetchall()

    return milliseconds(count) / 1000
