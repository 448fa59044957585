"""The server: the gateway's checks, the endpoints, the faults, and a thread that runs them."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from . import errors, listings, signature
from .encoding import encoded, sheet
from .errors import ApiError, bad_request, gateway
from .faults import Answer, Faults
from .listings import Call
from .moments import Moment, moment
from .rate import Quota, peak
from .world import Account, World

OPENAPI = "/v2/providers/openapi/apis/api"
V4, V5, V6 = (f"{OPENAPI}/{version}/vendors/{{vendor}}" for version in ("v4", "v5", "v6"))
SETTLEMENTS = "/v2/providers/marketplace_openapi/apis/api/v1/settlement-histories"

ENDPOINTS: tuple[tuple[str, str, Callable[[Call], Any]], ...] = (
    ("GET", f"{V5}/ordersheets", listings.order_sheets),
    ("GET", f"{V5}/ordersheets/{{box}}", listings.sheet_of_box),
    ("GET", f"{V5}/{{order}}/ordersheets", listings.sheets_of_order),
    ("GET", f"{V6}/returnRequests", listings.return_requests),
    ("GET", f"{V6}/returnRequests/{{receipt}}", listings.one_receipt),
    ("GET", f"{V4}/returnWithdrawRequests", listings.withdrawals),
    ("POST", f"{V4}/returnWithdrawList", listings.withdrawals_by_id),
    ("GET", f"{V4}/exchangeRequests", listings.exchanges),
    ("GET", f"{OPENAPI}/v1/revenue-history", listings.revenue_history),
    ("GET", SETTLEMENTS, listings.settlement_histories),
)


@dataclass(slots=True)
class Request:
    """A request as it came in; `status` is 0 until it is answered.

    time: seconds since the epoch. vendor_id: of the key (of the path, where no key is known).
    query: as sent, still encoded.
    """

    time: float
    vendor_id: str | None
    method: str
    path: str
    query: str
    status: int = 0


class _Protocol(H11Protocol):
    """Hands the connection to the application, so that a fault can reset it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Uvicorn(uvicorn.Server):
    """Ends when it is told to, and not at the next of its ticks: tests start hundreds of these."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._told.wait()

    def end(self) -> None:
        """From another thread."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._told.set)


class _Reset(Response):
    """Sends a part of the body and resets the connection (RST, not an orderly end)."""

    def __init__(self, answer: Answer, share: float) -> None:
        super().__init__(answer.body, answer.status, media_type=answer.content_type)
        self._sent = answer.body[: int(len(answer.body) * share)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        start = {"type": "http.response.start", "status": self.status_code}
        await send(start | {"headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._sent, "more_body": True})
        transport = scope["state"]["transport"]
        at_once = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        transport.abort()


class SandboxServer:
    """Coupang's Open API for a world, on this machine; a context manager.

    as_of: the moment the answers are of; None: the machine's clock, at each request.
    requests_per_second: the quota of a vendor code (429 beyond it); None or 0: no limit.
    latency: seconds before each answer.
    max_skew: how far the signed date may be from the machine's clock (+ clock_offset).
    orders_by: the time by which the order listing filters; which one Coupang takes is unknown.
    tokens: "cursor", or "offset": rows that leave meanwhile shift the following pages.
    vendor_mismatch: the status where a key asks for another vendor code; what Coupang says then is
    not documented for each listing: 400 "Invalid vendor ID" (default), 401 or 403.
    certificate: a PEM file with a certificate and its key; then it speaks https, as Coupang does.

    crashes: mistakes of the sandbox itself (the client saw a 500); leaving the context raises them.

    Change the world between requests or in `on_request`, not while requests are under way.
    """

    def __init__(
        self,
        world: World,
        *,
        as_of: Moment | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        requests_per_second: float | None = 5,
        latency: float = 0.0,
        max_skew: timedelta = timedelta(minutes=5),
        orders_by: Literal["ordered_at", "paid_at"] = "ordered_at",
        tokens: Literal["cursor", "offset"] = "cursor",
        vendor_mismatch: Literal[400, 401, 403] = 400,
        certificate: Path | None = None,
    ) -> None:
        self.world = world
        self.as_of = as_of
        self.quota = Quota(requests_per_second)
        self.latency = latency
        self.max_skew = max_skew
        self.clock_offset = timedelta()
        self.orders_by: Literal["ordered_at", "paid_at"] = orders_by
        self.tokens = tokens
        self.vendor_mismatch = vendor_mismatch
        self.faults = Faults()
        self.requests: list[Request] = []
        self.on_request: Callable[[Request], None] | None = None
        self.crashes: list[BaseException] = []
        self._host = host
        self._port = port
        self._certificate = certificate
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._uvicorn: _Uvicorn | None = None

    # --- running ---------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        scheme = "https" if self._certificate else "http"
        return f"{scheme}://{self._host}:{self._port}"

    @property
    def as_of(self) -> datetime | None:
        """The moment the answers are of; None: the machine's clock."""
        return self._as_of

    @as_of.setter
    def as_of(self, value: Moment | None) -> None:
        self._as_of = None if value is None else moment(value).astimezone(UTC)

    def now(self) -> datetime:
        """What counts as now."""
        return self._as_of or datetime.now(UTC)

    def prepare(self) -> None:
        """Encodes every sheet as of now, so that the first pages are as quick as later ones."""
        when = self.now()
        for account in self.world.accounts.values():
            for box in account.boxes.values():
                if box.since <= when:
                    sheet(box, when, self.world.canary)

    def peak_rate(self, vendor_id: str) -> int:
        """The most requests of a vendor code that came within one second."""
        return peak([each.time for each in self.requests if each.vendor_id == vendor_id])

    def start(self) -> Self:
        """Listens and serves in a thread."""
        # Named as TCP: asyncio then sets TCP_NODELAY, and small answers leave at once.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((self._host, self._port))
        self._socket.listen(128)
        self._port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            self._app(),
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            ssl_certfile=self._certificate,
            timeout_graceful_shutdown=1,
        )
        self._uvicorn = _Uvicorn(config)
        self._thread = threading.Thread(
            target=self._uvicorn.run, kwargs={"sockets": [self._socket]}, daemon=True
        )
        self._thread.start()
        while not self._uvicorn.started:
            if not self._thread.is_alive():
                raise RuntimeError("the sandbox server did not start")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Stops serving; requests under way get a second to end."""
        if self._uvicorn is not None and self._thread is not None:
            self._uvicorn.end()
            self._thread.join()
        if self._socket is not None:
            self._socket.close()

    def wait(self) -> None:
        """Serves until the thread ends (or Ctrl-C)."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(timeout=0.5)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        # A client that retries would hide a mistake of the sandbox as a fault of the network.
        if self.crashes and error is None:
            raise RuntimeError("the sandbox itself failed") from self.crashes[0]

    # --- answering -------------------------------------------------------------------------

    def _app(self) -> Starlette:
        routes = [Route("/_sandbox/as_of", self._control, methods=["GET", "POST"])]
        routes += [
            Route(path, self._serving(answer), methods=[method])
            for method, path, answer in ENDPOINTS
        ]
        routes.append(Route("/{rest:path}", self._serving(None), methods=["GET", "POST", "PUT"]))
        return Starlette(routes=routes)

    async def _control(self, request: HttpRequest) -> Response:
        """Tells the sandbox's moment, or sets it: {"as_of": ISO text, or null for the clock}."""
        if request.method == "POST":
            try:
                self.as_of = (await request.json())["as_of"]
            except (ValueError, KeyError, TypeError) as error:
                return JSONResponse({"message": f"as_of: {error}"}, 400)
        return JSONResponse({"as_of": self.now().isoformat()})

    def _serving(
        self, answer_of: Callable[[Call], Any] | None
    ) -> Callable[[HttpRequest], Awaitable[Response]]:
        async def serve(request: HttpRequest) -> Response:
            try:
                return await self._serve(request, answer_of)
            except Exception as error:
                self.crashes.append(error)
                raise

        return serve

    async def _serve(self, http: HttpRequest, answer_of: Callable[[Call], Any] | None) -> Response:
        arrived = time.monotonic()
        raw_path: bytes = http.scope["raw_path"]
        query: bytes = http.scope["query_string"]
        access_key = signature.access_key_of(http.headers.get("authorization"))
        known = None if access_key is None else self.world.key(access_key)
        vendor_id = http.path_params.get("vendor") if known is None else known[0].vendor_id
        request = Request(
            time.time(), vendor_id, http.method, raw_path.decode("ascii"), query.decode("ascii")
        )
        self.requests.append(request)
        if self.on_request is not None:
            self.on_request(request)
        body = await http.body()
        planned = self.faults.due(vendor_id, request.path, request.query)
        fault = None if planned is None else planned.fault
        answer = None if fault is None else fault.instead()
        if answer is None:
            answer = self._answer(http, request, arrived, body, answer_of)
            changed = None if fault is None else fault.change(answer)
            if changed is None:
                planned = None
            else:
                answer = changed
        if planned is not None:
            planned.applied += 1
        delay = self.latency + (0.0 if fault is None else fault.delay)
        if delay:
            await asyncio.sleep(delay)
        request.status = answer.status
        if fault is not None and fault.cut_after is not None:
            return _Reset(answer, fault.cut_after)
        headers = {"Date": format_datetime(self._clock(), usegmt=True), **answer.headers}
        return Response(answer.body, answer.status, headers, answer.content_type)

    def _answer(
        self,
        http: HttpRequest,
        request: Request,
        arrived: float,
        body: bytes,
        answer_of: Callable[[Call], Any] | None,
    ) -> Answer:
        try:
            account = self._admitted(http, request, arrived)
            if answer_of is None:
                raise ApiError(404, {"code": 404, "message": "Not Found"})
            self._check_vendor(account, http.path_params.get("vendor"))
            call = Call(
                account=account,
                params=dict(parse_qsl(request.query, keep_blank_values=True)),
                path=http.path_params,
                now=self.now(),
                body=body,
                orders_by=self.orders_by,
                by_offset=self.tokens == "offset",
            )
            shown = answer_of(call)
            return Answer(200, shown if isinstance(shown, bytes) else encoded(shown))
        except ApiError as error:
            return Answer(error.status, encoded(error.body))

    def _admitted(self, http: HttpRequest, request: Request, arrived: float) -> Account:
        """What the gateway checks: signature, key, address, quota."""
        header = http.headers.get("authorization")
        access_key = signature.access_key_of(header)
        known = None if access_key is None else self.world.key(access_key)
        if known is None:
            raise gateway(
                401,
                "HMAC format is invalid."
                if header and access_key is None
                else "Request is not authorized.",
            )
        account, key = known
        target = request.path + (f"?{request.query}" if request.query else "")
        signature.check(
            header, request.method, target.encode(), key.secret_key, self._clock(), self.max_skew
        )
        if not key.is_good_at(self.now()):
            raise gateway(401, "Request is not authorized.")
        address = http.client.host if http.client else ""
        if account.allowed_ips is not None and address not in account.allowed_ips:
            raise gateway(403, errors.ip_not_allowed(address))
        if not self.quota.take(account.vendor_id, arrived):
            raise gateway(429, errors.TOO_MANY)
        return account

    def _check_vendor(self, account: Account, vendor_id: str | None) -> None:
        if vendor_id is None or vendor_id == account.vendor_id:
            return
        if self.vendor_mismatch == 400:
            raise bad_request(errors.INVALID_VENDOR)
        raise gateway(self.vendor_mismatch, "Request is not authorized.")

    def _clock(self) -> datetime:
        return datetime.now(UTC) + self.clock_offset
