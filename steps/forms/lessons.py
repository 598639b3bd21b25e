"""The forms of lessons: several written in one go, one corrected, and who reads it decided."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sammachip.forms import NO_NAMES, EditForm, ReasonForm, WriteForm
from sammachip.thai.fields import CleanTextField
from steps.forms.files import Intake, OnePhoto
from steps.models import Activity, Enrolment, Lesson, LessonKind, Prompt, Step
from steps.recording.core import Refusal, Values
from steps.recording.lessons import (
    LESSON_FIELDS,
    MOST,
    NewLesson,
    NewLessons,
    lesson_values,
    print_of,
)
from steps.recording.messages import MESSAGES, NOT_FOUND

# What an answer is about, unless the person chooses otherwise; "anything else" has to say.
PRESET: dict[str, str] = {
    Prompt.WORKED: LessonKind.SUCCESS,
    Prompt.DID_NOT: LessonKind.CAUTION,
    Prompt.NEXT: LessonKind.PROPOSAL,
}
KIND_MISSING = _("Choose what it is about")


def text_field(label: Any, *, required: bool, rows: int = 4) -> CleanTextField:
    """A box for a lesson. It stops nobody at the last character: what is too long stays typed."""
    field = CleanTextField(
        label=label,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=NO_NAMES,
        error_messages={"required": _("Enter what was learned")},
    )
    too_long = _("At most %(limit_value)s characters; this has %(show_value)s.")
    field.validators.append(MaxLengthValidator(MOST, message=too_long))
    return field


def step_choices(steps: Sequence[Step]) -> list[tuple[str, Any]]:
    """The steps by their numbers, or none of them."""
    return [("", _("None of the steps")), *((step.number, step.title) for step in steps)]


@dataclass(frozen=True)
class Box:
    """An answer and what it is about, side by side."""

    text: BoundField
    kind: BoundField


class NewLessonsForm(OnePhoto, WriteForm):
    """What worked, what did not, what to do next time: each box that is filled is a lesson."""

    step = forms.ChoiceField(label=_("Step"), required=False)
    activity = forms.ModelChoiceField(
        Activity.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": NOT_FOUND},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        enrolment: Enrolment,
        steps: Sequence[Step],
        intake: Intake,
        by: User,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.steps = {step.number: step for step in steps}
        self.set_choices("step", step_choices(steps))
        self.fields["activity"].queryset = enrolment.activities.select_related("step")  # type: ignore[attr-defined]
        for prompt in Prompt:
            self.fields[prompt.value] = text_field(prompt.label, required=False)
            self.fields[f"{prompt}_kind"] = _kind_field(PRESET.get(prompt))
            for name in (prompt.value, f"{prompt}_kind"):  # one of the boxes has to be filled
                self.fields[name].asked_for = True  # type: ignore[attr-defined]
        self.know_received(intake, by=by, data=data)

    def set_choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """What may be chosen in a field."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def boxes(self) -> list[Box]:
        """The three that are asked."""
        return [self._box(prompt) for prompt in PRESET]

    @property
    def anything_else(self) -> Box:
        """The one for anything else."""
        return self._box(Prompt.OTHER)

    @property
    def else_open(self) -> bool:
        """Whether something was typed there, or is wrong with it."""
        box = self.anything_else
        return bool(box.text.value() or box.text.errors or box.kind.errors)

    def _box(self, prompt: str) -> Box:
        return Box(self[str(prompt)], self[f"{prompt}_kind"])

    @property
    def about(self) -> Activity | None:
        """The activity it is about, as the page shows it."""
        chosen = self.fields["activity"].queryset.filter(  # type: ignore[attr-defined]
            pk__in=_uuids(self["activity"].value())
        )
        found: Activity | None = chosen.first()
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.check_files()
        for prompt in Prompt:
            if cleaned.get(prompt) and not cleaned.get(f"{prompt}_kind", "?"):
                self.add_error(f"{prompt}_kind", ValidationError(KIND_MISSING, code="required"))
        if not any(cleaned.get(prompt) or prompt in self.errors for prompt in Prompt):
            self.add_error(
                Prompt.WORKED,
                ValidationError(str(MESSAGES["nothing_learned"]), code="nothing_learned"),
            )
        return cleaned

    def new(self) -> NewLessons:
        """What was typed, clean."""
        cleaned = self.cleaned_data
        lessons = [
            NewLesson(prompt.value, cleaned[f"{prompt}_kind"], cleaned[prompt])
            for prompt in Prompt
            if cleaned[prompt]
        ]
        step = self.steps.get(cleaned["step"])
        return NewLessons(lessons, step, cleaned["activity"], self.photo)


def _kind_field(preset: str | None) -> forms.ChoiceField:
    choices = [*LessonKind.choices] if preset else [("", _("Choose")), *LessonKind.choices]
    return forms.ChoiceField(
        label=_("What it is about"), required=False, choices=choices, initial=preset
    )


def _uuids(value: Any) -> list[Any]:
    """The value as a key, or nothing where it is none."""
    try:
        key = forms.UUIDField(required=False).clean(value)
    except ValidationError:
        return []
    return [key] if key else []


class LessonForm(OnePhoto, EditForm):
    """A lesson as it stands."""

    value_fields = LESSON_FIELDS
    lesson_kind = forms.ChoiceField(label=_("What it is about"), choices=LessonKind.choices)
    step = forms.ChoiceField(label=_("Step"), required=False)
    text = text_field(_("What was learned"), required=True, rows=6)
    without_photo = forms.BooleanField(label=_("Take the photo off"), required=False)

    def __init__(
        self, data: Any = None, *, lesson: Lesson, steps: Sequence[Step], intake: Intake, by: User
    ) -> None:
        values = lesson_values(lesson)
        super().__init__(data, stored=values, initial=values)
        own = [lesson.step] if lesson.step and lesson.step not in steps else []
        self.fields["step"].choices = step_choices([*own, *steps])  # type: ignore[attr-defined]
        if lesson.photo is None:
            del self.fields["without_photo"]
        self.know_received(intake, by=by, data=None if data is None else self.data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.check_files()
        return cleaned

    # The photo is no field: its flat value is what it contains.

    def wanted_values(self) -> Values:
        photo = self._photo_wanted()
        return {**super().wanted_values(), **({"photo": photo} if photo else {})}

    def _photo_wanted(self) -> str:
        if self.photo:
            return self.photo.blob.sha256
        taken_off = self.cleaned_data.get("without_photo")
        return "" if taken_off else self.started_values.get("photo", "")

    def put_back(self, data: Any, name: str, value: str) -> None:
        if name == "photo":
            data.pop("without_photo", None)
            data.setlist("drop", data.getlist("received"))
        else:
            super().put_back(data, name, value)

    def label_of(self, name: str) -> str:
        return super().label_of("photos" if name == "photo" else name)

    def shown(self, name: str, value: str) -> str:
        if name == "photo" and value:
            return str(_("A photo"))
        return super().shown(name, value)

    def typed(self, name: str) -> str:
        return self._photo_wanted() if name == "photo" else super().typed(name)


# ---------------------------------------------------------------- deciding who reads it


class Read(WriteForm):
    """A decision on a lesson as the reviewer read it; what changed meanwhile is read again."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, lesson: Lesson, name: str) -> None:
        auto_id = f"{name}-{lesson.pk}-%s"  # many of them stand on one page
        super().__init__(data, initial={"seen": print_of(lesson)}, auto_id=auto_id)
        self.lesson = lesson

    def refuse(self, refusal: Refusal) -> None:
        super().refuse(refusal)
        if refusal.code == "lesson_changed":
            data: Any = copy(self.data)
            data["seen"] = print_of(self.lesson)
            for name in ("names_nobody", "photo_cleared"):
                data.pop(name, None)
            self.data = data


class ShareForm(Read):
    """Letting everybody read a lesson."""

    names_nobody = forms.BooleanField(
        label=_("I have read it: it names nobody and tells of nobody's illness"),
        error_messages={"required": _("Read it, then tick that it names nobody")},
    )
    photo_cleared = forms.BooleanField(
        label=_("The photo may be shown too: whoever is recognised in it agreed"), required=False
    )

    def __init__(self, data: Any = None, *, lesson: Lesson) -> None:
        super().__init__(data, lesson=lesson, name="share")
        if lesson.photo_id is None:
            del self.fields["photo_cleared"]


class KeepForm(Read, ReasonForm):
    """Keeping a lesson in its area, with a reason."""

    def __init__(self, data: Any = None, *, lesson: Lesson) -> None:
        super().__init__(data, lesson=lesson, name="keep")
