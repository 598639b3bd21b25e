"""dev.py: the parts that decide; the installing itself is what CI does before any test."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dev


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project folder whose programs are only noted, never started."""
    monkeypatch.setattr(dev, "BASE", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(dev, "KEY_FILE", tmp_path / ".local" / "secret-key")
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    (tmp_path / "requirements.txt").write_text("django==5.2.19\n")
    return tmp_path


@pytest.fixture
def started(project, monkeypatch):
    """The command lines started, each answered with success and, for venv, its folder."""
    commands = []

    def call(command, **kwargs):
        commands.append(command)
        if "venv" in command:
            dev.PYTHON.parent.mkdir(parents=True)
            dev.PYTHON.touch()
        return 0

    monkeypatch.setattr(dev.subprocess, "call", call)
    monkeypatch.setattr(dev, "is_usable", lambda python, **kwargs: Path(python).exists())
    return commands


@pytest.fixture
def handed_over(project, monkeypatch):
    """What dev.py becomes in the end: (command, environment)."""
    ends = []

    def hand_over(command, env):
        ends.append((command, env))
        raise SystemExit(0)

    monkeypatch.setattr(dev, "hand_over", hand_over)
    return ends


# ---------------------------------------------------------------- installing


def test_a_fresh_folder_gets_a_virtual_environment_and_the_pinned_packages(started):
    dev.install("requirements.txt")

    make, install = started
    assert make[1:3] == ["-m", "venv"]
    assert "--require-hashes" in install
    assert install[-1].endswith("requirements.txt")


def test_a_second_installation_does_nothing(started):
    dev.install("requirements.txt")
    started.clear()

    dev.install("requirements.txt")

    assert started == []


def test_changed_pins_are_installed_again_into_the_same_environment(started, project):
    dev.install("requirements.txt")
    started.clear()
    (project / "requirements.txt").write_text("django==5.2.20\n")

    dev.install("requirements.txt")

    assert [command[1:3] for command in started] == [["-m", "pip"]]


def test_an_installation_that_broke_off_is_done_again(started, monkeypatch):
    whole = dev.subprocess.call
    monkeypatch.setattr(dev.subprocess, "call", lambda c, **k: whole(c, **k) or "pip" in c)
    with pytest.raises(SystemExit, match="installation failed"):
        dev.install("requirements.txt")
    monkeypatch.setattr(dev.subprocess, "call", whole)
    started.clear()

    dev.install("requirements.txt")

    assert len(started) == 1


def test_an_environment_whose_python_is_gone_is_made_anew(started):
    dev.install("requirements.txt")
    started.clear()
    dev.PYTHON.unlink()
    dev.PYTHON.parent.rmdir()

    dev.install("requirements.txt")

    assert len(started) == 2


def test_uv_installs_where_it_is_on_path(started, monkeypatch):
    monkeypatch.setattr(dev.shutil, "which", {"uv": "/tools/uv"}.get)

    dev.install("requirements.txt")

    make, install = started
    assert "--without-pip" in make
    assert install[:3] == ["/tools/uv", "pip", "install"]
    assert "--require-hashes" in install


def test_a_python_without_pip_says_which_package_to_install(started, monkeypatch):
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(SystemExit, match=rf"apt install python3\.{sys.version_info[1]}-venv"):
        dev.install("requirements.txt")

    assert started == []


def test_every_pin_carries_a_hash_and_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (Path(dev.__file__).parent / name).read_text()
        pins = [line for line in text.splitlines() if "==" in line]
        assert len(pins) > 10
        assert all(line.endswith("\\") for line in pins), "a pin without a hash"
        assert text.count("sha256:") >= len(pins)
        assert "://" not in text


# ---------------------------------------------------------------- which Python


def test_old_pythons_can_read_the_script_to_be_told_what_is_missing():
    ast.parse(Path(dev.__file__).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_an_old_python_hands_over_to_a_newer_one_on_path(handed_over, monkeypatch):
    monkeypatch.setattr(dev, "OLDEST", (9, 0))
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "is_usable", lambda python: python.endswith("3.12"))

    with pytest.raises(SystemExit):
        dev.main(["test", "-x"])

    command, _ = handed_over[0]
    assert command == ["/usr/bin/python3.12", dev.__file__, "test", "-x"]


def test_an_old_python_alone_is_named_in_the_message(project, monkeypatch):
    monkeypatch.setattr(dev, "OLDEST", (9, 0))

    with pytest.raises(SystemExit, match=rf"this is 3\.{sys.version_info[1]}\."):
        dev.main(["run"])


def test_this_python_is_usable_and_an_absent_one_is_not(tmp_path):
    assert dev.is_usable(sys.executable)
    assert not dev.is_usable(sys.executable, having="no_such_module")
    assert not dev.is_usable(tmp_path / "python")


# ---------------------------------------------------------------- the environment


def test_a_development_machine_gets_debug_and_a_key_of_its_own(project):
    env = dev.working_environment({})

    assert env["DEBUG"] == "1"
    assert len(env["SECRET_KEY"]) >= 50
    assert dev.working_environment({})["SECRET_KEY"] == env["SECRET_KEY"], "the key is kept"


@pytest.mark.skipif(os.name == "nt", reason="file modes are POSIX")
def test_only_its_owner_reads_the_kept_key(project):
    dev.kept_key()

    assert dev.KEY_FILE.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("ending", ["", "_FILE"])
def test_what_the_caller_says_is_honoured(project, ending):
    given = {"DEBUG" + ending: "0", "SECRET_KEY" + ending: "mine", "DATABASE_URL": "postgres:///x"}

    assert dev.working_environment(given) == given
    assert not dev.KEY_FILE.exists()


def test_tests_take_the_database_from_outside_and_nothing_else():
    given = {
        "DATABASE_URL": "postgres:///x",
        "PATH": "/usr/bin",
        "DEBUG": "1",
        "BASE_URL_FILE": "/run/secrets/base-url",
        "SECRET_KEY": "mine",
    }

    env = dev.test_environment(given)

    assert env.keys() == {"DATABASE_URL", "PATH", "SECRET_KEY"}
    assert env["SECRET_KEY"] != "mine"


@pytest.mark.parametrize(("env", "port"), [({}, 8000), ({"PORT": "8123"}, 8123)])
def test_the_port_comes_from_the_environment(env, port):
    assert dev.port_in(env) == port


def test_the_port_may_lie_in_a_file(tmp_path):
    file = tmp_path / "port"
    file.write_text("8124\n")

    assert dev.port_in({"PORT_FILE": str(file)}) == 8124


@pytest.mark.parametrize("wrong", ["", "http", "0", "65536", "-1", "80.5", "๘๐๐๐"])
def test_a_wrong_port_stops_the_start_and_names_itself(wrong):
    with pytest.raises(SystemExit, match="PORT must be a whole number"):
        dev.port_in({"PORT": wrong})


# ---------------------------------------------------------------- the words


def test_run_prepares_the_database_and_then_serves_on_this_machine_only(
    started, handed_over, monkeypatch, capsys
):
    monkeypatch.setenv("PORT", "8123")

    with pytest.raises(SystemExit):
        dev.main(["run"])

    words = [command[2] for command in started if command[1].endswith("manage.py")]
    assert words == ["migrate", "load_areas", "loaddata", "demo"]
    command, env = handed_over[0]
    assert command[2:] == ["runserver", "127.0.0.1:8123", "--noreload"]
    assert env["BASE_URL"] == "http://127.0.0.1:8123"
    assert "Sammachip: http://127.0.0.1:8123\n" in capsys.readouterr().out


def test_a_preparation_that_fails_stops_the_start_before_serving(started, handed_over, monkeypatch):
    whole = dev.subprocess.call
    monkeypatch.setattr(dev.subprocess, "call", lambda c, **k: whole(c, **k) or "demo" in c)

    with pytest.raises(SystemExit, match="`demo` failed"):
        dev.main(["run"])

    assert handed_over == []


def test_the_reloader_has_to_be_asked_for():
    assert dev.server_arguments([]) == ["--noreload"]
    assert dev.server_arguments(["--nothreading"]) == ["--noreload", "--nothreading"]
    assert dev.server_arguments(["--reload", "--nothreading"]) == ["--nothreading"]


def test_any_other_word_goes_to_manage(started, handed_over):
    with pytest.raises(SystemExit):
        dev.main(["load_areas", "--verbosity", "2"])

    command, env = handed_over[0]
    assert command[1:] == [str(dev.BASE / "manage.py"), "load_areas", "--verbosity", "2"]
    assert "SECRET_KEY" in env


def test_bench_measures_with_the_packages_of_tests(started, handed_over, project):
    (project / "requirements-dev.txt").write_text("openpyxl==3.1.5\n")
    with pytest.raises(SystemExit):
        dev.main(["bench", "--size", "province"])

    command, env = handed_over[0]
    assert command[1:] == ["-m", "tests.load.bench", "--size", "province"]
    assert any("requirements-dev.txt" in str(words[-1]) for words in started)
    assert "SECRET_KEY" in env


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_without_a_word_it_says_how_to_use_it(words, capsys):
    dev.main(words)

    assert "python3 dev.py test" in capsys.readouterr().out


@pytest.mark.parametrize("given", [[], ["tests/test_dev.py", "-q"], ["--no-header"], ["-x"]])
def test_tests_run_in_two_processes(given):
    assert dev.pytest_arguments(given) == ["-n", "2", *given]


@pytest.mark.parametrize("given", [["-n0"], ["-n", "4"], ["-p", "no:xdist"], ["--pdb", "-x"]])
def test_other_processes_or_a_debugger_may_be_asked_for(given):
    assert dev.pytest_arguments(given) == given


@pytest.mark.skipif(os.name == "nt", reason="Windows has no exec")
def test_the_exit_code_is_the_program_s_own():
    code = "import dev, os; dev.hand_over(['/bin/sh', '-c', 'exit 7'], dict(os.environ))"

    ended = subprocess.run([sys.executable, "-c", code], cwd=Path(dev.__file__).parent, check=False)

    assert ended.returncode == 7
