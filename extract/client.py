"""One account's line to the API: signed, limited, retried, and its answers judged.

Facts (Open API docs, and what users report): 5 requests a second and vendor code, over it 429
that lifts after minutes; 401 for any trouble with the key; 403 as JSON for an address that is
not allowed, as an HTML page from the firewall; HTTP 200 may carry an error code in its body.
"""

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
import requests
from tenacity import RetryCallState, Retrying, retry_if_exception

from extract.accounts import Account
from extract.errors import (
    AddressRefused,
    ApiError,
    BadAnswer,
    Blocked,
    ClockSkewed,
    GatewayTimeout,
    KeyRefused,
    RateExceeded,
    RequestRefused,
    ServerTrouble,
    VendorRefused,
    one_line,
)
from extract.pace import Pace, PacedAdapter
from extract.settings import ApiSettings
from extract.signature import authorization

LONGEST_WAIT = 60.0
LONGEST_HOLD = 3600.0
TIMEOUT_ATTEMPTS = 2  # a window that times out twice is cut, not asked a third time
TOLERATED_SKEW = 120.0  # seconds between this machine's clock and the server's

Params = Sequence[tuple[str, str]]


@dataclass
class Tally:
    """Requests answered, counted over one reading."""

    requests: int = 0


class Client:
    """Asks for one account; safe for several threads, which share its limiter.

    proved: a request that names the vendor code was answered, so the key is its own.
    diagnosis: why the account was refused (probe.py works it out once, under `diagnosing`).
    """

    def __init__(
        self,
        account: Account,
        settings: ApiSettings | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self.account = account
        self.settings = settings or ApiSettings()
        self._pace = Pace(self.settings.requests_per_second, stop or threading.Event())
        self.proved = False
        self.diagnosing = threading.Lock()
        self.diagnosis: ApiError | None = None
        self._refusal: ApiError | None = None
        # One for all requests: each is a knot of references that only Python's collector unties,
        # and its pauses, while all accounts wait, make requests arrive in bunches.
        self._retrying = Retrying(
            retry=retry_if_exception(lambda e: isinstance(e, ApiError) and e.can_pass),
            wait=self._wait,
            stop=self._is_enough,
            sleep=self._pace.sleep,
            reraise=True,
        )
        self._session = requests.Session()
        adapter = PacedAdapter(self._pace, pool_maxsize=self.settings.readers)
        self._session.mount(self.settings.base_url, adapter)
        # Proxy and certificates of the environment are looked up once, not for each request; and
        # without trust_env no .netrc puts its own password in the place of the signature.
        environment = self._session.merge_environment_settings(
            self.settings.base_url, {}, None, None, None
        )
        self._session.proxies = environment["proxies"]
        self._session.verify = environment["verify"]
        self._session.trust_env = False
        self._session.headers.update(
            {
                "Accept": "application/json",
                "Content-Type": "application/json;charset=UTF-8",
                "X-Requested-By": account.vendor_id,
                "X-EXTENDED-TIMEOUT": str(int(self.settings.read_timeout * 1000)),
            }
        )

    def close(self) -> None:
        """Gives its connections back."""
        self._session.close()

    def get(self, path: str, params: Params, tally: Tally, *, even_if_refused: bool = False) -> Any:  # noqa: ANN401 - JSON
        """The decoded body of a good answer, which holds a list of rows.

        Each attempt waits for its turn and is signed afresh. Raises the ApiError of the last
        attempt, or Stopped; once the account was refused, that error without asking again.
        """
        try:
            body = self._retrying(self._attempt, path, params, tally, even_if_refused)
        except ApiError as error:
            # Without the frames of the attempt, which hold the error that holds them.
            raise error.of(self.account.name).with_traceback(None) from None
        vendor_id = self.account.vendor_id
        if vendor_id in path.split("/") or ("vendorId", vendor_id) in params:
            self.proved = True
        return body

    # --- one attempt ---------------------------------------------------------------------

    def _attempt(self, path: str, params: Params, tally: Tally, even_if_refused: bool) -> Any:  # noqa: ANN401 - JSON
        request = self._session.prepare_request(
            requests.Request("GET", self.settings.base_url + path, params=list(params))
        )
        # The turn is taken and the request signed at the last moment: what is spaced evenly here
        # arrives evenly there, no signature grows old in the queue, and what queued when the
        # account was refused is not sent any more.
        with self._pace.turn():
            if self._refusal and not even_if_refused:
                raise self._refusal
            response = self._sent(request)
        tally.requests += 1
        try:
            return self._judged(response)
        except ApiError as error:
            if isinstance(error, RateExceeded):
                self._pace.hold(min(error.retry_after or 0.0, LONGEST_HOLD))
            if error.ends_account:
                self._refusal = error
            raise

    def _sent(self, request: requests.PreparedRequest) -> requests.Response:
        """The answer to a request, signed now."""
        request.headers["Authorization"] = authorization(
            self.account.access_key,
            self.account.secret_key,
            "GET",
            request.path_url,
            datetime.now(UTC),
        )
        try:
            return self._session.send(
                request,
                timeout=(self.settings.connect_timeout, self.settings.read_timeout),
                allow_redirects=False,
            )
        except requests.exceptions.SSLError:
            raise ServerTrouble(
                "The server's certificate could not be verified",
                remedy="Look at this machine's certificates, or at a proxy between.",
            ) from None
        except requests.exceptions.ConnectTimeout:
            raise ServerTrouble("Coupang could not be reached in time") from None
        except requests.exceptions.ReadTimeout:
            raise GatewayTimeout("Coupang did not answer in time") from None
        except requests.exceptions.ConnectionError as error:
            # A read time-out in mid-body arrives as a ConnectionError too.
            if "Read timed out" in str(error):
                raise GatewayTimeout("Coupang stopped in the middle of an answer") from None
            raise ServerTrouble("The connection to Coupang failed") from None
        except requests.exceptions.RequestException:
            raise BadAnswer("An answer broke off in the middle") from None

    # --- patience ------------------------------------------------------------------------

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        doubled = min(LONGEST_WAIT, self.settings.retry_wait * 2 ** (state.attempt_number - 1))
        if isinstance(error, RateExceeded):
            if error.retry_after is not None:
                return error.retry_after
            wait = min(LONGEST_WAIT, 3 * doubled)  # "try after 3 seconds", then slower
            self._pace.hold(wait)
            return wait
        return doubled

    def _is_enough(self, state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RateExceeded):
            waited = state.seconds_since_start or 0.0
            return waited + (error.retry_after or 0.0) > self.settings.rate_patience
        if isinstance(error, GatewayTimeout):
            return state.attempt_number >= min(TIMEOUT_ATTEMPTS, self.settings.attempts)
        return state.attempt_number >= self.settings.attempts

    # --- judging an answer ---------------------------------------------------------------

    def _judged(self, response: requests.Response) -> Any:  # noqa: ANN401 - JSON
        body: Any = None
        is_json = False
        try:
            body = orjson.loads(response.content)
            is_json = True
        except orjson.JSONDecodeError:
            pass
        message = self._message(body)
        status = response.status_code
        if status == 200:
            if not is_json:
                raise BadAnswer("Coupang's answer is not JSON", status=status)
            status = code_inside(body)
            if status == 200:
                rows_of(body)
                return body
        raise self._error(status, message, is_json, response.headers)

    def _message(self, body: Any) -> str:  # noqa: ANN401 - JSON
        text = body.get("message") if isinstance(body, Mapping) else None
        return one_line(text, self.account.secrets) if isinstance(text, str) else ""

    def _error(
        self, status: int, message: str, is_json: bool, headers: Mapping[str, str]
    ) -> ApiError:
        said = f' ("{message}")' if message else ""
        details: dict[str, Any] = {"status": status, "message": message}
        if status == 401:
            skew = clock_skew(headers)
            if skew is not None and abs(skew) > TOLERATED_SKEW:
                return ClockSkewed(
                    f"The signature was refused, and this machine's clock is {abs(skew):.0f} s "
                    f"{'ahead of' if skew > 0 else 'behind'} Coupang's",
                    **details,
                )
            return KeyRefused(f"The access key is expired or wrong{said}", **details)
        if status == 403:
            if not is_json:
                return Blocked("Coupang's firewall answered with a page of its own", **details)
            if "ip" in message.lower().split():
                return AddressRefused(f"This machine's address is not allowed{said}", **details)
            return Blocked(f"Coupang refuses this vendor code{said}", **details)
        if status == 429:
            return RateExceeded(
                "Too many requests for this vendor code",
                retry_after=retry_after(headers),
                **details,
            )
        if status == 504:
            return GatewayTimeout("Coupang's gateway timed out (504)", **details)
        if status >= 500:
            return ServerTrouble(f"Coupang's server failed ({status}){said}", **details)
        if 300 <= status < 400:
            return BadAnswer(f"Coupang's server points elsewhere ({status})", **details)
        if status == 400 and "vendor" in message.lower():
            return VendorRefused(f"Coupang does not accept the vendor code{said}", **details)
        return RequestRefused(f"Coupang refused the request ({status}){said}", **details)


def code_inside(body: Any) -> int:  # noqa: ANN401 - JSON
    """The HTTP status that a body's own `code` stands for: 200 where it has none or is fine.

    Numbers in new answers, text in older ones ("200", "SUCCESS", "ERROR").
    """
    code = body.get("code") if isinstance(body, Mapping) else None
    if isinstance(code, str) and code.strip().isdigit():
        code = int(code)
    if isinstance(code, int) and not isinstance(code, bool):
        return code if code >= 400 else 200
    if code is None or code in ("", "SUCCESS", "OK"):
        return 200
    return 500


def rows_of(body: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """The rows of an answer: `data`, or the answer itself where it is a bare list.

    Lists are empty, never absent, when nothing is found (Open API docs): BadAnswer otherwise.
    """
    rows = body.get("data") if isinstance(body, dict) else body
    if not isinstance(rows, list):
        raise BadAnswer("Coupang's answer holds no list of rows")
    return rows


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header, which may be a number or a date."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def clock_skew(headers: Mapping[str, str]) -> float | None:
    """Seconds by which this machine's clock is ahead of the server's Date header."""
    try:
        there = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return (datetime.now(UTC) - there).total_seconds()
