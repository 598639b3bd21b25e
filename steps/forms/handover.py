"""Handing over the villages of an officer who leaves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sammachip.forms import WriteForm
from sammachip.thai.dates import short
from sammachip.thai.fields import CleanCharField, ThaiDateField
from steps.recording.handovers import Terms
from steps.recording.messages import NOT_FOUND
from villages.models import Area

FURTHEST = timedelta(days=60)  # ahead; a last day further off is a slip, or can wait


class HandOverForm(WriteForm):
    """Who leaves, where, who takes over, and the last day.

    ``officers`` are those whose villages one may hand over; ``areas`` where the one who leaves
    works, ``takers`` who may record there.
    """

    officer = forms.ModelChoiceField(
        User.objects.none(),
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose who leaves."), "invalid_choice": NOT_FOUND},
    )
    area = forms.MultipleChoiceField(
        label=_("Areas"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one area."), "invalid_choice": NOT_FOUND},
    )
    taker = forms.ModelChoiceField(
        label=_("Who takes over"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Choose"),
        error_messages={"invalid_choice": NOT_FOUND},
    )
    staff_id = CleanCharField(
        label=_("Or the staff id of somebody who does not work there yet"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    posts = forms.BooleanField(
        label=_("Post this person there as officer from the next day, if they are not yet"),
        required=False,
    )
    last_day = ThaiDateField(
        label=_("Last day of the one who leaves"), help_text=_("For example 23 Mar 2560")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        officers: QuerySet[User],
        giver: User | None,
        areas: Iterable[Area],
        takers: QuerySet[User],
        today: date,
    ) -> None:
        areas = list(areas)
        initial = {"officer": giver, "area": [area.code for area in areas], "last_day": today}
        super().__init__(data, initial=initial)
        self.today = today
        fields: Any = self.fields
        fields["officer"].queryset = officers
        fields["taker"].asked_for = fields["staff_id"].asked_for = True  # one of the two
        fields["area"].choices = [(area.code, area.title) for area in areas]
        fields["taker"].queryset = takers.exclude(pk=giver.pk) if giver else takers

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        first, last = self.today - 6 * FURTHEST, self.today + FURTHEST
        if day and not first <= day <= last:
            raise ValidationError(
                _("The date must be between %(first)s and %(last)s."),
                code="too_far",
                params={"first": short(first), "last": short(last)},
            )
        return day

    def clean_staff_id(self) -> User | None:
        """Somebody from elsewhere is named by the staff id: no list of all accounts is offered."""
        typed = self.cleaned_data["staff_id"]
        if not typed:
            return None
        person = User.objects.filter(staff_id__iexact=typed, is_active=True).first()
        if person is None:
            raise ValidationError(
                _("No account that may sign in has this staff id."), code="nobody"
            )
        return person

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not {"taker", "staff_id"} <= cleaned.keys():
            return cleaned
        if bool(cleaned["taker"]) == bool(cleaned["staff_id"]):
            self.add_error(
                "taker",
                ValidationError(
                    _("Choose who takes over, or type the staff id; one of the two."), code="one"
                ),
            )
        return cleaned

    def terms(self) -> Terms:
        """What was agreed, clean."""
        cleaned = self.cleaned_data
        return Terms(
            giver=cleaned["officer"],
            taker=cleaned["taker"] or cleaned["staff_id"],
            areas=frozenset(cleaned["area"]),
            last_day=cleaned["last_day"],
            posts=cleaned["posts"],
        )
