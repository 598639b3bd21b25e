"""How long personal data is kept: the file, the check that holds it to the models, the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import models
from django.test import Client
from django.utils import translation
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Posting, User, imports
from sammachip.checks import SAID, fields_asked_for, retention_faults
from sammachip.retention import THEN, Rule, retention, understood
from steps.models import ChangeLeader
from steps.models.files import KEPT_UNCLAIMED
from steps.personal.texts import PATHS, columns
from villages.models import CommitteeMember, Household

GOOD: Mapping[str, Any] = {
    "personal": [
        {
            "code": "households",
            "fields": ["villages.Household.head_name"],
            "years": 10,
            "then": "anonymised",
            "what_th": "ชื่อ",
            "what_en": "Names",
            "how_long_th": "{years} ปี",
            "how_long_en": "{years} years",
            "why_th": "เพื่อ",
            "why_en": "To",
        }
    ],
    "not_personal": [{"why": "places", "fields": ["villages.Area.code"]}],
}
EXPECTED = {"villages.Household.head_name", "villages.Area.code"}


def faults(data: Mapping[str, Any], expected: set[str] = EXPECTED) -> list[str]:
    return list(retention_faults(understood(data), expected))


def changed(part: str, **values: Any) -> Mapping[str, Any]:
    data = deepcopy(dict(GOOD))
    data[part][0] |= values
    return data


# ---------------------------------------------------------------- the check


def asked_for() -> set[str]:
    return set(fields_asked_for(retention().people))


def test_every_field_that_may_say_something_of_a_person_has_exactly_one_rule() -> None:
    expected = asked_for()

    assert {"villages.Household.phone", "accounts.HistoryValue.old"} <= expected
    assert list(retention_faults(retention(), expected)) == []


def test_rules_that_say_everything_are_taken() -> None:
    assert faults(GOOD) == []


def test_a_new_field_without_a_rule_is_a_fault() -> None:
    assert faults(GOOD, EXPECTED | {"villages.Household.nickname"}) == [
        "villages.Household.nickname may say something of a person, and no rule says how long it "
        "is kept."
    ]


def test_a_field_that_does_not_exist_is_a_fault() -> None:
    for name in ("villages.Household.gone", "villages.Nobody.name", "nowhere"):
        data = changed("personal", fields=["villages.Household.head_name", name])
        assert faults(data) == [f"{name} has a rule and does not exist."]


def test_a_field_in_both_lists_is_a_fault() -> None:
    data = changed("not_personal", fields=["villages.Area.code", "villages.Household.head_name"])

    assert faults(data) == ["villages.Household.head_name has 2 rules."]


@pytest.mark.parametrize(
    "name", ["code", "how_long_th", "how_long_en", "why_th", "why_en", "what_th"]
)
def test_a_rule_that_leaves_something_unsaid_is_a_fault(name: str) -> None:
    (fault,) = faults(changed("personal", **{name: ""}))

    assert fault.endswith(f"does not say {name}.")


def test_a_rule_must_say_what_happens_then_in_a_known_word() -> None:
    (fault,) = faults(changed("personal", then="somehow"))

    assert fault.endswith("does not say then.")


def test_a_group_without_a_reason_is_a_fault() -> None:
    assert faults(changed("not_personal", why="")) == [
        "No reason is given why villages.Area.code are not personal."
    ]


def test_a_word_nobody_knows_stops_the_reading() -> None:
    with pytest.raises(TypeError):
        understood(changed("personal", hwo_long_th="สิบปี"))


def test_the_start_fails_on_a_fault_and_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sammachip.checks.retention", lambda: understood(GOOD))

    with pytest.raises(SystemCheckError, match=r"villages\.Household\.phone may say"):
        call_command("check")


def test_of_other_models_choices_numbers_and_keys_need_no_line() -> None:
    found = asked_for()

    assert not {"steps.Activity.form", "steps.Activity.total", "steps.Activity.id"} & found
    assert "steps.Activity.summary" in found


@pytest.mark.parametrize(
    "field",
    [
        models.DateField(),
        models.DecimalField(max_digits=9, decimal_places=2),
        models.BigIntegerField(),
        models.GenericIPAddressField(),
        models.BooleanField(),
        models.CharField(max_length=2, choices=[("a", "A")]),
    ],
    ids=lambda field: type(field).__name__,
)
@pytest.mark.parametrize("of", [Household, CommitteeMember, ChangeLeader, User, Posting])
def test_whatever_is_added_to_a_model_of_people_needs_a_line(
    field: models.Field[Any, Any], of: type[models.Model]
) -> None:
    said = rf"{of._meta.label}\.extra may say something of a person"
    with added(of, "extra", field), pytest.raises(SystemCheckError, match=said):
        call_command("check")

    call_command("check")


@contextmanager
def added(to: type[models.Model], name: str, field: models.Field[Any, Any]) -> Iterator[None]:
    """A field of a model for a while."""
    field = field.clone()
    field.set_attributes_from_name(name)
    field.model = to
    to._meta.local_fields.append(field)
    to._meta._expire_cache()
    try:
        yield
    finally:
        to._meta.local_fields.remove(field)
        to._meta._expire_cache()


def test_a_model_that_refers_to_people_of_a_village_needs_a_line_for_all_its_fields() -> None:
    found = asked_for()

    assert {"steps.Attendance.household", "steps.MemberAttendance.ready"} <= found
    assert "steps.Handover.giver" not in found  # to accounts everything refers


def test_a_model_of_people_that_does_not_exist_is_a_fault() -> None:
    assert faults({**GOOD, "people": ["villages.Househould"]}) == [
        "villages.Househould is among people and does not exist."
    ]


# ---------------------------------------------------------------- what the file says is so


def test_what_other_parts_of_the_program_keep_for_a_time_is_what_the_file_says() -> None:
    rules = retention()

    assert timedelta(days=rules.rule("imports").days) == imports.KEPT == KEPT_UNCLAIMED
    assert (
        timedelta(days=rules.rule("sessions").days).total_seconds() == settings.SESSION_COOKIE_AGE
    )


def test_every_text_a_name_may_stand_in_can_be_reached_from_its_village() -> None:
    assert columns().keys() == PATHS.keys()


def test_a_term_is_counted_back_from_today() -> None:
    ten = Rule(years=10)

    assert ten.before(date(2027, 9, 30)) == date(2017, 9, 30)
    assert ten.before(date(2028, 2, 29)) == date(2018, 2, 28)
    assert Rule(days=90).before(date(2017, 3, 31)) == date(2016, 12, 31)


@given(day=st.dates(date(2017, 1, 1), date(2300, 1, 1)), years=st.integers(1, 30))
def test_a_later_day_never_has_an_earlier_limit(day: date, years: int) -> None:
    rule = Rule(years=years)

    assert rule.before(day) <= rule.before(day + timedelta(days=1))
    assert 365 * years - 1 <= (day - rule.before(day)).days <= 366 * years


# ---------------------------------------------------------------- the page


def test_the_rules_speak_the_thai_of_the_house() -> None:
    said = [getattr(rule, name) for rule in retention().personal for name in SAID if "_th" in name]

    assert [words for words in said if re.search("คุณ|ฉัน|ครับ|ค่ะ|โปรด|กรุณา|หลักฐาน", words)] == []
    assert [words for words in said if re.search("[A-Za-z]", re.sub("{[a-z]+}", "", words))] == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_page_says_of_every_rule_what_how_long_why_and_what_then(
    language: str, client: Client
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get("/privacy/").content.decode()

    with translation.override(language):
        for rule in retention().personal:
            for words in (rule.what, rule.how_long, rule.why, str(THEN[rule.then])):
                assert escape(words) in page, words
            assert "{" not in rule.how_long


def test_the_two_languages_say_different_words_of_the_same_rules(client: Client) -> None:
    pages = {}
    for language in ("th", "en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        pages[language] = client.get("/privacy/").content.decode()

    assert "10 ปีหลังครัวเรือนออกจากบัญชี" in pages["th"]
    assert "10 years after the household has ended" in pages["en"]
    assert "10 years after" not in pages["th"]
    assert "10 ปี" not in pages["en"]


def test_the_page_follows_the_file(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    other = understood(changed("personal", years=12))
    monkeypatch.setattr("sammachip.views.retention", lambda: other)

    page = client.get("/privacy/").content.decode()

    assert "12 ปี" in page
    assert "10 ปีหลัง" not in page


def test_no_model_of_ours_is_left_out() -> None:
    """The check asks the registry, so a model that comes later is asked for too."""

    class Held(models.Model):
        words = models.CharField(max_length=10)

        class Meta:
            app_label = "villages"
            managed = False

        def __str__(self) -> str:
            return self.words

    try:
        assert "villages.Held.words" in asked_for()
    finally:
        from django.apps import apps

        del apps.all_models["villages"]["held"]
        apps.clear_cache()
