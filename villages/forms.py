"""The forms of the people who live and serve in a village."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from sammachip.forms import EditForm, WriteForm
from sammachip.thai.dates import short
from sammachip.thai.digits import to_arabic
from sammachip.thai.fields import CleanCharField, ThaiDateField, ThaiIntegerField
from steps.personal.rows import Person, PersonRow, code_of, row_words
from steps.recording.core import values_of
from steps.recording.erasing import REASON_LENGTH
from steps.recording.messages import NOT_FOUND
from steps.recording.people import HOUSEHOLD_FIELDS, MEMBER_FIELDS, NewHousehold, NewMember
from villages.models import CommitteeMember, Household, LeaderKind, Occupation, Village

FUTURE = _("Date in the future")


class PastDateField(ThaiDateField):
    """A day that has come: the form that holds it says what today is."""

    today: date

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and value > self.today:
            raise ValidationError(FUTURE, code="future")


class DatedForm(forms.Form):
    """A form whose days lie in the past, as seen from ``today``."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PastDateField):
                field.today = today


class EndForm(DatedForm, WriteForm):
    """The day on which a household or a membership ended."""

    on = PastDateField(label=_("Last day"), help_text=_("For example 23/3/2560"))


# ---------------------------------------------------------------- households


class HouseholdFields(forms.Form):
    """A household as an officer writes it down."""

    house_no = CleanCharField(
        label=_("House number"),
        max_length=20,
        error_messages={"required": _("Enter the house number")},
        help_text=_("As on the house, for example 12/1"),
    )
    head_name = CleanCharField(
        label=_("Head of household"),
        max_length=150,
        error_messages={"required": _("Enter the name of the head of household")},
        help_text=_("Title, name and family name"),
    )
    people = ThaiIntegerField(label=_("People in it"), min_value=1, max_value=99, required=False)
    cluster = CleanCharField(
        label=_("Cluster"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "clusters"}),
    )
    main_occupation = forms.ModelChoiceField(
        Occupation.objects.all(),
        label=_("Main occupation"),
        required=False,
        empty_label=_("Not known"),
    )
    side_occupation = forms.ModelChoiceField(
        Occupation.objects.all(),
        label=_("Side occupation"),
        required=False,
        empty_label=_("None or not known"),
    )
    phone = CleanCharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def clean_house_no(self) -> str:
        return to_arabic(self.cleaned_data["house_no"])

    def clean_phone(self) -> str:
        return to_arabic(self.cleaned_data["phone"])


class HouseholdForm(HouseholdFields, WriteForm):
    """A new household."""

    def household(self) -> NewHousehold:
        """What was typed, clean."""
        values = self.cleaned_data
        main, side = values["main_occupation"], values["side_occupation"]
        return NewHousehold(
            house_no=values["house_no"],
            head_name=values["head_name"],
            people=values["people"],
            cluster=values["cluster"],
            main_occupation_id=main.pk if main else None,
            side_occupation_id=side.pk if side else None,
            phone=values["phone"],
        )


class HouseholdEditForm(HouseholdFields, EditForm):
    """A household changed."""

    value_fields = HOUSEHOLD_FIELDS

    def __init__(self, data: Any = None, *, household: Household) -> None:
        super().__init__(
            data,
            stored=values_of(household, HOUSEHOLD_FIELDS),
            initial=model_to_dict(household, HOUSEHOLD_FIELDS),
        )


# ---------------------------------------------------------------- requests about personal data


class FindPersonForm(forms.Form):
    """Whom a request is about. Sent as a POST, so that no name stands in an address."""

    words = CleanCharField(
        label=_("Name, house number or phone"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def clean_words(self) -> str:
        return to_arabic(self.cleaned_data["words"])


class EraseForm(WriteForm):
    """Which rows are the person's, and why they are erased."""

    rows = forms.MultipleChoiceField(
        label=_("Erase the person from"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick what is the person's."),
            "invalid_choice": NOT_FOUND,
            "invalid_list": NOT_FOUND,
        },
    )
    reason = CleanCharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        error_messages={"required": _("Enter a reason.")},
        help_text=_("For example: asked in writing on 23/3/2560. No names."),
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data, initial={"rows": [code_of(person.row)]})
        self.known = {code_of(row): row for row in person.in_village}
        field = cast(forms.MultipleChoiceField, self.fields["rows"])
        field.choices = [(code, code) for code in self.known]  # sent again: erased meanwhile
        field.widget.choices = [(code_of(row), row_words(row)) for row in person.not_erased]

    def chosen(self) -> list[PersonRow]:
        """The rows that were ticked."""
        return [self.known[code] for code in self.cleaned_data["rows"]]


# ---------------------------------------------------------------- the committee


class MemberFields(DatedForm):
    """A committee member as an officer writes them down."""

    name = CleanCharField(
        label=_("Name"),
        max_length=150,
        error_messages={"required": _("Enter the name")},
        help_text=_("Title, name and family name"),
    )
    kind = forms.ChoiceField(
        label=_("Comes as"),
        choices=LeaderKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what kind of leader the member comes as")},
    )
    position = CleanCharField(
        label=_("Position"),
        max_length=100,
        required=False,
        help_text=_("For example village head, chair of the savings group"),
    )
    household = forms.ModelChoiceField(
        Household.objects.none(),
        label=_("Household"),
        required=False,
        empty_label=_("Not known"),
        error_messages={"invalid_choice": NOT_FOUND},
    )
    phone = CleanCharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    joined_on = PastDateField(label=_("Serves since"), help_text=_("For example 23/3/2560"))

    def __init__(self, *args: Any, village: Village, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self._offer_households(village, today)

    def _offer_households(self, village: Village, today: date) -> None:
        field = cast(forms.ModelChoiceField, self.fields["household"])
        standing = village.households.active(today)
        own = village.households.filter(pk__in=filter(None, [self.initial.get("household")]))
        field.queryset = (standing | own).in_house_order()

    def clean_phone(self) -> str:
        return to_arabic(self.cleaned_data["phone"])


class MemberForm(MemberFields, WriteForm):
    """A new member."""

    def member(self) -> NewMember:
        """What was typed, clean."""
        values = self.cleaned_data
        household = values["household"]
        return NewMember(
            name=values["name"],
            kind=values["kind"],
            joined_on=values["joined_on"],
            position=values["position"],
            household_id=household.pk if household else None,
            phone=values["phone"],
        )


class MemberEditForm(MemberFields, EditForm):
    """A member changed. The household they had stays a choice, even where it ended."""

    value_fields = MEMBER_FIELDS

    def __init__(self, data: Any = None, *, member: CommitteeMember, today: date) -> None:
        super().__init__(
            data,
            village=member.committee.village,
            today=today,
            stored=values_of(member, MEMBER_FIELDS),
            initial=model_to_dict(member, MEMBER_FIELDS),
        )

    def shown(self, name: str, value: str) -> str:
        """A day in a conflict is shown as people write it."""
        if name == "joined_on":
            day = _day(value)
            return short(day) if day else value
        return super().shown(name, value)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
