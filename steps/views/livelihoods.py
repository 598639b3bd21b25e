"""What the households of a village live by, and who learned from whom."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from steps.forms.livelihoods import LivelihoodsForm, is_posted
from steps.livelihoods import Passing, occupations_of, passing_of
from steps.recording import livelihoods as verbs


def livelihoods(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Occupations and how far livelihoods were passed on; with names, household by household."""
    user, on = signed_in(request), today()
    right = Right.RECORD if request.method == "POST" else Right.VIEW
    enrolment = access.enrolment_for(user, code, year, right, on)
    if request.method == "POST":
        access.require(user, enrolment.village.code, Right.NAMES, on)
    judged_on = enrolment.programme.judged_on(on)
    parts = list(enrolment.households.for_livelihoods())
    data = posted(request)
    asked = [part for part in parts if part.target or part.model or is_posted(part, data)]
    form = LivelihoodsForm(
        data,
        parts=asked,
        households=enrolment.village.households.active(judged_on).in_house_order(),
        stored=verbs.livelihood_values(asked),
    )
    names = access.may(user, Right.NAMES, enrolment.village, on)
    context = {
        "enrolment": enrolment,
        "occupations": occupations_of(enrolment, judged_on),
        "facts": facts_in_words(passing_of(enrolment.households.standing(judged_on))),
        "may_see_names": names,
        "may_write": names and access.may(user, Right.RECORD, enrolment.village, on),
    }
    return handle(
        request,
        form,
        lambda sender: verbs.set_livelihoods(
            enrolment=enrolment,
            started=form.started_values,
            wanted=form.wanted_values(),
            sender=sender,
        ),
        page="steps/livelihoods.html",
        context=context,
        then=reverse("steps:livelihoods", args=[code, year]),
        said=_("Saved"),
    )


def facts_in_words(passing: Passing) -> list[tuple[str, str]]:
    """How far livelihoods were passed on: what is counted, and how many."""
    return [
        (_("Example households"), _households(passing.models)),
        (_("Learned from another household"), _households(passing.learned)),
        (_("Learned from one that had learned itself"), _households(passing.in_turn)),
        (_("Longest chain"), _households(passing.chain)),
    ]


def _households(n: int) -> str:
    return ngettext("%(n)s household", "%(n)s households", n) % {"n": n}
