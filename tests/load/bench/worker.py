"""The process of one writer: it imports no model before Django is set up in it."""

from __future__ import annotations

import os
import time
from typing import Any

from tests.load.bench.start import django_on


def work(pipe: Any, nth: int, writers: int, district: str) -> None:
    """Record follow-up visits for so long as told, answer what came of it, and wait again."""
    django_on({"writers": os.environ["DATABASE_URL"]})
    from tests.load.bench.visits import Visits

    visits = Visits(nth, writers, district)
    pipe.send("ready")
    while task := pipe.recv():
        seconds, tally = task
        pipe.send(visits.until(time.perf_counter() + seconds, tally=tally))
