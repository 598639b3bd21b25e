"""The library with twenty thousand lessons: how long a search takes, with an index and without.

In a copy of a generated database, which holds neither lessons nor records of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Max

from sammachip.thai.text import search_key
from steps import library
from steps.library import Asked, keys_of
from steps.models import Enrolment, KnowledgeRecord, Lesson, LessonKind, RecordSection
from tests.load.bench.site import NOW, use
from tests.load.bench.timing import Times, Way, in_turns

LESSONS, RECORDS, ON_A_PAGE = 20_000, 1_000, 20
SECTIONS = ("background", "objectives", "inputs", "process-1.4", "process-2.4", "results")

SEARCHES = {
    "one common word": Asked(keys_of("ประชุม")),
    "one rare word": Asked(keys_of("จิ้งหรีด")),
    "three words": Asked(keys_of("ประชุม ปุ๋ย ตลาด")),
    "a word and an area": Asked(keys_of("ปุ๋ย"), area="52"),
    "the name of a province": Asked(keys_of("ลำปาง")),
    "no hit": Asked(keys_of("ไม่มีคำนี้เลย")),
}

_PIECES = (
    *("ประชุมตอนเย็นมากันครบ", "ทำปุ๋ยหมักใช้เองลดรายจ่าย", "ขายที่ตลาดนัดทุกวันเสาร์"),
    *("ปลูกผักสวนครัวรั้วกินได้", "ปราชญ์ชุมชนลงมือสอนถึงบ้าน", "จดบัญชีครัวเรือนทุกเดือน"),
    *("กองทุนหมู่บ้านให้ยืมเมล็ดพันธุ์", "เยี่ยมบ้านก่อนนัดจึงได้คุยกันนาน"),
)
INDEXES = {
    "lesson_words": "steps_lesson",
    "section_words": "steps_recordsection",
    "record_words": "steps_knowledgerecord",
}


def texts() -> Iterator[str]:
    """Lessons of some two hundred characters; one in five hundred tells of crickets."""
    for number in itertools.count():
        pieces = (_PIECES[(number * step + step) % len(_PIECES)] for step in (1, 3, 5, 7, 11, 13))
        rare = "เลี้ยงจิ้งหรีดไว้กินและขาย " if number % 500 == 0 else ""
        yield f"{rare}{' '.join(pieces)} ครั้งที่ {number}"


def fill(size: str) -> None:
    """Lessons and records over the villages of a database; nothing else there changes."""
    use(size)
    enrolments = list(Enrolment.objects.order_by("pk").select_related("officer")[:LESSONS])
    by = next(row.officer for row in enrolments if row.officer)
    words, kinds = texts(), itertools.cycle(LessonKind.values)
    villages = itertools.cycle(enrolments)
    Lesson.objects.bulk_create(
        (
            Lesson(
                enrolment=next(villages),
                prompt="worked",
                kind=next(kinds),
                text=(text := next(words)),
                search_text=search_key(text),
                sharing=Lesson.Sharing.SHARED,
                decided_at=NOW - timedelta(minutes=number),
                recorded_by=by,
            )
            for number in range(LESSONS)
        ),
        batch_size=2000,
    )
    last = KnowledgeRecord.objects.aggregate(last=Max("pk"))["last"] or 0
    records = [
        KnowledgeRecord(
            pk=last + number,
            enrolment=enrolment,
            title=(title := f"องค์ความรู้ {next(words)[:80]}"),
            search_text=search_key(title),
            status=KnowledgeRecord.Status.PUBLISHED,
            sent_at=NOW,
            sent_by=by,
            decided_at=NOW - timedelta(minutes=number),
        )
        for number, enrolment in enumerate(enrolments[:RECORDS], start=1)
    ]
    KnowledgeRecord.objects.bulk_create(records)
    RecordSection.objects.bulk_create(
        (
            RecordSection(
                record=record,
                key=key,
                text=(text := "\n".join(itertools.islice(words, 4))),
                search_text=search_key(text),
            )
            for record in records
            for key in SECTIONS
        ),
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measured(size: str, rounds: int) -> tuple[dict[str, Times], dict[str, Times]]:
    """The searches as the tables are, and with a trigram index on what is searched."""
    use(size)
    plain = in_turns(_ways(), rounds)
    _with_indexes()
    return plain, in_turns(_ways(), rounds)


def _ways() -> dict[str, Way]:
    return {name: lambda asked=asked: _search(asked) for name, asked in SEARCHES.items()}


def _search(asked: Asked) -> int:
    """What a page of hits asks for: how many, the first twenty, and what is shown of them."""
    page = Paginator(library.found(asked), ON_A_PAGE).get_page(1)
    return len(library.hits(page, asked.keys))


def _with_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for name, table in INDEXES.items():
            cursor.execute(f"CREATE INDEX {name} ON {table} USING gin (search_text gin_trgm_ops)")
        cursor.execute("ANALYZE")
