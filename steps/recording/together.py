"""Fields of a row that must fit each other: two people's edits of them are weighed as one."""

from __future__ import annotations

from collections.abc import Collection

from steps.recording.core import Values, changed


def changed_together(
    started: Values, wanted: Values, fields: Collection[str]
) -> dict[str, tuple[str, str]]:
    """What a person changed; of ``fields`` that must fit each other all, where one was changed.

    So the first day of one person and the last day of another never meet unseen: the second of
    them is shown what is stored (Conflict), and chooses.
    """
    changes = changed(started, wanted)
    if changes.keys().isdisjoint(fields):
        return changes
    return changes | {name: (started.get(name, ""), wanted.get(name, "")) for name in fields}
