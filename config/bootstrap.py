"""Brings the libraries: where they are missing, `.venv` beside manage.py is made from the hash lock.

Standard library only, and syntax that older Pythons can read: this runs before anything else. The
running Python is left alone when APP_ENV_READY=1 says that somebody prepared it (the Docker image
does) or when it already holds every version of the lock; any other Django on the machine is ignored.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
VENV = BASE / ".venv"
LOCKS = BASE / "config" / "requirements"
PYTHON = VENV / "bin" / "python"
# The Python version and the hashes of the locks that `.venv` satisfies.
STAMP = VENV / "lock.sha256"
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
# Set while re-executing, so that a broken environment ends in a message and not in a loop.
GUARD = "APP_ENV_JUST_MADE"
NO_VENV = "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv"
NO_PIP = "The libraries could not be installed. Is the internet (or your package mirror) reachable?"
# Name, version and, where the lock has one, the marker of the platforms that need it.
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)\s*(;?)", re.MULTILINE)


def ensure(argv: list[str]) -> None:
    """Return in a Python that has the libraries `argv` needs, re-executing in `.venv` if need be."""
    if sys.version_info < (3, 11):  # noqa: UP036 (the one place that an older Python reaches)
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]} ({sys.executable}).")
    if os.name != "posix":
        sys.exit("This program runs on Linux and macOS; on Windows use WSL.")
    just_made = os.environ.pop(GUARD, None)
    if os.environ.get("APP_ENV_READY") == "1":
        return
    lock = LOCKS / ("dev.txt" if argv[1:2] == ["test"] else "run.txt")
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    if _is_stamped(lock, VERSION) if inside else not STAMP.exists() and _holds(lock):
        return
    if just_made:
        sys.exit(f"{VENV} was just made but does not run. Remove that folder and start again.")
    if inside or not (_is_stamped(lock) and PYTHON.exists()):
        _make(lock)
        os.environ[GUARD] = "1"
    os.execv(PYTHON, [str(PYTHON), *argv])


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _is_stamped(lock: Path, *more: str) -> bool:
    words = STAMP.read_text(encoding="ascii").split() if STAMP.exists() else []
    return all(word in words for word in (_digest(lock), *more))


def _holds(lock: Path) -> bool:
    from importlib import metadata  # noqa: PLC0415 (not in the Pythons that `ensure` refuses)

    for name, version, marker in PIN.findall(lock.read_text(encoding="utf-8")):
        try:
            if not marker and metadata.version(name) != version:
                return False
        except metadata.PackageNotFoundError:
            return False
    return True


def _make(lock: Path) -> None:
    """Make or renew `.venv` for `lock`. Of several starts at once one works, the others wait for it."""
    import fcntl  # noqa: PLC0415 (absent on Windows, which `ensure` refuses)

    # Always the same file is locked, whichever lock is to be installed.
    with (LOCKS / "run.txt").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if _is_stamped(lock, VERSION) and _has_pip():
            return
        print(f"Installing the libraries into {VENV} (this once needs the internet) …", file=sys.stderr)
        locks = sorted(LOCKS.glob("*.txt"))
        if _has_pip():
            # What holds before goes on to hold, for a start that looks while this one works.
            _stamp([each for each in locks if _is_stamped(each, VERSION)])
        else:
            # Not sys.executable: that may be the very `.venv` whose Python was upgraded under it.
            base = getattr(sys, "_base_executable", sys.executable)
            _run([base, "-m", "venv", "--clear", str(VENV)], NO_VENV)
        pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
        # The lock is whole, so nothing is resolved: older pips would look for `coverage[toml]` by its
        # extra, find a release newer than the lock's and refuse it for want of a hash.
        _run([*pip, "--no-deps", "--require-hashes", "--requirement", str(lock)], NO_PIP)
        # The development lock contains the other one, so it satisfies both.
        _stamp(locks if lock.name == "dev.txt" else [lock])


def _stamp(satisfied: list[Path]) -> None:
    new = STAMP.with_suffix(".new")
    new.write_text("\n".join([VERSION, *map(_digest, satisfied)]), encoding="ascii")
    new.replace(STAMP)


def _has_pip() -> bool:
    """Whether `.venv` has a Python of the version that runs now, with pip."""
    probe = f"import sys, pip; sys.exit('{VERSION}' != '%d.%d' % sys.version_info[:2])"
    try:
        return subprocess.run([PYTHON, "-c", probe], stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def _run(command: list[str], advice: str) -> None:
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        sys.exit(advice)
