"""Every address of the site, as the resolver knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import UUIDConverter

from sammachip.converters import (
    AreaCode,
    DistrictCode,
    ImportKind,
    ImportOutcome,
    RecordKey,
    RecordPhotoKey,
    SectionKey,
    StepNumber,
    SubmissionKey,
    VillageCode,
    Year,
)

KINDS = {
    VillageCode: "village",
    AreaCode: "area",
    DistrictCode: "district",
    Year: "year",
    StepNumber: "step",
    SectionKey: "section",
    SubmissionKey: "submission",
    RecordKey: "record",
    RecordPhotoKey: "record_photo",
    ImportKind: "kind",
    ImportOutcome: "outcome",
    UUIDConverter: "object",
}


@dataclass(frozen=True)
class Address:
    """One pattern: its name with namespaces, how it reads, and what stands in it by kind."""

    name: str
    route: str
    asks: dict[
        str, str
    ]  # argument -> kind: village, area, district, year, step, submission, object
    view: Any


def addresses() -> list[Address]:
    """All patterns, those of the admin included."""
    return list(_walk(get_resolver().url_patterns))


@cache
def site_addresses() -> dict[str, Address]:
    """The site's own, by name."""
    return {found.name: found for found in addresses() if not found.name.startswith("admin:")}


def admin_addresses() -> dict[str, Address]:
    """The admin's, by name."""
    return {found.name: found for found in addresses() if found.name.startswith("admin:")}


def _walk(
    patterns: Iterable[URLPattern | URLResolver],
    namespaces: tuple[str, ...] = (),
    route: str = "",
    converters: dict[str, Any] | None = None,
) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        asked = {**(converters or {}), **getattr(pattern.pattern, "converters", {})}
        if isinstance(pattern, URLResolver):
            inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, inside, here, asked)
        else:
            kinds = {name: KINDS.get(type(asks), "text") for name, asks in asked.items()}
            name = ":".join([*namespaces, pattern.name or here])
            yield Address(name, here, kinds, pattern.callback)
