"""What raw already says of the accounts, wherever it is: in a DuckDB file (warehouse.py) or in a
lake (lake.py).

Every question is answered from loads that were completed, except which numbers are taken: those of
a load that died half-way are never given again.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any

from extract.clock import KST
from extract.errors import WarehouseError
from extract.states import AccountState
from extract.values import parse_time
from extract.windows import Covered

SQL_TYPES = {"string": "varchar", "bigint": "bigint", "boolean": "boolean"}


class Questions(ABC):
    """Questions to raw, each one SQL that both places answer."""

    @abstractmethod
    def exists(self) -> bool:
        """Whether anything was ever loaded there."""

    @abstractmethod
    def held(self) -> AbstractContextManager[None]:
        """Keeps it open for as long as a run asks; WarehouseError where it cannot be had."""

    @abstractmethod
    def after_load(self, loaded: Mapping[str, list[tuple[str, str]]]) -> None:
        """Told of a load of this run: per load id the tables and file ids that it wrote."""

    @abstractmethod
    def trouble(self, error: BaseException) -> WarehouseError | None:
        """What an error of a load means for a person; None where it is none of this place's."""

    @abstractmethod
    def _query(self, sql: str, *parameters: object, of: str | None = None) -> list[Any]:
        """Rows of a question. Raw tables stand in it by their own names, and hold the rows of
        completed loads; `every_place` holds vendor and reading of all rows of all of them. A
        table that is not there yet is empty. Whoever asks of anything but `read_log`, `accounts`
        and `every_place` says whose rows are needed (`of`, a vendor code)."""

    def last_reading_ids(self) -> dict[str, int]:
        """Per vendor code the highest number that was ever given, whatever became of its load."""
        return dict(
            self._query("select vendor_id, max(reading_id) from every_place group by vendor_id")
        )

    def last_as_of(self) -> dict[str, datetime]:
        """Per vendor code the latest moment that counted as now for something in raw."""
        rows = self._query(
            """
            select vendor_id, max(as_of)
            from (
                select vendor_id, as_of from read_log
                union all
                select vendor_id, as_of from accounts
            )
            group by 1
            """
        )
        return {vendor_id: datetime.fromisoformat(text) for vendor_id, text in rows}

    def readings(self, vendor_id: str) -> dict[str, list[Covered]]:
        """Per listing the whole readings of windows."""
        found: dict[str, list[Covered]] = {}
        for listing, first, last, as_of in self._query(
            """
            select listing, covered_from, covered_to, max(as_of)
            from read_log
            where vendor_id = ? and is_whole and covered_from is not null
            group by all
            """,
            vendor_id,
        ):
            found.setdefault(listing, []).append(
                Covered(date.fromisoformat(first), date.fromisoformat(last), korean_day_of(as_of))
            )
        return found

    def states(self) -> dict[str, AccountState]:
        """Per vendor code its newest state."""
        rows = self._query(
            """
            select
                vendor_id, reading_id, account_name, account_group, is_linked, start_date,
                key_expires_on, keys_linked_on, last_error, as_of
            from accounts
            qualify row_number() over (partition by vendor_id order by reading_id desc) = 1
            """
        )
        return {row[0]: _state(*row) for row in rows}

    def open_receipts(self, vendor_id: str) -> list[tuple[str, date, date]]:
        """Returns that are neither completed nor wholly withdrawn: receipt id, Korean day of its
        creation, Korean day on which it was last asked about."""
        rows = self._query(
            """
            with newest as (
                select *
                from receipts
                where vendor_id = $1
                qualify row_number() over (
                    partition by receipt_id order by reading_id desc, request_no desc, row_no desc
                ) = 1
            ),
            withdrawn as (
                select distinct cancel_id, vendor_item_id
                from withdrawals
                where vendor_id = $1
            ),
            items as (
                select
                    newest.receipt_id,
                    count(distinct lines.vendor_item_id) as item_count,
                    count(distinct withdrawn.vendor_item_id) as withdrawn_count
                from newest
                inner join receipt_items as lines
                    using (vendor_id, reading_id, request_no, row_no)
                left join withdrawn
                    on withdrawn.cancel_id = newest.receipt_id
                    and withdrawn.vendor_item_id = lines.vendor_item_id
                group by 1
            ),
            asked as (
                select subject_id as receipt_id, max(as_of) as as_of
                from read_log
                where vendor_id = $1 and listing = 'receipt_lookup' and is_whole
                group by 1
            ),
            log as (
                select reading_id, max(as_of) as as_of
                from read_log
                where vendor_id = $1
                group by 1
            )
            select newest.receipt_id, newest.created_at, greatest(asked.as_of, log.as_of)
            from newest
            inner join log using (reading_id)
            left join items using (receipt_id)
            left join asked using (receipt_id)
            where newest.receipt_type in ('RETURN', '반품')
                and newest.receipt_status is distinct from 'RETURNS_COMPLETED'
                and not exists (
                    select 1 from withdrawn
                    where withdrawn.cancel_id = newest.receipt_id
                        and withdrawn.vendor_item_id is null
                )
                and (items.item_count is null or items.item_count > items.withdrawn_count)
            order by newest.receipt_id
            """,
            vendor_id,
            of=vendor_id,
        )
        return [
            (receipt_id, korean_day_of(created_at), korean_day_of(as_of))
            for receipt_id, created_at, as_of in rows
        ]

    def unpaid_months(self, vendor_id: str) -> list[date]:
        """First days of months of which the newest reading tells settlements not paid yet."""
        rows = self._query(
            """
            with newest as (
                select covered_from, max(reading_id) as reading_id
                from read_log
                where vendor_id = $1 and listing = 'settlements' and is_whole
                group by 1
            )
            select distinct newest.covered_from
            from newest
            inner join settlements using (reading_id)
            where settlements.vendor_id = $1 and settlements.status = 'SUBJECT'
            """,
            vendor_id,
            of=vendor_id,
        )
        return [date.fromisoformat(first_day) for (first_day,) in rows]

    def unknown_orders(
        self, vendor_id: str, told: Collection[str] = (), shown: Collection[str] = ()
    ) -> list[str]:
        """Orders that a receipt names, that no sheet showed and that were not looked up yet.

        told, shown: what receipts and sheets say that are read but not loaded yet.
        """
        rows = self._query(
            """
            (select order_id from receipts where vendor_id = $1 union select unnest($2::varchar[]))
            except
            (
                select order_id from order_sheets where vendor_id = $1
                union all
                select unnest($3::varchar[])
                union all
                select subject_id from read_log
                where vendor_id = $1 and listing = 'order_lookup' and is_whole
            )
            order by order_id
            """,
            vendor_id,
            list(told),
            list(shown),
            of=vendor_id,
        )
        return [order_id for (order_id,) in rows]

    def last_success(self) -> dict[str, datetime]:
        """Per vendor code the moment of its newest whole reading of order sheets."""
        rows = self._query(
            """
            select vendor_id, max(as_of)
            from read_log
            where listing = 'order_sheets' and is_whole
            group by 1
            """
        )
        return {vendor_id: datetime.fromisoformat(text) for vendor_id, text in rows}

    def fingerprints(self, up_to: Mapping[str, int] | None = None) -> dict[str, tuple[int, ...]]:
        """Per vendor code the newest number of its read log, how many lines the log has, and a
        digest of them; `up_to`: only of lines up to such numbers."""
        rows = self._query(
            """
            select
                vendor_id, max(reading_id), count(*),
                sum(hash(concat_ws('|', reading_id, listing, as_of)))
            from read_log
            left join (
                select unnest($1::varchar[]) as vendor_id, unnest($2::bigint[]) as most
            ) using (vendor_id)
            where most is null or reading_id <= most
            group by 1
            """,
            list(up_to or {}),
            list((up_to or {}).values()),
        )
        return {vendor_id: tuple(numbers) for vendor_id, *numbers in rows}


def korean_day_of(text: str) -> date:
    """Korean day of a time as raw holds it: naive times are Korean already."""
    moment = parse_time(text)
    return (moment.astimezone(KST) if moment.tzinfo else moment).date()


def _state(
    vendor_id: str,
    reading_id: int,
    account_name: str,
    account_group: str | None,
    is_linked: bool,
    start_date: str | None,
    key_expires_on: str | None,
    keys_linked_on: str | None,
    last_error: str | None,
    as_of: str,
) -> AccountState:
    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    return AccountState(
        vendor_id=vendor_id,
        reading_id=reading_id,
        account_name=account_name,
        account_group=account_group,
        is_linked=is_linked,
        start_date=day(start_date),
        key_expires_on=day(key_expires_on),
        keys_linked_on=day(keys_linked_on),
        last_error=last_error,
        as_of=datetime.fromisoformat(as_of),
    )


def start_of(configured: date | None, remembered: AccountState | None, fallback: date) -> date:
    """The first payment day of an account: the one remembered with its data, or an earlier one
    that the configuration names now. A later one changes nothing."""
    known = remembered.start_date if remembered else None
    if known is None:
        return configured or fallback
    return min(known, configured) if configured else known
