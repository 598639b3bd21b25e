"""A backup or a restore during which something happens.

``python -m tests.backup.meanwhile DEST record``: somebody records an activity with a photo, when
the database was saved and is about to be counted.
``… DEST clear``: the daily command removes a file that nobody used, which the snapshot still names.
``… DEST killed``: the process dies before the folder takes its name.
``… SRC restore``: the process dies when the files are copied and the database is not.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any


def once_before(owner: Any, name: str, happens: Any) -> None:
    """Let something happen before the first call of a method."""
    method = getattr(owner, name)

    def first(*args: Any, **kwargs: Any) -> Any:
        setattr(owner, name, method)
        happens()
        return method(*args, **kwargs)

    setattr(owner, name, first)


def main(folder: str, what: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from sammachip.backup import sqlite
    from sammachip.backup.files import Copies
    from sammachip.backup.postgresql import PostgreSQL
    from sammachip.backup.sqlite import SQLite

    if what == "record":
        once_before(PostgreSQL, "_tables", record)
        once_before(sqlite, "_tables", record)
    elif what == "clear":
        unused()
        once_before(Copies, "complete", lambda: call_command("clear_received"))
    elif what == "killed":
        once_before(Path, "rename", lambda: os._exit(9))
    else:
        for engine in (SQLite, PostgreSQL):
            once_before(engine, "load", lambda: os._exit(9))
        call_command("restore", folder)
    call_command("backup", folder)


def record() -> None:
    """On a connection of its own, as another process would."""
    from threading import Thread

    thread = Thread(target=_record)
    thread.start()
    thread.join()


def _record() -> None:
    from django.db import connection

    from accounts.models import User
    from steps.models import Enrolment, Step
    from tests.trust.work import picture, recorded

    nida = User.objects.get(staff_id="nida")
    enrolment = Enrolment.objects.for_pages().get(village__code="33140101")
    step = Step.objects.with_requirements().get(number="1.4")
    recorded(enrolment, step, by=nida, files=[picture(nida, "purple")])
    connection.close()


def unused() -> None:
    """A photo that was received and never used, long enough ago."""
    from accounts.models import User
    from steps.models import ReceivedFile
    from steps.models.files import KEPT_UNCLAIMED
    from tests.trust.work import picture

    received = picture(User.objects.get(staff_id="nida"), "orange").received
    longer_ago = received.received_at - KEPT_UNCLAIMED - timedelta(days=1)
    ReceivedFile.objects.filter(pk=received.pk).update(received_at=longer_ago)
    for path in (received.blob.path(), received.blob.path(thumb=True)):
        os.utime(path, (longer_ago.timestamp(), longer_ago.timestamp()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
