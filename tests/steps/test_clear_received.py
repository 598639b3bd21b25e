"""Clearing what was sent and never used: nothing anybody may still need goes with it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError

from steps.files import prepare, store
from steps.models import Activity, Blob, DocumentSource, Evidence, EvidenceType, ReceivedFile
from steps.models.files import ShelfDocument
from steps.recording.activities import Occasion, Part, record
from steps.recording.files import Attached, receive
from tests.cast import NOW, sender
from tests.steps.corpus import jpeg, upload
from villages.models import Area

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_of_the_write_up")]

SEVEN_DAYS_AND_A_BIT = timedelta(days=7, minutes=1)


def sent(user, *, ago, width=100):
    """A photo received some time ago; another width is another file."""
    at = NOW - ago
    received = receive(upload=upload(jpeg((width, 60))), type=EvidenceType.PHOTO, by=user, at=at)
    for path in paths_of(received.blob):
        touch(path, at)
    return received


def touch(path, at):
    os.utime(path, (at.timestamp(), at.timestamp()))


def paths_of(blob):
    return [blob.path(), blob.path(thumb=True)]


def lie_on_disk(blob):
    return [path.exists() for path in paths_of(blob)] == [True, True]


def clear(*words):
    call_command("clear_received", *words)


def counts(capsys):
    lines = capsys.readouterr().out.splitlines()
    return {name: int(n) for name, n in (line.split(": ") for line in lines if ": " in line)}


def test_a_file_nobody_used_for_seven_days_goes_with_its_thumbnail(world, capsys):
    received = sent(world.nida, ago=SEVEN_DAYS_AND_A_BIT)
    assert lie_on_disk(received.blob)

    clear()

    assert not ReceivedFile.objects.exists()
    assert not Blob.objects.exists()
    assert not any(path.exists() for path in paths_of(received.blob))
    assert counts(capsys) == {
        "Received files that expired": 1,
        "Imported files that expired": 0,
        "Stored files nothing refers to": 1,
        "Files on disk without a row": 2,
        "Unfinished uploads": 0,
    }


def test_a_file_within_its_seven_days_stays(world):
    received = sent(world.nida, ago=timedelta(days=6, hours=23))

    clear()

    assert ReceivedFile.objects.get() == received
    assert lie_on_disk(received.blob)


def test_what_an_activity_holds_stays_however_old(world):
    received = sent(world.nida, ago=timedelta(days=300))
    occasion = Occasion(
        parts=[Part(world.enrolment, world.step("1.2"))],
        values={"form": "meeting", "held_on": "2016-12-01", "place": "อำเภอ", "led_by": "officer"},
        files=[Attached(received, EvidenceType.PHOTO)],
    )
    record(occasion=occasion, sender=sender(world.nida))

    clear()

    assert Evidence.objects.get(activity=Activity.objects.get()).blob == received.blob
    assert lie_on_disk(received.blob)


def test_what_stands_on_a_shelf_stays(world):
    received = sent(world.nida, ago=SEVEN_DAYS_AND_A_BIT)
    ShelfDocument.objects.create(
        district=Area.objects.get(code="3314"),
        programme=world.programme,
        source=DocumentSource.AGENCY,
        title="คู่มือ",
        blob=received.blob,
        added_by=world.nida,
    )

    clear()

    assert not ReceivedFile.objects.exists()
    assert lie_on_disk(received.blob)


def test_the_same_photo_sent_again_lately_keeps_the_stored_one(world, capsys):
    sent(world.nida, ago=SEVEN_DAYS_AND_A_BIT)
    again = sent(world.somsak, ago=timedelta(hours=1))

    clear()

    assert ReceivedFile.objects.get() == again
    assert lie_on_disk(again.blob)
    assert counts(capsys)["Stored files nothing refers to"] == 0


def test_a_file_without_a_row_goes_once_it_is_a_day_old(world, capsys):
    old, young = (sent(world.nida, ago=SEVEN_DAYS_AND_A_BIT, width=n).blob for n in (100, 101))
    for path in paths_of(young):
        touch(path, NOW - timedelta(hours=1))
    ReceivedFile.objects.all().delete()
    Blob.objects.all().delete()

    clear()

    assert not any(path.exists() for path in paths_of(old))
    assert lie_on_disk(young)
    assert counts(capsys)["Files on disk without a row"] == 2


def test_unfinished_uploads_are_swept(media, capsys):
    half = Path(media) / "unfinished" / "tmp1"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half a photo")
    touch(half, NOW - timedelta(days=2))

    clear()

    assert not half.exists()
    assert counts(capsys)["Unfinished uploads"] == 1


def test_a_dry_run_counts_and_removes_nothing(world, capsys):
    received = sent(world.nida, ago=SEVEN_DAYS_AND_A_BIT)

    clear("--dry-run")

    assert ReceivedFile.objects.get() == received
    assert lie_on_disk(received.blob)
    assert counts(capsys) == {
        "Received files that expired": 1,
        "Imported files that expired": 0,
        "Stored files nothing refers to": 1,
        "Files on disk without a row": 0,
    }


def test_a_file_somebody_needs_at_this_very_moment_stays(world, monkeypatch, capsys):
    received = sent(world.nida, ago=SEVEN_DAYS_AND_A_BIT)
    monkeypatch.setattr(Blob, "delete", refused)

    clear()

    assert lie_on_disk(received.blob)
    assert counts(capsys)["Stored files nothing refers to"] == 0


def test_a_photo_sent_again_just_after_its_row_was_deleted_keeps_its_file(world, monkeypatch):
    """The new row is not there yet when the files are swept."""
    received = sent(world.nida, ago=SEVEN_DAYS_AND_A_BIT)
    monkeypatch.setattr(Blob, "delete", delete_while_it_is_sent_again)

    clear()

    assert lie_on_disk(received.blob)


def delete_while_it_is_sent_again(blob):
    row = Blob.objects.filter(pk=blob.pk)
    row.delete()
    photo = prepare(upload(jpeg((blob.width, blob.height))))
    store(photo, Path(settings.MEDIA_ROOT))


def refused(blob):
    raise IntegrityError("a row that was just made refers to it")


def test_every_way_to_refer_to_a_stored_file_is_asked():
    """A new relation shows up here: the query follows it, this list reminds of the tests above."""
    relations = {relation.name for relation in Blob._meta.related_objects}

    assert relations == {"received", "evidence", "shelved", "lessons"}
