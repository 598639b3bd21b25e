"""The library as a stranger walks through it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

SEARCH = "/library/"


def crawled(client: Client, start: str = SEARCH) -> Iterator[tuple[str, HttpResponse]]:
    """Every address of the library that is reached from one by links and pictures, and the feed."""
    waiting, seen = [start, reverse("library:feed")], set[str]()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        response = client.get(address)
        yield address, response
        if response.streaming or "html" not in response["Content-Type"]:
            continue
        links = re.findall(r'(?:href|src)="([^"#]*)"', response.content.decode())
        links += [link.removeprefix(settings.BASE_URL) for link in links]
        own = (SEARCH + link if link.startswith("?") else link for link in links)
        waiting += [link for link in own if link.startswith(SEARCH) and "language=" not in link]
