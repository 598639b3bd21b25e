from datetime import UTC, date, datetime

import pytest
from django import forms
from django.db import models
from django.utils.translation import override

from sammachip.thai.fields import (
    CleanCharField,
    CleanTextField,
    ThaiDateField,
    ThaiDateInput,
    ThaiIntegerField,
)

THE_DAY = date(2017, 3, 23)


class Meeting(forms.Form):
    held_on = ThaiDateField()
    place = CleanCharField(required=False, max_length=20)
    summary = CleanTextField(required=False)
    people = ThaiIntegerField(required=False, min_value=0, max_value=5000)


def meeting(initial=None, **typed):
    return Meeting({"held_on": "23/3/2560", **typed}, initial=initial)


def cleaned(name, typed):
    form = meeting(**{name: typed})
    assert form.is_valid(), form.errors
    return form.cleaned_data[name]


def refusal(name, typed):
    """The code and, in English, the message beside the field."""
    with override("en"):
        form = meeting(**{name: typed})
        [error] = form.errors.as_data()[name]
        return error.code, form.errors[name][0]


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    "typed", ["23/3/2560", "๒๓ มีนาคม พ.ศ. ๒๕๖๐", " 23 Mar 2560 BE", "2017-03-23"]
)
def test_a_date_is_accepted_as_people_write_it(typed):
    assert cleaned("held_on", typed) == THE_DAY


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ("", "required", "Enter a date"),
        (" \u200b ", "required", "Enter a date"),
        ("เมื่อวาน", "unreadable", "This is not a date. Write it like 23/3/2560 or 23 Mar 2560"),
        (
            "23/3/๖๐",
            "two_digit_year",
            'The year "60" can be read in two ways: 2560 BE or 1960 CE. '
            "Type all four digits of the year",
        ),
        ("29/02/2560", "no_such_day", "There is no such day: 29 Feb 2560 BE"),
        (
            "23/3/3103",
            "year_out_of_range",
            "The year 3103 is not possible. Write a year such as 2560",
        ),
    ],
)
def test_a_wrong_date_is_refused_in_plain_words(typed, code, message):
    assert refusal("held_on", typed) == (code, message)


def test_a_refused_date_stays_as_it_was_typed():
    assert 'value="29/๒/2560"' in str(meeting(held_on="29/๒/2560")["held_on"])


def test_an_accepted_date_also_stays_as_it_was_typed():
    assert 'value="๒๓/๓/๒๕๖๐"' in str(meeting(held_on="๒๓/๓/๒๕๖๐")["held_on"])


@pytest.mark.parametrize(("language", "value"), [("th", "23 มี.ค. 2560"), ("en", "23 Mar 2560 BE")])
def test_a_stored_date_is_shown_in_the_buddhist_era(language, value):
    with override(language):
        assert f'value="{value}"' in str(Meeting(initial={"held_on": THE_DAY})["held_on"])


def test_the_date_is_a_text_input_that_a_script_can_find():
    html = str(Meeting()["held_on"])
    assert 'type="text"' in html
    assert " data-thai-date " in html
    assert 'autocomplete="off"' in html


def test_attributes_may_be_added_to_the_input():
    html = ThaiDateInput({"class": "short"}).render("held_on", None)
    assert 'class="short"' in html
    assert "data-thai-date" in html


@pytest.mark.parametrize("typed", ["23/3/2560", "23 มี.ค. 2560", "2017-03-23"])
@pytest.mark.parametrize("initial", [THE_DAY, "2017-03-23", "23 มี.ค. 2560"])
def test_the_same_day_written_otherwise_is_no_change(initial, typed):
    assert not meeting(initial={"held_on": initial}, held_on=typed).has_changed()


@pytest.mark.parametrize(
    ("initial", "typed"),
    [(THE_DAY, "24/3/2560"), (THE_DAY, ""), (None, "23/3/2560"), (THE_DAY, "23/3/60")],
)
def test_another_day_is_a_change(initial, typed):
    assert meeting(initial={"held_on": initial}, held_on=typed).changed_data == ["held_on"]


def test_an_empty_date_that_stays_empty_is_no_change():
    assert not meeting(held_on="").has_changed()


def test_a_disabled_date_never_changes():
    assert not ThaiDateField(disabled=True).has_changed(THE_DAY, "24/3/2560")


def test_a_date_may_be_left_out_where_it_is_not_required():
    assert ThaiDateField(required=False).clean("") is None
    assert ThaiDateField(required=False).clean(None) is None


def test_dates_and_moments_of_a_spreadsheet_pass_through():
    assert ThaiDateField().clean(THE_DAY) == THE_DAY
    assert ThaiDateField().clean(datetime(2017, 3, 23, 0, 0)) == THE_DAY  # noqa: DTZ001
    assert ThaiDateField().clean(datetime(2017, 3, 22, 17, 0, tzinfo=UTC)) == THE_DAY


def test_a_number_is_no_date_and_no_crash():
    with pytest.raises(forms.ValidationError):
        ThaiDateField().clean(42817)


def test_a_models_date_can_use_the_field_as_the_admin_does():
    field = models.DateField("held on").formfield(form_class=ThaiDateField, widget=ThaiDateInput)
    assert isinstance(field, ThaiDateField)
    assert field.clean("23/3/2560") == THE_DAY


# ---------------------------------------------------------------- text


def test_a_line_is_cleaned():
    assert cleaned("place", "  ศาลา\u200bกลาง\u00a0 บ้าน\r\n") == "ศาลากลาง บ้าน"


def test_lines_are_cleaned_and_kept():
    assert cleaned("summary", " เเก้ว \r\n\r\n น\u0e4d\u0e49\u0e32 ") == "แก้ว\n\nน้ำ"


def test_a_text_of_nothing_visible_is_empty():
    assert cleaned("place", " \u200b\u00a0 ") == ""
    with pytest.raises(forms.ValidationError):
        CleanCharField().clean("\u200b")
    with pytest.raises(forms.ValidationError):
        CleanTextField().clean("\r\n\u200b\r\n")


def test_an_empty_text_can_stand_for_null():
    assert CleanCharField(required=False, empty_value=None).clean(" \u200b ") is None


def test_length_is_counted_after_cleaning():
    assert cleaned("place", "ก" * 20 + "\u200b  ") == "ก" * 20
    assert refusal("place", "ก" * 21)[0] == "max_length"


def test_a_line_end_of_another_system_is_no_change():
    form = meeting(
        initial={"held_on": THE_DAY, "summary": "หนึ่ง\nสอง", "place": "ศาลากลางบ้าน"},
        summary="หนึ่ง\r\nสอง",
        place=" ศาลากลางบ้าน",
    )
    assert not form.has_changed()


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("25", 25),
        ("๒๕", 25),
        ("1,234", 1234),
        ("๑,๒๓๔", 1234),
        (" 25\u200b ", 25),
        ("0", 0),
        ("", None),
    ],
)
def test_a_number_is_accepted_in_either_digits(typed, number):
    assert cleaned("people", typed) == number


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ("ยี่สิบ", "invalid", "Enter a whole number, for example 25"),
        ("2.5", "invalid", "Enter a whole number, for example 25"),
        ("1,23", "invalid", "Enter a whole number, for example 25"),
        ("9" * 5000, "invalid", "Enter a whole number, for example 25"),
        ("-๑", "min_value", "Enter 0 or more"),
        ("5,001", "max_value", "Enter 5000 or less"),
    ],
)
def test_a_wrong_number_is_refused_in_plain_words(typed, code, message):
    assert refusal("people", typed) == (code, message)


def test_a_required_number_is_asked_for():
    with override("en"), pytest.raises(forms.ValidationError, match="Enter a number"):
        ThaiIntegerField().clean("")


def test_the_number_is_a_text_input_with_a_numeric_keyboard():
    html = str(meeting(people="๑,๒๓๔")["people"])
    assert 'type="text"' in html
    assert 'inputmode="numeric"' in html
    assert 'value="๑,๒๓๔"' in html


def test_the_same_number_in_other_digits_is_no_change():
    assert not meeting({"held_on": THE_DAY, "people": 1234}, people="๑,๒๓๔").has_changed()
