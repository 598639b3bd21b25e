"""Handing a step in, with a reason for each shortfall that may be explained."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sammachip.forms import NO_NAMES, WriteForm
from sammachip.thai.fields import CleanTextField
from steps.recording.core import Refusal
from steps.showing import RequirementRow


class SubmitForm(WriteForm):
    """One box a shortfall that may be explained: ``reason-<code>``."""

    def __init__(self, data: Any = None, *, rows: list[RequirementRow], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.rows = rows
        self.missing: list[str] = []
        for row in self.explainable():
            self.fields[f"reason-{row.requirement.code}"] = CleanTextField(
                label=_("%(what)s (%(amount)s)")
                % {"what": row.requirement.label, "amount": row.amount},
                required=False,
                max_length=1000,
                initial=row.reason,
                help_text=NO_NAMES,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def explainable(self) -> list[RequirementRow]:
        """Shortfalls that may be explained; nobody is taught to tick who was not there."""
        return [
            row
            for row in self.rows
            if row.requirement.shortfall_allowed and row.requirement.is_required and not row.met
        ]

    @property
    def all_explainable(self) -> bool:
        """Whether nothing else keeps the step from being handed in."""
        blocking = [row for row in self.rows if row.blocks]
        return bool(blocking) and all(row in self.explainable() for row in blocking)

    def explain_fields(self) -> list[forms.BoundField]:
        return [self[f"reason-{row.requirement.code}"] for row in self.explainable()]

    def reasons(self) -> dict[str, str]:
        """Code of a requirement -> why less was reached."""
        return {
            name.removeprefix("reason-"): text
            for name, text in self.cleaned_data.items()
            if name.startswith("reason-")
        }

    def refuse(self, refusal: Refusal) -> None:
        """What is missing is named, line by line."""
        super().refuse(refusal)
        if refusal.code != "missing":
            return
        self.missing = refusal.details["codes"]
        for row in self.rows:
            if row.requirement.code in self.missing:
                self.add_error(
                    None, forms.ValidationError(row.missing_words, code=row.requirement.code)
                )


class WithdrawForm(WriteForm):
    """Taking a submission back: nothing to fill in."""
