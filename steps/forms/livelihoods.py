"""The form of livelihoods: a line for each target and example household of the year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from sammachip.forms import EditForm
from sammachip.thai.fields import CleanCharField
from steps.models import EnrolmentHousehold
from steps.recording.core import Values
from steps.recording.livelihoods import LEARNED_FROM, LIVELIHOOD, LIVELIHOOD_FIELDS
from steps.recording.messages import NOT_FOUND
from villages.models import Household


@dataclass(frozen=True)
class Row:
    """One household of the form, ready for the page."""

    part: EnrolmentHousehold
    livelihood: BoundField
    learned_from: BoundField


class TaughtBy(CleanCharField):
    """A household typed by its words, as one list on the page offers them; its key when clean.

    A select a row would repeat the whole village on every row.
    """

    def __init__(self, *, households: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = households
        self.widget.attrs |= {"list": HOUSEHOLDS_LIST, "autocomplete": "off"}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        found = [key for key, words in self.choices if text in (key, words)]
        if text and len(found) != 1:
            raise ValidationError(NOT_FOUND, code="invalid_choice")
        return found[0] if found else ""

    def prepare_value(self, value: Any) -> Any:
        return dict(self.choices).get(value, value)


HOUSEHOLDS_LIST = "households-to-learn-from"


class LivelihoodsForm(EditForm):
    """``livelihood-<uuid>`` and ``learned_from-<uuid>`` of every row; what two people write merges.

    ``parts`` come with their households and whom those learned from, ``households`` are those of
    the village to choose from.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        parts: Iterable[EnrolmentHousehold],
        households: Iterable[Household],
        stored: Values,
    ) -> None:
        super().__init__(data, stored=stored)
        self.parts = list(parts)
        named = [(str(row.pk), household_words(row)) for row in households]
        self.offered = [words for _key, words in named]
        for part in self.parts:
            self._ask(part, named, stored)
        self.value_fields = tuple(name for name in self.fields if "-" in name)

    def _ask(self, part: EnrolmentHousehold, named: list[tuple[str, str]], stored: Values) -> None:
        livelihood, learned = f"{LIVELIHOOD}-{part.household_id}", _learned(part)
        own = str(part.household_id)
        choices = [choice for choice in named if choice[0] != own]
        teacher = part.learned_from
        if teacher and str(teacher.pk) not in dict(choices):  # ended since, or of another village
            choices.append((str(teacher.pk), household_words(teacher)))
        self.fields[livelihood] = CleanCharField(
            label=_("Livelihood in the programme"),
            required=False,
            max_length=150,
            initial=stored.get(livelihood, ""),
        )
        self.fields[learned] = TaughtBy(
            label=_("Learned from"),
            required=False,
            households=choices,
            initial=stored.get(learned, ""),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        ours = tuple(f"{field}-" for field in LIVELIHOOD_FIELDS)
        if any(name.startswith(ours) and name not in self.fields for name in self.data):
            raise ValidationError(NOT_FOUND, code="not_in_your_area")
        return cleaned

    def label_of(self, name: str) -> str:
        """A field and the household it is of."""
        key = name.partition("-")[2]
        who = {str(part.household_id): part.household.head_name for part in self.parts}
        return f"{super().label_of(name)} {who.get(key, '')}".strip()

    def rows(self) -> Iterator[Row]:
        for part in self.parts:
            yield Row(part, self[f"{LIVELIHOOD}-{part.household_id}"], self[_learned(part)])


def _learned(part: EnrolmentHousehold) -> str:
    return f"{LEARNED_FROM}-{part.household_id}"


def is_posted(part: EnrolmentHousehold, data: Any) -> bool:
    """Whether a form holds the household's row, as one opened before it was unmarked does."""
    return data is not None and _learned(part) in data


def household_words(household: Household) -> str:
    """12/1 นายดี มีสุข"""
    return f"{household.house_no} {household.head_name}"
