"""How the API is asked: the settings of `[sources.coupang]`, checked."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from extract.errors import ConfigurationError

GATEWAY = "https://api-gateway.coupang.com"
QUOTA = 5.0  # requests a second and vendor code since 2026-03-17 (Open API notice)


@dataclass(frozen=True)
class ApiSettings:
    """Everything about asking that is not an account.

    requests_per_second: per vendor code, at most 5 (of a sandbox on this machine: any). The
        default 4 leaves one to the seller's other tools, which live on the same quota.
    connect_timeout, read_timeout: seconds.
    retry_wait: seconds before the second attempt; doubles from attempt to attempt up to 60.
    attempts: how often a request is tried on server errors, time-outs and bad answers.
    rate_patience: seconds that are waited in all for a 429 to lift ("minutes to tens of
        minutes"), before the listing is given up until the next run.
    max_pages: pages of one status of one window; more is an endless listing.
    readers: windows and listings of one account that are read side by side.
    """

    base_url: str = GATEWAY
    requests_per_second: float = 4.0
    connect_timeout: float = 10.0
    read_timeout: float = 90.0
    retry_wait: float = 1.0
    attempts: int = 6
    rate_patience: float = 900.0
    max_pages: int = 20_000
    readers: int = 8

    def __post_init__(self) -> None:
        most = float("inf") if is_on_this_machine(self.base_url) else QUOTA
        if not 0 < self.requests_per_second <= most:
            raise ConfigurationError(
                "requests_per_second must be more than 0 and at most 5",
                remedy="5 a second is Coupang's quota of a vendor code; the default is 4.",
            )
        for name in (
            "connect_timeout",
            "read_timeout",
            "attempts",
            "rate_patience",
            "max_pages",
            "readers",
        ):
            if getattr(self, name) <= 0:
                raise ConfigurationError(f"{name} must be more than 0")
        if self.retry_wait < 0:
            raise ConfigurationError("retry_wait must not be negative")


def is_on_this_machine(url: str) -> bool:
    """Whether a base URL is a sandbox here; ConfigurationError where it is neither that nor
    https (keys and buyers' data would travel in the open)."""
    parts = urlsplit(url)
    if not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ConfigurationError("base_url is not the address of a server")
    is_loopback = _is_loopback(parts.hostname)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback):
        return is_loopback
    raise ConfigurationError(
        "base_url must be https", remedy="Plain http is for this machine only (the sandbox)."
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
