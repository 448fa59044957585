"""The few lines after a run: what they say, and where they may go."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from analyst_file import ONE, TWO, account, day, publish
from click.testing import CliRunner

from publish.cli import commands
from publish.errors import PublishError
from publish.summary import send, slack_text, summary

NOW = datetime.fromisoformat("2026-01-07T08:00:00+09:00")
READ = datetime.fromisoformat("2026-01-06 20:10")


def file_of(path: Path, *accounts: dict, **marts: list[dict]) -> Path:
    days = [
        day(date(2026, 1, 6), 90_000, cancelled=10_000),
        day(date(2026, 1, 6), 30_000, vendor_id=TWO),
    ]
    return publish(
        path / "coupang_revenue.duckdb",
        dim_accounts=accounts
        or [
            account(last_collected_at=READ, collected_through=date(2026, 1, 6)),
            account(TWO, "둘", last_collected_at=READ, collected_through=date(2026, 1, 6)),
        ],
        **({"fct_daily_revenue": days} | marts),
    )


def test_a_good_morning_is_short(tmp_path: Path) -> None:
    assert summary(file_of(tmp_path), NOW).splitlines() == [
        "쿠팡 매출 요약 · 1월 7일(수)",
        "일반마켓 기준, 로켓그로스 제외",
        "어제 매출 110,000원 (예상 110,000원), 주문 2건, 취소·환불 10,000원",
        "  하나 8만 원",
        "  둘 3만 원",
        "모든 계정이 정상입니다.",
    ]


def test_who_needs_a_person_is_named(tmp_path: Path) -> None:
    text = summary(
        file_of(
            tmp_path,
            account(
                last_collected_at=READ - timedelta(days=2),
                collected_through=date(2026, 1, 4),
                last_error="The access key is expired.",
                key_expires_on=date(2026, 1, 6),
            ),
            account(TWO, "둘", last_collected_at=READ, key_expires_on=date(2026, 1, 16)),
            fct_daily_revenue=[day(date(2026, 1, 6), None)],
        ),
        NOW,
    )

    assert text.splitlines()[2:] == [
        "어제 자료가 없습니다.",
        "어제가 수집되지 않은 계정: 하나",
        "오류가 난 계정 하나: The access key is expired.",
        "키 만료됨: 하나",
        "키 만료 9일 전: 둘",
        "이틀 넘게 수집되지 않은 계정: 하나",
    ]


def test_what_was_restated_since_yesterday_is_told(tmp_path: Path) -> None:
    change = {
        "restatement_key": "1",
        "vendor_id": ONE,
        "account_name": "하나",
        "payment_date": date(2026, 1, 5),
        "restated_at": READ,
        "previous_revenue_krw": 13_000,
        "revenue_krw": 0,
        "change_krw": -13_000,
        "change_from_payments_krw": 0,
        "change_from_cancellations_krw": -13_000,
        "change_from_coupons_krw": 0,
    }
    older = change | {"restatement_key": "2", "restated_at": READ - timedelta(days=1)}

    text = summary(file_of(tmp_path, fct_revenue_restatements=[change, older]), NOW, "en")

    assert (
        "Restated since yesterday: 1 account days, −₩13,000 in all (cancellations −₩13,000)" in text
    )


def test_an_account_that_was_unlinked_needs_nobody(tmp_path: Path) -> None:
    gone = account(is_linked=False, last_error="x", key_expires_on=date(2026, 1, 1))

    assert summary(file_of(tmp_path, gone), NOW).endswith("모든 계정이 정상입니다.")


# --- sending -------------------------------------------------------------------------------------


class Receiver(ThreadingHTTPServer):
    """An https server of this machine that keeps what it is sent."""

    status = 200
    location = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[dict] = []


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    authority = trustme.CA()
    certificates = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(certificates))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = Receiver()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def address(receiver: Receiver, path: str = "T0/S3cret") -> str:
    return f"https://localhost:{receiver.server_port}/services/{path}"


def test_a_webhook_gets_what_slack_understands(receiver: Receiver) -> None:
    assert send(address(receiver), "매출 <1> & 2") is None
    assert receiver.bodies == [{"text": "매출 &lt;1&gt; &amp; 2"}]


@pytest.mark.parametrize("url", ["http://localhost/services/S3cret", "ftp://x/S3cret", "S3cret"])
def test_only_https_is_posted_to(url: str) -> None:
    trouble = send(url, "text")

    assert trouble is not None
    assert "not an https address" in trouble
    assert "S3cret" not in trouble


def test_a_refusal_is_told_without_the_address(receiver: Receiver) -> None:
    receiver.status = 410

    assert send(address(receiver), "text") == "the webhook answered 410"


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.location = 307, address(receiver, "elsewhere")

    assert send(address(receiver), "text") == "the webhook answered 307"
    assert len(receiver.bodies) == 1


def test_nobody_there_is_told_without_the_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    trouble = send(f"https://localhost:{port}/services/S3cret", "text")

    assert trouble == "the webhook could not be reached (ConnectionError)"


def test_an_untrusted_receiver_gets_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")

    assert send(address(receiver), "text") == "the webhook could not be reached (SSLError)"
    assert receiver.bodies == []


def test_a_name_mentions_nobody_in_slack() -> None:
    assert slack_text("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COUPANG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COUPANG_AS_OF", NOW.isoformat())
    file_of(tmp_path)
    return tmp_path


def test_the_command_prints_writes_and_posts(
    data: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLISH__WEBHOOK_URL", address(receiver))

    done = CliRunner().invoke(commands, ["summary", "--out", str(data / "out" / "summary.txt")])

    assert done.exit_code == 0, done.output
    assert "어제 매출 110,000원" in done.stdout
    assert (data / "out" / "summary.txt").read_text(encoding="utf-8") == done.stdout
    assert "어제 매출 110,000원" in receiver.bodies[0]["text"]


@pytest.mark.usefixtures("data")
def test_failing_to_post_fails_nothing(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver.status = 500
    monkeypatch.setenv("PUBLISH__WEBHOOK_URL", address(receiver))

    done = CliRunner().invoke(commands, ["summary"])

    assert done.exit_code == 0
    assert "warning: the summary was not sent: the webhook answered 500" in done.stderr
    assert "S3cret" not in done.output


@pytest.mark.usefixtures("data")
def test_nothing_is_posted_where_no_webhook_is_configured_or_wanted(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CliRunner().invoke(commands, ["summary"]).exit_code == 0
    monkeypatch.setenv("PUBLISH__WEBHOOK_URL", address(receiver))
    assert CliRunner().invoke(commands, ["summary", "--no-send"]).exit_code == 0

    assert receiver.bodies == []


def test_without_a_published_file_there_is_nothing_to_say(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="There is no"):
        summary(tmp_path / "coupang_revenue.duckdb", NOW)
