"""A page in the browser, and what is noted of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from playwright.sync_api import Page

# 09:30 in Korea, four hours after the made-up files were collected
NOW = datetime(2026, 5, 18, 0, 30, tzinfo=UTC)
PHONE = (390, 844)
DESKTOP = (1100, 900)
LOUD = ("error", "warning")  # of what a page says to its console


@dataclass
class Look:
    """A page in the browser, and everything that went wrong on it."""

    page: Page
    troubles: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def scroll_through(self) -> None:
        """Past every picture, so that each is drawn."""
        for place in self.page.locator(".chart:visible").all():
            place.scroll_into_view_if_needed()
            place.and_(self.page.locator("[data-state=done]")).wait_for()

    def states(self) -> set[str | None]:
        return {
            place.get_attribute("data-state") for place in self.page.locator(".chart:visible").all()
        }
