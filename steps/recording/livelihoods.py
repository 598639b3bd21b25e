"""Writing what target and example households do in the programme, and who learned from whom."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from accounts.receipts import Outcome
from steps.livelihoods import in_a_ring, learned_from
from steps.models import Enrolment, EnrolmentHousehold
from steps.recording.core import (
    Refusal,
    Sender,
    Values,
    changed,
    log,
    merged,
    set_columns,
    values_of,
    write,
)
from villages.models import Household

LIVELIHOOD, LEARNED_FROM = LIVELIHOOD_FIELDS = ("livelihood", "learned_from")


def set_livelihoods(
    *, enrolment: Enrolment, started: Values, wanted: Values, sender: Sender
) -> Outcome:
    """Write the livelihood of each household in the programme and whom it learned from.

    Values are flat: ``livelihood-<uuid>`` and ``learned_from-<uuid>``, of households that are or
    were target or example in the year; only rows that changed are written. May raise Conflict.
    Refuses a household that is not of the year or not of the village (``not_in_your_area``), and
    households that would have learned from themselves by way of others (``learned_in_a_ring``).
    """
    village = enrolment.village

    def work() -> dict[str, object]:
        stored = livelihood_values(enrolment.households.all())
        changes = merged(stored, changed(started, wanted))
        _set_rows(enrolment, changes)
        _refuse_ring(enrolment, changes)
        log(sender, "set_livelihoods", enrolment, village, changes)
        return {"changed": len(changes)}

    content = {
        "village": village.code,
        "year": enrolment.programme.year,
        "started": started,
        "wanted": wanted,
    }
    return write(
        verb="set_livelihoods", sender=sender, content=content, villages=[village], work=work
    )


def livelihood_values(parts: Iterable[EnrolmentHousehold]) -> Values:
    """What is stored of households in a year, flat."""
    return {
        f"{field}-{row.household_id}": text
        for row in parts
        for field, text in values_of(row, LIVELIHOOD_FIELDS).items()
    }


def _set_rows(enrolment: Enrolment, changes: dict[str, tuple[str, str]]) -> None:
    rows = {str(row.household_id): row for row in enrolment.households.all()}
    of_village = {str(key) for key in _households(enrolment)}
    for name, pair in changes.items():
        field, _dash, key = name.partition("-")
        known = key in rows and field in LIVELIHOOD_FIELDS
        if not known or (field == LEARNED_FROM and pair[1] and pair[1] not in of_village):
            raise Refusal("not_in_your_area", field=name)
        set_columns(rows[key], {field: pair})


def _households(enrolment: Enrolment) -> set[UUID]:
    """The households of the village, those that ended too: who taught may have moved away."""
    of_village = Household.objects.filter(village=enrolment.village_id)
    return set(of_village.values_list("pk", flat=True))


def _refuse_ring(enrolment: Enrolment, changes: dict[str, tuple[str, str]]) -> None:
    """Nobody learned from themselves, whoever stood between."""
    ring = in_a_ring(learned_from(enrolment.households.all()))
    mine = [name for name in sorted(changes) if name.startswith(LEARNED_FROM)]
    of_ring = [name for name in mine if UUID(name.partition("-")[2]) in ring]
    if of_ring:
        raise Refusal("learned_in_a_ring", field=of_ring[0])
