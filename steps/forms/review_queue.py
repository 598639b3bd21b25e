"""What the review queue is narrowed by, as it stands in its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from steps.recording.messages import NOT_FOUND
from steps.review.listing import Options
from steps.review.queue import Asked


def _select(label: Any, unknown: Any, all_: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", all_)],
        error_messages={"invalid_choice": unknown},
    )


class QueueFilterForm(forms.Form):
    """Year, step and district. An unknown value is said, never passed over."""

    year = _select(_("Fiscal year"), _("There is no programme of this year."), _("All years"))
    step = _select(_("Step"), _("There is no such step."), _("All steps"))
    district = _select(_("District"), NOT_FOUND, _("All districts"))

    def __init__(self, data: Any, *, choices: Mapping[str, Options]) -> None:
        super().__init__(data)
        for name, options in choices.items():
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [*cast(Options, field.choices), *options]

    def asked(self) -> Asked:
        """The filters of a valid form."""
        return Asked(**self.cleaned_data)
