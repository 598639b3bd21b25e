"""What the list of villages is narrowed by, as it stands in its address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from sammachip.thai.fields import CleanCharField
from steps.lists import ME, Filters
from steps.models import Status
from steps.recording.messages import NOT_FOUND
from villages.queries import Choices, Options


def _select(label: Any, unknown: Any, any_: Any, options: Iterable[Any] = ()) -> forms.ChoiceField:
    """A choice where "" stands for all; a value that is none of them is named as unknown."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", any_), *options],
        error_messages={"invalid_choice": unknown},
    )


class FilterForm(forms.Form):
    """What the list of villages is narrowed by. An unknown value is said, never passed over."""

    q = CleanCharField(
        label=_("Name or code of a village"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    area = _select(_("Area"), NOT_FOUND, _("The whole area"))
    year = _select(_("Fiscal year"), _("There is no programme of this year."), _("The latest year"))
    step = _select(_("Step"), _("There is no such step."), _("All steps"))
    status = _select(_("Status"), _("There is no such status."), _("Any status"), Status.choices)
    late = _select(_("Lateness"), _("Unknown choice."), _("All villages"), [("1", _("Late"))])
    due = _select(_("Due date"), _("Unknown choice."), _("Any time"), [("1", _("Due this week"))])
    quiet = _select(_("Activity"), _("Unknown choice."), _("All villages"), [("1", _("Quiet"))])
    officer = _select(_("Responsible officer"), NOT_FOUND, _("Everyone"), [(ME, _("Me"))])
    sort = _select(
        _("Order"), _("Unknown choice."), _("Official order"), [("name", _("By Thai name"))]
    )

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data)
        offered = {
            "area": choices.areas,
            "year": choices.years,
            "step": choices.steps,
            "officer": choices.officers,
        }
        for name, options in offered.items():
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [*cast(Options, field.choices), *options]

    def asked(self) -> list[str]:
        """What the list is narrowed by, in words."""
        return [
            str(dict(cast(Options, field.choices))[value])
            for name, value in self.cleaned_data.items()
            if value and isinstance(field := self.fields[name], forms.ChoiceField)
        ]

    def filters(self) -> Filters:
        """The filters of a valid form."""
        return Filters(**self.cleaned_data)
