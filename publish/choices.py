"""What a reader may choose, the same in the page and in the notebook: whose numbers, which days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from publish import queries
from publish.queries import Period, Row
from publish.texts import Said, said

DEFAULT_DAYS = 30


@dataclass(frozen=True)
class View:
    """A choice: its name in the page, its title, what it stands for (no account: all of them)."""

    name: str
    title: Said | str
    accounts: tuple[str, ...] = ()
    period: Period | None = None


def default_period(extent: Row) -> Period | None:
    """The days that are shown at first (`queries.extent`): the last DEFAULT_DAYS that were wholly
    collected, none of them before the first there is. None where nothing was collected."""
    end = extent["last_whole_day"]
    if end is None:
        return None
    period = queries.last_days(end, DEFAULT_DAYS)
    return replace(period, first=min(end, max(period.first, extent["first_day"])))


def periods_of(extent: Row, first: date | None, last: date | None) -> list[View]:
    """The ready-made periods: the chosen one, or the default one, 7 days, 13 weeks and 12 months
    that end with the last day that was wholly collected. Empty where nothing was."""
    if first is not None or last is not None:
        end = last or extent["last_whole_day"]
        if end is None:
            return []
        begin = first or min(extent["first_day"], end)
        chosen = Period(begin, max(begin, end))
        views = [View("chosen", said("period.chosen"), period=chosen)]
        if chosen.days > 14:
            views.append(View("weeks", said("grain.week"), period=replace(chosen, grain="week")))
        if chosen.days > 62:
            views.append(View("months", said("grain.month"), period=replace(chosen, grain="month")))
        return views
    period = default_period(extent)
    if period is None:
        return []
    return [
        View("days", said("period.days", n=period.days), period=period),
        View("days7", said("period.days", n=7), period=queries.last_days(period.last, 7)),
        View("weeks13", said("period.weeks", n=13), period=queries.last_weeks(period.last, 13)),
        View("months12", said("period.months", n=12), period=queries.last_months(period.last, 12)),
    ]


def scopes_of(
    accounts: Sequence[Row], most_groups: int | None = None, most_accounts: int | None = None
) -> list[View]:
    """All accounts together (`queries.accounts`); then each group and each account, where there are
    several, and not more than the `most`."""
    views = [View("all", said("page.everyone", n=len(accounts)))]
    by_group: dict[str, list[str]] = {}
    for account in accounts:
        if account["account_group"] is not None:
            by_group.setdefault(account["account_group"], []).append(account["vendor_id"])
    if any(len(group) < len(accounts) for group in by_group.values()) and (
        most_groups is None or len(by_group) <= most_groups
    ):
        views += [
            View(f"group{number}", said("page.group", name=name), tuple(vendor_ids))
            for number, (name, vendor_ids) in enumerate(sorted(by_group.items()))
        ]
    if len(accounts) > 1 and (most_accounts is None or len(accounts) <= most_accounts):
        names = account_titles(accounts)
        views += [
            View(f"account{number}", name, (vendor_id,))
            for number, (name, vendor_id) in enumerate(names.items())
        ]
    return views


def account_titles(accounts: Sequence[Row]) -> dict[str, str]:
    """Vendor codes by what people call the account, in the order of the names; with the code where
    a name is that of several."""
    count = Counter(account["account_name"] for account in accounts)
    titles = {}
    for account in accounts:
        name, vendor_id = account["account_name"], account["vendor_id"]
        titles[name if count[name] == 1 else f"{name} ({vendor_id})"] = vendor_id
    return dict(sorted(titles.items()))
