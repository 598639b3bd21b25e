"""Papers are Thai whatever the language of the screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.utils import translation

P = ParamSpec("P")
R = TypeVar("R")


def in_thai(function: Callable[P, R]) -> Callable[P, R]:
    """The function with its words in Thai.

    ``translation.override`` as a decorator keeps the language to return to in one place for all
    calls: of two at a time, one would go back to the other's.
    """

    @wraps(function)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> R:
        with translation.override("th"):
            return function(*args, **kwargs)

    return spoken
