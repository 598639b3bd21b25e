"""Keys that say where a row belongs, so that a copy's keys follow from its model's.

A key is twenty hexadecimal digits for what the row is, then twelve for the village or district.
PostgreSQL makes the key of a copy by replacing these twelve, also inside a submission's snapshot.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

NAMES = uuid5(NAMESPACE_URL, "sammachip:generated:rows")


def marker(code: str) -> str:
    """The last twelve digits of keys in a village (eight digits) or district (four)."""
    return code.rjust(12, "0") if len(code) == 8 else code.rjust(12, "d")


def key(code: str, *what: object) -> UUID:
    """The key of something in a village or district."""
    digits = uuid5(NAMES, "/".join(str(word) for word in what)).hex[:20]
    return UUID(digits + marker(code))
