"""What the list of villages is narrowed by, as it stands in its address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from sammachip.thai.fields import CleanCharField
from steps.lists import ME, Filters
from steps.models import Status
from steps.recording.messages import NOT_FOUND
from villages.queries import Choices, Options


def select(label: Any, unknown: Any, any_: Any, options: Iterable[Any] = ()) -> forms.ChoiceField:
    """A choice where "" stands for all; a value that is none of them is named as unknown."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", any_), *options],
        error_messages={"invalid_choice": unknown},
    )


class NarrowingForm(forms.Form):
    """A list is narrowed by selects, whose choices are known when the page is made."""

    def offer(self, offered: Mapping[str, Options]) -> None:
        """Put choices behind that for all, by field."""
        for name, options in offered.items():
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [*cast(Options, field.choices), *options]

    @property
    def selects(self) -> list[forms.BoundField]:
        return [field for field in self if isinstance(field.field.widget, forms.Select)]


class Tick(forms.CheckboxInput):
    """A box that sends "1". What else an address says stays as it is, to be found unknown."""

    def __init__(self) -> None:
        super().__init__(check_test=lambda value: value == "1")

    def format_value(self, value: Any) -> str:
        return "1"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name, "")


def _tick(label: Any) -> forms.ChoiceField:
    """Only those villages of which something is true, or all."""
    field = select(label, _("Unknown choice."), "", [("1", label)])
    field.widget = Tick()
    return field


class FilterForm(NarrowingForm):
    """What the list of villages is narrowed by. An unknown value is said, never passed over."""

    q = CleanCharField(
        label=_("Name or code of a village"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    area = select(_("Area"), NOT_FOUND, _("The whole area"))
    year = select(_("Fiscal year"), _("There is no programme of this year."), _("The latest year"))
    step = select(_("Step"), _("There is no such step."), _("All steps"))
    status = select(_("Status"), _("There is no such status."), _("Any status"), Status.choices)
    late = _tick(_("Late"))
    due = _tick(_("Due this week"))
    quiet = _tick(_("Quiet"))
    waiting = _tick(_("Waiting for review"))
    returned = _tick(_("Returned"))
    complete = _tick(_("Verified in all steps"))
    committee = select(
        _("Committee"),
        _("Unknown choice."),
        _("All villages"),
        [("1", _("Committee formed")), ("0", _("Committee not formed"))],
    )
    officer = select(_("Responsible officer"), NOT_FOUND, _("Everyone"), [(ME, _("Me"))])
    sort = select(
        _("Order"), _("Unknown choice."), _("Official order"), [("name", _("By Thai name"))]
    )

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data)
        self.offer(
            {
                "area": choices.areas,
                "year": choices.years,
                "step": choices.steps,
                "officer": choices.officers,
            }
        )

    @property
    def ticks(self) -> list[forms.BoundField]:
        return [field for field in self if isinstance(field.field.widget, Tick)]

    def asked(self, *, names: bool = True) -> list[str]:
        """What the list is narrowed by, in words; without ``names`` an officer is a number."""
        return [
            self._words(name, names=names) for name, value in self.cleaned_data.items() if value
        ]

    def _words(self, name: str, *, names: bool) -> str:
        field, value = self.fields[name], self.cleaned_data[name]
        if not isinstance(field, forms.ChoiceField):
            return f"“{value}”"
        if name == "officer" and value != ME and not names:
            return f"{field.label} {value}"
        return str(dict(cast(Options, field.choices))[value])

    def filters(self) -> Filters:
        """The filters of a valid form."""
        return Filters(**self.cleaned_data)
