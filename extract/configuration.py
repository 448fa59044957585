"""What the user configured, through dlt's providers: files in `.dlt/`, environment, vaults.

Imported before dlt by everything that runs: dlt is told here where the project is, where it may
write, and that nothing goes out but the API's requests.
"""

import logging
import os
from datetime import date
from pathlib import Path
from typing import Any

from extract.accounts import Account, parse_accounts, parse_day
from extract.errors import ConfigurationError
from extract.secrets_file import SecretsFile, check_toml, is_private
from extract.settings import GATEWAY, ApiSettings
from extract.warehouse import data_dir

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("DLT_PROJECT_DIR", str(ROOT))
os.environ.setdefault("DLT_DATA_DIR", str(data_dir() / "dlt"))
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
# dlt's own messages are for its developers; ours carry cause and remedy.
os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")

import dlt  # noqa: E402 - after the environment that it reads at import
from dlt.common.configuration.exceptions import ConfigurationException  # noqa: E402

SECTION = "sources.coupang"

log = logging.getLogger("coupang")


def secrets_file() -> Path:
    """Where linked accounts are written."""
    return Path(os.environ["DLT_PROJECT_DIR"]) / ".dlt" / "secrets.toml"


def _setting(name: str, expected: type, *, secret: bool = False) -> Any:  # noqa: ANN401
    provider = dlt.secrets if secret else dlt.config
    try:
        return provider.get(f"{SECTION}.{name}", expected)
    except (ConfigurationException, ValueError, TypeError):
        # dlt's own message would carry the raw value.
        raise ConfigurationError(f"{SECTION}.{name} cannot be read") from None


def linked_accounts() -> list[Account]:
    """Every configured account; empty where none is."""
    accounts = parse_accounts(_entries())
    if not is_private(secrets_file()):
        log.warning("%s can be read by others: chmod 600 it", secrets_file())
    return accounts


def editable_accounts() -> tuple[list[Account], SecretsFile]:
    """The accounts with the file they stand in; ConfigurationError where they come from the
    environment or another provider, which no command can write to."""
    file = SecretsFile(secrets_file())
    entries = _entries()
    if entries != file.entries():
        raise ConfigurationError(
            f"The accounts do not come from {secrets_file().name} but from the environment or "
            "another configuration provider",
            remedy="Change them there.",
        )
    return parse_accounts(entries), file


def _entries() -> list[Any]:
    for name in ("secrets.toml", "config.toml"):
        check_toml(secrets_file().with_name(name))
    return _setting("accounts", list, secret=True) or []


def api_settings() -> ApiSettings:
    """How the API is asked; what is not configured has the defaults of ApiSettings."""
    given: dict[str, Any] = {"base_url": (_setting("base_url", str) or GATEWAY).rstrip("/")}
    for name in (
        "requests_per_second",
        "connect_timeout",
        "read_timeout",
        "retry_wait",
        "rate_patience",
    ):
        if (value := _setting(name, float)) is not None:
            given[name] = value
    for name in ("attempts", "max_pages", "readers"):
        if (value := _setting(name, int)) is not None:
            given[name] = value
    return ApiSettings(**given)


def start_date() -> date | None:
    """`[sources.coupang] start_date`: the first payment day of accounts without one."""
    value = _setting("start_date", str)
    return parse_day(value, f"{SECTION}.start_date") if value else None
