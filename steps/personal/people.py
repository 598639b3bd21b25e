"""The people of a village as they may stand in a text that is to be read by anybody."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sammachip.thai.digits import to_arabic
from sammachip.thai.text import search_key
from steps.exports.neutral import AND
from steps.models import PlanItem
from steps.personal.names import TITLES, Traces, bare
from steps.personal.naming import LETTERS, NOBODY, names_somebody
from steps.personal.rows import name_of, phone_of, rows_in
from villages.models import Village

# How villagers are called besides their titles; a short name after these could be any word.
_KIN = "คุณ|ลุง|ป้า|ตา|ยาย|พ่อ|แม่|กำนัน|ผู้ใหญ่"
_SHORTEST = 4
# What goes on after a name, and begins no family name.
_GOES_ON = (
    "เล่า|บอก|กล่าว|ว่า|และ|กับ|เป็น|ได้|ซึ่ง|จึง|ไม่|ให้|ช่วย|พา|สอน|ขอ|จาก|ใน|ของ|เอง|โทร|เบอร์|อายุ|"
    "ประธาน|สมาชิก|หัวหน้า|เลี้ยง|ปลูก|เริ่ม|เคย|ยัง|จะ|ต้อง|อยู่|หมู่|ร่วม|สาธิต|แนะนำ"
)


@dataclass(frozen=True)
class People:
    """What gives the people of a village away: more strictly than where a name is erased.

    ``names`` are full names by their search keys, so that spaces, tone marks and the word before
    do not hide one; ``called`` finds given names after a title.
    """

    traces: Traces
    names: dict[str, str]
    called: re.Pattern[str] | None

    def stand_in(self, text: str) -> bool:
        """Whether somebody is named in a text, or their phone stands there."""
        return bool(self.found_in(text))

    def found_in(self, text: str) -> list[str]:
        """Names and phones that stand in a text, each once."""
        searched = search_key(text)
        called = [match.group() for match in self.called.finditer(text)] if self.called else []
        found = list(dict.fromkeys([*self.traces.found_in(to_arabic(text)), *called]))
        known = [name for key, name in self.names.items() if key in searched]
        hidden = [name for name in known if not any(name in words for words in found)]
        return [*found, *hidden]


def people_of(village: Village) -> People:
    """Heads, members and leaders of the village, past and present, and who is named in plans.

    In plans a person is known as one by a title before the name. Four queries.
    """
    rows = [row for row in rows_in(village) if row.erased_on is None]
    planned = PlanItem.objects.filter(enrolment__village=village).values_list("person", flat=True)
    persons = [person for words in planned for person in AND.split(words)[::2]]
    named = [person for person in persons if bare(person) != person and names_somebody(person)]
    return people_with([*map(name_of, rows), *named], map(phone_of, rows))


def people_with(names: Iterable[str], phones: Iterable[str]) -> People:
    """The people with these names and phones."""
    names = list(names)
    plain = {bare(name) for name in names if name}
    full = {search_key(name): name for name in sorted(plain) if " " in name}
    return People(Traces.of(names, phones), full, _called(plain))


def _called(names: Iterable[str]) -> re.Pattern[str] | None:
    """Given names after a title, unless another family name follows than the one we know.

    A given name alone is too common a word to look for.
    """
    ways: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in names:
        given, *family = name.split()
        for before in (TITLES, _KIN) if len(given) >= _SHORTEST else (TITLES,):
            ways[before, _AFTER_KNOWN if family else _AFTER].add(re.escape(given))
    parts = [
        rf"(?:{before})[^\S\n]*(?!{NOBODY})(?:{'|'.join(sorted(named))}){after}"
        for (before, after), named in ways.items()
    ]
    return re.compile("|".join(parts)) if parts else None


# No other family name than the one that is known stands after a given name alone. One for all
# names together: one for each takes half a second to compile for a village.
_AFTER = rf"(?=[^{LETTERS}]|\Z|{_GOES_ON})"
_AFTER_KNOWN = rf"(?=[^\S\n]*(?:[^{LETTERS} ]|\Z|{_GOES_ON}))"
