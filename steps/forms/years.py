"""Preparing a year: copying a programme, listing villages, carrying over, naming officers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sammachip.forms import WriteForm
from steps.recording.messages import NOT_FOUND
from villages.models import Village


class CopyForm(WriteForm):
    """Which year to make; the latest programme before it is copied."""

    year = forms.TypedChoiceField(coerce=int, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]


class VillagesForm(WriteForm):
    """Ticked villages of a district; any other is answered in the words of an unknown one."""

    village = forms.MultipleChoiceField(
        label=_("Villages"),
        error_messages={"required": _("Tick at least one village."), "invalid_choice": NOT_FOUND},
    )

    def __init__(
        self, data: Any = None, *, villages: Iterable[Village], ticked: Iterable[str] = ()
    ) -> None:
        super().__init__(data)
        self.villages = {village.code: village for village in villages}
        self.at_first = set(ticked)
        codes = [(code, code) for code in self.villages]
        self.fields["village"].choices = codes  # type: ignore[attr-defined]

    def ticked(self) -> set[str]:
        """The codes as the page shows them."""
        return set(self["village"].value() or []) if self.is_bound else self.at_first

    def chosen(self) -> list[Village]:
        """The ticked villages."""
        return [self.villages[code] for code in self.cleaned_data["village"]]


class OfficerForm(VillagesForm):
    """Who answers for the ticked villages from now on."""

    officer = forms.ModelChoiceField(
        label=_("Responsible officer"),
        queryset=User.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose an officer."), "invalid_choice": NOT_FOUND},
    )

    def __init__(
        self, data: Any = None, *, villages: Iterable[Village], officers: QuerySet[User]
    ) -> None:
        super().__init__(data, villages=villages)
        self.fields["officer"].queryset = officers  # type: ignore[attr-defined]
