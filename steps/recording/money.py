"""Writing money: the government's budget of a village, and what its community puts in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from accounts.receipts import Outcome
from steps.models import Contribution, Enrolment
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
from steps.recording.together import changed_together

BUDGET_FIELDS = ("budget",)
CONTRIBUTION_FIELDS = ("form", "given_on", "description", "amount", "unit", "value")
HOW_MUCH = ("form", "amount", "unit")  # cash has neither amount nor unit


def set_budget(*, enrolment: Enrolment, started: Values, wanted: Values, sender: Sender) -> Outcome:
    """Write the government's budget of a village for the year, in baht, or take it back.

    May raise Conflict.
    """
    village = enrolment.village

    def work() -> dict[str, object]:
        enrolment.refresh_from_db(fields=BUDGET_FIELDS)
        changes = merged(values_of(enrolment, BUDGET_FIELDS), changed(started, wanted))
        set_columns(enrolment, changes)
        log(sender, "set_budget", enrolment, village, changes)
        return {"changed": sorted(changes)}

    content = {"id": enrolment.pk, "started": started, "wanted": wanted}
    return write(verb="set_budget", sender=sender, content=content, villages=[village], work=work)


@dataclass(frozen=True)
class NewContribution:
    """A contribution as typed, clean; ``value`` is in baht, ``amount`` in ``unit``."""

    form: str
    given_on: date
    description: str
    value: Decimal
    amount: Decimal | None = None
    unit: str = ""


def add_contribution(
    *, enrolment: Enrolment, contribution: NewContribution, sender: Sender
) -> Outcome:
    """Add what the community of a village put in."""
    village = enrolment.village

    def work() -> dict[str, object]:
        row = Contribution(
            id=uuid4(),
            enrolment=enrolment,
            recorded_by=sender.by,
            recorded_at=sender.at,
            **asdict(contribution),
        )
        row.save(force_insert=True)
        new = {name: ("", text) for name, text in values_of(row, CONTRIBUTION_FIELDS).items()}
        log(sender, "add_contribution", row, village, new)
        return {"contribution": str(row.pk)}

    content = {
        "village": village.code,
        "year": enrolment.programme.year,
        **asdict(contribution),
    }
    return write(
        verb="add_contribution", sender=sender, content=content, villages=[village], work=work
    )


def edit_contribution(
    *, contribution: Contribution, started: Values, wanted: Values, sender: Sender
) -> Outcome:
    """Change the fields that differ from what the form started with. May raise Conflict."""
    village = contribution.enrolment.village

    def work() -> dict[str, object]:
        _refresh_standing(contribution)
        wished = changed_together(started, wanted, HOW_MUCH)
        changes = merged(values_of(contribution, CONTRIBUTION_FIELDS), wished)
        set_columns(contribution, changes)
        log(sender, "edit_contribution", contribution, village, changes)
        return {"changed": sorted(changes)}

    content = {"id": str(contribution.pk), "started": started, "wanted": wanted}
    return write(
        verb="edit_contribution", sender=sender, content=content, villages=[village], work=work
    )


def withdraw_contribution(*, contribution: Contribution, reason: str, sender: Sender) -> Outcome:
    """Strike a contribution through, with a reason; it counts nowhere and stays in the history."""
    village = contribution.enrolment.village

    def work() -> dict[str, object]:
        _refresh_standing(contribution)
        contribution.withdrawn_at, contribution.withdrawn_by = sender.at, sender.by
        contribution.withdrawn_reason = reason
        contribution.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        changes = {"withdrawn_reason": ("", reason)}
        log(sender, "withdraw_contribution", contribution, village, changes)
        return {"withdrawn": str(contribution.pk)}

    content = {"id": str(contribution.pk), "reason": reason}
    return write(
        verb="withdraw_contribution", sender=sender, content=content, villages=[village], work=work
    )


def _refresh_standing(contribution: Contribution) -> None:
    """What is stored now. Refusal ``withdrawn_already`` where it was struck through."""
    contribution.refresh_from_db()
    if contribution.withdrawn_at:
        raise Refusal("withdrawn_already")
