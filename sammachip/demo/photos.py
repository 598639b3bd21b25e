"""Drawn pictures in place of photos: nobody is on them, and they come with no licence."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from io import BytesIO
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from accounts.models import User
from sammachip.demo.words import CAPTION
from steps.models import EvidenceType
from steps.recording.files import Attached, receive

PICTURES = 4
SIZE = (800, 600)
HORIZON = 320
SKIES = ["#a9d3ee", "#f3d9a4", "#c4dff0", "#e9c7b0"]
FIELDS = ["#7fae52", "#a8b350", "#5f9a4a", "#c2a95a"]
CLOTHES = ["#c0392b", "#2e5fa3", "#e0a030", "#6b3f8f", "#2f7d62"]


def received_photos(by: User, at: datetime) -> list[Attached]:
    """The pictures, received from a person and ready to attach."""
    return [
        Attached(
            receive(
                upload=SimpleUploadedFile(f"demo-{number}.jpg", _drawn(number), "image/jpeg"),
                type=EvidenceType.PHOTO,
                by=by,
                at=at,
            ),
            EvidenceType.PHOTO,
            CAPTION,
        )
        for number in range(PICTURES)
    ]


@cache
def _drawn(number: int) -> bytes:
    """A field under a sky with a pavilion and some people, as a JPEG."""
    rng = Random(number)
    picture = Image.new("RGB", SIZE, SKIES[number])
    draw = ImageDraw.Draw(picture)
    draw.ellipse((600, 60, 690, 150), fill="#fff3c4")
    draw.rectangle((0, HORIZON, *SIZE), fill=FIELDS[number])
    _pavilion(draw, left=60 + number * 90)
    for _person in range(9):
        _figure(draw, rng.randint(60, 740), rng.randint(380, 520), rng.choice(CLOTHES))
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _pavilion(draw: ImageDraw.ImageDraw, *, left: int) -> None:
    draw.polygon([(left, 230), (left + 130, 150), (left + 260, 230)], fill="#9c4a2f")
    for post in (left + 25, left + 120, left + 215):
        draw.rectangle((post, 230, post + 14, 350), fill="#6d4a32")


def _figure(draw: ImageDraw.ImageDraw, x: int, y: int, colour: str) -> None:
    draw.rounded_rectangle((x - 16, y, x + 16, y + 60), radius=12, fill=colour)
    draw.ellipse((x - 12, y - 26, x + 12, y - 2), fill="#8d5a3b")
