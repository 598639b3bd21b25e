"""What the library is searched for, as it stands in its address."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from sammachip.thai.fields import CleanCharField
from steps.library import LESSON, MOST_WORDS, RECORD, Asked, Choices, every_key, keys_of
from steps.models import LessonKind
from steps.recording.messages import NOT_FOUND
from villages.filters import NarrowingForm, select
from villages.queries import Options

LONGEST = 200  # characters of a search; what is behind them is cut off and the reader told


class LibraryForm(NarrowingForm):
    """Words and filters. What is unknown is said beside its field, and the rest still searched."""

    q = CleanCharField(
        label=_("Search the library"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": LONGEST}),
    )
    kind = select(
        _("Kind"),
        _("Unknown choice."),
        _("Records and lessons"),
        [(RECORD, _("Knowledge records")), (LESSON, _("Lessons")), *LessonKind.choices],
    )
    step = select(_("Step"), _("There is no such step."), _("All steps"))
    area = select(_("Area"), NOT_FOUND, _("The whole country"))
    year = select(_("Fiscal year"), _("There is no programme of this year."), _("All years"))
    livelihood = select(_("Livelihood"), _("Unknown choice."), _("All livelihoods"))

    def __init__(self, data: Any, *, choices: Choices) -> None:
        typed = data.get("q", "")
        if len(typed) > LONGEST:
            data = data.copy()
            data["q"] = typed[:LONGEST]
        super().__init__(data)
        self.is_cut = len(typed) > LONGEST or len(every_key(typed)) > MOST_WORDS
        self.offer(
            {
                "area": choices.areas,
                "year": choices.years,
                "step": choices.steps,
                "livelihood": choices.livelihoods,
            }
        )

    def offered(self, name: str) -> Options:
        """The answers of a filter, without that for all."""
        return cast(Options, cast(forms.ChoiceField, self.fields[name]).choices)[1:]

    def asked(self) -> Asked:
        """What is asked, without what is unknown."""
        known = {name: value for name, value in self.known().items() if name != "q"}
        return Asked(keys=keys_of(self.known().get("q", "")), **known)

    def known(self) -> dict[str, str]:
        """The answers that are understood, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def words(self) -> dict[str, str]:
        """What the library is narrowed by, in words, by field."""
        return {
            name: str(dict(self.offered(name))[value])
            for name, value in self.known().items()
            if name != "q"
        }
