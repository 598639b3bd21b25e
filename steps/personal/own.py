"""What is held about an account, for the person it belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import History, User
from sammachip.thai.dates import moment, short
from steps.exports.sections import Line, Section
from steps.models import Activity, Enrolment, Review, Submission


def held_about_account(user: User) -> list[Section]:
    """The account, its postings, and how much was done with it."""
    account = [Line(label, text) for label, text in _account(user) if text]
    return [
        Section(_("Account"), account),
        Section(_("Postings"), list(_postings(user))),
        Section(_("Work recorded"), list(_work(user))),
    ]


def _account(user: User) -> Iterator[tuple[str, str]]:
    yield _("Name"), user.name
    yield _("Position"), user.position
    yield _("Staff id"), user.staff_id
    yield _("E-mail"), user.email
    yield _("Phone"), user.phone
    yield _("Made on"), moment(user.created_at)
    yield _("Last sign-in"), moment(user.last_login) if user.last_login else ""


def _postings(user: User) -> Iterator[Line]:
    for posting in user.postings.select_related("area").order_by("-starts_on", "pk"):
        until = short(posting.ends_on) if posting.ends_on else ""
        period = f"{short(posting.starts_on)} – {until}".strip()
        yield Line(str(posting.get_role_display()), f"{posting.place} · {period}")


def _work(user: User) -> Iterator[Line]:
    counted = {
        _("Activities recorded"): Activity.objects.filter(recorded_by=user),
        _("Steps handed in"): Submission.objects.filter(by=user),
        _("Decisions"): Review.objects.filter(by=user),
        _("Years of villages in their care"): Enrolment.objects.filter(officer=user),
        _("History entries"): History.objects.filter(by=user),
    }
    for label, rows in counted.items():
        yield Line(label, str(rows.count()))
