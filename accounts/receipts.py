"""Every write happens once: its receipt is the first row of its transaction.

The client makes the id. Sent again with the same content, the stored answer is given again; sent
with other content, or by someone else, it is refused without telling what is stored. The primary
key of ``Receipt`` holds this, so two requests at the same moment cannot both pass.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Receipt, User


class ReusedId(Exception):
    """The client id stands for another write already (answer 409)."""


@dataclass(frozen=True)
class Outcome:
    """What a write led to: its stored answer, and whether it had been received before."""

    client_id: UUID
    content_sha256: str
    result: dict[str, Any]
    replayed: bool


def once(
    *,
    client_id: UUID,
    verb: str,
    content: object,
    by: User,
    at: datetime,
    work: Callable[[], dict[str, Any]],
) -> Outcome:
    """Run ``work`` in one transaction under the receipt ``client_id``, unless it was run before.

    ``content`` is what the sender sent, as JSON can hold it; ``work`` returns the answer to keep.
    Raises ReusedId where the id stands for something else.
    """
    digest = fingerprint(content)
    with transaction.atomic():
        receipt = _claimed(client_id=client_id, verb=verb, digest=digest, by=by, at=at)
        if receipt is None:
            return _answer_again(client_id=client_id, verb=verb, digest=digest, by=by)
        receipt.result = work()
        receipt.save(update_fields=["result"])
    return Outcome(client_id, digest, receipt.result, replayed=False)


def is_received(client_id: UUID | None) -> bool:
    """Whether a write under this id is stored; for words on a page, never as a guard."""
    return client_id is not None and Receipt.objects.filter(pk=client_id).exists()


def fingerprint(content: object) -> str:
    """The sha256 of the content, the same whatever the order of its keys."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(content: object) -> str:
    """The content as JSON with sorted keys."""
    return json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)


def _claimed(*, client_id: UUID, verb: str, digest: str, by: User, at: datetime) -> Receipt | None:
    try:
        with transaction.atomic():
            return Receipt.objects.create(
                client_id=client_id, user=by, verb=verb, content_sha256=digest, received_at=at
            )
    except IntegrityError:
        return None


def _answer_again(*, client_id: UUID, verb: str, digest: str, by: User) -> Outcome:
    stored = Receipt.objects.get(client_id=client_id)
    if (stored.user_id, stored.verb, stored.content_sha256) != (by.pk, verb, digest):
        raise ReusedId
    return Outcome(client_id, digest, stored.result, replayed=True)
