"""An invented country of any size, for measuring: real areas, everything else made up.

Forty model villages are told by rule and measured by the code that measures every village. All
others are copies of one of them, made by PostgreSQL in one statement a table, with keys, places,
names and officers of their own. So what is derived is right in every copy, and a nation stands in
minutes. The same size gives the same data each time, keys included. Used by ``manage.py
generate``, under DEBUG only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import connection, transaction

from accounts.models import Receipt
from accounts.receipts import once
from sammachip.demo.people import make_accounts
from sammachip.generate import people, places, story
from sammachip.generate.copies import Copier
from sammachip.thai.dates import BANGKOK
from steps import reach, tally
from steps.models import Enrolment, Programme
from villages.models import Area

GENERATED = uuid5(NAMESPACE_URL, "sammachip:generated")
YEAR = 2560  # a year that is past: what is late or quiet in it no longer depends on the day
SIZES = {"province": 1_000, "region": 10_000, "nation": places.NATION}
CHUNK = 2_500  # villages copied by one statement


class Impossible(Exception):
    """Why nothing can be generated here, as a sentence."""


@dataclass(frozen=True)
class Progress:
    """Whom to tell what is being done: what, how many of it are done, and of how many."""

    tell: Callable[[str, int, int], None]

    def stage(self, what: str) -> None:
        self.tell(what, 0, 1)


def was_generated() -> bool:
    """Whether this database holds what ``generate`` made."""
    return Receipt.objects.filter(client_id=GENERATED).exists()


def refuse_unless_possible(count: int) -> None:
    """Raise Impossible where areas or programme are missing, or other villages are enrolled."""
    if connection.vendor != "postgresql":
        raise Impossible("generate needs PostgreSQL: set DATABASE_URL.")
    if Enrolment.objects.exists():
        raise Impossible("This database holds enrolled villages already; use an empty one.")
    if not Area.objects.filter(code=places.HOME).exists():
        raise Impossible("Run first: `manage.py load_areas`")
    if not Programme.objects.filter(year=YEAR).exists():
        raise Impossible("Run first: `manage.py loaddata programme-2560`")
    if not 1 <= count <= places.NATION:
        raise Impossible(f"From 1 to {places.NATION} villages can be generated.")


def generate(count: int, progress: Progress) -> None:
    """Make so many villages with everything in them; all of it or nothing.

    Raises Impossible.
    """
    refuse_unless_possible(count)
    with transaction.atomic():
        accounts = make_accounts()
        programme = Programme.objects.get(year=YEAR)
        once(
            client_id=GENERATED,
            verb="generate",
            content={"villages": count},
            by=accounts["admin"],
            at=datetime.combine(programme.closes_on, time(16), BANGKOK),
            work=lambda: _generated(programme, count, progress),
        )
    progress.stage("statistics")
    _analyze()


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _generated(programme: Programme, count: int, progress: Progress) -> dict[str, Any]:
    progress.stage("places and officers")
    villages = places.make_villages(count)
    staff = people.make_staff({village.subdistrict_id[:4] for village in villages}, programme)
    models, others = villages[: story.MODELS], villages[story.MODELS :]
    progress.stage("model villages")
    told = story.tell(models, programme, staff)
    copies = [places.copy_of(nth, village, models) for nth, village in enumerate(others)]
    with Copier(told, copies, staff, progress.stage) as copier:
        for start in range(0, len(copies), CHUNK):
            progress.tell("villages", start, len(copies))
            copier.copy(start, start + CHUNK)
    progress.stage("sums of areas")
    _add_up(programme)
    return {"villages": count}


def _add_up(programme: Programme) -> None:
    """The sums of areas, counted as ``recount`` counts them."""
    _analyze()
    reach.correct(programme.pk, reach.differences(programme.pk))
    tally.add(tally.differences(programme))
