"""A client for the sandbox's own tests: it signs for itself, and knows nothing of the extractor."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import requests

from extract.sandbox import Account, SandboxServer


@dataclass
class Caller:
    """Asks a sandbox server for an account, with its keys or those of another one."""

    server: SandboxServer
    account: Account
    keys_of: Account | None = None
    secret: str | None = None
    signed_at: datetime | None = None

    @property
    def vendor_path(self) -> str:
        return f"/vendors/{self.account.vendor_id}"

    def headers(self, method: str, path: str, query: str) -> dict[str, str]:
        date = (self.signed_at or datetime.now(UTC)).strftime("%y%m%dT%H%M%SZ")
        key = (self.keys_of or self.account).key
        secret = (self.secret or key.secret_key).encode()
        signature = hmac.new(secret, f"{date}{method}{path}{query}".encode(), hashlib.sha256)
        return {
            "Authorization": "CEA algorithm=HmacSHA256, "
            f"access-key={key.access_key}, signed-date={date}, signature={signature.hexdigest()}"
        }

    def get(self, path: str, **params: object) -> requests.Response:
        return self.get_as_sent(path, urlencode(params))

    def get_as_sent(self, path: str, query: str) -> requests.Response:
        headers = self.headers("GET", path, query)
        return requests.get(f"{self.server.url}{path}?{query}", headers=headers, timeout=10)

    def post(self, path: str, body: object) -> requests.Response:
        headers = self.headers("POST", path, "")
        return requests.post(f"{self.server.url}{path}", json=body, headers=headers, timeout=10)

    # --- the listings, with what they usually need -----------------------------------------

    def sheets(self, status: str = "ACCEPT", **params: object) -> requests.Response:
        usual = {"createdAtFrom": "2026-01-01+09:00", "createdAtTo": "2026-01-31+09:00"}
        path = f"/v2/providers/openapi/apis/api/v5{self.vendor_path}/ordersheets"
        return self.get(path, **usual | {"status": status} | params)

    def sheet_of_box(self, box_id: int) -> requests.Response:
        return self.get(f"/v2/providers/openapi/apis/api/v5{self.vendor_path}/ordersheets/{box_id}")

    def sheets_of_order(self, order_id: int) -> requests.Response:
        return self.get(
            f"/v2/providers/openapi/apis/api/v5{self.vendor_path}/{order_id}/ordersheets"
        )

    def returns(self, **params: object) -> requests.Response:
        usual = {"createdAtFrom": "2026-01-05", "createdAtTo": "2026-02-04"}
        path = f"/v2/providers/openapi/apis/api/v6{self.vendor_path}/returnRequests"
        return self.get(path, **usual | params)

    def receipt(self, receipt_id: int) -> requests.Response:
        path = f"/v2/providers/openapi/apis/api/v6{self.vendor_path}/returnRequests/{receipt_id}"
        return self.get(path)

    def withdrawals(self, **params: object) -> requests.Response:
        usual = {"dateFrom": "2026-01-05", "dateTo": "2026-01-11"}
        path = f"/v2/providers/openapi/apis/api/v4{self.vendor_path}/returnWithdrawRequests"
        return self.get(path, **usual | params)

    def exchanges(self, **params: object) -> requests.Response:
        usual = {"createdAtFrom": "2026-01-05T00:00:00", "createdAtTo": "2026-01-12T00:00:00"}
        path = f"/v2/providers/openapi/apis/api/v4{self.vendor_path}/exchangeRequests"
        return self.get(path, **usual | params)

    def sales(self, **params: object) -> requests.Response:
        usual = {
            "vendorId": self.account.vendor_id,
            "recognitionDateFrom": "2026-01-10",
            "recognitionDateTo": "2026-02-09",
            "token": "",
        }
        return self.get("/v2/providers/openapi/apis/api/v1/revenue-history", **usual | params)

    def settlements(self, month: str = "2026-01", **params: object) -> requests.Response:
        path = "/v2/providers/marketplace_openapi/apis/api/v1/settlement-histories"
        return self.get(path, revenueRecognitionYearMonth=month, **params)

    def all_sheets(self, status: str = "ACCEPT", **params: object) -> list[dict[str, Any]]:
        """Every row of the listing, page by page."""
        rows: list[dict[str, Any]] = []
        token = ""
        while True:
            page = self.sheets(status, nextToken=token, **params).json()
            rows += page["data"]
            token = page["nextToken"]
            if not token:
                return rows
