"""The library: published knowledge records and shared lessons, found and counted for anybody.

Everything starts from ``KnowledgeRecord.objects.published()`` or ``Lesson.objects.shared()``, so
that what is reopened or withdrawn is gone from the next query on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import (
    Case,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Left, Length, StrIndex
from django.db.models.lookups import GreaterThan
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from sammachip.thai.marking import excerpt, marked
from sammachip.thai.text import search_key
from steps.knowledge.sections import PROCESS
from steps.models import (
    Enrolment,
    EnrolmentHousehold,
    KnowledgeRecord,
    Lesson,
    LessonKind,
    Programme,
    RecordPhoto,
    RecordSection,
)
from villages.models import Area, Household, Occupation, after
from villages.queries import Options, step_options

RECORD, LESSON = "record", "lesson"
MOST_WORDS = 8
SHORTEST_NAME = 2  # บ้านนา is a name as it stands; นา alone is in too many
MOST_FOUND = 500  # what nobody reads to its end; another word narrows it
WITH_PLACE = ("enrolment__programme", "enrolment__village__subdistrict__parent__parent")

# Words people put before the name of a place. หมู่ alone is not among them: without its tone mark
# it is a pig.
_BEFORE_NAMES = [
    search_key(word)
    for word in ("หมู่บ้าน", "บ้าน", "ตำบล", "อำเภอ", "จังหวัด", "หมู่ที่", "ต.", "อ.", "จ.", "แขวง", "เขต")
]
_KINDS_OF_PLACE = {
    *_BEFORE_NAMES,
    *("ban", "moo", "village", "subdistrict", "district", "province"),
}


# ---------------------------------------------------------------- what is asked


@dataclass(frozen=True)
class Asked:
    """What the library is searched for. ``keys`` are search keys; what is empty asks nothing.

    ``kind`` is "record", "lesson" or a lesson's kind, ``step`` a number such as "1.4", ``area``
    the code of a province or district, ``year`` a พ.ศ. year, ``livelihood`` an occupation's code.
    """

    keys: tuple[str, ...] = ()
    kind: str = ""
    step: str = ""
    area: str = ""
    year: str = ""
    livelihood: str = ""

    @property
    def filters(self) -> list[str]:
        """The names of what narrows the search beside its words."""
        names = [field.name for field in fields(self) if field.name != "keys"]
        return [name for name in names if getattr(self, name)]

    def without(self, name: str) -> Asked:
        """The same search with one of its filters left out."""
        others: dict[str, Any] = {name: ""}
        return replace(self, **others)


def keys_of(words: str) -> tuple[str, ...]:
    """The search keys of the words of a search, each once and at most MOST_WORDS.

    What only says the kind of a place (อำเภอ, Ban) is passed over beside other words.
    """
    return tuple(every_key(words)[:MOST_WORDS])


def every_key(words: str) -> list[str]:
    """The search keys of words, however many they are."""
    keys = dict.fromkeys(key for word in words.split() if (key := search_key(word)))
    telling = [key for key in keys if key not in _KINDS_OF_PLACE]
    return telling or list(keys)


@dataclass(frozen=True)
class Choices:
    """What the library can be narrowed by (four queries)."""

    areas: Options
    years: Options
    steps: Options
    livelihoods: Options


def choices(area: str) -> Choices:
    """All provinces, the districts of the one chosen, years, steps and occupations."""
    province = area[: Area.PROVINCE] if re.fullmatch("[1-9][0-9]+", area) else ""
    offered = Q(parent__isnull=True) | Q(parent=province)
    areas = Area.objects.current().filter(offered).in_official_order()
    return Choices(
        areas=[(row.code, row.title) for row in areas],
        years=[(str(row.year), str(row)) for row in Programme.objects.order_by("-year")],
        steps=step_options(),
        livelihoods=[(row.code, str(row)) for row in Occupation.objects.all()],
    )


# ---------------------------------------------------------------- finding


class Row(NamedTuple):
    """A record (its number) or a lesson (its UUID) that was found, with what it is ordered by."""

    what: str
    pk: Any
    rank: int
    at: datetime


def found(asked: Asked) -> list[Row]:
    """What is asked for, ranked; read it with ``hits``.

    Every word must stand in the title or the text, or name the village, its district or province,
    or the kind of lesson; tone marks and spaces do not matter. First come records with all the
    words in their title, then everything else; within both the newest decision first, of one
    moment records before lessons. At most MOST_FOUND rows, in three queries, which read on by
    date only until they have as many.
    """
    named = named_districts(asked.keys)
    return _newest(_records(asked, named), _lessons(asked, named), MOST_FOUND, asked.keys)


def alternatives(asked: Asked) -> list[tuple[str, int]]:
    """For a search without hits: each filter whose leaving out finds something, with how many.

    Two queries a filter.
    """
    named = named_districts(asked.keys)
    wider = [(name, asked.without(name)) for name in asked.filters]
    counts = [
        (name, _records(less, named).count() + _lessons(less, named).count())
        for name, less in wider
    ]
    return [(name, n) for name, n in counts if n]


def newest(n: int) -> list[Row]:
    """The newest records and lessons (two queries)."""
    return _newest(KnowledgeRecord.objects.published(), Lesson.objects.shared(), n)


def _newest(
    records: QuerySet[KnowledgeRecord],
    lessons: QuerySet[Lesson],
    n: int,
    title: Iterable[str] = (),
) -> list[Row]:
    """The first n of both in their common order; keys that all stand in a title come first."""
    in_title = Q(*(_holds("search_text", key) for key in title))
    rank = Case(When(in_title, then=Value(0)), default=Value(1)) if in_title else Value(1)
    rows = [
        *_rows(RECORD, records.annotate(rank=rank).order_by("rank", "-decided_at", "pk")[:n]),
        *_rows(LESSON, lessons.annotate(rank=Value(1)).order_by("-decided_at", "pk")[:n]),
    ]
    rows.sort(key=lambda row: (row.rank, -row.at.timestamp(), row.what != RECORD))
    return rows[:n]


def _rows(what: str, found: QuerySet[Any]) -> Iterable[Row]:
    return (Row(what, *row) for row in found.values_list("pk", "rank", "decided_at"))


def _records(asked: Asked, named: Mapping[str, list[str]]) -> QuerySet[KnowledgeRecord]:
    records = KnowledgeRecord.objects.published().filter(_narrowed(asked))
    if asked.kind and asked.kind != RECORD:
        return records.none()
    sections = RecordSection.objects.filter(record=OuterRef("pk"))
    if asked.step:
        written = sections.filter(key=f"{PROCESS}-{asked.step}").exclude(text="")
        records = records.filter(Exists(written))
    for key in asked.keys:
        in_text = Exists(sections.filter(_holds("search_text", key)))
        records = records.filter(_holds("search_text", key) | in_text | _place(key, named))
    return records


def _lessons(asked: Asked, named: Mapping[str, list[str]]) -> QuerySet[Lesson]:
    lessons = Lesson.objects.shared().filter(_narrowed(asked))
    if asked.kind == RECORD:
        return lessons.none()
    if asked.kind and asked.kind != LESSON:
        lessons = lessons.filter(kind=asked.kind)
    if asked.step:
        lessons = lessons.filter(step__number=asked.step)
    for key in asked.keys:
        words = _holds("search_text", key) | _place(key, named)
        if kinds := [kind for kind in LessonKind.values if key in _kind_words(kind)]:
            words |= Q(kind__in=kinds)
        lessons = lessons.filter(words)
    return lessons


def _holds(column: str, key: str) -> Q:
    """Whether a key stands in a column: ``contains``, but four times as fast on PostgreSQL.

    LIKE steps through a text letter by letter; STRPOS leaps.
    """
    return Q(GreaterThan(StrIndex(column, Value(key)), 0))


def _narrowed(asked: Asked) -> Q:
    """Area, year and livelihood, which records and lessons have from their village's year."""
    narrowed = Q()
    if asked.area:
        code = "enrolment__village__code"
        narrowed &= Q(**{f"{code}__gte": asked.area, f"{code}__lt": after(asked.area)})
    if asked.year:
        narrowed &= Q(enrolment__programme__year=asked.year)
    if asked.livelihood:
        narrowed &= _lives_on(asked.livelihood)
    return narrowed


def _lives_on(code: str) -> Q:
    """Villages where a household has this occupation, or a target of the year takes it up.

    Only the names of occupations are looked for in what households wrote: a search by anybody's
    own words would tell what stands there.
    """
    occupation = Occupation.objects.filter(pk=code).first()
    if occupation is None:
        return Q(pk__in=[])
    standing = Household.objects.filter(
        Q(main_occupation=occupation) | Q(side_occupation=occupation),
        village=OuterRef("enrolment__village"),
        ended_on__isnull=True,
    )
    targets = EnrolmentHousehold.objects.filter(
        enrolment=OuterRef("enrolment"), target=True, livelihood__contains=occupation.name_th
    )
    return Q(Exists(standing)) | Q(Exists(targets))


# ---------------------------------------------------------------- words that name places and kinds


def named_districts(keys: Iterable[str]) -> dict[str, list[str]]:
    """For each search key the districts whose name, or whose province's, holds it (one query)."""
    wanted = {key: name for key in keys if len(name := _bare(key)) > 1}
    if not wanted:
        return {}
    wide = Area.objects.order_by().annotate(size=Length("code")).filter(size__lte=Area.DISTRICT)
    named = wide.values_list("code", "name_th", "name_en")
    areas = {code: _name_key(name_th, name_en) for code, name_th, name_en in named}
    return {
        key: [
            code
            for code, names in areas.items()
            if len(code) == Area.DISTRICT
            and (name in names or name in areas.get(code[: Area.PROVINCE], ""))
        ]
        for key, name in wanted.items()
    }


@lru_cache(maxsize=4096)  # the names of a thousand areas, asked at every search
def _name_key(name_th: str, name_en: str) -> str:
    return f"{search_key(name_th)} {search_key(name_en)}"


def _bare(key: str) -> str:
    """The key of a place's name without the word before it: อำเภอศรีรัตนะ is ศรีรัตนะ."""
    for word in _BEFORE_NAMES:
        if key.startswith(word) and len(key) > len(word) + SHORTEST_NAME:
            return key.removeprefix(word)
    return key


def _place(key: str, named: Mapping[str, list[str]]) -> Q:
    """Villages whose name or code this is, and those of the districts it names.

    They are found by themselves, once: beside the text in one condition over joined tables,
    every village would be looked up for every text.
    """
    place = _holds("village__search_text", _bare(key)) | Q(village__code=key)
    if districts := named.get(key):
        place |= Q(village__subdistrict__parent__in=districts)
    if key.isdecimal() and len(key) <= 2:
        place |= Q(village__moo=int(key))
    return Q(enrolment__in=Enrolment.objects.filter(place).order_by().values("pk"))


@lru_cache(maxsize=64)
def _kind_words(kind: str) -> str:
    """What a kind of lesson is called, as a search key in every language."""
    words = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words.append(search_key(str(LessonKind(kind).label)))
    return " ".join(words)


# ---------------------------------------------------------------- what is shown of a hit


@dataclass(frozen=True)
class Hit:
    """A record or a lesson in a list; ``keys`` are marked in its title and its text.

    ``photo`` is the address of a small picture, empty where there is none to show.
    """

    href: str
    what: str
    title: str
    text: str
    enrolment: Enrolment
    at: datetime
    photo: str = ""
    keys: tuple[str, ...] = ()

    @property
    def marked_title(self) -> SafeString:
        return marked(self.title, self.keys)

    @property
    def marked_text(self) -> SafeString:
        return marked(self.text, self.keys)


def hits(rows: Iterable[Row], keys: tuple[str, ...] = ()) -> list[Hit]:
    """The rows of ``found`` as they are shown (at most four queries)."""
    rows = list(rows)
    numbers = [row.pk for row in rows if row.what == RECORD]
    uuids = [row.pk for row in rows if row.what == LESSON]
    records = KnowledgeRecord.objects.published().select_related(*WITH_PLACE).in_bulk(numbers)
    lessons = Lesson.objects.shared().select_related(*WITH_PLACE).in_bulk(uuids)
    texts, photos = _texts(records, keys), _photos(records)
    shown = {
        **{
            (RECORD, pk): _record_hit(record, texts.get(pk, ""), photos.get(pk, ""), keys)
            for pk, record in records.items()
        },
        **{(LESSON, pk): _lesson_hit(lesson, keys) for pk, lesson in lessons.items()},
    }
    return [shown[wanted] for row in rows if (wanted := (row.what, row.pk)) in shown]


def _texts(records: Iterable[int], keys: Iterable[str]) -> dict[int, str]:
    """Of each record the section in which most of the words stand, the first one among equals."""
    rows = RecordSection.objects.filter(record__in=list(records)).exclude(text="").order_by("pk")
    best: dict[int, tuple[int, str]] = {}
    for record, text, searched in rows.values_list("record", "text", "search_text"):
        score = sum(key in searched for key in keys)
        if record not in best or score > best[record][0]:
            best[record] = (score, text)
    return {record: text for record, (_score, text) in best.items()}


def _photos(records: Iterable[int]) -> dict[int, str]:
    """The small picture of each record's first photo that anybody may see."""
    photos = RecordPhoto.objects.public().filter(record__in=list(records))
    addresses: dict[int, str] = {}
    for record, pk in photos.values_list("record", "pk"):
        addresses.setdefault(record, reverse("library:photo_small", args=[record, pk]))
    return addresses


def _record_hit(record: KnowledgeRecord, text: str, photo: str, keys: tuple[str, ...]) -> Hit:
    return Hit(
        href=reverse("library:record", args=[record.pk]),
        what=translation.gettext("Knowledge record"),
        title=record.title,
        text=excerpt(text, keys),
        enrolment=record.enrolment,
        at=_decided(record),
        photo=photo,
        keys=keys,
    )


def _lesson_hit(lesson: Lesson, keys: tuple[str, ...]) -> Hit:
    shows = lesson.photo_id and lesson.photo_cleared
    return Hit(
        href=reverse("library:lesson", args=[lesson.pk]),
        what=str(LessonKind(lesson.kind).label),
        title=excerpt(lesson.text, keys),
        text="",
        enrolment=lesson.enrolment,
        at=_decided(lesson),
        photo=reverse("library:lesson_photo_small", args=[lesson.pk]) if shows else "",
        keys=keys,
    )


def _decided(row: KnowledgeRecord | Lesson) -> datetime:
    """When it was opened to everybody; what is published or shared always has that moment."""
    if row.decided_at is None:
        raise ValueError(f"{row.pk} was never decided on")
    return row.decided_at


# ---------------------------------------------------------------- one of them, and all in numbers


def published_record(pk: int) -> KnowledgeRecord:
    """A record anybody may read; any other is not there (Http404)."""
    return get_object_or_404(KnowledgeRecord.objects.published().select_related(*WITH_PLACE), pk=pk)


def shared_lesson(pk: UUID) -> Lesson:
    """A lesson anybody may read; any other is not there (Http404)."""
    lessons = Lesson.objects.shared().select_related(*WITH_PLACE, "step", "photo")
    return get_object_or_404(lessons, pk=pk)


def public_photo(record: int, pk: int) -> RecordPhoto:
    """A photo of a published record that anybody may see; any other is not there (Http404)."""
    published = KnowledgeRecord.objects.published().filter(pk=record)
    photos = RecordPhoto.objects.public().filter(record__in=published)
    return get_object_or_404(photos.select_related("evidence__blob"), pk=pk)


def lessons_of(enrolment: Enrolment, n: int) -> list[Lesson]:
    """The newest shared lessons of a village, of whatever year."""
    lessons = Lesson.objects.shared().filter(enrolment__village=enrolment.village_id)
    return list(lessons.order_by("-decided_at", "pk")[:n])


def records_of(enrolment: Enrolment) -> list[KnowledgeRecord]:
    """The published records of a village, the newest first."""
    records = KnowledgeRecord.objects.published()
    return list(
        records.filter(enrolment__village=enrolment.village_id).order_by("-decided_at", "pk")
    )


@dataclass(frozen=True)
class Numbers:
    """What the library holds, and from how many provinces."""

    records: int
    lessons: int
    provinces: int


def numbers() -> Numbers:
    """How much there is (two queries)."""
    records = _by_province(KnowledgeRecord.objects.published())
    lessons = _by_province(Lesson.objects.shared())
    return Numbers(sum(records.values()), sum(lessons.values()), len(records | lessons))


def _by_province(rows: QuerySet[Any]) -> dict[str, int]:
    code = Left("enrolment__village__code", Area.PROVINCE)
    counted = rows.order_by().values_list(code).annotate(n=Count("pk"))
    return dict(counted)
