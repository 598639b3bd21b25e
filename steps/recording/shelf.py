"""The district's document shelf: entered once a district, seen by all its villages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts.receipts import Outcome
from steps.models import Blob, Enrolment, Programme, ReceivedFile, ShelfDocument
from steps.progress import refresh
from steps.recording.core import Refusal, Sender, log, write
from villages.models import Area, Village, locked


@dataclass(frozen=True)
class NewDocument:
    """An entry as typed, clean; many handbooks exist on paper only."""

    source: str
    title: str
    maker: str = ""
    note: str = ""
    link: str = ""


def put_on_shelf(
    *,
    district: Area,
    programme: Programme,
    document: NewDocument,
    received: ReceivedFile | None,
    sender: Sender,
) -> Outcome:
    """Enter a document on a district's shelf, with its file where there is one.

    Refusal ``document_exists`` where one of this title and source stands there already.
    """

    def change() -> dict[str, Any]:
        row = ShelfDocument(
            id=uuid4(),
            district=district,
            programme=programme,
            blob=_claimed(received, sender),
            added_by=sender.by,
            added_at=sender.at,
            **asdict(document),
        )
        _save_new(row)
        log(sender, "put_on_shelf", row, changes={"title": ("", row.title)})
        return {"document": str(row.pk)}

    content = {
        "district": district.code,
        "year": programme.year,
        "file": received.sha256_received if received else "",
        **asdict(document),
    }
    return _write("put_on_shelf", district, programme, content, change, sender)


def _save_new(document: ShelfDocument) -> None:
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal("document_exists", field="title") from error


def take_off_shelf(*, document: ShelfDocument, sender: Sender) -> Outcome:
    """End an entry; what was studied from it stays recorded."""

    def change() -> dict[str, Any]:
        document.refresh_from_db()
        if document.ended_at:
            raise Refusal("ended_already")
        document.ended_at = sender.at
        document.save(update_fields=["ended_at"])
        log(sender, "take_off_shelf", document, changes={"ended_at": ("", sender.at)})
        return {"ended": str(document.pk)}

    district, content = document.district, {"id": str(document.pk)}
    return _write("take_off_shelf", district, document.programme, content, change, sender)


def _write(
    verb: str,
    district: Area,
    programme: Programme,
    content: object,
    change: Callable[[], dict[str, Any]],
    sender: Sender,
) -> Outcome:
    """Write for a whole district: the shelf counts for all its villages of the programme.

    Every village of the district is locked before the enrolled ones are read, so that none is
    enrolled meanwhile without what was put on the shelf.
    """

    def work() -> dict[str, Any]:
        locked(Village.objects.within(district.code))
        result = change()
        enrolled = Enrolment.objects.of_district(district.code, programme)
        refresh(enrolled.select_related("programme", "village"), today=sender.today)
        return result

    return write(verb=verb, sender=sender, content=content, villages=(), work=work)


def _claimed(received: ReceivedFile | None, sender: Sender) -> Blob | None:
    if received is None:
        return None
    if received.by_id != sender.by.pk:
        raise Refusal("file_unknown", field="file")
    received.claimed_at = sender.at
    received.save(update_fields=["claimed_at"])
    return received.blob
