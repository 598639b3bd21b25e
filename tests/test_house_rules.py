"""The rules of the house (CONTRIBUTING.md), read from the code and from the pages it makes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from inspect import isfunction
from pathlib import Path
from statistics import median, quantiles

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from accounts.models import User
from sammachip.answers import ERROR_CODES, error
from tests.access.addresses import addresses
from tests.access.places import Map, address, everywhere
from tests.access.table import ANYBODY, NEVER, ROWS
from tests.cast import World

ROOT = settings.BASE_DIR
APPS = ("sammachip", "villages", "accounts", "steps")
TEMPLATES = ROOT / "templates"

# Imports run up this list, never down. A module belongs to the longest name that starts it.
LAYERS = [
    ("sammachip.thai", "sammachip.retention", "accounts.rights"),
    ("villages.models",),
    ("accounts.models",),
    ("steps.files", "steps.models"),
    (
        "accounts.access accounts.backends accounts.bulk accounts.checks accounts.receipts",
        "accounts.forgetting accounts.history steps.personal",
        "accounts.history_words accounts.viewing villages.areas villages.queries",
        "accounts.closing accounts.slips steps.october steps.handing_over",
        "steps.facts steps.requirements steps.progress steps.recording",
        "steps.reach steps.standing steps.tally steps.rollups steps.kept steps.review",
        "steps.changes steps.exports steps.digest steps.leftovers steps.lessons steps.lists",
        "steps.showing steps.worklist steps.knowledge steps.library",
        "steps.learned steps.assessed steps.board steps.conditions steps.found steps.livelihoods",
        "steps.money steps.months steps.pictures steps.quiet",
        "steps.report",
    ),
    (
        "accounts.forms villages.forms villages.filters villages.imports steps.forms",
        "sammachip.forms",
        "sammachip.answers sammachip.middleware",
    ),
    (
        "accounts.views villages.views steps.views sammachip.views",
        "accounts.admin_site accounts.admin villages.admin steps.admin",
        "accounts.management villages.management steps.management sammachip.management",
        "sammachip.backup sammachip.demo sammachip.generate",
    ),
    (
        "accounts.urls villages.urls villages.import_urls steps.urls steps.library_urls",
        "sammachip.urls",
    ),
]
OUTSIDE = {  # what starts the project; these import no layer but by name
    "sammachip.apps",
    "sammachip.checks",
    "sammachip.converters",
    "sammachip.logs",
    "sammachip.settings",
    "sammachip.wsgi",
}


@dataclass(frozen=True)
class Module:
    """A file of the project's own code."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def is_view(self) -> bool:
        return "views" in self.name.split(".")

    @property
    def functions(self) -> list[ast.FunctionDef]:
        return [node for node in self.tree.body if isinstance(node, ast.FunctionDef)]


@cache
def modules() -> list[Module]:
    """The apps' modules, without migrations."""
    paths = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    return [_module(path) for path in paths if "migrations" not in path.parts]


def _module(path: Path) -> Module:
    text = path.read_text()
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return Module(name, path, ast.parse(text), len(text.splitlines()))


def imports_of(module: Module) -> set[str]:
    """The project's modules that a module imports, also inside its functions."""
    known = {other.name for other in modules()}
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (parts & known) or {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] in APPS}


def layer_of(name: str) -> int:
    """The place of a module in LAYERS."""
    named = {prefix: rank for rank, row in enumerate(LAYERS) for prefix in " ".join(row).split()}
    mine = [prefix for prefix in named if f"{name}.".startswith(f"{prefix}.")]
    assert mine, f"{name} has no layer: say in LAYERS where it stands"
    return named[max(mine, key=len)]


# ---------------------------------------------------------------- layers


def test_imports_run_one_way() -> None:
    layered = [module for module in modules() if module.name not in OUTSIDE]
    wrong = [
        f"{module.name} imports {other}"
        for module in layered
        for other in imports_of(module) - OUTSIDE - {"sammachip", "accounts", "villages", "steps"}
        if layer_of(other) > layer_of(module.name)
    ]
    assert wrong == []


def test_a_view_is_imported_by_urls_and_its_neighbours_only() -> None:
    wrong = [
        f"{module.name} imports {other}"
        for module in modules()
        for other in imports_of(module)
        if "views" in other.split(".") and not module.name.endswith("urls")
        if not (module.is_view and module.name.split(".")[0] == other.split(".")[0])
    ]
    assert wrong == []


# ---------------------------------------------------------------- views and verbs


def test_views_reach_rows_through_access_or_named_querysets() -> None:
    wrong = [
        f"{module.name}:{node.lineno} .{node.attr}"
        for module in modules()
        if module.is_view
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        if node.attr in ("objects", "_default_manager", "_base_manager")
    ]
    assert wrong == []


def test_views_are_functions() -> None:
    own = [found for found in addresses() if not found.name.startswith("admin:")]
    assert [found.name for found in own if not isfunction(found.view)] == []
    assert [found.name for found in own if hasattr(found.view, "view_class")] == []


def verbs() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Public functions of ``steps.recording`` that are told who acts."""
    for module in modules():
        if not module.name.startswith("steps.recording.") or module.name.endswith(".core"):
            continue
        for function in module.functions:
            names = {argument.arg for argument in _arguments(function)}
            writes = any(_calls(node, "write") for node in ast.walk(function))
            if not function.name.startswith("_") and (writes or names & {"by", "sender"}):
                yield f"{module.name}.{function.name}", function


def _arguments(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def test_a_verb_takes_keywords_only_and_is_told_who_acts() -> None:
    found = dict(verbs())
    assert len(found) > 20
    for name, function in found.items():
        keywords = {argument.arg for argument in function.args.kwonlyargs}
        assert not function.args.args, f"{name} takes positional arguments"
        assert keywords & {"by", "sender"}, f"{name} does not ask who acts"


def test_no_view_is_exempt_from_csrf_protection() -> None:
    assert [one.name for one in addresses() if getattr(one.view, "csrf_exempt", False)] == []
    assert [one.name for one in modules() if "csrf_exempt" in one.path.read_text()] == []


def test_exactly_the_open_rows_of_the_matrix_need_no_sign_in() -> None:
    without = {one.name for one in addresses() if not getattr(one.view, "login_required", True)}
    opened = {row.name for row in ROWS if ANYBODY in (row.get, row.post)}
    assert without == {*opened, "admin:login"}  # which only leads to the one page to sign in
    assert opened == {
        "accounts:login",
        "accounts:logout",
        "healthz",
        "library:feed",
        "library:lesson",
        "library:lesson_photo",
        "library:lesson_photo_small",
        "library:photo",
        "library:photo_small",
        "library:record",
        "library:search",
        "privacy",
        "readyz",
        "set_language",
    }


# ---------------------------------------------------------------- size and words


def lengths(nodes: Iterator[ast.FunctionDef]) -> list[int]:
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes]


def p90(numbers: list[int]) -> float:
    return quantiles(numbers, n=10)[-1]


def all_functions() -> Iterator[ast.FunctionDef]:
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef):
                yield node


def view_functions() -> Iterator[ast.FunctionDef]:
    for module in modules():
        for function in module.functions if module.is_view else []:
            if "request" in {argument.arg for argument in _arguments(function)}:
                yield function


def test_functions_are_short() -> None:
    assert median(lengths(all_functions())) <= 8
    assert p90(lengths(all_functions())) <= 30


def test_views_are_short() -> None:
    assert p90(lengths(view_functions())) <= 40


def test_modules_are_short() -> None:
    assert {module.name: module.lines for module in modules() if module.lines > 500} == {}


def test_public_functions_say_what_they_are_for() -> None:
    wrong = [
        f"{module.name}.{function.name}"
        for module in modules()
        for function in module.functions
        if not function.name.startswith("_") and not ast.get_docstring(function)
    ]
    assert wrong == []


def test_signatures_are_annotated() -> None:
    wrong = [
        f"{module.name}.{function.name}"
        for module in modules()
        for function in module.functions
        if function.returns is None
    ]
    assert wrong == []


# ---------------------------------------------------------------- templates

INLINE = {
    "a script without src": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def inline_parts(page: str) -> list[str]:
    return [words for words, pattern in INLINE.items() if pattern.search(page)]


def templates() -> dict[str, str]:
    """Name and source of every template of ours."""
    paths = sorted(TEMPLATES.rglob("*.html"))
    return {str(path.relative_to(TEMPLATES)): without_comments(path) for path in paths}


def without_comments(path: Path) -> str:
    comment = r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}"
    return re.sub(comment, "", path.read_text(), flags=re.DOTALL)


def test_no_template_holds_script_or_style() -> None:
    found = {name: inline_parts(source) for name, source in templates().items()}
    assert {name: parts for name, parts in found.items() if parts} == {}


def test_every_page_stands_in_a_frame_and_the_rest_is_included_somewhere() -> None:
    sources = templates()
    used = set(re.findall(r'{%-?\s*(?:include|extends)\s+"([^"]+)"', "".join(sources.values())))
    for name, source in sources.items():
        if name.startswith(("admin/", "django/", "digest/")):  # in place of Django's own; mails
            continue
        extends = re.search(r'{%\s*extends\s+"([^"]+)"', source)
        if extends:
            assert extends.group(1) in ("base.html", "error_base.html"), name
        else:
            assert name in used or name == "base.html", f"{name} is in no page"


# ---------------------------------------------------------------- pages as they are shown


def headings(response: HttpResponse) -> int:
    return len(re.findall(r"<h1[\s>]", response.content.decode()))


def pages(client: Client, here: Map) -> Iterator[tuple[str, HttpResponse]]:
    """Every page of one's own village, and every form sent empty."""
    for row in ROWS:
        url = address(row.name, here.own, row.takes)
        answers = [client.get(url)] if row.get != NEVER else []
        answers += [client.post(url)] if row.empty in (200, 422) and row.post != NEVER else []
        for response in answers:
            is_page = response.get("Content-Type", "").startswith("text/html")
            if is_page and response.status_code in (200, 403, 404, 422):
                yield f"{response.request['REQUEST_METHOD']} {url}", response


@pytest.fixture
def here(world: World) -> Map:
    return everywhere(world)


@pytest.mark.parametrize("name", ["nida", "prasit", "anan", "signed out"])
def test_every_page_has_one_heading_and_nothing_inline(
    name: str, world: World, here: Map, signed_in: Callable[[User], Client]
) -> None:
    user = getattr(world, name, None)
    client = signed_in(user) if user else Client()
    shown = list(pages(client, here))
    wrong = [f"{url}: {headings(page)} h1" for url, page in shown if headings(page) != 1]
    wrong += [f"{url}: {parts}" for url, page in shown if (parts := inline_parts_of(page))]
    assert shown
    assert not wrong, "\n".join(wrong)


def inline_parts_of(response: HttpResponse) -> list[str]:
    return inline_parts(response.content.decode())


@pytest.mark.parametrize("status", sorted({*ERROR_CODES, 500} - {401}))
@pytest.mark.parametrize("language", ["th", "en"])
def test_every_error_page_has_one_heading(status: int, language: str, rf: RequestFactory) -> None:
    with translation.override(language):
        page = error(rf.get("/"), status)
    assert (page.status_code, headings(page), inline_parts_of(page)) == (status, 1, [])
