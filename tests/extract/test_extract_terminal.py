"""What a person at a terminal sees: prompts that keep secrets to themselves, and progress."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from extract_world import environment

from extract.ahead import Ahead, in_words
from extract.sandbox import Account, SandboxServer
from extract.sandbox.rate import Quota

ROOT = Path(__file__).parents[2]


class Terminal:
    """A command that runs on a terminal of its own; what it shows and what is typed."""

    def __init__(self, command: Sequence[str], env: dict[str, str]) -> None:
        self._own, its = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "extract", *command],
            cwd=ROOT,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "160", **env},
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        )
        os.close(its)
        self.shown = ""

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Until the text was shown."""
        until = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < until, f"{text!r} was not shown:\n{self.shown}"
            if not self._read(0.2) and self.process.poll() is not None:
                pytest.fail(f"{text!r} was not shown before the end:\n{self.shown}")

    def type(self, text: str) -> None:
        """A line, as fingers do it."""
        os.write(self._own, text.encode() + b"\n")

    def ends(self) -> int:
        """Its exit status."""
        while self.process.poll() is None:
            self._read(0.1)
        while self._read(0.1):
            pass
        os.close(self._own)
        return self.process.wait()

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._own], [], [], seconds)
        try:
            read = os.read(self._own, 65_536) if ready else b""
        except OSError:  # how Linux says that the other end is closed
            return False
        self.shown += read.decode(errors="replace")
        return bool(read)


def test_link_asks_for_what_it_needs_and_shows_no_secret(
    server: SandboxServer, seller: Account, folder: Path, tmp_path: Path
) -> None:
    env = environment(server, [], folder)
    del env["SOURCES__COUPANG__ACCOUNTS"]
    (tmp_path / ".dlt").mkdir()
    terminal = Terminal(["accounts", "link", "my-brand"], env | {"DLT_PROJECT_DIR": str(tmp_path)})
    terminal.wait_for("vendor code")
    terminal.type(seller.vendor_id)
    terminal.wait_for("Access key")
    terminal.type(seller.key.access_key)
    terminal.wait_for("Secret key")
    terminal.type(seller.key.secret_key)
    terminal.wait_for("expire")
    terminal.type("2026-06-30")

    assert terminal.ends() == 0, terminal.shown
    assert f"my-brand ({seller.vendor_id}) is linked" in terminal.shown
    assert seller.key.secret_key not in terminal.shown
    file = tmp_path / ".dlt" / "secrets.toml"
    assert seller.key.secret_key in file.read_text()
    assert "2026-06-30" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def link(
    server: SandboxServer, seller: Account, folder: Path, home: Path, expires: str
) -> Terminal:
    """`accounts link` with every prompt answered."""
    env = environment(server, [], folder)
    del env["SOURCES__COUPANG__ACCOUNTS"]
    command = ["accounts", "link", "my-brand", "--vendor-id", seller.vendor_id]
    terminal = Terminal(command, env | {"DLT_PROJECT_DIR": str(home)})
    for prompt, answer in (
        ("Access key", seller.key.access_key),
        ("Secret key", seller.key.secret_key),
        ("expire", expires),
    ):
        terminal.wait_for(prompt)
        terminal.type(answer)
    return terminal


def test_link_may_leave_the_end_of_the_key_open(
    server: SandboxServer, seller: Account, folder: Path, tmp_path: Path
) -> None:
    terminal = link(server, seller, folder, tmp_path, expires="")
    assert terminal.ends() == 0, terminal.shown
    assert "key_expires_on" not in (tmp_path / ".dlt" / "secrets.toml").read_text()


def test_a_run_shows_bars_and_how_long_it_will_take(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    for number in range(200):
        seller.order(f"2026-01-0{1 + number % 9} 10:{number % 60:02d}")
    server.quota = Quota(20)
    env = environment(server, [seller], folder)
    env["SOURCES__COUPANG__REQUESTS_PER_SECOND"] = "20"
    terminal = Terminal(["run"], env)
    terminal.wait_for("left")
    assert terminal.ends() == 0, terminal.shown
    assert re.search(r"order_sheets 2026-01-01 - 2026-01-10, page \d+", terminal.shown)
    assert re.search(r"about \d+ s left", terminal.shown)
    # what a bar says at last: no time is left of a run that is over
    assert terminal.shown.rindex(" left") < terminal.shown.rindex(" done")


def test_a_day_of_expiry_that_is_over_is_refused_at_the_prompt(
    server: SandboxServer, seller: Account, folder: Path, tmp_path: Path
) -> None:
    terminal = link(server, seller, folder, tmp_path, expires="2025-07-01")
    assert terminal.ends() == 2, terminal.shown
    assert "The key expired on 2025-07-01" in terminal.shown
    assert not (tmp_path / ".dlt" / "secrets.toml").exists()


def test_the_rest_is_estimated_from_what_was_made() -> None:
    ahead = Ahead(requests_per_second=2.0)
    ahead.planned(["order_sheets"] * 3)
    assert ahead.seconds_left() == 9.0  # six statuses each, at the least
    ahead.turned("order_sheets", 1, 10)
    assert ahead.seconds_left() == 10.0  # as many as one has had so far, less those ten
    ahead.made("order_sheets", 1, 20)
    assert ahead.seconds_left() == 20.0
    ahead.turned("order_sheets", 2, 25)
    ahead.made("order_sheets", 2, 30)
    assert ahead.seconds_left() == 12.5
    ahead.planned(["order_lookup"] * 5)
    assert ahead.seconds_left() == 15.0
    ahead.made("order_sheets", 3, 4)
    assert ahead.seconds_left() == 2.5


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (59, "59 s"), (90, "2 min"), (3_600, "1 h 00 min")]
)
def test_durations_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert in_words(seconds) == text
