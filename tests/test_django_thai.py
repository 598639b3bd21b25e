"""No English word of Django or of the packages beside it reaches a Thai reader."""

import ast
import gettext as stdlib_gettext
import importlib.resources
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext, override
from django.views.i18n import JSONCatalog

OURS = Path(settings.BASE_DIR) / "locale" / "django" / "th" / "LC_MESSAGES"
# Packages that translate their words but ship no English catalogue: their source is read.
READ_FROM_SOURCE = ["axes"]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}|<[^>]+>")
THAI = re.compile("[ก-ฮ]")
# The same letters in both languages.
SAME_IN_THAI = {"IPv4", "IPv6"}


class Message(NamedTuple):
    """One text a package asks for, as gettext keys it."""

    context: str | None
    singular: str
    plural: str = ""

    @property
    def key(self) -> str:
        return f"{self.context}\x04{self.singular}" if self.context else self.singular

    @property
    def has_words(self) -> bool:
        letters = PLACEHOLDER.sub("", self.plural or self.singular)
        return bool(re.search("[A-Za-z]", letters)) and letters not in SAME_IN_THAI


# ---------------------------------------------------------------- what the packages ask for


def package_folder(package: str) -> Path:
    return Path(str(importlib.resources.files(package)))


def english_catalogues(domain: str) -> dict[str, Path]:
    """Package name to its English .po file, for Django itself and every installed app."""
    folders = {"django.conf": package_folder("django.conf")}
    folders |= {app.name: Path(app.path) for app in apps.get_app_configs()}
    files = {n: f / f"locale/en/LC_MESSAGES/{domain}.po" for n, f in folders.items()}
    return {name: file for name, file in files.items() if file.exists()}


def asked_in_catalogue(file: Path) -> list[Message]:
    return [
        Message(entry.msgctxt, entry.msgid, entry.msgid_plural)
        for entry in polib.pofile(str(file))
        if not entry.obsolete
    ]


def asked_in_source(package: str) -> Iterator[Message]:
    """The literal texts inside ``_("…")`` in the modules of a package."""
    for module in package_folder(package).rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=str() as text)]):
                    yield Message(None, text)


def asked(domain: str) -> dict[str, list[Message]]:
    """Package name to every text it asks for in ``domain``."""
    found = {name: asked_in_catalogue(file) for name, file in english_catalogues(domain).items()}
    if domain == "django":
        found |= {name: list(asked_in_source(name)) for name in READ_FROM_SOURCE}
    return found


PAGES = asked("django")
SCRIPTS = asked("djangojs")


def test_the_packages_of_this_project_are_all_read() -> None:
    expected = {"conf", "contrib.admin", "contrib.auth", "contrib.contenttypes", "contrib.sessions"}
    assert set(PAGES) == {f"django.{name}" for name in expected} | {"axes"}
    assert set(SCRIPTS) == {"django.contrib.admin"}
    assert all(len(messages) > 5 for messages in [*PAGES.values(), *SCRIPTS.values()])


def test_an_installed_package_with_catalogues_of_its_own_is_never_forgotten() -> None:
    for app in apps.get_app_configs():
        if (Path(app.path) / "locale").is_dir():
            assert app.name in PAGES


# ---------------------------------------------------------------- what a Thai reader gets


def on_a_page(message: Message, count: int = 2) -> str:
    with override("th"):
        if message.plural:
            return ngettext(message.key, message.plural, count)
        return gettext(message.key)


def in_a_script(message: Message, count: int = 2) -> str:
    """The text of the admin's own script catalogue; the English where Thai lacks it."""
    with override("th"):
        answer = JSONCatalog(packages=["django.contrib.admin"]).get(RequestFactory().get("/"))
    thai = json.loads(answer.content)["catalog"].get(message.key, message.singular)
    return thai if isinstance(thai, str) else thai[0]


def translations() -> list[object]:
    """(package, reader, messages) for pages and scripts."""
    pages = [pytest.param(on_a_page, texts, id=name) for name, texts in PAGES.items()]
    scripts = [pytest.param(in_a_script, texts, id=f"{n}-js") for n, texts in SCRIPTS.items()]
    return [*pages, *scripts]


every_package = pytest.mark.parametrize(("read", "messages"), translations())


@every_package
def test_every_text_has_thai_for_one_and_for_many(read, messages) -> None:
    english = [
        message
        for message in messages
        for count in (1, 2)
        if message.has_words and not THAI.search(read(message, count))
    ]
    assert english == []


@every_package
def test_no_english_word_is_left_inside_thai(read, messages) -> None:
    """Names, acronyms and formats stay, and what is quoted or in brackets."""
    aside = re.compile(r"“[^”]*”|\([^)]*\)|\[.*\]")
    word = re.compile(r"\b[a-z]{3,}\b")
    thai = [PLACEHOLDER.sub("", read(message)) for message in messages]
    assert [text for text in thai if word.search(aside.sub("", text))] == []


@every_package
def test_thai_keeps_every_placeholder_and_tag(read, messages) -> None:
    def slots(text: str) -> Counter[str]:
        return Counter(PLACEHOLDER.findall(text))

    lost = [m for m in messages if slots(read(m)) != slots(m.plural or m.singular)]
    assert lost == []


@every_package
def test_thai_keeps_the_spaces_and_line_ends_around_a_text(read, messages) -> None:
    def edges(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    joined = [m for m in messages if m.singular.strip(", ") and edges(read(m)) != edges(m.singular)]
    assert joined == []


@every_package
def test_thai_is_plain_official_thai(read, messages) -> None:
    """Neither addressing nor spoken words; "please" only where someone is asked to wait."""
    jarring = re.compile("(?<!ขอบ)คุณ|ฉัน|ครับ|ค่ะ|โปรด|กรุณา(?!รอ)")
    assert [read(m) for m in messages if jarring.search(read(m))] == []


@every_package
def test_thai_is_spelt_as_keyboards_type_it(read, messages) -> None:
    """No sara am in two pieces, no doubled sara e, and not Django's known slips."""
    misspelt = re.compile("\u0e4d\u0e32|เเ|สารถ|ไม่ไม่|อ็อบเจ็?ก")
    assert [read(m) for m in messages if misspelt.search(read(m))] == []


def test_answers_to_yes_no_and_maybe_stay_three() -> None:
    assert len(on_a_page(Message(None, "yes,no,maybe")).split(",")) == 3


def test_the_everyday_faults_of_a_form_are_told_in_thai() -> None:
    with override("th"), pytest.raises(ValidationError, match="ต้องระบุข้อมูลในช่องนี้"):
        forms.CharField().clean("")
    with override("th"), pytest.raises(ValidationError, match="ระบุเป็นจำนวนเต็ม"):
        forms.IntegerField().clean("สอง")
    with override("th"), pytest.raises(ValidationError, match="ต้องมีอย่างน้อย 10 ตัวอักษร"):
        MinimumLengthValidator(10).validate("สั้น")


def test_a_stretch_of_time_reads_without_commas() -> None:
    with override("th"):
        assert timesince(date(2017, 1, 1), date(2018, 3, 1)) == "1\xa0ปี 2\xa0เดือน"


def test_an_english_reader_still_gets_english() -> None:
    with override("en"), pytest.raises(ValidationError, match="This field is required"):
        forms.CharField().clean("")


# ---------------------------------------------------------------- the files themselves


@pytest.mark.parametrize(("domain", "texts"), [("django", PAGES), ("djangojs", SCRIPTS)])
def test_our_catalogue_is_finished_and_holds_nothing_that_nobody_asks_for(domain, texts) -> None:
    catalogue = polib.pofile(str(OURS / f"{domain}.po"))
    wanted = {message for messages in texts.values() for message in messages}
    held = [Message(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue]
    assert catalogue.metadata["Plural-Forms"] == "nplurals=1; plural=0;"
    assert [e.msgid for e in catalogue if not e.translated()] == []
    assert [message for message in held if message not in wanted] == []
    assert len(held) == len(set(held))


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_the_compiled_catalogue_says_what_the_written_one_says(domain) -> None:
    with (OURS / f"{domain}.mo").open("rb") as file:
        compiled = stdlib_gettext.GNUTranslations(file)
    for entry in polib.pofile(str(OURS / f"{domain}.po")):
        message = Message(entry.msgctxt, entry.msgid)
        if entry.msgid_plural:
            assert compiled.ngettext(message.key, entry.msgid_plural, 2) == entry.msgstr_plural[0]
        else:
            assert compiled.gettext(message.key) == entry.msgstr


def test_no_compiled_catalogue_of_the_project_is_stale() -> None:
    call_command("compile_thai", check=True)


# ---------------------------------------------------------------- the command that compiles


@pytest.fixture
def catalogue(tmp_path, settings) -> Path:
    """A project folder with one small catalogue, not yet compiled."""
    settings.BASE_DIR = tmp_path
    po = tmp_path / "locale" / "th" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    write(po, village="หมู่บ้าน")
    return po


def write(po: Path, *, village: str, fuzzy: bool = False) -> None:
    file = polib.POFile()
    file.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    flags = ["fuzzy"] if fuzzy else []
    file.append(polib.POEntry(msgid="village", msgstr=village, flags=flags))
    many = {"msgid_plural": "%d steps", "msgstr_plural": {0: "%d ข้อ"}}
    file.append(polib.POEntry(msgctxt="card", msgid="%d step", **many))
    file.save(str(po))


def compiled_village(po: Path) -> str:
    with po.with_suffix(".mo").open("rb") as file:
        return stdlib_gettext.GNUTranslations(file).gettext("village")


def test_compiling_writes_the_words_and_then_the_check_is_content(catalogue, capsys) -> None:
    call_command("compile_thai")
    assert compiled_village(catalogue) == "หมู่บ้าน"
    assert str(catalogue) in capsys.readouterr().out
    call_command("compile_thai", check=True)


def test_the_check_fails_on_a_catalogue_never_compiled_and_writes_nothing(catalogue) -> None:
    with pytest.raises(CommandError, match="these are stale"):
        call_command("compile_thai", check=True)
    assert not catalogue.with_suffix(".mo").exists()


def test_the_check_fails_once_a_word_is_changed(catalogue) -> None:
    call_command("compile_thai")
    write(catalogue, village="ชุมชน")
    with pytest.raises(CommandError, match="these are stale"):
        call_command("compile_thai", check=True)
    assert compiled_village(catalogue) == "หมู่บ้าน"


def test_the_check_fails_once_a_word_becomes_doubtful_and_compiling_leaves_it_out(
    catalogue,
) -> None:
    call_command("compile_thai")
    write(catalogue, village="หมู่บ้าน", fuzzy=True)
    with pytest.raises(CommandError, match="these are stale"):
        call_command("compile_thai", check=True)
    call_command("compile_thai")
    assert compiled_village(catalogue) == "village"


def test_a_second_compile_touches_nothing(catalogue, capsys) -> None:
    call_command("compile_thai")
    before = catalogue.with_suffix(".mo").stat().st_mtime_ns
    capsys.readouterr()
    call_command("compile_thai")
    assert capsys.readouterr().out == ""
    assert catalogue.with_suffix(".mo").stat().st_mtime_ns == before
