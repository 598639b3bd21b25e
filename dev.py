#!/usr/bin/env python3
"""Sets Sammachip up on this machine, then runs or tests it. Standard library only.

python3 dev.py run [--reload]       the site on http://127.0.0.1:8000, with demo accounts
python3 dev.py test [arguments]     the tests; the arguments are pytest's
python3 dev.py bench [arguments]    the measurements of BENCHMARKS.md; --help says which
python3 dev.py WORD [arguments]     any other word goes to manage.py, such as shell or migrate

The names of the environment that settings.py reads are honoured. What this script makes lies in
.venv and .local; both may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

# This file must still parse on old Pythons, so that they can be told what is missing.
OLDEST = (3, 11)
NEWER_NAMES = ["python3.14", "python3.13", "python3.12", "python3.11"]

BASE = Path(__file__).resolve().parent
VENV = BASE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
KEY_FILE = BASE / ".local" / "secret-key"

# What `run` does before it serves. Each may be repeated: a second time finds nothing to do.
# The last prints the demo accounts.
PREPARATIONS = [
    ["migrate", "--verbosity=0"],
    ["load_areas"],
    ["loaddata", "programme-2560", "factors", "ban-trakat", "--verbosity=0"],
    ["demo"],
]

# Tests decide these themselves; only the database may be chosen from outside.
NOT_FOR_TESTS = [
    "DEBUG",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "MEDIA_ROOT",
    "BASE_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "TRUSTED_PROXIES",
    "SECRET_KEY",
]


def main(words: list[str]) -> None:
    """Do what the first word says, with the rest as its arguments."""
    if not words or words[0] in ("-h", "--help", "help"):
        print(__doc__.strip())
    elif sys.version_info < OLDEST:
        hand_over([newer_python(), __file__, *words], dict(os.environ))
    elif words[0] == "run":
        run(words[1:])
    elif words[0] == "test":
        test(words[1:])
    elif words[0] == "bench":
        bench(words[1:])
    else:
        install("requirements.txt")
        hand_over(manage(*words), working_environment(os.environ))


def run(arguments: list[str]) -> None:
    """Bring the database up to date and serve the site on this machine only."""
    env = working_environment(os.environ)
    port = port_in(env)
    env.setdefault("BASE_URL", f"http://127.0.0.1:{port}")
    install("requirements.txt")
    print("Preparing the database (half a minute the first time) ...", flush=True)
    for words in PREPARATIONS:
        if subprocess.call(manage(*words), env=env, cwd=BASE) != 0:
            sys.exit(f"dev.py: `{words[0]}` failed, see above.")
    print(f"\nSammachip: http://127.0.0.1:{port}\n")
    hand_over(manage("runserver", f"127.0.0.1:{port}", *server_arguments(arguments)), env)


def test(arguments: list[str]) -> None:
    """Run pytest with the arguments given."""
    install("requirements-dev.txt")
    hand_over(
        [str(PYTHON), "-m", "pytest", *pytest_arguments(arguments)], test_environment(os.environ)
    )


def bench(arguments: list[str]) -> None:
    """Measure, on a PostgreSQL of its own unless DATABASE_URL names one."""
    install("requirements-dev.txt")
    command = [str(PYTHON), "-m", "tests.load.bench", *arguments]
    hand_over(command, working_environment(os.environ))


# ---------------------------------------------------------------- what goes to the programs


def manage(*words: str) -> list[str]:
    """The command line of one manage.py command."""
    return [str(PYTHON), str(BASE / "manage.py"), *words]


def server_arguments(given: list[str]) -> list[str]:
    """Django's reloader doubles the start and the processes, so it has to be asked for."""
    rest = [word for word in given if word != "--reload"]
    return rest if "--reload" in given else ["--noreload", *rest]


def pytest_arguments(given: list[str]) -> list[str]:
    """Two processes, unless the arguments say how many or ask for a debugger."""
    words = " ".join(given)
    chosen = any(word.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for word in given)
    return given if chosen or "no:xdist" in words else ["-n", "2", *given]


# ---------------------------------------------------------------- the environment


def working_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment, as a development machine unless it says otherwise."""
    env = dict(given)
    if not named(env, "DEBUG"):
        env["DEBUG"] = "1"
    if not named(env, "SECRET_KEY"):
        env["SECRET_KEY"] = kept_key()
    return env


def test_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without what would make tests differ between machines."""
    unwanted = {name + ending for name in NOT_FOR_TESTS for ending in ("", "_FILE")}
    env = {name: value for name, value in given.items() if name not in unwanted}
    env["SECRET_KEY"] = "for the tests alone, nothing is kept under it"  # noqa: S105
    return env


def named(env: dict[str, str], name: str) -> bool:
    """Whether the environment gives this name, itself or as NAME_FILE."""
    return name in env or name + "_FILE" in env


def kept_key(file: Path | None = None) -> str:
    """The secret key of this working copy, made on first use."""
    file = file or KEY_FILE
    file.parent.mkdir(exist_ok=True)
    file.touch(mode=0o600)
    if not file.read_text(encoding="ascii"):
        file.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return file.read_text(encoding="ascii")


def port_in(env: dict[str, str]) -> int:
    """PORT, or the content of PORT_FILE, or 8000."""
    text = env.get("PORT", "8000")
    if "PORT_FILE" in env:
        text = Path(env["PORT_FILE"]).read_text(encoding="utf-8").strip()
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        sys.exit(f"dev.py: PORT must be a whole number from 1 to 65535, not {text!r}.")
    return int(text)


# ---------------------------------------------------------------- the virtual environment


def install(requirements: str) -> None:
    """Make .venv hold exactly what the file pins; at once where it already does."""
    digest = hashlib.sha256((BASE / requirements).read_bytes()).hexdigest()
    stamp = VENV / (requirements + ".installed")
    uv = shutil.which("uv")
    if not is_usable(PYTHON, having="sys" if uv else "pip"):
        make_venv(uv)
    elif stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    print(f"Installing {requirements} into .venv (once) ...", flush=True)
    if subprocess.call(install_command(uv, BASE / requirements)) != 0:
        sys.exit("dev.py: the installation failed, see above. Run the same command to try again.")
    stamp.write_text(digest, encoding="ascii")  # last: what was broken off is done again


def install_command(uv: str | None, requirements: Path) -> list[str]:
    """The command line that installs pinned requirements, each checked against its hash."""
    if uv:
        words = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    else:
        words = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return [*words, "--require-hashes", "-r", str(requirements)]


def make_venv(uv: str | None) -> None:
    """Make .venv anew with this Python; without uv it needs pip inside."""
    if uv is None and not importlib.util.find_spec("ensurepip"):
        sys.exit(missing_venv_message())
    words = [sys.executable, "-m", "venv", "--clear"]
    if subprocess.call([*words, *(["--without-pip"] if uv else []), str(VENV)]) != 0:
        sys.exit(missing_venv_message())


def missing_venv_message() -> str:
    """What to install where Python came without its venv or pip."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return (
        "dev.py: this Python cannot make a virtual environment with pip.\n"
        f"On Debian or Ubuntu: apt install {package}. Elsewhere: install Python's venv and pip, "
        "or uv."
    )


def is_usable(python: Path | str, *, having: str = "sys") -> bool:
    """Whether this Python starts, is new enough and has the module asked for."""
    code = f"import sys, {having}; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.call([str(python), "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def newer_python() -> str:
    """A Python on PATH that is new enough; leaves with a clear message where there is none."""
    for name in NEWER_NAMES:
        path = shutil.which(name)
        if path and is_usable(path):
            return path
    found = ".".join(map(str, sys.version_info[:3]))
    sys.exit(
        f"dev.py: Sammachip needs Python 3.11 or newer; this is {found} and PATH has no other."
    )


def hand_over(command: list[str], env: dict[str, str]) -> NoReturn:
    """Become the program, so that signals and the exit code are its own."""
    sys.stdout.flush()
    os.chdir(BASE)
    if os.name == "nt":
        sys.exit(subprocess.call(command, env=env))
    os.execve(command[0], command, env)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
