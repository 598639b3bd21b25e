"""A person's name and phone as they stand in texts, and the marker that is put in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from steps.personal.phones import patterns_of

ON_REQUEST = "ลบชื่อตามคำขอ"
WHEN_DUE = "ลบชื่อเมื่อครบกำหนด"
MARKERS = (ON_REQUEST, WHEN_DUE)

_RANKS = (  # of soldiers and the police, whole and short; ว่าที่ before them
    r"(?:ว่าที่\s*)?(?:(?:(?:จ่า)?สิบ|ร้อย|พัน|พล)(?:ตำรวจ)?(?:ตรี|โท|เอก)|ดาบตำรวจ|ด\.ต\."
    r"|(?:จ\.ส|ส|ร|พ)\.[ตทอ]\.(?:[ตทอ]\.)?)(?:\s*หญิง)?"
)
TITLES = (
    r"นางสาว|นาย|นาง|เด็กชาย|เด็กหญิง|น\.ส\.|ด\.ช\.|ด\.ญ\."
    rf"|ดร\.|ผศ\.|รศ\.|ศ\.|นพ\.|พญ\.|ม\.ล\.|ม\.ร\.ว\.|{_RANKS}"
)
# A name follows, which begins with a consonant or a vowel before one: not so in นางาม.
_TITLE = re.compile(rf"^(?:(?:{TITLES})\s*)+(?=[ก-ฮเ-ไ])")
_THAI = "\u0e01-\u0e5b"


def bare(name: str) -> str:
    """The name without its title: one form says นาย, another does not."""
    return _TITLE.sub("", name)


@dataclass(frozen=True)
class Traces:
    """What gives a person away in a text: full names, names that are a whole text, phones."""

    pattern: re.Pattern[str] | None
    whole: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str], phones: Iterable[str]) -> Traces:
        """The traces of people with these names and phones.

        A name without a family name is looked for as a whole text only: as a part it could be
        any word.
        """
        names = {name for name in names if name}
        full = [_full_name(bare(name)) for name in sorted(names) if " " in bare(name)]
        numbers = [number for phone in sorted(set(phones)) for number in patterns_of(phone)]
        parts = [part for part in (*full, *numbers) if part]
        pattern = re.compile("|".join(parts)) if parts else None
        return cls(pattern, frozenset(names | {bare(name) for name in names}))

    def stand_in(self, text: str) -> bool:
        """Whether the text gives one of them away."""
        return text in self.whole or bool(self.pattern and self.pattern.search(text))

    def found_in(self, text: str) -> list[str]:
        """What of theirs stands in the text, as it is written there; each once."""
        if text in self.whole:
            return [text]
        found = self.pattern.finditer(text) if self.pattern else ()
        return list(dict.fromkeys(match.group() for match in found))

    def erased(self, text: str, marker: str) -> str:
        """The text with a marker in place of each name and phone."""
        if text in self.whole:
            return marker
        return self.pattern.sub(marker, text) if self.pattern else text

    def erased_within(self, value: Any, marker: str) -> Any:
        """The same for all texts in a value as JSON holds it, keys of mappings left alone."""
        if isinstance(value, dict):
            return {key: self.erased_within(part, marker) for key, part in value.items()}
        if isinstance(value, list):
            return [self.erased_within(part, marker) for part in value]
        return self.erased(value, marker) if isinstance(value, str) else value


def _full_name(name: str) -> str:
    """Given and family name, with any title, and not as the end of a longer given name."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return rf"(?:(?:{TITLES})\s*|(?<![{_THAI}])){words}"
