"""The forms of what a village lacks: whom it asked, when, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sammachip.forms import NO_NAMES, EditForm, WriteForm
from sammachip.thai.fields import CleanCharField, ThaiDateField
from steps.forms.dates import date_words, refuse_far, refuse_future
from steps.models import Enrolment, Need
from steps.recording.conditions import NEED_FIELDS, NewNeed
from steps.recording.core import values_of


class NeedFields(forms.Form):
    """A need as an officer writes it down. Mixed into the form of a new and a stored one."""

    what = CleanCharField(
        label=_("What is missing"),
        max_length=300,
        error_messages={"required": _("Enter what is missing")},
        help_text=NO_NAMES,
    )
    asked_of = CleanCharField(
        label=_("Asked of"),
        required=False,
        max_length=200,
        help_text=_("The office or its position, for example the subdistrict administration"),
    )
    asked_on = ThaiDateField(label=_("Asked on"), help_text=_("For example 23 Mar 2560"))
    answered_on = ThaiDateField(
        label=_("Answered on"), required=False, help_text=_("Leave it empty while nobody answered.")
    )
    answer = CleanCharField(
        label=_("Answer"), required=False, max_length=300, help_text=_("What the village received")
    )
    enrolment: Enrolment
    today: date

    def clean_asked_on(self) -> date | None:
        return self._day("asked_on")

    def clean_answered_on(self) -> date | None:
        return self._day("answered_on")

    def _day(self, name: str) -> date | None:
        day = refuse_future(self.cleaned_data[name], today=self.today)
        return refuse_far(day, self.enrolment.programme)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        asked_on, answered_on = cleaned.get("asked_on"), cleaned.get("answered_on")
        if asked_on and answered_on and answered_on < asked_on:
            early = _("The answer is before the day on which it was asked.")
            self.add_error("answered_on", ValidationError(early, code="answered_too_early"))
        if cleaned.get("answer") and not answered_on and "answered_on" not in self.errors:
            undated = _("Enter the day of the answer.")
            self.add_error("answered_on", ValidationError(undated, code="required"))
        return cleaned


class NewNeedForm(NeedFields, WriteForm):
    """A new need."""

    def __init__(
        self, data: Any = None, *, enrolment: Enrolment, today: date, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.enrolment, self.today = enrolment, today

    def need(self) -> NewNeed:
        """What was typed, clean."""
        return NewNeed(**{name: self.cleaned_data[name] for name in NEED_FIELDS})


class NeedForm(NeedFields, EditForm):
    """A need as it stands."""

    value_fields = NEED_FIELDS

    def __init__(self, data: Any = None, *, need: Need, today: date) -> None:
        super().__init__(
            data,
            stored=values_of(need, NEED_FIELDS),
            initial={name: getattr(need, name) for name in NEED_FIELDS},
        )
        self.enrolment, self.today = need.enrolment, today

    def shown(self, name: str, value: str) -> str:
        return date_words(value) if name.endswith("_on") else super().shown(name, value)
