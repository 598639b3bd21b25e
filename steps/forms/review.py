"""Deciding on what was handed in: verify, return with a reason, reopen; one case or several."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sammachip.forms import NO_NAMES, WriteForm
from sammachip.thai.fields import CleanCharField, CleanTextField
from steps.models import Review
from steps.recording.core import Refusal
from steps.recording.decisions import Point
from steps.recording.messages import MESSAGES, NOT_FOUND, message_for

# What reviewers say most; a reason starts from these and goes on in one's own words.
STOCK: dict[str, str | Promise] = {
    "unclear": _("The photo is not clear"),
    "people": _("The number of people does not match the sign-in sheet"),
    "no_plan": _("There is no plan yet"),
    "date": _("The date is not right"),
    "documents": _("More documents are needed"),
}


class DecisionForm(WriteForm):
    """A decision as one reviewing level. Verifying asks for nothing more."""

    level = forms.ChoiceField(choices=Review.Level.choices, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, level: str = "", auto_id: str = "verify_%s") -> None:
        super().__init__(data, initial={"level": level}, auto_id=auto_id)

    @property
    def as_level(self) -> Review.Level:
        return Review.Level(self.cleaned_data["level"])


class ReopenForm(DecisionForm):
    """Opening a verified step again, with a reason."""

    reason = CleanTextField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=NO_NAMES,
    )

    def __init__(self, data: Any = None, *, level: str = "") -> None:
        super().__init__(data, level=level, auto_id="reopen_%s")


class ReasonedForm(DecisionForm):
    """A reason: some of the stock ones, one's own words, or both."""

    stock = forms.MultipleChoiceField(
        label=_("Often said"),
        choices=list(STOCK.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = CleanTextField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NO_NAMES,
    )

    def __init__(self, data: Any = None, *, level: str = "", auto_id: str = "return_%s") -> None:
        super().__init__(data, level=level, auto_id=auto_id)
        for name in ("stock", "reason"):
            self.fields[name].asked_for = True  # type: ignore[attr-defined]

    def full_reason(self) -> str:
        """The stock reasons in a line, then one's own words."""
        stock = " · ".join(str(STOCK[key]) for key in self.cleaned_data.get("stock", []))
        return "\n".join(part for part in (stock, self.cleaned_data.get("reason", "")) if part)

    def ask_for_a_reason(self) -> None:
        """Say so beside the field, unless one was given."""
        if not self.full_reason():
            error = ValidationError(str(MESSAGES["reason_missing"]), code="reason_missing")
            self.add_error("reason", error)


# ---------------------------------------------------------------- one case


@dataclass(frozen=True)
class Nameable:
    """The tick and the note beside one requirement or photo of a case."""

    value: str
    id: str
    label: str
    checked: bool
    note: BoundField


class ReturnForm(ReasonedForm):
    """A return with a reason; requirements and photos may be named, each with a note.

    ``nameable`` are (name, words): "requirement-12" and "evidence-<uuid>". The fields stand all
    over the page of the case, tied to the form by its id, ``return``.
    """

    def __init__(
        self, data: Any = None, *, level: str = "", nameable: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(data, level=level)
        self.fields["points"] = forms.MultipleChoiceField(
            label=_("To mend"),
            choices=nameable,
            required=False,
            error_messages={"invalid_choice": NOT_FOUND},
        )
        self.nameable = dict(nameable)
        for value, label in nameable:
            self.fields[f"note-{value}"] = _note_field(label)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.ask_for_a_reason()
        for value in self.nameable:
            if cleaned.get(f"note-{value}") and value not in cleaned.get("points", []):
                self.add_error(f"note-{value}", _("Tick what this note is about."))
        return cleaned

    def named(self) -> dict[str, Nameable]:
        """The tick and the note of everything that can be named, by its name."""
        ticked = set(self["points"].value() or [])
        return {
            value: Nameable(
                value, f"return_points_{number}", label, value in ticked, self[f"note-{value}"]
            )
            for number, (value, label) in enumerate(self.nameable.items())
        }

    def points(self) -> list[Point]:
        """What the return names."""
        return [_point(value, self.cleaned_data[f"note-{value}"]) for value in self._ticked()]

    def _ticked(self) -> list[str]:
        return [value for value in self.nameable if value in self.cleaned_data["points"]]


def _note_field(label: str) -> forms.CharField:
    return CleanCharField(
        label=_("Note on %(what)s") % {"what": label},
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1, "form": "return"}),
    )


def _point(value: str, note: str) -> Point:
    kind, _dash, key = value.partition("-")
    if kind == "requirement":
        return Point(requirement_id=int(key), note=note)
    return Point(evidence_id=UUID(key), note=note)


# ---------------------------------------------------------------- several together


class TogetherForm(ReasonedForm):
    """The ticked cases, and whether they are verified or returned with one reason."""

    VERIFY, RETURN = "verify", "return"

    case = forms.MultipleChoiceField(
        label=_("Villages"),
        error_messages={
            "required": _("Tick at least one village."),
            "invalid_choice": NOT_FOUND,
        },
    )
    do = forms.ChoiceField(
        label=_("Decision"),
        choices=[(VERIFY, _("Verify")), (RETURN, _("Return for correction"))],
    )

    def __init__(self, data: Any = None, *, level: str = "", cases: Iterable[int] = ()) -> None:
        super().__init__(data, level=level, auto_id="together_%s")
        self.offered = [str(case) for case in cases]
        field = self.fields["case"]
        field.choices = [(case, case) for case in self.offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("do") == self.RETURN:
            self.ask_for_a_reason()
        return cleaned

    def ticked(self) -> Collection[str]:
        """The cases as the page shows them: all of them at first."""
        return set(self["case"].value() or []) if self.is_bound else self.offered

    def chosen(self) -> set[int]:
        """The keys of the ticked cases."""
        return {int(case) for case in self.cleaned_data["case"]}

    def refuse(self, refusal: Refusal) -> None:
        """A refusal names the village it is about."""
        self.refusal_code = refusal.code
        village = refusal.details.get("village")
        words = message_for(refusal)
        named = _("%(village)s: %(why)s") % {"village": village, "why": words}
        self.add_error("case", ValidationError(named if village else words, code=refusal.code))


class SettleForm(WriteForm):
    """Accepting what came late, or keeping it aside; ``back`` is the list it was done from."""

    back = forms.ChoiceField(
        choices=[("home", ""), ("late", "")], required=False, widget=forms.HiddenInput
    )
