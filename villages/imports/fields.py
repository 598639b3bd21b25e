"""The fields of a row's form: strict, and saying what is wrong by the codes of ``words``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from sammachip.thai.dates import DateError, parse_date
from villages.imports.repairs import house_of_date
from villages.imports.tables import bare
from villages.imports.words import PROBLEMS, problem

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,20})?")
_A_DATE = re.compile(r"[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}.*")
NONE = {"-", "–", "—"}  # how a cell says "none": what is stored is emptied; an empty cell leaves it


class TextField(forms.CharField):
    """One line of text."""

    def __init__(self, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, required=False, strip=False, **kwargs)
        self.error_messages |= {code: PROBLEMS[code] for code in ("required",)}


class PhoneField(TextField):
    """A phone number as people write it; text."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and not re.fullmatch(r"[+0-9][0-9 ()./,-]*(ต่อ *[0-9]+)?", text):
            raise problem("phone", text=text)
        return text


class HouseField(TextField):
    """A house number; not a date that Excel made of one."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if _A_DATE.fullmatch(text) or house_of_date(text) != text:
            raise problem("house_date")
        return text


class EmailText(TextField):
    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            if text:
                validate_email(text)
        except ValidationError as error:
            raise problem("email", text=text) from error
        return text


class NumberField(forms.Field):
    """A number within bounds, whole or with so many decimals; None where the cell is empty."""

    def __init__(self, low: int, high: int, *, decimals: int = 0) -> None:
        super().__init__(required=False)
        self.low, self.high, self.decimals = low, high, decimals

    def clean(self, value: Any) -> int | Decimal | None:
        if not value:
            return None
        if not _NUMBER.fullmatch(value):
            raise problem("invalid_number", text=value)
        number = Decimal(value)
        if not self.low <= number <= self.high:
            raise problem("out_of_range", low=self.low, high=self.high)
        if not self.decimals:
            if number != int(number):
                raise problem("invalid_number", text=value)
            return int(number)
        return round(number, self.decimals)


class DayField(forms.Field):
    """A day in any form people write; None where the cell is empty."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> date | None:
        if not value:
            return None
        try:
            return parse_date(value)
        except DateError as error:
            if error.code == "two_digit_year":
                raise problem("two_digit_year", **_both(error)) from error
            raise problem("unreadable_date", text=value) from error


def _both(error: DateError) -> dict[str, Any]:
    return {name: error.params[name] for name in ("buddhist", "common")}


class WordField(forms.Field):
    """One of a list, by any of its words; answers its value, "" where the cell is empty."""

    def __init__(self, words: Mapping[str, str], allowed: list[str]) -> None:
        super().__init__(required=False)
        self.words = {bare(word): value for word, value in words.items()}
        self.allowed = allowed

    def clean(self, value: Any) -> str:
        if not value:
            return ""
        if bare(value) not in self.words:
            raise problem("unknown_word", text=value, allowed=", ".join(self.allowed))
        return self.words[bare(value)]
