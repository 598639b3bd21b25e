"""A form whose sending breaks off is not stored: neither its text nor a part of its photos."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from accounts.models import Receipt
from steps.models import Activity
from tests.cast import World
from tests.pages import photo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


def a_record() -> bytes:
    """A whole record form with a photo, as a browser sends it."""
    data = {
        "client_id": str(uuid4()),
        "held_on": "11/1/2560",
        "place": "ศาลากลางบ้าน",
        "form": "meeting",
        "led_by": "officer",
        "photos": photo(size=(640, 480)),
        "do": "save",
    }
    return encode_multipart(BOUNDARY, data)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95, 1.0])
def test_only_a_form_that_arrived_whole_is_stored(
    world: World, live_server: Any, the_day_of_the_write_up: None, part: float
) -> None:
    client = Client()
    client.force_login(world.nida, backend="accounts.backends.StaffIdOrEmail")
    token = "a" * 32
    cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
    body = a_record()
    place = urlsplit(live_server.url)
    address = reverse("steps:record", args=["33140108", 2560, "1.4"])
    head = (
        f"POST {address} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookies}\r\n"
        f"X-CSRFToken: {token}\r\nContent-Type: {MULTIPART_CONTENT}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(head.encode() + body[: int(len(body) * part)])
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(200)
    whole = part == 1.0
    assert status_of(answer) == (303 if whole else 400)
    assert (Activity.objects.count(), Receipt.objects.count()) == (int(whole), int(whole))
