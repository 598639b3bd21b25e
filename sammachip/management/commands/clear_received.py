"""``manage.py clear_received``: remove files that were sent and never used, once a day by cron."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Import
from steps.files import remove_unfinished
from steps.models import Blob, ReceivedFile

# A file lies on disk before its row does, so a young one may be in somebody's hands.
YOUNG = timedelta(days=1)


class Command(BaseCommand):
    help = (
        "Remove received files that no activity claimed within seven days, files brought in as "
        "long ago, and whatever is stored that nothing refers to any more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            self.stdout.write("Nothing is removed; this is what would be.")
            counts = _counted(now)
        else:
            counts = _removed(now)
        for what, count in counts.items():
            self.stdout.write(f"{what}: {count}")


def _counted(now: datetime) -> dict[str, int]:
    return {
        "Received files that expired": ReceivedFile.objects.expired(now).count(),
        "Imported files that expired": Import.objects.expired(now).count(),
        "Stored files nothing refers to": unused_blobs(now).count(),
        "Files on disk without a row": len(list(strays(now))),
    }


def _removed(now: datetime) -> dict[str, int]:
    expired, _rows = ReceivedFile.objects.expired(now).delete()
    blobs = sum(_delete(blob) for blob in list(unused_blobs(now)))
    files = list(strays(now))  # those of the rows just deleted with them
    for path in files:
        path.unlink(missing_ok=True)
    return {
        "Received files that expired": expired,
        "Imported files that expired": sum(_forget(row) for row in Import.objects.expired(now)),
        "Stored files nothing refers to": blobs,
        "Files on disk without a row": len(files),
        "Unfinished uploads": remove_unfinished(Path(settings.MEDIA_ROOT), before=now - YOUNG),
    }


def unused_blobs(now: datetime) -> QuerySet[Blob]:
    """Stored files nothing refers to but received files that expired.

    Every relation of a stored file is asked, so one that is added later cannot be forgotten.
    """
    relations = [row for row in Blob._meta.related_objects if row.related_model != ReceivedFile]
    unused = Blob.objects.filter(**{f"{relation.name}__isnull": True for relation in relations})
    expired = ReceivedFile.objects.expired(now)
    waiting = ReceivedFile.objects.exclude(pk__in=expired.values("pk"))
    return unused.exclude(pk__in=waiting.values("blob"))


@transaction.atomic
def _forget(brought: Import) -> bool:
    """Delete the file and the rows of an import; what it wrote stands in the history."""
    brought = Import.objects.select_for_update().get(pk=brought.pk)
    brought.forget()
    brought.path.unlink(missing_ok=True)
    return True


def _delete(blob: Blob) -> bool:
    """Delete a row, not if somebody sent the same file this very moment.

    Its files are strays from then on: one that is sent again meanwhile is young, and stays.
    """
    try:
        with transaction.atomic():
            blob.delete()
    except IntegrityError:
        return False
    return True


def strays(now: datetime) -> Iterator[Path]:
    """Files on disk, not young, that nothing stands for."""
    yield from stray_files(now)
    yield from stray_imports(now)


def stray_imports(now: datetime) -> Iterator[Path]:
    """Files brought in, not young, that no import keeps: the process died on the way."""
    limit = (now - YOUNG).timestamp()
    folder = Path(settings.MEDIA_ROOT) / "imports"
    files = [path for path in folder.glob("*") if _written_at(path) < limit]
    kept = Import.objects.with_file().values_list("pk", flat=True)
    known = {str(key) for key in kept} if files else set()
    yield from (path for path in files if path.name not in known)


def stray_files(now: datetime) -> Iterator[Path]:
    """Stored files and thumbnails, not young, that no row stands for; a folder at a time."""
    limit = (now - YOUNG).timestamp()
    for folder in sorted(Path(settings.MEDIA_ROOT).glob("[0-9a-f][0-9a-f]")):
        files = [path for path in folder.glob("[0-9a-f][0-9a-f]/*") if _written_at(path) < limit]
        rows = Blob.objects.filter(sha256__startswith=folder.name) if files else Blob.objects.none()
        known = set(rows.values_list("sha256", flat=True))
        yield from (path for path in files if path.name.split(".")[0] not in known)


def _written_at(path: Path) -> float:
    return path.stat().st_mtime
