"""Before a record is published: who is named in it, what looks like a phone, what is empty.

Known names and phones of the village's people are refused; words that only seem to name somebody
are pointed at, for a person to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from steps.knowledge.carried import standings_of
from steps.knowledge.reading import told_in
from steps.knowledge.sections import MAY_BE_EMPTY, Section
from steps.models import KnowledgeRecord, RecordPhoto
from steps.personal.naming import words_naming
from steps.personal.people import people_of
from steps.personal.phones import phones_in


@dataclass(frozen=True)
class Place:
    """A text of a record: what it is called, where it is mended, and what it says.

    Where something was found in it the text is that.
    """

    label: str
    href: str
    text: str


@dataclass(frozen=True)
class Check:
    """What was found in a record, and what a person has to look at."""

    naming: list[Place]
    seeming: list[Place]
    phones: list[Place]
    unshared: list[Place]
    empty: list[Section]
    photos: list[RecordPhoto]

    @property
    def is_clean(self) -> bool:
        """Whether nobody the village has listed is named."""
        return not self.naming


def check_of(record: KnowledgeRecord) -> Check:
    """The check list of a record, in a fixed number of queries."""
    photos = list(record.photos.standing())
    told = told_in(record)
    places = list(_places(record, told, photos))
    people = people_of(record.enrolment.village)
    own = [place for place in places if place.label != _("Office")]  # an office has a phone

    def unlisted(text: str) -> list[str]:
        return [words for words in words_naming(text) if not people.stand_in(words)]

    return Check(
        naming=[place for place in places if people.stand_in(place.text)],
        seeming=_found(places, unlisted),
        phones=_found(own, phones_in),
        unshared=list(_unshared(record)),
        empty=[section for section, text in told if not text and section.key not in MAY_BE_EMPTY],
        photos=photos,
    )


def _found(places: Iterable[Place], finder: Callable[[str], list[str]]) -> list[Place]:
    """Where something is found, with what it is as the text."""
    found = ((place, finder(place.text)) for place in places)
    return [replace(place, text=" · ".join(words)) for place, words in found if words]


def _unshared(record: KnowledgeRecord) -> Iterator[Place]:
    """The sections that hold a lesson kept in the area or struck through; two queries.

    Not where it was written twice, and the other one stands.
    """
    lessons = record.enrolment.lessons
    taken_over = lessons.for_records().values("search_text")
    apart = list(lessons.not_for_records().exclude(search_text__in=taken_over))
    standings = standings_of(apart)
    for lesson in apart:
        for standing in standings[lesson.pk]:
            where = _address("knowledge_section", record, standing.key)
            yield Place(standing.title, where, lesson.text)


def names_in(record: KnowledgeRecord) -> list[Place]:
    """The texts in which somebody of the village is named, or their phone stands."""
    people = people_of(record.enrolment.village)
    places = _places(record, told_in(record), list(record.photos.standing()))
    return [place for place in places if people.stand_in(place.text)]


def _places(
    record: KnowledgeRecord, told: list[tuple[Section, str]], photos: list[RecordPhoto]
) -> Iterator[Place]:
    about = _address("knowledge_about", record)
    yield Place(_("Category"), about, record.category)
    yield Place(_("Title"), about, record.title)
    yield Place(_("Position"), about, record.position)
    office = " ".join((record.office, record.address, record.contact))
    yield Place(_("Office"), about, office)
    for section, text in told:
        where = _address("knowledge_section", record, section.key)
        yield Place(str(section.title), where, text)
    for number, photo in enumerate(photos, start=1):
        words = _("Caption of photo %(n)s") % {"n": number}
        yield Place(words, _address("knowledge_photos", record), photo.caption)


def _address(name: str, record: KnowledgeRecord, *more: str) -> str:
    enrolment = record.enrolment
    return reverse(f"steps:{name}", args=[enrolment.village.code, enrolment.programme.year, *more])
