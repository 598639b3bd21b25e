"""The money of a village's year: the budget, and what the community puts in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from sammachip.forms import ReasonForm
from sammachip.thai.digits import baht
from steps.forms.money import BudgetForm, ContributionForm, NewContributionForm
from steps.models import Contribution, Enrolment
from steps.money import Money, money_of
from steps.recording import money as verbs


@dataclass(frozen=True)
class Line:
    """A contribution, ready for the page."""

    row: Contribution
    amount: str
    value: str


@dataclass(frozen=True)
class Bar:
    """Where cash ends, what is in kind begins and ends, and the goal lies; of 1,000."""

    cash: int
    kind: int
    goal: int


def money(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Budget, contributions and the community's share of the budget."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.VIEW, today())
    rows = list(enrolment.contributions.all())
    standing = [row for row in rows if not row.withdrawn_at]
    sums = money_of(enrolment, standing)
    context = {
        "enrolment": enrolment,
        "money": sums,
        "lines": [_line(row) for row in standing],
        "withdrawn": [_line(row) for row in rows if row.withdrawn_at],
        "warning": under_words(sums),
        "bar": bar_of(sums),
        "may_record": access.may(user, Right.RECORD, enrolment.village, today()),
    }
    return render(request, "steps/money.html", context)


def _line(row: Contribution) -> Line:
    amount = "" if row.amount is None else f"{baht(row.amount)} {row.unit}"
    return Line(row, amount, baht(row.value))


def under_words(money: Money) -> str:
    """Under 10 % of the budget: a notice; empty where it is not under, or not known."""
    if not money.is_under:
        return ""
    return _("Under %(goal)s %% of the budget: the community's share is %(share)s %%") % {
        "goal": money.goal,
        "share": money.share,
    }


def bar_of(money: Money) -> Bar | None:
    """The picture of the share: the goal in its middle, or further left where more was given."""
    if money.share is None or money.budget is None or not money.goal:
        return None
    full = max(money.contributed, 2 * money.goal_baht)

    def of_bar(amount: Decimal) -> int:
        return int(1000 * amount / full)

    return Bar(of_bar(money.cash), of_bar(money.kind), of_bar(money.goal_baht))


def short_words(money: Money) -> str:
    """The share in a few words for the page of the year; the sum where there is no budget."""
    if money.share is not None:
        return _("%(share)s %% of the budget") % {"share": money.share}
    return _("%(n)s baht") % {"n": baht(money.contributed)} if money.contributed else ""


def budget(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Write the government's budget; what somebody else wrote meanwhile is shown first."""
    enrolment = access.enrolment_for(signed_in(request), code, year, Right.RECORD, today())
    form = BudgetForm(posted(request), enrolment=enrolment)
    return handle(
        request,
        form,
        lambda sender: verbs.set_budget(
            enrolment=enrolment,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="steps/money_budget.html",
        context=_context(enrolment),
        then=_address(enrolment),
        said=_("Saved"),
    )


def add(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Add what the community put in."""
    enrolment = access.enrolment_for(signed_in(request), code, year, Right.RECORD, today())
    form = NewContributionForm(posted(request), enrolment=enrolment, today=today())
    return handle(
        request,
        form,
        lambda sender: verbs.add_contribution(
            enrolment=enrolment, contribution=form.contribution(), sender=sender
        ),
        page="steps/contribution_form.html",
        context=_context(enrolment),
        then=_address(enrolment),
        said=_("Saved"),
    )


def edit(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Correct a contribution."""
    row = access.contribution_for(signed_in(request), code, year, pk, Right.RECORD, today())
    form = ContributionForm(posted(request), contribution=row, today=today())
    return handle(
        request,
        form,
        lambda sender: verbs.edit_contribution(
            contribution=row,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="steps/contribution_form.html",
        context={**_context(row.enrolment), "contribution": row},
        then=_address(row.enrolment),
        said=_("Saved"),
    )


def withdraw(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Strike a contribution through, with a reason."""
    row = access.contribution_for(signed_in(request), code, year, pk, Right.RECORD, today())
    form = ReasonForm(posted(request))
    return handle(
        request,
        form,
        lambda sender: verbs.withdraw_contribution(
            contribution=row, reason=form.cleaned_data["reason"], sender=sender
        ),
        page="steps/contribution_withdraw.html",
        context={**_context(row.enrolment), "line": _line(row)},
        then=_address(row.enrolment),
        said=_("Withdrawn. It stays in the history and counts nowhere."),
    )


def _context(enrolment: Enrolment) -> dict[str, object]:
    return {"enrolment": enrolment, "money_url": _address(enrolment)}


def _address(enrolment: Enrolment) -> str:
    return reverse("steps:money", args=[enrolment.village.code, enrolment.programme.year])
