"""Everything held about one person, in sections: the page shows them, the copy holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Scope
from accounts.history_words import field_words, verb_words
from accounts.models import History, HistoryValue
from sammachip.thai.dates import moment, short
from steps.exports.sections import Line, Section
from steps.models import (
    Activity,
    Attendance,
    ChangeLeader,
    EnrolmentHousehold,
    Evidence,
    MemberAttendance,
)
from steps.models.choices import EvidenceType
from steps.personal.names import Traces
from steps.personal.rows import Person, PersonRow, kind_of, name_of, phone_of
from steps.personal.texts import address_of, texts_beside, texts_with
from villages.models import CommitteeMember, Household, LeaderKind, Occupation


def held_about(person: Person, names: Scope) -> list[Section]:
    """All sections with something in them. Whose rows are meant: those of the same name.

    ``names`` is where the reader may see people's names.
    """
    activities = _activities(person.same)
    sections = [
        *(_row_section(row) for row in person.same),
        Section(_("Part in the programme, by year"), list(_years(_households(person)))),
        Section(_("Activities attended"), list(_attended(person))),
        Section(_("Sign-in sheets of these activities"), list(_sheets(activities))),
        Section(_("Texts that name the person"), list(_texts(person, names))),
        Section(_("History"), list(_history(person.same))),
    ]
    return [section for section in sections if section.lines]


def traces_of(rows: Iterable[PersonRow]) -> Traces:
    """What gives the people in these rows away in a text; nothing where it is erased."""
    named = [row for row in rows if row.erased_on is None]
    return Traces.of((name_of(row) for row in named), (phone_of(row) for row in named))


# ---------------------------------------------------------------- the rows themselves


def _row_section(row: PersonRow) -> Section:
    lines = [Line(label, text) for label, text in _cells(row) if text]
    if row.erased_on:
        lines.append(Line(_("Name erased on"), short(row.erased_on)))
    return Section(kind_of(row), lines)


def _cells(row: PersonRow) -> Iterator[tuple[str, str]]:
    yield _("Village"), f"{row.village.full_title} {row.village.subdistrict.title}"
    if isinstance(row, Household):
        yield from _of_household(row)
    elif isinstance(row, CommitteeMember):
        yield from _of_member(row)
    else:
        yield from _of_leader(row)


def _of_household(row: Household) -> Iterator[tuple[str, str]]:
    yield field_words("house_no"), row.house_no
    yield field_words("head_name"), row.head_name
    yield field_words("people"), str(row.people or "")
    yield field_words("cluster"), row.cluster
    yield field_words("main_occupation"), str(row.main_occupation or "")
    yield field_words("side_occupation"), str(row.side_occupation or "")
    yield field_words("phone"), row.phone
    yield field_words("ended_on"), short(row.ended_on) if row.ended_on else ""


def _of_member(row: CommitteeMember) -> Iterator[tuple[str, str]]:
    yield field_words("name"), row.name
    yield field_words("position"), row.position
    yield field_words("kind"), str(row.get_kind_display())
    yield field_words("household"), row.household.house_no if row.household else ""
    yield field_words("phone"), row.phone
    yield field_words("joined_on"), short(row.joined_on)
    yield field_words("left_on"), short(row.left_on) if row.left_on else ""


def _of_leader(row: ChangeLeader) -> Iterator[tuple[str, str]]:
    yield _("Fiscal year"), str(row.enrolment.programme.year)
    yield field_words("name"), row.name
    yield field_words("household"), row.household.house_no if row.household else ""
    yield field_words("named_on"), short(row.named_on)
    yield field_words("ended_on"), short(row.ended_on) if row.ended_on else ""


# ---------------------------------------------------------------- what they took part in


def _households(person: Person) -> list[Household]:
    return [row for row in person.same if isinstance(row, Household)]


def _years(households: list[Household]) -> Iterator[Line]:
    marks = EnrolmentHousehold.objects.filter(household__in=households)
    for row in marks.select_related("enrolment__programme").order_by("-enrolment__programme__year"):
        words = [
            _("Target household") if row.target else "",
            _("Model household") if row.model else "",
            row.livelihood,
        ]
        yield Line(str(row.enrolment.programme), " · ".join(filter(None, words)) or "–")


def _activities(rows: Iterable[PersonRow]) -> QuerySet[Activity]:
    rows = list(rows)
    homes = [row.pk for row in rows if isinstance(row, Household)]
    members = [row.pk for row in rows if isinstance(row, CommitteeMember)]
    came = Q(attendances__household__in=homes) | Q(member_attendances__member__in=members)
    found = Activity.objects.filter(came).distinct()
    return found.select_related("step", "enrolment__programme", "enrolment__village")


def _attended(person: Person) -> Iterator[Line]:
    keys = [row.pk for row in person.same]
    where = ("activity__step", "activity__enrolment__programme", "activity__enrolment__village")
    homes = Attendance.objects.filter(household__in=keys).select_related(*where)
    for home in homes.order_by("activity__held_on", "pk"):
        how = _("Someone for the household") if home.representative else _("Head of household")
        yield _came(home.activity, how)
    members = MemberAttendance.objects.filter(member__in=keys).select_related(*where)
    for member in members.order_by("activity__held_on", "pk"):
        how = _("Committee member")
        yield _came(member.activity, f"{how} · {_('Ready to act')}" if member.ready else how)


def _came(activity: Activity, how: str) -> Line:
    words = [
        activity.step.short_title if activity.step else _("Follow-up outside the steps"),
        str(activity.get_form_display()),
        activity.place,
        how,
        _("Withdrawn") if activity.withdrawn_at else "",
    ]
    text = " · ".join(filter(None, words))
    return Line(short(activity.held_on), text, address_of(activity))


def _sheets(activities: QuerySet[Activity]) -> Iterator[Line]:
    sheets = Evidence.objects.filter(activity__in=activities, type=EvidenceType.SIGN_IN)
    for sheet in sheets.select_related("activity").order_by("activity__held_on", "added_at"):
        label = short(sheet.activity.held_on)
        yield Line(label, str(sheet), reverse("steps:file", args=[sheet.pk]))


# ---------------------------------------------------------------- where else they are named


def _texts(person: Person, names: Scope) -> Iterator[Line]:
    traces = traces_of(person.same)
    for found in texts_with(traces, person.village):
        yield Line(found.label, found.text, address_of(found.row))
    for found in texts_beside(traces, person.village):
        label = f"{found.label} · {found.village.full_title}"
        if names.covers(found.village.code):
            yield Line(label, found.text, address_of(found.row))
        else:
            yield Line(label, _("Names the person as well; shown to those who see names there"))


def _history(rows: Iterable[PersonRow]) -> Iterator[Line]:
    about = Q(pk__in=[])
    for row in rows:
        about |= Q(subject_type=row._meta.label_lower, subject_id=str(row.pk))
    entries = History.objects.filter(about).select_related("by").order_by("-id")
    choices = _choices()
    for entry in entries.prefetch_related("values_kept"):
        by = entry.by.title if entry.by else _("The system")
        changes = "; ".join(_change(value, choices) for value in entry.values_kept.all())
        words = [by, verb_words(entry.verb), changes, entry.note]
        yield Line(moment(entry.at), " · ".join(filter(None, words)))


def _choices() -> dict[str, str]:
    """The words of stored codes: kinds of leader and occupations."""
    kinds = {str(value): str(label) for value, label in LeaderKind.choices}
    return kinds | {row.pk: str(row) for row in Occupation.objects.all()}


def _change(value: HistoryValue, choices: dict[str, str]) -> str:
    words = field_words(value.field)
    if value.erased_on:
        return f"{words}: {_('erased')}"
    if value.field == "household":
        return words  # which one is a key
    old, new = (_shown(text, choices) for text in (value.old, value.new))
    return f"{words}: {old} → {new}" if old else f"{words}: {new}"


def _shown(text: str, choices: dict[str, str]) -> str:
    try:
        return short(date.fromisoformat(text)) if len(text) == len("2017-03-23") else choices[text]
    except (KeyError, ValueError):
        return text
