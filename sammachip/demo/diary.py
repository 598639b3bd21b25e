"""The order of time: what happens in the demo, and the figures kept at the end of each month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from django.utils import timezone

from sammachip.thai.dates import BANGKOK
from steps import kept
from steps.models import Programme
from steps.months import month_before, month_ends

KEPT_AT = time(0, 5)  # on the 1st, as cron would


@dataclass(frozen=True)
class Event:
    """Something that happens at a time."""

    at: datetime
    run: Callable[[], object]


def happen(events: Iterable[Event], programme: Programme, now: datetime) -> None:
    """Let everything happen one after another, each month's figures kept when it is over."""
    both = [*events, *_keeping(programme, now)]
    for event in sorted(both, key=lambda event: event.at):  # keeps the order of what is at once
        event.run()


def _keeping(programme: Programme, now: datetime) -> Iterator[Event]:
    for end in month_ends(programme.opens_on, month_before(timezone.localdate(now))):
        at = min(now, datetime.combine(end + timedelta(days=1), KEPT_AT, BANGKOK))
        yield Event(at, partial(kept.keep, programme, end, at))
