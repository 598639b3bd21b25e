"""The site in this process, as it would be served: signed in, on the last day of the year."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest import mock

from django.db import connections
from django.test import Client, RequestFactory

from accounts.models import User
from sammachip.thai.dates import BANGKOK
from sammachip.wsgi import application

# The last day of the generated year: what moved this week is there, and nothing is still to come.
NOW = datetime(2017, 9, 30, 12, tzinfo=BANGKOK)
TODAY = NOW.date()


def quiet() -> None:
    """Write no line a request."""
    logging.getLogger("sammachip").setLevel(logging.WARNING)


def use(size: str) -> None:
    """Let the site work on the database of a size; so sizes can be measured in turns."""
    connections["default"] = connections[size]


def clock() -> AbstractContextManager[object]:
    """The clock stands."""
    return mock.patch("django.utils.timezone.now", return_value=NOW)


@dataclass
class Visitor:
    """Somebody signed in, in the database of a size; pages are asked of WSGI."""

    size: str
    user: User
    environ: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        use(self.size)
        client = Client()
        client.force_login(self.user, backend="accounts.backends.StaffIdOrEmail")
        cookie = client.cookies.output(header="", sep=";").strip()
        self.environ = RequestFactory().get("/").environ | {"HTTP_COOKIE": cookie}

    def get(self, address: str) -> bytes:
        """The content of a page; anything but a page is a fault of the bench."""
        use(self.size)
        path, _question, query = address.partition("?")
        status: list[str] = []
        environ = {**self.environ, "PATH_INFO": path, "QUERY_STRING": query}

        def begin(line: str, headers: Any, error: Any = None, /) -> Any:
            status.append(line)

        answer = application(environ, begin)
        content = b"".join(answer)
        answer.close()
        if not status[0].startswith("200"):
            raise RuntimeError(f"{address}: {status[0]}")
        return content


def visitor(size: str, role: str, area: str | None) -> Visitor:
    """The first person with a role in an area; of the whole country without one."""
    use(size)
    who = User.objects.filter(postings__role=role, postings__area=area, is_active=True)
    return Visitor(size, who.order_by("pk")[0])
