"""How a village sees itself: the conditions of success it assesses, and those that are measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import access
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from steps.assessed import Compared, Line, catalogue, compared, factors_asked, level_word
from steps.conditions import measured
from steps.forms.assessment import AssessmentForm
from steps.found import found_of
from steps.models import Factor
from steps.pictures.scale import scale
from steps.recording import conditions as verbs

INPUT, SUCCESS = Factor.Kind.INPUT, Factor.Kind.SUCCESS


@dataclass(frozen=True)
class Row:
    """A factor, ready for the page: its levels as numbers and picture, and what shows it."""

    line: Line
    evidence: str
    picture: SafeString


def assessment(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The ten levels beside last year's and the district's, and what is measured."""
    user, on = signed_in(request), today()
    enrolment = access.enrolment_for(user, code, year, Right.VIEW, on)
    factors, names = catalogue()
    levels = compared(enrolment, factors)
    assessment = verbs.assessment_of(enrolment)
    evidence = (
        {row.factor_id: row.evidence for row in assessment.levels.all()} if assessment else {}
    )
    context = {
        "enrolment": enrolment,
        "levels": levels,
        "groups": [
            (_("Inputs that help"), _rows(levels, evidence, INPUT)),
            (_("Success factors"), _rows(levels, evidence, SUCCESS)),
        ],
        "assessment": assessment,
        "measured": [
            (names[found.code], found, level_word(found.level))
            for found in measured(enrolment, on=on)
        ],
        "may_record": access.may(user, Right.RECORD, enrolment.village, on),
    }
    return render(request, "steps/assessment.html", context)


def _rows(levels: Compared, evidence: Mapping[str, str], kind: Factor.Kind) -> list[Row]:
    return [
        Row(
            line,
            evidence.get(line.factor.code, ""),
            scale(line.now, line.before, line.district),
        )
        for line in levels.lines
        if line.factor.kind == kind
    ]


def edit(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Assess the village, or change what was said; the records stand beside each factor."""
    enrolment = access.enrolment_for(signed_in(request), code, year, Right.RECORD, today())
    form = AssessmentForm(
        posted(request),
        enrolment=enrolment,
        factors=factors_asked(),
        stored=verbs.assessment_values(enrolment),
        today=today(),
    )
    found = found_of(enrolment, on=today())
    return handle(
        request,
        form,
        lambda sender: verbs.assess(
            enrolment=enrolment,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="steps/assessment_form.html",
        context={
            "enrolment": enrolment,
            "groups": [
                (_("Inputs that help"), list(form.rows(INPUT, found))),
                (_("Success factors"), list(form.rows(SUCCESS, found))),
            ],
        },
        then=reverse("steps:assessment", args=[code, year]),
        said=_("Saved"),
    )
