"""What stands in the address of an overview: year, order, month; and which areas are compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from steps import kept
from steps.board.numbers import sorts_of
from steps.board.places import Place, Year, year_shown
from steps.months import read_month
from steps.recording.messages import NOT_FOUND
from villages.models import Area

AT_MOST = 4  # areas side by side
UNKNOWN_YEAR = _("There is no programme of this year.")


class BoardForm(forms.Form):
    """The state of an overview. An unknown value is said, never passed over."""

    year = forms.CharField(label=_("Fiscal year"), required=False)
    sort = forms.CharField(label=_("Order"), required=False)
    month = forms.CharField(label=_("Month"), required=False)
    view = forms.ChoiceField(
        label=_("View"),
        required=False,
        choices=[("", _("By screen")), ("list", _("As a list")), ("table", _("As a table"))],
        error_messages={"invalid_choice": _("Unknown choice.")},
    )

    def __init__(self, data: Any, *, place: Place, years: Sequence[Year], on: date) -> None:
        super().__init__(data)
        self.place, self.years, self.on = place, years, on
        self.months: list[date] = []

    def clean_year(self) -> Year | None:
        """The programme year asked for, or the one that runs."""
        year = year_shown(self.years, self.cleaned_data["year"], self.on)
        if year is None and self.cleaned_data["year"]:
            raise forms.ValidationError(UNKNOWN_YEAR, code="invalid_choice")
        return year

    def clean_sort(self) -> str:
        """A column of the table in this year, with a minus for the largest first."""
        sort, year = self.cleaned_data["sort"], self.cleaned_data.get("year")
        if sort and year and sort not in sorts_of(year):
            raise forms.ValidationError(_("Unknown choice."), code="invalid_choice")
        return str(sort)

    def clean_month(self) -> date | None:
        """The month's end asked for, one of those that were kept."""
        text, year = self.cleaned_data["month"], self.cleaned_data.get("year")
        if not text or year is None:
            return None
        month = read_month(text)
        self.months = kept.kept_months(year.programme, self.place.codes[0])
        if month not in self.months:
            raise forms.ValidationError(_("No figures were kept of this month."), code="unknown")
        return month

    @property
    def asked(self) -> dict[str, str]:
        """The state as it stands in the address."""
        return {name: text for name in self.fields if (text := self.data.get(name, ""))}


class AreasField(forms.MultipleChoiceField):
    """Up to four areas, each once; unanswered selects are passed over."""

    def to_python(self, value: Any) -> list[str]:
        """The codes in official order."""
        return sorted({code for code in super().to_python(value) if code})

    def validate(self, value: Any) -> None:
        """Known to this person, and not too many."""
        super().validate(value)
        if len(value) > AT_MOST:
            raise forms.ValidationError(_("Choose at most four areas."), code="too_many")


class CompareForm(forms.Form):
    """Which areas stand side by side, and of which year. ``offered`` may all be seen whole."""

    area = AreasField(label=_("Area"), required=False, error_messages={"invalid_choice": NOT_FOUND})
    year = forms.ChoiceField(
        label=_("Fiscal year"),
        required=False,
        error_messages={"invalid_choice": UNKNOWN_YEAR},
    )

    def __init__(self, data: Any, *, offered: Sequence[Area], years: Sequence[Year]) -> None:
        super().__init__(data)
        area = cast(forms.MultipleChoiceField, self.fields["area"])
        year = cast(forms.ChoiceField, self.fields["year"])
        area.choices = [(row.code, row.title) for row in offered]
        year.choices = [("", _("The latest year"))] + [
            (str(row.number), str(row.programme)) for row in years
        ]

    def selects(self) -> list[tuple[int, str]]:
        """The selects on the page by number, each with the area it shows."""
        typed = self["area"].value() or []
        chosen = [code for code in typed if code][:AT_MOST]
        return list(enumerate([*chosen, *[""] * (AT_MOST - len(chosen))], start=1))
