"""Proof 6: what a phone sends again and again is stored once, whichever worker it reaches.

Real HTTP to two gunicorn worker processes, on the database this run uses. What holds it is the
primary key of the receipt: with that gone, and nothing else changed, the same requests store more.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.pages import photo
from tests.trust.scratch import ROOT, Scratch, scratch

ADDRESS = "/villages/33140108/2560/1.4/record/"
TIMES, CLIENTS = 100, 8
CSRF = "c" * 32
WITHOUT_CONSTRAINT = {
    "sqlite": (
        "CREATE TABLE loose AS SELECT * FROM accounts_receipt;"
        "DROP TABLE accounts_receipt;"
        "ALTER TABLE loose RENAME TO accounts_receipt"
    ),
    "postgres": "ALTER TABLE accounts_receipt DROP CONSTRAINT accounts_receipt_pkey",
}


@contextmanager
def served(base: Scratch) -> Iterator[int]:
    """Two worker processes serving the scratch database; the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["gunicorn", "--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        [sys.executable, "-m", *words, "--error-logfile", "-", "sammachip.wsgi"],
        cwd=ROOT,
        env=base.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _attempt in range(600):
        assert server.poll() is None, "gunicorn stopped"
        try:
            if ask(port, "GET", "/healthz", {}, b"")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("gunicorn does not answer")


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, dict[str, Any]]:
    """Status and JSON of one request on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    is_json = response.getheader("Content-Type", "").startswith("application/json")
    return response.status, json.loads(content) if is_json else {}


def record(port: int, session: str, client_id: str, **changes: str) -> tuple[int, dict[str, Any]]:
    """The POST of the record form with a photo, as the phone keeps it."""
    data = {
        "client_id": client_id,
        "held_on": "11/1/2560",
        "place": "ศาลากลางบ้าน",
        "form": "meeting",
        "led_by": "officer",
        "total": "25",
        **changes,
    }
    body = encode_multipart(BOUNDARY, {**data, "photos": photo("green")})
    headers = {
        "Accept": "application/json",
        "Content-Type": MULTIPART_CONTENT,
        "Cookie": f"sessionid={session}; csrftoken={CSRF}",
        "X-CSRFToken": CSRF,
    }
    return ask(port, "POST", ADDRESS, headers, body)


def sent_100_times(port: int, session: str, client_id: str) -> list[tuple[int, dict[str, Any]]]:
    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(lambda _n: record(port, session, client_id), range(TIMES)))


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Scratch]:
    with scratch(tmp_path) as database:
        yield database


def test_one_record_sent_100_times_is_stored_once(base: Scratch) -> None:
    client_id, before = str(uuid4()), base.counts()
    with served(base) as port:
        answers = sent_100_times(port, base.sessions["nida"], client_id)
        assert Counter(status for status, _ in answers) == {201: 1, 200: TIMES - 1}
        assert len({json.dumps(content, sort_keys=True) for _, content in answers}) == 1
        stored = base.counts()
        other = record(port, base.sessions["nida"], client_id, place="วัด")
        somebody_else = record(port, base.sessions["somsak"], client_id)
    more = {name: stored[name] - before[name] for name in stored if stored[name] != before[name]}
    assert more.pop("steps.ReceivedFile") == TIMES  # swept when unclaimed for a week
    assert more.pop("accounts.HistoryValue") > 0
    assert more.pop("steps.Tally") > 0  # figures of its areas that were not counted before
    assert more == {
        "accounts.Receipt": 1,
        "accounts.History": 1,
        "steps.Activity": 1,
        "steps.Evidence": 1,
        "steps.Blob": 1,
    }
    reused = {"code": "reused_id", "client_id": client_id}
    assert (other, somebody_else) == ((409, reused), (409, reused))
    after = base.counts()
    assert after.pop("steps.ReceivedFile") == stored.pop("steps.ReceivedFile") + 2
    assert after == stored


def test_control_without_the_receipts_constraint_more_than_one_is_stored(base: Scratch) -> None:
    engine = base.env["DATABASE_URL"].partition(":")[0].removesuffix("ql")
    base.sql(WITHOUT_CONSTRAINT[engine])
    with served(base) as port:
        answers = sent_100_times(port, base.sessions["nida"], str(uuid4()))
    statuses = Counter(status for status, _ in answers)
    assert statuses[201] > 1
    assert base.counts()["steps.Activity"] > 1
