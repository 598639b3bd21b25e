"""Form fields that take what Thai officers type, and say in plain words what is wrong with it."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sammachip.thai.dates import DateError, local_day, parse_date, short
from sammachip.thai.digits import baht, to_arabic
from sammachip.thai.text import clean, clean_lines

_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_MOST_BAHT = Decimal("9999999999.99")  # what the columns hold


class ThaiDateInput(forms.TextInput):
    """A line of text. ``<input type=date>`` knows ค.ศ. only, and takes 2560 for a far future.

    A script finds ``data-thai-date`` and writes beside the field how the date was understood.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "data-thai-date": True, **(attrs or {})})


class ThaiDateField(forms.Field):
    """A date in พ.ศ. or ค.ศ., read by ``parse_date``; shown as "23 มี.ค. 2560".

    For a model's DateField give both: ``form_class=ThaiDateField, widget=ThaiDateInput``.
    """

    widget = ThaiDateInput
    default_error_messages = {
        "required": _("Enter a date"),
        "unreadable": _("This is not a date. Write it like 23/3/2560 or 23 Mar 2560"),
        "two_digit_year": _(
            'The year "%(year)s" can be read in two ways: %(buddhist)s BE or %(common)s CE. '
            "Type all four digits of the year"
        ),
        "year_out_of_range": _("The year %(year)s is not possible. Write a year such as 2560"),
        "no_such_day": _("There is no such day: %(text)s"),
    }

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date):
            return local_day(value)
        try:
            return parse_date("" if value is None else str(value))
        except DateError as error:
            if error.code == "empty":
                return None
            message = self.error_messages[error.code]
            raise ValidationError(message, code=error.code, params=error.params) from error

    def prepare_value(self, value: Any) -> Any:
        """A date as people write it; what was typed stays as it was typed."""
        return short(value) if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether it is another day, however it is written."""
        try:
            return not self.disabled and self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class CleanCharField(forms.CharField):
    """One line of text, cleaned: see ``text.clean``."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(clean(value) if isinstance(value, str) else value)


class CleanTextField(forms.CharField):
    """Several lines of text, each cleaned: see ``text.clean_lines``."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return super().to_python(clean_lines(value) if isinstance(value, str) else value)


class ThaiIntegerField(forms.IntegerField):
    """A whole number, in Thai or Arabic digits, perhaps grouped by commas: ๑,๒๓๔."""

    widget = forms.TextInput
    default_error_messages = {
        "required": _("Enter a number"),
        "invalid": _("Enter a whole number, for example 25"),
        "min_value": _("Enter %(limit_value)s or more"),
        "max_value": _("Enter %(limit_value)s or less"),
    }

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = to_arabic(clean(value))
            value = value.replace(",", "") if _GROUPED.fullmatch(value) else value
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric"}


class AmountField(forms.DecimalField):
    """An amount of two decimals, in Thai or Arabic digits, perhaps grouped: ๑,๒๐๐.50."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _("Enter an amount, for example 1,200"),
        "min_value": _("Enter %(limit_value)s or more"),
        "max_value": _("Enter %(limit_value)s or less"),
    }

    def __init__(self, *, max_value: Decimal, min_value: Decimal | int = 0, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = to_arabic(clean(value))
            value = value.replace(",", "") if _GROUPED.fullmatch(value) else value
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """An amount as people write it; what was typed stays as it was typed."""
        return baht(value) if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal"}


class BahtField(AmountField):
    """An amount in baht."""

    default_error_messages = {"invalid": _("Enter an amount in baht, for example 1,200")}

    def __init__(self, *, min_value: Decimal | int = 0, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=_MOST_BAHT, **kwargs)
