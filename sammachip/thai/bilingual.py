"""Data in two columns, ``_th`` and ``_en``, read as one."""

from typing import Self, overload

from django.utils.translation import get_language


def in_thai(language: str | None = None) -> bool:
    """Whether to write Thai: in every language but English, the active one unless one is given."""
    return not (language or get_language() or "th").startswith("en")


class bilingual:
    """``name = bilingual("name")`` reads ``name_en`` in English where it is not empty, else
    ``name_th``. In lower case because it is used like ``property``.
    """

    def __init__(self, name: str) -> None:
        self.thai, self.english = f"{name}_th", f"{name}_en"

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> str: ...
    def __get__(self, instance: object | None, owner: type) -> Self | str:
        if instance is None:
            return self
        english = "" if in_thai() else getattr(instance, self.english)
        return english or getattr(instance, self.thai)
