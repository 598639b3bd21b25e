"""Copies of the model villages, made by PostgreSQL: one statement a table for many villages.

Every column of a copy follows from its model's by one rule of ``_expression``: whole-number keys
move up by a fixed stride for each village, UUIDs carry the village's marker, and a few columns
have a rule of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from django.core.management.color import no_style
from django.db import connection, models

from accounts.models import User
from accounts.receipts import canonical
from sammachip.generate.bare import BareTables
from sammachip.generate.keys import marker
from sammachip.generate.people import Staff
from sammachip.generate.places import Copy
from sammachip.generate.words import FAMILY
from steps.changes import said_in
from steps.models import (
    Activity,
    ActivityText,
    Attendance,
    ChangeLeader,
    Contribution,
    Enrolment,
    EnrolmentHousehold,
    Evidence,
    GroupCount,
    MemberAttendance,
    Plan,
    PlanItem,
    QuietReason,
    Review,
    ReviewItem,
    Shortfall,
    StepProgress,
    Submission,
    YearProgress,
)
from villages.models import CommitteeMember, Household, Village, WorkingCommittee

# What is copied, and how each row leads to its village.
COPIED: dict[type[models.Model], str] = {
    Household: "village",
    WorkingCommittee: "village",
    CommitteeMember: "committee__village",
    Enrolment: "village",
    EnrolmentHousehold: "enrolment__village",
    ChangeLeader: "enrolment__village",
    Shortfall: "enrolment__village",
    QuietReason: "enrolment__village",
    Contribution: "enrolment__village",
    Plan: "enrolment__village",
    PlanItem: "enrolment__village",
    Activity: "enrolment__village",
    Activity.topics.through: "activity__enrolment__village",
    Activity.documents.through: "activity__enrolment__village",
    ActivityText: "activity__enrolment__village",
    Attendance: "activity__enrolment__village",
    MemberAttendance: "activity__enrolment__village",
    GroupCount: "activity__enrolment__village",
    Evidence: "activity__enrolment__village",
    StepProgress: "enrolment__village",
    YearProgress: "enrolment__village",
    Submission: "progress__enrolment__village",
    Review: "submission__progress__enrolment__village",
    ReviewItem: "review__submission__progress__enrolment__village",
}

MOVED = "replace(replace({}, v.model_marker, v.marker), v.model_district_marker, v.district_marker)"

# The fingerprints of activities are made anew from what the activities say (steps.changes).
FINGERPRINT = f"encode(sha256(convert_to({MOVED.format('said.words')}, 'UTF8')), 'hex')"
FINGERPRINTS = f"jsonb_object_agg({MOVED.format('said.activity')}, {FINGERPRINT})"
SNAPSHOT = f"""
jsonb_set({MOVED.format("a.snapshot::text")}::jsonb, '{{stood_on,activities}}',
    (SELECT {FINGERPRINTS} FROM said WHERE said.submission = a.id))
"""  # noqa: S608
OWN_NAME = f"replace(a.{{}}, '{FAMILY}', v.surname)"
RULES: dict[tuple[type[models.Model], str], str] = {
    (Household, "head_name"): OWN_NAME.format("head_name"),
    (CommitteeMember, "name"): OWN_NAME.format("name"),
    (ChangeLeader, "name"): OWN_NAME.format("name"),
    (Enrolment, "budget"): "a.budget + v.more_budget",
    (YearProgress, "budget"): "a.budget + v.more_budget",
    (YearProgress, "district_code"): "v.district",
    (YearProgress, "subdistrict_code"): "v.subdistrict",
    (StepProgress, "district_code"): "v.district",
    (StepProgress, "subdistrict_code"): "v.subdistrict",
    (Submission, "snapshot"): SNAPSHOT,
    (Review, "by_id"): "v.reviewer",
    # Nobody hands in a thousand villages in the same second.
    (Submission, "at"): "a.at + v.later",
    (Review, "at"): "a.at + v.later",
    (StepProgress, "moved_at"): "a.moved_at + v.later",
}

# Temporary tables: the copies to make, and what activities said on which a submission stood.
COPIES = (
    "nth bigint PRIMARY KEY, model bigint, village bigint, marker text, district_marker text, "
    "model_marker text, model_district_marker text, district text, subdistrict text, "
    "officer bigint, reviewer bigint, surname text, more_budget numeric, later interval"
)
SAID = "submission bigint, activity text, words text, PRIMARY KEY (submission, activity)"


class Copier:
    """Copies of model villages, while the tables stand bare of indexes and foreign keys."""

    def __init__(
        self,
        models_told: Sequence[Enrolment],
        copies: Sequence[Copy],
        staff: Staff,
        stage: Callable[[str], None],
    ) -> None:
        self.bare = BareTables([model._meta.db_table for model in COPIED], stage)
        self.enrolments, self.copies, self.staff = models_told, copies, staff

    def __enter__(self) -> Self:
        copies = [_as_row(copy, self.staff) for copy in self.copies]
        with connection.cursor() as cursor:
            _fill(cursor, "copied", COPIES, copies)
            _fill(cursor, "said", SAID, _said(self.enrolments))
            self.statements = _statements(cursor)
        self.bare.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.bare.__exit__(None, None, None)
            _move_sequences()

    def copy(self, start: int, end: int) -> None:
        """Make the copies from ``start`` up to ``end``."""
        with connection.cursor() as cursor:
            for statement in self.statements:
                cursor.execute(statement, [start, end])


def _fill(cursor: Any, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    with cursor.copy(f"COPY {table} FROM STDIN") as out:
        for row in rows:
            out.write_row(row)
    cursor.execute(f"ANALYZE {table}")


def _as_row(copy: Copy, staff: Staff) -> tuple[object, ...]:
    code, model = copy.village.code, copy.model.code
    return (
        copy.nth,
        copy.model.pk,
        copy.village.pk,
        marker(code),
        marker(code[:4]),
        marker(model),
        marker(model[:4]),
        code[:4],
        code[:6],
        staff.officer_of(code).pk,
        staff.reviewer_of(code).pk,
        copy.surname,
        copy.more_budget,
        copy.later,
    )


def _said(enrolments: Sequence[Enrolment]) -> list[tuple[int, str, str]]:
    """What each activity said on which a submission stood, as its fingerprint reads it."""
    activities = Activity.objects.filter(enrolment__in=enrolments)
    parts = ("attendances", "member_attendances", "group_counts", "texts", "agencies")
    activities = activities.prefetch_related(*parts, "topics", "documents")
    words = {str(row.pk): canonical(said_in(row)) for row in activities}
    submissions = Submission.objects.filter(progress__enrolment__in=enrolments)
    return [
        (pk, activity, words[activity])
        for pk, snapshot in submissions.values_list("pk", "snapshot")
        for activity in snapshot["stood_on"]["activities"]
    ]


def _statements(cursor: Any) -> list[str]:
    """Keeps the models' rows of each table aside; the statements that copy them for a range."""
    for model, path in COPIED.items():
        fields = [field.attname for field in model._meta.concrete_fields]
        rows = model._base_manager.order_by().annotate(of_village=models.F(path))
        sql, parameters = rows.values_list(*fields, "of_village").query.sql_with_params()
        aside = f"CREATE TEMPORARY TABLE {_aside(model)} ON COMMIT DROP AS {sql}"
        cursor.execute(aside, parameters)
    moves = {model: _move(cursor, model) for model in COPIED if not _has_uuids(model)}
    return [_statement(model, moves) for model in COPIED]


def _aside(model: type[models.Model]) -> str:
    return f"model_{model._meta.db_table}"


def _has_uuids(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.UUIDField)


def _move(cursor: Any, model: type[models.Model]) -> str:
    """How far the keys of the first copy lie behind the models', and each copy's behind that."""
    cursor.execute(f"SELECT coalesce(max(id) - min(id), 0) + 1 FROM {_aside(model)}")  # noqa: S608
    (stride,) = cursor.fetchone()
    return f"{stride} * (v.nth + 1)"


def _statement(model: type[models.Model], moves: dict[type[models.Model], str]) -> str:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_expression(model, field, moves) for field in fields)
    return (
        f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {values}"  # noqa: S608
        f" FROM copied v JOIN {_aside(model)} a ON a.of_village = v.model"
        " WHERE v.nth >= %s AND v.nth < %s ORDER BY v.nth"
    )


def _expression(
    model: type[models.Model],
    field: models.Field[Any, Any],
    moves: dict[type[models.Model], str],
) -> str:
    """A column of a copy ``v`` by the same column of its model ``a``."""
    column = f'a."{field.column}"'
    target: type[models.Model] = field.related_model or model
    if rule := RULES.get((model, str(field.column))):
        return rule
    if target is Village:
        return "v.village"
    if target is User:
        return f"CASE WHEN {column} IS NOT NULL THEN v.officer END"
    if isinstance(field, models.UUIDField) or (field.is_relation and _has_uuids(target)):
        return f"{MOVED.format(f'{column}::text')}::uuid"
    if target in moves and (field.primary_key or field.is_relation):
        return f"{column} + {moves[target]}"
    return column


def _move_sequences() -> None:
    """Sequences go on behind the keys of the copies."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), list(COPIED)):
            cursor.execute(sql)
