"""Recording an activity, for one village or several, for one step or two; and correcting it."""

from __future__ import annotations

from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.receipts import is_received
from sammachip.forms import EditForm, WriteForm
from sammachip.thai.fields import CleanCharField, ThaiIntegerField
from steps.forms.activity import AGENCY_ROWS, ActivityFields, Ticks
from steps.forms.asked import AskedOf
from steps.forms.files import FileFields, Intake
from steps.models import Activity, Enrolment, Step
from steps.models.choices import AgencyLevel
from steps.models.programme import Kind
from steps.recording.activities import Occasion, Part
from steps.recording.core import Values
from steps.recording.people import NewHousehold


class RecordForm(ActivityFields, FileFields, WriteForm):
    """One occasion: what happened, who came, and for which villages and steps it counts."""

    again = forms.BooleanField(label=_("It is another activity of the same day"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        asked: AskedOf,
        choices_of_villages: list[Enrolment],
        choices_of_steps: list[Step],
        intake: Intake,
        by: User,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.enrolments = {row.village.code: row for row in choices_of_villages}
        self.other_steps = {row.number: row for row in choices_of_steps}
        self.fields["villages"] = Ticks(
            [(code, row.village.title) for code, row in self.enrolments.items()]
        )
        self.fields["also"] = Ticks([(row.number, row.title) for row in choices_of_steps])
        self.add_asked_fields(asked)
        self.several_villages = len(self._ticked("villages")) > 0
        self.shown = data.getlist("shown") if data is not None else []
        self._add_groups_per_village()
        self.add_file_fields(intake, by=by, data=data)
        self.same_day: list[Activity] = []

    def _add_groups_per_village(self) -> None:
        """Asked village by village: how many of a group came from each (1.2, core leaders)."""
        own = self.asked.enrolment.village.code
        for group, per_village in self.asked.groups:
            for code in self._codes() if per_village and self.several_villages else []:
                self.fields[f"group-{group.pk}-{code}"] = ThaiIntegerField(
                    label=self._enrolment(code).village.title,
                    required=False,
                    min_value=0,
                    max_value=10_000,
                )
            self._bring_along(f"group-{group.pk}", f"group-{group.pk}-{own}")

    def _bring_along(self, typed: str, asked_now: str) -> None:
        """What was typed for one village stands when the same is asked of several."""
        if self.is_bound and asked_now in self.fields and asked_now not in self.data:
            data: Any = copy(self.data)
            data[asked_now] = data.get(typed, "")
            self.data = data

    def shown_marks(self) -> list[str]:
        """The steps and villages whose questions are on the page, carried as hidden inputs."""
        return [*(step.number for step in self.asked.steps), *self._codes()]

    def _codes(self) -> list[str]:
        """The villages recorded for: this one, and those ticked."""
        others = [code for code in self.enrolments if code in self._ticked("villages")]
        return [self.asked.enrolment.village.code, *others]

    def _enrolment(self, code: str) -> Enrolment:
        own = self.asked.enrolment
        return own if code == own.village.code else self.enrolments[code]

    def per_village_rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The groups asked village by village, with a field for each village."""
        if not self.several_villages:
            return []
        return [
            (group.name, [self[f"group-{group.pk}-{code}"] for code in self._codes()])
            for group, per_village in self.asked.groups
            if per_village
        ]

    def also_rows(self) -> list[dict[str, Any]]:
        ticked = self._ticked("also")
        return [
            {"step": step, "checked": number in ticked} for number, step in self.other_steps.items()
        ]

    def village_rows(self) -> list[dict[str, Any]]:
        ticked = self._ticked("villages")
        return [
            {"village": row.village, "checked": code in ticked}
            for code, row in self.enrolments.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.check_files()
        self._check_everything_was_asked()
        self._check_same_day()
        return cleaned

    def _check_same_day(self) -> None:
        """Perhaps the same thing twice: said once, and taken when the person says it is not.

        The very same form sent again is no second record: its receipt answers it.
        """
        cleaned = self.cleaned_data
        day = cleaned.get("held_on")
        if day is None or cleaned.get("again"):
            return
        for code in self._codes():
            for step in self._steps():
                self.same_day += Activity.objects.same_day(self._enrolment(code), step, day)
        # The receipt is asked last: it and the activity of a first arrival appear together.
        if self.same_day and is_received(cleaned.get("client_id")):
            self.same_day = []
        if self.same_day:
            self.add_error(
                "again",
                ValidationError(
                    _("An activity of this step is recorded for that day already. See below."),
                    code="same_day",
                ),
            )

    def _check_everything_was_asked(self) -> None:
        """A step or village ticked just now brings questions of its own: they are shown first."""
        if not self.shown:  # a client that never saw the page
            return
        unseen = set(self.shown_marks()) - set(self.shown)
        seen_first = ValidationError(
            _("See what is asked here too, then save."), code="not_asked_yet"
        )
        if unseen & {step.number for step in self.asked.steps}:
            self.add_error("also", seen_first)
        if unseen & set(self._codes()) and self.per_village_rows():
            self.add_error("villages", seen_first)

    def occasion(self, *, posting_ended: bool) -> Occasion:
        """What is recorded: one part a village and step."""
        values = self.activity_values()
        own_names = ("topic-", "text-", "document-", "visited_")
        parts = [
            Part(
                enrolment=self._enrolment(code),
                step=step,
                own_values={**self._of_step(step, values), **self._of_village(code)},
            )
            for code in self._codes()
            for step in self._steps()
        ]
        common = {
            name: value
            for name, value in values.items()
            if not name.startswith(own_names) and not self._is_per_village(name)
        }
        return Occasion(
            parts=parts, values=common, files=self.attached(), posting_ended=posting_ended
        )

    def _steps(self) -> list[Step | None]:
        """The steps it counts for; none is follow-up."""
        return [*self.asked.steps] or [None]

    def _is_per_village(self, name: str) -> bool:
        asked = [f"group-{group.pk}" for group, per_village in self.asked.groups if per_village]
        return self.several_villages and name in asked

    def _of_step(self, step: Step | None, values: Values) -> Values:
        """What belongs to one step only: its topics, texts, documents, and a place visited."""
        if step is None:
            return {}
        requirements = list(step.requirements.all())
        names = {f"text-{item.pk}" for item in requirements}
        names |= {f"topic-{topic.pk}" for item in requirements for topic in item.topics.all()}
        kinds = {item.kind for item in requirements}
        return {
            name: value
            for name, value in values.items()
            if name in names
            or (name.startswith("document-") and Kind.DOCUMENTS_STUDIED in kinds)
            or (name.startswith("visited_") and Kind.PLACE in kinds)
        }

    def _of_village(self, code: str) -> Values:
        if not self.several_villages:
            return {}
        values = {
            f"group-{group.pk}": self.group_value(f"{group.pk}-{code}")
            for group, per_village in self.asked.groups
            if per_village
        }
        return {name: value for name, value in values.items() if value}


class HouseholdHereForm(WriteForm):
    """A household added inside the record form."""

    house_no = CleanCharField(label=_("House number"), max_length=20)
    head_name = CleanCharField(label=_("Head of household"), max_length=150)

    def household(self) -> NewHousehold:
        return NewHousehold(
            house_no=self.cleaned_data["house_no"], head_name=self.cleaned_data["head_name"]
        )


class ActivityEditForm(ActivityFields, EditForm):
    """Correcting an activity: ticks of different households merge, equal fields clash."""

    def __init__(
        self, data: Any = None, *, asked: AskedOf, stored: Values, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, stored=stored, initial=initial)
        self.agencies = max(AGENCY_ROWS, 1 + sum(name.startswith("agency-") for name in stored))
        self.add_asked_fields(asked)

    def wanted_values(self) -> Values:
        """What the form holds; what it does not offer (ended since) stays as it started."""
        started = self.started_values
        kept = {name: value for name, value in started.items() if not self._offers(name)}
        return kept | self.activity_values()

    def _offers(self, name: str) -> bool:
        """Whether a flat name has its place on this form."""
        kind, _dash, key = name.partition("-")
        if kind == "agency":
            return f"agency_name-{key}" in self.fields
        if kind in LISTS:
            return key in dict(getattr(self.fields[LISTS[kind]], "choices", []))
        return name in self.fields

    def put_back(self, data: Any, name: str, value: str) -> None:
        """Take the stored value of a flat name back into what was posted."""
        kind, _dash, key = name.partition("-")
        if kind in ("household", "member"):
            first, second = (
                ("present", "representative") if kind == "household" else ("member", "ready")
            )
            _tick(data, first, key, on=bool(value))
            _tick(data, second, key, on=value in ("representative", "ready"))
        elif kind in ("topic", "document"):
            _tick(data, kind, key, on=bool(value))
        elif kind == "group":
            data[f"group-{key}"] = "" if value == "unknown" else value
            data[f"unknown-{key}"] = "on" if value == "unknown" else ""
        elif kind == "agency":
            data[f"agency_level-{key}"], _space, data[f"agency_name-{key}"] = value.partition(" ")
        else:
            data[name] = value

    def label_of(self, name: str) -> str:
        """The words for a flat name: a household's head, a topic, a field's own label."""
        kind, _dash, key = name.partition("-")
        if kind in LISTS:
            choices = getattr(self.fields[LISTS[kind]], "choices", [])
            return str(dict(choices).get(key, name))
        return super().label_of(f"agency_name-{key}" if kind == "agency" else name)

    def shown(self, name: str, value: str) -> str:
        kind = name.partition("-")[0]
        if kind == "agency" and value:
            level, _space, agency = value.partition(" ")
            return f"{agency} ({dict(AgencyLevel.choices).get(level, level)})"
        words = WORDS.get(kind)
        return str(words.get(value, value)) if words else super().shown(name, value)

    def typed(self, name: str) -> str:
        return self.activity_values().get(name, "")


LISTS = {"household": "present", "member": "member", "topic": "topic", "document": "document"}
WORDS: dict[str, dict[str, Any]] = {
    "household": {
        "": _("Did not come"),
        "head": _("Head of household"),
        "representative": _("Representative"),
    },
    "member": {"": _("Did not come"), "present": _("Came"), "ready": _("Came and is ready")},
    "topic": {"": _("Not covered"), "on": _("Covered")},
    "document": {"": _("Not studied"), "on": _("Studied")},
    "group": {"": _("Did not come"), "unknown": _("Present, number unknown")},
}


def _tick(data: Any, name: str, key: str, *, on: bool) -> None:
    values = [value for value in data.getlist(name) if value != key]
    data.setlist(name, [*values, key] if on else values)


class FilesForm(FileFields, WriteForm):
    """Adding photos or documents to an activity that stands."""

    def __init__(self, data: Any = None, *, intake: Intake, by: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.add_file_fields(intake, by=by, data=data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.check_files()
        if not self.received and not self.intake.refused:
            self.add_error("photos", ValidationError(_("Choose a file."), code="required"))
        return cleaned


class CaptionForm(EditForm):
    """The caption of a photo or document."""

    value_fields = ("caption",)
    caption = CleanCharField(label=_("Caption"), required=False, max_length=200)
