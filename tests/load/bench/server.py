"""A PostgreSQL of one's own, and in it a generated database of each size."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

BASE = Path(__file__).resolve().parents[3]
PREFIX = "sammachip_bench_"
# Memory as on a small server; everything else as PostgreSQL comes, commits are waited for.
OPTIONS = "-c shared_buffers=1GB -c max_wal_size=8GB -c listen_addresses=127.0.0.1"
PREPARED_BY = [
    ["migrate", "--verbosity=0"],
    ["load_areas"],
    ["loaddata", "programme-2560", "factors", "--verbosity=0"],
]


@contextmanager
def server(keep: Path | None) -> Iterator[str]:
    """The address of a server: that of DATABASE_URL, or a new one's, in a folder that may stay."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    folder = keep or Path(tempfile.mkdtemp(prefix="sammachip-bench-"))
    try:
        with _running(folder / "postgres") as url:
            yield url
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(data: Path) -> Iterator[str]:
    programs, port = _programs(), _free_port()
    if not (data / "PG_VERSION").exists():
        _make_folder(data)
        locale = ["-E", "UTF8", "--locale=C.UTF-8"]
        _as_postgres(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", *locale)
    start = ["-l", data / "log", "-w", "-o", f"-p {port} -k {data} {OPTIONS}", "start"]
    _as_postgres(programs / "pg_ctl", "-D", data, *start)
    try:
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        _as_postgres(programs / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop")


def _programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    on_path = shutil.which("initdb")
    found = [Path(on_path)] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        sys.exit("bench: no PostgreSQL here. Install it, or name a server in DATABASE_URL.")
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _make_folder(data: Path) -> None:
    data.mkdir(parents=True, mode=0o700)
    if os.getuid() == 0:
        data.parent.chmod(0o755)
        shutil.chown(data, "postgres", "postgres")


def _as_postgres(*words: object) -> None:
    """PostgreSQL refuses to run as root."""
    run_as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    command = [*run_as, *map(str, words)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


# ---------------------------------------------------------------- databases


def database(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{PREFIX}{name}"))


def generated(url: str, sizes: Sequence[str]) -> dict[str, str]:
    """The address of a database of each size; those that are missing are generated."""
    addresses = {size: database(url, size) for size in sizes}
    with tempfile.TemporaryDirectory() as pictures:  # nothing measured opens one
        for size, address in addresses.items():
            if not _exists(url, size):
                execute(url, "CREATE DATABASE {}", size)
            prepare(address, pictures)
            _manage(address, pictures, "generate", size)
    return addresses


def prepare(address: str, pictures: str) -> None:
    """Tables, areas and programme."""
    for words in PREPARED_BY:
        _manage(address, pictures, *words)


def copied(url: str, name: str, *, of: str) -> str:
    """A copy of a database to write into."""
    execute(url, "DROP DATABASE IF EXISTS {}", name)
    execute(url, "CREATE DATABASE {} TEMPLATE {}", name, of)
    return database(url, name)


def _exists(url: str, name: str) -> bool:
    with psycopg.connect(url) as connection:
        found = "SELECT 1 FROM pg_database WHERE datname = %s"
        return connection.execute(found, [PREFIX + name]).fetchone() is not None


def execute(url: str, statement: str, *names: str) -> None:
    """Run a statement about databases of the bench."""
    with psycopg.connect(url, autocommit=True) as connection:
        identifiers = [sql.Identifier(PREFIX + name) for name in names]
        connection.execute(sql.SQL(statement).format(*identifiers))


def _manage(address: str, pictures: str, *words: str) -> None:
    env = {**os.environ, "DEBUG": "1", "DATABASE_URL": address, "MEDIA_ROOT": pictures}
    subprocess.run([sys.executable, str(BASE / "manage.py"), *words], check=True, env=env)
