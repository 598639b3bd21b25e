"""Every word of the project has its Thai, and it is the Thai of a district office.

The texts are read out of the source itself, so that the test needs no gettext on the machine:
Python by its syntax tree, templates through Django's own ``templatize``, which writes each
``{% translate %}`` as a call of gettext.
"""

import ast
import gettext as stdlib_gettext
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

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
CLASSIFIERS = "คน|แผ่น|ครัวเรือน|หมู่บ้าน|ภาพ|ฉบับ|ครั้ง|แห่ง|เรื่อง|รายการ|วัน|ข้อ|ใบ|บัญชี|แถว|ช่อง|หัวข้อ|ไตรมาส"


def wording(pattern: str) -> list[str]:
    """The Thai texts in which a pattern occurs."""
    return [words for words in thai().values() if re.search(pattern, words)]


def test_thai_keeps_every_placeholder_and_tag() -> None:
    def slots(text: str) -> Counter[str]:
        return Counter(PLACEHOLDER.findall(text))

    lost = [text for text, words in thai().items() if slots(words) != slots(text.singular)]
    assert lost == []


def test_thai_addresses_nobody_and_says_please_only_to_wait_or_call() -> None:
    """But in the sentence that ends an official letter."""
    found = wording("(?<!ขอบ)คุณ(?!ภาพ)|ฉัน|ครับ|ค่ะ|โปรด|กรุณา(?!รอ|ติดต่อ)")
    assert [words for words in found if not words.startswith("จึงเรียนมาเพื่อโปรด")] == []


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
