"""Why a village is quiet: a stock reason, words of one's own, or both."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sammachip.forms import NO_NAMES, WriteForm
from sammachip.thai.fields import CleanCharField
from steps.models import QuietReason

STOCK = [
    ("flood", _("Flood")),
    ("budget", _("The budget is late")),
    ("officer", _("The officer moved, or the post is vacant")),
    ("harvest", _("Harvest season")),
]
LONGEST = QuietReason._meta.get_field("reason").max_length or 0


class QuietForm(WriteForm):
    """The reason is kept in the words of the language it was chosen in, as one text."""

    stock = forms.ChoiceField(
        label=_("Reason"),
        choices=[*STOCK, ("", _("Another reason"))],
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )
    words = CleanCharField(
        label=_("In your own words"), required=False, max_length=LONGEST, help_text=NO_NAMES
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stock"].asked_for = True  # type: ignore[attr-defined]

    @property
    def reason(self) -> str:
        """น้ำท่วม: ถนนขาดตั้งแต่ต้นเดือน"""
        chosen = dict(STOCK).get(self.cleaned_data["stock"], "")
        return ": ".join(filter(None, [str(chosen), self.cleaned_data["words"]]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if not self.reason:
            error = ValidationError(_("Choose a reason or write one."), code="required")
            self.add_error("words", error)
        elif len(self.reason) > LONGEST:
            text = _("Write at most %(most)s characters, the chosen reason among them.")
            self.add_error("words", ValidationError(text, "max_length", {"most": LONGEST}))
        return cleaned
