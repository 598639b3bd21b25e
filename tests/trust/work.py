"""Doing the work of a village through its verbs, in few words: record, photograph, hand in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.apps import apps

from accounts.models import User
from steps.models import Activity, Enrolment, Step, StepProgress, Submission
from steps.models.choices import EvidenceType
from steps.recording import activities, decisions, people, plans, shelf
from steps.recording.activities import Occasion, Part
from steps.recording.activity_values import activity_values
from steps.recording.files import Attached, receive
from tests.cast import NOW, World, sender
from tests.pages import photo
from villages.models import CommitteeMember, Household

BASE = {"form": "meeting", "held_on": "2017-01-11", "place": "ศาลากลางบ้าน", "led_by": "officer"}


def picture(by: User, colour: str = "green", kind: str = EvidenceType.PHOTO) -> Attached:
    """A photo somebody has sent, ready to attach."""
    return Attached(receive(upload=photo(colour), type=kind, by=by, at=NOW), kind)


def recorded(
    enrolment: Enrolment,
    step: Step | None,
    *,
    by: User,
    files: Iterable[Attached] = (),
    at: datetime = NOW,
    posting_ended: bool = False,
    **values: str,
) -> Activity:
    """An activity, recorded by its verb; ``values`` are flat, with _ for - after the first word."""
    given = {_flat(name): value for name, value in values.items()}
    occasion = Occasion(
        parts=[Part(enrolment, step)],
        values={**BASE, **given},
        files=list(files),
        posting_ended=posting_ended,
    )
    outcome = activities.record(occasion=occasion, sender=sender(by, at))
    return Activity.objects.select_related("enrolment__village", "enrolment__programme").get(
        pk=outcome.result["activities"][0]
    )


def _flat(name: str) -> str:
    kind, _mark, key = name.partition("__")
    return f"{kind}-{key}" if key else name


def edited(activity: Activity, *, by: User, **changes: str) -> dict[str, Any]:
    """Correct an activity from what is stored now; the answer of the verb."""
    started = activity_values(Activity.objects.get(pk=activity.pk))
    wanted = {**started, **{_flat(name): value for name, value in changes.items()}}
    outcome = activities.edit_activity(
        activity=Activity.objects.select_related("enrolment__village").get(pk=activity.pk),
        started=started,
        wanted={name: value for name, value in wanted.items() if value},
        sender=sender(by),
    )
    return outcome.result


def present(households: Iterable[Household]) -> dict[str, str]:
    """Households ticked as present, as keyword values."""
    return {f"household__{row.pk}": "head" for row in households}


def topics(step: Step) -> dict[str, str]:
    """Every topic of a step ticked, as keyword values."""
    return {
        f"topic__{topic.pk}": "on"
        for requirement in step.requirements.all()
        if requirement.kind == "topics"
        for topic in requirement.topics.all()
    }


def target_all(world: World, households: Iterable[Household]) -> None:
    """Mark households as target households of Ban Trakat's year."""
    people.mark_households(
        enrolment=world.enrolment,
        started={},
        wanted={f"target-{row.pk}": "on" for row in households},
        sender=sender(world.nida),
    )


def add_member(world: World, name: str, kind: str = "formal", on: date | None = None) -> str:
    """A member of Ban Trakat's committee; the key."""
    member = people.NewMember(name=name, kind=kind, joined_on=on or date(2017, 1, 25))
    outcome = people.add_member(village=world.trakat, member=member, sender=sender(world.nida))
    return str(CommitteeMember.objects.get(pk=outcome.result["member"]).pk)


def add_plan_item(world: World, step: Step, **fields: Any) -> str:
    """A complete plan item of a step of Ban Trakat; the key."""
    item = plans.NewPlanItem(
        **{
            "owner": "community",
            "activity": "เลี้ยงจิ้งหรีด",
            "person": "นายทองใบ ใจดี",
            "starts_on": date(2017, 4, 1),
            "ends_on": date(2017, 6, 30),
            **fields,
        }
    )
    outcome = plans.add_plan_item(
        enrolments=[world.enrolment], step=step, item=item, sender=sender(world.nida)
    )
    return outcome.result["plan_items"][0]


def put_on_shelf(world: World, source: str, title: str) -> str:
    """A document on the shelf of Si Rattana in 2560; the key."""
    outcome = shelf.put_on_shelf(
        district=world.trakat.subdistrict.parent,
        programme=world.programme,
        document=shelf.NewDocument(source=source, title=title),
        received=None,
        sender=sender(world.nida),
    )
    return outcome.result["document"]


def briefing(world: World, *, came: int = 25) -> Activity:
    """Step 1.4 of Ban Trakat with everything done, but for who came of 25 target households."""
    step, households = world.step("1.4"), list(world.trakat.households.in_house_order()[:25])
    target_all(world, households)
    add_plan_item(world, step)
    return recorded(
        world.enrolment,
        step,
        by=world.nida,
        files=[picture(world.nida, "green"), picture(world.nida, "red")],
        **present(households[:came]),
        **topics(step),
        group__support_team="2",
    )


def hand_in(
    world: World, number: str = "1.4", by: User | None = None, **reasons: str
) -> Submission:
    """Hand a step of Ban Trakat in."""
    outcome = decisions.submit(
        enrolment=world.enrolment,
        step=world.step(number),
        reasons=reasons,
        sender=sender(by or world.nida),
    )
    return submission(world, number, outcome.result["submission"])


def submission(world: World, number: str, which: int) -> Submission:
    """A submission of Ban Trakat, fresh."""
    rows = Submission.objects.select_related("progress__step", "progress__enrolment__village")
    return rows.get(progress=progress(world, number), number=which)


def progress(world: World, number: str) -> StepProgress:
    """Where Ban Trakat stands in a step."""
    return StepProgress.objects.get(enrolment=world.enrolment, step__number=number)


def row_counts() -> dict[str, int]:
    """How many rows every table of ours has; a refusal changes none of them."""
    return {
        model._meta.label: model._default_manager.count()
        for app in ("villages", "accounts", "steps")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }
