"""The form in which a village assesses itself: a level and what shows it, factor by factor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from sammachip.forms import NO_NAMES, EditForm
from sammachip.thai.fields import CleanTextField, ThaiDateField
from steps.assessed import SCALE
from steps.forms.dates import date_words, refuse_far, refuse_future
from steps.models import Assessment, Enrolment, Factor
from steps.recording.conditions import ASSESSMENT_FIELDS, EVIDENCE, LEVEL
from steps.recording.core import Values
from steps.recording.messages import MESSAGES, NOT_FOUND


@dataclass(frozen=True)
class Row:
    """A factor of the form: its two fields, and what the records support."""

    factor: Factor
    level: BoundField
    evidence: BoundField
    found: list[str]


class AssessmentForm(EditForm):
    """``level-<factor>`` and ``evidence-<factor>``, when and with whom; factors may stay open.

    ``factors`` come with their levels. What two people say of different factors merges.
    """

    assessed_on = ThaiDateField(label=_("Assessed on"), help_text=_("For example 23 Mar 2560"))
    assessed_with = forms.ChoiceField(
        label=_("Assessed with"),
        choices=Assessment.With.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose with whom")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        enrolment: Enrolment,
        factors: Iterable[Factor],
        stored: Values,
        today: date,
    ) -> None:
        on = stored.get("assessed_on")
        initial = {**stored, "assessed_on": date.fromisoformat(on) if on else today}
        super().__init__(data, stored=stored, initial=initial)
        self.enrolment, self.today = enrolment, today
        self.factors = list(factors)
        for factor in self.factors:
            self._ask(factor)
        self.value_fields = (*ASSESSMENT_FIELDS, *(name for name in self.fields if "-" in name))

    def _ask(self, factor: Factor) -> None:
        self.fields[f"{LEVEL}-{factor.code}"] = forms.ChoiceField(
            label=_("Level"),
            required=False,
            choices=[("", _("Not assessed yet")), *_levels(factor)],
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": NOT_FOUND},
        )
        self.fields[f"{EVIDENCE}-{factor.code}"] = CleanTextField(
            label=_("What shows it"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=NO_NAMES,
        )

    def clean_assessed_on(self) -> date | None:
        day = refuse_future(self.cleaned_data["assessed_on"], today=self.today)
        return refuse_far(day, self.enrolment.programme)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for factor in self.factors:
            level, evidence = f"{LEVEL}-{factor.code}", f"{EVIDENCE}-{factor.code}"
            if cleaned.get(level, "") in ("1", "2", "3") and not cleaned.get(evidence):
                words = MESSAGES["evidence_missing"]
                self._refuse(evidence, "evidence_missing", f"{words} ({factor.name})")
            if cleaned.get(evidence) and cleaned.get(level) == "":
                words = _("Choose the level that this shows.")
                self._refuse(level, "level_missing", f"{words} ({factor.name})")
        return cleaned

    def _refuse(self, field: str, code: str, words: str) -> None:
        if field not in self.errors:
            self.add_error(field, ValidationError(words, code=code))

    def label_of(self, name: str) -> str:
        """A field and the factor it is of."""
        names = {factor.code: str(factor.name) for factor in self.factors}
        of_factor = names.get(name.partition("-")[2], "")
        return f"{super().label_of(name)} {of_factor}".strip()

    def shown(self, name: str, value: str) -> str:
        return date_words(value) if name == "assessed_on" else super().shown(name, value)

    def rows(self, kind: Factor.Kind, found: Mapping[str, list[str]]) -> Iterator[Row]:
        """The factors of a kind, ready for the page."""
        for factor in self.factors:
            if factor.kind == kind:
                level, evidence = (self[f"{part}-{factor.code}"] for part in (LEVEL, EVIDENCE))
                yield Row(factor, level, evidence, found.get(factor.code, []))


def _levels(factor: Factor) -> Iterator[tuple[str, str]]:
    """1 Starting: small informal talks, or a thin forum."""
    for row in factor.levels.all():
        words = {"level": row.level, "word": SCALE[row.level], "shows": row.shows}
        yield str(row.level), _("%(level)s %(word)s: %(shows)s") % words
