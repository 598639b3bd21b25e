"""A demo province: invented people and villages, and what they did in the present fiscal year.

Told once: everything, accounts included, stands under one receipt, so a second time finds it told
and changes nothing, whatever people did meanwhile. Used by ``manage.py demo``, under DEBUG only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils import timezone

from accounts.models import Receipt, User
from accounts.receipts import once
from sammachip.demo import diary, people, places, year
from sammachip.thai.dates import fiscal_year
from steps.models import Enrolment, Programme
from steps.recording.core import Sender
from steps.recording.enrolments import assign, copy_programme, enrol
from villages.models import Area, Village

DEMO = uuid5(NAMESPACE_URL, "sammachip:demo")
WRITE_UP_YEAR = 2560
TRAKAT = "33140108"


def missing() -> list[str]:
    """The commands to run first, in order; none when what the demo stands on is loaded."""
    needs = {
        "load_areas": Area.objects.filter(code=people.HOME),
        "loaddata programme-2560": Programme.objects.filter(year=WRITE_UP_YEAR),
        "loaddata ban-trakat": Village.objects.filter(code=TRAKAT),
    }
    return [command for command, rows in needs.items() if not rows.exists()]


def was_told() -> bool:
    """Whether the demo was made before."""
    return Receipt.objects.filter(client_id=DEMO).exists()


@transaction.atomic
def tell(*, now: datetime, districts: int | None = None) -> None:
    """Make accounts, villages and a year's work; all of it or nothing.

    ``districts`` limits how many districts of the province get villages; the home district,
    with the village-by-village story, is always the first of them.
    """
    accounts = people.make_accounts()
    once(
        client_id=DEMO,
        verb="demo",
        content={},
        by=accounts["admin"],
        at=now,
        work=lambda: _told(accounts, now, districts),
    )


def _told(accounts: dict[str, User], now: datetime, limit: int | None) -> dict[str, Any]:
    administrator = Sender(by=accounts["admin"], at=now, client_id=DEMO)
    programme = _present_programme(administrator)
    teller = year.Teller(
        programme=programme,
        now=now,
        reviewer=people.make_colleague(people.REVIEWER),
        administrator=accounts["admin"],
        name_space=DEMO,
    )
    _give_ban_trakat_to(accounts["officer"], programme, teller.opening())
    events: list[diary.Event] = []
    for place in places.make_districts(limit):
        officers = people.officers_of(place.district, accounts)
        events += year.of_district(teller, place, officers)
    diary.happen(events, programme, now)
    return {"year": programme.year}


def _present_programme(sender: Sender) -> Programme:
    present = fiscal_year(timezone.localdate(sender.at))
    stored = Programme.objects.filter(year=present).first()
    source = Programme.objects.get(year=WRITE_UP_YEAR)
    return stored or copy_programme(source=source, year=present, sender=sender)


def _give_ban_trakat_to(officer: User, programme: Programme, sender: Sender) -> None:
    """Responsible in the write-up's year and the present one. Nothing is recorded for it."""
    village = Village.objects.get(code=TRAKAT)
    enrol(villages=[village], programme=programme, officer=officer, sender=sender)
    unassigned = Enrolment.objects.filter(
        village=village, programme__year=WRITE_UP_YEAR, officer=None
    )
    assign(enrolments=unassigned, officer=officer, sender=sender)
