"""What can go wrong, as one class family: cause, account and remedy, shown as one line.

No message ever holds a key, a signature or a buyer's data: causes are written here or built from
documented `message` texts that went through `one_line`, and exceptions of libraries are never
chained to them (they would travel into logs and into dlt's trace).
"""

import re

LONGEST_QUOTE = 160


def one_line(text: object, secrets: tuple[str, ...] = ()) -> str:
    """`text` on one line, shortened, with every secret in it replaced by `***`."""
    line = re.sub(r"\s+", " ", str(text)).strip()
    for secret in secrets:
        if secret:
            line = line.replace(secret, "***")
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


class ExtractError(Exception):
    """An error a user can meet. `kind` goes to `read_log.outcome`, `last_error` to the account."""

    kind = "failed"
    remedy = "Run again; if it comes back, look at the log above."

    def __init__(
        self, cause: str, *, remedy: str | None = None, account: str | None = None
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.account = account
        if remedy is not None:
            self.remedy = remedy

    def of(self, account: str) -> "ExtractError":
        """The same error, now naming the account it happened to."""
        self.account = account
        return self

    @property
    def advice(self) -> str:
        """Cause and remedy without the account's name: what `accounts.last_error` holds."""
        return f"{self.cause.rstrip('.')}. {self.remedy}"

    def __str__(self) -> str:
        return f"{self.account}: {self.advice}" if self.account else self.advice


class Unexpected(ExtractError):
    """A mistake of our own: its kind and place, never its message, which could hold data."""

    kind = "unexpected"
    remedy = "Report it; nothing of it was loaded."

    @classmethod
    def by(cls, error: BaseException) -> "Unexpected":
        """Tells of an exception that should not have been."""
        place = ""
        trace = error.__traceback__
        while trace:
            code = trace.tb_frame.f_code
            place = f" at {code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
            trace = trace.tb_next
        return cls(f"The extractor itself failed ({type(error).__name__}{place})")


class ConfigurationError(ExtractError):
    """Accounts, options or clock that cannot be used; nothing was asked of the API."""

    kind = "configuration"
    remedy = "Mend .dlt/secrets.toml, .dlt/config.toml or the environment variable."


class WarehouseError(ExtractError):
    """The warehouse or the data folder cannot be read or written."""

    kind = "warehouse"
    is_full_disk = False


class Stopped(ExtractError):
    """The run was interrupted; what was loaded stays, the next run goes on from there."""

    kind = "stopped"
    remedy = "Run again: it goes on where it was."


class ApiError(ExtractError):
    """Something Coupang's gateway answered, or did not answer.

    can_pass: asking again may help. ends_account: nothing more of this account is asked in this
    run (asking on with a refused key is what gets a key blocked).
    """

    kind = "api"
    can_pass = False
    ends_account = False

    def __init__(
        self,
        cause: str,
        *,
        remedy: str | None = None,
        account: str | None = None,
        status: int | None = None,
        message: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(cause, remedy=remedy, account=account)
        self.status = status
        self.message = message
        self.retry_after = retry_after


class KeyRefused(ApiError):
    kind = "auth"
    ends_account = True
    remedy = (
        "Issue a new key in Wing (판매자정보 > 추가판매정보 > OPEN API 키), then "
        "`python -m extract accounts relink NAME`."
    )


class ClockSkewed(ApiError):
    kind = "skew"
    ends_account = True
    remedy = "Set this machine's clock (NTP); the key itself may be fine."


class AddressRefused(ApiError):
    kind = "ip"
    ends_account = True
    remedy = "Add this machine's public IP address beside the key in Wing (up to 10 addresses)."


class Blocked(ApiError):
    kind = "blocked"
    ends_account = True
    remedy = "Wait and look into Wing; if it stays, ask Coupang's Open API support."


class VendorRefused(ApiError):
    kind = "vendor"
    ends_account = True
    remedy = "Check the vendor code (업체코드) and that the keys were issued for it in Wing."


class RateExceeded(ApiError):
    kind = "rate"
    can_pass = True
    remedy = (
        "Wait some tens of minutes; lower requests_per_second where other tools use the same "
        "vendor code."
    )


class ServerTrouble(ApiError):
    kind = "server"
    can_pass = True
    remedy = "Coupang's side or the network; the next run reads it again."


class GatewayTimeout(ServerTrouble):
    """504, or no answer within the read time-out: a shorter window may help."""

    kind = "timeout"


class BadAnswer(ApiError):
    """An answer that is not what is documented: not JSON, an error code inside, no list."""

    kind = "bad_answer"
    can_pass = True
    remedy = "Coupang's side; the next run reads it again."


class ContractBroken(ApiError):
    """Pages, rows or fields that break what is documented: refused, nothing is guessed."""

    kind = "contract"
    remedy = "Nothing of this listing was loaded. If it stays, the API has changed: report it."


class RequestRefused(ApiError):
    """A 4xx that is about the request, not about the account."""

    kind = "refused"
    remedy = "If it stays, the API has changed: report it."
