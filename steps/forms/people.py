"""The people of a year: target and model households, the village's own target, change leaders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sammachip.forms import EditForm, WriteForm
from sammachip.thai.fields import CleanCharField, ThaiDateField, ThaiIntegerField
from steps.forms.dates import refuse_far, refuse_future
from steps.models import ChangeLeader, Enrolment, Programme
from steps.recording.core import Values, values_of
from steps.recording.enrolments import OWN_TARGET_FIELDS
from steps.recording.messages import NOT_FOUND
from steps.recording.people import NewChangeLeader
from villages.models import Household

MARKS = ("target", "model")


@dataclass(frozen=True)
class HouseholdRow:
    """One household of the tick list, ready for the page."""

    household: Household
    target_name: str
    model_name: str
    target: bool
    model: bool

    @property
    def note(self) -> str:
        number = _("House no. %(number)s") % {"number": self.household.house_no}
        return f"{number} {self.household.cluster}".strip()


class MarksForm(EditForm):
    """Two ticks a household, ``target-<uuid>`` and ``model-<uuid>``; ticks of two people merge."""

    def __init__(
        self, data: Any = None, *, households: Iterable[Household], stored: Values
    ) -> None:
        self.households = list(households)
        self.names = {f"{mark}-{row.pk}" for row in self.households for mark in MARKS}
        stored = {name: value for name, value in stored.items() if name in self.names}
        super().__init__(data, stored=stored)

    @property
    def ticked(self) -> set[str]:
        """The ticks as the page shows them."""
        if not self.is_bound:
            return set(self.initial["started"])
        prefixes = tuple(f"{mark}-" for mark in MARKS)
        return {name for name in self.data if name.startswith(prefixes) and self.data[name]}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.ticked <= self.names:
            raise ValidationError(NOT_FOUND, code="not_in_your_area")
        return cleaned

    def wanted_values(self) -> Values:
        return dict.fromkeys(self.ticked, "on")

    def rows(self) -> Iterator[HouseholdRow]:
        ticked = self.ticked
        for household in self.households:
            target, model = (f"{mark}-{household.pk}" for mark in MARKS)
            yield HouseholdRow(household, target, model, target in ticked, model in ticked)

    @property
    def targets(self) -> int:
        """How many are ticked as target now."""
        return sum(row.target for row in self.rows())


class OwnTargetForm(EditForm):
    """A smaller village's own number of target households, with a reason; or back to the common."""

    value_fields = OWN_TARGET_FIELDS
    own_target = ThaiIntegerField(label=_("Target households"), min_value=1)
    own_target_reason = CleanCharField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Enter a reason.")},
        help_text=_("For example: only 18 households live here all year."),
    )

    def __init__(self, data: Any = None, *, enrolment: Enrolment) -> None:
        stored = values_of(enrolment, OWN_TARGET_FIELDS)
        super().__init__(data, stored=stored, initial=dict(stored))
        self.common = enrolment.programme.target_households
        chose_none = data and data.get("clash") and not any(map(self.data.get, OWN_TARGET_FIELDS))
        self.taken_back = bool(data and data.get("take_back")) or bool(chose_none)
        for name in OWN_TARGET_FIELDS:
            self.fields[name].required = not self.taken_back

    def clean_own_target(self) -> int | None:
        """Smaller than what the programme asks of every village: that is what it is for."""
        target: int | None = self.cleaned_data["own_target"]
        if target is not None and target >= self.common:
            raise ValidationError(
                _("Enter less than %(common)s, the number for every village."),
                code="not_smaller",
                params={"common": self.common},
            )
        return target

    def wanted_values(self) -> Values:
        """Number and reason; nothing where it is taken back."""
        return {} if self.taken_back else super().wanted_values()


class HouseholdChoice(forms.ModelChoiceField):
    """A household of the village; any other is answered in the words of an unknown one."""

    default_error_messages = {"invalid_choice": NOT_FOUND}


class LeaderForm(WriteForm):
    """A person named as change leader."""

    name = CleanCharField(
        label=_("Name"),
        max_length=150,
        error_messages={"required": _("Enter the name")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    named_on = ThaiDateField(label=_("Named on"), help_text=_("For example 23 Mar 2560"))
    household = HouseholdChoice(
        label=_("Household"),
        queryset=Household.objects.none(),
        required=False,
        empty_label=_("Choose"),
    )

    def __init__(
        self, data: Any = None, *, enrolment: Enrolment, today: date, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.programme: Programme = enrolment.programme
        self.today = today
        household: Any = self.fields["household"]
        household.queryset = enrolment.village.households.active(today).in_house_order()

    def clean_named_on(self) -> date | None:
        day = refuse_future(self.cleaned_data["named_on"], today=self.today)
        return refuse_far(day, self.programme)

    def leader(self) -> NewChangeLeader:
        household = self.cleaned_data["household"]
        return NewChangeLeader(
            name=self.cleaned_data["name"],
            named_on=self.cleaned_data["named_on"],
            household_id=household.pk if household else None,
        )


class LeaderEndForm(WriteForm):
    """The day from which somebody is no longer a change leader."""

    on = ThaiDateField(label=_("Last day"), help_text=_("For example 23 Mar 2560"))

    def __init__(
        self, data: Any = None, *, leader: ChangeLeader, today: date, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.leader, self.today = leader, today

    def clean_on(self) -> date | None:
        day = refuse_future(self.cleaned_data["on"], today=self.today)
        if day and day < self.leader.named_on:
            raise ValidationError(
                _("The last day is before the day of naming."), code="ends_too_early"
            )
        return day
