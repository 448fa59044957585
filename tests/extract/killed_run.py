"""A run in a process of its own, made to be killed (imported by that process)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from extract.accounts import Account
from extract.collect import Request, run_once
from extract.settings import ApiSettings


def run(accounts: Sequence[Account], url: str, folder: str, as_of: datetime) -> None:
    """A usual run."""
    settings = ApiSettings(base_url=url, requests_per_second=1000, retry_wait=0.0)
    run_once(accounts, settings, Path(folder), as_of, Request())
