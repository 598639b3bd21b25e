"""The site's addresses and two more: a page's bytes as they are, and its content in the frame.

What the first costs is sessions, accounts and middleware; the second adds what every page of the
site shows, such as navigation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.utils.safestring import mark_safe

from sammachip.urls import handler400, handler403, handler404, handler500
from sammachip.urls import urlpatterns as site

FRAME = '{% extends "base.html" %}{% block content %}{{ content }}{% endblock %}'
MAIN = re.compile(r"<main[^>]*>(.*)</main>", re.DOTALL)


@dataclass
class Bare:
    """The page that the two addresses give back now."""

    whole: str = ""
    content: str = ""

    def hold(self, page: bytes) -> None:
        self.whole = page.decode()
        found = MAIN.search(self.whole)
        self.content = mark_safe(found[1] if found else "")  # noqa: S308 - the site made it


held = Bare()


def bytes_alone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(held.whole)


def in_frame(request: HttpRequest) -> HttpResponse:
    return HttpResponse(framed().render({"content": held.content}, request))


@cache
def framed() -> Any:
    return engines["django"].from_string(FRAME)


urlpatterns = [*site, path("bench/bytes/", bytes_alone), path("bench/frame/", in_frame)]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
