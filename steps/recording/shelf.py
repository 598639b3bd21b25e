"""The district's document shelf: entered once a district, seen by all its villages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts.receipts import Outcome
from steps.models import Blob, Programme, ReceivedFile, ShelfDocument
from steps.recording.core import Refusal, Sender, log, write
from villages.models import Area, Village


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
    """Enter a document on a district's shelf, with its file where there is one."""

    def work() -> dict[str, object]:
        row = ShelfDocument(
            id=uuid4(),
            district=district,
            programme=programme,
            blob=_claimed(received, sender),
            added_by=sender.by,
            added_at=sender.at,
            **asdict(document),
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise Refusal("document_exists", field="title") from error
        log(sender, "put_on_shelf", row, changes={"title": ("", row.title)})
        return {"document": str(row.pk)}

    content = {
        "district": district.code,
        "year": programme.year,
        "file": received.sha256_received if received else "",
        **asdict(document),
    }
    return write(
        verb="put_on_shelf",
        sender=sender,
        content=content,
        villages=enrolled_villages(district, programme),
        work=work,
    )


def take_off_shelf(*, document: ShelfDocument, sender: Sender) -> Outcome:
    """End an entry; what was studied from it stays recorded."""

    def work() -> dict[str, object]:
        document.refresh_from_db()
        if document.ended_at:
            raise Refusal("ended_already")
        document.ended_at = sender.at
        document.save(update_fields=["ended_at"])
        log(sender, "take_off_shelf", document, changes={"ended_at": ("", sender.at)})
        return {"ended": str(document.pk)}

    return write(
        verb="take_off_shelf",
        sender=sender,
        content={"id": str(document.pk)},
        villages=enrolled_villages(document.district, document.programme),
        work=work,
    )


def enrolled_villages(district: Area, programme: Programme) -> list[Village]:
    """The villages of a district that take part in a programme: the shelf counts for them all."""
    villages = Village.objects.within(district.code).filter(enrolments__programme=programme)
    return list(villages)


def _claimed(received: ReceivedFile | None, sender: Sender) -> Blob | None:
    if received is None:
        return None
    if received.by_id != sender.by.pk:
        raise Refusal("file_unknown", field="file")
    received.claimed_at = sender.at
    received.save(update_fields=["claimed_at"])
    return received.blob
