"""The form of an activity: what is asked, for which steps, and what it comes to as flat values.

New and edit share it. Only what the steps name is asked: their groups, topics, texts, a place
visited, documents studied. Names of inputs are those of ``steps.recording.activity_values``,
with lists of ticks under one name each (``present``, ``representative``, ``member``, ``ready``,
``topic``, ``document``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sammachip.thai.dates import short
from sammachip.thai.fields import CleanCharField, CleanTextField, ThaiDateField, ThaiIntegerField
from steps.forms.asked import AskedOf
from steps.models import Activity, ActivityForm, LedBy
from steps.models.choices import AgencyLevel, EvidenceType
from steps.models.programme import Kind, Requirement, Topic
from steps.recording.activity_values import COLUMNS
from steps.recording.core import Values, as_text
from steps.recording.messages import NOT_FOUND
from villages.models import CommitteeMember, Household

AGENCY_ROWS = 3  # at least; one more than an activity holds


class Ticks(forms.MultipleChoiceField):
    """A list of ticks; an id that is not in it is answered in the words of an unknown one."""

    default_error_messages = {"invalid_choice": NOT_FOUND}

    def __init__(self, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(choices=list(choices), widget=forms.CheckboxSelectMultiple, **kwargs)


@dataclass(frozen=True)
class TickRow:
    """One line of a tick list, ready for the page."""

    number: int
    value: str
    label: str
    note: str
    checked: bool
    second_checked: bool


@dataclass(frozen=True)
class HouseholdGroup:
    """A part of the list of households, numbered on from ``start``."""

    rows: list[TickRow]
    start: int
    targets: bool
    open: bool

    @property
    def shown_open(self) -> bool:
        """Open too while something in it is ticked."""
        return self.open or any(row.checked or row.second_checked for row in self.rows)


class ActivityFields(forms.Form):
    """The fields of an activity. Mixed into the record form and the edit form."""

    held_on = ThaiDateField(
        label=_("Date of activity"),
        help_text=_("For example 23 Mar 2560"),
        error_messages={"required": _("Enter the date")},
    )
    place = CleanCharField(
        label=_("Place"), max_length=200, help_text=_("For example the village hall")
    )
    form = forms.ChoiceField(label=_("Form of activity"), choices=ActivityForm.choices)
    led_by = forms.ChoiceField(label=_("Led by"), choices=LedBy.choices)
    total = ThaiIntegerField(
        label=_("People present in all"), required=False, min_value=0, max_value=100_000
    )
    summary = CleanTextField(
        label=_("Summary"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "What was concluded, who does what next. It may follow later. "
            "The department reads it too: write no names."
        ),
    )
    asked: AskedOf
    agencies = AGENCY_ROWS

    def add_asked_fields(self, asked: AskedOf) -> None:
        """The fields that depend on the steps and the village."""
        self.asked = asked
        self._add_ticks()
        self._add_groups()
        self._add_texts()
        self._add_agencies()
        if self.asks_place:
            self._add_place_visited()
        for name in self._required_by_the_step():
            if name in self.fields:
                self.fields[name].asked_for = True  # type: ignore[attr-defined]

    def _required_by_the_step(self) -> Iterator[str]:
        """Fields a requirement asks for: empty is allowed, but "optional" would mislead."""
        for item in self.asked.requirements:
            if not item.is_required:
                continue
            if item.kind == Kind.PEOPLE:
                yield f"group-{item.group_id}" if item.group_id else "total"
            elif item.kind == Kind.TEXT:
                yield f"text-{item.pk}"
            elif item.kind == Kind.PLACE:
                yield from ("visited_name", "visited_area")
            elif item.kind == Kind.EVIDENCE and item.evidence_type == EvidenceType.PHOTO:
                yield "photos"

    @property
    def asks_place(self) -> bool:
        return bool(self.asked.of_kind(Kind.PLACE))

    @property
    def asks_ready(self) -> bool:
        return bool(self.asked.of_kind(Kind.MEMBERS_READY))

    def _add_ticks(self) -> None:
        asked = self.asked
        households = [] if asked.is_district_work else asked.households
        members = [] if asked.is_district_work else asked.members
        for name, rows in {"present": households, "representative": households}.items():
            self.fields[name] = Ticks((str(row.pk), row.head_name) for row in rows)
        for name in ("member", "ready"):
            self.fields[name] = Ticks((str(row.pk), row.name) for row in members)
        self.fields["topic"] = Ticks((str(topic.pk), topic.label) for topic in self.topics)
        self.fields["document"] = Ticks((str(row.pk), row.title) for row in asked.documents)
        self.fields["present"].label = _("Households present")
        self.fields["member"].label = _("Committee members present")
        self.fields["topic"].label = _("Topics covered")
        self.fields["document"].label = _("Documents studied")

    @cached_property
    def topics(self) -> list[Topic]:
        return [
            topic
            for requirement in self.asked.of_kind(Kind.TOPICS)
            for topic in requirement.topics.all()
        ]

    def _add_groups(self) -> None:
        for group, _per_village in self.asked.groups:
            self.fields[f"group-{group.pk}"] = ThaiIntegerField(
                label=group.name, required=False, min_value=0, max_value=100_000
            )
            self.fields[f"unknown-{group.pk}"] = forms.BooleanField(
                label=_("Present, number unknown"), required=False
            )

    def _add_texts(self) -> None:
        for requirement in self.asked.of_kind(Kind.TEXT):
            self.fields[f"text-{requirement.pk}"] = CleanTextField(
                label=requirement.label,
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def _add_agencies(self) -> None:
        for row in range(self.agencies):
            self.fields[f"agency_name-{row}"] = CleanCharField(
                label=_("Supporting agency"), required=False, max_length=150
            )
            self.fields[f"agency_level-{row}"] = forms.ChoiceField(
                label=_("Its level"),
                required=False,
                choices=[("", _("Choose")), *AgencyLevel.choices],
            )

    def _add_place_visited(self) -> None:
        labels = {
            "visited_name": (_("Community visited"), 200),
            "visited_area": (_("Where it is"), 200),
            "visited_reason": (_("What makes it a model"), 300),
        }
        for name, (label, longest) in labels.items():
            self.fields[name] = CleanCharField(label=label, required=False, max_length=longest)

    # ------------------------------------------------------------ what must hold

    def clean_held_on(self) -> date:
        """A day of the programme that has come. Follow-up may be after the year closed."""
        day: date = self.cleaned_data["held_on"]
        programme = self.asked.enrolment.programme
        if day > self.asked.today:
            raise ValidationError(
                _("The date has not come yet. Check the date."), code="in_the_future"
            )
        ends = programme.closes_on if self.asked.steps else self.asked.today
        if not programme.opens_on <= day <= ends:
            raise ValidationError(
                _("The programme runs from %(opens)s to %(closes)s."),
                code="outside_programme",
                params={"opens": short(programme.opens_on), "closes": short(programme.closes_on)},
            )
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_total()
        self._check_agencies()
        return cleaned

    def _check_total(self) -> None:
        """Nobody can be of a group and not of the whole."""
        total = self.cleaned_data.get("total")
        if total is None:
            return
        counts = {
            _("The groups together"): sum(self.group_numbers()),
            _("The households present"): len(self._came("present", "representative")),
            _("The committee members present"): len(self._came("member", "ready")),
        }
        for who, people in counts.items():
            if people > total:
                self.add_error(
                    "total",
                    ValidationError(
                        _("%(who)s are %(people)s, more than the %(total)s present in all."),
                        code="above_total",
                        params={"who": who, "people": people, "total": total},
                    ),
                )

    def _came(self, first: str, second: str) -> set[str]:
        """Ticked in either of two lists: who sent a representative came, who is ready came."""
        cleaned = self.cleaned_data
        return {*cleaned.get(first, []), *cleaned.get(second, [])}

    def group_numbers(self) -> Iterator[int]:
        """The head-counts typed for groups."""
        for name, value in self.cleaned_data.items():
            if name.startswith("group-") and value:
                yield value

    def _check_agencies(self) -> None:
        """Each with its level, and each once."""
        named: set[str] = set()
        for row in range(self.agencies):
            name = self.cleaned_data.get(f"agency_name-{row}")
            if name and not self.cleaned_data.get(f"agency_level-{row}"):
                self.add_error(
                    f"agency_level-{row}", ValidationError(_("Choose its level."), code="required")
                )
            if name and name in named:
                twice = ValidationError(_("This agency is named already."), code="twice")
                self.add_error(f"agency_name-{row}", twice)
            named.add(name or "")

    # ------------------------------------------------------------ as flat values

    def activity_values(self) -> Values:
        """Everything typed and ticked, flat; what is empty is left out."""
        cleaned = self.cleaned_data
        values = {name: as_text(cleaned.get(name)) for name in COLUMNS}
        values |= self._attendance_values()
        values |= {f"topic-{pk}": "on" for pk in cleaned.get("topic", [])}
        values |= {f"document-{pk}": "on" for pk in cleaned.get("document", [])}
        values |= {name: text for name, text in cleaned.items() if name.startswith("text-")}
        for row in range(self.agencies):
            if name := cleaned.get(f"agency_name-{row}"):
                values[f"agency-{row}"] = f"{cleaned.get(f'agency_level-{row}', '')} {name}"
        return {name: value for name, value in values.items() if value}

    def _attendance_values(self) -> Values:
        sent = self.cleaned_data.get("representative", [])
        ready = self.cleaned_data.get("ready", [])
        values = {
            f"household-{pk}": "representative" if pk in sent else "head"
            for pk in self._came("present", "representative")
        }
        for pk in self._came("member", "ready"):
            values[f"member-{pk}"] = "ready" if pk in ready else "present"
        for group, _per_village in self.asked.groups:
            values[f"group-{group.pk}"] = self.group_value(f"{group.pk}")
        return values

    def group_value(self, key: str) -> str:
        """A number, "unknown", or nothing."""
        people = self.cleaned_data.get(f"group-{key}")
        if people:
            return str(people)
        return "unknown" if self.cleaned_data.get(f"unknown-{key}") else ""

    # ------------------------------------------------------------ for the page

    def household_groups(self) -> list[HouseholdGroup]:
        """Target households open where the step counts them, the others folded away."""
        rows = self.household_rows()
        targets = sum(row.pk in self.asked.targets for row in self.asked.households)
        if not self.asked.lists_names or not targets:
            return [HouseholdGroup(rows, 1, targets=False, open=self.asked.asks_households)]
        return [
            HouseholdGroup(rows[:targets], 1, targets=True, open=self.asked.asks_households),
            HouseholdGroup(rows[targets:], targets + 1, targets=False, open=False),
        ]

    def household_rows(self) -> list[TickRow]:
        rows = [
            self._row(number, ("present", "representative"), row, row.head_name, self._house(row))
            for number, row in enumerate(self.asked.households, start=1)
        ]
        return rows if self.asked.lists_names else _only_ticked(rows)

    def _house(self, household: Household) -> str:
        number = _("House no. %(number)s") % {"number": household.house_no}
        return f"{number} {household.cluster}".strip()

    def member_rows(self) -> list[TickRow]:
        rows = [
            self._row(number, ("member", "ready"), row, row.name, _capacity(row))
            for number, row in enumerate(self.asked.members, start=1)
        ]
        return rows if self.asked.lists_names else _only_ticked(rows)

    def _row(
        self,
        number: int,
        lists: tuple[str, str],
        row: Household | CommitteeMember,
        label: str,
        note: str,
    ) -> TickRow:
        key = str(row.pk)
        first, second = (key in self._ticked(name) for name in lists)
        return TickRow(number, key, label, note, first, second)

    def _ticked(self, name: str) -> set[str]:
        return {str(value) for value in self[name].value() or []}

    def topic_groups(self) -> list[tuple[Requirement, list[dict[str, Any]]]]:
        """The topics of each requirement that asks for some."""
        ticked = self._ticked("topic")
        return [
            (
                item,
                [
                    {"topic": topic, "checked": str(topic.pk) in ticked}
                    for topic in item.topics.all()
                ],
            )
            for item in self.asked.of_kind(Kind.TOPICS)
        ]

    def document_rows(self) -> list[dict[str, Any]]:
        ticked = self._ticked("document")
        return [{"document": row, "checked": str(row.pk) in ticked} for row in self.asked.documents]

    def group_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [
            (self[f"group-{group.pk}"], self[f"unknown-{group.pk}"])
            for group, per_village in self.asked.groups
            if not (per_village and self.several_villages)
        ]

    several_villages = False

    @property
    def ticked_households(self) -> int:
        return len(self._ticked("present") | self._ticked("representative"))

    @property
    def has_agencies(self) -> bool:
        """Whether an agency is named or one of the rows has an error."""
        rows = self.agency_rows()
        return any(field.value() or field.errors for pair in rows for field in pair)

    def text_rows(self) -> list[forms.BoundField]:
        return [self[f"text-{item.pk}"] for item in self.asked.of_kind(Kind.TEXT)]

    def agency_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [
            (self[f"agency_name-{row}"], self[f"agency_level-{row}"])
            for row in range(self.agencies)
        ]


def _capacity(member: CommitteeMember) -> str:
    """As what a member comes: the position, or the kind of leader."""
    return member.position or str(member.get_kind_display())


def _only_ticked(rows: list[TickRow]) -> list[TickRow]:
    """What a person ticked themselves, without the names of the village they left."""
    ticked = [row for row in rows if row.checked or row.second_checked]
    return [replace(row, label=str(_("Ticked")), note="") for row in ticked]


def initial_of(activity: Activity, values: Values) -> dict[str, Any]:
    """The initial data of the form for a stored activity."""
    initial: dict[str, Any] = {
        name: values.get(name, "") for name in COLUMNS if name not in ("held_on",)
    }
    initial["held_on"] = activity.held_on
    for name, keep in TICK_LISTS.items():
        initial[name] = [key for key, value in _of_kind(values, keep[0]) if value in keep[1]]
    for key, value in _of_kind(values, "group"):
        initial[f"unknown-{key}" if value == "unknown" else f"group-{key}"] = (
            True if value == "unknown" else value
        )
    for key, value in _of_kind(values, "text"):
        initial[f"text-{key}"] = value
    for row, agency in _of_kind(values, "agency"):
        level, _space, name = agency.partition(" ")
        initial[f"agency_name-{row}"], initial[f"agency_level-{row}"] = name, level
    return initial


TICK_LISTS = {
    "present": ("household", ("head", "representative")),
    "representative": ("household", ("representative",)),
    "member": ("member", ("present", "ready")),
    "ready": ("member", ("ready",)),
    "topic": ("topic", ("on",)),
    "document": ("document", ("on",)),
}


def _of_kind(values: Values, kind: str) -> list[tuple[str, str]]:
    prefix = f"{kind}-"
    return [
        (name.removeprefix(prefix), value)
        for name, value in values.items()
        if name.startswith(prefix)
    ]
