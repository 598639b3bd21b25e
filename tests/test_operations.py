"""What runs the service: probes, errors, checks, logs, headers, language, production settings."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, OperationalError, connection
from django.test import Client, RequestFactory
from django.urls import get_resolver

from accounts.checks import no_demo_account
from accounts.models import User
from sammachip import views
from sammachip.checks import database_settings, postgresql_faults, sqlite_faults
from sammachip.logs import OneLine
from sammachip.middleware import client_address
from tests.cast import World, person

BASE = Path(__file__).resolve().parent.parent
JSON = {"accept": "application/json"}

# ---------------------------------------------------------------- probes


def test_healthz_answers_without_the_database_and_without_signing_in(client: Client) -> None:
    """Not marked for the database: touching it would fail this test."""
    client.cookies["sessionid"] = "a-session-nobody-looks-up"
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


def test_readyz_says_what_it_looked_at(db: None, client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "migrations": "ok", "media": "ok"}


@pytest.mark.parametrize("name", ["database", "migrations", "media"])
def test_readyz_names_what_failed_and_says_no_more(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fails() -> bool:
        raise OperationalError("connection to 10.1.2.3 as user sammachip failed")

    monkeypatch.setitem(views.NEEDED, name, fails)
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()[name] == "failed"
    assert sorted(response.json().values()) == ["failed", "ok", "ok"]
    assert "10.1.2.3" not in response.content.decode()


def test_a_migration_that_is_not_applied_is_seen(db: None, client: Client) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="steps").delete()

    assert client.get("/readyz").json()["migrations"] == "failed"


def test_a_media_folder_that_cannot_be_written_is_seen(
    db: None, client: Client, settings: Any, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch(mode=0o400)
    settings.MEDIA_ROOT = in_the_way

    assert client.get("/readyz").json()["media"] == "failed"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/privacy/"])
def test_only_reading_is_answered(db: None, client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


# ---------------------------------------------------------------- privacy and language


def test_anybody_reads_the_privacy_notice(db: None, client: Client) -> None:
    client.cookies["django_language"] = "en"
    page = client.get("/privacy/").content.decode()

    assert page.count("<h1>") == 1
    for words in ("section 24 (4)", "Who sees it", "Your rights", "Whom to ask"):
        assert words in page


def test_it_is_thai_first_whatever_the_browser_asks_for(db: None, client: Client) -> None:
    page = client.get("/privacy/", headers={"accept-language": "en-GB,en;q=0.9"})

    assert '<html lang="th">' in page.content.decode()
    assert page["Content-Language"] == "th"


def test_switching_to_english_sticks_until_switched_back(db: None, client: Client) -> None:
    for language in ("en", "th"):
        switched = client.post("/language/", {"language": language, "next": "/privacy/"})
        assert switched["Location"] == "/privacy/"
        assert f'<html lang="{language}">' in client.get("/privacy/").content.decode()


def test_switching_leads_nowhere_else_and_knows_no_third_language(db: None, client: Client) -> None:
    response = client.post("/language/", {"language": "xx", "next": "https://evil.example/"})

    assert response["Location"] == "/"
    assert '<html lang="th">' in client.get("/privacy/").content.decode()


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("view", "status", "code"),
    [
        (views.bad_request, 400, "bad_request"),
        (views.forbidden, 403, "forbidden"),
        (views.not_found, 404, "not_found"),
        (views.server_error, 500, "server_error"),
    ],
)
def test_each_error_is_a_page_or_a_code(
    db: None, rf: RequestFactory, view: Callable[..., Any], status: int, code: str
) -> None:
    from django.contrib.auth.models import AnonymousUser

    request, program = rf.get("/"), rf.get("/", headers=JSON)
    request.user = AnonymousUser()
    page, answer = view(request), view(program)

    assert page.status_code == answer.status_code == status
    assert page.content.decode().count("<h1>") == 1
    assert json.loads(answer.content) == {"code": code}


def test_the_handlers_are_the_ones_django_calls(db: None) -> None:
    for status, view in [
        (400, views.bad_request),
        (403, views.forbidden),
        (404, views.not_found),
        (500, views.server_error),
    ]:
        assert get_resolver().resolve_error_handler(status) is view


def test_what_is_too_large_is_413(rf: RequestFactory) -> None:
    assert views.bad_request(rf.post("/", headers=JSON), RequestDataTooBig()).status_code == 413


def test_a_foreign_host_is_refused(db: None, client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["sammachip.example"]

    assert client.get("/privacy/", headers={"host": "evil.example"}).status_code == 400


def test_a_database_that_went_away_before_the_view_is_503_not_500(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.nida, backend="accounts.backends.StaffIdOrEmail")

    def gone(*args: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", gone)
    response = client.get("/accounts/password/")

    assert (response.status_code, response["Retry-After"]) == (503, "30")


def test_a_fault_of_ours_is_500_and_shows_nothing_of_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(views, "passes", broken)
    page, answer = client.get("/readyz"), client.get("/readyz", headers=JSON)

    assert page.status_code == answer.status_code == 500
    assert answer.json() == {"code": "server_error"}
    assert "secret detail" not in page.content.decode()


# ---------------------------------------------------------------- headers


STRICT = ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/privacy/", "/accounts/login/", "/", "/admin/", "/no/such/page/", "/villages/"],
)
@pytest.mark.parametrize("who", ["nobody", "anan", "nida"])
def test_every_answer_carries_the_strict_policy(
    world: World, client: Client, path: str, who: str
) -> None:
    if who != "nobody":
        client.force_login(getattr(world, who), backend="accounts.backends.StaffIdOrEmail")
    response = client.get(path)

    for part in STRICT:
        assert part in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


def test_personal_pages_are_stored_by_no_cache(world: World, client: Client) -> None:
    client.force_login(world.nida, backend="accounts.backends.StaffIdOrEmail")

    kept = client.get("/accounts/password/")["Cache-Control"]

    assert "no-store" in kept
    assert "private" in kept


# ---------------------------------------------------------------- logs


@pytest.fixture
def lines() -> Any:
    """The log as it goes to stdout, line by line."""
    written: list[dict[str, Any]] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(OneLine().format(record)))

    handler, root = Kept(), logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


@pytest.mark.parametrize(
    ("path", "status"), [("/accounts/password/", 200), ("/no/such/page/", 404)]
)
def test_one_line_a_request_says_who_by_number_and_never_by_name(
    world: World, client: Client, lines: list[dict[str, Any]], path: str, status: int
) -> None:
    client.force_login(world.nida, backend="accounts.backends.StaffIdOrEmail")
    response = client.get(path + "?q=นิดา")

    [line] = lines
    assert (line["method"], line["path"], line["status"]) == ("GET", path, status)
    assert line["request"] == response["X-Request-Id"]
    assert line["ms"] >= 0
    assert line["account"] in (world.nida.pk, None if status == 404 else world.nida.pk)
    assert "นิดา" not in json.dumps(line, ensure_ascii=False)


def test_a_wrong_password_is_in_no_log(
    world: World, client: Client, lines: list[dict[str, Any]]
) -> None:
    client.post("/accounts/login/", {"username": "nida", "password": "my-secret-word"})

    assert [line["status"] for line in lines] == [422]
    assert "my-secret-word" not in json.dumps(lines)


QUOTED = "duplicate key\nDETAIL:  Key (name)=(นางบุญมี ศรีแก้ว) already exists."


def test_a_trace_is_in_the_line_without_the_row_the_database_quotes() -> None:
    try:
        raise DatabaseError(QUOTED)
    except DatabaseError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "fault", None, sys.exc_info())

    line = OneLine().format(record)

    assert "\n" not in line
    assert "duplicate key" in line
    assert "บุญมี" not in line


# ---------------------------------------------------------------- whose address it is


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "192.0.2.66", "10.0.0.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "192.0.2.66, 203.0.113.5", "203.0.113.5"),
        (2, "192.0.2.66, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "203.0.113.5", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(
    rf: RequestFactory, settings: Any, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == address


# ---------------------------------------------------------------- checks


def test_the_deploy_check_fails_while_a_demo_account_can_sign_in(db: None) -> None:
    demo = person("officer", "นายเดโม ทดลอง", "พัฒนากร")
    assert [error.id for error in no_demo_account(databases=["default"])] == ["accounts.E001"]

    demo.set_password("ข้าวหอมมะลิ-2560")
    demo.save()
    assert no_demo_account(databases=["default"]) == []


def test_a_demo_account_that_is_closed_may_stay(db: None) -> None:
    demo = person("admin", "นายเดโม ทดลอง", "ผู้ดูแลระบบ")
    User.objects.filter(pk=demo.pk).update(is_active=False)

    assert no_demo_account(databases=["default"]) == []


def test_the_deploy_check_asks_no_database_unless_told_which() -> None:
    """Not marked for the database: touching it would fail this test."""
    assert no_demo_account(databases=None) == []


def test_before_the_first_migration_there_is_nothing_to_check(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("officer", "นายเดโม ทดลอง", "พัฒนากร")
    monkeypatch.setattr(type(connection.introspection), "table_names", lambda self: [])

    assert no_demo_account(databases=["default"]) == []


def test_both_checks_run_in_a_process_that_imports_nothing_by_itself() -> None:
    code = (
        "import django; django.setup(); from django.core.checks.registry import registry;"
        "print(*(check.__name__ for check in registry.get_checks()));"
        "print(*(check.__name__ for check in registry.deployment_checks))"
    )
    always, deploying = python("-c", code).stdout.splitlines()

    assert "database_settings" in always.split()
    assert "no_demo_account" in deploying.split()


def test_our_own_database_settings_pass() -> None:
    assert database_settings() == []


@pytest.mark.parametrize(
    "options",
    [
        {"transaction_mode": "DEFERRED"},
        {"timeout": 0},
        {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
        {"init_command": "PRAGMA synchronous=FULL;"},
    ],
)
def test_sqlite_settings_that_lose_or_refuse_writes_are_refused(options: dict[str, Any]) -> None:
    from sammachip.settings import SQLITE_OPTIONS

    assert sqlite_faults({"OPTIONS": SQLITE_OPTIONS}) == []
    assert len(sqlite_faults({"OPTIONS": {**SQLITE_OPTIONS, **options}})) == 1


def test_persistent_connections_to_postgresql_need_health_checks() -> None:
    assert postgresql_faults({"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}) == []
    assert len(postgresql_faults({"CONN_MAX_AGE": None})) == 1


# ---------------------------------------------------------------- production


GOOD = {
    "DEBUG": "0",
    "SECRET_KEY": "".join(chr(65 + (index * 7) % 57) for index in range(64)),
    "ALLOWED_HOSTS": "sammachip.example",
    "DATABASE_URL": "sqlite:///:memory:",
}


def python(*words: str, **names: str) -> subprocess.CompletedProcess[str]:
    """Run Python as a production machine would, with only these names in its environment."""
    settings = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "sammachip.settings"}
    env = {**settings, **GOOD, **names}
    return subprocess.run(
        [sys.executable, *words],
        env={name: value for name, value in env.items() if value},
        cwd=BASE,
        capture_output=True,
        text=True,
        check=False,
    )


def manage(*words: str, **names: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py in production."""
    return python("manage.py", *words, **names)


def test_production_starts_with_good_values() -> None:
    started = manage("check", "--deploy", "--fail-level", "WARNING")

    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "x" * 60),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("TRUSTED_PROXIES", "two"),
        ("TRUSTED_PROXIES", "-1"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_itself(name: str, value: str) -> None:
    started = manage("check", **{name: value})

    assert started.returncode != 0
    assert name in started.stderr.splitlines()[-1]


def test_the_key_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(GOOD["SECRET_KEY"], encoding="ascii")

    assert manage("check", SECRET_KEY="", SECRET_KEY_FILE=str(secret)).returncode == 0


def test_static_files_are_collected_with_hashed_names(tmp_path: Path) -> None:
    code = (
        "from django.conf import settings; import django; django.setup();"
        f"settings.STATIC_ROOT = {str(tmp_path)!r};"
        "from django.core.management import call_command;"
        "call_command('collectstatic', interactive=False, verbosity=0);"
        "from django.templatetags.static import static; print(static('css/app.css'))"
    )
    done = python("-c", code)

    assert done.returncode == 0, done.stderr
    hashed = done.stdout.strip().removeprefix("/static/")
    assert hashed != "css/app.css"
    assert (tmp_path / (hashed + ".gz")).exists()


def test_gunicorn_accepts_its_configuration() -> None:
    words = ("-m", "gunicorn", "--check-config", "--print-config")
    done = python(*words, PORT="8765", WEB_CONCURRENCY="3")

    assert done.returncode == 0, done.stderr
    config = dict(
        (part.strip() for part in line.split("=", 1))
        for line in done.stdout.splitlines()
        if "=" in line
    )
    assert config["bind"] == "['0.0.0.0:8765']"
    assert (config["workers"], config["threads"]) == ("3", "4")
    assert (config["accesslog"], config["control_socket_disable"]) == ("None", "True")
