"""Using the site as a browser does: read a form from its page, change some answers, send it."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BaseForm, MultipleChoiceField
from django.forms.boundfield import BoundField
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from steps.forms.record import RecordForm

JSON = {"HTTP_ACCEPT": "application/json"}


def photo(colour: str = "green", name: str = "photo.jpg", size: tuple[int, int] = (64, 48)) -> Any:
    """A small real JPEG; another colour is another photo."""
    content = BytesIO()
    Image.new("RGB", size, colour).save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")


def answers(form: BaseForm) -> dict[str, Any]:
    """What a browser would send if nothing on the page were changed."""
    data: dict[str, Any] = {}
    for field in form:
        if field.field.widget.needs_multipart_form:
            continue
        data[field.html_name] = _as_sent(_on_the_page(field))
    if isinstance(form, RecordForm):
        data["shown"] = form.shown_marks()
    return {name: value for name, value in data.items() if value not in (None, [], "")}


def _on_the_page(field: BoundField) -> Any:
    """A browser can only send the ticks that are there to be ticked."""
    value = field.value()
    if isinstance(field.field, MultipleChoiceField):
        offered = {str(key) for key, _label in field.field.choices}
        return [item for item in value or [] if str(item) in offered]
    return value


def _as_sent(value: Any) -> Any:
    if callable(value):
        value = value()
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return "on" if value is True else ("" if value is False else value)


def form_of(client: Client, address: str) -> dict[str, Any]:
    """The answers of the form a page shows."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return answers(response.context["form"])


def send(client: Client, address: str, /, **changes: Any) -> HttpResponse:
    """Open the page of a form, change some answers, send it; None takes an answer away."""
    data = {**form_of(client, address), **changes}
    return client.post(address, {name: value for name, value in data.items() if value is not None})
