"""Runs in processes of their own, to be killed or starved (imported by those processes)."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from extract.accounts import Account
from extract.collect import Request, run_once
from extract.errors import ExtractError
from extract.settings import ApiSettings


def run(accounts: Sequence[Account], url: str, folder: str, as_of: datetime) -> None:
    """A usual run."""
    settings = ApiSettings(base_url=url, requests_per_second=1000, retry_wait=0.0)
    run_once(accounts, settings, Path(folder), as_of, Request())


def run_on_a_full_disk(
    accounts: Sequence[Account],
    url: str,
    folder: str,
    as_of: datetime,
    room: int,
    told: Connection,
) -> None:
    """A run that may write no file longer than `room` bytes; sends what became of it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    settings = ApiSettings(base_url=url, requests_per_second=1000, retry_wait=0.0)
    try:
        outcomes = run_once(accounts, settings, Path(folder), as_of, Request())
    except ExtractError as error:
        told.send([str(error)])
    else:
        told.send([str(outcome.error) for outcome in outcomes])
