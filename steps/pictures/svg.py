"""Elements of an SVG picture, everything in them escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Attributes = Mapping[str, object]
NAMESPACE = "http://www.w3.org/2000/svg"


def element(name: str, attributes: Attributes, content: object = "") -> SafeString:
    """``<name a="1">content</name>``; content that is not safe yet is escaped."""
    written = format_html_join("", ' {}="{}"', attributes.items())
    return format_html("<{0}{1}>{2}</{0}>", name, written, content)


def text(x: float, y: float, words: object, **attributes: object) -> SafeString:
    """Words at a place; ``class_`` stands for class."""
    named = {key.rstrip("_"): value for key, value in attributes.items()}
    return element("text", {"x": short(x), "y": short(y), **named}, words)


def path(d: str, class_: str) -> SafeString:
    """A line along ``d``."""
    return element("path", {"d": d, "class": class_})


def joined(parts: Iterable[SafeString]) -> SafeString:
    """Several elements one after another."""
    return format_html_join("", "{}", ((part,) for part in parts))


def short(number: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{number:.1f}".removesuffix(".0")
