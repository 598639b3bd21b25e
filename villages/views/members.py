"""The working committee of a village: its members listed, added, edited, ended. Never erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.rights import Right
from sammachip.answers import handle, posted, signed_in, today
from steps.recording import people
from villages import queries
from villages.forms import EndForm, MemberEditForm, MemberForm


def committee(request: HttpRequest, code: str) -> HttpResponse:
    """Who serves, who served, and which kinds of leader are missing."""
    user, on = signed_in(request), today()
    village = access.village_for(user, code, Right.VIEW, on)
    members = queries.members_of(village)
    serving = list(members.serving(on))
    context: dict[str, Any] = {
        "village": village,
        "serving": serving,
        "missing": [kind.label for kind in queries.missing_kinds(serving)],
        "past": members.past(on),
        "names": access.may(user, Right.NAMES, village, on),
        "may_record": access.may(user, Right.RECORD, village, on),
        "may_erase": access.may(user, Right.ERASE, village, on),
    }
    return render(request, "villages/committee.html", context)


def member_add(request: HttpRequest, code: str) -> HttpResponse:
    """Add a committee member; the first one forms the committee."""
    on = today()
    village = access.village_for(signed_in(request), code, Right.RECORD, on)
    form = MemberForm(posted(request), village=village, today=on)
    return handle(
        request,
        form,
        lambda sender: people.add_member(village=village, member=form.member(), sender=sender),
        page="villages/member_form.html",
        context={"village": village},
        then=reverse("villages:committee", args=[code]),
        said=_("Saved"),
    )


def member_edit(request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
    """Edit a member; what someone else changed meanwhile is shown and chosen."""
    user, on = signed_in(request), today()
    member = access.member_for(user, code, pk, Right.RECORD, on)
    village = member.village
    form = MemberEditForm(posted(request), member=member, today=on)
    return handle(
        request,
        form,
        lambda sender: people.edit_member(
            member=member, started=form.started_values, wanted=form.wanted_values(), sender=sender
        ),
        page="villages/member_form.html",
        context={
            "village": village,
            "member": member,
            "may_erase": access.may(user, Right.ERASE, village, on),
        },
        then=reverse("villages:committee", args=[code]),
        said=_("Saved"),
    )


def member_end(request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
    """End a membership; the member stays among the past ones."""
    on = today()
    member = access.member_for(signed_in(request), code, pk, Right.RECORD, on)
    form = EndForm(posted(request), today=on, initial={"on": on})
    return handle(
        request,
        form,
        lambda sender: people.end_member(member=member, on=form.cleaned_data["on"], sender=sender),
        page="villages/member_end.html",
        context={"village": member.committee.village, "member": member},
        then=reverse("villages:committee", args=[code]),
        said=_("Saved"),
    )
