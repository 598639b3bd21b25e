"""The memo with which a district office sends its knowledge record to the province, in Thai."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sammachip.thai import dates
from sammachip.thai.language import in_thai
from steps.knowledge.memo import Memo, chief_of, office_of
from steps.models import KnowledgeRecord


@in_thai
def covering_memo_of(record: KnowledgeRecord, *, on: date) -> Memo:
    """The memo written on a day; the district's chief signs it, whose name is left to write."""
    district = record.enrolment.village.subdistrict.above
    office = office_of(district)
    return Memo(
        office=record.office or office.name,
        phone=office.phone,
        date=dates.of_letter(on),
        subject=_("Knowledge record: %(title)s") % {"title": record.title},
        to=_("Governor of %(province)s through the community development chief of %(province)s")
        % {"province": district.above.title},
        cause=_("%(office)s wrote down what was learned in %(village)s in %(programme)s.")
        % {
            "office": record.office or office.name,
            "village": record.enrolment.village.full_title,
            "programme": record.enrolment.programme,
        },
        purpose=_purpose(record),
        close=_("For your information and consideration."),
        position=chief_of(district),
    )


def _purpose(record: KnowledgeRecord) -> str:
    """What is sent: the record by its title, who wrote it and when where that is known."""
    photos = record.photos.standing().count()
    words = [
        _("The office sends 1 knowledge record, “%(title)s”") % {"title": record.title},
        _("in the category %(category)s") % {"category": record.category}
        if record.category
        else "",
        _("written by %(author)s") % {"author": f"{record.author} {record.position}".strip()}
        if record.author
        else "",
        _("on %(day)s") % {"day": dates.long(record.written_on)} if record.written_on else "",
        ngettext("with %(n)s photo", "with %(n)s photos", photos) % {"n": photos} if photos else "",
        _("as attached."),
    ]
    return " ".join(word for word in words if word)
