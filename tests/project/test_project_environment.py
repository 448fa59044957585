"""The environment that `make` makes: from the lock, once, by an interpreter that can be used.

The locks here name nothing, so that nothing is downloaded; most of the environments are stand-ins.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = shutil.which("make") or "make"
NAMES = ("python3", "python3.13", "python3.12", "python3.11")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what makes the environment, and empty locks."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    (folder / "scripts").mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / "scripts" / "environment.sh", folder / "scripts")
    (folder / "requirements.lock").write_text("# nothing\n")
    (folder / "requirements-dev.lock").write_text("# nothing either\n")
    return folder


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder to put in front of PATH."""
    folder = tmp_path / "commands"
    folder.mkdir()
    return folder


def interpreter(folder: Path, name: str, pretend: str) -> Path:
    """This interpreter under another name, made to believe something first."""
    path = folder / name
    path.write_text(
        f'#!/bin/sh\nif [ "$1" = -c ]; then\n'
        f"exec '{sys.executable}' -c 'import sys; {pretend}; exec(sys.argv[1])' \"$2\"\n"
        f"fi\nexec '{sys.executable}' \"$@\"\n"
    )
    path.chmod(0o755)
    return path


@pytest.fixture
def quick(commands: Path) -> str:
    """`PYTHON=` of an interpreter whose environments are made in no time and whose pip installs
    whatever does not say `broken`: making real ones takes seconds each."""
    path = commands / "quick"
    inside = (
        "#!/bin/sh\n"
        'if [ "$1 $2" = "-m pip" ]; then\n'
        '    for lock in "$@"; do :; done\n'
        '    ! grep -q broken "$lock"; exit\n'
        "fi\n"
        f"exec '{sys.executable}' \"$@\"\n"
    )
    path.write_text(
        f"#!/bin/sh\nif [ \"$1 $2\" != '-m venv' ]; then exec '{sys.executable}' \"$@\"; fi\n"
        "rm -rf .venv && mkdir -p .venv/bin\n"
        f"cat >.venv/bin/python <<'END'\n{inside}END\nchmod +x .venv/bin/python\n"
    )
    path.chmod(0o755)
    return f"PYTHON={path}"


def of_version(*version: int) -> str:
    return f"sys.version_info = {(*version, 0)}"


def make(clone: Path, *arguments: str, before: Path | None = None) -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON"}
    # a `make test` around this one is not to be spoken to
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        environment.pop(name, None)
    environment["PATH"] = f"{before or Path(sys.executable).parent}:{environment['PATH']}"
    return subprocess.run(
        [MAKE, "-s", *arguments],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def said(done: subprocess.CompletedProcess) -> list[str]:
    """What a person reads, without make's own closing word."""
    return [line for line in done.stderr.splitlines() if not line.startswith("make: ")]


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 14, 0)])
def test_another_python_is_refused_in_one_line(
    clone: Path, commands: Path, version: tuple[int, ...]
) -> None:
    for name in NAMES:
        interpreter(commands, name, of_version(*version))

    done = make(clone, "users", before=commands)

    assert done.returncode != 0
    (line,) = said(done)
    assert "Python 3.11, 3.12 or 3.13 is needed" in line
    assert ".".join(map(str, version)) in line
    assert not (clone / ".venv").exists()


def test_a_python_that_was_asked_for_is_not_replaced_by_another(
    clone: Path, commands: Path
) -> None:
    asked_for = interpreter(commands, "old", of_version(3, 9, 1))

    done = make(clone, "users", f"PYTHON={asked_for}")

    assert done.returncode != 0
    (line,) = said(done)
    assert f"{asked_for} is 3.9.1" in line


def test_a_python_that_is_not_there_is_named(clone: Path) -> None:
    done = make(clone, "users", "PYTHON=/nowhere/python3")

    assert done.returncode != 0
    (line,) = said(done)
    assert "/nowhere/python3 is not found" in line


def test_a_python_without_venv_is_told_in_one_line(clone: Path, commands: Path) -> None:
    for name in NAMES:
        interpreter(commands, name, 'sys.modules["ensurepip"] = None')

    done = make(clone, "users", before=commands)

    assert done.returncode != 0
    (line,) = said(done)
    assert "has no venv module" in line
    assert f"apt install python3.{sys.version_info.minor}-venv" in line


def test_the_first_python_that_can_be_used_is_taken(clone: Path, commands: Path) -> None:
    interpreter(commands, "python3", of_version(3, 9, 1))
    (commands / "python3.13").write_text("#!/bin/sh\necho 'not installed' >&2; exit 127\n")
    (commands / "python3.13").chmod(0o755)
    interpreter(commands, "python3.12", "pass")

    done = make(clone, "users", before=commands)

    assert done.returncode == 0, done.stderr
    assert (clone / ".venv" / "bin" / "python").exists()


def test_the_environment_follows_its_locks(clone: Path, tmp_path: Path, quick: str) -> None:
    """Made once, quick when nothing changed, anew when its lock changed or the folder moved, and
    not for a change that is not its own."""
    venv = clone / ".venv"
    mark = venv / "still-the-same"

    assert make(clone, "users", quick).returncode == 0
    mark.touch()
    assert said(make(clone, "users", quick)) == []
    assert mark.exists()

    # what developers need goes on top, and what users run still counts as made
    assert make(clone, "developers", quick).returncode == 0
    assert mark.exists()
    assert said(make(clone, "users", quick)) == said(make(clone, "developers", quick)) == []

    (clone / "requirements-dev.lock").write_text("# another\n")
    assert said(make(clone, "users", quick)) == []
    assert mark.exists()
    assert make(clone, "developers", quick).returncode == 0
    assert not mark.exists()

    mark.touch()
    (clone / "requirements.lock").write_text("# another\n")
    assert make(clone, "users", quick).returncode == 0
    assert not mark.exists()

    mark.touch()
    moved = clone.rename(tmp_path / "moved")
    assert make(moved, "users", quick).returncode == 0
    assert not (moved / ".venv" / mark.name).exists()


def test_nothing_is_done_where_nothing_changed(clone: Path, quick: str) -> None:
    """Every target goes through this: it must not cost what starting Python costs."""
    assert make(clone, "users", quick).returncode == 0
    (clone / ".venv" / "bin" / "python").write_text("#!/bin/sh\necho started >>started\nexit 1\n")

    took = []
    for _ in range(5):
        began = time.monotonic()
        assert make(clone, "users").returncode == 0
        took.append(time.monotonic() - began)

    assert not (clone / "started").exists()
    assert min(took) < 0.1


def test_an_installation_that_failed_is_tried_again(clone: Path, quick: str) -> None:
    lock = clone / "requirements.lock"
    lock.write_text("# broken\n")
    for _ in range(2):
        done = make(clone, "users", quick)
        assert done.returncode != 0
        assert "Installing requirements.lock failed" in said(done)[-1]

    lock.write_text("# mended\n")
    assert make(clone, "users", quick).returncode == 0
