"""The people of a village as they may stand in a text that is to be read by anybody."""

from __future__ import annotations

from dataclasses import dataclass

from sammachip.thai.digits import to_arabic
from sammachip.thai.text import search_key
from steps.exports.neutral import AND
from steps.models import PlanItem
from steps.personal.names import Traces, bare
from steps.personal.rows import name_of, phone_of, rows_in
from villages.models import Village


@dataclass(frozen=True)
class People:
    """What gives the people of a village away: more strictly than where a name is erased.

    ``names`` are full names by their search keys, so that spaces, tone marks and the word before
    do not hide one.
    """

    traces: Traces
    names: dict[str, str]

    def stand_in(self, text: str) -> bool:
        """Whether somebody is named in a text, or their phone stands there."""
        return bool(self.found_in(text))

    def found_in(self, text: str) -> list[str]:
        """Names and phones that stand in a text, each once."""
        searched = search_key(text)
        found = self.traces.found_in(to_arabic(text))
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
    names = [*map(name_of, rows), *(person for person in persons if bare(person) != person)]
    full = [bare(name) for name in names if " " in bare(name)]
    return People(Traces.of(names, map(phone_of, rows)), {search_key(name): name for name in full})
