"""The commands: exit status, one-line errors, and the linking of accounts."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import dlt  # noqa: F401 - its container exists once it is imported
import duckdb
import pytest
from click.testing import CliRunner, Result
from dlt.common.configuration.container import Container
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from extract_world import environment, raw

from extract import accounts_cli
from extract.cli import main
from extract.sandbox import Account, SandboxServer, access_denied, ip_refused, item, unauthorized

Command = Callable[..., Result]
ROOT = Path(__file__).parents[2]

SECRETS = """\
# Our two shops. Ask Minji before changing anything here.
[sources.coupang]
start_date = "2026-01-01"  # all of them

[[sources.coupang.accounts]]
name = "first"
vendor_id = "A00000001"   # 업체코드
access_key = "sandbox-access-a00000001"
secret_key = "sandbox-secret-a00000001"
group = "agency 7"

# the other one
[[sources.coupang.accounts]]
name = "second"
vendor_id = "A00000002"
access_key = "sandbox-access-a00000002"
secret_key = "sandbox-secret-a00000002"
key_expires_on = 2026-01-20
"""


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder's secrets.toml with two accounts."""
    file = tmp_path / "project" / ".dlt" / "secrets.toml"
    file.parent.mkdir(parents=True)
    file.write_text(SECRETS)
    file.chmod(0o600)
    monkeypatch.setenv("DLT_PROJECT_DIR", str(file.parent.parent))
    monkeypatch.delenv("SOURCES__COUPANG__ACCOUNTS", raising=False)
    return file


@pytest.fixture
def second(server: SandboxServer, seller: Account) -> Account:  # noqa: ARG001 - the first one
    return server.world.add_account("A00000002")


@pytest.fixture
def command(
    server: SandboxServer,
    seller: Account,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Command:
    """Runs a command in this process, told of the sandbox by the environment."""
    for name, value in environment(server, [seller], folder).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, keys: Account | None = None, **options: Any) -> Result:  # noqa: ANN401
        for name in ("ACCESS_KEY", "SECRET_KEY"):
            monkeypatch.delenv(f"COUPANG_{name}", raising=False)
        if keys:
            monkeypatch.setenv("COUPANG_ACCESS_KEY", keys.key.access_key)
            monkeypatch.setenv("COUPANG_SECRET_KEY", keys.key.secret_key)
        Container()[PluggableRunContext].reload_providers()
        result = CliRunner().invoke(main, list(arguments), **options)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert "Traceback" not in result.output
        assert "sandbox-secret" not in result.output
        return result

    return run


@pytest.fixture
def linked_in_file(command: Command, secrets: Path, second: Account) -> Command:  # noqa: ARG001
    return command


def error_line(result: Result, status: int = 2) -> str:
    """The one line a failed command says."""
    assert result.exit_code == status, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, result.output
    return lines[0]


# --- run --------------------------------------------------------------------------------------


def test_a_run_ends_with_a_table_and_status_0(command: Command, seller: Account) -> None:
    seller.order("2026-01-05 10:00")
    result = command("run")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["account", "listing", "window", "requests", "rows", "seconds"]
    sheets = next(line for line in lines if "order_sheets" in line).split()
    assert sheets[:5] == ["shop-1", "order_sheets", "2026-01-01", "-", "2026-01-10"]
    assert sheets[5:7] == ["6", "1"]


def test_a_failed_account_is_status_1_and_says_what_to_do(
    command: Command, server: SandboxServer
) -> None:
    server.faults.add(unauthorized(), times=None)
    result = command("run")
    assert result.exit_code == 1
    assert "shop-1: The access key is expired or wrong" in result.stderr
    assert "accounts relink" in result.stderr


def test_unknown_fields_and_malformed_values_are_named_once_in_a_warning(
    command: Command, seller: Account
) -> None:
    for hour in (10, 11):
        seller.order(f"2026-01-0{hour - 9} 10:00", item(raw={"shippingCount": "two"}))
    stderr = command("run").stderr
    assert stderr.count("not documented, not kept: order_sheets.orderItems.undocumentedNote") == 1
    assert stderr.count("order_sheet_items.shipping_count (") == 1
    assert "two" not in stderr


def test_log_lines_can_be_json(command: Command, seller: Account) -> None:
    seller.order("2026-01-05 10:00")
    result = command("run", "--log-format", "json")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    sheets = next(event for event in events if event.get("listing") == "order_sheets")
    assert (sheets["account"], sheets["rows"], sheets["level"]) == ("shop-1", 1, "info")
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--account", "nobody"], "No account is named 'nobody'"),
        (["--shard", "5/4"], "'5/4' is no shard. Write 1/4, 2/4, 3/4 and 4/4 for four of them."),
        (["--account", "shop-1", "--shard", "1/4"], "--account and --shard. Give one of them."),
        (["--to", "2026-01-05"], "--to without --from"),
        (["--from", "2026-01-05", "--to", "2026-01-04"], "--to lies before --from"),
    ],
)
def test_a_run_that_makes_no_sense_is_status_2(
    command: Command, arguments: list[str], says: str
) -> None:
    assert says in error_line(command("run", *arguments))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("COUPANG_AS_OF", "2026-01-10", "COUPANG_AS_OF"),
        ("COUPANG_AS_OF", "yesterday", "COUPANG_AS_OF"),
        ("SOURCES__COUPANG__BASE_URL", "http://example.com", "base_url must be https"),
        ("SOURCES__COUPANG__REQUESTS_PER_SECOND", "fast", "requests_per_second"),
        ("SOURCES__COUPANG__REQUESTS_PER_SECOND", "0", "requests_per_second"),
        ("SOURCES__COUPANG__START_DATE", "1.1.2026", "start_date"),
        ("SOURCES__COUPANG__ACCOUNTS", "[]", "No account is linked"),
        ("SOURCES__COUPANG__ACCOUNTS", "[{", "accounts"),
        ("SOURCES__COUPANG__ACCOUNTS", '["sandbox-secret"]', "account 1"),
        ("SOURCES__COUPANG__ACCOUNTS", '[{"name": "x"}]', "vendor_id"),
    ],
)
def test_bad_configuration_is_status_2_and_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    assert says in error_line(command("run"))


@contextmanager
def opened_elsewhere(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program that has the warehouse open until its input ends."""
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "warehouse.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "open\n"
        yield other


def test_a_warehouse_open_elsewhere_is_status_2_and_names_the_program(
    command: Command, folder: Path
) -> None:
    with opened_elsewhere(folder) as other:
        line = error_line(command("run"))
    assert "open in another program" in line
    assert str(other.pid) in line


def test_a_run_waits_for_a_program_that_closes_the_warehouse(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUPANG_LOCK_WAIT", "30")
    with opened_elsewhere(folder) as other:
        closing = threading.Timer(1.0, other.stdin.close)
        closing.start()
        assert command("run").exit_code == 0
        closing.join()


@pytest.mark.parametrize("text", ["soon", "-1", "nan"])
def test_a_wait_that_is_none_is_named(
    command: Command, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("COUPANG_LOCK_WAIT", text)
    assert "COUPANG_LOCK_WAIT" in error_line(command("run"))


def test_a_file_that_is_no_warehouse_is_status_2(command: Command, folder: Path) -> None:
    (folder / "warehouse.duckdb").write_bytes(b"not a database" * 1000)
    assert "warehouse.duckdb could not be used" in error_line(command("run"))


def test_a_read_only_data_folder_is_status_2(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    command = [sys.executable, "-m", "extract", "run"]
    if os.geteuid() == 0:  # root may write everywhere, unless it gives that up
        without = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={without}", "--", *command]
    folder.chmod(0o500)
    done = subprocess.run(
        command,
        env={**os.environ, **environment(server, [seller], folder)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_is_a_file_is_status_2(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("COUPANG_DATA_DIR", str(tmp_path / "file"))
    assert "cannot be written" in error_line(command("run"))


def test_the_data_folder_is_the_owners_only(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUPANG_DATA_DIR", str(tmp_path / "new" / "data"))
    assert command("run").exit_code == 0
    assert stat.S_IMODE((tmp_path / "new" / "data").stat().st_mode) == 0o700


def test_an_ending_key_is_warned_about_by_a_run(
    linked_in_file: Command, server: SandboxServer
) -> None:
    server.as_of = "2026-01-10T09:00:00+09:00"
    result = linked_in_file("run", "--account", "first")
    assert "second: its key is good for 10 days" in result.stderr


def test_a_broken_secrets_file_is_one_line_and_stays_as_it_is(secrets: Path) -> None:
    # In a process of its own: dlt reads the file while it is imported.
    broken = SECRETS.replace('name = "second"', 'name = "sandbox-secret')
    secrets.write_text(broken)
    root = Path(accounts_cli.__file__).resolve().parent.parent
    environ = {k: v for k, v in os.environ.items() if not k.startswith("SOURCES__")}
    ended = subprocess.run(
        [sys.executable, "-m", "extract", "accounts", "unlink", "first"],
        cwd=root,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "secrets.toml is broken at line 14" in ended.stderr
    assert "sandbox-secret" not in ended.stderr
    assert secrets.read_text() == broken


# --- link -------------------------------------------------------------------------------------


def test_link_tries_the_keys_and_writes_the_account(
    linked_in_file: Command, secrets: Path, server: SandboxServer
) -> None:
    third = server.world.add_account("A00000003")
    options = ["--start-date", "2026-01-02", "--key-expires", "2026-06-01", "--group", "g"]
    result = linked_in_file(
        "accounts", "link", "셋째", "--vendor-id", "A00000003", *options, keys=third
    )
    assert result.exit_code == 0, result.output
    written = secrets.read_text()
    assert written.startswith(SECRETS)
    assert written.removeprefix(SECRETS).splitlines() == [
        "",
        "[[sources.coupang.accounts]]",
        'name = "셋째"',
        'vendor_id = "A00000003"',
        'access_key = "sandbox-access-a00000003"',
        'secret_key = "sandbox-secret-a00000003"',
        'keys_linked_on = "2026-01-10"',
        'key_expires_on = "2026-06-01"',
        'start_date = "2026-01-02"',
        'group = "g"',
    ]
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert [path.name for path in secrets.parent.iterdir()] == ["secrets.toml"]
    assert linked_in_file("accounts", "check", "셋째").exit_code == 0


def test_link_makes_the_file_where_there_is_none(
    linked_in_file: Command, secrets: Path, seller: Account
) -> None:
    secrets.unlink()
    result = linked_in_file("accounts", "link", "one", "--vendor-id", "A00000001", keys=seller)
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert linked_in_file("accounts", "check").exit_code == 0


def test_link_refuses_what_is_linked_already(
    linked_in_file: Command, secrets: Path, second: Account
) -> None:
    same_name = linked_in_file("accounts", "link", "first", "--vendor-id", "A00000003", keys=second)
    assert "'first' is linked already" in error_line(same_name)
    same_code = linked_in_file("accounts", "link", "x", "--vendor-id", "A00000002", keys=second)
    assert "linked already, as 'second'" in error_line(same_code)
    same_keys = linked_in_file("accounts", "link", "x", "--vendor-id", "A00000003", keys=second)
    assert "same access key" in error_line(same_keys)
    assert secrets.read_text() == SECRETS


@pytest.mark.parametrize("vendor_id", ["12345", "a00000003", " A00000003", "A00000003\n"])
def test_link_refuses_a_malformed_vendor_code(
    linked_in_file: Command, secrets: Path, second: Account, vendor_id: str
) -> None:
    result = linked_in_file("accounts", "link", "x", "--vendor-id", vendor_id, keys=second)
    assert "vendor_id" in error_line(result)
    assert secrets.read_text() == SECRETS


def test_link_refuses_keys_with_white_space(
    linked_in_file: Command, secrets: Path, server: SandboxServer
) -> None:
    third = server.world.add_account("A00000003")
    third.key.secret_key += "\n"
    result = linked_in_file("accounts", "link", "x", "--vendor-id", "A00000003", keys=third)
    assert "secret_key has white space" in error_line(result)
    assert secrets.read_text() == SECRETS


@pytest.mark.parametrize("status", [400, 401, 403])
def test_link_refuses_keys_of_another_vendor_code_before_anything_is_written(
    linked_in_file: Command,
    secrets: Path,
    server: SandboxServer,
    status: Literal[400, 401, 403],
) -> None:
    server.world.add_account("A00000003")
    fourth = server.world.add_account("A00000004")
    server.vendor_mismatch = status
    result = linked_in_file("accounts", "link", "x", "--vendor-id", "A00000003", keys=fourth)
    line = error_line(result)
    assert "not for vendor code A00000003" in line
    assert "Nothing was written" in line
    assert secrets.read_text() == SECRETS


def test_link_without_a_check_asks_nothing(
    linked_in_file: Command, secrets: Path, server: SandboxServer
) -> None:
    third = server.world.add_account("A00000003")
    arguments = ["accounts", "link", "x", "--vendor-id", "A00000003", "--no-check"]
    assert linked_in_file(*arguments, keys=third).exit_code == 0
    assert server.requests == []
    assert "A00000003" in secrets.read_text()


@pytest.mark.parametrize(
    "asked", [("link", "third", "--vendor-id", "A00000003"), ("relink", "second")]
)
def test_a_key_that_has_expired_is_refused_before_anything_is_asked_or_written(
    linked_in_file: Command,
    secrets: Path,
    server: SandboxServer,
    second: Account,
    asked: tuple[str, ...],
) -> None:
    line = error_line(
        linked_in_file("accounts", *asked, "--key-expires", "2026-01-09", keys=second)
    )
    assert "expired on 2026-01-09 (today is 2026-01-10); nothing was written" in line
    assert server.requests == []
    assert secrets.read_text() == SECRETS


def test_a_key_that_expires_today_is_taken(
    linked_in_file: Command, secrets: Path, second: Account
) -> None:
    options = ["--key-expires", "2026-01-10", "--no-check"]
    result = linked_in_file("accounts", "relink", "second", *options, keys=second)
    assert result.exit_code == 0, result.output
    assert 'key_expires_on = "2026-01-10"' in secrets.read_text()


def test_link_without_keys_says_how_to_give_them(linked_in_file: Command, secrets: Path) -> None:
    result = linked_in_file("accounts", "link", "x", "--vendor-id", "A00000003")
    assert "COUPANG_ACCESS_KEY" in error_line(result)
    assert secrets.read_text() == SECRETS


# --- relink -----------------------------------------------------------------------------------


def test_relink_writes_new_keys_and_forgets_the_old_expiry(
    linked_in_file: Command, secrets: Path, second: Account
) -> None:
    second.issue_key("new-access", "new-secret", "2026-01-09 10:00")
    result = linked_in_file("accounts", "relink", "second", keys=second)
    assert result.exit_code == 0, result.output
    written = secrets.read_text()
    assert written.startswith(SECRETS[: SECRETS.index('access_key = "sandbox-access-a00000002"')])
    assert 'access_key = "new-access"' in written
    assert "key_expires_on" not in written
    assert 'keys_linked_on = "2026-01-10"' in written


def test_relink_refuses_another_vendor_code(
    linked_in_file: Command, secrets: Path, second: Account
) -> None:
    arguments = ["accounts", "relink", "first", "--vendor-id", "A00000002"]
    line = error_line(linked_in_file(*arguments, keys=second))
    assert "'first' is vendor code A00000001, not A00000002" in line
    assert secrets.read_text() == SECRETS


def test_relink_refuses_keys_of_another_vendor_code_before_anything_is_written(
    linked_in_file: Command, secrets: Path, server: SandboxServer
) -> None:
    third = server.world.add_account("A00000003")
    line = error_line(linked_in_file("accounts", "relink", "first", keys=third))
    assert "not for vendor code A00000001" in line
    assert secrets.read_text() == SECRETS


def test_relink_of_nobody_names_those_that_are_linked(
    linked_in_file: Command, second: Account
) -> None:
    line = error_line(linked_in_file("accounts", "relink", "third", keys=second))
    assert "first, second" in line


# --- rename, unlink ---------------------------------------------------------------------------


def test_rename_keeps_the_file_and_shows_in_the_warehouse_at_once(
    linked_in_file: Command, secrets: Path, folder: Path
) -> None:
    linked_in_file("run", "--account", "first")
    assert linked_in_file("accounts", "rename", "first", "새 이름").exit_code == 0
    assert secrets.read_text() == SECRETS.replace('"first"', '"새 이름"')
    assert raw(
        folder,
        "select account_name from accounts where vendor_id = 'A00000001' "
        "order by reading_id desc limit 1",
    ) == [("새 이름",)]


def test_rename_refuses_a_name_that_is_taken(linked_in_file: Command, secrets: Path) -> None:
    assert "'second'" in error_line(linked_in_file("accounts", "rename", "first", "second"))
    assert "name" in error_line(linked_in_file("accounts", "rename", "first", "x "))
    assert secrets.read_text() == SECRETS


def test_unlink_keeps_the_data(
    linked_in_file: Command, secrets: Path, folder: Path, seller: Account
) -> None:
    seller.order("2026-01-05 10:00")
    linked_in_file("run")
    assert linked_in_file("accounts", "unlink", "first").exit_code == 0
    assert "A00000001" not in secrets.read_text()
    assert 'name = "second"' in secrets.read_text()
    assert "# Our two shops" in secrets.read_text()
    assert raw(folder, "select count(*) from order_sheets") == [(1,)]
    assert raw(
        folder,
        "select is_linked from accounts where vendor_id = 'A00000001' "
        "order by reading_id desc limit 1",
    ) == [(False,)]
    listed = json.loads(linked_in_file("accounts", "list", "--json").stdout)
    assert [(a["name"], a["is_linked"]) for a in listed] == [("second", True), ("first", False)]


def test_unlink_forgets_an_account_wholly_once_it_is_confirmed(
    linked_in_file: Command, secrets: Path, folder: Path, seller: Account, second: Account
) -> None:
    for account in (seller, second):
        account.order("2026-01-05 10:00").request_return("2026-01-06 10:00")
    linked_in_file("run")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        # A mart and the ledger know vendor codes too.
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct as select distinct vendor_id from coupang_raw.order_sheets"
        )
        connection.execute("comment on table marts.fct is 'kept'")
        connection.execute(
            "create table marts.keys as select vendor_id || '|x' as fct_key from marts.fct"
        )
        # What earlier builds said: of each account the same.
        connection.execute("create schema coupang_ledger")
        connection.execute(
            "create table coupang_ledger.order_revenue as"
            " select 1 as build_no, vendor_id, order_id, 10000 as revenue_krw"
            " from coupang_raw.order_sheets"
        )
        connection.execute("create table coupang_ledger.builds as select 1 as build_no, 'd' as d")
    history = "select * from coupang_ledger.order_revenue where vendor_id = 'A00000002'"
    before = raw(folder, history)
    assert linked_in_file("backup").exit_code == 0
    arguments = ["accounts", "unlink", "first", "--forget"]
    assert linked_in_file(*arguments, input="n\n").exit_code == 1
    assert secrets.read_text() == SECRETS
    assert raw(folder, "select count(*) from marts.fct") == [(2,)]
    forgotten = linked_in_file(*arguments, "--yes")
    assert forgotten.exit_code == 0
    assert f"the backups in {folder / 'backup'} were made before" in forgotten.stderr
    shutil.rmtree(folder / "backup")
    assert "A00000001" not in secrets.read_text()
    # The history of the others is what it was.
    assert before
    assert raw(folder, history) == before
    assert raw(folder, "select * from coupang_ledger.builds") == [(1, "d")]
    for table in (
        *("order_sheets", "receipts", "read_log", "accounts"),
        *("marts.fct", "coupang_ledger.order_revenue"),
    ):
        assert raw(folder, f"select distinct vendor_id from {table}") == [("A00000002",)], table
    assert raw(folder, "select fct_key from marts.keys") == [("A00000002|x",)]
    assert raw(folder, "select comment from duckdb_tables() where table_name = 'fct'") == [
        ("kept",)
    ]
    assert not linked_in_file("run").exit_code
    for file in (path for path in folder.rglob("*") if path.is_file()):
        assert b"A00000001" not in file.read_bytes()
        assert b"a00000001" not in file.read_bytes()


def test_unlink_forgets_an_account_in_the_lake_too(
    linked_in_file: Command,
    folder: Path,
    tmp_path: Path,
    second: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    second.order("2026-01-05 10:00")
    monkeypatch.setenv("COUPANG_LAKE", str(tmp_path / "lake"))
    assert linked_in_file("run").exit_code == 0
    assert b"A00000001" in b"".join(contents(tmp_path / "lake"))
    assert linked_in_file("accounts", "unlink", "first", "--forget", "--yes").exit_code == 0
    for place in (tmp_path / "lake", folder):
        assert b"A00000001" not in b"".join(contents(place))
    assert b"A00000002" in b"".join(contents(tmp_path / "lake"))
    (status,) = json.loads(linked_in_file("accounts", "list", "--json").stdout)
    assert status["name"] == "second"
    assert status["collected_through"] == "2026-01-09"


def contents(place: Path) -> list[bytes]:
    """What stands in the files of a folder."""
    return [path.read_bytes() for path in place.rglob("*") if path.is_file()]


def test_a_shard_of_the_accounts_is_collected(
    linked_in_file: Command,
    secrets: Path,  # noqa: ARG001 - the two of it
) -> None:
    found = []
    for number in (1, 2, 3):
        told = linked_in_file("run", "--shard", f"{number}/3")
        assert told.exit_code == 0
        found += [name for name in ("first", "second") if f"{name} " in told.stdout]
    assert sorted(found) == ["first", "second"]


# --- a lake -----------------------------------------------------------------------------------


def test_commands_say_what_they_do_not_do_in_a_lake(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Set COUPANG_LAKE to its folder or address" in error_line(command("to-lake"))
    assert command("run").exit_code == 0
    monkeypatch.setenv("COUPANG_LAKE", str(tmp_path / "lake"))
    assert "`python -m extract to-lake` moves them there" in error_line(command("run"))
    assert command("to-lake").stdout == "1 accounts moved\n"
    assert command("to-lake").stdout == "Everything is there already\n"
    assert command("run").exit_code == 0
    assert "where nothing is ever dropped" in error_line(command("compact"))
    kept = command("backup")
    assert kept.exit_code == 0
    assert "raw is in the lake" in kept.stderr
    monkeypatch.setenv("COUPANG_LAKE", "lake")
    assert "neither a folder from / on nor a bucket" in error_line(command("run"))


# --- list, check ------------------------------------------------------------------------------


def test_list_tells_how_each_account_is(
    linked_in_file: Command, server: SandboxServer, second: Account
) -> None:
    server.faults.add(ip_refused(), vendor_id=second.vendor_id, times=None)
    assert linked_in_file("run").exit_code == 1
    first, other = json.loads(linked_in_file("accounts", "list", "--json").stdout)
    assert first == {
        "name": "first",
        "group": "agency 7",
        "vendor_id": "A00000001",
        "is_linked": True,
        "last_success": "2026-01-10T00:00:00+00:00",
        "collected_through": "2026-01-09",
        "key_days_left": None,
        "key_days_left_at_most": None,
        "key_is_ending": False,
        "last_error": None,
    }
    assert (other["last_success"], other["collected_through"]) == (None, None)
    assert (other["key_days_left"], other["key_is_ending"]) == (10, True)
    assert "203.0.113.7 is not allowed" in other["last_error"]
    assert "beside the key in Wing" in other["last_error"]
    table = linked_in_file("accounts", "list").stdout
    assert "2026-01-10 09:00 KST" in table
    assert "10 days (!)" in table
    assert "unknown, at most 180 days" in table


def test_list_bounds_the_age_of_a_key_by_its_linking(
    linked_in_file: Command, secrets: Path
) -> None:
    secrets.write_text(
        SECRETS.replace("key_expires_on = 2026-01-20", 'keys_linked_on = "2025-08-01"')
    )
    table = linked_in_file("accounts", "list").stdout
    assert "unknown, at most 18 days (linked on 2025-08-01)" in table


def test_a_secrets_file_that_others_can_read_is_warned_about(
    linked_in_file: Command, secrets: Path, caplog: pytest.LogCaptureFixture
) -> None:
    linked_in_file("accounts", "list")
    assert caplog.messages == []
    secrets.chmod(0o644)
    linked_in_file("accounts", "list")
    assert caplog.messages == [f"{secrets} can be read by others: chmod 600 it"]


def test_list_works_before_anything_was_collected(linked_in_file: Command, folder: Path) -> None:
    result = linked_in_file("accounts", "list")
    assert result.exit_code == 0
    assert "nothing yet" in result.stdout
    assert not (folder / "warehouse.duckdb").exists()


def test_check_asks_with_each_key_and_tells_them_apart(
    linked_in_file: Command, server: SandboxServer, seller: Account
) -> None:
    assert linked_in_file("accounts", "check").exit_code == 0
    seller.key.until = server.now() - timedelta(days=1)
    result = linked_in_file("accounts", "check")
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()[1:]
    assert "expired or wrong" in first
    assert second.split()[:3] == ["second", "A00000002", "ok"]
    assert linked_in_file("accounts", "check", "second").exit_code == 0


def test_check_tells_a_firewall_from_an_address(
    linked_in_file: Command, server: SandboxServer, seller: Account
) -> None:
    seller.allowed_ips = ["192.0.2.1"]
    server.faults.add(access_denied(), vendor_id="A00000002", times=None)
    first, second = linked_in_file("accounts", "check").stdout.splitlines()[1:]
    assert "address is not allowed" in first
    assert "firewall" in second


# --- accounts from elsewhere ------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["link", "x", "--vendor-id", "A00000003"],
        ["relink", "shop-1"],
        ["rename", "shop-1", "x"],
        ["unlink", "shop-1"],
    ],
)
def test_accounts_of_the_environment_are_not_written_to_a_file(
    command: Command,
    secrets: Path,
    second: Account,
    server: SandboxServer,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    accounts = environment(server, [second], folder)["SOURCES__COUPANG__ACCOUNTS"]
    monkeypatch.setenv("SOURCES__COUPANG__ACCOUNTS", accounts)
    line = error_line(command("accounts", *arguments, keys=second))
    assert "from the environment" in line
    assert secrets.read_text() == SECRETS
