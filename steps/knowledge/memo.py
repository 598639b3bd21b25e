"""An internal letter (บันทึกข้อความ) before it has a form, as ``paper`` is for papers."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from django.utils.translation import gettext as _

from accounts.models import Office
from sammachip.thai.digits import to_thai
from steps.knowledge.paper import Block, Picture, blocks_of, held_together
from villages.models import Area


@dataclass(frozen=True)
class Memo:
    """Its head, its three parts as stored text (a line a paragraph, "- " an item), who signs.

    The number of a letter is the office's to give: its place stays empty. ``signer`` is empty
    where the program does not know who that is.
    """

    office: str
    date: str
    subject: str
    to: str
    cause: str
    purpose: str
    close: str
    position: str
    signer: str = ""
    phone: str = ""
    pictures: tuple[Picture, ...] = ()
    thai_digits: bool = False

    @property
    def parts(self) -> list[tuple[str, list[Block]]]:
        """Why it is written, what it says and what is asked, each with its key."""
        texts = {"cause": self.cause, "purpose": self.purpose, "close": self.close}
        return [(key, blocks_of(text)) for key, text in texts.items()]

    def printed(self, *, thai_digits: bool) -> Memo:
        """As it goes on paper: no number on another line than its word, ๐–๙ where asked."""
        texts = {field.name: getattr(self, field.name) for field in fields(self)}
        ready = {
            name: _printed(text, thai_digits=thai_digits)
            for name, text in texts.items()
            if isinstance(text, str)
        }
        pictures = tuple(
            replace(shown, caption=_printed(shown.caption, thai_digits=thai_digits))
            for shown in self.pictures
        )
        return replace(self, **ready, pictures=pictures, thai_digits=thai_digits)


def _printed(text: str, *, thai_digits: bool) -> str:
    kept = held_together(text)
    return to_thai(kept) if thai_digits else kept


def chief_of(district: Area) -> str:
    """Who heads a district: นายอำเภอศรีรัตนะ, in Bangkok a director."""
    words = _("Director of %(district)s") if district.in_bangkok else _("Chief of %(district)s")
    return words % {"district": district.title}


def office_of(district: Area) -> Office:
    """The office that writes for a district; one nobody entered goes by its usual name."""
    stored = Office.objects.filter(area=district).first()
    usual = _("Community development office of %(district)s") % {"district": district.title}
    return stored or Office(area=district, name=usual)
