"""What was answered about activities, in one query for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from sammachip.thai.bilingual import in_thai
from steps import showing
from steps.models import Activity, ActivityText, GroupCount, SupportingAgency
from steps.models.choices import AgencyLevel


@dataclass(frozen=True)
class Answer:
    """A heading of an activity with its lines."""

    label: str
    lines: list[str]


@dataclass(frozen=True)
class _Row:
    """One line as it comes from its table: what it is, its words in both languages, a number."""

    activity: UUID
    part: str
    order: int
    name_th: str
    name_en: str
    text: str
    people: int | None

    @property
    def name(self) -> str:
        return self.name_th if in_thai() else self.name_en or self.name_th


def answers_of(activities: Collection[Activity]) -> defaultdict[UUID, list[Answer]]:
    """Topics, groups, documents, texts and agencies, by the key of the activity."""
    found: defaultdict[UUID, list[Answer]] = defaultdict(list)
    rows = sorted(_rows([activity.pk for activity in activities]), key=lambda row: row.order)
    for part, label, line in _parts():
        by_activity: defaultdict[tuple[UUID, str], list[str]] = defaultdict(list)
        for row in rows:
            if row.part == part:
                by_activity[row.activity, label or row.name].append(line(row))
        for (activity, heading), lines in by_activity.items():
            found[activity].append(Answer(heading, lines))
    return found


def _parts() -> list[tuple[str, str, Any]]:
    """In the order they are read; a text has the words of its requirement for a heading."""
    levels = dict(AgencyLevel.choices)
    return [
        ("group", _("Other people present, by group"), _group_line),
        ("topic", _("Topics covered"), lambda row: row.name),
        ("document", _("Documents studied"), lambda row: row.text),
        ("text", "", lambda row: row.text),
        ("agency", _("Supporting agencies"), lambda row: f"{row.name_th} ({levels[row.text]})"),
    ]


def _group_line(row: _Row) -> str:
    return f"{row.name}: {showing.people_words(row.people)}"


def _rows(keys: Collection[UUID]) -> list[_Row]:
    groups = GroupCount.objects.filter(activity__in=keys)
    topics = Activity.topics.through.objects.filter(activity__in=keys)
    documents = Activity.documents.through.objects.filter(activity__in=keys)
    texts = ActivityText.objects.filter(activity__in=keys)
    agencies = SupportingAgency.objects.filter(activity__in=keys)
    parts = [
        _columns(topics, "topic", "topic__order", "topic__label_th", "topic__label_en"),
        _columns(documents, "document", text="shelfdocument__title"),
        _columns(
            texts,
            "text",
            "requirement__order",
            "requirement__label_th",
            "requirement__label_en",
            text="text",
        ),
        _columns(agencies, "agency", "pk", "name", text="level"),
    ]
    names = ("group__order", "group__name_th", "group__name_en")
    everything = _columns(groups, "group", *names, people="people").union(*parts, all=True)
    return [_Row(*row) for row in everything]


def _columns(
    rows: QuerySet[Any],
    part: str,
    order: str = "",
    name_th: str = "",
    name_en: str = "",
    *,
    text: str = "",
    people: str = "",
) -> QuerySet[Any, Any]:
    """The rows of one table in the columns of _Row; what a table has not is empty."""
    return rows.order_by().values_list(
        F("activity"),
        Value(part),
        Cast(order, IntegerField()) if order else Value(0),
        _text(name_th),
        _text(name_en),
        _text(text),
        Cast(people, IntegerField()) if people else Value(None, output_field=IntegerField()),
    )


def _text(column: str) -> Any:
    return Cast(column, TextField()) if column else Value("", output_field=TextField())
