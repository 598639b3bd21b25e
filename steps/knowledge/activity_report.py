"""What is told of an activity afterwards: the memo to the district chief, the line for a chat.

Both are Thai whatever the language of the screen, name no villager, and say of what nobody
recorded that it was not recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sammachip.thai import dates
from sammachip.thai.language import in_thai
from steps.knowledge.memo import Memo, chief_of, office_of
from steps.knowledge.paper import Picture
from steps.knowledge.telling import households, item, people, what_it_held
from steps.models import Activity, Evidence, EvidenceType, PlanItem
from steps.showing import people_words
from villages.models import Area

NEXT_SHOWN = 3  # plan items, so that the memo stays on one sheet
MESSAGE_SUMMARY = 300  # characters, so that a message is read


@dataclass(frozen=True)
class Report:
    """An activity on paper, and as plain text to paste into a chat."""

    memo: Memo
    message: str


@in_thai
def report_of(activity: Activity, *, on: date) -> Report:
    """The report written on a day about an activity that stands; a fixed number of queries."""
    pictures = tuple(_picture(row) for row in _photos(activity))
    came = _came(activity)
    return Report(
        memo=_memo(activity, came, pictures, on),
        message="\n".join(_message(activity, came, len(pictures))),
    )


def _memo(activity: Activity, came: str, pictures: tuple[Picture, ...], on: date) -> Memo:
    district = activity.enrolment.village.subdistrict.above
    office = office_of(district)
    return Memo(
        office=office.name,
        phone=office.phone,
        date=dates.of_letter(on),
        subject=_subject(activity),
        to=_addressee(district),
        cause=_cause(activity),
        purpose="\n".join(_purpose(activity, office.name, came)),
        close=_("For your information."),
        signer=activity.recorded_by.name,
        position=activity.recorded_by.position,
        pictures=pictures,
    )


def _addressee(district: Area) -> str:
    """The head of the district, through the officer who leads its community development."""
    return _("%(chief)s through the community development chief of %(district)s") % {
        "chief": chief_of(district),
        "district": district.title,
    }


def _subject(activity: Activity) -> str:
    village = activity.enrolment.village.full_title
    if activity.step is None:
        return _("Report on follow-up outside the steps, %(village)s") % {"village": village}
    return _("Report on step %(step)s, %(village)s") % {
        "step": activity.step.title,
        "village": village,
    }


def _cause(activity: Activity) -> str:
    words = (
        _("%(village)s is a target village of %(programme)s, in step %(step)s.")
        if activity.step
        else _("%(village)s is a target village of %(programme)s and was followed up.")
    )
    village = activity.enrolment.village
    return words % {
        "village": f"{village.full_title} {village.address}",
        "programme": activity.enrolment.programme,
        "step": activity.step.title if activity.step else "",
    }


def _purpose(activity: Activity, office: str, came: str) -> Iterator[str]:
    words = _(
        "%(office)s reports: %(form)s on %(date)s at %(place)s. Led by: %(who)s. Came: %(came)s."
    )
    yield words % {
        "office": office,
        "date": dates.long(activity.held_on),
        "place": activity.place,
        "form": activity.get_form_display(),
        "who": activity.get_led_by_display(),
        "came": came,
    }
    asked = {row.pk: row for row in activity.step.requirements.all()} if activity.step else {}
    yield from what_it_held(activity, asked)
    yield from _summary(activity)
    yield from _what_comes_next(activity)


def _summary(activity: Activity) -> Iterator[str]:
    if not activity.summary:
        yield _("The summary has not been recorded yet.")
        return
    first, *others = activity.summary.splitlines()
    yield _("Summary: %(text)s") % {"text": first}
    yield from others


def _what_comes_next(activity: Activity) -> Iterator[str]:
    """What the plan wants after that day and nobody has done; never who is to do it."""
    day = activity.held_on
    items = activity.enrolment.plan_items.standing().filter(done_on__isnull=True)
    later = items.filter(Q(starts_on__gt=day) | Q(starts_on__isnull=True, ends_on__gt=day))
    planned = list(later.in_order_of_days()[:NEXT_SHOWN])
    if planned:
        yield _("Next in the plan")
        yield from (item(_planned(row)) for row in planned)


def _planned(row: PlanItem) -> str:
    days = [dates.short(day) for day in (row.starts_on, row.ends_on) if day]
    return f"{row.activity} {' – '.join(dict.fromkeys(days))}"


# ---------------------------------------------------------------- who came


def _came(activity: Activity) -> str:
    """Households, committee, groups and the total as they were recorded; people may be in two."""
    homes, members = activity.attendances.count(), activity.member_attendances.count()
    counted = [
        households(homes) if homes else "",
        _("%(n)s of the committee") % {"n": people(members)} if members else "",
        *(
            f"{row.group} {people_words(row.people)}"
            for row in activity.group_counts.select_related("group")
        ),
    ]
    known = [words for words in counted if words]
    return " ".join([*known, _in_all(activity, known)])


def _in_all(activity: Activity, known: list[str]) -> str:
    if activity.total is not None:
        return _("%(n)s in all") % {"n": people(activity.total)}
    if known:
        return _("the number in all was not recorded")
    return _("the number was not recorded")


# ---------------------------------------------------------------- photos


def _photos(activity: Activity) -> list[Evidence]:
    """Its photos that count; never papers, which name people."""
    photos = activity.evidence.filter(type=EvidenceType.PHOTO).select_related("blob")
    return [row for row in photos if row.counts and row.blob.is_image]


def _picture(row: Evidence) -> Picture:
    blob = row.blob
    return Picture(
        reverse("steps:file", args=[row.pk]), blob.path(), row.caption, blob.width, blob.height
    )


# ---------------------------------------------------------------- the text for a chat


def _message(activity: Activity, came: str, pictures: int) -> Iterator[str]:
    yield _subject(activity)
    yield _("Date %(date)s at %(place)s") % {
        "date": dates.short(activity.held_on),
        "place": activity.place,
    }
    yield _("%(form)s led by %(who)s") % {
        "form": activity.get_form_display(),
        "who": activity.get_led_by_display(),
    }
    yield _("Came: %(list)s") % {"list": came}
    if activity.summary:
        text = Truncator(" ".join(activity.summary.split())).chars(MESSAGE_SUMMARY)
        yield _("Summary: %(text)s") % {"text": text}
    if pictures:
        yield ngettext("With %(n)s photo", "With %(n)s photos", pictures) % {"n": pictures}
