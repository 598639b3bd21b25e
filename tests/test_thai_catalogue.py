"""Every word of the project has its Thai, and no page mixes the two languages.

The texts are read out of the source itself, so that the test needs no gettext on the machine:
Python by its syntax tree, templates through Django's own ``templatize``, which writes each
``{% translate %}`` as a call of gettext.
"""

import ast
import gettext as stdlib_gettext
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils.translation.template import templatize

from accounts.models import User
from steps.models import Step
from tests.access.addresses import Address, addresses
from tests.access.places import YEAR, Place, place
from tests.access.table import ROWS, Row
from tests.cast import World

ROOT = Path(settings.BASE_DIR)
PO = ROOT / "locale" / "th" / "LC_MESSAGES" / "django.po"
APPS = ["accounts", "sammachip", "steps", "villages"]

# Name of the function -> which of its arguments are context, text and plural.
PLAIN, PLURAL, CONTEXT, BOTH = (None, 0, None), (None, 0, 1), (0, 1, None), (0, 1, 2)
ASKS = {
    **dict.fromkeys(["gettext", "gettext_lazy", "gettext_noop", "_"], PLAIN),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], PLURAL),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], CONTEXT),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], BOTH),
}
QUOTED = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\""""
TEMPLATE_CALL = re.compile(rf"\b(?:n?p?gettext|_)\((?:[^()'\"]|{QUOTED})*\)")


class Text(NamedTuple):
    """One text the project asks for, as gettext keys it."""

    context: str
    singular: str
    plural: str


# ---------------------------------------------------------------- what the project asks for


def texts_in(tree: ast.AST, names: dict[str, str]) -> Iterator[Text]:
    """The literal texts of translating calls; ``names`` maps what they are called here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            places = ASKS.get(names.get(node.func.id, ""))
            if places and (text := _literals(node.args, places)).singular:
                yield text


def _literals(args: list[ast.expr], places: tuple[int | None, ...]) -> Text:
    values = [arg.value if isinstance(arg, ast.Constant) else "" for arg in args]
    return Text(*(str(values[n]) if n is not None and n < len(values) else "" for n in places))


def texts_in_module(path: Path) -> Iterator[Text]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
    ]
    names = {name.asname or name.name: name.name for node in imports for name in node.names}
    yield from texts_in(tree, names)


def texts_in_template(path: Path) -> Iterator[Text]:
    for call in TEMPLATE_CALL.findall(templatize(path.read_text(encoding="utf-8"))):
        yield from texts_in(ast.parse(call), {name: name for name in ASKS})


@cache
def asked() -> frozenset[Text]:
    """Every text in the modules of the apps and in the templates."""
    modules = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    found = {
        text for path in modules if "migrations" not in path.parts for text in texts_in_module(path)
    }
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    return frozenset(found | {text for path in templates for text in texts_in_template(path)})


def catalogue() -> polib.POFile:
    return polib.pofile(str(PO))


def thai() -> dict[Text, str]:
    """Every text of the catalogue with its Thai; Thai has one form for one and many."""
    return {
        Text(entry.msgctxt or "", entry.msgid, entry.msgid_plural): (
            entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr
        )
        for entry in catalogue()
        if not entry.obsolete
    }


def test_the_reader_of_sources_finds_every_way_of_asking() -> None:
    assert len(asked()) > 500
    assert Text("", "Sign out", "") in asked()  # translate
    assert Text("", "%(n)s village", "%(n)s villages") in asked()  # blocktranslate
    assert Text("", "No village matches.", "") in asked()  # _("…") inside a tag
    assert Text("", "Due in %(n)s day", "Due in %(n)s days") in asked()  # Python


def test_the_catalogue_holds_exactly_what_the_project_asks_for() -> None:
    assert sorted(asked() - set(thai())) == []
    assert sorted(set(thai()) - asked()) == []


def test_every_text_has_its_thai_and_none_is_doubtful() -> None:
    assert [text for text, words in thai().items() if not words] == []
    assert [entry.msgid for entry in catalogue() if entry.fuzzy or entry.obsolete] == []
    assert catalogue().metadata["Plural-Forms"] == "nplurals=1; plural=0;"


def test_the_compiled_catalogue_says_what_the_written_one_says() -> None:
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = stdlib_gettext.GNUTranslations(file)
    for text, words in thai().items():
        key = f"{text.context}\x04{text.singular}" if text.context else text.singular
        read = compiled.ngettext(key, text.plural, 2) if text.plural else compiled.gettext(key)
        assert read == words


# ---------------------------------------------------------------- how the Thai is written

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|<[^>]+>")
CLASSIFIERS = "คน|ครัวเรือน|หมู่บ้าน|ภาพ|ฉบับ|ครั้ง|แห่ง|เรื่อง|รายการ|วัน|ข้อ"


def wording(pattern: str) -> list[str]:
    """The Thai texts in which a pattern occurs."""
    return [words for words in thai().values() if re.search(pattern, words)]


def test_thai_keeps_every_placeholder_and_tag() -> None:
    def slots(text: str) -> Counter[str]:
        return Counter(PLACEHOLDER.findall(text))

    lost = [text for text, words in thai().items() if slots(words) != slots(text.singular)]
    assert lost == []


def test_thai_addresses_nobody_and_says_please_only_to_wait_or_call() -> None:
    assert wording("(?<!ขอบ)คุณ(?!ภาพ)|ฉัน|ครับ|ค่ะ|โปรด|กรุณา(?!รอ|ติดต่อ)") == []


def test_words_the_programme_does_not_use_are_not_used() -> None:
    """Part of the wording agreed with the programme: each jars for a reason of its own."""
    assert wording("อนุมัติ|ออฟไลน์|เคส|แดชบอร์ด|ซับมิต|กู้คืน|หลักฐาน|องค์ประชุม|รูปถ่าย") == []


def test_lists_have_no_commas_and_times_no_colons() -> None:
    assert wording(r",(?!\d{3})") == []
    assert wording(r"\d:\d\d") == []


def test_every_count_has_its_classifier() -> None:
    counted = [words for text, words in thai().items() if text.plural]
    number = re.compile(rf"%\(\w+\)s ({CLASSIFIERS})")
    assert [words for words in counted if not number.search(words)] == []


def test_thai_is_spelt_as_keyboards_type_it() -> None:
    """No sara am in two pieces, no doubled sara e, no zero-width or doubled spaces."""
    assert wording("\u0e4d\u0e32|เเ|[\u200b\u00a0]|  ") == []


AGREED = {
    "Not started": "ยังไม่เริ่ม",
    "In progress": "กำลังดำเนินการ",
    "Submitted": "รอตรวจสอบ",
    "Returned": "ส่งกลับแก้ไข",
    "Verified": "รับรองแล้ว",
    "To do now": "งานที่ต้องทำ",
    "Record an activity": "บันทึกกิจกรรม",
    "Still missing": "ยังขาด",
    "Explain the shortfall": "ชี้แจงเหตุผลที่ไม่ครบ",
    "Submit for review": "ส่งให้จังหวัดตรวจ",
    "Village committee": "คณะทำงานหมู่บ้าน",
    "Not found in your area": "ไม่พบข้อมูลนี้ในพื้นที่รับผิดชอบ",
}


@pytest.mark.parametrize(("english", "words"), AGREED.items())
def test_the_words_of_the_daily_work_are_those_agreed_on(english: str, words: str) -> None:
    assert thai()[Text("", english, "")] == words


# ---------------------------------------------------------------- what pages show


class Reader(HTMLParser):
    """The words of a page a person sees or hears, without those marked as of ``leave_out``."""

    SILENT = {"script", "style"}
    VOID = {"meta", "link", "input", "img", "br", "hr", "wbr", "source"}
    SPOKEN = ["alt", "title", "placeholder", "aria-label", "data-label"]

    def __init__(self, leave_out: str) -> None:
        super().__init__()
        self.leave_out, self.words = leave_out, list[str]()
        self.open: list[bool] = []  # of each open tag: is it left out?

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        out = tag in self.SILENT or (tag != "html" and values.get("lang") == self.leave_out)
        if not (out or any(self.open)):
            self.words += [values[name] or "" for name in self.SPOKEN if name in values]
        if tag not in self.VOID:
            self.open.append(out)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self.open):
            self.words.append(data)


def seen(page: bytes, *, leave_out: str) -> list[str]:
    """The words of a page; the switch to the other language speaks that language."""
    reader = Reader(leave_out)
    reader.feed(page.decode())
    return reader.words


@pytest.fixture
def here(world: World) -> Place:
    return place(world, world.trakat, world.nida)


def urls(row: Row, found: Address, here: Place) -> Iterator[str]:
    """Where a row of the access table leads in a village; once for every step it may name."""
    kinds = found.asks
    numbers = Step.objects.values_list("number", flat=True) if "step" in kinds.values() else [""]
    for number in numbers:
        parts = {
            "village": here.code,
            "district": here.district,
            "year": YEAR,
            "step": number,
            "object": here.keys.get(row.takes),
        }
        yield reverse(row.name, kwargs={name: parts[kind] for name, kind in kinds.items()})


def pages(client: Client, here: Place) -> Iterator[tuple[str, bytes]]:
    """Every page of the site as it opens, and as it answers a form with nothing in it."""
    by_name = {found.name: found for found in addresses()}
    for row in ROWS:
        for url in urls(row, by_name[row.name], here):
            for ask in (client.get, client.post):
                if row.name not in ("accounts:logout", "set_language"):
                    answer = ask(url)
                    if "text/html" in answer.get("Content-Type", "") and not answer.streaming:
                        yield f"{ask.__name__} {url}", answer.content


# Formats and addresses have no Thai name.
INTERNATIONAL = re.compile(r"JPE?G|PNG|WebP|PDF|Word|\.docx|DOCX|https?://\S+|S\d+( [a-h])?")
SignedIn = Callable[[User], Client]
PEOPLE = ["nida", "prasit"]  # records; reviews and reads the history


@pytest.mark.parametrize("person", PEOPLE)
def test_a_page_in_thai_has_no_english_word(
    person: str, world: World, here: Place, signed_in: SignedIn
) -> None:
    client = signed_in(getattr(world, person))
    left = {
        (name, words)
        for name, page in pages(client, here)
        for words in seen(page, leave_out="en")
        if re.search("[A-Za-z]{2,}", INTERNATIONAL.sub("", words))
    }
    assert sorted(left) == []


RUN = re.compile("[ก-๛]+")


def runs_stored_in_thai() -> set[str]:
    """Every run of Thai letters that people typed, or that the programme has in Thai only."""
    return {run for text in texts_stored() for run in RUN.findall(text)}


def texts_stored() -> Iterator[str]:
    for model in (model for app in APPS for model in models_of(app)):
        fields = [field.name for field in model._meta.fields if holds_text(field)]
        for row in model._default_manager.values(*fields):
            yield from (str(row[name]) for name in fields if not row.get(in_english(name)))


def models_of(app: str) -> list[type[models.Model]]:
    return list(apps.get_app_config(app).get_models())


def holds_text(field: models.Field) -> bool:
    return isinstance(field, models.CharField | models.TextField)


def in_english(name: str) -> str:
    """The column that says in English what this one says in Thai."""
    return f"{name[:-3]}_en" if name.endswith("_th") else ""


@pytest.mark.parametrize("person", PEOPLE)
def test_a_page_in_english_has_no_thai_but_what_people_wrote(
    person: str, world: World, here: Place, signed_in: SignedIn
) -> None:
    client = signed_in(getattr(world, person))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    typed = runs_stored_in_thai()
    left = {
        (name, words)
        for name, page in pages(client, here)
        for words in seen(page, leave_out="th")
        if not typed.issuperset(RUN.findall(words))
    }
    assert sorted(left) == []
