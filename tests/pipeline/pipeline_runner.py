"""A data folder of its own, and the two commands that fill it, as users run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from extract.sandbox import Account

ROOT = Path(__file__).parents[2]
START_DATE = "2026-01-01"


@dataclass
class Pipeline:
    """Extract and build against a sandbox; every command is a process of its own."""

    data_dir: Path
    url: str
    accounts: list[Account]
    env: dict[str, str] = field(default_factory=dict)
    snapshots: dict[str, Path] = field(default_factory=dict)
    output: list[str] = field(default_factory=list)

    def environment(self, as_of: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
        configured = [
            {
                "name": account.name,
                "vendor_id": account.vendor_id,
                "access_key": account.key.access_key,
                "secret_key": account.key.secret_key,
                "start_date": START_DATE,
            }
            for account in self.accounts
        ]
        return {
            **os.environ,
            "COUPANG_DATA_DIR": str(self.data_dir),
            "COUPANG_AS_OF": as_of,
            "SOURCES__COUPANG__BASE_URL": self.url,
            "SOURCES__COUPANG__ACCOUNTS": json.dumps(configured, ensure_ascii=False),
            "SOURCES__COUPANG__REQUESTS_PER_SECOND": "5",
            "DBT_PROFILES_DIR": str(ROOT),
            "DBT_TARGET_PATH": str(self.data_dir / "target"),
            "DBT_LOG_PATH": str(self.data_dir / "logs"),
            **self.env,
            **(more or {}),
        }

    def run(self, as_of: str, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*command],
            cwd=ROOT,
            env=self.environment(as_of, more),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        self.output.append(done.stdout + done.stderr)
        return done

    def extract(self, as_of: str, *arguments: str, **more: str) -> int:
        """`python -m extract run`; its exit status."""
        done = self.run(as_of, sys.executable, "-m", "extract", "run", *arguments, **more)
        assert "Traceback" not in done.stderr, done.stderr[-3000:]
        return done.returncode

    def build(
        self,
        as_of: str,
        *arguments: str,
        command: str = "build",
        project: Path = ROOT / "dbt_project",
        **more: str,
    ) -> int:
        """`dbt build` (or another command) without the unit tests; its exit status."""
        dbt = str(Path(sys.executable).parent / "dbt")
        if command == "build":
            arguments = ("--exclude-resource-type", "unit_test", *arguments)
        done = self.run(as_of, dbt, command, "--project-dir", str(project), *arguments, **more)
        return done.returncode

    def day(self, as_of: str, **more: str) -> None:
        """A day's run: extract, build, and a copy of the warehouse kept under that moment."""
        assert self.extract(as_of, **more) == 0, self.output[-1][-3000:]
        assert self.build(as_of, **more) == 0, self.output[-1][-3000:]
        folder = self.data_dir.parent / f"snapshot_{len(self.snapshots)}"
        folder.mkdir()
        self.snapshots[as_of] = self.keep(folder)

    def keep(self, folder: Path) -> Path:
        """Copies the warehouse to `folder`."""
        return Path(shutil.copy(self.data_dir / "warehouse.duckdb", folder / "warehouse.duckdb"))

    def rows(self, sql: str, as_of: str | None = None) -> list[tuple[Any, ...]]:
        """What a query finds in the warehouse, or in the copy kept of a day."""
        path = self.snapshots[as_of] if as_of else self.data_dir / "warehouse.duckdb"
        with duckdb.connect(str(path), read_only=True) as con:
            return con.execute(sql).fetchall()

    def one(self, sql: str, as_of: str | None = None) -> Any:  # noqa: ANN401 - a value of any type
        """The single value that a query finds."""
        ((value,),) = self.rows(sql, as_of)
        return value

    def revenue(self, account: Account, day: str, as_of: str | None = None) -> int | None:
        """revenue_krw of an account and payment day."""
        return self.one(
            "select revenue_krw from marts.fct_daily_revenue"
            f" where vendor_id = '{account.vendor_id}' and payment_date = '{day}'",
            as_of,
        )

    def status(self, account: Account, day: str, as_of: str | None = None) -> str:
        """data_status of an account and payment day."""
        return self.one(
            "select data_status from marts.fct_daily_revenue"
            f" where vendor_id = '{account.vendor_id}' and payment_date = '{day}'",
            as_of,
        )

    def marts(self, as_of: str | None = None) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all marts, sorted, for comparing two warehouses."""
        names = self.rows(
            "select table_name from information_schema.tables"
            " where table_schema = 'marts' order by table_name",
            as_of,
        )
        every = "select * from marts.{} order by all"
        return {name: self.rows(every.format(name), as_of) for (name,) in names}
