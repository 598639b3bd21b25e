"""One of the writers of test_sqlite_locking: records activities with photos, as fast as it can.

``python -m tests.trust.writer NUMBER HOW_MANY`` prints how many were stored, and what went wrong.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from time import perf_counter, sleep
from uuid import uuid4

COLOURS = ["red", "green", "blue", "white", "black", "yellow", "purple", "orange"]
PAUSE = 0.25  # seconds; SQLite serves newcomers first, and nobody writes without drawing breath


def main(number: int, how_many: int) -> dict[str, object]:
    """Write; count what was stored, and errors by what they say."""
    import django

    django.setup()
    from django.db import OperationalError, transaction

    from accounts.models import User
    from steps.models import Activity, Enrolment, Step
    from steps.recording.activities import Occasion, Part, record
    from steps.recording.core import Sender
    from steps.recording.files import Attached, receive
    from tests.cast import NOW
    from tests.pages import photo
    from tests.trust.work import BASE

    nida = User.objects.get(staff_id="nida")
    step = Step.objects.with_requirements().get(number="1.4")
    enrolments = list(Enrolment.objects.for_pages().filter(village__code__startswith="331401"))
    said: Counter[str] = Counter()
    longest = 0.0
    for n in range(how_many):
        size = (8 + n % 20, 8 + n // 20)  # another size is another file, tiny as it is
        enrolment = enrolments[(number * how_many + n) % len(enrolments)]
        started = perf_counter()
        try:
            upload = photo(COLOURS[number], size=size)
            received = receive(upload=upload, type="photo", by=nida, at=NOW)
            with transaction.atomic():  # read, then write: what DEFERRED cannot do beside others
                Activity.objects.filter(enrolment=enrolment).exists()
                record(
                    occasion=Occasion([Part(enrolment, step)], BASE, [Attached(received, "photo")]),
                    sender=Sender(by=nida, at=NOW, client_id=uuid4()),
                )
            said["stored"] += 1
        except OperationalError as error:
            said[str(error)] += 1
        longest = max(longest, perf_counter() - started)
        sleep(PAUSE)
    return {"said": said, "longest": longest}


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
