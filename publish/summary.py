"""A short summary for people, after a run: to the terminal, to a file, to a webhook.

It holds revenue and account names, so it goes only where the user sends it: a webhook has to be
configured, has to be https, and is a secret (whoever has the address can post). Failing to send is
told and fails nothing: the numbers are published already.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import requests

from publish import queries, sections
from publish.errors import PublishError
from publish.in_words import error_in_words
from publish.published import connect
from publish.queries import Period
from publish.texts import Language, Said, ShortWon, Won, said, write

BEHIND_AFTER = timedelta(days=2)
MOST_ACCOUNTS = 10
SECONDS = 10.0


def summary(file: Path, now: datetime, language: Language = "ko") -> str:
    """The summary as plain text, a line each: yesterday, restatements since, who needs a person.

    `now` is an instant; yesterday is the Korean day before it. PublishError where there is no
    published file.
    """
    with connect(file) as con:
        today = sections.korean_day(now)
        lines = [
            said("summary.title", day=today),
            said("page.market"),
            *_yesterday(con, today - timedelta(days=1)),
            *_restated(con, now),
            *_accounts(con, now),
        ]
    return "\n".join(write(line, language) for line in lines)


def _yesterday(con: duckdb.DuckDBPyConnection, day: date) -> list[Said]:
    period = Period(day, day)
    in_all = queries.totals(con, period)
    lines: list[Said] = []
    if in_all["revenue_krw"] is None:
        lines.append(said("summary.nothing"))
    else:
        lines.append(
            said(
                "summary.yesterday",
                revenue=Won(in_all["revenue_krw"]),
                expected=Won(in_all["expected_revenue_krw"]),
                orders=in_all["order_count"],
                cancelled=Won(in_all["cancelled_krw"]),
            )
        )
        accounts = [
            row for row in queries.revenue_by_account(con, period) if row["revenue_krw"] is not None
        ]
        if len(accounts) > 1:
            shown, others = accounts[:MOST_ACCOUNTS], accounts[MOST_ACCOUNTS:]
            lines += [
                said(
                    "summary.account",
                    account=row["account_name"],
                    revenue=ShortWon(row["revenue_krw"]),
                )
                for row in shown
            ]
            if others:
                rest = sum(row["revenue_krw"] for row in others)
                lines.append(said("summary.other_accounts", n=len(others), revenue=ShortWon(rest)))
    if in_all["missing_accounts"]:
        lines.append(
            said(
                "summary.yesterday_missing",
                accounts=sections.account_names(in_all["missing_accounts"]),
            )
        )
    return lines


def _restated(con: duckdb.DuckDBPyConnection, now: datetime) -> list[Said]:
    since = now.astimezone(UTC).replace(tzinfo=None) - timedelta(days=1)
    found = queries.restatement_totals(con, since)
    if not found["account_days"]:
        return []
    return [
        said(
            "summary.restated",
            days=found["account_days"],
            change=Won(found["change_krw"], signed=True),
            parts=sections.parts_of(found),
        )
    ]


def _accounts(con: duckdb.DuckDBPyConnection, now: datetime) -> list[Said]:
    lines: list[Said] = []
    behind: list[str] = []
    for row in queries.accounts(con, sections.korean_day(now)):
        if not row["is_linked"]:
            continue
        name, left, read_at = row["account_name"], row["key_days_left"], row["last_collected_at"]
        if row["last_error"]:
            lines.append(
                said("summary.failed", account=name, error=error_in_words(row["last_error"]))
            )
        if left is not None and left < 0:
            lines.append(said("summary.key_expired", account=name))
        elif left is not None and left <= sections.KEY_WARNING_DAYS:
            lines.append(said("summary.key", account=name, n=left))
        if read_at is None or now - read_at.replace(tzinfo=UTC) > BEHIND_AFTER:
            behind.append(name)
    if behind:
        lines.append(said("summary.behind", accounts=sections.account_names(behind, most=10)))
    return lines or [said("summary.all_good")]


# --- sending -------------------------------------------------------------------------------------


def check_webhook(url: str) -> None:
    """PublishError unless it is an https address; the address itself is never repeated."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise PublishError(
            "publish.webhook_url is not an https address",
            remedy="Give the address that Slack (or what speaks like it) made for you.",
        )


def send(url: str, text: str) -> str | None:
    """Posts the text as Slack-compatible JSON; what went wrong in words, None where nothing did.

    Never raises and never names the address: it is a secret, and this ends in logs.
    """
    try:
        check_webhook(url)
        answer = requests.post(
            url,
            json={"text": slack_text(text)},
            timeout=SECONDS,
            # a redirect would carry the numbers to somebody who was not chosen
            allow_redirects=False,
        )
    except PublishError as error:
        return str(error)
    except (requests.RequestException, ValueError) as error:
        # the message of these holds the address
        return f"the webhook could not be reached ({type(error).__name__})"
    if answer.status_code // 100 != 2:
        return f"the webhook answered {answer.status_code}"
    return None


def slack_text(text: str) -> str:
    """Slack reads &, < and > as its own marks: an account's name must never mention everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
