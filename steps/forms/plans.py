"""The forms of a plan: its goal, a new item, and an item as it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sammachip.forms import EditForm, WriteForm
from sammachip.thai.fields import BahtField, CleanCharField, CleanTextField, ThaiDateField
from steps.forms.activity import Ticks
from steps.forms.dates import date_words, refuse_far, refuse_future
from steps.models import Enrolment, PlanItem, Programme
from steps.models.choices import Owner
from steps.recording.core import Values
from steps.recording.plans import PLAN_FIELDS, NewPlanItem

DATES = ("starts_on", "ends_on", "done_on")


class PlanItemFields(forms.Form):
    """The department's columns of a plan. Mixed into the form of a new item and of a stored one."""

    owner = forms.ChoiceField(
        label=_("Whose work"),
        choices=[("", _("Choose")), *Owner.choices],
        error_messages={"required": _("Choose whose work it is")},
    )
    activity = CleanCharField(
        label=_("Activity"), max_length=200, error_messages={"required": _("Enter the activity")}
    )
    person = CleanCharField(
        label=_("Person responsible"),
        required=False,
        max_length=150,
        help_text=_("An item counts once a person and both dates are named."),
    )
    starts_on = ThaiDateField(label=_("Starts on"), required=False)
    ends_on = ThaiDateField(label=_("Ends on"), required=False)
    aim = CleanCharField(label=_("Aim"), required=False, max_length=300)
    method = CleanTextField(
        label=_("Method"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    target_group = CleanCharField(label=_("Target group"), required=False, max_length=200)
    place = CleanCharField(label=_("Place"), required=False, max_length=200)
    budget = BahtField(label=_("Budget, baht"), required=False)
    budget_source = CleanCharField(label=_("Source of the budget"), required=False, max_length=150)
    expected_result = CleanCharField(label=_("Expected result"), required=False, max_length=300)
    programme: Programme

    def clean_starts_on(self) -> date | None:
        return refuse_far(self.cleaned_data["starts_on"], self.programme)

    def clean_ends_on(self) -> date | None:
        return refuse_far(self.cleaned_data["ends_on"], self.programme)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            error = ValidationError(_("The last day is before the first."), code="ends_too_early")
            self.add_error("ends_on", error)
        return cleaned


class NewPlanItemForm(PlanItemFields, WriteForm):
    """A new item, for this village and, where it is district work, for others with it."""

    def __init__(
        self,
        data: Any = None,
        *,
        enrolment: Enrolment,
        others: Iterable[Enrolment],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.programme = enrolment.programme
        self.enrolment = enrolment
        self.others = {row.village.code: row for row in others}
        choices = [(code, village_words(row)) for code, row in self.others.items()]
        self.fields["also"] = Ticks(choices, label=_("Also for these villages"))

    def enrolments(self) -> list[Enrolment]:
        """The villages in whose plans it is written."""
        return [self.enrolment, *(self.others[code] for code in self.cleaned_data["also"])]

    def item(self) -> NewPlanItem:
        return NewPlanItem(**{name: self.cleaned_data[name] for name in PlanItemFields.base_fields})


def village_words(enrolment: Enrolment) -> str:
    """บ้านตระกาจ หมู่ที่ 8 ต.ศรีแก้ว"""
    village = enrolment.village
    return f"{village.title} {village.subdistrict.short_title}"


class PlanItemForm(PlanItemFields, EditForm):
    """An item as it stands, with the day it was done."""

    value_fields = PLAN_FIELDS
    done_on = ThaiDateField(
        label=_("Done on"), required=False, help_text=_("Leave it empty until it is done.")
    )

    def __init__(self, data: Any = None, *, item: PlanItem, today: date, **kwargs: Any) -> None:
        super().__init__(
            data, initial={name: getattr(item, name) for name in PLAN_FIELDS}, **kwargs
        )
        self.programme = item.enrolment.programme
        self.today = today

    def clean_done_on(self) -> date | None:
        day = refuse_future(self.cleaned_data["done_on"], today=self.today)
        return refuse_far(day, self.programme)

    def shown(self, name: str, value: str) -> str:
        return date_words(value) if name in DATES else super().shown(name, value)


class GoalForm(EditForm):
    """The goal of a plan, one text that two people may write at once."""

    value_fields = ("goal",)
    goal = CleanTextField(
        label=_("Goal of the plan"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What will be different in the village, and by when."),
        error_messages={"required": _("Enter the goal")},
    )

    def __init__(self, data: Any = None, *, stored: Values, **kwargs: Any) -> None:
        super().__init__(data, stored=stored, initial=dict(stored), **kwargs)
