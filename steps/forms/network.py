"""The forms of the villages with which a village builds a network."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sammachip.forms import NO_NAMES, EditForm, WriteForm
from sammachip.thai.digits import to_arabic
from sammachip.thai.fields import CleanCharField, ThaiDateField
from steps.forms.dates import date_words, refuse_future
from steps.models import Enrolment, NetworkLink
from steps.recording.conditions import LINK_FIELDS, NewLink
from steps.recording.core import values_of
from steps.recording.messages import MESSAGES
from villages.models import Village


class LinkFields(forms.Form):
    """Another village, by its code or by its name. Mixed into the form of a new and a stored one.

    The code finds a village anywhere in the country: codes and names of villages are public.
    """

    village_code = CleanCharField(
        label=_("Village code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_(
            "Eight digits, where the village is in this system. Its name is then filled in."
        ),
    )
    name = CleanCharField(
        label=_("Village"),
        required=False,
        max_length=200,
        help_text=_("With its district, where it has no code"),
    )
    stage = forms.ChoiceField(
        label=_("How far"),
        choices=NetworkLink.Stage.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how far they came")},
    )
    since = ThaiDateField(label=_("Since"), required=False, help_text=_("For example 23 Mar 2560"))
    contact = CleanCharField(
        label=_("Who coordinates there"),
        required=False,
        max_length=150,
        help_text=_("The position, for example the village headman. No names."),
    )
    together = CleanCharField(
        label=_("What they do together"), required=False, max_length=300, help_text=NO_NAMES
    )
    enrolment: Enrolment
    today: date

    def clean_since(self) -> date | None:
        """A day that has come; a friendship may be older than the programme."""
        return refuse_future(self.cleaned_data["since"], today=self.today)

    def clean(self) -> dict[str, Any]:
        """The village behind the code, and its name; or the name that was typed."""
        cleaned = super().clean() or self.cleaned_data
        code = to_arabic(cleaned.get("village_code") or "")
        cleaned["village"] = found = Village.objects.filter(code=code).first() if code else None
        if code and found is None:
            self._refuse("village_code", "code_unknown", MESSAGES["code_unknown"])
        elif found and found.pk == self.enrolment.village_id:
            self._refuse("village_code", "own_village", MESSAGES["own_village"])
        elif found:
            cleaned["name"] = found.full_title
        elif not cleaned.get("name") and "name" not in self.errors:
            self._refuse("name", "required", _("Enter the village, or its code"))
        return cleaned

    def _refuse(self, field: str, code: str, words: Any) -> None:
        self.add_error(field, ValidationError(words, code=code))


class NewLinkForm(LinkFields, WriteForm):
    """A new village of the network."""

    def __init__(
        self, data: Any = None, *, enrolment: Enrolment, today: date, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.enrolment, self.today = enrolment, today

    def link(self) -> NewLink:
        """What was typed, clean."""
        typed = {name: self.cleaned_data[name] for name in LINK_FIELDS if name != "village"}
        village = self.cleaned_data["village"]
        return NewLink(village_id=village.pk if village else None, **typed)


class LinkForm(LinkFields, EditForm):
    """A village of the network as it stands."""

    value_fields = LINK_FIELDS

    def __init__(self, data: Any = None, *, link: NetworkLink, today: date) -> None:
        columns = [name for name in LINK_FIELDS if name != "village"]
        code = link.village.code if link.village else ""
        super().__init__(
            data,
            stored=values_of(link, LINK_FIELDS),
            initial={"village_code": code, **{name: getattr(link, name) for name in columns}},
        )
        self.enrolment, self.today = link.enrolment, today

    # The flat name "village" holds a key; the field beside it, village_code, a code.

    def put_back(self, data: Any, name: str, value: str) -> None:
        if name == "village":
            name, value = "village_code", _code_of(value)
        super().put_back(data, name, value)

    def label_of(self, name: str) -> str:
        return super().label_of("village_code" if name == "village" else name)

    def shown(self, name: str, value: str) -> str:
        if name == "village":
            return _code_of(value) or "–"
        return date_words(value) if name == "since" else super().shown(name, value)


def _code_of(key: str) -> str:
    """The code of a village by its key; empty for none."""
    found = Village.objects.filter(pk=key) if key.isdecimal() else Village.objects.none()
    return "".join(found.values_list("code", flat=True))
