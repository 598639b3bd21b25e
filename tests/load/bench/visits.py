"""What one writer does: record follow-up visits through the verb, village after village."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from itertools import cycle
from unittest import mock
from uuid import uuid4

from django.db import OperationalError

from steps.models import Enrolment
from steps.recording.activities import Occasion, Part, record
from steps.recording.core import Sender
from tests.load.bench.site import NOW


class Visits:
    """The villages of one writer: every so-manieth of the district, so that they meet only in
    the sums of its areas."""

    def __init__(self, nth: int, writers: int, district: str) -> None:
        here = Enrolment.objects.filter(standing__district_code=district).for_pages()
        own = list(here.order_by("village__code"))[nth::writers]
        self.enrolments: Iterator[Enrolment] = cycle(own)

    def until(self, end: float, *, tally: bool) -> tuple[int, int, list[float]]:
        """Write until then: how many were written, how many deadlocks, and how long each took."""
        writes, deadlocks, taken = 0, 0, []
        with nullcontext() if tally else _no_sums():
            while (started := time.perf_counter()) < end:
                try:
                    self.write(next(self.enrolments))
                except OperationalError:
                    deadlocks += 1
                    continue
                writes += 1
                taken.append((time.perf_counter() - started) * 1000)
        return writes, deadlocks, taken

    def write(self, enrolment: Enrolment) -> None:
        """One visit, as an officer records it."""
        values = {
            "form": "follow_up",
            "held_on": (NOW - timedelta(days=1)).date().isoformat(),
            "place": "ศาลาประชาคมหมู่บ้าน",
            "led_by": "committee",
            "total": "12",
        }
        occasion = Occasion(parts=[Part(enrolment, None)], values=values)
        assert enrolment.officer is not None
        record(occasion=occasion, sender=Sender(enrolment.officer, NOW, uuid4()))


def _no_sums() -> AbstractContextManager[object]:
    """As if areas had no sums."""
    return mock.patch("steps.progress.add", return_value=None)
