"""Where the libraries come from: `.venv` from the lock, or the Python that already holds them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import bootstrap

ROOT = Path(bootstrap.BASE)


class Executed(Exception):
    """Stands for the new process image."""


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A checkout with two small locks, in which no command is really run."""
    locks = tmp_path / "config" / "requirements"
    locks.mkdir(parents=True)
    (locks / "run.txt").write_text("django==5.2.0 \\\n    --hash=sha256:00\n")
    (locks / "dev.txt").write_text("django==5.2.0 \\\n    --hash=sha256:00\npytest==9.0.0\n")
    venv = tmp_path / ".venv"
    for name, value in {
        "LOCKS": locks, "VENV": venv, "PYTHON": venv / "bin" / "python", "STAMP": venv / "lock.sha256",
    }.items():  # fmt: skip
        monkeypatch.setattr(bootstrap, name, value)
    monkeypatch.delenv("APP_ENV_READY", raising=False)
    monkeypatch.delenv(bootstrap.GUARD, raising=False)
    monkeypatch.setattr(bootstrap.sys, "prefix", str(tmp_path / "elsewhere"))
    return tmp_path


@pytest.fixture
def commands(house, monkeypatch):
    """The commands that would have been run, in order; `-m venv` leaves a Python behind."""
    ran: list[list[str]] = []

    def run(command, **_):
        ran.append([str(part) for part in command])
        if "venv" in ran[-1]:
            bootstrap.PYTHON.parent.mkdir(parents=True)
            bootstrap.PYTHON.touch()
        works = "-c" not in ran[-1] or bootstrap.PYTHON.exists()
        return subprocess.CompletedProcess(command, 0 if works else 1)

    def execv(program, arguments):
        # The new process takes the guard out of its environment.
        bootstrap.os.environ.pop(bootstrap.GUARD, None)
        raise Executed(str(program), arguments)

    monkeypatch.setattr(bootstrap.subprocess, "run", run)
    monkeypatch.setattr(bootstrap.os, "execv", execv)
    return ran


def test_bare_python_gets_a_venv_with_the_hashed_lock_and_starts_again_in_it(house, commands):
    with pytest.raises(Executed) as started:
        bootstrap.ensure(["manage.py", "up", "--port", "8001"])
    assert started.value.args == (
        str(bootstrap.PYTHON),
        [str(bootstrap.PYTHON), "manage.py", "up", "--port", "8001"],
    )
    make, install = [command for command in commands if "-c" not in command]
    assert make[1:] == ["-m", "venv", "--clear", str(bootstrap.VENV)]
    assert install[0] == str(bootstrap.PYTHON)
    assert "--require-hashes" in install
    assert install[-1] == str(bootstrap.LOCKS / "run.txt")


def test_second_start_installs_nothing(house, commands):
    for _ in range(2):
        with pytest.raises(Executed):
            bootstrap.ensure(["manage.py", "up"])
    assert len([command for command in commands if "pip" in command]) == 1


def test_changed_lock_is_installed_at_the_next_start(house, commands):
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "up"])
    commands.clear()
    (bootstrap.LOCKS / "run.txt").write_text("django==5.2.1 \\\n    --hash=sha256:11\n")
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "up"])
    assert [command[-1] for command in commands if "pip" in command] == [str(bootstrap.LOCKS / "run.txt")]
    assert not any("venv" in command for command in commands)


def test_tests_add_the_development_lock_which_serves_the_site_too(house, commands):
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "test"])
    assert commands[-1][-1] == str(bootstrap.LOCKS / "dev.txt")
    commands.clear()
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "up"])
    assert commands == []


def test_inside_the_stamped_venv_nothing_happens(house, commands, monkeypatch):
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "up"])
    commands.clear()
    monkeypatch.setattr(bootstrap.sys, "prefix", str(bootstrap.VENV))
    bootstrap.ensure(["manage.py", "up"])
    assert commands == []


def test_a_venv_that_is_a_link_is_known_as_what_it_leads_to(house, commands, monkeypatch):
    """Otherwise every start would start again, for ever."""
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "up"])
    commands.clear()
    target = bootstrap.VENV.rename(bootstrap.VENV.parent / "elsewhere-venv")
    bootstrap.VENV.symlink_to(target)
    monkeypatch.setattr(bootstrap.sys, "prefix", str(target))
    bootstrap.ensure(["manage.py", "up"])
    assert commands == []


def test_upgraded_python_renews_the_venv(house, commands, monkeypatch):
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "up"])
    commands.clear()
    monkeypatch.setattr(bootstrap.sys, "prefix", str(bootstrap.VENV))
    monkeypatch.setattr(bootstrap, "VERSION", "3.99")
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "up"])
    assert any("pip" in command for command in commands)


def test_prepared_environment_is_left_alone(house, commands, monkeypatch):
    monkeypatch.setenv("APP_ENV_READY", "1")
    bootstrap.ensure(["manage.py", "up"])
    assert commands == []


def test_other_django_on_the_machine_does_not_count(house, commands, monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", lambda name: "4.2.0")
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "up"])


def test_python_that_holds_every_version_of_the_lock_is_used_as_it_is(house, commands, monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", lambda name: {"django": "5.2.0"}[name])
    bootstrap.ensure(["manage.py", "up"])
    assert commands == []
    assert not bootstrap.VENV.exists()


def test_incomplete_environment_ends_in_a_message_and_not_in_a_loop(house, commands, monkeypatch):
    monkeypatch.setenv(bootstrap.GUARD, "1")
    monkeypatch.setattr(bootstrap.sys, "prefix", str(bootstrap.VENV))
    with pytest.raises(SystemExit, match="just made but does not run"):
        bootstrap.ensure(["manage.py", "up"])


@pytest.mark.parametrize(
    ("failing", "advice"),
    [("venv", "apt install python3-venv"), ("pip", "Is the internet")],
)
def test_failed_step_is_told_in_one_plain_line(house, monkeypatch, failing, advice):
    def run(command, **_):
        return subprocess.CompletedProcess(command, 1 if failing in command or "-c" in command else 0)

    monkeypatch.setattr(bootstrap.subprocess, "run", run)
    bootstrap.VENV.mkdir()
    with pytest.raises(SystemExit, match=advice):
        bootstrap.ensure(["manage.py", "up"])


def test_old_python_is_refused_in_words(house, monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        bootstrap.ensure(["manage.py", "up"])


def test_bootstrap_needs_no_library_at_all(tmp_path):
    shutil.copytree(ROOT / "config", tmp_path / "config", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    # -I -S: no site-packages, as on a machine that has nothing but Python.
    code = "import sys; sys.path.insert(0, '.'); import config.bootstrap; print('django' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"


def test_every_pin_of_both_locks_carries_a_hash_and_run_is_part_of_dev():
    locks = {}
    for name in ("run.txt", "dev.txt"):
        text = (ROOT / "config" / "requirements" / name).read_text(encoding="utf-8")
        locks[name] = {(pin, version) for pin, version, _ in bootstrap.PIN.findall(text)}
        blocks = [block for block in text.split("\n") if "==" in block]
        assert all(block.endswith("\\") for block in blocks)
        assert "http" not in text
    assert locks["run.txt"] < locks["dev.txt"]


def test_start_that_adds_the_development_lock_does_not_disturb_a_running_site(house, commands, monkeypatch):
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "up"])
    monkeypatch.setattr(bootstrap, "_run", lambda command, advice: seen.append(bootstrap.STAMP.read_text()))
    seen: list[str] = []
    with pytest.raises(Executed):
        bootstrap.ensure(["manage.py", "test"])
    # While pip works, the stamp says what it said before.
    assert [bootstrap._digest(bootstrap.LOCKS / "run.txt") in stamp for stamp in seen] == [True]
