"""What every form that writes has: an id its client made, and for edits what it started from.

A form is sent to a verb; what the rules refuse comes back as errors at their fields, with
everything typed kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.receipts import Outcome, ReusedId
from sammachip.thai.fields import CleanTextField
from steps.recording.core import Conflict, Refusal, Sender, Values, as_text
from steps.recording.messages import message_for

Send = Callable[[Sender], Outcome]

# Said where free text is typed that people read who may not see names.
NO_NAMES = _("Also read by the department: no names, no illness")


class WriteForm(forms.Form):
    """A form whose content is written once, under the id made when the page was first shown."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    refusal_code = "invalid"

    def send(self, verb: Send, *, by: User, at: datetime) -> Outcome | None:
        """Send a valid form to its verb; None where the form or the rules say no (see errors)."""
        if not self.is_valid():
            return None
        try:
            return verb(Sender(by=by, at=at, client_id=self.cleaned_data["client_id"]))
        except Refusal as refusal:
            self.refuse(refusal)
        except Conflict as conflict:
            self.show_conflict(conflict.stored)
        except ReusedId:
            self.renew()
        return None

    def renew(self) -> None:
        """The id stands for another write (Back, then other words): keep all, take a new id."""
        self.refusal_code = "reused_id"
        self.add_error(
            None,
            ValidationError(
                _("This page was saved already. If this is another record, save it again."),
                code="reused_id",
            ),
        )
        data: Any = copy(self.data)
        data[self.add_prefix("client_id")] = str(uuid4())
        self.data = data

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal beside the field it belongs to, in the reader's language."""
        self.refusal_code = refusal.code
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, ValidationError(message_for(refusal), code=refusal.code))

    def show_conflict(self, stored: Values) -> None:
        """Only edit forms can meet one."""
        raise NotImplementedError


@dataclass(frozen=True)
class Clash:
    """A field two people changed: what is stored now, and what this person typed."""

    name: str
    label: str
    theirs: str
    mine: str

    @property
    def field_id(self) -> str:
        return f"id_clash-{self.name}"

    @property
    def choice_name(self) -> str:
        return f"choose-{self.name}"


class EditForm(WriteForm):
    """A form that changes a row: it carries the values it started from (rule 5).

    Where somebody changed the same field meanwhile, both values are shown and a person chooses:
    ``choose-<field>`` is "stored" or "typed". Subclasses name their ``value_fields``.
    """

    value_fields: tuple[str, ...] = ()
    started = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, stored: Values, initial: dict[str, Any] | None = None
    ) -> None:
        self.clashes: list[Clash] = []
        self.unchosen: list[str] = []
        if data is not None:
            data = self._with_choices(data.copy())
        super().__init__(data, initial={**(initial or {}), "started": stored})

    def _with_choices(self, data: Any) -> Any:
        """Fields whose stored value was chosen take it; fields nobody chose for are asked again."""
        started = _parsed(data.get("started"))
        for name in data.getlist("clash"):
            choice = data.get(f"choose-{name}")
            if choice == "stored":
                self.put_back(data, name, str(started.get(name, "")))
            elif choice != "typed":
                self.unchosen.append(name)
        return data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.unchosen:
            self.show_conflict(_parsed(self.data.get("started")), only=self.unchosen)
        return cleaned

    @property
    def started_values(self) -> Values:
        return {str(name): str(value) for name, value in self.cleaned_data["started"].items()}

    def clean_started(self) -> dict[str, Any]:
        """Nothing, or what is not a mapping, is the start of an empty row."""
        started = self.cleaned_data["started"]
        return started if isinstance(started, dict) else {}

    def wanted_values(self) -> Values:
        """What the form holds now, flat; what is empty is left out."""
        texts = {name: value_text(self.cleaned_data.get(name)) for name in self.value_fields}
        return {name: text for name, text in texts.items() if text}

    def show_conflict(self, stored: Values, only: list[str] | None = None) -> None:
        self.refusal_code = "conflict"
        names = only or list(stored)
        for name in names:
            clash = self.clash(name, stored.get(name, ""))
            self.clashes.append(clash)
            error = ValidationError(
                _("Someone edited the same field. Choose which value to keep."), code="conflict"
            )
            self.add_error(name if name in self.fields else None, error)
        self._restart_from(stored, names)

    def clash(self, name: str, theirs: str) -> Clash:
        """How one conflict is shown: its label, the stored value and the typed one."""
        return Clash(
            name,
            self.label_of(name),
            self.shown(name, theirs),
            self.shown(name, self.typed(name)),
        )

    # Forms whose flat names are not names of fields override these four.

    def put_back(self, data: Any, name: str, value: str) -> None:
        """Take a stored value back into what was posted."""
        data[name] = value

    def label_of(self, name: str) -> str:
        return str(self.fields[name].label or name) if name in self.fields else name

    def shown(self, name: str, value: str) -> str:
        """A flat value as people read it: the word of a choice, a dash for nothing."""
        field = self.fields.get(name)
        choices = dict(_flat(getattr(field, "choices", [])))
        return str(choices.get(value, value)) or "–"

    def typed(self, name: str) -> str:
        return value_text(self.cleaned_data.get(name)) or str(self.data.get(name, ""))

    def _restart_from(self, stored: Values, names: list[str]) -> None:
        """The page shown next starts from what is stored now, for the fields that clashed."""
        started = _parsed(self.data.get("started"))
        started.update({name: stored.get(name, "") for name in names})
        data: Any = copy(self.data)
        data["started"] = json.dumps(started)
        self.data = data


def value_text(value: Any) -> str:
    """A cleaned value as flat values hold it: the key of a row, ISO dates."""
    return as_text(getattr(value, "pk", value))


def _parsed(text: Any) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _flat(choices: Any) -> Iterator[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label)
        else:
            yield str(value), label


class ReasonForm(WriteForm):
    """A reason, asked where something is struck through, returned or opened again."""

    reason = CleanTextField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=NO_NAMES,
    )
