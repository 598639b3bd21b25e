"""What pages show of steps, requirements and activities, as finished words and addresses.

Templates only place these: the words for a measure, what is still missing in one line, and the
link that mends it are decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sammachip.thai.dates import short
from steps.models import (
    Activity,
    Enrolment,
    Evidence,
    Requirement,
    Review,
    Status,
    Step,
    StepProgress,
    Submission,
)
from steps.models.choices import HOLDS_NAMES
from steps.models.programme import Kind, Origin
from steps.requirements import headcount, headcount_listed
from villages.models import LeaderKind

AT_MOST_NAMED = 2  # missing parts named in one line; more are counted
REASON_SHOWN = 80  # characters of a return's reason in one line


@dataclass(frozen=True)
class RequirementRow:
    """One requirement on a step page."""

    requirement: Requirement
    have: int
    need: int
    parts_missing: list[str]
    required: bool
    href: str = ""
    mend: str = ""
    reason: str = ""

    @property
    def met(self) -> bool:
        return self.have >= self.need

    @property
    def explained(self) -> bool:
        return bool(self.reason) and not self.met

    @property
    def blocks(self) -> bool:
        return self.required and not self.met and not self.explained

    @property
    def advised(self) -> bool:
        return not self.required

    @property
    def amount(self) -> str:
        """22 / 25 households"""
        return f"{self.have} / {self.need} {self.requirement.unit}".strip()

    @property
    def missing_words(self) -> str:
        """In one phrase: what is still missing of it."""
        label = str(self.requirement.label)
        if 0 < len(self.parts_missing) <= AT_MOST_NAMED < self.need:
            return f"{label}: {_and(self.parts_missing)}"
        short_of = self.need - self.have
        if self.need == 1 or not self.requirement.unit:
            return label
        return f"{label} {short_of} {self.requirement.unit}"

    @property
    def what_to_do(self) -> str:
        """The parts that are missing, where it has parts, and the way to mend it."""
        if not self.mend or not 0 < len(self.parts_missing) <= AT_MOST_NAMED:
            return self.mend
        return f"{self.mend}: {_and(self.parts_missing)}"

    @property
    def origin_words(self) -> str:
        """Where it comes from: an officer may argue with the programme's own choice."""
        requirement = self.requirement
        if requirement.origin == Origin.PROGRAMME:
            return _("The programme's own choice")
        if requirement.need_origin == Origin.PROGRAMME and requirement.kind != Kind.AFTER:
            return _("From the original write-up; the figure is the programme's own choice")
        return _("From the original write-up")


def requirement_rows(
    step: Step,
    progress: StepProgress,
    enrolment: Enrolment,
    *,
    reasons: Mapping[str, str],
    last: Activity | None = None,
) -> list[RequirementRow]:
    """The rows of a step as measured last, each with the way to mend it.

    ``last`` is the step's latest activity, where most things are mended; ``reasons`` explain
    shortfalls by code.
    """
    return [
        RequirementRow(
            requirement=item,
            have=progress.measures[item.code][0],
            need=progress.measures[item.code][1],
            parts_missing=_part_names(item, progress.measures[item.code][2]),
            required=item.is_required,
            href=mending_address(item, enrolment, last),
            mend=mending_words(item, last),
            reason=reasons.get(item.code, "") if item.shortfall_allowed else "",
        )
        for item in step.requirements.all()
        if item.code in progress.measures
    ]


def rows_handed_in(step: Step, submission: Submission) -> list[RequirementRow]:
    """The rows of a closed step as it was handed in, whatever the programme asks since.

    Nothing of it is to be mended, so no row names what is missing or where.
    """
    snapshot = submission.snapshot
    return [
        RequirementRow(
            requirement=item,
            have=snapshot["measures"][item.code][0],
            need=snapshot["measures"][item.code][1],
            parts_missing=[],
            required=item.code in snapshot["required"],
            reason=snapshot["explained"].get(item.code, ""),
        )
        for item in _asked_then(step, snapshot["measures"])
    ]


def _asked_then(step: Step, codes: Collection[str]) -> list[Requirement]:
    """The requirements with these codes; what ended since is not among the step's own."""
    standing = [item for item in step.requirements.all() if item.code in codes]
    if len(standing) == len(codes):
        return standing
    asked = Requirement.objects.filter(step=step, code__in=codes)
    return list(asked.select_related("after_step").order_by("order"))


def _part_names(requirement: Requirement, codes: Sequence[str]) -> list[str]:
    names = {topic.code: str(topic.label) for topic in requirement.topics.all()}
    kinds = {value: str(label) for value, label in LeaderKind.choices}
    return [names.get(code) or kinds.get(code, code) for code in codes]


# ---------------------------------------------------------------- the way to mend it

PLACES = {
    Kind.HOUSEHOLDS_LISTED: "steps:targets",
    Kind.CHANGE_LEADERS: "steps:leaders",
}
PLAN_PLACES = {
    Kind.PLAN_GOAL: "steps:plan_goal",
    Kind.PLAN_ITEMS: "steps:plan_item_add",
    Kind.PLAN_OWNERS: "steps:plan_item_add",
}


def mending_address(requirement: Requirement, enrolment: Enrolment, last: Activity | None) -> str:
    """The page that mends a requirement."""
    code, year = enrolment.village.code, enrolment.programme.year
    if requirement.kind in (Kind.COMMITTEE, Kind.LEADER_KINDS):
        return reverse("villages:committee", args=[code])
    if requirement.kind == Kind.DOCUMENTS_SHELVED:
        return reverse("steps:shelf", args=[enrolment.village.district_code, year])
    if requirement.kind in PLACES:
        return reverse(PLACES[Kind(requirement.kind)], args=[code, year])
    if requirement.kind in PLAN_PLACES:
        name = PLAN_PLACES[Kind(requirement.kind)]
        return reverse(name, args=[code, year, requirement.step.number])
    if requirement.kind == Kind.AFTER and requirement.after_step:
        return reverse("steps:step", args=[code, year, requirement.after_step.number])
    if last is None or requirement.kind == Kind.ACTIVITY:
        return reverse("steps:record", args=[code, year, requirement.step.number])
    name = "steps:activity_files" if requirement.kind == Kind.EVIDENCE else "steps:activity_edit"
    return reverse(name, args=[code, year, last.pk])


def mending_words(requirement: Requirement, last: Activity | None) -> str:
    """What to do there."""
    if requirement.kind == Kind.AFTER:
        return _("Go to step %(number)s") % {"number": requirement.after_step.number}  # type: ignore[union-attr]
    words = {
        Kind.HOUSEHOLDS_LISTED: _("Tick the target households"),
        Kind.CHANGE_LEADERS: _("Name the change leaders"),
        Kind.PLAN_GOAL: _("Write the goal in the plan"),
        Kind.PLAN_ITEMS: _("Add to the plan"),
        Kind.PLAN_OWNERS: _("Add to the plan"),
        Kind.COMMITTEE: _("Add committee members"),
        Kind.LEADER_KINDS: _("Add committee members"),
        Kind.DOCUMENTS_SHELVED: _("Enter it on the district's document shelf"),
    }
    if requirement.kind in words:
        return words[Kind(requirement.kind)]
    if last is None or requirement.kind == Kind.ACTIVITY:
        return _("Record an activity")
    day = {"date": short(last.held_on)}
    if requirement.kind == Kind.EVIDENCE:
        return _("Add to the activity of %(date)s") % day
    return _("Complete the activity of %(date)s") % day


# ---------------------------------------------------------------- in one line


def missing_line(rows: Iterable[RequirementRow]) -> str:
    """What keeps a step from being handed in, in one line; empty when nothing does."""
    missing = [row.missing_words for row in rows if row.blocks]
    return _("Still missing: %(what)s") % {"what": _some(missing, named=1)} if missing else ""


def _some(words: Sequence[str], *, named: int) -> str:
    """The first ones by name, the others counted."""
    shown, others = list(words[:named]), len(words) - named
    if others > 0:
        shown.append(ngettext("%(n)s more", "%(n)s more", others) % {"n": others})
    return _and(shown)


def _and(words: Sequence[str]) -> str:
    """Listed as Thai lists things: by spaces, the last one by "and"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {
        "first": _(", ").join(words[:-1]),
        "last": words[-1],
    }


@dataclass(frozen=True)
class StepRow:
    """One step in the list of a village's year."""

    step: Step
    progress: StepProgress
    href: str
    note: str
    late_days: int
    end: str


def step_row(
    step: Step,
    progress: StepProgress,
    enrolment: Enrolment,
    *,
    today: date,
    reasons: Mapping[str, str],
    returned: Review | None = None,
) -> StepRow:
    """A step with its status, due date and, while it is open, what is still missing.

    ``returned`` is the review that sent it back: what that is about comes first.
    """
    progress.step = step
    return StepRow(
        step=step,
        progress=progress,
        href=reverse(
            "steps:step", args=[enrolment.village.code, enrolment.programme.year, step.number]
        ),
        note=return_words(returned) or step_note(step, progress, enrolment, reasons),
        late_days=progress.days_late(today),
        end=due_words(step, progress, today),
    )


def return_words(review: Review | None) -> str:
    """What a return is about: the points it names, or else the first words of its reason."""
    if review is None:
        return ""
    about = _some([item.subject for item in review.items.all()], named=2)
    return _("Returned: %(what)s") % {"what": about or Truncator(review.reason).chars(REASON_SHOWN)}


def quiet_words(days: int) -> str:
    """Quiet (45 days); empty for 0."""
    return ngettext("Quiet (%(n)s day)", "Quiet (%(n)s days)", days) % {"n": days} if days else ""


def step_note(
    step: Step, progress: StepProgress, enrolment: Enrolment, reasons: Mapping[str, str]
) -> str:
    """The one line under a step's name."""
    if progress.late_arrivals and progress.is_closed:
        return _("Records added later")
    if progress.is_closed:
        return ""
    rows = requirement_rows(step, progress, enrolment, reasons=reasons)
    waits_for = waiting_for(rows)
    if waits_for:
        return _("Waits for step %(number)s") % {"number": waits_for}
    if progress.status == Status.NOT_STARTED:
        return _("No activity yet")
    return missing_line(rows) or _("Complete, ready to submit")


def waiting_for(rows: list[RequirementRow]) -> str:
    """The number of a step that must come first; this one can be recorded all the same."""
    for row in rows:
        if row.requirement.kind == Kind.AFTER and row.blocks and row.requirement.after_step:
            return row.requirement.after_step.number
    return ""


def due_words(step: Step, progress: StepProgress, today: date) -> str:
    """When it is due, while it is open and not late."""
    if progress.is_closed:
        return ""
    days = (step.due_on - today).days
    if 0 < days <= 7:
        return ngettext("Due in %(n)s day", "Due in %(n)s days", days) % {"n": days}
    if days == 0:
        return _("Due today")
    return _("Due %(date)s") % {"date": short(step.due_on)}


# ---------------------------------------------------------------- activities


@dataclass(frozen=True)
class ActivityRow:
    """An activity in words: when and where, who led, who came, what state it is in."""

    activity: Activity
    href: str
    title: str
    note: str
    state: str
    photos: list[Evidence]
    documents: list[Evidence]


def activity_rows(
    activities: Iterable[Activity], enrolment: Enrolment, *, names: bool
) -> list[ActivityRow]:
    """Activities for a list; papers that hold names only where those may be seen."""
    return [_activity_row(row, enrolment, names=names) for row in activities]


def _activity_row(activity: Activity, enrolment: Enrolment, *, names: bool) -> ActivityRow:
    evidence = [
        row
        for row in activity.evidence.all()
        if row.withdrawn_at is None and (names or row.type not in HOLDS_NAMES)
    ]
    return ActivityRow(
        activity=activity,
        href=reverse(
            "steps:activity", args=[enrolment.village.code, enrolment.programme.year, activity.pk]
        ),
        title=f"{short(activity.held_on)} {activity.place}",
        note=activity_note(activity),
        state=activity_state(activity),
        photos=[row for row in evidence if row.blob.is_image],
        documents=[row for row in evidence if not row.blob.is_image],
    )


def activity_note(activity: Activity) -> str:
    """Form, who led, and how many came to an activity loaded for_lists."""
    words = [
        str(activity.get_form_display()),
        _("led by %(who)s") % {"who": activity.get_led_by_display()},
    ]
    households: int = activity.households  # type: ignore[attr-defined]
    people = headcount_listed(activity)
    if households:
        words.append(
            ngettext("%(n)s household", "%(n)s households", households) % {"n": households}
        )
    if people:
        words.append(ngettext("%(n)s person", "%(n)s people", people) % {"n": people})
    return " · ".join(words)


def activity_state(activity: Activity) -> str:
    """Withdrawn, late, or without its summary; empty when all is well."""
    if activity.withdrawn_at:
        return _("Withdrawn: %(reason)s") % {"reason": activity.withdrawn_reason}
    if activity.waits:
        return _("Arrived late, not counted yet")
    if activity.set_aside_at:
        return _("Kept, not counted")
    files = sum(row.waits for row in activity.evidence.all())
    if files:
        words = ngettext("%(n)s file arrived late", "%(n)s files arrived late", files)
        return words % {"n": files}
    if not activity.summary:
        return _("The summary is to follow")
    return ""


@dataclass(frozen=True)
class ActivityShown:
    """Everything of one activity, for its own page."""

    households: list[str]
    household_count: int
    members: list[str]
    member_count: int
    groups: list[tuple[str, str]]
    topics: list[str]
    documents: list[str]
    texts: list[tuple[str, str]]
    agencies: list[str]
    people: int
    evidence: list[Evidence]


def activity(row: Activity, *, names: bool) -> ActivityShown:
    """One activity in words; people's names only where they may be seen."""
    attendances = list(
        row.attendances.select_related("household").order_by("household__house_order")
    )
    members = list(row.member_attendances.select_related("member"))
    evidence = row.evidence.select_related("blob", "added_by")
    return ActivityShown(
        households=[_came(item) for item in attendances] if names else [],
        household_count=len(attendances),
        members=[_took_part(item) for item in members] if names else [],
        member_count=len(members),
        groups=[
            (str(item.group), people_words(item.people))
            for item in row.group_counts.select_related("group")
        ],
        topics=[str(topic.label) for topic in row.topics.all()],
        documents=[item.title for item in row.documents.all()],
        texts=[
            (str(item.requirement.label), item.text)
            for item in row.texts.select_related("requirement")
        ],
        agencies=[f"{item.name} ({item.get_level_display()})" for item in row.agencies.all()],
        people=headcount(row),
        evidence=[item for item in evidence if names or item.type not in HOLDS_NAMES],
    )


def people_words(people: int | None) -> str:
    """12 people, or that they came and nobody knows how many."""
    if not people:
        return _("Present, number unknown")
    return ngettext("%(n)s person", "%(n)s people", people) % {"n": people}


def _came(item: Any) -> str:
    household = item.household
    words = f"{household.house_no} {household.head_name}"
    return f"{words} ({_('Representative')})" if item.representative else words


def _took_part(item: Any) -> str:
    return f"{item.member.name} ({_('Ready to act')})" if item.ready else item.member.name
