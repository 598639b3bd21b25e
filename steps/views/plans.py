"""The plans of a village's year: their goals and items, read, written and struck through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import User
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from sammachip.forms import ReasonForm
from sammachip.thai.digits import baht
from steps.forms.plans import GoalForm, NewPlanItemForm, PlanItemForm
from steps.models import Enrolment, PlanItem, Step
from steps.recording import plans
from steps.recording.core import values_of
from steps.recording.plans import PLAN_FIELDS


@dataclass(frozen=True)
class Line:
    """One item of a plan, ready for the page."""

    item: PlanItem
    budget: str
    late_days: int


@dataclass(frozen=True)
class StepPlan:
    """The plan of one step: its goal, its standing items and those struck through."""

    step: Step
    goal: str
    lines: list[Line]
    withdrawn: list[PlanItem]

    @property
    def anchor(self) -> str:
        return anchor_of(self.step)


def plan(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The plans of a village's year, as cards on a phone and a table on paper."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.VIEW, today())
    context = {
        "enrolment": enrolment,
        "plans": step_plans(enrolment, on=enrolment.programme.judged_on(today())),
        "may_record": access.may(user, Right.RECORD, enrolment.village, today()),
        "may_see_names": access.may(user, Right.NAMES, enrolment.village, today()),
    }
    return render(request, "steps/plan.html", context)


def step_plans(enrolment: Enrolment, *, on: date) -> list[StepPlan]:
    """The plan of each step that has one, in three queries."""
    goals = dict(enrolment.plans.values_list("step_id", "goal"))
    items = list(enrolment.plan_items.in_plan_order())
    steps = enrolment.programme.steps.current().filter(has_plan=True)
    return [
        _step_plan(
            step, goals.get(step.pk, ""), (row for row in items if row.step_id == step.pk), on
        )
        for step in steps
    ]


def _step_plan(step: Step, goal: str, items: Iterable[PlanItem], on: date) -> StepPlan:
    lines: list[Line] = []
    withdrawn: list[PlanItem] = []
    for item in items:
        if item.withdrawn_at:
            withdrawn.append(item)
        else:
            lines.append(_line(item, on))
    return StepPlan(step, goal, lines, withdrawn)


def _line(item: PlanItem, on: date) -> Line:
    is_open = item.ends_on and not item.done_on
    late_days = max((on - item.ends_on).days, 0) if item.ends_on and is_open else 0
    return Line(item, "" if item.budget is None else baht(item.budget), late_days)


def anchor_of(step: Step) -> str:
    """Where the plan of a step stands on the page: plan-1-4."""
    return f"plan-{step.number.replace('.', '-')}"


def goal(request: HttpRequest, code: str, year: int, number: str) -> HttpResponse:
    """Write the goal of a plan; what somebody else wrote meanwhile is shown, never overwritten."""
    enrolment = access.enrolment_for(signed_in(request), code, year, Right.RECORD, today())
    step = _step_with_plan(enrolment, number)
    stored = enrolment.plans.filter(step=step).first()
    form = GoalForm(
        posted(request),
        stored=values_of(stored, ["goal"]) if stored else {},
    )
    return handle(
        request,
        form,
        lambda sender: plans.set_goal(
            enrolment=enrolment,
            step=step,
            started=form.started_values.get("goal", ""),
            goal=form.cleaned_data["goal"],
            sender=sender,
        ),
        page="steps/plan_goal.html",
        context=_context(enrolment, step),
        then=_address(enrolment, step),
        said=_("Saved"),
    )


def item_add(request: HttpRequest, code: str, year: int, number: str) -> HttpResponse:
    """Add an item to a step's plan, for several villages at once where it is district work."""
    user = signed_in(request)
    enrolment = access.enrolment_for(user, code, year, Right.RECORD, today())
    step = _step_with_plan(enrolment, number)
    form = NewPlanItemForm(
        posted(request),
        enrolment=enrolment,
        others=_other_villages(user, enrolment) if step.is_district_work else [],
    )
    return handle(
        request,
        form,
        lambda sender: plans.add_plan_item(
            enrolments=form.enrolments(), step=step, item=form.item(), sender=sender
        ),
        page="steps/plan_item_form.html",
        context=_context(enrolment, step),
        then=_address(enrolment, step),
        said=_("Saved"),
    )


def _other_villages(user: User, enrolment: Enrolment) -> Iterable[Enrolment]:
    """The villages of the district and year that the person may record for, without this one."""
    mine = access.enrolments_for(user, Right.RECORD, today()).for_pages()
    district = enrolment.village.district_code
    return mine.of_district(district, enrolment.programme).exclude(pk=enrolment.pk)


def item_edit(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Change an item, or say when it was done."""
    item = access.plan_item_for(signed_in(request), code, year, pk, Right.RECORD, today())
    form = PlanItemForm(
        posted(request),
        item=item,
        today=today(),
        stored=values_of(item, PLAN_FIELDS),
    )
    return handle(
        request,
        form,
        lambda sender: plans.edit_plan_item(
            item=item, started=form.started_values, wanted=form.wanted_values(), sender=sender
        ),
        page="steps/plan_item_form.html",
        context={**_context(item.enrolment, item.step), "item": item},
        then=_address(item.enrolment, item.step),
        said=_("Saved"),
    )


def item_withdraw(request: HttpRequest, code: str, year: int, pk: UUID) -> HttpResponse:
    """Strike an item through, with a reason."""
    item = access.plan_item_for(signed_in(request), code, year, pk, Right.RECORD, today())
    form = ReasonForm(posted(request))
    return handle(
        request,
        form,
        lambda sender: plans.withdraw_plan_item(
            item=item, reason=form.cleaned_data["reason"], sender=sender
        ),
        page="steps/plan_item_withdraw.html",
        context={**_context(item.enrolment, item.step), "item": item},
        then=_address(item.enrolment, item.step),
        said=_("Withdrawn. It stays in the history and counts nowhere."),
    )


def _step_with_plan(enrolment: Enrolment, number: str) -> Step:
    step = access.step_of(enrolment, number)
    if not step.has_plan:
        raise Http404
    return step


def _context(enrolment: Enrolment, step: Step) -> dict[str, object]:
    return {"enrolment": enrolment, "step": step, "plan_url": _address(enrolment, step)}


def _address(enrolment: Enrolment, step: Step) -> str:
    plan_url = reverse("steps:plan", args=[enrolment.village.code, enrolment.programme.year])
    return f"{plan_url}#{anchor_of(step)}"
