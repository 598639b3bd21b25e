"""What was recorded as lines of a paper: a paragraph each, or "- " and an item.

A line for everything somebody recorded, none for what nobody did; people appear as numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sammachip.thai import dates
from sammachip.thai.digits import baht
from sammachip.thai.repair import ITEM
from steps.knowledge.material import Material
from steps.models import (
    Activity,
    AssessedFactor,
    Need,
    NetworkLink,
    PlanItem,
    Requirement,
    ShelfDocument,
    Step,
)
from steps.models.programme import Kind
from steps.money import money_of
from steps.requirements import headcount, households_present
from villages.models import LeaderKind, Village

Lines = Iterator[str]


def item(text: str) -> str:
    """An item of a list, on one line whatever was typed."""
    return ITEM + " ".join(text.removeprefix(ITEM).split())


def listed(words: Iterable[str]) -> str:
    """หนึ่ง สอง และสาม: Thai lists need no commas."""
    *first, last = [*words]
    return _("%(first)s and %(last)s") % {"first": " ".join(first), "last": last} if first else last


def households(n: int) -> str:
    """22 households."""
    return ngettext("%(n)s household", "%(n)s households", n) % {"n": n}


def people(n: int) -> str:
    """30 people."""
    return ngettext("%(n)s person", "%(n)s people", n) % {"n": n}


# ---------------------------------------------------------------- the village


def place_of(village: Village) -> str:
    """The village with its moo, subdistrict, district and province, as on paper."""
    return f"{village.full_title} {village.address}"


def of_the_village(material: Material) -> Lines:
    """Which village this is, since when it takes part, and what its households live from."""
    enrolment = material.enrolment
    words = _("%(place)s takes part in %(programme)s")
    yield words % {"place": place_of(enrolment.village), "programme": enrolment.programme}
    yield from _of_occupations(material)


def _of_occupations(material: Material) -> Lines:
    living = material.households
    if not living.occupations:
        return
    known = sum(n for _name, n in living.occupations)
    yield _("Main occupations, known of %(known)s of %(all)s: %(list)s") % {
        "known": known,
        "all": households(living.number),
        "list": listed(f"{name} {households(n)}" for name, n in living.occupations),
    }


def of_learning_from_each_other(material: Material) -> Lines:
    """How many households are an example, and how many learned from another."""
    living = material.households
    if living.examples:
        yield item(_("Example households: %(n)s") % {"n": households(living.examples)})
    if living.learned:
        words = _("Households that learned from another one: %(n)s")
        yield item(words % {"n": households(living.learned)})


# ---------------------------------------------------------------- activities


def of_activities(material: Material, activities: Iterable[Activity], step: Step | None) -> Lines:
    """Each activity that counts, by date: a sentence, what belongs to it, and its summary."""
    asked = {row.pk: row for row in step.requirements.all()} if step else {}
    for activity in activities:
        yield _sentence(activity)
        yield from _who_came(material, activity)
        yield from what_it_held(activity, asked)
        yield from activity.summary.splitlines()


def _sentence(activity: Activity) -> str:
    return _("%(date)s: %(form)s at %(place)s, led by %(who)s") % {
        "date": dates.long(activity.held_on),
        "form": activity.get_form_display(),
        "place": activity.place,
        "who": activity.get_led_by_display(),
    }


def _who_came(material: Material, activity: Activity) -> Lines:
    homes, members = activity.attendances.all(), activity.member_attendances.all()
    groups = [
        f"{material.groups[row.group_id]} {people(row.people) if row.people else ''}".strip()
        for row in activity.group_counts.all()
    ]
    came = [
        households(len(homes)) if homes else "",
        _("%(n)s of the committee") % {"n": people(len(members))} if members else "",
        *groups,
    ]
    words = [word for word in came if word]
    if activity.total is not None:
        words.append(_("%(n)s in all") % {"n": people(headcount(activity))})
    if words:
        yield item(_("Came: %(list)s") % {"list": " ".join(words)})


def what_it_held(activity: Activity, asked: dict[int, Requirement]) -> Lines:
    """What an activity was about: topics, place visited, agencies, documents, texts asked for."""
    topics = [str(topic.label) for topic in activity.topics.all()]
    if topics:
        yield item(_("Topics covered: %(list)s") % {"list": listed(topics)})
    if activity.visited_name:
        yield item(_visit(activity))
    for row in activity.agencies.all():
        words = _("Supported by %(agency)s (%(level)s)")
        yield item(words % {"agency": row.name, "level": row.get_level_display()})
    titles = [document.title for document in activity.documents.all()]
    if titles:
        yield item(_("Documents studied: %(list)s") % {"list": listed(titles)})
    for asked_for in activity.texts.all():
        requirement = asked.get(asked_for.requirement_id)
        label = f"{requirement.label}: " if requirement else ""
        yield item(f"{label}{asked_for.text}")


def _visit(activity: Activity) -> str:
    where = f"{activity.visited_name} {activity.visited_area}".strip()
    words = _("Community visited: %(where)s") % {"where": where}
    return f"{words} {activity.visited_reason}".strip()


# ---------------------------------------------------------------- a step


def of_a_step(material: Material, step: Step) -> Lines:
    """Its activities, whom it brought forth, what is short of its aim and why, and its plan."""
    facts = material.facts
    activities = facts.activities_of(step)
    yield from of_activities(material, activities, step)
    yield from _reached(material, step, activities)
    yield from _people_of(material, step)
    yield from _shelved(material, step)
    yield from _short(material, step)
    yield from _plan_of(facts.goals.get(step.pk, ""), facts.plan_items_of(step))


def _asks(step: Step, kind: Kind) -> bool:
    return any(requirement.kind == kind for requirement in step.requirements.all())


def _reached(material: Material, step: Step, activities: list[Activity]) -> Lines:
    targets = material.facts.target_households
    came = households_present(activities) & targets
    if _asks(step, Kind.HOUSEHOLDS_PRESENT) and targets and came:
        yield _("Of the target households came %(n)s of %(all)s") % {
            "n": len(came),
            "all": households(len(targets)),
        }


def _people_of(material: Material, step: Step) -> Lines:
    members, leaders = material.facts.members, material.facts.change_leaders
    if members and _asks(step, Kind.COMMITTEE):
        kinds = Counter(member.kind for member in members)
        yield _("The village committee has %(n)s: %(kinds)s") % {
            "n": people(len(members)),
            "kinds": listed(
                f"{label} {people(kinds[kind])}"
                for kind, label in LeaderKind.choices
                if kinds[kind]
            ),
        }
    if leaders and _asks(step, Kind.CHANGE_LEADERS):
        yield _("Change leaders named: %(n)s") % {"n": people(len(leaders))}


def _shelved(material: Material, step: Step) -> Lines:
    """The documents of the district's shelf, at the last step that asks for such a one."""
    for document in material.facts.shelf:
        asking = [other for other in material.steps if _asks_for(other, document)]
        if asking and asking[-1].pk == step.pk:
            words = [document.get_source_display(), document.title, document.maker, document.note]
            yield item(" ".join(str(word) for word in words if word))


def _asks_for(step: Step, document: ShelfDocument) -> bool:
    return any(
        requirement.kind == Kind.DOCUMENTS_SHELVED
        and requirement.document_source in ("", document.source)
        for requirement in step.requirements.all()
    )


def _short(material: Material, step: Step) -> Lines:
    """What did not reach its aim, in the words of who explained it."""
    for requirement in step.requirements.all():
        if reason := material.shortfalls.get(requirement.code):
            words = _("Short of its aim: %(what)s. %(why)s")
            yield item(words % {"what": requirement.label, "why": reason})


def _plan_of(goal: str, items: Iterable[PlanItem]) -> Lines:
    if goal:
        yield _("Goal of the plan: %(goal)s") % {"goal": " ".join(goal.split())}
    for row in items:
        yield item(_planned(row))


def _planned(row: PlanItem) -> str:
    """What is planned, when, and for how much; never who."""
    days = [dates.short(day) for day in (row.starts_on, row.ends_on) if day]
    parts = [
        _("Plan: %(activity)s") % {"activity": row.activity},
        _("on %(days)s") % {"days": " – ".join(dict.fromkeys(days))} if days else "",
        _("budget %(n)s baht") % {"n": baht(row.budget)} if row.budget is not None else "",
        _("done on %(day)s") % {"day": dates.short(row.done_on)} if row.done_on else "",
    ]
    return " ".join(part for part in parts if part)


# ---------------------------------------------------------------- conditions of success


def of_levels(material: Material, kind: str) -> Lines:
    """The level a village gave itself in each factor of a kind, what it shows, and the evidence."""
    levels = [row for row in material.levels if row.factor.kind == kind]
    assessment = material.assessment
    if not levels or assessment is None:
        return
    yield _("Assessed on %(day)s %(with)s") % {
        "day": dates.long(assessment.assessed_on),
        "with": assessment.get_assessed_with_display(),
    }
    for row in levels:
        yield item(_level(row))


def _level(row: AssessedFactor) -> str:
    shown = {level.level: str(level.shows) for level in row.factor.levels.all()}
    words = _("%(factor)s: level %(level)s %(shows)s") % {
        "factor": row.factor,
        "level": row.level,
        "shows": shown.get(row.level, ""),
    }
    return f"{words} {row.evidence}"


def of_measures(material: Material) -> Lines:
    """What the records show of the cautions and of ownership, once something was held."""
    if material.facts.activities:
        yield from (item(row.words) for row in material.measures if row.level is not None)


def of_needs(needs: list[Need]) -> Lines:
    """What the village lacks, whom it asked, and what was answered."""
    if not needs:
        return
    yield _("Needs named: %(n)s, answered: %(answered)s") % {
        "n": len(needs),
        "answered": sum(need.answered_on is not None for need in needs),
    }
    for need in needs:
        yield item(_need(need))


def _need(need: Need) -> str:
    asked = _("asked on %(day)s") % {"day": dates.short(need.asked_on)}
    words = [need.what, asked, need.asked_of]
    if need.answered_on:
        words.append(_("answered on %(day)s") % {"day": dates.short(need.answered_on)})
    else:
        words.append(_("not answered yet"))
    return " ".join(word for word in (*words, need.answer) if word)


def of_links(links: list[NetworkLink]) -> Lines:
    """The villages of the network, how far they came, and what they do together."""
    for link in links:
        since = _("since %(day)s") % {"day": dates.short(link.since)} if link.since else ""
        words = [link.name, str(link.get_stage_display()), since, link.together]
        yield item(_("Network: %(words)s") % {"words": " ".join(filter(None, words))})


# ---------------------------------------------------------------- money


def of_money(material: Material) -> Lines:
    """The government's budget, what the community put in, and its share."""
    money = money_of(material.enrolment, material.contributions)
    if money.budget is not None:
        yield item(_("Government budget: %(n)s baht") % {"n": baht(money.budget)})
    if not material.contributions:
        return
    yield item(
        _("The community put in %(all)s baht: %(cash)s baht in cash, %(kind)s baht in kind")
        % {"all": baht(money.contributed), "cash": baht(money.cash), "kind": baht(money.kind)}
    )
    if money.share is not None:
        words = _("This is %(share)s %% of the budget; the programme's goal is %(goal)s %%")
        yield item(words % {"share": money.share, "goal": money.goal})
    for row in material.contributions:
        yield item(f"{row.description} {_('%(n)s baht') % {'n': baht(row.value)}}")
