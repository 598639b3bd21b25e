"""The forms of money: the government's budget, and what the community puts in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sammachip.forms import NO_NAMES, EditForm, WriteForm
from sammachip.thai.digits import baht
from sammachip.thai.fields import AmountField, BahtField, CleanCharField, ThaiDateField
from steps.forms.dates import date_words, refuse_far, refuse_future
from steps.models import Contribution, Enrolment
from steps.recording.core import values_of
from steps.recording.money import BUDGET_FIELDS, CONTRIBUTION_FIELDS, NewContribution

LEAST = Decimal("0.01")
MOST = Decimal("9999999.99")  # what the column of amounts holds


class BudgetForm(EditForm):
    """The government's budget of a village for the year; empty while nobody knows it."""

    value_fields = BUDGET_FIELDS
    budget = BahtField(
        label=_("Government budget, baht"),
        required=False,
        help_text=_("Leave it empty while it is not known. 0 means that there is none."),
    )

    def __init__(self, data: Any = None, *, enrolment: Enrolment) -> None:
        stored = values_of(enrolment, BUDGET_FIELDS)
        super().__init__(data, stored=stored, initial={"budget": enrolment.budget})

    def shown(self, name: str, value: str) -> str:
        return baht_words(value)


def baht_words(value: str) -> str:
    """A flat amount as people write it; what is no amount stays as it was typed."""
    try:
        return baht(Decimal(value))
    except InvalidOperation:
        return value or "–"


class ContributionFields(forms.Form):
    """A contribution as an officer writes it down. Mixed into the form of a new and a stored one.

    In kind says how much of what was given; cash is its value alone.
    """

    form = forms.ChoiceField(
        label=_("How it was given"),
        choices=Contribution.Form.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it was given")},
    )
    given_on = ThaiDateField(label=_("Date"), help_text=_("For example 23 Mar 2560"))
    description = CleanCharField(
        label=_("What it was"),
        max_length=200,
        error_messages={"required": _("Enter what it was")},
        help_text=NO_NAMES,
    )
    amount = AmountField(label=_("Amount"), required=False, min_value=LEAST, max_value=MOST)
    unit = CleanCharField(
        label=_("Unit"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    value = BahtField(
        label=_("Value, baht"),
        min_value=LEAST,
        error_messages={"required": _("Enter the value")},
        help_text=_("In kind: the value the community gives it."),
    )
    enrolment: Enrolment
    today: date

    def clean_given_on(self) -> date | None:
        day = refuse_future(self.cleaned_data["given_on"], today=self.today)
        return refuse_far(day, self.enrolment.programme)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given_as = cleaned.get("form")
        for name, missing in HOW_MUCH_MISSING.items():
            if name in self.errors:
                continue
            if given_as == Contribution.Form.KIND and not cleaned[name]:
                self.add_error(name, ValidationError(missing, code="required"))
            if given_as == Contribution.Form.CASH and cleaned[name]:
                self.add_error(name, ValidationError(FOR_KIND_ONLY, code="for_kind_only"))
        return cleaned


HOW_MUCH_MISSING = {
    "amount": _("Enter how much was given, for example 20"),
    "unit": _("Enter the unit, for example days, sacks or rai"),
}
FOR_KIND_ONLY = _("Only for what is given in kind. Leave it empty.")


class NewContributionForm(ContributionFields, WriteForm):
    """A new contribution."""

    def __init__(
        self, data: Any = None, *, enrolment: Enrolment, today: date, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.enrolment, self.today = enrolment, today

    def contribution(self) -> NewContribution:
        """What was typed, clean."""
        return NewContribution(**{name: self.cleaned_data[name] for name in CONTRIBUTION_FIELDS})


class ContributionForm(ContributionFields, EditForm):
    """A contribution as it stands."""

    value_fields = CONTRIBUTION_FIELDS

    def __init__(self, data: Any = None, *, contribution: Contribution, today: date) -> None:
        super().__init__(
            data,
            stored=values_of(contribution, CONTRIBUTION_FIELDS),
            initial={name: getattr(contribution, name) for name in CONTRIBUTION_FIELDS},
        )
        self.enrolment, self.today = contribution.enrolment, today

    def shown(self, name: str, value: str) -> str:
        if name == "given_on":
            return date_words(value)
        return baht_words(value) if name in ("amount", "value") else super().shown(name, value)
