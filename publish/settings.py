"""What is configured for publishing, through dlt's providers: files in `.dlt/`, the environment."""

from __future__ import annotations

from extract import configuration
from publish.errors import PublishError


def webhook_url() -> str | None:
    """`[publish] webhook_url` of secrets.toml, or PUBLISH__WEBHOOK_URL; None where none is."""
    try:
        return configuration.dlt.secrets.get("publish.webhook_url", str)
    except (ValueError, TypeError):
        # the library's own message would carry the value
        raise PublishError(
            "publish.webhook_url cannot be read", remedy="Mend .dlt/secrets.toml."
        ) from None
