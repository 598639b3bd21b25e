"""Little programs of test_processes, run against a scratch database (tests.trust.scratch).

``python -m tests.imports.processes WHAT WORDS`` prints its answer as JSON.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

ROWS = 3_000
PATIENCE = 120.0  # seconds to wait for the other process


def prepare() -> dict[str, list[str]]:
    """Two checked files of the same new villages, and two of the same new accounts.

    The second one of each has its rows the other way round: whoever locks in the order of the
    file waits for the other in a ring.
    """
    from django.utils import timezone

    from tests.imports.bringing import as_csv
    from villages.imports import difference
    from villages.imports.places import EVERYWHERE

    imports: dict[str, list[str]] = {}
    for kind, rows in {"villages": villages(ROWS), "officers": officers(300)}.items():
        for lines in (rows, rows[::-1]):
            file = io.BytesIO(as_csv(lines))
            now = timezone.now()
            brought = difference.take_in(file=file, name="x.csv", kind=kind, by=None, at=now)
            difference.check(brought, allowed=EVERYWHERE, by=None, at=timezone.now())
            assert brought.counts["new"] == len(rows), brought.counts
            imports.setdefault(kind, []).append(str(brought.pk))
    return imports


def villages(how_many: int) -> list[dict[str, object]]:
    """New villages, thirty in a subdistrict, of provinces in which there are none."""
    from villages.models import Area

    subdistricts = Area.objects.current().of_level(6).filter(code__gte="40").order_by("code")
    codes = list(subdistricts.values_list("code", flat=True)[: how_many // 30 + 1])
    return [
        {"code": f"{codes[nth // 30]}{nth % 30 + 1:02d}", "name_th": f"หนองบัว {nth}"}
        for nth in range(how_many)
    ]


def officers(how_many: int) -> list[dict[str, object]]:
    """New accounts with a posting each."""
    return [
        {
            "staff_id": f"officer{nth}",
            "name": f"นายบุญมี แสงทอง{nth}",
            "role": "officer",
            "area": "3314",
            "starts_on": "1/10/2569",
        }
        for nth in range(how_many)
    ]


def confirm(me: str, folder: str, *imports: str) -> list[str]:
    """Confirm imports, each at the moment the other process confirms its own; what came of it."""
    from django.utils import timezone

    from accounts.models import Import, User
    from steps.recording.core import Refusal, Sender
    from villages.imports import confirming
    from villages.imports.places import EVERYWHERE

    answers = []
    for nth, pk in enumerate(imports):
        brought, anan = Import.objects.get(pk=pk), User.objects.get(staff_id="anan")
        meet(Path(folder), f"{nth}-{me}", f"{nth}-*")
        sender = Sender(by=anan, at=timezone.now(), client_id=uuid4())
        try:
            confirming.confirm(brought=brought, allowed=EVERYWHERE, sender=sender)
            answers.append("written")
        except Refusal as refusal:
            answers.append(refusal.code)
    return answers


def meet(folder: Path, mine: str, all_of_us: str) -> None:
    """Wait until both are there."""
    (folder / mine).touch()
    until = time.monotonic() + PATIENCE
    while len(list(folder.glob(all_of_us))) < 2:
        if time.monotonic() > until:
            raise TimeoutError(all_of_us)
        time.sleep(0.002)


def killed(file: str, after: str) -> None:
    """``import_villages FILE``, killed as by the system: after so many parts, or at the end."""
    from django.core.management import call_command

    from villages.imports import confirming

    parts = iter(range(1, ROWS))
    write_part, note = confirming._write, confirming.note

    def write_part_and_die(*words: Any) -> None:
        write_part(*words)
        if str(next(parts)) == after:
            os.kill(os.getpid(), signal.SIGKILL)

    def note_and_die(**words: Any) -> Any:
        note(**words)
        if after == "all":  # every row is written, the transaction not yet committed
            os.kill(os.getpid(), signal.SIGKILL)

    confirming._write, confirming.note = write_part_and_die, note_and_die  # type: ignore[assignment]
    call_command("import_villages", file)


def file(path: str) -> None:
    """A file of new villages."""
    from tests.imports.bringing import as_csv

    Path(path).write_bytes(as_csv(villages(ROWS)))


if __name__ == "__main__":
    import django

    django.setup()
    programs: dict[str, Any] = {
        "prepare": prepare,
        "confirm": confirm,
        "killed": killed,
        "file": file,
    }
    json.dump(programs[sys.argv[1]](*sys.argv[2:]), sys.stdout)
