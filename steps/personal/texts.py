"""The texts people write about a village, in which a name may stand though no form asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import reverse

from accounts.history_words import field_words
from sammachip.retention import retention
from steps.models import Activity, ReceivedFile
from steps.personal.names import Traces
from steps.recording.core import derived_columns
from villages.models import Village

# From a row with such texts to its village.
PATHS = {
    "steps.Enrolment": "village",
    "steps.EnrolmentHousehold": "enrolment__village",
    "steps.Shortfall": "enrolment__village",
    "steps.QuietReason": "enrolment__village",
    "steps.Activity": "enrolment__village",
    "steps.ActivityText": "activity__enrolment__village",
    "steps.Evidence": "activity__enrolment__village",
    "steps.ReceivedFile": "blob__evidence__activity__enrolment__village",
    "steps.Contribution": "enrolment__village",
    "steps.Plan": "enrolment__village",
    "steps.PlanItem": "enrolment__village",
    "steps.AssessedFactor": "assessment__enrolment__village",
    "steps.Need": "enrolment__village",
    "steps.NetworkLink": "enrolment__village",
    "steps.Lesson": "enrolment__village",
    "steps.KnowledgeRecord": "enrolment__village",
    "steps.RecordSection": "record__enrolment__village",
    "steps.RecordPhoto": "record__enrolment__village",
    "steps.Review": "submission__progress__enrolment__village",
    "steps.ReviewItem": "review__submission__progress__enrolment__village",
}

# From a row to an occasion it tells of, or is drafted from. Villages that met together share one,
# and what was written of it stands in each.
OCCASIONS = {
    "steps.Activity": "occasion",
    "steps.ActivityText": "activity__occasion",
    "steps.Evidence": "activity__occasion",
    "steps.Lesson": "activity__occasion",
    "steps.KnowledgeRecord": "enrolment__activities__occasion",
    "steps.RecordSection": "record__enrolment__activities__occasion",
    "steps.RecordPhoto": "record__enrolment__activities__occasion",
}


@dataclass(frozen=True)
class Text:
    """One text: its row, its field, and what it says."""

    row: models.Model
    field: str
    text: str

    @property
    def label(self) -> str:
        """What the text is called."""
        of_a_file = isinstance(self.row, ReceivedFile)
        return field_words("blob" if of_a_file else self.field)

    @property
    def village(self) -> Village:
        """Where it was written of."""
        found: Any = attrgetter(PATHS[self.row._meta.label].replace("__", "."))(self.row)
        return found

    def replace(self, text: str) -> None:
        """Write another text, as far as the column holds it."""
        most = getattr(self.row._meta.get_field(self.field), "max_length", None)
        setattr(self.row, self.field, text[:most] if most else text)
        self.row.save(update_fields=[self.field, *derived_columns(self.row)])


def columns() -> dict[str, list[str]]:
    """The fields with such texts, by model: what retention.toml calls texts and plans."""
    rules = retention()
    names = sorted({*rules.rule("texts").fields, *rules.rule("plans").fields})
    parts = [name.rpartition(".") for name in names]
    return {
        label: [field for _label, _dot, field in group]
        for label, group in groupby(parts, key=lambda part: part[0])
    }


def texts_with(traces: Traces, village: Village) -> Iterator[Text]:
    """The texts of a village that give somebody away (a query a model)."""
    for label in PATHS:
        yield from _naming(traces, _rows(label, village))


def _rows(label: str, village: Village) -> models.QuerySet[Any]:
    rows = apps.get_model(label)._default_manager.filter(**{PATHS[label]: village}).order_by("pk")
    if label not in _PAGES:
        return rows.distinct()  # one file may be on several activities
    return _with_place(rows)


def _with_place(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    path = PATHS[rows.model._meta.label]
    return rows.select_related(path, f"{path.removesuffix('village')}programme")


def _naming(traces: Traces, rows: models.QuerySet[Any]) -> Iterator[Text]:
    fields = columns()[rows.model._meta.label]
    for row in rows:
        for field in fields:
            text = getattr(row, field)
            if traces.stand_in(text):
                yield Text(row, field, text)


# ---------------------------------------------------------------- villages that met together


def villages_beside(village: Village) -> list[Village]:
    """The other villages that share an occasion with a village, in code order."""
    there = Village.objects.filter(enrolments__activities__occasion__in=_occasions(village))
    return list(there.exclude(pk=village.pk).in_official_order().distinct())


def rows_beside(village: Village) -> Iterator[models.QuerySet[Any]]:
    """Their rows that tell of those occasions, model by model."""
    for label, path in OCCASIONS.items():
        rows = apps.get_model(label)._default_manager.filter(**{f"{path}__in": _occasions(village)})
        yield _with_place(rows.exclude(**{PATHS[label]: village}).order_by("pk").distinct())


def texts_beside(traces: Traces, village: Village) -> Iterator[Text]:
    """The texts there that give somebody of the village away (a query a model)."""
    for rows in rows_beside(village):
        yield from _naming(traces, rows)


def _occasions(village: Village) -> models.QuerySet[Any, Any]:
    shared = Activity.objects.filter(shared=True, enrolment__village=village)
    return shared.order_by().values("occasion")


def address_of(row: models.Model) -> str:
    """The page on which a row is read; empty where it has none of its own."""
    found = _PAGES.get(row._meta.label)
    return found(row) if found else ""


def _page(name: str, enrolment: Any, *more: object) -> str:
    return reverse(f"steps:{name}", args=[enrolment.village.code, enrolment.programme.year, *more])


_PAGES: dict[str, Callable[[Any], str]] = {
    "steps.Enrolment": lambda row: _page("year", row),
    "steps.EnrolmentHousehold": lambda row: _page("livelihoods", row.enrolment),
    "steps.Shortfall": lambda row: _page("year", row.enrolment),
    "steps.QuietReason": lambda row: _page("year", row.enrolment),
    "steps.Activity": lambda row: _page("activity", row.enrolment, row.pk),
    "steps.ActivityText": lambda row: _page("activity", row.activity.enrolment, row.activity_id),
    "steps.Evidence": lambda row: _page("activity", row.activity.enrolment, row.activity_id),
    "steps.Contribution": lambda row: _page("money", row.enrolment),
    "steps.Plan": lambda row: _page("plan", row.enrolment),
    "steps.PlanItem": lambda row: _page("plan", row.enrolment),
    "steps.Lesson": lambda row: _page("lessons", row.enrolment),
    "steps.AssessedFactor": lambda row: _page("assessment", row.assessment.enrolment),
    "steps.Need": lambda row: _page("needs", row.enrolment),
    "steps.NetworkLink": lambda row: _page("network", row.enrolment),
    "steps.Review": lambda row: _page("year", row.submission.progress.enrolment),
    "steps.ReviewItem": lambda row: _page("year", row.review.submission.progress.enrolment),
}
