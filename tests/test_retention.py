"""How long personal data is kept: the file, the check that holds it to the models, the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
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

from accounts.models import imports
from sammachip.checks import SAID, fields_with_words, retention_faults
from sammachip.retention import THEN, Rule, retention, understood
from steps.models.files import KEPT_UNCLAIMED
from steps.personal.texts import PATHS, columns

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


def test_every_field_that_holds_words_has_exactly_one_rule() -> None:
    expected = set(fields_with_words())

    assert {"villages.Household.phone", "accounts.HistoryValue.old"} <= expected
    assert list(retention_faults(retention(), expected)) == []


def test_rules_that_say_everything_are_taken() -> None:
    assert faults(GOOD) == []


def test_a_new_field_without_a_rule_is_a_fault() -> None:
    assert faults(GOOD, EXPECTED | {"villages.Household.nickname"}) == [
        "villages.Household.nickname holds words, and no rule says whether and how long it is kept."
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

    with pytest.raises(SystemCheckError, match=r"villages\.Household\.phone holds words"):
        call_command("check")


def test_choices_and_keys_hold_no_words() -> None:
    found = set(fields_with_words())

    assert "steps.Activity.form" not in found
    assert "villages.CommitteeMember.kind" not in found
    assert not {name for name in found if name.endswith(".id")}


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
        assert "villages.Held.words" in set(fields_with_words())
    finally:
        from django.apps import apps

        del apps.all_models["villages"]["held"]
        apps.clear_cache()
