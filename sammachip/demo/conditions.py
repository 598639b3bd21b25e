"""How villages of the home district see themselves, what they lack, and with whom they work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from sammachip.demo import words
from sammachip.demo.diary import Event
from sammachip.demo.work import Crew
from steps.models import Factor
from steps.recording.conditions import NewLink, NewNeed, add_need, add_network_link, assess
from steps.recording.core import Sender

FIRST_FORUM = 4  # from this step on a village has met
ASKED_BEFORE = timedelta(days=30)


def of_village(crew: Crew, recorded: int, senders: Iterator[Sender]) -> Iterator[Event]:
    """Once a village has met it names what it lacks; the further it came, the more it shows."""
    if recorded < FIRST_FORUM:
        return
    sender = next(senders)
    yield Event(sender.at, partial(_assess, crew, recorded, sender))
    for what, asked_of, answer in words.NEEDS:
        sender = next(senders)
        asked_on = max(sender.today - ASKED_BEFORE, crew.enrolment.programme.opens_on)
        answered_on = sender.today if answer else None
        need = NewNeed(what, asked_on, asked_of, answered_on, answer)
        yield Event(sender.at, partial(_need, crew, need, sender))
    for name, stage, contact in words.NETWORK:
        sender = next(senders)
        link = NewLink(name=name, stage=stage, contact=contact, since=sender.today)
        yield Event(sender.at, partial(_link, crew, link, sender))


def _assess(crew: Crew, recorded: int, sender: Sender) -> None:
    """A level for what the village can show by now, as far as the catalogue is loaded."""
    known = set(Factor.objects.asked().values_list("code", flat=True))
    wanted = {"assessed_on": sender.today.isoformat(), "assessed_with": "committee"}
    for code, (level, evidence) in words.ASSESSED.items():
        if code in known:
            lower = 0 if recorded > FIRST_FORUM else 1
            wanted[f"level-{code}"] = str(max(level - lower, 0))
            wanted[f"evidence-{code}"] = evidence
    assess(enrolment=crew.enrolment, started={}, wanted=wanted, sender=sender)


def _need(crew: Crew, need: NewNeed, sender: Sender) -> None:
    add_need(enrolment=crew.enrolment, need=need, sender=sender)


def _link(crew: Crew, link: NewLink, sender: Sender) -> None:
    add_network_link(enrolment=crew.enrolment, link=link, sender=sender)
